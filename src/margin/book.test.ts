// The book must equal the naive sweep on accounts of every shape, whatever happens to them and to prices. Quantities, prices and
// rates are dyadic, so that healths land exactly on levels, and notionals exactly on tier floors, all the time.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type F64, Store } from '../model/store.ts'
import {
  type Accounts,
  type Bound,
  bound_between,
  bound_cross,
  type Legs,
  MarginBook,
  maintenance,
  marginal_tiers,
} from './index.ts'
import { RowList, slab_tiers, sweep, type Thresholds, type Tiers, thresholds } from './index.ts'

const SLOTS = 9
const KINDS = 9
const MARGINAL = marginal_tiers([0, 8, 20, 64], [0.125, 0.25, 0.5, 1])
const SLAB = slab_tiers([0, 8, 20, 64], [0.125, 0.25, 0.5, 1])
const WEIGHT = [1, 0.75, 0.5, 1, 0.875, 0.75, 1, 0.5, 1]

/** A venue with accounts of every shape. `kind` and one signed quantity per slot, and cash; all in the store. */
class Mixed implements Accounts {
  readonly strict: boolean
  readonly book: MarginBook
  readonly kind: F64
  readonly cash: F64
  /** Something that is not a price: the healths of watched accounts depend on it. */
  readonly phase: F64
  readonly quantity: F64[]
  private readonly table
  private readonly legs: Legs = { count: 0, notional: new Float64Array(SLOTS), slot: new Int32Array(SLOTS), tiers: [] }
  private readonly near: Thresholds = { below: 0, above: 0 }

  constructor(store: Store, rows: number, strict: boolean) {
    this.strict = strict
    const columns: Record<string, 'f64'> = { kind: 'f64', cash: 'f64' }
    for (let s = 0; s < SLOTS; s++) columns[`q${s}`] = 'f64'
    this.table = store.table('mixed.rows', columns, rows)
    this.kind = this.table.columns.kind as F64
    this.cash = this.table.columns.cash as F64
    this.quantity = Array.from({ length: SLOTS }, (_, s) => this.table.columns[`q${s}`] as F64)
    this.phase = store.table('mixed.phase', { phase: 'f64' }, 1).columns.phase
    this.book = new MarginBook(store, 'mixed.margin', SLOTS, rows, this)
  }

  get rows(): number {
    return this.table.length
  }

  push(): number {
    const row = this.table.push()
    assert.equal(this.book.add(), row)
    return row
  }

  private q(row: number, slot: number): number {
    return (this.quantity[slot] as F64).data[row] as number
  }

  /** A ÷ L with assets weighted; the second law of a minimum values even slots only, debts by half. */
  private ratio(row: number, prices: Float64Array, second: boolean): number {
    const { assets, debts } = this.sides(row, prices, second)
    return debts === 0 ? Infinity : assets / debts
  }

  private sides(row: number, prices: Float64Array, second: boolean): { assets: number; debts: number } {
    const cash = this.cash.data[row] as number
    let assets = Math.max(0, cash)
    let debts = Math.max(0, -cash)
    for (let s = 0; s < SLOTS; s++) {
      const value = this.q(row, s) * (prices[s] as number)
      if (this.q(row, s) > 0) assets += second && (s & 1) === 1 ? 0 : value * (WEIGHT[s] as number)
      else debts -= value
    }
    return { assets, debts: second ? debts / 2 : debts }
  }

  private margin(row: number, prices: Float64Array, tiers: Tiers): number {
    let equity = this.cash.data[row] as number
    let margin = 0
    for (let s = 0; s < SLOTS; s++) {
      if (this.q(row, s) === 0) continue
      const notional = this.q(row, s) * (prices[s] as number)
      equity += notional
      margin += maintenance(tiers, Math.abs(notional))
    }
    return margin === 0 ? (equity >= 0 ? Infinity : 0) : equity / margin
  }

  private first(row: number): number {
    let slot = 0
    while (slot < SLOTS - 1 && this.q(row, slot) === 0) slot++
    return slot
  }

  private curved(row: number, prices: Float64Array): number {
    const a = this.first(row)
    const p = prices[a] as number
    const r = prices[(a + 1) % SLOTS] as number
    const inside = p >= 0.5 && p <= 4
    return ((0.5 + Math.abs(this.cash.data[row] as number) / 8) * p * p) / r / (inside ? 1 : 2)
  }

  health(row: number, prices: Float64Array): number {
    const kind = this.kind.data[row] as number
    if (kind === 0) return this.ratio(row, prices, false)
    if (kind === 1) return this.margin(row, prices, MARGINAL)
    if (kind === 2) return this.margin(row, prices, SLAB)
    if (kind === 3 || kind === 4) return this.isolated(row, prices, kind === 3 ? MARGINAL : SLAB)
    if (kind === 5) return Math.min(this.ratio(row, prices, false), this.ratio(row, prices, true))
    if (kind === 6) return this.curved(row, prices)
    if (kind === 7) return this.ratio(row, prices, false) * (1 - (this.phase.data[0] as number) / 8)
    return Infinity
  }

  private isolated(row: number, prices: Float64Array, tiers: Tiers): number {
    const slot = this.first(row)
    const notional = this.q(row, slot) * (prices[slot] as number)
    const margin = maintenance(tiers, Math.abs(notional))
    const equity = (this.cash.data[row] as number) + notional
    return margin === 0 ? (equity >= 0 ? Infinity : 0) : equity / margin
  }

  bound(row: number, prices: Float64Array, level: number, out: Bound): void {
    const kind = this.kind.data[row] as number
    if (kind === 0) this.bound_law(kind, row, prices, level, out)
    else if (kind === 1 || kind === 2) this.bound_margin(row, prices, level, kind === 1 ? MARGINAL : SLAB, out)
    else if (kind === 3 || kind === 4) this.bound_isolated(row, prices, level, kind === 3 ? MARGINAL : SLAB, out)
    else if (kind === 5) {
      this.bound_law(kind, row, prices, level, out)
      out.law(this.ratio(row, prices, true) / level)
    } else if (kind === 6) {
      const a = this.first(row)
      const p = prices[a] as number
      out.hold(a)
      out.hold((a + 1) % SLOTS)
      if (p >= 0.5 && p <= 4) out.elastic(this.curved(row, prices) / level, 3, Math.min(p / 0.5, 4 / p))
      else out.watch()
    } else if (kind === 8) out.none()
  }

  private bound_law(kind: number, row: number, prices: Float64Array, level: number, out: Bound): void {
    const cash = this.cash.data[row] as number
    const { assets, debts } = this.sides(row, prices, false)
    for (let s = SLOTS - 1; s >= 0; s--) {
      const value = this.q(row, s) * (prices[s] as number)
      if (this.q(row, s) > 0) out.hold(s, kind === 0 ? (value * (WEIGHT[s] as number)) / assets : 0)
      else if (this.q(row, s) < 0) out.owe(s, kind === 0 ? -value / debts : 0)
    }
    // a side that is cash alone needs no slot: without any it stands still
    if (cash > 0 && out.collateral_count > 0) out.hold(this.book.cash)
    else if (cash < 0 && out.liability_count > 0) out.owe(this.book.cash, kind === 0 ? -cash / debts : 0)
    out.law(this.ratio(row, prices, false) / level)
  }

  private bound_margin(row: number, prices: Float64Array, level: number, tiers: Tiers, out: Bound): void {
    const { legs } = this
    legs.count = 0
    for (let s = 0; s < SLOTS; s++) {
      if (this.q(row, s) === 0) continue
      legs.notional[legs.count] = this.q(row, s) * (prices[s] as number)
      legs.slot[legs.count] = s
      legs.tiers[legs.count++] = tiers
    }
    bound_cross(0, 0, this.cash.data[row] as number, legs, level, this.book.cash, out)
  }

  private bound_isolated(row: number, prices: Float64Array, level: number, tiers: Tiers, out: Bound): void {
    const slot = this.first(row)
    const q = this.q(row, slot)
    // nothing open: only cash
    if (q === 0) return out.watch()
    thresholds(Math.sign(q), Math.abs(q), 0, this.cash.data[row] as number, tiers, level, prices[slot] as number, this.near)
    bound_between(slot, this.book.cash, prices[slot] as number, this.near, out)
  }
}

/** Numerical Recipes' generator, enough to draw books. */
function generator(seed: number): () => number {
  let s = seed >>> 0
  return () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0
    return s / 4294967296
  }
}

/** Draws an account: of one or two slots from `start` on, a few of all slots. Few starts: groups of their own; many: wide groups. None: plain laws on two slots, enough for groups by share. */
function draw(venue: Mixed, row: number, u: () => number, starts: number): void {
  const kind = starts === 0 ? 0 : Math.floor(u() * KINDS)
  venue.kind.set(row, kind)
  for (const column of venue.quantity) column.set(row, 0)
  const many = starts > 0 && u() < 0.05
  const mixed = !many || u() < 0.5
  const count = many ? SLOTS : starts === 0 ? 2 : 1 + Math.floor(u() * 2)
  const start = many || starts === 0 ? 0 : Math.floor(u() * starts)
  for (let i = 0; i < count; i++) {
    const q = 1 + Math.floor(u() * (starts === 0 ? 40 : 8))
    const short = mixed && (kind === 3 || kind === 4 || i > 0) && u() < 0.5
    ;(venue.quantity[start + i] as F64).set(row, short ? -q : q)
  }
  venue.cash.set(row, Math.floor(u() * 24) - 12)
}

const FACTORS = [1, 0.5, 2, 1.125, 0.875, 0.75, 1.25, 1 - 2 ** -10, 1 + 2 ** -10]
const LEVELS = [1, 1.125, 1.25, 2]
const ODD = [Number.NaN, 0, -1, Infinity, 2 ** -20, 2 ** 20]

type Step =
  | { do: 'move'; slot: number; factor: number }
  | { do: 'crash'; factor: number }
  | { do: 'back' | 'phase' | 'accrue' | 'reset' | 'open' | 'undo' | 'keep' | 'scan'; slot: number }
  | { do: 'odd'; slot: number; price: number }
  | { do: 'change' | 'level' | 'close' | 'add' | 'drift'; row: number; seed: number }

const slot = fc.nat(SLOTS - 1)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('move' as const), slot, factor: fc.constantFrom(...FACTORS) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('crash' as const), factor: fc.constantFrom(...FACTORS) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('scan' as const), slot }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('back' as const, 'phase' as const, 'accrue' as const, 'open' as const, 'undo' as const),
      slot,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('reset' as const, 'keep' as const), slot }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('odd' as const), slot, price: fc.constantFrom(...ODD) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('change' as const, 'level' as const, 'close' as const, 'add' as const),
      row: fc.nat(),
      seed: fc.nat(),
    }),
  },
)

/** One book and a path through it; every scan, inside bundles and out, must equal the sweep. Returns rows reported in all. */
class Path {
  readonly store = new Store()
  readonly venue: Mixed
  reported = 0
  private readonly got = new RowList(1)
  private readonly want = new RowList(1)
  private readonly marks: (readonly [number, number])[] = []

  private readonly starts: number

  constructor(seed: number, rows: number, strict: boolean, starts: number) {
    this.starts = starts
    this.venue = new Mixed(this.store, rows, strict)
    const u = generator(seed)
    for (let row = 0; row < rows; row++) draw(this.venue, row, u, starts)
    for (let row = 0; row < rows; row += 7) this.venue.book.set_level(row, LEVELS[row % LEVELS.length] as number)
    this.store.seal()
  }

  compare(): void {
    const { venue, got, want } = this
    const n = venue.book.scan(got)
    sweep(venue, venue.book.prices.data, venue.book.level.data, venue.rows, want)
    assert.equal(got.length, n)
    assert.deepEqual(got.data.subarray(0, n), want.data.subarray(0, want.length))
    this.reported += n
  }

  take(step: Step): void {
    const { venue, store } = this
    const { book } = venue
    if (step.do === 'move') book.prices.set(step.slot, (book.prices.data[step.slot] as number) * step.factor)
    else if (step.do === 'crash')
      for (let s = 0; s < SLOTS; s++) book.prices.set(s, (book.prices.data[s] as number) * step.factor)
    else if (step.do === 'odd') book.prices.set(step.slot, step.price)
    else if (step.do === 'back') for (let s = 0; s < SLOTS; s++) book.prices.set(s, 1)
    else if (step.do === 'phase') venue.phase.set(0, 1 - (venue.phase.data[0] as number))
    else if (step.do === 'scan') this.compare()
    else if (step.do === 'open') this.marks.push(store.journal.savepoint())
    else if (step.do === 'undo' && this.marks.length > 0) store.journal.rollback(this.marks.pop() as readonly [number, number])
    else if (step.do === 'keep' && this.marks.length > 0) store.journal.commit(this.marks.pop() as readonly [number, number])
    else if (step.do === 'reset' && this.marks.length === 0) store.reset()
    else if (step.do === 'accrue') this.accrue()
    else if ('row' in step) this.alter(step.do, step.row % Math.max(1, venue.rows), step.seed)
  }

  /** Prices stay where sums keep their small parts: what a float cannot hold, no bound can know. */
  private move(slot: number, factor: number): void {
    const { prices } = this.venue.book
    const price = (prices.data[slot] as number) * factor
    if (!(price > 2 ** 20 || price < 2 ** -20)) prices.set(slot, price)
  }

  /** Thirty ticks of small moves with a scan after each; now and then an account changes, closes or comes. */
  private drift(seed: number): void {
    const { venue } = this
    const u = generator(seed)
    const trend = Array.from({ length: SLOTS }, () => u() - 0.5)
    const common = 0.015 * (u() - 0.5)
    const apart = this.starts === 0 ? 0.1 : 0
    for (let tick = 0; tick < 30; tick++) {
      for (let s = 0; s < SLOTS; s++) this.move(s, 1 + 0.03 * (u() - 0.5) + common + apart * (trend[s] as number))
      const what = u()
      if (what < 0.6)
        this.alter(what < 0.4 ? 'change' : what < 0.5 ? 'add' : 'close', Math.floor(u() * venue.rows), Math.floor(u() * 1e6))
      this.compare()
    }
  }

  private accrue(): void {
    const { venue } = this
    for (let row = 0; row < venue.rows; row++) if ((venue.cash.data[row] as number) < 0) venue.cash.add(row, -0.125)
    venue.book.touch_all()
  }

  private alter(what: string, row: number, seed: number): void {
    const { venue } = this
    const u = generator(seed)
    if (what === 'drift') return this.drift(seed)
    if (what === 'add' || venue.rows === 0) return draw(venue, venue.push(), u, this.starts)
    if (what === 'level') return venue.book.set_level(row, LEVELS[seed % LEVELS.length] as number)
    if (what === 'close') {
      venue.kind.set(row, KINDS - 1)
      return (seed & 1) === 0 ? venue.book.remove(row) : venue.book.touch(row)
    }
    if ((seed & 3) === 0) draw(venue, row, u, this.starts)
    else venue.cash.add(row, seed % 2 === 0 ? 0.5 : -0.5)
    venue.book.touch(row)
    if ((seed & 1) === 0) venue.book.touch(row)
  }

  finish(): void {
    this.compare()
    while (this.marks.length > 0) this.store.journal.rollback(this.marks.pop() as readonly [number, number])
    this.compare()
    this.store.reset()
    this.compare()
  }
}

/** What the paths of a run look like. */
interface Regime {
  cases: number
  rows: number
  steps: number
  starts: number
  drifts: boolean
  seed: number
}

const drift = fc.record({ do: fc.constant('drift' as const), row: fc.nat(), seed: fc.nat() })

/** Runs random books and paths; returns how many rows were reported in all. */
export function fuzz({ cases, rows: most_rows, steps: most_steps, starts, drifts, seed }: Regime): number {
  let reported = 0
  const one = drifts ? fc.oneof({ weight: 3, arbitrary: drift }, { weight: 2, arbitrary: step }) : step
  const book = fc.record({
    seed: fc.nat(),
    rows: fc.integer({ min: Math.floor(most_rows / 50), max: most_rows }),
    strict: fc.boolean(),
    steps: fc.array(one, { maxLength: most_steps, size: 'max' }),
  })
  fc.assert(
    fc.property(book, ({ seed: own, rows, strict, steps }) => {
      const path = new Path(own, rows, strict, starts)
      for (const one of steps) path.take(one)
      path.finish()
      reported += path.reported
    }),
    { numRuns: cases, seed },
  )
  return reported
}

describe('margin book', () => {
  it('equals the sweep on small books of every shape', () => {
    expect(fuzz({ cases: 8000, rows: 40, steps: 60, starts: 4, drifts: false, seed: 1 })).toBeGreaterThan(100_000)
  })

  it('equals the sweep where healths meet levels exactly, in groups of their own', () => {
    expect(fuzz({ cases: 1000, rows: 500, steps: 60, starts: 1, drifts: false, seed: 2 })).toBeGreaterThan(100_000)
  })

  it('equals the sweep over long paths of small moves: generations, merges, compaction, wide groups that grow', () => {
    expect(fuzz({ cases: 60, rows: 1000, steps: 12, starts: 8, drifts: true, seed: 3 })).toBeGreaterThan(100_000)
    expect(fuzz({ cases: 60, rows: 1000, steps: 12, starts: 1, drifts: true, seed: 4 })).toBeGreaterThan(100_000)
  })

  it('equals the sweep in groups by share, whose shares change as prices part', () => {
    expect(fuzz({ cases: 60, rows: 8000, steps: 10, starts: 0, drifts: true, seed: 5 })).toBeGreaterThan(100_000)
  })
})
