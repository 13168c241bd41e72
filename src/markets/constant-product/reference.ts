/**
 * The constant product pool in exact integers: what a given input buys, rounded down, the invariant a swap must keep, and what
 * deposits and withdrawals are worth in shares.
 * Source: Uniswap v2 white paper (Adams, Zinsmeister, Robinson 2020): §3.2.1 and equation (11) for swaps, fee 3 per mille of the
 * input; §3.4 for the first shares; §2.4 for the protocol's part of the fee.
 */

/** What the contract would revert with. */
export class Revert extends Error {}

/** Shares that the first deposit gives to nobody. */
export const MINIMUM_SHARES = 1000n
/** Reserves are kept in 112 bits. */
const MOST = (1n << 112n) - 1n

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** ⌊√n⌋ */
function integer_root(n: bigint): bigint {
  if (n === 0n) return 0n
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1)
  for (;;) {
    const y = (x + n / x) >> 1n
    if (y >= x) return x
    x = y
  }
}

/** Units out for `amount` units in, against reserves of the two. */
export function amount_out(amount: bigint, reserve_in: bigint, reserve_out: bigint): bigint {
  const effective = amount * 997n
  return (effective * reserve_out) / (reserve_in * 1000n + effective)
}

/** The least input that buys `out`, which is less than the reserve; may be one unit above the least. */
export const amount_in = (out: bigint, reserve_in: bigint, reserve_out: bigint): bigint =>
  (reserve_in * out * 1000n) / ((reserve_out - out) * 997n) + 1n

/** Does a swap of `amount` in against `out` out keep the product, the fee on the input left out of it? */
export function keeps_product(amount: bigint, out: bigint, reserve_in: bigint, reserve_out: bigint): boolean {
  const adjusted = (reserve_in + amount) * 1000n - amount * 3n
  return adjusted * (reserve_out - out) >= reserve_in * reserve_out * 1000n
}

export interface Amounts {
  readonly amount0: bigint
  readonly amount1: bigint
}

/** A pair: reserves in smallest units of token 0 and token 1, and shares. */
export class ReferencePair {
  reserve0 = 0n
  reserve1 = 0n
  supply = 0n
  /** Shares of whom the protocol's part of the fee goes to. */
  protocol_shares = 0n
  /** Does the protocol take its sixth of the fee? */
  readonly protocol_fee: boolean
  /** Product of the reserves at the last deposit or withdrawal; 0 where nobody takes a fee. */
  private last = 0n

  constructor(protocol_fee: boolean) {
    this.protocol_fee = protocol_fee
  }

  private hold(reserve0: bigint, reserve1: bigint): void {
    if (reserve0 > MOST || reserve1 > MOST) throw new Revert('OVERFLOW')
    this.reserve0 = reserve0
    this.reserve1 = reserve1
  }

  /** Shares worth a sixth of the growth of √k since the last deposit or withdrawal: s · (√k₂ − √k₁) / (5 √k₂ + √k₁). */
  private protocol_due(): bigint {
    const [before, now] = [integer_root(this.last), integer_root(this.reserve0 * this.reserve1)]
    return this.protocol_fee && this.last !== 0n && now > before ? (this.supply * (now - before)) / (now * 5n + before) : 0n
  }

  private changed(due: bigint, shares: bigint, reserve0: bigint, reserve1: bigint): void {
    this.hold(reserve0, reserve1)
    this.protocol_shares += due
    this.supply += due + shares
    if (this.protocol_fee) this.last = reserve0 * reserve1
  }

  /** A deposit. Returns the shares it gets: by the scarcer of the two tokens, the first one by the geometric mean. */
  mint(amount0: bigint, amount1: bigint): bigint {
    const due = this.protocol_due()
    const supply = this.supply + due
    const first = supply === 0n
    const root = first ? integer_root(amount0 * amount1) : 0n
    if (first && root < MINIMUM_SHARES) throw new Revert('ds-math-sub-underflow')
    const shares = first ? root - MINIMUM_SHARES : least((amount0 * supply) / this.reserve0, (amount1 * supply) / this.reserve1)
    if (shares === 0n) throw new Revert('INSUFFICIENT_LIQUIDITY_MINTED')
    this.changed(due, first ? root : shares, this.reserve0 + amount0, this.reserve1 + amount1)
    return shares
  }

  /** A withdrawal of shares: their part of both reserves, rounded down. */
  burn(shares: bigint): Amounts {
    const due = this.protocol_due()
    const supply = this.supply + due
    const amount0 = (shares * this.reserve0) / supply
    const amount1 = (shares * this.reserve1) / supply
    if (amount0 === 0n || amount1 === 0n) throw new Revert('INSUFFICIENT_LIQUIDITY_BURNED')
    this.changed(due, -shares, this.reserve0 - amount0, this.reserve1 - amount1)
    return { amount0, amount1 }
  }

  /** A swap: what comes in and goes out of either token. Throws Revert if the product, the fee left out of it, would fall. */
  swap(in0: bigint, in1: bigint, out0: bigint, out1: bigint): void {
    if (out0 === 0n && out1 === 0n) throw new Revert('INSUFFICIENT_OUTPUT_AMOUNT')
    if (out0 >= this.reserve0 || out1 >= this.reserve1) throw new Revert('INSUFFICIENT_LIQUIDITY')
    if (in0 === 0n && in1 === 0n) throw new Revert('INSUFFICIENT_INPUT_AMOUNT')
    const [after0, after1] = [this.reserve0 + in0 - out0, this.reserve1 + in1 - out1]
    const product = (after0 * 1000n - in0 * 3n) * (after1 * 1000n - in1 * 3n)
    if (product < this.reserve0 * this.reserve1 * 1_000_000n) throw new Revert('K')
    this.hold(after0, after1)
  }
}
