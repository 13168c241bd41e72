/**
 * Who can pay whom. `owed[i][j]` is what i owes to j, `cash[i]` what i has from outside; all creditors are of one rank, those outside the
 * network stand in a node that owes nothing. Same unit throughout.
 */
import { assert } from '../../model/index.ts'

export type Claims = readonly (readonly number[])[]

/** What is left of a defaulter's outside cash (alpha) and of what others pay him (beta), ratios in (0, 1]; 1 and 1: no costs. */
export interface DefaultCosts {
  readonly alpha: number
  readonly beta: number
}

export interface Clearing {
  /** What each pays in all. */
  readonly paid: Float64Array
  readonly equity: Float64Array
  /** Who defaults, by round: those of the first by their own losses, each later round with those that the earlier brought down. */
  readonly rounds: readonly (readonly number[])[]
}

const NO_COSTS: DefaultCosts = { alpha: 1, beta: 1 }
/** Who is short by less than this part of what he owes can pay. */
const SAME = 1e-12

/** Received by each when everybody pays `paid`, pro rata. */
function received(owed: Claims, due: Float64Array, paid: Float64Array): Float64Array {
  const out = new Float64Array(due.length)
  owed.forEach((row, i) => {
    if (!((due[i] as number) > 0)) return
    const share = (paid[i] as number) / (due[i] as number)
    row.forEach((amount, j) => {
      out[j] = (out[j] as number) + amount * share
    })
  })
  return out
}

/**
 * The greatest clearing vector: Eisenberg–Noe (Management Science 47, 2001) without costs of default, Rogers–Veraart (Management Science 59,
 * 2013) with them. From above: everybody pays, who cannot defaults and pays what he has, until nobody else falls. With costs a lesser fixed
 * point may exist; the gap between both is a loss that only its expectation brings about.
 * @param costs the same for everybody, or of each
 */
export function clearing(
  owed: Claims,
  cash: readonly number[],
  costs: DefaultCosts | readonly DefaultCosts[] = NO_COSTS,
): Clearing {
  const n = cash.length
  const own = (i: number): DefaultCosts => (Array.isArray(costs) ? (costs as readonly DefaultCosts[])[i] : costs) as DefaultCosts
  assert(owed.length === n && owed.every((row) => row.length === n), 'a square matrix of claims, a row for each who has cash')
  const due = Float64Array.from(owed, (row) => row.reduce((sum, amount) => sum + amount, 0))
  const down = new Uint8Array(n)
  let paid = due.slice()
  const rounds: number[][] = []
  for (;;) {
    const income = received(owed, due, paid)
    const fallen: number[] = []
    for (let i = 0; i < n; i++)
      if (down[i] === 0 && (cash[i] as number) + (income[i] as number) < (due[i] as number) * (1 - SAME)) fallen.push(i)
    if (fallen.length === 0) {
      const equity = Float64Array.from(due, (_, i) => (cash[i] as number) + (income[i] as number) - (paid[i] as number))
      return { paid, equity, rounds }
    }
    for (const i of fallen) down[i] = 1
    rounds.push([...down.keys()].filter((i) => down[i] === 1))
    paid = settle(owed, due, cash, down, own, paid)
  }
}

/** What defaulters pay given who defaults: the fixed point from above, to rounding. */
function settle(
  owed: Claims,
  due: Float64Array,
  cash: readonly number[],
  down: Uint8Array,
  costs: (i: number) => DefaultCosts,
  from: Float64Array,
): Float64Array<ArrayBuffer> {
  let paid = Float64Array.from(from)
  for (let step = 0; step < 100_000; step++) {
    const income = received(owed, due, paid)
    const next = Float64Array.from(due, (most, i) => {
      if (down[i] === 0) return most
      const { alpha, beta } = costs(i)
      return Math.min(most, alpha * (cash[i] as number) + beta * (income[i] as number))
    })
    const moved = next.reduce((most, value, i) => Math.max(most, Math.abs(value - (paid[i] as number))), 0)
    paid = next
    if (moved <= 1e-15 * due.reduce((most, one) => Math.max(most, one), 0)) break
  }
  return paid
}

/**
 * Furfine's sequential default: each round, who has lost at least its capital to those fallen before. `exposure[j][i]` is what j has lent to
 * i, `lost` the share of it that is lost. Journal of Money, Credit and Banking 35 (2003).
 */
export function furfine(exposure: Claims, capital: readonly number[], first: number, lost: number): number[][] {
  const down = new Set([first])
  const rounds: number[][] = []
  for (;;) {
    const next = capital
      .map((own, j) => ({ j, own, loss: [...down].reduce((sum, i) => sum + lost * (exposure[j]?.[i] ?? 0), 0) }))
      .filter(({ j, own, loss }) => !down.has(j) && loss > 0 && loss >= own)
      .map(({ j }) => j)
    if (next.length === 0) return rounds
    for (const j of next) down.add(j)
    rounds.push(next)
  }
}
