/** The world of ten-ten: two exchanges, a lender, one token whose price at one of them is its own book, from one draw. */
import { exp, log } from '../../../math/index.ts'
import { type FaultSpec, type KindSpec, SNAPSHOT_SCHEMA, type Snapshot } from '../../../model/index.ts'
import { Cast, EventDraw } from '../book.ts'
import { event_scenario, Loans, maker_book, Perps } from '../columns.ts'
import type { Draws, EventBuild } from '../event.ts'
import type { Name } from './priors.ts'

export const ID = 'ten-ten'
/** 20:30 UTC. */
export const TIME = '2025-10-10T20:30:00Z'
const START_MS = 1_760_128_200_000
const MINUTE_MS = 60_000
const after = (hhmm: number): number => (Math.floor(hhmm / 100) - 20) * 60 + (hhmm % 100) - 30

/** Coins: price at the start, fall, liquidity within 1 % over the exchanges that hang together, share of open interest. */
const COINS = [
  // 122,000 → 103,500, the middle of 102,000 to 105,000.
  { id: 'BTC', usd: 122_000, fall: 1 - 103.5 / 122, depth: 20e6, share: 0.4 },
  { id: 'ETH', usd: 4_350, fall: 0, depth: 8e6, share: 0.25 },
  // Mean low of altcoins −63 %. Ten of them hold most of the open interest.
  { id: 'ALT', usd: 1, fall: 0.63, depth: 10 * 2.5e6, share: 0.35 },
] as const
/** Liquidity of all exchanges over that of a major one: the reference market's assumption. */
const VENUES = 8.7
const USDE_LOW = 0.6567
const ASSETS = ['BTC', 'ETH', 'ALT', 'USDE', 'USDT']
const EXCHANGES = ['binance', 'hyperliquid'] as const

export function build(draws: Draws<Name>, seed: number, without: readonly string[], thin: boolean): EventBuild {
  const fall = (coin: (typeof COINS)[number]) => draws.outside * log(1 - (coin.id === 'ETH' ? draws.eth_fall : coin.fall))
  const paths = Object.fromEntries(
    COINS.map((coin) => {
      const at = (share: number) => coin.usd * exp(share * fall(coin))
      const points = [
        [0, 1],
        [after(2050) / 60, at(0)],
      ] as [number, number][]
      points[0] = [0, coin.usd]
      return [coin.id, [...points, [after(2110) / 60, at(draws.first_leg)], [after(2120) / 60, at(1)]] as const]
    }),
  )
  const story = {
    id: ID,
    title: 'BTC 122,000 → 103,500, altcoins −63 %, one token at 0.66 on one exchange',
    start_ms: START_MS,
    seed,
  }
  return {
    snapshot: snapshot(draws, seed, thin),
    scenario: event_scenario(story, { horizon_h: 2, tick_ms: thin ? MINUTE_MS : 20_000 }, paths, { faults: faults(without) }),
    notes: [
      'Accounts are synthetic. Of the observed fall a drawn share is fed, the rest is left to forced sales.',
      'The price of USDE at binance is a fault of its feed there alone: what its thin book did is fed, not run.',
    ],
  }
}

function faults(without: readonly string[]): FaultSpec[] {
  const at = (hhmm: number) => after(hhmm) * MINUTE_MS
  const books = ['USDT', 'PERP-binance', 'PERP-hyperliquid'].flatMap((end) => COINS.map(({ id }) => `market:${id}-${end}`))
  const all: (readonly [cause: string, FaultSpec])[] = [
    [
      'depth',
      {
        kind: 'depth',
        target: books[0] as string,
        targets: books.slice(1),
        value: 0.1,
        from_ms: at(2105),
        to_ms: at(2215),
        ramp_ms: 10 * MINUTE_MS,
        fade_ms: 30 * MINUTE_MS,
      },
    ],
    ['transfers', { kind: 'halt', target: 'transfer', from_ms: at(2118), to_ms: at(2151), value: 0 }],
    [
      'own-book',
      { kind: 'oracle', target: 'oracle:USDE-index@binance', mode: 'value', value: USDE_LOW, from_ms: at(2136), to_ms: at(2216) },
    ],
  ]
  return all.filter(([cause]) => !without.includes(cause)).map(([, fault]) => fault)
}

/** Longs and shorts of one exchange; what shorts hold is what longs hold. */
function traders(draws: Draws<Name>, draw: EventDraw, cast: Cast, venue: (typeof EXCHANGES)[number], n: number): Perps {
  const perps = new Perps()
  const interest = venue === 'binance' ? draws.binance_oi : draws.hyperliquid_oi
  COINS.forEach(({ id, usd, share }, c) => {
    for (const side of [1, -1] as const) {
      const name = `${venue}.${id}.${side}`
      const sizes = draw.shares(`${name}.size`, n, 1.1, 0.03)
      for (let i = 0; i < n; i++) {
        const notional = interest * share * (sizes[i] as number)
        const median = side === 1 ? draws.long_leverage : draws.short_leverage
        // Brackets let nobody hold 50 M USD at more than ten times his margin.
        const most = (id === 'ALT' ? 7 : 14) * Math.min(1, Math.sqrt(5e7 / notional))
        const leverage = Math.max(1, Math.min(most, median * exp(0.6 * draw.of(`${name}.leverage`).normal(i))))
        const gain = side === 1 ? 0 : draws.short_gain * (id === 'BTC' ? 0 : 1)
        const entry = usd * (1 - side * gain)
        const quantity = (side * notional) / usd
        const margin = notional / leverage
        const token = venue === 'binance' && side === 1 && draw.of(`${name}.usde`).uniform(i) < draws.usde_share
        const wallet = margin - quantity * (usd - entry)
        const owner = cast.add('trader')
        if (token) perps.add(owner, 2, 0.1 * margin, [[c, quantity, entry]], 0.9 * margin)
        else
          perps.add(owner, draw.of(`${name}.isolated`).uniform(i) < 0.4 ? 1 : 0, Math.max(wallet, 0.01 * notional), [
            [c, quantity, entry],
          ])
        cast.endow(owner, 'USDT', 0.3 * margin * draw.of(`${name}.purse`).uniform(i))
      }
    }
  })
  return perps
}

function loops(draws: Draws<Name>, draw: EventDraw, cast: Cast, n: number): Loans {
  const loans = new Loans()
  const sizes = draw.shares('loops.size', n, 1.1, 0.1)
  for (let i = 0; i < n; i++) {
    const debt = 500e6 * (sizes[i] as number)
    const health = draw.above('loops.health', i, draws.loops, 0.03, 1.005)
    loans.add(cast.add('looper'), { 0: [(health * debt) / 0.9, 0], 1: [0, debt] })
  }
  return loans
}

function agents(draws: Draws<Name>): KindSpec[] {
  const ignore = draws.answers
  const sizes = [{ above_usd: 0, top_up: (1 - ignore) / 2, cut: (1 - ignore) / 2, ignore, automated: 0.3 }]
  const depth = (coin: (typeof COINS)[number]) => coin.depth * draws.depth
  return [
    // What is seized at the exchange is sold in its own book: nothing can leave it.
    { kind: 'liquidator', id: 'liquidator', markets: ['USDE-binance'] },
    {
      kind: 'arbitrageur',
      id: 'arbitrageur',
      links: [...links(), { a: 'USDE-binance', b: 'USDE-USDT' }],
      capital_usd: 2e8,
      position_usd: 5e8,
    },
    {
      kind: 'market-maker',
      id: 'maker-spot',
      books: [
        ...COINS.map((coin) => maker_book(`${coin.id}-USDT`, VENUES * depth(coin))),
        maker_book('USDE-USDT', 50e6),
        maker_book('USDE-binance', 10e6),
      ],
    },
    ...EXCHANGES.map((venue) => ({
      kind: 'market-maker',
      id: `maker-${venue}`,
      books: COINS.map((coin) => maker_book(`${coin.id}-PERP-${venue}`, 2 * depth(coin))),
    })),
    { kind: 'trader', id: 'trader', sizes },
    { kind: 'borrower', id: 'looper' },
  ]
}

const links = () => EXCHANGES.flatMap((venue) => COINS.map(({ id }) => ({ a: `${id}-PERP-${venue}`, b: `${id}-USDT` })))

function snapshot(draws: Draws<Name>, seed: number, thin: boolean): Snapshot {
  const draw = new EventDraw(ID, seed)
  const agent_specs = agents(draws)
  const cast = new Cast(agent_specs, ASSETS)
  cast.add('liquidator', 'liquidator-1')
  const arbitrageur = cast.add('arbitrageur', 'arbitrageur-1')
  const maker = cast.add('maker-spot', 'maker-spot')
  for (const coin of COINS) {
    cast.endow(maker, coin.id, (200 * VENUES * coin.depth * draws.depth) / coin.usd)
    cast.endow(arbitrageur, coin.id, 5e8 / coin.usd)
  }
  cast.endow(maker, 'USDE', 10e9)
  for (const actor of [maker, arbitrageur]) cast.endow(actor, 'USDT', 100e9)
  const makers = EXCHANGES.map((venue) => cast.add(`maker-${venue}`, `maker-${venue}`))
  const n = thin ? 60 : 250
  const books = EXCHANGES.map((venue, k) => {
    const perps = traders(draws, draw, cast, venue, n)
    perps.add(makers[k] as number, 0, 10e9, [])
    perps.add(arbitrageur, 0, 2e9, [])
    return perps
  })
  const lender = loops(draws, draw, cast, thin ? 30 : 200)
  // Holders of the token who owe nothing.
  books[0]?.add(cast.add('trader'), 2, 0, [], 500e6)
  lender.add(cast.add('looper'), { 0: [500e6, 0] })
  return {
    schema: SNAPSHOT_SCHEMA,
    id: ID,
    title: 'Two exchanges and a lender on 10 October 2025',
    time_ms: START_MS,
    provenance: [
      { part: 'assets', evidence: 'observed', source: 'BTC 122,000; ETH 4,350 is an assumption, ALT a basket at 1' },
      { part: 'venues', evidence: 'synthetic', source: 'drawn; insurance fund of binance: its own statement' },
      {
        part: 'markets',
        evidence: 'inferred',
        source: '1 % depth of a major exchange (Kaiko via CoinDesk) times 8.7 effective venues',
      },
    ],
    assets: [
      ...COINS.map(({ id, usd }) => ({ id, price_usd: usd, beta: 1, reference: `${id}-USDT` })),
      { id: 'USDE', price_usd: 1, beta: 0, reference: 'USDE-USDT' },
      { id: 'USDT', price_usd: 1, beta: 0, numeraire: true },
    ],
    actors: cast.actors(),
    markets: [
      ...ASSETS.slice(0, 4).map((base) => book(`${base}-USDT`, base)),
      book('USDE-binance', 'USDE'),
      ...EXCHANGES.flatMap((venue) => COINS.map(({ id }) => ({ ...book(`${id}-PERP-${venue}`, id), settles: venue }))),
    ],
    oracles: [{ kind: 'index-price', id: 'USDE-index', path: [{ market: 'USDE-USDT' }] }],
    venues: [binance(books[0] as Perps), hyperliquid(books[1] as Perps), pool(lender)],
    agents: agent_specs,
  }
}

const book = (id: string, base: string) => ({ kind: 'order-book', id, base, quote: 'USDT', permanent: 0, recovery_ms: 300_000 })
const index = (venue: string, id: string) => ({
  kind: 'index-price',
  id: `${id}-index-${venue}`,
  path: [{ market: `${id}-USDT` }],
})

/** Brackets: the first of each of the published tables, and one for large positions. */
function binance(perps: Perps): KindSpec {
  return {
    kind: 'binance-usdm',
    id: 'binance',
    collateral: 'USDT',
    coins: [{ asset: 'USDT' }, { asset: 'USDE', price: 'USDE-index' }],
    fund: 1.23e9,
    contracts: COINS.map(({ id }) => ({
      market: `${id}-PERP-binance`,
      tiers: [
        { floor: 0, rate: id === 'ALT' ? 0.01 : 0.005 },
        { floor: 50e6, rate: id === 'ALT' ? 0.05 : 0.025 },
      ],
      index: index('binance', id),
    })),
    ...perps.columns(),
  }
}

function hyperliquid(perps: Perps): KindSpec {
  const tiers = {
    BTC: [
      { floor: 0, rate: 0.0125 },
      { floor: 150e6, rate: 0.025 },
    ],
    ETH: [
      { floor: 0, rate: 0.02 },
      { floor: 100e6, rate: 1 / 30 },
    ],
    ALT: [{ floor: 0, rate: 0.05 }],
  }
  return {
    kind: 'hyperliquid',
    id: 'hyperliquid',
    collateral: 'USDT',
    // The vault that stands behind it: 0.4 to 0.6 bn USD, from memory; an assumption.
    fund: 0.5e9,
    partial_above: 100_000,
    partial_share: 0.2,
    cooldown_ms: 30_000,
    backstop_below: 2 / 3,
    vault_leverage: 10,
    vault_reserve: 0,
    vault_unwind: 'market',
    contracts: COINS.map(({ id }) => ({
      market: `${id}-PERP-hyperliquid`,
      tiers: tiers[id],
      liquidation_fee: 0,
      taker_fee: 0.00045,
      take_bound: 0.8,
      mark: { parts: ['basis', 'last', 'index'], ema_ms: 150_000 },
      funding: { interval_ms: 3_600_000, cap: 0.04, average: 'mean', paid_on: 'index' },
      index: index('hyperliquid', id),
    })),
    ...perps.columns(),
  }
}

/** The lender reads the token’s own market, as the exchange without the flaw would have. */
function pool(loans: Loans): KindSpec {
  const reserve = { liquidation_bonus: 0.04 }
  return {
    kind: 'aave-v3',
    id: 'aave',
    reserves: [
      { ...reserve, asset: 'USDE', ltv: 0.88, liquidation_threshold: 0.9, cash: loans.idle(0), oracle: 'USDE-index' },
      { asset: 'USDT', ltv: 0, liquidation_threshold: 0, cash: 500e6, oracle: { kind: 'fixed', id: 'USDT/USD', price: 1 } },
    ],
    ...loans.aave(),
  }
}
