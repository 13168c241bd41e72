import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as r from '../shared/exchange/reference.ts'
import { type Account, liquidate, match, type Rules, smallest_reduction } from '../shared/exchange/reference-procedure.ts'
import {
  add,
  compare,
  div,
  less,
  mul,
  ONE,
  type Ratio,
  ratio,
  sign,
  sub,
  sum,
  to_number,
  ZERO,
} from '../shared/exchange/reference-ratio.ts'
import { BTC_TIERS, btc_account, goldenRows } from './vectors.ts'

describe('published numbers', () => {
  it.each(goldenRows().map((row) => [row.id, row] as const))('%s', (_id, row) => {
    expect(Math.abs(Number(row.got) - Number(row.expected)), `${row.what}: ${row.got}`).toBeLessThanOrEqual(row.tolerance)
  })

  it('names every row once and every vector of the golden file that is Binance’s', () => {
    const ids = goldenRows().map((row) => row.id)
    expect(new Set(ids).size).toBe(ids.length)
    const words = new Set(ids.flatMap((id) => id.split(' ')))
    for (const id of ['bn1', 'bn2', 'bn3a', 'bn3b', 'bn4', 'bn5', 'ok1', 'ok2', 'ad1']) expect(words, `${id}`).toContain(id)
    for (let n = 1; n <= 17; n++) expect(words, `BN${n}`).toContain(`BN${n}`)
  })
})

describe('exact arithmetic', () => {
  it('reads decimals, whole numbers and doubles as what they are', () => {
    expect(ratio('0.0125')).toEqual({ n: 1n, d: 80n })
    expect(ratio('-1,234.50')).toEqual({ n: -2469n, d: 2n })
    expect(ratio(0.1)).toEqual({ n: 3602879701896397n, d: 36028797018963968n })
    expect(() => ratio('1e5')).toThrow(RangeError)
    expect(() => ratio(Number.NaN)).toThrow(RangeError)
    expect(() => div(ONE, ZERO)).toThrow(RangeError)
  })

  it('gives back every double, and rounds sums and quotients as the hardware does', () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 })
    fc.assert(
      fc.property(double, double, (a, b) => {
        expect(to_number(ratio(a))).toBe(a === 0 ? 0 : a)
        expect(to_number(add(ratio(a), ratio(b)))).toBe(a + b === 0 ? 0 : a + b)
        if (Math.abs(b) > 1e-100 && Math.abs(a) > 1e-100) expect(to_number(div(ratio(a), ratio(b)))).toBe(a / b)
      }),
      { numRuns: 500 },
    )
  })
})

const cents = (low: number, high: number) => fc.integer({ min: low * 100, max: high * 100 }).map((n) => div(ratio(n), ratio(100)))

describe('prices of one position', () => {
  it('balance equals maintenance at the liquidation price, in its own bracket; nothing is left at the bankruptcy price', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, -1), cents(1, 9000), cents(1, 100), (side, size, leverage) => {
        const quantity = mul(ratio(side), div(size, ratio(100)))
        const p = { quantity, entry: ratio(100_000) }
        const margin = div(r.notional_of(p, p.entry), add(leverage, ONE))
        const rest = { wallet: margin, maintenance: ZERO, profit: ZERO }
        const price = r.liquidation_price(p, rest, BTC_TIERS, p.entry)
        const balance = add(margin, r.profit(p, price))
        expect(compare(balance, r.maintenance(BTC_TIERS, r.notional_of(p, price)))).toBe(0)
        expect(sign(add(margin, r.profit(p, r.bankruptcy_price(p, margin))))).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  it('maintenance is continuous at every floor', () => {
    for (const [i, tier] of BTC_TIERS.entries()) {
      if (i === 0) continue
      const before = BTC_TIERS[i - 1] as r.Tier
      const at = (t: r.Tier) => sub(mul(tier.floor, t.rate), t.cum)
      expect(compare(at(tier), at(before)), `bracket ${i}`).toBe(0)
    }
  })

  it('in hedge mode an empty other leg changes nothing, and equal legs have no price', () => {
    const tier = { rate: ratio('0.01'), cum: ratio(0) }
    const rest = { wallet: ratio(2000), maintenance: ZERO, profit: ZERO }
    const long = { quantity: ratio(1), entry: ratio(10_000), ...tier }
    const none = { quantity: ZERO, entry: ratio(10_000), ...tier }
    const one_way = r.liquidation_price_at(long, rest, tier.rate, tier.cum)
    expect(r.liquidation_price_hedge(long, none, rest)).toEqual(one_way)
    const short = { quantity: ratio(-1), entry: ratio(10_000), ...tier }
    // maintenance of both legs grows with the price: 2,000 = 2 · 1 % · 100,000
    expect(to_number(r.liquidation_price_hedge(long, short, rest))).toBe(100_000)
  })
})

// equality is compliant here, so that the exact target can be checked
const RULES: Rules = { strict: true, fee: ratio('0.0125'), fee_from: 'remaining', bound: ratio('0.05'), target: ONE }

describe('the sequence', () => {
  const account = fc
    .record({
      side: fc.constantFrom(1, -1),
      size: cents(100, 20_000),
      cushion: fc.integer({ min: -200, max: 99 }),
      fee: fc.constantFrom('0', '0.0005', '0.0125'),
      book: fc.array(fc.tuple(fc.integer({ min: 1, max: 700 }), cents(0.01, 80)), { maxLength: 6 }),
    })
    .map(({ side, size, cushion, fee, book }) => {
      const mark = ratio(98_000)
      const quantity = mul(ratio(side), size)
      const required = r.maintenance(BTC_TIERS, mul(size, mark))
      const balance = mul(required, div(ratio(cushion), ratio(100)))
      const levels = book
        .sort((a, b) => a[0] - b[0])
        .map(([bps, depth]) => ({ price: mul(mark, sub(ONE, div(ratio(side * bps), ratio(10_000)))), quantity: depth }))
      const leg = { quantity, mark, entry: ratio(100_000), tiers: BTC_TIERS, book: levels }
      const opening: Account = { cash: sub(balance, mul(quantity, mark)), legs: [leg] }
      return { opening, rules: { ...RULES, fee: ratio(fee) } }
    })

  it('heals, or leaves the account with exactly nothing; money goes where it is due', () => {
    fc.assert(
      fc.property(account, ({ opening, rules }) => {
        const outcome = liquidate(opening, rules)
        const leg = opening.legs[0] as Account['legs'][number]
        const sold = sum(outcome.orders.map(({ quote }) => mul(ratio(sign(leg.quantity)), quote)))
        const taken = sum(outcome.closed.map(({ quantity, price }) => mul(quantity, price)))
        const covered = outcome.closed.length === 0 ? outcome.bad_debt : ZERO
        const left = sub(sum([opening.cash, sold, taken, covered]), outcome.fee)
        expect(compare(left, outcome.cash)).toBe(0)
        if (outcome.healed) {
          const after = { cash: outcome.cash, legs: [{ ...leg, quantity: outcome.quantities[0] as Ratio }] }
          if (sign(after.legs[0]?.quantity as Ratio) !== 0) expect(compare(r.equity(after), r.total_maintenance(after))).toBe(0)
          else expect(sign(outcome.cash)).toBeGreaterThanOrEqual(0)
        } else expect(sign(outcome.cash)).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  it('asks for the smallest amount: a hair less does not heal', () => {
    fc.assert(
      fc.property(account, ({ opening, rules }) => {
        const amount = smallest_reduction(opening, 0, ZERO, rules)
        fc.pre(amount !== undefined && sign(amount) > 0)
        const leg = opening.legs[0] as Account['legs'][number]
        const less_by = (share: string) => {
          const part = mul(amount as Ratio, ratio(share))
          let left = part
          let quote = ZERO
          for (const level of leg.book) {
            const take = less(level.quantity, left) ? level.quantity : left
            left = sub(left, take)
            quote = add(quote, mul(take, level.price))
          }
          const side = ratio(sign(leg.quantity))
          const after = {
            cash: sub(add(opening.cash, mul(side, quote)), mul(rules.fee, quote)),
            legs: [{ ...leg, quantity: sub(leg.quantity, mul(side, part)) }],
          }
          return compare(r.equity(after), r.total_maintenance(after))
        }
        expect(less_by('0.999')).toBe(-1)
        expect(less_by('1')).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  it('a reduction cannot heal where the fee exceeds the maintenance it relieves', () => {
    const hopeless = btc_account('10', '98545', ratio(-980_100), [['98500', '100']])
    expect(liquidate(hopeless, RULES).orders[0]?.asked).toEqual(ratio(10))
    const free = liquidate(hopeless, { ...RULES, fee: ZERO })
    expect(free.healed).toBe(true)
    expect(less(free.orders[0]?.base as Ratio, ratio(10))).toBe(true)
  })

  it('ADL goes down the ranking and turns nobody', () => {
    expect(match(ratio(5), [ratio(2), ratio(2), ratio(9)]).map(to_number)).toEqual([2, 2, 1])
    expect(match(ratio(5), [ratio(2)]).map(to_number)).toEqual([2])
  })
})
