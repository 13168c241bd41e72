import { describe, expect, it } from 'vitest'
import { CCR, decPow, MCR, MINUTE_DECAY, ReferenceLiquity, Revert, split } from './reference.ts'
import { WAD } from './reference-pool.ts'
import { goldenRows, units } from './reference-rows.ts'

const wad = (text: string): bigint => units(`${text}e18`)

describe('published numbers', () => {
  for (const row of goldenRows()) it(`${row.id}: ${row.what}`, () => expect([row.pass, row.got]).toEqual([true, row.got]))
  it('stand once each', () => expect(new Set(goldenRows().map(({ id }) => id)).size).toBe(25))
})

describe('at the thresholds', () => {
  const at = (coll: string, debt: string, price: string, tcr: bigint, pool: string) =>
    split(wad(coll), wad(debt), wad(price), tcr, wad(pool))

  it('a ratio of exactly 110 % is safe, a wei of price below is not', () => {
    expect(at('22', '2000', '100', CCR, '0')).toBeUndefined()
    expect(split(wad('22'), wad('2000'), wad('100') - 1n, CCR, 0n)?.debt_out).toBe(wad('2000'))
  })

  it('a system at exactly 150 % is in normal mode; a wei below, troves under its ratio may go', () => {
    expect(at('24', '2000', '100', CCR, '5000')).toBeUndefined()
    expect(at('24', '2000', '100', CCR - 1n, '5000')?.surplus).toBe(wad('2'))
    expect(at('30', '2000', '100', CCR - 1n, '5000')).toBeUndefined()
  })

  it('recovery mode: at 100 % everything is redistributed, above it the pool comes first', () => {
    expect(at('20', '2000', '100', CCR - 1n, '5000')).toMatchObject({ offset: 0n, debt_out: wad('2000') })
    expect(split(wad('20') + 100n, wad('2000'), wad('100'), CCR - 1n, wad('5000'))).toMatchObject({ offset: wad('2000') })
    // In normal mode the pool takes it at a loss.
    expect(at('19', '2000', '100', CCR, '5000')).toMatchObject({ offset: wad('2000'), debt_out: 0n })
  })

  it('recovery mode: a trove of at least 110 % goes only if the pool takes it whole', () => {
    expect(at('24', '2000', '100', (WAD * 13n) / 10n, '2000')).toBeDefined()
    expect(split(wad('24'), wad('2000'), wad('100'), (WAD * 13n) / 10n, wad('2000') - 1n)).toBeUndefined()
  })

  it('the last trove stays', () => {
    const m = new ReferenceLiquity(wad('100'))
    const id = m.add(wad('10'), wad('2000'))
    expect(() => m.liquidate(id)).toThrow(Revert)
  })
})

describe('the stability pool', () => {
  it('survives being emptied: old deposits are worth nothing, gains stay, new ones start whole', () => {
    const m = new ReferenceLiquity(wad('100'))
    m.pool.change('a', wad('1000'))
    m.pool.offset(wad('1000'), wad('9'))
    m.pool.change('b', wad('500'))
    expect([m.pool.epoch, m.pool.compounded('a'), m.pool.gain('a'), m.pool.compounded('b')]).toEqual([
      1n,
      0n,
      wad('9'),
      wad('500'),
    ])
  })

  it('rescales when all but a billionth is gone, and still knows both sides', () => {
    const m = new ReferenceLiquity(wad('100'))
    m.pool.change('a', wad('10000000000'))
    m.pool.offset(wad('9999999995'), wad('9'))
    expect(m.pool.scale).toBe(1n)
    m.pool.change('b', wad('5'))
    m.pool.offset(wad('5'), wad('2'))
    expect(m.pool.compounded('a')).toBe(0n)
    // Each of 5: half of what is left, and half of the 2.
    expect(m.pool.gain('b')).toBe(wad('1'))
    expect(Math.abs(Number(m.pool.gain('a') - wad('10'))) / 1e19).toBeLessThan(1e-8)
  })

  it('never promises more than it has, after a thousand odd offsets', () => {
    const m = new ReferenceLiquity(wad('100'))
    for (const [i, amount] of ['1000', '333.333', '7.77'].entries()) m.pool.change(`d${i}`, wad(amount))
    let collateral = 0n
    for (let i = 1n; i <= 1000n; i++) {
      m.pool.offset(WAD + i * 7n, 9_999_999_999_999_991n + i)
      collateral += 9_999_999_999_999_991n + i
    }
    const sum = (of: (who: string) => bigint) => of('d0') + of('d1') + of('d2')
    const left = m.pool.total - sum((who) => m.pool.compounded(who))
    const gains = collateral - sum((who) => m.pool.gain(who))
    // A wei of a deposit an offset at most, and never too much.
    expect([left >= 0n, left < 10_000_000n, gains >= 0n, gains < 10_000_000n]).toEqual([true, true, true, true])
  })
})

describe('fees', () => {
  it('half after 720 minutes', () => {
    expect(Math.abs(Number(decPow(MINUTE_DECAY, 720n)) / 0.5e18 - 1)).toBeLessThan(1e-12)
    expect(decPow(MINUTE_DECAY, 0n)).toBe(WAD)
  })

  it('redemption raises the base rate by half the share redeemed, and costs it plus 0.5 %', () => {
    const m = new ReferenceLiquity(wad('100'))
    for (let i = 0; i < 10; i++) m.add(wad(String(40 + i)), wad('2000'))
    m.add(wad('1000'), wad('30000'))
    const { redeemed, drawn, fee, closed } = m.redeem(wad('5000'))
    expect([redeemed, drawn]).toEqual([wad('3600'), wad('36')])
    expect(closed).toEqual([0, 1])
    // 3,600 of 50,000, over 2: 3.6 %.
    expect([m.base_rate, fee]).toEqual([wad('0.036'), wad('1.476')])
    expect(MCR).toBe(wad('1.1'))
  })
})
