/** A made-up market with every field that indicators read, for their laws. */
import { exp, Rng } from '../../src/math/index.ts'
import type { Panel, PanelColumn } from '../../src/model/index.ts'

const SYMBOLS = ['BTC', 'ETH', 'SOL', 'XRP', 'DOGE']
/** Fields that only some indicators read, with their level. */
const MORE: readonly (readonly [string, number])[] = [
  ['mark', 100],
  ['index', 100],
  ['bid', 99],
  ['ask', 101],
  ['liquidity', 1e6],
  ['tick', 20],
  ['buy_volume', 1e4],
  ['sell_volume', 1e4],
  ['utilisation', 0.7],
  ['optimal_utilisation', 0.8],
  ['current_variable_borrow_rate', 0.04],
  ['transaction_value', 1e7],
  ['active_addresses', 1e5],
  ['implied_volatility', 0.6],
  ['implied_volatility_put', 0.7],
  ['implied_volatility_call', 0.6],
]

type Add = (field: string, symbol: string, venue: string, unit: string, value: (t: number) => number) => void

/** Tables of snapshots, one a row: ladders that rise with the fall, R around 1 after deep ones. */
function positions(draw: Rng, add: Add): void {
  for (const percent of [0, 5, 10, 20, 30, 40, 50])
    add(`reproduction_at_${percent}`, '', '', 'ratio', () => (0.1 + percent / 40) * exp(0.2 * draw.normal()))
  for (const percent of [10, 20]) add(`shock_reproduction_at_${percent}`, '', '', 'ratio', () => 0.3 * exp(0.2 * draw.normal()))
  for (const venue of ['alpha', 'beta']) {
    add('reproduction_at_0', '', venue, 'ratio', () => 0.1 * exp(0.2 * draw.normal()))
    for (let percent = 0; percent <= 50; percent++) {
      add(`liquidatable_at_${percent}`, '', venue, 'usd', () => 1e6 * percent + (percent > 20 ? 2e7 * draw.uniform() : 0))
      if (percent % 5 === 0)
        for (const part of ['executable', 'stuck', 'bad_debt'])
          add(`${part}_at_${percent}`, '', venue, 'usd', () => 5e5 * percent * draw.uniform())
    }
    add('owed', '', venue, 'usd', () => 1e8 * exp(0.1 * draw.normal()))
    add('owed_squares', '', venue, 'usd²', () => 1e13 * exp(0.1 * draw.normal()))
    add('owed_largest', '', venue, 'usd', () => 5e6 * exp(0.1 * draw.normal()))
    add('owed_below_110', '', venue, 'usd', () => 1e7 * exp(0.1 * draw.normal()))
    add('debts_at_40', '', venue, 'usd', () => 1e8 * exp(0.1 * draw.normal()))
    add('equity_at_40', '', venue, 'usd', () => 1e7 * exp(0.5 * draw.normal()))
    for (const symbol of ['BTC', 'ETH']) add('collateral', symbol, venue, 'usd', () => 1e8 * exp(0.3 * draw.normal()))
  }
}

/** Daily rows of random walks with one common factor; every value positive where the field's is. */
export function random_panel(seed: number, rows: number, step_ms = 86_400_000): Panel {
  const rng = new Rng(seed)
  const columns: PanelColumn[] = []
  const values: Float64Array[] = []
  const add = (field: string, symbol: string, venue: string, unit: string, value: (t: number) => number) => {
    columns.push({ field, symbol, venue, unit })
    values.push(Float64Array.from({ length: rows }, (_, t) => value(t)))
  }
  const common = rng.stream('common', 0)
  const factor = Float64Array.from({ length: rows }, () => 0.03 * common.normal())
  SYMBOLS.forEach((symbol, s) => {
    const draw = rng.stream('symbol', s)
    let level = 100 * (s + 1)
    const close = Float64Array.from({ length: rows }, (_, t) => (level *= exp((factor[t] as number) + 0.02 * draw.normal())))
    const open = (t: number) => (t === 0 ? (close[0] as number) : (close[t - 1] as number))
    const top = Float64Array.from(
      { length: rows },
      (_, t) => Math.max(open(t), close[t] as number) * exp(0.01 * Math.abs(draw.normal())),
    )
    const low = Float64Array.from(
      { length: rows },
      (_, t) => Math.min(open(t), close[t] as number) * exp(-0.01 * Math.abs(draw.normal())),
    )
    add('open', symbol, '', 'usd', open)
    add('high', symbol, '', 'usd', (t) => top[t] as number)
    add('low', symbol, '', 'usd', (t) => low[t] as number)
    add('close', symbol, '', 'usd', (t) => close[t] as number)
    add('volume', symbol, '', symbol, () => 1e5 * exp(draw.normal()))
    add('market_cap', symbol, '', 'usd', (t) => 1e8 * (close[t] as number))
    add('exchange_reserve', symbol, '', symbol, () => 1e7 * exp(0.01 * draw.normal()))
    for (const [field, level] of MORE) add(field, symbol, '', 'unit', () => level * exp(0.2 * draw.normal()))
    add('depth', symbol, '', symbol, () => 1e3 * exp(0.2 * draw.normal()))
    for (const venue of ['alpha', 'beta']) {
      add('open_interest', symbol, venue, 'usd', (t) => 1e6 * (close[t] as number) * exp(0.1 * draw.normal()))
      add('funding', symbol, venue, 'ratio', () => 1e-4 * draw.normal())
    }
    add('mark', symbol, 'beta', 'usd', () => 100 * exp(0.01 * draw.normal()))
    add('pool_balance', symbol, 'pool', 'usd', () => 1e6 * exp(0.3 * draw.normal()))
    add('liquidated_long', symbol, '', symbol, (t) => 1e4 * Math.max(0, -(factor[t] as number)) * exp(draw.normal()))
    add('liquidated_short', symbol, '', symbol, (t) => 1e4 * Math.max(0, factor[t] as number) * exp(draw.normal()))
  })
  const outside = rng.stream('outside', 0)
  for (const symbol of ['USDC', 'VIX', 'DGS10', 'DXY']) add('close', symbol, '', 'usd', () => exp(0.01 * outside.normal()))
  add('close', 'BTC', 'beta', 'usd', () => 100 * exp(0.01 * outside.normal()))
  for (const symbol of SYMBOLS) {
    add('volume', symbol, 'beta', symbol, () => 100 * exp(outside.normal()))
  }
  positions(rng.stream('positions', 0), add)
  return {
    step_ms,
    time_ms: Float64Array.from({ length: rows }, (_, t) => (t + 1) * step_ms),
    columns,
    values,
    ages_ms: values.map((column) => column.map(() => 0)),
  }
}
