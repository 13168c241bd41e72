/**
 * Scenario margin in the open engine's own numbers: signed integers of 10⁻¹⁸, products and quotients cut towards zero
 * (derivatives reference §7; derivexyz v2-core, DecimalMath). Exponentials, roots and option prices are functions of doubles in
 * either, rounded to 10⁻¹⁸ here; everything else is exact.
 */
import { blackPrice, exp, log, pow } from '../../../math/index.ts'
import type { Collateral, Expiry, Haircut, MarginRules, OptionLeg, Portfolio, VolMove } from './portfolio-margin.ts'

const UNIT = 10n ** 18n
const YEAR = 31_536_000

/** The decimal that a double is written as, in 10⁻¹⁸. */
export function wad(x: number): bigint {
  const [, sign, whole, part = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(String(x)) as RegExpExecArray
  const digits = BigInt(`${whole}${part}`)
  const shift = 18 - part.length + Number(exponent)
  const size = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift)
  return sign === '-' ? -size : size
}

export const to_number = (x: bigint): number => Number(x) / 1e18

const times = (a: bigint, b: bigint): bigint => (a * b) / UNIT
const over = (a: bigint, b: bigint): bigint => (a * UNIT) / b
const size_of = (a: bigint): bigint => (a < 0n ? -a : a)
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** 10⁻¹⁸ of a function's value. */
const value_of = (x: number): bigint => (Math.abs(x) < 1e-12 ? BigInt(Math.trunc(x * 1e18)) : wad(x))

/** Years to expiry. */
const annual = (seconds: number): bigint => (BigInt(seconds) * UNIT) / BigInt(YEAR)

function vol_of(rules: MarginRules, expiry: Expiry, vol: VolMove, leg: OptionLeg, after: bigint): bigint {
  const base = wad(leg.vol)
  if (vol === 'none') return base
  if (vol === 'up' || vol === 'down') {
    const power = expiry.seconds <= 30 * 86_400 ? rules.vol.short_power : rules.vol.long_power
    const multiple = value_of(pow((30 * 86_400) / Math.max(expiry.seconds, rules.vol.floor_s), power))
    if (vol === 'up') {
      const raised = times(base, UNIT + times(wad(rules.vol.up), multiple))
      return raised < wad(rules.vol.least) ? wad(rules.vol.least) : raised
    }
    const kept = UNIT - times(wad(rules.vol.down), multiple)
    return kept < 0n ? 0n : times(base, kept)
  }
  const skew = rules.skew as NonNullable<MarginRules['skew']>
  const root = value_of(Math.sqrt(to_number(annual(expiry.seconds))))
  const [slope, start] = vol === 'linear' ? [skew.linear_slope, skew.linear_base] : [skew.abs_slope, skew.abs_base]
  const cap = times(wad(slope), root) + wad(start)
  const wide = times(times(root, wad(skew.width)), wad(skew.vol) + times(root, wad(skew.vol_slope)))
  const width = wide < wad(skew.least_width) ? wad(skew.least_width) : wide
  const k = value_of(log(leg.strike / to_number(after)))
  const side = vol === 'linear' ? k : size_of(k)
  const tilt = (side * cap) / width
  const multiple = UNIT + (side >= 0n ? least(cap, tilt) : -least(cap, -tilt))
  return times(base, multiple < 0n ? 0n : multiple)
}

/** Value of an expiry after a move of spot and vol. */
function expiry_value(rules: MarginRules, expiry: Expiry, spot: bigint, vol: VolMove): bigint {
  const tilted = vol === 'linear' || vol === 'abs'
  const after = times(wad(expiry.forward), tilted ? UNIT : spot) + wad(expiry.fixed)
  const years = to_number(annual(expiry.seconds))
  const discount = rules.discounted ? exp(-Math.max(0, expiry.rate) * years) : 1
  let sum = 0n
  for (const leg of expiry.options) {
    const deviation = to_number(vol_of(rules, expiry, vol, leg, after)) * Math.sqrt(years)
    const price = value_of(blackPrice(leg.call, to_number(after), leg.strike, deviation, discount))
    sum += times(price, wad(leg.amount))
  }
  return sum
}

const decay = ({ rate, add }: Haircut, years: bigint, r: bigint): bigint =>
  value_of(exp(-to_number(times(years, times(r, wad(rate)) + wad(add)))))

/** What an expiry's value counts for after a scenario. */
function discounted(rules: MarginRules, expiry: Expiry, value: bigint): bigint {
  const years = annual(expiry.seconds)
  const r = wad(Math.max(0, expiry.rate))
  if (value >= 0n) return times(value, times(wad(rules.gain.base), decay(rules.gain, years, r)))
  if (rules.loss === undefined) return value
  const marked = over(wad(rules.loss.base), decay(rules.loss, years, r))
  const discount = value_of(exp(-Math.max(0, expiry.rate) * to_number(years)))
  return times(value, rules.discounted ? least(over(UNIT, discount), marked) : marked)
}

function naked_shorts(options: readonly OptionLeg[]): bigint {
  const strikes = new Map<number, [bigint, bigint]>()
  for (const { strike, amount } of options) {
    const [short, long] = strikes.get(strike) ?? [0n, 0n]
    strikes.set(strike, amount < 0 ? [short - wad(amount), long] : [short, long + wad(amount)])
  }
  return [...strikes.values()].reduce((sum, [short, long]) => sum + short - least(short, long), 0n)
}

/** Maintenance and initial margin in 10⁻¹⁸. */
export function exact_margin(rules: MarginRules, portfolio: Portfolio): { maintenance: bigint; initial: bigint } {
  const { expiries, perp, collaterals, coin_settled = false } = portfolio
  const now = expiries.map((expiry) => expiry_value(rules, expiry, UNIT, 'none'))
  let worst = basis(rules, expiries, now)
  for (const { spot, vol, damping } of rules.scenarios) {
    const move = wad(spot) - UNIT
    const part = wad(damping)
    // what settles in coins is counted in coins at the present price
    const moved = coin_settled ? UNIT - over(UNIT, wad(spot)) : move
    let sum = times(times(wad(perp.amount), times(moved, wad(perp.price))), part)
    expiries.forEach((expiry, e) => {
      const value = expiry_value(rules, expiry, wad(spot), vol)
      const after = discounted(rules, expiry, coin_settled ? over(value, wad(spot)) : value)
      const change = times(after - (now[e] as bigint), part)
      sum += vol === 'linear' || vol === 'abs' ? -size_of(change) : change
    })
    for (const one of collaterals) if (one.risk_cancelling) sum += times(times(wad(one.value), move), part)
    worst = least(worst, sum)
  }
  const { maintenance, initial } = contingencies(rules, portfolio)
  const value =
    now.reduce((sum, one) => sum + one, wad(portfolio.cash) + wad(perp.value)) +
    collaterals.reduce((sum, one) => sum + wad(one.value), 0n)
  const gap = wad(rules.peg.threshold) - wad(portfolio.stable)
  const factor = wad(rules.initial) + (gap > 0n ? times(gap, wad(rules.peg.factor)) : 0n)
  return {
    maintenance: value + times(worst, wad(rules.maintenance)) - maintenance,
    initial: rules.contingency_in_factor
      ? value + times(worst - maintenance, factor) - initial
      : value + times(worst, factor) - maintenance - initial,
  }
}

function basis(rules: MarginRules, expiries: readonly Expiry[], now: readonly bigint[]): bigint {
  const { up, down, add, multiple } = rules.basis
  return expiries.reduce((sum, expiry, e) => {
    const before = now[e] as bigint
    const rise = expiry_value(rules, expiry, wad(up), 'none') - before
    const fall = expiry_value(rules, expiry, wad(down), 'none') - before
    return sum + times(least(least(rise, fall), 0n), wad(add) + times(wad(multiple), annual(expiry.seconds)))
  }, 0n)
}

function contingencies(rules: MarginRules, portfolio: Portfolio): { maintenance: bigint; initial: bigint } {
  const { spot, spot_confidence, perp, expiries, collaterals } = portfolio
  const unsure = (confidence: number, notional: bigint) =>
    confidence < rules.confidence.threshold ? times(times(UNIT - wad(confidence), wad(rules.confidence.margin)), notional) : 0n
  const sure = perp.amount === 0 ? spot_confidence : Math.min(spot_confidence, perp.confidence)
  const held = times(size_of(wad(perp.amount)), wad(spot))
  let maintenance = times(held, wad(rules.perp.maintenance))
  let initial = times(held, wad(rules.perp.initial)) + unsure(sure, held)
  for (const { options, confidence } of expiries) {
    const naked = times(naked_shorts(options), wad(spot))
    maintenance += times(naked, wad(rules.option.maintenance))
    initial += times(naked, wad(rules.option.initial))
    const gross = options.reduce((sum, { amount }) => sum + size_of(wad(amount)), 0n)
    initial += unsure(Math.min(sure, confidence), times(gross, wad(spot)))
  }
  for (const one of collaterals) {
    maintenance += haircut(one, one.maintenance)
    initial += haircut(one, one.initial) + unsure(Math.min(one.confidence, spot_confidence), wad(one.notional))
  }
  return { maintenance, initial }
}

const haircut = ({ notional }: Collateral, rate: number): bigint => times(wad(notional), wad(rate))
