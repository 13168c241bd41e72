/** What longs pay to stay: funding over venues, and the price of contracts against what they stand for. */
import { column_at, columns_of, type Indicator, type PanelColumn, type PanelShape, symbols_with } from '../model/index.ts'
import { Rolling } from './shared/rolling.ts'
import { by_symbol, DAY_MS, over_venues, per_symbol, steps_in, sum_of, YEAR_MS } from './shared/streams.ts'

/** Funding is quoted for eight hours unless its unit says otherwise. */
const PERIODS_A_YEAR = YEAR_MS / (8 * 3_600_000)

const mean_of = (row: Float64Array, columns: readonly number[]) => {
  const known = columns.filter((column) => Number.isFinite(row[column] as number)).length
  return known > 0 ? sum_of(row, columns) / known : Number.NaN
}

/** Standard deviation of what is known; NaN of fewer than two. */
function apart(values: readonly number[]): number {
  const known = values.filter(Number.isFinite)
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length
  const squares = known.reduce((sum, value) => sum + (value - mean) * (value - mean), 0)
  return known.length > 1 ? Math.sqrt(squares / (known.length - 1)) : Number.NaN
}

const level: Indicator = {
  id: 'funding_level',
  title: 'Funding, mean of venues, 7 days, a year',
  source: 'mean over venues of the 8-hour rate × 1,095, averaged over 7 days',
  needs: ['funding'],
  reads: 'high: longs pay much to stay; negative: shorts do',
  open(shape) {
    const span = steps_in(shape, 7 * DAY_MS, 1)
    return over_venues(shape, 'funding_level', 'ratio per year', 'funding', 1, span - 1, (columns) => {
      const rolling = new Rolling(span)
      return (row) => {
        rolling.push(mean_of(row, columns))
        return rolling.full ? rolling.mean * PERIODS_A_YEAR : Number.NaN
      }
    })
  },
}

const dispersion: Indicator = {
  id: 'funding_dispersion',
  title: 'Funding apart, between venues',
  source: 'standard deviation over venues of the 8-hour rate × 1,095, averaged over 7 days',
  needs: ['funding'],
  reads: 'high: arbitrage between venues is short of capital',
  open(shape) {
    const span = steps_in(shape, 7 * DAY_MS, 1)
    return over_venues(shape, 'funding_dispersion', 'ratio per year', 'funding', 2, span - 1, (columns) => {
      const rolling = new Rolling(span)
      return (row) => {
        rolling.push(apart(columns.map((column) => row[column] as number)))
        return rolling.full ? rolling.mean * PERIODS_A_YEAR : Number.NaN
      }
    })
  },
}

const persistence: Indicator = {
  id: 'funding_persistence',
  title: 'Funding of one sign, 30 days',
  source: 'share of 30 days with positive mean funding − share with negative',
  needs: ['funding'],
  reads: 'near 1: one-sided for long, longs are crowded; near −1: shorts',
  open(shape) {
    const span = steps_in(shape, 30 * DAY_MS, 2)
    return over_venues(shape, 'funding_persistence', 'ratio', 'funding', 1, span - 1, (columns) => {
      const rolling = new Rolling(span)
      return (row) => {
        const mean = mean_of(row, columns)
        rolling.push(Number.isNaN(mean) ? mean : Math.sign(mean))
        return rolling.full ? rolling.mean : Number.NaN
      }
    })
  },
}

const needs_basis = ['mark', 'index']
/** Venue by venue, mark ÷ index − 1 of a symbol; where a venue gives no index, the first there is. */
function bases(shape: PanelShape, symbol: string): ((row: Float64Array) => number)[] {
  const of = (field: string) => by_symbol(shape, field).get(symbol) ?? []
  const venue = (column: number) => (shape.columns[column] as PanelColumn).venue
  const indices = of('index')
  return of('mark').map((mark) => {
    const index = indices.find((column) => venue(column) === venue(mark)) ?? (indices[0] as number)
    return (row) => (row[mark] as number) / (row[index] as number) - 1
  })
}

const basis: Indicator = {
  id: 'basis',
  title: 'Contract over index',
  source: 'mark ÷ index − 1',
  needs: needs_basis,
  reads: 'negative: contracts are sold below what they stand for, as when longs are forced out',
  open: (shape) =>
    per_symbol(shape, 'basis', 'ratio', ['mark', 'index'], 0, ([mark = -1, index = -1]) => (row) => {
      return (row[mark] as number) / (row[index] as number) - 1
    }),
}

const basis_dispersion: Indicator = {
  id: 'basis_dispersion',
  title: 'Basis apart, between venues, 7 days',
  source: 'standard deviation over venues of mark ÷ index − 1, averaged over 7 days',
  needs: needs_basis,
  reads: 'high: arbitrage between venues is short of capital',
  open(shape) {
    const span = steps_in(shape, 7 * DAY_MS, 1)
    const symbols = symbols_with(shape, ...needs_basis).filter((symbol) => bases(shape, symbol).length > 1)
    const readers = symbols.map((symbol) => ({ venues: bases(shape, symbol), rolling: new Rolling(span) }))
    return {
      outputs: symbols.map((symbol) => ({ field: 'basis_dispersion', symbol, venue: '', unit: 'ratio' })),
      warmup: span - 1,
      push(_, row, out) {
        readers.forEach(({ venues, rolling }, s) => {
          rolling.push(apart(venues.map((read) => read(row))))
          out[s] = rolling.full ? rolling.mean : Number.NaN
        })
      },
    }
  },
}

const basis_persistence: Indicator = {
  id: 'basis_persistence',
  title: 'Basis of one sign, 30 days',
  source: 'share of 30 days with contracts above their index − share below',
  needs: needs_basis,
  reads: 'near 1: longs have been crowded for long; near −1: shorts, or forced selling that lasts',
  open(shape) {
    const span = steps_in(shape, 30 * DAY_MS, 2)
    return per_symbol(shape, 'basis_persistence', 'ratio', needs_basis, span - 1, ([mark = -1, index = -1]) => {
      const rolling = new Rolling(span)
      return (row) => {
        rolling.push(Math.sign((row[mark] as number) - (row[index] as number)))
        return rolling.full ? rolling.mean : Number.NaN
      }
    })
  },
}

const venue_gap: Indicator = {
  id: 'venue_gap',
  title: 'Widest gap between venues’ prices of one asset',
  source: 'highest ÷ lowest of what venues report as the close − 1',
  needs: ['close'],
  reads: 'high: a market is broken, or cut off from the others',
  open: (shape) =>
    over_venues(shape, 'venue_gap', 'ratio', 'close', 2, 0, (columns) => (row) => {
      let [low, high, known] = [Number.POSITIVE_INFINITY, 0, 0]
      for (const column of columns) {
        const price = row[column] as number
        if (!(price > 0)) continue
        low = Math.min(low, price)
        high = Math.max(high, price)
        known++
      }
      return known > 1 ? high / low - 1 : Number.NaN
    }),
}

const flow: Indicator = {
  id: 'liquidation_imbalance',
  title: 'Liquidated longs against shorts, one day',
  source: '(longs − shorts) ÷ (longs + shorts) over a day',
  needs: ['liquidated_long', 'liquidated_short'],
  reads: 'near 1: longs are being forced out',
  open(shape) {
    const span = steps_in(shape, DAY_MS, 1)
    return per_symbol(
      shape,
      'liquidation_imbalance',
      'ratio',
      ['liquidated_long', 'liquidated_short'],
      span - 1,
      ([long = -1, short = -1]) => {
        const [longs, shorts] = [new Rolling(span), new Rolling(span)]
        return (row) => {
          longs.push(row[long] as number)
          shorts.push(row[short] as number)
          return longs.full && shorts.full ? (longs.sum - shorts.sum) / (longs.sum + shorts.sum) : Number.NaN
        }
      },
    )
  },
}

const forced: Indicator = {
  id: 'liquidation_share',
  title: 'Liquidated over a day, of open interest',
  source: 'Σ liquidated longs and shorts over a day ÷ open interest in coin; feeds are throttled, so this is a lower bound',
  needs: ['liquidated_long', 'liquidated_short', 'open_interest'],
  reads: 'high: de-leveraging is under way',
  open(shape) {
    const span = steps_in(shape, DAY_MS, 1)
    const needs = ['liquidated_long', 'liquidated_short', 'open_interest', 'close?']
    return per_symbol(shape, 'liquidation_share', 'ratio', needs, span - 1, ([long = -1, short = -1, , close = -1], symbol) => {
      const open_interest = columns_of(shape, 'open_interest').filter((c) => (shape.columns[c] as PanelColumn).symbol === symbol)
      const usd = (shape.columns[column_at(shape, 'open_interest', symbol)] as PanelColumn).unit === 'usd'
      const rolling = new Rolling(span)
      return (row) => {
        rolling.push((row[long] as number) + (row[short] as number))
        const coins = sum_of(row, open_interest) / (usd ? (row[close] ?? Number.NaN) : 1)
        return rolling.full && coins > 0 ? rolling.sum / coins : Number.NaN
      }
    })
  },
}

export const funding: readonly Indicator[] = [
  level,
  dispersion,
  persistence,
  basis,
  basis_dispersion,
  basis_persistence,
  venue_gap,
  flow,
  forced,
]
