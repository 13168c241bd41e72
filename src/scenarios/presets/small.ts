/** A small world of an event: coins with one book each against the dollar, a maker, a liquidator, borrowers, and what the event adds. */
import { type KindSpec, type Provenance, SNAPSHOT_SCHEMA, type Snapshot } from '../../model/index.ts'
import { Cast, EventDraw } from './book.ts'
import { maker_book } from './columns.ts'

export interface SmallCoin {
  readonly id: string
  readonly usd: number
  /** Liquidity within 1 % on each side of COIN-USD, USD. */
  readonly depth_usd: number
}

export interface SmallParts {
  readonly venues: readonly KindSpec[]
  readonly markets?: readonly KindSpec[]
  readonly oracles?: readonly KindSpec[]
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
      { kind: 'liquidator', id: 'liquidator', markets: coins.map((coin) => `${coin.id}-USD`), flash_fee },
      { kind: 'market-maker', id: 'maker', books: coins.map((coin) => maker_book(`${coin.id}-USD`, coin.depth_usd)) },
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

  snapshot(title: string, time_ms: number, provenance: readonly Provenance[], parts: SmallParts): Snapshot {
    const { markets = [], oracles = [], venues } = parts
    const book = { kind: 'order-book', quote: 'USD', permanent: 0, recovery_ms: 300_000 }
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
      markets: [...this.coins.map(({ id }) => ({ ...book, id: `${id}-USD`, base: id })), ...markets],
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
