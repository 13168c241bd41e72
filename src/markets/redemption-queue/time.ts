/** Time at a redemption queue: requests are paid in order. */
import { assert, type Fill, type Leg, OUTSIDE } from '../../model/index.ts'
import { at_hand, LEAST_SHARE, pass_backing, reopen } from '../shared/backing.ts'
import { DAY_MS, is_open, open_ms } from '../shared/calendar.ts'
import { pass_limit, refill } from '../shared/limit.ts'
import { due_of } from './kernel.ts'
import { fill_of, now, pay, type Queue, rate, share, worth } from './state.ts'

/** Pays requests in order as far as they are due, capacity goes and the reserve lasts. */
function pay_out(q: Queue, until_ms: number, capacity: number): Leg[] {
  const { state, rows } = q
  const c = rows.columns
  const [rate_now, part] = [rate(q), share(q)]
  const legs: Leg[] = []
  let left = Math.min(capacity, q.backing === undefined ? Number.POSITIVE_INFINITY : at_hand(q.backing))
  let head = state.head.data[0] as number
  for (; head < rows.length; head++) {
    if ((c.time_ms.data[head] as number) + q.spec.delay_ms > until_ms) break
    const promised = c.promised.data[head] as number
    const base = c.base.data[head] as number
    const due = part > LEAST_SHARE ? due_of(promised, c.rate.data[head] as number, rate_now) * part : 0
    const paid = Math.min(due, left)
    if (due > 0 && !(paid > 0)) break
    const whole = paid === due
    const done = whole ? base : (base * paid) / due
    settle_part(q, head, done, whole ? promised : (promised * paid) / due, paid, legs)
    left -= paid
    if (!whole) break
  }
  state.head.set(0, head)
  return legs
}

/** A part of a request is paid: its base is burnt, its promise kept. */
function settle_part(q: Queue, row: number, base: number, promised: number, paid: number, legs: Leg[]): void {
  const { state, ledger, rows } = q
  const party = rows.columns.party.data[row] as number
  rows.columns.base.add(row, -base)
  rows.columns.promised.add(row, -promised)
  state.waiting.add(0, -base)
  state.promised.add(0, -promised)
  state.supply.set(0, Math.max(0, (state.supply.data[0] as number) - base))
  ledger.postings.post(q.base, -base)
  ledger.postings.mint(q.base, -base)
  if (paid > 0) pay(q, -paid)
  legs.push({ party, base: 0, quote: paid })
  q.log.add({
    kind: 'redeem',
    actor: party,
    market: q.index,
    asset: q.base,
    amount: base,
    price: base > 0 ? paid / base : 0,
    extra: paid,
  })
}

function pass(q: Queue, dt_ms: number): Fill {
  const { state, spec } = q
  const from_ms = now(q)
  const until_ms = from_ms + dt_ms
  state.time_ms.set(0, until_ms)
  pass_limit(q.requests, from_ms, until_ms)
  pass_limit(q.issue, from_ms, until_ms)
  const supply = state.supply.data[0] as number
  if (q.backing !== undefined) pass_backing(q.backing, from_ms, until_ms, supply * rate(q))
  const before = state.capacity.data[0] as number
  const capacity =
    spec.per_day === undefined ? Number.POSITIVE_INFINITY : before + (spec.per_day * open_ms(q.hours, from_ms, until_ms)) / DAY_MS
  const paid_ms = state.paid_ms.data[0] as number
  const pays = spec.pays_ms === 0 || Math.floor(until_ms / spec.pays_ms) > Math.floor(paid_ms / spec.pays_ms)
  const paying = pays && is_open(q.hours, until_ms)
  if (paying) state.paid_ms.set(0, until_ms)
  const legs = paying ? pay_out(q, until_ms, capacity) : []
  const paid = legs.reduce((sum, leg) => sum + leg.quote, 0)
  const idle = (state.head.data[0] as number) >= q.rows.length
  if (spec.per_day !== undefined) state.capacity.set(0, idle ? Math.min(spec.saved, capacity - paid) : capacity - paid)
  const fill = fill_of(q, OUTSIDE, 0, 0, worth(q), 0, legs)
  state.mid.set(0, fill.mid_after)
  return fill
}

/** Time without end: everybody who waits is paid what the reserve gives, whatever hours and capacity say; then it stands as at the start, but for the clock. */
function restore(q: Queue, passed_ms: number): Fill {
  const { state, spec, backing } = q
  state.time_ms.add(0, passed_ms)
  const legs = pay_out(q, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
  const came = backing === undefined ? 0 : reopen(backing)
  state.capacity.set(0, spec.saved)
  refill(q.requests)
  refill(q.issue)
  const fill = fill_of(q, OUTSIDE, 0, -came, worth(q), 0, legs, 0)
  state.mid.set(0, fill.mid_after)
  return fill
}

export function recover(q: Queue, dt_ms: number, anchor: number, passed_ms = 0): Fill {
  assert(dt_ms >= 0, `recovery over ${dt_ms} ms`)
  assert(anchor > 0 && anchor < Number.POSITIVE_INFINITY, `anchor ${anchor} of a queue`)
  return dt_ms < Number.POSITIVE_INFINITY ? pass(q, dt_ms) : restore(q, passed_ms)
}
