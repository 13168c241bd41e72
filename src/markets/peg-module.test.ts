import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RedemptionWorld } from '../../test/support/redemption-world.ts'
import * as kernel from './peg-module/kernel.ts'
import * as reference from './peg-module/reference.ts'
import { goldenRows } from './peg-module/reference-rows.ts'
import { pegModule } from './peg-module.ts'

const INFINITY = Number.POSITIVE_INFINITY
const HOUR = 3_600_000
const DAY = 86_400_000
const DAI = 0
const USDC = 1
const at = (iso: string) => Date.parse(iso)
const relative = (a: number, b: number) => Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-300)
const wad = (x: number) => BigInt(Math.round(x * 1e6)) * 10n ** 12n
const open = (fields: object, options = {}) => new RedemptionWorld(pegModule as never, { reserve: 1e6, ...fields }, options)

describe('peg-module: reference and kernel', () => {
  it.each(goldenRows().map((row) => [row.id, row]))('%s', (_id, row) => {
    expect(row.pass, `${row.got} for ${row.expected}`).toBe(true)
  })

  it('say the same: swaps and what keepers mint, burn and take', () => {
    const amount = fc.double({ min: 0, max: 1e9, noNaN: true }).map((x) => Math.round(x * 1e6) / 1e6)
    const fee = fc.integer({ min: 0, max: 50_000 }).map((x) => x / 1e6)
    fc.assert(
      fc.property(amount, amount, amount, amount, amount, fee, fee, (cash, gem, debt, buf, line, tin, tout) => {
        const exact = { cash: wad(cash), gem: wad(gem), debt: wad(debt) }
        const books = { cash, backed: gem, debt }
        const near = (got: number, want: bigint) => expect(Math.abs(got - Number(want) / 1e18)).toBeLessThan(1e-6)
        near(kernel.to_mint(books, buf, line), reference.to_mint(exact, wad(buf), wad(line)))
        near(kernel.to_burn(books, buf, line), reference.to_burn(exact, wad(buf), wad(line)))
        near(kernel.to_take(books), reference.to_take(exact))
        near(gem / kernel.cost_of(1, tin), reference.sell_gem(exact.gem, wad(tin)).out)
        near(gem / kernel.worth_of(1, tout, 1), reference.buy_gem(exact.gem, wad(tout)).paid)
      }),
    )
  })
})

describe('peg-module: as a market', () => {
  it('issues and redeems at par less its fees, which stay with it', () => {
    // makerdao/dss-psm testSwapBothFees: tin 5 %, tout 10 %; 100 sold bring 95, 40 bought cost 44, fees 9, debt 60.
    const w = open({ reserve: 0, tin: 0.05, tout: 0.1 })
    const sold = w.order('anna', 1, 100, { exact: 'quote' })
    expect([sold.base, sold.quote]).toEqual([95, -100])
    const bought = w.order('anna', -1, 40, { exact: 'quote' })
    expect([bought.base, bought.quote]).toEqual([-44, 40])
    const [fees, gem] = w.held() as [number, number]
    expect(fees).toBeCloseTo(9, 12)
    expect(gem).toBe(60)
    expect(w.ledger.postings.minted.columns.amount.data[DAI]).toBeCloseTo(60, 12)
    expect(w.market.mid()).toBe(1)
  })

  it('redeems until its reserve is empty, and then nothing', () => {
    const w = open({ reserve: 1000 })
    expect(w.market.depth(0.01)).toBe(1000)
    expect(w.order('anna', -1, 700).quote).toBe(700)
    const rest = w.order('boris', -1, 700)
    expect([rest.base, rest.quote]).toEqual([-300, 300])
    expect(w.order('clara', -1, 1).base).toBe(0)
    expect(w.held()[USDC]).toBe(0)
    expect(w.market.depth(0.01)).toBe(0)
  })

  it('issues up to its ceiling, fee counted', () => {
    const w = open({ reserve: 1000, ceiling: 2000, tin: 0.01 })
    const fill = w.order('anna', 1, 5000, { exact: 'quote' })
    expect(fill.quote).toBeCloseTo(-1000, 9)
    expect(fill.base).toBeCloseTo(990, 9)
    expect(w.order('anna', 1, 1).base).toBe(0)
  })

  it('with a buffer issues what is minted ahead, until keepers come', () => {
    // makerdao/dss-lite-psm testFill, in millions: buffer 10, sold out, filled to a debt of 20, to 25 at the ceiling.
    const w = open({ reserve: 0, ceiling: 25e6, buffer: { units: 10e6, keeper_ms: HOUR } })
    expect(w.order('anna', 1, 12e6).base).toBe(10e6)
    expect(w.order('anna', 1, 1).base).toBe(0)
    w.pass(HOUR / 2)
    expect(w.order('anna', 1, 1).base).toBe(0)
    w.pass(HOUR / 2)
    expect(w.held()).toEqual([10e6, 10e6])
    expect(w.order('anna', 1, 10e6).base).toBe(10e6)
    w.pass(HOUR)
    expect(w.held()).toEqual([5e6, 20e6])
    // What comes back is burnt by the next keeper: 15 against a reserve of 10 keeps 10, debt 20.
    expect(w.order('boris', -1, 10e6).quote).toBe(10e6)
    w.pass(HOUR)
    expect(w.held()).toEqual([10e6, 10e6])
  })

  it('takes its fees out of the buffer to the issuer', () => {
    const w = open({ reserve: 0, tin: 0.01, buffer: { units: 10e6, keeper_ms: HOUR } })
    // testSellAndBuyGemAccountingFees: 100,000 sold at 1 % leave 1,000.
    w.order('anna', 1, 100_000, { exact: 'quote' })
    expect(w.held()[DAI]).toBeCloseTo(10e6 - 99_000, 6)
    w.pass(HOUR)
    expect(w.held()[DAI]).toBeCloseTo(10e6, 6)
    // Minted: the buffer again and again less the fee that left: 10,000,000 from the start, 100,000 filled, 1,000 taken.
    expect(w.ledger.postings.minted.columns.amount.data[DAI]).toBeCloseTo(99_000, 6)
  })

  it('lets nothing through beyond a limit on the price, and all within it', () => {
    const w = open({ tin: 0.01, tout: 0.02 })
    expect(w.order('anna', 1, 10, { limit: 1.0101 }).base).toBe(0)
    expect(w.order('anna', 1, 10, { limit: 1.0102 }).base).toBe(10)
    expect(w.order('anna', -1, 10, { limit: 0.9804 }).base).toBe(0)
    expect(w.order('anna', -1, 10, { limit: 0.9803 }).base).toBe(-10)
  })

  it('keeps hours, parties, allowances and a least size', () => {
    const w = open(
      {
        hours: { from_hour: 13, until_hour: 21 },
        parties: ['anna', 'boris'],
        redeem_limit: { units: 1000, per_ms: DAY },
        order_min: 10,
      },
      { time_ms: at('2023-03-10T12:00:00Z') },
    )
    expect(w.order('anna', -1, 100).base).toBe(0)
    expect(w.market.depth(0.01)).toBe(0)
    w.pass(HOUR)
    expect(w.order('clara', -1, 100).base).toBe(0)
    expect(w.order('anna', -1, 9).base).toBe(0)
    expect(w.order('anna', -1, 600).base).toBe(-600)
    expect(w.order('boris', -1, 600).base).toBe(-400)
    expect(w.order('boris', -1, 600).base).toBe(0)
    expect(w.order('boris', 1, 600).base).toBe(600)
    // A weekend later: closed until Monday 13:00, and one day's allowance whatever passed since the last one that was used.
    w.pass(2 * DAY)
    expect(w.order('boris', -1, 600).base).toBe(0)
    w.pass(DAY)
    expect(w.order('boris', -1, 3000).base).toBe(-1000)
  })

  it('per block gives in a minute what five blocks give', () => {
    const w = open({ issue_limit: { units: 100, per_ms: 12_000 } })
    expect(w.order('anna', 1, 1000).base).toBe(100)
    w.pass(60_000)
    expect(w.order('anna', 1, 1000).base).toBe(500)
  })

  it('first come, first served: pays in full while it lasts', () => {
    const w = open({ reserve: 1000, debt: 1000, backing: { losses: [{ time_ms: HOUR, factor: 0.4 }] } })
    w.pass(HOUR)
    expect(w.held()[USDC]).toBeCloseTo(400, 9)
    expect(w.market.mid()).toBe(1)
    expect(w.order('anna', -1, 300).quote).toBe(300)
    expect(w.order('boris', -1, 300).quote).toBeCloseTo(100, 9)
    expect(w.order('clara', -1, 300).quote).toBe(0)
    // The loss is a named burn.
    expect(w.ledger.postings.minted.columns.amount.data[USDC]).toBeCloseTo(-600, 9)
  })

  it('pro rata: pays everybody the same share, early or late', () => {
    const w = open({ reserve: 1000, debt: 1000, backing: { short: 'pro-rata', losses: [{ time_ms: HOUR, factor: 0.4 }] } })
    expect(w.order('anna', -1, 100).quote).toBe(100)
    const jump = w.pass(HOUR)
    expect(jump.mid_after).toBeCloseTo(0.4, 12)
    expect(w.order('anna', -1, 300).quote).toBeCloseTo(120, 9)
    expect(w.order('boris', -1, 300).quote).toBeCloseTo(120, 9)
    expect(w.market.mid()).toBeCloseTo(0.4, 12)
    // All that is left of 900 outstanding, 300: 120 units.
    expect(w.order('clara', -1, 300).quote).toBeCloseTo(120, 9)
  })

  it('whoever issues below par pays for the others', () => {
    const w = open({ reserve: 400, debt: 1000, backing: { short: 'pro-rata' } })
    expect(w.market.mid()).toBe(0.4)
    // 500 more for 500: 900 behind 1,500.
    expect(w.order('anna', 1, 500).mid_after).toBeCloseTo(0.6, 12)
  })

  it('a total loss leaves nothing to redeem, and a price that is a number', () => {
    const w = open({ reserve: 1000, debt: 1000, backing: { short: 'pro-rata', losses: [{ time_ms: HOUR, factor: 0 }] } })
    w.pass(HOUR)
    expect(w.market.mid()).toBe(1e-9)
    expect(w.order('anna', -1, 10).base).toBe(0)
  })

  it('a hedged dollar pays funding out of its fund, then out of its backing, and redeems what has come to hand', () => {
    const year = 31_536_000_000
    const carry = [
      { time_ms: 0, per_year: 0.1 },
      { time_ms: 10 * DAY, per_year: -0.365 },
    ]
    const w = open({
      reserve: 100,
      debt: 1000,
      backing: { short: 'pro-rata', locked: 900, unlock_per_day: 0, fund: 10, carry },
    })
    // Positive carry is not kept.
    w.pass(10 * DAY)
    expect(w.held()[USDC]).toBe(1010)
    // 0.1 % of 900 a day: 10 days cost 9, 20 days 18.
    w.pass(10 * DAY)
    expect(w.held()[USDC]).toBeCloseTo(1001, 9)
    expect(w.market.mid()).toBe(1)
    w.pass(10 * DAY)
    // The fund is gone and 8 more: 92 at hand, 900 locked.
    expect(w.held()[USDC]).toBeCloseTo(992, 9)
    expect(w.market.mid()).toBeCloseTo(0.992, 12)
    const fill = w.order('anna', -1, 500)
    expect(fill.quote).toBeCloseTo(92, 9)
    expect(relative(fill.base, -92 / 0.992)).toBeLessThan(1e-12)
    expect(year / 365).toBe(DAY)
  })

  it('unlocks at its rate, and makes up a loss out of the fund', () => {
    const w = open({
      reserve: 0,
      debt: 1000,
      backing: { locked: 1000, unlock_per_day: 240, fund: 50, losses: [{ time_ms: DAY, factor: 0.9 }] },
    })
    expect(w.order('anna', -1, 1).base).toBe(0)
    w.pass(HOUR)
    expect(w.order('anna', -1, 100).quote).toBeCloseTo(10, 9)
    w.pass(23 * HOUR)
    // 990 left, 10 % of it lost: 891 against 990 owed; the fund of 50 comes to hand: 0.9 · 230 + 50.
    expect(w.held()[USDC]).toBeCloseTo(941, 9)
    expect(w.order('anna', -1, 1000).quote).toBeCloseTo(0.9 * 230 + 50, 9)
  })

  it('without end stands as at the start', () => {
    const w = open({ reserve: 1000, tin: 0.01, buffer: { units: 500, keeper_ms: HOUR }, redeem_limit: { units: 100 } })
    const held = w.held()
    w.order('anna', 1, 200)
    w.order('boris', -1, 100)
    expect(w.order('boris', -1, 1).base).toBe(0)
    expect(w.pass(INFINITY, 0.7)).toMatchObject({ decay: 0, party: 0, mid_after: 1 })
    expect(w.held()).toEqual(held)
    expect(w.order('boris', -1, 1).base).toBe(-1)
  })

  it('without end keeps its hours where it is told the time', () => {
    const w = open({ hours: { from_hour: 13, until_hour: 21 } }, { time_ms: at('2023-03-10T20:00:00Z') })
    w.market.recover(INFINITY, 1)
    expect(w.market.depth(0.01)).toBeGreaterThan(0)
    w.market.recover(INFINITY, 1, 2 * HOUR)
    expect(w.market.depth(0.01)).toBe(0)
    // from Friday to Monday afternoon
    for (let hour = 0; hour < 64; hour++) w.market.recover(INFINITY, 1, HOUR)
    expect(w.market.depth(0.01)).toBeGreaterThan(0)
  })

  it('refuses what does not fit, naming the field', () => {
    const bad = (fields: object) => () => open(fields)
    expect(bad({ base: 'USDC' })).toThrow('quote is "USDC"')
    expect(bad({ parties: ['dora'] })).toThrow('parties[0] is "dora"')
    expect(bad({ tin: -0.1, buffer: { units: 1 } })).toThrow('tin is -0.1')
    expect(bad({ debt: 5, buffer: { units: 10 } })).toThrow('debt is 5')
    expect(() => open({}).market.make(1, 1, 0)).toThrow('no makers')
  })

  const fields = fc.record({
    tin: fc.constantFrom(0, 0.001, 0.1),
    tout: fc.constantFrom(0, 0.001, 0.1),
    reserve: fc.constantFrom(0, 1e3, 1e6),
    ceiling: fc.constantFrom(undefined, 2e6),
    buffer: fc.constantFrom(undefined, { units: 1e5, keeper_ms: HOUR }),
    redeem_limit: fc.constantFrom(undefined, { units: 1e5, per_ms: DAY }),
    hours: fc.constantFrom(undefined, { from_hour: 8, until_hour: 20 }),
    backing: fc.constantFrom(
      undefined,
      { short: 'first-come', losses: [{ time_ms: DAY, factor: 0.5 }] },
      {
        short: 'pro-rata',
        locked: 1e5,
        unlock_per_day: 1e4,
        fund: 1e3,
        losses: [{ time_ms: DAY, factor: 0.1 }],
        carry: [{ time_ms: 0, per_year: -5 }],
      },
    ),
  })
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        who: fc.constantFrom('anna', 'boris', 'clara'),
        side: fc.constantFrom<1 | -1>(1, -1),
        amount: fc.double({ min: 0, max: 1e6, noNaN: true }),
        exact: fc.constantFrom<'base' | 'quote'>('base', 'quote'),
      }),
    },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 2 * DAY }) },
    { weight: 1, arbitrary: fc.constant(INFINITY) },
  )
  it('keeps every law under random orders and times, and gives nobody money for going round', () => {
    fc.assert(
      fc.property(fields, fc.array(step, { maxLength: 30 }), (own, steps) => {
        const clean = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
        const w = open(clean)
        const opening = w.store.hash()
        for (const one of steps) {
          if (typeof one === 'number') {
            w.pass(one)
            continue
          }
          const mark = w.store.journal.savepoint()
          const hash = w.store.hash()
          const fill = w.order(one.who, one.side, one.amount, { exact: one.exact })
          expect(fill.base === 0).toBe(fill.quote === 0)
          expect(fill.base * one.side >= 0 && fill.quote * one.side <= 0).toBe(true)
          const back = w.order(one.who, one.side > 0 ? -1 : 1, Math.abs(fill.base))
          if (relative(back.base, -fill.base) < 1e-12) expect(fill.quote + back.quote).toBeLessThanOrEqual(1e-6)
          w.store.journal.rollback(mark)
          expect(w.store.hash()).toBe(hash)
          w.ledger.postings.settle()
          w.order(one.who, one.side, one.amount, { exact: one.exact })
        }
        w.store.reset()
        expect(w.store.hash()).toBe(opening)
      }),
      { numRuns: 150 },
    )
  })
})
