/** Somebody pushes the spot book that a contract's index is read from: what the mark makes of it, who is liquidated, and what attribution says. */
import { describe, expect, it } from 'vitest'
import { build_world, run, type World } from '../../src/engine/index.ts'
import {
  type Agent,
  DEFAULT_LIMITS,
  type Kind,
  type KindSpec,
  MECHANISMS,
  type Scenario,
  SCENARIO_SCHEMA,
  type Snapshot,
  SNAPSHOT_SCHEMA,
} from '../../src/model/index.ts'
import { infection_list } from '../../src/analytics/index.ts'
import { REGISTRIES } from '../../src/scenarios/build.ts'

const MINUTE = 60_000
const START_MS = 1_760_128_200_000
const ASSETS = ['COIN', 'USD'] as const
const [COIN, USD] = [0, 1] as const
const PRICE = 100
/** Depth within 1 % of the spot book, USD, and of everything else. */
const THIN = 50_000
const DEEP = 50e6
const SPOTS = ['SPOT', 'SPOT-2', 'SPOT-3'] as const
/** Position among the venues. */
const LEND = 1
/** Positions among the actors: liquidator, maker, whoever pushes. */
const PUSHER = 2

interface Push extends KindSpec {
  readonly side: 1 | -1
  readonly usd: number
}

/** One market order on the spot book in the first tick, by somebody who wants nothing else. */
const push: Kind<Push, Agent> = {
  id: 'push',
  title: 'One order',
  source: 'this test',
  schema: { parse: (input) => input as Push },
  open: (spec, builder) => {
    const state = builder.store.table(`${spec.id}.state`, { done: 'u8' }, 1).columns.done
    const market = builder.market('SPOT', 'market')
    return {
      call_level: () => 1,
      respond() {},
      due() {},
      act(_offers, view, _rng, out) {
        if (state.data[0] === 1 || view.tick < 2) return
        state.data[0] = 1
        out.bundle(50, 0)
        out.add('order', {
          actor: PUSHER + 1,
          market,
          side: spec.side,
          exact: spec.side === 1 ? 'quote' : 'base',
          amount: spec.side === 1 ? spec.usd : spec.usd / PRICE,
        })
      },
    }
  },
}

const path = (market: string) => [{ market }]
/** Where the contract's index is read from. */
const INDEX = {
  one: { kind: 'index-price', id: 'index', path: path('SPOT') },
  median: { kind: 'median', id: 'index', sources: SPOTS.map((market) => ({ path: path(market) })) },
  mean: { kind: 'index-price', id: 'index', constituents: SPOTS.map((market) => ({ path: path(market) })) },
  blend: {
    kind: 'blend',
    id: 'index',
    sources: SPOTS.slice(0, 2).map((market, i) => ({ path: path(market), weight: i === 0 ? 0.1 : 0.9 })),
  },
} satisfies Record<string, KindSpec>

/** Marks as the venues define them; see docs/venues. */
const VENUES = {
  'binance-usdm': {},
  hyperliquid: {
    partial_above: 1e5,
    partial_share: 0.2,
    cooldown_ms: 30_000,
    backstop_below: 2 / 3,
    vault_leverage: 10,
    vault_reserve: 0,
    vault_unwind: 'market',
  },
} as const
type VenueKind = keyof typeof VENUES
const MARK: Record<VenueKind, object> = {
  'binance-usdm': { parts: ['premium', 'basis', 'last'], ma_window_ms: 30_000 },
  hyperliquid: { parts: ['basis', 'last', 'external'], ema_ms: 150_000 },
}

/** Entry 100, maintenance 5 %: with this margin a position of 10 is in breach from the given mark on. */
const LEVELS = [1.02, 1.04, 1.08, 1.12, 1.2]
const margin = (side: 1 | -1, mark: number) => 10 * PRICE * (0.05 * mark - side * (mark - 1))

interface Setting {
  readonly venue: VenueKind
  readonly index: KindSpec
  readonly spot_usd?: number
  readonly pusher: KindSpec
  readonly external?: KindSpec
  /** Tokens and debt of the one account at the lender. */
  readonly loan?: { readonly owner: number; readonly coins: number; readonly debt: number }
  readonly minutes?: number
}

function exchange({ venue, index, external }: Setting): KindSpec {
  // longs that fall with the mark, shorts that rise with it, a maker
  const sides = [...LEVELS.map(() => 1 as const), ...LEVELS.map(() => -1 as const)]
  const wallets = [...LEVELS.map((m) => margin(1, 2 - m)), ...LEVELS.map((m) => margin(-1, m))]
  return {
    kind: venue,
    id: 'exchange',
    collateral: 'USD',
    fund: 1e6,
    ...VENUES[venue],
    contracts: [
      {
        market: 'PERP',
        tiers: [{ floor: 0, rate: 0.05 }],
        liquidation_fee: 0,
        taker_fee: 0,
        take_bound: 0.8,
        index,
        funding: { last: 0 },
        mark: { ...MARK[venue], ...(external === undefined ? {} : { external }) },
      },
    ],
    accounts: {
      owner: Int32Array.from([...sides.map((_, i) => 3 + i), 1]),
      isolated: new Int32Array(sides.length + 1),
      wallet: Float64Array.from([...wallets, 1e9]),
    },
    positions: {
      account: Int32Array.from(sides, (_, i) => i),
      contract: new Int32Array(sides.length),
      quantity: Float64Array.from(sides, (side) => 10 * side),
      entry: new Float64Array(sides.length).fill(PRICE),
    },
  }
}

const RATES = { base_rate: 0.02, slope1: 0.04, slope2: 0.6 }
const reserve = (asset: string, cash: number): object => ({
  ...{ asset, cash, oracle: `${asset}/USD`, ltv: 0.8, liquidation_threshold: 0.85, liquidation_bonus: 0.05 },
  ...RATES,
})

const lender = ({ owner, coins, debt }: { owner: number; coins: number; debt: number }): KindSpec => ({
  kind: 'aave-v3',
  id: 'lend',
  reserves: [reserve('COIN', 1e5 + coins), reserve('USD', 1e7 - debt)],
  accounts: { owner: Int32Array.of(owner) },
  positions: {
    account: Int32Array.of(0, 0),
    reserve: Int32Array.of(0, 1),
    collateral: Float64Array.of(coins, 0),
    debt: Float64Array.of(0, debt),
  },
})

function snapshot(setting: Setting): Snapshot {
  const count = 3 + 2 * LEVELS.length
  const rich = [1, PUSHER].flatMap((actor) => ASSETS.map((_, asset) => [actor, asset] as const))
  const depth = (market: string) => (market === 'SPOT' ? (setting.spot_usd ?? THIN) : DEEP)
  return {
    schema: SNAPSHOT_SCHEMA,
    id: 'index-push',
    title: 'A contract whose index somebody pushes',
    time_ms: START_MS,
    provenance: [{ part: 'venues', evidence: 'synthetic', source: 'made for this test' }],
    assets: [
      { id: 'COIN', price_usd: PRICE, beta: 0, reference: 'SPOT-2' },
      { id: 'USD', price_usd: 1, beta: 0, numeraire: true },
    ],
    actors: {
      count,
      names: ['liquidator-1', 'maker-1', 'pusher'],
      agent: Int32Array.from({ length: count }, (_, i) => (i < 3 ? i : -1)),
      treasury: {
        actor: Int32Array.from([...rich.map(([actor]) => actor), 0]),
        asset: Int32Array.from([...rich.map(([, asset]) => asset), USD]),
        amount: Float64Array.from([
          ...rich.map(([actor, asset]) => (actor !== PUSHER ? 1e9 : asset === COIN ? 5_000 : 2e6)),
          1e8,
        ]),
      },
    },
    markets: [
      ...SPOTS.map((id) => ({ kind: 'order-book', id, base: 'COIN', quote: 'USD', recovery_ms: 3_600_000 })),
      { kind: 'order-book', id: 'PERP', base: 'COIN', quote: 'USD', settles: 'exchange' },
    ],
    oracles: [
      { kind: 'chainlink', id: 'COIN/USD', path: path('SPOT'), deviation: 0.001, heartbeat_ms: 86_400_000 },
      { kind: 'fixed', id: 'USD/USD', price: 1 },
    ],
    venues: [exchange(setting), ...(setting.loan === undefined ? [] : [lender(setting.loan)])],
    agents: [
      { kind: 'liquidator', id: 'liquidator', markets: ['SPOT'], flash: true },
      {
        kind: 'market-maker',
        id: 'maker',
        books: [...SPOTS, 'PERP'].map((market) => ({ market, depth_usd: depth(market), inventory_usd: 1e9 })),
      },
      setting.pusher,
    ],
  }
}

const scenario = (minutes: number): Scenario => ({
  schema: SCENARIO_SCHEMA,
  id: 'still',
  title: 'Nothing moves by itself',
  seed: 1,
  horizon_ms: minutes * MINUTE,
  tick_ms: MINUTE,
  drivers: [],
  faults: [],
  gas_usd: 0,
  pinned: [],
  without: [],
  limits: DEFAULT_LIMITS,
})

interface Outcome {
  readonly world: World
  /** Accounts of which the exchange closed something. */
  readonly closed: number[]
  /** Rows of the log that say so. */
  readonly rows: number[]
  /** Spot mid ÷ mid before, right after the push. */
  readonly pushed: number
  /** First row of the push itself. */
  readonly push_row: number
  /** Mark ÷ mark before, at the end of the tick of the push. */
  readonly mark: number
}

function play(setting: Setting): Outcome {
  const registries = { ...REGISTRIES, agents: [...REGISTRIES.agents, push] } as never
  const world = build_world(snapshot(setting), scenario(setting.minutes ?? 2), registries)
  const result = run(world, { debug: true })
  expect(result.laws.broken).toEqual([])
  const { log, venues } = world.parts
  const rows: number[] = []
  let push_row = -1
  for (let row = 0; row < log.length; row++) {
    const kind = log.kind(row)
    if (log.columns.venue.data[row] === 0 && (kind === 'reduce' || kind === 'takeover')) rows.push(row)
    if (push_row < 0 && kind === 'fill' && log.columns.actor.data[row] === PUSHER + 1) push_row = row
  }
  const closed = [...new Set(rows.map((row) => log.columns.account.data[row] as number))].sort((a, b) => a - b)
  const mark = ((venues[0] as { part: { prices: Float64Array } }).part.prices[0] as number) / PRICE
  return { world, closed, rows, push_row, pushed: world.mid(0) / PRICE, mark }
}
const NOTIONAL = 300_000
const order = (side: 1 | -1): Push => ({ kind: 'push', id: 'pusher', side, usd: NOTIONAL })
/** Whom a mark liquidates: longs first, shorts after them, each from its level on. */
const breached = (mark: number): number[] => [
  ...LEVELS.flatMap((level, i) => (mark <= 2 - level ? [i] : [])),
  ...LEVELS.flatMap((level, i) => (mark >= level ? [LEVELS.length + i] : [])),
]
const causes = ({ world, rows }: Outcome) => [...new Set(rows.map((row) => world.parts.log.columns.cause.data[row] as number))]
const name = (side: 1 | -1) => (side === 1 ? 'up' : 'down')

/** The mark that follows an index alone, while the contract's own book stays where it is (docs/venues). */
const FOLLOWED: Record<VenueKind, (index: number) => number> = {
  // index with the funding left, index with a mean basis of nothing yet, last price: two of three are the index
  'binance-usdm': (index) => index,
  // oracle with a mean basis of nothing yet, and the book's mid: without other exchanges the mean of the two
  hyperliquid: (index) => (index + 1) / 2,
}
const KINDS = Object.keys(VENUES) as VenueKind[]

describe.each(KINDS)('%s: a push of the thin spot book that the index is read from', (venue) => {
  it.each([1, -1] as const)('liquidates whom the mark that follows it reaches, and names the push as the cause (%i)', (side) => {
    const one = play({ venue, index: INDEX.one, pusher: order(side) })
    expect(side * (one.pushed - 1)).toBeGreaterThan(0.1)
    expect(one.mark).toBeCloseTo(FOLLOWED[venue](one.pushed), 12)
    expect(one.closed).toEqual(breached(one.mark))
    expect(one.closed.length).toBeGreaterThan(1)
    expect(causes(one)).toEqual([one.push_row])
    // nobody inside the model forced it: all of it is from outside, by price
    for (const row of one.rows) {
      const { log } = one.world.parts
      const [first, last] = log.share_range(log.columns.shares.data[row] as number)
      const { source, mechanism, share } = log.share_columns
      expect([last - first, source.data[first], MECHANISMS[mechanism.data[first] as number]]).toEqual([1, 0, 'price'])
      expect(share.data[first]).toBe(1)
    }
  })

  it.each([1, -1] as const)('liquidates nobody where the spot book is deep (%i)', (side) => {
    const one = play({ venue, index: INDEX.one, pusher: order(side), spot_usd: DEEP })
    expect(one.push_row).toBeGreaterThanOrEqual(0)
    expect(Math.abs(one.pushed - 1)).toBeLessThan(0.001)
    expect(one.closed).toEqual([])
  })

  it.each([
    ['the median of three venues', INDEX.median, 0],
    ['the mean of three venues, clamped to 3 % of their median', INDEX.mean, 0.01],
    ['a blend with a tenth of it', INDEX.blend, 0.015],
  ] as const)('liquidates nobody where the index is %s', (_, index, most) => {
    for (const side of [1, -1] as const) {
      const one = play({ venue, index, pusher: order(side) })
      expect(side * (one.pushed - 1)).toBeGreaterThan(0.1)
      expect(Math.abs(one.mark - 1), name(side)).toBeLessThanOrEqual(most + 1e-12)
      expect(one.closed).toEqual([])
    }
  })

  it('brings the liquidator’s sales of a loan over to the contract, with the lender as the source', () => {
    // 85 % of 4,000 coins at 100 do not carry 345,000
    const loan = { owner: 3, coins: 4_000, debt: 345_000 }
    const one = play({ venue, index: INDEX.one, pusher: { ...order(1), usd: 0 }, loan, minutes: 1 })
    expect(one.closed).toEqual(breached(one.mark))
    expect(one.closed.length).toBeGreaterThan(1)
    const { log } = one.world.parts
    for (const row of one.rows) {
      const [first, last] = log.share_range(log.columns.shares.data[row] as number)
      const { source, share } = log.share_columns
      const lent = Array.from({ length: last - first }, (_, i) => first + i).filter((i) => source.data[i] === LEND + 1)
      expect(lent.reduce((sum, i) => sum + (share.data[i] as number), 0)).toBeGreaterThan(0.99)
      const cause = log.columns.cause.data[row] as number
      expect([log.kind(cause), log.columns.victim.data[cause]]).toEqual(['fill', LEND])
    }
    const sold = one.rows.filter((row) => log.kind(row) === 'reduce').map((row) => log.columns.usd.data[row] as number)
    const cell = infection_list(log, one.world.view()).find(({ from, to }) => from === 'lend' && to === 'exchange')
    expect(cell?.usd).toBeGreaterThan(0.99 * sold.reduce((sum, usd) => sum + usd))
  })
})

describe('hyperliquid with a price of other exchanges in its mark', () => {
  it('is the median of three, and two of them have not moved', () => {
    const external = { kind: 'index-price', id: 'others', path: path('SPOT-2') }
    const one = play({ venue: 'hyperliquid', index: INDEX.one, pusher: order(1), external })
    expect(one.pushed).toBeGreaterThan(1.1)
    expect(one.mark).toBe(1)
    expect(one.closed).toEqual([])
  })
})

describe('binance-usdm a tick after a push', () => {
  it('has the mean basis of it in two of three parts: the mark is back at the contract’s own book', () => {
    const one = play({ venue: 'binance-usdm', index: INDEX.one, pusher: order(1), minutes: 3 })
    expect(one.pushed).toBeGreaterThan(1.1)
    expect(one.mark).toBeCloseTo(one.world.mid(3) / PRICE, 12)
  })
})

describe('an attacker of a lender that reads the same thin book', () => {
  const attack: KindSpec = {
    kind: 'attacker',
    id: 'attacker',
    market: 'SPOT',
    venue: 'lend',
    borrow: 'USD',
    ltv: 0.8,
    poll_ms: MINUTE,
  }
  const loan = { owner: PUSHER, coins: 20_000, debt: 0 }

  it.each(KINDS)('liquidates the shorts of %s on its way, where the contract’s index is that book alone', (venue) => {
    const setting: Setting = { venue, index: INDEX.one, pusher: attack, loan, minutes: 10 }
    const one = play(setting)
    expect(one.world.parts.log.columns.market.data[one.push_row]).toBe(0)
    // all shorts and no long, by the attacker’s order
    expect(one.closed).toEqual(breached(Math.max(...LEVELS)))
    expect(causes(one)).toEqual([one.push_row])
    // and with an index over three books only the lender pays
    const apart = play({ ...setting, index: INDEX.median })
    expect(apart.closed).toEqual([])
    // it is gone with more than its collateral was worth
    for (const { world } of [one, apart]) {
      const { log } = world.parts
      const row = Array.from({ length: log.length }, (_, r) => r).find((r) => log.kind(r) === 'borrow') as number
      expect(log.columns.usd.data[row]).toBeGreaterThan(loan.coins * PRICE)
    }
  })
})
