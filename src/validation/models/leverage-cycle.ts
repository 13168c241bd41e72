/**
 * The leverage cycle of risk limits: a bank whose leverage target falls with the volatility it has seen, and a fund that buys what is below its
 * worth. Calm lets leverage rise, leverage moves prices, prices end the calm: a slow rise, then a collapse, again and again.
 *
 * Source: Aymanns, Caccioli, Farmer, Tan, "Taming the Basel leverage cycle", Journal of Financial Stability 27 (2016) 263–277; the step as in
 * literature reference §A11. Time in years, money in units of which the asset is worth `worth`; there is one share of it.
 */
import { log, pow } from '../../math/index.ts'

export interface LeverageCycleSpec {
  /** Target leverage = alpha · (variance + floor²)^b. */
  readonly alpha: number
  readonly floor: number
  /** −½: a limit on value at risk. */
  readonly b: number
  readonly step: number
  /** Rate at which the variance is forgotten, a year; horizon of a return in it. */
  readonly delta: number
  readonly horizon: number
  /** Rates a year at which the bank closes the gap to its target, and its equity that to `equity`. */
  readonly theta: number
  readonly eta: number
  readonly equity: number
  /** Share of the bank's assets that is in the asset. */
  readonly weight: number
  /** Rate at which the fund's weight answers a gap to what the asset is worth. */
  readonly rho: number
  readonly worth: number
}

export const LEVERAGE_CYCLE: Omit<LeverageCycleSpec, 'alpha'> = {
  floor: 0.001,
  b: -0.5,
  step: 0.1,
  delta: 0.5,
  horizon: 0.1,
  theta: 10,
  eta: 10,
  equity: 2.27,
  weight: 0.3,
  rho: 0.1,
  worth: 25,
}

/** Where a run begins: the asset at its worth, the bank at `leverage`. */
export interface CycleStart {
  readonly leverage: number
  readonly variance: number
  /** Share of the fund's assets that is in the asset. */
  readonly fund_weight: number
}

export const CYCLE_START: CycleStart = { leverage: 5, variance: 1e-4, fund_weight: 0.5 }

export interface Cycle {
  /** At every step, to the last at which the bank is solvent and there is a price. */
  readonly price: Float64Array
  readonly leverage: Float64Array
  /** Years until the bank has no equity or no price clears; +Infinity when the run went on to its end. */
  readonly ends: number
}

/** Runs the cycle without noise. What is bought answers the variance known before the last return. */
export function leverage_cycle(spec: LeverageCycleSpec, years: number, start: CycleStart = CYCLE_START): Cycle {
  const { step, weight } = spec
  const steps = Math.round(years / step)
  const price = new Float64Array(steps)
  const leverage = new Float64Array(steps)
  let p = spec.worth
  let before = p
  let n = (start.leverage * spec.equity * weight) / p
  let debt = (start.leverage - 1) * spec.equity
  let w = start.fund_weight
  let { variance } = start
  for (let t = 0; t < steps; t++) {
    const assets = (p * n) / weight
    const equity = assets - debt
    const alive = equity > 0 && p > 0 && n > 0 && n < 1 && w > 0 && w < 1
    if (!alive) return { price: price.subarray(0, t), leverage: leverage.subarray(0, t), ends: t * step }
    price[t] = p
    leverage[t] = assets / equity
    const target = spec.alpha * pow(variance + spec.floor * spec.floor, spec.b)
    const bought = step * spec.theta * (target * equity - assets)
    const moved = step * spec.eta * (spec.equity - equity)
    const w_next = w + (w / p) * step * spec.rho * (spec.worth - p)
    const bank_cash = ((1 - weight) * n * p) / weight + moved
    const fund_cash = ((1 - w) * (1 - n) * p) / w - moved
    const r = (log(p / before) * spec.horizon) / step
    variance = (1 - step * spec.delta) * variance + step * spec.delta * r * r
    before = p
    p = (weight * (bank_cash + bought) + w_next * fund_cash) / (1 - weight * n - (1 - n) * w_next)
    n = (weight * (n * p + bank_cash + bought)) / p
    w = w_next
    debt += bought
  }
  return { price, leverage, ends: Number.POSITIVE_INFINITY }
}

/** Steps at which the price fell by `fall` or more, each the first in `apart` steps. */
export function crashes(price: Float64Array, fall = 0.1, apart = 30): number[] {
  const found: number[] = []
  for (let t = 1; t < price.length; t++) {
    const last = found[found.length - 1]
    if (last !== undefined && t - last < apart) continue
    if ((price[t] as number) <= (1 - fall) * (price[t - 1] as number)) found.push(t)
  }
  return found
}

/** Steps from the highest leverage since the crash before to each crash, the first crash apart. */
export function peak_leads(leverage: Float64Array, at: readonly number[]): number[] {
  return at.slice(1).map((crash, i) => {
    let peak = (at[i] as number) + 1
    for (let t = peak; t <= crash; t++) if ((leverage[t] as number) > (leverage[peak] as number)) peak = t
    return crash - peak
  })
}
