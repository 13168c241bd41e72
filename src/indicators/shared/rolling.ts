/** Sums over the last n values, unknown ones left out. */

/** A window of a fixed number of steps. A step without a value (NaN) takes its place but counts for nothing. */
export class Rolling {
  /** Finite values in the window. */
  count = 0
  /** Steps since the start. */
  steps = 0
  readonly size: number
  private readonly ring: Float64Array
  private running = 0

  constructor(size: number) {
    this.size = size
    this.ring = new Float64Array(size).fill(Number.NaN)
  }

  push(value: number): void {
    const at = this.steps % this.size
    const old = this.ring[at] as number
    if (Number.isFinite(old)) {
      this.running -= old
      this.count--
    }
    const known = Number.isFinite(value)
    this.ring[at] = known ? value : Number.NaN
    if (known) {
      this.running += value
      this.count++
    }
    this.steps++
    // Added and taken away again, a sum keeps rounding errors: once a window it is summed afresh.
    if (this.steps % this.size === 0) this.running = this.fresh()
  }

  private fresh(): number {
    let sum = 0
    for (const value of this.ring) if (!Number.isNaN(value)) sum += value
    return sum
  }

  get sum(): number {
    return this.count === 0 ? 0 : this.running
  }

  /** A window has gone by and at least four fifths of it are known. */
  get full(): boolean {
    return this.steps > this.size && this.count * 5 >= this.size * 4
  }
}
