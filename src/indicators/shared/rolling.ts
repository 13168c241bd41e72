/** Statistics of the last n values, unknown ones left out; constant time a step. */
import { log } from '../../math/index.ts'

/** A span of a fixed number of steps. A step without a value (NaN) takes its place but counts for nothing. */
export class Rolling {
  /** Finite values in the span. */
  count = 0
  /** Steps since the start. */
  steps = 0
  readonly size: number
  private readonly ring: Float64Array
  private total = 0
  private squares = 0
  /** Values are kept about this one, so that squares do not cancel. */
  private shift = Number.NaN

  constructor(size: number) {
    this.size = size
    this.ring = new Float64Array(size).fill(Number.NaN)
  }

  push(value: number): void {
    const at = this.steps % this.size
    const old = this.ring[at] as number
    const known = Number.isFinite(value)
    if (known && Number.isNaN(this.shift)) this.shift = value
    if (!Number.isNaN(old)) this.add(old, -1)
    this.ring[at] = known ? value : Number.NaN
    if (known) this.add(value, 1)
    this.steps++
    // Added and taken away again, sums keep rounding errors: once a span they are made afresh.
    if (this.steps % this.size === 0) this.refresh()
  }

  private add(value: number, sign: 1 | -1): void {
    const gap = value - this.shift
    this.count += sign
    this.total += sign * gap
    this.squares += sign * gap * gap
  }

  private refresh(): void {
    this.count = 0
    this.total = 0
    this.squares = 0
    this.shift = this.last
    for (let back = 0; Number.isNaN(this.shift) && back < this.size; back++) this.shift = this.back(back)
    for (const value of this.ring) if (!Number.isNaN(value)) this.add(value, 1)
  }

  /** Value `steps` ago, 0 the last; NaN unknown. */
  back(steps: number): number {
    return steps < this.size && steps < this.steps ? (this.ring[(this.steps - 1 - steps) % this.size] as number) : Number.NaN
  }
  get last(): number {
    return this.back(0)
  }
  /** Value pushed just before the span began to hold others: the oldest in it. */
  get oldest(): number {
    return this.back(Math.min(this.size, this.steps) - 1)
  }

  get mean(): number {
    return this.count > 0 ? this.shift + this.total / this.count : Number.NaN
  }
  get sum(): number {
    return this.count > 0 ? this.mean * this.count : 0
  }
  /** Sample variance, n − 1. */
  get variance(): number {
    if (this.count < 2) return Number.NaN
    return Math.max(0, (this.squares - (this.total * this.total) / this.count) / (this.count - 1))
  }
  /** (last − mean) ÷ standard deviation; NaN where nothing varies. */
  get score(): number {
    const { variance, mean } = this
    return variance > 1e-24 * mean * mean ? (this.last - mean) / Math.sqrt(variance) : Number.NaN
  }
  get highest(): number {
    let most = Number.NaN
    for (const value of this.ring) if (!(value <= most) && !Number.isNaN(value)) most = value
    return most
  }
  get lowest(): number {
    let least = Number.NaN
    for (const value of this.ring) if (!(value >= least) && !Number.isNaN(value)) least = value
    return least
  }

  /** Finite values, oldest first. */
  values(): Float64Array {
    const out = new Float64Array(this.count)
    let n = 0
    for (let back = Math.min(this.size, this.steps) - 1; back >= 0; back--) {
      const value = this.back(back)
      if (!Number.isNaN(value)) out[n++] = value
    }
    return out.subarray(0, n)
  }

  /** The span has gone by and at least four fifths of it are known. */
  get full(): boolean {
    return this.steps >= this.size && this.count * 5 >= this.size * 4
  }
}

/** Highest of the last n values in constant time on average: a queue of those that may still become it. */
export class RollingHigh {
  private readonly at: number[] = []
  private readonly value: number[] = []
  private head = 0
  private steps = 0
  private readonly size: number

  constructor(size: number) {
    this.size = size
  }

  push(value: number): number {
    while (this.head < this.at.length && (this.at[this.head] as number) <= this.steps - this.size) this.head++
    if (Number.isFinite(value)) {
      while (this.at.length > this.head && (this.value[this.value.length - 1] as number) <= value) {
        this.at.pop()
        this.value.pop()
      }
      this.at.push(this.steps)
      this.value.push(value)
    }
    this.steps++
    if (this.head > 1024 && this.head * 2 > this.at.length) {
      this.at.splice(0, this.head)
      this.value.splice(0, this.head)
      this.head = 0
    }
    return this.head < this.at.length ? (this.value[this.head] as number) : Number.NaN
  }
}

/** Log return from one row to the next; NaN after a gap. */
export class Returns {
  private before = Number.NaN

  push(price: number): number {
    const move = price > 0 ? log(price / this.before) : Number.NaN
    this.before = price > 0 ? price : Number.NaN
    return move
  }
}

/** Does something once in so many steps, keeping its last result between; `phase` spreads the work of many over the steps. */
export class Every {
  private calls: number
  private value = Number.NaN
  private readonly steps: number

  constructor(steps: number, phase = 0) {
    this.steps = Math.max(1, steps)
    this.calls = this.steps - (phase % this.steps)
  }

  /** Calls `make` when it is time. */
  of(make: () => number): number {
    if (this.calls++ % this.steps === 0) this.value = make()
    return this.value
  }
}
