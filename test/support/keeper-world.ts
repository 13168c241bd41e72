/** An agent world with a clock: what waits comes back when its time has come, tick by tick, as in a run. */
import type { Action, Agent, Due, DueEvent, Offer } from '../../src/model/index.ts'
import { AgentWorld } from './agent-world.ts'

interface Later {
  readonly time_ms: number
  readonly event: DueEvent
}

export class KeeperWorld extends AgentWorld {
  private waiting: Later[] = []

  /** Waits that have not come back yet. */
  get in_flight(): number {
    return this.waiting.length
  }

  private note(): void {
    for (const { kind, venue, account, actor, asset, amount, plan, cause, delay_ms } of this.out.list)
      if (kind === 'wait')
        this.waiting.push({
          time_ms: this.time_ms + delay_ms,
          event: { kind, venue, account, actor, asset, amount, plan, cause },
        })
  }

  /** One tick: time passes, what is due comes back, then the agent acts. Returns what it does, waits apart. */
  step(agent: Agent, offers: readonly Offer[] = [], dt_ms = 60_000): Action[] {
    this.time_ms += dt_ms
    const list = this.waiting.filter(({ time_ms }) => time_ms <= this.time_ms).map(({ event }) => event)
    this.waiting = this.waiting.filter(({ time_ms }) => time_ms > this.time_ms)
    const due: Due = { list, health: () => 1, statement: () => {} }
    if (list.length > 0) {
      this.due(agent, due)
      this.note()
    }
    this.act(agent, offers)
    this.note()
    return this.out.list.filter(({ kind }) => kind !== 'wait')
  }
}
