/** The world of may-2021: troves, pool, keepers and the price path, from one draw. */
import { DEFAULT_LIMITS, type KindSpec, SCENARIO_SCHEMA, SNAPSHOT_SCHEMA, type Snapshot } from '../../../model/index.ts'
import type { LiquityV1 } from '../../../venues/liquity-v1/venue.ts'
import { Cast, EventDraw, IGNORES } from '../book.ts'
import type { Draws, EventBuild, Watch } from '../event.ts'
import { path_bars, path_driver } from '../path.ts'
import type { Name } from './priors.ts'

export const ID = 'may-2021'
export const TIME = '2021-05-19T00:00:00Z'
const START_MS = 1_621_382_400_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Known. */
const START_USD = 3_400
const CLOSE_USD = 2_444
const TROVES = 1_054
const WHALE_ETH = 606_000
const WHALE_REPAYS = 300e6
/** A trove of less was liquidated at the low of 17 May, 3,101: 1.1 · 3,400 ÷ 3,101. */
const LEAST_RATIO = (1.1 * START_USD) / 3_101
const LEAST_DEBT = 2_000

export function build(draws: Draws<Name>, seed: number, without: readonly string[], thin: boolean): EventBuild {
  const tick_ms = thin ? 5 * MINUTE_MS : MINUTE_MS
  const slow_ms = draws.slow_h * HOUR_MS
  const low_ms = slow_ms + draws.fast_min * MINUTE_MS
  const points = [
    { at_ms: 0, price: START_USD },
    { at_ms: slow_ms, price: draws.fast_from },
    { at_ms: low_ms, price: draws.low_usd },
    { at_ms: low_ms + draws.rebound_h * HOUR_MS, price: draws.rebound_usd },
    { at_ms: DAY_MS + 10 * MINUTE_MS, price: CLOSE_USD },
  ]
  const { volatility, low_usd } = draws
  const bars = path_bars(points, { symbol: 'ETH', start_ms: START_MS, seed, volatility, low: low_usd })
  return {
    snapshot: snapshot(draws, seed, without),
    scenario: {
      schema: SCENARIO_SCHEMA,
      id: ID,
      title: 'ETH 3,400 → 1,800 → 2,444 within a day',
      seed,
      horizon_ms: DAY_MS,
      tick_ms,
      drivers: [path_driver(START_MS, { ETH: bars })],
      faults: [],
      gas_usd: without.includes('congestion') ? 10 : draws.gas_usd,
      // The path is what was seen: it has the effect of whatever was sold that day in it.
      pinned: ['ETH'],
      without: [],
      // An empty pool hands every trove's debt to the others: a tick may take all of them apart, one after the other.
      limits: { ...DEFAULT_LIMITS, rounds: 2_000 },
    },
    notes: [
      'Troves are synthetic: their number, the largest one and the price path’s ends are known, sizes and ratios are drawn.',
      'ETH is held to its path; what the stability pool gains is not sold in the run.',
    ],
    watch: (world) => watch(world.venue(0) as unknown as LiquityV1, Math.round((10 * MINUTE_MS) / tick_ms)),
  }
}

/** Counts entries into recovery mode: at each new price, before anything is liquidated, and at the end of the tick. */
function watch(venue: LiquityV1, apart: number): Watch {
  const { coll, debt } = venue.state.system.columns
  const at = (column: { readonly data: Float64Array }) => column.data[0] as number
  let [before_coll, before_debt] = [at(coll), at(debt)]
  let [entries, since] = [0, apart]
  return {
    tick() {
      const price = venue.prices[0] as number
      const recovery = before_coll * price < 1.5 * before_debt || at(coll) * price < 1.5 * at(debt)
      if (recovery && since >= apart) entries++
      since = recovery ? 0 : since + 1
      before_coll = at(coll)
      before_debt = at(debt)
    },
    figures: () => ({ entries }),
  }
}

/** Who acts: keepers who start the riskiest trove first, the largest owner, and the others. */
function agents(draws: Draws<Name>, without: readonly string[]): KindSpec[] {
  const silent = without.includes('top-ups')
  const whale = silent || without.includes('whale')
  const repays = [{ above_usd: 0, top_up: 0, repay: 1, cut: 0, ignore: 0, automated: 0 }]
  return [
    { kind: 'liquidator', id: 'keeper', markets: ['ETH-LUSD'], order: 'riskiest', takes_max: 5 },
    {
      kind: 'borrower',
      id: 'whale',
      // Called under 150 % in normal mode (health 1.5 ÷ 1.1), and whenever recovery mode endangers him.
      call: { health: 1.36 },
      target: { health: 100 },
      sizes: whale ? IGNORES : repays,
      manual_median_ms: draws.whale_delay * MINUTE_MS,
      delay_sigma: 0,
    },
    { kind: 'borrower', id: 'owner', ...(silent ? { sizes: IGNORES } : {}) },
  ]
}

function snapshot(draws: Draws<Name>, seed: number, without: readonly string[]): Snapshot {
  const draw = new EventDraw(ID, seed)
  const agent_specs = agents(draws, without)
  const cast = new Cast(agent_specs, ['ETH', 'LUSD'])
  cast.add('keeper', 'keeper-1')
  const whale = cast.add('whale', 'whale')
  cast.endow(whale, 'LUSD', WHALE_REPAYS)
  const whale_debt = (WHALE_ETH * START_USD) / draws.whale_ratio
  const troves = { owner: [whale], collateral: [WHALE_ETH], debt: [whale_debt] }
  const n = TROVES - 1
  const shares = draw.shares('size', n, draws.tail, draws.largest)
  const spare = draws.others_debt - n * LEAST_DEBT
  for (let i = 0; i < n; i++) {
    const owner = cast.add('owner')
    const debt = LEAST_DEBT + spare * (shares[i] as number)
    const ratio = draw.above('ratio', i, draws.others_ratio, draws.others_sigma, LEAST_RATIO)
    troves.owner.push(owner)
    troves.debt.push(debt)
    troves.collateral.push((ratio * debt) / START_USD)
    if (draw.of('purses').uniform(i) >= draws.purses) continue
    cast.endow(owner, 'LUSD', (draws.purse * debt) / 2)
    cast.endow(owner, 'ETH', (draws.purse * debt) / 2 / START_USD)
  }
  const pool = draws.pool_share * (whale_debt + draws.others_debt - WHALE_REPAYS)
  return {
    schema: SNAPSHOT_SCHEMA,
    id: ID,
    title: 'Liquity on 19 May 2021',
    time_ms: START_MS,
    provenance: [
      { part: 'assets.ETH', evidence: 'observed', source: 'Liquity; Coinbase daily bars' },
      {
        part: 'venues.liquity.accounts',
        evidence: 'synthetic',
        source: 'number of troves and the largest one: Liquity, IOSG; the rest drawn',
      },
      { part: 'venues.liquity.deposits', evidence: 'synthetic', source: 'drawn' },
      { part: 'venues.liquity', evidence: 'observed', source: 'liquity/dev' },
    ],
    assets: [
      { id: 'ETH', price_usd: START_USD, beta: 1, reference: 'ETH-LUSD' },
      { id: 'LUSD', price_usd: 1, beta: 0, numeraire: true },
    ],
    actors: cast.actors(),
    markets: [{ kind: 'order-book', id: 'ETH-LUSD', base: 'ETH', quote: 'LUSD' }],
    oracles: [],
    venues: [
      {
        kind: 'liquity-v1',
        id: 'liquity',
        asset: 'ETH',
        lusd: 'LUSD',
        oracle: oracle(draws, without),
        accounts: {
          owner: Int32Array.from(troves.owner),
          collateral: Float64Array.from(troves.collateral),
          debt: Float64Array.from(troves.debt),
        },
        deposits: { owner: Int32Array.of(-1), amount: Float64Array.of(pool) },
      },
    ],
    agents: agent_specs,
  }
}

function oracle(draws: Draws<Name>, without: readonly string[]): KindSpec {
  const path = [{ market: 'ETH-LUSD' }]
  if (without.includes('oracle-delay')) return { kind: 'index-price', id: 'ETH/USD', path }
  return {
    kind: 'chainlink',
    id: 'ETH/USD',
    path,
    deviation: 0.005,
    heartbeat_ms: HOUR_MS,
    delay_ms: Math.round(draws.report_delay * 1_000),
    phase_ms: 0,
  }
}
