/** What is not the market itself: fear in equities, yields, the dollar, and the use of networks. Names of symbols decide, as files have them. */
import { log } from '../math/index.ts'
import { column_at, type Indicator, symbols_with } from '../model/index.ts'
import { Rolling } from './shared/rolling.ts'
import { DAY_MS, for_market, per_symbol, steps_in } from './shared/streams.ts'

/** Value of an outside series, and its standard score against a year. */
function outside(id: string, title: string, names: readonly string[], reads: string, score: boolean): Indicator {
  return {
    id,
    title,
    source: score ? '(now − mean) ÷ standard deviation of 365 days' : 'the series itself',
    needs: ['close'],
    reads,
    open(shape) {
      const span = steps_in(shape, 365 * DAY_MS, 20)
      return for_market(shape, id, score ? 'standard deviations' : 'points', score ? span - 1 : 0, () => {
        const symbol = symbols_with(shape, 'close').find((name) => names.includes(name.toUpperCase()))
        if (symbol === undefined) return undefined
        const close = column_at(shape, 'close', symbol)
        const rolling = new Rolling(span)
        // Nothing is quoted at weekends: the last value is carried by the panel, and a gap counts for nothing.
        return (row) => {
          rolling.push(row[close] as number)
          return !score ? (row[close] as number) : rolling.steps >= span && rolling.count * 3 >= span ? rolling.score : Number.NaN
        }
      })
    },
  }
}

const network: Indicator = {
  id: 'value_to_transactions',
  title: 'Market value over value moved on chain, 90 days',
  source: 'NVT signal (Willy Woo, Kalichkin): market value ÷ mean of 90 days of value moved',
  needs: ['market_cap', 'transaction_value'],
  reads: 'high: value has run ahead of use',
  open(shape) {
    const span = steps_in(shape, 90 * DAY_MS, 5)
    return per_symbol(
      shape,
      'value_to_transactions',
      'days',
      ['market_cap', 'transaction_value'],
      span - 1,
      ([value = -1, moved = -1]) => {
        const rolling = new Rolling(span)
        return (row) => {
          rolling.push(row[moved] as number)
          return rolling.full ? (row[value] as number) / rolling.mean : Number.NaN
        }
      },
    )
  },
}

const addresses: Indicator = {
  id: 'active_addresses_change',
  title: 'Active addresses against 90 days',
  source: 'ln(now ÷ mean of 90 days)',
  needs: ['active_addresses'],
  reads: 'very negative: users leave',
  open(shape) {
    const span = steps_in(shape, 90 * DAY_MS, 5)
    return per_symbol(shape, 'active_addresses_change', 'log ratio', ['active_addresses'], span - 1, ([active = -1]) => {
      const rolling = new Rolling(span)
      return (row) => {
        rolling.push(row[active] as number)
        return rolling.full ? log(rolling.last / rolling.mean) : Number.NaN
      }
    })
  },
}

/** Implied volatility of options on the asset itself, where a file has it. */
const implied = (id: string, title: string, needs: readonly [string, string?], reads: string): Indicator => ({
  id,
  title,
  source: needs[1] === undefined ? 'as quoted' : 'put at 25 delta − call at 25 delta',
  needs: needs.filter((name) => name !== undefined),
  reads,
  open: (shape) =>
    per_symbol(
      shape,
      id,
      'ratio per √year',
      needs.filter((name) => name !== undefined),
      0,
      ([one = -1, other]) =>
        (row) => {
          return (row[one] as number) - (other === undefined ? 0 : (row[other] as number))
        },
    ),
})

export const outsiders: readonly Indicator[] = [
  outside(
    'vix',
    'Fear in equities',
    ['VIX', '^VIX'],
    'high: equities fear; high days come after the fall as often as before',
    false,
  ),
  outside('vix_score', 'Fear in equities against its year', ['VIX', '^VIX'], 'above 2: a shock outside crypto', true),
  outside('yield_score', 'Ten-year yield against its year', ['DGS10', 'US10Y', 'TNX'], 'high: money is dear', true),
  outside('dollar_score', 'Dollar index against its year', ['DXY', 'DTWEXBGS'], 'high: dollars are sought', true),
  network,
  addresses,
  implied('implied_volatility_level', 'Implied volatility', ['implied_volatility'], 'high: options are dear'),
  implied(
    'implied_skew',
    'Skew of implied volatility',
    ['implied_volatility_put', 'implied_volatility_call'],
    'high: falls are insured at a price',
  ),
]
