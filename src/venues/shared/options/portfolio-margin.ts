/**
 * Margin of a whole portfolio by scenarios: every scenario moves spot and vol, options are priced again, and the worst outcome
 * beside contingencies is what is asked for. The rules of an open engine in both its versions (derivatives reference §7), with
 * every number of them a parameter, so that exchanges of the same architecture (§6.4) are other parameters.
 *
 * All amounts in one unit of account; times in seconds; shocks as factors (0.85: −15 %).
 */
import { blackPrice, exp, log, pow } from '../../../math/index.ts'

export const YEAR_S = 365 * 86_400
const MONTH_S = 30 * 86_400

/** Vol up, unchanged, down; or tilted across strikes, linearly in ln(strike ÷ forward) or in its size. */
export type VolMove = 'up' | 'none' | 'down' | 'linear' | 'abs'

export interface Scenario {
  /** Spot after ÷ before. */
  readonly spot: number
  readonly vol: VolMove
  /** Part of the outcome that counts: tails are dampened. */
  readonly damping: number
}

/** Discount of an expiry's value after a scenario: base · e^(∓T·(rate · multiple + add)). */
export interface Haircut {
  readonly base: number
  readonly rate: number
  readonly add: number
}

export interface Skew {
  readonly linear_base: number
  readonly linear_slope: number
  readonly abs_base: number
  readonly abs_slope: number
  readonly least_width: number
  readonly width: number
  readonly vol: number
  readonly vol_slope: number
}

export interface MarginRules {
  readonly scenarios: readonly Scenario[]
  /** Vol is multiplied by 1 + up·m or max(0, 1 − down·m), m = (30 days ÷ max(T, floor))^power; after a rise at least `least`. */
  readonly vol: {
    readonly up: number
    readonly down: number
    readonly least: number
    readonly short_power: number
    readonly long_power: number
    readonly floor_s: number
  }
  readonly skew: Skew | undefined
  /** What an expiry is worth to (`gain`) or costs (`loss`, none: 1) the account after a scenario. */
  readonly gain: Haircut
  readonly loss: Haircut | undefined
  /** Are options priced with the discount e^(−rT), or without? */
  readonly discounted: boolean
  /** Forward against spot: the loss of each expiry alone at two shocks, times add + multiple·T. */
  readonly basis: { readonly up: number; readonly down: number; readonly add: number; readonly multiple: number }
  /** Factors on the worst outcome. */
  readonly maintenance: number
  readonly initial: number
  /** Initial margin: the contingencies of maintenance are multiplied by its factor too. */
  readonly contingency_in_factor: boolean
  /** Initial factor rises by `factor` per unit that the stable coin is below `threshold`. */
  readonly peg: { readonly threshold: number; readonly factor: number }
  /** Of feeds less sure than `threshold`: (1 − confidence) · margin · notional is added to initial margin. */
  readonly confidence: { readonly threshold: number; readonly margin: number }
  /** Parts of notional: always, and further for initial margin. Options: of naked shorts per strike. */
  readonly perp: { readonly maintenance: number; readonly initial: number }
  readonly option: { readonly maintenance: number; readonly initial: number }
}

export interface OptionLeg {
  readonly call: boolean
  readonly strike: number
  readonly vol: number
  readonly amount: number
}

export interface Expiry {
  readonly seconds: number
  /** Forward that moves with spot, and the part that settlement has fixed already. */
  readonly forward: number
  readonly fixed: number
  readonly rate: number
  /** Least confidence of its forward, rate and vols. */
  readonly confidence: number
  readonly options: readonly OptionLeg[]
}

export interface Collateral {
  /** In the unit of account, the stable coin's own price taken off. */
  readonly value: number
  /** What the contingencies are a part of: `value`, or the coins at the spot price. */
  readonly notional: number
  readonly confidence: number
  readonly maintenance: number
  readonly initial: number
  /** Moves with spot in scenarios. */
  readonly risk_cancelling: boolean
}

export interface Portfolio {
  /** true: options and perpetual are worth coins, not units of account; outcomes are coins at the present spot price. */
  readonly coin_settled?: boolean
  readonly spot: number
  readonly spot_confidence: number
  readonly stable: number
  readonly cash: number
  readonly perp: {
    readonly amount: number
    readonly price: number
    /** Unrealised profit and funding. */
    readonly value: number
    readonly confidence: number
  }
  readonly expiries: readonly Expiry[]
  readonly collaterals: readonly Collateral[]
}

export interface PortfolioMargin {
  /** Value less what is asked for: below 0 is a breach (maintenance), or nothing may be added (initial). */
  maintenance: number
  initial: number
  /** Mark to market of everything, cash included. */
  value: number
  /** Worst outcome before factors, and its scenario; −1: the forwards' contingency. */
  worst: number
  scenario: number
}

/** 30 days ÷ T to a power: short expiries are shocked harder. */
export function term_multiple({ vol }: MarginRules, seconds: number): number {
  const power = seconds <= MONTH_S ? vol.short_power : vol.long_power
  return pow(MONTH_S / Math.max(seconds, vol.floor_s), power)
}

/** Multiple of a vol at ln(strike ÷ forward) = k under a tilt. */
export function skew_multiple(skew: Skew, linear: boolean, years: number, k: number): number {
  const root = Math.sqrt(years)
  const cap = linear ? skew.linear_slope * root + skew.linear_base : skew.abs_slope * root + skew.abs_base
  const width = Math.max(skew.least_width, root * skew.width * (skew.vol + root * skew.vol_slope))
  const side = linear ? k : Math.abs(k)
  const tilt = (side * cap) / width
  return Math.max(0, 1 + (side >= 0 ? Math.min(cap, tilt) : Math.max(-cap, tilt)))
}

/** Value of an expiry's options after a move. */
function expiry_value(rules: MarginRules, expiry: Expiry, spot: number, vol: VolMove): number {
  const { seconds, forward, fixed, rate, options } = expiry
  const years = seconds / YEAR_S
  const root = Math.sqrt(years)
  const tilted = vol === 'linear' || vol === 'abs'
  // a tilt leaves forwards where they are
  const after = forward * (tilted ? 1 : spot) + fixed
  const discount = rules.discounted ? exp(-Math.max(0, rate) * years) : 1
  const shock = vol === 'up' || vol === 'down' ? term_multiple(rules, seconds) : 0
  const factor = vol === 'up' ? 1 + rules.vol.up * shock : Math.max(0, 1 - rules.vol.down * shock)
  const least = vol === 'up' ? rules.vol.least : 0
  let sum = 0
  for (let i = 0; i < options.length; i++) {
    const { call, strike, vol: base, amount } = options[i] as OptionLeg
    const multiple = tilted ? skew_multiple(rules.skew as Skew, vol === 'linear', years, log(strike / after)) : factor
    sum += amount * blackPrice(call, after, strike, Math.max(least, base * multiple) * root, discount)
  }
  return sum
}

/** Multiples on what an expiry is worth after a scenario: a gain, a loss. */
export function scenario_discounts(rules: MarginRules, seconds: number, rate: number): { gain: number; loss: number } {
  const years = seconds / YEAR_S
  const r = Math.max(0, rate)
  const { gain, loss } = rules
  const up = gain.base * exp(-years * (r * gain.rate + gain.add))
  if (loss === undefined) return { gain: up, loss: 1 }
  // a debt is marked up, at most to what it is without discount
  const most = rules.discounted ? 1 / exp(-r * years) : Number.POSITIVE_INFINITY
  return { gain: up, loss: Math.min(most, loss.base / exp(-years * (r * loss.rate + loss.add))) }
}

/** Short options of an expiry that no long of the same strike stands against. */
export function naked_shorts(options: readonly OptionLeg[]): number {
  let sum = 0
  options.forEach(({ strike }, i) => {
    if (options.findIndex((other) => other.strike === strike) !== i) return
    let short = 0
    let long = 0
    for (const other of options) {
      if (other.strike !== strike) continue
      if (other.amount < 0) short -= other.amount
      else long += other.amount
    }
    sum += short - Math.min(short, long)
  })
  return sum
}

/** What a scenario takes from the portfolio (negative) or gives. */
function scenario_outcome(
  rules: MarginRules,
  { perp, expiries, collaterals, coin_settled = false }: Portfolio,
  now: readonly number[],
  { spot, vol, damping }: Scenario,
): number {
  let sum = perp.amount * perp.price * (coin_settled ? 1 - 1 / spot : spot - 1)
  const tilted = vol === 'linear' || vol === 'abs'
  for (let e = 0; e < expiries.length; e++) {
    const expiry = expiries[e] as Expiry
    const value = expiry_value(rules, expiry, spot, vol) / (coin_settled ? spot : 1)
    const { gain, loss } = scenario_discounts(rules, expiry.seconds, expiry.rate)
    const change = value * (value >= 0 ? gain : loss) - (now[e] as number)
    // a tilt may go either way in each expiry
    sum += tilted ? -Math.abs(change) : change
  }
  for (const { value, risk_cancelling } of collaterals) if (risk_cancelling) sum += value * (spot - 1)
  return sum * damping
}

/** Value of every expiry as it stands. */
export const values_now = (rules: MarginRules, { expiries }: Portfolio): number[] =>
  expiries.map((expiry) => expiry_value(rules, expiry, 1, 'none'))

/** Adds a portfolio's outcome of every scenario to `out`: portfolios on one underlying are netted scenario by scenario. */
export function add_outcomes(rules: MarginRules, portfolio: Portfolio, now: readonly number[], out: Float64Array): void {
  for (let s = 0; s < rules.scenarios.length; s++)
    out[s] = (out[s] as number) + scenario_outcome(rules, portfolio, now, rules.scenarios[s] as Scenario)
}

/** Loss of every expiry alone, at the worse of two shocks of its forward. */
export function basis_contingency(rules: MarginRules, { expiries }: Portfolio, now: readonly number[]): number {
  const { up, down, add, multiple } = rules.basis
  let sum = 0
  expiries.forEach((expiry, e) => {
    const before = now[e] as number
    const rise = expiry_value(rules, expiry, up, 'none') - before
    const fall = expiry_value(rules, expiry, down, 'none') - before
    sum += Math.min(rise, fall, 0) * (add + (multiple * expiry.seconds) / YEAR_S)
  })
  return sum
}

/** Contingencies: of maintenance margin, and what initial margin adds to them. */
export function contingencies(rules: MarginRules, portfolio: Portfolio): { maintenance: number; initial: number } {
  const { spot, spot_confidence, perp, expiries, collaterals } = portfolio
  const { threshold, margin } = rules.confidence
  const unsure = (confidence: number, notional: number) => (confidence < threshold ? (1 - confidence) * margin * notional : 0)
  const sure = perp.amount === 0 ? spot_confidence : Math.min(spot_confidence, perp.confidence)
  const size = Math.abs(perp.amount) * spot
  let maintenance = size * rules.perp.maintenance
  let initial = size * rules.perp.initial + unsure(sure, size)
  for (const { options, confidence } of expiries) {
    const naked = naked_shorts(options) * spot
    maintenance += naked * rules.option.maintenance
    initial += naked * rules.option.initial
    let gross = 0
    for (const { amount } of options) gross += Math.abs(amount)
    initial += unsure(Math.min(sure, confidence), gross * spot)
  }
  for (const one of collaterals) {
    maintenance += one.notional * one.maintenance
    initial += one.notional * one.initial + unsure(Math.min(one.confidence, spot_confidence), one.notional)
  }
  return { maintenance, initial }
}

/** Margin of a portfolio under the rules. */
export function portfolio_margin(rules: MarginRules, portfolio: Portfolio): PortfolioMargin {
  const now = values_now(rules, portfolio)
  const outcomes = new Float64Array(rules.scenarios.length)
  add_outcomes(rules, portfolio, now, outcomes)
  let worst = basis_contingency(rules, portfolio, now)
  let scenario = -1
  outcomes.forEach((outcome, s) => {
    if (!(outcome < worst)) return
    worst = outcome
    scenario = s
  })
  const { maintenance, initial } = contingencies(rules, portfolio)
  let value = portfolio.cash + portfolio.perp.value
  for (const one of now) value += one
  for (const one of portfolio.collaterals) value += one.value
  const depeg = Math.max(0, rules.peg.threshold - portfolio.stable) * rules.peg.factor
  const factor = rules.initial + depeg
  return {
    maintenance: value + worst * rules.maintenance - maintenance,
    initial: value + worst * factor - maintenance * (rules.contingency_in_factor ? factor : 1) - initial,
    value,
    worst,
    scenario,
  }
}
