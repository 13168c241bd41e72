/** What owners and the keeper do. Refusals in the order paused, stale, unknown (by name: first of all), healthy, limit, cash, funds, margin, empty. */
import { type Action, ALL, applied, type Log, type LogKind, refused, type Result } from '../../model/index.ts'
import { can_pay, pay_out, take_in } from '../shared/custody.ts'
import { opening_factor } from './kernel.ts'
import { decrease, increase } from './positions.ts'
import {
  at,
  coin_asset,
  coin_slot,
  health,
  index_slot,
  interest_of,
  market_at,
  pnl_of,
  pool_usd,
  price_of,
  reserved,
  side_of,
  side_pnl,
  sides,
  type State,
} from './state.ts'

const SAME = 1e-12

function logged(s: State, action: Action, units: number, price: number, log: Log): Result {
  const { account, actor, asset, cause } = action
  log.add({
    kind: action.kind as LogKind,
    venue: s.venue,
    account,
    actor,
    asset,
    amount: units,
    price,
    usd: units * price,
    cause,
  })
  s.book.touch(account)
  return applied(units)
}

/** Nothing goes: the venue is paused, or a price of the market is missing. */
function closed(s: State, row: number): Result | undefined {
  if (s.clock.paused.data[0] === 1) return refused('paused')
  return s.m.stale.data[s.market_of[row] as number] === 1 ? refused('stale') : undefined
}

/** Does a row stand what is asked of who opens or withdraws? */
function stands(s: State, row: number): boolean {
  if (!(at(s.a.size, row) > 0)) return true
  const of = market_at(s, row)
  const interest = at(interest_of(s, side_of(s, row)), s.market_of[row] as number)
  const { has, must } = sides(s, row, s.book.prices.data, opening_factor(of.collateral_factor, interest, of.interest_multiplier))
  return has >= must
}

export function deposit(s: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  if (asset !== coin_asset(s, row)) return refused('unknown')
  if (s.clock.paused.data[0] === 1) return refused('paused')
  const units = action.amount === ALL ? s.ledger.balance(actor, asset) : action.amount
  if (!can_pay(s, actor, asset, units)) return refused('funds')
  if (!(units > 0) || !take_in(s, actor, asset, units)) return refused('empty')
  s.a.collateral.add(row, units)
  return logged(s, action, units, price_of(s, coin_slot(s, row)), log)
}

export function withdraw(s: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  if (asset !== coin_asset(s, row)) return refused('unknown')
  const shut = closed(s, row)
  if (shut !== undefined) return shut
  const held = at(s.a.collateral, row)
  const units = Math.min(held, action.amount)
  s.a.collateral.set(row, held - units)
  if (!stands(s, row)) {
    s.a.collateral.set(row, held)
    return refused('margin')
  }
  if (!(units > 0)) return refused('empty')
  pay_out(s, actor, asset, units)
  return logged(s, action, units, price_of(s, coin_slot(s, row)), log)
}

/** Adds index tokens to the position, at the oracle price and with its impact. */
export function open(s: State, action: Action, log: Log): Result {
  const { account: row, asset } = action
  const k = s.market_of[row] as number
  const of = market_at(s, row)
  if (asset !== of.index_asset) return refused('unknown')
  const shut = closed(s, row)
  if (shut !== undefined) return shut
  const price = price_of(s, index_slot(k))
  const size = action.amount * price
  const side = side_of(s, row)
  if (at(interest_of(s, side), k) + size > of.most_interest_usd) return refused('limit')
  if (reserved(s, k, side) + size > pool_usd(s, k, side) * of.reserve_factor) return refused('cash')
  if (!(size > 0)) return refused(stands(s, row) ? 'empty' : 'margin')
  if (!increase(s, row, size) || !stands(s, row)) return refused('margin')
  return logged(s, action, action.amount, price, log)
}

/** Closes index tokens of the position; all of it where so many are left. */
export function close(s: State, action: Action, log: Log): Result {
  const { account: row, asset } = action
  const k = s.market_of[row] as number
  if (asset !== market_at(s, row).index_asset) return refused('unknown')
  const shut = closed(s, row)
  if (shut !== undefined) return shut
  const tokens = at(s.a.tokens, row)
  if (!(tokens > 0)) return refused('empty')
  const units = Math.min(tokens, action.amount)
  if (!(units > 0)) return refused('empty')
  const short = decrease(s, row, units >= tokens * (1 - SAME) ? 1 : units / tokens, 'own')
  if (short > 0 || health(s, row, s.book.prices.data) < 1) return refused('margin')
  return logged(s, action, units, price_of(s, index_slot(k)), log)
}

/** The keeper closes a position in breach, whole, at the oracle price. What its collateral does not stand, the pool has lost. */
export function liquidate(s: State, action: Action, log: Log): Result {
  const { account: row } = action
  const shut = closed(s, row)
  if (shut !== undefined) return shut
  if (!(health(s, row, s.book.prices.data) < 1)) return refused('healthy')
  const { index_asset } = market_at(s, row)
  const k = s.market_of[row] as number
  const price = price_of(s, index_slot(k))
  const amount = at(s.a.tokens, row)
  const { shares, cause } = log.blame(s.venue, row)
  const owner = s.owner[row] as number
  const base = { venue: s.venue, account: row, actor: owner }
  const taken = log.add({ ...base, kind: 'takeover', asset: index_asset, amount, price, usd: amount * price, shares, cause })
  const bad = decrease(s, row, 1, 'liquidation')
  if (bad > 0) {
    const asset = coin_asset(s, row)
    const coins = bad / price_of(s, coin_slot(s, row))
    log.add({ ...base, kind: 'bad_debt', asset, amount: coins, usd: bad, cause: taken })
    log.add({ kind: 'default', venue: s.venue, account: s.rows + k, asset, amount: coins, usd: bad, cause: taken })
  }
  return applied(amount)
}

/** Winners are closed while their profit is above what the pool must be left with. `amount`: index tokens. */
export function deleverage(s: State, action: Action, log: Log): Result {
  const { account: row } = action
  const shut = closed(s, row)
  if (shut !== undefined) return shut
  const k = s.market_of[row] as number
  const of = market_at(s, row)
  const side = side_of(s, row)
  const price = price_of(s, index_slot(k))
  if (!(side_pnl(s, k, side) > pool_usd(s, k, side) * of.pnl_after) || !(pnl_of(s, row, price) > 0)) return refused('healthy')
  const tokens = at(s.a.tokens, row)
  if (!(action.amount > 0 && action.amount <= tokens)) return refused('stale')
  const amount = action.amount
  const short = decrease(s, row, amount >= tokens * (1 - SAME) ? 1 : amount / tokens, 'adl')
  if (short > 0) return refused('margin')
  log.add({
    kind: 'deleverage',
    venue: s.venue,
    account: row,
    actor: s.owner[row] as number,
    asset: of.index_asset,
    amount,
    price,
    usd: amount * price,
  })
  return applied(amount)
}

/** What of its profit a position must give up so that the side's is `after` of what is left of the pool; USD. */
export const excess = (pnl: number, pool: number, after: number): number => Math.max(0, (pnl - after * pool) / (1 - after))
