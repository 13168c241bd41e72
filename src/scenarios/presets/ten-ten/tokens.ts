/** Tokens that one exchange took as margin at the price of its own book, on the evening of 10 October 2025. */
import type { World } from '../../../engine/index.ts'
import type { FaultSpec, KindSpec } from '../../../model/index.ts'
import type { EventDraw } from '../book.ts'
import type { Draws, Watch } from '../event.ts'
import type { Name } from './priors.ts'

/**
 * Coin of margin, what it is worth elsewhere, its low in the book of its own, and what counts of it. A staked coin stands for one of what was staked:
 * its exchange rate, a few per cent above 1, is left out. Shares of the value counted: that of USDe is published, those of the staked coins are taken
 * to be those of ETH and SOL.
 */
export const TOKENS = [
  { id: 'USDE', of: 'USDE', usd: 1, low: 0.6567, weight: 0.9999, depth_usd: 10e6 },
  { id: 'WBETH', of: 'ETH', usd: 4_346, low: 430, weight: 0.95, depth_usd: 5e6 },
  { id: 'BNSOL', of: 'SOL', usd: 220, low: 34.9, weight: 0.9, depth_usd: 5e6 },
] as const
/** Tokens that have no market but the one at the exchange. */
export const STAKED = [TOKENS[1], TOKENS[2]] as const
/** Of those who pledge a staked coin, the share whose coin is ETH: by the open interest in the two. */
const ETH_OF_STAKED = 0.218 / (0.218 + 0.131)

export const own_book = (id: string) => `${id}-binance`
/** Index of a token: its market elsewhere, or the market of what was staked. */
const index_of = (id: string) => `${id}-index`
export const token_indices = (): KindSpec[] =>
  TOKENS.map(({ id, of }) => ({ kind: 'index-price', id: index_of(id), path: [{ market: `${of}-USDT` }] }))
export const token_coins = () =>
  TOKENS.map(({ id, weight }) => ({ asset: id, price: index_of(id), weights: [{ floor: 0, weight }] }))

/** From 21:36 to 22:16 the exchange valued each at the low of its own book; at no other venue did anything happen to it. */
export const own_book_faults = (from_ms: number, to_ms: number): FaultSpec[] =>
  TOKENS.map(({ id, low }) => {
    return { kind: 'oracle', target: `oracle:${index_of(id)}@binance`, mode: 'value', value: low, from_ms, to_ms } as const
  })

/** Place among the coins of the exchange (0 is its own) of what somebody with tokens has, and how much of it counts for a dollar. */
export function pledged(draws: Draws<Name>, draw: EventDraw, name: string, i: number) {
  const staked = draw.of(`${name}.staked`).uniform(i) < draws.staked_share
  const coin = !staked ? 0 : draw.of(`${name}.token`).uniform(i) < ETH_OF_STAKED ? 1 : 2
  const { usd, weight } = TOKENS[coin] as (typeof TOKENS)[number]
  return { coin: coin + 1, per_usd: 1 / (usd * weight) }
}

/**
 * What accounts with tokens lost between the two times by being closed, and by tokens being taken, at prices of the end: what was paid back was the
 * difference between the price of liquidation and that of midnight.
 */
export function watch_tokens(world: World, rows: ReadonlySet<number>, from_ms: number, to_ms: number): Watch {
  const { log } = world.parts
  const figures = () => {
    const { time_ms, venue, account, asset, amount, price, usd } = log.columns
    let [lost, closed, taken] = [0, 0, 0]
    for (let row = 0; row < log.length; row++) {
      const kind = log.kind(row)
      if (venue.data[row] !== 0 || !rows.has(account.data[row] as number)) continue
      const at = time_ms.data[row] as number
      if (at < from_ms || at > to_ms) continue
      const paid = usd.data[row] as number
      const units = Math.abs(amount.data[row] as number)
      const end = world.fundamental[asset.data[row] as number] as number
      if (kind === 'liquidate') {
        taken += units * end
        lost += units * end - paid
      } else if (kind === 'reduce' || kind === 'takeover') {
        closed += paid
        // Only longs have tokens here.
        lost += units * (end - (price.data[row] as number))
      }
    }
    return { token_loss: lost, token_closed: closed, token_taken: taken }
  }
  return { tick() {}, figures }
}
