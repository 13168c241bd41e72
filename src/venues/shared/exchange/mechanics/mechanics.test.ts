/** Laws of the mechanics that no printed number shows. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { abs, add, compare, div, mul, ONE, ratio, sign, sub, sum, to_number, ZERO } from '../reference-ratio.ts'
import * as arkham from './reference-arkham.ts'
import { SCHEDULE } from './reference-arkham-rows.ts'
import * as drift from './reference-drift.ts'
import * as lighter from './reference-lighter.ts'
import * as polymarket from './reference-polymarket.ts'
import * as synthetix from './reference-synthetix.ts'

const units = fc.integer({ min: 1, max: 1_000_000 }).map((n) => ratio(n))

describe('drift', () => {
  it('the root is the largest whole number whose square is no larger', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), (n) => {
        const root = drift.root(n)
        expect(root * root <= n && (root + 1n) * (root + 1n) > n).toBe(true)
      }),
    )
  })

  it('longs and shorts bear at least the loss, and no more than a micro-unit of index too much', () => {
    const size = fc.bigInt({ min: 1n, max: 10n ** 15n })
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 12n }), size, size, (loss, longs, shorts) => {
        const borne = drift.funding_delta(loss, longs, -shorts) * (longs + shorts)
        const exact = loss * drift.BASE * 1000n
        expect(borne >= exact && borne - exact < 1000n * (longs + shorts)).toBe(true)
      }),
    )
  })

  it('selling what covers a shortage covers it', () => {
    const fees = fc.bigInt({ min: 0n, max: 10_000n })
    fc.assert(
      fc.property(fc.bigInt({ min: 1_000_000n, max: 10n ** 12n }), fees, fees, (shortage, liquidator_fee, fund_fee) => {
        const price = 100n * drift.PRICE
        const fields = { shortage, price, quote_price: drift.PRICE, ratio: 700n, liquidator_fee, fund_fee }
        const cover = drift.base_to_cover(fields) as bigint
        const { quote, fund } = drift.transfer(cover, 1n, price, liquidator_fee, fund_fee)
        const freed = drift.requirement(cover, price, 700n, 0n) - ((cover * price) / drift.BASE - quote) - fund
        // rounding of four divisions, micro-units
        expect(Math.abs(Number(freed - shortage))).toBeLessThanOrEqual(5)
      }),
    )
  })
})

describe('synthetix', () => {
  const cap = ratio(100)
  const used = [{ time_s: 0, block: 1, size: cap }]
  const at = (more: object) => ({ time_s: 1, block: 2, calm: true, endorsed: false, ...more })
  const left = (now: Parameters<typeof synthetix.capacity>[3]) => to_number(synthetix.capacity(cap, 10, used, now, ratio(150)))

  // derivatives reference §13: cap used up, premium below its bound and a new block: one more window; endorsed: no cap
  it('a used window gives one more where it is calm and the block is new', () => {
    expect(left(at({}))).toBe(100)
    expect(left(at({ calm: false }))).toBe(0)
    expect(left(at({ block: 1 }))).toBe(0)
    expect(left(at({ calm: false, endorsed: true }))).toBe(150)
  })

  it('initial margin grows with size, maintenance is its scaled part', () => {
    const terms = { scale: ratio(1000), fraction: ratio(2), floor: ratio('0.01'), scalar: ratio('0.5'), least: ratio(1000) }
    // |20| ÷ 1,000 · 2 + 0.01 = 0.05 of 40,000, and 1,000
    const { initial, maintenance } = synthetix.margins(ratio(-20), ratio(2000), terms)
    expect([to_number(initial), to_number(maintenance)]).toEqual([3000, 2000])
  })
})

describe('lighter', () => {
  const rates = { initial: ratio('0.02'), maintenance: ratio('0.012'), close: ratio('0.008') }
  const position = fc.tuple(
    fc.integer({ min: -100, max: 100 }).filter((n) => n !== 0),
    fc.integer({ min: 1, max: 5000 }),
  )
  // accounts in breach: value below maintenance, so that no zero price is negative
  const account = fc
    .tuple(fc.array(position, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 99 }))
    .map(([list, percent]): lighter.Account => {
      const positions = list.map(([size, mark]) => ({ size: ratio(size), mark: ratio(mark), entry: ratio(mark), ...rates }))
      return { value: mul(lighter.required(positions, 'maintenance'), div(ratio(percent), ratio(100))), positions }
    })

  it('any part traded at the zero price leaves value ÷ maintenance, better leaves more', () => {
    fc.assert(
      fc.property(account, fc.integer({ min: 1, max: 99 }), fc.boolean(), (opening, percent, better) => {
        const one = opening.positions[0] as lighter.Position
        const zero = lighter.zero_price(one, opening)
        // without a fee the account has the improvement
        const price = better ? add(zero, ratio(sign(one.size))) : zero
        const quantity = mul(abs(one.size), div(ratio(percent), ratio(100)))
        const { account: after } = lighter.close(opening, 0, [{ price, quantity }], ZERO)
        const health = (of: lighter.Account) => div(of.value, lighter.required(of.positions, 'maintenance'))
        expect(compare(health(after), health(opening))).toBe(better ? 1 : 0)
      }),
    )
  })

  it('everything closed at zero prices leaves nothing', () => {
    fc.assert(
      fc.property(account, (opening) => {
        let now: lighter.Account = opening
        opening.positions.forEach((one, i) => {
          const price = lighter.zero_price(one, now)
          now = lighter.close(now, i, [{ price, quantity: abs(one.size) }], ONE).account
        })
        expect(sign(now.value)).toBe(0)
      }),
    )
  })

  it('stages follow initial, maintenance and close margin', () => {
    const held = { size: ratio(10), mark: ratio(100), entry: ratio(100), ...rates }
    const stages = [20, 19, 12, 11, 8, 7, 0, -1].map((value) => lighter.stage({ value: ratio(value), positions: [held] }))
    expect(stages).toEqual(['free', 'reduce_only', 'reduce_only', 'orders', 'orders', 'takeover', 'takeover', 'deleveraging'])
  })

  it('the pool takes the worst first and stops at its own initial margin; opposite positions out of line are passed over', () => {
    const held = (entry: number) => ({ size: ratio(10), mark: ratio(100), entry: ratio(entry), ...rates })
    // three longs of 1,000 ask 20 each of a pool that has 30, and bring it 10 · 1.2 · 3 ÷ 36 = 1 each
    const loser = { value: ratio(3), positions: [held(101), held(120), held(110)] }
    expect(lighter.taken_over(loser, { value: ratio(30), positions: [] })).toEqual([1])
    expect(lighter.taken_over(loser, { value: ratio(100), positions: [] })).toEqual([1, 2, 0])
    const others = [
      { size: ratio(-4), zero: ratio(101) },
      { size: ratio(-4), zero: ratio(99) },
      { size: ratio(-9), zero: ratio(100) },
    ]
    expect(lighter.deleverage(ratio(10), 1, ratio(100), others).map(to_number)).toEqual([4, 0, 6])
  })
})

describe('arkham', () => {
  it('margin is continuous over the schedule and never falls', () => {
    const floors = arkham.floors(SCHEDULE)
    for (let i = 1; i < floors.length; i++) {
      const [at, step, before] = [floors[i] ?? ZERO, SCHEDULE[i] as arkham.Step, SCHEDULE[i - 1] as arkham.Step]
      expect(compare(at, floors[i - 1] ?? ZERO)).toBe(1)
      for (const { rate, rebate } of [step, before])
        expect(compare(arkham.initial(SCHEDULE, at), sub(mul(at, rate), rebate))).toBe(0)
    }
  })

  it('what the account lacks is what everybody else got, and the fund pays no more than it has', () => {
    fc.assert(
      fc.property(
        units,
        units,
        fc.integer({ min: 0, max: 10 }),
        units,
        fc.constantFrom(1, -1),
        (entry, mark, taken, fund, side) => {
          const account = { size: ratio(10 * side), entry, collateral: ratio(100) }
          const done = arkham.liquidate(account, mark, ratio(taken), ratio('0.01'), fund)
          const lost = mul(mul(ratio(taken), mark), ratio('0.01'))
          const left = sub(arkham.equity(account, mark), lost)
          expect(compare(done.shortfall, sign(left) < 0 ? abs(left) : ZERO)).toBe(0)
          expect(compare(sub(done.shortfall, done.uncovered), fund)).toBeLessThanOrEqual(0)
        },
      ),
    )
  })
})

describe('polymarket', () => {
  it('winners close down the index until the size is gone', () => {
    const winners = [6.05, 10, 50.625].map((index) => ({ size: ratio(4), index: ratio(index) }))
    const parts = polymarket.closed(ratio(6), winners)
    expect(parts.map(to_number)).toEqual([0, 2, 4])
    expect(to_number(sum(parts))).toBe(6)
  })

  // derivatives reference §15.2: isolated at the bankruptcy price, cross at the frozen mark; fee N · (rate + liqFee)
  it('price, fee and who takes the account over', () => {
    const [bankruptcy, mark] = [ratio(95), ratio(97)]
    expect(to_number(polymarket.adl_price(true, bankruptcy, mark))).toBe(95)
    expect(to_number(polymarket.adl_price(false, bankruptcy, mark))).toBe(97)
    expect(to_number(polymarket.fill_fee(ratio(1000), ratio('0.0005'), ratio('0.01')))).toBe(10.5)
    expect(polymarket.absorber(ratio(100), ratio(-40), ratio(60))).toBe('fund')
    expect(polymarket.absorber(ratio(100), ratio(-41), ratio(60))).toBe('winners')
  })
})
