/** Terra, 7 to 13 May 2022: loans on LUNA at two lenders, one of which goes on reading a price that LUNA has long left. Scenario only. */
import type { FaultSpec } from '../../../model/index.ts'
import { event_scenario, Loans } from '../columns.ts'
import { type Draws, type EventBuild, event_preset, prior } from '../event.ts'
import { price_figures, venue_figures } from '../figures.ts'
import { answering, compound, drawn, feed, SmallWorld } from '../small.ts'

const ID = 'terra'
const TIME = '2022-05-07T00:00:00Z'
const START_MS = 1_651_881_600_000
const FLOOR = 0.107

const priors = {
  borrowed: prior(
    1e9,
    4e9,
    'log-uniform',
    'USD owed on LUNA at the lender of its own chain',
    'synthetic',
    'The order of its size as told at the time; no source at hand.',
  ),
  health: prior(1.3, 2, 'uniform', 'health, median', 'synthetic', 'Around what the reference market assumes for loans on coins.'),
  elsewhere: prior(
    10e6,
    100e6,
    'log-uniform',
    'USD owed on LUNA at the other lender',
    'synthetic',
    'A side market of a lender on another chain.',
  ),
  depth: prior(5e6, 50e6, 'log-uniform', 'USD of LUNA within 1 %', 'synthetic', 'A coin among the ten largest by value.'),
  answers: prior(0.2, 0.7, 'uniform', 'share of owners who answer a call', 'synthetic', 'Nothing is known.'),
  run: prior(
    0.5,
    5,
    'log-uniform',
    'withdrawals an hour and lender per 10 % of fall beyond 2 %',
    'synthetic',
    'A run of days; half an hour to a few.',
  ),
} as const
type Name = keyof typeof priors

export const terra = event_preset<Name>({
  id: ID,
  title: 'LUNA to nothing and a feed that stops at its floor, 7 to 13 May 2022',
  time: TIME,
  evidence: 'synthetic',
  page: 'docs/events/terra.md',
  sources: [
    {
      what: 'path of LUNA and UST, floor of the feed at about 0.107: assumptions after what was told at the time',
      title: 'assumption: no source was at hand',
      url: 'docs/events/terra.md',
    },
    {
      what: 'deposits of stETH and bETH unwound from the lender within days',
      title: 'Nansen: Demystifying stETH’s depeg',
      url: 'https://www.nansen.ai',
    },
  ],
  priors,
  causes: [
    { id: 'floor', title: 'the feed’s floor', without: 'both lenders read the market' },
    { id: 'run', title: 'depositors who leave', without: 'nobody withdraws' },
    { id: 'top-ups', title: 'owners who answer', without: 'nobody does' },
  ],
  outcomes: [],
  no_outcomes: 'path and books are assumptions: no source of its figures was at hand',
  figures: [
    ...venue_figures(0, 'anchor', ['liquidated', 'debt', 'withdrawn']),
    ...venue_figures(1, 'other', ['liquidated', 'debt', 'withdrawn']),
    ...price_figures(0, 'LUNA'),
    ...price_figures(1, 'UST'),
  ],
  build: (draws, seed, { without = [], thin = false }) => build(draws, seed, without, thin),
})

const THRESHOLD = 0.8
const LUNA_USD = 78

function lend(world: SmallWorld, name: string, debt_usd: number, draws: Draws<Name>, n: number): Loans {
  const loans = new Loans()
  world.lend(loans, {
    name,
    count: n,
    owed: debt_usd,
    largest: 0.05,
    health: [draws.health, 0.25, 1.02],
    backing: 1 / (THRESHOLD * LUNA_USD),
    purse: ['UST', 0.3],
  })
  // One who owes nothing.
  loans.add(world.cast.add('borrower'), { 0: [1e6, 0] })
  // Three of four dollars in the pool are not lent out.
  const deposits = world.draw.shares(`${name}.deposit`, n, 1.1, 0.05)
  for (let i = 0; i < n; i++) loans.add(world.cast.add('depositor'), { 1: [4 * debt_usd * (deposits[i] as number), 0] })
  return loans
}

const day = 24
const paths = {
  LUNA: [
    [0, LUNA_USD],
    [2 * day, 62],
    [3 * day, 30],
    [4 * day, 15],
    [4.5 * day, 1],
    [5 * day, 0.1],
    [6 * day, 0.001],
  ],
  UST: [
    [0, 1],
    [2 * day, 0.98],
    [3 * day, 0.7],
    [4 * day, 0.9],
    [4.5 * day, 0.5],
    [6 * day, 0.15],
  ],
} as const

function build(draws: Draws<Name>, seed: number, without: readonly string[], thin: boolean): EventBuild {
  const coins = [
    { id: 'LUNA', usd: LUNA_USD, depth_usd: draws.depth },
    { id: 'UST', usd: 1, depth_usd: 2 * draws.depth },
  ]
  const run = without.includes('run')
  const world = new SmallWorld(ID, seed, coins, [
    { kind: 'borrower', id: 'borrower', sizes: answering(without.includes('top-ups') ? 0 : draws.answers) },
    {
      kind: 'lender',
      id: 'depositor',
      fall_per_hour: run ? 0 : draws.run,
      utilisation_per_hour: run ? 0 : 0.5,
      herd_per_hour: run ? 0 : 0.5,
    },
  ])
  const n = thin ? 40 : 200
  const venue = (id: string, loans: Loans) =>
    compound(
      id,
      { close_factor: 0.5, incentive: 1.1 },
      [
        { asset: 'LUNA', collateral_factor: 0.6, liquidation_threshold: THRESHOLD, cash: loans.idle(0), oracle: 'LUNA/USD' },
        // Both take a dollar of the chain for a dollar.
        { asset: 'UST', collateral_factor: 0, cash: loans.idle(1), oracle: { kind: 'fixed', id: `UST-${id}`, price: 1 } },
      ],
      loans,
    )
  const venues = [
    venue('anchor', lend(world, 'anchor', draws.borrowed, draws, n)),
    venue('other', lend(world, 'other', draws.elsewhere, draws, n)),
  ]
  const floor: FaultSpec = {
    kind: 'oracle',
    target: 'oracle:LUNA/USD@other',
    mode: 'floor',
    value: FLOOR,
    from_ms: 0,
    to_ms: 8 * 86_400_000,
  }
  const story = { id: ID, title: 'LUNA 78 → 0.001, UST 1 → 0.15', start_ms: START_MS, seed }
  return {
    snapshot: world.snapshot('Two lenders on LUNA in May 2022', START_MS, drawn(), { venues, oracles: [feed('LUNA')] }),
    scenario: event_scenario(story, { horizon_h: 7 * day, tick_ms: (thin ? 60 : 15) * 60_000 }, paths, {
      faults: without.includes('floor') ? [] : [floor],
      pinned: ['LUNA', 'UST'],
      gas_usd: 0.5,
    }),
    notes: [
      'Scenario only: nothing here is held to what happened. Issue and redemption of the two coins against each other are in the path and not in the run.',
    ],
  }
}
