/** The world of black-thursday: vaults, keepers of three kinds, a market with little DAI, from one draw. */
import type { World } from '../../../engine/index.ts'
import { exp, log, normalCdf } from '../../../math/index.ts'
import { DEFAULT_LIMITS, type KindSpec, SCENARIO_SCHEMA, SNAPSHOT_SCHEMA, type Snapshot } from '../../../model/index.ts'
import type { Maker2020 } from '../../../venues/maker-2020/venue.ts'
import { equity } from '../../../venues/maker-2020/vow.ts'
import { Cast, EventDraw } from '../book.ts'
import type { Draws, EventBuild, Watch } from '../event.ts'
import { CALM_GWEI, driver, gas_path, HORIZON_MS, HOUR_MS, START_MS, START_USD, stuck, USD_PER_GWEI } from './path.ts'
import type { Name } from './priors.ts'

export const ID = 'black-thursday'
export const TIME = '2020-03-12T00:00:00Z'
const MINUTE_MS = 60_000

/** Known: ratio, lot, duration of a bid, and the four who bid nothing. */
const MAT = 1.5
const LOT_ETH = 50
const ZERO_BIDDERS = 4
/** A vault of less was liquidated at the low of 11 March, 181.00 on Coinbase. */
const LEAST_RATIO = (MAT * START_USD) / 181
const LEAST_DEBT = 20
/** Thinned: so many times fewer vaults and larger lots, and ticks so long. */
const THIN = 10
const THIN_TICK_MIN = 4

export function build(draws: Draws<Name>, seed: number, without: readonly string[], thin: boolean): EventBuild {
  const congested = !without.includes('congestion')
  const delayed = !without.includes('oracle-delay')
  return {
    snapshot: snapshot(draws, seed, without, thin),
    scenario: {
      schema: SCENARIO_SCHEMA,
      id: ID,
      title: 'ETH 194.62 → 95 → 130 within 30 hours, blocks full',
      seed,
      horizon_ms: HORIZON_MS,
      tick_ms: thin ? THIN_TICK_MIN * MINUTE_MS : MINUTE_MS,
      drivers: [driver(draws, seed)],
      faults: [...(congested ? gas_path(draws, seed) : []), ...(delayed ? [stuck(draws)] : [])],
      gas_usd: CALM_GWEI * USD_PER_GWEI,
      pinned: [],
      without: [],
      limits: DEFAULT_LIMITS,
    },
    notes: [
      'Vaults are synthetic: collateral and debt are known within ranges, sizes and ratios are drawn.',
      'The oracle reads a market that nobody trades on: it follows the path. Keepers sell on another one that has depth and refills; what they sell does not move the path, which has their sales in it.',
      'Gas counts liquidation calls of 350,000 gas at 150 USD per ETH; offers in gwei are scaled by that.',
    ],
    watch: (world) => watch(world),
  }
}

/** The vow's books at the end. */
function watch(world: World): Watch {
  const { state } = world.venue(0) as unknown as Maker2020
  return {
    tick() {},
    figures: () => ({ deficit: Math.max(0, -equity(state)), running: state.system.columns.running.data[0] as number }),
  }
}

/** Gas offered by who runs the script: fixed, and never raised; with the cause left out, as the able ones. */
function script_inclusion(draws: Draws<Name>, wiser: boolean) {
  const own = wiser ? {} : { gas_bid_usd: draws.script_gwei * USD_PER_GWEI }
  return {
    ...inclusion(draws),
    ...own,
    escalates: wiser,
    pending_max: draws.script_places,
    drop_ms: Math.round(draws.script_drop_h * HOUR_MS),
  }
}

const inclusion = (draws: Draws<Name>) => ({
  mean_ms: draws.inclusion_s * 1000,
  power: draws.inclusion_power,
  floor: draws.inclusion_floor,
  premium: 0.2,
})

function agents(draws: Draws<Name>, without: readonly string[]): KindSpec[] {
  const markets = ['ETH-DAI']
  const { margin, noise } = draws
  // Nobody tells lots apart that differ by less than his own valuation does.
  const alike = noise
  const places = Math.round(draws.zero_places)
  const silent = without.includes('top-ups')
  const ignores = [{ above_usd: 0, top_up: 0, repay: 0, cut: 0, ignore: 1, automated: 0 }]
  return [
    {
      ...{ kind: 'market-maker', id: 'maker', k_v: 0, k_i: 0, k_s: 0 },
      books: [{ market: 'ETH-DAI', depth_usd: draws.depth_dai, half_spread: 0.003, inventory_usd: 1e9 }],
    },
    {
      kind: 'bidder',
      id: 'script',
      markets,
      margin,
      noise,
      alike,
      inclusion: script_inclusion(draws, without.includes('scripts')),
    },
    {
      kind: 'bidder',
      id: 'able',
      markets,
      margin,
      noise,
      alike,
      inclusion: { ...inclusion(draws), pending_max: Math.round(draws.able_places) },
    },
    {
      kind: 'bidder',
      id: 'zero',
      markets,
      style: 'first',
      margin: 0.3,
      alike,
      inclusion: { ...inclusion(draws), pending_max: places },
    },
    {
      ...{ kind: 'borrower', id: 'owner', call: { health: draws.call_health }, notice: { every_ms: HOUR_MS / 2 } },
      ...(silent ? { sizes: ignores } : {}),
    },
  ]
}

/**
 * Ratios by debt: log-normal, none below the least, with the mean that collateral and debt demand. The median that gives it is found by
 * bisection: mean of a log-normal cut off below = median · exp(σ²/2) · Φ(σ − k) ÷ Φ(−k), k = ln(least ÷ median) ÷ σ.
 */
export function median_ratio(mean: number, sigma: number, least: number): number {
  const mean_of = (median: number) => {
    const k = log(least / median) / sigma
    return (median * exp((sigma * sigma) / 2) * normalCdf(sigma - k)) / normalCdf(-k)
  }
  let [low, high] = [least / 10, mean]
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (mean_of(middle) < mean) low = middle
    else high = middle
  }
  return (low + high) / 2
}

function vaults(draws: Draws<Name>, draw: EventDraw, cast: Cast, n: number) {
  const median = median_ratio((draws.collateral_eth * START_USD) / draws.debt_dai, draws.ratio_sigma, LEAST_RATIO)
  const shares = draw.shares('size', n, draws.tail, draws.largest)
  const [owner, collateral, debt] = [new Int32Array(n).fill(-1), new Float64Array(n), new Float64Array(n)]
  const spare = draws.debt_dai - n * LEAST_DEBT
  for (let i = 0; i < n; i++) {
    debt[i] = LEAST_DEBT + spare * (shares[i] as number)
    const ratio = draw.above('ratio', i, median, draws.ratio_sigma, LEAST_RATIO)
    collateral[i] = (ratio * (debt[i] as number)) / START_USD
    if (draw.of('purses').uniform(i) >= draws.purses) continue
    owner[i] = cast.add('owner')
    cast.endow(owner[i] as number, 'DAI', (draws.purse * (debt[i] as number)) / 2)
    cast.endow(owner[i] as number, 'ETH', (draws.purse * (debt[i] as number)) / 2 / START_USD)
  }
  return { owner, ilk: new Int32Array(n), collateral, debt }
}

function snapshot(draws: Draws<Name>, seed: number, without: readonly string[], thin: boolean): Snapshot {
  const agent_specs = agents(draws, without)
  const cast = new Cast(agent_specs, ['USD', 'DAI', 'ETH'])
  const maker = cast.add('maker', 'maker')
  cast.endow(maker, 'DAI', 1e9)
  cast.endow(maker, 'ETH', 1e7)
  const count = draws.scripts + draws.able
  for (let k = 0; k < count; k++) {
    const script = k < draws.scripts
    cast.endow(
      cast.add(script ? 'script' : 'able', script ? `script-${k}` : `able-${k - draws.scripts}`),
      'DAI',
      draws.keeper_dai / count,
    )
  }
  for (let k = 0; k < ZERO_BIDDERS; k++) cast.endow(cast.add('zero', `zero-${k}`), 'DAI', 1_000)
  const n = thin ? Math.round(draws.vaults / THIN) : draws.vaults
  const accounts = vaults(draws, new EventDraw(ID, seed), cast, n)
  const path = [{ market: 'ETH-USD' }]
  const oracle = without.includes('oracle-delay')
    ? { kind: 'index-price', id: 'ETH/USD', path }
    : { kind: 'osm', id: 'ETH/USD', path, hop_ms: HOUR_MS }
  return {
    schema: SNAPSHOT_SCHEMA,
    id: ID,
    title: 'Maker on 12 March 2020',
    time_ms: START_MS,
    provenance: [
      { part: 'assets.ETH', evidence: 'observed', source: 'Coinbase daily bars; Dragonfly, CoinDesk, DeFi Saver' },
      { part: 'venues.maker.accounts', evidence: 'synthetic', source: 'collateral: CoinDesk; the rest drawn' },
      { part: 'venues.maker', evidence: 'observed', source: 'makerdao/dss, spells of March 2020' },
      { part: 'agents', evidence: 'synthetic', source: 'drawn' },
    ],
    assets: [
      { id: 'USD', price_usd: 1, beta: 0, numeraire: true },
      { id: 'DAI', price_usd: 1, beta: 0 },
      { id: 'ETH', price_usd: START_USD, beta: 1, reference: 'ETH-USD' },
    ],
    actors: cast.actors(),
    markets: [
      { kind: 'order-book', id: 'ETH-USD', base: 'ETH', quote: 'USD' },
      {
        ...{ kind: 'order-book', id: 'ETH-DAI', base: 'ETH', quote: 'DAI', permanent: 0 },
        recovery_ms: draws.recovery_min * MINUTE_MS,
      },
    ],
    oracles: [oracle],
    venues: [venue(draws, accounts, thin)],
    agents: agent_specs,
  }
}

function venue(draws: Draws<Name>, accounts: object, thin: boolean): KindSpec {
  const [lump, rate] = thin ? [THIN * LOT_ETH, (draws.bites_per_min * THIN_TICK_MIN) / THIN] : [LOT_ETH, draws.bites_per_min]
  return {
    ...{ kind: 'maker-2020', id: 'maker', dai: 'DAI', surplus: draws.surplus },
    unnamed_max: Math.max(1, Math.round(rate)),
    ilks: [
      {
        ...{ id: 'ETH-A', asset: 'ETH', liquidation_ratio: MAT, stability_fee: 0.08, chop: 0.13, dust: LEAST_DEBT, beg: 0.05 },
        ...{ cut: { kind: 'lump', lump }, ttl_ms: 10 * MINUTE_MS, tau_ms: 72 * HOUR_MS, oracle: 'ETH/USD' },
      },
    ],
    accounts,
  }
}
