import { describe, expect, it } from 'vitest'
import { CCR, decPow, LIQUITY, MCR, MINUTE_DECAY, ReferenceLiquity, Revert, split, ZERO } from './reference.ts'
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

describe('one call for many troves', () => {
  it('does to others at its end what it does: a trove at 110 % is safe in it, though not after it', () => {
    const m = new ReferenceLiquity(wad('100'))
    for (const [coll, debt] of [
      ['1000', '30000'],
      ['21', '2000'],
      ['22', '2000'],
    ] as const)
      m.add(wad(coll), wad(debt))
    expect(m.liquidateListed([1, 2, 1]).map(({ id }) => id)).toEqual([1])
    expect(m.icr(2) < MCR).toBe(true)
    expect(m.liquidateLowest(5).map(({ id }) => id)).toEqual([2])
  })

  // Price 100. The first trove gives the pool 21.89 (110 % of 2,000, less 0.5 %), the caller 0.11 and its owner 2. Of the 16,000 then owed
  // Liquity counts 200 and the last trove's own, Zero 0.11 more, or 2.11 more where the troves were named. That trove is below the ratio
  // of all, and may go, under 200 ÷ 7 = 28.571, 28.587 and 28.873. The pool cannot take the one between them in the list.
  it.each([
    ['28.58', LIQUITY, 1, 1],
    ['28.58', ZERO, 2, 2],
    ['28.6', LIQUITY, 1, 1],
    ['28.6', ZERO, 1, 2],
  ] as const)('in recovery mode counts what has left the system: %s collateral', (coll, terms, lowest, listed) => {
    const open = () => {
      const m = new ReferenceLiquity(wad('100'), terms)
      m.add(wad('70'), wad('4000'))
      m.add(wad('130'), wad('10000'))
      m.add(wad('24'), wad('2000'))
      m.add(wad(coll), wad('2000'))
      m.pool.change('d', wad('5000'))
      return m
    }
    expect(open().liquidateLowest(3)).toHaveLength(lowest)
    expect(open().liquidateListed([2, 3])).toHaveLength(listed)
  })

  it('changes nothing when it is refused', () => {
    const m = new ReferenceLiquity(wad('100'))
    m.add(wad('10'), wad('2000'))
    expect(() => m.liquidateLowest(1)).toThrow('nothing to liquidate')
    expect(() => m.liquidateListed([])).toThrow('no troves')
    expect(m.order).toEqual([0])
  })
})

describe('the list of troves', () => {
  it('of equal ratios the older is redeemed first: the younger was sorted in above it', () => {
    const m = new ReferenceLiquity(wad('100'))
    for (let i = 0; i < 3; i++) m.add(wad('60'), wad('4000'))
    expect(m.order).toEqual([2, 1, 0])
    m.redeem(wad('100'))
    // Its ratio has risen: 59 · 100 / 3,900.
    expect([m.order, m.entire(0).debt]).toEqual([[0, 2, 1], wad('3900')])
  })

  it('a hint out of date, or too little left, ends a redemption; what was looked at takes its redistributions in', () => {
    const m = new ReferenceLiquity(wad('100'))
    m.add(wad('1000'), wad('30000'))
    m.add(wad('50'), wad('3000'))
    m.add(wad('21'), wad('2000'))
    m.liquidate(2)
    const before = m.troves[1]?.debt
    expect(() => m.redeem(wad('100'), { stale: true })).toThrow('nothing redeemed')
    expect(m.troves[1]?.debt).toBe(before)
    m.add(wad('23'), wad('2000'))
    const { redeemed } = m.redeem(wad('1900'), { stale: true })
    expect(redeemed).toBe(wad('1800'))
    expect(m.troves[1]?.debt).toBe(m.entire(1).debt)
    expect((m.troves[1]?.debt as bigint) > (before as bigint)).toBe(true)
  })

  it('debt that comes with less than a unit of collateral a stake waits until some comes', () => {
    const m = new ReferenceLiquity(wad('100'))
    m.add(wad('1000'), wad('30000'))
    m.add(wad('21'), wad('2000'))
    // 10,000 wei are left for the one stake of 1,000: 10 a unit; of collateral some 105 wei, less than 1.
    m.pool.change('d', wad('2000') - 10_000n)
    m.liquidate(1)
    expect([m.l_debt, m.l_coll]).toEqual([10n, 0n])
    m.adjust(0, wad('1'), 0n)
    expect([m.troves[0]?.debt, m.entire(0).debt > wad('30000')]).toEqual([wad('30000'), true])
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
    expect(closed.map(({ id }) => id)).toEqual([0, 1])
    // 3,600 of 50,000, over 2: 3.6 %.
    expect([m.base_rate, fee]).toEqual([wad('0.036'), wad('1.476')])
    expect(MCR).toBe(wad('1.1'))
  })
})
