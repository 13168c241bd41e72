/**
 * Black's formula for options on a forward, with its derivatives: F. Black, "The pricing of commodity contracts", Journal of
 * Financial Economics 3 (1976) 167–179. With F = S·e^((r − q)T) and discount e^(−rT) it is Black and Scholes's with a yield q.
 *
 *     call = D·(F·N(d1) − K·N(d2))      put = D·(K·N(−d2) − F·N(−d1))      d1,2 = ln(F/K)/(σ√T) ± σ√T/2
 */
import { exp, log } from './elementary.ts'
import { normalCdf } from './normal.ts'

const INVERSE_SQRT_TAU = 0.3989422804014327

/** Density of a standard normal. */
export const normalDensity = (x: number): number => INVERSE_SQRT_TAU * exp(-0.5 * x * x)

/**
 * Price of a European option. `deviation` = σ√T ≥ 0 (0: intrinsic value); forward > 0 and strike > 0; `discount` in (0, 1].
 * The side in the money is priced through the other one, so that neither falls below its intrinsic value by rounding.
 */
export function blackPrice(call: boolean, forward: number, strike: number, deviation: number, discount = 1): number {
  const intrinsic = Math.max(0, call ? forward - strike : strike - forward)
  if (!(deviation > 0)) return discount * intrinsic
  const d1 = log(forward / strike) / deviation + 0.5 * deviation
  const d2 = d1 - deviation
  const outside =
    forward > strike ? strike * normalCdf(-d2) - forward * normalCdf(-d1) : forward * normalCdf(d1) - strike * normalCdf(d2)
  return discount * (intrinsic + Math.max(0, outside))
}

/** A price and its derivatives, the forward (not the spot) being what moves. */
export interface Greeks {
  price: number
  /** ∂price/∂F. */
  delta: number
  /** ∂²price/∂F². */
  gamma: number
  /** ∂price/∂σ, per 1 (100 points). */
  vega: number
  /** Change per year as time passes, forward and vol standing still. */
  theta: number
  /** ∂delta/∂σ. */
  vanna: number
  /** Change of delta per year as time passes. */
  charm: number
  /** ∂vega/∂σ. */
  volga: number
}

export const noGreeks = (): Greeks => ({
  price: 0,
  delta: 0,
  gamma: 0,
  vega: 0,
  theta: 0,
  vanna: 0,
  charm: 0,
  volga: 0,
})

/**
 * Fills `out`. At expiry, or without vol, delta is that of the intrinsic value (½ at the strike) and everything else 0.
 * @param vol σ a year; `years` to expiry; `rate` r of the discount e^(−rT)
 */
export function blackGreeks(
  call: boolean,
  forward: number,
  strike: number,
  vol: number,
  years: number,
  rate: number,
  out: Greeks,
): void {
  const root = Math.sqrt(Math.max(0, years))
  const deviation = vol * root
  const discount = exp(-rate * Math.max(0, years))
  out.price = blackPrice(call, forward, strike, deviation, discount)
  if (!(deviation > 0)) {
    const inside = forward > strike ? 1 : forward < strike ? 0 : 0.5
    out.delta = discount * (call ? inside : inside - 1)
    out.gamma = out.vega = out.vanna = out.charm = out.volga = 0
    out.theta = rate * out.price
    return
  }
  const d1 = log(forward / strike) / deviation + 0.5 * deviation
  const d2 = d1 - deviation
  const density = discount * normalDensity(d1)
  out.delta = discount * (call ? normalCdf(d1) : -normalCdf(-d1))
  out.gamma = density / (forward * deviation)
  out.vega = forward * density * root
  out.theta = rate * out.price - (forward * density * vol) / (2 * root)
  out.vanna = (-density * d2) / vol
  out.charm = rate * out.delta + (density * d2) / (2 * years)
  out.volga = (out.vega * d1 * d2) / vol
}

/** Highest vol `blackVol` looks for, a year. */
const MOST_VOL = 64

/**
 * The vol at which an option has this price, to 1e-12 of it, by Newton steps inside a shrinking bracket; 0 at or below the
 * intrinsic value, `NaN` for a price that no vol up to 64 (6,400 %) reaches.
 */
export function blackVol(call: boolean, price: number, forward: number, strike: number, years: number, discount = 1): number {
  const root = Math.sqrt(years)
  const at = (vol: number) => blackPrice(call, forward, strike, vol * root, discount)
  if (!(price > at(0))) return 0
  if (!(price <= at(MOST_VOL))) return Number.NaN
  let low = 0
  let high = MOST_VOL
  let vol = 0.5
  for (let i = 0; i < 200; i++) {
    const miss = at(vol) - price
    if (miss > 0) high = vol
    else low = vol
    const d1 = log(forward / strike) / (vol * root) + 0.5 * vol * root
    const slope = discount * forward * normalDensity(d1) * root
    const next = vol - miss / slope
    const step = next > low && next < high ? next : 0.5 * (low + high)
    if (Math.abs(step - vol) <= 1e-12 * vol || high - low <= 1e-13 * high) return step
    vol = step
  }
  return vol
}
