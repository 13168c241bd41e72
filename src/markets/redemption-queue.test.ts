import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RedemptionWorld } from '../../test/support/redemption-world.ts'
import type { Deferring, Lawful, Market, Order } from '../model/index.ts'
import { due_of } from './redemption-queue/kernel.ts'
import { prefinalize } from './redemption-queue/reference.ts'
import { goldenRows } from './redemption-queue/reference-rows.ts'
import { redemptionQueue } from './redemption-queue.ts'

const INFINITY = Number.POSITIVE_INFINITY
const HOUR = 3_600_000
const DAY = 86_400_000
const STETH = 0
const ETH = 1
const at = (iso: string) => Date.parse(iso)
const open = (fields: object, options: object = {}) =>
  new RedemptionWorld<Market & Lawful & Deferring>(redemptionQueue as never, fields, {
    assets: ['stETH', 'ETH'],
    money: 1e6,
    ...options,
  })
const later = (w: ReturnType<typeof open>, amount: number, fields: Partial<Order> = {}) =>
  w.market.later({ side: -1, amount, exact: 'base', limit: 0, party: 1, ...fields })

describe('redemption-queue: reference and kernel', () => {
  it.each(goldenRows().map((row) => [row.id, row]))('%s', (_id, row) => {
    expect(row.pass, `${row.got} for ${row.expected}`).toBe(true)
  })

  it('say the same about a request whose rate has moved', () => {
    const wad = (x: number) => BigInt(Math.round(x * 1e9)) * 10n ** 9n
    const value = fc.double({ min: 0.01, max: 1000, noNaN: true }).map((x) => Math.round(x * 1e9) / 1e9)
    fc.assert(
      fc.property(value, value, value, (shares, then, now) => {
        const promised = shares * then
        const request = { cumulative_amount: wad(promised), cumulative_shares: wad(shares) }
        const exact = Number(prefinalize([request], [1], wad(now) * 10n ** 9n).to_lock) / 1e18
        expect(Math.abs(due_of(promised, then, now) - exact)).toBeLessThan(2e-9 + 1e-9 * (shares + now))
      }),
    )
  })
})

describe('redemption-queue: as a market', () => {
  it('takes a request at once and pays it later, at what it was promised', () => {
    const w = open({ rate: { at_start: 1.2, growth: 0.0365 }, delay_ms: DAY, fee: 0.01 })
    const fill = w.order('anna', -1, 100)
    expect([fill.base, fill.quote, fill.mid_after]).toEqual([-100, 0, 1.2])
    expect(w.has('anna', STETH)).toBe(1e6 - 100)
    expect(w.held()).toEqual([100, 0])
    w.pass(DAY - 1)
    expect(w.has('anna', ETH)).toBe(1e6)
    const legs = w.pass(1).legs
    // A request accrues nothing: 100 · 1.2 · 0.99.
    expect(legs).toHaveLength(1)
    expect(w.has('anna', ETH) - 1e6).toBeCloseTo(118.8, 9)
    expect(w.held()).toEqual([0, 0])
    // The rate itself has grown by 0.01 % in a day.
    expect(w.market.mid()).toBeCloseTo(1.2 * 1.0001, 12)
    const minted = w.ledger.postings.minted.columns.amount.data
    expect([minted[STETH], minted[ETH]]).toEqual([-100, expect.closeTo(118.8, 9)])
    expect(w.log.kind(0)).toBe('redeem')
  })

  it('pays a request its shares at the rate of the day when that has fallen since', () => {
    const w = open({ rate: { at_start: 1.2, steps: [{ time_ms: HOUR, factor: 0.9 }] }, delay_ms: DAY })
    w.order('anna', -1, 100)
    w.pass(HOUR)
    expect(w.market.mid()).toBeCloseTo(1.08, 12)
    w.pass(DAY)
    expect(w.has('anna', ETH) - 1e6).toBeCloseTo(108, 9)
  })

  it('pays in order, at its daily capacity, one request in parts where it must', () => {
    const w = open({ per_day: 240 })
    w.order('anna', -1, 100)
    w.order('boris', -1, 200)
    w.order('anna', -1, 50)
    w.pass(6 * HOUR)
    expect([w.has('anna', ETH) - 1e6, w.has('boris', ETH) - 1e6]).toEqual([60, 0])
    w.pass(6 * HOUR)
    expect([w.has('anna', ETH) - 1e6, w.has('boris', ETH) - 1e6]).toEqual([100, 20])
    w.pass(DAY)
    expect(w.has('anna', ETH) - 1e6).toBeCloseTo(150, 9)
    expect(w.has('boris', ETH) - 1e6).toBeCloseTo(200, 9)
    // 10 of that day's capacity were left; unused capacity is not saved.
    w.order('clara', -1, 1000)
    w.pass(HOUR)
    expect(w.has('clara', ETH) - 1e6).toBeCloseTo(10, 9)
  })

  it('a day of validator exits takes the days that it takes', () => {
    // 1 % of 35,000,000 at 57,600 a day: 6.1 days (consensus-specs, Electra).
    const w = open({ per_day: 57_600 }, { money: 1e7 })
    expect(later(w, 350_000).delay_ms / DAY).toBeCloseTo(350_000 / 57_600, 9)
    w.order('anna', -1, 350_000)
    for (let day = 0; day < 6; day++) w.pass(DAY)
    expect(w.has('anna', ETH) - 1e7).toBeCloseTo(345_600, 3)
    w.pass(DAY)
    expect(w.has('anna', ETH) - 1e7).toBeCloseTo(350_000, 3)
  })

  it('keeps a buffer while nobody waits', () => {
    const w = open({ per_day: 24, saved: 100 })
    w.order('anna', -1, 130)
    w.pass(HOUR)
    expect(w.has('anna', ETH) - 1e6).toBe(101)
    w.pass(29 * HOUR)
    expect(w.has('anna', ETH) - 1e6).toBeCloseTo(130, 9)
    // Filled again by the flow of two days, up to 100.
    w.pass(2 * DAY)
    w.order('boris', -1, 200)
    w.pass(HOUR)
    expect(w.has('boris', ETH) - 1e6).toBeCloseTo(49, 9)
  })

  it('pays at reports only', () => {
    const w = open({ pays_ms: DAY }, { time_ms: 10 * DAY + 5 * HOUR })
    w.order('anna', -1, 10)
    w.pass(18 * HOUR)
    expect(w.has('anna', ETH)).toBe(1e6)
    expect(later(w, 1).delay_ms).toBe(HOUR)
    w.pass(HOUR)
    expect(w.has('anna', ETH)).toBe(1e6 + 10)
  })

  it('keeps banking hours: nothing over a weekend, and capacity only while it is open', () => {
    const bank = { hours: { from_hour: 13, until_hour: 21 }, per_day: 86_400, requests: 'open' }
    // A Friday, 20:00 UTC.
    const w = open(bank, { time_ms: at('2023-03-10T20:00:00Z') })
    expect(w.order('anna', -1, 10_000).base).toBe(-10_000)
    w.pass(HOUR / 2)
    expect(w.has('anna', ETH) - 1e6).toBeCloseTo(1800, 9)
    w.pass(HOUR / 2)
    // 21:00 is closed: what the last half hour earned is paid on Monday.
    expect(w.has('anna', ETH) - 1e6).toBeCloseTo(1800, 9)
    expect(w.order('boris', -1, 100).base).toBe(0)
    w.pass(2 * DAY)
    expect(w.has('anna', ETH) - 1e6).toBeCloseTo(1800, 9)
    w.pass(16 * HOUR + HOUR)
    expect(w.has('anna', ETH) - 1e6).toBeCloseTo(1800 + 1800 + 3600, 9)
    expect(w.order('boris', -1, 100).base).toBe(-100)
  })

  it('tells how long it will take, and it does', () => {
    const fields = fc.record({
      per_day: fc.constantFrom(undefined, 1000, 1e5),
      delay_ms: fc.constantFrom(0, HOUR, 3 * DAY),
      pays_ms: fc.constantFrom(0, DAY),
      hours: fc.constantFrom(undefined, { from_hour: 9, until_hour: 17 }),
      saved: fc.constantFrom(0, 500),
    })
    const amounts = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(fields, amounts, fc.integer({ min: 0, max: 6 }), (own, list, day) => {
        const clean = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
        const w = open(clean, { time_ms: at('2023-03-06T10:00:00Z') + day * DAY })
        for (const amount of list.slice(1)) w.order('boris', -1, amount)
        const amount = list[0] as number
        const { delay_ms, amount: promised } = later(w, amount)
        w.order('anna', -1, amount)
        expect(promised).toBe(amount)
        const start = w.time_ms
        while (w.has('anna', ETH) < 1e6 + amount * (1 - 1e-9) && w.time_ms < start + 60 * DAY) w.pass(HOUR / 2)
        // Within the step of time, at whose end its capacity is spent. A report made while it is closed pays at the next opening, what has come due
        // in between as well: then it may be earlier.
        const off = w.time_ms - start - delay_ms
        expect(off).toBeLessThanOrEqual(HOUR / 2 + 1)
        if (own.pays_ms === 0 || own.hours === undefined) expect(off).toBeGreaterThanOrEqual(-HOUR / 2 - 1)
      }),
      { numRuns: 100 },
    )
  })

  it('a reserve pays first come, first served until it is empty, and those behind wait', () => {
    const w = open({ reserve: 100, backing: { locked: 50, unlock_per_day: 24 } })
    w.order('anna', -1, 80)
    w.order('boris', -1, 60)
    expect(later(w, 5).delay_ms).toBeCloseTo((45 / 24) * DAY, 3)
    expect(later(w, 11).delay_ms).toBe(INFINITY)
    w.pass(HOUR)
    expect([w.has('anna', ETH) - 1e6, w.has('boris', ETH) - 1e6]).toEqual([80, expect.closeTo(21, 9)])
    w.pass(3 * DAY)
    expect(w.has('boris', ETH) - 1e6).toBeCloseTo(60, 9)
    expect(w.held()[ETH]).toBeCloseTo(10, 9)
  })

  it('pro rata pays everybody the same share of what has failed', () => {
    const w = open({
      reserve: 1000,
      backing: { short: 'pro-rata', losses: [{ time_ms: HOUR, factor: 0.4 }] },
      delay_ms: 2 * HOUR,
    })
    w.order('anna', -1, 300)
    w.pass(HOUR)
    expect(w.market.mid()).toBeCloseTo(0.4, 12)
    w.order('boris', -1, 300)
    w.pass(2 * HOUR)
    expect([w.has('anna', ETH) - 1e6, w.has('boris', ETH) - 1e6]).toEqual([expect.closeTo(120, 9), expect.closeTo(120, 9)])
    expect(w.market.mid()).toBeCloseTo(0.4, 12)
  })

  it('issues at its rate at once, where issuing is allowed', () => {
    expect(open({}).order('anna', 1, 10).base).toBe(0)
    const w = open({ rate: { at_start: 1.25 }, issue: { fee: 0.2, limit: { units: 50, per_ms: DAY } } })
    const fill = w.order('anna', 1, 100, { exact: 'quote' })
    // 100 · 0.8 / 1.25 = 64 would come out; the limit is 50, at 1.25 / 0.8 each.
    expect([fill.base, fill.quote]).toEqual([50, expect.closeTo(-78.125, 9)])
    expect(w.order('anna', 1, 1).base).toBe(0)
    w.pass(DAY)
    expect(w.order('anna', 1, 10).quote).toBeCloseTo(-15.625, 9)
  })

  it('gives nothing at once, so that no route goes over it', () => {
    const w = open({})
    expect(w.market.depth(0.5)).toBe(0)
    expect(w.market.quote({ side: -1, amount: 100, exact: 'base', limit: 0, party: 1 }).quote).toBe(0)
    expect(w.market.quote({ side: -1, amount: 100, exact: 'base', limit: 1.01, party: 1 }).base).toBe(0)
    expect(w.market.quote({ side: -1, amount: INFINITY, exact: 'base', limit: 0, party: 1 }).base).toBe(0)
  })

  it('without end pays everybody who waits', () => {
    const w = open({ reserve: 1000, delay_ms: 5 * DAY, per_day: 1, hours: { from_hour: 13, until_hour: 14 } })
    w.order('anna', -1, 300)
    w.order('boris', -1, 200)
    expect(w.pass(INFINITY, 0.5)).toMatchObject({ decay: 0, party: 0 })
    expect([w.has('anna', ETH), w.has('boris', ETH)]).toEqual([1e6 + 300, 1e6 + 200])
    expect(w.held()).toEqual([0, 1000])
  })

  it('refuses what does not fit, naming the field', () => {
    expect(() => open({ base: 'ETH' })).toThrow('quote is "ETH"')
    expect(() => open({ backing: {} })).toThrow('reserve')
    expect(() => open({ hours: { days: [] } })).toThrow('days')
    expect(() => open({}).market.make(1, 1, 0)).toThrow('no makers')
  })

  const fields = fc.record({
    rate: fc.constantFrom({ at_start: 1 }, { at_start: 1.1, growth: 0.05, steps: [{ time_ms: 2 * DAY, factor: 0.8 }] }),
    fee: fc.constantFrom(0, 0.01),
    delay_ms: fc.constantFrom(0, DAY),
    per_day: fc.constantFrom(undefined, 1e4),
    pays_ms: fc.constantFrom(0, DAY),
    hours: fc.constantFrom(undefined, { from_hour: 8, until_hour: 20 }),
    reserve: fc.constantFrom(undefined, 1e5),
    issue: fc.constantFrom(undefined, { fee: 0.01 }),
    backing: fc.constantFrom(
      undefined,
      { short: 'first-come' },
      { short: 'pro-rata', locked: 1e4, unlock_per_day: 1e3, losses: [{ time_ms: DAY, factor: 0.3 }] },
    ),
  })
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        who: fc.constantFrom('anna', 'boris', 'clara'),
        side: fc.constantFrom<1 | -1>(1, -1, -1),
        amount: fc.double({ min: 0, max: 3e4, noNaN: true }),
        exact: fc.constantFrom<'base' | 'quote'>('base', 'quote'),
      }),
    },
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 2 * DAY }) },
    { weight: 1, arbitrary: fc.constant(INFINITY) },
  )
  it('keeps every law under random orders and times', () => {
    fc.assert(
      fc.property(fields, fc.array(step, { maxLength: 30 }), (own, steps) => {
        const clean = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
        if (clean.reserve === undefined) delete clean.backing
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
          expect(fill.base * one.side >= 0 && fill.quote <= 0).toBe(true)
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
