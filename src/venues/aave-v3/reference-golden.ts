/** Runs the golden vectors through the reference: rows of the scoreboard, computed and expected side by side. */
import { assert, type GoldenRow } from '../../model/index.ts'
import * as protocol from './reference.ts'
import { VECTORS, type Vector } from './vectors.ts'
import { FIXTURE } from './vectors-fixture.ts'
import { MATH_VECTORS, type MathVector } from './vectors-math.ts'

/** A pool of the fixture's reserves with one e-mode: 95 % loan-to-value, 96 % threshold, 1 % bonus, WBTC and WETH for WETH. */
export function fixture_pool(): protocol.Pool {
  const configs = FIXTURE.decimals.map(
    (decimals): protocol.ReserveConfig => ({
      decimals,
      ltv: BigInt(FIXTURE.ltv),
      liquidation_threshold: BigInt(FIXTURE.liquidation_threshold),
      liquidation_bonus: BigInt(FIXTURE.liquidation_bonus),
      protocol_fee: BigInt(FIXTURE.protocol_fee),
      reserve_factor: BigInt(FIXTURE.reserve_factor),
      supply_cap: 0n,
      borrow_cap: 0n,
      debt_ceiling: 0n,
      base_rate: BigInt(FIXTURE.base_rate),
      optimal_usage: BigInt(FIXTURE.optimal_usage),
      slope1: BigInt(FIXTURE.slope1),
      slope2: BigInt(FIXTURE.slope2),
      active: true,
      frozen: false,
      paused: false,
      borrowable: true,
      siloed: false,
      borrowable_in_isolation: false,
      grace_until_s: 0n,
    }),
  )
  const emode: protocol.EMode = {
    ltv: 9500n,
    liquidation_threshold: 9600n,
    liquidation_bonus: 10100n,
    collateral: [false, true, true],
    borrowable: [false, false, true],
    ltv_zero: [false, false, false],
    isolated: false,
  }
  const pool = protocol.new_pool('3.7', configs, [emode])
  FIXTURE.prices.forEach((price, r) => {
    pool.prices[r] = BigInt(price)
  })
  pool.now_s = 1n
  return pool
}

interface Stage {
  pool: protocol.Pool
  revert: string
  last: protocol.Liquidation | undefined
}

const reserve = (name: string | undefined): number => FIXTURE.assets.indexOf(name as never)

/** Runs one call, or notes why it reverted. */
function run(stage: Stage, call: (pool: protocol.Pool) => protocol.Liquidation | void): void {
  const outcome = protocol.attempt(stage.pool, call)
  stage.pool = outcome.pool
  stage.revert = outcome.revert ?? 'none'
  stage.last = outcome.result ?? undefined
}

/** Steps by their first word; `a` are the words after it. */
const STEPS: Readonly<Record<string, (stage: Stage, a: readonly string[]) => void>> = {
  supply: (stage, [who, asset, amount]) =>
    run(stage, (pool) => protocol.supply(pool, who as string, reserve(asset), BigInt(amount as string))),
  borrow: (stage, [who, asset, amount]) =>
    run(stage, (pool) => protocol.borrow(pool, who as string, reserve(asset), BigInt(amount as string))),
  liquidate: (stage, [whom, collateral, debt, amount, how]) =>
    run(stage, (pool) => {
      const offered = amount === 'max' ? protocol.MAX : BigInt(amount as string)
      return protocol.liquidate(pool, 'bob', whom as string, reserve(collateral), reserve(debt), offered, how === 'shares')
    }),
  touch: (stage, [asset]) => run(stage, (pool) => protocol.accrue(pool, protocol.at(pool.reserves, reserve(asset)))),
  price: ({ pool }, [asset, price]) => {
    pool.prices[reserve(asset)] = BigInt(price as string)
  },
  drop: ({ pool }, [asset, bps]) => {
    const r = reserve(asset)
    pool.prices[r] = protocol.percent_mul(protocol.at(pool.prices, r), protocol.BPS - BigInt(bps as string))
  },
  wait: ({ pool }, [seconds]) => {
    pool.now_s += BigInt(seconds as string)
  },
  emode: ({ pool }, [who, category]) => {
    protocol.user_of(pool, who as string).emode = Number(category)
  },
  set: ({ pool }, [asset, field, value]) => {
    const { config } = protocol.at(pool.reserves, reserve(asset))
    config[field as 'ltv' | 'liquidation_threshold' | 'protocol_fee'] = BigInt(value as string)
  },
  indices: ({ pool }, [asset, liquidity, borrow]) => {
    const of = protocol.at(pool.reserves, reserve(asset))
    of.liquidity_index = BigInt(liquidity as string)
    of.borrow_index = BigInt(borrow as string)
  },
}

/** Measures by name. */
const MEASURES: Readonly<Record<string, (stage: Stage, a: readonly string[]) => bigint | string>> = {
  revert: ({ revert }) => revert,
  repaid: ({ last }) => last?.debt_repaid ?? 'nothing',
  to_liquidator: ({ last }) => last?.to_liquidator ?? 'nothing',
  fee: ({ last }) => last?.fee ?? 'nothing',
  collateral_usd: ({ pool }, [who]) => protocol.account_data(pool, protocol.user_of(pool, who as string)).collateral_usd,
  debt_usd: ({ pool }, [who]) => protocol.account_data(pool, protocol.user_of(pool, who as string)).debt_usd,
  health: ({ pool }, [who]) => protocol.account_data(pool, protocol.user_of(pool, who as string)).health,
  supplied: ({ pool }, [who, asset]) => protocol.supply_of(pool, protocol.user_of(pool, who as string), reserve(asset)),
  owed: ({ pool }, [who, asset]) => protocol.debt_of(pool, protocol.user_of(pool, who as string), reserve(asset)),
  collateral: ({ pool }, [who, asset]) => (protocol.user_of(pool, who as string).collateral[reserve(asset)] === true ? 1n : 0n),
}

/** A measure by name, else a field of the reserve's state. */
function measure(stage: Stage, name: string, a: readonly string[]): string {
  const known = MEASURES[name]
  if (known !== undefined) return String(known(stage, a))
  const value = stage.pool.reserves[reserve(a[0])]?.[name as 'deficit']
  assert(value !== undefined, `no measure ${name} ${a.join(' ')}`)
  return String(value)
}

const lines_of = (script: string): string[] =>
  script
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** A row with its verdict: equal as text, or within the relative tolerance. */
function scored(row: Omit<GoldenRow, 'group' | 'pass'>): GoldenRow {
  const { expected, got, tolerance } = row
  const near = Math.abs(Number(got) - Number(expected)) <= tolerance * Math.abs(Number(expected))
  return { ...row, group: 'aave-v3', pass: expected === got || (tolerance > 0 && near) }
}

/** The rows of one vector, in the order of its expectations. */
export function vector_rows(vector: Vector): GoldenRow[] {
  const stage: Stage = { pool: fixture_pool(), revert: 'none', last: undefined }
  const rows: GoldenRow[] = []
  for (const line of lines_of(FIXTURE.opening + vector.script)) {
    const [word = '', ...rest] = line.split(' ')
    if (word !== 'expect') {
      const step = STEPS[word]
      assert(step !== undefined, `${vector.id}: no step ${word}`)
      step(stage, rest)
      assert(stage.revert === 'none' || word === 'liquidate', `${vector.id}: ${line} reverts: ${stage.revert}`)
      continue
    }
    const [name = '', ...a] = rest.slice(0, -1)
    const id = ['aave-v3', vector.id, rows.length + 1, name, ...a].join(' ')
    const expected = rest.at(-1) as string
    rows.push(scored({ id, what: vector.what, expected, got: measure(stage, name, a), tolerance: 0, source: vector.source }))
  }
  return rows
}

const CALLS: Readonly<Record<string, (...a: bigint[]) => bigint>> = {
  linear_interest: protocol.linear_interest as never,
  compounded_interest: protocol.compounded_interest as never,
  wad_div: protocol.wad_div as never,
  ray_div: ((a: bigint, b: bigint) => protocol.ray_div(a, b)) as never,
  percent_mul: ((a: bigint, b: bigint) => protocol.percent_mul(a, b)) as never,
  percent_mul_floor: ((a: bigint, b: bigint) => protocol.percent_mul(a, b, 'floor')) as never,
  percent_mul_ceil: ((a: bigint, b: bigint) => protocol.percent_mul(a, b, 'ceil')) as never,
  percent_div: ((a: bigint, b: bigint) => protocol.percent_div(a, b)) as never,
  percent_div_floor: ((a: bigint, b: bigint) => protocol.percent_div(a, b, 'floor')) as never,
  percent_div_ceil: ((a: bigint, b: bigint) => protocol.percent_div(a, b, 'ceil')) as never,
  mul_div_floor: ((a: bigint, b: bigint, c: bigint) => protocol.mul_div(a, b, c, 'floor')) as never,
  mul_div_ceil: ((a: bigint, b: bigint, c: bigint) => protocol.mul_div(a, b, c, 'ceil')) as never,
  borrow_rate: ((...a: bigint[]) => rates(a).borrow) as never,
  liquidity_rate: ((...a: bigint[]) => rates(a).liquidity) as never,
}

function rates(a: readonly bigint[]): { borrow: bigint; liquidity: bigint } {
  const [base_rate, optimal_usage, slope1, slope2, available, debt, deficit, factor] = a as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ]
  return protocol.interest_rates({ base_rate, optimal_usage, slope1, slope2 }, available, debt, deficit, factor)
}

function math_row(vector: MathVector, nth: number): GoldenRow {
  const { id, what, source, call, args, expected, tolerance } = vector
  const got = String(CALLS[call]?.(...args.map(BigInt)))
  return scored({ id: ['aave-v3', id, 'math', nth, call].join(' '), what, expected, got, tolerance, source })
}

/** All golden rows of Aave v3. */
export function goldenRows(): GoldenRow[] {
  return [...VECTORS.flatMap(vector_rows), ...MATH_VECTORS.map((vector, i) => math_row(vector, i + 1))]
}
