/** A small world of an event: coins with one book each against the dollar, a maker, a liquidator, borrowers, and what the event adds. */
import { type KindSpec, type Provenance, SNAPSHOT_SCHEMA, type Snapshot } from '../../model/index.ts'
import { Cast, EventDraw } from './book.ts'
import { type Loans, maker_book } from './columns.ts'
import type { EventSource } from './event.ts'

export interface SmallCoin {
  readonly id: string
  readonly usd: number
  /** Liquidity within 1 % on each side of the book in which it is sold, USD. */
  readonly depth_usd: number
  /** That book; absent: COIN-USD. With it nobody trades in COIN-USD, which follows the path and is what feeds read. */
  readonly book?: string
}

const book_of = ({ id, book }: SmallCoin): string => book ?? `${id}-USD`

export interface SmallParts {
  readonly venues: readonly KindSpec[]
  readonly markets?: readonly KindSpec[]
  readonly oracles?: readonly KindSpec[]
}

/** Loans on one collateral, drawn: sizes by a power law, health by a log-normal law cut off below. Assets by position in the lender's list. */
export interface DrawnLoans {
  /** Prefix of the draws' names; '' for the only ones of a world. */
  readonly name?: string
  readonly agent?: string
  readonly count: number
  /** Units owed by all together, and the largest part of it that one owes. */
  readonly owed: number
  readonly largest: number
  /** Median of the health, its spread in logs, and the least. */
  readonly health: readonly [median: number, sigma: number, least: number]
  /** Is the distance from 1 drawn by that law, instead of the health itself? */
  readonly over_one?: boolean
  /** Units put in per unit owed at a health of 1. */
  readonly backing: number
  readonly emode?: number
  /** Money aside: an asset, and the most of it as a share of what is owed. */
  readonly purse?: readonly [asset: string, most: number]
}

/** Owners of a loan who all ignore, or answer with this share. */
export const answering = (answer: number) => {
  return [{ above_usd: 0, top_up: answer / 2, repay: answer / 2, cut: 0, ignore: 1 - answer, automated: 0.3 }]
}

export class SmallWorld {
  readonly draw: EventDraw
  readonly cast: Cast
  private readonly id: string
  private readonly coins: readonly SmallCoin[]
  private readonly agents: readonly KindSpec[]

  /** @param more agents of the event; `borrower` must be among them if anybody is to be one */
  constructor(id: string, seed: number, coins: readonly SmallCoin[], more: readonly KindSpec[], flash_fee = 0.0009) {
    this.id = id
    this.coins = coins
    this.draw = new EventDraw(id, seed)
    this.agents = [
      { kind: 'liquidator', id: 'liquidator', markets: coins.map(book_of), flash_fee },
      { kind: 'market-maker', id: 'maker', books: coins.map((coin) => maker_book(book_of(coin), coin.depth_usd)) },
      ...more,
    ]
    this.cast = new Cast(this.agents, [...coins.map((coin) => coin.id), 'USD'])
    this.cast.add('liquidator', 'liquidator-1')
    const maker = this.cast.add('maker', 'maker')
    for (const coin of coins) {
      this.cast.endow(maker, coin.id, (200 * coin.depth_usd) / coin.usd)
      this.cast.endow(maker, 'USD', 200 * coin.depth_usd)
    }
  }

  /** Adds drawn loans to a lender's: collateral is its first asset, debt its second. */
  lend(loans: Loans, drawn: DrawnLoans): void {
    const { name, agent = 'borrower', count, owed, backing, emode = 0, purse, over_one = false } = drawn
    const of = (what: string) => (name === undefined ? what : `${name}.${what}`)
    const [median, sigma, least] = drawn.health
    const sizes = this.draw.shares(of('size'), count, 1.1, drawn.largest)
    for (let i = 0; i < count; i++) {
      const debt = owed * (sizes[i] as number)
      const health = (over_one ? 1 : 0) + this.draw.above(of(over_one ? 'buffer' : 'health'), i, median, sigma, least)
      const owner = this.cast.add(agent)
      loans.add(owner, { 0: [health * debt * backing, 0], 1: [0, debt] }, emode)
      if (purse !== undefined) this.cast.endow(owner, purse[0], purse[1] * debt * this.draw.of(of('purse')).uniform(i))
    }
  }

  private books(): KindSpec[] {
    const book = { kind: 'order-book', quote: 'USD', permanent: 0, recovery_ms: 300_000 }
    const own = this.coins.filter((coin) => coin.book !== undefined)
    return [
      ...this.coins.map(({ id }) => ({ ...book, id: `${id}-USD`, base: id })),
      ...own.map((coin) => ({ ...book, id: book_of(coin), base: coin.id })),
    ]
  }

  snapshot(title: string, time_ms: number, provenance: readonly Provenance[], parts: SmallParts): Snapshot {
    const { markets = [], oracles = [], venues } = parts
    return {
      schema: SNAPSHOT_SCHEMA,
      id: this.id,
      title,
      time_ms,
      provenance,
      assets: [
        ...this.coins.map(({ id, usd }) => ({ id, price_usd: usd, beta: 0, reference: `${id}-USD` })),
        { id: 'USD', price_usd: 1, beta: 0, numeraire: true },
      ],
      actors: this.cast.actors(),
      markets: [...this.books(), ...markets],
      oracles,
      venues,
      agents: this.agents,
    }
  }
}

/** A feed of a coin's book that reports in the tick after a change of half a per cent. */
export const feed = (coin: string, deviation = 0.005): KindSpec => ({
  kind: 'chainlink',
  id: `${coin}/USD`,
  path: [{ market: `${coin}-USD` }],
  deviation,
  heartbeat_ms: 3_600_000,
  delay_ms: 1_000,
  phase_ms: 0,
})

/** A dollar is a dollar. */
export const PAR: KindSpec = { kind: 'fixed', id: 'USD/USD', price: 1 }

/** Sources of a preset of which no figure could be looked up. */
export const assumed = (page: string): EventSource[] => [
  { what: 'everything: assumptions after what was told at the time', title: 'assumption: no source was at hand', url: page },
]
/** Why such a preset asserts nothing. */
export const ALL_ASSUMED = 'everything fed is an assumption: no source of its figures was at hand'

/** How the parts of such a world are known. */
export const drawn = (assets = 'assets', venues = 'drawn'): Provenance[] => [
  { part: assets, evidence: 'synthetic', source: 'assumption' },
  { part: 'venues', evidence: 'synthetic', source: venues },
  { part: 'markets', evidence: 'synthetic', source: 'drawn' },
]

/** A lender by the rules of Compound’s second version, which keeps nothing of what is seized. */
export const compound = (
  id: string,
  terms: { readonly close_factor: number; readonly incentive: number },
  markets: readonly object[],
  loans: Loans,
): KindSpec => ({ kind: 'compound-v2', id, ...terms, seize_share: 0, markets, ...loans.compound() })
