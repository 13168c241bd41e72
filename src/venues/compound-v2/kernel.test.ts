// The kernel beside the exact reference, and the published numbers through it, to 1e-9.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kept, rate_at, seized_per_unit, utilisation } from './kernel.ts'
import { EXP, jump_rate, reserve_share, seize_tokens, treasury_share } from './reference.ts'
import { VECTORS } from './vectors.ts'

const plain = (x: bigint): number => Number(x) / 1e18
const wad = (x: number): bigint => BigInt(Math.round(x * 1e6)) * 10n ** 12n
/** Evenly spread in steps of 1e-6. */
const evenly = (low: number, high: number) =>
  fc.integer({ min: Math.ceil(low * 1e6), max: Math.floor(high * 1e6) }).map((x) => x / 1e6)
const near = (got: number, wanted: number, unit = 0) =>
  expect(Math.abs(got - wanted)).toBeLessThanOrEqual(1e-9 * Math.abs(wanted) + unit)

describe('kernel = reference', () => {
  it('for seizures and what is kept of them', () => {
    const price = evenly(0.01, 1e5)
    fc.assert(
      fc.property(
        price,
        price,
        evenly(1, 1.5),
        evenly(0.02, 50),
        evenly(1, 1e6),
        evenly(0, 1),
        (debt, collateral, incentive, exchange, repaid, part) => {
          const split = { incentive, seize_share: 0.028, treasury_share: part }
          const tokens = seize_tokens(wad(exchange), wad(debt), wad(collateral), wad(incentive), wad(repaid))
          // the contract's ratio of prices has 18 decimals
          const seized = repaid * seized_per_unit(split, debt, collateral)
          near(seized, plain(tokens) * exchange, repaid * exchange * 1e-17)
          const { tokens: protocol } = reserve_share(tokens, wad(0.028), wad(exchange))
          const { treasury } = treasury_share(tokens, wad(incentive), wad(part))
          near(kept({ ...split, treasury_share: 0 }) * plain(tokens), plain(protocol), 1e-17)
          near(kept({ ...split, seize_share: 0 }) * plain(tokens), plain(treasury), 1e-17)
        },
      ),
    )
  })

  it('for rates and utilisation', () => {
    const rate = evenly(0, 1)
    fc.assert(
      fc.property(rate, rate, rate, evenly(0.1, 1), evenly(0, 1), (base, slope, jump, kink, used) => {
        near(
          rate_at({ base, slope, kink, jump }, used),
          plain(jump_rate(wad(base), wad(slope), wad(jump), wad(kink))(wad(used))),
          3e-18,
        )
      }),
    )
    expect(utilisation(60, 50, 10)).toBe(0.5)
    expect(utilisation(0, 0, 0)).toBe(0)
  })
})

describe('the published vectors through the kernel', () => {
  const number = (name: string, field: string, decimals: number) => Number(VECTORS[name]?.expect[field]) / 10 ** decimals
  const plainly = (incentive: number, seize_share = 0, treasury = 0) => ({ incentive, seize_share, treasury_share: treasury })

  it('C1, C2, C3 and Venus', () => {
    near(seized_per_unit(plainly(1), 1, 1), number('C1-0', 'seize', 18))
    near(seized_per_unit(plainly(1), 1, 1) / 2, number('C1-1', 'seize', 18))
    near((2.45 * seized_per_unit(plainly(1.3), 2, 1.42)) / 2, number('C1-2', 'seize', 18))
    near((10_002.45 * seized_per_unit(plainly(1.3), 5.230480842, 771.32)) / 2.789, number('C1-3', 'seize', 18))
    near(40 * kept(plainly(1, 0.028)), number('C2', 'protocol', 18))
    near(40 * 0.2 * kept(plainly(1, 0.028)), number('C2', 'reserves', 18))
    const split = plainly(1.08, 0.028)
    near((5000 * seized_per_unit(split, 1, 2000)) / 0.02, number('C3', 'seize', 8))
    near(5000 * seized_per_unit(split, 1, 2000) * (1 - kept(split)), number('C3', 'units', 18))
    near(5000 * seized_per_unit(split, 1, 2000) * kept(split), number('C3', 'reserves', 18))
    // the contract drops fractions of the smallest unit: 363 of 363.6, 18 of 18.15
    expect(Math.floor(4000 * kept(plainly(1.1, 0, 1)))).toBe(number('VENUS', 'bonus', 0))
    expect(Math.floor(4000 * kept(plainly(1.1, 0, 0.05)))).toBe(number('VENUS', 'treasury', 0))
    expect(EXP).toBe(10n ** 18n)
  })
})
