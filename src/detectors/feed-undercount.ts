/**
 * What a liquidation feed left out. Venues throttle their feeds; what must have been closed shows in coin open interest. Of the coins
 * by which it fell within a day, a share φ was forced; φ is not observed, so it is a prior: uniform on [0.2, 0.8]. The true forced
 * flow is L = max(reported, φ · fall); its 90 % band is [0.23, 0.77] · fall. Inferred, never observed.
 */
import { expm1 } from '../math/index.ts'
import { column_at, type Detector, type PanelShape } from '../model/index.ts'
import { percent, type Finding, severity_of } from './shared/latch.ts'
import { Trail } from './shared/trail.ts'
import { watch_each, with_fields } from './shared/threshold.ts'

const DAY_MS = 86_400_000
const SHARE = { low: 0.23, middle: 0.5, high: 0.77 } as const
/** Times by which even the low end exceeds the report. */
const LEVELS = [1.5, 3, 10] as const
/** Smaller falls of open interest are trade, not force. */
const LEAST_FALL = 0.05

/** Band of the true forced flow, in coin, from a day's fall of open interest and what was reported. */
export function forced_flow(
  reported: number,
  fall: number,
): { readonly low: number; readonly middle: number; readonly high: number } {
  const of = (share: number) => Math.max(reported, share * Math.max(0, fall))
  return { low: of(SHARE.low), middle: of(SHARE.middle), high: of(SHARE.high) }
}

export const feedUndercount: Detector = {
  id: 'feed-undercount',
  title: 'A liquidation feed that reports less than must have happened',
  source: 'own rule; on 2025-02-03 one venue’s own figure was 6.3 times what its feed gave; docs/detectors/feed-undercount.md',
  needs: ['liquidated_long', 'liquidated_short', 'open_interest_coin', 'open_interest_change', 'close?'],
  open(shape: PanelShape) {
    const day = Math.max(1, Math.round(DAY_MS / shape.step_ms))
    return watch_each(
      'feed-undercount',
      'feed-undercount',
      2 * DAY_MS,
      with_fields(shape, 'liquidated_long', 'liquidated_short', 'open_interest_coin', 'open_interest_change').map(
        ({ symbol, columns }) => {
          const [long, short, coins, change] = columns as [number, number, number, number]
          const close = column_at(shape, 'close', symbol)
          const reports = new Trail(day)
          return {
            subject: symbol,
            columns,
            read: (row) => {
              reports.push((row[long] as number) + (row[short] as number))
              const [now, moved] = [row[coins] as number, row[change] as number]
              if (!Number.isFinite(now) || !Number.isFinite(moved) || reports.count < day * 0.5) return 'unknown'
              const reported = reports.mean * reports.count
              const fall = now * expm1(-moved)
              const { low, middle, high } = forced_flow(reported, fall)
              const times = reported > 0 ? low / reported : fall > 0 ? Number.MAX_VALUE : 0
              const price = close >= 0 ? (row[close] as number) : Number.NaN
              const finding: Pick<Finding, 'what' | 'baseline' | 'confidence' | 'precedent' | 'evidence'> & {
                severity: Finding['severity'] | undefined
              } = {
                severity: moved < -LEAST_FALL ? severity_of(times, LEVELS) : undefined,
                what: `${symbol}: ${low.toFixed(0)} to ${high.toFixed(0)} coins were forced out in a day (inferred), the feed says ${reported.toFixed(0)}`,
                baseline: `open interest fell by ${fall.toFixed(0)} coins (${percent(-expm1(moved))}); a share of 0.2 to 0.8 of that is taken to be forced`,
                confidence: 0.5,
                precedent: times >= LEVELS[1] ? '2025-02-03: a venue’s own figure was 6.3 times its feed’s' : '',
                evidence: { reported, low, middle, high, ...(Number.isFinite(price) ? { middle_usd: middle * price } : {}) },
              }
              return finding
            },
          }
        },
      ),
    )
  },
}
