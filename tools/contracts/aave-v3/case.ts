/** Cases of Aave v3: a market drawn at random, suppliers and borrowers, and what happens to them. */
import type { Rng } from '../../../src/math/index.ts'
import type { ReserveConfig } from '../../../src/venues/aave-v3/reference.ts'
import { across, between, chance, pick, scaled } from '../harness/draw.ts'
import { type Category, DECIMALS, type Name } from './world.ts'

/** Units of a token, said so that they mean something in whatever state they meet. */
export type Amount =
  | { readonly by: 'usd'; readonly usd: bigint; readonly off: bigint }
  /** Of what there is: the supply, the debt, what may be borrowed; basis points. */
  | { readonly by: 'part'; readonly bps: bigint; readonly off: bigint }
  /** All but so many dollars of what there is. */
  | { readonly by: 'rest'; readonly usd: bigint; readonly off: bigint }
  | { readonly by: 'all' }

/** A borrower or supplier moves units of a token. */
export interface Move {
  readonly kind: 'supply' | 'withdraw' | 'borrow' | 'repay'
  readonly who: Name
  readonly r: number
  readonly amount: Amount
}

export interface Call {
  readonly kind: 'liquidate'
  readonly who: Name
  readonly whom: Name
  readonly c: number
  readonly d: number
  readonly amount: Amount
  readonly as_shares: boolean
}

/** What both sides are asked to do. */
export type Act =
  | Move
  | Call
  | { readonly kind: 'use'; readonly who: Name; readonly r: number; readonly on: boolean }
  | { readonly kind: 'emode'; readonly who: Name; readonly category: number }

/** What happens around them. */
export type Circumstance =
  | { readonly kind: 'wait'; readonly seconds: bigint }
  | { readonly kind: 'price'; readonly r: number; readonly price: bigint }
  /** The price of a collateral at which an account's health first reaches so much, give or take. */
  | { readonly kind: 'aim'; readonly who: Name; readonly r: number; readonly health: bigint; readonly off: bigint }
  | { readonly kind: 'freeze'; readonly r: number; readonly on: boolean }
  | { readonly kind: 'pause'; readonly r: number; readonly on: boolean; readonly grace_s: bigint }
  | { readonly kind: 'cap'; readonly r: number; readonly supply: bigint; readonly borrow: bigint }
  | { readonly kind: 'borrowable'; readonly r: number; readonly on: boolean }
  | { readonly kind: 'sentinel'; readonly down: boolean }

export type Step = Act | Circumstance

export interface Case {
  readonly configs: readonly ReserveConfig[]
  readonly emodes: readonly Category[]
  readonly prices: readonly bigint[]
  readonly steps: readonly Step[]
}

const USD = 10n ** 8n
const WAD = 10n ** 18n
const BP = 10n ** 23n
const RESERVES = [0, 1, 2, 3] as const
const BORROWERS = ['alice', 'bob'] as const

/** Of every theme a share of the cases, so that rare rules are met often. */
const THEMES = ['plain', 'plain', 'emode', 'emode', 'isolation', 'limits', 'small', 'small', 'tight', 'edge', 'edge'] as const
type Theme = (typeof THEMES)[number]

/** Threshold and bonus as the configurator accepts them: together no more than 100 %. */
function collateral_terms(rng: Rng, high: bigint) {
  const liquidation_threshold = between(rng, 3000n, high)
  const liquidation_bonus = between(rng, 10_001n, 100_000_000n / liquidation_threshold)
  const ltv = between(rng, 1n, liquidation_threshold)
  return { ltv, liquidation_threshold, liquidation_bonus: liquidation_bonus > 12_000n ? 12_000n : liquidation_bonus }
}

function draw_config(rng: Rng, r: number, theme: Theme): ReserveConfig {
  const none = { ltv: 0n, liquidation_threshold: 0n, liquidation_bonus: 0n }
  const terms = chance(rng, 0.1) ? none : collateral_terms(rng, 9000n)
  const isolation = theme === 'isolation'
  const slope1 = between(rng, 0n, 1000n)
  const capped = theme === 'limits' && chance(rng, 0.4)
  return {
    ...terms,
    ltv: chance(rng, theme === 'limits' ? 0.3 : 0.05) ? 0n : terms.ltv,
    decimals: DECIMALS[r] as number,
    protocol_fee: chance(rng, 0.2) ? 0n : between(rng, 1n, 3000n),
    reserve_factor: chance(rng, 0.1) ? pick(rng, [0n, 10_000n]) : between(rng, 1n, 5000n),
    supply_cap: capped ? across(rng, 1n, 10_000_000n) : 0n,
    borrow_cap: capped ? across(rng, 1n, 1_000_000n) : 0n,
    debt_ceiling: isolation && r !== 0 && chance(rng, 0.5) ? across(rng, 100n, 100_000_000n) : 0n,
    base_rate: chance(rng, 0.7) ? 0n : between(rng, 0n, 500n) * BP,
    optimal_usage: between(rng, 100n, 9900n) * BP,
    slope1: slope1 * BP,
    slope2: between(rng, slope1, 30_000n) * BP,
    active: true,
    frozen: false,
    paused: false,
    borrowable: chance(rng, 0.9),
    siloed: isolation && chance(rng, 0.25),
    borrowable_in_isolation: isolation && chance(rng, 0.8),
    grace_until_s: 0n,
  }
}

function draw_emode(rng: Rng): Category {
  const collateral = RESERVES.map(() => chance(rng, 0.5))
  return {
    ...collateral_terms(rng, 9800n),
    collateral,
    borrowable: RESERVES.map(() => chance(rng, 0.6)),
    ltv_zero: collateral.map((on) => on && chance(rng, 0.1)),
  }
}

const draw_prices = (rng: Rng): bigint[] => [
  scaled(rng, 0.97, 1.03, USD),
  scaled(rng, 20_000, 120_000, USD),
  chance(rng, 0.2) ? 2000n * USD : scaled(rng, 500, 5000, USD),
  chance(rng, 0.15) ? across(rng, 1n, 10n ** 14n) : scaled(rng, 0.9, 1.1, USD),
]

/** Dollars with 8 decimals: of all sizes, or at the two thresholds of liquidation. */
function draw_usd(rng: Rng, theme: Theme): bigint {
  if (theme === 'small' && chance(rng, 0.6)) return pick(rng, [1000n, 2000n, 4000n]) * USD + between(rng, -3n, 3n)
  if (theme === 'small') return across(rng, 1n, 5000n * USD)
  return across(rng, 10n * USD, 2_000_000n * USD)
}

const near = (rng: Rng): bigint => (chance(rng, 0.6) ? 0n : between(rng, -2n, 2n))

function part(rng: Rng, full: number): Amount {
  if (chance(rng, full)) return { by: 'part', bps: 10_000n, off: near(rng) }
  return { by: 'part', bps: between(rng, 1n, 10_000n), off: near(rng) }
}

function draw_liquidation(rng: Rng, c: number, d: number, whom: Name): Call {
  const amount: Amount = pick(rng, [
    { by: 'all' },
    { by: 'all' },
    part(rng, 0.2),
    part(rng, 0.2),
    { by: 'part', bps: 5000n, off: near(rng) },
    { by: 'rest', usd: pick(rng, [999n, 1000n, 1001n]) * USD, off: near(rng) },
    { by: 'usd', usd: across(rng, 1n, 100_000n * USD), off: 0n },
  ] as const)
  const who = chance(rng, 0.03) ? whom : chance(rng, 0.1) ? 'carol' : 'dave'
  return { kind: 'liquidate', who, whom, c, d, amount, as_shares: chance(rng, 0.35) }
}

/** A borrower's collateral and debts, as drawn: what aims and liquidations turn to. */
interface Position {
  readonly who: Name
  readonly supplies: number[]
  readonly debts: number[]
}

/** One or two reserves, of the likely ones as a rule. */
function one_or_two(rng: Rng, likely: readonly number[]): number[] {
  const one = () => pick(rng, likely.length === 0 || chance(rng, 0.05) ? RESERVES : likely)
  return chance(rng, 0.6) ? [one()] : [one(), one()]
}

function draw_position(rng: Rng, who: Name, configs: readonly ReserveConfig[]): Position {
  const fit = (test: (config: ReserveConfig) => boolean) => RESERVES.filter((r) => test(configs[r] as ReserveConfig))
  return {
    who,
    supplies: one_or_two(
      rng,
      fit(({ ltv }) => ltv > 0n),
    ),
    debts: one_or_two(
      rng,
      fit(({ borrowable }) => borrowable),
    ),
  }
}

function opening(rng: Rng, theme: Theme, positions: readonly Position[]): Step[] {
  const steps: Step[] = []
  const deep = theme === 'tight' ? 1_000_000n : 50_000_000n
  for (const r of RESERVES)
    steps.push({
      kind: 'supply',
      who: 'carol',
      r,
      amount: { by: 'usd', usd: across(rng, deep * USD, 10n * deep * USD), off: 0n },
    })
  for (const { who, supplies, debts } of positions) {
    for (const r of supplies)
      steps.push({ kind: 'supply', who, r, amount: { by: 'usd', usd: draw_usd(rng, theme), off: near(rng) } })
    if (theme === 'isolation') for (const r of supplies) steps.push({ kind: 'use', who, r, on: true })
    if (theme === 'emode' && chance(rng, 0.8)) steps.push({ kind: 'emode', who, category: pick(rng, [1, 2]) })
    for (const r of debts) steps.push({ kind: 'borrow', who, r, amount: part(rng, 0.3) })
  }
  return steps
}

/** Health at which something is decided, or any. */
const draw_health = (rng: Rng): bigint =>
  chance(rng, 0.3)
    ? pick(rng, [WAD, (95n * WAD) / 100n, (95n * WAD) / 100n])
    : scaled(rng, chance(rng, 0.3) ? 0.05 : 0.85, 1.005, WAD)

function draw_rule(rng: Rng): Circumstance {
  const r = pick(rng, RESERVES)
  const on = chance(rng, 0.5)
  const kind = pick(rng, ['freeze', 'pause', 'cap', 'borrowable', 'sentinel'] as const)
  if (kind === 'sentinel') return { kind, down: on }
  if (kind === 'cap') return { kind, r, supply: across(rng, 1n, 10_000_000n), borrow: across(rng, 1n, 1_000_000n) }
  if (kind === 'pause') return { kind, r, on, grace_s: chance(rng, 0.5) ? 0n : between(rng, 1n, 14_400n) }
  return { kind, r, on }
}

const draw_wait = (rng: Rng): Step => ({ kind: 'wait', seconds: across(rng, 1n, chance(rng, 0.1) ? 10n ** 9n : 10n ** 7n) })

/** An account comes near its limit, and someone tries to liquidate it. */
function draw_attack(rng: Rng, { who, supplies, debts }: Position): Step[] {
  const [c, d] = [pick(rng, supplies), pick(rng, debts)]
  return [
    { kind: 'aim', who, r: c, health: draw_health(rng), off: pick(rng, [0n, 0n, -1n, 1n]) },
    draw_liquidation(rng, c, d, who),
  ]
}

function draw_step(rng: Rng, theme: Theme, positions: readonly Position[]): Step {
  const { who, supplies, debts } = pick(rng, positions)
  const any = chance(rng, 0.1)
  const c = any ? pick(rng, RESERVES) : pick(rng, supplies)
  const d = any ? pick(rng, RESERVES) : pick(rng, debts)
  const roll = rng.uniform()
  if (roll < 0.3) return draw_liquidation(rng, c, d, who)
  if (roll < 0.45) return draw_wait(rng)
  if (roll < 0.5) return { kind: 'price', r: pick(rng, RESERVES), price: chance(rng, 0.3) ? 0n : across(rng, 1n, 10n ** 13n) }
  if (roll < 0.58) return { kind: 'repay', who, r: d, amount: chance(rng, 0.3) ? { by: 'all' } : part(rng, 0.2) }
  if (roll < 0.67) return { kind: 'withdraw', who, r: c, amount: chance(rng, 0.3) ? { by: 'all' } : part(rng, 0.2) }
  if (roll < 0.76) return { kind: 'borrow', who, r: d, amount: part(rng, 0.3) }
  if (roll < 0.82) return { kind: 'supply', who, r: c, amount: { by: 'usd', usd: draw_usd(rng, theme), off: near(rng) } }
  if (roll < 0.87) return { kind: 'use', who, r: c, on: chance(rng, 0.5) }
  if (roll < 0.92) return { kind: 'emode', who, category: pick(rng, [0, 1, 2, 3]) }
  return draw_rule(rng)
}

/**
 * Health at exactly 0.95 or 1: one WBTC is worth its price, so at thresholds of 80 % its price can make health any number that the debt's
 * 16th part divides. Beside it, legs at the 2,000 dollars below which a whole leg goes.
 */
function draw_edge(rng: Rng): Case {
  const configs = RESERVES.map((r) => draw_config(rng, r, 'plain'))
  const [usdx, wbtc, , dai] = configs as [ReserveConfig, ReserveConfig, ReserveConfig, ReserveConfig]
  usdx.borrowable = true
  const terms = { ltv: 7900n, liquidation_threshold: 8000n }
  for (const config of [wbtc, dai]) Object.assign(config, { ...terms, liquidation_bonus: between(rng, 10_001n, 12_000n) })
  const prices = draw_prices(rng)
  prices[0] = USD
  prices[3] = USD
  const edge = pick(rng, ['health', 'collateral', 'debt'] as const)
  // Dollars owed; between 2,000 and 3,600, a whole leg of 2,000 and a capped one end differently.
  const [low, high] = { health: [1000n, 14_000n], collateral: [2000n, 3600n], debt: [2000n, 2000n] }[edge] as [bigint, bigint]
  const beside = edge === 'debt' ? pick(rng, [0n, 0n, 400n, -400n]) : 0n
  const usd = 400n * between(rng, (low * USD) / 400n, (high * USD) / 400n) + beside
  const steps = opening(rng, 'plain', [])
  const supply = (r: number, worth: bigint): Step => ({
    kind: 'supply',
    who: 'alice',
    r,
    amount: { by: 'usd', usd: worth, off: 0n },
  })
  if (edge === 'collateral') steps.push(supply(3, 2000n * USD + pick(rng, [0n, 0n, 1n, -1n])))
  const health = edge === 'health' ? pick(rng, [WAD, (95n * WAD) / 100n]) : scaled(rng, 0.951, 0.999, WAD)
  const call = draw_liquidation(rng, edge === 'collateral' ? 3 : 1, 0, 'alice')
  steps.push(
    supply(1, prices[1] as bigint),
    { kind: 'borrow', who: 'alice', r: 0, amount: { by: 'usd', usd, off: 0n } },
    { kind: 'aim', who: 'alice', r: 1, health, off: pick(rng, [0n, 0n, 0n, 1n, -1n]) },
    edge === 'health' ? call : { ...call, who: 'dave', amount: { by: 'all' } },
  )
  const positions: Position[] = [{ who: 'alice', supplies: edge === 'collateral' ? [1, 3] : [1], debts: [0] }]
  for (let i = 0; i < 4; i++) steps.push(draw_step(rng, 'plain', positions))
  return { configs, emodes: [draw_emode(rng), draw_emode(rng)], prices, steps }
}

/** A market, its opening, and a dozen steps in which accounts come near their limits. */
export function draw(rng: Rng): Case {
  const theme = pick(rng, THEMES)
  if (theme === 'edge') return draw_edge(rng)
  const configs = RESERVES.map((r) => draw_config(rng, r, theme))
  const positions = BORROWERS.map((who) => draw_position(rng, who, configs))
  const emodes = [draw_emode(rng), draw_emode(rng)]
  const prices = draw_prices(rng)
  const steps = opening(rng, theme, positions)
  if (chance(rng, 0.7)) steps.push(draw_wait(rng))
  for (let i = 0; i < 4; i++) {
    steps.push(...draw_attack(rng, pick(rng, positions)))
    for (let k = rng.uniformInt(4); k > 0; k--) steps.push(draw_step(rng, theme, positions))
  }
  return { configs, emodes, prices, steps }
}

/** The same case with less of it: without a step, or a run of steps. */
export function* smaller(value: Case): Iterable<Case> {
  const { steps } = value
  for (const size of [8, 4, 2, 1])
    for (let i = 0; i + size <= steps.length; i += size)
      yield { ...value, steps: [...steps.slice(0, i), ...steps.slice(i + size)] }
}
