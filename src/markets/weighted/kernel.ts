/**
 * A weighted pool in floats: balance x and weight of what comes in, balance y and weight of what goes out, e their ratio w_x / w_y, fee on the input.
 * Formulas: `reference.ts`. Written with log1p and expm1, so that small trades against large pools keep their digits.
 */
import { exp, expm1, log, log1p } from '../../math/index.ts'

/** Powers are good to a few of the last bits: rounds in the pool's favour by more than that. */
const ROUNDING = 2e-15

/** Units out for `amount` in; less than y. */
export function out_of(amount: number, x: number, y: number, e: number, fee: number): number {
  const effective = amount * (1 - fee)
  if (effective === Number.POSITIVE_INFINITY) return y
  return -expm1(-e * log1p(effective / x)) * y * (1 - ROUNDING)
}

/** Units in that `out` < y costs. */
export function in_for(out: number, x: number, y: number, e: number, fee: number): number {
  return (expm1(-log1p(-out / y) / e) / (1 - fee)) * x * (1 + ROUNDING)
}

/** Most input whose last unit still buys at least `least` out: out′(a) = (1 − fee)·e·y/x · (x / (x + (1 − fee)·a))^(e + 1). */
export function in_within(least: number, x: number, y: number, e: number, fee: number): number {
  const first = ((1 - fee) * e * y) / x
  return first > least ? (expm1(log(first / least) / (e + 1)) * x) / (1 - fee) : 0
}

/** Factors that take the balances of base and quote to a price `ratio` times theirs, along the invariant. */
export function along(ratio: number, weight_base: number, weight_quote: number): readonly [base: number, quote: number] {
  const step = log(ratio) / (weight_base + weight_quote)
  return [exp(-step * weight_quote), exp(step * weight_base)]
}
