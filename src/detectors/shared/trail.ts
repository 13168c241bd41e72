/** The last n values with their mean, unknown ones left out. */

export class Trail {
  count = 0
  private steps = 0
  private readonly ring: Float64Array
  private total = 0

  constructor(size: number) {
    this.ring = new Float64Array(size).fill(Number.NaN)
  }

  push(value: number): void {
    const at = this.steps % this.ring.length
    const old = this.ring[at] as number
    if (!Number.isNaN(old)) {
      this.total -= old
      this.count--
    }
    this.ring[at] = Number.isFinite(value) ? value : Number.NaN
    if (Number.isFinite(value)) {
      this.total += value
      this.count++
    }
    // Rounding errors of what was added and taken away are forgotten once around.
    if (++this.steps % this.ring.length === 0) this.total = this.ring.reduce((sum, one) => sum + (Number.isNaN(one) ? 0 : one), 0)
  }

  /** Value so many steps ago, 0 the last; NaN unknown. */
  back(steps: number): number {
    return steps < this.ring.length && steps < this.steps
      ? (this.ring[(this.steps - 1 - steps) % this.ring.length] as number)
      : Number.NaN
  }

  get mean(): number {
    return this.count > 0 ? this.total / this.count : Number.NaN
  }

  /** Mean of the last few. */
  recent(steps: number): number {
    let [sum, known] = [0, 0]
    for (let back = 0; back < steps; back++) {
      const value = this.back(back)
      if (Number.isNaN(value)) continue
      sum += value
      known++
    }
    return known > 0 ? sum / known : Number.NaN
  }
}
