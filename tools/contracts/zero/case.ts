/** Cases of Sovryn Zero: troves and deposits drawn at random, and what happens to them. */
import type { Rng } from '../../../src/math/index.ts'
import { across, between, chance, pick, scaled } from '../harness/draw.ts'
import { type Name, OWNERS } from './world.ts'

/** An amount is basis points of a base that the state gives, and so many units more. */
interface Part {
  readonly bps: bigint
  readonly off: bigint
}

export type Act =
  /** Draws `amount`, with collateral for such a ratio in basis points. */
  | ({ readonly kind: 'open'; readonly who: Name; readonly amount: bigint } & Part)
  /** Collateral: of what the trove has, or of what it may lose. Debt: of what may be drawn, or of what may be repaid. */
  | {
      readonly kind: 'adjust'
      readonly who: Name
      readonly coll: 'add' | 'take' | 'none'
      readonly debt: 'draw' | 'repay' | 'none'
      readonly by_coll: Part
      readonly by_debt: Part
    }
  | { readonly kind: 'close'; readonly who: Name }
  | { readonly kind: 'gain'; readonly who: Name }
  | { readonly kind: 'claim'; readonly who: Name }
  | { readonly kind: 'liquidate'; readonly who: Name; readonly whom: Name }
  | { readonly kind: 'listed'; readonly who: Name; readonly whom: readonly Name[] }
  | { readonly kind: 'lowest'; readonly who: Name; readonly count: number }
  /** Of what the account has, or of the net debt of the lowest troves up to the n-th. */
  | ({
      readonly kind: 'redeem'
      readonly who: Name
      readonly of: 'funds' | 'net'
      readonly nth: number
      readonly most: number
      readonly stale: boolean
    } & Part)
  /** Of what the account has, or of what the pool lacks to take a trove whole. */
  | ({ readonly kind: 'provide'; readonly who: Name; readonly of: 'funds' | 'debt'; readonly whom: Name } & Part)
  | ({ readonly kind: 'take'; readonly who: Name } & Part)
  | ({ readonly kind: 'send'; readonly who: Name; readonly to: Name } & Part)

export type Circumstance =
  | { readonly kind: 'wait'; readonly seconds: bigint }
  | { readonly kind: 'price'; readonly price: bigint }
  /** The least price at which a trove, or the system, has such a ratio in basis points; 0: the system's own. */
  | { readonly kind: 'aim'; readonly at: Name | 'system'; readonly bps: bigint; readonly off: bigint }

export type Step = Act | Circumstance

export interface Case {
  readonly price: bigint
  readonly steps: readonly Step[]
}

const WAD = 10n ** 18n

const off = (rng: Rng): bigint => (chance(rng, 0.7) ? 0n : between(rng, -2n, 2n))
const part = (rng: Rng, full = 0.2): Part => ({ bps: chance(rng, full) ? 10_000n : between(rng, 1n, 9999n), off: off(rng) })
const owner = (rng: Rng): Name => pick(rng, OWNERS)

function draw_open(rng: Rng, who: Name, low: bigint, high: bigint, least = 180n * WAD): Act {
  const amount = chance(rng, 0.05) ? between(rng, 0n, 200n * WAD) : across(rng, least, 5n * least + 40_000n * WAD)
  return { kind: 'open', who, amount, bps: between(rng, low, high), off: off(rng) }
}

function draw_adjust(rng: Rng): Act {
  const coll = pick(rng, ['add', 'take', 'none'] as const)
  const debt = pick(rng, coll === 'none' ? (['draw', 'repay', 'repay'] as const) : (['draw', 'repay', 'none', 'none'] as const))
  return { kind: 'adjust', who: owner(rng), coll, debt, by_coll: part(rng), by_debt: part(rng) }
}

function draw_redemption(rng: Rng): Act {
  const of = pick(rng, ['funds', 'net'] as const)
  const nth = 1 + rng.uniformInt(3)
  const most = chance(rng, 0.15) ? 1 + rng.uniformInt(2) : 0
  return { kind: 'redeem', who: owner(rng), of, nth, most, stale: chance(rng, 0.1), ...part(rng, 0.4) }
}

function draw_liquidation(rng: Rng): Act {
  const who = chance(rng, 0.8) ? 'keeper' : owner(rng)
  const kind = pick(rng, ['liquidate', 'liquidate', 'listed', 'lowest'] as const)
  if (kind === 'liquidate') return { kind, who, whom: owner(rng) }
  if (kind === 'lowest') return { kind, who, count: rng.uniformInt(6) }
  const whom = Array.from({ length: chance(rng, 0.03) ? 0 : 2 + rng.uniformInt(4) }, () => owner(rng))
  return { kind, who, whom }
}

function draw_act(rng: Rng): Act {
  const roll = rng.uniform()
  if (roll < 0.25) return draw_liquidation(rng)
  if (roll < 0.45) return draw_adjust(rng)
  if (roll < 0.57) return draw_redemption(rng)
  if (roll < 0.7) {
    const [who, whom] = [owner(rng), owner(rng)]
    if (chance(rng, 0.6)) return { kind: 'provide', who, of: 'funds', whom, ...part(rng) }
    // What is left of the pool may then be so little that its product is scaled.
    return {
      kind: 'provide',
      who,
      of: 'debt',
      whom,
      bps: 10_000n,
      off: chance(rng, 0.5) ? off(rng) : across(rng, 1n, 10n ** 14n),
    }
  }
  // Alice provides most often.
  const depositor = chance(rng, 0.5) ? 'alice' : owner(rng)
  if (roll < 0.77) return { kind: 'take', who: depositor, ...part(rng, 0.5), ...(chance(rng, 0.1) ? { bps: 20_000n } : {}) }
  if (roll < 0.82) return { kind: 'gain', who: depositor }
  if (roll < 0.86) return { kind: 'claim', who: owner(rng) }
  if (roll < 0.92) return draw_open(rng, owner(rng), 10_500n, 30_000n)
  if (roll < 0.96) return { kind: 'send', who: owner(rng), to: owner(rng), ...part(rng, 0.5) }
  return { kind: 'close', who: owner(rng) }
}

/** Down into the ranges in which the rules change, or back up; a liquidation follows at once as often as not. */
function draw_move(rng: Rng, price: bigint): Step[] {
  const roll = rng.uniform()
  if (roll < 0.2) return [{ kind: 'wait', seconds: across(rng, 1n, 10_000_000n) }]
  if (roll < 0.35) return [{ kind: 'price', price: scaled(rng, 0.3, 1.3, price) }]
  const at = chance(rng, 0.3) ? 'system' : owner(rng)
  const bps =
    at === 'system'
      ? pick(rng, [15_000n, 15_000n, 14_000n, 12_500n, 11_000n])
      : pick(rng, [10_000n, 11_000n, 11_000n, 10_500n, 0n])
  const aim: Step = { kind: 'aim', at, bps, off: pick(rng, [0n, -1n, -1n, 1n, -(price / 100n)]) }
  return chance(rng, 0.5) ? [aim, draw_liquidation(rng)] : [aim]
}

/** Of every theme a share of the cases, so that rare rules are met often. */
const THEMES = ['plain', 'plain', 'recovery', 'exact', 'redemption'] as const
type Theme = (typeof THEMES)[number]

/** Ratios at which troves open, and the least that alice draws. */
const OPENINGS: Readonly<
  Record<Theme, { readonly alice: readonly [bigint, bigint]; readonly others: readonly [bigint, bigint] }>
> = {
  plain: { alice: [20_000n, 60_000n], others: [11_000n, 22_000n] },
  recovery: { alice: [15_100n, 17_500n], others: [15_100n, 17_500n] },
  exact: { alice: [30_000n, 60_000n], others: [11_000n, 15_000n] },
  redemption: { alice: [30_000n, 60_000n], others: [11_000n, 16_000n] },
}

function draw_openings(rng: Rng, theme: Theme): Act[] {
  const { alice, others } = OPENINGS[theme]
  // One that keeps the system out of recovery mode while others fall, but where that is the theme.
  const large = theme === 'recovery' || (theme === 'plain' && chance(rng, 0.5)) ? undefined : 200_000n * WAD
  const acts = [draw_open(rng, 'alice', ...alice, large)]
  const count = theme === 'plain' && chance(rng, 0.3) ? 2 + rng.uniformInt(3) : 5
  for (const who of OWNERS.slice(1, count)) {
    const last = acts.at(-1) as Act & { kind: 'open' }
    // Now and then the same debt and collateral as the one before: equal ratios.
    const twin = acts.length > 1 && chance(rng, 0.2)
    acts.push(twin ? { ...last, who } : draw_open(rng, who, ...others, theme === 'recovery' ? 5000n * WAD : undefined))
  }
  return acts
}

/** Down into recovery mode, and there a call that touches many troves. */
function in_recovery(rng: Rng): Step[] {
  const aim: Step = { kind: 'aim', at: 'system', bps: between(rng, 12_000n, 15_000n), off: -1n }
  const whom = Array.from({ length: 2 + rng.uniformInt(4) }, () => owner(rng))
  const call: Act = chance(rng, 0.6)
    ? { kind: 'listed', who: 'keeper', whom }
    : { kind: 'lowest', who: 'keeper', count: 1 + rng.uniformInt(5) }
  return chance(rng, 0.4) ? [aim, draw_adjust(rng), call] : [aim, call]
}

/** A trove just below the least ratio, and a pool that can take it to the unit, or not. */
function exactly(rng: Rng): Step[] {
  const whom = owner(rng)
  const less = chance(rng, 0.5) ? -across(rng, 1n, 10n ** 6n) : off(rng)
  return [
    { kind: 'aim', at: whom, bps: 11_000n, off: pick(rng, [-1n, -1n, 0n]) },
    { kind: 'provide', who: 'alice', of: 'debt', whom, bps: 10_000n, off: less },
    chance(rng, 0.5)
      ? { kind: 'liquidate', who: 'keeper', whom }
      : { kind: 'lowest', who: 'keeper', count: 1 + rng.uniformInt(3) },
    ...(chance(rng, 0.5) ? [draw_adjust(rng)] : []),
  ]
}

/** Others get what a pool cannot take; then somebody redeems. */
function and_redeem(rng: Rng): Step[] {
  const whom = owner(rng)
  const redemption = { ...draw_redemption(rng), who: chance(rng, 0.7) ? 'alice' : owner(rng) } as Act
  if (chance(rng, 0.5)) return [redemption]
  return [{ kind: 'aim', at: whom, bps: 11_000n, off: -1n }, { kind: 'liquidate', who: 'keeper', whom }, redemption]
}

function draw_more(rng: Rng, theme: Theme, price: bigint): Step[] {
  if (theme === 'recovery' && chance(rng, 0.4)) return in_recovery(rng)
  if (theme === 'exact' && chance(rng, 0.5)) return exactly(rng)
  if (theme === 'redemption' && chance(rng, 0.5)) return and_redeem(rng)
  if (chance(rng, 0.05)) {
    const who = owner(rng)
    return [
      { kind: 'send', who: 'alice', to: who, bps: 10_000n, off: 0n },
      { kind: 'close', who },
    ]
  }
  return chance(rng, 0.4) ? draw_move(rng, price) : [draw_act(rng)]
}

export function draw(rng: Rng): Case {
  const price = scaled(rng, 1, 10, pick(rng, [1n, 100n, 10_000n]) * WAD)
  const theme = pick(rng, THEMES)
  const steps: Step[] = draw_openings(rng, theme)
  const deposits = theme === 'recovery' ? 3 : theme === 'plain' ? rng.uniformInt(4) : 0
  for (let i = deposits; i > 0; i--)
    steps.push({ kind: 'provide', who: owner(rng), of: 'funds', whom: 'alice', ...part(rng, 0.5) })
  while (steps.length < 20) steps.push(...draw_more(rng, theme, price))
  return { price, steps }
}

export function* smaller(value: Case): Iterable<Case> {
  for (const i of value.steps.keys()) yield { ...value, steps: value.steps.filter((_, k) => k !== i) }
}
