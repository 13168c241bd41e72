// The kernel beside the exact reference. Ticks are exact in both; what is stored in 35 and 56 bits there is not here: 1e-8 relative.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  entry_ratio,
  excess,
  Level,
  level,
  may_owe,
  MOST_TICKS,
  must_stay,
  owes_after,
  rate_at,
  ratio_at,
  share,
  stays_after,
  type Terms,
  terms_at,
  tick_at,
} from './kernel.ts'
import { ReferenceVault } from './reference.ts'
import { ratio_at_tick, tick_at_ratio, X96 } from './reference-math.ts'

const near = (got: number, expected: number, relative: number, absolute = 0) =>
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(relative * Math.abs(expected) + absolute)
const evenly = (low: number, high: number) =>
  fc.integer({ min: Math.ceil(low * 1e6), max: Math.floor(high * 1e6) }).map((x) => x / 1e6)
const wad = (x: number): bigint => BigInt(Math.round(x * 1e6)) * 10n ** 12n

describe('ticks', () => {
  it('have the ratios of the contract, and are found at them and anywhere above', () => {
    fc.assert(
      // Near the ends the contract's own ratios have few digits.
      fc.property(fc.integer({ min: -20_000, max: MOST_TICKS - 1 }), evenly(0.01, 0.99), (tick, part) => {
        near(ratio_at(tick), Number(ratio_at_tick(tick)) / Number(X96), 1e-11)
        expect(tick_at(ratio_at(tick))).toBe(tick)
        const between = ratio_at(tick) * (1 + 0.0015 * part)
        expect(tick_at(between)).toBe(tick)
        if (Math.abs(tick) < 10_000)
          expect(tick_at_ratio(BigInt(Math.round(between * 2 ** 53)) * 2n ** 43n).tick).toBe(
            tick_at(Math.round(between * 2 ** 53) / 2 ** 53),
          )
      }),
      { numRuns: 500 },
    )
    expect([tick_at(1e-300), tick_at(1e300)]).toEqual([-MOST_TICKS, MOST_TICKS])
  })

  it('a position enters at the tick above what it owes, at most 0.15 % more', () => {
    fc.assert(
      fc.property(evenly(1, 1e6), evenly(0.01, 5), fc.constantFrom(1e-12, 1, 1e12), (collateral, ratio, scale) => {
        const up = entry_ratio(collateral * ratio, collateral, scale) / ratio
        expect(up).toBeGreaterThan(1 - 1e-12)
        expect(up).toBeLessThanOrEqual(1.0015 * (1 + 1e-12))
      }),
    )
  })
})

const LIMITS = { threshold: 0.86, most: 0.93, penalty: 0.03 }
const SETTINGS = { collateral_factor: 8_500n, threshold: 8_600n, most: 9_300n, penalty: 300n }
/** Collateral of 1 to 1,000 and its loan-to-value at a price of 1,000. */
const positions = fc.array(fc.tuple(evenly(1, 1_000), evenly(0.5, 0.845)), { minLength: 1, maxLength: 8 })

describe('kernel = reference', () => {
  it('for liquidations of a book in one call or several, and what they leave of each position', () => {
    fc.assert(
      fc.property(
        positions,
        evenly(920, 999),
        fc.array(evenly(0.05, 1), { minLength: 1, maxLength: 4 }),
        (drawn, price, parts) => {
          const vault = new ReferenceVault(SETTINGS, 1_000n * 10n ** 27n)
          for (const [collateral, ltv] of drawn) vault.open(wad(collateral), wad(collateral * 1_000 * ltv))
          vault.price = wad(price) * 10n ** 9n
          const terms: Terms = { threshold: 0, target: 0, most: 0, per_debt: 0 }
          terms_at(price, LIMITS, 1, terms)
          const held = drawn.map(([collateral]) => collateral)
          const counted = drawn.map(
            ([collateral, ltv]) =>
              collateral * entry_ratio((Math.round(collateral * 1_000 * ltv * 1e6) / 1e6) * (1 + 1e-9), collateral, 1),
          )
          const dust = drawn.map(([collateral, ltv], i) => (counted[i] as number) - collateral * 1_000 * ltv)
          const out = new Level()
          for (const part of parts) {
            const rows = held
              .map((_, i) => i)
              .filter((i) => (counted[i] as number) / (held[i] as number) > terms.target * (1 + 1e-9))
            rows.sort((a, b) => (counted[b] as number) / (held[b] as number) - (counted[a] as number) / (held[a] as number))
            const all = rows.reduce((sum, i) => sum + excess(counted[i] as number, held[i] as number, terms), 0)
            // A last remainder within a partial of the threshold is refused there.
            if (all < 1e-3) return
            const offered = Math.round(all * part * 1e6) / 1e6
            level(
              rows.map((i) => counted[i] as number),
              rows.map((i) => held[i] as number),
              rows.length,
              terms,
              offered,
              out,
            )
            const exact = vault.liquidate(wad(offered), false)
            near(out.repaid, Number(exact.debt) / 1e18, 1e-6, 1e-4)
            near(out.repaid * terms.per_debt, Number(exact.collateral) / 1e18, 1e-6, 1e-7)
            for (const i of rows) {
              if (!((counted[i] as number) / (held[i] as number) > out.ratio)) continue
              const paid = share(counted[i] as number, held[i] as number, out.ratio, terms.per_debt)
              counted[i] = (counted[i] as number) - paid
              held[i] = (held[i] as number) - paid * terms.per_debt
            }
          }
          drawn.forEach((_, i) => {
            const { collateral, debt } = vault.position(i)
            // 0.01 % of a liquidated position stays in its branch.
            near(held[i] as number, Number(collateral) / 1e18, 2e-4)
            near((counted[i] as number) - (dust[i] as number), Number(debt) / 1e18, 2e-4 / 0.8)
          })
        },
      ),
      { numRuns: 300 },
    )
  })

  it('levelling in parts is levelling at once, whoever is reached', () => {
    fc.assert(
      fc.property(positions, evenly(920, 999), evenly(0.01, 0.99), (drawn, price, part) => {
        const terms: Terms = { threshold: 0, target: 0, most: 0, per_debt: 0 }
        terms_at(price, LIMITS, 1, terms)
        const rows = drawn
          .map(([collateral, ltv]) => [collateral, collateral * entry_ratio(1_000 * ltv, 1, 1)] as const)
          .filter(([collateral, debt]) => debt / collateral > terms.target)
          .toSorted((a, b) => b[1] / b[0] - a[1] / a[0])
        const all = rows.reduce((sum, [collateral, debt]) => sum + excess(debt, collateral, terms), 0)
        const [once, first] = [new Level(), new Level()]
        const columns = (list: readonly (readonly [number, number])[]) =>
          [list.map(([, debt]) => debt), list.map(([held]) => held)] as const
        level(...columns(rows), rows.length, terms, Number.POSITIVE_INFINITY, once)
        near(once.repaid, all, 1e-9, 1e-9)
        level(...columns(rows), rows.length, terms, all * part, first)
        const after = rows.map(([held, debt]) => {
          const paid = share(debt, held, first.ratio, terms.per_debt)
          return [held - paid * terms.per_debt, debt - paid] as const
        })
        near(
          after.reduce((sum, [held, debt]) => sum + excess(debt, held, terms), 0),
          all * (1 - part),
          1e-6,
          1e-9 * all + 1e-6,
        )
        // Nobody who stood lower stands higher now.
        for (let i = 1; i < after.length; i++) {
          const [a, b] = [after[i - 1], after[i]] as [readonly [number, number], readonly [number, number]]
          expect(b[1] / b[0]).toBeLessThanOrEqual((a[1] / a[0]) * (1 + 1e-9))
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('limits of the layer (liquidityCalcs.sol)', () => {
  const by = { share: 0.2, duration_s: 1_000, base: 100 }

  it('supply may leave up to a share in the duration, and freely below the base', () => {
    // After a withdrawal of everything that might leave, 800 of 1,000 stay: a tenth of 800 · 0.2 a hundred seconds later.
    expect(must_stay(800, 800, 0, by)).toBe(800)
    expect(must_stay(800, 800, 100, by)).toBe(784)
    expect(must_stay(800, 800, 1e6, by)).toBe(640)
    expect(must_stay(0, 800, 0, by)).toBe(0)
    expect(stays_after(1_000, 0, by)).toBe(800)
    expect(stays_after(900, 850, by)).toBe(850)
    expect(stays_after(99, 850, by)).toBe(0)
  })

  it('debt may grow by a share in the duration, between the base and the most', () => {
    expect(may_owe(1_000, 1_000, 0, by, 5_000)).toBe(1_000)
    expect(may_owe(1_000, 1_000, 500, by, 5_000)).toBe(1_100)
    expect(may_owe(1_000, 1_000, 1e6, by, 5_000)).toBe(1_200)
    expect(may_owe(1_000, 1_000, 1e6, by, 1_050)).toBe(1_050)
    expect(may_owe(10, 10, 0, by, 5_000)).toBe(100)
    expect(owes_after(500, 1_000, by, 5_000)).toBe(600)
    expect(owes_after(1_000, 1_000, by, 5_000)).toBe(1_000)
    expect(owes_after(10, 1_000, by, 5_000)).toBe(100)
  })

  it('rates follow a line with one kink', () => {
    const curve = { kink: 0.8, base: 0.01, at_kink: 0.05, at_full: 1.05 }
    expect([0, 0.4, 0.8, 0.9, 1, 2].map((u) => Math.round(rate_at(u, curve) * 1e9) / 1e9)).toEqual([
      0.01, 0.03, 0.05, 0.55, 1.05, 1.05,
    ])
  })
})
