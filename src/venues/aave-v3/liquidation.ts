/** Liquidation at the venue: the pair an account is best liquidated by, what is offered, and the call itself. */
import { ALL, type Action, type Blame, type Log, type Offers, type Result, refused } from '../../model/index.ts'
import { can_pay } from '../shared/custody.ts'
import { entry_of, health, health_from, totals } from './accounts.ts'
import { closed, drop_debt, drop_supply, known_row, less, pay_out, reserve_of, take_in } from './actions.ts'
import { count_isolated, is_isolated } from './isolation.ts'
import { least_part, type Pair, proceeds, Room, room, SAME, Seizure, seize, Totals } from './kernel.ts'
import { type Pool, update_rates, value } from './pool.ts'
import { CLOSE_FACTOR_HEALTH } from './rules.ts'

/** Less than this is not offered; whoever asks for it is still served. */
const LEAST_OFFER_USD = 0.01

const sums = new Totals()
const taken = new Seizure()
const most = new Room()
const pair: Pair = {
  collateral: 0,
  debt: 0,
  collateral_price: 0,
  debt_price: 0,
  bonus: 1,
  fee: 0,
  health: 0,
  total_collateral_usd: 0,
  total_debt_usd: 0,
  same: false,
}

/** May nothing of this pair be liquidated now? The sentinel lets only deep breaches through, grace nothing. */
function held_back(pool: Pool, c: number, d: number, at_health: number): boolean {
  const now_ms = value(pool.clock.now_ms, 0)
  const { state, rules, clock } = pool
  if (closed(pool, c) || closed(pool, d)) return true
  if (rules.isolation && value(clock.sentinel, 0) === 1 && at_health >= CLOSE_FACTOR_HEALTH) return true
  return rules.grace && (value(state.grace_until_ms, c) >= now_ms || value(state.grace_until_ms, d) >= now_ms)
}

/** Can this entry be seized? */
function seizable(pool: Pool, row: number, at: number): boolean {
  const { collateral, enabled, reserve } = pool.accounts.entries.columns
  if (at < 0 || value(enabled, at) === 0 || !(value(collateral, at) > 0)) return false
  const { threshold_of, count } = pool.config
  return (threshold_of[(pool.accounts.emode[row] as number) * count + value(reserve, at)] as number) > 0
}

/** Fills `pair` for two entries of an account whose totals are in `sums`. */
function load(pool: Pool, row: number, collateral_at: number, debt_at: number): void {
  const { state, config, accounts } = pool
  const { reserve, collateral, debt } = accounts.entries.columns
  const c = value(reserve, collateral_at)
  const d = value(reserve, debt_at)
  pair.collateral = value(collateral, collateral_at) * value(state.liquidity_index, c)
  pair.debt = value(debt, debt_at) * value(state.borrow_index, d)
  pair.collateral_price = value(state.price, c)
  pair.debt_price = value(state.price, d)
  pair.bonus = config.bonus_of[(accounts.emode[row] as number) * config.count + c] as number
  pair.fee = config.protocol_fee[c] as number
  pair.health = health_from(pool, sums)
  pair.total_collateral_usd = sums.collateral_usd
  pair.total_debt_usd = sums.debt_usd
  pair.same = c === d
}

/**
 * One offer for an account in breach: of all pairs the one that repays most, then the one with most collateral, then the first.
 * @param cash what the pool can still pay of each reserve; what is offered is taken off, so that offers made together can all be taken
 */
export function offer(pool: Pool, row: number, cash: Float64Array, offers: Offers): void {
  const { config, accounts, rules } = pool
  const { reserve, next, debt } = accounts.entries.columns
  totals(pool, row, sums)
  if (sums.stale) return
  const at_health = health_from(pool, sums)
  let [best_c, best_d, best_usd, best_collateral] = [-1, -1, 0, 0]
  for (let c = value(accounts.head, row); c >= 0; c = value(next, c)) {
    if (!seizable(pool, row, c)) continue
    for (let d = value(accounts.head, row); d >= 0; d = value(next, d)) {
      if (!(value(debt, d) > 0) || held_back(pool, value(reserve, c), value(reserve, d), at_health)) continue
      load(pool, row, c, d)
      room(rules, pair, cash[value(reserve, c)] as number, taken, most)
      const usd = most.debt * pair.debt_price
      const collateral_usd = pair.collateral * pair.collateral_price
      const more = usd > best_usd * (1 + SAME) || (usd >= best_usd * (1 - SAME) && collateral_usd > best_collateral * (1 + SAME))
      if (usd < LEAST_OFFER_USD || !more) continue
      best_c = c
      best_d = d
      best_usd = usd
      best_collateral = collateral_usd
    }
  }
  if (best_c < 0) return
  load(pool, row, best_c, best_d)
  room(rules, pair, cash[value(reserve, best_c)] as number, taken, most)
  cash[value(reserve, best_c)] = (cash[value(reserve, best_c)] as number) - most.debt * proceeds(pair)
  offers.list.push({
    kind: 'liquidation',
    venue: pool.index,
    id: row,
    collateral: config.asset[value(reserve, best_c)] as number,
    debt: config.asset[value(reserve, best_d)] as number,
    price: 1 / proceeds(pair),
    debt_max: most.debt,
    debt_min: least_part(rules, pair, most),
    collateral_max: most.debt * proceeds(pair),
    reward: 0,
    health: at_health,
  })
}

/** Why a call on an account is refused before amounts are looked at, or `applied`. */
function admit(pool: Pool, action: Action, c: number, d: number): Result['status'] {
  const { account: row } = action
  const at_health = health(pool, row, pool.book.prices.data)
  if (held_back(pool, c, d, at_health)) return 'paused'
  if (sums.stale) return 'stale'
  const debt_at = entry_of(pool.accounts, row, d)
  if (!seizable(pool, row, entry_of(pool.accounts, row, c))) return 'unknown'
  if (debt_at < 0 || !(value(pool.accounts.entries.columns.debt, debt_at) > 0)) return 'unknown'
  if (!(at_health < 1)) return 'healthy'
  if (pool.rules.no_self_liquidation && pool.accounts.owner[row] === action.actor) return 'limit'
  return 'applied'
}

/**
 * A liquidator repays debt from his treasury and is paid the underlying out of the pool. Refusals in the order paused, stale, unknown,
 * healthy, limit (himself), dust, cash, funds, empty. More than may be repaid is cut to that. The result is what he received.
 */
export function liquidate(pool: Pool, action: Action, log: Log): Result {
  const { rules, state, accounts } = pool
  const { account: row, actor } = action
  const c = reserve_of(pool, action.asset)
  const d = reserve_of(pool, action.asset2)
  if (c < 0 || d < 0 || !known_row(pool, row)) return refused('unknown')
  totals(pool, row, sums)
  const admitted = admit(pool, action, c, d)
  if (admitted !== 'applied' && admitted !== 'partial') return refused(admitted)
  const collateral_at = entry_of(accounts, row, c)
  const debt_at = entry_of(accounts, row, d)
  load(pool, row, collateral_at, debt_at)
  seize(rules, pair, action.amount, taken)
  if (taken.dust) return refused('dust')
  const paid = taken.debt
  const received = taken.collateral - taken.fee
  if (received > value(state.cash, c) + (c === d ? paid : 0)) return refused('cash')
  if (!can_pay(pool, actor, action.asset2, paid)) return refused('funds')
  if (!(paid > 0) || !(received > 0)) return refused('empty')
  const blame = log.blame(pool.index, row)
  const isolated = is_isolated(pool, row, c)
  if (!take_in(pool, actor, d, paid)) return refused('funds')
  drop_debt(pool, debt_at, d, paid, taken.whole_debt)
  if (isolated) count_isolated(pool, c, -paid)
  take_collateral(pool, collateral_at, c)
  pay_out(pool, actor, c, received)
  const at = log.add({
    kind: 'liquidate',
    venue: pool.index,
    account: row,
    actor,
    asset: action.asset,
    amount: taken.collateral,
    price: pair.health,
    usd: paid * pair.debt_price,
    extra: taken.fee * pair.collateral_price,
    cause: blame.cause,
    shares: blame.shares,
  })
  if (rules.deficit && taken.none_left) abandon(pool, action, collateral_at, { shares: blame.shares, cause: at }, log)
  update_rates(pool, c)
  update_rates(pool, d)
  pool.book.touch(row)
  const partial = action.amount !== ALL && paid < action.amount * (1 - SAME)
  return { status: partial ? 'partial' : 'applied', amount: received }
}

/** Burns the shares that pay the liquidator; the fee's become the treasury's. */
function take_collateral(pool: Pool, at: number, c: number): void {
  const { state } = pool
  const index = value(state.liquidity_index, c)
  const shares = drop_supply(pool, at, c, taken.collateral, taken.whole_collateral)
  const fee = Math.min(shares, taken.fee / index)
  state.fees.add(c, fee)
  state.supply.set(c, less(value(state.supply, c), shares - fee))
}

/** Nothing is left to seize: every debt of the account in an active reserve becomes that reserve's deficit. */
function abandon(pool: Pool, action: Action, collateral_at: number, blame: Blame, log: Log): void {
  const { state, config, accounts } = pool
  const { reserve, next, debt, enabled } = accounts.entries.columns
  enabled.set(collateral_at, 0)
  for (let at = value(accounts.head, action.account); at >= 0; at = value(next, at)) {
    const r = value(reserve, at)
    if (!(value(debt, at) > 0) || config.active[r] === 0) continue
    const units = value(debt, at) * value(state.borrow_index, r)
    drop_debt(pool, at, r, units, true)
    state.deficit.add(r, units)
    update_rates(pool, r)
    log.add({
      kind: 'bad_debt',
      venue: pool.index,
      account: action.account,
      actor: action.actor,
      asset: config.asset[r] as number,
      amount: units,
      price: value(state.price, r),
      usd: units * value(state.price, r),
      cause: blame.cause,
      shares: blame.shares,
    })
  }
}
