import { describe, expect, it } from 'vitest'
import { PLAIN } from '../../../test/support/account-world.ts'
import { type KindSpec, SNAPSHOT_SCHEMA, type Snapshot } from '../../model/index.ts'
import { build, shock_scenario } from '../../scenarios/index.ts'
import { account_document, type AccountInput } from './document.ts'

const book = (id: string, base: string, quote: string, more: object = {}): KindSpec => ({
  kind: 'order-book',
  id,
  base,
  quote,
  ...more,
})

/** Inverse contracts margined in BTC at 60,000: 10 BTC and long 3 M USD, and somebody short of it. */
const market: Snapshot = {
  schema: SNAPSHOT_SCHEMA,
  id: 'inverse',
  title: 'inverse',
  time_ms: 1_700_000_000_000,
  provenance: [],
  assets: [
    { id: 'USD', price_usd: 1, beta: 0, numeraire: true },
    { id: 'BTC', price_usd: 60_000, beta: 1, reference: 'BTC-USD' },
  ],
  actors: { count: 1, names: ['maker'], agent: Int32Array.of(0), treasury: {} },
  markets: [book('BTC-USD', 'BTC', 'USD'), book('BTCUSD-PERP', 'BTC', 'USD', { settles: 'coinm' })],
  oracles: [],
  venues: [
    {
      kind: 'binance-coinm',
      id: 'coinm',
      collateral: 'BTC',
      coins: [{ asset: 'BTC' }],
      contracts: [
        {
          market: 'BTCUSD-PERP',
          shape: 'inverse',
          tiers: [{ floor: 0, rate: 0.005 }],
          liquidation_fee: 0.015,
          funding: { last: 0 },
          index: { kind: 'index-price', id: 'BTC', path: [{ market: 'BTC-USD' }] },
        },
      ],
      accounts: { owner: Int32Array.of(-1, -1), isolated: Int32Array.of(0, 0), wallet: Float64Array.of(10, 40) },
      positions: {
        account: Int32Array.of(0, 1),
        contract: Int32Array.of(0, 0),
        quantity: Float64Array.of(3e6, -3e6),
        entry: Float64Array.of(60_000, 60_000),
      },
    },
  ],
  agents: [
    {
      kind: 'market-maker',
      id: 'maker',
      books: [{ market: 'BTC-USD', depth_usd: 1e7, half_spread: 0.0005, inventory_usd: 1e9 }],
    },
  ],
}

const ask = (input: Partial<AccountInput>) =>
  account_document(market, build(market, shock_scenario([])), { ...PLAIN, venue: 'coinm', ...input })

describe('inverse contracts', () => {
  it('break at the price that people say, and are worth dollars', () => {
    const answer = ask({ account: 0, steps: [0.1, 0.2] }).accounts[0]
    expect(answer).toMatchObject({ unit: 'BTC', strict: false })
    expect(answer?.notional_usd).toBeCloseTo(3e6, 3)
    // 60 BTC of cash at 60,000 a coin less the face.
    expect((answer?.assets_usd ?? 0) - (answer?.debts_usd ?? 0)).toBeCloseTo(600_000, 3)
    const fall = answer?.directions.find((one) => one.move === 'BTC')
    // The reference's T6: 10 BTC, long 3 M USD from 60,000 at 0.5 % is liquidated at 50,250.
    expect(fall?.forward?.prices).toEqual([{ asset: 'BTC', now: expect.closeTo(60_000, 6), there: expect.closeTo(50_250, 6) }])
    expect(fall?.forward?.method).toBe('closed_form')
    expect(fall?.backward).toBeNull()
    const [small, large] = fall?.outcomes ?? []
    // Profit of an inverse long: 3 M · (1/60,000 − 1/54,000) BTC.
    const coins = 10 + 3e6 * (1 / 60_000 - 1 / 54_000)
    expect(small).toMatchObject({ breached: false, liquidation: null })
    expect(small?.equity_usd).toBeCloseTo(coins * 54_000, 3)
    expect(large?.breached).toBe(true)
    expect(large?.liquidation?.liquidated_usd).toBeCloseTo(3e6, 3)
  })

  it('a book of them', () => {
    const { book: answer } = ask({ steps: [0.2], back_steps: [0.5] })
    expect(answer).toMatchObject({ accounts: 2, owing: 2, breached: 0 })
    expect(answer?.owed_usd).toBeCloseTo(6e6, 3)
    expect(answer?.ladder.map((step) => step.accounts)).toEqual([1, 0, 0])
    expect(answer?.ladder[0]?.liquidatable_usd).toBeCloseTo(3e6, 3)
    expect(answer?.nearest[0]).toMatchObject({ account: 0, prices: [{ asset: 'BTC', there: expect.closeTo(50_250, 6) }] })
  })
})
