/**
 * What owners do. Refusals in the order stale, unknown, limit, dust, cash, funds, margin, empty; who names an asset that his vault does not
 * have is unknown before everything else.
 */
import { ALL, type Action, applied, type Log, type LogKind, type Result, refused } from '../../model/index.ts'
import { can_pay, pay_out, take_in } from '../shared/custody.ts'
import { floor_ratio, SAME } from './kernel.ts'
import { may_add, may_leave, move_debt, move_supply } from './limits.ts'
import { at, enter, held_of, net_of, owed_of, type Pool, ratio_after, raw_price, stale, type State, vault_at } from './state.ts'

const least_of = (s: State, pool: number): number => (s.pools[pool] as Pool).least
/** Less than 10,000 smallest units moves nothing. */
const dust = (units: number, least: number): boolean => units > 0 && units < least * (1 - SAME)

function done(s: State, action: Action, pool: number, units: number, log: Log): Result {
  const { account, actor, asset, cause } = action
  const price = at(s.p.price, pool)
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

export function deposit(s: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const { collateral, collateral_pool } = vault_at(s, row)
  if (asset !== collateral) return refused('unknown')
  const units = action.amount === ALL ? s.ledger.balance(actor, asset) : action.amount
  if (dust(units, least_of(s, collateral_pool))) return refused('dust')
  if (!can_pay(s, actor, asset, units)) return refused('funds')
  if (!(units > 0) || !take_in(s, actor, asset, units)) return refused('empty')
  const raw = units / at(s.p.supply_index, collateral_pool)
  enter(s, row, net_of(s, row), at(s.a.collateral, row) + raw, true)
  move_supply(s, s.vault_of[row] as number, raw, units)
  return done(s, action, collateral_pool, units, log)
}

/** Highest ratio at which an owner may leave his position: a position at the tick above it is refused. */
const open_ratio = (s: State, row: number): number => {
  const vault = vault_at(s, row)
  return floor_ratio(raw_price(s, vault) * vault.collateral_factor, vault.scale)
}

/** Would the position stand too high? */
const too_high = (s: State, row: number, net: number, collateral: number): boolean =>
  net > 0 && !(collateral > 0 && ratio_after(s, row, net, collateral, false) <= open_ratio(s, row) * (1 + SAME))

export function withdraw(s: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const vault = vault_at(s, row)
  const k = s.vault_of[row] as number
  const { collateral, collateral_pool } = vault
  if (asset !== collateral || actor !== s.owner[row]) return refused('unknown')
  const net = net_of(s, row)
  if (net > 0 && stale(s, vault)) return refused('stale')
  const [index, held] = [at(s.p.supply_index, collateral_pool), held_of(s, row)]
  const [leave, cash] = [may_leave(s, k, true), at(s.p.cash, collateral_pool)]
  const spare = net > 0 ? Math.max(0, held - (net / open_ratio(s, row)) * index * (1 + 2 * SAME)) : held
  const units = action.amount === ALL ? Math.min(spare, leave, cash) : action.amount
  const all = Math.abs(units - held) <= held * SAME
  const left = all ? 0 : at(s.a.collateral, row) - units / index
  if (units > leave * (1 + SAME)) return refused('limit')
  if (dust(units, least_of(s, collateral_pool))) return refused('dust')
  if (units > cash * (1 + SAME)) return refused('cash')
  if (units > held * (1 + SAME)) return refused('funds')
  if (units > 0 && too_high(s, row, net, left)) return refused('margin')
  if (!(units > 0)) return refused('empty')
  const raw = all ? at(s.a.collateral, row) : units / index
  enter(s, row, net, left, false)
  move_supply(s, k, -raw, -units)
  pay_out(s, actor, asset, units)
  return done(s, action, collateral_pool, units, log)
}

export function borrow(s: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const vault = vault_at(s, row)
  const k = s.vault_of[row] as number
  const { debt, debt_pool } = vault
  if (asset !== debt || actor !== s.owner[row]) return refused('unknown')
  if (stale(s, vault)) return refused('stale')
  const [index, collateral, net] = [at(s.p.borrow_index, debt_pool), at(s.a.collateral, row), net_of(s, row)]
  const [add, cash] = [may_add(s, k), at(s.p.cash, debt_pool)]
  const room = Math.max(0, open_ratio(s, row) * collateral * (1 - 2 * SAME) - net) * index
  const units = action.amount === ALL ? Math.min(room, add, cash) : action.amount
  if (units > add * (1 + SAME)) return refused('limit')
  if (dust(units, least_of(s, debt_pool))) return refused('dust')
  if (units > cash * (1 + SAME)) return refused('cash')
  const next = net + units / index
  if (units > 0 && too_high(s, row, next, collateral)) return refused('margin')
  if (!(units > 0)) return refused('empty')
  enter(s, row, next, collateral, false)
  move_debt(s, k, units / index, units)
  pay_out(s, actor, asset, units)
  return done(s, action, debt_pool, units, log)
}

export function repay(s: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const { debt, debt_pool } = vault_at(s, row)
  const owed = owed_of(s, row)
  if (asset !== debt || !(owed > 0)) return refused('unknown')
  const offered = action.amount === ALL ? Math.min(owed, s.ledger.balance(actor, asset)) : action.amount
  const whole = offered >= owed * (1 - SAME)
  const units = whole ? owed : offered
  const least = least_of(s, debt_pool)
  if (!whole && (dust(units, least) || dust(owed - units, least))) return refused('dust')
  if (!can_pay(s, actor, asset, units)) return refused('funds')
  if (!(units > 0) || !take_in(s, actor, asset, units)) return refused('empty')
  const raw = whole ? net_of(s, row) : units / at(s.p.borrow_index, debt_pool)
  enter(s, row, whole ? 0 : net_of(s, row) - raw, at(s.a.collateral, row), true)
  move_debt(s, s.vault_of[row] as number, -raw, -units)
  return done(s, action, debt_pool, units, log)
}
