import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holds_rows } from '../../../test/support/exchange-reference.ts'
import { PerpWorld, type Row, type Setup } from '../../../test/support/perp-world.ts'
import { marginal_tiers } from '../../margin/index.ts'
import { Store } from '../../model/index.ts'
import * as k from '../shared/exchange/kernel.ts'
import * as r from '../shared/exchange/reference.ts'
import { add, div, mul, type Ratio, ratio, to_number } from '../shared/exchange/reference-ratio.ts'
import { holdings, trade } from '../shared/exchange/state.ts'
import { binanceCoinm } from './index.ts'
import { BTCUSD_TIERS, goldenRows } from './vectors.ts'

const specs = BTCUSD_TIERS.map(({ floor, rate, cum }) => ({
  floor: to_number(floor),
  rate: to_number(rate),
  cum: to_number(cum),
}))
const TIERS = marginal_tiers(
  specs.map((tier) => tier.floor),
  specs.map((tier) => tier.rate),
)

holds_rows(goldenRows())

const cents = (low: number, high: number) => fc.integer({ min: low * 100, max: high * 100 }).map((n) => n / 100)
const face = fc.oneof(cents(100, 1e6), cents(1e6, 4e7))
const entry = cents(5_000, 150_000)

/** Bracket by bracket until the one found holds the coins the face is there. */
function exact_price(p: r.InversePosition, coins: Ratio): number {
  for (const tier of [...BTCUSD_TIERS].reverse()) {
    const price = r.inverse_liquidation_price(p, coins, tier.rate, tier.cum)
    if (price.n <= 0n) continue
    const notional = div({ n: p.face.n < 0n ? -p.face.n : p.face.n, d: p.face.d }, price)
    if (r.bracket_of(BTCUSD_TIERS, notional) === tier) return to_number(price)
  }
  return Number.NaN
}

describe('kernel and reference', () => {
  it('agree on the liquidation price of an inverse position, brackets included', () => {
    let priced = 0
    fc.assert(
      fc.property(face, entry, fc.constantFrom(1, -1), cents(0.02, 0.95), (size, at, side, share) => {
        const coins = (size / at) * share
        const p = { face: ratio(side * size), entry: ratio(at) }
        const x = holdings(new Store(), 't', 1, [TIERS])
        trade(x, 0, 0, -side * size, side * size * (1 / at))
        x.accounts.columns.cash.data[0] = (x.accounts.columns.cash.data[0] as number) + coins
        const exact = exact_price(p, ratio(coins))
        const slot = k.threshold_price(x, 0, 0, 1)
        if (!(exact > 0)) return
        priced++
        expect(Math.abs(1 / slot - exact), `${1 / slot} for ${exact}`).toBeLessThanOrEqual(1e-9 * exact)
        expect(Math.abs(k.health(x, 0, Float64Array.of(1 / exact)) - 1)).toBeLessThan(1e-9)
      }),
      { numRuns: 400 },
    )
    expect(priced).toBeGreaterThan(200)
  })

  it('agree on equity, maintenance and the mean entry of several fills', () => {
    const fills = fc.array(fc.tuple(face, entry), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fills, fc.constantFrom(1, -1), entry, (list, side, mark) => {
        const x = holdings(new Store(), 't', 1, [TIERS])
        for (const [size, at] of list) trade(x, 0, 0, -side * size, side * size * (1 / at))
        const exact = list.map(([size, at]) => ({ face: ratio(side * size), entry: ratio(at) }))
        const mean = to_number(r.inverse_entry(exact))
        const slot = x.positions.columns.entry.data[0] as number
        expect(Math.abs(1 / slot - mean)).toBeLessThanOrEqual(1e-9 * mean)
        const profit = exact.reduce((sum, p) => add(sum, r.inverse_profit(p, ratio(mark))), ratio(0))
        const gross = list.reduce((sum, [size]) => sum + size, 0)
        const prices = Float64Array.of(1 / mark)
        expect(Math.abs(k.equity(x, 0, prices) - to_number(profit))).toBeLessThanOrEqual(1e-9 * (gross / mark + gross / mean))
        const required = to_number(r.maintenance(BTCUSD_TIERS, div(ratio(gross), ratio(mark))))
        expect(Math.abs(k.total_maintenance(x, 0, prices) - required)).toBeLessThanOrEqual(1e-9 * required)
        const bankrupt = r.inverse_bankruptcy_price(
          { face: ratio(side * gross), entry: ratio(mean) },
          mul(ratio(gross), ratio(1e-6)),
        )
        expect(to_number(bankrupt)).toBeGreaterThan(0)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the exchange', () => {
  const setup: Setup = {
    kind: binanceCoinm as never,
    prices: [60_000],
    coins: [{ asset: 'BTC' }],
    contract: { shape: 'inverse', tiers: [{ floor: 0, rate: 0.005 }], liquidation_fee: 0.015, funding: { last: 0 } },
  }
  // T6: 10 BTC, long 3M USD at 60,000; somebody is short of it
  const long: Row = { wallet: 10, held: [[0, 3_000_000, 60_000]] }
  const short: Row = { wallet: 40, held: [[0, -3_000_000, 60_000]] }
  const at = (w: PerpWorld, price: number) => {
    w.price(0, price)
    w.tick()
  }

  it('acts at 50,250 and not above (T6)', () => {
    const w = new PerpWorld([long, short], setup)
    at(w, 50_251)
    expect(w.asked().bundles).toBe(0)
    at(w, 50_249)
    expect(w.asked().list.some((action) => action.kind === 'reduce' && action.account === 0)).toBe(true)
    expect(w.broken()).toEqual([])
  })

  it('the rest is taken over at 50,000; the fund gains what it sells better, in coins', () => {
    const w = new PerpWorld([long, short], { ...setup, fund: 100 })
    at(w, 50_240)
    w.settle()
    expect(w.rows('takeover')).toMatchObject([{ account: 0, price: expect.closeTo(50_000, 6), amount: expect.closeTo(60, 9) }])
    expect([w.cash(0), w.quantity(0)]).toEqual([0, 0])
    w.books[0]?.rest(1, 50_200, 100)
    w.tick()
    w.settle()
    expect(w.fund()).toBeCloseTo(100 + 3_000_000 * (1 / 50_000 - 1 / 50_200), 9)
    expect(w.broken()).toEqual([])
  })

  it('funding is paid in coins: longs pay face/mark · rate', () => {
    const w = new PerpWorld([long, short], { ...setup, contract: { ...setup.contract, funding: { last: 0, interest: 0.0001 } } })
    const before = [w.cash(0), w.cash(1)]
    w.tick(28_800_000)
    const [paid] = w.rows('funding')
    const flow = ((paid?.extra as number) * 3_000_000) / 60_000
    expect(paid?.extra).toBeGreaterThan(0)
    expect(w.cash(0)).toBeCloseTo((before[0] as number) - flow, 9)
    expect(w.cash(1)).toBeCloseTo((before[1] as number) + flow, 9)
    expect(w.broken()).toEqual([])
  })

  it('winners are deleveraged in coins at the bankruptcy price when there is no fund', () => {
    const w = new PerpWorld([long, short], setup)
    at(w, 49_000)
    w.settle()
    expect(w.rows('deleverage')).toMatchObject([{ account: 1, price: expect.closeTo(50_000, 6) }])
    // the short keeps what he earned down to 50,000
    expect(w.cash(1)).toBeCloseTo(40 - 3_000_000 * (1 / 60_000 - 1 / 50_000), 9)
    expect(w.quantity(1)).toBe(0)
    expect(w.broken()).toEqual([])
  })
})
