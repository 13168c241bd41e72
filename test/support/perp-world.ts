/** A world of one exchange of any kind, price levels for books and dials for indices and coins. */
import { Applier } from '../../src/engine/apply.ts'
import { broken_laws, build_world, holdings, type World } from '../../src/engine/index.ts'
import {
  type Action,
  Actions,
  DEFAULT_LIMITS,
  type Kind,
  LOG_KINDS,
  type LogKind,
  Offers,
  type Result,
  SCENARIO_SCHEMA,
  SNAPSHOT_SCHEMA,
} from '../../src/model/index.ts'
import { binanceUsdm } from '../../src/venues/binance-usdm/index.ts'
import type { ExchangeVenue } from '../../src/venues/shared/exchange/venue.ts'
import { BTC_TIERS, ETH_TIERS, tier_specs } from '../../src/venues/binance-usdm/vectors.ts'
import { dial, type Ladder, ladder } from './ladder.ts'

export type { Ladder } from './ladder.ts'

export const START_MS = 1_728_000_000_000
export const USDT = 0
export const VENUE = 0
/** One account: owner (position among two actors, −1 none), wallet, and [contract, quantity, entry] of each position. */
export interface Row {
  readonly owner?: number
  readonly isolated?: boolean
  /** 0 cross, 1 isolated, 2 pooled, 3 pooled with loans. */
  readonly mode?: number
  /** Coin of a row that has one. */
  readonly coin?: number
  readonly wallet: number
  readonly held?: readonly (readonly [contract: number, quantity: number, entry: number])[]
  /** Coins and loans of a pooled row. */
  readonly balances?: readonly (readonly [coin: number, amount: number, loan: number])[]
}

export interface Setup {
  readonly fund?: number
  /** BTC, then ETH: opening price. */
  readonly prices?: readonly number[]
  readonly follows?: boolean
  /** The kind of exchange; Binance USD-M where nothing is said. */
  readonly kind?: Kind<never, unknown>
  readonly spec?: Record<string, unknown>
  /** Fields of every contract. */
  readonly contract?: Record<string, unknown>
  /** Fields of each contract, by position; these count. */
  readonly contracts?: readonly Record<string, unknown>[]
  /** Of the pooled coins, by position: its asset, price and start (dials), and the fields of its spec. */
  readonly coins?: readonly { readonly asset: string; readonly price?: number; readonly [field: string]: unknown }[]
}

const ASSETS = ['BTC', 'ETH']

/** The columns of a snapshot. */
export function columns(rows: readonly Row[]): Record<string, unknown> {
  const positions = rows.flatMap(({ held = [] }, account) => held.map(([c, q, e]) => [account, c, q, e] as const))
  const balances = rows.flatMap((row, account) =>
    (row.balances ?? []).map(([k, amount, loan]) => [account, k, amount, loan] as const),
  )
  const modes = rows.some((row) => row.mode !== undefined) ? { mode: Int32Array.from(rows, (row) => row.mode ?? 0) } : {}
  const coins = rows.some((row) => row.coin !== undefined) ? { coin: Int32Array.from(rows, (row) => row.coin ?? 0) } : {}
  return {
    ...(balances.length === 0
      ? {}
      : {
          balances: {
            account: Int32Array.from(balances, (b) => b[0]),
            coin: Int32Array.from(balances, (b) => b[1]),
            amount: Float64Array.from(balances, (b) => b[2]),
            loan: Float64Array.from(balances, (b) => b[3]),
          },
        }),
    accounts: {
      ...modes,
      ...coins,
      owner: Int32Array.from(rows, (row) => row.owner ?? -1),
      isolated: Int32Array.from(rows, (row) => (row.isolated === true ? 1 : 0)),
      wallet: Float64Array.from(rows, (row) => row.wallet),
    },
    positions: {
      account: Int32Array.from(positions, (p) => p[0]),
      contract: Int32Array.from(positions, (p) => p[1]),
      quantity: Float64Array.from(positions, (p) => p[2]),
      entry: Float64Array.from(positions, (p) => p[3]),
    },
  }
}

const SCENARIO = {
  schema: SCENARIO_SCHEMA,
  id: 'test',
  title: 'test',
  seed: 1,
  horizon_ms: 86_400_000,
  tick_ms: 60_000,
  drivers: [],
  faults: [],
  gas_usd: 0,
  pinned: [],
  without: [],
  limits: DEFAULT_LIMITS,
} as const

/** Everything but the exchange: assets, two actors who are rich in all of them, and the contracts' markets. */
function surroundings(rows: readonly Row[], setup: Setup, prices: readonly number[]): Record<string, unknown> {
  const names = ASSETS.slice(0, prices.length)
  const known = ['USDT', ...names]
  const more = [...new Set((setup.coins ?? []).map(({ asset }) => asset))].filter((id) => !known.includes(id))
  const assets = [...known, ...more]
  return {
    schema: SNAPSHOT_SCHEMA,
    id: 'perps',
    title: 'One exchange',
    time_ms: START_MS,
    provenance: [],
    assets: [
      { id: 'USDT', price_usd: 1, beta: 0, numeraire: true },
      ...names.map((id, i) => ({ id, price_usd: prices[i] as number, beta: 1, reference: `${id}-PERP` })),
      ...more.map((id) => ({ id, price_usd: setup.coins?.find((coin) => coin.asset === id)?.price ?? 1, beta: 0 })),
    ],
    actors: {
      count: 2,
      names: ['ann', 'bob'],
      agent: new Int32Array(2).fill(-1),
      treasury: {
        actor: Int32Array.from([0, 1].flatMap((actor) => assets.map(() => actor))),
        asset: Int32Array.from([0, 1].flatMap(() => assets.map((_, asset) => asset))),
        amount: new Float64Array(2 * assets.length).fill(1e6),
      },
    },
    markets: names.map((id, i) => ({
      kind: 'ladder',
      id: `${id}-PERP`,
      base: id,
      quote: 'USDT',
      settles: 'bn',
      price: prices[i],
      follows: setup.follows,
      outside: rows.length,
    })),
    oracles: [],
    agents: [],
  }
}

function exchange_of(
  rows: readonly Row[],
  setup: Setup,
  kind: string,
  dials: readonly number[][],
  coins: readonly number[][],
): Record<string, unknown> {
  const tiers = [BTC_TIERS, ETH_TIERS].map(tier_specs)
  const priced = setup.coins?.map(({ price, ...coin }, k) => ({
    ...coin,
    ...(price === undefined ? {} : { price: { kind: 'dial', id: `coin-${k}`, prices: coins[k] } }),
  }))
  return {
    kind,
    id: 'bn',
    collateral: setup.coins?.[0]?.asset ?? 'USDT',
    fund: setup.fund ?? 0,
    // it takes what it can bear, unless a test says otherwise
    ...(kind.startsWith('binance') ? { fund_leverage: 1000 } : {}),
    ...(priced === undefined ? {} : { coins: priced }),
    contracts: dials.map((prices, i) => ({
      market: `${ASSETS[i]}-PERP`,
      tiers: tiers[i],
      index: { kind: 'dial', id: ASSETS[i], prices },
      funding: { last: 0 },
      ...setup.contract,
      ...setup.contracts?.[i],
    })),
    ...columns(rows),
    ...setup.spec,
  }
}

export class PerpWorld {
  readonly world: World
  readonly venue: ExchangeVenue
  readonly books: readonly Ladder[]
  readonly applier: Applier
  readonly opening: Float64Array
  /** Per contract: index now and at the start. */
  readonly dials: number[][]
  /** Per pooled coin: price now and at the start. */
  readonly coins: number[][]

  constructor(rows: readonly Row[], setup: Setup = {}) {
    const prices = setup.prices ?? [100_000]
    this.dials = prices.map((price) => [price, price])
    this.coins = (setup.coins ?? []).map(({ price = 1 }) => [price, price])
    const kind = (setup.kind ?? binanceUsdm) as Kind<never, unknown>
    const snapshot = { ...surroundings(rows, setup, prices), venues: [exchange_of(rows, setup, kind.id, this.dials, this.coins)] }
    const registries = { markets: [ladder], oracles: [dial], venues: [kind], drivers: [], agents: [] }
    this.world = build_world(snapshot as never, SCENARIO, registries as never)
    this.venue = this.world.parts.venues[0]?.part as unknown as ExchangeVenue
    this.books = this.world.parts.markets.map(({ part }) => part as Ladder)
    this.applier = new Applier(this.world)
    this.opening = holdings(this.world)
  }

  /** Sets index and mid of a contract: with no funding and no basis, the mark. */
  price(contract: number, price: number): void {
    ;(this.dials[contract] as number[])[0] = price
    this.books[contract]?.move(price)
    const { mids } = this.world.parts
    mids.pinned(contract, price, -1)
  }

  /** Time passes; prices are read, flows accrue. */
  tick(ms = 60_000): void {
    const { clock, log } = this.world.parts
    clock.columns.time_ms.data[0] = this.world.time_ms + ms
    clock.columns.tick.data[0] = this.world.tick + 1
    this.world.moved()
    this.venue.price(this.world.time_ms, this.world)
    this.venue.accrue(this.world.time_ms, this.world, log)
    this.venue.price(this.world.time_ms, this.world)
  }

  /** What the exchange asks for now. */
  asked(): Actions {
    const actions = new Actions()
    this.venue.act(this.world, actions, new Offers())
    return actions
  }

  /** One round; how many bundles did something. */
  round(): number {
    this.venue.price(this.world.time_ms, this.world)
    return this.applier.round(this.asked())
  }

  /** Rounds until one does nothing; how many did. */
  settle(most = 50): number {
    for (let round = 0; round < most; round++) if (this.round() === 0) return round
    throw new Error('not quiet')
  }

  /** One bundle of actions; true when it was applied. */
  bundle(...list: readonly (readonly [Action['kind'], Partial<Action>])[]): boolean {
    const actions = new Actions()
    actions.bundle(20, 0)
    for (const [kind, fields] of list) actions.add(kind, { venue: VENUE, ...fields })
    return this.applier.round(actions) > 0
  }

  /** One action on the venue, committed. */
  apply(kind: Action['kind'], fields: Partial<Action>): Result {
    const actions = new Actions()
    actions.bundle(20, 0)
    actions.add(kind, { venue: VENUE, market: 0, ...fields })
    return this.venue.apply(actions, 0, this.world.parts.log)
  }

  /** A market order of an account, through the engine. */
  order(account: number, quantity: number, market = 0, fields: Partial<Action> = {}): boolean {
    const side = quantity > 0 ? 1 : -1
    return this.bundle(['order', { market, account, side, amount: Math.abs(quantity), ...fields }])
  }

  rows(kind: LogKind): Record<string, number>[] {
    const { log } = this.world.parts
    const out: Record<string, number>[] = []
    for (let row = 0; row < log.length; row++) {
      if (log.columns.kind.data[row] !== LOG_KINDS.indexOf(kind)) continue
      out.push({
        row,
        ...Object.fromEntries(Object.entries(log.columns).map(([name, column]) => [name, column.data[row] as number])),
      })
    }
    return out
  }

  /** Cash of an account as the laws see it. */
  cash(row: number): number {
    return this.column('accounts', 'cash')[row] as number
  }

  /** Base units by account, first position. */
  quantity(row: number): number {
    return this.column('positions', 'quantity')[row] as number
  }

  fund(): number {
    return this.column('funds', 'balance')[0] as number
  }

  /** A live column of the venue's tables. */
  column(table: string, name: string): ArrayLike<number> {
    const { x } = this.venue as unknown as {
      x: Record<string, { columns: Record<string, { data: ArrayLike<number> }> }>
    }
    return x[table]?.columns[name]?.data as ArrayLike<number>
  }

  /** Everything that is broken: the engine's laws and the postings since the last look. */
  broken(): string[] {
    const asset = this.world.ledger.postings.settle()
    return [...broken_laws(this.world, this.opening), ...(asset >= 0 ? [`postings of ${asset}`] : [])]
  }
}
