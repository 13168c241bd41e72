/** A vault book in a world of its own: assets, treasuries and one price that the test sets; actions as the engine applies them. */
import {
  type Action,
  Actions,
  type AssetSpec,
  index_of,
  InputError,
  Ledger,
  Log,
  type Offer,
  Offers,
  type Quote,
  Quotes,
  type Result,
  Store,
  succeeded,
  type View,
  type WorldBuilder,
} from '../../src/model/index.ts'
import { maker } from '../../src/venues/maker/index.ts'
import type { Maker } from '../../src/venues/maker/venue.ts'

export const [ETH, DAI] = [0, 1]
export const START_MS = 1_700_000_000_000

type Fields = Partial<Omit<Action, 'kind'>>

export class VaultWorld {
  readonly store = new Store()
  readonly ledger: Ledger
  readonly log: Log
  readonly feeds: Quotes
  readonly venue: Maker
  readonly clock = { time_ms: START_MS }
  /** Answer of every oracle; not positive: no value. */
  price: number
  private readonly opening: Float64Array
  private readonly offers = new Offers()

  /**
   * @param spec of the venue, without kind and id
   * @param actors ledger actors, `outside` included
   * @param treasuries actor, asset, amount
   */
  constructor(spec: object, price: number, actors: number, treasuries: readonly (readonly [number, number, number])[]) {
    this.price = price
    const assets: AssetSpec[] = [
      { id: 'ETH', price_usd: price, beta: 1 },
      { id: 'DAI', price_usd: 1, beta: 0, numeraire: true },
    ]
    this.ledger = new Ledger(this.store, actors, assets.length)
    this.log = new Log(this.store, this.clock)
    this.feeds = new Quotes(this.store, 'feeds', 0, 2)
    const builder: Partial<WorldBuilder> = {
      self: { id: 'maker', index: 0 },
      store: this.store,
      ledger: this.ledger,
      log: this.log,
      feeds: this.feeds,
      time_ms: START_MS,
      assets,
      sources: 2,
      actors,
      asset: (id, field) => index_of(assets, id, 'venue maker', field),
      oracle: () => ({ read: (_time_ms: number, _view: View, out: Quote) => out.fixed(this.price) }),
      feed: () => this.feeds.push(),
      invalid: (field, found, valid) => new InputError('venue maker', field, found, valid),
    }
    this.venue = maker.open(maker.schema.parse({ kind: 'maker', id: 'maker', dai: 'DAI', ...spec }), builder as WorldBuilder)
    for (const [actor, asset, amount] of treasuries) this.ledger.credit(actor, asset, amount)
    this.ledger.postings.settle()
    this.ledger.postings.minted.columns.amount.data.fill(0)
    this.see()
    this.store.seal()
    this.opening = this.holdings()
  }

  private view(): View {
    return { time_ms: this.clock.time_ms } as View
  }

  /** The venue reads its prices. */
  see(price = this.price): void {
    this.price = price
    this.venue.price(this.clock.time_ms, this.view())
  }

  /** Time passes, in the order of a tick. */
  pass(dt_ms: number, price = this.price): void {
    this.clock.time_ms += dt_ms
    this.see(price)
    this.venue.accrue(this.clock.time_ms)
    this.see()
    const broken = [...(this.ledger.postings.settle() >= 0 ? ['accrual does not cancel'] : []), ...this.broken()]
    if (broken.length > 0) throw new Error(broken.join('; '))
  }

  /** Applies a bundle as the engine does, and checks every law. The results, the last one a refusal if it was undone. */
  bundle(...list: readonly (readonly [Action['kind'], Fields])[]): Result[] {
    const actions = new Actions()
    actions.bundle(0, 0)
    for (const [kind, fields] of list) actions.add(kind, { venue: 0, actor: 0, ...fields })
    const mark = this.store.journal.savepoint()
    const results: Result[] = []
    for (let i = 0; i < actions.list.length; i++) {
      const result = this.venue.apply(actions, i, this.log)
      results.push(result)
      if (succeeded(result)) continue
      this.store.journal.rollback(mark)
      this.ledger.postings.settle()
      return results
    }
    this.store.journal.commit(mark)
    const broken = [...(this.ledger.postings.settle() >= 0 ? ['postings do not cancel'] : []), ...this.broken()]
    if (broken.length > 0) throw new Error(`${list.map(([kind]) => kind).join(', ')}: ${broken.join('; ')}`)
    return results
  }

  one(kind: Action['kind'], fields: Fields): Result {
    return this.bundle([kind, fields])[0] as Result
  }

  offered(): readonly Offer[] {
    this.offers.clear()
    this.venue.act(this.view(), new Actions(), this.offers)
    return [...this.offers.list]
  }

  private holdings(): Float64Array {
    const out = new Float64Array(2)
    this.ledger.holdings(out)
    this.venue.holdings(out)
    return out
  }

  /** What is held has changed by what was minted, and the venue's own laws. */
  broken(): string[] {
    const now = this.holdings()
    const minted = this.ledger.postings.minted.columns.amount.data
    const out = [...this.venue.violations()]
    for (let a = 0; a < now.length; a++) {
      const expected = (this.opening[a] as number) + (minted[a] as number)
      const scale = Math.max(Math.abs(now[a] as number), Math.abs(minted[a] as number), 1)
      if (!(Math.abs((now[a] as number) - expected) <= 1e-9 * scale)) out.push(`asset ${a}: ${now[a]} held, ${expected} expected`)
    }
    return out
  }

  reset(): void {
    this.store.reset()
    this.clock.time_ms = START_MS
  }

  /** Rows of one kind, the fields that tests look at. */
  rows(kind: string) {
    const c = this.log.columns
    const out = []
    for (let row = 0; row < this.log.length; row++) {
      if (this.log.kind(row) !== kind) continue
      out.push({
        row,
        account: c.account.data[row] as number,
        actor: c.actor.data[row] as number,
        asset: c.asset.data[row] as number,
        amount: c.amount.data[row] as number,
        price: c.price.data[row] as number,
        usd: c.usd.data[row] as number,
        extra: c.extra.data[row] as number,
        cause: c.cause.data[row] as number,
        shares: c.shares.data[row] as number,
      })
    }
    return out
  }
}

/** Actors of the tests: two owners, a keeper, a buyer. */
export const [USR, EVE, KPR, ALI] = [1, 2, 3, 4]
export const SECOND = 1000

export const ETH_A = {
  id: 'ETH-A',
  asset: 'ETH',
  liquidation_ratio: 1.45,
  stability_fee: 0,
  dust: 7500,
  hole: 40e6,
  curve: { kind: 'stairstep', cut: 0.99, step_ms: 90_000 },
  oracle: 'ETH',
}

/** Vaults as [owner (position in actors), ilk, collateral, debt]. */
export function world(
  vaults: readonly (readonly number[])[],
  price: number,
  more: { ilk?: object; ilks?: object[]; spec?: object } = {},
): VaultWorld {
  const column = (k: number) => vaults.map((vault) => vault[k] as number)
  return new VaultWorld(
    {
      ilks: more.ilks ?? [{ ...ETH_A, ...more.ilk }],
      accounts: {
        owner: Int32Array.from(column(0)),
        ilk: Int32Array.from(column(1)),
        collateral: Float64Array.from(column(2)),
        debt: Float64Array.from(column(3)),
      },
      ...more.spec,
    },
    price,
    5,
    [
      [USR, ETH, 1000],
      [USR, DAI, 200_000],
      [ALI, DAI, 10e6],
      [EVE, ETH, 50],
    ],
  )
}
export const bark = (w: VaultWorld, account = 0) => w.one('start', { account, actor: KPR })
export const bid = (w: VaultWorld, offer: number, amount: number, limit = 0) => w.one('bid', { offer, amount, limit, actor: ALI })
export const redo = (w: VaultWorld, offer: number) => w.one('start', { offer, actor: KPR })
