/**
 * Rows that pool several coins (multi-assets mode, unified and portfolio-margin accounts). Per coin, net = cash + unrealised profit
 * of what settles in it; a positive net counts with its haircut, a negative one in full and more:
 *
 *     equity = Σ coins net · price · (net > 0 ? weight(net) : owed weight)
 *
 * (derivatives reference §1.10, §2.9, §2.10, §4.1, §5.5). Health divides the same legs into two sides at these weights, so that
 * a statement of account can show them; it is below 1 exactly when equity is below maintenance.
 */
import { maintenance, type Tiers } from '../../../margin/index.ts'
import type { Curve, Haircut } from './contract.ts'
import { cash_in, type Holdings, type Pool, PORTFOLIO } from './state.ts'

/** Price of a coin in the unit of account. */
export const unit_price = (x: Holdings, coin: number, prices: Float64Array): number =>
  x.pool === undefined ? 1 : (prices[x.pool.first_slot + coin] as number)

function step_rate({ floor, rate }: NonNullable<Curve['steps']>, size: number): number {
  let t = floor.length - 1
  while (t > 0 && size < (floor[t] as number)) t--
  return rate[t] as number
}

/** Maintenance under a rate that grows with size. */
export function curve_maintenance(curve: Curve, units: number, price: number): number {
  const size = curve.by_value ? units * price : units
  if (curve.steps !== undefined) return units * price * step_rate(curve.steps, size)
  const rate = Math.min(curve.most, curve.base + curve.slope * (curve.power === 1 ? size : Math.sqrt(size)))
  return units * price * rate
}

/** Mean weight of an amount: each band of it at its own; what lies beyond the last floor at the last weight. */
export function mean_weight(haircut: Haircut, amount: number, price: number): number {
  const { floor, weight, by_value } = haircut
  if (floor.length === 1) return weight[0] as number
  const size = by_value ? amount * price : amount
  if (!(size > 0)) return weight[0] as number
  let counted = 0
  for (let t = 0; t < floor.length && size > (floor[t] as number); t++) {
    const top = t + 1 < floor.length ? Math.min(size, floor[t + 1] as number) : size
    counted += (top - (floor[t] as number)) * (weight[t] as number)
  }
  return counted / size
}

/** Fills `pool.net` (coins) and `pool.weight` for a row. */
function weigh(x: Holdings, pool: Pool, row: number, prices: Float64Array): void {
  const { net, weight, haircuts, cells, heads } = pool
  net.fill(0)
  net[0] = x.accounts.columns.cash.data[row] as number
  const { coin, amount, next } = cells.columns
  for (let at = (heads.columns.first.data[row] as number) - 1; at >= 0; at = (next.data[at] as number) - 1) {
    const k = coin.data[at] as number
    if (k !== 0) net[k] = (net[k] as number) + (amount.data[at] as number)
  }
  const positions = x.positions.columns
  for (let at = row; at >= 0; at = positions.next.data[at] as number) {
    const q = positions.quantity.data[at] as number
    if (q === 0) continue
    const c = positions.contract.data[at] as number
    const k = x.coin_of[c] as number
    net[k] = (net[k] as number) + q * (prices[c] as number)
  }
  for (let k = 0; k < net.length; k++) {
    const haircut = haircuts[k] as Haircut
    const amount_k = net[k] as number
    weight[k] = amount_k > 0 ? mean_weight(haircut, amount_k, prices[pool.first_slot + k] as number) : haircut.owed
  }
}

/** Maintenance of loans, unit of account; only portfolio margin asks for it. */
function loan_maintenance(x: Holdings, pool: Pool, row: number, prices: Float64Array): number {
  if (x.accounts.columns.mode.data[row] !== PORTFOLIO) return 0
  const { coin, loan, next } = pool.cells.columns
  let sum = 0
  for (let at = (pool.heads.columns.first.data[row] as number) - 1; at >= 0; at = (next.data[at] as number) - 1) {
    const k = coin.data[at] as number
    sum += (loan.data[at] as number) * (prices[pool.first_slot + k] as number) * (pool.haircuts[k] as Haircut).loan
  }
  return sum
}

export function pooled_equity(x: Holdings, row: number, prices: Float64Array): number {
  const pool = x.pool as Pool
  weigh(x, pool, row, prices)
  let sum = 0
  for (let k = 0; k < pool.net.length; k++)
    sum += (pool.net[k] as number) * (pool.weight[k] as number) * (prices[pool.first_slot + k] as number)
  if (x.extra !== undefined) {
    const more = { assets: 0, debts: 0, maintenance: 0 }
    x.extra.add(row, prices, more)
    sum += more.assets - more.debts
  }
  return sum
}

/** Maintenance margin, unit of account, the pooled ratio not in it. */
export function pooled_maintenance(x: Holdings, row: number, prices: Float64Array): number {
  const pool = x.pool as Pool
  const { contract, quantity, next } = x.positions.columns
  let sum = loan_maintenance(x, pool, row, prices)
  for (let at = is_covered(x, row) ? -1 : row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    if (q === 0) continue
    const c = contract.data[at] as number
    sum += leg(x, c, Math.abs(q), prices[c] as number) * (prices[pool.first_slot + (x.coin_of[c] as number)] as number)
  }
  if (x.extra !== undefined) {
    const more = { assets: 0, debts: 0, maintenance: 0 }
    x.extra.add(row, prices, more)
    sum += more.maintenance
  }
  return sum
}

/** Is what is asked for a row's contracts in its kind's own part? */
export const is_covered = (x: Holdings, row: number): boolean => x.extra?.covers?.(row) === true

function leg(x: Holdings, contract: number, size: number, price: number): number {
  const curve = x.curves[contract]
  return curve === undefined ? maintenance(x.tiers[contract] as Tiers, size * price) : curve_maintenance(curve, size, price)
}

/** Equity ÷ maintenance at which a pooled row is in breach. */
export function ratio_of(x: Holdings, row: number): number {
  const pool = x.pool as Pool
  return x.accounts.columns.mode.data[row] === PORTFOLIO ? pool.portfolio_ratio : pool.ratio
}

/** @param due unit of account, to be counted as owed */
export function pooled_health(x: Holdings, row: number, prices: Float64Array, due: number): number {
  const pool = x.pool as Pool
  weigh(x, pool, row, prices)
  const { weight, first_slot } = pool
  const ratio = ratio_of(x, row)
  let assets = 0
  let debts = due
  for (let k = 0; k < weight.length; k++) {
    const value = cash_in(x, row, k) * (weight[k] as number) * (prices[first_slot + k] as number)
    if (value > 0) assets += value
    else debts -= value
  }
  const { contract, quantity, next } = x.positions.columns
  const asked = is_covered(x, row) ? 0 : ratio
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    if (q === 0) continue
    const c = contract.data[at] as number
    const k = x.coin_of[c] as number
    const unit = prices[first_slot + k] as number
    const value = q * (prices[c] as number) * unit * (weight[k] as number)
    const required = asked > 0 ? asked * leg(x, c, Math.abs(q), prices[c] as number) * unit : 0
    if (q > 0) assets += value - required
    else debts += required - value
  }
  debts += ratio * loan_maintenance(x, pool, row, prices)
  if (x.extra !== undefined) {
    const more = { assets: 0, debts: 0, maintenance: 0 }
    x.extra.add(row, prices, more)
    assets += more.assets
    debts += more.debts + ratio * more.maintenance
  }
  return debts > 0 ? Math.max(0, assets) / debts : Number.POSITIVE_INFINITY
}

/** Weights of a row's coins now. The array is reused. */
export function weights_of(x: Holdings, row: number, prices: Float64Array): Float64Array {
  const pool = x.pool as Pool
  weigh(x, pool, row, prices)
  return pool.weight
}

/** Net of each coin now: cash and unrealised profit. The array is reused. */
export function nets_of(x: Holdings, row: number, prices: Float64Array): Float64Array {
  const pool = x.pool as Pool
  weigh(x, pool, row, prices)
  return pool.net
}

/** Loans of a row that need margin of their own. */
export function loan_legs(x: Holdings, row: number): { coin: number; amount: number; rate: number }[] {
  const pool = x.pool as Pool
  const out: { coin: number; amount: number; rate: number }[] = []
  if (x.accounts.columns.mode.data[row] !== PORTFOLIO) return out
  const { coin, loan, next } = pool.cells.columns
  for (let at = (pool.heads.columns.first.data[row] as number) - 1; at >= 0; at = (next.data[at] as number) - 1) {
    const k = coin.data[at] as number
    const rate = (pool.haircuts[k] as Haircut).loan
    if ((loan.data[at] as number) > 0 && rate > 0) out.push({ coin: k, amount: loan.data[at] as number, rate })
  }
  return out
}
