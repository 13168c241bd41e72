/** What a redemption queue keeps, and what follows from it at a moment. */
import type { Columns, Fill, Ledger, Leg, Log, Table } from '../../model/index.ts'
import { type Backing, LEAST_SHARE, put, share_of } from '../shared/backing.ts'
import type { Hours } from '../shared/calendar.ts'
import type { Limit } from '../shared/limit.ts'
import { rate_at } from '../shared/rate.ts'
import type { Spec } from './spec.ts'

export const shape = {
  time_ms: 'f64',
  paid_ms: 'f64',
  mid: 'f64',
  capacity: 'f64',
  head: 'i32',
  waiting: 'f64',
  promised: 'f64',
  supply: 'f64',
} as const
/** `base` still in custody, `promised` quote units for it, at which rate. */
export const request_shape = { party: 'i32', base: 'f64', promised: 'f64', rate: 'f64', time_ms: 'f64' } as const

export interface Queue {
  readonly index: number
  readonly base: number
  readonly quote: number
  readonly spec: Spec
  readonly start_ms: number
  readonly hours: Hours | undefined
  readonly parties: ReadonlySet<number> | undefined
  readonly state: Columns<typeof shape>
  readonly rows: Table<typeof request_shape>
  readonly backing: Backing | undefined
  readonly requests: Limit
  readonly issue: Limit
  readonly ledger: Ledger
  readonly log: Log
}

export const mid = (q: Queue) => q.state.mid.data[0] as number
export const now = (q: Queue) => q.state.time_ms.data[0] as number
export const rate = (q: Queue) => rate_at(q.spec.rate, q.start_ms, now(q))

/** Share of what is owed that a pro-rata queue pays: of all base units, those that wait included. */
export const share = (q: Queue): number =>
  q.backing === undefined ? 1 : share_of(q.backing, (q.state.supply.data[0] as number) * Math.max(rate(q), LEAST_SHARE))

/** What a base unit is worth by the rule; a number even when all is lost. */
export const worth = (q: Queue): number => Math.max(rate(q) * share(q), LEAST_SHARE)

export function fill_of(
  q: Queue,
  party: number,
  base: number,
  quote: number,
  mid_after: number,
  fee_quote: number,
  legs: Leg[] = [],
  decay = 1,
): Fill {
  return { market: q.index, party, base, quote, mid_before: mid(q), mid_after, legs, fee_quote, decay, permanent: 0 }
}

/** Quote units come in (positive) or go out: of the reserve, or of `outside` by name. */
export function pay(q: Queue, units: number): void {
  if (q.backing !== undefined) put(q.backing, units)
  else q.ledger.postings.mint(q.quote, -units)
}
