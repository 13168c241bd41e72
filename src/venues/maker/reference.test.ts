import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Curve } from './snapshot.ts'
import * as kernel from './kernel.ts'
import { blankIlk, curvePrice, RAD, RAY, type ReferenceCurve, ReferenceMaker, Revert, rdiv, rpow, WAD } from './reference.ts'
import { goldenRows, units } from './reference-rows.ts'
import { ReferenceVow } from './reference-vow.ts'

const toNumber = (x: bigint, unit: bigint): number => Number(x) / Number(unit)
/** 18 digits of a float, exactly as the float has them. */
const toUnit = (x: number, unit: bigint): bigint => (BigInt(Math.round(x * 1e6)) * unit) / 1_000_000n
const near = (a: number, b: number, scale = 0): boolean => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), scale)

describe('published numbers', () => {
  it.each(goldenRows().map((row) => [row.id, row] as const))('%s', (_id, row) => {
    expect(row.got).toBe(row.tolerance === 0 ? row.expected : row.got)
    expect(row.pass).toBe(true)
  })

  it('covers every vector of lending.md §5.6', () => {
    const words = new Set(goldenRows().flatMap((row) => row.id.split(' ')))
    for (const id of ['E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'E7', 'E8', 'E9']) expect(words).toContain(id)
  })

  const shared = `${process.env.UNWIND_SHARED ?? '../shared'}/golden/lending.json`
  it.skipIf(!existsSync(shared))('agrees with the machine-readable vectors (skipped where ../shared is absent)', () => {
    const { vectors } = JSON.parse(readFileSync(shared, 'utf8')) as {
      vectors: { id: string; protocol: string; expect: Record<string, string> }[]
    }
    const rows = new Map(goldenRows().map((row) => [row.id, row]))
    const mine = vectors.filter((vector) => vector.protocol === 'maker')
    expect(mine.map((vector) => vector.id)).toEqual(['E6', 'E7', 'E8', 'E2'])
    for (const vector of mine) {
      for (const [name, text] of Object.entries(vector.expect))
        expect(rows.get(`maker ${vector.id} ${name}`)?.got).toBe(String(units(text)))
    }
  })
})

describe('fixed point', () => {
  it('multiplies with half-up rounding at every step', () => {
    // 1.5 in units of 10: 1.5² = 2.25 → 2.3, then · 1.5 = 3.45 → 3.5 (dss jug.sol rpow)
    expect(rpow(15n, 2n, 10n)).toBe(23n)
    expect(rpow(15n, 3n, 10n)).toBe(35n)
    expect(rpow(15n, 0n, 10n)).toBe(10n)
    expect(rpow(0n, 0n)).toBe(RAY)
  })

  it('parses amounts', () => {
    expect(units('396.9e45')).toBe((3969n * RAD) / 10n)
    expect(units('Clipper/no-partial-purchase')).toBe('Clipper/no-partial-purchase')
  })
})

describe('the vow', () => {
  it('frees queued debt after its wait, and says when auctions may run', () => {
    const vow = new ReferenceVow()
    vow.wait = 100n
    vow.sump = 50n
    vow.sin = 80n
    vow.fess(10n, 60n)
    expect(vow.free).toBe(20n)
    expect(vow.flog(109n, 10n)).toBe(0n)
    expect(vow.mayFlop(0n)).toBe(false)
    expect(vow.flog(110n, 10n)).toBe(60n)
    expect(vow.free).toBe(80n)
    expect(vow.mayFlop(0n)).toBe(true)
    expect(vow.mayFlop(1n)).toBe(false)
    expect(vow.mayFlap(80n)).toBe(false)
    vow.sin = 0n
    expect(vow.mayFlap(0n)).toBe(true)
    vow.hump = 10n
    expect(vow.mayFlap(9n)).toBe(false)
  })
})

describe('vault rules (vat.frob, dog.bark)', () => {
  function book(): ReferenceMaker {
    const m = new ReferenceMaker()
    m.addIlk(blankIlk({ val: 2n * WAD, mat: 2n * RAY, dust: 20n * RAD, line: 100n * RAD }))
    m.addUrn(0, 'usr')
    m.slip(0, 'usr', 1000n * WAD)
    return m
  }
  const reason = (call: () => unknown): string => {
    try {
      call()
    } catch (error) {
      return (error as Revert).message
    }
    return 'accepted'
  }

  it('refuses what would be unsafe, dusty, over the line, or not the owner’s', () => {
    const m = book()
    m.frob(0, 'usr', 100n * WAD, 50n * WAD)
    expect(reason(() => m.frob(0, 'usr', 0n, 51n * WAD))).toBe('Vat/ceiling-exceeded')
    expect(reason(() => m.frob(0, 'usr', -51n * WAD, 0n))).toBe('Vat/not-safe')
    expect(m.frob(0, 'usr', -50n * WAD, 0n)).toBeUndefined()
    expect(reason(() => m.frob(0, 'usr', 0n, -31n * WAD))).toBe('Vat/dust')
    expect(reason(() => m.frob(0, 'eve', 0n, 1n * WAD))).toBe('Vat/not-safe')
    m.frob(0, 'usr', 50n * WAD, 0n)
    expect(reason(() => m.frob(0, 'eve', 0n, 1n * WAD))).toBe('Vat/not-allowed-u')
    expect(reason(() => m.frob(0, 'eve', 1n * WAD, 0n))).toBe('Vat/underflow')
  })

  it('a vault exactly at its limit is safe', () => {
    const m = book()
    m.frob(0, 'usr', 50n * WAD, 50n * WAD)
    expect(reason(() => m.bark(0, 'kpr'))).toBe('Dog/not-unsafe')
    m.ilk(0).val = 2n * WAD - 1n
    m.poke(0)
    expect(reason(() => m.bark(0, 'kpr'))).toBe('accepted')
  })

  it('without a price nothing is started or restarted', () => {
    const m = book()
    m.frob(0, 'usr', 50n * WAD, 50n * WAD)
    m.ilk(0).val = undefined
    m.poke(0)
    expect(reason(() => m.bark(0, 'kpr'))).toBe('Dog/not-unsafe')
    m.ilk(0).val = WAD
    m.poke(0)
    m.bark(0, 'kpr')
    m.now = 3601n
    m.ilk(0).val = undefined
    expect(reason(() => m.redo(1, 'kpr'))).toBe('Clipper/invalid-price')
  })

  it('levels of the circuit breaker stop starts, then restarts, then bids', () => {
    const m = book()
    m.frob(0, 'usr', 50n * WAD, 50n * WAD)
    m.ilk(0).val = WAD
    m.poke(0)
    m.ilk(0).stopped = 1
    expect(reason(() => m.bark(0, 'kpr'))).toBe('Clipper/stopped-incorrect')
    m.ilk(0).stopped = 0
    m.bark(0, 'kpr')
    m.ilk(0).stopped = 3
    expect(reason(() => m.take(1, WAD, 2n * RAY, 'usr'))).toBe('Clipper/stopped-incorrect')
    m.now = 3601n
    m.ilk(0).stopped = 2
    expect(reason(() => m.redo(1, 'kpr'))).toBe('Clipper/stopped-incorrect')
    m.ilk(0).stopped = 1
    expect(reason(() => m.redo(1, 'kpr'))).toBe('accepted')
  })
})

/** Decisions that fell the other way, and how many of them were not at a threshold. */
interface Tally {
  runs: number
  close: number
}

describe('kernel and reference agree to 1e-9, decisions alike except at a threshold', () => {
  const positive = (max: number) => fc.double({ min: 0.001, max, noNaN: true })

  it('auction prices and restarts', () => {
    const curve = fc.oneof(
      fc.record({ kind: fc.constant('linear' as const), tau_s: fc.integer({ min: 1, max: 20_000 }) }),
      fc.record({
        kind: fc.constant('stairstep' as const),
        cut: fc.double({ min: 0.5, max: 0.9999, noNaN: true }),
        step_s: fc.integer({ min: 1, max: 600 }),
      }),
      fc.record({ kind: fc.constant('exponential' as const), cut: fc.double({ min: 0.99, max: 0.999999, noNaN: true }) }),
    )
    fc.assert(
      fc.property(
        curve,
        positive(1e5),
        fc.integer({ min: 0, max: 20_000 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (c, top, t, cusp) => {
          let exact: ReferenceCurve
          let fast: Curve
          if (c.kind === 'linear') {
            exact = { kind: 'linear', tau: BigInt(c.tau_s) }
            fast = { kind: 'linear', tau_ms: c.tau_s * 1000 }
          } else if (c.kind === 'stairstep') {
            exact = { kind: 'stairstep', cut: toUnit(c.cut, RAY), step: BigInt(c.step_s) }
            fast = { kind: 'stairstep', cut: toNumber(exact.cut, RAY), step_ms: c.step_s * 1000 }
          } else {
            exact = { kind: 'exponential', cut: toUnit(c.cut, RAY) }
            fast = { kind: 'exponential', cut: toNumber(exact.cut, RAY) }
          }
          const topRay = toUnit(top, RAY)
          const price = curvePrice(exact, topRay, BigInt(t))
          const got = kernel.curvePrice(fast, toNumber(topRay, RAY), t * 1000)
          expect(kernel.curvePrice(fast, toNumber(topRay, RAY), t * 1000, kernel.powersOf(fast, 7_200_000))).toBe(got)
          // Fixed point resolves a power to a few 1e-27, and the price to 1e-27, and no better.
          const exactly = toNumber(price, RAY)
          expect(Math.abs(got - exactly)).toBeLessThanOrEqual(1e-9 * exactly + 1e-25 * toNumber(topRay, RAY) + 1e-27)
          const cuspRay = toUnit(cusp, RAY)
          const share = toNumber(rdiv(price, topRay), RAY)
          if (near(share, toNumber(cuspRay, RAY))) return
          const redo = BigInt(t) > 7200n || rdiv(price, topRay) < cuspRay
          expect(kernel.needsRedo(toNumber(topRay, RAY), got, t * 1000, 7_200_000, toNumber(cuspRay, RAY))).toBe(redo)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('an auction as old as its tail still runs; the next moment it does not', () => {
    expect(kernel.needsRedo(5, 5, 3_600_000, 3_600_000, 0)).toBe(false)
    expect(kernel.needsRedo(5, 5, 3_600_001, 3_600_000, 0)).toBe(true)
    expect(kernel.needsRedo(4, 2, 0, 3_600_000, 0.5)).toBe(false)
    expect(kernel.needsRedo(4, 1.999, 0, 3_600_000, 0.5)).toBe(true)
  })

  it('a bid for exactly the tab is not cut, although collateral is left', () => {
    const out: kernel.Purchase = { owe: 0, slice: 0 }
    expect(kernel.take(40, 110, 22, 5, 22, out)).toBe('applied')
    expect(out).toEqual({ owe: 110, slice: 22 })
  })

  it('growth of the rate', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 30_000_000_000_000_000_000n), fc.integer({ min: 0, max: 10_000_000 }), (extra, t) => {
        const duty = RAY + extra
        const fee = toNumber(rpow(duty, 31_536_000n), RAY) - 1
        expect(near(kernel.growth(fee, t * 1000), toNumber(rpow(duty, BigInt(t)), RAY))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('what a bark seizes', () => {
    const tally: Tally = { runs: 0, close: 0 }
    const input = fc.record({
      ink: positive(1e5),
      art: positive(1e6),
      rate: fc.double({ min: 1, max: 2, noNaN: true }),
      room: fc.oneof(positive(3e6), fc.constant(0)),
      chop: fc.double({ min: 0, max: 0.3, noNaN: true }),
      dust: fc.oneof(fc.constant(0), positive(1e5)),
    })
    fc.assert(
      fc.property(input, (x) => {
        tally.runs++
        const m = new ReferenceMaker()
        const rate = toUnit(x.rate, RAY)
        m.addIlk(
          blankIlk({ val: WAD, hole: toUnit(x.room, RAD), chop: WAD + toUnit(x.chop, WAD), dust: toUnit(x.dust, RAD), mat: RAY }),
        )
        const urn = m.urn(m.addUrn(0, 'usr'))
        Object.assign(urn, { ink: toUnit(x.ink, WAD), art: toUnit(x.art, WAD) })
        Object.assign(m.ilk(0), { Art: urn.art, rate, spot: 1n })
        const { ink, art } = urn
        const { dust, hole, chop } = m.ilk(0)
        const out: kernel.Seizure = { dart: 0, dink: 0, due: 0, tab: 0 }
        const status = kernel.bark(
          toNumber(ink, WAD),
          toNumber(art, WAD),
          toNumber(rate, RAY),
          toNumber(hole, RAD),
          toNumber(chop, WAD),
          toNumber(dust, RAD),
          out,
        )
        const left = toNumber((art - (hole * WAD) / rate / chop) * rate, RAD)
        const part = toNumber(((hole * WAD) / rate / chop) * rate, RAD)
        if (dust > 0n && (near(left, toNumber(dust, RAD)) || near(part, toNumber(dust, RAD)))) {
          tally.close++
          return
        }
        const reasons: Record<string, string> = {
          'Dog/liquidation-limit-hit': 'limit',
          'Dog/dusty-auction-from-partial-liquidation': 'dust',
          'Dog/null-auction': 'empty',
        }
        try {
          m.bark(0, 'kpr')
        } catch (error) {
          expect(status).toBe(reasons[(error as Revert).message])
          return
        }
        expect(status).toBe('applied')
        const sale = m.sales.get(1)
        expect(near(out.dart, toNumber(art - urn.art, WAD), 1e-6)).toBe(true)
        expect(near(out.dink, toNumber(ink - urn.ink, WAD), 1e-6)).toBe(true)
        expect(near(out.due, toNumber(m.vow.sin, RAD), 1e-6)).toBe(true)
        expect(near(out.tab, toNumber(sale?.tab as bigint, RAD), 1e-6)).toBe(true)
      }),
      { numRuns: 3000 },
    )
    expect(tally.close).toBeLessThan(tally.runs / 20)
  })

  it('what a take buys', () => {
    const tally: Tally = { runs: 0, close: 0 }
    const input = fc.record({
      lot: positive(1e5),
      tab: positive(1e6),
      price: positive(1e4),
      amount: positive(1e5),
      dust: fc.oneof(fc.constant(0), positive(1e5)),
      whole: fc.boolean(),
    })
    fc.assert(
      fc.property(input, (x) => {
        tally.runs++
        const m = new ReferenceMaker()
        m.addIlk(blankIlk({ dust: toUnit(x.dust, RAD) }))
        m.addUrn(0, 'usr')
        const [lot, tab, top] = [toUnit(x.lot, WAD), toUnit(x.tab, RAD), toUnit(x.price, RAY)]
        m.sales.set(1, { ilk: 0, urn: 0, tab, lot, tic: 0n, top })
        const amount = x.whole ? lot : toUnit(x.amount, WAD)
        m.slip(0, 'clip', lot)
        const rich = m.addIlk(blankIlk({ val: WAD }))
        m.slip(rich, 'ali', 10n ** 30n)
        m.frob(m.addUrn(rich, 'ali'), 'ali', 10n ** 30n, 10n ** 30n)
        const out: kernel.Purchase = { owe: 0, slice: 0 }
        const chost = m.ilk(0).chost
        const status = kernel.take(
          toNumber(lot, WAD),
          toNumber(tab, RAD),
          toNumber(amount, WAD),
          toNumber(top, RAY),
          toNumber(chost, RAD),
          out,
        )
        if (near(toNumber(tab, RAD), toNumber(chost, RAD))) {
          tally.close++
          return
        }
        let exact: { owe: bigint; slice: bigint }
        try {
          exact = m.take(1, amount, top, 'ali')
        } catch (error) {
          expect([(error as Revert).message, status]).toEqual(['Clipper/no-partial-purchase', 'dust'])
          return
        }
        if (status !== 'applied' && amount === 0n) return
        expect(status).toBe('applied')
        expect(near(out.owe, toNumber(exact.owe, RAD), 1e-6)).toBe(true)
        // The contract floors the slice to a wei; near nothing that is all there is to compare.
        expect(Math.abs(out.slice - toNumber(exact.slice, WAD))).toBeLessThanOrEqual(1e-9 * out.slice + 1e-18)
      }),
      { numRuns: 3000 },
    )
    expect(tally.close).toBeLessThan(tally.runs / 20)
  })
})
