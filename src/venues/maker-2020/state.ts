/** The state of a vault book of 2020: what is fixed when it is opened, and the tables that change. */
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
import { vaultHealth } from './kernel.ts'
import type { Cut, IlkSpec, Maker2020Spec } from './snapshot.ts'

/** A collateral type, names resolved. */
export interface Ilk {
  readonly id: string
  readonly asset: number
  readonly mat: number
  readonly fee: number
  readonly line: number
  readonly dust: number
  /** 1 + penalty. */
  readonly factor: number
  readonly cut: Cut
  readonly beg: number
  readonly ttl_ms: number
  readonly tau_ms: number
  /** Position in `prices`; also the slot of the collateral's price. */
  readonly feed: number
  /** Slot of the debt's price: the accumulated rate. */
  readonly debt_slot: number
}

/** One price that this book publishes; types that name the same oracle of the snapshot share it. */
export interface PriceFeed {
  readonly oracle: Oracle
  /** Position in the world's feeds. */
  readonly feed: number
}

/** One row: clock, the vow (dai it holds, its debt, the queued part), all dai issued, uncovered debt at auction, debt with penalty at auction. */
const SYSTEM = {
  now_ms: 'f64',
  accrued_ms: 'f64',
  dai: 'f64',
  sin: 'f64',
  queued: 'f64',
  debt: 'f64',
  due: 'f64',
  litter: 'f64',
  queue_head: 'i32',
  first: 'i32',
  last: 'i32',
  running: 'i32',
  chores: 'i32',
} as const

/**
 * tab: debt with penalty, the most that can be bid; due: the debt without; seize: log row of the bite; guy: who leads, −1 nobody; tic_ms: when his bid has won, 0 without one; end_ms: when bidding ends.
 */
const AUCTION = {
  running: 'u8',
  vault: 'i32',
  seize: 'i32',
  previous: 'i32',
  next: 'i32',
  guy: 'i32',
  tab: 'f64',
  due: 'f64',
  bid: 'f64',
  lot: 'f64',
  tic_ms: 'f64',
  end_ms: 'f64',
} as const

export interface Tables {
  /** Collateral and normalised debt of each vault. */
  readonly vaults: Table<{ ink: 'f64'; art: 'f64' }>
  /** Per type: rate, total normalised debt. */
  readonly ilks: Table<{ rate: 'f64'; art: 'f64' }>
  /** Per price: has it a value now? */
  readonly priced: Table<{ has: 'u8' }>
  readonly system: Table<typeof SYSTEM>
  /** Every auction there ever was; its id is its row. */
  readonly auctions: Table<typeof AUCTION>
  /** Seized debt that waits before it may be healed; `queue_head` is the first still waiting. */
  readonly queue: Table<{ ready_ms: 'f64'; amount: 'f64' }>
}

export interface State extends Tables {
  readonly venue: number
  readonly dai: number
  readonly dai_feed: number
  readonly box: number
  readonly wait_ms: number
  readonly unnamed_max: number
  readonly grace_ms: number
  readonly ilks_of: readonly Ilk[]
  readonly prices: readonly PriceFeed[]
  readonly owner: Int32Array
  readonly ilk_of: Int32Array
  readonly book: MarginBook
  readonly feeds: Quotes
  readonly ledger: Ledger
  readonly scratch: Quote
}

function openPrices(spec: Maker2020Spec, builder: WorldBuilder): { readonly prices: PriceFeed[]; readonly of: number[] } {
  const prices: PriceFeed[] = []
  const known = new Map<string, number>()
  const of = spec.ilks.map((ilk, i) => {
    const name = typeof ilk.oracle === 'string' ? ilk.oracle : undefined
    const at = name === undefined ? undefined : known.get(name)
    if (at !== undefined) return at
    if (name !== undefined) known.set(name, prices.length)
    const oracle = builder.oracle(ilk.oracle, `ilks[${i}].oracle`)
    return prices.push({ oracle, feed: builder.feed(`${spec.id}.${name ?? ilk.id}`) }) - 1
  })
  return { prices, of }
}

function openIlk(spec: IlkSpec, i: number, feed: number, debt_slot: number, builder: WorldBuilder): Ilk {
  const { id, line, dust, cut, beg, ttl_ms, tau_ms } = spec
  return {
    ...{ id, line, dust, cut, beg, ttl_ms, tau_ms, feed, debt_slot },
    asset: builder.asset(spec.asset, `ilks[${i}].asset`),
    mat: spec.liquidation_ratio,
    fee: spec.stability_fee,
    factor: 1 + spec.chop,
  }
}

function checkAccounts(spec: Maker2020Spec, builder: WorldBuilder): void {
  const { owner, ilk, collateral, debt } = spec.accounts
  const where = `venue ${builder.self.id}`
  check_column(owner, owner.length, where, 'accounts.owner', -1)
  check_column(ilk, owner.length, where, 'accounts.ilk', 0)
  check_column(collateral, owner.length, where, 'accounts.collateral', 0)
  check_column(debt, owner.length, where, 'accounts.debt', 0)
  for (let row = 0; row < owner.length; row++) {
    if ((ilk[row] as number) >= spec.ilks.length)
      throw builder.invalid(`accounts.ilk[${row}]`, ilk[row], `0 to ${spec.ilks.length - 1}`)
    if ((owner[row] as number) + 1 >= builder.actors)
      throw builder.invalid(`accounts.owner[${row}]`, owner[row], `−1 to ${builder.actors - 2}`)
  }
}

function openTables(store: Store, id: string, spec: Maker2020Spec, prices: number, time_ms: number): Tables {
  const { owner, ilk, collateral, debt } = spec.accounts
  const vaults = store.table(`${id}.vaults`, { ink: 'f64', art: 'f64' }, owner.length)
  vaults.columns.ink.data.set(collateral)
  vaults.columns.art.data.set(debt)
  const ilks = store.table(`${id}.ilks`, { rate: 'f64', art: 'f64' }, spec.ilks.length)
  ilks.columns.rate.data.fill(1)
  let issued = 0
  debt.forEach((amount, row) => {
    const i = ilk[row] as number
    ilks.columns.art.data[i] = (ilks.columns.art.data[i] as number) + amount
    issued += amount
  })
  const system = store.table(`${id}.system`, SYSTEM, 1)
  const s = system.columns
  s.now_ms.data[0] = time_ms
  s.accrued_ms.data[0] = time_ms
  s.dai.data[0] = spec.surplus
  s.debt.data[0] = issued
  s.first.data[0] = -1
  s.last.data[0] = -1
  return {
    ...{ vaults, ilks, system },
    priced: store.table(`${id}.priced`, { has: 'u8' }, prices),
    auctions: store.table(`${id}.auctions`, AUCTION),
    queue: store.table(`${id}.queue`, { ready_ms: 'f64', amount: 'f64' }),
  }
}

/** Accounts as the margin book sees them: one collateral slot, one debt slot. */
function accountsOf(tables: Tables, ilk_of: Int32Array, ilks: readonly Ilk[]): Accounts {
  const { ink, art } = tables.vaults.columns
  const health = (row: number, prices: Float64Array): number => {
    const { mat, feed, debt_slot } = ilks[ilk_of[row] as number] as Ilk
    return vaultHealth(ink.data[row] as number, art.data[row] as number, mat, prices[feed] as number, prices[debt_slot] as number)
  }
  return {
    strict: true,
    health,
    bound(row, prices, level, out) {
      if (!((art.data[row] as number) > 0)) {
        out.none()
        return
      }
      const { feed, debt_slot } = ilks[ilk_of[row] as number] as Ilk
      out.hold(feed)
      out.owe(debt_slot)
      out.law(health(row, prices) / level)
    },
  }
}

/** Opens everything a vault book is made of. @throws InputError for what does not fit */
export function openState(spec: Maker2020Spec, builder: WorldBuilder): State {
  const { id, index } = builder.self
  checkAccounts(spec, builder)
  const { prices, of } = openPrices(spec, builder)
  const ilks_of = spec.ilks.map((ilk, i) => openIlk(ilk, i, of[i] as number, prices.length + i, builder))
  const tables = openTables(builder.store, id, spec, prices.length, builder.time_ms)
  const ilk_of = spec.accounts.ilk.slice()
  const accounts = accountsOf(tables, ilk_of, ilks_of)
  const book = new MarginBook(builder.store, `${id}.book`, prices.length + ilks_of.length, ilk_of.length, accounts)
  for (const ilk of ilks_of) book.prices.data[ilk.feed] = builder.assets[ilk.asset]?.price_usd ?? 1
  const scratch = new Quote(builder.sources)
  const dai_feed = builder.feed(`${id}.dai`)
  scratch.fixed(1)
  builder.feeds.write(dai_feed, scratch)
  return {
    ...tables,
    ...{ dai_feed, ilks_of, prices, ilk_of, book, scratch },
    venue: index,
    dai: builder.asset(spec.dai, 'dai'),
    box: spec.box,
    wait_ms: spec.wait_ms,
    unnamed_max: spec.unnamed_max,
    grace_ms: spec.deal_grace_ms,
    owner: spec.accounts.owner.map((owner) => (owner < 0 ? -1 : owner + 1)),
    feeds: builder.feeds,
    ledger: builder.ledger,
  }
}

export const at = (column: { readonly data: ArrayLike<number> }, row = 0): number => column.data[row] as number

export const ilkOf = (state: State, row: number): Ilk => state.ilks_of[state.ilk_of[row] as number] as Ilk

/** Oracle price of a type now, or the last there was. */
export const priceOf = (state: State, ilk: Ilk): number => at(state.book.prices, ilk.feed)
export const hasPrice = (state: State, ilk: Ilk): boolean => at(state.priced.columns.has, ilk.feed) === 1
/** Accumulated rate of the vault's type. */
export const rateOf = (state: State, row: number): number => at(state.ilks.columns.rate, state.ilk_of[row] as number)

/** DAI owed by a vault, fees included. */
export const debtOf = (state: State, row: number): number => at(state.vaults.columns.art, row) * rateOf(state, row)

/** Visits every running auction, oldest first. */
export function each(state: State, visit: (id: number) => void): number {
  const { next } = state.auctions.columns
  let count = 0
  for (let id = at(state.system.columns.first); id >= 0; id = at(next, id)) {
    visit(id)
    count++
  }
  return count
}
