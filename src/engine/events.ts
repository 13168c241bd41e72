/** What happens later: delayed responses and arriving transfers, in the order (time, priority, sequence). */
import { EventHeap } from '../math/index.ts'
import type { DueEvent, Store, Table } from '../model/index.ts'

const shape = {
  arrival: 'u8',
  venue: 'i32',
  account: 'i32',
  actor: 'i32',
  asset: 'i32',
  amount: 'f64',
  plan: 'i32',
  cause: 'i32',
  to: 'i32',
} as const

/** A scheduled event with the actor that receives it; for an arrival, `to` is credited first. */
export interface Scheduled extends DueEvent {
  readonly to: number
}

/** Events are rows of a table; the heap holds row numbers. */
export class EventQueue {
  private readonly table: Table<typeof shape>
  private readonly heap = new EventHeap()

  constructor(store: Store) {
    this.table = store.table('engine.events', shape)
  }

  push(time_ms: number, event: Scheduled): void {
    const row = this.table.push()
    const c = this.table.columns
    c.arrival.data[row] = event.kind === 'arrival' ? 1 : 0
    c.venue.data[row] = event.venue
    c.account.data[row] = event.account
    c.actor.data[row] = event.actor
    c.asset.data[row] = event.asset
    c.amount.data[row] = event.amount
    c.plan.data[row] = event.plan
    c.cause.data[row] = event.cause
    c.to.data[row] = event.to
    this.heap.push(time_ms, event.kind === 'arrival' ? 0 : 1, row)
  }

  /** The next event at or before this time, or undefined. */
  pop(time_ms: number): Scheduled | undefined {
    if (this.heap.length === 0 || this.heap.nextTime > time_ms) return undefined
    const row = this.heap.pop()
    const c = this.table.columns
    return {
      kind: c.arrival.data[row] === 1 ? 'arrival' : 'wait',
      venue: c.venue.data[row] as number,
      account: c.account.data[row] as number,
      actor: c.actor.data[row] as number,
      asset: c.asset.data[row] as number,
      amount: c.amount.data[row] as number,
      plan: c.plan.data[row] as number,
      cause: c.cause.data[row] as number,
      to: c.to.data[row] as number,
    }
  }

  clear(): void {
    this.heap.clear()
  }
}
