import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RedemptionWorld } from '../../test/support/redemption-world.ts'
import * as kernel from './virtual-pool/kernel.ts'
import { replenish, swap_other, swap_stable } from './virtual-pool/reference.ts'
import { goldenRows } from './virtual-pool/reference-rows.ts'
import { virtualPool } from './virtual-pool.ts'

const INFINITY = Number.POSITIVE_INFINITY
const M = 1e6
const LUNA = 0
const UST = 1
const relative = (a: number, b: number) => Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-300)
const wad = (x: number) => BigInt(Math.round(x * 1e6)) * 10n ** 12n

/** LUNA against UST, with LUNA-USD at a price that a test can change. */
function open(fields: object = {}, luna_usd = 80) {
  const others = { 'LUNA-USD': { base: LUNA, quote_asset: 2, price: luna_usd } }
  const w = new RedemptionWorld(
    virtualPool as never,
    { base_pool: 50 * M, min_spread: 0, price: 'LUNA-USD', ...fields },
    { assets: ['LUNA', 'UST', 'USD'], others },
  )
  return Object.assign(w, { set: (price: number) => void (others['LUNA-USD'].price = price) })
}

describe('virtual-pool: reference and kernel', () => {
  it.each(goldenRows().map((row) => [row.id, row]))('%s', (_id, row) => {
    expect(row.pass, `${row.got} for ${row.expected}`).toBe(true)
  })

  const pools = fc.record({
    base_pool: fc.double({ min: 1e3, max: 1e8, noNaN: true }).map((x) => Math.round(x * 1e6) / 1e6),
    share: fc.double({ min: -0.9, max: 5, noNaN: true }),
    min_spread: fc.constantFrom(0, 0.005, 0.02, 0.3),
    offer: fc.double({ min: 1e-3, max: 2, noNaN: true }),
    rate: fc.double({ min: 1e-3, max: 200, noNaN: true }).map((x) => Math.round(x * 1e6) / 1e6),
  })

  it('say the same, to 1e-9: out and where the pools stand', () => {
    fc.assert(
      fc.property(pools, ({ base_pool, share, min_spread, offer, rate }) => {
        const delta = Math.round(base_pool * share * 1e6) / 1e6
        const exact = { base_pool: wad(base_pool), delta: wad(delta), min_spread: wad(min_spread) }
        const stable = base_pool + delta
        const x = Math.round(base_pool * offer * 1e6) / 1e6
        const bought = kernel.out_of(x, stable, base_pool, min_spread) / rate
        const of_stable = swap_stable(exact, wad(x), wad(rate))
        expect(relative(bought, Number(of_stable.out) / 1e18)).toBeLessThan(1e-9)
        expect(of_stable.delta).toBe(exact.delta + wad(x))
        const units = Math.round((x / rate) * 1e6) / 1e6
        fc.pre(units > 0)
        const sold = kernel.out_of(units * rate, (base_pool / stable) * base_pool, base_pool, min_spread)
        const of_other = swap_other(exact, wad(units), wad(rate))
        expect(relative(sold, Number(of_other.out) / 1e18)).toBeLessThan(1e-9)
        expect(of_other.delta).toBe(exact.delta - of_other.out)
      }),
      { numRuns: 300 },
    )
  })

  it('comes back as the blocks do', () => {
    for (const [period, blocks] of [
      [36, 36],
      [18, 100],
      [1, 1],
      [14_400, 600],
    ] as const) {
      let left = 10n ** 30n
      for (let i = 0; i < blocks; i++) left = replenish(left, BigInt(period))
      expect(Math.abs(kernel.kept(period, blocks) - Number(left) / 1e30)).toBeLessThan(1e-12)
    }
  })

  it('inverts itself, and knows what the last unit brings', () => {
    fc.assert(
      fc.property(pools, ({ base_pool, share, min_spread, offer }) => {
        const own = base_pool * (1 + share)
        const x = base_pool * offer
        const out = kernel.out_of(x, own, base_pool, min_spread)
        expect(relative(kernel.in_for(out, own, base_pool, min_spread), x)).toBeLessThan(1e-9)
        // What is within a limit: a little less brings at least as much for its last unit, a little more does not.
        const h = 1e-5
        const slope = (at: number) =>
          (kernel.out_of(at * (1 + h), own, base_pool, min_spread) - kernel.out_of(at, own, base_pool, min_spread)) / (at * h)
        const limit = slope(x)
        const most = kernel.in_within(limit * (1 - 1e-4), own, base_pool, min_spread)
        expect(most).toBeGreaterThanOrEqual(x * (1 - 1e-6))
        const least = kernel.in_within(limit * (1 + 1e-4), own, base_pool, min_spread)
        if (least > 0) expect(slope(least * (1 - 2 * h))).toBeGreaterThanOrEqual(limit * (1 - 1e-4))
      }),
      { numRuns: 300 },
    )
    expect(kernel.in_for(100, 50, 50, 0)).toBe(INFINITY)
  })
})

describe('virtual-pool: as a market', () => {
  it('turns a stablecoin into its worth of the other at the price of the oracle, whatever the stablecoin is worth', () => {
    const w = open()
    const fill = w.order('anna', 1, 10 * M, { exact: 'quote' })
    expect(fill.quote).toBe(-10 * M)
    expect(fill.base).toBeCloseTo(8_333_333.333 / 80, 2)
    expect(w.ledger.postings.minted.columns.amount.data[UST]).toBe(-10 * M)
    expect(w.ledger.postings.minted.columns.amount.data[LUNA]).toBe(fill.base)
    // The pools stand at 60 and 41.67: the other coin now costs (60/50)² as much.
    expect(w.market.mid()).toBeCloseTo(80 * 1.44, 9)
    expect(w.order('boris', 1, 10 * M, { exact: 'quote' }).base).toBeCloseTo(5_952_381 / 80, 1)
  })

  it('mints the stablecoin for the other', () => {
    const w = open()
    const fill = w.order('anna', -1, 125_000)
    // 10 M worth in: 8,333,333 out; the stable pool loses what went out.
    expect(fill.quote).toBeCloseTo(8_333_333.33, 1)
    expect(w.market.mid()).toBeCloseTo(80 * (41_666_666.67 / 50e6) ** 2, 6)
    expect(w.ledger.postings.minted.columns.amount.data[LUNA]).toBe(-125_000)
  })

  it('takes the least spread where the pools take less', () => {
    const w = open({ min_spread: 0.02 })
    expect(w.order('anna', 1, 100, { exact: 'quote' }).base).toBeCloseTo(0.98 * (100 / 80), 12)
  })

  it('recovers by the block, and the oracle votes', () => {
    const w = open({ vote_ms: 60_000 })
    w.order('anna', 1, 10 * M, { exact: 'quote' })
    w.set(40)
    w.pass(36 * 6000 - 180_000)
    // 6 blocks so far, no vote yet: 10 M · (35/36)^6.
    const six = 10 * (35 / 36) ** 6
    expect(w.market.mid()).toBeCloseTo(80 * ((50 + six) / 50) ** 2, 9)
    w.pass(180_000)
    expect(w.market.mid()).toBeCloseTo(40 * ((50 + 3.6271003) / 50) ** 2, 5)
  })

  it('mints more of the other for the same as its price falls: the spiral', () => {
    const w = open()
    const units: number[] = []
    for (const price of [80, 40, 20, 1, 0.01]) {
      w.set(price)
      w.pass(86_400_000)
      units.push(w.order('anna', 1, M, { exact: 'quote' }).base)
    }
    expect(units[0]).toBeCloseTo(980_392.157 / 80, 2)
    for (let i = 1; i < units.length; i++) expect(units[i] as number).toBeGreaterThan(1.9 * (units[i - 1] as number))
    expect(units[4]).toBeCloseTo(98_039_215.7, 0)
  })

  it('stops where the last unit is worth the limit', () => {
    for (const side of [1, -1] as const) {
      const limit = side > 0 ? 88 : 72
      const w = open({ min_spread: 0.005 })
      const whole = Math.abs(w.market.quote({ side, amount: INFINITY, exact: side > 0 ? 'quote' : 'base', limit, party: 1 }).base)
      const quote = (amount: number) => w.market.quote({ side, amount, exact: 'base', limit: 0, party: 1 })
      const [part, full] = [quote(whole * (1 - 1e-5)), quote(whole)]
      expect(whole).toBeGreaterThan(1000)
      expect(relative((part.quote - full.quote) / (full.base - part.base), limit)).toBeLessThan(1e-4)
      expect(w.order('anna', side, 1, { limit: 80 }).base).toBe(0)
    }
  })

  it('has the depth that brings the mid down by as much', () => {
    const w = open()
    w.order('anna', -1, w.market.depth(0.1))
    expect(relative(w.market.mid(), 72)).toBeLessThan(1e-12)
  })

  it('without end stands at rest at the anchor', () => {
    const w = open()
    w.order('anna', 1, 10 * M, { exact: 'quote' })
    expect(w.pass(INFINITY, 55)).toMatchObject({ mid_after: 55, decay: 0, base: 0, quote: 0 })
    expect(w.order('anna', 1, M, { exact: 'quote' }).base).toBeCloseTo(980_392.157 / 55, 2)
  })

  it('refuses what does not fit, naming the field', () => {
    expect(() => open({ base: 'UST' })).toThrow('quote is "UST"')
    expect(() => open({ price: 'nowhere' })).toThrow('price is "nowhere"')
    expect(() => open({ delta: -50 * M })).toThrow('delta')
    expect(() => open({ base: 'USD' })).toThrow('price is "LUNA-USD"')
    expect(() => open().market.make(1, 1, 0)).toThrow('no makers')
  })

  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        side: fc.constantFrom<1 | -1>(1, -1),
        amount: fc.double({ min: 0, max: 3e6, noNaN: true }),
        exact: fc.constantFrom<'base' | 'quote'>('base', 'quote'),
        limit: fc.oneof(fc.constant(0), fc.double({ min: 10, max: 400, noNaN: true })),
      }),
    },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 600_000 }) },
    { weight: 1, arbitrary: fc.constantFrom(INFINITY) },
  )
  it('keeps every law under random orders and times, and gives nobody money for going round', () => {
    const fields = fc.record({
      min_spread: fc.constantFrom(0, 0.005, 0.1),
      delta: fc.double({ min: -4e7, max: 1e8, noNaN: true }),
    })
    fc.assert(
      fc.property(
        fields,
        fc.array(step, { maxLength: 30 }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (own, steps, next) => {
          const w = open(own)
          const opening = w.store.hash()
          for (const one of steps) {
            if (typeof one === 'number') {
              w.set(next)
              w.pass(one, 30)
              continue
            }
            const { side, amount, exact, limit } = one
            const mark = w.store.journal.savepoint()
            const hash = w.store.hash()
            const fill = w.order('anna', side, amount, { exact, limit })
            expect(fill.base === 0).toBe(fill.quote === 0)
            expect(fill.base * side >= 0 && fill.quote * side <= 0).toBe(true)
            expect(Math.abs(exact === 'base' ? fill.base : fill.quote)).toBeLessThanOrEqual(amount * (1 + 1e-12))
            const back = w.order('anna', side > 0 ? -1 : 1, Math.abs(fill.base))
            if (relative(back.base, -fill.base) < 1e-12) expect(fill.quote + back.quote).toBeLessThanOrEqual(1e-5)
            w.store.journal.rollback(mark)
            expect(w.store.hash()).toBe(hash)
            w.ledger.postings.settle()
            w.order('anna', side, amount, { exact, limit })
          }
          w.store.reset()
          expect(w.store.hash()).toBe(opening)
        },
      ),
      { numRuns: 150 },
    )
  })
})
