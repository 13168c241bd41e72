/** What a participant loses when the market does, and what capital that leaves it short of. */
import { exp, log, normalQuantile, PI, quantileSorted, solve } from '../../math/index.ts'

type Values = ArrayLike<number>

/** Mean return of one on the days on which the market's return is among its worst `share`; a loss is negative. Source: Acharya et al. (2017), sign kept. */
export function marginalShortfall(own: Values, market: Values, share = 0.05): number {
  const cut = quantileSorted(Float64Array.from(market).sort(), share)
  let [sum, count] = [0, 0]
  for (let i = 0; i < market.length; i++)
    if ((market[i] as number) <= cut) {
      sum += own[i] as number
      count++
    }
  return count > 0 ? sum / count : Number.NaN
}

/** MES of jointly normal returns, as a positive loss: ρσ·φ(Φ⁻¹(q)) ÷ q. */
export function marginalShortfallNormal(sigma: number, rho: number, q = 0.05): number {
  const z = normalQuantile(q)
  return (rho * sigma * exp((-z * z) / 2)) / Math.sqrt(2 * PI) / q
}

/** ΔCoVaR of jointly normal losses: −Φ⁻¹(q)·ρ·σ, positive for small q; CoVaR itself −Φ⁻¹(q)·σ(√(1 − ρ²) + ρ). Source: Adrian and Brunnermeier (2016). */
export function covarNormal(sigma: number, rho: number, q: number): { readonly delta: number; readonly covar: number } {
  const z = -normalQuantile(q)
  return { delta: z * rho * sigma, covar: z * sigma * (Math.sqrt(1 - rho * rho) + rho) }
}

/** Long-run MES from a daily one: 1 − e^{−18·MES}. Source: Acharya, Engle and Richardson (2012). */
export const longRunShortfall = (mes: number): number => 1 - exp(-18 * mes)
/** Long-run MES at a fall d of the market for a beta: 1 − e^{ln(1 − d)·β}. */
export const longRunShortfallBeta = (fall: number, beta: number): number => 1 - exp(log(1 - fall) * beta)
/** Capital that is missing when the market falls: k·debt − (1 − k)·equity·(1 − LRMES). Source: Brownlees and Engle (2017). */
export const capitalShortfall = (debt: number, equity: number, lrmes: number, k = 0.08): number =>
  k * debt - (1 - k) * equity * (1 - lrmes)

/**
 * Systemic expected shortfall: realised losses regressed on a constant, MES and leverage; then the mean of both weighted by their
 * slopes, (b·MES + c·leverage) ÷ (b + c). Source: Bisias et al. (2012). null where the regression is singular.
 */
export function systemicShortfall(
  mes: Values,
  leverage: Values,
  realised: Values,
  own: { readonly mes: number; readonly leverage: number },
): number | null {
  const normal = new Float64Array(9)
  const right = new Float64Array(3)
  for (let i = 0; i < realised.length; i++) {
    const row = [1, mes[i] as number, leverage[i] as number]
    row.forEach((u, a) => {
      row.forEach((v, b) => (normal[a * 3 + b] = (normal[a * 3 + b] as number) + u * v))
      right[a] = (right[a] as number) + u * (realised[i] as number)
    })
  }
  const slopes = solve(normal, 3, right)
  if (slopes === null) return null
  const [b, c] = [slopes[1] as number, slopes[2] as number]
  return (b * own.mes + c * own.leverage) / (b + c)
}
