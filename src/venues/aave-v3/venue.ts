/** Aave v3 as a venue: wiring of prices, interest, offers and actions to the pool; the mechanics are in the files beside it. */
import { MarginBook } from '../../margin/index.ts'
import {
  type Actions,
  assert,
  type Drainable,
  type Lawful,
  type Log,
  type Margined,
  type Offers,
  type Oracle,
  type Pooled,
  type PoolState,
  Quote,
  type Quotes,
  type Result,
  refused,
  type Statement,
  type Tunable,
  type Venue,
  type View,
  type WorldBuilder,
} from '../../model/index.ts'
import { AccountVenue } from '../shared/account-venue.ts'
import { bound, entry_of, health, open_accounts, totals } from './accounts.ts'
import { borrow, deposit, repay, withdraw } from './actions.ts'
import { drain, tune } from './faults.ts'
import { open_isolation } from './isolation.ts'
import { Totals, usage, weighted_usd } from './kernel.ts'
import { violations } from './laws.ts'
import { liquidate, offer } from './liquidation.ts'
import {
  accrue_reserve,
  claims,
  clock_shape,
  collateral_slot,
  debt_slot,
  debt_units,
  open_reserves,
  type Pool,
  read_config,
  update_rates,
  value,
  write_slots,
} from './pool.ts'
import { rules_of } from './rules.ts'
import type { AaveV3Spec, OracleSpec } from './snapshot.ts'

/** Puts the parts of a pool together. */
function open_pool(spec: AaveV3Spec, builder: WorldBuilder): Pool {
  const { store, ledger, self } = builder
  const rules = rules_of(spec.version)
  const config = read_config(spec, rules, builder)
  const state = open_reserves(store, spec, config, builder)
  const accounts = open_accounts(spec, config, state, builder)
  const clock = store.table(`${spec.id}.clock`, clock_shape, 1).columns
  clock.now_ms.data[0] = builder.time_ms
  clock.accrued_ms.data[0] = builder.time_ms
  const book = new MarginBook(store, `${spec.id}.book`, 2 * config.count, accounts.rows, {
    strict: true,
    health: (row, prices) => health(pool, row, prices),
    bound: (row, prices, level, out) => bound(pool, row, prices, level, out),
  })
  const pool: Pool = { id: spec.id, index: self.index, rules, config, state, clock, accounts, book, ledger }
  open_isolation(pool)
  for (let r = 0; r < config.count; r++) update_rates(pool, r)
  write_slots(pool)
  return pool
}

export class AaveV3 extends AccountVenue implements Venue, Margined, Pooled, Tunable, Drainable, Lawful {
  /** Fee of a flash loan, of the amount. */
  readonly flash_fee: number
  private readonly pool: Pool
  private readonly oracles: readonly Oracle[]
  private readonly feeds: Int32Array
  private readonly published: Quotes
  private readonly grace_ms: number
  /** Names of the faults that pause a reserve, and which are paused without one. */
  private readonly pauses: readonly string[]
  private readonly paused: Uint8Array
  private readonly sentinel: string | undefined
  private readonly quote: Quote
  private readonly sums = new Totals()

  constructor(spec: AaveV3Spec, builder: WorldBuilder) {
    const pool = open_pool(spec, builder)
    super({ book: pool.book, owner: pool.accounts.owner })
    this.pool = pool
    const { rules, config } = pool
    this.flash_fee = spec.flash_fee
    this.grace_ms = rules.grace ? spec.grace_s * 1000 : 0
    this.pauses = config.names.map((name) => `reserve:${spec.id}.${name}`)
    this.paused = Uint8Array.from(spec.reserves, (own) => (own.paused ? 1 : 0))
    this.sentinel = rules.isolation && spec.sentinel ? `sentinel:${spec.id}` : undefined
    this.quote = new Quote(builder.sources)
    this.oracles = spec.reserves.map((own, r) => builder.oracle(own.oracle as OracleSpec, `reserves[${r}].oracle`))
    this.feeds = Int32Array.from(config.names, (name) => builder.feed(`${spec.id}.${name}`))
    this.published = builder.feeds
  }

  price(time_ms: number, view: View): void {
    const { state, config, clock } = this.pool
    clock.now_ms.data[0] = time_ms
    clock.sentinel.data[0] = this.sentinel !== undefined && view.halted(this.sentinel) ? 1 : 0
    for (let r = 0; r < config.count; r++) {
      this.oracles[r]?.read(time_ms, view, this.quote)
      const { price } = this.quote
      const answers = price > 0 && price < Number.POSITIVE_INFINITY
      state.stale.data[r] = answers ? 0 : 1
      if (answers) {
        state.price.data[r] = price
        this.published.write(this.feeds[r] as number, this.quote)
      }
      this.pause(r, this.paused[r] === 1 || view.halted(this.pauses[r] as string), time_ms)
    }
    write_slots(this.pool)
  }

  /** Pauses or unpauses a reserve; the grace period begins when a pause ends. */
  private pause(r: number, paused: boolean, time_ms: number): void {
    const { state } = this.pool
    if (!paused && value(state.paused, r) === 1 && this.grace_ms > 0) state.grace_until_ms.data[r] = time_ms + this.grace_ms
    state.paused.data[r] = paused ? 1 : 0
  }

  accrue(time_ms: number): void {
    const { clock, config } = this.pool
    const time_s = (time_ms - value(clock.accrued_ms, 0)) / 1000
    assert(time_s >= 0, `${this.pool.id}: interest accrues forwards`)
    clock.accrued_ms.data[0] = time_ms
    for (let r = 0; r < config.count; r++) accrue_reserve(this.pool, r, time_s)
    write_slots(this.pool)
  }

  act(_view: View, _out: Actions, offers: Offers): void {
    const { pool, prices } = this
    const { count, rows } = this.below()
    if (count === 0) return
    const cash = pool.state.cash.data.slice()
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number
      if (health(pool, row, prices) < 1) offer(pool, row, cash, offers)
    }
  }

  apply(actions: Actions, i: number, log: Log): Result {
    const action = actions.list[i]
    assert(action !== undefined, 'no such action')
    switch (action.kind) {
      case 'deposit':
        return deposit(this.pool, action, log)
      case 'withdraw':
        return withdraw(this.pool, action, log)
      case 'borrow':
        return borrow(this.pool, action, log)
      case 'repay':
        return repay(this.pool, action, log)
      case 'liquidate':
        return liquidate(this.pool, action, log)
      default:
        return refused('unknown')
    }
  }

  health(row: number, prices: Float64Array): number {
    return health(this.pool, row, prices)
  }

  /** Legs that count: enabled supplies of some weight, and debts. A supply that is no collateral is not among them. */
  statement(row: number, out: Statement): void {
    const { accounts, state, config } = this.pool
    const { reserve, next, collateral, debt, enabled } = accounts.entries.columns
    totals(this.pool, row, this.sums)
    const { threshold_usd, collateral_usd } = this.sums
    const scale = threshold_usd > 0 ? weighted_usd(this.pool.rules.weighs_each, threshold_usd, collateral_usd) / threshold_usd : 1
    const base = (accounts.emode[row] as number) * config.count
    for (let at = value(accounts.head, row); at >= 0; at = value(next, at)) {
      const r = value(reserve, at)
      const [feed, asset, price] = [this.feeds[r] as number, config.asset[r] as number, value(state.price, r)]
      const weight = value(enabled, at) * (config.threshold_of[base + r] as number) * scale
      const supplied = value(collateral, at) * value(state.liquidity_index, r)
      if (weight > 0 && supplied > 0) out.add(1, collateral_slot(r), feed, asset, -1, supplied, weight, price)
      const owed = value(debt, at) * value(state.borrow_index, r)
      if (owed > 0) out.add(-1, debt_slot(r), feed, asset, -1, owed, 1, price)
    }
  }

  shortfall_usd(): number {
    let sum = 0
    for (let row = 0; row < this.rows; row++) {
      const { debt_usd, collateral_usd } = totals(this.pool, row, this.sums)
      sum += Math.max(0, debt_usd - collateral_usd)
    }
    return sum
  }

  violations(): readonly string[] {
    return violations(this.pool)
  }

  holdings(out: Float64Array): void {
    const { config, state } = this.pool
    for (let r = 0; r < config.count; r++) {
      const asset = config.asset[r] as number
      out[asset] = (out[asset] as number) + value(state.cash, r)
    }
  }

  pool_state(row: number, asset: number, out: PoolState): boolean {
    const { config, state, accounts } = this.pool
    const r = config.reserve[asset] ?? -1
    if (r < 0) return false
    const entry = entry_of(accounts, row, r)
    out.cash = value(state.cash, r)
    out.owed = debt_units(state, r)
    out.claim = entry < 0 ? 0 : value(accounts.entries.columns.collateral, entry) * value(state.liquidity_index, r)
    out.borrow_rate = value(state.borrow_rate, r)
    return true
  }

  /** Fields `<reserve>.liquidation_threshold` (outside e-modes) and `<reserve>.base_rate`, `slope1`, `slope2`, `optimal_usage`. */
  tune(field: string, to?: number): number | undefined {
    return tune(this.pool, field, to)
  }

  /** Suppliers' claims stay; what is gone is a deficit. */
  drain(asset: number, share: number): number {
    return drain(this.pool, asset, share)
  }

  /** What anyone can see of the reserve of an asset; undefined if there is none. */
  reserve(asset: number): ReserveReport | undefined {
    const { config, state } = this.pool
    const r = config.reserve[asset] ?? -1
    if (r < 0) return undefined
    const debt = debt_units(state, r)
    return {
      supply: claims(state, r),
      treasury: (value(state.treasury, r) + value(state.fees, r)) * value(state.liquidity_index, r),
      debt,
      cash: value(state.cash, r),
      deficit: value(state.deficit, r),
      usage: usage(value(state.cash, r), debt),
      borrow_rate: value(state.borrow_rate, r),
      liquidity_rate: value(state.liquidity_rate, r),
      borrow_index: value(state.borrow_index, r),
      liquidity_index: value(state.liquidity_index, r),
    }
  }

  /** USD of debt without owner. */
  deficit_usd(): number {
    const { config, state } = this.pool
    let sum = 0
    for (let r = 0; r < config.count; r++) sum += value(state.deficit, r) * value(state.price, r)
    return sum
  }
}

/** A reserve as it is published: units, ratios, rates a year, indices since the start. */
export interface ReserveReport {
  /** Claims of suppliers and treasury. */
  readonly supply: number
  /** The treasury's part of them: from interest and from liquidations, since the start. */
  readonly treasury: number
  readonly debt: number
  readonly cash: number
  readonly deficit: number
  readonly usage: number
  readonly borrow_rate: number
  readonly liquidity_rate: number
  readonly borrow_index: number
  readonly liquidity_index: number
}
