/** What moves a position: impact, fees, increase and decrease. A refusal after it undoes what was written, with its bundle. */
import { OUTSIDE } from '../../model/index.ts'
import { pay_out } from '../shared/custody.ts'
import { capped_impact, paid_share, position_pnl, price_impact, with_inventory } from './kernel.ts'
import {
  add_interest,
  amount_of,
  at,
  coin_asset,
  coin_side,
  coin_slot,
  index_slot,
  market_at,
  pending,
  pool_usd,
  price_of,
  side_of,
  side_pnl,
  type Side,
  type State,
  token_slot,
} from './state.ts'

const positive = (x: number): number => Math.max(0, x)

/** Price impact in USD of a change of a row's size; the worse of its market's and of the virtual inventory. */
export function impact_of(s: State, row: number, delta: number): number {
  const k = s.market_of[row] as number
  const of = market_at(s, row)
  const rules = { positive: of.impact_positive, negative: of.impact_negative, exponent: of.impact_exponent }
  const [long, short] = [at(s.m.interest_long, k), at(s.m.interest_short, k)]
  const side = side_of(s, row)
  const own = price_impact(long, short, side === 'long' ? long + delta : long, side === 'short' ? short + delta : short, rules)
  let impact = own
  if (of.inventory >= 0) {
    const before = at(s.inventory.usd, of.inventory)
    const after = before + (s.side[row] as number) * delta
    impact = with_inventory(own, price_impact(positive(before), positive(-before), positive(after), positive(-after), rules))
  }
  const pool = at(s.m.impact_pool, k) * price_of(s, index_slot(k))
  const size = Math.abs(delta)
  const bounded = capped_impact(impact, size, of.most_positive_impact, pool)
  return delta < 0 ? Math.max(bounded, -of.most_negative_impact * size) : bounded
}

/** The impact pool gives what helps a trader and keeps what costs him; it never gives what it has not. */
function book_impact(s: State, k: number, impact: number): void {
  const tokens = impact / price_of(s, index_slot(k))
  s.m.impact_pool.set(k, positive(at(s.m.impact_pool, k) - tokens))
}

/** Moves USD of a row's collateral to the pool (+) or back (−), as far as there is any; returns USD that the collateral is short of. */
function move(s: State, row: number, usd: number): number {
  const k = s.market_of[row] as number
  const price = price_of(s, coin_slot(s, row))
  const pool = amount_of(s, coin_side(s, row))
  const units = usd / price
  const held = at(s.a.collateral, row)
  const part = units > 0 ? Math.min(units, held) : -Math.min(-units, at(pool, k))
  s.a.collateral.set(row, held - part)
  pool.add(k, part)
  return positive(units - held) * price
}

/** Pays a profit out of the tokens of the row's side, as far as there are any. */
function pay_profit(s: State, row: number, usd: number): void {
  const k = s.market_of[row] as number
  const side: Side = side_of(s, row)
  const { long_asset, short_asset } = market_at(s, row)
  const pool = amount_of(s, side)
  const units = Math.min(usd / price_of(s, token_slot(k, side)), at(pool, k))
  if (!(units > 0)) return
  pool.add(k, -units)
  pay_out(s, owner_of(s, row), side === 'long' ? long_asset : short_asset, units)
}

/** Who gets what leaves a position: its owner, or `outside` who owns what nobody does. */
export const owner_of = (s: State, row: number): number => {
  const owner = s.owner[row] as number
  return owner < 0 ? OUTSIDE : owner
}

function paid_up(s: State, row: number): void {
  const k = s.market_of[row] as number
  const long = (s.side[row] as number) > 0
  s.a.borrow.set(row, at(long ? s.m.borrow_long : s.m.borrow_short, k))
  s.a.funding.set(row, at(long ? s.m.funding_long : s.m.funding_short, k))
}

/** Opens or adds `size` USD; false where collateral does not stand the fees. */
export function increase(s: State, row: number, size: number): boolean {
  const k = s.market_of[row] as number
  const of = market_at(s, row)
  const price = price_of(s, index_slot(k))
  const impact = impact_of(s, row, size)
  const tokens = (size + (s.side[row] as number) * impact) / price
  const fee = size * (impact > 0 ? of.fee_positive : of.fee_negative)
  if (!(tokens > 0) || move(s, row, pending(s, row) + fee) > 0) return false
  paid_up(s, row)
  book_impact(s, k, impact)
  add_interest(s, row, size, tokens)
  s.a.size.add(row, size)
  s.a.tokens.add(row, tokens)
  s.book.touch(row)
  return true
}

/** How a decrease is meant: by the owner, in a liquidation (no impact, its fee on top), or against a winner. */
export type Why = 'own' | 'liquidation' | 'adl'

/**
 * Closes a share of a position: fees and loss go to the pool, profit comes out of it, and what is left of a whole position goes home.
 * @returns USD that the collateral did not stand
 */
export function decrease(s: State, row: number, share: number, why: Why): number {
  const k = s.market_of[row] as number
  const of = market_at(s, row)
  const price = price_of(s, index_slot(k))
  const whole = share >= 1
  const size = at(s.a.size, row) * Math.min(1, share)
  const tokens = at(s.a.tokens, row) * Math.min(1, share)
  const impact = why === 'liquidation' ? 0 : impact_of(s, row, -size)
  const pnl = position_pnl(s.side[row] as number, size, tokens, price)
  const side = side_of(s, row)
  const won = pnl > 0 ? pnl * paid_share(side_pnl(s, k, side), pool_usd(s, k, side), of.pnl_traders) : 0
  const result = won + Math.min(0, pnl) + impact
  const fee = size * (impact > 0 ? of.fee_positive : of.fee_negative)
  const extra = why === 'liquidation' ? size * of.liquidation_fee : 0
  const due = pending(s, row)
  // a row may pay its fees out of what it wins
  const net = result - due - fee - extra
  const before = at(s.a.collateral, row) * price_of(s, coin_slot(s, row))
  const short = net < 0 ? move(s, row, -net) : 0
  paid_up(s, row)
  book_impact(s, k, impact)
  add_interest(s, row, -size, -tokens)
  s.a.size.set(row, whole ? 0 : at(s.a.size, row) - size)
  s.a.tokens.set(row, whole ? 0 : at(s.a.tokens, row) - tokens)
  if (net > 0) pay_profit(s, row, net)
  if (whole) go_home(s, row)
  s.book.touch(row)
  // fees are waived where there is nothing to pay them from
  return why === 'liquidation' ? positive(Math.min(short, -(before + result - due))) : short
}

function go_home(s: State, row: number): void {
  const left = at(s.a.collateral, row)
  if (!(left > 0)) return
  s.a.collateral.set(row, 0)
  pay_out(s, owner_of(s, row), coin_asset(s, row), left)
}
