/** The state of a vault book: what is fixed when it is opened, and the tables that change. */
import { MarginBook, type Accounts } from '../../margin/index.ts'
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
import { powersOf, vaultHealth } from './kernel.ts'
import type { Curve, IlkSpec, MakerSpec } from './snapshot.ts'

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
  readonly hole: number
  readonly buf: number
  readonly tail_ms: number
  readonly cusp: number
  readonly chip: number
  readonly tip: number
  /** Least debt with penalty that an auction may be left with: dust with penalty. */
  readonly chost: number
  readonly stopped: number
  readonly curve: Curve
  /** Its table of powers. */
  readonly powers: Float64Array
  /** Position in `feeds`; also the slot of the collateral's price. */
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

export interface Tables {
  /** Collateral and normalised debt of each vault. */
  readonly vaults: Table<{ ink: 'f64'; art: 'f64' }>
  /** Per type: rate, total normalised debt, debt with penalty at auction, auctions running. */
  readonly ilks: Table<{ rate: 'f64'; art: 'f64'; dirt: 'f64'; running: 'i32' }>
  /** Per price: has it a value now? */
  readonly priced: Table<{ has: 'u8' }>
  /** One row: clock, the vow (dai it holds, its debt, the queued part), all dai issued, uncovered debt at auction, list of running auctions. */
  readonly system: Table<typeof SYSTEM>
  /** Every auction there ever was; its id is its row. */
  readonly auctions: Table<typeof AUCTION>
  /** Seized debt that waits before it may be healed; `queue_head` is the first still waiting. */
  readonly queue: Table<{ ready_ms: 'f64'; amount: 'f64' }>
}

const SYSTEM = {
  now_ms: 'f64',
  accrued_ms: 'f64',
  dai: 'f64',
  sin: 'f64',
  queued: 'f64',
  debt: 'f64',
  due: 'f64',
  queue_head: 'i32',
  first: 'i32',
  last: 'i32',
} as const

/** tab: debt with penalty still to raise; due: debt without penalty not yet covered; seize: log row of the bark. */
const AUCTION = {
  running: 'u8',
  vault: 'i32',
  ilk: 'i32',
  seize: 'i32',
  previous: 'i32',
  next: 'i32',
  tab: 'f64',
  due: 'f64',
  lot: 'f64',
  top: 'f64',
  tic_ms: 'f64',
} as const

export interface State extends Tables {
  readonly venue: number
  readonly dai: number
  readonly dai_feed: number
  readonly hole: number
  readonly wait_ms: number
  readonly ilks_of: readonly Ilk[]
  readonly prices: readonly PriceFeed[]
  readonly owner: Int32Array
  readonly ilk_of: Int32Array
  readonly book: MarginBook
  readonly feeds: Quotes
  readonly ledger: Ledger
  readonly scratch: Quote
}

function openPrices(spec: MakerSpec, builder: WorldBuilder): { readonly prices: PriceFeed[]; readonly of: number[] } {
  const prices: PriceFeed[] = []
  const of: number[] = []
  const known = new Map<string, number>()
  spec.ilks.forEach((ilk, i) => {
    const name = typeof ilk.oracle === 'string' ? ilk.oracle : undefined
    let at = name === undefined ? undefined : known.get(name)
    if (at === undefined) {
      at = prices.length
      prices.push({
        oracle: builder.oracle(ilk.oracle, `ilks[${i}].oracle`),
        feed: builder.feed(`${spec.id}.${name ?? ilk.id}`),
      })
      if (name !== undefined) known.set(name, at)
    }
    of.push(at)
  })
  return { prices, of }
}

function openIlk(spec: IlkSpec, i: number, feed: number, debt_slot: number, builder: WorldBuilder): Ilk {
  const factor = 1 + spec.chop
  return {
    id: spec.id,
    asset: builder.asset(spec.asset, `ilks[${i}].asset`),
    mat: spec.liquidation_ratio,
    fee: spec.stability_fee,
    line: spec.line,
    dust: spec.dust,
    factor,
    hole: spec.hole,
    buf: spec.buf,
    tail_ms: spec.tail_ms,
    cusp: spec.cusp,
    chip: spec.chip,
    tip: spec.tip,
    chost: spec.dust * factor,
    stopped: spec.stopped,
    curve: spec.curve,
    powers: powersOf(spec.curve, spec.tail_ms),
    feed,
    debt_slot,
  }
}

function checkAccounts(spec: MakerSpec, builder: WorldBuilder): void {
  const { owner, ilk, collateral, debt } = spec.accounts
  const rows = owner.length
  const where = `venue ${builder.self.id}`
  check_column(owner, rows, where, 'accounts.owner', -1)
  check_column(ilk, rows, where, 'accounts.ilk', 0)
  check_column(collateral, rows, where, 'accounts.collateral', 0)
  check_column(debt, rows, where, 'accounts.debt', 0)
  for (let row = 0; row < rows; row++) {
    if ((ilk[row] as number) >= spec.ilks.length)
      throw builder.invalid(`accounts.ilk[${row}]`, ilk[row], `0 to ${spec.ilks.length - 1}`)
    if ((owner[row] as number) + 1 >= builder.actors)
      throw builder.invalid(`accounts.owner[${row}]`, owner[row], `−1 to ${builder.actors - 2}`)
  }
}

function openTables(store: Store, id: string, spec: MakerSpec, prices: number, time_ms: number): Tables {
  const vaults = store.table(`${id}.vaults`, { ink: 'f64', art: 'f64' }, spec.accounts.owner.length)
  vaults.columns.ink.data.set(spec.accounts.collateral)
  vaults.columns.art.data.set(spec.accounts.debt)
  const ilks = store.table(`${id}.ilks`, { rate: 'f64', art: 'f64', dirt: 'f64', running: 'i32' }, spec.ilks.length)
  ilks.columns.rate.data.fill(1)
  const priced = store.table(`${id}.priced`, { has: 'u8' }, prices)
  const system = store.table(`${id}.system`, SYSTEM, 1)
  const s = system.columns
  let issued = 0
  spec.accounts.ilk.forEach((i, row) => {
    const debt = spec.accounts.debt[row] as number
    ilks.columns.art.data[i] = (ilks.columns.art.data[i] as number) + debt
    issued += debt
  })
  s.now_ms.data[0] = time_ms
  s.accrued_ms.data[0] = time_ms
  s.dai.data[0] = spec.surplus
  s.debt.data[0] = issued
  s.first.data[0] = -1
  s.last.data[0] = -1
  return {
    vaults,
    ilks,
    priced,
    system,
    auctions: store.table(`${id}.auctions`, AUCTION),
    queue: store.table(`${id}.queue`, { ready_ms: 'f64', amount: 'f64' }),
  }
}

/** Accounts as the margin book sees them: one collateral slot, one debt slot. */
function accountsOf(tables: Tables, ilk_of: Int32Array, ilks: readonly Ilk[]): Accounts {
  const { ink, art } = tables.vaults.columns
  const health = (row: number, prices: Float64Array): number => {
    const ilk = ilks[ilk_of[row] as number] as Ilk
    return vaultHealth(
      ink.data[row] as number,
      art.data[row] as number,
      ilk.mat,
      prices[ilk.feed] as number,
      prices[ilk.debt_slot] as number,
    )
  }
  return {
    strict: true,
    health,
    bound(row, prices, level, out) {
      if (!((art.data[row] as number) > 0)) {
        out.none()
        return
      }
      const ilk = ilks[ilk_of[row] as number] as Ilk
      out.hold(ilk.feed)
      out.owe(ilk.debt_slot)
      out.law(health(row, prices) / level)
    },
  }
}

/** Opens everything a vault book is made of. @throws InputError for what does not fit */
export function openState(spec: MakerSpec, builder: WorldBuilder): State {
  const { id, index } = builder.self
  checkAccounts(spec, builder)
  const { prices, of } = openPrices(spec, builder)
  const ilks_of = spec.ilks.map((ilk, i) => openIlk(ilk, i, of[i] as number, prices.length + i, builder))
  const tables = openTables(builder.store, id, spec, prices.length, builder.time_ms)
  const ilk_of = spec.accounts.ilk.slice()
  const book = new MarginBook(
    builder.store,
    `${id}.book`,
    prices.length + ilks_of.length,
    ilk_of.length,
    accountsOf(tables, ilk_of, ilks_of),
  )
  for (const ilk of ilks_of) book.prices.data[ilk.feed] = builder.assets[ilk.asset]?.price_usd ?? 1
  const scratch = new Quote(builder.sources)
  const dai_feed = builder.feed(`${id}.dai`)
  scratch.fixed(1)
  builder.feeds.write(dai_feed, scratch)
  return {
    ...tables,
    venue: index,
    dai: builder.asset(spec.dai, 'dai'),
    dai_feed,
    hole: spec.hole_usd,
    wait_ms: spec.wait_ms,
    ilks_of,
    prices,
    owner: spec.accounts.owner.map((owner) => (owner < 0 ? -1 : owner + 1)),
    ilk_of,
    book,
    feeds: builder.feeds,
    ledger: builder.ledger,
    scratch,
  }
}

export const ilkOf = (state: State, row: number): Ilk => state.ilks_of[state.ilk_of[row] as number] as Ilk

/** Oracle price of a type now, or the last there was. */
export const priceOf = (state: State, ilk: Ilk): number => state.book.prices.data[ilk.feed] as number
export const hasPrice = (state: State, ilk: Ilk): boolean => state.priced.columns.has.data[ilk.feed] === 1
export const rateOf = (state: State, ilk: number): number => state.ilks.columns.rate.data[ilk] as number

/** DAI owed by a vault, fees included. */
export const debtOf = (state: State, row: number): number =>
  (state.vaults.columns.art.data[row] as number) * rateOf(state, state.ilk_of[row] as number)
