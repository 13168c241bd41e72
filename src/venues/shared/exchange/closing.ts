/** What the procedure does itself, one action at a time: advance, take over, deleverage, cover. All of it may be rolled back. */
import { type Action, applied, type Log, type Result, refused } from '../../../model/index.ts'
import { adl_price, overlaps } from './adl.ts'
import type { Contract } from './contract.ts'
import { accept, book_gain, capacity_of, close_lots, note_loss, pay_fund } from './fund.ts'
import { base_of, market_price } from './instrument.ts'
import { bankruptcy_price, equity } from './kernel.ts'
import { share_out } from './losses.ts'
import { breaching, carry_spent, is_due } from './procedure.ts'
import type { Stage } from './rules.ts'
import {
  add_cash,
  cash_in,
  cash_of,
  coin_of_row,
  equity_usd,
  type Exchange,
  find_cell,
  fund_row,
  is_flat,
  is_fund,
  is_pooled,
  quantity_of,
  running,
  trade,
  usd_of,
} from './state.ts'

/** In an action's `plan`: who takes a position over. */
export const TO_FUND = 0
export const TO_WINNERS = 1
/** Debts that differ by less than this share of them are one debt. */
const SAME = 1e-9

/**
 * Opens the liquidation of a scope, or takes it on by a stage; `plan`: the stage. From the first on it may not add risk, and its
 * orders are the exchange's.
 */
export function advance(x: Exchange, action: Action): Result {
  const row = action.account
  if (!(row >= 0 && row < x.owned)) return refused('unknown')
  const open = running(x, row)
  const c = x.liquidations.columns
  const done = open < 0 ? 0 : (c.done.data[open] as number)
  const stage = x.rules.stages[action.plan]
  if (stage === undefined || (done & (1 << action.plan)) !== 0 || (stage.close !== undefined && open >= 0))
    return refused('stale')
  if (!breaching(x, row)) return refused('healthy')
  if (!is_due(x, row, stage)) return refused('stale')
  const at = open < 0 ? begin(x, row) : open
  c.stage.set(at, (c.stage.data[at] as number) + 1)
  // a takeover may be tried again
  if (stage.close === undefined) c.done.set(at, done | (1 << action.plan))
  c.filled.set(at, 0)
  c.asked.set(at, 0)
  return applied(1)
}

function begin(x: Exchange, row: number): number {
  const before = (x.accounts.columns.liquidation.data[row] as number) - 1
  const spent = carry_spent(x, row, x.rules)
  const at = x.liquidations.push()
  x.accounts.columns.liquidation.set(row, at + 1)
  const c = x.liquidations.columns
  c.account.data[at] = row
  c.tick.data[at] = x.desk.columns.tick.data[0] as number
  c.order.data[at] = -1
  c.time_ms.data[at] = before < 0 ? Number.NEGATIVE_INFINITY : (c.time_ms.data[before] as number)
  c.spent.data[at] = spent
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

/** Slot price at which a stage takes a position over. */
export function takeover_price(x: Exchange, row: number, contract: number, stage: Stage): number {
  const prices = x.book.prices.data
  return stage.close?.price === 'mark' ? (prices[contract] as number) : bankruptcy_price(x, row, contract, prices)
}

/** Log rows have base units and market prices; a price that no market has (a slot price at or below 0) is shown as the mark. */
export function shown(
  x: Exchange,
  contract: number,
  units: number,
  slot: number,
): { amount: number; price: number; usd: number } {
  const of = x.contracts[contract] as Contract
  if (of.shape === 'linear') return { amount: Math.abs(units), price: slot, usd: Math.abs(units) * slot * usd_of(x, contract) }
  const at = slot > 0 ? slot : (x.book.prices.data[contract] as number)
  return { amount: base_of(of, units, at), price: market_price(of, at), usd: Math.abs(units) * at * usd_of(x, contract) }
}

/**
 * Moves one whole position to the fund's account at the takeover price: to keep (`TO_FUND`) or, in the same bundle, to hand on to
 * winners (`TO_WINNERS`). The last position of a scope leaves it with exactly nothing. `offer`: the stage, −1 the first that takes over.
 */
export function take_over(x: Exchange, action: Action, log: Log): Result {
  const row = action.account
  const contract = x.contract_of[action.market] ?? -1
  const stage = action.offer >= 0 ? x.rules.stages[action.offer] : x.rules.stages.find((one) => one.close !== undefined)
  if (!(row >= 0 && row < x.owned) || contract < 0 || stage?.close === undefined) return refused('unknown')
  const at = running(x, row)
  const quantity = quantity_of(x, row, contract)
  if (at < 0 || quantity === 0 || Math.abs(quantity) !== action.amount) return refused('stale')
  const c = x.liquidations.columns
  if (c.closing.data[at] === 0 && !breaching(x, row)) return refused('healthy')

  const prices = x.book.prices.data
  const price = takeover_price(x, row, contract, stage)
  const { fund, market, base } = x.contracts[contract] as Contract
  if (action.plan === TO_FUND && !accept(x, capacity_of(x, fund), contract, quantity, price)) return refused('funds')

  blame(x, row, at, log)
  const taken = log.add({
    kind: 'takeover',
    venue: x.venue,
    account: row,
    actor: x.accounts.columns.owner.data[row] as number,
    market,
    asset: base,
    ...shown(x, contract, quantity, price),
    cause: c.cause.data[at] as number,
    shares: c.shares.data[at] as number,
  })
  if (c.closing.data[at] === 0) bad_debt(x, row, at, -equity(x, row, prices), taken, log)
  c.closing.set(at, 1)

  const exact = stage.close.price === 'bankruptcy' && !is_pooled(x, row) && is_last(x, row)
  if (exact) c.debt.set(at, 0)
  const coins = exact ? -cash_of(x, row) : quantity * price
  if (action.plan === TO_FUND) note_loss(x, contract, quantity, price)
  const taker = fund_row(x, contract)
  trade(x, row, contract, -quantity, coins)
  trade(x, taker, contract, quantity, -coins)
  const lot = x.lots.push()
  const lots = x.lots.columns
  lots.contract.data[lot] = contract
  lots.quantity.data[lot] = quantity
  lots.price.data[lot] = coins / quantity
  lots.cause.data[lot] = taken
  lots.tick.data[lot] = x.desk.columns.tick.data[0] as number
  lots.account.data[lot] = row
  x.book.touch(row)
  if (is_flat(x, row)) {
    if (stage.close.forfeit) forfeit(x, row, fund, taken, log)
    unflag(x, at)
  }
  return applied(Math.abs(quantity))
}

/** What equity is left goes to the fund with the positions (a backstop vault's maintenance margin). */
function forfeit(x: Exchange, row: number, fund: number, cause: number, log: Log): void {
  const left = cash_of(x, row)
  if (left > 0 && coin_of_row(x, row) === x.fund_coin[fund]) pay_fund(x, fund, row, left, { account: row, cause }, log)
}

/** Has the account one position only? */
function is_last(x: Exchange, row: number): boolean {
  const { quantity, next } = x.positions.columns
  let open = 0
  for (let at = row; at >= 0; at = next.data[at] as number) if (quantity.data[at] !== 0) open++
  return open === 1
}

/** A scope had less than nothing: nobody withdraws for a while. */
function close_gate(x: Exchange): void {
  const { gate_ms } = x.rules
  if (gate_ms !== undefined) x.desk.columns.gated_ms.set(0, (x.desk.columns.time_ms.data[0] as number) + gate_ms)
}

/** What a scope is short of when its takeover begins, logged once: `cover` logs no more than what comes on top. */
function bad_debt(x: Exchange, row: number, at: number, amount: number, cause: number, log: Log): void {
  if (!(amount > 0)) return
  close_gate(x)
  const usd = equity_usd(x, row)
  const asset = x.coins[coin_of_row(x, row)]?.asset as number
  const actor = x.accounts.columns.owner.data[row] as number
  const fields = { venue: x.venue, account: row, actor, asset, amount, usd: amount * usd, cause } as const
  x.liquidations.columns.debt.set(at, fields.usd)
  x.liquidations.columns.debt_row.set(at, log.add({ kind: 'bad_debt', ...fields }))
}

/**
 * Closes part of a lot against a winner at the policy's price; what the winner holds shrinks and never turns. `offer`: the lot, −1
 * the one taken over last; `account`: the winner; `limit`: the index price, where the policy closes there.
 */
export function deleverage(x: Exchange, action: Action, log: Log): Result {
  const lot = action.offer >= 0 ? action.offer : x.lots.length - 1
  const winner = action.account
  if (!(lot >= 0 && lot < x.lots.length && winner >= 0 && winner < x.fund + x.funds.length)) return refused('unknown')
  const lots = x.lots.columns
  const open = lots.quantity.data[lot] as number
  const side = open > 0 ? 1 : -1
  const { amount } = action
  if (!(amount > 0 && amount <= Math.abs(open))) return refused('stale')
  const contract = lots.contract.data[lot] as number
  const of = x.contracts[contract] as Contract
  const taken = lots.price.data[lot] as number
  const price = adl_price(x, contract, side, taken, action.limit)
  const held = -side * quantity_of(x, winner, contract)
  if (winner < x.outside && !(held >= amount)) return refused('stale')
  if (x.rules.adl.overlap && winner < x.owned && !overlaps(x, winner, contract, price)) return refused('stale')
  lots.quantity.set(lot, open - side * amount)
  if (action.offer >= 0 && x.rules.fund.contract_drawdown?.hold === true) x.contract.columns.stopped.set(contract, 1)
  if (is_fund(x, winner)) {
    if (!close_lots(x, contract, side === 1 ? -1 : 1, amount, price, log)) return refused('stale')
  } else {
    const row = fund_row(x, contract)
    trade(x, winner, contract, side * amount, -side * amount * price)
    trade(x, row, contract, -side * amount, side * amount * price)
    if (winner < x.owned) x.book.touch(winner)
  }
  const mark = x.book.prices.data[contract] as number
  const logged = log.add({
    kind: 'deleverage',
    venue: x.venue,
    account: winner,
    actor: x.accounts.columns.owner.data[winner] as number,
    market: of.market,
    asset: of.base,
    ...shown(x, contract, amount, price),
    extra: amount * Math.max(0, side * (price - mark)) * usd_of(x, contract),
    cause: lots.cause.data[lot] as number,
  })
  const gap = side * amount * (price - taken)
  if (price !== taken)
    book_gain(x, of.fund, gap, { account: fund_row(x, contract), market: of.market, cause: logged }, log, contract)
  return applied(amount)
}

/** Has a scope without positions nothing left but what it owes? */
export function is_coverable(x: Exchange, row: number): boolean {
  if (!is_pooled(x, row)) return true
  for (let k = 0; k < x.coins.length; k++) if (cash_in(x, row, k) > 0) return false
  return true
}

/** A scope without positions and with less than nothing is set to 0: the fund pays, and others what the fund has not. */
export function cover(x: Exchange, row: number, log: Log): Result {
  if (!(row >= 0 && row < x.owned)) return refused('unknown')
  if (!is_flat(x, row) || !is_coverable(x, row)) return refused('stale')
  let covered = 0
  for (let coin = 0; coin < x.coins.length; coin++) {
    const short = -cash_in(x, row, coin)
    if (!(short > 0)) continue
    cover_coin(x, row, coin, short, log)
    covered += short
  }
  if (!(covered > 0)) return refused('healthy')
  close_gate(x)
  const last = (x.accounts.columns.liquidation.data[row] as number) - 1
  if (last >= 0) x.liquidations.columns.debt.set(last, 0)
  const at = running(x, row)
  if (at >= 0) unflag(x, at)
  x.book.touch(row)
  return applied(covered)
}

/** Row of the debt that is covered: the one of the takeover, and a new one for what that has not named. */
function debt_row(x: Exchange, row: number, coin: number, short: number, log: Log): number {
  const asset = x.coins[coin]?.asset as number
  const actor = x.accounts.columns.owner.data[row] as number
  const price = x.coin.columns.usd.data[coin] as number
  const last = (x.accounts.columns.liquidation.data[row] as number) - 1
  const { debt, debt_row: rows } = x.liquidations.columns
  const named = last < 0 ? 0 : Math.min(debt.data[last] as number, short * price)
  if (last >= 0) debt.set(last, (debt.data[last] as number) - named)
  const usd = short * price - named
  if (named > 0 && !(usd > SAME * short * price)) return rows.data[last] as number
  const blamed = log.blame(x.venue, row)
  return log.add({
    kind: 'bad_debt',
    venue: x.venue,
    account: row,
    actor,
    asset,
    amount: price > 0 ? usd / price : short,
    usd,
    ...blamed,
  })
}

function cover_coin(x: Exchange, row: number, coin: number, short: number, log: Log): void {
  const debt = debt_row(x, row, coin, short, log)
  const fund = x.fund_coin.indexOf(coin)
  if (fund >= 0) pay_fund(x, fund, row, -short, { account: x.fund + fund, cause: debt }, log)
  else {
    add_cash(x, row, coin, short)
    share_out(x, coin, -1, short, { account: row, cause: debt }, log)
  }
  if (x.pool !== undefined) {
    const cell = find_cell(x.pool, row, coin)
    if (cell >= 0) x.pool.cells.columns.loan.set(cell, 0)
  }
}

/** Takes a liquidation fee, coins of the contract, into its fund. */
export function charge(x: Exchange, row: number, contract: number, amount: number, cause: number, log: Log): void {
  if (!(amount > 0)) return
  const { fund } = x.contracts[contract] as Contract
  pay_fund(x, fund, row, amount, { account: row, cause }, log)
}
