/** Variation that is due to jumps: from the returns of one period, exact formulas. */
import { exp, log, logGamma, normalCdf, PI, pow } from '../../math/index.ts'

type Values = ArrayLike<number>

/** E|Z|^{4/3} of a standard normal: 2^{2/3} Γ(7/6) ÷ Γ(1/2). */
export const MU_43 = exp((2 / 3) * log(2) + logGamma(7 / 6) - logGamma(0.5))
/** π²/4 + π − 5. */
export const THETA = (PI * PI) / 4 + PI - 5
const C = Math.sqrt(2 / PI)

/** Σ r². */
export function realisedVariance(returns: Values): number {
  let sum = 0
  for (let i = 0; i < returns.length; i++) sum += (returns[i] as number) * (returns[i] as number)
  return sum
}

/** (π/2)·(n/(n−1))·Σ |rᵢ||rᵢ₋₁|: what is left of the variance without jumps. Source: Barndorff-Nielsen and Shephard (2004). */
export function bipowerVariation(returns: Values): number {
  const n = returns.length
  let sum = 0
  for (let i = 1; i < n; i++) sum += Math.abs(returns[i] as number) * Math.abs(returns[i - 1] as number)
  return (PI / 2) * (n / (n - 1)) * sum
}

/** n·μ₄₋₃⁻³·(n/(n−2))·Σ (|rᵢ||rᵢ₋₁||rᵢ₋₂|)^{4/3}. */
export function tripowerQuarticity(returns: Values): number {
  const n = returns.length
  let sum = 0
  for (let i = 2; i < n; i++) {
    const product = Math.abs((returns[i] as number) * (returns[i - 1] as number) * (returns[i - 2] as number))
    sum += product > 0 ? pow(product, 4 / 3) : 0
  }
  return (n / (MU_43 * MU_43 * MU_43)) * (n / (n - 2)) * sum
}

/** Median of three neighbours: π/(6 − 4√3 + π)·(n/(n−2))·Σ med². Source: Andersen, Dobrev and Schaumburg (2012). */
export function medianVariation(returns: Values): number {
  const n = returns.length
  let sum = 0
  for (let i = 2; i < n; i++) {
    const [a, b, c] = [0, 1, 2].map((k) => Math.abs(returns[i - k] as number)) as [number, number, number]
    const middle = a + b + c - Math.min(a, b, c) - Math.max(a, b, c)
    sum += middle * middle
  }
  return (PI / (6 - 4 * Math.sqrt(3) + PI)) * (n / (n - 2)) * sum
}

/** Smaller of two neighbours: π/(π − 2)·(n/(n−1))·Σ min². */
export function minimumVariation(returns: Values): number {
  const n = returns.length
  let sum = 0
  for (let i = 1; i < n; i++) {
    const least = Math.min(Math.abs(returns[i] as number), Math.abs(returns[i - 1] as number))
    sum += least * least
  }
  return (PI / (PI - 2)) * (n / (n - 1)) * sum
}

/**
 * Ratio test of jumps in a period: z = ((RV − BV)/RV) ÷ √(ϑ/n·max(1, TQ/BV²)), standard normal without jumps. NaN where nothing moved.
 * Source: Barndorff-Nielsen and Shephard (2006), Huang and Tauchen (2005).
 */
export function jumpTest(returns: Values): { readonly z: number; readonly p: number } {
  const [rv, bv] = [realisedVariance(returns), bipowerVariation(returns)]
  if (!(rv > 0 && bv > 0)) return { z: Number.NaN, p: Number.NaN }
  const z = (rv - bv) / rv / Math.sqrt((THETA / returns.length) * Math.max(1, tripowerQuarticity(returns) / (bv * bv)))
  return { z, p: 1 - normalCdf(z) }
}

/** Standardised return of Lee and Mykland (2008): rᵢ ÷ √(Σ |rⱼ||rⱼ₋₁| ÷ (k − 2)) over the k − 2 pairs before it. */
export function localJump(returns: Values, at: number, k: number): number {
  let sum = 0
  for (let j = at - k + 2; j <= at - 1; j++) sum += Math.abs(returns[j] as number) * Math.abs(returns[j - 1] as number)
  return (returns[at] as number) / Math.sqrt(sum / (k - 2))
}

/** Largest |L| among n returns without jumps, at a level: Cₙ + Sₙ·β*, β* = −ln(−ln(1 − α)). */
export function localJumpThreshold(
  n: number,
  alpha: number,
): { readonly c: number; readonly s: number; readonly beta: number; readonly threshold: number } {
  const root = Math.sqrt(2 * log(n))
  const c = root / C - (log(PI) + log(log(n))) / (2 * C * root)
  const s = 1 / (C * root)
  const beta = -log(-log(1 - alpha))
  return { c, s, beta, threshold: c + s * beta }
}
