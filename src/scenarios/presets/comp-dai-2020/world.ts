/** The world of comp-dai-2020: a pool with loops and loans, the price that it believed, from one draw. */
import { DEFAULT_LIMITS, type KindSpec, SCENARIO_SCHEMA, SNAPSHOT_SCHEMA, type Snapshot } from '../../../model/index.ts'
import { health } from '../../../synth/draw.ts'
import { debt_slot } from '../../../venues/compound-v2/state.ts'
import { Cast, EventDraw, IGNORES } from '../book.ts'
import type { Draws, EventBuild, Watch } from '../event.ts'
import { path_bars, path_driver } from '../path.ts'
import type { World } from '../../../engine/index.ts'
import type { Name } from './priors.ts'

export const ID = 'comp-dai-2020'
export const TIME = '2020-11-26T07:00:00Z'
const START_MS = 1_606_374_000_000
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const HORIZON_MS = 4 * HOUR_MS
/** The spike begins an hour after the start. */
const SPIKE_MS = HOUR_MS

/** Known. */
const DAI_BORROWED = 1.3e9
const DAI_CASH = 0.3e9
const PEAK = 1.3
const ETH_USD = 545
const ETH_CHANGE = -0.08
const FACTOR = 0.75
/** Nobody stands at the edge at the start: interest of a few blocks would have liquidated him. */
const LEAST_HEALTH = 1.002

/** Order of the pool's markets. */
const [DAI, USDC, ETH] = [0, 1, 2]
const ASSETS = ['DAI', 'USDC', 'ETH', 'DAI-CB']

export function build(draws: Draws<Name>, seed: number, without: readonly string[], thin: boolean): EventBuild {
  const borrowers = thin ? Math.round(draws.borrowers / 5) : draws.borrowers
  const world = snapshot(draws, seed, without, borrowers)
  return {
    snapshot: world,
    scenario: {
      schema: SCENARIO_SCHEMA,
      id: ID,
      title: 'DAI to 1.30 on the reporter’s exchange, ETH −8 %',
      seed,
      horizon_ms: HORIZON_MS,
      tick_ms: MINUTE_MS,
      drivers: [driver(draws, seed, without)],
      faults: [],
      gas_usd: without.includes('congestion') ? 10 : draws.gas_usd,
      // What the reporter and ETH did is known and has the effect of the liquidations in it; DAI on chain answers to who buys it.
      pinned: ['ETH', 'DAI-CB'],
      without: [],
      limits: DEFAULT_LIMITS,
    },
    notes: [
      'Accounts are synthetic: supply and debt of the DAI market are known, who stands on what and how close to the limit is drawn.',
      'DAI-CB is the price of DAI on Coinbase, which the oracle believes; DAI is its price on chain, where liquidators buy it.',
      'ETH and DAI-CB are held to their paths.',
    ],
    watch: (opened) => watch(opened, borrowers),
  }
}

function driver(draws: Draws<Name>, seed: number, without: readonly string[]): KindSpec {
  const minutes = (after: number) => SPIKE_MS + after * MINUTE_MS
  const end_ms = HORIZON_MS + 10 * MINUTE_MS
  const spike = (peak: number) => {
    const top = minutes(draws.rise_min)
    const hold = Math.max(draws.hold_min, 1)
    return [
      { at_ms: 0, price: 1 },
      { at_ms: SPIKE_MS, price: 1 },
      { at_ms: top, price: peak },
      { at_ms: top + hold * MINUTE_MS, price: peak },
      { at_ms: top + (hold + draws.fall_min) * MINUTE_MS, price: 1 },
      { at_ms: end_ms, price: 1 },
    ]
  }
  const eth = without.includes('eth-fall') ? ETH_USD : ETH_USD * (1 + ETH_CHANGE)
  const fall = [
    { at_ms: 0, price: ETH_USD },
    { at_ms: SPIKE_MS, price: ETH_USD },
    { at_ms: minutes(draws.eth_min), price: eth },
    { at_ms: end_ms, price: eth },
  ]
  const bars = (symbol: string, points: typeof fall) => path_bars(points, { symbol, start_ms: START_MS, seed })
  return path_driver(START_MS, {
    'DAI-CB': bars('DAI-CB', spike(PEAK)),
    DAI: bars('DAI', spike(1 + draws.chain_premium)),
    ETH: bars('ETH', fall),
  })
}

/** Counts DAI repaid by liquidators, and the highest price that the pool believed. */
function watch(world: World, dai_rows: number): Watch {
  const { log } = world.parts
  const { prices } = world.venue(0)
  let [row, dai, highest] = [0, 0, 0]
  return {
    tick() {
      const price = prices[debt_slot(DAI)] as number
      highest = Math.max(highest, price)
      const { account, usd } = log.columns
      for (; row < log.length; row++)
        if (log.kind(row) === 'liquidate' && (account.data[row] as number) < dai_rows) dai += (usd.data[row] as number) / price
    },
    figures: () => ({ dai, highest }),
  }
}

/** Growing columns of positions. */
class Positions {
  private readonly account: number[] = []
  private readonly market: number[] = []
  private readonly supply: number[] = []
  private readonly debt: number[] = []
  readonly owner: number[] = []
  readonly supplied = [0, 0, 0]

  add(owner: number, supplies: readonly number[], market: number, debt: number): void {
    const account = this.owner.length
    this.owner.push(owner)
    supplies.forEach((units, k) => {
      const owed = k === market ? debt : 0
      if (units === 0 && owed === 0) return
      this.account.push(account)
      this.market.push(k)
      this.supply.push(units)
      this.debt.push(owed)
      this.supplied[k] = (this.supplied[k] as number) + units
    })
  }

  get columns() {
    return {
      account: Int32Array.from(this.account),
      market: Int32Array.from(this.market),
      supply: Float64Array.from(this.supply),
      debt: Float64Array.from(this.debt),
    }
  }
}

/** Classes of debtors: what they stand on, how much they owe together, how many they are. */
function classes(draws: Draws<Name>, borrowers: number) {
  const self = draws.self_share
  const usdc = (1 - self) * draws.usdc_share
  const count = (share: number) => Math.max(10, Math.round(borrowers * share))
  const [a, b] = [count(self), count(usdc)]
  return [
    { name: 'self', n: a, market: DAI, debt: self * DAI_BORROWED },
    { name: 'usdc', n: b, market: DAI, debt: usdc * DAI_BORROWED },
    { name: 'eth', n: Math.max(10, borrowers - a - b), market: DAI, debt: (1 - self - usdc) * DAI_BORROWED },
    { name: 'other', n: Math.max(10, Math.round(borrowers / 2)), market: USDC, debt: draws.other_debt },
  ] as const
}

/** What an account of a class supplies for a debt, in units by market. */
function supplies(draws: Draws<Name>, draw: EventDraw, name: string, i: number, debt: number): readonly number[] {
  if (name === 'eth' || name === 'other') {
    const h = health(i, draw.of(`${name}.health`), { median: draws.eth_health, sigma: draws.eth_sigma, least: 1.02 })
    return [0, 0, (h * debt) / (FACTOR * ETH_USD)]
  }
  const buffer = draw.above(`${name}.buffer`, i, draws.loop_buffer, draws.loop_sigma, LEAST_HEALTH - 1)
  const all = ((1 + buffer) * debt) / FACTOR
  if (name === 'self') return [all, 0, 0]
  // Part of what was borrowed is supplied again as DAI, the rest was sold for USDC or taken away.
  const again = draw.of('again').uniform(i) * debt
  return [again, all - again, 0]
}

function snapshot(draws: Draws<Name>, seed: number, without: readonly string[], borrowers: number): Snapshot {
  const draw = new EventDraw(ID, seed)
  const agents = agents_of(draws, without)
  const cast = new Cast(agents, ASSETS)
  cast.add('liquidator', 'liquidator-1')
  const maker = cast.add('maker', 'maker')
  cast.endow(maker, 'DAI', 100 * draws.dai_depth)
  cast.endow(maker, 'ETH', (100 * ETH_DEPTH_USD) / ETH_USD)
  cast.endow(maker, 'USDC', 100 * (draws.dai_depth + ETH_DEPTH_USD))
  const positions = new Positions()
  for (const { name, n, market, debt: total } of classes(draws, borrowers)) {
    const shares = draw.shares(`${name}.size`, n, draws.tail, draws.largest)
    for (let i = 0; i < n; i++) {
      const owner = cast.add('borrower')
      const debt = total * (shares[i] as number)
      positions.add(owner, supplies(draws, draw, name, i, debt), market, debt)
      if (draw.of(`${name}.purses`).uniform(i) < draws.purses)
        cast.endow(owner, market === DAI ? 'DAI' : 'USDC', draws.purse * debt)
    }
  }
  return {
    schema: SNAPSHOT_SCHEMA,
    id: ID,
    title: 'Compound on 26 November 2020',
    time_ms: START_MS,
    provenance: [
      { part: 'assets.DAI-CB', evidence: 'observed', source: 'Compound forum: 1.30 on Coinbase Pro' },
      {
        part: 'assets.ETH',
        evidence: 'inferred',
        source: 'level between the open (569) and the low (480) of the day on Coinbase; change −8 %',
      },
      { part: 'venues.compound', evidence: 'observed', source: 'DAI market: 1.6 bn supplied, 1.3 bn borrowed (R. Leshner)' },
      { part: 'venues.compound.accounts', evidence: 'synthetic', source: 'drawn' },
      { part: 'markets', evidence: 'synthetic', source: 'drawn' },
    ],
    assets: [
      { id: 'DAI', price_usd: 1, beta: 0, reference: 'DAI-USDC' },
      { id: 'USDC', price_usd: 1, beta: 0, numeraire: true },
      { id: 'ETH', price_usd: ETH_USD, beta: 1, reference: 'ETH-USDC' },
      { id: 'DAI-CB', price_usd: 1, beta: 0, reference: 'DAI-CB-USDC' },
    ],
    actors: cast.actors(),
    markets: ['DAI', 'ETH', 'DAI-CB'].map((base) => {
      return { kind: 'order-book', id: `${base}-USDC`, base, quote: 'USDC', permanent: 0, recovery_ms: 300_000 }
    }),
    oracles: [],
    venues: [pool(draws, without, positions)],
    agents,
  }
}

const ETH_DEPTH_USD = 20e6

function agents_of(draws: Draws<Name>, without: readonly string[]): KindSpec[] {
  const book = (market: string, depth_usd: number) => ({ market, depth_usd, half_spread: 0.001, inventory_usd: 90 * depth_usd })
  return [
    // The liquidator of the event paid with a flash swap of Uniswap v2.
    { kind: 'liquidator', id: 'liquidator', markets: ['DAI-USDC', 'ETH-USDC'], flash_fee: 0.003 },
    {
      kind: 'market-maker',
      id: 'maker',
      k_v: 0,
      k_s: 0,
      books: [book('DAI-USDC', draws.dai_depth), book('ETH-USDC', ETH_DEPTH_USD)],
    },
    { kind: 'borrower', id: 'borrower', ...(without.includes('top-ups') ? { sizes: IGNORES } : {}) },
  ]
}

function pool(draws: Draws<Name>, without: readonly string[], positions: Positions): KindSpec {
  const listed = (k: number) => positions.supplied[k] as number
  const market = (asset: string, cash: number, oracle: KindSpec) => ({ asset, collateral_factor: FACTOR, cash, oracle })
  return {
    kind: 'compound-v2',
    id: 'compound',
    close_factor: 0.5,
    incentive: 1.08,
    // Reserves got no part of what was seized before 2021.
    seize_share: 0,
    markets: [
      market('DAI', Math.max(DAI_CASH, listed(DAI) * 1.001 - DAI_BORROWED), dai_oracle(draws, without)),
      // The contract holds USDC at 1.
      market('USDC', listed(USDC), { kind: 'fixed', id: 'USDC/USD', price: 1 }),
      market('ETH', listed(ETH), { kind: 'index-price', id: 'ETH/USD', path: [{ market: 'ETH-USDC' }] }),
    ],
    accounts: { owner: Int32Array.from(positions.owner) },
    positions: positions.columns,
  }
}

function dai_oracle(draws: Draws<Name>, without: readonly string[]): KindSpec {
  const id = 'DAI/USD'
  const reporter = [{ market: 'DAI-CB-USDC' }]
  if (without.includes('feed')) return { kind: 'fixed', id, price: 1 }
  if (without.includes('anchor')) return { kind: 'index-price', id, path: reporter }
  const window_ms = Math.round(draws.window_min * MINUTE_MS)
  const anchor = { kind: 'twap', id: 'DAI-anchor', path: [{ market: 'DAI-USDC' }], window_ms, mean: 'arithmetic' }
  return { kind: 'anchored', id, reporter: { path: reporter }, anchor: { source: anchor }, band: 0.2 }
}
