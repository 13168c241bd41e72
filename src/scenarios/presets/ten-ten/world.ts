/** The world of ten-ten: two exchanges, a lender, one token whose price at one of them is its own book, from one draw. */
import { exp, log } from '../../../math/index.ts'
import { type FaultSpec, type KindSpec, SNAPSHOT_SCHEMA, type Snapshot } from '../../../model/index.ts'
import { Cast, EventDraw } from '../book.ts'
import { event_scenario, Loans, maker_book, Perps } from '../columns.ts'
import type { Draws, EventBuild } from '../event.ts'
import type { Name } from './priors.ts'
import { own_book, own_book_faults, pledged, STAKED, TOKENS, token_coins, token_indices, watch_tokens } from './tokens.ts'

export const ID = 'ten-ten'
/** 20:30 UTC. */
export const TIME = '2025-10-10T20:30:00Z'
const START_MS = 1_760_128_200_000
const MINUTE_MS = 60_000
/** Marks move every three seconds at the one exchange, every second at the other: as short as a run of half a minute allows. */
const TICK_MS = 5_000
const after = (hhmm: number): number => (Math.floor(hhmm / 100) - 20) * 60 + (hhmm % 100) - 30

/**
 * Coins: price at the start (of SOL and the basket only moves matter), liquidity within 1 % at a major exchange, share of open interest: that of what the
 * on-chain exchange deleveraged, 620.9, 458.0 and 276.2 of 2,103 M USD, assumed for both.
 */
const COINS = [
  { id: 'BTC', usd: 122_000, depth: 20e6, share: 0.295 },
  { id: 'ETH', usd: 4_346, depth: 8e6, share: 0.218 },
  { id: 'SOL', usd: 220, depth: 2.5e6, share: 0.131 },
  // Nine coins of the same liquidity stand for all others.
  { id: 'ALT', usd: 1, depth: 9 * 2.5e6, share: 0.356 },
] as const
/** Price of ETH while the token stood at its low. */
const ETH_AFTER = 3_800
/** Liquidity of all exchanges over that of a major one: the reference market's assumption. */
const VENUES = 8.7
const ASSETS = [...COINS.map(({ id }) => id), ...TOKENS.map(({ id }) => id), 'USDT']
const EXCHANGES = ['binance', 'hyperliquid'] as const

/** Prices as they were: what the forced sales of the day did is in them, so books of these coins are held to them. */
function paths(draws: Draws<Name>) {
  const falls = {
    BTC: log(draws.btc_low / 122_000),
    ETH: log(draws.eth_low / 4_346),
    SOL: log(1 - draws.sol_fall),
    ALT: log(1 - draws.alt_fall),
  }
  // Of the fall in ln price, what was left when the token fell; of the others it is taken to be the same.
  const left = log(ETH_AFTER / 4_346) / falls.ETH
  const hour = (hhmm: number) => after(hhmm) / 60
  const staked = STAKED.map(({ id, of, usd }) => ({ id, of, usd }))
  return Object.fromEntries(
    [...COINS.map(({ id, usd }) => ({ id, of: id, usd })), ...staked].map(({ id, of, usd }) => {
      const at = (share: number) => usd * exp(share * falls[of])
      const points = [
        [0, usd],
        [hour(2050), usd],
        [hour(2110), at(draws.first_leg)],
        [hour(2120), at(1)],
        [hour(2136), at(left)],
      ] as const
      return [id, points]
    }),
  )
}

export function build(draws: Draws<Name>, seed: number, without: readonly string[], thin: boolean): EventBuild {
  const story = {
    id: ID,
    title: 'BTC 122,000 → 103,500, other coins to −63 %, one token at 0.66 on one exchange',
    start_ms: START_MS,
    seed,
  }
  const { world, token_rows } = snapshot(draws, seed, without, thin)
  const minutes = (hhmm: number) => after(hhmm) * MINUTE_MS
  return {
    snapshot: world,
    watch: (opened) => watch_tokens(opened, token_rows, opened.time_ms + minutes(2136), opened.time_ms + minutes(2216)),
    scenario: event_scenario(story, { horizon_h: 2, tick_ms: thin ? MINUTE_MS : TICK_MS }, paths(draws), {
      faults: faults(without),
      pinned: COINS.map(({ id }) => id),
    }),
    notes: [
      'Accounts are synthetic. Coins are held to their paths, which have the forced sales of the day in them: a sale costs what the book gives from there and leaves no trace.',
      'Prices of USDE, WBETH and BNSOL at binance are faults of its feeds there alone: what their thin books did is fed, not run.',
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
    ...own_book_faults(at(2136), at(2216)).map((fault) => ['own-book', fault] as const),
  ]
  return all.filter(([cause]) => !without.includes(cause)).map(([, fault]) => fault)
}

/** Some 50,000 traders had positions at the on-chain exchange: of each coin and side. */
const TRADERS = 6_000
/** The largest that was liquidated there held 203 M USD of ETH: of the open interest in it. */
const LARGEST = 203 / (0.218 * 13_900)

/** Longs and shorts of one exchange; what shorts hold is what longs hold. */
function traders(draws: Draws<Name>, draw: EventDraw, cast: Cast, venue: (typeof EXCHANGES)[number], n: number) {
  const perps = new Perps()
  const token_rows = new Set<number>()
  const shorts = venue === 'binance' ? draws.short_leverage : draws.chain_short_leverage
  const interest = venue === 'binance' ? draws.binance_oi : draws.hyperliquid_oi
  COINS.forEach(({ id, usd, share }, c) => {
    for (const side of [1, -1] as const) {
      const name = `${venue}.${id}.${side}`
      const sizes = draw.shares(`${name}.size`, n, 1.1, LARGEST)
      for (let i = 0; i < n; i++) {
        const notional = interest * share * (sizes[i] as number)
        const median = side === 1 ? draws.long_leverage : shorts
        // Brackets let nobody hold 50 M USD at more than ten times his margin.
        const most = (is_major(id) ? 14 : 7) * Math.min(1, Math.sqrt(5e7 / notional))
        const least = side === 1 || venue === 'binance' ? 1 : 0.05
        const leverage = Math.max(least, Math.min(most, median * exp(0.6 * draw.of(`${name}.leverage`).normal(i))))
        const gain = side === 1 ? 0 : draws.short_gain * (id === 'BTC' ? 0 : 1)
        const entry = usd * (1 - side * gain)
        const quantity = (side * notional) / usd
        const margin = notional / leverage
        const token = venue === 'binance' && side === 1 && draw.of(`${name}.usde`).uniform(i) < draws.usde_share
        const wallet = margin - quantity * (usd - entry)
        const owner = cast.add('trader')
        if (token) {
          const { coin, per_usd } = pledged(draws, draw, name, i)
          token_rows.add(perps.owner.length)
          perps.add(owner, 2, 0.1 * margin, [[c, quantity, entry]], 0.9 * margin * per_usd, coin)
        } else
          perps.add(owner, draw.of(`${name}.isolated`).uniform(i) < 0.4 ? 1 : 0, Math.max(wallet, 0.01 * notional), [
            [c, quantity, entry],
          ])
        cast.endow(owner, 'USDT', 0.3 * margin * draw.of(`${name}.purse`).uniform(i))
      }
    }
  })
  return { perps, token_rows }
}

function loops(draws: Draws<Name>, draw: EventDraw, cast: Cast, n: number): Loans {
  const loans = new Loans()
  const sizes = draw.shares('loops.size', n, 1.1, 0.1)
  for (let i = 0; i < n; i++) {
    const debt = 500e6 * (sizes[i] as number)
    const health = draw.above('loops.health', i, draws.loops, 0.03, 1.005)
    loans.add(cast.add('looper'), { 0: [(health * debt) / LIMIT, 0], 1: [0, debt] })
  }
  return loans
}

/** What makers took away that day is known; no rule of theirs is added to it. */
const STEADY = { k_v: 0, k_i: 0, k_s: 0 }

function agents(draws: Draws<Name>): KindSpec[] {
  const ignore = draws.answers
  const sizes = [{ above_usd: 0, top_up: (1 - ignore) / 2, cut: (1 - ignore) / 2, ignore, automated: 0.3 }]
  const depth = (coin: (typeof COINS)[number]) => coin.depth * draws.depth
  return [
    // What is seized at the exchange is sold in its own book: nothing can leave it.
    { kind: 'liquidator', id: 'liquidator', markets: TOKENS.map(({ id }) => own_book(id)) },
    {
      kind: 'arbitrageur',
      id: 'arbitrageur',
      links: [...links(), { a: 'USDE-binance', b: 'USDE-USDT' }],
      capital_usd: 2e8,
      position_usd: 5e8,
    },
    {
      ...{ kind: 'market-maker', id: 'maker-spot', ...STEADY },
      books: [
        ...COINS.map((coin) => maker_book(`${coin.id}-USDT`, VENUES * depth(coin))),
        // Half of what lay in pools on chain: the side that buys.
        maker_book('USDE-USDT', 150e6),
        ...TOKENS.map(({ id, depth_usd }) => maker_book(own_book(id), depth_usd)),
      ],
    },
    ...EXCHANGES.map((venue) => ({
      ...{ kind: 'market-maker', id: `maker-${venue}`, ...STEADY },
      books: COINS.map((coin) => maker_book(`${coin.id}-PERP-${venue}`, 2 * depth(coin))),
    })),
    { kind: 'trader', id: 'trader', sizes },
    { kind: 'borrower', id: 'looper' },
    { kind: 'redeemer', id: 'redeemer', cash: 'USDT', redemptions: [{ market: 'USDE-issuer' }], markets: ['USDE-USDT'] },
  ]
}

const links = () => EXCHANGES.flatMap((venue) => COINS.map(({ id }) => ({ a: `${id}-PERP-${venue}`, b: `${id}-USDT` })))

function snapshot(draws: Draws<Name>, seed: number, without: readonly string[], thin: boolean) {
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
  for (const { id, usd } of TOKENS) cast.endow(maker, id, 10e9 / usd)
  for (const actor of [maker, arbitrageur]) cast.endow(actor, 'USDT', 100e9)
  cast.endow(cast.add('redeemer', 'redeemer-1'), 'USDT', 50e6)
  const makers = EXCHANGES.map((venue) => cast.add(`maker-${venue}`, `maker-${venue}`))
  const n = thin ? 60 : TRADERS
  const books = EXCHANGES.map((venue, k) => {
    const { perps, token_rows } = traders(draws, draw, cast, venue, n)
    perps.add(makers[k] as number, 0, 10e9, [])
    perps.add(arbitrageur, 0, 2e9, [])
    return { perps, token_rows }
  })
  const [first, second] = books as [(typeof books)[number], (typeof books)[number]]
  const lender = loops(draws, draw, cast, thin ? 30 : 200)
  // Holders of the tokens who owe nothing.
  TOKENS.forEach(({ usd }, k) => first.perps.add(cast.add('trader'), 2, 0, [], 500e6 / usd, k + 1))
  lender.add(cast.add('looper'), { 0: [500e6, 0] })
  const world: Snapshot = {
    schema: SNAPSHOT_SCHEMA,
    id: ID,
    title: 'Two exchanges and a lender on 10 October 2025',
    time_ms: START_MS,
    provenance: [
      {
        part: 'assets',
        evidence: 'observed',
        source: 'BTC 122,000, ETH 4,346 (Blockscope); SOL 220 and the basket at 1 are levels alone',
      },
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
      ...STAKED.map(({ id, usd }) => ({ id, price_usd: usd, beta: 1, reference: own_book(id) })),
      { id: 'USDT', price_usd: 1, beta: 0, numeraire: true },
    ],
    actors: cast.actors(),
    markets: [
      ...[...COINS.map(({ id }) => id), 'USDE'].map((base) => book(`${base}-USDT`, base)),
      ...TOKENS.map(({ id }) => book(own_book(id), id)),
      // More than 2 bn USD were redeemed in a day, at par.
      { kind: 'peg-module', id: 'USDE-issuer', base: 'USDE', quote: 'USDT', reserve: 2e9 },
      ...EXCHANGES.flatMap((venue) => COINS.map(({ id }) => ({ ...book(`${id}-PERP-${venue}`, id), settles: venue }))),
    ],
    oracles: token_indices(),
    venues: [binance(first.perps), hyperliquid(second.perps, draws.vault), pool(lender, without)],
    agents: agent_specs,
  }
  return { world, token_rows: first.token_rows }
}

const book = (id: string, base: string) => ({ kind: 'order-book', id, base, quote: 'USDT', permanent: 0, recovery_ms: 300_000 })
const index = (venue: string, id: string) => ({
  kind: 'index-price',
  id: `${id}-index-${venue}`,
  path: [{ market: `${id}-USDT` }],
})

const is_major = (id: string) => id === 'BTC' || id === 'ETH'

/** Brackets: the first of each of the published tables, and one for large positions. */
function binance(perps: Perps): KindSpec {
  return {
    kind: 'binance-usdm',
    id: 'binance',
    collateral: 'USDT',
    coins: [{ asset: 'USDT' }, ...token_coins()],
    fund: 1.23e9,
    contracts: COINS.map(({ id }) => ({
      market: `${id}-PERP-binance`,
      tiers: [
        { floor: 0, rate: is_major(id) ? 0.005 : 0.01 },
        { floor: 50e6, rate: is_major(id) ? 0.025 : 0.05 },
      ],
      index: index('binance', id),
    })),
    ...perps.columns(),
  }
}

function hyperliquid(perps: Perps, vault: number): KindSpec {
  const tiers = {
    BTC: [
      { floor: 0, rate: 0.0125 },
      { floor: 150e6, rate: 0.025 },
    ],
    ETH: [
      { floor: 0, rate: 0.02 },
      { floor: 100e6, rate: 1 / 30 },
    ],
    SOL: [
      { floor: 0, rate: 0.025 },
      { floor: 70e6, rate: 0.05 },
    ],
    ALT: [{ floor: 0, rate: 0.05 }],
  }
  return {
    kind: 'hyperliquid',
    id: 'hyperliquid',
    collateral: 'USDT',
    fund: vault,
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

/**
 * Parameters of the mode for USDE at Aave v3 Ethereum Core, July 2025: 90 %, 93 %, 2 %. It took the token for a dollar; with that left out it reads the
 * token's own market.
 */
const LIMIT = 0.93

function pool(loans: Loans, without: readonly string[]): KindSpec {
  const dollar = { kind: 'fixed', id: 'USDT/USD', price: 1 }
  const oracle = without.includes('dollar-feed') ? 'USDE-index' : { ...dollar, id: 'USDE/USD' }
  return {
    kind: 'aave-v3',
    id: 'aave',
    reserves: [
      { asset: 'USDE', ltv: 0.9, liquidation_threshold: LIMIT, liquidation_bonus: 0.02, cash: loans.idle(0), oracle },
      { asset: 'USDT', ltv: 0, liquidation_threshold: 0, cash: 500e6, oracle: dollar },
    ],
    ...loans.aave(),
  }
}
