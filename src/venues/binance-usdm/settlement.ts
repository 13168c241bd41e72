/** Fills: what an account here got or gave, and what the exchange makes of it. */
import { assert, type Fill, type Leg, type Log } from '../../model/index.ts'
import { breaching, charge, unflag } from './closing.ts'
import { settle_unwind } from './fund.ts'
import { type Contract, DUST, type Exchange, is_flat, quantity_of, running, trade, wallet_of } from './state.ts'

/** @param leg −1 the taker's side, else that maker's */
export function settle_fill(x: Exchange, fill: Fill, leg: number, log: Log): void {
  const contract = x.contract_of[fill.market] ?? -1
  assert(contract >= 0, `market ${fill.market} settles at ${x.id}, which has no such contract`)
  const side = leg < 0 ? fill : (fill.legs[leg] as Leg)
  const row = side.party
  if (side.base === 0 && side.quote === 0) return
  const before = row < x.owned ? quantity_of(x, row, contract) : 0
  trade(x, row, contract, side.base, side.quote)
  if (before !== 0) clear_dust(x, row, contract, before)
  if (row < x.owned) x.book.touch(row)
  if (leg >= 0 || row === x.outside) return
  if (row === x.fund) return settle_unwind(x, side.base, side.quote, log)
  const at = running(x, row)
  if (at >= 0 && (x.liquidations.columns.order.data[at] as number) >= 0) settle_reduction(x, row, at, contract, side, log)
  else settle_own(x, row, contract, side.quote)
}

/** What rounding left of a position that was closed goes to `outside`: a position of 1e-15 coins has no sensible price. */
function clear_dust(x: Exchange, row: number, contract: number, before: number): void {
  const left = quantity_of(x, row, contract)
  if (left === 0 || Math.abs(left) > DUST * Math.abs(before)) return
  trade(x, row, contract, -left, 0)
  trade(x, x.outside, contract, left, 0)
}

/** An owner's own trade pays the taker fee. */
function settle_own(x: Exchange, row: number, contract: number, quote: number): void {
  const fee = Math.abs(quote) * (x.contracts[contract] as Contract).taker_fee
  x.accounts.columns.cash.add(row, -fee)
  x.desk.columns.fees.add(0, fee)
  x.accounts.columns.paid.set(row, 0)
}

/** The exchange's order against a scope was filled: its log row is completed, the fee taken, the scope tested again. */
function settle_reduction(x: Exchange, row: number, at: number, contract: number, side: Fill | Leg, log: Log): void {
  const c = x.liquidations.columns
  const order = c.order.data[at] as number
  c.order.set(at, -1)
  const notional = Math.abs(side.quote)
  const rows = log.columns
  rows.amount.set(order, Math.abs(side.base))
  rows.price.set(order, notional / Math.abs(side.base))
  rows.usd.set(order, notional * (x.desk.columns.usd.data[0] as number))

  const { cash } = x.accounts.columns
  const due = (c.fee.data[at] as number) + notional * (x.contracts[contract] as Contract).liquidation_fee
  const flat = is_flat(x, row)
  if (flat || x.procedure.fee.from === 'first') {
    charge(x, row, Math.min(due, Math.max(0, wallet_of(x, row))), order, log)
    c.fee.set(at, 0)
    if (flat ? (cash.data[row] as number) >= 0 : !breaching(x, row)) unflag(x, at)
    return
  }
  // Charged only if the scope stands it; otherwise the rest is closed first and nothing remains to take a fee from.
  c.fee.set(at, due)
  if (breaching(x, row)) return
  c.fee.set(at, 0)
  charge(x, row, due, order, log)
  unflag(x, at)
}
