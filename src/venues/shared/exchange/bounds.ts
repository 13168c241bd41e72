/** How far the exchange's orders may go: market price limits, 0 for none. */
import type { Contract } from './contract.ts'
import { closing_side, market_price } from './instrument.ts'
import { bankruptcy_price, leg_maintenance } from './kernel.ts'
import { margin_ratio } from './procedure.ts'
import type { Reduction } from './rules.ts'
import { type Exchange, quantity_of } from './state.ts'

/** The price limit of an order against a row's position in a contract. */
export function order_limit(x: Exchange, row: number, contract: number, bound: Reduction['bound']): number {
  const of = x.contracts[contract] as Contract
  const q = quantity_of(x, row, contract)
  const mark = x.book.prices.data[contract] as number
  const side = closing_side(of, q)
  switch (bound.kind) {
    case 'none':
      return 0
    case 'band': {
      const at = of.shape === 'linear' ? mark : market_price(of, mark)
      return at * (1 + side * of.take_bound)
    }
    case 'bankruptcy':
      return as_limit(of, bankruptcy_price(x, row, contract, x.book.prices.data), side)
    case 'fillable':
      return as_limit(of, fillable_price(x, row, contract, q, mark, bound), side)
  }
}

/** A slot price as a limit of the market; what no market has becomes the furthest there is. */
function as_limit(of: Contract, slot: number, side: 1 | -1): number {
  const price = slot > 0 ? market_price(of, slot) : of.shape === 'inverse' ? Number.POSITIVE_INFINITY : 0
  if (price > 0 && price < Number.POSITIVE_INFINITY) return price
  // no limit for a sale at any price; a purchase at any price has none either
  return side < 0 && of.shape === 'inverse' ? Number.MAX_VALUE : 0
}

/**
 * Mark less (for a long) spread · maintenance rate · min(1, slope · (1 − equity ÷ maintenance)): the nearer to bankruptcy, the further
 * (dYdX v4 liquidations.go; derivatives reference §10.3).
 */
function fillable_price(x: Exchange, row: number, contract: number, q: number, mark: number, bound: Reduction['bound']): number {
  const near = Math.max(0, Math.min(1, bound.slope * (1 - margin_ratio(x, row))))
  const required = leg_maintenance(x, contract, Math.abs(q), mark)
  return mark - (near * bound.spread * required) / q
}
