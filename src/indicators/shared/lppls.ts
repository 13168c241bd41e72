/** The log-periodic power law singularity: E ln p = A + (tc − t)^m [B + C₁ cos(ω ln(tc − t)) + C₂ sin(ω ln(tc − t))]. Source: Filimonov and Sornette (2013). */
import { cos, exp, log, nelderMead, PI, pow, Rng, sin, solve } from '../../math/index.ts'

export interface Lppls {
  readonly tc: number
  readonly m: number
  readonly omega: number
  readonly a: number
  readonly b: number
  readonly c1: number
  readonly c2: number
}

export function lpplsValue(t: number, { tc, m, omega, a, b, c1, c2 }: Lppls): number {
  const left = tc - t
  const power = pow(left, m)
  const phase = omega * log(left)
  return a + power * (b + c1 * cos(phase) + c2 * sin(phase))
}

/** A, B, C₁, C₂ by least squares (normal equations) for given tc, m, ω; null where tc is inside the sample or the fit is singular. */
export function lpplsLinear(
  t: ArrayLike<number>,
  y: ArrayLike<number>,
  tc: number,
  m: number,
  omega: number,
): { readonly model: Lppls; readonly sse: number } | null {
  const normal = new Float64Array(16)
  const right = new Float64Array(4)
  let squares = 0
  for (let i = 0; i < t.length; i++) {
    const left = tc - (t[i] as number)
    if (!(left > 0)) return null
    const logarithm = log(left)
    const power = exp(m * logarithm)
    const phase = omega * logarithm
    const [g, h, value] = [power * cos(phase), power * sin(phase), y[i] as number]
    const row = [1, power, g, h]
    squares += value * value
    for (let a = 0; a < 4; a++) {
      right[a] = (right[a] as number) + (row[a] as number) * value
      for (let b = 0; b <= a; b++) normal[a * 4 + b] = (normal[a * 4 + b] as number) + (row[a] as number) * (row[b] as number)
    }
  }
  for (let a = 0; a < 4; a++) for (let b = a + 1; b < 4; b++) normal[a * 4 + b] = normal[b * 4 + a] as number
  const found = solve(normal, 4, right)
  if (found === null) return null
  const [a, b, c1, c2] = found as unknown as [number, number, number, number]
  const explained = found.reduce((sum, value, k) => sum + value * (right[k] as number), 0)
  return { model: { tc, m, omega, a, b, c1, c2 }, sse: Math.max(0, squares - explained) }
}

/** Best fit of several seeded starts: tc up to a fifth of the sample beyond its end, m in [0.1, 1], ω in [6, 13]. */
export function lpplsFit(
  t: ArrayLike<number>,
  y: ArrayLike<number>,
  starts = 4,
  evaluations = 400,
  seed = 1,
): { readonly model: Lppls; readonly sse: number } | null {
  const n = t.length
  if (n < 20) return null
  const [first, last] = [t[0] as number, t[n - 1] as number]
  const length = last - first
  const rng = new Rng(seed)
  const bounded = ([tc = 0, m = 0, omega = 0]: Float64Array) =>
    tc > last && tc < last + 0.5 * length && m > 0.01 && m < 1.2 && omega > 1 && omega < 25
  let best: { readonly model: Lppls; readonly sse: number } | null = null
  for (let k = 0; k < starts; k++) {
    const start = [last + 0.2 * length * (0.02 + 0.98 * rng.uniform()), 0.1 + 0.9 * rng.uniform(), 6 + 7 * rng.uniform()]
    const found = nelderMead(
      (x) =>
        bounded(x)
          ? (lpplsLinear(t, y, x[0] as number, x[1] as number, x[2] as number)?.sse ?? Number.POSITIVE_INFINITY)
          : Number.POSITIVE_INFINITY,
      start,
      [0.05 * length, 0.1, 0.5],
      1e-9,
      evaluations,
    )
    const fit = lpplsLinear(t, y, found.x[0] as number, found.x[1] as number, found.x[2] as number)
    if (fit !== null && (best === null || fit.sse < best.sse)) best = fit
  }
  return best
}

/** D = m|B| ÷ (ω√(C₁² + C₂²)): the hazard is never negative from 1 on. Infinite without oscillations. */
export function lpplsDamping({ m, omega, b, c1, c2 }: Lppls): number {
  const c = Math.sqrt(c1 * c1 + c2 * c2)
  return c > 0 ? (m * Math.abs(b)) / (omega * c) : Number.POSITIVE_INFINITY
}

/** Filters of a bubble (+1) or anti-bubble (−1) that counts: 0 < m < 1, 2 ≤ ω ≤ 15, damping ≥ ½, at least 2.5 oscillations; else 0. */
export function lpplsSign(model: Lppls, first: number, last: number): number {
  const { tc, m, omega, b } = model
  const oscillations = (omega / (2 * PI)) * log((tc - first) / Math.max(tc - last, 1e-9))
  const damping = lpplsDamping(model)
  const near = tc - last <= Math.min(60, 0.5 * (last - first))
  return m > 0 && m < 1 && omega >= 2 && omega <= 15 && oscillations >= 2.5 && damping >= 0.5 && near ? -Math.sign(b) : 0
}
