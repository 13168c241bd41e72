import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Rng } from '../../math/index.ts'
import { portfolio_branching, portfolio_cascade, type Portfolios, random_portfolios } from './portfolios.ts'

/** From a table of values; 0 is not held. */
function portfolios_of(table: readonly (readonly number[])[]): Portfolios {
  const at = [0]
  const asset: number[] = []
  const value: number[] = []
  for (const row of table) {
    row.forEach((v, k) => {
      if (v > 0) asset.push(k)
      if (v > 0) value.push(v)
    })
    at.push(asset.length)
  }
  return {
    assets: (table[0] as number[]).length,
    at: Int32Array.from(at),
    asset: Int32Array.from(asset),
    value: Float64Array.from(value),
  }
}

/** The same by going over everybody until nobody falls. */
function plain(
  table: readonly (readonly number[])[],
  buffer: readonly number[],
  alpha: number,
  first: readonly number[],
): number[] {
  const failed: number[] = buffer.map((_, i) => (first.includes(i) ? 0 : -1))
  const total = (table[0] as number[]).map((_, k) => table.reduce((sum, row) => sum + (row[k] as number), 0))
  for (let round = 1; ; round++) {
    const price = total.map((all, k) => {
      const sold = table.reduce((sum, row, i) => sum + ((failed[i] as number) >= 0 ? (row[k] as number) : 0), 0)
      return all > 0 ? Math.exp((-alpha * sold) / all) : 1
    })
    const next = buffer.flatMap((limit, i) => {
      const loss = (table[i] as number[]).reduce((sum, v, k) => sum + v * (1 - (price[k] as number)), 0)
      return failed[i] === -1 && loss >= limit ? [i] : []
    })
    if (next.length === 0) return failed
    for (const i of next) failed[i] = round
  }
}

const cell = fc.oneof(fc.constant(0), fc.double({ min: 0.05, max: 0.4, noNaN: true }))
const world = fc.tuple(
  fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { minLength: 6, maxLength: 6 }),
  fc.array(fc.double({ min: 0.005, max: 0.2, noNaN: true }), { minLength: 6, maxLength: 6 }),
  fc.double({ min: 0.1, max: 3, noNaN: true }),
)

describe('overlapping portfolios', () => {
  it('who falls in which round is what going over everybody again and again gives', () => {
    fc.assert(
      fc.property(world, fc.nat(5), ([table, buffer, alpha], first) => {
        expect([...portfolio_cascade(portfolios_of(table), buffer, alpha, [first])]).toEqual(plain(table, buffer, alpha, [first]))
      }),
      { numRuns: 500 },
    )
  })

  it('less buffer, more impact or one more first failure save nobody', () => {
    fc.assert(
      fc.property(world, fc.nat(5), fc.nat(5), ([table, buffer, alpha], first, more) => {
        const of = (limits: readonly number[], impact: number, start: readonly number[]) =>
          [...portfolio_cascade(portfolios_of(table), limits, impact, start)].map((round) => round >= 0)
        const base = of(buffer, alpha, [first])
        for (const other of [
          of(
            buffer.map((b) => 0.8 * b),
            alpha,
            [first],
          ),
          of(buffer, 1.3 * alpha, [first]),
          of(buffer, alpha, [...new Set([first, more])]),
        ])
          base.forEach((fell, i) => {
            if (fell) expect(other[i]).toBe(true)
          })
      }),
      { numRuns: 200 },
    )
  })

  it('random portfolios: equal parts that add up to the share, no asset twice, the mean and variance of a binomial', () => {
    const [holders, assets, mean] = [2000, 300, 3]
    const { at, asset, value } = random_portfolios(new Rng(7), holders, assets, mean, 0.8)
    let [sum, squares] = [0, 0]
    const held = new Float64Array(assets)
    for (let i = 0; i < holders; i++) {
      const [from, to] = [at[i] as number, at[i + 1] as number]
      sum += to - from
      squares += (to - from) ** 2
      const own = [...asset.subarray(from, to)]
      expect(new Set(own).size).toBe(own.length)
      for (const k of own) held[k] = (held[k] as number) + 1
      if (to > from) expect(value.subarray(from, to).reduce((a, b) => a + b, 0)).toBeCloseTo(0.8, 12)
    }
    // Standard deviation of the mean 0.039, of the variance 0.1.
    expect(Math.abs(sum / holders - mean)).toBeLessThan(0.16)
    expect(Math.abs(squares / holders - (sum / holders) ** 2 - mean * (1 - mean / assets))).toBeLessThan(0.4)
    // Holders of an asset, 20 ± 4.5 each; the first and last assets as the others.
    for (const count of held) expect(Math.abs(count - 20)).toBeLessThan(25)
    expect(Math.min(...held)).toBeGreaterThan(3)
  })

  it('the same seed is the same network', () => {
    expect(random_portfolios(new Rng(3), 50, 40, 2, 0.8)).toEqual(random_portfolios(new Rng(3), 50, 40, 2, 0.8))
  })

  it('where everybody has d assets and every asset k holders, one failure causes (d − 1)(k − 1) or none', () => {
    const only = (n: number) => Float64Array.from({ length: n + 1 }, (_, i) => (i === n ? 1 : 0))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }), (d, k) => {
        const loss = (0.8 / d) * (1 - Math.exp(-1 / k))
        const at = (buffer: number) =>
          portfolio_branching({ holder_degrees: only(d), asset_degrees: only(k), share: 0.8, buffer, alpha: 1 })
        expect(at(loss * 0.999)).toBeCloseTo((d - 1) * (k - 1), 9)
        expect(at(loss * 1.001)).toBe(0)
      }),
    )
  })
})
