/** Slot prices of venues along a move: log-linear between knots, which are laid as densely as the prices need. */
import { exp, log } from '../../math/index.ts'

/** Furthest size to either side: a factor of 10,000. */
export const LIMIT = log(10_000)

const FIRST = [-LIMIT, -0.7, -0.1, 0.1, 0.7, LIMIT]
/** Log error that counts as none. */
const SAME = 1e-9
/** Shortest stretch between knots: a kink is met to this. */
const SHORTEST = 1e-6
const MOST_KNOTS = 400
/** A price that is nothing. */
const LEAST = 1e-300

/** Slot prices of one venue along a move. */
export interface Track {
  /** Log change per size where it is the same everywhere, by slot; else NaN. */
  readonly exponents: Float64Array
  /** Price of each slot ÷ price now. */
  at(size: number, out: Float64Array): Float64Array
}

/** A track of which everything is known beforehand. */
export function exact_track(exponents: Float64Array): Track {
  return {
    exponents,
    at(size, out) {
      for (let slot = 0; slot < exponents.length; slot++) {
        const k = exponents[slot] as number
        out[slot] = k === 0 ? 1 : exp(k * size)
      }
      return out
    },
  }
}

interface Knot {
  readonly size: number
  /** ln(price ÷ price now) by venue and slot. */
  readonly logs: readonly Float64Array[]
}

export class Path {
  private readonly knots: Knot[] = []
  private readonly ratios: (size: number) => readonly Float64Array[]
  /** Log change per size where it is the same everywhere, by venue and slot; else NaN. */
  readonly exponents: readonly Float64Array[]

  /** @param ratios prices ÷ prices now at a size, by venue and slot */
  constructor(ratios: (size: number) => readonly Float64Array[]) {
    this.ratios = ratios
    const first = FIRST.map((size) => this.knot(size))
    const venues = (first[0] as Knot).logs
    const zero: Knot = { size: 0, logs: venues.map((logs) => new Float64Array(logs.length)) }
    const ends = [...first.slice(0, 3), zero, ...first.slice(3)]
    this.knots.push(ends[0] as Knot)
    for (let k = 1; k < ends.length; k++) this.lay(ends[k - 1] as Knot, ends[k] as Knot)
    this.exponents = venues.map((_, v) => this.exponents_of(v))
  }

  private knot(size: number): Knot {
    return { size, logs: this.ratios(size).map((ratios) => ratios.map((ratio) => log(Math.max(ratio, LEAST)))) }
  }

  /** Lays the knots after `from` up to `to`. */
  private lay(from: Knot, to: Knot): void {
    const middle = this.knot((from.size + to.size) / 2)
    if (to.size - from.size > SHORTEST && this.knots.length < MOST_KNOTS && !straight(from, middle, to)) {
      this.lay(from, middle)
      this.lay(middle, to)
    } else this.knots.push(to)
  }

  private exponents_of(v: number): Float64Array {
    const last = this.knots[this.knots.length - 1] as Knot
    return (last.logs[v] as Float64Array).map((value, slot) => {
      const raw = value / last.size
      const whole = Math.round(raw)
      const k = Math.abs(raw - whole) < 1e-12 ? whole + 0 : raw
      const off = this.knots.some(({ size, logs }) => Math.abs((logs[v]?.[slot] as number) - k * size) > SAME)
      return off ? Number.NaN : k
    })
  }

  track(v: number): Track {
    return { exponents: this.exponents[v] as Float64Array, at: (size, out) => this.at(v, size, out) }
  }

  /** Price of each slot of a venue ÷ price now. */
  private at(v: number, size: number, out: Float64Array): Float64Array {
    const { knots } = this
    let low = 0
    let high = knots.length - 1
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((knots[middle] as Knot).size <= size) low = middle
      else high = middle
    }
    const [a, b] = [knots[low] as Knot, knots[high] as Knot]
    const share = Math.min(1, Math.max(0, (size - a.size) / (b.size - a.size)))
    const [from, to] = [a.logs[v] as Float64Array, b.logs[v] as Float64Array]
    for (let slot = 0; slot < from.length; slot++) {
      const k = this.exponents[v]?.[slot] as number
      const value = k === k ? k * size : (from[slot] as number) * (1 - share) + (to[slot] as number) * share
      out[slot] = value === 0 ? 1 : exp(value)
    }
    return out
  }
}

function straight(from: Knot, middle: Knot, to: Knot): boolean {
  return middle.logs.every((logs, v) =>
    logs.every((value, slot) => {
      const [a, b] = [from.logs[v]?.[slot] as number, to.logs[v]?.[slot] as number]
      return Math.abs(value - (a + b) / 2) <= SAME
    }),
  )
}
