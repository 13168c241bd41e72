/** Orders on a redemption queue: requests, issuing, and what a request may expect. */
import { assert, type Fill, type Later, type Order } from '../../model/index.ts'
import { at_hand, LEAST_SHARE, share_of, value_of } from '../shared/backing.ts'
import { after_work, DAY_MS, is_open, next_open } from '../shared/calendar.ts'
import { left_of, use_limit } from '../shared/limit.ts'
import { may_deal } from '../shared/parties.ts'
import { fill_of, mid, now, pay, type Queue, rate, share, worth } from './state.ts'

/** Base units of an order that are taken; prices are flat, so a limit lets all through or nothing. */
function admitted(q: Queue, order: Order): number {
  const { side, amount, exact, limit, party } = order
  assert(amount >= 0 && limit >= 0, `order of ${amount} with limit ${limit} on a queue`)
  const { spec } = q
  if (!may_deal(q.parties, party) || !(rate(q) > 0)) return 0
  if ((side > 0 || spec.requests === 'open') && !is_open(q.hours, now(q))) return 0
  if (side > 0 && spec.issue === undefined) return 0
  const each = side > 0 ? rate(q) / (1 - (spec.issue?.fee ?? 0)) : worth(q) * (1 - spec.fee)
  if (limit > 0 && side * (each - limit) > 0) return 0
  const base = Math.min(exact === 'base' ? amount : amount / each, left_of(side > 0 ? q.issue : q.requests))
  return base > 0 && base < Number.POSITIVE_INFINITY && base >= spec.order_min ? base : 0
}

/** What an order gets at once; nothing is changed. A request gives its base and gets nothing yet. */
export function take(q: Queue, order: Order): Fill {
  const base = admitted(q, order)
  if (base === 0) return fill_of(q, order.party, 0, 0, mid(q), 0)
  if (order.side < 0) return fill_of(q, order.party, -base, 0, mid(q), 0)
  const each = rate(q) / (1 - (q.spec.issue?.fee ?? 0))
  const quote = order.exact === 'quote' && base * each >= order.amount * (1 - 1e-15) ? order.amount : base * each
  return fill_of(q, order.party, base, -quote, after_issue(q, base, quote), base * (each - rate(q)))
}

/** Issuing into a queue that pays less than its rate raises what everybody is paid. */
function after_issue(q: Queue, base: number, quote: number): number {
  if (q.backing === undefined) return mid(q)
  const owed = ((q.state.supply.data[0] as number) + base) * rate(q)
  return Math.max(rate(q) * share_of(q.backing, owed, value_of(q.backing) + quote), LEAST_SHARE)
}

export function commit(q: Queue, fill: Fill): void {
  if (fill.base === 0) return
  const { state, ledger } = q
  if (fill.base > 0) {
    pay(q, -fill.quote)
    ledger.postings.mint(q.base, fill.base)
    state.supply.add(0, fill.base)
    use_limit(q.issue, fill.base)
    state.mid.set(0, fill.mid_after)
    return
  }
  const units = -fill.base
  const promised = units * rate(q) * (1 - q.spec.fee)
  const row = q.rows.push()
  const c = q.rows.columns
  c.party.set(row, fill.party)
  c.base.set(row, units)
  c.promised.set(row, promised)
  c.rate.set(row, rate(q))
  c.time_ms.set(row, now(q))
  state.waiting.add(0, units)
  state.promised.add(0, promised)
  ledger.postings.post(q.base, units)
  use_limit(q.requests, units)
}

/** Milliseconds until the reserve has so much at hand, losses and carry apart. */
function until_at_hand({ backing }: Queue, needed: number): number {
  if (backing === undefined || needed <= at_hand(backing)) return 0
  const short = needed - at_hand(backing)
  const { unlock_per_day } = backing.spec
  return unlock_per_day > 0 && short <= (backing.state.locked.data[0] as number)
    ? (short / unlock_per_day) * DAY_MS
    : Number.POSITIVE_INFINITY
}

/** What an order brings and when, as it looks now: behind everybody who waits, at the rate of today. */
export function later(q: Queue, order: Order): Later {
  const base = admitted(q, order)
  if (order.side > 0) return { amount: base, delay_ms: 0 }
  const { spec, state } = q
  const amount = base * worth(q) * (1 - spec.fee)
  const part = share(q)
  const needed = (state.promised.data[0] as number) * part + amount
  const missing = Math.max(0, needed - (state.capacity.data[0] as number))
  const work_ms = spec.per_day === undefined || missing === 0 ? 0 : (missing / spec.per_day) * DAY_MS
  const ready = Math.max(after_work(q.hours, now(q), work_ms), now(q) + spec.delay_ms, now(q) + until_at_hand(q, needed))
  const paid = spec.pays_ms === 0 ? ready : Math.ceil(ready / spec.pays_ms) * spec.pays_ms
  const done = paid < Number.POSITIVE_INFINITY ? next_open(q.hours, paid) : paid
  return { amount, delay_ms: done - now(q) }
}
