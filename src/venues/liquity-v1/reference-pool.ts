/**
 * The stability pool in the contract's integers: what is left of every deposit and what it gained, by one running product and
 * one running sum per scale and epoch, with the rounding of one offset fed into the next (liquity/dev StabilityPool).
 */
export const WAD = 1_000_000_000_000_000_000n
export const SCALE = 1_000_000_000n

export interface ReferenceDeposit {
  initial: bigint
  p: bigint
  s: bigint
  scale: bigint
  epoch: bigint
}

export class ReferencePool {
  total = 0n
  collateral = 0n
  p = WAD
  scale = 0n
  epoch = 0n
  collateral_error = 0n
  loss_error = 0n
  readonly deposits = new Map<string, ReferenceDeposit>()
  private readonly sums = new Map<string, bigint>()

  sum(epoch: bigint, scale: bigint): bigint {
    return this.sums.get(`${epoch}:${scale}`) ?? 0n
  }

  has(who: string): boolean {
    return (this.deposits.get(who)?.initial ?? 0n) > 0n
  }

  /** What is left of a deposit. */
  compounded(who: string): bigint {
    const d = this.deposits.get(who)
    if (d === undefined || d.initial === 0n || d.epoch < this.epoch) return 0n
    const apart = this.scale - d.scale
    if (apart > 1n) return 0n
    const left = (d.initial * this.p) / d.p / (apart === 1n ? SCALE : 1n)
    return left < d.initial / SCALE ? 0n : left
  }

  /** Collateral gained by a deposit. */
  gain(who: string): bigint {
    const d = this.deposits.get(who)
    if (d === undefined || d.initial === 0n) return 0n
    const here = this.sum(d.epoch, d.scale) - d.s
    const next = this.sum(d.epoch, d.scale + 1n) / SCALE
    return (d.initial * (here + next)) / d.p / WAD
  }

  /** Pays out the gain and changes the deposit by an amount, negative to withdraw; returns gain and what was moved. */
  change(who: string, amount: bigint): { gain: bigint; moved: bigint } {
    const gain = this.gain(who)
    const left = this.compounded(who)
    const moved = amount < -left ? -left : amount
    this.total += moved
    this.collateral -= gain
    const { p, scale, epoch } = this
    this.deposits.set(who, { initial: left + moved, p, s: this.sum(epoch, scale), scale, epoch })
    return { gain, moved }
  }

  /** Burns debt against the pool; depositors share the collateral. */
  offset(debt: bigint, collateral: bigint): void {
    if (this.total === 0n || debt === 0n) return
    const numerator = collateral * WAD + this.collateral_error
    const gain = numerator / this.total
    this.collateral_error = numerator - gain * this.total
    let loss = WAD
    if (debt === this.total) this.loss_error = 0n
    else {
      const lost = debt * WAD - this.loss_error
      loss = lost / this.total + 1n
      this.loss_error = loss * this.total - lost
    }
    const key = `${this.epoch}:${this.scale}`
    this.sums.set(key, (this.sums.get(key) ?? 0n) + gain * this.p)
    this.shrink(WAD - loss)
    this.total -= debt
    this.collateral += collateral
  }

  private shrink(factor: bigint): void {
    if (factor === 0n) {
      this.epoch++
      this.scale = 0n
      this.p = WAD
    } else if ((this.p * factor) / WAD < SCALE) {
      this.p = (this.p * factor * SCALE) / WAD
      this.scale++
    } else this.p = (this.p * factor) / WAD
  }
}
