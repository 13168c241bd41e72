/** The insurance fund of the bulk kernel: what it accepts, what its lots gain, how it sells them. */
import { type Bulk, type BulkLot, OUTSIDE_ROW, FUND_ROW, type Slippage } from './bulk-state.ts'

/** What the fund has, as far as it is spent already: equity at the mark, gross notional, units. */
export interface Purse {
  worth: number
  gross: number
  readonly held: Float64Array
}

export function purse_of(b: Bulk): Purse {
  const { cash, held } = b.fund
  let worth = cash
  let gross = 0
  for (let c = 0; c < b.contracts; c++) {
    worth += (held[c] as number) * (b.price[c] as number)
    gross += Math.abs(held[c] as number) * (b.price[c] as number)
  }
  return { worth, gross, held: held.slice() }
}

/** As `accept` of `fund.ts`: afterwards it keeps its reserve and is within its leverage. If it does, the purse is what is left. */
export function accepts(b: Bulk, purse: Purse, c: number, quantity: number, price: number): boolean {
  const { reserve = 0, leverage = 1 } = b.spec.fund
  const mark = b.price[c] as number
  const held = purse.held[c] as number
  const worth = purse.worth + quantity * (mark - price)
  const gross = purse.gross - Math.abs(held) * mark + Math.abs(held + quantity) * mark
  if (!(b.fund.balance > 0 && worth >= reserve)) return false
  // what makes its exposure smaller is always welcome
  if (!(gross <= leverage * worth) && gross > purse.gross) return false
  purse.worth = worth
  purse.gross = gross
  purse.held[c] = held + quantity
  return true
}

/** Books a gain on the balance; below 0 the fund cannot pay, and somebody outside does. */
export function gain(b: Bulk, amount: number): void {
  const { fund } = b
  fund.balance += amount
  if (!(fund.balance < 0)) return
  fund.cash -= fund.balance
  b.totals.unpaid -= fund.balance
  fund.balance = 0
}

/** Units of the fund's lots of one sign. */
export function lots_of(b: Bulk, c: number, sign: number): number {
  let sum = 0
  for (const lot of b.fund.lots) if (lot.contract === c && lot.quantity * sign > 0) sum += Math.abs(lot.quantity)
  return sum
}

/** Closes units of the fund's lots of one sign at a price, oldest first; there are enough. */
export function close_lots(b: Bulk, c: number, sign: number, amount: number, price: number): void {
  let left = amount
  b.fund.closed = true
  for (const lot of b.fund.lots) {
    if (!(left > 0)) break
    if (lot.contract !== c || !(lot.quantity * sign > 0)) continue
    const part = Math.min(left, Math.abs(lot.quantity))
    lot.quantity -= sign * part
    left -= part
    gain(b, sign * part * (price - lot.price))
  }
}

/** Lots that are gone are forgotten. */
export function sweep_lots(b: Bulk): void {
  const { fund } = b
  if (!fund.closed) return
  fund.closed = false
  const { lots } = fund
  let kept = 0
  for (let i = 0; i < lots.length; i++) {
    const lot = lots[i] as BulkLot
    if (lot.quantity !== 0) lots[kept++] = lot
  }
  lots.length = kept
}

/** |ln| by which an order of this notional moves its price, a ratio ≥ 0. */
export function impact_of(sale: Slippage, c: number, notional: number): number {
  const part = notional / (sale.depth[c] as number)
  return sale.factor * (sale.law === 'linear' ? part : Math.sqrt(part))
}

/** Mean of the impact along an order: half of a linear one, two thirds of a square root. */
export const mean_impact = (sale: Slippage, impact: number): number => (sale.law === 'linear' ? impact / 2 : (2 / 3) * impact)

/**
 * Sells what was taken over at earlier marks, all lots of one sign and contract in one order, at the mark less its mean impact. What
 * the balance cannot bear it does not sell. The buyers are outside. Says whether anything was sold.
 */
export function sell_lots(b: Bulk): boolean {
  const { sale } = b.spec
  if (sale === undefined || b.fund.lots.length === 0) return false
  let sold = false
  for (let c = 0; c < b.contracts; c++) for (const sign of [1, -1]) if (sell_side(b, sale, c, sign)) sold = true
  if (sold) sweep_lots(b)
  return sold
}

function sell_side(b: Bulk, sale: Slippage, c: number, sign: number): boolean {
  const { fund, totals } = b
  const mark = b.price[c] as number
  const is_due = (lot: BulkLot) => lot.contract === c && lot.quantity * sign > 0 && lot.mark < totals.marks
  let units = 0
  for (const lot of fund.lots) if (is_due(lot)) units += lot.quantity
  if (units === 0) return false
  const impact = mean_impact(sale, impact_of(sale, c, Math.abs(units) * mark))
  // a price stays above 0 however large the order
  const price = sign > 0 ? mark / (1 + impact) : mark * (1 + impact)
  let moved = 0
  for (const lot of fund.lots) {
    if (!is_due(lot)) continue
    const loss = Math.max(0, sign * (lot.price - price))
    const part = Math.min(Math.abs(lot.quantity), loss > 0 ? fund.balance / loss : Number.POSITIVE_INFINITY)
    if (!(part > 0)) continue
    lot.quantity -= sign * part
    fund.closed = true
    moved += part
    gain(b, sign * part * (price - lot.price))
    if (b.spec.record === true) b.events.push({ kind: 'sale', row: FUND_ROW, contract: c, amount: part, price })
  }
  if (!(moved > 0)) return false
  settle(b, OUTSIDE_ROW, c, sign * moved, price)
  settle(b, FUND_ROW, c, -sign * moved, price)
  b.flow[c] = (b.flow[c] as number) - sign * moved
  totals.sold += moved * price
  return true
}

/** Units received (+) or given (−) at a price. */
export function settle(b: Bulk, row: number, c: number, units: number, price: number): void {
  if (row === OUTSIDE_ROW) b.outside[c] = (b.outside[c] as number) + units
  else if (row === FUND_ROW) {
    b.fund.held[c] = (b.fund.held[c] as number) + units
    b.fund.cash -= units * price
  } else {
    const { cells, stride } = b
    const first = row * stride
    const at = first + 1 + 2 * c
    const after = (cells[at] as number) + units
    cells[at] = after
    if (after === 0) cells[at + 1] = 0
    cells[first] = (cells[first] as number) - units * price
  }
}
