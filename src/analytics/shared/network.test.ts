import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clearing } from './clearing.ts'
import { Rng } from '../../math/index.ts'
import { debt_rank, debt_rank_once, debt_ranks, links_of, LoanBook } from './debt-rank.ts'
import { fire_sale } from './fire-sale.ts'

const size = 5
const amounts = fc.array(fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: size, maxLength: size }), {
  minLength: size,
  maxLength: size,
})
const positive = fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: size, maxLength: size })
const without_self = (of: number[][]) => of.map((row, i) => row.map((value, j) => (i === j ? 0 : value)))

describe('networks', () => {
  it('clearing is a fixed point from above, nobody pays more than he owes, and what is paid is what there is', () => {
    fc.assert(
      fc.property(amounts, positive, fc.double({ min: 0.3, max: 1, noNaN: true }), (lent, cash, cost) => {
        const owed = without_self(lent)
        const due = owed.map((row) => row.reduce((sum, value) => sum + value, 0))
        const { paid, equity } = clearing(owed, cash)
        for (let i = 0; i < size; i++) {
          const income = owed.reduce(
            (sum, row, j) => sum + (due[j] ? ((row[i] as number) * (paid[j] as number)) / (due[j] as number) : 0),
            0,
          )
          expect(paid[i]).toBeCloseTo(Math.min(due[i] as number, (cash[i] as number) + income), 9)
        }
        // without costs the money there is, is somebody's
        const left = equity.reduce((sum, value) => sum + value, 0)
        expect(left).toBeCloseTo(
          cash.reduce((sum, value) => sum + value, 0),
          9,
        )
        const costly = clearing(owed, cash, { alpha: cost, beta: cost })
        for (let i = 0; i < size; i++) expect(costly.paid[i] as number).toBeLessThanOrEqual((paid[i] as number) + 1e-9)
      }),
      { numRuns: 200 },
    )
  })

  it('of two ways to clear it reports the better', () => {
    // literature reference §A2: greatest (1.15, 1.15, 0), least (0.1769…, 0.1769…, 0)
    const owed = [
      [0, 1, 0.15],
      [1, 0, 0.15],
      [0, 0, 0],
    ]
    const { paid } = clearing(owed, [0.2, 0.2, 0], { alpha: 0.5, beta: 0.5 })
    expect([...paid]).toEqual([1.15, 1.15, 0])
  })

  it('distress lies between the shock and everything, grows with the shock, and does not depend on the order of nodes', () => {
    fc.assert(
      fc.property(
        amounts,
        positive,
        fc.nat(size - 1),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (lent, capital, node, half) => {
          const rank = (order: readonly number[], share: number, of: typeof debt_rank) => {
            const book = new LoanBook(
              size,
              links_of(
                order.map((i) => order.map((j) => lent[i]?.[j] as number)),
                order.map((i) => capital[i] as number),
              ),
            )
            const lost = of(
              book,
              order.map((i) => (i === node ? share : 0)),
            )
            return order.map((_, i) => lost[order.indexOf(i)] as number)
          }
          const order = [0, 1, 2, 3, 4]
          const full = rank(order, 1, debt_rank)
          const less = rank(order, half, debt_rank)
          const turned = rank([3, 1, 4, 0, 2], 1, debt_rank)
          const once = rank(order, 1, debt_rank_once)
          for (const i of order) {
            expect(full[i]).toBeGreaterThanOrEqual(less[i] as number)
            expect(full[i]).toBeLessThanOrEqual(1)
            expect(full[i]).toBeCloseTo(turned[i] as number, 9)
            // told once it is never more
            expect(once[i] as number).toBeLessThanOrEqual((full[i] as number) + 1e-9)
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  it('below a radius of 1 distress is the closed form (I − Λ)⁻¹ of the shock', () => {
    // literature reference §A3: a cycle of three, leverage 0.5, shock 0.2 everywhere: 0.2 ÷ (1 − 0.5); shock of the first alone: 0.2 ÷ (1 − 0.125)
    const ring = new LoanBook(
      3,
      [0, 1, 2].map((i) => ({ lender: i, borrower: (i + 1) % 3, leverage: 0.5 })),
    )
    for (const loss of debt_rank(ring, [0.2, 0.2, 0.2])) expect(loss).toBeCloseTo(0.4, 10)
    expect(debt_rank(ring, [0.2, 0, 0])[0]).toBeCloseTo(0.2 / 0.875, 10)
  })

  /** The published recursion and nothing else, summed up: h(t + 1) = min(1, h(t) + Λ (h(t) − h(t − 1))) = min(1, shock + Λ h(t)). No rounding piles up. */
  const step_by_step = ({ count, at, lender, leverage }: LoanBook, shock: readonly number[]) => {
    let lost = Float64Array.from(shock)
    for (let step = 0, most = 1; step < 200_000 && most > 1e-17; step++) {
      const next = Float64Array.from(shock)
      for (let b = 0; b < count; b++)
        for (let k = at[b] as number; k < (at[b + 1] as number); k++)
          next[lender[k] as number] = (next[lender[k] as number] as number) + (leverage[k] as number) * (lost[b] as number)
      most = 0
      for (let i = 0; i < count; i++) {
        next[i] = Math.min(1, next[i] as number)
        most = Math.max(most, (next[i] as number) - (lost[i] as number))
      }
      lost = next
    }
    return lost
  }

  it('corrections change how soon it ends, not where: below, at and above the radius at which losses feed themselves', () => {
    for (const strength of [0.3, 0.7, 0.95, 1, 1.05, 1.5, 4])
      for (let seed = 0; seed < 6; seed++) {
        const rng = new Rng(seed, 0, 'loans')
        const [count, links] = [40, 5]
        const book = new LoanBook(
          count,
          Array.from({ length: count * links }, () => {
            const [lender, borrower] = [rng.uniformInt(count), rng.uniformInt(count)]
            return { lender, borrower, leverage: (strength / links) * (0.5 + rng.uniform()) }
          }),
        )
        const shock = Array.from({ length: count }, (_, i) => (i % 7 === seed ? rng.uniform() : 0))
        const [got, plain] = [debt_rank(book, shock, 1e-14), step_by_step(book, shock)]
        for (let i = 0; i < count; i++) expect(Math.abs((got[i] as number) - (plain[i] as number))).toBeLessThan(1e-12)
      }
  })

  it('ends there too where the largest mode is not the one that matters: a star, two clusters, a ring, loans in one direction', () => {
    const count = 24
    const rng = new Rng(7, 0, 'loans')
    const link = (lender: number, borrower: number, leverage: number) => ({ lender, borrower, leverage })
    const others = Array.from({ length: count - 1 }, (_, i) => i + 1)
    const some = (within: (a: number, b: number) => boolean) =>
      Array.from({ length: 400 }, () => [rng.uniformInt(count), rng.uniformInt(count)] as const).flatMap(([a, b]) =>
        within(a, b) ? [link(a, b, 0.12 * rng.uniform())] : [],
      )
    const worlds = {
      star: others.flatMap((i) => [link(0, i, rng.uniform() / 8), link(i, 0, rng.uniform() / 3)]),
      clusters: some((a, b) => a < 12 === b < 12).map((one) => (one.lender < 12 ? one : { ...one, leverage: one.leverage / 2 })),
      ring: [0, ...others].map((i) => link(i, (i + 1) % count, 0.8 + 0.3 * rng.uniform())),
      downward: some((a, b) => a < b),
    }
    for (const [name, links] of Object.entries(worlds)) {
      const book = new LoanBook(count, links)
      for (const first of [0, 3, 20]) {
        const shock = Array.from({ length: count }, (_, i) => (i === first ? 0.8 : 0))
        const [got, plain] = [debt_rank(book, shock), step_by_step(book, shock)]
        for (let i = 0; i < count; i++) expect(got[i], `${name} ${first} ${i}`).toBeCloseTo(plain[i] as number, 10)
      }
    }
  })

  it('the ranks of all nodes are what single shocks do to the others, to the last bit', () => {
    fc.assert(
      fc.property(amounts, positive, fc.double({ min: 0, max: 1, noNaN: true }), (lent, capital, shock) => {
        // More nodes than lanes, some of them without any loan.
        const book = new LoanBook(11, links_of(lent, capital))
        const weight = Array.from({ length: 11 }, (_, i) => 1 + (i % 3))
        const ranks = debt_ranks(book, weight, shock)
        for (let j = 0; j < 11; j++) {
          const lost = debt_rank(
            book,
            weight.map((_, i) => (i === j ? shock : 0)),
          )
          let sum = 0
          for (let i = 0; i < 11; i++) sum += (weight[i] as number) * ((lost[i] as number) - (i === j ? shock : 0))
          expect(ranks[j]).toBe(sum)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('systemicness adds up to the aggregate', () => {
    const input = {
      assets: [50, 80],
      equity: [10, 8],
      weights: [
        [0.4, 0.6],
        [0.9, 0.1],
      ],
      impact: [0.001, 0.0005],
      shock: [-0.02, -0.01],
    }
    for (const form of ['linear', 'exponential'] as const) {
      const { systemicness, aggregate } = fire_sale({ ...input, form })
      expect(systemicness.reduce((sum, value) => sum + value, 0)).toBeCloseTo(aggregate, 12)
    }
  })

  it('sales by an exponential impact cost what linear ones cost while little is sold, and never more than is left', () => {
    // One owner of 100 with a debt of 50, all in one asset: after −20 % he sells 100 · 1 · 0.2 = 20.
    const one = (impact: number, form: 'linear' | 'exponential') =>
      fire_sale({ assets: [100], equity: [50], weights: [[1]], impact: [impact], shock: [-0.2], form })
    expect(one(1e-7, 'exponential').falls[0]).toBeCloseTo(0.8 * 20e-7, 11)
    // 0.8 · (1 − exp(−0.02 · 20))
    expect(one(0.02, 'exponential')).toMatchObject({ sold: [20], falls: [expect.closeTo(0.8 * (1 - Math.exp(-0.4)), 12)] })
    expect(one(0.1, 'linear').falls[0]).toBeCloseTo(2, 12)
    for (const impact of [0.1, 1, 1e3, 1e9]) expect(one(impact, 'exponential').falls[0]).toBeLessThanOrEqual(0.8)
  })
})
