import type { Order } from '../../model/index.ts'

/** What an order that is paid later brings, and after how long, as it looks now; +Infinity where no end is in sight. */
export interface Later {
  readonly amount: number
  readonly delay_ms: number
}

/** A market whose fills give nothing at once: what is owed is paid in `recover`, as legs to whoever asked for it. */
export interface Deferring {
  later(order: Order): Later
}
