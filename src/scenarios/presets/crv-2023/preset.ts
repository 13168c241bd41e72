/** CRV, 30 July to 1 August 2023, a near-miss: a pool is drained, and the largest loan on the coin stands near its limit. Scenario only. */
import type { FaultSpec } from '../../../model/index.ts'
import { event_scenario, Loans } from '../columns.ts'
import { type Draws, type EventBuild, event_preset, prior } from '../event.ts'
import { price_figures, venue_figures } from '../figures.ts'
import { ALL_ASSUMED, answering, assumed, compound, drawn, feed, PAR, SmallWorld } from '../small.ts'

const ID = 'crv-2023'
const TIME = '2023-07-30T12:00:00Z'
const START_MS = 1_690_718_400_000
const CRV_USD = 0.73
const THRESHOLD = 0.6

const priors = {
  collateral: prior(
    250e6,
    350e6,
    'uniform',
    'CRV behind the largest loan',
    'synthetic',
    'A third of the coins in circulation was told; no source at hand.',
  ),
  limit: prior(0.36, 0.42, 'uniform', 'USD per CRV at which it is liquidated', 'synthetic', 'Prices of this order were told.'),
  low: prior(0.48, 0.55, 'uniform', 'USD per CRV where the path from outside ends', 'synthetic', 'As told; above the limit.'),
  fall_h: prior(2, 24, 'log-uniform', 'h to there', 'synthetic', 'Within a day or two of the drain.'),
  depth: prior(
    0.3e6,
    3e6,
    'log-uniform',
    'USD within 1 % outside the pool',
    'inferred',
    'The reference market has 3 M in calm; liquidity was thinner.',
  ),
  sold: prior(
    0,
    0.3,
    'uniform',
    'share of the debt the owner can repay (coins sold privately)',
    'synthetic',
    'He sold coins to single buyers for weeks.',
  ),
  others: prior(5e6, 40e6, 'log-uniform', 'USD owed by others on CRV', 'synthetic', 'Small beside his.'),
} as const
type Name = keyof typeof priors

export const crv_2023 = event_preset<Name>({
  id: ID,
  title: 'The largest loan on CRV after a pool was drained, 30 July 2023: a near-miss',
  time: TIME,
  evidence: 'synthetic',
  page: 'docs/events/crv-2023.md',
  sources: assumed('docs/events/crv-2023.md'),
  priors,
  causes: [
    { id: 'drain', title: 'the drained pool', without: 'nothing is stolen' },
    { id: 'repays', title: 'the owner’s repayments', without: 'he does not answer' },
    { id: 'turn', title: 'the turn above the limit', without: 'CRV falls on to a tenth below his limit' },
  ],
  outcomes: [],
  no_outcomes: ALL_ASSUMED,
  figures: [...venue_figures(0, 'aave-v2'), ...price_figures(0, 'CRV')],
  build: (draws, seed, { without = [], thin = false }) => build(draws, seed, without, thin),
})

function open_world(draws: Draws<Name>, seed: number, without: readonly string[]): SmallWorld {
  return new SmallWorld(
    ID,
    seed,
    [{ id: 'CRV', usd: CRV_USD, depth_usd: draws.depth }],
    [
      {
        kind: 'borrower',
        id: 'owner',
        call: { health: 1.4 },
        target: { health: 100 },
        sizes: answering(0).map((one) => (without.includes('repays') ? one : { ...one, repay: 1, ignore: 0 })),
      },
      { kind: 'borrower', id: 'borrower' },
      { kind: 'arbitrageur', id: 'arbitrageur', links: [{ a: 'CRV-POOL', b: 'CRV-USD', atomic: true }], capital_usd: 20e6 },
    ],
  )
}

function build(draws: Draws<Name>, seed: number, without: readonly string[], thin: boolean): EventBuild {
  const world = open_world(draws, seed, without)
  const arbitrageur = world.cast.add('arbitrageur', 'arbitrageur-1')
  world.cast.endow(arbitrageur, 'CRV', 20e6 / CRV_USD)
  world.cast.endow(arbitrageur, 'USD', 50e6)
  const loans = new Loans()
  const owner = world.cast.add('owner')
  const debt = draws.collateral * draws.limit * THRESHOLD
  world.cast.endow(owner, 'USD', draws.sold * debt)
  loans.add(owner, { 0: [draws.collateral, 0], 1: [0, debt] })
  world.lend(loans, {
    count: thin ? 30 : 150,
    owed: draws.others,
    largest: 0.1,
    health: [1.9, 0.25, 1.03],
    backing: 1 / (THRESHOLD * CRV_USD),
  })
  const venue = compound(
    'aave-v2',
    { close_factor: 0.5, incentive: 1.085 },
    [
      { asset: 'CRV', collateral_factor: 0.52, liquidation_threshold: THRESHOLD, cash: loans.idle(0), oracle: feed('CRV') },
      { asset: 'USD', collateral_factor: 0, cash: 100e6, oracle: PAR },
    ],
    loans,
  )
  const pool = {
    kind: 'constant-product',
    id: 'CRV-POOL',
    base: 'CRV',
    quote: 'USD',
    fee: 0.003,
    reserve_base: 20e6 / CRV_USD,
    reserve_quote: 20e6,
  }
  const drain: FaultSpec = {
    kind: 'drain',
    target: 'market:CRV-POOL',
    asset: 'USD',
    value: 0.7,
    from_ms: 3_600_000,
    to_ms: 86_400_000,
  }
  const end = without.includes('turn') ? 0.9 * draws.limit : draws.low
  const story = { id: ID, title: 'CRV 0.73 → 0.5 after a drain', start_ms: START_MS, seed }
  return {
    snapshot: world.snapshot(
      'The largest loan on CRV',
      START_MS,
      drawn('assets.CRV', 'drawn; threshold and bonus are assumptions'),
      { venues: [venue], markets: [pool] },
    ),
    scenario: event_scenario(
      story,
      { horizon_h: 48, tick_ms: (thin ? 15 : 5) * 60_000, volatility: 1.5 },
      {
        CRV: [
          [0, CRV_USD],
          [1, CRV_USD],
          [1 + draws.fall_h, end],
        ],
      },
      {
        faults: without.includes('drain') ? [] : [drain],
      },
    ),
    notes: ['Scenario only. His loans elsewhere and the buyers of his coins are outside: what he repays comes from a purse.'],
  }
}
