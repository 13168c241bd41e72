/** Fluid as a venue: wiring of prices, interest, offers and actions to the vaults; the mechanics are in the files beside it. */
import {
  type Actions,
  assert,
  type Lawful,
  type Log,
  type Margined,
  type Offers,
  type Oracle,
  type Pooled,
  type PoolState,
  Quote,
  type Quotes,
  refused,
  type Result,
  type Statement,
  type Venue,
  type View,
  type WorldBuilder,
} from '../../model/index.ts'
import { known } from '../shared/custody.ts'
import { AccountVenue, perform, type Steps } from '../shared/account-venue.ts'
import { borrow, deposit, repay, withdraw } from './actions.ts'
import { holdings, violations } from './laws.ts'
import { absorb, buy, for_sale, liquidate, offer } from './liquidation.ts'
import type { FluidSpec, OracleSpec } from './snapshot.ts'
import {
  accrue_pool,
  at,
  borrowed,
  collateral_slot,
  debt_slot,
  health,
  held_of,
  net_of,
  open_state,
  owed_of,
  price_of,
  type State,
  supplied,
  type Vault,
  vault_at,
  write_slots,
} from './state.ts'

const STEPS: Steps<State> = { deposit, withdraw, borrow, repay, liquidate, start: absorb }

export class Fluid extends AccountVenue implements Venue, Margined, Pooled, Lawful {
  readonly flash_fee: number
  private readonly state: State
  private readonly oracles: readonly Oracle[]
  /** Of each pool. */
  private readonly feeds: readonly number[]
  private readonly published: Quotes
  private readonly quote: Quote

  constructor(spec: FluidSpec, builder: WorldBuilder) {
    const state = open_state(spec, builder)
    super(state)
    this.state = state
    this.flash_fee = spec.flash_fee
    this.quote = new Quote(builder.sources)
    this.published = builder.feeds
    this.oracles = spec.pools.map((own, i) => builder.oracle(own.oracle as OracleSpec, `pools[${i}].oracle`))
    this.feeds = spec.pools.map((own) => builder.feed(`${spec.id}.${own.asset}`))
    this.feeds.forEach((feed, i) => {
      this.quote.fixed(at(this.state.p.price, i))
      builder.feeds.write(feed, this.quote)
    })
  }

  /** Keeps the last valid answers; without one now, what needs a price is refused. */
  price(time_ms: number, view: View): void {
    const { p } = this.state
    this.oracles.forEach((oracle, i) => {
      oracle.read(time_ms, view, this.quote)
      const { price } = this.quote
      const valid = price > 0 && price < Number.POSITIVE_INFINITY
      p.stale.data[i] = valid ? 0 : 1
      if (!valid) return
      p.price.data[i] = price
      this.published.write(this.feeds[i] as number, this.quote)
    })
    write_slots(this.state)
  }

  accrue(time_ms: number): void {
    const { clock, pools, id } = this.state
    const time_s = (time_ms - at(clock.now_ms, 0)) / 1000
    assert(time_s >= 0, `${id}: interest accrues forwards`)
    clock.now_ms.data[0] = time_ms
    for (let i = 0; i < pools.length; i++) accrue_pool(this.state, i, time_s)
    write_slots(this.state)
  }

  act(_view: View, out: Actions, offers: Offers): void {
    const { count, rows } = this.below()
    for (let i = 0; i < count; i++) offer(this.state, rows[i] as number, out, offers)
    for_sale(this.state, offers)
  }

  apply(actions: Actions, i: number, log: Log): Result {
    const action = actions.list[i]
    assert(action !== undefined, 'no such action')
    if (!(action.amount >= 0)) return refused('unknown')
    if (action.kind === 'bid') return buy(this.state, action, log)
    if (!known(this, action.account)) return refused('unknown')
    return perform(STEPS, this.state, action, log)
  }

  health(row: number, prices: Float64Array): number {
    return health(this.state, row, prices)
  }

  /** What is owed counts a little more than it is, by rounding to the tick: that is the weight of the debt. */
  statement(row: number, out: Statement): void {
    const { state } = this
    const { p, a } = state
    const k = state.vault_of[row] as number
    const { collateral_pool, debt_pool, collateral, debt, limits } = vault_at(state, row)
    const [held, owed] = [held_of(state, row), owed_of(state, row)]
    const [first, second] = [this.feeds[collateral_pool] as number, this.feeds[debt_pool] as number]
    if (held > 0) out.add(1, collateral_slot(k), first, collateral, -1, held, limits.threshold, at(p.price, collateral_pool))
    if (owed > 0) out.add(-1, debt_slot(k), second, debt, -1, owed, at(a.debt, row) / net_of(state, row), at(p.price, debt_pool))
  }

  /** Of open positions, and of what was absorbed. */
  shortfall_usd(): number {
    const { state } = this
    const { p, v } = state
    let sum = 0
    for (let row = 0; row < this.rows; row++) {
      const { collateral_pool, debt_pool } = vault_at(state, row)
      sum += Math.max(0, owed_of(state, row) * at(p.price, debt_pool) - held_of(state, row) * at(p.price, collateral_pool))
    }
    state.vaults.forEach(({ collateral_pool, debt_pool }, k) => {
      const owed = at(v.absorbed_debt, k) * at(p.borrow_index, debt_pool) * at(p.price, debt_pool)
      sum += Math.max(0, owed - at(v.absorbed_collateral, k) * at(p.supply_index, collateral_pool) * at(p.price, collateral_pool))
    })
    return sum
  }

  violations(): readonly string[] {
    return violations(this.state)
  }

  holdings(out: Float64Array): void {
    holdings(this.state, out)
  }

  pool_state(row: number, asset: number, out: PoolState): boolean {
    const { state } = this
    const { collateral, collateral_pool, debt, debt_pool } = vault_at(state, row)
    if (asset !== collateral && asset !== debt) return false
    const i = asset === collateral ? collateral_pool : debt_pool
    out.cash = at(state.p.cash, i)
    out.owed = borrowed(state, i)
    out.claim = asset === collateral ? held_of(state, row) : 0
    out.borrow_rate = at(state.p.rate, i)
    return true
  }

  /** What anyone can see of vault k. */
  vault(k: number): VaultReport {
    const { state } = this
    const vault = state.vaults[k] as Vault | undefined
    assert(vault !== undefined, `no vault ${k}`)
    const { p, v } = state
    const [saved, lent] = [at(p.supply_index, vault.collateral_pool), at(p.borrow_index, vault.debt_pool)]
    return {
      price: price_of(state, vault),
      collateral: at(v.collateral, k) * saved,
      debt: at(v.debt, k) * lent,
      absorbed_collateral: at(v.absorbed_collateral, k) * saved,
      absorbed_debt: at(v.absorbed_debt, k) * lent,
      cash: at(p.cash, vault.debt_pool),
      supplied: supplied(state, vault.debt_pool),
      borrow_rate: at(p.rate, vault.debt_pool),
    }
  }
}

/** Units, rates a year; `price` debt units per collateral unit. Of positions and absorbed together, then of the absorbed alone; of the pool of the debt. */
export interface VaultReport {
  readonly price: number
  readonly collateral: number
  readonly debt: number
  readonly absorbed_collateral: number
  readonly absorbed_debt: number
  readonly cash: number
  readonly supplied: number
  readonly borrow_rate: number
}
