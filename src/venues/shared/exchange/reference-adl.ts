/**
 * Allocations of deleveraging in exact arithmetic: shares of winners' profit that cover a budget. Source: Chitra et al., arXiv
 * 2512.01112 (derivatives reference §22, literature §B7): only profit is seized, principal is given back.
 */
import { add, compare, div, less, min, mul, type Ratio, sign, sub, sum, ZERO } from './reference-ratio.ts'

/** Down a ranking, each whole: seized by winner, in the order given. */
export function queue(endowment: readonly Ratio[], order: readonly number[], budget: Ratio): Ratio[] {
  const seized = endowment.map(() => ZERO)
  let left = budget
  for (const i of order) {
    const part = min(left, endowment[i] as Ratio)
    seized[i] = part
    left = sub(left, part)
  }
  return seized
}

/**
 * Capped pro rata: shares hᵢ = min(η, limitᵢ) with Σ endowment · h = budget. Limits ascending: the level rises from one to the next
 * while those below stay at theirs.
 * @returns shares; undefined where the budget exceeds what the limits allow
 */
export function water_fill(endowment: readonly Ratio[], limit: readonly Ratio[], budget: Ratio): Ratio[] | undefined {
  const order = limit.map((_, i) => i).sort((a, b) => compare(limit[a] as Ratio, limit[b] as Ratio))
  let filled = ZERO
  let mass = sum(endowment)
  let level = ZERO
  for (const i of order) {
    const step = mul(sub(limit[i] as Ratio, level), mass)
    if (!less(add(filled, step), budget)) {
      level = add(level, div(sub(budget, filled), mass))
      return limit.map((most) => min(level, most))
    }
    filled = add(filled, step)
    level = limit[i] as Ratio
    mass = sub(mass, endowment[i] as Ratio)
  }
  return sign(sub(budget, filled)) > 0 ? undefined : limit.map((most) => min(level, most))
}

/** Everybody the same share. */
export const pro_rata = (endowment: readonly Ratio[], budget: Ratio): Ratio => div(budget, sum(endowment))

/** Shares by risk: equity · leverage · g(leverage), as parts of one. */
export function by_risk(equity: readonly Ratio[], leverage: readonly Ratio[], g: (leverage: Ratio) => Ratio): Ratio[] {
  const mass = equity.map((e, i) => mul(mul(e, leverage[i] as Ratio), g(leverage[i] as Ratio)))
  const whole = sum(mass)
  return mass.map((one) => div(one, whole))
}
