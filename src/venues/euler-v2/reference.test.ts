import { describe, expect, it } from 'vitest'
import { limits, part, quote, RAY, rampedLtv, Revert, rpow, WAD } from './reference.ts'
import { goldenRows, units } from './reference-rows.ts'

const wad = (text: string): bigint => units(`${text}e18`)

describe('published numbers', () => {
  for (const row of goldenRows()) it(`${row.id}: ${row.what}`, () => expect(row.got).toBe(row.expected))
})

describe('at the thresholds', () => {
  it('equality is not safe: all may be repaid, at no discount; a wei more of collateral is safe', () => {
    expect(limits(wad('5'), wad('5'), wad('5'), wad('10'), wad('10'), 2000n)).toEqual({ repay: wad('5'), yield_: wad('5') })
    expect(limits(wad('5') + 1n, wad('5'), wad('5'), wad('10'), wad('10'), 2000n)).toEqual({ repay: 0n, yield_: 0n })
  })

  it('worthless collateral is given away, and without debt nothing is taken', () => {
    expect(limits(0n, wad('5'), wad('5'), 0n, wad('10'), 2000n)).toEqual({ repay: 0n, yield_: wad('10') })
    expect(limits(0n, 0n, 0n, wad('1'), wad('10'), 2000n)).toEqual({ repay: 0n, yield_: 0n })
  })

  it('more than the limit is refused, a part yields in proportion', () => {
    const whole = { repay: wad('4'), yield_: wad('10') }
    expect(part(whole, wad('1'))).toEqual({ repay: wad('1'), yield_: wad('2.5') })
    expect(() => part(whole, wad('4') + 1n)).toThrow(Revert)
  })

  it('a ramp goes down in a line and stays down', () => {
    expect([0n, 50n, 99n, 100n, 500n].map((now) => rampedLtv(9000n, 8000n, now, 100n, 100n))).toEqual([
      9000n,
      8500n,
      8010n,
      8000n,
      8000n,
    ])
    expect(quote(3n, WAD / 2n)).toBe(1n)
    expect(rpow(2n * RAY, 10n)).toBe(1024n * RAY)
  })
})
