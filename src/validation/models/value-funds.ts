/**
 * Leverage, fat tails and clustered volatility: value funds that may borrow against what they hold, beside noise traders whose cash wanders
 * around the asset's worth. Funds buy what is cheap; at the leverage limit a fall in price makes them sell into it.
 *
 * Source: Thurner, Farmer, Geanakoplos, "Leverage causes fat tails and clustered volatility", Quantitative Finance 12 (2012) 695–707; constants
 * as in literature reference §A9. Money in units of the asset's worth V = 1, time in steps.
 */
import { exp, log, Moments, type Rng } from '../../math/index.ts'

export interface ValueFundsSpec {
  /** Largest value of shares held ÷ own wealth. */
  readonly leverage_max: number
  readonly funds: number
  /** Fund h demands shares worth min(aggression · (h + 1) · (V − p), leverage_max) of its wealth. */
  readonly aggression: number
  readonly shares: number
  /** Persistence a step and noise of ln of the noise traders' cash. */
  readonly persistence: number
  readonly noise: number
  /** Wealth with which a fund begins; below `ruin_share` of it, it defaults and stays out for `absence` steps. */
  readonly wealth: number
  readonly ruin_share: number
  readonly absence: number
  /** Investors bring `flow` · (performance − benchmark) of a fund's wealth a step; performance is remembered with weight `memory`. */
  readonly flow: number
  readonly benchmark: number
  readonly memory: number
}

export const VALUE_FUNDS: Omit<ValueFundsSpec, 'leverage_max'> = {
  funds: 10,
  aggression: 5,
  shares: 1000,
  persistence: 0.99,
  noise: 0.035,
  wealth: 2,
  ruin_share: 0.1,
  absence: 100,
  flow: 0.15,
  benchmark: 0.005,
  memory: 0.1,
}

/** Relative width to which the price is found. */
const PRECISION = 1e-13

export class ValueFunds {
  readonly spec: ValueFundsSpec
  price = 1
  defaults = 0
  private ln_cash: number
  readonly cash: Float64Array
  readonly held: Float64Array
  private readonly record: Float64Array
  /** Value of shares ÷ wealth after the last trade. */
  private readonly leverage: Float64Array
  private readonly waiting: Int32Array

  constructor(spec: ValueFundsSpec) {
    this.spec = spec
    this.ln_cash = log(spec.shares)
    this.cash = new Float64Array(spec.funds).fill(spec.wealth)
    this.held = new Float64Array(spec.funds)
    this.record = new Float64Array(spec.funds)
    this.leverage = new Float64Array(spec.funds)
    this.waiting = new Int32Array(spec.funds)
  }

  /** Value of all demand at a price less the value of all shares. A fund without wealth demands nothing. */
  excess(price: number, noise_cash: number): number {
    const { shares, funds, aggression, leverage_max } = this.spec
    const cheap = 1 - price
    let value = noise_cash - shares * price
    if (!(cheap > 0)) return value
    for (let h = 0; h < funds; h++) {
      if ((this.waiting[h] as number) > 0) continue
      const wealth = (this.cash[h] as number) + (this.held[h] as number) * price
      if (wealth > 0) value += Math.min(aggression * (h + 1) * cheap, leverage_max) * wealth
    }
    return value
  }

  /**
   * The price at which demand is supply. Funds only add to the noise traders' demand, and add nothing from V up: the price is what the noise
   * traders pay when that is V or more, and otherwise lies between it and V. Where several prices clear, the one that halving this interval finds.
   */
  private clear(noise_cash: number): number {
    let low = noise_cash / this.spec.shares
    if (low >= 1) return low
    let high = 1
    while (high - low > PRECISION * high) {
      const middle = 0.5 * (low + high)
      if (this.excess(middle, noise_cash) > 0) low = middle
      else high = middle
    }
    return 0.5 * (low + high)
  }

  /** One step; returns the log return. */
  step(rng: Rng): number {
    const { spec, waiting } = this
    this.ln_cash = spec.persistence * this.ln_cash + spec.noise * rng.normal() + (1 - spec.persistence) * log(spec.shares)
    const before = this.price
    const price = this.clear(exp(this.ln_cash))
    this.price = price
    const change = price / before - 1
    for (let h = 0; h < spec.funds; h++) {
      if ((waiting[h] as number) > 0) {
        waiting[h] = (waiting[h] as number) - 1
        if (waiting[h] === 0) this.enter(h)
        continue
      }
      this.trade(h, price, change)
    }
    return log(price / before)
  }

  private enter(h: number): void {
    this.cash[h] = this.spec.wealth
    this.held[h] = 0
    this.record[h] = 0
    this.leverage[h] = 0
  }

  private trade(h: number, price: number, change: number): void {
    const { spec } = this
    const wealth = (this.cash[h] as number) + (this.held[h] as number) * price
    if (wealth < spec.ruin_share * spec.wealth) {
      this.defaults++
      this.waiting[h] = spec.absence
      this.cash[h] = 0
      this.held[h] = 0
      return
    }
    const record = (1 - spec.memory) * (this.record[h] as number) + spec.memory * change * (this.leverage[h] as number)
    const leverage = Math.min(spec.aggression * (h + 1) * Math.max(0, 1 - price), spec.leverage_max)
    const flow = Math.max(-1, spec.flow * (record - spec.benchmark)) * wealth
    this.record[h] = record
    this.leverage[h] = leverage
    this.held[h] = (leverage * wealth) / price
    this.cash[h] = wealth - leverage * wealth + flow
  }
}

export interface ReturnFigures {
  /** Fourth standardised moment of log returns; 3 for a normal variable. */
  readonly kurtosis: number
  /** Hill's estimate of the exponent of the lower tail, from the largest 1 % of falls that end below V. */
  readonly tail: number
  /** Autocorrelation of absolute returns at lag 1. */
  readonly clustering: number
  /** Defaults in 100,000 steps. */
  readonly defaults: number
}

/** Hill's estimate of the tail exponent from the k largest of positive values: 1 ÷ mean of ln(x_i ÷ x_(k+1)). Hill, Annals of Statistics 3 (1975). */
export function hill(values: readonly number[], k: number): number {
  const sorted = Float64Array.from(values).sort()
  const least = log(sorted[sorted.length - 1 - k] as number)
  let sum = 0
  for (let i = sorted.length - k; i < sorted.length; i++) sum += log(sorted[i] as number) - least
  return k / sum
}

/** Measures prices, one a step. Falls count where the asset is below its worth: else funds are not there. */
export function return_figures(prices: Float64Array): Omit<ReturnFigures, 'defaults'> {
  const all = new Moments()
  const returns = new Float64Array(prices.length - 1)
  const falls: number[] = []
  for (let t = 0; t < returns.length; t++) {
    const price = prices[t + 1] as number
    const r = log(price / (prices[t] as number))
    all.add(r)
    returns[t] = r
    if (price < 1 && r < 0) falls.push(-r)
  }
  return {
    kurtosis: (all.kurtosis as number) + 3,
    tail: hill(falls, Math.max(2, Math.floor(0.01 * falls.length))),
    clustering: autocorrelation(returns.map(Math.abs)),
  }
}

/** Runs the economy and measures its returns after `burn_in` steps. */
export function value_funds(spec: ValueFundsSpec, rng: Rng, steps: number, burn_in: number): ReturnFigures {
  const economy = new ValueFunds(spec)
  for (let t = 0; t < burn_in; t++) economy.step(rng)
  const before = economy.defaults
  const prices = new Float64Array(steps + 1)
  prices[0] = economy.price
  for (let t = 1; t <= steps; t++) {
    economy.step(rng)
    prices[t] = economy.price
  }
  return { ...return_figures(prices), defaults: ((economy.defaults - before) / steps) * 100_000 }
}

/** Autocorrelation at lag 1. */
function autocorrelation(values: Float64Array): number {
  const moments = new Moments()
  for (const value of values) moments.add(value)
  const { mean } = moments
  let sum = 0
  for (let t = 1; t < values.length; t++) sum += ((values[t] as number) - mean) * ((values[t - 1] as number) - mean)
  return sum / (moments.variance * (values.length - 1))
}
