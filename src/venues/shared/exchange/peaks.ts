/** Maxima over a moving window, in buckets of a sixteenth of it: what a fund's drawdown is measured from. */
import { type Exchange, PEAK_BUCKETS } from './state.ts'

/** Highest value of a series in the window that ends now, the present one included; −Infinity when there was none. */
export function peak(x: Exchange, series: number, window_ms: number): number {
  const { value, bucket } = x.peaks.columns
  const now = Math.floor((x.desk.columns.time_ms.data[0] as number) / (window_ms / PEAK_BUCKETS))
  let most = Number.NEGATIVE_INFINITY
  for (let i = 0; i < PEAK_BUCKETS; i++) {
    const at = series * PEAK_BUCKETS + i
    if ((bucket.data[at] as number) > now - PEAK_BUCKETS) most = Math.max(most, value.data[at] as number)
  }
  return most
}

/** Notes a value. May be rolled back. */
export function note_peak(x: Exchange, series: number, window_ms: number, amount: number): void {
  const { value, bucket } = x.peaks.columns
  const now = Math.floor((x.desk.columns.time_ms.data[0] as number) / (window_ms / PEAK_BUCKETS))
  const at = series * PEAK_BUCKETS + (now % PEAK_BUCKETS)
  if (bucket.data[at] !== now) {
    bucket.set(at, now)
    value.set(at, amount)
  } else if (amount > (value.data[at] as number)) value.set(at, amount)
}
