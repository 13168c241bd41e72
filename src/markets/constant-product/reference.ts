/**
 * The constant product pool in exact integers: what a given input buys, rounded down, and the invariant a swap must keep.
 * Source: Uniswap v2 white paper (Adams, Zinsmeister, Robinson 2020) §3.2.1 and equation (11); fee 3 per mille of the input.
 */

/** Units out for `amount` units in, against reserves of the two. */
export function amount_out(amount: bigint, reserve_in: bigint, reserve_out: bigint): bigint {
  const effective = amount * 997n
  return (effective * reserve_out) / (reserve_in * 1000n + effective)
}

/** Does a swap of `amount` in against `out` out keep the product, the fee on the input left out of it? */
export function keeps_product(amount: bigint, out: bigint, reserve_in: bigint, reserve_out: bigint): boolean {
  const adjusted = (reserve_in + amount) * 1000n - amount * 3n
  return adjusted * (reserve_out - out) >= reserve_in * reserve_out * 1000n
}
