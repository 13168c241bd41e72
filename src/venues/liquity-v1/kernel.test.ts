// The kernel beside the reference on random states: 1e-9 relative, decisions equal except within 1e-9 of a threshold.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compounded, decayed, gained, SEGMENT, type Split, split, troveHealth } from './kernel.ts'
import { CCR, MCR, ReferenceLiquity, split as exact } from './reference.ts'
import { ReferencePool, WAD } from './reference-pool.ts'

const TERMS = { mcr: 1.1, ccr: 1.5, cut: 0.005 }
const big = (x: number): bigint => BigInt(Math.round(x * 1e6)) * 10n ** 12n
const six = (x: number): number => Math.round(x * 1e6) / 1e6
const same = (got: number, want: bigint, scale: number, what: string, tolerance = 1e-9) => {
  const expected = Number(want) / 1e18
  if (!(Math.abs(got - expected) <= tolerance * Math.max(Math.abs(expected), scale)))
    expect.fail(`${what}: ${got}, reference ${expected}`)
}

describe('kernel beside reference', () => {
  it('takes troves apart alike', () => {
    const out: Split = { gas: 0, offset: 0, to_pool: 0, debt_out: 0, coll_out: 0, surplus: 0 }
    const seen = new Map<string, number>()
    let close = 0
    fc.assert(
      fc.property(
        fc.integer({ min: 900_000, max: 1_600_000 }).map((ppm) => ppm / 1e6),
        fc.double({ min: 2000, max: 1e6, noNaN: true }),
        fc.double({ min: 100, max: 5000, noNaN: true }),
        fc.double({ min: 1, max: 2, noNaN: true }),
        fc.integer({ min: 0, max: 1_500_000 }).map((ppm) => ppm / 1e6),
        (icr, owed, at_price, total, share) => {
          const [debt, price, tcr, pool] = [six(owed), six(at_price), six(total), six(owed * share)]
          const coll = six((debt * icr) / price)
          const want = exact(big(coll), big(debt), big(price), big(tcr), big(pool))
          const status = split(coll, debt, price, tcr, pool, TERMS, out)
          seen.set(status, (seen.get(status) ?? 0) + 1)
          const ratio = (coll * price) / debt
          const near = [1, 1.1, tcr].some((edge) => Math.abs(ratio / edge - 1) < 1e-9)
          if ((want !== undefined) !== (status === 'applied')) {
            if (!near) expect.fail(`${status} at ${ratio}`)
            close++
            return
          }
          if (want === undefined || near) return
          same(out.gas, want.gas, coll * 0.01, 'gas')
          same(out.offset, want.offset, debt, 'offset')
          same(out.to_pool, want.to_pool, coll, 'to pool')
          same(out.debt_out, want.debt_out, debt, 'debt out')
          same(out.coll_out, want.coll_out, coll, 'coll out')
          same(out.surplus, want.surplus, coll, 'surplus')
        },
      ),
      { numRuns: 3000 },
    )
    expect(close).toBeLessThan(5)
    expect([...seen.keys()].sort()).toEqual(['applied', 'healthy', 'limit'])
  })

  it('health is below 1 exactly when the reference takes it apart', () => {
    const state = fc.record({
      icr: fc.double({ min: 0.9, max: 1.7, noNaN: true }),
      tcr: fc.double({ min: 1, max: 1.8, noNaN: true }),
      share: fc.integer({ min: 0, max: 2_000_000 }).map((ppm) => ppm / 1e6),
    })
    fc.assert(
      fc.property(state, ({ icr, tcr, share }) => {
        const [debt, price, total] = [5000, 100, 1e6]
        const coll = six((debt * icr) / price)
        const all = six((total * tcr) / price)
        const [pool, ratio, system] = [six(debt * share), (coll * price) / debt, (all * price) / total]
        if ([1.1, system].some((edge) => Math.abs(ratio / edge - 1) < 1e-9) || Math.abs(system / 1.5 - 1) < 1e-9) return
        const goes = exact(big(coll), big(debt), big(price), (big(all) * big(price)) / big(total), big(pool)) !== undefined
        expect(troveHealth(coll, debt, price, all, total, pool, 1.1, 1.5) < 1).toBe(goes)
      }),
      { numRuns: 2000 },
    )
    expect([MCR, CCR]).toEqual([big(1.1), big(1.5)])
    expect(troveHealth(1, 0, 1, 1, 1, 1, 1.1, 1.5)).toBe(Number.POSITIVE_INFINITY)
  })

  it('the pool’s product and sum give every deposit what the reference gives it', () => {
    const step = fc.record({
      who: fc.integer({ min: 0, max: 3 }),
      put: fc.double({ min: 1, max: 1e6, noNaN: true }),
      burn: fc.oneof(
        fc.integer({ min: 1, max: 900 }).map((permille) => permille / 1000),
        fc.constant(1),
        fc.double({ min: 0.99999, max: 0.9999999, noNaN: true }),
      ),
    })
    let [emptied, rescaled] = [0, 0]
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 12 }), (steps) => {
        const pool = new ReferencePool()
        const fast = new Map<number, { amount: number; p: number; s: number; segment: number; forgotten: boolean }>()
        const h = { length: 1, epoch: [0], factor: [0], sum: [0] }
        let p = 1
        // The contract's product has 9 to 18 digits, and each offset rounds it.
        let tolerance = 1e-9
        const left = (who: number) => {
          const d = fast.get(who)
          return d === undefined ? 0 : compounded(d.amount, d.segment, d.p, p, h)
        }
        for (const { who, put, burn } of steps) {
          pool.change(`${who}`, big(put))
          const last = h.length - 1
          fast.set(who, { amount: left(who) + six(put), p, s: h.sum[last] as number, segment: last, forgotten: false })
          const total = Number(pool.total) / 1e18
          const debt = burn === 1 ? pool.total : (pool.total * big(burn)) / WAD
          const remains = Number(pool.total - debt) / 1e18
          const scale = pool.scale
          // The contract forgets what a deposit gains two scales after its own, when 1e-9 of it or less is left.
          for (const [name, d] of fast) {
            const own = pool.deposits.get(`${name}`)
            if (own !== undefined && own.epoch === pool.epoch && pool.scale - own.scale >= 2n) d.forgotten = true
          }
          pool.offset(debt, WAD)
          tolerance += 2 / Number(pool.p)
          h.sum[last] = (h.sum[last] as number) + p / total
          const product = p * (remains / total)
          if (pool.scale > scale) rescaled++
          if (pool.total === 0n) emptied++
          if (product < SEGMENT) {
            h.epoch.push((h.epoch[last] as number) + (pool.total === 0n ? 1 : 0))
            h.factor.push(product)
            h.sum.push(0)
            h.length++
            p = 1
          } else p = product
          for (const [name, d] of fast) {
            same(left(name), pool.compounded(`${name}`), d.amount, 'left', tolerance)
            const gain = gained(d.amount, d.segment, d.p, d.s, h)
            if (!d.forgotten) same(gain, pool.gain(`${name}`), 1, 'gain', tolerance + 1e-9)
          }
        }
      }),
      { numRuns: 1000 },
    )
    expect(emptied).toBeGreaterThan(10)
    expect(rescaled).toBeGreaterThan(3)
  })

  it('the base rate decays alike', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 1, max: 1_000_000 }), (seconds, ppm) => {
        const m = new ReferenceLiquity(WAD)
        m.base_rate = BigInt(ppm) * 10n ** 12n
        m.now = BigInt(seconds)
        same(decayed(ppm / 1e6, seconds * 1000), m.decayed(), 1e-7, 'rate')
      }),
      { numRuns: 500 },
    )
    expect(decayed(0, 1e12)).toBe(0)
  })
})
