/** A contract that has outgrown what is traded of its coin: whoever holds the coin can move the mark, and forced orders find no book. */
import { column_at, type Detector, type PanelShape, SEVERITIES } from '../model/index.ts'
import { percent, severity_of } from './shared/latch.ts'
import { watch_each, with_fields } from './shared/threshold.ts'

const DAY_MS = 86_400_000
const DAYS = [1, 3, 10] as const
const DEPTHS = [100, 300, 1000] as const
/** Coins brought to exchanges within a week, of open interest, from which holders are taken to get ready: one grade louder. */
const INFLOW = 0.1

export const listingGuard: Detector = {
  id: 'listing-guard',
  title: 'Open interest that is large against trade or depth of its coin',
  source: 'own rule; squeezes of thin perpetuals held open interest of many days’ spot trade; docs/detectors/listing-guard.md',
  needs: ['open_interest_to_volume?', 'open_interest_to_depth?', 'exchange_inflow?'],
  open: (shape: PanelShape) => {
    const by_trade = with_fields(shape, 'open_interest_to_volume').map((one) => ({
      ...one,
      levels: DAYS,
      of: 'days of its trade',
    }))
    const by_depth = with_fields(shape, 'open_interest_to_depth').map((one) => ({
      ...one,
      levels: DEPTHS,
      of: 'times its depth at 1 %',
    }))
    const depths = new Set(by_depth.map(({ symbol }) => symbol))
    return watch_each(
      'listing-guard',
      'listing-guard',
      3 * DAY_MS,
      [...by_depth, ...by_trade.filter(({ symbol }) => !depths.has(symbol))].map(({ symbol, columns, levels, of }) => ({
        subject: symbol,
        columns: [...columns, column_at(shape, 'exchange_inflow', symbol)],
        read: (row: Float64Array) => {
          const value = row[columns[0] as number] as number
          if (!Number.isFinite(value)) return 'unknown' as const
          const inflow = row[column_at(shape, 'exchange_inflow', symbol)] ?? Number.NaN
          const moved = inflow > INFLOW
          const grade = severity_of(value, levels)
          return {
            severity: grade !== undefined && moved ? (SEVERITIES[SEVERITIES.indexOf(grade) + 1] ?? grade) : grade,
            what: `open interest of ${symbol} is ${value.toFixed(1)} ${of}${moved ? `, and holders brought ${percent(inflow, 0)} of it in coins to exchanges within a week` : ''}`,
            baseline: `from ${levels[0]} ${of} a forced exit is larger than what the market takes; inflows from ${percent(INFLOW, 0)} of open interest make it louder`,
            confidence: moved ? 0.8 : 0.6,
            precedent: value >= levels[1] ? 'CRV 2022-11-22, docs/events/crv-squeeze-2022.md' : '',
            evidence: { ratio: value, ...(Number.isFinite(inflow) ? { inflow } : {}) },
          }
        },
      })),
    )
  },
}
