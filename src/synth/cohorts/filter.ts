/**
 * Who holds what, inferred: a particle filter over cohorts of entry bar × side × leverage bucket. Every particle is a whole possible book
 * with its own parameters; open interest decides how well it foretold what left. A row is read once, in order; nothing later is used.
 */
import { exp, log, Rng, tanh } from '../../math/index.ts'
import { assert, InputError } from '../../model/index.ts'
import { alive, BUCKETS, type CohortBar, log_cap, MIDDLES, type Shape, WIDTHS } from './law.ts'
import { AT, natural, PARAMETERS, type ParameterName } from './prior.ts'
import { spread_again, systematic } from './resample.ts'

export interface FilterOptions {
  readonly shape: Shape
  /** Length of a bar, days. */
  readonly step_days: number
  readonly seed: number
  /** Possible books kept. */
  readonly particles: number
  /** Maintenance margin rate, a ratio. */
  readonly rate: number
  /** Weight of each observation, 0 to 1: below 1 guards against what the model leaves out (Miller and Dunson, JASA 2019). */
  readonly trust: number
}
export const COHORT_FILTER: FilterOptions = { shape: 'linear', step_days: 1, seed: 1, particles: 300, rate: 0.005, trust: 0.4 }

/** Funding per 8 hours at which the lean of sides is at tanh 1. */
const FULL_FUNDING = 0.0003
/** Funding per 8 hours when nobody pays a premium: the interest part of Binance's and most formulas. */
const NEUTRAL_FUNDING = 0.0001
/** Student's degrees of freedom of changes of open interest. */
const FREEDOM = 4
/** Bars that the prior of the drift (0) counts. */
const DRIFT_BARS = 30
/** Memory and daily shock of the appetite for leverage, log. */
const APPETITE = 0.95
const APPETITE_SHOCK = 0.1

/** Part of a bar's openings that came late, and the parts of its range that the two cohorts have seen go against them: assumptions. */
const LATE = 1 / 3
const SEEN = 1 / 3
const SEEN_LATE = 1 / 8
/** Cells below this part of the open interest count as closed. */
const DUST = 1e-6
const CELLS = 2 * BUCKETS

/** Price range of a bar before and after which cohorts are compared. */
export interface Range {
  readonly high: number
  readonly low: number
}

export class CohortFilter {
  readonly options: FilterOptions
  /** Cohorts of openings: of each bar one that came in its course and one that came late. */
  births = 0
  close = Number.NaN
  open_interest = Number.NaN
  /** Per birth: entry price, and per side the logarithm of the highest leverage that still stands. */
  readonly entry: number[] = []
  readonly caps: readonly [number[], number[]] = [[], []]
  /** Adverse log moves so far, by side. */
  private readonly reach: readonly [number[], number[]] = [[], []]
  /** Per particle quantities, birth × side × bucket. */
  quantities: Float64Array[]
  /** Per particle the births of which it still holds anything, ascending, and how many: most old ones have closed. */
  private held: Int32Array[]
  private holds: Int32Array
  /** Sum 1. */
  readonly weights: Float64Array
  /** Standard normal parameters, particle × parameter. */
  private theta: Float64Array
  private appetite: Float64Array
  /** Sum of what growth was left over, and bars counted. */
  private drift: Float64Array
  private counted = 0
  private readonly rngs: Rng[]
  private readonly root: Rng
  private capacity: number
  private resampled = 0

  constructor(options: FilterOptions) {
    const { particles, step_days, rate, trust } = options
    if (!Number.isInteger(particles) || particles < 2 || particles > 5000)
      throw new InputError('cohorts', 'particles', particles, 'a whole number from 2 to 5000')
    if (!(step_days > 0)) throw new InputError('cohorts', 'step_days', step_days, 'days > 0')
    if (!(rate > 0 && rate < 0.01)) throw new InputError('cohorts', 'rate', rate, 'a ratio above 0 and below 0.01')
    if (!(trust >= 0 && trust <= 1)) throw new InputError('cohorts', 'trust', trust, 'from 0 to 1')
    this.options = options
    this.root = new Rng(options.seed, 0, 'cohorts')
    this.rngs = Array.from({ length: particles }, (_, i) => this.root.stream('particle', i))
    this.theta = new Float64Array(particles * PARAMETERS)
    for (let i = 0; i < particles; i++)
      for (let p = 0; p < PARAMETERS; p++) this.theta[i * PARAMETERS + p] = (this.rngs[i] as Rng).normal()
    this.appetite = new Float64Array(particles)
    this.drift = new Float64Array(particles)
    this.weights = new Float64Array(particles).fill(1 / particles)
    this.capacity = 64
    this.quantities = Array.from({ length: particles }, () => new Float64Array(this.capacity * CELLS))
    this.held = Array.from({ length: particles }, () => new Int32Array(this.capacity))
    this.holds = new Int32Array(particles)
  }

  get particles(): number {
    return this.options.particles
  }

  /** A particle's parameter in natural units. */
  parameter(i: number, name: ParameterName): number {
    return natural(AT[name], this.theta[i * PARAMETERS + AT[name]] as number)
  }

  /** Log survivor caps of every birth and side if the price went through this range. */
  caps_after(range: Range): readonly [Float64Array, Float64Array] {
    const { shape, rate } = this.options
    const cap = (side: 0 | 1) =>
      Float64Array.from(this.entry, (entry, b) => {
        const move = side === 0 ? log(entry / range.low) : log(range.high / entry)
        const old = this.caps[side][b] as number
        return move <= (this.reach[side][b] as number) ? old : log_cap(move, side, shape, rate)
      })
    return [cap(0), cap(1)]
  }

  /** Quantity that a particle's book loses by force when caps fall to these. */
  forced(i: number, after: readonly [Float64Array, Float64Array], side: 0 | 1): number {
    const q = this.quantities[i] as Float64Array
    const [before, next] = [this.caps[side], after[side]]
    let sum = 0
    for (let b = 0; b < this.births; b++) {
      const [from, to] = [before[b] as number, next[b] as number]
      if (to >= from) continue
      for (let k = BUCKETS - 1; k >= 0; k--) {
        const held = q[b * CELLS + side * BUCKETS + k] as number
        const stood = alive(k, from)
        if (held > 0 && stood > 0) sum += held * (1 - alive(k, to) / stood)
      }
    }
    return sum * (1 - this.parameter(i, 'adds'))
  }

  /** Change of the logarithm of open interest that a particle expects over a bar with this range. */
  growth(i: number, after: readonly [Float64Array, Float64Array]): number {
    const lost = (this.forced(i, after, 0) + this.forced(i, after, 1)) / this.open_interest
    return this.expected(i, lost)
  }

  private expected(i: number, lost: number): number {
    return (this.drift[i] as number) / (this.counted + DRIFT_BARS) - this.parameter(i, 'vanish') * lost
  }

  /** Reads a bar. @throws InputError for prices that are no bar, or open interest that is not positive */
  step(row: CohortBar): void {
    const { high, low, close } = row
    if (!(low > 0 && high >= low && close >= low && close <= high))
      throw new InputError('cohorts', 'bar', `${low} ${close} ${high}`, '0 < low ≤ close ≤ high')
    const known = !Number.isNaN(row.open_interest)
    if (known && !(row.open_interest > 0 && row.open_interest < Number.POSITIVE_INFINITY))
      throw new InputError('cohorts', 'open_interest', row.open_interest, 'a number > 0, or NaN')
    this.grow()
    if (this.births > 0) this.pass_time(row, known)
    if (known && Number.isNaN(this.open_interest)) this.rescale(row.open_interest)
    if (known) this.open_interest = row.open_interest
    this.close = close
    this.open_bar(row, this.open_interest)
  }

  private grow(): void {
    if (this.births + 2 <= this.capacity) return
    this.capacity *= 2
    this.quantities = this.quantities.map((old) => {
      const next = new Float64Array(this.capacity * CELLS)
      next.set(old)
      return next
    })
    this.held = this.held.map((old) => {
      const next = new Int32Array(this.capacity)
      next.set(old)
      return next
    })
  }

  /** Until open interest is known books are kept at 1; then they are brought to it. */
  private rescale(to: number): void {
    for (const q of this.quantities) for (let c = 0; c < this.births * CELLS; c++) q[c] = (q[c] as number) * to
  }

  /** Liquidations in the bar's range, the verdict of the open interest, closings. */
  private pass_time(row: CohortBar, known: boolean): void {
    const after = this.caps_after(row)
    // The same for every book.
    const moves = Float64Array.from(this.entry, (entry) => log(row.close / entry))
    const judged = known && !Number.isNaN(this.open_interest)
    const change = judged ? log(row.open_interest / this.open_interest) : 0
    const scores = new Float64Array(this.particles)
    for (let i = 0; i < this.particles; i++) {
      const lost = (this.liquidate(i, after, 0) + this.liquidate(i, after, 1)) / (judged ? this.open_interest : 1)
      if (judged) {
        const scale = this.parameter(i, 'noise') * Math.sqrt(this.options.step_days)
        const z = (change - this.expected(i, lost)) / scale
        scores[i] = this.options.trust * (-((FREEDOM + 1) / 2) * log(1 + (z * z) / FREEDOM) - log(scale))
        this.drift[i] = (this.drift[i] as number) + change + this.parameter(i, 'vanish') * lost
      }
      this.leave(i, moves)
    }
    for (const side of [0, 1] as const)
      for (let b = 0; b < this.births; b++) {
        const move = side === 0 ? log((this.entry[b] as number) / row.low) : log(row.high / (this.entry[b] as number))
        this.reach[side][b] = Math.max(this.reach[side][b] as number, move)
        this.caps[side][b] = after[side][b] as number
      }
    if (judged) {
      this.counted++
      this.judge(scores)
    }
  }

  /** Takes what crossed its level out of a book; what had margin added moves a bucket down. Returns what was liquidated. */
  private liquidate(i: number, after: readonly [Float64Array, Float64Array], side: 0 | 1): number {
    const q = this.quantities[i] as Float64Array
    const added = this.parameter(i, 'adds')
    const [before, next] = [this.caps[side], after[side]]
    let gone = 0
    const [rows, count] = [this.held[i] as Int32Array, this.holds[i] as number]
    for (let r = 0; r < count; r++) {
      const b = rows[r] as number
      const [from, to] = [before[b] as number, next[b] as number]
      if (to >= from) continue
      const at = b * CELLS + side * BUCKETS
      for (let k = 0; k < BUCKETS; k++) {
        const held = q[at + k] as number
        const stood = alive(k, from)
        if (!(held > 0) || stood <= 0) continue
        const stays = alive(k, to) / stood
        const crossed = held * (1 - stays)
        if (crossed <= 0) continue
        q[at + k] = held - crossed
        // Half the leverage: the bucket below that the new cap has not emptied, else the first.
        let down = k - 1
        while (down > 0 && alive(down, to) <= 0) down--
        const kept = down >= 0 && alive(down, to) > 0 ? added * crossed : 0
        if (kept > 0) q[at + down] = (q[at + down] as number) + kept
        gone += crossed - kept
      }
    }
    return gone
  }

  /**
   * Closings by choice: a hazard that rises with leverage, gains and losses.
   * @param moves log of the close ÷ the entry of each birth
   */
  private leave(i: number, moves: Float64Array): void {
    const q = this.quantities[i] as Float64Array
    const [takes, stops] = [this.parameter(i, 'takes'), this.parameter(i, 'stops')]
    const [turnover, haste] = [this.parameter(i, 'turnover') * this.options.step_days, this.parameter(i, 'haste')]
    const dust = DUST * (Number.isNaN(this.open_interest) ? 1 : this.open_interest)
    const half = exp(this.parameter(i, 'sides') / 2)
    const hazards = MIDDLES.map((leverage) => turnover * exp(haste * log(leverage / 5)))
    hazards[0] = (hazards[0] as number) * this.parameter(i, 'patience')
    const hazard_of = Float64Array.from({ length: CELLS }, (_, c) =>
      c < BUCKETS ? (hazards[c] as number) * half : (hazards[c - BUCKETS] as number) * (1 / half),
    )
    const rows = this.held[i] as Int32Array
    let kept = 0
    for (let r = 0; r < (this.holds[i] as number); r++) {
      const b = rows[r] as number
      const move = moves[b] as number
      let any = false
      for (let c = 0; c < CELLS; c++) {
        const held = q[b * CELLS + c] as number
        if (held === 0) continue
        if (held < dust) {
          q[b * CELLS + c] = 0
          continue
        }
        const gain = c < BUCKETS ? move * (MIDDLES[c] as number) : -move * (MIDDLES[c - BUCKETS] as number)
        const rise = gain > 0 ? takes * Math.min(2, gain) : stops * Math.min(1, -gain)
        q[b * CELLS + c] = held / (1 + (hazard_of[c] as number) * (1 + rise))
        any = true
      }
      if (any) rows[kept++] = b
    }
    this.holds[i] = kept
  }

  /** New positions, what is missing to the open interest, on both sides: most at the bar's typical price, the late ones at its close. */
  private open_bar(row: CohortBar, interest: number): void {
    const total = Number.isNaN(interest) ? 1 : interest
    const typical = (row.high + row.low + row.close) / 3
    const range = log(row.high / row.low)
    const b = this.births
    // Who came in the course of the bar has seen part of its range.
    this.bear(typical, row.close, range * SEEN)
    this.bear(row.close, row.close, range * SEEN_LATE)
    const lean = Number.isNaN(row.funding) ? 0 : tanh((row.funding - NEUTRAL_FUNDING) / FULL_FUNDING)
    const mix = new Float64Array(BUCKETS)
    for (let i = 0; i < this.particles; i++) {
      this.appetite[i] = APPETITE * (this.appetite[i] as number) + APPETITE_SHOCK * (this.rngs[i] as Rng).normal()
      const q = this.quantities[i] as Float64Array
      for (const side of [0, 1] as const) {
        const missing = this.missing(i, side, total)
        for (let late = 0; late < 2; late++) {
          this.mix(i, side, side === 0 ? lean : -lean, this.caps[side][b + late] as number, mix)
          const part = missing * (late === 1 ? LATE : 1 - LATE)
          for (let k = 0; k < BUCKETS; k++) q[(b + late) * CELLS + side * BUCKETS + k] = part * (mix[k] as number)
        }
      }
      const [rows, count] = [this.held[i] as Int32Array, this.holds[i] as number]
      rows[count] = b
      rows[count + 1] = b + 1
      this.holds[i] = count + 2
    }
    this.births += 2
  }

  private bear(entry: number, close: number, seen: number): void {
    const { shape, rate } = this.options
    this.entry.push(entry)
    for (const side of [0, 1] as const) {
      const moved = side === 0 ? log(entry / close) : log(close / entry)
      const reach = Math.max(moved, seen)
      this.reach[side].push(reach)
      this.caps[side].push(log_cap(reach, side, shape, rate))
    }
  }

  /** What a side of a book lacks to a total; a side that holds more is cut to it, all cohorts alike. */
  private missing(i: number, side: 0 | 1, total: number): number {
    const [q, rows, count] = [this.quantities[i] as Float64Array, this.held[i] as Int32Array, this.holds[i] as number]
    const first = (r: number) => (rows[r] as number) * CELLS + side * BUCKETS
    let held = 0
    for (let r = 0; r < count; r++) for (let c = first(r), k = 0; k < BUCKETS; k++, c++) held += q[c] as number
    if (held <= total) return total - held
    const keep = total / held
    for (let r = 0; r < count; r++) for (let c = first(r), k = 0; k < BUCKETS; k++, c++) q[c] = (q[c] as number) * keep
    return 0
  }

  /** Shares of new positions by bucket: a lump of passive ones, the rest log-normal, both uneven; none above the cap. */
  private mix(i: number, side: 0 | 1, lean: number, cap: number, out: Float64Array): void {
    const rng = this.rngs[i] as Rng
    const middle = log(this.parameter(i, 'leverage')) + (this.appetite[i] as number) + this.parameter(i, 'lean') * lean
    const spread = this.parameter(i, 'spread')
    const passive = this.parameter(i, 'passive')
    const odds = (passive / (1 - passive)) * exp(-this.parameter(i, 'carry') * lean)
    const lumps = this.parameter(i, 'lumps')
    let levered = 0
    for (let k = 1; k < BUCKETS; k++) {
      const z = (log(MIDDLES[k] as number) - middle) / spread
      out[k] = (WIDTHS[k] as number) * exp(-0.5 * z * z)
      levered += out[k] as number
    }
    out[0] = odds * levered
    let sum = 0
    for (let k = 0; k < BUCKETS; k++) {
      out[k] = (out[k] as number) * exp(lumps * rng.normal()) * alive(k, cap)
      sum += out[k] as number
    }
    assert(sum > 0, `cohorts: no openings on side ${side}`)
    for (let k = 0; k < BUCKETS; k++) out[k] = (out[k] as number) / sum
  }

  /** Weights by score; draws particles again when fewer than half count. */
  private judge(scores: Float64Array): void {
    let top = Number.NEGATIVE_INFINITY
    for (const score of scores) top = Math.max(top, score)
    let sum = 0
    for (let i = 0; i < scores.length; i++) {
      this.weights[i] = (this.weights[i] as number) * exp((scores[i] as number) - top)
      sum += this.weights[i] as number
    }
    let squares = 0
    for (let i = 0; i < scores.length; i++) {
      this.weights[i] = (this.weights[i] as number) / sum
      squares += (this.weights[i] as number) * (this.weights[i] as number)
    }
    if (1 / squares < this.particles / 2) this.resample()
  }

  private resample(): void {
    const rng = this.root.stream('resample', this.resampled++)
    const from = systematic(this.weights, rng.uniform())
    this.theta = spread_again(this.theta, this.weights, from, this.rngs)
    const taken = new Uint8Array(this.particles)
    const moved = Array.from(from, (k) => {
      const [q, held] = [this.quantities[k] as Float64Array, this.held[k] as Int32Array]
      // The first heir takes the book itself, the others a copy.
      const first = taken[k] === 0
      taken[k] = 1
      return first ? { q, held } : { q: q.slice(), held: held.slice() }
    })
    this.quantities = moved.map(({ q }) => q)
    this.held = moved.map(({ held }) => held)
    this.holds = Int32Array.from(from, (k) => this.holds[k] as number)
    this.appetite = Float64Array.from(from, (k) => this.appetite[k] as number)
    this.drift = Float64Array.from(from, (k) => this.drift[k] as number)
    this.weights.fill(1 / this.particles)
  }
}
