/** A coin that leaves its peg: its own price, the price implied by a cross, or the tick of a pool of two dollars. */
import { type Alert, columns_of, type Detector, type PanelColumn, type PanelShape, type Severity } from '../model/index.ts'
import { type Finding, Latch, oldest, percent, severity_of } from './shared/latch.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** Below this for `STAYS_MS`, with this many values in that time, it has left. */
const LEFT = 0.01
const STAYS_MS = 5 * MINUTE_MS
const VALUES = 3
/** Back within this for `QUIET_MS` it has returned. */
const BACK = 0.005
const QUIET_MS = 24 * HOUR_MS
/** A pool of two dollars whose tick is this far from 0 has a price 1 % away. */
const TICK = 100

const LEVELS = [LEFT, 0.03, 0.1] as const

/** The deviation has been beyond the level at every value of the last minutes. */
class Stays {
  private readonly least_ms: number
  private readonly least: number
  private since_ms = Number.NaN
  private count = 0

  constructor(least_ms: number, least: number) {
    this.least_ms = least_ms
    this.least = least
  }

  /** Time since when, or NaN while it has not been long enough. */
  push(time_ms: number, away: boolean): number {
    if (!away) {
      this.count = 0
      return Number.NaN
    }
    if (this.count++ === 0) this.since_ms = time_ms
    return time_ms - this.since_ms >= this.least_ms && this.count >= this.least ? this.since_ms : Number.NaN
  }
}

/** What watches one column of deviations. */
function watcher(detector: string, subject: string, column: number, step_ms: number, kind: 'coin' | 'pool') {
  const latch = new Latch(detector, subject, QUIET_MS)
  const coarse = step_ms > STAYS_MS / VALUES
  const stays = new Stays(coarse ? 0 : STAYS_MS, coarse ? 1 : VALUES)
  let worst = 0
  return (time_ms: number, row: Float64Array, ages_ms: Float64Array, out: Alert[]) => {
    const value = row[column] as number
    if (!Number.isFinite(value)) return latch.push(time_ms, undefined, out, false)
    const away = kind === 'coin' ? value < -LEFT : Math.abs(value) >= TICK
    const since = stays.push(time_ms, away)
    const size = kind === 'coin' ? Math.max(0, -value) : Math.abs(value) / 1e4
    const still = latch.is_open && (kind === 'coin' ? value < -BACK : Math.abs(value) >= TICK / 2)
    if (Number.isNaN(since) && !still) {
      latch.push(time_ms, undefined, out)
      if (!latch.is_open) worst = 0
      return
    }
    worst = Math.max(worst, size)
    latch.push(
      time_ms,
      finding(subject, kind, value, size, worst, Number.isNaN(since) ? time_ms : since, oldest(ages_ms, [column])),
      out,
    )
  }
}

function finding(
  subject: string,
  kind: 'coin' | 'pool',
  value: number,
  size: number,
  worst: number,
  onset_ms: number,
  age_ms: number,
): Finding {
  const severity: Severity = severity_of(worst, LEVELS) ?? 'info'
  return {
    type: kind === 'coin' ? 'depeg' : 'pool-divergence',
    severity,
    onset_ms,
    what:
      kind === 'coin'
        ? `${subject} is worth ${(1 + value).toFixed(4)} of its peg`
        : `the pool stands at tick ${value.toFixed(0)}: one of its dollars is worth ${(1 + size * Math.sign(value)).toFixed(4)} of the other`,
    baseline:
      kind === 'coin'
        ? `within ${percent(LEFT, 0)} of the peg, here below it for ${STAYS_MS / MINUTE_MS} minutes or a step`
        : `within ${TICK} ticks (1 %) of parity`,
    confidence: size > 0.03 ? 0.95 : size > 0.015 ? 0.8 : 0.6,
    precedent:
      kind === 'coin'
        ? worst > 0.1
          ? 'USDC 2023-03-11 (0.87)'
          : worst > 0.03
            ? 'USDC 2023-03-11'
            : ''
        : 'USDC/USDT 2023-03-11 (tick −1363)',
    evidence: { deviation: value, worst: -worst },
    age_ms,
  }
}

function open(shape: PanelShape) {
  const watches: { readonly subject: string; readonly push: ReturnType<typeof watcher> }[] = []
  const add = (field: string, kind: 'coin' | 'pool') => {
    for (const column of columns_of(shape, field)) {
      const { symbol, venue } = shape.columns[column] as PanelColumn
      const subject = [symbol || (kind === 'pool' ? 'pool' : 'coin'), venue].filter((part) => part !== '').join('@')
      watches.push({ subject, push: watcher('depeg', subject, column, shape.step_ms, kind) })
    }
  }
  add('peg_deviation', 'coin')
  add('tick', 'pool')
  return {
    subjects: watches.map(({ subject }) => subject),
    push(time_ms: number, row: Float64Array, ages_ms: Float64Array, out: Alert[]) {
      for (const { push } of watches) push(time_ms, row, ages_ms, out)
    },
  }
}

export const depeg: Detector = {
  id: 'depeg',
  title: 'Depeg: a coin below 0.99 of its peg for five minutes, or a pool of two dollars 100 ticks from parity',
  source: 'own rule, docs/detectors/depeg.md',
  needs: ['peg_deviation?', 'tick?'],
  open,
}
