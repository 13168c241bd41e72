/** CRV, 22 November 2022: a large loan of a thin coin against dollars; buying it back is what drives its price. Scenario only. */
import { event_scenario, Loans } from '../columns.ts'
import { type Draws, type EventBuild, event_preset, prior } from '../event.ts'
import { price_figures, venue_figures } from '../figures.ts'
import { ALL_ASSUMED, answering, assumed, compound, drawn, feed, PAR, SmallWorld } from '../small.ts'

const ID = 'crv-squeeze-2022'
const TIME = '2022-11-22T00:00:00Z'
const START_MS = 1_669_075_200_000
const THRESHOLD = 0.89

const priors = {
  borrowed: prior(
    60e6,
    100e6,
    'uniform',
    'CRV owed by one account',
    'synthetic',
    'Sums of this order were told; no source at hand.',
  ),
  start: prior(0.41, 0.5, 'uniform', 'USD per CRV at the start, the low of the day', 'synthetic', 'As told.'),
  limit: prior(
    0.55,
    0.65,
    'uniform',
    'USD per CRV at which it is liquidated',
    'synthetic',
    'As told: a squeeze of about a third.',
  ),
  push: prior(0.6, 0.75, 'uniform', 'USD per CRV to which others buy it', 'synthetic', 'As told.'),
  push_h: prior(2, 12, 'log-uniform', 'h of the rise', 'synthetic', 'Within the day.'),
  depth: prior(
    0.3e6,
    3e6,
    'log-uniform',
    'USD of CRV within 1 %',
    'inferred',
    'The reference market has 3 M in calm of another year.',
  ),
} as const
type Name = keyof typeof priors

export const crv_squeeze_2022 = event_preset<Name>({
  id: ID,
  title: 'A large loan of CRV is bought back, 22 November 2022',
  time: TIME,
  evidence: 'synthetic',
  page: 'docs/events/crv-squeeze-2022.md',
  sources: assumed('docs/events/crv-squeeze-2022.md'),
  priors,
  causes: [
    { id: 'depth', title: 'the thin book', without: 'books have 30 times the liquidity that is drawn' },
    { id: 'size', title: 'the size of the loan', without: 'the same loan in 200 parts, half of them with twice the margin' },
    { id: 'push', title: 'the rise from outside', without: 'CRV stays where it is' },
  ],
  outcomes: [],
  no_outcomes: ALL_ASSUMED,
  figures: [...venue_figures(0, 'aave-v2'), ...price_figures(0, 'CRV')],
  build: (draws, seed, { without = [], thin = false }) => build(draws, seed, without, thin),
})

function build(draws: Draws<Name>, seed: number, without: readonly string[], thin: boolean): EventBuild {
  const depth_usd = draws.depth * (without.includes('depth') ? 30 : 1)
  const world = new SmallWorld(
    ID,
    seed,
    [{ id: 'CRV', usd: draws.start, depth_usd }],
    [{ kind: 'borrower', id: 'short', sizes: answering(0) }],
  )
  const loans = new Loans()
  const parts = without.includes('size') ? 200 : 1
  // The account list stays the same whatever is left out: parts that are not there hold nothing.
  for (let i = 0; i < 200; i++) {
    const owed = i < parts ? draws.borrowed / parts : 0
    const margin = parts > 1 && i % 2 === 1 ? 2 : 1
    loans.add(world.cast.add('short'), { 0: [0, owed], 1: [(margin * owed * draws.limit) / THRESHOLD, 0] })
  }
  const venue = compound(
    'aave-v2',
    { close_factor: 0.5, incentive: 1.045 },
    [
      { asset: 'CRV', collateral_factor: 0, cash: 200e6, oracle: feed('CRV') },
      { asset: 'USD', collateral_factor: 0.86, liquidation_threshold: THRESHOLD, cash: 200e6, oracle: PAR },
    ],
    loans,
  )
  const end = without.includes('push') ? draws.start : draws.push
  const path = [
    [0, draws.start],
    [1, draws.start],
    [1 + draws.push_h, end],
    [16, end],
  ] as const
  const story = { id: ID, title: 'CRV is bought up to where the loan is liquidated', start_ms: START_MS, seed }
  return {
    snapshot: world.snapshot('One loan of CRV', START_MS, drawn('assets.CRV', 'drawn; threshold and bonus are assumptions'), {
      venues: [venue],
    }),
    scenario: event_scenario(story, { horizon_h: 24, tick_ms: (thin ? 10 : 2) * 60_000 }, { CRV: path }),
    notes: ['Scenario only. What the owner of the loan sold it for, and whether he gained elsewhere, is outside.'],
  }
}
