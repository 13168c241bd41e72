/** An exchange and its own coin, 6 to 11 November 2022: a house account with the coin as margin, and withdrawals that stop. Scenario only. */
import type { FaultSpec } from '../../../model/index.ts'
import { event_scenario, maker_book, Perps } from '../columns.ts'
import { type Draws, type EventBuild, event_preset, prior } from '../event.ts'
import { price_figures, venue_figures } from '../figures.ts'
import { ALL_ASSUMED, assumed, drawn, SmallWorld } from '../small.ts'

const ID = 'ftx'
const TIME = '2022-11-06T00:00:00Z'
const START_MS = 1_667_692_800_000
const COINS = [
  { id: 'FTT', usd: 22, low: 3 },
  { id: 'BTC', usd: 21_000, low: 16_000 },
  { id: 'SOL', usd: 33, low: 14 },
] as const

const priors = {
  house_coin: prior(
    50e6,
    200e6,
    'uniform',
    'FTT in the house account',
    'synthetic',
    'More than could be sold, by all that was told; no source at hand.',
  ),
  house_long: prior(0.3e9, 1.5e9, 'log-uniform', 'USD of SOL that it is long', 'synthetic', 'Nothing is known.'),
  house_leverage: prior(
    1.1,
    2,
    'uniform',
    'health of the house account after haircuts, about',
    'synthetic',
    'Nothing is known: it was not liquidated.',
  ),
  traders: prior(
    0.5e9,
    3e9,
    'log-uniform',
    'USD of longs of everybody else',
    'synthetic',
    'Open interest of an exchange of the second size.',
  ),
  leverage: prior(3, 10, 'log-uniform', 'notional ÷ margin of them, median', 'synthetic', 'Nothing is known.'),
  depth: prior(
    0.3,
    3,
    'log-uniform',
    'M USD of FTT within 1 %; BTC forty times, SOL ten times that',
    'synthetic',
    'A coin whose market its issuer made.',
  ),
  weight: prior(0.6, 0.95, 'uniform', 'weight of FTT as margin', 'synthetic', 'High for a coin that its issuer took as margin.'),
} as const
type Name = keyof typeof priors

export const ftx = event_preset<Name>({
  id: ID,
  title: 'An exchange’s own coin as margin, 6 to 11 November 2022',
  time: TIME,
  evidence: 'synthetic',
  page: 'docs/events/ftx.md',
  sources: assumed('docs/events/ftx.md'),
  priors,
  causes: [
    {
      id: 'own-coin',
      title: 'the exchange’s own coin as margin',
      without: 'as margin the coin keeps the price of the start',
    },
    { id: 'halt', title: 'withdrawals that stop', without: 'withdrawals and transfers go on' },
    { id: 'thin', title: 'makers who left', without: 'books keep the liquidity that they had' },
  ],
  outcomes: [],
  no_outcomes: ALL_ASSUMED,
  figures: [...venue_figures(0, 'ftx'), ...price_figures(0, 'FTT'), ...price_figures(1, 'BTC'), ...price_figures(2, 'SOL')],
  build: (draws, seed, { without = [], thin = false }) => build(draws, seed, without, thin),
})

const DAY_H = 24
const depth = (draws: Draws<Name>, id: string) => draws.depth * 1e6 * (id === 'BTC' ? 40 : id === 'SOL' ? 10 : 1)

function faults(without: readonly string[]): FaultSpec[] {
  const [from, to] = [2.6 * DAY_H * 3_600_000, 6 * DAY_H * 3_600_000]
  const all: (readonly [string, FaultSpec])[] = [
    ['halt', { kind: 'halt', target: 'withdraw:ftx', targets: ['transfer'], from_ms: from, to_ms: to, value: 0 }],
    [
      'thin',
      {
        kind: 'depth',
        target: 'market:FTT-USD',
        targets: COINS.flatMap(({ id }) => (id === 'FTT' ? [] : [`market:${id}-PERP`])),
        value: 0.2,
        from_ms: 2 * DAY_H * 3_600_000,
        to_ms: to,
        ramp_ms: 12 * 3_600_000,
      },
    ],
  ]
  return all.filter(([cause]) => !without.includes(cause)).map(([, fault]) => fault)
}

/** The house first, then longs and shorts of the same sum. Contract 0 is BTC, 1 is SOL. */
function accounts(world: SmallWorld, draws: Draws<Name>, n: number): Perps {
  const perps = new Perps()
  const value = draws.house_coin * 22 * draws.weight
  // What it stands for is margin enough at the start: requirement of the second bracket, times the health.
  const long = Math.min(draws.house_long, value / (0.1 * draws.house_leverage))
  perps.add(world.cast.add('house'), 2, 0, [[1, long / 33, 33]], draws.house_coin)
  const total = [draws.traders / 2, draws.traders / 2 + long]
  for (const side of [1, -1] as const)
    for (const c of [0, 1] as const) {
      const name = `${c}.${side}`
      const usd = COINS[c + 1]?.usd as number
      const held = side === 1 ? draws.traders / 2 : (total[c] as number)
      const sizes = world.draw.shares(`${name}.size`, n, 1.1, 0.05)
      for (let i = 0; i < n; i++) {
        const notional = held * (sizes[i] as number)
        const leverage = Math.max(
          1,
          Math.min(8, world.draw.above(`${name}.leverage`, i, side === 1 ? draws.leverage : 2, 0.5, 1)),
        )
        perps.add(world.cast.add('trader'), world.draw.of(`${name}.isolated`).uniform(i) < 0.3 ? 1 : 0, notional / leverage, [
          [c, (side * notional) / usd, usd],
        ])
      }
    }
  perps.add(world.cast.add('trader'), 2, 0, [], 1e6)
  perps.add(world.cast.add('maker-perp', 'maker-perp'), 0, 2e9, [])
  return perps
}

function exchange(draws: Draws<Name>, perps: Perps, contracts: readonly { readonly id: string }[], without: readonly string[]) {
  return {
    kind: 'binance-usdm',
    id: 'ftx',
    collateral: 'USD',
    coins: [
      { asset: 'USD' },
      {
        asset: 'FTT',
        price: without.includes('own-coin') ? { kind: 'fixed', id: 'FTT-fixed', price: 22 } : 'FTT-index',
        weights: [{ floor: 0, weight: draws.weight }],
      },
    ],
    fund: 50e6,
    contracts: contracts.map(({ id }) => ({
      market: `${id}-PERP`,
      tiers: [
        { floor: 0, rate: 0.03 },
        { floor: 50e6, rate: 0.1 },
      ],
      index: { kind: 'index-price', id: `${id}-index`, path: [{ market: `${id}-USD` }] },
    })),
    ...perps.columns(),
  }
}

function build(draws: Draws<Name>, seed: number, without: readonly string[], thin: boolean): EventBuild {
  const contracts = COINS.filter(({ id }) => id !== 'FTT')
  const world = new SmallWorld(
    ID,
    seed,
    COINS.map(({ id, usd }) => ({ id, usd, depth_usd: depth(draws, id) })),
    [
      { kind: 'trader', id: 'trader' },
      { kind: 'trader', id: 'house', sizes: [{ above_usd: 0, top_up: 0, cut: 0, ignore: 1, automated: 0 }] },
      { kind: 'market-maker', id: 'maker-perp', books: contracts.map(({ id }) => maker_book(`${id}-PERP`, depth(draws, id))) },
      {
        kind: 'arbitrageur',
        id: 'arbitrageur',
        links: contracts.map(({ id }) => ({ a: `${id}-PERP`, b: `${id}-USD` })),
        capital_usd: 2e7,
      },
    ],
  )
  const perps = accounts(world, draws, thin ? 40 : 200)
  const venue = exchange(draws, perps, contracts, without)
  const paths = Object.fromEntries(
    COINS.map(({ id, usd, low }) => [
      id,
      [
        [0, usd],
        [2 * DAY_H, usd],
        [3 * DAY_H, Math.sqrt(usd * low)],
        [4 * DAY_H, low],
      ] as const,
    ]),
  )
  const story = { id: ID, title: 'FTT 22 → 3, BTC −24 %, SOL −58 %', start_ms: START_MS, seed }
  const settles = (id: string) => ({
    kind: 'order-book',
    id: `${id}-PERP`,
    base: id,
    quote: 'USD',
    permanent: 0,
    recovery_ms: 300_000,
    settles: 'ftx',
  })
  return {
    snapshot: world.snapshot('An exchange that takes its own coin', START_MS, drawn(), {
      venues: [venue],
      markets: contracts.map(({ id }) => settles(id)),
      oracles: [{ kind: 'index-price', id: 'FTT-index', path: [{ market: 'FTT-USD' }] }],
    }),
    scenario: event_scenario(story, { horizon_h: 5 * DAY_H, tick_ms: (thin ? 30 : 10) * 60_000 }, paths, {
      faults: faults(without),
    }),
    notes: [
      'Scenario only. The exchange runs by the rules of another one; the house account is liquidated like any other, which the real one was not.',
    ],
  }
}
