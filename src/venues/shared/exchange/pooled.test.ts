/** Accounts that pool several coins: haircuts, loans, and the conversion of what they owe. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PerpWorld, type Row, type Setup, USDT } from '../../../../test/support/perp-world.ts'
import { Actions, Offers } from '../../../model/index.ts'
import { exchange_kind, exchange_schema, rules, type RulesInput } from './index.ts'
import { margin_ratio } from './procedure.ts'

const schema = exchange_schema('test-exchange')
const kind = (of: RulesInput) =>
  exchange_kind({ id: 'test-exchange', title: 'test', source: 'tests', schema, rules: () => rules.parse(of) })

const FLAT = [{ floor: 0, rate: 0.0125 }]

function world(rows: readonly Row[], of: RulesInput, setup: Setup = {}): PerpWorld {
  return new PerpWorld(rows, {
    kind: kind(of) as never,
    contract: { tiers: FLAT, liquidation_fee: 0, taker_fee: 0.00045 },
    ...setup,
  })
}

function at(w: PerpWorld, price: number, ms = 60_000): void {
  w.price(0, price)
  w.tick(ms)
}

describe('accounts that pool coins (T5)', () => {
  const pooled: Setup = {
    coins: [
      { asset: 'USDT', price: 1, loan_rate: 0.1 },
      { asset: 'USDE', price: 1, weights: [{ floor: 0, weight: 0.9999 }] },
    ],
    contract: { tiers: FLAT, funding: { last: 0 } },
  }
  const LOOP: RulesInput = { trigger: { portfolio_ratio: 1.05 }, stages: [{ close: {} }] }
  const loop: Row = {
    mode: 3,
    wallet: 0,
    balances: [
      [0, 0, 1e6],
      [1, 1.5e6, 0],
    ],
  }

  it('a collateral index falls and with it the unified ratio, to the digits of the trace', () => {
    const w = world([loop], LOOP, pooled)
    const ratio = () => {
      const x = (w.venue as unknown as { x: never }).x
      return margin_ratio(x, 0)
    }
    for (const [price, expected] of [
      [1, 4.9985],
      [0.9, 3.4987],
      [0.8, 1.9988],
      [0.6567, -0.1505],
    ] as const) {
      ;(w.coins[1] as number[])[0] = price
      w.tick()
      expect(ratio()).toBeCloseTo(expected, 4)
    }
    expect(w.venue.below().count).toBe(1)
  })

  it('health is below 1 exactly when equity is below the ratio times maintenance, whatever is held and owed', () => {
    const amount = fc.double({ min: 0, max: 2e6, noNaN: true })
    fc.assert(
      fc.property(
        amount,
        amount,
        amount,
        fc.double({ min: 0.3, max: 1.2, noNaN: true }),
        fc.double({ min: -30, max: 30, noNaN: true }),
        (usde, loan, usdt, price, q) => {
          fc.pre(Math.abs(q) > 1e-3)
          const row: Row = {
            mode: 3,
            wallet: usdt,
            held: [[0, q, 100_000]],
            balances: [
              [0, 0, loan],
              [1, usde, 0],
            ],
          }
          const w = world([row], LOOP, pooled)
          ;(w.coins[1] as number[])[0] = price
          at(w, 101_000)
          const net = [usdt - loan + q * 1000, usde] as const
          const equity = (net[0] > 0 ? net[0] : net[0]) + net[1] * price * 0.9999
          const required = 1.05 * (Math.abs(q) * 101_000 * 0.0125 + loan * 0.1)
          fc.pre(Math.abs(equity - required) > 1e-6 * (Math.abs(equity) + required))
          expect(w.venue.health(0, w.venue.prices) < 1).toBe(equity < required)
          expect(w.broken()).toEqual([])
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('conversion of what a pooled account owes', () => {
  const coins: Setup['coins'] = [
    { asset: 'USDT', price: 1, loan_rate: 0.1 },
    { asset: 'USDE', price: 1, weights: [{ floor: 0, weight: 0.975 }] },
  ]
  const setup: Setup = { coins, contract: { tiers: FLAT, funding: { last: 0 } } }
  const CONVERTS: RulesInput = { trigger: { portfolio_ratio: 1.05 }, stages: [{ convert: { discount: 0.02 } }, { close: {} }] }
  const USDE = 2
  const offers = (w: PerpWorld) => {
    const out = new Offers()
    w.venue.act(w.world, new Actions(), out)
    return out.list
  }
  const loop = (usde: number, loan: number): Row => ({
    owner: 0,
    mode: 3,
    wallet: 0,
    balances: [
      [0, 0, loan],
      [1, usde, 0],
    ],
  })
  const peg = (w: PerpWorld, price: number) => {
    ;(w.coins[1] as number[])[0] = price
    w.tick()
  }

  it('offers as much as heals, at a discount off the index; the taker pays the loan back and gets the coins', () => {
    const w = world([loop(1.3e6, 1e6)], CONVERTS, setup)
    peg(w, 0.86)
    // equity 1.3M · 0.86 · 0.975 − 1M = 90,050 against 105,000
    const [offer] = offers(w)
    expect(offer).toMatchObject({ kind: 'liquidation', id: 0, collateral: USDE, debt: USDT })
    expect(offer?.price).toBeCloseTo(0.86 * 0.98, 12)
    // a unit repaid gains 1 − 0.975/0.98 + 1.05 · 0.1
    expect(offer?.debt_max).toBeCloseTo(14_950 / (1 - 0.975 / 0.98 + 0.105), 1)
    const took = { account: 0, actor: 2, asset: USDE, asset2: USDT, amount: offer?.debt_max as number }
    expect(w.bundle(['liquidate', { ...took, amount: 2 * took.amount }])).toBe(false)
    expect(w.bundle(['liquidate', took])).toBe(true)
    expect(w.world.ledger.balance(2, USDE)).toBeCloseTo(1e6 + took.amount / (0.86 * 0.98), 4)
    expect(w.venue.health(0, w.venue.prices)).toBeGreaterThan(1)
    expect(w.rows('liquidate')).toMatchObject([{ account: 0, actor: 2, asset: USDE, usd: expect.closeTo(took.amount, 4) }])
    expect(offers(w)).toEqual([])
    expect(w.broken()).toEqual([])
  })

  it('what is owed when nothing is left to give is bad debt: fund, then the exchange', () => {
    for (const fund of [1e6, 1000]) {
      const w = world([loop(1.3e6, 1e6)], CONVERTS, { ...setup, fund })
      peg(w, 0.5)
      const [offer] = offers(w)
      expect(offer?.collateral_max).toBeCloseTo(1.3e6, 6)
      expect(
        w.bundle(['liquidate', { account: 0, actor: 2, asset: USDE, asset2: USDT, amount: offer?.debt_max as number }]),
      ).toBe(true)
      w.settle()
      const left = 1e6 - 1.3e6 * 0.5 * 0.98
      expect(w.rows('bad_debt')).toMatchObject([{ account: 0, usd: expect.closeTo(left, 4) }])
      expect(w.fund()).toBeCloseTo(Math.max(0, fund - left), 4)
      expect(w.cash(0)).toBe(0)
      expect(w.broken()).toEqual([])
    }
  })

  it('exchanges what is owed beyond a limit at the haircut, though the account is healthy', () => {
    const w = world([loop(1e6, 20_000)], { ...CONVERTS, exchange: { below: 10_000 } }, setup)
    peg(w, 1)
    // 20,000 out of an asset that counts 97.5 %: 20,512.82 of it (Binance multi-assets mode)
    expect(offers(w)).toMatchObject([{ debt_max: 20_000, collateral_max: expect.closeTo(20_512.820_512_8, 6) }])
    const healthy = world([loop(1e6, 9_000)], { ...CONVERTS, exchange: { below: 10_000 } }, setup)
    peg(healthy, 1)
    expect(offers(healthy)).toEqual([])
  })

  it('a position of a pooled account is taken over at its part of the equity, and what is left stays', () => {
    const row: Row = { mode: 2, wallet: 5000, held: [[0, 2, 100_000]], balances: [[1, 20_000, 0]] }
    const w = world([row, { wallet: 1e6, held: [[0, -2, 101_000]] }], CONVERTS, { ...setup, fund: 1e6 })
    at(w, 89_000)
    w.settle()
    // equity 5,000 + 19,500 − 22,000 = 2,500 against 2,225; at 88,800 it is 2,100 against 2,220
    expect(w.rows('takeover')).toEqual([])
    at(w, 88_800)
    w.settle()
    expect(w.rows('takeover')).toMatchObject([{ account: 0, price: expect.closeTo(88_800 - 2100 / 2, 6) }])
    expect(w.quantity(0)).toBe(0)
    expect(w.cash(0)).toBeCloseTo(5000 - 2 * (100_000 - 87_750), 6)
    expect(w.broken()).toEqual([])
  })
})
