/** Staked ether below par and one vault on BTC, 13 to 18 June 2022: the vault’s owner adds collateral and is never liquidated; loops are another matter. */
import { pow } from '../../../math/index.ts'
import type { FaultSpec } from '../../../model/index.ts'
import type { World } from '../../../engine/index.ts'
import { event_scenario, Loans, logged_usd } from '../columns.ts'
import { type Draws, type EventBuild, event_preset, prior, type Watch } from '../event.ts'
import { answering, feed, SmallWorld } from '../small.ts'
import { steth_path } from './path.ts'

const ID = 'steth-celsius-3ac'
const TIME = '2022-06-13T00:00:00Z'
const START_MS = 1_655_078_400_000
/** Known: the vault on 13 June and after its top-ups. */
const VAULT = { wbtc: 17_919.37, dai: 278e6, ratio: 1.45, after: 23_962.6 }
const ETH_USD = 1_430
const THRESHOLD = 0.83

const priors = {
  btc_start: prior(
    23_500,
    27_000,
    'uniform',
    'USD per BTC at the start',
    'inferred',
    'Above 22,584, where the vault would have been liquidated, on the day it was told.',
  ),
  steth_start: prior(
    0.95,
    0.98,
    'uniform',
    'ETH per stETH at the start',
    'inferred',
    'Parity was never restored after 14 May; 0.948 on the 13th.',
  ),
  steth_low: prior(0.93, 0.948, 'uniform', 'ETH per stETH at the low', 'inferred', '0.948 on 13 June, the week went on.'),
  eth_beta: prior(
    1.2,
    1.6,
    'uniform',
    'move of ETH in units of that of BTC, in logarithms',
    'synthetic',
    'More than one in falls.',
  ),
  loops: prior(
    200e6,
    1.2e9,
    'log-uniform',
    'USD of ETH owed on stETH',
    'synthetic',
    'Loops of the lender; funds alone had taken 800 M out of the pool in a day.',
  ),
  loop_health: prior(
    1.03,
    1.3,
    'log-uniform',
    'health of loops, median',
    'synthetic',
    'Staked ether against ether is run near the limit.',
  ),
  answers: prior(0.2, 0.8, 'uniform', 'share of their owners who answer', 'synthetic', 'Nothing is known.'),
  depth: prior(
    2e6,
    20e6,
    'log-uniform',
    'USD of stETH within 1 %',
    'inferred',
    'The pool had lost more than half of what it held.',
  ),
} as const
type Name = keyof typeof priors

export const steth_celsius_3ac = event_preset<Name>({
  id: ID,
  title: 'One vault on BTC and loops of staked ether, 13 to 18 June 2022',
  time: TIME,
  evidence: 'synthetic',
  page: 'docs/events/steth-celsius-3ac.md',
  sources: [
    {
      what: '17,919.37 WBTC, 278 M DAI, limit at 22,584 on 13 June',
      title: 'digitalcurrencyresearch.io, 2022-06-14',
      url: 'https://digitalcurrencyresearch.io',
    },
    {
      what: '23,962.6 WBTC, limit at 16,852.58 after top-ups',
      title: 'CryptoSlate via dongyhuynhtantrieu.com',
      url: 'https://dongyhuynhtantrieu.com',
    },
    { what: '0.948 on 13 June', title: 'teletype.in, June 2022', url: 'https://teletype.in' },
    {
      what: '800 M USD out of the pool in a day, more than half of it gone',
      title: 'Nansen: Demystifying stETH’s depeg',
      url: 'https://www.nansen.ai',
    },
  ],
  priors,
  causes: [
    { id: 'top-up', title: 'the vault’s top-ups', without: 'its owner does not answer' },
    { id: 'depeg', title: 'the discount of staked ether', without: 'stETH stays where it starts' },
    { id: 'pool', title: 'the pool that emptied', without: 'liquidity as drawn; with it a third of that' },
  ],
  outcomes: [
    {
      id: 'limit-before',
      what: 'price at which the vault is liquidated, at the start',
      unit: 'USD per BTC',
      band: [22_584 * 0.994, 22_584 * 1.006],
      observed: 22_584,
      source: 'digitalcurrencyresearch.io; tolerance ±0.6 % (identity: 1.45 · 278 M ÷ 17,919.37)',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ watched }) => watched['before'] ?? null,
    },
    {
      id: 'limit-after',
      what: 'the same at the end',
      unit: 'USD per BTC',
      band: [16_852.58 * 0.997, 16_852.58 * 1.003],
      observed: 16_852.58,
      source: 'CryptoSlate; tolerance ±0.3 % (identity: 1.45 · 278 M ÷ 23,962.6)',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ watched }) => watched['after'] ?? null,
    },
    {
      id: 'vault',
      what: 'debt of the vault handed to auctions',
      unit: 'USD',
      band: [0, 0],
      observed: 0,
      source: 'BTC at 17,600 never came to it',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log }) => logged_usd(log, ['seize'], 1),
    },
  ],
  path: steth_path,
  build: (draws, seed, { without = [], thin = false }) => build(draws, seed, without, thin),
})

function loops(world: SmallWorld, draws: Draws<Name>, count: number): Loans {
  const loans = new Loans()
  world.lend(loans, {
    count,
    owed: draws.loops / ETH_USD,
    largest: 0.1,
    health: [draws.loop_health, 0.06, 1.005],
    backing: 1 / (THRESHOLD * draws.steth_start),
    purse: ['ETH', 0.2],
  })
  loans.add(world.cast.add('borrower'), { 0: [100_000, 0] })
  return loans
}

function venues(loans: Loans, owner: number) {
  const pool = {
    kind: 'compound-v2',
    id: 'aave-v2',
    close_factor: 0.5,
    incentive: 1.05,
    seize_share: 0,
    markets: [
      { asset: 'STETH', collateral_factor: 0.7, liquidation_threshold: THRESHOLD, cash: loans.idle(0), oracle: feed('STETH') },
      { asset: 'ETH', collateral_factor: 0, cash: 1e6, oracle: feed('ETH') },
    ],
    ...loans.compound(),
  }
  const vaults = {
    kind: 'maker',
    id: 'maker',
    dai: 'USD',
    ilks: [
      {
        id: 'WBTC-A',
        asset: 'BTC',
        liquidation_ratio: VAULT.ratio,
        stability_fee: 0,
        oracle: { kind: 'osm', id: 'osm-WBTC', path: [{ market: 'BTC-USD' }] },
      },
    ],
    accounts: {
      owner: Int32Array.of(owner),
      ilk: Int32Array.of(0),
      collateral: Float64Array.of(VAULT.wbtc),
      debt: Float64Array.of(VAULT.dai),
    },
  }
  return [pool, vaults]
}

/** Health is linear in the price: where it is 1. */
function watch(world: World): Watch {
  const venue = world.venue(1)
  const limit = () => {
    const health = venue.health(0, venue.prices)
    return health > 0 && Number.isFinite(health) ? (venue.prices[0] as number) / health : 0
  }
  const before = limit()
  return { tick() {}, figures: () => ({ before, after: limit() }) }
}

function build(draws: Draws<Name>, seed: number, without: readonly string[], thin: boolean): EventBuild {
  const coins = [
    { id: 'BTC', usd: draws.btc_start, depth_usd: 50e6 },
    { id: 'ETH', usd: ETH_USD, depth_usd: 20e6 },
    { id: 'STETH', usd: ETH_USD * draws.steth_start, depth_usd: draws.depth },
  ]
  const add = [{ above_usd: 0, top_up: 1, repay: 0, cut: 0, ignore: 0, automated: 1 }]
  const world = new SmallWorld(ID, seed, coins, [
    {
      kind: 'borrower',
      id: 'owner',
      call: { health: 1.3 },
      target: { health: 100 },
      sizes: without.includes('top-up') ? answering(0) : add,
    },
    { kind: 'borrower', id: 'borrower', sizes: answering(draws.answers) },
  ])
  const owner = world.cast.add('owner', 'vault-owner')
  world.cast.endow(owner, 'BTC', VAULT.after - VAULT.wbtc)
  const loans = loops(world, draws, thin ? 40 : 250)
  const btc_low = 17_600
  const eth_low = ETH_USD * pow(btc_low / draws.btc_start, draws.eth_beta)
  const low = without.includes('depeg') ? draws.steth_start : draws.steth_low
  const emptied: FaultSpec = { kind: 'depth', target: 'market:STETH-USD', value: 1 / 3, from_ms: 0, to_ms: 6 * 86_400_000 }
  const paths = {
    BTC: [
      [0, draws.btc_start],
      [120, btc_low],
    ],
    ETH: [
      [0, ETH_USD],
      [120, eth_low],
    ],
    STETH: [
      [0, ETH_USD * draws.steth_start],
      [120, eth_low * low],
    ],
  } as const
  const story = { id: ID, title: 'BTC to 17,600, staked ether at a discount', start_ms: START_MS, seed }
  return {
    snapshot: world.snapshot(
      'A vault and loops of staked ether',
      START_MS,
      [
        { part: 'venues.maker', evidence: 'observed', source: 'digitalcurrencyresearch.io, 2022-06-14' },
        { part: 'venues.aave-v2', evidence: 'synthetic', source: 'drawn' },
        { part: 'markets', evidence: 'synthetic', source: 'drawn' },
      ],
      { venues: venues(loans, owner) },
    ),
    scenario: event_scenario(story, { horizon_h: 130, tick_ms: (thin ? 30 : 10) * 60_000 }, paths, {
      faults: without.includes('pool') ? [] : [emptied],
      pinned: ['BTC'],
    }),
    watch,
    notes: ['One vault and one pool; what the funds sold elsewhere is in the path.'],
  }
}
