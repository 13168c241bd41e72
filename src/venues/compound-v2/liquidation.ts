/** Liquidation: a part of one debt for cTokens of one collateral, redeemed at once; the protocol keeps its part. */
import { ALL, type Action, type Log, type Offers, type Result, refused } from '../../model/index.ts'
import { can_pay } from '../shared/custody.ts'
import { drop_debt, drop_supply, market_of, pay_out, take_in } from './actions.ts'
import { kept, SAME, seized_per_unit } from './kernel.ts'
import { at, cell, debt_of, health, is_stale, type Market, type State, supply_of } from './state.ts'

/** Less than this is not offered; whoever asks for it is still served. */
const LEAST_OFFER_USD = 0.01
/** What an offer stays away from a limit that would refuse it. */
const CLEAR = 1e-9

/** Most units of a debt that one call may repay, whatever the collateral. */
const most_debt = (s: State, row: number, d: number): number =>
  debt_of(s, row, d) * ((s.markets[d] as Market).forced ? 1 : s.close_factor)

const per_unit = (s: State, d: number, c: number): number => seized_per_unit(s.split, at(s.m.price, d), at(s.m.price, c))

/** Units of collateral that a unit of debt gets the liquidator. */
const proceeds = (s: State, d: number, c: number): number => per_unit(s, d, c) * (1 - kept(s.split))

/** May this debt be liquidated at this health? */
const open_to = (s: State, d: number, now: number): boolean => now < 1 || (s.markets[d] as Market).forced

const seizable = (s: State, row: number, c: number): boolean =>
  at(s.h.supply, cell(s, row, c)) > 0 && at(s.h.entered, cell(s, row, c)) === 1

/**
 * One offer an account: of all pairs the one that repays most, then the first.
 * @param cash what the pool can still pay of each market; what is offered is taken off
 */
export function offer(s: State, row: number, cash: Float64Array, offers: Offers): void {
  if (at(s.clock.seize_paused, 0) === 1 || is_stale(s, row)) return
  const now = health(s, row, s.book.prices.data)
  let [best_d, best_c, best] = [-1, -1, 0]
  let best_usd = LEAST_OFFER_USD * (1 - SAME)
  for (let c = 0; c < s.markets.length; c++) {
    if (!seizable(s, row, c)) continue
    for (let d = 0; d < s.markets.length; d++) {
      if (!(at(s.h.debt, cell(s, row, d)) > 0) || !open_to(s, d, now)) continue
      const paid_out = proceeds(s, d, c) - (c === d ? 1 : 0)
      const payable = paid_out > 0 ? ((cash[c] as number) / paid_out) * (1 - CLEAR) : Number.POSITIVE_INFINITY
      const most = Math.min(most_debt(s, row, d), supply_of(s, row, c) / per_unit(s, d, c), payable)
      if (!(most * at(s.m.price, d) > best_usd * (1 + SAME))) continue
      best_usd = most * at(s.m.price, d)
      best = most
      best_d = d
      best_c = c
    }
  }
  if (best_d < 0) return
  const rate = proceeds(s, best_d, best_c)
  cash[best_c] = (cash[best_c] as number) - best * rate
  offers.list.push({
    kind: 'liquidation',
    venue: s.venue,
    id: row,
    collateral: (s.markets[best_c] as Market).asset,
    debt: (s.markets[best_d] as Market).asset,
    price: 1 / rate,
    debt_max: best,
    debt_min: 0,
    collateral_max: best * rate,
    reward: 0,
    health: now,
  })
}

/**
 * Repays debt, seizes, keeps the protocol's part and pays the rest out. Refusals in the order unknown (names), paused, stale, unknown, healthy,
 * limit (himself; more than the close factor; more than there is to seize), cash, funds, empty. All is the most that is not refused as a limit.
 */
export function liquidate(s: State, action: Action, log: Log): Result {
  const { account: row, actor } = action
  const [c, d] = [market_of(s, action.asset), market_of(s, action.asset2)]
  if (c < 0 || d < 0) return refused('unknown')
  if (at(s.clock.seize_paused, 0) === 1) return refused('paused')
  if (is_stale(s, row)) return refused('stale')
  const debt = debt_of(s, row, d)
  if (!(debt > 0) || !seizable(s, row, c)) return refused('unknown')
  const now = health(s, row, s.book.prices.data)
  if (!open_to(s, d, now)) return refused('healthy')
  const held = supply_of(s, row, c)
  const by_collateral = held / per_unit(s, d, c)
  const most = Math.min(most_debt(s, row, d), by_collateral)
  const repaid = Math.min(most, action.amount)
  if (s.owner[row] === actor || (action.amount !== ALL && action.amount > most * (1 + SAME))) return refused('limit')
  const whole_collateral = repaid >= by_collateral * (1 - SAME)
  const whole_debt = repaid >= debt * (1 - SAME)
  const seized = whole_collateral ? held : repaid * per_unit(s, d, c)
  const fee = seized * kept(s.split)
  const received = seized - fee
  if (received > (at(s.m.cash, c) + (c === d ? repaid : 0)) * (1 + SAME)) return refused('cash')
  if (!can_pay(s, actor, action.asset2, repaid)) return refused('funds')
  if (!(repaid > 0)) return refused('empty')
  const blame = log.blame(s.venue, row)
  if (!take_in(s, actor, d, repaid)) return refused('funds')
  drop_debt(s, row, d, repaid, whole_debt)
  drop_supply(s, row, c, seized, whole_collateral)
  s.m.reserves.add(c, fee)
  pay_out(s, actor, c, received)
  log.add({
    kind: 'liquidate',
    venue: s.venue,
    account: row,
    actor,
    asset: action.asset,
    amount: seized,
    price: now,
    usd: repaid * at(s.m.price, d),
    extra: fee * at(s.m.price, c),
    cause: blame.cause,
    shares: blame.shares,
  })
  s.book.touch(row)
  return { status: 'applied', amount: received }
}
