import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReferenceLlamma } from './reference.ts'
import { isqrt, WAD, wadExp, wadLn } from './reference-math.ts'
import { goldenRows, loaned } from './reference-rows.ts'

const wad = (x: number): bigint => BigInt(Math.round(x * 1e6)) * 1_000_000_000_000n
const float = (x: bigint): number => Number(x) / 1e18

describe('published numbers (lending.md §11.7)', () => {
  it.each(goldenRows().map((row) => [row.id, row] as const))('%s', (_, row) => {
    expect(row.pass, `${row.got}, published ${row.expected}`).toBe(true)
  })

  it('H5: what the user has after 5000 in and, 600 s later, 1 ETH back', () => {
    const m = loaned()
    m.now += 600n
    m.price = wad(2250)
    m.exchange(true, 5000n * WAD)
    expect(float(m.sum('usr').x)).toBeCloseTo(5000, 6)
    expect(float(m.sum('usr').y)).toBeCloseTo(7.726261066768672, 9)
    m.now += 600n
    m.exchange(false, WAD)
    expect(float(m.sum('usr').x)).toBeCloseTo(2801.1334774, 6)
    expect(float(m.sum('usr').y)).toBeCloseTo(8.7262610668, 9)
  })

  it('H7: without arbitrage health at 2200 is −0.00327, at 2150 −0.0431', () => {
    const m = loaned()
    m.now += 600n
    m.price = wad(2200)
    expect(float(m.health('usr', true))).toBeCloseTo(-0.00327, 5)
    m.price = wad(2150)
    expect(float(m.health('usr', true))).toBeCloseTo(-0.0431, 4)
  })
})

describe('fixed point', () => {
  it('logarithm and exponential of known numbers, rounded down', () => {
    // ln 2, ln 10, e and 1/e to 18 digits, from tables.
    expect(wadLn(2n * WAD)).toBe(693147180559945309n)
    expect(wadLn(10n * WAD)).toBe(2302585092994045684n)
    expect(wadLn(WAD / 2n)).toBe(-693147180559945310n)
    expect(wadExp(WAD)).toBe(2718281828459045235n)
    expect(wadExp(-WAD)).toBe(367879441171442321n)
    expect(wadExp(0n)).toBe(WAD)
  })

  it('square roots are the largest below', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 250n }), (x) => {
        const r = isqrt(x)
        expect(r * r <= x && (r + 1n) * (r + 1n) > x).toBe(true)
      }),
    )
  })
})

describe('the market maker in integers (lending.md §11.2 to 11.5, §19.1)', () => {
  it('nobody loses by what others trade: x_down never falls, at a steady oracle price', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1500, max: 3200 }),
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 30_000 })), { minLength: 1, maxLength: 8 }),
        (price, trades) => {
          const m = loaned()
          m.create('eve', 5n * WAD, 7000n * WAD, 4)
          m.now += 600n
          m.price = wad(price)
          for (const [pump, size] of trades) {
            const before = ['usr', 'eve'].map((user) => m.xDown(user))
            m.exchange(pump, pump ? BigInt(size) * WAD : (BigInt(size) * WAD) / 2000n)
            m.now += 600n
            ;['usr', 'eve'].forEach((user, i) => {
              // Rounding of a few units a band.
              expect(m.xDown(user) + 200_000n >= (before[i] as bigint)).toBe(true)
            })
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  it('a loan that the price does not carry is refused, one that is traded cannot be moved', () => {
    const m = new ReferenceLlamma(100n, wad(3000), wad(0.006), wad(0.09), wad(0.06))
    expect(() => m.create('usr', 10n * WAD, 27_000n * WAD, 10)).toThrow('Debt too high')
    m.create('usr', 10n * WAD, 20_000n * WAD, 10)
    m.now += 600n
    m.price = wad(2250)
    m.exchange(true, 5000n * WAD)
    expect(() => m.move('usr', WAD, 0n)).toThrow('under water')
    expect(() => m.liquidate('usr', WAD)).toThrow('Not enough rekt')
  })

  it('hard liquidation: half the debt takes less than half of the position, all of it everything', () => {
    const m = loaned()
    m.now += 600n
    m.price = wad(2150)
    expect(m.health('usr', true) < 0n).toBe(true)
    // ((1 + 0.03) · 0.5 / 1.06 + 0.5) · 0.5 = 0.4929245…
    expect(float(m.removed(WAD / 2n, wad(0.06)))).toBeCloseTo(0.4929245283, 9)
    const half = m.liquidate('usr', WAD / 2n)
    expect(float(half.debt)).toBe(10_000)
    expect(float(half.y)).toBeCloseTo(4.929245283, 8)
    const rest = m.liquidate('usr', WAD)
    expect(float(rest.y)).toBeCloseTo(10 - 4.929245283, 8)
    expect(() => m.debt('usr')).toThrow("Loan doesn't exist")
  })

  it('interest raises debts and bands alike', () => {
    const m = loaned()
    m.accrue(wad(0.0001), 1000n)
    expect(float(m.debt('usr'))).toBeCloseTo(22_000, 9)
    expect(float(m.oracleUp(0))).toBeCloseTo(3300, 9)
  })
})
