/** Aave v3.6: the pool of @aave-dao/aave-v3-origin against src/venues/aave-v3/reference.ts, every decision and every integer. */
import * as exact from '../../../src/venues/aave-v3/reference.ts'
import type { Outcome } from '../harness/chain.ts'
import { type Bench, judge, Tally } from '../harness/judge.ts'
import { type Act, type Call, type Case, type Circumstance, draw, type Move, smaller, type Step } from './case.ts'
import { account_at, address_of, configure, deploy, set_emode, set_rates, USERS, type World } from './world.ts'

const START_S = 1_750_000_000n
const EVERYONE = [...USERS, exact.TREASURY]
const UINT = (1n << 256n) - 1n

/** The two sides of a case. */
interface Stage {
  readonly world: World
  pool: exact.Pool
}

// ── what both sides are told ──

/** USD with 8 decimals in units of a reserve's token; where there is no price, as if it were a dollar. */
function units_of(pool: exact.Pool, r: number, usd: bigint): bigint {
  const price = exact.at(pool.prices, r)
  return (usd * exact.unit(exact.at(pool.reserves, r).config.decimals)) / (price > 0n ? price : 100_000_000n)
}

/** What an amount is part of: the supply, the debt, what may be borrowed. */
function base_of(pool: exact.Pool, step: Move | Call): bigint {
  if (step.kind === 'liquidate') return exact.debt_of(pool, exact.user_of(pool, step.whom), step.d)
  const user = exact.user_of(pool, step.who)
  if (step.kind === 'repay') return exact.debt_of(pool, user, step.r)
  if (step.kind !== 'borrow') return exact.supply_of(pool, user, step.r)
  const { revert, result = 0n } = exact.attempt(pool, (copy) => exact.available_borrows(copy, step.who))
  return revert === undefined ? units_of(pool, step.r, result) : 0n
}

/** Units; −1 for all there is. */
function resolved(pool: exact.Pool, step: Move | Call): bigint {
  const { amount } = step
  if (amount.by === 'all') return exact.WHOLE
  const r = step.kind === 'liquidate' ? step.d : step.r
  const units =
    amount.by === 'usd'
      ? units_of(pool, r, amount.usd)
      : amount.by === 'part'
        ? (base_of(pool, step) * amount.bps) / 10_000n
        : base_of(pool, step) - units_of(pool, r, amount.usd)
  return units + amount.off < 0n ? 0n : units + amount.off
}

/** The least price of a collateral at which the account's health is no less than `health`; undefined where no price does it. */
function price_for(pool: exact.Pool, who: string, r: number, health: bigint): bigint | undefined {
  const user = exact.user_of(pool, who)
  const healthy = (price: bigint): boolean | undefined => {
    const prices = pool.prices.map((known, other) => (other === r ? price : known > 0n ? known : 1n))
    return exact.account_data({ ...pool, prices }, user).health >= health
  }
  let [low, high] = [0n, 10n ** 16n]
  if (healthy(1n) === true || healthy(high) !== true) return undefined
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (healthy(middle) === true) high = middle
    else low = middle
  }
  return high
}

// ── acts: both sides answer ──

interface Answer {
  readonly revert: string | undefined
  readonly values: readonly bigint[]
}

const NAMES: Readonly<Record<string, string>> = {
  'panic: overflow': exact.PANIC,
  // The oracle asks a fallback that is not there.
  revert: 'no price',
}

async function by_contract({ world }: Stage, step: Act, amount: bigint): Promise<Answer> {
  const { pool, tokens } = world
  const from = address_of(step.who)
  const asset = (r: number) => tokens[r]?.address
  const units = amount === exact.WHOLE ? UINT : amount
  const ask = async (): Promise<Outcome> => {
    if (step.kind === 'liquidate') {
      const args = [asset(step.c), asset(step.d), address_of(step.whom), units, step.as_shares]
      return await pool.attempt(from, 'liquidationCall(address,address,address,uint256,bool)', args)
    }
    if (step.kind === 'supply') return await pool.attempt(from, 'supply', [asset(step.r), units, from, 0])
    if (step.kind === 'withdraw') return await pool.attempt(from, 'withdraw', [asset(step.r), units, from])
    if (step.kind === 'borrow') return await pool.attempt(from, 'borrow', [asset(step.r), units, 2, 0, from])
    if (step.kind === 'repay') return await pool.attempt(from, 'repay', [asset(step.r), units, 2, from])
    if (step.kind === 'use') return await pool.attempt(from, 'setUserUseReserveAsCollateral', [asset(step.r), step.on])
    if (step.kind === 'emode') return await pool.attempt(from, 'setUserEMode', [step.category])
    throw new Error(`no such act: ${step.kind}`)
  }
  const outcome = await ask()
  if (!outcome.ok) return { revert: NAMES[outcome.error] ?? outcome.error, values: [] }
  if (step.kind === 'withdraw' || step.kind === 'repay')
    return { revert: undefined, values: [...(pool.abi.decodeFunctionResult(step.kind, outcome.data) as Iterable<bigint>)] }
  if (step.kind !== 'liquidate') return { revert: undefined, values: [] }
  const deficits = pool.events(outcome.logs, 'DeficitCreated')
  const deficit = tokens.map(({ address }) =>
    deficits.reduce((sum, [, of, units_]) => (String(of).toLowerCase() === address ? sum + (units_ as bigint) : sum), 0n),
  )
  const [call] = pool.events(outcome.logs, 'LiquidationCall')
  return {
    revert: undefined,
    values: [call?.['debtToCover'] as bigint, call?.['liquidatedCollateralAmount'] as bigint, ...deficit],
  }
}

function act(pool: exact.Pool, step: Act, amount: bigint): readonly bigint[] {
  if (step.kind === 'emode') exact.set_emode(pool, step.who, step.category)
  else if (step.kind === 'use') exact.use_as_collateral(pool, step.who, step.r, step.on)
  else if (step.kind === 'supply') exact.supply(pool, step.who, step.r, amount)
  else if (step.kind === 'borrow') exact.borrow(pool, step.who, step.r, amount)
  else if (step.kind === 'withdraw') return [exact.withdraw(pool, step.who, step.r, amount)]
  else if (step.kind === 'repay') return [exact.repay(pool, step.who, step.r, amount)]
  else if (step.kind === 'liquidate') {
    const offered = amount === exact.WHOLE ? exact.MAX : amount
    const out = exact.liquidate(pool, step.who, step.whom, step.c, step.d, offered, step.as_shares)
    return [out.debt_repaid, out.to_liquidator, ...out.deficits]
  }
  return []
}

function by_reference(stage: Stage, step: Act, amount: bigint): Answer {
  const { pool, result, revert } = exact.attempt(stage.pool, (copy) => act(copy, step, amount))
  stage.pool = pool
  return { revert, values: result ?? [] }
}

// ── circumstances: told to both ──

async function set_price({ world, pool }: Stage, r: number, price: bigint): Promise<void> {
  pool.prices[r] = price
  await world.feeds[r]?.send(address_of('alice'), 'set', [price])
}

async function set_rule(stage: Stage, step: Circumstance): Promise<void> {
  const { world, pool } = stage
  if (step.kind === 'wait') {
    pool.now_s += step.seconds
    world.chain.now_s = pool.now_s
  } else if (step.kind === 'price') await set_price(stage, step.r, step.price)
  else if (step.kind === 'aim') {
    // By the price of another reserve where this one's does not reach.
    for (const r of [step.r, ...pool.reserves.keys()]) {
      const price = price_for(pool, step.who, r, step.health)
      if (price !== undefined) return await set_price(stage, r, price + step.off > 0n ? price + step.off : 1n)
    }
  } else if (step.kind === 'sentinel') {
    pool.sentinel = step.down
    await world.sentinel.send(address_of('alice'), 'set', [step.down])
  } else {
    const { config } = exact.at(pool.reserves, step.r)
    if (step.kind === 'cap') [config.supply_cap, config.borrow_cap] = [step.supply, step.borrow]
    else if (step.kind === 'borrowable') config.borrowable = step.on
    else if (step.kind === 'pause') {
      config.paused = step.on
      if (!step.on && step.grace_s > 0n) config.grace_until_s = pool.now_s + step.grace_s
    } else await freeze(stage, step.r, step.on)
    await configure(world, step.r, config)
  }
}

/** As the configurator does it: what is frozen is worth nothing for borrowing, in e-modes too. */
async function freeze(stage: Stage, r: number, on: boolean): Promise<void> {
  const { config } = exact.at(stage.pool.reserves, r)
  config.frozen = on
  if (!on) return
  config.ltv = 0n
  const emodes = stage.pool.emodes.map((emode) => ({
    ...emode,
    ltv_zero: emode.ltv_zero.map((zero, other) => zero || (other === r && exact.at(emode.collateral, r))),
  }))
  stage.pool = { ...stage.pool, emodes }
  for (const [i, emode] of emodes.entries()) await set_emode(stage.world, i + 1, emode)
}

// ── the comparison ──

/** The reference's fields in the order of the world's numbers. */
const FIELDS = [
  ...['liquidity_index', 'liquidity_rate', 'borrow_index', 'borrow_rate', 'updated_s', 'accrued_to_treasury'],
  ...['virtual_balance', 'deficit', 'isolated_debt', 'scaled_supply', 'scaled_debt', 'virtual_balance'],
] as const
const ACCOUNT = ['collateral', 'debt', 'available', 'threshold', 'ltv', 'health'] as const

const reserve_of = (pool: exact.Pool, r: number): readonly bigint[] =>
  FIELDS.map((field) => exact.at(pool.reserves, r)[field as 'deficit'])

/** Shares of supply and debt by reserve, then the two flags of each reserve as bits, then the e-mode. */
function user_of(pool: exact.Pool, name: string): readonly bigint[] {
  const user = exact.user_of(pool, name)
  const flags = pool.reserves.map((_, r) => {
    const pair = (exact.at(user.collateral, r) ? 2n : 0n) + (exact.at(user.scaled_debt, r) !== 0n ? 1n : 0n)
    return pair << BigInt(2 * r)
  })
  const shares = pool.reserves.flatMap((_, r) => [exact.at(user.scaled_supply, r), exact.at(user.scaled_debt, r)])
  return [...shares, flags.reduce((a, b) => a | b), BigInt(user.emode)]
}

function account_of(pool: exact.Pool, name: string): readonly bigint[] | undefined {
  return exact.attempt(pool, (copy) => {
    const data = exact.account_data(copy, exact.user_of(copy, name))
    const available = exact.available_borrows(copy, name)
    return [data.collateral_usd, data.debt_usd, available, data.threshold, data.ltv, data.health]
  }).result
}

/** Every reserve, every user's shares and flags, and what the accounts of `names` come to. */
async function same_state({ world, pool }: Stage, when: string, names: readonly string[], tally: Tally): Promise<boolean> {
  const compare = (what: string, fields: readonly string[], theirs: readonly bigint[], ours: readonly bigint[]) => {
    for (const [i, field] of fields.entries()) tally.same(`${when}: ${what} ${field}`, theirs[i], ours[i])
  }
  const each = pool.reserves.map((_, r) => r)
  for (const r of each) compare(`reserve ${r}`, FIELDS, world.reserve_at(r), reserve_of(pool, r))
  const of_user = [...each.flatMap((r) => [`shares of ${r}`, `debt shares of ${r}`]), 'flags', 'e-mode']
  for (const name of EVERYONE) compare(`${name}'s`, of_user, world.user_at(name), user_of(pool, name))
  for (const name of names) {
    const [theirs, ours] = [await account_at(world, name), account_of(pool, name)]
    tally.same(`${when}: is there an answer for ${name}`, theirs !== undefined, ours !== undefined)
    if (theirs !== undefined && ours !== undefined) compare(`${name}'s`, ACCOUNT, theirs, ours)
  }
  return tally.differences.length === 0
}

/** What is worth knowing of an act that succeeded: that the draw comes across it. */
function remarkable(pool: exact.Pool, step: Act, values: readonly bigint[]): string[] {
  const user = exact.user_of(pool, step.kind === 'liquidate' ? step.whom : step.who)
  if (step.kind === 'use') return exact.at(user.collateral, step.r) === step.on ? ['use idle'] : []
  if (step.kind === 'withdraw') return exact.at(pool.prices, step.r) <= 0n ? ['withdraw without a price'] : []
  if (step.kind !== 'liquidate') return []
  const { health } = exact.account_data(pool, user)
  const [repaid = 0n, , ...deficits] = values
  return [
    ...(deficits.some((deficit) => deficit > 0n) ? ['liquidate deficit'] : []),
    ...(deficits.filter((deficit) => deficit > 0n).length > 1 ? ['liquidate two deficits'] : []),
    ...(step.as_shares ? ['liquidate as shares'] : []),
    ...(step.c === step.d ? ['liquidate the same asset'] : []),
    ...(exact.emode_for(pool, user, step.c) === undefined ? [] : ['liquidate in e-mode']),
    ...(health === (95n * exact.WAD) / 100n ? ['liquidate at 0.95'] : []),
    ...(repaid === exact.debt_of(pool, user, step.d) ? ['liquidate all of a debt'] : []),
    ...(exact.at(pool.reserves, step.c).config.debt_ceiling > 0n ? ['liquidate isolated'] : []),
  ]
}

async function run_act(stage: Stage, step: Act, when: string, tally: Tally): Promise<boolean> {
  const amount = 'amount' in step ? resolved(stage.pool, step) : 0n
  const before = stage.pool
  const theirs = await by_contract(stage, step, amount)
  const ours = by_reference(stage, step, amount)
  const text = ({ revert, values }: Answer) => revert ?? `done ${values.join(' ')}`
  tally.meet(`${step.kind} ${theirs.revert ?? 'done'}`)
  if (theirs.revert === undefined) for (const what of remarkable(before, step, theirs.values)) tally.meet(what)
  if (!tally.same(`${when} of ${amount}`, text(theirs), text(ours))) return false
  return theirs.revert !== undefined || (await same_state(stage, when, [step.kind === 'liquidate' ? step.whom : step.who], tally))
}

const is_act = (step: Step): step is Act =>
  ['supply', 'withdraw', 'borrow', 'repay', 'use', 'emode', 'liquidate'].includes(step.kind)

async function check(world: World, value: Case, tally: Tally): Promise<void> {
  const emodes = value.emodes.map((emode) => ({ ...emode, isolated: false }))
  const pool = exact.new_pool(
    '3.6',
    value.configs.map((config) => ({ ...config })),
    emodes,
  )
  const stage: Stage = { world, pool }
  pool.now_s = START_S
  world.chain.now_s = START_S
  for (const [r, config] of value.configs.entries()) {
    await configure(world, r, config)
    await set_rates(world, r, config)
    await set_price(stage, r, exact.at(value.prices, r))
  }
  for (const [i, emode] of value.emodes.entries()) await set_emode(world, i + 1, emode)
  for (const [i, step] of value.steps.entries())
    if (!is_act(step)) await set_rule(stage, step)
    else if (!(await run_act(stage, step, `step ${i} ${step.kind}`, tally))) return
  await same_state(stage, 'in the end', USERS, tally)
}

export const aaveV3 = judge<Case>({
  id: 'aave-v3',
  title: 'Aave v3.6 (aave-v3-origin 3.6.0)',
  cases: 150,
  must_meet: [
    ...['done', 'MustNotLeaveDust', 'HealthFactorNotBelowThreshold', 'CollateralCannotBeLiquidated', 'SelfLiquidation'],
    ...['ReservePaused', 'PriceOracleSentinelCheckFailed', 'SpecifiedCurrencyNotBorrowedByUser', 'InvalidBurnAmount', 'no price'],
    ...['all of a debt', 'as shares', 'at 0.95', 'deficit', 'in e-mode', 'isolated', 'the same asset'],
  ]
    .map((what) => `liquidate ${what}`)
    .concat(
      ['done', 'InvalidAmount', 'CollateralCannotCoverNewBorrow', 'NotBorrowableInEMode'].map((what) => `borrow ${what}`),
      ['AssetNotBorrowableInIsolation', 'SiloedBorrowingViolation', 'LtvValidationFailed'].map((what) => `borrow ${what}`),
      ['done', 'SupplyCapExceeded', 'InvalidAmount'].map((what) => `supply ${what}`),
      ['done', 'HealthFactorLowerThanLiquidationThreshold', 'InvalidAmount'].map((what) => `withdraw ${what}`),
      ['done', 'NoDebtOfSelectedType', 'InvalidAmount'].map((what) => `repay ${what}`),
      ['done', 'InvalidDebtInEmode', 'InvalidCollateralInEmode'].map((what) => `emode ${what}`),
      ['done', 'UserInIsolationModeOrLtvZero', 'UnderlyingBalanceZero'].map((what) => `use ${what}`),
    ),
  open: async (): Promise<Bench<Case>> => {
    const world = await deploy()
    return {
      draw,
      smaller,
      check: async (value) =>
        await world.chain.aside(async () => {
          const tally = new Tally()
          await check(world, value, tally)
          return tally.verdict()
        }),
    }
  },
})
