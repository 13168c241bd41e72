/** Marks, funding and margins that other exchanges than Binance use: published and derived values, and on a small world. */
import { describe, expect, it } from 'vitest'
import { PerpWorld, type Row, type Setup } from '../../../../test/support/perp-world.ts'
import { exchange_kind, exchange_schema, rules } from './index.ts'
import { funding_rate, mark_of, median } from './marks.ts'
import { curve_maintenance } from './pooled.ts'

const schema = exchange_schema('test-exchange')
const kind = exchange_kind({
  id: 'test-exchange',
  title: 'test',
  source: 'tests',
  schema,
  rules: () => rules.parse({ stages: [{ close: {} }], fund: { leverage: 1000 } }),
})
const world = (rows: readonly Row[], contract: Record<string, unknown>, setup: Setup = {}) =>
  new PerpWorld(rows, { kind: kind as never, contract: { funding: { last: 0 }, ...contract }, ...setup })

const RULES = { parts: ['basis', 'last', 'external'], window_ms: 1, ema_ms: 0, clamp: Infinity } as const

describe('mark price', () => {
  it('is the median of what there is', () => {
    // Hyperliquid: oracle 10,000 with a mean basis of 20, book 10,010, other exchanges 10,012 (derivatives reference §9.4)
    expect(mark_of(RULES, 10_000, 0, 0, 20, 10_010, 10_012)).toBe(10_012)
    expect(mark_of(RULES, 10_000, 0, 0, 20, 10_010, Number.NaN)).toBe(10_015)
    // neither basis nor last price without trades
    expect(mark_of(RULES, 10_000, 0, 0, Number.NaN, 10_010, 10_012)).toBe(10_012)
    expect(mark_of({ ...RULES, parts: ['basis'] }, 10_000, 0, 0, Number.NaN, 9000, 9000)).toBe(10_000)
    expect(mark_of({ ...RULES, parts: ['index'] }, 10_000, 1, 1, 20, 9000, 9000)).toBe(10_000)
    expect(mark_of({ ...RULES, parts: ['premium'] }, 10_000, 0.001, 0.5, 20, 9000, 9000)).toBeCloseTo(10_005, 9)
    expect(mark_of({ ...RULES, parts: ['basis'], clamp: 0.001 }, 10_000, 0, 0, 20, 9000, 9000)).toBe(10_010)
    expect([median([]), median([3]), median([1, 3]), median([9, 1, 5]), median([1, 2, 10, 20])]).toEqual([Number.NaN, 3, 2, 5, 6])
  })

  it('follows its own market with the time constant of an exponential mean', () => {
    const w = world([], { mark: { parts: ['basis'], ema_ms: 150_000 } })
    w.books[0]?.move(100_100)
    w.world.parts.mids.pinned(0, 100_100, -1)
    w.venue.price(w.world.time_ms, w.world)
    // no basis before, 100 from here on: the mean of what was seen is 100 at once
    w.tick(10_000)
    w.tick(10_000)
    expect(w.venue.prices[0]).toBeCloseTo(100_100, 6)
    w.books[0]?.move(100_000)
    w.world.parts.mids.pinned(0, 100_000, -1)
    w.venue.price(w.world.time_ms, w.world)
    w.tick(30_000)
    const mass = 20_000 * Math.exp(-30 / 150)
    // weights of what came before decay while the new basis, 0, counts for 30 s
    const seen = w.venue.prices[0] as number
    expect(seen).toBeGreaterThan(100_000)
    expect(seen - 100_000).toBeLessThan(100)
    expect(seen - 100_000).toBeCloseTo((100 * mass) / (mass + 30_000), -1)
  })
})

describe('funding rate', () => {
  it('damped, as a share of eight hours (Hyperliquid: premium 1 %)', () => {
    expect(funding_rate(0.01, 0.0001, 0.0005, 28_800_000, 1)).toBeCloseTo(0.0095, 15)
    expect(funding_rate(0.01, 0.0001, 0.0005, 3_600_000, 1)).toBeCloseTo(0.0011875, 15)
    expect(funding_rate(0.5, 0.0001, 0.0005, 3_600_000, 0.04)).toBe(0.04)
  })

  it('with a dead band (Deribit: ±0.025 %)', () => {
    for (const [premium, rate] of [
      [0.0003, 0.00005],
      [0.0001, 0],
      [-0.001, -0.00075],
    ] as const)
      expect(funding_rate(premium, 0, 0.00025, 28_800_000, 1, 'dead_band')).toBeCloseTo(rate, 15)
  })

  it('plain: premium and interest', () => {
    expect(funding_rate(0.002, 0.0001, 0.5, 3_600_000, 1, 'plain')).toBeCloseTo(0.0021 / 8, 15)
  })

  it('is paid on the index where the rules say so, and by the mid where they say so', () => {
    const rows: Row[] = [
      { wallet: 1e5, held: [[0, 1, 100_000]] },
      { wallet: 1e5, held: [[0, -1, 100_000]] },
    ]
    const funding = {
      last: 0,
      formula: 'plain',
      interest: 0,
      premium: 'mid',
      average: 'last',
      paid_on: 'index',
      interval_ms: 3_600_000,
      cap: 1,
    }
    const w = world(rows, { funding, mark: { parts: ['last'] } })
    w.price(0, 101_000)
    ;(w.dials[0] as number[])[0] = 100_000
    w.tick(1000)
    w.tick(3_600_000)
    const rate = 0.01 / 8
    expect(w.rows('funding')[0]?.extra).toBeCloseTo(rate, 12)
    expect(w.cash(0)).toBeCloseTo(1e5 - 100_000 - 100_000 * rate, 6)
    expect(w.broken()).toEqual([])
  })
})

describe('rates that grow', () => {
  it('with size: 1 % + 0.005 % a coin (Deribit, 25 and 350 BTC)', () => {
    const linear = { base: 0.01, slope: 5e-5, power: 1, most: 1, by_value: false } as const
    expect(curve_maintenance(linear, 25, 100_000)).toBeCloseTo(28_125, 6)
    expect(curve_maintenance(linear, 350, 100_000)).toBeCloseTo(962_500, 5)
    // inverse: face of 350 BTC at 1 ÷ 100,000, in coins
    expect(curve_maintenance({ ...linear, by_value: true }, 35_000_000, 1e-5)).toBeCloseTo(9.625, 9)
    expect(curve_maintenance({ ...linear, most: 0.02 }, 350, 100_000)).toBeCloseTo(700_000, 6)
  })

  it('with its square root', () => {
    expect(curve_maintenance({ base: 0.04, slope: 0.001, power: 0.5, most: 1, by_value: false }, 10_000, 100)).toBeCloseTo(
      140_000,
      6,
    )
  })

  it('a curve decides the breach', () => {
    // 25 BTC long at 100,000 with 1.125 %: 28,125
    const curve = { maintenance_curve: { base: 0.01, slope: 5e-5 } }
    const row = (wallet: number): Row => ({ wallet, held: [[0, 25, 100_000]] })
    const w = world([row(28_126), row(28_124)], curve)
    w.tick()
    expect([0, 1].map((at) => w.venue.health(at, w.venue.prices) > 1)).toEqual([true, false])
    expect(w.venue.below().count).toBe(1)
  })

  it('slab brackets jump for the whole position', () => {
    const tiers = [
      { floor: 0, rate: 0.01 },
      { floor: 1e6, rate: 0.02 },
    ]
    const row = (quantity: number): Row => ({ wallet: 15_000, held: [[0, quantity, 100_000]] })
    const w = world([row(9.99), row(10)], { tiers, slab: true })
    w.tick()
    expect([0, 1].map((at) => w.venue.health(at, w.venue.prices) > 1)).toEqual([true, false])
  })

  it('initial margin with open interest: 20 % between 1 and 2 million rises to 38.7653 % at 1,234,567 (dYdX)', () => {
    const tiers = [{ floor: 0, rate: 0.1, initial: 0.2 }]
    const rows: Row[] = [
      { owner: 0, wallet: 1e6 },
      { wallet: 1e7, held: [[0, -12.34567, 100_000]] },
    ]
    const w = world(rows, { tiers, interest_low: 1e6, interest_high: 2e6, taker_fee: 0 })
    w.books[0]?.rest(-1, 100_000, 1000)
    w.tick()
    expect(w.bundle(['order', { market: 0, account: 0, side: 1, amount: Number.POSITIVE_INFINITY }])).toBe(true)
    expect(1e6 / (w.quantity(0) * 100_000)).toBeCloseTo(0.2 + 0.8 * 0.234567, 9)
  })
})
