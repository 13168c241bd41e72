// The venue against the reference as its model: the same random calls to both, the same answers and balances from both.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { VenueWorld } from '../../../test/support/venue-world.ts'
import { type ActionKind, ALL, succeeded } from '../../model/index.ts'
import { aaveV3 } from './index.ts'
import * as exact from './reference.ts'
import { VERSIONS, type Version } from './rules.ts'
import type { AaveV3 } from './venue.ts'

const E18 = 10n ** 18n
const RAY_BPS = 10n ** 23n
/** An amount of 6 decimals in wei, and back in units. */
const wei = (x: number) => BigInt(Math.round(x * 1e6)) * 10n ** 12n
const unit = (x: bigint) => Number(x) / 1e18
const NAMES = ['A', 'B', 'C']
const USERS = ['one', 'two', 'three']
const LIQUIDATOR = USERS.length + 1

interface Reserve {
  readonly price: number
  readonly ltv: number
  readonly threshold: number
  readonly bonus: number
  readonly fee: number
  readonly factor: number
  readonly cash: number
  readonly supply_cap: number
  readonly borrow_cap: number
  readonly borrowable: boolean
}

const log_uniform = (lowest: number, highest: number) =>
  fc.double({ min: Math.log10(lowest), max: Math.log10(highest), noNaN: true }).map((e) => Math.round(10 ** e * 100) / 100)

const reserves: fc.Arbitrary<Reserve> = fc.record({
  price: log_uniform(0.5, 50_000),
  ltv: fc.integer({ min: 4500, max: 8000 }).map((ltv) => (ltv < 5000 ? 0 : ltv)),
  threshold: fc.integer({ min: 8000, max: 8700 }),
  bonus: fc.integer({ min: 10_000, max: 10_700 }),
  fee: fc.integer({ min: 0, max: 2000 }),
  factor: fc.integer({ min: 0, max: 5000 }),
  cash: log_uniform(1e4, 1e7),
  supply_cap: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1000 })),
  borrow_cap: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1000 })),
  borrowable: fc.integer({ min: 0, max: 19 }).map((x) => x > 0),
})

type Step = { kind: string; user: number; r: number; other: number; size: number; whole: boolean }
const steps: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    'deposit',
    'borrow',
    'borrow',
    'repay',
    'withdraw',
    'liquidate',
    'liquidate',
    'liquidate',
    'crash',
    'crash',
    'wait',
  ),
  user: fc.nat(2),
  r: fc.nat(2),
  other: fc.nat(2),
  size: fc.double({ min: 0.01, max: 1.1, noNaN: true }),
  whole: fc.boolean(),
})

interface Setup {
  readonly version: Version
  readonly reserves: readonly Reserve[]
  readonly emodes: readonly number[]
  readonly supplies: readonly number[]
  readonly steps: readonly Step[]
}
const setups: fc.Arbitrary<Setup> = fc.record({
  version: fc.constantFrom(...VERSIONS),
  reserves: fc.array(reserves, { minLength: 3, maxLength: 3 }),
  emodes: fc.array(
    fc.nat(3).map((x) => (x === 3 ? 1 : 0)),
    { minLength: 3, maxLength: 3 },
  ),
  supplies: fc.array(fc.oneof(fc.constant(0), log_uniform(3000, 1e6)), { minLength: 9, maxLength: 9 }),
  steps: fc.array(steps, { minLength: 10, maxLength: 40 }),
})

/** USD amounts of the setup in units, 6 decimals. */
const units_of = (setup: Setup, usd: number, r: number) => Math.round((usd / (setup.reserves[r] as Reserve).price) * 1e6) / 1e6
const units_cap = (setup: Setup, thousands: number, r: number) => Math.ceil(units_of(setup, thousands * 10_000, r))

function open_model(setup: Setup): exact.Pool {
  const configs = setup.reserves.map(
    (of, r): exact.ReserveConfig => ({
      decimals: 18,
      ltv: BigInt(of.ltv),
      liquidation_threshold: BigInt(of.threshold),
      liquidation_bonus: BigInt(of.bonus),
      protocol_fee: BigInt(of.fee),
      reserve_factor: BigInt(of.factor),
      supply_cap: BigInt(units_cap(setup, of.supply_cap, r)),
      borrow_cap: BigInt(units_cap(setup, of.borrow_cap, r)),
      debt_ceiling: 0n,
      base_rate: 100n * RAY_BPS,
      optimal_usage: 8000n * RAY_BPS,
      slope1: 400n * RAY_BPS,
      slope2: 6000n * RAY_BPS,
      active: true,
      frozen: false,
      paused: false,
      borrowable: of.borrowable,
      siloed: false,
      borrowable_in_isolation: false,
      grace_until_s: 0n,
    }),
  )
  const emode: exact.EMode = {
    ltv: 9000n,
    liquidation_threshold: 9300n,
    liquidation_bonus: 10_100n,
    collateral: [true, true, false],
    borrowable: [true, false, true],
    ltv_zero: [false, true, false],
    isolated: true,
  }
  const pool = exact.new_pool(setup.version, configs, [emode])
  pool.now_s = 1n
  USERS.forEach((name, u) => {
    exact.user_of(pool, name).emode = setup.emodes[u] as number
  })
  setup.reserves.forEach((of, r) => {
    const reserve = exact.at(pool.reserves, r)
    pool.prices[r] = BigInt(Math.round(of.price * 1e8))
    reserve.updated_s = 1n
    reserve.virtual_balance = wei(units_of(setup, of.cash, r))
    reserve.scaled_supply = reserve.virtual_balance
    for (let u = 0; u < 3; u++) {
      const supply = wei(units_of(setup, setup.supplies[3 * u + r] as number, r))
      const user = exact.user_of(pool, exact.at(USERS, u))
      user.scaled_supply[r] = supply
      user.collateral[r] = supply > 0n && exact.threshold_of(pool, user, r) > 0n
      reserve.virtual_balance += supply
      reserve.scaled_supply += supply
    }
    exact.update_rates(pool, reserve, 0n, 0n)
  })
  return pool
}

function open_venue(setup: Setup, model: exact.Pool): { world: VenueWorld; venue: AaveV3 } {
  const world = new VenueWorld(
    Object.fromEntries(NAMES.map((name, r) => [name, Number(model.prices[r]) / 1e8])),
    LIQUIDATOR,
    1000,
  )
  const account: number[] = []
  const reserve: number[] = []
  const collateral: number[] = []
  USERS.forEach((name, u) =>
    exact.user_of(model, name).scaled_supply.forEach((supply, r) => {
      if (supply === 0n) return
      account.push(u)
      reserve.push(r)
      collateral.push(unit(supply))
    }),
  )
  const spec = aaveV3.schema.parse({
    kind: 'aave-v3',
    id: 'pool',
    version: setup.version,
    reserves: setup.reserves.map((of, r) => ({
      asset: NAMES[r],
      ltv: of.ltv / 1e4,
      liquidation_threshold: of.threshold / 1e4,
      liquidation_bonus: of.bonus / 1e4 - 1,
      protocol_fee: of.fee / 1e4,
      reserve_factor: of.factor / 1e4,
      supply_cap: units_cap(setup, of.supply_cap, r),
      borrow_cap: units_cap(setup, of.borrow_cap, r),
      base_rate: 0.01,
      slope1: 0.04,
      slope2: 0.6,
      cash: unit(exact.at(model.reserves, r).virtual_balance),
      borrowable: of.borrowable,
      oracle: NAMES[r],
    })),
    emodes: [
      {
        label: 'first two',
        ltv: 0.9,
        liquidation_threshold: 0.93,
        liquidation_bonus: 0.01,
        collateral: ['A', 'B'],
        borrowable: ['A', 'C'],
        ltv_zero: ['B'],
        isolated: true,
      },
    ],
    accounts: { owner: Int32Array.from([0, 1, 2]), emode: Int32Array.from(setup.emodes) },
    positions: {
      account: Int32Array.from(account),
      reserve: Int32Array.from(reserve),
      collateral: Float64Array.from(collateral),
      debt: new Float64Array(account.length),
    },
  })
  const venue = aaveV3.open(spec, world.builder)
  for (let actor = 1; actor <= LIQUIDATOR; actor++) for (let a = 0; a < 3; a++) world.ledger.credit(actor, a, 1e15)
  world.ledger.postings.settle()
  venue.price(1000, world.view)
  return { world, venue }
}

/** What the venue may say where the contract reverts: the two test in different orders. */
const POSSIBLE: Readonly<Record<string, readonly string[]>> = {
  SupplyCapExceeded: ['limit'],
  BorrowCapExceeded: ['limit'],
  BorrowingNotEnabled: ['limit'],
  NotBorrowableInEMode: ['limit'],
  NotEnoughAvailableUserBalance: ['funds', 'cash'],
  InvalidAmount: ['empty', 'limit', 'margin', 'cash'],
  LtvValidationFailed: ['margin', 'cash', 'limit'],
  CollateralBalanceIsZero: ['margin', 'cash', 'limit'],
  CollateralCannotCoverNewBorrow: ['margin', 'cash'],
  HealthFactorLowerThanLiquidationThreshold: ['margin', 'cash'],
  HealthFactorNotBelowThreshold: ['healthy', 'unknown'],
  CollateralCannotBeLiquidated: ['unknown'],
  MustNotLeaveDust: ['dust'],
  [exact.PANIC]: ['cash'],
}

const near = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)) + 1e-9

/** Both hold the same: reserves and balances. */
function compare(setup: Setup, model: exact.Pool, venue: AaveV3): void {
  const report = NAMES.map((_, r) => venue.reserve(r))
  model.reserves.forEach((reserve, r) => {
    const claims = model.shares.supply_balance(reserve.scaled_supply + reserve.accrued_to_treasury, reserve.liquidity_index)
    const debt = model.shares.debt_balance(reserve.scaled_debt, reserve.borrow_index)
    const pairs: [string, number | undefined, number][] = [
      ['cash', report[r]?.cash, unit(reserve.virtual_balance)],
      ['debt', report[r]?.debt, unit(debt)],
      ['deficit', report[r]?.deficit, unit(reserve.deficit)],
      ['supply', report[r]?.supply, unit(claims)],
      ['borrow_rate', report[r]?.borrow_rate, Number(reserve.borrow_rate) / 1e27],
      ['liquidity_rate', report[r]?.liquidity_rate, Number(reserve.liquidity_rate) / 1e27],
    ]
    for (const [field, got, expected] of pairs)
      if (!near(got as number, expected)) expect({ setup, r, field, got }).toEqual({ setup, r, field, got: expected })
  })
  USERS.forEach((name, row) => {
    const data = exact.account_data(model, exact.user_of(model, name))
    const health = venue.health(row, venue.prices)
    if (data.debt_usd < 100n) return
    const expected = Number(data.health) / 1e18
    // a mean threshold on a whole basis point may fall to either side before 3.5
    const slack = (model.rules.weighs_each ? 1e-9 : 2e-4) + 2 / Number(data.debt_usd)
    if (!(Math.abs(health - expected) <= slack * expected + 1e-12))
      expect({ setup, name, health }).toEqual({ setup, name, health: expected })
  })
}

/** The user with the lowest health. */
function weakest(model: exact.Pool): number {
  const healths = USERS.map((name) => exact.account_data(model, exact.user_of(model, name)).health)
  return healths.reduce((low, health, u) => (health < exact.at(healths, low) ? u : low), 0)
}

/** The step as a call to the model and as an action for the venue; undefined when there is nothing to size it by. */
function call_of(setup: Setup, model: exact.Pool, step: Step) {
  const { whole, size, kind } = step
  const row = kind === 'liquidate' ? weakest(model) : step.user
  const name = exact.at(USERS, row)
  const user = exact.user_of(model, name)
  // a repayment, withdrawal or liquidation looks for something to act on, most of the time
  const seek = (list: readonly bigint[], from: number) =>
    [0, 1, 2].map((i) => (from + i) % 3).find((i) => exact.at(list, i) > 0n) ?? from
  const eager = kind !== 'borrow' && kind !== 'deposit' && size > 0.1
  const r = eager ? seek(kind === 'repay' ? user.scaled_debt : user.scaled_supply, step.r) : step.r
  const other = eager ? seek(user.scaled_debt, step.other) : step.other
  const supply = exact.supply_of(model, user, r)
  const debt = exact.debt_of(model, user, r)
  const other_debt = exact.debt_of(model, user, other)
  const part = (of: bigint) => wei(unit(of) * size)
  const base = { account: row, asset: r, actor: row + 1 }
  const of = (amount: bigint) => ({ ...base, amount: unit(amount) })
  // a few wei left over by rounding are no supply to the venue; to the protocol they are, and a next supply is then not its first
  if (kind === 'deposit' && (supply === 0n || supply > 1000n)) {
    const amount = wei(units_of(setup, size * 100_000, r))
    return { run: (p: exact.Pool) => exact.supply(p, name, r, amount), fields: of(amount) }
  }
  if (kind === 'borrow') {
    const room = exact.available_borrows(model, name) + 10n ** 9n
    const amount = part((room * E18) / exact.at(model.prices, r))
    return { run: (p: exact.Pool) => exact.borrow(p, name, r, amount), fields: of(amount) }
  }
  if (kind === 'repay' && debt > 1000n) {
    const amount = whole ? exact.WHOLE : part(debt)
    return { run: (p: exact.Pool) => exact.repay(p, name, r, amount), fields: whole ? { ...base, amount: ALL } : of(amount) }
  }
  if (kind === 'withdraw' && supply > 1000n) {
    const amount = whole ? exact.WHOLE : part(supply)
    return { run: (p: exact.Pool) => exact.withdraw(p, name, r, amount), fields: whole ? { ...base, amount: ALL } : of(amount) }
  }
  if (kind === 'liquidate' && supply > 1000n && other_debt > 1000n) {
    const amount = whole ? exact.MAX : part(other_debt)
    return {
      run: (p: exact.Pool) => exact.liquidate(p, 'liquidator', name, r, other, amount),
      fields: { ...base, asset2: other, amount: whole ? ALL : unit(amount), actor: LIQUIDATOR },
    }
  }
  return undefined
}

it('gives and refuses what the reference does, and holds what it holds', () => {
  const seen: Record<string, number> = {}
  const count = (what: string) => {
    seen[what] = (seen[what] ?? 0) + 1
  }
  fc.assert(
    fc.property(setups, (setup) => {
      let model = open_model(setup)
      const { world, venue } = open_venue(setup, model)
      for (const step of setup.steps) {
        if (step.kind === 'wait' || step.kind === 'crash') {
          const time_s = step.kind === 'wait' ? Math.ceil(step.size * 86_400) : 0
          if (step.kind === 'crash') {
            // what this user owes and does not hold becomes as dear as it takes for a breach
            const user = exact.user_of(model, exact.at(USERS, weakest(model)))
            const { health } = exact.account_data(model, user)
            const rise = Math.min(4, Math.max(0.5, Number(health) / 1e18)) / (0.7 + step.size * 0.28)
            for (const r of [0, 1, 2])
              if (exact.at(user.scaled_debt, r) > exact.at(user.scaled_supply, r))
                model.prices[r] = BigInt(Math.round(Number(model.prices[r]) * rise))
          }
          for (const r of [0, 1, 2]) world.answers[NAMES[r] as string] = Number(model.prices[r]) / 1e8
          model.now_s += BigInt(time_s)
          for (const reserve of model.reserves) {
            exact.accrue(model, reserve)
            exact.update_rates(model, reserve, 0n, 0n)
          }
          world.tick(venue, time_s * 1000)
        } else {
          const call = call_of(setup, model, step)
          if (call === undefined) continue
          const outcome = exact.attempt(model, call.run as (p: exact.Pool) => unknown)
          const result = world.act(venue, step.kind as ActionKind, call.fields)
          const ok = succeeded(result)
          if (ok !== (outcome.revert === undefined)) {
            // within rounding of a limit the two may differ; then they part, and it must be rare
            count('differ')
            return
          }
          count(ok ? step.kind : `${step.kind} ${outcome.revert}`)
          if (!ok) expect(POSSIBLE[outcome.revert as string], `${outcome.revert} is ${result.status}`).toContain(result.status)
          if (ok && model.rules.deficit && exact.at(outcome.pool.reserves, 2).deficit > exact.at(model.reserves, 2).deficit)
            count('deficit')
          model = outcome.pool
        }
        compare(setup, model, venue)
        expect(venue.violations()).toEqual([])
      }
    }),
    { numRuns: 800, seed: 11 },
  )
  for (const kind of ['deposit', 'borrow', 'repay', 'withdraw', 'liquidate']) expect(seen[kind] ?? 0).toBeGreaterThan(100)
  for (const kind of ['deficit', 'liquidate MustNotLeaveDust', 'liquidate CollateralCannotBeLiquidated'])
    expect(seen[kind] ?? 0).toBeGreaterThan(1)
  expect(seen.differ ?? 0).toBeLessThan(4)
})
