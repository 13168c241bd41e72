/** The state of all branches: what is fixed when they are opened, and the tables that change. */
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
import { classOf, interestOf, RATES, ratioOf, type Terms } from './kernel.ts'
import type { BranchSpec, LiquityV2Spec } from './snapshot.ts'

export const CLOSED = 0
export const OPEN = 1
export const ZOMBIE = 2

/** Collateral and recorded debt as last touched; interest since then and what redistributions added come on top. */
const TROVE = {
  coll: 'f64',
  debt: 'f64',
  since_ms: 'f64',
  stake: 'f64',
  l_coll: 'f64',
  l_debt: 'f64',
  status: 'u8',
} as const

const DEPOSIT = { amount: 'f64', p: 'f64', s: 'f64', b: 'f64', segment: 'i32' } as const

/**
 * coll, debt: of all troves, interest included; weighted: Σ recorded debt · rate; pool…: BOLD, collateral and yield in the stability
 * pool; waiting: yield for a pool too small to share it; failed: for want of a price; halted_ms: since when its oracle stands still, −1 it does not;
 * shut_ms: when it was shut down; offset_row: log row of the last offset.
 */
const BRANCH = {
  coll: 'f64',
  debt: 'f64',
  weighted: 'f64',
  stakes: 'f64',
  stakes_snapshot: 'f64',
  coll_snapshot: 'f64',
  l_coll: 'f64',
  l_debt: 'f64',
  pool: 'f64',
  pool_coll: 'f64',
  pool_yield: 'f64',
  waiting: 'f64',
  p: 'f64',
  segment: 'i32',
  open: 'i32',
  shut: 'u8',
  failed: 'u8',
  halted_ms: 'f64',
  shut_ms: 'f64',
  last_zombie: 'i32',
  offset_row: 'i32',
} as const

export interface Tables {
  readonly troves: Table<typeof TROVE>
  readonly deposits: Table<typeof DEPOSIT>
  readonly branches: Table<typeof BRANCH>
  /** Histories of all pools' products and sums, see `Segments` in kernel.ts. */
  readonly segments: Table<{ next: 'i32'; factor: 'f64'; coll: 'f64'; yield_: 'f64' }>
  readonly system: Table<{ now_ms: 'f64'; accrued_ms: 'f64'; base_rate: 'f64'; fee_ms: 'f64' }>
}

export interface State extends Tables {
  readonly venue: number
  readonly spec: LiquityV2Spec
  readonly bold: number
  readonly gas_asset: number
  readonly asset: Int32Array
  readonly terms: readonly Terms[]
  readonly feed: Int32Array
  readonly bold_feed: number
  readonly oracles: readonly { readonly first: Oracle; readonly fallback: Oracle | undefined; readonly fault: string }[]
  /** Spot market on which a branch's gains are sold; −1 none. */
  readonly gain_market: Int32Array
  readonly count: number
  readonly troves_count: number
  /** Per row, troves first: ledger actor (−1 nobody) and branch. */
  readonly owner: Int32Array
  readonly branch_of: Int32Array
  readonly rate: Float64Array
  readonly start_ms: number
  readonly book: MarginBook
  readonly feeds: Quotes
  readonly ledger: Ledger
  readonly scratch: Quote
}

export const at = (column: { readonly data: ArrayLike<number> }, row = 0): number => column.data[row] as number

export const statusOf = (state: Tables, row: number): number => at(state.troves.columns.status, row)
export const branchOf = (state: State, row: number): number => state.branch_of[row] as number
export const specOf = (state: State, b: number): BranchSpec => state.spec.branches[b] as BranchSpec
export const priceOf = (state: State, b: number): number => at(state.book.prices, b)

/** Time up to which interest of a branch counts. */
export function interestUntil(state: Tables, b: number): number {
  const { shut, shut_ms } = state.branches.columns
  const now = at(state.system.columns.accrued_ms)
  return at(shut, b) === 1 ? Math.min(now, at(shut_ms, b)) : now
}

type Rows = Tables & Pick<State, 'rate' | 'branch_of'>

export const collOf = (state: Rows, row: number): number => {
  const { coll, stake, l_coll } = state.troves.columns
  const b = state.branch_of[row] as number
  return at(coll, row) + at(stake, row) * (at(state.branches.columns.l_coll, b) - at(l_coll, row))
}

/** Interest since the trove was touched. */
export const accruedOf = (state: Rows, row: number): number => {
  const { debt, since_ms } = state.troves.columns
  const elapsed = interestUntil(state, state.branch_of[row] as number) - at(since_ms, row)
  return interestOf(at(debt, row), state.rate[row] as number, Math.max(0, elapsed))
}

export const debtOf = (state: Rows, row: number): number => {
  const { debt, stake, l_debt } = state.troves.columns
  const b = state.branch_of[row] as number
  return at(debt, row) + accruedOf(state, row) + at(stake, row) * (at(state.branches.columns.l_debt, b) - at(l_debt, row))
}

export const tcrOf = (state: State, b: number): number => {
  const { coll, debt } = state.branches.columns
  return ratioOf(at(coll, b), at(debt, b), priceOf(state, b))
}

/** Troves as the margin book sees them: the price, and a slot that grows at least as fast as their interest. */
function accountsOf(rows: Rows, troves: number, spec: LiquityV2Spec): Accounts {
  const health = (row: number, prices: Float64Array): number => {
    if (row >= troves) return Number.POSITIVE_INFINITY
    const b = rows.branch_of[row] as number
    return ratioOf(collOf(rows, row), debtOf(rows, row), prices[b] as number) / (spec.branches[b] as BranchSpec).minimum_ratio
  }
  return {
    strict: true,
    health,
    bound(row, prices, level, out) {
      if (row >= troves || !(debtOf(rows, row) > 0)) {
        out.none()
        return
      }
      out.hold(rows.branch_of[row] as number)
      out.owe(spec.branches.length + classOf(rows.rate[row] as number))
      out.law(health(row, prices) / level)
    },
  }
}

function check(spec: LiquityV2Spec, builder: WorldBuilder): void {
  const where = `venue ${builder.self.id}`
  const { accounts, deposits } = spec
  const rows = accounts.owner.length
  check_column(accounts.owner, rows, where, 'accounts.owner', -1)
  check_column(accounts.branch, rows, where, 'accounts.branch', 0)
  check_column(accounts.collateral, rows, where, 'accounts.collateral', 0)
  check_column(accounts.debt, rows, where, 'accounts.debt', 0)
  check_column(accounts.rate, rows, where, 'accounts.rate', 0)
  check_column(deposits.owner, deposits.owner.length, where, 'deposits.owner', -1)
  check_column(deposits.branch, deposits.owner.length, where, 'deposits.branch', 0)
  check_column(deposits.amount, deposits.owner.length, where, 'deposits.amount', 0)
  const within = (field: string, column: ArrayLike<number>, least: number, most: number): void => {
    for (let i = 0; i < column.length; i++)
      if ((column[i] as number) > most) throw builder.invalid(`${field}[${i}]`, column[i], `${least} to ${most}`)
  }
  for (const [name, part] of [
    ['accounts', accounts],
    ['deposits', deposits],
  ] as const) {
    within(`${name}.owner`, part.owner, -1, builder.actors - 2)
    within(`${name}.branch`, part.branch, 0, spec.branches.length - 1)
  }
  within('accounts.rate', accounts.rate, 0.005, 2.5)
}

function openTables(store: Store, spec: LiquityV2Spec, time_ms: number): Tables {
  const { id } = spec
  const { branch, collateral, debt, rate } = spec.accounts
  const troves = store.table(`${id}.troves`, TROVE, debt.length)
  const branches = store.table(`${id}.branches`, BRANCH, spec.branches.length)
  const t = troves.columns
  const c = branches.columns
  const count = spec.branches.length
  for (let row = 0; row < debt.length; row++) {
    const [b, held, owed] = [branch[row] as number, collateral[row] as number, debt[row] as number]
    if (!(held > 0 || owed > 0)) continue
    t.coll.data[row] = held
    t.debt.data[row] = owed
    t.stake.data[row] = held
    t.since_ms.data[row] = time_ms
    t.status.data[row] = owed < spec.min_debt ? ZOMBIE : OPEN
    c.coll.data[b] = at(c.coll, b) + held
    c.debt.data[b] = at(c.debt, b) + owed
    c.weighted.data[b] = at(c.weighted, b) + owed * (rate[row] as number)
    c.open.data[b] = at(c.open, b) + 1
  }
  const segments = store.table(`${id}.segments`, { next: 'i32', factor: 'f64', coll: 'f64', yield_: 'f64' }, count)
  segments.columns.next.data.fill(-1)
  for (let b = 0; b < count; b++) {
    c.stakes.data[b] = at(c.coll, b)
    c.p.data[b] = 1
    c.segment.data[b] = b
    c.halted_ms.data[b] = -1
    c.last_zombie.data[b] = -1
    c.offset_row.data[b] = -1
  }
  const deposits = store.table(`${id}.deposits`, DEPOSIT, spec.deposits.owner.length)
  deposits.columns.amount.data.set(spec.deposits.amount)
  deposits.columns.p.data.fill(1)
  deposits.columns.segment.data.set(spec.deposits.branch)
  spec.deposits.amount.forEach((amount, d) => {
    const b = spec.deposits.branch[d] as number
    c.pool.data[b] = at(c.pool, b) + amount
  })
  const system = store.table(`${id}.system`, { now_ms: 'f64', accrued_ms: 'f64', base_rate: 'f64', fee_ms: 'f64' }, 1)
  for (const column of [system.columns.now_ms, system.columns.accrued_ms, system.columns.fee_ms]) column.data[0] = time_ms
  system.columns.base_rate.data[0] = spec.base_rate
  return { troves, deposits, branches, segments, system }
}

function openMarket(own: BranchSpec, b: number, asset: number, builder: WorldBuilder): number {
  if (own.gain_market === undefined) return -1
  const field = `branches[${b}].gain_market`
  const market = builder.market(own.gain_market, field)
  const { base, settles } = builder.market_at(market)
  if (base !== asset || settles >= 0) throw builder.invalid(field, own.gain_market, `a spot market of ${own.asset}`)
  return market
}

/** Opens everything BOLD is made of. @throws InputError for what does not fit */
export function openState(spec: LiquityV2Spec, builder: WorldBuilder): State {
  const { store, ledger, feeds, self } = builder
  check(spec, builder)
  const { accounts, deposits, branches } = spec
  const tables = openTables(store, spec, builder.time_ms)
  const asset = Int32Array.from(branches, (own, b) => builder.asset(own.asset, `branches[${b}].asset`))
  const rows: Rows = {
    ...tables,
    rate: accounts.rate.slice(),
    branch_of: Int32Array.from([...accounts.branch, ...deposits.branch]),
  }
  const troves_count = accounts.owner.length
  const owner = Int32Array.from([...accounts.owner, ...deposits.owner], (position) => (position < 0 ? -1 : position + 1))
  const slots = branches.length + RATES.length
  const book = new MarginBook(store, `${spec.id}.book`, slots, owner.length, accountsOf(rows, troves_count, spec))
  const scratch = new Quote(builder.sources)
  const feed = Int32Array.from(branches, (own) => builder.feed(`${spec.id}.${own.id}`))
  branches.forEach((_, b) => {
    const price = builder.assets[asset[b] as number]?.price_usd ?? 1
    book.prices.data[b] = price
    scratch.fixed(price)
    feeds.write(feed[b] as number, scratch)
  })
  const bold_feed = builder.feed(`${spec.id}.bold`)
  scratch.fixed(1)
  feeds.write(bold_feed, scratch)
  return {
    ...rows,
    venue: self.index,
    spec,
    bold: builder.asset(spec.bold, 'bold'),
    gas_asset: builder.asset(spec.gas_asset, 'gas_asset'),
    asset,
    terms: branches.map(({ pool_penalty, redistribution_penalty }) => ({
      pool_penalty,
      redistribution_penalty,
      cut: spec.collateral_compensation,
      cut_max: spec.collateral_compensation_max,
      min_pool: spec.min_pool,
    })),
    feed,
    bold_feed,
    oracles: branches.map((own, b) => ({
      first: builder.oracle(own.oracle, `branches[${b}].oracle`),
      fallback:
        own.fallback_oracle === undefined ? undefined : builder.oracle(own.fallback_oracle, `branches[${b}].fallback_oracle`),
      fault: `oracle:${typeof own.oracle === 'string' ? own.oracle : own.oracle.id}`,
    })),
    gain_market: Int32Array.from(branches, (own, b) => openMarket(own, b, asset[b] as number, builder)),
    count: branches.length,
    troves_count,
    owner,
    start_ms: builder.time_ms,
    book,
    feeds,
    ledger,
    scratch,
  }
}
