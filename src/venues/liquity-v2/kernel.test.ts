// The kernel beside the reference on random states: 1e-9 relative.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classGrowth, classOf, decayed, interestOf, portions, RATES, type Split, split, YEAR_MS } from './kernel.ts'
import { decPow, MINUTE_DECAY, split as exact, portions as exactPortions, WETH } from './reference.ts'
import { WAD } from './reference-pool.ts'

const TERMS = { pool_penalty: 0.05, redistribution_penalty: 0.1, cut: 0.005, cut_max: 2, min_pool: 1 }
const big = (x: number): bigint => BigInt(Math.round(x * 1e6)) * 10n ** 12n
const six = (x: number): number => Math.round(x * 1e6) / 1e6
const same = (got: number, want: bigint, scale: number, what: string) => {
  const expected = Number(want) / 1e18
  if (!(Math.abs(got - expected) <= 1e-9 * Math.max(expected, scale))) expect.fail(`${what}: ${got}, reference ${expected}`)
}

describe('kernel beside reference', () => {
  it('takes troves apart alike', () => {
    const out: Split = { offset: 0, gas: 0, to_pool: 0, debt_out: 0, coll_out: 0, surplus: 0 }
    let [mixed, capped, back] = [0, 0, 0]
    const state = fc.record({
      icr: fc.integer({ min: 500_000, max: 1_200_000 }).map((ppm) => ppm / 1e6),
      owed: fc.double({ min: 2000, max: 1e7, noNaN: true }),
      at_price: fc.double({ min: 10, max: 5000, noNaN: true }),
      share: fc.integer({ min: -200_000, max: 2_000_000 }).map((ppm) => Math.max(0, ppm) / 1e6),
    })
    fc.assert(
      fc.property(state, ({ icr, owed, at_price, share }) => {
        const [debt, price, pool] = [six(owed), six(at_price), six(owed * share)]
        const coll = six((debt * icr) / price)
        const want = exact(big(coll), big(debt), big(price), big(pool), WETH)
        split(coll, debt, price, pool, TERMS, out)
        for (const key of ['offset', 'debt_out'] as const) same(out[key], want[key], debt, key)
        for (const key of ['gas', 'to_pool', 'coll_out', 'surplus'] as const) same(out[key], want[key], coll, key)
        if (want.offset > 0n && want.debt_out > 0n) mixed++
        if (want.gas === 2n * WAD) capped++
        if (want.surplus > 0n) back++
      }),
      { numRuns: 3000 },
    )
    expect(Math.min(mixed, capped, back)).toBeGreaterThan(50)
  })

  it('interest is simple, and its slot grows at least as fast', () => {
    expect(interestOf(1000, 0.05, 2 * YEAR_MS)).toBeCloseTo(100, 12)
    expect([0.005, 0.0051, 0.05, 2.5].map(classOf)).toEqual([0, 1, 4, 9])
    fc.assert(
      fc.property(
        fc.double({ min: 0.005, max: 2.5, noNaN: true }),
        fc.integer({ min: 0, max: 3e10 }),
        fc.integer({ min: 0, max: 3e10 }),
        (rate, before, more) => {
          const k = classOf(rate)
          expect(RATES[k]).toBeGreaterThanOrEqual(rate)
          const debt = (elapsed: number) => 1 + interestOf(1, rate, elapsed)
          const growth = classGrowth(k, before + more) / classGrowth(k, before)
          expect(growth).toBeGreaterThanOrEqual((debt(before + more) / debt(before)) * (1 - 1e-12))
        },
      ),
    )
  })

  it('the base rate decays alike, and branches share alike', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (seconds) => {
        same(decayed(1, seconds * 1000), decPow(MINUTE_DECAY, BigInt(Math.floor(seconds / 60))), 1e-7, 'rate')
      }),
      { numRuns: 300 },
    )
    const branch = fc.record({
      debt: fc.integer({ min: 1, max: 1_000_000 }),
      pool: fc.integer({ min: 0, max: 1_000_000 }),
      open: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(branch, { minLength: 1, maxLength: 4 }), (list) => {
        const out = new Float64Array(list.length)
        portions(
          1000,
          Float64Array.from(list, ({ debt }) => debt),
          Float64Array.from(list, ({ pool }) => pool),
          Uint8Array.from(list, ({ open }) => (open ? 1 : 0)),
          out,
        )
        const want = exactPortions(
          big(1000),
          list.map(({ debt, pool, open }) => ({ debt: big(debt), pool: big(pool), open })),
        )
        want.forEach((share, b) => same(out[b] as number, share, 1000, `branch ${b}`))
      }),
      { numRuns: 300 },
    )
  })
})

describe('published numbers through the kernel, 1e-9', () => {
  it('B5: two troves of 2 WETH, one with the pool too small', () => {
    const out: Split = { offset: 0, gas: 0, to_pool: 0, debt_out: 0, coll_out: 0, surplus: 0 }
    const debt = 2000.191780821917808
    const close = (got: number, want: number) => expect(Math.abs(got / want - 1), `${got} for ${want}`).toBeLessThan(1e-9)
    split(2, debt, 1100, 10_000, TERMS, out)
    close(out.to_pool, 1.909273972602739726)
    close(out.surplus, 0.080726027397260274)
    split(2, debt, 1100, 1000, TERMS, out)
    close(out.to_pool, 0.95359090909090909)
    close(out.debt_out, 1001.191780821917808)
    close(out.coll_out, 1.001191780821917808)
    close(out.surplus, 0.040222789013851366)
  })
})
