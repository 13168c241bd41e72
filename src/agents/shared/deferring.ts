/** Markets that pay later, as agents see them. */
import type { Market, Order } from '../../model/index.ts'

/** What an order that is paid later brings, and after how long, as it looks now; +Infinity where no end is in sight. */
export interface Later {
  readonly amount: number
  readonly delay_ms: number
}

interface Deferring {
  later(order: Order): Later
}

/** The market as one that pays later; undefined for one whose fills give at once. */
export const deferring = (market: Market): Deferring | undefined =>
  'later' in market ? (market as unknown as Deferring) : undefined
