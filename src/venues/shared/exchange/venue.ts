/** The exchange as the engine meets it. */
import { RowList } from '../../../margin/index.ts'
import type {
  Actions,
  Fill,
  Kind,
  Lawful,
  Log,
  Margined,
  Offers,
  Result,
  Schema,
  Statement,
  Tunable,
  Venue,
  View,
  WorldBuilder,
} from '../../../model/index.ts'
import { refused } from '../../../model/index.ts'
import { admit, deposit, withdraw } from './admission.ts'
import { advance, cover, deleverage, take_over } from './closing.ts'
import { convert } from './convert.ts'
import { note_all_peaks } from './fund.ts'
import { accrue_funding } from './funding.ts'
import { equity, health } from './kernel.ts'
import { broken_laws } from './laws.ts'
import { open_exchange } from './open.ts'
import { plan } from './plan.ts'
import { open_pricing, type Pricing, write_prices } from './pricing.ts'
import type { Rules } from './rules.ts'
import { settle_fill } from './settlement.ts'
import type { ExchangeSpec } from './snapshot.ts'
import { equity_usd, type Exchange, type Extra } from './state.ts'
import { state_account } from './statement.ts'
import { tune } from './tune.ts'

/** A perpetual exchange: margin, funding, liquidation, insurance funds and ADL, as its rules say. */
export class ExchangeVenue implements Venue, Margined, Tunable, Lawful {
  readonly rows: number
  readonly outside: number
  /** Row of the first insurance fund's positions. */
  readonly fund: number
  protected readonly x: Exchange
  private readonly pricing: Pricing
  private readonly reported = new RowList()
  private readonly breached = new RowList()

  constructor(spec: ExchangeSpec, rules: Rules, builder: WorldBuilder, extra?: Extra) {
    this.x = open_exchange(spec, rules, builder, extra)
    this.rows = this.x.accounts.length
    this.outside = this.x.outside
    this.fund = this.x.fund
    const rates = spec.contracts.map(({ funding }) => funding.last ?? (funding.interest * funding.interval_ms) / funding.per_ms)
    this.pricing = open_pricing(builder.store, this.x.id, rates, builder.sources)
  }

  price(time_ms: number, view: View): void {
    write_prices(this.x, this.pricing, time_ms, view)
  }

  accrue(time_ms: number, view: View, log: Log): void {
    accrue_funding(this.x, this.pricing, time_ms, view, log)
    note_all_peaks(this.x)
  }

  act(view: View, out: Actions, offers: Offers): void {
    this.x.book.scan(this.breached)
    plan(this.x, view, this.breached, out, offers)
  }

  apply(actions: Actions, i: number, log: Log): Result {
    const action = actions.list[i]
    if (action === undefined) return refused('unknown')
    switch (action.kind) {
      case 'order':
        return admit(this.x, action, log)
      case 'deposit':
        return deposit(this.x, action, log)
      case 'withdraw':
        return withdraw(this.x, action, log)
      case 'reduce':
        return advance(this.x, action)
      case 'takeover':
        return take_over(this.x, action, log)
      case 'deleverage':
        return deleverage(this.x, action, log)
      case 'liquidate':
        return convert(this.x, action, log)
      case 'fund':
        return cover(this.x, action.account, log)
      default:
        return refused('unknown')
    }
  }

  settle(fill: Fill, leg: number, log: Log): void {
    settle_fill(this.x, fill, leg, log)
  }

  health(row: number, prices: Float64Array): number {
    return row < this.x.owned ? health(this.x, row, prices) : Number.POSITIVE_INFINITY
  }

  owner(row: number): number {
    return this.x.accounts.columns.owner.data[row] as number
  }

  get prices(): Float64Array {
    return this.x.book.prices.data
  }

  level(row: number): number {
    return this.x.book.level.data[row] as number
  }

  watch(row: number, level: number): void {
    this.x.book.set_level(row, level)
  }

  below(): { readonly count: number; readonly rows: Int32Array } {
    const count = this.x.book.scan(this.reported)
    return { count, rows: this.reported.data }
  }

  statement(row: number, out: Statement): void {
    if (row < this.x.owned) state_account(this.x, row, out)
  }

  shortfall_usd(): number {
    if (this.x.coins.length > 1) return this.pooled_shortfall_usd()
    let sum = 0
    for (let row = 0; row < this.x.owned; row++) sum += Math.max(0, -equity(this.x, row, this.prices))
    return sum * (this.x.coin.columns.usd.data[0] as number)
  }

  private pooled_shortfall_usd(): number {
    let sum = 0
    for (let row = 0; row < this.x.owned; row++) sum += Math.max(0, -equity(this.x, row, this.prices)) * equity_usd(this.x, row)
    return sum
  }

  fund_usd(): number {
    const { balance } = this.x.funds.columns
    const usd = this.x.coin.columns.usd.data
    let sum = 0
    for (let f = 0; f < this.x.funds.length; f++)
      sum += (balance.data[f] as number) * (usd[this.x.fund_coin[f] as number] as number)
    return sum
  }

  /** Fields `<contract>.funding_interest`, `funding_clamp`, `funding_cap`. */
  tune(field: string, to?: number): number | undefined {
    return tune(this.x, field, to)
  }

  violations(): readonly string[] {
    return broken_laws(this.x)
  }

  holdings(out: Float64Array): void {
    this.x.coins.forEach(({ asset }, k) => {
      out[asset] = (out[asset] as number) + (this.x.coin.columns.custody.data[k] as number)
    })
  }
}

/** What makes a kind of exchange. */
export interface ExchangeKind<S extends ExchangeSpec> {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly schema: Schema<S>
  /** Its rules where a snapshot gives none. */
  rules(spec: S): Rules
  /** What of a row's margin the machine does not know (options …); tables of its own are allocated here. */
  extra?(spec: S, builder: WorldBuilder): Extra
}

/** A kind of exchange out of its record. */
export function exchange_kind<S extends ExchangeSpec>(record: ExchangeKind<S>): Kind<S, ExchangeVenue> {
  const { id, title, source, schema } = record
  return {
    id,
    title,
    source,
    schema,
    open: (spec, builder) => new ExchangeVenue(spec, spec.rules ?? record.rules(spec), builder, record.extra?.(spec, builder)),
  }
}
