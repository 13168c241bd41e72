/** What owners may do: deposit, withdraw, order; and the admission of the exchange's own orders. */
import { tier_of, type Tiers } from '../../margin/index.ts'
import { ALL, type Action, applied, type Log, type Result, refused } from '../../model/index.ts'
import { breaching } from './closing.ts'
import { admit_unwind } from './fund.ts'
import { equity, position_maintenance, total_maintenance } from './kernel.ts'
import { type Excess, smallest_reduction } from './sizing.ts'
import { type Contract, type Exchange, find_position, may_hold, quantity_of, running, wallet_of } from './state.ts'

const is_account = (x: Exchange, row: number) => row >= 0 && row < x.owned
const owner_of = (x: Exchange, row: number) => x.accounts.columns.owner.data[row] as number

/** Collateral from the owner's treasury into the wallet. */
export function deposit(x: Exchange, action: Action, log: Log): Result {
  const row = action.account
  if (!is_account(x, row) || action.asset !== x.collateral) return refused('unknown')
  const actor = action.actor >= 0 ? action.actor : owner_of(x, row)
  if (actor < 0) return refused('unknown')
  const amount = action.amount === ALL ? x.ledger.balance(actor, x.collateral) : action.amount
  if (!(amount > 0)) return refused('empty')
  if (!x.ledger.debit(actor, x.collateral, amount)) return refused('funds')
  x.accounts.columns.cash.add(row, amount)
  x.accounts.columns.paid.set(row, 0)
  x.desk.columns.custody.add(0, amount)
  x.ledger.postings.post(x.collateral, amount)
  x.book.touch(row)
  note(x, 'deposit', row, actor, amount, action.cause, log)
  return applied(amount)
}

/** Wallet that no initial margin needs; unrealised profit is margin but cannot be withdrawn. */
export function withdrawable(x: Exchange, row: number): number {
  const free = equity(x, row, x.book.prices.data) - initial_margin(x, row, -1)
  return Math.max(0, Math.min(wallet_of(x, row), free))
}

export function withdraw(x: Exchange, action: Action, log: Log): Result {
  const row = action.account
  if (!is_account(x, row) || action.asset !== x.collateral) return refused('unknown')
  const actor = action.actor >= 0 ? action.actor : owner_of(x, row)
  if (actor < 0) return refused('unknown')
  const free = running(x, row) >= 0 ? 0 : withdrawable(x, row)
  if (action.amount !== ALL && action.amount > free * (1 + 1e-12)) return refused('margin')
  const amount = Math.min(action.amount, free)
  if (!(amount > 0)) return refused('empty')
  x.accounts.columns.cash.add(row, -amount)
  x.accounts.columns.paid.set(row, 0)
  settle_outside(x, amount)
  x.desk.columns.custody.add(0, -amount)
  x.ledger.postings.post(x.collateral, -amount)
  x.ledger.credit(actor, x.collateral, amount)
  x.book.touch(row)
  note(x, 'withdraw', row, actor, amount, action.cause, log)
  return applied(amount)
}

/** Losses of `outside` are on paper until somebody takes his winnings away: then it brings the tokens that are missing. */
function settle_outside(x: Exchange, amount: number): void {
  const missing = amount - (x.desk.columns.custody.data[0] as number)
  if (!(missing > 0)) return
  x.accounts.columns.cash.add(x.outside, missing)
  x.desk.columns.custody.add(0, missing)
  x.ledger.postings.mint(x.collateral, missing)
  x.ledger.postings.post(x.collateral, missing)
}

function note(
  x: Exchange,
  kind: 'deposit' | 'withdraw',
  row: number,
  actor: number,
  amount: number,
  cause: number,
  log: Log,
): void {
  const usd = amount * (x.desk.columns.usd.data[0] as number)
  log.add({ kind, venue: x.venue, account: row, actor, asset: x.collateral, amount, usd, cause })
}

/** Initial margin of the scope, the position at `except` left out. */
function initial_margin(x: Exchange, row: number, except: number): number {
  const { contract, quantity, next } = x.positions.columns
  const prices = x.book.prices.data
  let sum = 0
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    if (q === 0 || at === except) continue
    const c = contract.data[at] as number
    const notional = Math.abs(q) * (prices[c] as number)
    sum += notional * ((x.contracts[c] as Contract).initial[tier_of(x.tiers[c] as Tiers, notional)] as number)
  }
  return sum
}

/**
 * Admission of an order; the amount comes back in the units in which the order is exact. Closing is always admitted, adding as
 * far as the initial margin goes at the mark, taker fee included; no order walks beyond the band around the mark.
 */
export function admit(x: Exchange, action: Action, log: Log): Result {
  const row = action.account
  const contract = x.contract_of[action.market] ?? -1
  if (contract < 0 || !(row >= 0 && row <= x.fund)) return refused('unknown')
  if (x.desk.columns.paused.data[0] === 1) return refused('paused')
  if (row === x.fund) return admit_unwind(x, action)
  if (row === x.outside) return action.amount < ALL ? applied(action.amount) : refused('unknown')
  if (action.sold === 'reduced') return admit_reduction(x, action, contract, log)
  if (!may_hold(x, row, contract)) return refused('unknown')
  const at = running(x, row)
  if (at >= 0) x.liquidations.columns.order.set(at, -1)
  const mark = x.book.prices.data[contract] as number
  const quantity = quantity_of(x, row, contract)
  const closing = quantity * action.side < 0 ? Math.abs(quantity) : 0
  const asked = action.exact === 'base' || action.amount === ALL ? action.amount : action.amount / mark
  if (!(asked > 0)) return refused('empty')
  action.limit = bounded(action.limit, action.side, mark, (x.contracts[contract] as Contract).take_bound)
  let amount = Math.min(asked, closing)
  // "everything" closes a position that there is; only without one does it open the largest
  if (asked > closing && at < 0 && (asked < ALL || closing === 0))
    amount += Math.min(asked - closing, capacity(x, row, contract, closing))
  if (!(amount > 0)) return refused('margin')
  if (amount === asked) return applied(action.amount)
  const status = asked === ALL ? 'applied' : 'partial'
  return { status, amount: action.exact === 'base' ? amount : amount * mark }
}

/** The order's limit, no further from the mark than the exchange lets a taker go. */
function bounded(limit: number, side: 1 | -1, mark: number, bound: number): number {
  const furthest = mark * (1 + side * bound)
  if (limit === 0) return furthest
  return side > 0 ? Math.min(limit, furthest) : Math.max(limit, furthest)
}

/** Base units that may be added after `closing` units were closed, at the mark. */
function capacity(x: Exchange, row: number, contract: number, closing: number): number {
  const prices = x.book.prices.data
  const mark = prices[contract] as number
  const { initial, taker_fee } = x.contracts[contract] as Contract
  const { floor } = x.tiers[contract] as Tiers
  const at = find_position(x, row, contract)
  const held = closing > 0 ? 0 : Math.abs(quantity_of(x, row, contract)) * mark
  const free = equity(x, row, prices) - initial_margin(x, row, at) - taker_fee * (closing * mark - held)
  for (let t = floor.length - 1; t >= 0; t--) {
    const cap = t + 1 < floor.length ? (floor[t + 1] as number) : Number.POSITIVE_INFINITY
    const most = Math.min(cap, free / ((initial[t] as number) + taker_fee))
    if (most >= (floor[t] as number)) return Math.max(0, (most - held) / mark)
  }
  return 0
}

/**
 * Admission of the exchange's order against a scope: sized on the book as it is now, so that what fills is what was reckoned
 * with. Its log row is written here, before the account changes, and completed by the fill; the order's `cause` names it.
 */
function admit_reduction(x: Exchange, action: Action, contract: number, log: Log): Result {
  const row = action.account
  const running_at = running(x, row)
  const position = find_position(x, row, contract)
  const quantity = position < 0 ? 0 : (x.positions.columns.quantity.data[position] as number)
  if (running_at < 0 || !(quantity * action.side < 0)) return refused('stale')
  if (!breaching(x, row)) return refused('healthy')
  const c = x.liquidations.columns
  const prices = x.book.prices.data
  const { liquidation_fee, market, base } = x.contracts[contract] as Contract
  const excess: Excess = {
    side: quantity > 0 ? 1 : -1,
    quantity: Math.abs(quantity),
    mark: prices[contract] as number,
    tiers: x.tiers[contract] as Tiers,
    equity: equity(x, row, prices) - (c.fee.data[running_at] as number),
    others: total_maintenance(x, row, prices) - position_maintenance(x, position, prices),
    fee: liquidation_fee,
    target: x.procedure.reduce.target,
  }
  const place = x.market(contract)
  const order = { side: action.side, exact: 'base', limit: action.limit, party: row } as const
  const amount =
    x.procedure.reduce.size === 'whole'
      ? excess.quantity
      : smallest_reduction(excess, place.mid(), (part) => {
          const { base: got, quote: paid } = place.quote({ ...order, amount: part })
          return { base: Math.abs(got), quote: Math.abs(paid) }
        })
  if (!(amount > 0)) return refused('healthy')
  const { shares, cause } = log.blame(x.venue, row)
  const actor = owner_of(x, row)
  const made = log.add({
    kind: 'reduce',
    venue: x.venue,
    account: row,
    actor,
    market,
    asset: base,
    sold: 'reduced',
    victim: x.venue,
    cause,
    shares,
  })
  c.order.set(running_at, made)
  action.cause = made
  return applied(amount)
}
