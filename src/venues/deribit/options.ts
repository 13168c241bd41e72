/** Options: who holds which, what they are worth, what is asked for them, and their settlement. */
import { blackGreeks, blackPrice, type Greeks, noGreeks } from '../../math/index.ts'
import { check_column, type Log, type Table, type WorldBuilder } from '../../model/index.ts'
import type { Contract } from '../shared/exchange/contract.ts'
import { add_cash, type Exchange, MULTI } from '../shared/exchange/state.ts'
import type { MarginRules } from '../shared/options/portfolio-margin.ts'
import { margin_rules, vol_of } from './kernel.ts'
import type { OptionsSpec, SurfaceSpec } from './snapshot.ts'
import { open_surfaces, type Surfaces } from './surface.ts'

export const YEAR_MS = 365 * 86_400_000

export interface Series {
  /** Position of its surface. */
  readonly u: number
  readonly call: boolean
  readonly strike: number
  readonly expiry_ms: number
  readonly inverse: boolean
  /** Coin it settles in. */
  readonly coin: number
}

/** Rows of an account are chained; `first` is a position + 1, 0 none. `closed` by the exchange in `tick`. */
const head_shape = { first: 'i32', tick: 'i32', closed: 'f64' } as const
const holding_shape = { account: 'i32', series: 'i32', quantity: 'f64', next: 'i32' } as const
/** Time-weighted sum of the index in the settlement window, and its weight; `settled` 1. */
const series_shape = { sum: 'f64', mass: 'f64', settled: 'u8' } as const

export interface Desk {
  readonly spec: OptionsSpec
  readonly rules: MarginRules
  readonly series: readonly Series[]
  readonly surfaces: Surfaces
  readonly shapes: readonly SurfaceSpec[]
  /** Coin of each underlying. */
  readonly coins: readonly number[]
  readonly heads: Table<typeof head_shape>
  readonly held: Table<typeof holding_shape>
  readonly state: Table<typeof series_shape>
  readonly greeks: Greeks
  /** The exchange it belongs to, once it is open. */
  x: Exchange | undefined
}

/** @param coins assets of the exchange’s coins, the collateral first */
export function open_desk(spec: OptionsSpec, coins: readonly string[], rows: number, builder: WorldBuilder): Desk {
  const { id } = builder.self
  const coin = (asset: string, field: string): number => {
    const at = coins.indexOf(asset)
    if (at < 1) throw builder.invalid(field, asset, `one of the coins beside the collateral, ${coins.slice(1).join(', ')}`)
    return at
  }
  const of_surface = spec.surfaces.map(({ asset }, u) => coin(asset, `options.surfaces[${u}].asset`))
  const series = spec.series.map((one, s): Series => {
    const u = spec.surfaces.findIndex(({ asset }) => asset === one.asset)
    if (u < 0) throw builder.invalid(`options.series[${s}].asset`, one.asset, 'an asset that has a surface')
    const inverse = one.shape === 'inverse'
    return {
      u,
      call: one.type === 'call',
      strike: one.strike,
      expiry_ms: one.expiry_ms,
      inverse,
      coin: inverse ? (of_surface[u] as number) : 0,
    }
  })
  const state = builder.store.table(`${id}.series`, series_shape, series.length)
  series.forEach(({ expiry_ms }, s) => {
    state.columns.settled.data[s] = expiry_ms <= builder.time_ms ? 1 : 0
  })
  return {
    spec,
    rules: margin_rules(spec.portfolio),
    series,
    surfaces: open_surfaces(builder.store, id, spec.surfaces),
    shapes: spec.surfaces,
    coins: of_surface,
    heads: builder.store.table(`${id}.option_heads`, head_shape, rows),
    held: builder.store.table(`${id}.options`, holding_shape),
    state,
    greeks: noGreeks(),
    x: undefined,
  }
}

/** Puts the snapshot’s positions in; `outside` has the other side. Premiums are in the wallets already. */
export function fill_desk(desk: Desk, x: Exchange, builder: WorldBuilder): void {
  desk.x = x
  const { positions } = desk.spec
  if (positions === undefined) return
  const { account, series, quantity } = positions
  const where = `venue ${x.id}`
  check_column(account, account.length, where, 'options.positions.account', 0)
  check_column(series, account.length, where, 'options.positions.series', 0)
  check_column(quantity, account.length, where, 'options.positions.quantity')
  for (let i = 0; i < account.length; i++) {
    const [row, s, q] = [account[i], series[i], quantity[i]] as [number, number, number]
    if (row >= x.owned) throw builder.invalid(`options.positions.account[${i}]`, row, `0 to ${x.owned - 1}`)
    if ((x.accounts.columns.mode.data[row] as number) < MULTI)
      throw builder.invalid(`options.positions.account[${i}]`, row, 'a row of mode 2 or 3: options are margined there')
    if (s >= desk.series.length) throw builder.invalid(`options.positions.series[${i}]`, s, `0 to ${desk.series.length - 1}`)
    if (desk.state.columns.settled.data[s] === 1)
      throw builder.invalid(`options.positions.series[${i}]`, s, 'an option that has not expired')
    if (q === 0) throw builder.invalid(`options.positions.quantity[${i}]`, q, 'long or short, not 0')
    move_option(desk, row, s, q)
    move_option(desk, x.outside, s, -q)
  }
}

/** The row’s holding of a series, −1 none. */
export function find_holding(desk: Desk, row: number, series: number): number {
  const { series: of, next } = desk.held.columns
  let at = (desk.heads.columns.first.data[row] as number) - 1
  while (at >= 0 && of.data[at] !== series) at = (next.data[at] as number) - 1
  return at
}

/** Adds options to a row; undone if the bundle is refused. */
export function move_option(desk: Desk, row: number, series: number, quantity: number): void {
  let at = find_holding(desk, row, series)
  if (at < 0) {
    at = desk.held.push()
    const { account, series: of, next } = desk.held.columns
    const { first } = desk.heads.columns
    account.set(at, row)
    of.set(at, series)
    next.set(at, first.data[row] as number)
    first.set(row, at + 1)
  }
  desk.held.columns.quantity.add(at, quantity)
}

/** Holdings of a row that are open. */
export function holdings_of(desk: Desk, row: number): number[] {
  const { quantity, next } = desk.held.columns
  const out: number[] = []
  for (let at = (desk.heads.columns.first.data[row] as number) - 1; at >= 0; at = (next.data[at] as number) - 1)
    if (quantity.data[at] !== 0) out.push(at)
  return out
}

export const has_options = (desk: Desk, row: number): boolean => {
  const { quantity, next } = desk.held.columns
  for (let at = (desk.heads.columns.first.data[row] as number) - 1; at >= 0; at = (next.data[at] as number) - 1)
    if (quantity.data[at] !== 0) return true
  return false
}

/** Index of an underlying at these slot prices. */
export const index_of = (desk: Desk, x: Exchange, u: number, prices: Float64Array): number =>
  prices[(x.pool?.first_slot as number) + (desk.coins[u] as number)] as number

const now_ms = (x: Exchange): number => {
  const now = x.desk.columns.time_ms.data[0] as number
  return now > Number.NEGATIVE_INFINITY ? now : (x.desk.columns.accrued_ms.data[0] as number)
}

/** What an option is priced with now: the forward that moves, the part that settlement has fixed, time, vol. */
export interface Terms {
  forward: number
  fixed: number
  seconds: number
  vol: number
}

/** @param index of the underlying */
export function terms_of(desk: Desk, x: Exchange, s: number, index: number): Terms {
  const { u, strike, expiry_ms } = desk.series[s] as Series
  const { sum, mass } = desk.state.columns
  const { settlement_ms } = desk.spec.terms
  const done = mass.data[s] as number
  // in the window a part of the settlement price is known
  const fixed = done > 0 ? (sum.data[s] as number) / Math.max(done, settlement_ms) : 0
  const forward = done > 0 ? index * Math.max(0, 1 - done / settlement_ms) : index
  const seconds = Math.max(0, expiry_ms - now_ms(x)) / 1000
  const { atm, skew } = desk.surfaces.columns
  const { smile } = desk.shapes[u] as SurfaceSpec
  const years = (seconds * 1000) / YEAR_MS
  const vol = vol_of(atm.data[u] as number, skew.data[u] as number, smile, forward + fixed, strike, years)
  return { forward, fixed, seconds, vol }
}

/** Units of account per unit, at these slot prices; `more`: added to the vol. */
export function option_value(desk: Desk, x: Exchange, s: number, prices: Float64Array, more = 0): number {
  const { u, call, strike } = desk.series[s] as Series
  const t = terms_of(desk, x, s, index_of(desk, x, u, prices))
  const root = Math.sqrt((t.seconds * 1000) / YEAR_MS)
  return blackPrice(call, t.forward + t.fixed, strike, Math.max(0, t.vol + more) * root)
}

/** Fills `desk.greeks` for one option at these prices, by the index. */
export function option_greeks(desk: Desk, x: Exchange, s: number, prices: Float64Array): Greeks {
  const { u, call, strike } = desk.series[s] as Series
  const index = index_of(desk, x, u, prices)
  const t = terms_of(desk, x, s, index)
  blackGreeks(call, t.forward + t.fixed, strike, t.vol, (t.seconds * 1000) / YEAR_MS, 0, desk.greeks)
  // only the part that still moves answers to the index
  const part = t.forward / index
  desk.greeks.delta *= part
  desk.greeks.gamma *= part * part
  return desk.greeks
}

/** Delta of a row on an underlying, coins: options, and contracts as their notional. */
export function delta_of(desk: Desk, x: Exchange, row: number, u: number): number {
  const prices = x.book.prices.data
  let sum = 0
  for (const at of holdings_of(desk, row)) {
    const s = desk.held.columns.series.data[at] as number
    if ((desk.series[s] as Series).u !== u) continue
    sum += (desk.held.columns.quantity.data[at] as number) * option_greeks(desk, x, s, prices).delta
  }
  const { contract, quantity, next } = x.positions.columns
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    if (q !== 0 && is_on(desk, x, contract.data[at] as number, u)) sum += contract_delta(x, contract.data[at] as number, q)
  }
  return sum
}

/** Is a contract on this underlying? */
export const is_on = (desk: Desk, x: Exchange, contract: number, u: number): boolean =>
  (x.contracts[contract] as Contract).base === x.coins[desk.coins[u] as number]?.asset

/** Coins of the underlying that so many units are, long +. */
export function contract_delta(x: Exchange, contract: number, units: number): number {
  const { shape } = x.contracts[contract] as Contract
  return shape === 'inverse' ? -units * (x.book.prices.data[contract] as number) : units
}

/** Averages the index before expiry, and pays out at it. Once a tick. */
export function settle_expiries(desk: Desk, x: Exchange, from_ms: number, to_ms: number, log: Log): void {
  const { sum, mass, settled } = desk.state.columns
  desk.series.forEach(({ u, expiry_ms }, s) => {
    if (settled.data[s] === 1 || to_ms <= expiry_ms - desk.spec.terms.settlement_ms) return
    const index = index_of(desk, x, u, x.book.prices.data)
    const part = Math.max(0, Math.min(to_ms, expiry_ms) - Math.max(from_ms, expiry_ms - desk.spec.terms.settlement_ms))
    sum.data[s] = (sum.data[s] as number) + index * part
    mass.data[s] = (mass.data[s] as number) + part
    if (to_ms >= expiry_ms)
      pay_out(desk, x, s, (mass.data[s] as number) > 0 ? (sum.data[s] as number) / (mass.data[s] as number) : index, log)
  })
}

/** Every holding of a series is paid max(0, ±(price − strike)) and is gone; holders cancel out. */
function pay_out(desk: Desk, x: Exchange, s: number, price: number, log: Log): void {
  const { call, strike, coin, inverse } = desk.series[s] as Series
  const each = Math.max(0, call ? price - strike : strike - price) / (inverse ? price : 1)
  const { account, series, quantity } = desk.held.columns
  desk.state.columns.settled.data[s] = 1
  let paid = 0
  for (let at = 0; at < desk.held.length; at++) {
    const q = quantity.data[at] as number
    if (series.data[at] !== s || q === 0) continue
    const row = account.data[at] as number
    if (each > 0) add_cash(x, row, coin, q * each)
    quantity.data[at] = 0
    if (q > 0) paid += q * each
    if (row < x.owned) x.book.touch(row)
  }
  const asset = x.coins[coin]?.asset as number
  if (paid > 0)
    log.add({ kind: 'redeem', venue: x.venue, asset, amount: paid, price, usd: paid * (x.coin.columns.usd.data[coin] as number) })
}

/** Options of a series sum to zero over all holders. */
export function broken_options(desk: Desk): string[] {
  const net = new Float64Array(desk.series.length)
  const gross = new Float64Array(desk.series.length)
  const { series, quantity } = desk.held.columns
  for (let at = 0; at < desk.held.length; at++) {
    const s = series.data[at] as number
    net[s] = (net[s] as number) + (quantity.data[at] as number)
    gross[s] = (gross[s] as number) + Math.abs(quantity.data[at] as number)
  }
  const out: string[] = []
  net.forEach((sum, s) => {
    if (!(Math.abs(sum) <= 1e-9 * Math.max(1, gross[s] as number))) out.push(`options of series ${s} sum to ${sum}, not 0`)
  })
  return out
}
