/** The state of a book of troves: what is fixed when it is opened, and the tables that change. */
import { type Accounts, MarginBook } from '../../margin/index.ts'
import {
  check_column,
  type Ledger,
  type Oracle,
  Quote,
  type Quotes,
  type Store,
  type Table,
  type WorldBuilder,
} from '../../model/index.ts'
import { ratioOf, type Terms, troveHealth } from './kernel.ts'
import type { LiquityV1Spec } from './snapshot.ts'

/** Collateral and debt as last touched; what redistributions added since is stake times the growth of the sums. */
const TROVE = { coll: 'f64', debt: 'f64', stake: 'f64', l_coll: 'f64', l_debt: 'f64', open: 'u8' } as const

/** A deposit as last touched: product and sum then, and the segment of the product it belongs to. */
const DEPOSIT = { amount: 'f64', p: 'f64', s: 'f64', segment: 'i32' } as const

/** Per oracle: its last answer, the one before that differed, and since when it is halted (−1: it is not). */
const FEED = { last: 'f64', before: 'f64', halted_ms: 'f64' } as const

/** One row. feed: state of price-feed.ts. coll, debt: of all troves; pool, pool_coll: LUSD and collateral in the stability pool; offset_row: log row of the last offset. */
const SYSTEM = {
  now_ms: 'f64',
  coll: 'f64',
  debt: 'f64',
  stakes: 'f64',
  stakes_snapshot: 'f64',
  coll_snapshot: 'f64',
  l_coll: 'f64',
  l_debt: 'f64',
  pool: 'f64',
  pool_coll: 'f64',
  p: 'f64',
  base_rate: 'f64',
  fee_ms: 'f64',
  open: 'i32',
  feed: 'u8',
  offset_row: 'i32',
} as const

export interface Tables {
  readonly troves: Table<typeof TROVE>
  readonly deposits: Table<typeof DEPOSIT>
  readonly system: Table<typeof SYSTEM>
  readonly answers: Table<typeof FEED>
  /** History of the pool's running product and sum, see `Segments` in kernel.ts. */
  readonly segments: Table<{ epoch: 'i32'; factor: 'f64'; sum: 'f64' }>
}

export interface State extends Tables {
  readonly venue: number
  readonly asset: number
  readonly lusd: number
  readonly feed: number
  readonly lusd_feed: number
  readonly oracles: readonly Oracle[]
  /** Faults that halt them. */
  readonly faults: readonly string[]
  readonly spec: LiquityV1Spec
  readonly terms: Terms
  /** Spot market on which gains are sold; −1 none. */
  readonly gain_market: number
  readonly troves_count: number
  /** Ledger actor of each row, troves first; −1 nobody. */
  readonly owner: Int32Array
  readonly book: MarginBook
  readonly feeds: Quotes
  readonly ledger: Ledger
  readonly scratch: Quote
}

/** Slot of the collateral's price. */
export const PRICE = 0

export const at = (column: { readonly data: ArrayLike<number> }, row = 0): number => column.data[row] as number

export const collOf = (state: Tables, row: number): number => {
  const { coll, stake, l_coll } = state.troves.columns
  return at(coll, row) + at(stake, row) * (at(state.system.columns.l_coll) - at(l_coll, row))
}

export const debtOf = (state: Tables, row: number): number => {
  const { debt, stake, l_debt } = state.troves.columns
  return at(debt, row) + at(stake, row) * (at(state.system.columns.l_debt) - at(l_debt, row))
}

export const priceOf = (state: State): number => at(state.book.prices, PRICE)
export const isOpen = (state: Tables, row: number): boolean => at(state.troves.columns.open, row) === 1

/** Ratio of the whole system at a price. */
export const tcrOf = (state: Tables, price: number): number =>
  ratioOf(at(state.system.columns.coll), at(state.system.columns.debt), price)

export const inRecovery = (state: State): boolean => tcrOf(state, priceOf(state)) < state.terms.ccr

/**
 * To be called when anything that all troves depend on has changed. In recovery mode the system's ratio and pool move everybody's
 * health: everybody is keyed again. When it ends, who was below his level is still tested, and who was not is safe.
 */
export function sync(state: State): void {
  if (inRecovery(state)) state.book.touch_all()
}

/** Troves as the margin book sees them. Recovery mode comes into a bound only while it lasts: its beginning keys everybody again. */
function accountsOf(tables: Tables, troves: number, terms: Terms): Accounts {
  const { mcr, ccr } = terms
  const s = tables.system.columns
  const health = (row: number, prices: Float64Array): number =>
    row < troves
      ? troveHealth(
          collOf(tables, row),
          debtOf(tables, row),
          prices[PRICE] as number,
          at(s.coll),
          at(s.debt),
          at(s.pool),
          mcr,
          ccr,
        )
      : Number.POSITIVE_INFINITY
  return {
    strict: true,
    health,
    bound(row, prices, level, out) {
      if (row >= troves || !isOpen(tables, row)) {
        out.none()
        return
      }
      out.hold(PRICE)
      // The ratio to the system's does not depend on the price: a row below its level by it is below it now.
      const now = health(row, prices)
      out.law(
        now < level ? now / level : ratioOf(collOf(tables, row), debtOf(tables, row), prices[PRICE] as number) / mcr / level,
      )
    },
  }
}

function check(spec: LiquityV1Spec, builder: WorldBuilder): void {
  const where = `venue ${builder.self.id}`
  const { accounts, deposits } = spec
  const rows = accounts.owner.length
  check_column(accounts.owner, rows, where, 'accounts.owner', -1)
  check_column(accounts.collateral, rows, where, 'accounts.collateral', 0)
  check_column(accounts.debt, rows, where, 'accounts.debt', 0)
  check_column(deposits.owner, deposits.owner.length, where, 'deposits.owner', -1)
  check_column(deposits.amount, deposits.owner.length, where, 'deposits.amount', 0)
  for (const [name, owner] of [
    ['accounts', accounts.owner],
    ['deposits', deposits.owner],
  ] as const)
    owner.forEach((position, row) => {
      if (position + 1 >= builder.actors) throw builder.invalid(`${name}.owner[${row}]`, position, `−1 to ${builder.actors - 2}`)
    })
  accounts.debt.forEach((debt, row) => {
    if (debt > 0 && debt < spec.gas_compensation)
      throw builder.invalid(`accounts.debt[${row}]`, debt, `0, or at least the gas compensation ${spec.gas_compensation}`)
    if (debt === 0 && (accounts.collateral[row] as number) > 0)
      throw builder.invalid(`accounts.collateral[${row}]`, accounts.collateral[row], '0 in a trove without debt')
  })
}

function openTables(store: Store, id: string, spec: LiquityV1Spec, time_ms: number): Tables {
  const { collateral, debt } = spec.accounts
  const troves = store.table(`${id}.troves`, TROVE, debt.length)
  const t = troves.columns
  const system = store.table(`${id}.system`, SYSTEM, 1)
  const s = system.columns
  debt.forEach((owed, row) => {
    if (!(owed > 0)) return
    t.coll.data[row] = collateral[row] as number
    t.debt.data[row] = owed
    t.stake.data[row] = collateral[row] as number
    t.open.data[row] = 1
    s.coll.data[0] = at(s.coll) + (collateral[row] as number)
    s.debt.data[0] = at(s.debt) + owed
    s.open.data[0] = at(s.open) + 1
  })
  s.stakes.data[0] = at(s.coll)
  s.now_ms.data[0] = time_ms
  s.fee_ms.data[0] = time_ms
  s.base_rate.data[0] = spec.base_rate
  s.p.data[0] = 1
  s.offset_row.data[0] = -1
  const deposits = store.table(`${id}.deposits`, DEPOSIT, spec.deposits.owner.length)
  deposits.columns.amount.data.set(spec.deposits.amount)
  deposits.columns.p.data.fill(1)
  for (const amount of spec.deposits.amount) s.pool.data[0] = at(s.pool) + amount
  const segments = store.table(`${id}.segments`, { epoch: 'i32', factor: 'f64', sum: 'f64' }, 1)
  const answers = store.table(`${id}.answers`, FEED, 2)
  answers.columns.halted_ms.data.fill(-1)
  return { troves, deposits, system, segments, answers }
}

function openMarket(spec: LiquityV1Spec, asset: number, builder: WorldBuilder): number {
  if (spec.gain_market === undefined) return -1
  const market = builder.market(spec.gain_market, 'gain_market')
  const { base, settles } = builder.market_at(market)
  if (base !== asset || settles >= 0) throw builder.invalid('gain_market', spec.gain_market, `a spot market of ${spec.asset}`)
  return market
}

const faultOf = (oracle: LiquityV1Spec['oracle']): string => `oracle:${typeof oracle === 'string' ? oracle : oracle.id}`

/** Opens everything a book of troves is made of. @throws InputError for what does not fit */
export function openState(spec: LiquityV1Spec, builder: WorldBuilder): State {
  const { id, index } = builder.self
  check(spec, builder)
  const asset = builder.asset(spec.asset, 'asset')
  const tables = openTables(builder.store, id, spec, builder.time_ms)
  const terms: Terms = { mcr: spec.minimum_ratio, ccr: spec.critical_ratio, cut: spec.collateral_compensation }
  const troves_count = spec.accounts.owner.length
  const owner = Int32Array.from([...spec.accounts.owner, ...spec.deposits.owner], (position) =>
    position < 0 ? -1 : position + 1,
  )
  const book = new MarginBook(builder.store, `${id}.book`, 1, owner.length, accountsOf(tables, troves_count, terms))
  book.prices.data[PRICE] = builder.assets[asset]?.price_usd ?? 1
  const oracles = [builder.oracle(spec.oracle, 'oracle')]
  const faults = [faultOf(spec.oracle)]
  if (spec.fallback_oracle !== undefined) {
    oracles.push(builder.oracle(spec.fallback_oracle, 'fallback_oracle'))
    faults.push(faultOf(spec.fallback_oracle))
  }
  const scratch = new Quote(builder.sources)
  const feed = builder.feed(`${id}.${spec.asset}`)
  const lusd_feed = builder.feed(`${id}.lusd`)
  scratch.fixed(book.prices.data[PRICE] as number)
  builder.feeds.write(feed, scratch)
  scratch.fixed(1)
  builder.feeds.write(lusd_feed, scratch)
  const state: State = {
    ...tables,
    venue: index,
    asset,
    lusd: builder.asset(spec.lusd, 'lusd'),
    feed,
    lusd_feed,
    oracles,
    faults,
    spec,
    terms,
    gain_market: openMarket(spec, asset, builder),
    troves_count,
    owner,
    book,
    feeds: builder.feeds,
    ledger: builder.ledger,
    scratch,
  }
  sync(state)
  return state
}
