/** The exchange as the engine meets it. */
import { maintenance, RowList, type Tiers } from '../../margin/index.ts'
import type {
  Actions,
  Fill,
  Lawful,
  Log,
  Margined,
  Offers,
  Result,
  Statement,
  Venue,
  View,
  WorldBuilder,
} from '../../model/index.ts'
import { refused } from '../../model/index.ts'
import { admit, deposit, withdraw } from './admission.ts'
import { advance, cover, deleverage, take_over } from './closing.ts'
import { equity, health } from './kernel.ts'
import { broken_laws } from './laws.ts'
import { open_exchange } from './open.ts'
import { plan } from './plan.ts'
import { accrue_funding, open_pricing, type Pricing, write_prices } from './pricing.ts'
import { settle_fill } from './settlement.ts'
import type { Spec } from './snapshot.ts'
import type { Contract, Exchange } from './state.ts'

/** A linear perpetual exchange with margin brackets, an insurance fund and ADL. */
export class BinanceUsdm implements Venue, Margined, Lawful {
  readonly rows: number
  readonly outside: number
  /** Row of the insurance fund's positions. */
  readonly fund: number
  private readonly x: Exchange
  private readonly pricing: Pricing
  private readonly reported = new RowList()
  private readonly breached = new RowList()

  constructor(spec: Spec, builder: WorldBuilder) {
    this.x = open_exchange(spec, builder)
    this.rows = this.x.owned + 2
    this.outside = this.x.outside
    this.fund = this.x.fund
    const rates = spec.contracts.map(({ funding }) => funding.last ?? (funding.interest * funding.interval_ms) / 28_800_000)
    this.pricing = open_pricing(builder.store, this.x.id, rates, builder.sources)
  }

  price(time_ms: number, view: View): void {
    write_prices(this.x, this.pricing, time_ms, view)
  }

  accrue(time_ms: number, view: View, log: Log): void {
    accrue_funding(this.x, this.pricing, time_ms, view, log)
  }

  act(view: View, out: Actions, _offers: Offers): void {
    this.x.book.scan(this.breached)
    plan(this.x, view, this.breached, out)
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

  /** Legs at notional ∓ maintenance, and cash on the constant slot; empty for the exchange's own rows. */
  statement(row: number, out: Statement): void {
    if (row >= this.x.owned) return
    const { accounts, positions, tiers, contracts, book, collateral } = this.x
    const { contract, quantity, next } = positions.columns
    const prices = book.prices.data
    for (let at = row; at >= 0; at = next.data[at] as number) {
      const q = quantity.data[at] as number
      if (q === 0) continue
      const c = contract.data[at] as number
      const { mark_feed, base, market } = contracts[c] as Contract
      const price = prices[c] as number
      const side = q > 0 ? 1 : -1
      const notional = Math.abs(q) * price
      const rate = notional > 0 ? maintenance(tiers[c] as Tiers, notional) / notional : 0
      out.add(side, c, mark_feed, base, market, Math.abs(q), 1 - side * rate, price)
    }
    const cash = accounts.columns.cash.data[row] as number
    if (cash !== 0) out.add(cash > 0 ? 1 : -1, book.cash, -1, collateral, -1, Math.abs(cash), 1, 1)
    out.rate_loss = accounts.columns.paid.data[row] as number
  }

  shortfall_usd(): number {
    let sum = 0
    for (let row = 0; row < this.x.owned; row++) sum += Math.max(0, -equity(this.x, row, this.prices))
    return sum * (this.x.desk.columns.usd.data[0] as number)
  }

  fund_usd(): number {
    const { fund, usd } = this.x.desk.columns
    return (fund.data[0] as number) * (usd.data[0] as number)
  }

  violations(): readonly string[] {
    return broken_laws(this.x)
  }

  holdings(out: Float64Array): void {
    const { collateral, desk } = this.x
    out[collateral] = (out[collateral] as number) + (desk.columns.custody.data[0] as number)
  }
}
