/** Assets that should be worth something else: stablecoins, staked and wrapped coins, and the pools they trade in. */
import { log, pow } from '../math/index.ts'
import { column_at, columns_of, type Indicator, type PanelColumn, type PanelShape, symbols_with } from '../model/index.ts'
import { Rolling } from './shared/rolling.ts'
import { DAY_MS, type Reader, SILENT, steps_in } from './shared/streams.ts'

/** Dollars by name: what should be worth one. */
export const DOLLARS: readonly string[] = [
  'USDC',
  'USDT',
  'DAI',
  'USDS',
  'BUSD',
  'TUSD',
  'FRAX',
  'LUSD',
  'GHO',
  'CRVUSD',
  'USDE',
  'PYUSD',
  'FDUSD',
  'UST',
  'BOLD',
  'RLUSD',
]
/** Claims on another coin one for one (staked ones drift upwards by their reward). */
const CLAIMS: readonly (readonly [string, string])[] = [
  ['STETH', 'ETH'],
  ['WBTC', 'BTC'],
  ['CBBTC', 'BTC'],
  ['WETH', 'ETH'],
]

/** Pairs like BTC/USD and BTC/USDC: the same coin in a dollar and in something that should be one. */
function crosses(shape: PanelShape): { readonly symbol: string; readonly read: Reader }[] {
  const found: { readonly symbol: string; readonly read: Reader }[] = []
  for (const symbol of symbols_with(shape, 'close')) {
    const [base, quote] = symbol.split('/')
    if (quote === undefined || !DOLLARS.includes(quote.toUpperCase())) continue
    const dollar = column_at(shape, 'close', `${base}/USD`)
    if (dollar < 0) continue
    const own = column_at(shape, 'close', symbol)
    const volumes = [column_at(shape, 'volume', symbol), column_at(shape, 'volume', `${base}/USD`)]
    // A minute with next to no trade says nothing: prices there are left over.
    const traded = (row: Float64Array) => volumes.every((volume) => volume < 0 || (row[volume] as number) > 0.05)
    found.push({
      symbol: quote.toUpperCase(),
      read: (row) => (traded(row) ? (row[dollar] as number) / (row[own] as number) - 1 : Number.NaN),
    })
  }
  return found
}

const peg: Indicator = {
  id: 'peg_deviation',
  title: 'Price against the peg',
  source:
    'price ÷ peg − 1: own price of a dollar coin; or the price of one coin in dollars ÷ its price in the dollar coin (minutes with volume > 0.05 in both)',
  needs: ['close'],
  reads: 'negative: below what it should be worth',
  open(shape) {
    const found = crosses(shape)
    for (const symbol of symbols_with(shape, 'close')) {
      const column = column_at(shape, 'close', symbol)
      const name = symbol.toUpperCase().replace(/[-_/]?USD$/, '')
      if (DOLLARS.includes(name) && !found.some((one) => one.symbol === name))
        found.push({ symbol: name, read: (row) => (row[column] as number) - 1 })
    }
    for (const [claim, coin] of CLAIMS) {
      const [own, other] = [column_at(shape, 'close', claim), column_at(shape, 'close', coin)]
      if (own >= 0 && other >= 0) found.push({ symbol: claim, read: (row) => (row[own] as number) / (row[other] as number) - 1 })
    }
    if (found.length === 0) return SILENT
    return {
      outputs: found.map(({ symbol }) => ({ field: 'peg_deviation', symbol, venue: '', unit: 'ratio' })),
      warmup: 0,
      push(time, row, out) {
        found.forEach(({ read }, i) => {
          const value = read(row, time)
          out[i] = Number.isFinite(value) ? value : Number.NaN
        })
      },
    }
  },
}

const pool: Indicator = {
  id: 'pool_deviation',
  title: 'Price in a pool of two dollars',
  source: '1.0001^tick − 1',
  needs: ['tick'],
  reads: 'far from 0: the pool is one-sided, one of the two is being sold',
  open(shape) {
    const columns = symbols_with(shape, 'tick').map((symbol) => ({ symbol, column: column_at(shape, 'tick', symbol) }))
    return {
      outputs: columns.map(({ symbol }) => ({ field: 'pool_deviation', symbol, venue: '', unit: 'ratio' })),
      warmup: 0,
      push(_, row, out) {
        columns.forEach(({ column }, i) => {
          const tick = row[column] as number
          out[i] = Math.abs(tick) < 900_000 ? pow(1.0001, tick) - 1 : Number.NaN
        })
      },
    }
  },
}

const pool_volatility: Indicator = {
  id: 'pool_unrest',
  title: 'How much a pool of two dollars moves, one day',
  source: 'standard deviation of ticks over a day, as a ratio',
  needs: ['tick'],
  reads: 'high: the peg is being tested',
  open(shape) {
    const span = steps_in(shape, DAY_MS, 4)
    const step = log(1.0001)
    const readers = symbols_with(shape, 'tick').map((symbol) => ({
      symbol,
      column: column_at(shape, 'tick', symbol),
      rolling: new Rolling(span),
    }))
    return {
      outputs: readers.map(({ symbol }) => ({ field: 'pool_unrest', symbol, venue: '', unit: 'ratio' })),
      warmup: span - 1,
      push(_, row, out) {
        readers.forEach(({ column, rolling }, i) => {
          rolling.push(row[column] as number)
          out[i] = rolling.full ? Math.sqrt(rolling.variance) * step : Number.NaN
        })
      },
    }
  },
}

/** Coins of one pool: a column each, named by coin and pool. */
function pools(shape: PanelShape): { readonly venue: string; readonly columns: readonly number[] }[] {
  const found = new Map<string, number[]>()
  for (const column of columns_of(shape, 'pool_balance')) {
    const { venue } = shape.columns[column] as PanelColumn
    found.set(venue, [...(found.get(venue) ?? []), column])
  }
  return [...found].flatMap(([venue, columns]) => (columns.length > 1 ? [{ venue, columns }] : []))
}

const imbalance: Indicator = {
  id: 'pool_imbalance',
  title: 'How one-sided a pool is',
  source:
    'own definition: (largest coin’s share of the pool − 1/n) ÷ (1 − 1/n), balances in the coins’ common unit: 0 even, 1 one coin left',
  needs: ['pool_balance'],
  reads: 'near 1: everybody has left the other coin for this one',
  open(shape) {
    const found = pools(shape)
    if (found.length === 0) return SILENT
    return {
      outputs: found.map(({ venue }) => ({ field: 'pool_imbalance', symbol: '', venue, unit: 'ratio' })),
      warmup: 0,
      push(_, row, out) {
        found.forEach(({ columns }, i) => {
          let [sum, most] = [0, 0]
          for (const column of columns) {
            sum += row[column] as number
            most = Math.max(most, row[column] as number)
          }
          const even = 1 / columns.length
          out[i] = sum > 0 ? (most / sum - even) / (1 - even) : Number.NaN
        })
      },
    }
  },
}

export const pegs: readonly Indicator[] = [peg, pool, pool_volatility, imbalance]
