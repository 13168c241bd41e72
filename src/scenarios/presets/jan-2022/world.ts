/** The world of jan-2022: seven vaults of one owner, their keepers and the price path, from one draw. */
import { DEFAULT_LIMITS, type KindSpec, SCENARIO_SCHEMA, SNAPSHOT_SCHEMA, type Snapshot } from '../../../model/index.ts'
import { Cast, EventDraw } from '../book.ts'
import type { Draws, EventBuild } from '../event.ts'
import { path_bars, path_driver } from '../path.ts'
import type { Name } from './priors.ts'

export const ID = 'jan-2022'
export const TIME = '2022-01-21T00:00:00Z'
const START_MS = 1_642_723_200_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
/** To 06:00 UTC of 22 January. */
const HORIZON_MS = 30 * HOUR_MS

/** Known. */
export const VAULTS = 7
const START_USD = 3_000.99
/** Their liquidation prices were above this. */
const SPOT_USD = 2_500
const COLLATERAL_USD = 630e6
const MAT = 1.45
const HOLE = 65e6

export function build(draws: Draws<Name>, seed: number, without: readonly string[], thin: boolean): EventBuild {
  return {
    snapshot: snapshot(draws, seed, without),
    scenario: {
      schema: SCENARIO_SCHEMA,
      id: ID,
      title: 'ETH 3,001 → 2,500 → 2,569 within a day',
      seed,
      horizon_ms: HORIZON_MS,
      tick_ms: thin ? 3 * MINUTE_MS : MINUTE_MS,
      drivers: [driver(draws, seed)],
      faults: [],
      gas_usd: without.includes('congestion') ? 10 : draws.gas_usd,
      pinned: [],
      without: [],
      limits: DEFAULT_LIMITS,
    },
    notes: [
      'The seven vaults are drawn: what they hold together and that all stood above 2,500 is known, sizes and exact prices are not.',
      'The oracle reads a market that nobody trades on: it follows the path. Keepers sell on another one that has depth and refills; what they sell does not move the path, which has their sales in it.',
      'Other vaults liquidated that day are left out; they shared the limit on what is at auction.',
    ],
  }
}

function driver(draws: Draws<Name>, seed: number): KindSpec {
  const at = (hour: number, price: number) => ({ at_ms: Math.round(hour * 60) * MINUTE_MS, price })
  const points = [
    at(0, START_USD),
    at(draws.break_h, 2_750),
    at(22, SPOT_USD),
    at(draws.low_h, draws.low_usd),
    at(24, 2_569.01),
    at(48, 2_411.9),
  ]
  const { volatility, low_usd } = draws
  return path_driver(START_MS, { ETH: path_bars(points, { symbol: 'ETH', start_ms: START_MS, seed, volatility, low: low_usd }) })
}

function agents(draws: Draws<Name>, without: readonly string[]): KindSpec[] {
  const ignore = without.includes('top-ups') ? 1 : draws.ignore
  const answers = 1 - ignore
  return [
    {
      ...{ kind: 'market-maker', id: 'maker', k_v: 0, k_i: 0, k_s: 0 },
      books: [{ market: 'ETH-DAI', depth_usd: draws.depth, half_spread: 0.001, inventory_usd: 1e10 }],
    },
    { kind: 'liquidator', id: 'keeper', markets: ['ETH-DAI'], flash_fee: 0, min_profit_usd: draws.min_profit, takes_max: 1 },
    {
      ...{ kind: 'borrower', id: 'owner', call: { health: draws.act_health }, target: { health: draws.target } },
      sizes: [{ above_usd: 0, top_up: 0.6 * answers, repay: 0.4 * answers, cut: 0, ignore, automated: 0 }],
      ...{ manual_median_ms: draws.delay_min * MINUTE_MS, delay_sigma: draws.delay_sigma },
      notice: { every_ms: Math.round(draws.look_min * MINUTE_MS) },
    },
  ]
}

function snapshot(draws: Draws<Name>, seed: number, without: readonly string[]): Snapshot {
  const draw = new EventDraw(ID, seed)
  const agent_specs = agents(draws, without)
  const cast = new Cast(agent_specs, ['DAI', 'ETH'])
  const maker = cast.add('maker', 'maker')
  cast.endow(maker, 'DAI', 1e10)
  cast.endow(maker, 'ETH', 1e7)
  for (let k = 0; k < draws.keepers; k++) cast.add('keeper', `keeper-${k}`)
  const owner = cast.add('owner', 'owner')
  const shares = draw.shares('size', VAULTS, draws.tail, draws.largest)
  const collateral = shares.map((share) => (share * COLLATERAL_USD) / SPOT_USD)
  // The first stands at the highest price, the last at the lowest, the others anywhere between.
  const lp = (i: number) => {
    const part = i === 0 ? 1 : i === VAULTS - 1 ? 0 : draw.of('price').uniform(i)
    return SPOT_USD + part * (draws.highest_lp - SPOT_USD)
  }
  const debt = collateral.map((ink, i) => (ink * lp(i)) / MAT)
  const owed = debt.reduce((sum, one) => sum + one, 0)
  cast.endow(owner, 'DAI', (draws.purse * owed) / 2)
  cast.endow(owner, 'ETH', (draws.purse * owed) / 2 / START_USD)
  const path = [{ market: 'ETH-USD' }]
  return {
    schema: SNAPSHOT_SCHEMA,
    id: ID,
    title: 'Maker’s seven large vaults on 21 January 2022',
    time_ms: START_MS,
    provenance: [
      { part: 'assets.ETH', evidence: 'observed', source: 'Coinbase daily bars; forklog' },
      {
        part: 'venues.maker.accounts',
        evidence: 'synthetic',
        source: 'number, collateral and least price: forklog; the rest drawn',
      },
      { part: 'venues.maker', evidence: 'observed', source: 'makerdao/dss; forum on parameters' },
      { part: 'agents', evidence: 'synthetic', source: 'drawn' },
    ],
    assets: [
      { id: 'DAI', price_usd: 1, beta: 0, numeraire: true },
      { id: 'ETH', price_usd: START_USD, beta: 1, reference: 'ETH-USD' },
    ],
    actors: cast.actors(),
    markets: [
      { kind: 'order-book', id: 'ETH-USD', base: 'ETH', quote: 'DAI' },
      {
        ...{ kind: 'order-book', id: 'ETH-DAI', base: 'ETH', quote: 'DAI', permanent: 0 },
        recovery_ms: draws.recovery_min * MINUTE_MS,
      },
    ],
    oracles: [
      without.includes('oracle-delay')
        ? { kind: 'index-price', id: 'ETH/USD', path }
        : { kind: 'osm', id: 'ETH/USD', path, hop_ms: HOUR_MS },
    ],
    venues: [
      {
        ...{ kind: 'maker', id: 'maker', dai: 'DAI', surplus: 60e6 },
        ilks: [
          {
            ...{ id: 'ETH-A', asset: 'ETH', liquidation_ratio: MAT, stability_fee: 0.025, chop: 0.13, buf: draws.buf },
            ...{ hole: without.includes('hole') ? 1e12 : HOLE, oracle: 'ETH/USD' },
          },
        ],
        accounts: { owner: new Int32Array(VAULTS).fill(owner), ilk: new Int32Array(VAULTS), collateral, debt },
      },
    ],
    agents: agent_specs,
  }
}
