/** Collateral that is losing what made it collateral: price far below its high while trade, depth or value against the market go too. */
import type { Detector, PanelShape } from '../model/index.ts'
import { column_at } from '../model/index.ts'
import { percent, severity_of } from './shared/latch.ts'
import { Trail } from './shared/trail.ts'
import { watch_each, with_fields } from './shared/threshold.ts'

const DAY_MS = 86_400_000
/** Fall from the 90-day high at which it is watched, and grades. */
const LEVELS = [0.5, 0.65, 0.8] as const

export const collateralDecay: Detector = {
  id: 'collateral-decay',
  title: 'Collateral that decays: far below its high, with less trade behind each unit',
  source: 'own rule, docs/detectors/collateral-decay.md',
  needs: ['close', 'drawdown', 'volume', 'illiquidity?'],
  open(shape: PanelShape) {
    const [week, quarter] = [7, 90].map((days) => Math.max(1, Math.round((days * DAY_MS) / shape.step_ms))) as [number, number]
    const market = with_fields(shape, 'drawdown').map(({ columns }) => columns[0] as number)
    return watch_each(
      'collateral-decay',
      'collateral-decay',
      7 * DAY_MS,
      with_fields(shape, 'close', 'drawdown', 'volume').map(({ symbol, columns }) => {
        const [close, drawdown, volume] = columns as [number, number, number]
        const traded = new Trail(quarter)
        return {
          subject: symbol,
          columns: [...columns, column_at(shape, 'illiquidity', symbol)],
          read: (row) => {
            traded.push((row[volume] as number) * (row[close] as number))
            const fall = -(row[drawdown] as number)
            const usual = traded.mean
            const share = traded.recent(week) / usual
            if (!Number.isFinite(fall) || !(usual > 0) || traded.count < quarter * 0.8) return 'unknown'
            const others = market
              .map((column) => -(row[column] as number))
              .filter(Number.isFinite)
              .sort((a, b) => a - b)
            const middle = others[others.length >> 1] as number
            const alone = fall - middle
            const bad = share < 0.6 && (others.length < 5 || alone > 0.15)
            return {
              severity: bad ? severity_of(fall, LEVELS) : undefined,
              what: `${symbol} is ${percent(fall, 0)} below its 90-day high, ${percent(alone, 0)} more than the median asset; a week’s trade is ${percent(share, 0)} of its 90 days in USD`,
              baseline: `fall of ${percent(LEVELS[0], 0)}, 15 % more than the median, trade under 60 %`,
              confidence: alone > 0.3 ? 0.8 : 0.6,
              precedent: fall >= LEVELS[2] ? 'LUNA 2022-05, docs/events/terra.md' : '',
              evidence: { fall, beyond_median: alone, trade_ratio: share },
            }
          },
        }
      }),
    )
  },
}
