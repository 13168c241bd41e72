/**
 * Owners who look at what the market says of their account before the venue's oracle does: with a delayed oracle they have notice. A look is a `wait`
 * that comes back with the account; its plan says what the owner knows, its amount is the level he acts at.
 */
import { z } from 'zod'
import type { Actions, DueEvent, Statement, Table, View, WorldBuilder } from '../../model/index.ts'
import type { Actors } from './actors.ts'

export const notice_schema = z
  .strictObject({
    every_ms: z.number().int().min(1000).max(1e9).default(300_000).describe('how often he looks, ms'),
  })
  .describe('looks at his accounts at market prices instead of waiting for a call at the prices of the venue; absent: waits')
export type NoticeSpec = z.infer<typeof notice_schema>

/** Plans of looks; answers have plans from 0 on. */
export const LOOK = { first: -1, armed: -2, decided: -3 } as const

const RESPONSE_PRIORITY = 20

/** The looks of one agent's actors. */
export class Notice {
  private readonly every_ms: number
  private readonly begun: Table<{ yes: 'u8' }>
  private readonly builder: WorldBuilder
  private readonly actors: Actors

  constructor(spec: NoticeSpec, actors: Actors, builder: WorldBuilder) {
    this.every_ms = spec.every_ms
    this.actors = actors
    this.builder = builder
    this.begun = builder.store.table(`${builder.self.id}.notice`, { yes: 'u8' }, 1)
  }

  /** Sends the first looks, once a run. */
  begin(out: Actions): void {
    if (this.begun.columns.yes.data[0] === 1) return
    this.begun.columns.yes.data[0] = 1
    for (const actor of this.actors.list)
      for (const { venue, row } of this.builder.accounts_of(actor)) this.look(venue, row, actor, LOOK.first, 1, out)
  }

  private look(venue: number, account: number, actor: number, plan: number, level: number, out: Actions): void {
    out.bundle(RESPONSE_PRIORITY, 0)
    out.add('wait', { venue, account, actor, plan, amount: level, delay_ms: this.every_ms })
  }

  /** Looks again later. */
  again({ venue, account, actor }: DueEvent, plan: number, level: number, out: Actions): void {
    this.look(venue, account, actor, plan, level, out)
  }

  /** Prices of what the account owns as the market has them: as much above or below the feed as the asset has moved more than its feed. Debts stay at the feed. */
  reprice(statement: Statement, view: View): void {
    const { feeds } = view
    for (let leg = 0; leg < statement.count; leg++) {
      const feed = statement.feed[leg] as number
      if (feed < 0 || statement.side[leg] !== 1) continue
      const asset = statement.asset[leg] as number
      const moved = view.usd(asset) / (this.builder.assets[asset]?.price_usd as number)
      const seen = feeds.price(feed) / feeds.start(feed)
      const ratio = moved / seen
      if (ratio > 0 && ratio < Number.POSITIVE_INFINITY) statement.price[leg] = (statement.price[leg] as number) * ratio
    }
  }
}
