/** The pool: what governance has set (fixed for a run), the state of every reserve, accrual and rates. */
import type { MarginBook } from '../../margin/index.ts'
import type { Columns, Ledger, Store, WorldBuilder } from '../../model/index.ts'
import type { Accounts } from './accounts.ts'
import { borrow_rate, compound_growth, linear_growth, liquidity_rate, type RateCurve } from './kernel.ts'
import type { Rules } from './rules.ts'
import type { AaveV3Spec } from './snapshot.ts'

/** By reserve; `*_of` by category · count + reserve, category 0 being none. */
export interface Config {
  readonly count: number
  readonly names: readonly string[]
  /** Asset of each reserve, and reserve of each asset (−1 none). */
  readonly asset: Int32Array
  readonly reserve: Int32Array
  readonly curve: RateCurve[]
  readonly ltv_of: Float64Array
  readonly threshold_of: Float64Array
  /** 1.05 for a bonus of 5 %. */
  readonly bonus_of: Float64Array
  readonly borrowable_of: Uint8Array
  readonly protocol_fee: Float64Array
  readonly reserve_factor: Float64Array
  readonly supply_cap: Float64Array
  readonly borrow_cap: Float64Array
  readonly debt_ceiling: Float64Array
  readonly other_debt: Float64Array
  readonly active: Uint8Array
  readonly frozen: Uint8Array
  /** May be collateral of anyone at all. */
  readonly counts: Uint8Array
  readonly siloed: Uint8Array
  readonly isolation_borrowable: Uint8Array
}

const reserve_shape = {
  /** Last valid oracle answer, USD per unit; `stale` while there is none now. */
  price: 'f64',
  stale: 'u8',
  paused: 'u8',
  /** Nothing of it is liquidated up to and including this time; −1 never was. */
  grace_until_ms: 'f64',
  liquidity_index: 'f64',
  borrow_index: 'f64',
  liquidity_rate: 'f64',
  borrow_rate: 'f64',
  /** Shares of everybody: claims, debts, the treasury's unminted part, and what it got as liquidation fees (inside `supply`). */
  supply: 'f64',
  debt: 'f64',
  treasury: 'f64',
  fees: 'f64',
  /** Units. */
  cash: 'f64',
  deficit: 'f64',
  isolated_debt: 'f64',
  /** Interest that debts compounded and no supplier was credited with (theirs is linear). */
  unclaimed: 'f64',
} as const
export type ReserveState = Columns<typeof reserve_shape>
export const clock_shape = { now_ms: 'f64', accrued_ms: 'f64', sentinel: 'u8' } as const

export interface Pool {
  readonly id: string
  /** Position of the venue. */
  readonly index: number
  readonly rules: Rules
  readonly config: Config
  readonly state: ReserveState
  /** Time now, time up to which interest has accrued, and whether the sequencer's sentinel holds things back. */
  readonly clock: Columns<typeof clock_shape>
  readonly accounts: Accounts
  readonly book: MarginBook
  readonly ledger: Ledger
}

/** Slots of a reserve in the margin book: its collateral and its debt, each price × index. */
export const collateral_slot = (r: number): number => 2 * r
export const debt_slot = (r: number): number => 2 * r + 1

/** Matrices of the e-modes: parameters by category and reserve, as the version reads them. */
function by_category(spec: AaveV3Spec, rules: Rules): Pick<Config, 'ltv_of' | 'threshold_of' | 'bonus_of' | 'borrowable_of'> {
  const count = spec.reserves.length
  const size = (spec.emodes.length + 1) * count
  const out = {
    ltv_of: new Float64Array(size),
    threshold_of: new Float64Array(size),
    bonus_of: new Float64Array(size),
    borrowable_of: new Uint8Array(size),
  }
  for (let k = 0; k <= spec.emodes.length; k++) {
    const emode = spec.emodes[k - 1]
    spec.reserves.forEach((own, r) => {
      const at = k * count + r
      const mode = emode?.collateral.includes(own.asset) === true ? emode : undefined
      const params = mode ?? own
      out.threshold_of[at] = params.liquidation_threshold
      out.bonus_of[at] = 1 + params.liquidation_bonus
      if (!rules.emode_alone) out.ltv_of[at] = own.ltv === 0 ? 0 : params.ltv
      else if (mode !== undefined) out.ltv_of[at] = mode.ltv_zero.includes(own.asset) ? 0 : mode.ltv
      else out.ltv_of[at] = rules.isolated_emodes && emode?.isolated === true ? 0 : own.ltv
      const listed = emode === undefined || emode.borrowable.includes(own.asset)
      const own_flag = own.borrowable || (rules.emode_alone && emode !== undefined)
      out.borrowable_of[at] = listed && own_flag ? 1 : 0
    })
  }
  return out
}

/** What the spec fixes for the run; `InputError` for names that do not exist or stand twice. */
export function read_config(spec: AaveV3Spec, rules: Rules, builder: WorldBuilder): Config {
  const count = spec.reserves.length
  const asset = new Int32Array(count)
  const reserve = new Int32Array(builder.assets.length).fill(-1)
  spec.reserves.forEach((own, r) => {
    const field = `reserves[${r}].asset`
    const index = builder.asset(own.asset, field)
    if ((reserve[index] as number) >= 0) throw builder.invalid(field, own.asset, 'an asset listed once')
    if (own.deficit > 0 && !rules.deficit) throw builder.invalid(`reserves[${r}].deficit`, own.deficit, '0 before version 3.3')
    asset[r] = index
    reserve[index] = r
  })
  spec.emodes.forEach((emode, k) => {
    for (const list of ['collateral', 'borrowable', 'ltv_zero'] as const)
      emode[list].forEach((name, i) => {
        if (!spec.reserves.some((own) => own.asset === name))
          throw builder.invalid(`emodes[${k}].${list}[${i}]`, name, `one of ${spec.reserves.map((own) => own.asset).join(', ')}`)
      })
  })
  const column = (read: (own: AaveV3Spec['reserves'][number]) => number) => Float64Array.from(spec.reserves, read)
  const flags = (read: (own: AaveV3Spec['reserves'][number]) => boolean) =>
    Uint8Array.from(spec.reserves, (own) => (read(own) ? 1 : 0))
  return {
    count,
    names: spec.reserves.map((own) => own.asset),
    asset,
    reserve,
    curve: spec.reserves.map(({ base_rate, optimal_usage, slope1, slope2 }) => ({ base_rate, optimal_usage, slope1, slope2 })),
    ...by_category(spec, rules),
    protocol_fee: column((own) => own.protocol_fee),
    reserve_factor: column((own) => own.reserve_factor),
    supply_cap: column((own) => own.supply_cap),
    borrow_cap: column((own) => own.borrow_cap),
    debt_ceiling: column((own) => (rules.isolation ? own.debt_ceiling : 0)),
    other_debt: column((own) => own.other_debt),
    active: flags((own) => own.active),
    frozen: flags((own) => own.frozen),
    counts: flags((own) => rules.emode_alone || own.liquidation_threshold > 0),
    siloed: flags((own) => rules.isolation && own.siloed),
    isolation_borrowable: flags((own) => own.borrowable_in_isolation),
  }
}

/** Reserves at the moment of the snapshot: indices 1, claims of suppliers = cash + debt + deficit. */
export function open_reserves(store: Store, spec: AaveV3Spec, config: Config, builder: WorldBuilder): ReserveState {
  const { columns } = store.table(`${spec.id}.reserves`, reserve_shape, config.count)
  spec.reserves.forEach((own, r) => {
    columns.price.data[r] = builder.assets[config.asset[r] as number]?.price_usd ?? 1
    columns.paused.data[r] = own.paused ? 1 : 0
    columns.grace_until_ms.data[r] = -1
    columns.liquidity_index.data[r] = 1
    columns.borrow_index.data[r] = 1
    columns.debt.data[r] = own.other_debt
    columns.cash.data[r] = own.cash
    columns.deficit.data[r] = own.deficit
  })
  return columns
}

export const value = (column: { readonly data: ArrayLike<number> }, index: number): number => column.data[index] as number

/** Units that suppliers and treasury have a claim to. */
export const claims = (s: ReserveState, r: number): number =>
  (value(s.supply, r) + value(s.treasury, r)) * value(s.liquidity_index, r)
export const debt_units = (s: ReserveState, r: number): number => value(s.debt, r) * value(s.borrow_index, r)

/** New rates after cash, debt or deficit changed. */
export function update_rates(pool: Pool, r: number): void {
  const { state, config, rules } = pool
  const debt = debt_units(state, r)
  const cash = value(state.cash, r)
  const borrow = borrow_rate(config.curve[r] as RateCurve, cash, debt)
  const deficit = rules.deficit ? value(state.deficit, r) : 0
  state.borrow_rate.set(r, borrow)
  state.liquidity_rate.set(r, liquidity_rate(borrow, cash, debt, deficit, config.reserve_factor[r] as number))
}

/** Interest of a time on one reserve: indices, and the treasury's part. Outside bundles only. */
export function accrue_reserve(pool: Pool, r: number, time_s: number): void {
  const { state, config, rules } = pool
  const supply_before = value(state.liquidity_index, r)
  const debt_before = value(state.borrow_index, r)
  const supply_after = supply_before * linear_growth(value(state.liquidity_rate, r), time_s)
  const owes = value(state.debt, r) > 0
  const debt_after = owes
    ? debt_before * compound_growth(value(state.borrow_rate, r), time_s, rules.compounds_in_time)
    : debt_before
  const interest = value(state.debt, r) * (debt_after - debt_before)
  const earned = (value(state.supply, r) + value(state.treasury, r)) * (supply_after - supply_before)
  const kept = interest * (config.reserve_factor[r] as number)
  state.liquidity_index.data[r] = supply_after
  state.borrow_index.data[r] = debt_after
  state.treasury.data[r] = value(state.treasury, r) + kept / supply_after
  state.unclaimed.data[r] = value(state.unclaimed, r) + interest - earned - kept
  update_rates(pool, r)
}

/** Slot prices from oracle prices and indices. */
export function write_slots(pool: Pool): void {
  const { state, config, book } = pool
  const prices = book.prices.data
  for (let r = 0; r < config.count; r++) {
    const price = value(state.price, r)
    prices[collateral_slot(r)] = price * value(state.liquidity_index, r)
    prices[debt_slot(r)] = price * value(state.borrow_index, r)
  }
}
