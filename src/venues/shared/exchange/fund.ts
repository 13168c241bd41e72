/**
 * Insurance funds and backstop vaults. A fund's money and its positions are one account: balance = cash + Σ lot units · lot price,
 * so a lot sold above its takeover price raises the balance. It never falls below 0: what it cannot pay is a loss nobody covers
 * (`losses.ts`).
 */
import { type Action, applied, type Log, type Result, type Row, refused } from '../../../model/index.ts'
import { closing_side, exact_side, market_price, slot_price } from './instrument.ts'
import { equity } from './kernel.ts'
import { share_out } from './losses.ts'
import { note_peak, peak } from './peaks.ts'
import { add_cash, blocks_of, DUST, type Exchange, fund_row, quantity_of, trade } from './state.ts'
import type { Contract } from './contract.ts'

/** What a fund has: equity with its positions at the mark, their gross notional, units by contract, signed; and its own row's number. */
export interface Capacity {
  readonly fund: number
  worth: number
  gross: number
  lost: number
  readonly held: Float64Array
}

export function capacity_of(x: Exchange, fund = 0): Capacity {
  const held = new Float64Array(x.contracts.length)
  let gross = 0
  for (let c = 0; c < held.length; c++) {
    if ((x.contracts[c] as Contract).fund !== fund) continue
    held[c] = quantity_of(x, x.fund + fund, c)
    gross += Math.abs(held[c] as number) * (x.book.prices.data[c] as number)
  }
  const worth = fund_equity(x, fund)
  return { fund, worth, gross, lost: x.funds.columns.lost.data[fund] as number, held }
}

/** Equity of a fund at the mark, its coin. */
export function fund_equity(x: Exchange, fund: number): number {
  return equity(x, x.fund + fund, x.book.prices.data)
}

/** Loss in one contract since its best in the window ÷ the fund's peak. */
export function contract_drawdown(x: Exchange, contract: number, worth_change = 0): number {
  const rule = x.rules.fund.contract_drawdown
  if (rule === undefined) return 0
  const { fund } = x.contracts[contract] as Contract
  const gained = contract_gain(x, contract) + worth_change
  const best = Math.max(peak(x, x.funds.length + contract, rule.window_ms), gained)
  const most = Math.max(peak(x, fund, rule.window_ms), x.funds.columns.balance.data[fund] as number)
  return most > 0 ? (best - gained) / most : best > gained ? Number.POSITIVE_INFINITY : 0
}

/** What the fund lost in a contract beyond the drawdown at which it is held, its coin; 0 within it, or to rounding. */
export function beyond_drawdown(x: Exchange, contract: number): number {
  const rule = x.rules.fund.contract_drawdown
  if (rule === undefined) return 0
  const { fund } = x.contracts[contract] as Contract
  const balance = x.funds.columns.balance.data[fund] as number
  if (!(balance > rule.above)) return 0
  const most = Math.max(peak(x, fund, rule.window_ms), balance)
  const beyond = contract_drawdown(x, contract) - rule.start
  return beyond > 1e-9 ? beyond * most : 0
}

/** What a fund has gained in a contract so far, its position at the mark. */
function contract_gain(x: Exchange, contract: number): number {
  let open = 0
  const { contract: contracts, quantity, price } = x.lots.columns
  const mark = x.book.prices.data[contract] as number
  for (let lot = x.desk.columns.first_lot.data[0] as number; lot < x.lots.length; lot++)
    if (contracts.data[lot] === contract) open += (quantity.data[lot] as number) * (mark - (price.data[lot] as number))
  return (x.contract.columns.gained.data[contract] as number) + open
}

/** Do the fund's own rules call for deleveraging instead? */
function is_closed(x: Exchange, capacity: Capacity, contract: number, worth: number): boolean {
  const { drawdown, contract_drawdown: by_contract, most_loss } = x.rules.fund
  const balance = x.funds.columns.balance.data[capacity.fund] as number
  const gap = worth - capacity.worth
  if (drawdown !== undefined && gap < 0) {
    const most = Math.max(peak(x, capacity.fund, drawdown.window_ms), balance)
    if (worth <= most * (1 - drawdown.share)) return true
  }
  if (by_contract !== undefined && gap < 0 && balance > by_contract.above) {
    const fall = contract_drawdown(x, contract, gap)
    if (fall > by_contract.start && !by_contract.hold) return true
    if (x.contract.columns.stopped.data[contract] === 1 && fall > by_contract.stop) return true
  }
  return most_loss !== undefined && gap < 0 && capacity.lost - gap > most_loss * blocks_of(x)
}

/**
 * Does the fund accept a position at this price? It must not be empty, and afterwards, with everything at the mark, keep its
 * reserve, hold no more than its leverage allows, and stay within the contract's limit. If it does, `capacity` is what is left.
 */
export function accept(x: Exchange, capacity: Capacity, contract: number, quantity: number, price: number): boolean {
  const balance = x.funds.columns.balance.data[capacity.fund] as number
  const { reserve, leverage } = x.rules.fund
  const mark = x.book.prices.data[contract] as number
  const held = capacity.held[contract] as number
  const worth = capacity.worth + quantity * (mark - price)
  const notional = Math.abs(held + quantity) * mark
  const gross = capacity.gross - Math.abs(held) * mark + notional
  if (!(balance > 0 && worth >= reserve && notional <= (x.contracts[contract] as Contract).fund_most)) return false
  if (is_closed(x, capacity, contract, worth)) return false
  // what makes the fund's exposure smaller is always welcome
  if (!(gross <= leverage * worth) && gross > capacity.gross) return false
  capacity.lost += Math.max(0, capacity.worth - worth)
  capacity.worth = worth
  capacity.gross = gross
  capacity.held[contract] = held + quantity
  return true
}

/** Books a gain (or loss) on a fund's balance; its cash has moved already. `fields` name the cause. */
export function book_gain(x: Exchange, fund: number, gain: number, fields: Omit<Row, 'kind'>, log: Log, contract = -1): void {
  if (gain === 0) return
  const { balance } = x.funds.columns
  const coin = x.fund_coin[fund] as number
  const usd = x.coin.columns.usd.data[coin] as number
  const asset = x.coins[coin]?.asset as number
  balance.add(fund, gain)
  if (contract >= 0) x.contract.columns.gained.add(contract, gain)
  log.add({ ...fields, kind: 'insurance', venue: x.venue, asset, amount: -gain, usd: -gain * usd })
  const left = balance.data[fund] as number
  if (left < 0) {
    add_cash(x, x.fund + fund, coin, -left)
    balance.set(fund, 0)
    share_out(x, coin, contract, -left, fields, log)
  }
  note_peaks(x, fund, contract)
}

function note_peaks(x: Exchange, fund: number, contract: number): void {
  const { drawdown, contract_drawdown: by_contract } = x.rules.fund
  const window_ms = drawdown?.window_ms ?? by_contract?.window_ms
  if (window_ms !== undefined) note_peak(x, fund, window_ms, x.funds.columns.balance.data[fund] as number)
  if (by_contract !== undefined && contract >= 0)
    note_peak(x, x.funds.length + contract, by_contract.window_ms, x.contract.columns.gained.data[contract] as number)
}

/** Notes the peaks of a new tick: a fund that nobody touches keeps its balance. */
export function note_all_peaks(x: Exchange): void {
  const { drawdown, contract_drawdown: by_contract } = x.rules.fund
  if (drawdown === undefined && by_contract === undefined) return
  for (let fund = 0; fund < x.funds.length; fund++) note_peaks(x, fund, -1)
  if (by_contract === undefined) return
  for (let c = 0; c < x.contracts.length; c++) {
    const fall = contract_drawdown(x, c)
    const stopped = x.contract.columns.stopped
    if (fall > by_contract.start) stopped.data[c] = 1
    else if (fall <= by_contract.stop) stopped.data[c] = 0
    note_peak(x, x.funds.length + c, by_contract.window_ms, contract_gain(x, c))
  }
}

/** Moves money from an account into a fund, or out of it (negative), in the fund's coin. */
export function pay_fund(x: Exchange, fund: number, row: number, amount: number, fields: Omit<Row, 'kind'>, log: Log): void {
  const coin = x.fund_coin[fund] as number
  add_cash(x, row, coin, -amount)
  add_cash(x, x.fund + fund, coin, amount)
  book_gain(x, fund, amount, fields, log)
}

/** Market price limit of an order that works a lot out: the band around the mark, and no further than the balance can pay. */
export function unwind_limit(x: Exchange, lot: number): number {
  const { contract, quantity, price } = x.lots.columns
  const c = contract.data[lot] as number
  const q = quantity.data[lot] as number
  const of = x.contracts[c] as Contract
  const balance = x.funds.columns.balance.data[of.fund] as number
  if (of.shape === 'linear') {
    const side = q > 0 ? 1 : -1
    const band = (x.book.prices.data[c] as number) * (1 - side * of.take_bound)
    const bearable = (price.data[lot] as number) - balance / q
    // a limit of 0 would mean none
    return q > 0 ? Math.max(band, bearable) : Math.max(Math.min(band, bearable), 1e-9 * band)
  }
  const side = closing_side(of, q)
  const band = market_price(of, x.book.prices.data[c] as number) * (1 + side * of.take_bound)
  const worst = (price.data[lot] as number) - balance / q
  // a slot price at or below 0 bears any market price
  const bearable = worst > 0 ? market_price(of, worst) : side > 0 ? Number.POSITIVE_INFINITY : 0
  return side > 0 ? Math.max(Math.min(band, bearable), 1e-9 * band) : Math.max(band, bearable)
}

/** Admission of an order of the fund: as much of the lot as the balance bears at the order's limit. */
export function admit_unwind(x: Exchange, action: Action): Result {
  const lot = action.offer
  if (!(lot >= 0 && lot < x.lots.length)) return refused('unknown')
  const { contract, quantity, price } = x.lots.columns
  const q = quantity.data[lot] as number
  const c = contract.data[lot] as number
  const of = x.contracts[c] as Contract
  if (q === 0 || action.side !== closing_side(of, q) || x.contract_of[action.market] !== c) return refused('stale')
  if (action.account !== fund_row(x, c) || action.exact !== exact_side(of)) return refused('stale')
  const loss = Math.max(0, (q > 0 ? 1 : -1) * ((price.data[lot] as number) - slot_price(of, action.limit)))
  const most = loss > 0 ? (x.funds.columns.balance.data[of.fund] as number) / loss : Number.POSITIVE_INFINITY
  const amount = Math.min(Math.abs(q), action.amount, most)
  if (!(amount > 0)) return refused('funds')
  x.desk.columns.lot.set(0, lot)
  return applied(amount)
}

/** A fill of the open lot's order: the difference to its takeover price is the fund's. Cash has moved already. */
export function settle_unwind(x: Exchange, units: number, coins: number, log: Log): void {
  const lot = x.desk.columns.lot.data[0] as number
  if (lot < 0) return
  x.desk.columns.lot.set(0, -1)
  const { quantity, price, cause, contract } = x.lots.columns
  const c = contract.data[lot] as number
  const row = fund_row(x, c)
  const left = (quantity.data[lot] as number) + units
  if (left !== 0 && Math.abs(left) <= DUST * Math.abs(units)) {
    // rounding goes to `outside` at the lot's price, so that the balance stays what it is
    trade(x, row, c, -left, left * (price.data[lot] as number))
    trade(x, x.outside, c, left, -left * (price.data[lot] as number))
    quantity.set(lot, 0)
  } else quantity.set(lot, left)
  const { market, fund } = x.contracts[c] as Contract
  const gain = coins + units * (price.data[lot] as number)
  book_gain(x, fund, gain, { account: row, market, cause: cause.data[lot] as number }, log, c)
}

/** Closes `amount` units of a fund's lots on one side of a contract at a price, oldest first; false when it holds less. */
export function close_lots(x: Exchange, contract: number, side: 1 | -1, amount: number, at: number, log: Log): boolean {
  if (lots_of(x, contract, side) < amount) return false
  const { contract: contracts, quantity, price, cause } = x.lots.columns
  const { market, fund } = x.contracts[contract] as Contract
  let left = amount
  for (let lot = 0; lot < x.lots.length && left > 0; lot++) {
    const q = quantity.data[lot] as number
    if (contracts.data[lot] !== contract || !(q * side > 0)) continue
    const part = Math.min(left, Math.abs(q))
    quantity.add(lot, -side * part)
    left -= part
    const gain = side * part * (at - (price.data[lot] as number))
    book_gain(x, fund, gain, { account: x.fund + fund, market, cause: cause.data[lot] as number }, log, contract)
  }
  return true
}

/** Units a fund's open lots hold on one side of a contract. */
export function lots_of(x: Exchange, contract: number, side: 1 | -1): number {
  const { contract: contracts, quantity } = x.lots.columns
  let sum = 0
  for (let lot = 0; lot < x.lots.length; lot++) {
    const q = quantity.data[lot] as number
    if (contracts.data[lot] === contract && q * side > 0) sum += Math.abs(q)
  }
  return sum
}

/** What a fund may still pay in this tick for orders that fill beyond the bankruptcy price. */
export function payable(x: Exchange, fund: number): number {
  const { balance, lost } = x.funds.columns
  const { most_loss } = x.rules.fund
  const limit = most_loss === undefined ? Number.POSITIVE_INFINITY : most_loss * blocks_of(x) - (lost.data[fund] as number)
  return Math.max(0, Math.min(balance.data[fund] as number, limit))
}

/** Notes in this tick's account of the fund what a takeover below the mark cost it. */
export function note_loss(x: Exchange, contract: number, quantity: number, price: number): void {
  const gap = quantity * ((x.book.prices.data[contract] as number) - price)
  if (gap < 0) x.funds.columns.lost.add((x.contracts[contract] as Contract).fund, -gap)
}
