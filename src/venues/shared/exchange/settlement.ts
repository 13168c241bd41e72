/** Fills: what an account here got or gave, and what the exchange makes of it. */
import { assert, type Fill, type Leg, type Log } from '../../../model/index.ts'
import { charge, unflag } from './closing.ts'
import type { Contract } from './contract.ts'
import { pay_fund, settle_unwind } from './fund.ts'
import { coins_in, slot_price, units_in } from './instrument.ts'
import { unit_price } from './pooled.ts'
import { breaching } from './procedure.ts'
import {
  add_cash,
  cash_of,
  DUST,
  type Exchange,
  is_flat,
  is_fund,
  is_pooled,
  quantity_of,
  running,
  trade,
  usd_of,
  wallet_in,
} from './state.ts'

/** @param leg −1 the taker's side, else that maker's */
export function settle_fill(x: Exchange, fill: Fill, leg: number, log: Log): void {
  const contract = x.contract_of[fill.market] ?? -1
  assert(contract >= 0, `market ${fill.market} settles at ${x.id}, which has no such contract`)
  const side = leg < 0 ? fill : (fill.legs[leg] as Leg)
  const row = side.party
  if (side.base === 0 && side.quote === 0) return
  const of = x.contracts[contract] as Contract
  const units = units_in(of, side)
  const coins = coins_in(of, side)
  const before = row < x.owned ? quantity_of(x, row, contract) : 0
  trade(x, row, contract, units, coins)
  if (before !== 0) clear_dust(x, row, contract, before)
  if (row < x.owned) x.book.touch(row)
  if (leg >= 0) return pay_maker(x, row, of, coins)
  if (row === x.outside) return
  if (is_fund(x, row)) return settle_unwind(x, units, coins, log)
  const at = running(x, row)
  if (at >= 0 && (x.liquidations.columns.order.data[at] as number) >= 0) settle_reduction(x, row, at, contract, side, log)
  else settle_own(x, row, of, coins)
}

function pay_maker(x: Exchange, row: number, of: Contract, coins: number): void {
  if (of.maker_fee === 0 || row >= x.owned) return
  const fee = Math.abs(coins) * of.maker_fee
  add_cash(x, row, of.coin, -fee)
  x.coin.columns.fees.add(of.coin, fee)
}

/** What rounding left of a position that was closed goes to `outside`: a position of 1e-15 coins has no sensible price. */
function clear_dust(x: Exchange, row: number, contract: number, before: number): void {
  const left = quantity_of(x, row, contract)
  if (left === 0 || Math.abs(left) > DUST * Math.abs(before)) return
  trade(x, row, contract, -left, 0)
  trade(x, x.outside, contract, left, 0)
}

function pay_taker(x: Exchange, row: number, of: Contract, coins: number): void {
  const fee = Math.abs(coins) * of.taker_fee
  add_cash(x, row, of.coin, -fee)
  x.coin.columns.fees.add(of.coin, fee)
}

/** An owner's own trade pays the taker fee. */
function settle_own(x: Exchange, row: number, of: Contract, coins: number): void {
  pay_taker(x, row, of, coins)
  x.accounts.columns.paid.set(row, 0)
}

/** Liquidation fee on what an order closed, coins. */
function fee_on(x: Exchange, row: number, at: number, of: Contract, side: Fill | Leg): number {
  const notional = Math.abs(coins_in(of, side))
  const { base } = x.rules.fee
  if (base === 'none' || base === 'bankruptcy') return 0
  const fee = notional * of.liquidation_fee
  if (base === 'notional') return fee
  const limit = x.liquidations.columns.limit.data[at] as number
  // what the fill was better than the order's limit
  const better = limit > 0 ? Math.abs(notional - Math.abs(units_in(of, side)) * slot_price(of, limit)) : notional
  return Math.min(fee, better)
}

/** The exchange's order against a scope was filled: its log row is completed, the fee taken, the scope tested again. */
function settle_reduction(x: Exchange, row: number, at: number, contract: number, side: Fill | Leg, log: Log): void {
  const of = x.contracts[contract] as Contract
  const c = x.liquidations.columns
  const order = c.order.data[at] as number
  c.order.set(at, -1)
  const notional = Math.abs(coins_in(of, side))
  const rows = log.columns
  rows.amount.set(order, Math.abs(side.base))
  rows.price.set(order, Math.abs(side.quote) / Math.abs(side.base))
  rows.usd.set(order, notional * usd_of(x, contract))
  if (x.rules.fee.taker) pay_taker(x, row, of, notional)
  const unit = is_pooled(x, row) ? unit_price(x, of.coin, x.book.prices.data) : 1
  c.filled.set(at, (c.filled.data[at] as number) + Math.abs(units_in(of, side)))
  c.time_ms.set(at, x.desk.columns.time_ms.data[0] as number)
  c.spent.set(at, (c.spent.data[at] as number) + notional * unit)

  if (x.rules.fee.base === 'bankruptcy') return settle_against_bankruptcy(x, row, at, contract, side, order, log)
  const due = (c.fee.data[at] as number) + fee_on(x, row, at, of, side) * unit
  const flat = is_flat(x, row)
  if (flat || x.rules.fee.from === 'first') {
    charge(x, row, contract, Math.min(due / unit, Math.max(0, wallet_in(x, row, of.coin))), order, log)
    c.fee.set(at, 0)
    if (flat ? cash_of(x, row) >= 0 : !breaching(x, row)) unflag(x, at)
    return
  }
  // Charged only if the scope stands it; otherwise the rest is closed first and nothing remains to take a fee from.
  c.fee.set(at, due)
  if (breaching(x, row)) return
  c.fee.set(at, 0)
  charge(x, row, contract, due / unit, order, log)
  unflag(x, at)
}

/**
 * What an order got beyond the bankruptcy price belongs to the account, less a fee from it; what it got less the fund pays
 * (dYdX v4 liquidations.go; derivatives reference §10.3). The order's limit has seen to it that the fund can.
 */
function settle_against_bankruptcy(
  x: Exchange,
  row: number,
  at: number,
  contract: number,
  side: Fill | Leg,
  order: number,
  log: Log,
): void {
  const of = x.contracts[contract] as Contract
  const c = x.liquidations.columns
  const gain = coins_in(of, side) + units_in(of, side) * (c.zero.data[at] as number)
  if (gain > 0) charge(x, row, contract, Math.min(gain, Math.abs(coins_in(of, side)) * of.liquidation_fee), order, log)
  else if (gain < 0) {
    // whose last position it was is left with exactly nothing
    const paid = is_flat(x, row) && !is_pooled(x, row) ? Math.min(0, cash_of(x, row)) : gain
    x.funds.columns.lost.add(of.fund, -paid)
    pay_fund(x, of.fund, row, paid, { account: row, market: of.market, cause: order }, log)
  }
  if (is_flat(x, row) ? cash_of(x, row) >= 0 : !breaching(x, row)) unflag(x, at)
}
