/**
 * The constant product pool in floats: reserves in (x) and out (y), fee as a share of the input. Formulas: `reference.ts`.
 * Like the contract, it rounds in the pool's favour, so that no order can lower the product by more than the last bits of it.
 */

const ROUNDING = 6e-16

/** Units out for `amount` in; less than `y`. */
export function out_of(amount: number, x: number, y: number, fee: number): number {
  const effective = amount * (1 - fee)
  return effective === Number.POSITIVE_INFINITY ? y : (effective / (x + effective)) * y * (1 - ROUNDING)
}

/** Units in that `out` < y costs. */
export function in_for(out: number, x: number, y: number, fee: number): number {
  return (out / (y - out) / (1 - fee)) * x * (1 + ROUNDING)
}

/** Most input whose last unit still buys at least `least` units out: out′(a) = (1 − fee)·x·y / (x + (1 − fee)·a)². */
export function in_within(least: number, x: number, y: number, fee: number): number {
  return Math.max(0, (Math.sqrt(((1 - fee) * y) / x / least) - 1) * x) / (1 - fee)
}
