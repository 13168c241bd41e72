/** A market that issues and redeems, alone in a world with a ledger: orders are settled as the engine settles them, time passes, and nothing may appear from nowhere. */
import { expect } from 'vitest'
import {
  type Fill,
  index_of,
  InputError,
  type Kind,
  type Lawful,
  Ledger,
  Log,
  type Market,
  type Order,
  OUTSIDE,
  Quotes,
  Store,
  type WorldBuilder,
} from '../../src/model/index.ts'

export type AnyMarket = Market & Lawful

const NAMES = ['outside', 'anna', 'boris', 'clara']

export class RedemptionWorld<M extends AnyMarket> {
  readonly store = new Store()
  readonly ledger: Ledger
  readonly log: Log
  readonly market: M
  /** Other markets that the kind may read, by id. */
  readonly others: Readonly<Record<string, { base: number; quote_asset: number; price: number }>>
  private readonly clock
  private readonly opening: Float64Array

  /**
   * @param assets ids; base and quote of the market among them
   * @param money what each of the three actors has of every asset
   */
  constructor(
    kind: Kind<never, M>,
    fields: object,
    options: {
      readonly assets?: readonly string[]
      readonly money?: number
      readonly time_ms?: number
      readonly others?: Readonly<Record<string, { base: number; quote_asset: number; price: number }>>
    } = {},
  ) {
    const { assets = ['DAI', 'USDC'], money = 1e9, time_ms = 0, others = {} } = options
    const list = assets.map((id) => ({ id, price_usd: 1, beta: 0 }))
    this.others = others
    this.clock = this.store.table('world.clock', { time_ms: 'f64' }, 1).columns.time_ms
    this.clock.data[0] = time_ms
    this.ledger = new Ledger(this.store, NAMES.length, assets.length)
    const now = () => this.time_ms
    const reads = {
      get time_ms() {
        return now()
      },
    }
    this.log = new Log(this.store, reads)
    for (let actor = 1; actor < NAMES.length; actor++) for (let a = 0; a < assets.length; a++) this.ledger.credit(actor, a, money)
    const names = Object.keys(others)
    const builder: Partial<WorldBuilder> = {
      self: { id: 'market', index: names.length },
      store: this.store,
      ledger: this.ledger,
      log: this.log,
      feeds: new Quotes(this.store, 'feeds', 0, 1),
      time_ms,
      assets: list,
      actors: NAMES.length,
      asset: (id, field) => index_of(list, id, 'market', field),
      market: (id, field) =>
        index_of(
          names.map((name) => ({ id: name })),
          id,
          'market',
          field,
        ),
      market_at: (index) => {
        const other = others[names[index] as string]
        return { ...other, settles: -1, mid: () => other?.price as number } as unknown as Market
      },
      actor: (name, field) =>
        index_of(
          NAMES.map((id) => ({ id })),
          name,
          'market',
          field,
        ),
      invalid: (field, found, valid) => new InputError('market', field, found, valid),
    }
    const spec = kind.schema.parse({ kind: kind.id, id: 'market', base: assets[0], quote: assets[1], ...fields })
    this.market = kind.open(spec, builder as WorldBuilder)
    this.ledger.postings.settle()
    this.ledger.postings.minted.columns.amount.data.fill(0)
    this.store.seal()
    this.opening = this.holdings()
  }

  get time_ms(): number {
    return this.clock.data[0] as number
  }

  actor(name: string): number {
    return NAMES.indexOf(name)
  }

  has(name: string, asset: number): number {
    return this.ledger.balance(this.actor(name), asset)
  }

  held(): number[] {
    const out = new Float64Array(this.opening.length)
    this.market.holdings(out)
    return [...out]
  }

  private holdings(): Float64Array {
    const out = new Float64Array(this.ledger.postings.net.length)
    this.ledger.holdings(out)
    this.market.holdings(out)
    return out
  }

  private exchange(actor: number, asset: number, change: number): void {
    if (change < 0) expect(this.ledger.debit(actor, asset, -change)).toBe(true)
    else if (change > 0) this.ledger.credit(actor, asset, change)
  }

  private settle(fill: Fill, party: number): void {
    const { base, quote_asset } = this.market
    this.exchange(party, base, fill.base)
    this.exchange(party, quote_asset, fill.quote)
    for (const leg of fill.legs) {
      this.exchange(leg.party, base, leg.base)
      this.exchange(leg.party, quote_asset, leg.quote)
    }
  }

  /** An order of a named actor, settled; every law is checked. */
  order(name: string, side: 1 | -1, amount: number, fields: Partial<Order> = {}): Fill {
    const order: Order = { side, amount, exact: 'base', limit: 0, party: this.actor(name), ...fields }
    const before = this.market.mid()
    const promised = this.market.quote(order)
    const fill = this.market.fill(order)
    expect(fill).toEqual(promised)
    expect([fill.mid_before, fill.mid_after]).toEqual([before, this.market.mid()])
    this.settle(fill, order.party)
    this.check()
    return fill
  }

  /** Time passes. */
  pass(dt_ms: number, anchor = 1): Fill {
    this.clock.data[0] = this.time_ms + (dt_ms < Number.POSITIVE_INFINITY ? dt_ms : 0)
    const before = this.market.mid()
    const fill = this.market.recover(dt_ms, anchor)
    expect([fill.mid_before, fill.mid_after]).toEqual([before, this.market.mid()])
    this.settle(fill, OUTSIDE)
    this.check()
    return fill
  }

  /** Postings cancel, holdings change by named mints alone, and the market's own laws hold. */
  check(): void {
    expect(this.ledger.postings.settle()).toBe(-1)
    const now = this.holdings()
    const minted = this.ledger.postings.minted.columns.amount.data
    for (let a = 0; a < now.length; a++) {
      const expected = (this.opening[a] as number) + (minted[a] as number)
      expect(Math.abs((now[a] as number) - expected)).toBeLessThanOrEqual(1e-12 * Math.max(Math.abs(expected), 3e9))
    }
    expect(this.market.violations()).toEqual([])
  }
}
