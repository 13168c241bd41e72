/** How fast forced sales came, against the step of the clock. */
import { type LogView, SOLD } from '../model/index.ts'

/** A larger part of all forced sales in one tick makes the tick part of the answer. */
const NOTABLE = 0.25
/** Smaller sums are not worth a word. */
const VISIBLE_USD = 1000

export interface Pace {
  /** Largest part of all forced sales that fell into one tick; 0 without any. */
  readonly share: number
  /** When that tick ended, ms after 1970. */
  readonly time_ms: number
  readonly total_usd: number
}

/** The tick into which most of the forced sales fell: rows of a tick carry its time. */
export function pace(log: LogView): Pace {
  const { sold, usd, time_ms } = log.columns
  let [total, most, at, now, here] = [0, 0, 0, Number.NaN, 0]
  for (let row = 0; row < log.length; row++) {
    if (log.kind(row) !== 'fill' || SOLD[sold.data[row] as number] === 'free') continue
    const time = time_ms.data[row] as number
    if (time !== now) [now, here] = [time, 0]
    here += usd.data[row] as number
    total += usd.data[row] as number
    if (here > most) [most, at] = [here, time]
  }
  return { share: total > 0 ? most / total : 0, time_ms: at, total_usd: total }
}

/** A sentence for the reader where one tick holds much; otherwise nothing. */
export function pace_note(log: LogView, start_ms: number, tick_ms: number): string[] {
  const { share, time_ms, total_usd } = pace(log)
  if (!(share >= NOTABLE && total_usd >= VISIBLE_USD)) return []
  const minutes = Math.round((time_ms - start_ms) / 6_000) / 10
  return [
    `${Math.round(share * 100)} % of the forced sales fell into one tick of ${tick_ms / 1000} s (${minutes} min after the start): books do not refill within a tick, so how far prices went depends on its length. Run a shorter one (--tick) beside it.`,
  ]
}
