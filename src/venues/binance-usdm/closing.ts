/** What the procedure does itself, one action at a time: advance, take over, deleverage, cover. All of it may be rolled back. */
import { type Action, applied, type Log, type Result, refused } from '../../model/index.ts'
import { accept, book_gain, capacity_of, close_lots, pay_fund } from './fund.ts'
import { bankruptcy_price, equity, health_with } from './kernel.ts'
import { in_breach } from './procedure.ts'
import { type Contract, type Exchange, is_flat, quantity_of, running, trade } from './state.ts'

/** In an action's `plan`: who takes a position over. */
export const TO_FUND = 0
export const TO_WINNERS = 1

/** Health with the fee that is due for what was closed already. */
export function health_due(x: Exchange, row: number): number {
  const at = running(x, row)
  const due = at < 0 ? 0 : (x.liquidations.columns.fee.data[at] as number)
  return health_with(x, row, x.book.prices.data, cash_of(x, row) - due)
}

/** In breach, fees due counted? */
export const breaching = (x: Exchange, row: number): boolean => in_breach(x.procedure, health_due(x, row))

/**
 * Opens the liquidation of a scope, or takes it to its next stage; `plan`: the stage it is believed to be in. From the first on
 * it may not add risk, and its orders are the exchange's.
 */
export function advance(x: Exchange, action: Action): Result {
  const row = action.account
  if (!(row >= 0 && row < x.owned)) return refused('unknown')
  const open = running(x, row)
  const c = x.liquidations.columns
  const stage = open < 0 ? 0 : (c.stage.data[open] as number)
  if (stage !== action.plan || stage >= x.procedure.rounds.length - 1) return refused('stale')
  if (!breaching(x, row)) return refused('healthy')
  const at = open < 0 ? begin(x, row) : open
  c.stage.set(at, stage + 1)
  return applied(1)
}

function begin(x: Exchange, row: number): number {
  const at = x.liquidations.push()
  x.accounts.columns.liquidation.set(row, at + 1)
  const c = x.liquidations.columns
  c.account.data[at] = row
  c.tick.data[at] = x.desk.columns.tick.data[0] as number
  c.order.data[at] = -1
  return at
}

/** The scope's liquidation is over: healed, or empty. */
export function unflag(x: Exchange, at: number): void {
  x.liquidations.columns.stage.set(at, 0)
}

/** Names who is to blame, once per liquidation, before anything is closed. */
function blame(x: Exchange, row: number, at: number, log: Log): void {
  const c = x.liquidations.columns
  if (c.closing.data[at] === 1) return
  const { shares, cause } = log.blame(x.venue, row)
  c.shares.set(at, shares)
  c.cause.set(at, cause)
}

/**
 * Moves one whole position to the fund's account at the takeover price: to keep (`TO_FUND`) or, in the same bundle, to hand on to
 * winners (`TO_WINNERS`). The last position of a scope leaves it with exactly nothing.
 */
export function take_over(x: Exchange, action: Action, log: Log): Result {
  const row = action.account
  const contract = x.contract_of[action.market] ?? -1
  if (!(row >= 0 && row < x.owned) || contract < 0) return refused('unknown')
  const at = running(x, row)
  const quantity = quantity_of(x, row, contract)
  if (at < 0 || quantity === 0 || Math.abs(quantity) !== action.amount) return refused('stale')
  const c = x.liquidations.columns
  if (c.closing.data[at] === 0 && !breaching(x, row)) return refused('healthy')

  const prices = x.book.prices.data
  const mark = prices[contract] as number
  const at_mark = x.procedure.close.price === 'mark'
  const price = at_mark ? mark : bankruptcy_price(x, row, contract, prices)
  if (action.plan === TO_FUND && !accept(x, capacity_of(x), contract, quantity, price)) return refused('funds')

  blame(x, row, at, log)
  const usd = x.desk.columns.usd.data[0] as number
  const { market, base } = x.contracts[contract] as Contract
  const taken = log.add({
    kind: 'takeover',
    venue: x.venue,
    account: row,
    actor: x.accounts.columns.owner.data[row] as number,
    market,
    asset: base,
    amount: Math.abs(quantity),
    price,
    usd: Math.abs(quantity) * price * usd,
    cause: c.cause.data[at] as number,
    shares: c.shares.data[at] as number,
  })
  if (c.closing.data[at] === 0) bad_debt(x, row, -equity(x, row, prices), taken, log)
  c.closing.set(at, 1)

  const quote = x.procedure.close.price === 'bankruptcy' && is_last(x, row) ? -cash_of(x, row) : quantity * price
  trade(x, row, contract, -quantity, quote)
  trade(x, x.fund, contract, quantity, -quote)
  const lot = x.lots.push()
  const lots = x.lots.columns
  lots.contract.data[lot] = contract
  lots.quantity.data[lot] = quantity
  lots.price.data[lot] = quote / quantity
  lots.cause.data[lot] = taken
  lots.tick.data[lot] = x.desk.columns.tick.data[0] as number
  x.book.touch(row)
  if (is_flat(x, row)) unflag(x, at)
  return applied(Math.abs(quantity))
}

const cash_of = (x: Exchange, row: number) => x.accounts.columns.cash.data[row] as number

/** Has the account one position only? */
function is_last(x: Exchange, row: number): boolean {
  const { quantity, next } = x.positions.columns
  let open = 0
  for (let at = row; at >= 0; at = next.data[at] as number) if (quantity.data[at] !== 0) open++
  return open === 1
}

function bad_debt(x: Exchange, row: number, amount: number, cause: number, log: Log): void {
  if (!(amount > 0)) return
  const usd = amount * (x.desk.columns.usd.data[0] as number)
  const actor = x.accounts.columns.owner.data[row] as number
  log.add({ kind: 'bad_debt', venue: x.venue, account: row, actor, asset: x.collateral, amount, usd, cause })
}

/**
 * Closes part of a lot against a winner at the lot's price; what the winner holds shrinks and never turns. `offer`: the lot, −1
 * the one taken over last; `account`: the winner.
 */
export function deleverage(x: Exchange, action: Action, log: Log): Result {
  const lot = action.offer >= 0 ? action.offer : x.lots.length - 1
  const winner = action.account
  if (!(lot >= 0 && lot < x.lots.length && winner >= 0 && winner <= x.fund)) return refused('unknown')
  const lots = x.lots.columns
  const open = lots.quantity.data[lot] as number
  const side = open > 0 ? 1 : -1
  const { amount } = action
  if (!(amount > 0 && amount <= Math.abs(open))) return refused('stale')
  const contract = lots.contract.data[lot] as number
  const price = lots.price.data[lot] as number
  const held = -side * quantity_of(x, winner, contract)
  if (winner < x.outside && !(held >= amount)) return refused('stale')
  lots.quantity.set(lot, open - side * amount)
  if (winner === x.fund) {
    if (!close_lots(x, contract, side === 1 ? -1 : 1, amount, price, log)) return refused('stale')
  } else {
    trade(x, winner, contract, side * amount, -side * amount * price)
    trade(x, x.fund, contract, -side * amount, side * amount * price)
    if (winner < x.owned) x.book.touch(winner)
  }
  const mark = x.book.prices.data[contract] as number
  const usd = x.desk.columns.usd.data[0] as number
  const { market, base } = x.contracts[contract] as Contract
  log.add({
    kind: 'deleverage',
    venue: x.venue,
    account: winner,
    actor: x.accounts.columns.owner.data[winner] as number,
    market,
    asset: base,
    amount,
    price,
    usd: amount * price * usd,
    extra: amount * Math.max(0, side * (price - mark)) * usd,
    cause: lots.cause.data[lot] as number,
  })
  return applied(amount)
}

/** A scope without positions and with less than nothing is set to 0: the fund pays, `outside` what the fund has not. */
export function cover(x: Exchange, row: number, log: Log): Result {
  if (!(row >= 0 && row < x.owned)) return refused('unknown')
  const short = -cash_of(x, row)
  if (!is_flat(x, row)) return refused('stale')
  if (!(short > 0)) return refused('healthy')
  const { shares, cause } = log.blame(x.venue, row)
  const usd = short * (x.desk.columns.usd.data[0] as number)
  const actor = x.accounts.columns.owner.data[row] as number
  const debt = log.add({
    kind: 'bad_debt',
    venue: x.venue,
    account: row,
    actor,
    asset: x.collateral,
    amount: short,
    usd,
    cause,
    shares,
  })
  pay_fund(x, row, -short, { account: x.fund, cause: debt }, log)
  x.accounts.columns.cash.set(row, 0)
  const at = running(x, row)
  if (at >= 0) unflag(x, at)
  x.book.touch(row)
  return applied(short)
}

/** Takes a liquidation fee into the fund. */
export function charge(x: Exchange, row: number, amount: number, cause: number, log: Log): void {
  if (!(amount > 0)) return
  x.accounts.columns.cash.add(row, -amount)
  x.accounts.columns.cash.add(x.fund, amount)
  book_gain(x, amount, { account: row, cause }, log)
}
