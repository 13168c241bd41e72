/** Every kind of market. */
import type { Kind, Lawful, Market } from '../model/index.ts'
import { concentrated } from './concentrated.ts'
import { constantProduct } from './constant-product.ts'
import { excessDemand } from './excess-demand.ts'
import { orderBook } from './order-book.ts'
import { pegModule } from './peg-module.ts'
import { redemptionQueue } from './redemption-queue.ts'
import { riskLimit } from './risk-limit.ts'
import { stableSwap } from './stable-swap.ts'
import { virtualPool } from './virtual-pool.ts'
import { weighted } from './weighted.ts'

export const markets: readonly Kind<unknown, Market & Lawful>[] = [
  orderBook,
  constantProduct,
  concentrated,
  stableSwap,
  weighted,
  pegModule,
  redemptionQueue,
  virtualPool,
  excessDemand,
  riskLimit,
]
