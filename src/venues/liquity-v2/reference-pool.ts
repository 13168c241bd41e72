/** The stability pool in integers: one running product with 36 decimals, rescaled by 1e9, and sums of collateral and yield per scale (liquity/bold StabilityPool). */
export const WAD = 1_000_000_000_000_000_000n
const PRECISION = WAD * WAD
const SCALE = 1_000_000_000n
/** Scales after which nothing is left of a deposit, and scales after its own over which it gains. */
const MAX_APART = 8n
const SPAN = 2n

interface Deposit {
  initial: bigint
  p: bigint
  s: bigint
  b: bigint
  scale: bigint
}

export class ReferencePool {
  total = 0n
  p = PRECISION
  scale = 0n
  private readonly deposits = new Map<string, Deposit>()
  private readonly collateral = new Map<bigint, bigint>()
  private readonly yields = new Map<bigint, bigint>()

  compounded(who: string): bigint {
    const d = this.deposits.get(who)
    if (d === undefined || d.initial === 0n) return 0n
    const apart = this.scale - d.scale
    if (apart > MAX_APART) return 0n
    let left = (d.initial * this.p) / d.p
    for (let i = 0n; i < apart; i++) left /= SCALE
    return left
  }

  private gained(d: Deposit | undefined, sums: Map<bigint, bigint>, since: bigint): bigint {
    if (d === undefined || d.initial === 0n) return 0n
    let sum = (sums.get(d.scale) ?? 0n) - since
    let factor = 1n
    for (let i = 1n; i <= SPAN; i++) {
      factor *= SCALE
      sum += (sums.get(d.scale + i) ?? 0n) / factor
    }
    return (d.initial * sum) / d.p
  }

  gain(who: string): bigint {
    const d = this.deposits.get(who)
    return this.gained(d, this.collateral, d?.s ?? 0n)
  }

  yielded(who: string): bigint {
    const d = this.deposits.get(who)
    return this.gained(d, this.yields, d?.b ?? 0n)
  }

  /** Pays out what was gained and changes the deposit. */
  change(who: string, amount: bigint): void {
    const left = this.compounded(who)
    const { p, scale } = this
    this.deposits.set(who, {
      initial: left + amount,
      p,
      scale,
      s: this.collateral.get(scale) ?? 0n,
      b: this.yields.get(scale) ?? 0n,
    })
    this.total += amount
  }

  /** Interest for the depositors. */
  reward(amount: bigint): void {
    this.yields.set(this.scale, (this.yields.get(this.scale) ?? 0n) + (this.p * amount) / this.total)
  }

  /** Burns debt, less than there is in the pool; depositors share the collateral. */
  offset(debt: bigint, collateral: bigint): void {
    this.collateral.set(this.scale, (this.collateral.get(this.scale) ?? 0n) + (this.p * collateral) / this.total)
    let numerator = this.p * (this.total - debt)
    while (numerator / this.total < PRECISION / SCALE) {
      numerator *= SCALE
      this.scale++
    }
    this.p = numerator / this.total
    this.total -= debt
  }
}
