/** Solend in June 2022, a near-miss: one account with most of the SOL of its pool, and SOL turns a fifth above its liquidation price. */
import { DEFAULT_LIMITS, SCENARIO_SCHEMA, SNAPSHOT_SCHEMA, type Snapshot } from '../../../model/index.ts'
import { debt_slot } from '../../../venues/compound-v2/state.ts'
import { Cast } from '../book.ts'
import { type Draws, type EventBuild, event_preset, prior } from '../event.ts'
import { path_bars, path_driver } from '../path.ts'

const ID = 'solend-whale'
const START_MS = 1_655_510_400_000
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Known: SOL supplied, USD owed, liquidation threshold, close factor. */
const SOL = 5.7e6
const DEBT_USD = 108e6
const THRESHOLD = 0.85
const CLOSE_FACTOR = 0.2

const priors = {
  start_usd: prior(
    30,
    36,
    'uniform',
    'USD per SOL at the start',
    'synthetic',
    'Some way above the 26 to 27 that it touched; the level of the day before is not given.',
  ),
  low_usd: prior(26, 27, 'uniform', 'USD per SOL at the low', 'observed', 'SOL touched about 26 to 27.'),
  fall_h: prior(6, 36, 'log-uniform', 'h from the start to the low', 'synthetic', 'Within the weekend of 18 and 19 June.'),
  depth_usd: prior(
    0.2e6,
    5e6,
    'log-uniform',
    'USD of SOL within 1 % on each side where a liquidator sells',
    'synthetic',
    'On-chain books of the time: a clip of 21 M was thought to be more than they bear.',
  ),
} as const
type Name = keyof typeof priors

export const solend_whale = event_preset<Name>({
  id: ID,
  title: 'The largest account of Solend, 18 and 19 June 2022: a near-miss',
  time: '2022-06-18T00:00:00Z',
  evidence: 'synthetic',
  page: 'docs/events/solend-whale.md',
  sources: [
    {
      what: '5.7 M SOL, 108 M USD, liquidation price 22.27 to 22.30, close factor 20 %, first clip ~21 M USD',
      title: 'cryptonews.net news/defi/8527237',
      url: 'https://cryptonews.net/news/defi/8527237',
    },
    { what: 'SOL at 26 to 27; what followed', title: 'CoinJournal', url: 'https://coinjournal.net' },
  ],
  priors,
  causes: [{ id: 'turn', title: 'the turn at 26 to 27', without: 'SOL falls on to 20' }],
  outcomes: [
    {
      id: 'liquidation-price',
      what: 'price at which the account is at its limit',
      unit: 'USD per SOL',
      band: [22.27 * 0.997, 22.3 * 1.003],
      observed: 22.29,
      source: 'reported as 22.27 to 22.30; tolerance ±0.3 % (identity: 108 ÷ (5.7 · 0.85))',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ watched }) => watched['liquidation_price'] ?? null,
    },
    {
      id: 'liquidated',
      what: 'debt liquidated',
      unit: 'USD',
      band: [0, 0],
      observed: 0,
      source: 'the price never came to it',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log }) => {
        let usd = 0
        for (let row = 0; row < log.length; row++) if (log.kind(row) === 'liquidate') usd += log.columns.usd.data[row] as number
        return usd
      },
    },
  ],
  build: (draws, seed, { without = [], thin = false }) => build(draws, seed, without.includes('turn'), thin),
})

function build(draws: Draws<Name>, seed: number, falls_on: boolean, thin: boolean): EventBuild {
  const low_ms = draws.fall_h * HOUR_MS
  const points = [
    { at_ms: 0, price: draws.start_usd },
    { at_ms: low_ms, price: falls_on ? 20 : draws.low_usd },
    { at_ms: 2 * DAY_MS + 10 * MINUTE_MS, price: falls_on ? 20 : draws.start_usd },
  ]
  const bars = path_bars(points, { symbol: 'SOL', start_ms: START_MS, seed, volatility: 1.2, low: falls_on ? 20 : draws.low_usd })
  return {
    snapshot: snapshot(draws),
    scenario: {
      schema: SCENARIO_SCHEMA,
      id: ID,
      title: 'SOL to 26–27 and back',
      seed,
      horizon_ms: 2 * DAY_MS,
      tick_ms: thin ? 10 * MINUTE_MS : 5 * MINUTE_MS,
      drivers: [path_driver(START_MS, { SOL: bars })],
      faults: [],
      gas_usd: 0.01,
      pinned: [],
      without: [],
      limits: DEFAULT_LIMITS,
    },
    notes: ['One account alone: the other 5 % of the SOL of the pool and the rest of the protocol are left out.'],
    watch: (world) => {
      const venue = world.venue(0)
      // Health is linear in the price of the collateral: where it is 1.
      const { prices } = venue
      const liquidation_price = (prices[SOL_SLOT] as number) / venue.health(0, prices)
      return { tick() {}, figures: () => ({ liquidation_price }) }
    },
  }
}

/** Slot of the SOL that is supplied: the one before that of the SOL that is owed. */
const SOL_SLOT = debt_slot(0) - 1

function snapshot(draws: Draws<Name>): Snapshot {
  const agents = [
    { kind: 'liquidator', id: 'liquidator', markets: ['SOL-USDC'], flash_fee: 0.003 },
    {
      kind: 'market-maker',
      id: 'maker',
      books: [{ market: 'SOL-USDC', depth_usd: draws.depth_usd, half_spread: 0.001, inventory_usd: 100 * draws.depth_usd }],
    },
    { kind: 'borrower', id: 'owner', sizes: [{ above_usd: 0, top_up: 0, repay: 0, cut: 0, ignore: 1, automated: 0 }] },
  ]
  const cast = new Cast(agents, ['SOL', 'USDC'])
  cast.add('liquidator', 'liquidator-1')
  const maker = cast.add('maker', 'maker')
  cast.endow(maker, 'SOL', (200 * draws.depth_usd) / draws.start_usd)
  cast.endow(maker, 'USDC', 200 * draws.depth_usd)
  const owner = cast.add('owner')
  const market = (asset: string, cash: number, oracle: object) => {
    return { asset, collateral_factor: 0.75, liquidation_threshold: THRESHOLD, cash, oracle }
  }
  return {
    schema: SNAPSHOT_SCHEMA,
    id: ID,
    title: 'Solend in June 2022',
    time_ms: START_MS,
    provenance: [
      { part: 'venues.solend.accounts', evidence: 'observed', source: 'cryptonews.net news/defi/8527237' },
      { part: 'assets.SOL', evidence: 'synthetic', source: 'low observed, start drawn' },
      { part: 'markets', evidence: 'synthetic', source: 'drawn' },
    ],
    assets: [
      { id: 'SOL', price_usd: draws.start_usd, beta: 1, reference: 'SOL-USDC' },
      { id: 'USDC', price_usd: 1, beta: 0, numeraire: true },
    ],
    actors: cast.actors(),
    markets: [{ kind: 'order-book', id: 'SOL-USDC', base: 'SOL', quote: 'USDC', permanent: 0, recovery_ms: 300_000 }],
    oracles: [],
    venues: [
      {
        kind: 'compound-v2',
        id: 'solend',
        close_factor: CLOSE_FACTOR,
        incentive: 1.05,
        seize_share: 0,
        markets: [
          market('SOL', SOL, {
            kind: 'chainlink',
            id: 'SOL/USD',
            path: [{ market: 'SOL-USDC' }],
            deviation: 0.001,
            heartbeat_ms: MINUTE_MS,
            // A sale is seen in the next tick, not by the next call within the same one.
            delay_ms: 1_000,
            phase_ms: 0,
          }),
          market('USDC', 0, { kind: 'fixed', id: 'USDC/USD', price: 1 }),
        ],
        accounts: { owner: Int32Array.of(owner) },
        positions: {
          account: Int32Array.of(0, 0),
          market: Int32Array.of(0, 1),
          supply: Float64Array.of(SOL, 0),
          debt: Float64Array.of(0, DEBT_USD),
        },
      },
    ],
    agents,
  }
}
