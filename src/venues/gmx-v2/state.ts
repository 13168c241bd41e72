/** Markets with their pools, positions, and what of them changes; health, accrual, opening. */
import { type Bound, MarginBook } from '../../margin/index.ts'
import { check_column, type Columns, type Ledger, type WorldBuilder } from '../../model/index.ts'
import { applied_funding, kink_rate, next_funding, position_pnl } from './kernel.ts'
import type { ContractSpec, GmxSpec } from './snapshot.ts'

export const YEAR_S = 31_536_000

export interface Market extends ContractSpec {
  readonly index_asset: number
  readonly long_asset: number
  readonly short_asset: number
  /** Position among the virtual inventories, −1 none. */
  readonly inventory: number
}

const position_shape = {
  /** Units of the collateral token. */
  collateral: 'f64',
  /** USD at entry, index tokens. */
  size: 'f64',
  tokens: 'f64',
  /** Cumulative borrowing and funding, USD ÷ USD of size, that are paid. */
  borrow: 'f64',
  funding: 'f64',
} as const
/** `_long`, `_short`: by side. `interest`: USD at entry; `saved`: funding rate a second, + longs pay. */
const market_shape = {
  amount_long: 'f64',
  amount_short: 'f64',
  impact_pool: 'f64',
  interest_long: 'f64',
  interest_short: 'f64',
  tokens_long: 'f64',
  tokens_short: 'f64',
  borrow_long: 'f64',
  borrow_short: 'f64',
  funding_long: 'f64',
  funding_short: 'f64',
  saved: 'f64',
  stale: 'u8',
} as const

export interface State {
  readonly id: string
  readonly venue: number
  readonly markets: readonly Market[]
  readonly a: Columns<typeof position_shape>
  readonly m: Columns<typeof market_shape>
  /** Virtual inventories: USD, + where longs are more. */
  readonly inventory: Columns<{ usd: 'f64' }>
  readonly clock: Columns<{ now_ms: 'f64'; paused: 'u8' }>
  /** Rows with a position; one row a pool comes after them. */
  readonly rows: number
  readonly owner: Int32Array
  readonly market_of: Int32Array
  readonly side: Int32Array
  readonly coin: Int32Array
  readonly book: MarginBook
  readonly ledger: Ledger
}

export const at = (column: { readonly data: ArrayLike<number> }, index: number): number => column.data[index] as number
export type Side = 'long' | 'short'
export const side_of = (s: State, row: number): Side => ((s.side[row] as number) > 0 ? 'long' : 'short')
export const market_at = (s: State, row: number): Market => s.markets[s.market_of[row] as number] as Market
/** Slots: index, long token, short token of each market. */
export const index_slot = (k: number): number => 3 * k
export const token_slot = (k: number, side: Side): number => 3 * k + (side === 'long' ? 1 : 2)
export const coin_side = (s: State, row: number): Side => (s.coin[row] === 0 ? 'long' : 'short')
export const coin_slot = (s: State, row: number): number => token_slot(s.market_of[row] as number, coin_side(s, row))
export const coin_asset = (s: State, row: number): number =>
  s.coin[row] === 0 ? market_at(s, row).long_asset : market_at(s, row).short_asset
export const amount_of = (s: State, side: Side) => (side === 'long' ? s.m.amount_long : s.m.amount_short)
export const interest_of = (s: State, side: Side) => (side === 'long' ? s.m.interest_long : s.m.interest_short)
export const tokens_of = (s: State, side: Side) => (side === 'long' ? s.m.tokens_long : s.m.tokens_short)
export const price_of = (s: State, slot: number): number => s.book.prices.data[slot] as number

/** USD of the pool's tokens of a side. */
export const pool_usd = (s: State, k: number, side: Side): number => at(amount_of(s, side), k) * price_of(s, token_slot(k, side))
/** What the traders of a side have won (lost), USD. */
export const side_pnl = (s: State, k: number, side: Side): number =>
  position_pnl(side === 'long' ? 1 : -1, at(interest_of(s, side), k), at(tokens_of(s, side), k), price_of(s, index_slot(k)))
/** USD that positions of a side reserve: longs what their tokens are worth, shorts their size. */
export const reserved = (s: State, k: number, side: Side): number =>
  side === 'long' ? at(s.m.tokens_long, k) * price_of(s, index_slot(k)) : at(s.m.interest_short, k)

/** Borrowing and funding due, USD; below 0 it is received. */
export function pending(s: State, row: number): number {
  const k = s.market_of[row] as number
  const long = (s.side[row] as number) > 0
  const { m, a } = s
  const borrow = (long ? m.borrow_long : m.borrow_short).data[k] as number
  const funding = (long ? m.funding_long : m.funding_short).data[k] as number
  return at(a.size, row) * (borrow - at(a.borrow, row) + (funding - at(a.funding, row)))
}

/** Profit of a position at these prices. */
export const pnl_of = (s: State, row: number, price: number): number =>
  position_pnl(s.side[row] as number, at(s.a.size, row), at(s.a.tokens, row), price)

/** What a row has and what it must have, USD: collateral and what was won on one side, size, fees and the least margin on the other. */
export function sides(s: State, row: number, prices: ArrayLike<number>, factor: number): { has: number; must: number } {
  const { a } = s
  const of = market_at(s, row)
  const worth = at(a.tokens, row) * (prices[index_slot(s.market_of[row] as number)] as number)
  const size = at(a.size, row)
  const long = (s.side[row] as number) > 0
  const due = pending(s, row)
  const collateral = at(a.collateral, row) * (prices[coin_slot(s, row)] as number)
  return {
    has: collateral + (long ? worth : size) + Math.max(0, -due),
    must: (long ? size : worth) + Math.max(0, due) + size * of.fee_negative + Math.max(of.least_collateral_usd, size * factor),
  }
}

/** Health at slot prices; +Infinity without a position. */
export function health(s: State, row: number, prices: ArrayLike<number>): number {
  if (row >= s.rows || !(at(s.a.size, row) > 0)) return Number.POSITIVE_INFINITY
  const { has, must } = sides(s, row, prices, market_at(s, row).liquidation_factor)
  return has / must
}

function bound(s: State, row: number, prices: Float64Array, level: number, out: Bound): void {
  if (row >= s.rows || !(at(s.a.size, row) > 0)) {
    out.none()
    return
  }
  const index = index_slot(s.market_of[row] as number)
  const long = (s.side[row] as number) > 0
  out.hold(coin_slot(s, row))
  out.hold(long ? index : s.book.cash)
  out.owe(long ? s.book.cash : index)
  // the fixed part of what a short must have
  if (!long) out.owe(s.book.cash)
  out.law(health(s, row, prices) / level)
}

/** Borrowing and funding of a market over some seconds. */
export function accrue_market(s: State, k: number, seconds: number): void {
  const { m } = s
  const of = s.markets[k] as Market
  const [long, short] = [at(m.interest_long, k), at(m.interest_short, k)]
  for (const side of ['long', 'short'] as const) {
    const capacity = pool_usd(s, k, side) * of.reserve_factor
    const used = reserved(s, k, side)
    const usage = used > 0 ? (capacity > 0 ? Math.min(1, used / capacity) : 1) : 0
    const rate = kink_rate(usage, of.borrow_base, of.borrow_above, of.borrow_optimal) / YEAR_S
    const column = side === 'long' ? m.borrow_long : m.borrow_short
    column.data[k] = at(column, k) + rate * seconds
  }
  const most = of.funding_most / YEAR_S
  const rules = {
    increase: most / (of.funding_rise_ms / 1000),
    decrease: most / (of.funding_fall_ms / 1000),
    stable: of.funding_stable,
    falling: of.funding_falling,
    most,
    least: of.funding_least / YEAR_S,
    exponent: of.funding_exponent,
  }
  m.saved.data[k] = next_funding(at(m.saved, k), long, short, seconds, rules)
  if (!(long > 0 && short > 0)) return
  const paid = applied_funding(at(m.saved, k), long, short, rules.least) * seconds
  // what one side pays the other gets, by size
  m.funding_long.data[k] = at(m.funding_long, k) + (paid > 0 ? paid : (paid * short) / long)
  m.funding_short.data[k] = at(m.funding_short, k) - (paid > 0 ? (paid * long) / short : paid)
}

function check_accounts(spec: GmxSpec, builder: WorldBuilder): void {
  const { accounts } = spec
  const count = accounts.owner.length
  const most = { owner: builder.actors - 2, contract: spec.contracts.length - 1, side: 1, coin: 1 }
  for (const field of ['owner', 'contract', 'side', 'coin', 'collateral', 'size', 'tokens'] as const) {
    const column = accounts[field]
    check_column(column, count, `venue ${spec.id}`, `accounts.${field}`, field === 'owner' || field === 'side' ? -1 : 0)
    const highest = field in most ? most[field as keyof typeof most] : Number.POSITIVE_INFINITY
    const bad = column.findIndex((value) => value > highest || (field === 'side' && value === 0))
    if (bad >= 0)
      throw builder.invalid(`accounts.${field}[${bad}]`, column[bad], field === 'side' ? '1 or −1' : `at most ${highest}`)
  }
  accounts.size.forEach((size, row) => {
    if (size > 0 !== (accounts.tokens[row] as number) > 0)
      throw builder.invalid(`accounts.tokens[${row}]`, accounts.tokens[row], 'above 0 where the size is, 0 where it is 0')
  })
}

function read_markets(spec: GmxSpec, builder: WorldBuilder): { markets: Market[]; inventories: number } {
  const names = [...new Set(spec.contracts.flatMap(({ virtual }) => virtual ?? []))]
  const markets = spec.contracts.map((own, k): Market => {
    const field = `contracts[${k}]`
    if (spec.contracts.findIndex(({ id }) => id === own.id) !== k)
      throw builder.invalid(`${field}.id`, own.id, 'a name used once')
    for (const [low, high] of [
      ['liquidation_factor', 'collateral_factor'],
      ['pnl_after', 'pnl_adl'],
      ['funding_falling', 'funding_stable'],
    ] as const)
      if (own[low] > own[high]) throw builder.invalid(`${field}.${low}`, own[low], `at most ${high}, ${own[high]}`)
    return {
      ...own,
      index_asset: builder.asset(own.index, `${field}.index`),
      long_asset: builder.asset(own.long, `${field}.long`),
      short_asset: builder.asset(own.short, `${field}.short`),
      inventory: own.virtual === undefined ? -1 : names.indexOf(own.virtual),
    }
  })
  return { markets, inventories: names.length }
}

/** Adds to the open interest of a row's side. */
export function add_interest(s: State, row: number, size: number, tokens: number): void {
  const k = s.market_of[row] as number
  const side = side_of(s, row)
  for (const [column, delta] of [
    [interest_of(s, side), size],
    [tokens_of(s, side), tokens],
  ] as const) {
    const next = at(column, k) + delta
    // what remains of a sum by rounding alone is nothing
    column.set(k, next > 1e-12 * Math.abs(delta) ? next : 0)
  }
  const { inventory } = market_at(s, row)
  if (inventory >= 0) s.inventory.usd.add(inventory, (s.side[row] as number) * size)
}

/** @throws InputError for what does not fit */
export function open_state(spec: GmxSpec, builder: WorldBuilder): State {
  check_accounts(spec, builder)
  const { store } = builder
  const { accounts, id } = spec
  const { markets, inventories } = read_markets(spec, builder)
  const rows = accounts.owner.length
  const all = rows + markets.length
  const book = new MarginBook(store, `${id}.book`, 3 * markets.length, all, {
    strict: true,
    health: (row, prices) => health(s, row, prices),
    bound: (row, prices, level, out) => bound(s, row, prices, level, out),
  })
  const s: State = {
    id,
    venue: builder.self.index,
    markets,
    a: store.table(`${id}.positions`, position_shape, rows).columns,
    m: store.table(`${id}.markets`, market_shape, markets.length).columns,
    inventory: store.table(`${id}.inventory`, { usd: 'f64' }, inventories).columns,
    clock: store.table(`${id}.clock`, { now_ms: 'f64', paused: 'u8' }, 1).columns,
    rows,
    owner: Int32Array.from({ length: all }, (_, row) => {
      const position = accounts.owner[row] ?? -1
      return position < 0 ? -1 : position + 1
    }),
    market_of: accounts.contract.slice(),
    side: accounts.side.slice(),
    coin: accounts.coin.slice(),
    book,
    ledger: builder.ledger,
  }
  s.clock.now_ms.data[0] = builder.time_ms
  markets.forEach((of, k) => {
    s.m.amount_long.data[k] = of.long_amount
    s.m.amount_short.data[k] = of.short_amount
    s.m.impact_pool.data[k] = of.impact_pool
    ;[of.index_asset, of.long_asset, of.short_asset].forEach((asset, i) => {
      book.prices.data[3 * k + i] = builder.assets[asset]?.price_usd ?? 1
    })
  })
  for (let row = 0; row < rows; row++) {
    const { collateral, size, tokens } = accounts
    s.a.collateral.data[row] = collateral[row] as number
    s.a.size.data[row] = size[row] as number
    s.a.tokens.data[row] = tokens[row] as number
    add_interest(s, row, size[row] as number, tokens[row] as number)
  }
  return s
}
