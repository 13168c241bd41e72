/** One venue in a world of its own, with every law checked after every bundle: postings cancel, holdings change by mints alone, the venue's own. */
import {
  type Action,
  type ActionKind,
  Actions,
  type Kind,
  type Lawful,
  type Margined,
  Offers,
  type Result,
  type Venue,
} from '../../src/model/index.ts'
import { RowList } from '../../src/margin/index.ts'
import { VenueWorld } from './venue-world.ts'

type AnyVenue = Venue & Margined & Lawful

export class CheckedWorld<T extends AnyVenue> extends VenueWorld {
  readonly venue: T
  private readonly opening: Float64Array

  /**
   * @param prices USD of each asset and answer of its oracle
   * @param treasuries actor, asset, amount
   */
  constructor(
    kind: Kind<never, T>,
    spec: object,
    prices: Record<string, number>,
    treasuries: readonly (readonly [number, string, number])[],
    actors = 4,
  ) {
    super(prices, actors)
    Object.assign(this.builder, {
      market: () => 0,
      market_at: () => ({ base: 0, quote_asset: 1, settles: -1 }),
    })
    this.venue = kind.open(kind.schema.parse({ kind: kind.id, id: 'venue', ...spec }), this.builder)
    for (const [actor, asset, amount] of treasuries) this.ledger.credit(actor, this.asset(asset), amount)
    this.ledger.postings.settle()
    this.ledger.postings.minted.columns.amount.data.fill(0)
    this.venue.price(this.time_ms, this.view)
    this.store.seal()
    this.opening = this.held()
  }

  private held(): Float64Array {
    const out = new Float64Array(this.assets.length)
    this.ledger.holdings(out)
    this.venue.holdings(out)
    return out
  }

  /** Time passes and oracles answer; laws are checked. */
  see(answers: Record<string, number> = {}, dt_ms = 0): void {
    Object.assign(this.answers, answers)
    this.tick(this.venue, dt_ms)
    if (this.ledger.postings.settle() >= 0) throw new Error('accrual does not cancel')
    this.check('time')
  }

  /** Throws what is broken: conservation per asset, the venue's laws, the book against a sweep. */
  check(after: string): void {
    const now = this.held()
    const minted = this.ledger.postings.minted.columns.amount.data
    const broken = [...this.venue.violations()]
    for (let a = 0; a < now.length; a++) {
      const expected = (this.opening[a] as number) + (minted[a] as number)
      const scale = Math.max(Math.abs(now[a] as number), Math.abs(minted[a] as number), 1)
      if (!(Math.abs((now[a] as number) - expected) <= 1e-9 * scale))
        broken.push(`asset ${a}: ${now[a]} held, ${expected} expected`)
    }
    const { count, rows } = this.venue.below()
    const swept = new RowList()
    for (let row = 0; row < this.venue.rows; row++)
      if (this.breached(this.venue.health(row, this.venue.prices), this.venue.level(row))) swept.push(row)
    const [found, wanted] = [rows.subarray(0, count).join(), swept.data.subarray(0, swept.length).join()]
    if (found !== wanted) broken.push(`the book reports ${found}, a sweep ${wanted}`)
    if (broken.length > 0) throw new Error(`${after}: ${broken.join('; ')}`)
  }

  /** Strict unless the kind says otherwise. */
  breached(health: number, level: number): boolean {
    return health < level
  }

  /** One action as a bundle of its own, laws checked after it. */
  one(kind: ActionKind, fields: Partial<Action>): Result {
    return this.all([kind, fields])[0] as Result
  }

  /** One bundle, laws checked after it. */
  all(...list: readonly [ActionKind, Partial<Action>][]): Result[] {
    const results = this.bundle(
      this.venue,
      ...list.map(([kind, fields]) => [kind, { venue: 0, actor: 0, ...fields }] as [ActionKind, Partial<Action>]),
    )
    this.check(list.map(([kind]) => kind).join(', '))
    return results
  }

  offered() {
    return [...this.offers(this.venue)]
  }

  /** What the venue itself wants done. */
  wanted(): Actions {
    const out = new Actions()
    this.venue.act(this.view, out, new Offers())
    return out
  }

  reset(): void {
    this.store.reset()
    for (const { id, price_usd } of this.assets) this.answers[id] = price_usd
  }

  /** Rows of one kind, the fields that tests look at. */
  logged(kind: string) {
    const c = this.log.columns
    const out = []
    for (let row = 0; row < this.log.length; row++) {
      if (this.log.kind(row) !== kind) continue
      const [account, actor, asset, cause] = [c.account, c.actor, c.asset, c.cause].map((column) => column.data[row] as number)
      const [amount, price, usd, extra] = [c.amount, c.price, c.usd, c.extra].map((column) => column.data[row] as number)
      out.push({ row, account, actor, asset, cause, amount, price, usd, extra })
    }
    return out
  }
}
