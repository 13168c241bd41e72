/** Cases of Morpho Blue: one market drawn at random, those who lend and borrow in it, and what happens to them. */
import type { Rng } from '../../../src/math/index.ts'
import { across, between, chance, pick, scaled } from '../harness/draw.ts'

export const USERS = ['alice', 'bob', 'carol', 'dave'] as const
export type Name = (typeof USERS)[number]
const BORROWERS = ['bob', 'carol'] as const

/** Given in assets or in shares. */
type Unit = 'assets' | 'shares'

export type Act =
  | { readonly kind: 'supply'; readonly who: Name; readonly unit: Unit; readonly amount: bigint }
  | { readonly kind: 'secure'; readonly who: Name; readonly amount: bigint }
  /** Basis points of what the account has or may borrow, of what the market holds, or of the less of both; and so many units more. */
  | {
      readonly kind: 'withdraw' | 'release' | 'borrow' | 'repay'
      readonly who: Name
      readonly unit: Unit
      readonly of: 'own' | 'cash' | 'less'
      readonly bps: bigint
      readonly off: bigint
    }
  /** By collateral or by shares of the debt; of all there is, or of what the other side pays for. */
  | {
      readonly kind: 'liquidate'
      readonly who: Name
      readonly whom: Name
      readonly by: 'collateral' | 'shares'
      readonly of: 'all' | 'worth'
      readonly bps: bigint
      readonly off: bigint
    }
  | { readonly kind: 'accrue'; readonly who: Name }
  | { readonly kind: 'fee'; readonly who: Name; readonly bps: bigint }

export type Circumstance =
  | { readonly kind: 'wait'; readonly seconds: bigint }
  | { readonly kind: 'price'; readonly price: bigint }
  /** The least price at which the account's debt is at its limit, give or take. */
  | { readonly kind: 'aim'; readonly whom: Name; readonly off: bigint }
  | { readonly kind: 'oracle'; readonly dead: boolean }

export type Step = Act | Circumstance

export interface Case {
  readonly lltv: bigint
  readonly price: bigint
  readonly steps: readonly Step[]
}

const WAD = 10n ** 18n
const SCALE = 10n ** 36n
/** Limits that Morpho's owner has enabled, and others. */
const LIMITS = [385n, 625n, 770n, 800n, 860n, 915n, 945n, 965n, 980n]

/** Sizes of a market's two tokens. */
interface Sizes {
  readonly loan: bigint
  readonly collateral: bigint
  readonly fair: bigint
}

const off = (rng: Rng): bigint => (chance(rng, 0.7) ? 0n : between(rng, -2n, 2n))
const bps = (rng: Rng, full = 0.3): bigint => (chance(rng, full) ? 10_000n : between(rng, 0n, 10_000n))
const amount = (rng: Rng, size: bigint): bigint => {
  if (chance(rng, 0.02)) return pick(rng, [0n, 1n, (1n << 128n) - 1n, 1n << 128n, between(rng, 1n << 126n, 1n << 129n)])
  return chance(rng, 0.1) ? across(rng, 1n, size * 1000n) : scaled(rng, 0.05, 20, size)
}
const unit = (rng: Rng): Unit => (chance(rng, 0.6) ? 'assets' : 'shares')

function draw_act(rng: Rng, { loan, collateral }: Sizes): Act {
  const kind = pick(rng, [
    ...(['supply', 'secure', 'withdraw', 'release', 'borrow', 'borrow', 'repay'] as const),
    ...(['liquidate', 'liquidate', 'liquidate', 'accrue', 'fee'] as const),
  ])
  // Mostly those who have something to move.
  const likely: readonly Name[] = kind === 'withdraw' ? ['alice'] : kind === 'supply' ? USERS : BORROWERS
  const who = pick(rng, chance(rng, 0.85) ? likely : USERS)
  if (kind === 'accrue') return { kind, who }
  if (kind === 'fee') return { kind, who, bps: between(rng, 0n, 2500n) }
  if (kind === 'secure') return { kind, who, amount: amount(rng, collateral) }
  if (kind === 'supply') {
    const by = unit(rng)
    return { kind, who, unit: by, amount: amount(rng, by === 'assets' ? loan : loan * 1_000_000n) }
  }
  if (kind === 'liquidate') {
    const [by, of] = [pick(rng, ['collateral', 'shares'] as const), pick(rng, ['all', 'worth'] as const)]
    return { kind, who, whom: pick(rng, chance(rng, 0.85) ? BORROWERS : USERS), by, of, bps: bps(rng, 0.5), off: off(rng) }
  }
  const of = kind === 'repay' || kind === 'release' ? 'own' : pick(rng, ['own', 'cash', 'less', 'less'] as const)
  return { kind, who, unit: unit(rng), of, bps: bps(rng), off: off(rng) }
}

function draw_wait(rng: Rng): Step {
  return { kind: 'wait', seconds: chance(rng, 0.03) ? across(rng, 1n, 10n ** 10n) : across(rng, 1n, 3n * 10n ** 7n) }
}

function draw_price(rng: Rng, { fair }: Sizes): Step {
  if (chance(rng, 0.04)) return { kind: 'price', price: 0n }
  if (chance(rng, 0.04)) return { kind: 'price', price: across(rng, 1n, fair * 10n ** 6n) }
  return { kind: 'price', price: scaled(rng, 0.2, 1.5, fair) }
}

function draw_circumstance(rng: Rng, sizes: Sizes): Step[] {
  const roll = rng.uniform()
  if (roll < 0.4) return [draw_wait(rng)]
  if (roll < 0.65) return [draw_price(rng, sizes)]
  if (roll < 0.97) return [{ kind: 'aim', whom: pick(rng, USERS), off: pick(rng, [0n, 0n, -1n, -1n, 1n, -sizes.fair / 50n]) }]
  return [{ kind: 'oracle', dead: true }, draw_act(rng, sizes), draw_act(rng, sizes), { kind: 'oracle', dead: false }]
}

/** Lenders and borrowers; then what happens. Borrowers are aimed at, and liquidated at once, in a third of what follows. */
export function draw(rng: Rng): Case {
  const [loan, collateral] = [10n ** between(rng, 2n, 26n), 10n ** between(rng, 2n, 26n)]
  const fair = scaled(rng, 0.3, 3, (loan * SCALE) / collateral)
  const sizes = { loan, collateral, fair: fair > 1000n ? fair : 1000n }
  const lltv = chance(rng, 0.7) ? (pick(rng, LIMITS) * WAD) / 1000n : between(rng, 0n, WAD - 1n)
  const steps: Step[] = [{ kind: 'supply', who: 'alice', unit: 'assets', amount: scaled(rng, 1, 50, loan) }]
  if (chance(rng, 0.5)) steps.push({ kind: 'fee', who: 'dave', bps: between(rng, 1n, 2500n) })
  for (const who of BORROWERS) {
    steps.push({ kind: 'secure', who, amount: chance(rng, 0.9) ? scaled(rng, 0.5, 20, collateral) : amount(rng, collateral) })
    steps.push({
      kind: 'borrow',
      who,
      unit: unit(rng),
      of: chance(rng, 0.2) ? 'cash' : 'own',
      bps: between(rng, 3000n, 10_000n),
      off: 0n,
    })
  }
  for (let i = 0; i < 12; i++) {
    const roll = rng.uniform()
    if (roll < 0.35) {
      const whom = pick(rng, BORROWERS)
      steps.push(
        chance(rng, 0.5) ? { kind: 'aim', whom, off: pick(rng, [-1n, -1n, -sizes.fair / 100n]) } : draw_price(rng, sizes),
      )
      const [by, of] = [pick(rng, ['collateral', 'shares'] as const), pick(rng, ['all', 'worth'] as const)]
      steps.push({ kind: 'liquidate', who: 'dave', whom, by, of, bps: bps(rng, 0.5), off: off(rng) })
    } else if (roll < 0.6) steps.push(...draw_circumstance(rng, sizes))
    else steps.push(draw_act(rng, sizes))
  }
  return { lltv, price: sizes.fair, steps }
}

export function* smaller(value: Case): Iterable<Case> {
  for (const i of value.steps.keys()) yield { ...value, steps: value.steps.filter((_, k) => k !== i) }
}
