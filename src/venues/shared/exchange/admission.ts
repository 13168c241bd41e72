/** What owners may do: deposit, withdraw, order; and the admission of the exchange's own orders. */
import { RowList } from '../../../margin/index.ts'
import { ALL, type Action, applied, type Log, type Result, refused } from '../../../model/index.ts'
import type { Contract } from './contract.ts'
import { admit_unwind, payable } from './fund.ts'
import { capacity, initial_margin } from './initial.ts'
import { closing_side, exact_side, fill_units, market_price, slot_price } from './instrument.ts'
import { bankruptcy_price, equity, position_maintenance, total_maintenance } from './kernel.ts'
import { ratio_of, unit_price } from './pooled.ts'
import { breaching, margin_ratio, units_asked } from './procedure.ts'
import type { Reduction } from './rules.ts'
import { type Excess, smallest_reduction } from './sizing.ts'
import {
  add_cash,
  coin_of_row,
  type Exchange,
  find_position,
  is_fund,
  is_pooled,
  may_hold,
  PORTFOLIO,
  quantity_of,
  running,
  wallet_in,
} from './state.ts'

const is_account = (x: Exchange, row: number) => row >= 0 && row < x.owned
const owner_of = (x: Exchange, row: number) => x.accounts.columns.owner.data[row] as number

/** The coin a row may bring or take in this asset, −1 none. */
function coin_for(x: Exchange, row: number, asset: number): number {
  const coin = x.coins.findIndex((one) => one.asset === asset)
  return coin >= 0 && (is_pooled(x, row) || coin === coin_of_row(x, row)) ? coin : -1
}

/** Collateral from the owner's treasury into the wallet. */
export function deposit(x: Exchange, action: Action, log: Log): Result {
  const { account: row, asset } = action
  const coin = is_account(x, row) ? coin_for(x, row, asset) : -1
  if (coin < 0) return refused('unknown')
  const actor = action.actor >= 0 ? action.actor : owner_of(x, row)
  if (actor < 0) return refused('unknown')
  const amount = action.amount === ALL ? x.ledger.balance(actor, asset) : action.amount
  if (!(amount > 0)) return refused('empty')
  if (!x.ledger.debit(actor, asset, amount)) return refused('funds')
  add_cash(x, row, coin, amount)
  x.accounts.columns.paid.set(row, 0)
  x.coin.columns.custody.add(coin, amount)
  x.ledger.postings.post(asset, amount)
  x.book.touch(row)
  note(x, 'deposit', action, coin, actor, amount, log)
  return applied(amount)
}

/** Wallet that no initial margin needs; unrealised profit is margin but cannot be withdrawn. Coins. */
export function withdrawable(x: Exchange, row: number, coin = coin_of_row(x, row)): number {
  const prices = x.book.prices.data
  const free = equity(x, row, prices) - initial_margin(x, row, -1)
  const coins = is_pooled(x, row) ? free / unit_price(x, coin, prices) : free
  return Math.max(0, Math.min(wallet_in(x, row, coin), coins))
}

/** Is anything withdrawn at all? Not while a scope has less than nothing, nor for a while after one had. */
function is_gated(x: Exchange): boolean {
  if (x.rules.gate_ms === undefined) return false
  const { time_ms, gated_ms } = x.desk.columns
  if ((time_ms.data[0] as number) < (gated_ms.data[0] as number)) return true
  const below = new RowList()
  x.book.scan(below)
  for (let i = 0; i < below.length; i++) if (equity(x, below.data[i] as number, x.book.prices.data) < 0) return true
  return false
}

export function withdraw(x: Exchange, action: Action, log: Log): Result {
  const { account: row, asset } = action
  const coin = is_account(x, row) ? coin_for(x, row, asset) : -1
  if (coin < 0) return refused('unknown')
  const actor = action.actor >= 0 ? action.actor : owner_of(x, row)
  if (actor < 0) return refused('unknown')
  if (is_gated(x)) return refused('paused')
  const free = running(x, row) >= 0 ? 0 : withdrawable(x, row, coin)
  if (action.amount !== ALL && action.amount > free * (1 + 1e-12)) return refused('margin')
  const amount = Math.min(action.amount, free)
  if (!(amount > 0)) return refused('empty')
  add_cash(x, row, coin, -amount)
  x.accounts.columns.paid.set(row, 0)
  settle_outside(x, coin, amount)
  x.coin.columns.custody.add(coin, -amount)
  x.ledger.postings.post(asset, -amount)
  x.ledger.credit(actor, asset, amount)
  x.book.touch(row)
  note(x, 'withdraw', action, coin, actor, amount, log)
  return applied(amount)
}

/** Losses of `outside` are on paper until somebody takes his winnings away: then it brings the tokens that are missing. */
export function settle_outside(x: Exchange, coin: number, amount: number): void {
  const { custody } = x.coin.columns
  const asset = x.coins[coin]?.asset as number
  const missing = amount - (custody.data[coin] as number)
  if (!(missing > 0)) return
  add_cash(x, x.outside, coin, missing)
  custody.add(coin, missing)
  x.ledger.postings.mint(asset, missing)
  x.ledger.postings.post(asset, missing)
}

function note(
  x: Exchange,
  kind: 'deposit' | 'withdraw',
  { account, asset, cause }: Action,
  coin: number,
  actor: number,
  amount: number,
  log: Log,
): void {
  const usd = amount * (x.coin.columns.usd.data[coin] as number)
  log.add({ kind, venue: x.venue, account, actor, asset, amount, usd, cause })
}

/**
 * Admission of an order; the amount comes back in the units in which the order is exact. Closing is always admitted, adding as
 * far as the initial margin goes at the mark, taker fee included; no order walks beyond the band around the mark.
 */
export function admit(x: Exchange, action: Action, log: Log): Result {
  const row = action.account
  const contract = x.contract_of[action.market] ?? -1
  if (contract < 0 || !(row >= 0 && row < x.fund + x.funds.length)) return refused('unknown')
  if (x.desk.columns.paused.data[0] === 1) return refused('paused')
  if (is_fund(x, row)) return admit_unwind(x, action)
  if (row === x.outside) return action.amount < ALL ? applied(action.amount) : refused('unknown')
  if (action.sold === 'reduced') return admit_reduction(x, action, contract, log)
  if (!may_hold(x, row, contract)) return refused('unknown')
  return admit_own(x, action, contract)
}

function admit_own(x: Exchange, action: Action, contract: number): Result {
  const row = action.account
  const of = x.contracts[contract] as Contract
  const at = running(x, row)
  if (at >= 0) x.liquidations.columns.order.set(at, -1)
  const mark = x.book.prices.data[contract] as number
  const quantity = quantity_of(x, row, contract)
  const closing = quantity !== 0 && closing_side(of, quantity) === action.side ? Math.abs(quantity) : 0
  const direct = action.exact === exact_side(of) || action.amount === ALL
  // what the other exact amount is in units, at the mark
  const per = of.shape === 'inverse' ? mark : market_price(of, mark)
  const asked = direct ? action.amount : action.amount / per
  if (!(asked > 0)) return refused('empty')
  action.limit = bounded(action.limit, action.side, market_price(of, mark), of.take_bound)
  let amount = Math.min(asked, closing)
  // "everything" closes a position that there is; only without one does it open the largest
  if (asked > closing && at < 0 && (asked < ALL || closing === 0) && may_add(x, row))
    amount += Math.min(asked - closing, capacity(x, row, contract, closing))
  if (!(amount > 0)) return refused('margin')
  if (amount === asked) return applied(action.amount)
  const status = asked === ALL ? 'applied' : 'partial'
  return { status, amount: action.exact === exact_side(of) ? amount : amount * per }
}

/** A portfolio-margin account whose ratio is low may only close. */
const may_add = (x: Exchange, row: number): boolean => {
  const least = x.rules.trigger.portfolio_reduce_only
  return least === 0 || x.accounts.columns.mode.data[row] !== PORTFOLIO || margin_ratio(x, row) >= least
}

/** The order's limit, no further from the mark than the exchange lets a taker go. */
function bounded(limit: number, side: 1 | -1, mark: number, bound: number): number {
  const furthest = mark * (1 + side * bound)
  if (limit === 0) return furthest
  return side > 0 ? Math.min(limit, furthest) : Math.max(limit, furthest)
}

/** What the exchange's order against a scope closes at most to heal it, on the book as it is now. */
function healing_amount(x: Exchange, action: Action, contract: number, position: number, rule: Reduction): number {
  const row = action.account
  const of = x.contracts[contract] as Contract
  const prices = x.book.prices.data
  const quantity = x.positions.columns.quantity.data[position] as number
  const unit = is_pooled(x, row) ? unit_price(x, of.coin, prices) : 1
  const due = x.liquidations.columns.fee.data[running(x, row)] as number
  const scale = is_pooled(x, row) ? ratio_of(x, row) : 1
  const all = total_maintenance(x, row, prices)
  const excess: Excess = {
    side: quantity > 0 ? 1 : -1,
    quantity: Math.abs(quantity),
    mark: prices[contract] as number,
    tiers: x.tiers[contract] as Exchange['tiers'][number],
    curve: x.curves[contract],
    equity: unit === 1 ? equity(x, row, prices) - due : (equity(x, row, prices) - due) / unit,
    others: (unit === 1 ? all : all / unit) - position_maintenance(x, position, prices),
    fee: (x.rules.fee.base === 'notional' ? of.liquidation_fee : 0) + (x.rules.fee.taker ? of.taker_fee : 0),
    target: rule.target * scale,
  }
  const place = x.market(contract)
  const order = { side: action.side, limit: action.limit, party: row }
  return smallest_reduction(excess, slot_price(of, place.mid()), (part) => fill_units(of, place, order, part))
}

/** The order's limit, no further beyond the bankruptcy price than the fund may pay for so many units. */
function bearable_limit(x: Exchange, of: Contract, { limit }: Action, zero: number, units: number, side: number): number {
  const worst = zero - (side * payable(x, of.fund)) / units
  const asked = limit > 0 ? slot_price(of, limit) : worst
  const slot = side > 0 ? Math.max(asked, worst) : Math.min(asked, worst)
  return slot > 0 ? market_price(of, slot) : limit
}

/**
 * Admission of the exchange's order against a scope: sized on the book as it is now, so that what fills is what was reckoned
 * with. Its log row is written here, before the account changes, and completed by the fill; the order's `cause` names it.
 */
function admit_reduction(x: Exchange, action: Action, contract: number, log: Log): Result {
  const row = action.account
  const rule = x.rules.stages[action.plan]?.reduce
  const running_at = running(x, row)
  const position = find_position(x, row, contract)
  const quantity = position < 0 ? 0 : (x.positions.columns.quantity.data[position] as number)
  const of = x.contracts[contract] as Contract
  const { market, base } = of
  if (rule === undefined || running_at < 0 || quantity === 0 || closing_side(of, quantity) !== action.side)
    return refused('stale')
  if (action.exact !== exact_side(of)) return refused('stale')
  if (!breaching(x, row)) return refused('healthy')
  const amount =
    rule.size === 'compliant'
      ? healing_amount(x, action, contract, position, rule)
      : Math.min(action.amount, Math.abs(quantity), rule.size === 'paced' ? units_asked(x, row, position, rule) : ALL)
  if (!(amount > 0)) return refused('healthy')
  const zero = x.rules.fee.base === 'bankruptcy' ? bankruptcy_price(x, row, contract, x.book.prices.data) : 0
  if (x.rules.fee.base === 'bankruptcy') action.limit = bearable_limit(x, of, action, zero, amount, Math.sign(quantity))
  if (rule.order === 'fok') {
    const order = { side: action.side, limit: action.limit, party: row }
    if (fill_units(of, x.market(contract), order, amount).base < amount * (1 - 1e-12)) return refused('empty')
  }
  const { shares, cause } = log.blame(x.venue, row)
  const made = log.add({
    kind: 'reduce',
    venue: x.venue,
    account: row,
    actor: owner_of(x, row),
    market,
    asset: base,
    sold: 'reduced',
    victim: x.venue,
    cause,
    shares,
  })
  x.liquidations.columns.order.set(running_at, made)
  x.liquidations.columns.limit.set(running_at, action.limit)
  x.liquidations.columns.asked.add(running_at, amount)
  x.liquidations.columns.zero.set(running_at, zero)
  action.cause = made
  return applied(amount)
}
