/** Losses that travel by what is sold: Greenwood, Landier and Thesmar, "Vulnerable banks", Journal of Financial Economics 115 (2015). */
import { csrFromDense, exp, spectralRadius } from '../../math/index.ts'

export interface FireSaleInput {
  /** Assets and equity of each owner, currency. */
  readonly assets: readonly number[]
  readonly equity: readonly number[]
  /** Share of owner n's assets that is in k. */
  readonly weights: readonly (readonly number[])[]
  /** Fall of the price of k per unit of currency sold, while little is. */
  readonly impact: readonly number[]
  /**
   * `linear`, as published: a price falls by impact · sold, below 0 where more than 1 ÷ impact is. `exponential` (Cont and Schaanning): what the shock has
   * left of it times exp(−impact · sold), so that nobody loses more than he holds.
   */
  readonly form?: 'linear' | 'exponential'
  /** Change of the price of each k at the start, a ratio. */
  readonly shock: readonly number[]
}

/** Ratios of equity: of all owners together, and of each. */
export interface FireSale {
  /** Equity lost to sales, as a share of all equity. */
  readonly aggregate: number
  /** Part of it that each owner's sales cause. */
  readonly systemicness: readonly number[]
  /** Lost to everybody's sales, a share of one's own equity. */
  readonly indirect: readonly number[]
  /** Lost to the shock itself. */
  readonly direct: readonly number[]
  /** Of the price of each k before the shock, lost to sales. */
  readonly falls: readonly number[]
  /** Of each k, currency. */
  readonly sold: readonly number[]
  /** Spectral radius of one round on prices, impact linear: from 1 on, rounds do not die out. */
  readonly radius: number
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, k) => sum + value * (b[k] as number), 0)

/** One round: who has lost sells to be at his leverage again, in proportion to what he holds, and at most all. */
export function fire_sale({ assets, equity, weights, impact, shock, form = 'linear' }: FireSaleInput): FireSale {
  const all = equity.reduce((sum, one) => sum + one, 0)
  const own = weights.map((row) => dot(row, shock))
  const leverage = assets.map((a, n) => (a - (equity[n] as number)) / (equity[n] as number))
  const sold = assets.map((a, n) => Math.max(-a, a * (leverage[n] as number) * (own[n] as number)))
  const flow = impact.map((_, k) => weights.reduce((sum, row, n) => sum + (row[k] as number) * (sold[n] as number), 0))
  // Fall per unit sold, on the mean of all that is: each seller's part of it follows from his part of the sales.
  const slope = impact.map((l, k) => {
    const units = -(flow[k] as number)
    return form === 'exponential' && units > 0 ? ((1 + (shock[k] as number)) * (1 - exp(-l * units))) / units : l
  })
  const falls = slope.map((l, k) => l * (flow[k] as number))
  const losses = assets.map((a, n) => a * dot(weights[n] as readonly number[], falls))
  const held = impact.map((_, k) => weights.reduce((sum, row, n) => sum + (assets[n] as number) * (row[k] as number), 0))
  const round = impact.map((l, k) =>
    impact.map((_, j) =>
      weights.reduce(
        (sum, row, n) => sum + l * (row[k] as number) * (assets[n] as number) * (leverage[n] as number) * (row[j] as number),
        0,
      ),
    ),
  )
  return {
    // 0 − x rather than −x: what is not lost is 0, not −0.
    aggregate: (0 - losses.reduce((sum, one) => sum + one, 0)) / all,
    systemicness: sold.map(
      (amount, n) =>
        (0 - slope.reduce((sum, l, k) => sum + l * (weights[n]?.[k] as number) * amount * (held[k] as number), 0)) / all,
    ),
    indirect: losses.map((loss, n) => (0 - loss) / (equity[n] as number)),
    direct: assets.map((a, n) => (-a * (own[n] as number)) / (equity[n] as number)),
    falls: falls.map((fall) => 0 - fall),
    sold: flow.map((amount) => 0 - amount),
    radius: spectralRadius(csrFromDense(Float64Array.from(round.flat()), impact.length)).value,
  }
}

/**
 * Loan to value above which calls of a liquidation raise it instead of lowering it: each repays r and takes r · (1 + bonus). Warmuz, Chaudhary, Pinna,
 * "Toxic liquidation spirals" (arXiv 2212.07306).
 */
export const toxic_ltv = (bonus: number): number => 1 / (1 + bonus)

/** Loan to value after each call that repays the share `close_factor` of the debt, until nothing is left to take; collateral and debt in one unit. */
export function ltv_path(collateral: number, debt: number, bonus: number, close_factor: number, calls: number): number[] {
  const path = [debt / collateral]
  let [held, owed] = [collateral, debt]
  for (let call = 0; call < calls && held > 0; call++) {
    const repaid = Math.min(owed * close_factor, held / (1 + bonus))
    held -= repaid * (1 + bonus)
    owed -= repaid
    path.push(held > 0 ? owed / held : Number.POSITIVE_INFINITY)
  }
  return path
}
