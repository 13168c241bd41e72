import { describe, expect, it } from 'vitest'
import { decPow, MINUTE_DECAY, portions, ReferenceBranch, redemptionRate, Revert, split, WETH } from './reference.ts'
import { WAD } from './reference-pool.ts'
import { goldenRows, units } from './reference-rows.ts'

const wad = (text: string): bigint => units(`${text}e18`)

describe('published numbers', () => {
  for (const row of goldenRows()) it(`${row.id}: ${row.what}`, () => expect(row.got).toBe(row.expected))
  it('stand once each', () => expect(new Set(goldenRows().map(({ id }) => id)).size).toBe(goldenRows().length))
})

describe('at the thresholds', () => {
  it('a ratio of exactly 110 % is safe, a wei of price below is not; the last trove stays', () => {
    const m = new ReferenceBranch(wad('1100'))
    const id = m.add(wad('2'), wad('2000'), WAD / 20n)
    const last = m.add(wad('2'), wad('2000'), WAD / 20n)
    expect(() => m.liquidate(id)).toThrow(Revert)
    m.price -= 1n
    expect(m.liquidate(id).debt_out).toBe(wad('2000'))
    m.price = wad('900')
    expect(() => m.liquidate(last)).toThrow('only one trove')
  })

  it('collateral for the caller is capped at 2, and exists only where the pool pays', () => {
    expect(split(wad('1000'), wad('100000'), wad('105'), wad('200000'), WETH).gas).toBe(wad('2'))
    expect(split(wad('1000'), wad('100000'), wad('105'), WAD, WETH)).toMatchObject({ gas: 0n, offset: 0n })
  })

  it('the owner gets what both caps leave', () => {
    // 20 % of penalty would be there, 10 % is taken.
    expect(split(wad('12'), wad('1000'), wad('100'), 0n, WETH)).toMatchObject({ coll_out: wad('11'), surplus: wad('1') })
    expect(split(wad('12'), wad('1000'), wad('100'), wad('2000'), WETH)).toMatchObject({
      to_pool: wad('10.5'),
      surplus: wad('1.44'),
    })
  })
})

describe('interest and redemption', () => {
  it('interest is simple', () => {
    const m = new ReferenceBranch(wad('2000'))
    const id = m.add(wad('10'), wad('10000'), WAD / 20n)
    m.now = 2n * 31_536_000n
    expect(m.entire(id).debt).toBe(wad('11000'))
  })

  it('the lowest rate goes first whatever its ratio, under water is skipped, below 2,000 is a zombie', () => {
    const m = new ReferenceBranch(wad('1000'))
    const safe = m.add(wad('100'), wad('3000'), WAD / 100n)
    const risky = m.add(wad('4'), wad('3000'), WAD / 20n)
    const drowned = m.add(wad('2'), wad('3000'), WAD / 200n)
    expect(m.redeem(wad('4000'), WAD / 200n)).toEqual({ redeemed: wad('4000'), drawn: wad('3.98') })
    expect([safe, risky, drowned].map((id) => [m.entire(id).debt, m.trove(id).status])).toEqual([
      [0n, 'zombie'],
      [wad('2000'), 'open'],
      [wad('3000'), 'open'],
    ])
    m.redeem(wad('500'), 0n)
    expect([m.last_zombie, m.trove(risky).status]).toEqual([risky, 'zombie'])
    // The last zombie comes before everybody else.
    m.redeem(wad('1500'), 0n)
    expect([m.last_zombie, m.entire(risky).debt]).toEqual([-1, 0n])
  })

  it('branches share by the debt that no pool backs, or by debt when all is backed', () => {
    const branch = (debt: string, pool: string, open = true) => ({ debt: wad(debt), pool: wad(pool), open })
    expect(portions(wad('100'), [branch('100', '40'), branch('50', '30'), branch('99', '0', false)])).toEqual([
      wad('75'),
      wad('25'),
      0n,
    ])
    expect(portions(wad('100'), [branch('30', '40'), branch('10', '30')])).toEqual([wad('75'), wad('25')])
    expect(portions(wad('100'), [])).toEqual([])
  })

  it('the base rate halves in 6 hours and rises by the share redeemed', () => {
    expect(Math.abs(Number(decPow(MINUTE_DECAY, 360n)) / 0.5e18 - 1)).toBeLessThan(1e-12)
    expect(redemptionRate(WAD / 10n, 0n, WAD / 50n)).toEqual({ base: wad('0.12'), rate: wad('0.125') })
    expect(redemptionRate(WAD, 0n, WAD / 50n).rate).toBe(WAD)
  })
})
