import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deleverage, impact_of_value } from './deleverage.ts'
import { exposures, indirect_contagion, liquidity_overlaps } from './overlap.ts'

const amount = (max: number) => fc.double({ min: 0, max, noNaN: true })
const table = (rows: number, columns: number) =>
  fc.array(fc.array(amount(100), { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows })
const depths = (n: number) => fc.array(fc.double({ min: 100, max: 5000, noNaN: true }), { minLength: n, maxLength: n })

describe('overlapping holdings', () => {
  it('the index is the eigenvector of the overlaps, whichever Gram matrix it is found from', () => {
    for (const [holders, assets] of [
      [3, 7],
      [7, 3],
      [5, 5],
    ] as const)
      fc.assert(
        fc.property(table(holders, assets), depths(assets), (values, depth) => {
          const omega = liquidity_overlaps(values, depth)
          const { index, eigenvalues } = indirect_contagion(values, depth)
          const top = eigenvalues[0] as number
          omega.forEach((row, i) => {
            const image = row.reduce((sum, value, j) => sum + value * (index[j] as number), 0)
            expect(Math.abs(image - top * (index[i] as number))).toBeLessThan(1e-9 * (1 + top))
            // symmetric
            row.forEach((value, j) => {
              expect(value).toBeCloseTo(omega[j]?.[i] as number, 9)
            })
          })
          if (top > 0) expect(index.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 9)
          // The trace is the sum of all eigenvalues.
          const trace = omega.reduce((sum, row, i) => sum + (row[i] as number), 0)
          expect(eigenvalues.reduce((sum, x) => sum + x, 0)).toBeCloseTo(trace, 6)
        }),
        { numRuns: 60 },
      )
  })

  it('holders of nothing have no index', () => {
    expect([...indirect_contagion([[0], [0]], [1]).index]).toEqual([0, 0])
  })

  it('what a small sale costs others is the overlap times the part that is sold', () => {
    fc.assert(
      fc.property(table(4, 3), depths(3), (values, depth) => {
        const total = (values[0] as number[]).reduce((sum, v) => sum + v, 0)
        fc.pre(total > 1)
        const deep = depth.map((d) => d * 1e4)
        // The first sells 1 % of what he has, the others have no debt.
        const held = values.map((row) => row.reduce((sum, v) => sum + v, 0))
        const debt = held.map((all, i) => (i === 0 ? 0.91 * all : 0))
        const holders = { cash: held.map(() => 0), illiquid: held.map(() => 0), debt, units: values }
        // Equity 9 % of assets; 0.99 of the assets are left at a ratio of 0.09 ÷ 0.99.
        const rule = { minimum: 0, buffer: 0.0905, target: 0.09 / 0.99 }
        const { equity, offered } = deleverage(holders, [1, 1, 1], impact_of_value(deep), rule, 2)
        const part = offered[0]?.[0] as number
        expect(part).toBeCloseTo(0.01, 9)
        const omega = liquidity_overlaps(values, deep)
        for (let i = 1; i < 4; i++) {
          const lost = (held[i] as number) - (equity[i] as number)
          const said = part * (omega[i]?.[0] as number)
          expect(Math.abs(lost - said)).toBeLessThan(1e-4 * said + 1e-11)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('who holds none of what falls is exposed through one who sells both', () => {
    const holders = {
      cash: [0, 0],
      illiquid: [50, 20],
      debt: [96, 40],
      units: [
        [25, 25],
        [0, 40],
      ],
    }
    const rule = { minimum: 0.03, buffer: 0.038, target: 0.05 }
    const seen = exposures(holders, [1, 1], { asset: 0, fall: 0.02 }, impact_of_value([1000, 1000]), rule)
    expect([...seen.own]).toEqual([25, 0])
    expect(seen.indirect[1]).toBeGreaterThan(0)
    // Nobody is below the buffer after a fall of 0.1 %: what is lost is what is held.
    const calm = exposures(holders, [1, 1], { asset: 0, fall: 0.001 }, impact_of_value([1000, 1000]), rule)
    for (const value of calm.indirect) expect(value).toBeCloseTo(0, 9)
  })
})
