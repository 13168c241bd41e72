/** xUSD, 3 and 4 November 2025: one collateral whose backing is gone, at a lender that reads its market and at one that does not. Scenario only. */
import { event_scenario, Loans, logged_usd } from '../columns.ts'
import { type Draws, type EventBuild, event_preset, prior } from '../event.ts'
import { price_figures, venue_figures } from '../figures.ts'
import { answering, assumed, drawn, feed, PAR, SmallWorld } from '../small.ts'

const ID = 'xusd-run'
const TIME = '2025-11-03T18:00:00Z'
const START_MS = 1_762_192_800_000

const priors = {
  debt: prior(
    50e6,
    300e6,
    'log-uniform',
    'USD owed on it at each of the two lenders',
    'synthetic',
    'Sums of this order were told; no source at hand.',
  ),
  value: prior(
    0.2,
    0.4,
    'uniform',
    'USD per unit after the fall',
    'synthetic',
    'The token was told to trade at a fraction of a dollar the day after.',
  ),
  fall_h: prior(2, 18, 'log-uniform', 'h from the announcement to there', 'synthetic', 'Within a day.'),
  buffer: prior(0.02, 0.1, 'log-uniform', 'health − 1, median', 'synthetic', 'Loops of stablecoins are run close to the limit.'),
  depth: prior(0.1e6, 3e6, 'log-uniform', 'USD within 1 %', 'synthetic', 'Pools of a young token.'),
  idle: prior(
    0.05,
    0.3,
    'uniform',
    'share of the supply that is not lent out',
    'inferred',
    'Utilisation of 70 to 95 %: what lenders of stablecoins aim at.',
  ),
  run: prior(1, 10, 'log-uniform', 'withdrawals an hour at utilisation 1', 'synthetic', 'Hours, not days.'),
} as const
type Name = keyof typeof priors

export const xusd_run = event_preset<Name>({
  id: ID,
  title: 'A token without backing at two lenders, one with a fixed price, 3 and 4 November 2025',
  time: TIME,
  evidence: 'synthetic',
  page: 'docs/events/xusd-run.md',
  sources: assumed('docs/events/xusd-run.md'),
  priors,
  causes: [
    { id: 'fixed-price', title: 'the fixed price', without: 'both lenders read the market' },
    { id: 'run', title: 'suppliers who run', without: 'nobody withdraws' },
  ],
  outcomes: [
    {
      id: 'fixed-liquidated',
      what: 'liquidated where the price is fixed',
      unit: 'USD',
      band: [0, 0],
      observed: null,
      source: 'the rule of that lender: a health that does not move is never below 1',
      evidence: 'inferred',
      over_seeds: 'median',
      measure: ({ log }) => logged_usd(log, ['liquidate'], 1),
    },
  ],
  figures: [
    ...venue_figures(0, 'reads', ['liquidated', 'debt', 'withdrawn']),
    ...venue_figures(1, 'fixed', ['liquidated', 'debt', 'withdrawn']),
    ...price_figures(0, 'XUSD'),
  ],
  build: (draws, seed, { without = [], thin = false }) => build(draws, seed, without, thin),
})

function lend(world: SmallWorld, name: string, draws: Draws<Name>, n: number): Loans {
  const loans = new Loans()
  world.lend(loans, {
    name,
    count: n,
    owed: draws.debt,
    largest: 0.2,
    health: [draws.buffer, 0.5, 0.005],
    over_one: true,
    backing: 1 / 0.9,
  })
  const supplies = world.draw.shares(`${name}.supply`, n, 1.1, 0.1)
  for (let i = 0; i < n; i++)
    loans.add(world.cast.add('supplier'), { 1: [(draws.debt / (1 - draws.idle)) * (supplies[i] as number), 0] })
  loans.add(world.cast.add('borrower'), { 0: [20e6, 0] })
  return loans
}

function build(draws: Draws<Name>, seed: number, without: readonly string[], thin: boolean): EventBuild {
  const calm = without.includes('run')
  const world = new SmallWorld(
    ID,
    seed,
    [{ id: 'XUSD', usd: 1, depth_usd: draws.depth }],
    [
      { kind: 'borrower', id: 'borrower', sizes: answering(0) },
      {
        kind: 'lender',
        id: 'supplier',
        utilisation_from: 0.6,
        utilisation_per_hour: calm ? 0 : draws.run,
        herd_per_hour: calm ? 0 : draws.run,
        keep: calm ? 1 : 0.05,
      },
    ],
  )
  const n = thin ? 40 : 200
  const pool = (id: string, loans: Loans, fixed: boolean) => ({
    kind: 'aave-v3',
    id,
    reserves: [
      {
        asset: 'XUSD',
        ltv: 0.88,
        liquidation_threshold: 0.9,
        liquidation_bonus: 0.04,
        cash: loans.idle(0),
        oracle: fixed ? { kind: 'fixed', id: 'XUSD-fixed', price: 1 } : feed('XUSD'),
      },
      { asset: 'USD', ltv: 0, liquidation_threshold: 0, cash: loans.idle(1), oracle: { ...PAR, id: `USD-${id}` } },
    ],
    ...loans.aave(),
  })
  const venues = [
    pool('reads', lend(world, 'reads', draws, n), false),
    pool('fixed', lend(world, 'fixed', draws, n), !without.includes('fixed-price')),
  ]
  const story = { id: ID, title: 'A token from 1 to a fraction', start_ms: START_MS, seed }
  return {
    snapshot: world.snapshot('Two lenders with one toxic collateral', START_MS, drawn('assets.XUSD'), {
      venues: without.includes('fixed-price') ? own_feeds(venues) : venues,
    }),
    scenario: event_scenario(
      story,
      { horizon_h: 36, tick_ms: (thin ? 15 : 5) * 60_000 },
      {
        XUSD: [
          [0, 1],
          [1, 1],
          [1 + draws.fall_h, draws.value],
        ],
      },
    ),
    notes: ['Scenario only. What the fixed price hides is not in health or shortfall there: the page says how much it is.'],
  }
}

type Pool = { readonly id: string; readonly reserves: readonly Record<string, unknown>[] }
/** Two feeds of one market need two names. */
const own_feeds = <T extends Pool>(pools: readonly T[]): T[] =>
  pools.map((pool) => ({
    ...pool,
    reserves: pool.reserves.map((one) =>
      one['asset'] === 'XUSD' ? { ...one, oracle: { ...feed('XUSD'), id: `XUSD-${pool.id}` } } : one,
    ),
  }))
