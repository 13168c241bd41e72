/**
 * A queue that redeems an asset (base) into what stands behind it (quote) at its rate, later: a staked asset, a cooldown, a bank. A sale is a
 * request: the base goes in at once, nothing comes out; requests are paid in order as time passes, to whoever made them, as legs of `recover`. A
 * purchase issues at once, where issuing is allowed.
 *
 * Capacity comes at `per_day` of open time and is spent on requests that are at least `delay_ms` old, at times of payment. A request is promised its
 * worth when it is made; if the rate has fallen by then, it is paid its shares at the lower rate.
 */
import { assert, type Deferring, type Kind, type Lawful, type Market, type WorldBuilder } from '../model/index.ts'
import { commit, later, take } from './redemption-queue/orders.ts'
import { type Spec, schema } from './redemption-queue/spec.ts'
import { mid, type Queue, request_shape, shape, worth } from './redemption-queue/state.ts'
import { recover } from './redemption-queue/time.ts'
import { broken_backing, open_backing, value_of } from './shared/backing.ts'
import { open_hours } from './shared/calendar.ts'
import { open_limit } from './shared/limit.ts'
import { open_parties } from './shared/parties.ts'

function violations(id: string, q: Queue): string[] {
  const { state, rows } = q
  const found = q.backing === undefined ? [] : broken_backing(id, q.backing)
  let waiting = 0
  let promised = 0
  let last = 0
  for (let row = 0; row < rows.length; row++) {
    const [base, owed, time_ms] = [rows.columns.base, rows.columns.promised, rows.columns.time_ms].map(
      (c) => c.data[row] as number,
    ) as [number, number, number]
    if (row < (state.head.data[0] as number) ? base > 1e-9 : !(base > 0)) found.push(`${id}: request ${row} holds ${base}`)
    if (time_ms < last) found.push(`${id}: request ${row} is older than the one before`)
    last = time_ms
    waiting += base
    promised += owed
  }
  const off = (name: 'waiting' | 'promised', sum: number) => {
    const value = state[name].data[0] as number
    if (!(Math.abs(value - sum) <= 1e-9 * Math.max(1, sum)))
      found.push(`${id}: ${name} is ${value}, the requests add up to ${sum}`)
  }
  off('waiting', waiting)
  off('promised', promised)
  if (!(Math.abs(mid(q) / worth(q) - 1) < 1e-9)) found.push(`${id}: the mid is ${mid(q)}, the rule says ${worth(q)}`)
  return found
}

function open_queue(spec: Spec, builder: WorldBuilder): Queue {
  const base = builder.asset(spec.base, 'base')
  const quote = builder.asset(spec.quote, 'quote')
  if (base === quote) throw builder.invalid('quote', spec.quote, 'another asset than base')
  if (spec.reserve === undefined && spec.backing !== undefined)
    throw builder.invalid('reserve', spec.reserve, 'the quote units at hand, as there is a backing')
  const { store, ledger, log, time_ms } = builder
  const { id, reserve } = spec
  const q: Queue = {
    index: builder.self.index,
    base,
    quote,
    spec,
    start_ms: time_ms,
    hours: spec.hours === undefined ? undefined : open_hours(spec.hours),
    parties: open_parties(spec.parties, builder),
    state: store.table(`${id}.state`, shape, 1).columns,
    rows: store.table(`${id}.requests`, request_shape),
    backing: reserve === undefined ? undefined : open_backing(spec.backing, reserve, quote, ledger, store, `${id}.backing`),
    requests: open_limit(spec.request_limit, store, `${id}.request_limit`),
    issue: open_limit(spec.issue?.limit, store, `${id}.issue_limit`),
    ledger,
    log,
  }
  q.state.time_ms.data[0] = time_ms
  q.state.paid_ms.data[0] = time_ms
  q.state.capacity.data[0] = spec.saved
  q.state.supply.data[0] = spec.supply ?? (q.backing === undefined ? 0 : value_of(q.backing) / spec.rate.at_start)
  q.state.mid.data[0] = worth(q)
  return q
}

export const redemptionQueue: Kind<Spec, Market & Lawful & Deferring> = {
  id: 'redemption-queue',
  title: 'Redemption queue: pays requests in order, at a rate, with delay, daily capacity and hours',
  source: 'lidofinance/core WithdrawalQueueBase.sol (372b02e); consensus-specs churn limits; issuers’ banking hours; cooldowns',
  schema,
  open(spec, builder) {
    const q = open_queue(spec, builder)
    return {
      base: q.base,
      quote_asset: q.quote,
      settles: -1,
      mid: () => mid(q),
      quote: (order) => take(q, order),
      fill(order) {
        const fill = take(q, order)
        commit(q, fill)
        return fill
      },
      later: (order) => later(q, order),
      recover: (dt_ms, anchor, passed_ms) => recover(q, dt_ms, anchor, passed_ms),
      // Nothing is to be had at once.
      depth: () => 0,
      make() {
        assert(false, `${spec.id} is a queue: it has no makers`)
      },
      cancel: () => 0,
      holdings(out) {
        out[q.base] = (out[q.base] as number) + (q.state.waiting.data[0] as number)
        if (q.backing !== undefined) out[q.quote] = (out[q.quote] as number) + value_of(q.backing)
      },
      violations: () => violations(spec.id, q),
    }
  },
}
