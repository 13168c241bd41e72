import { describe, expect, it } from 'vitest'
import bybit_data from '../../../data/venues/bybit-uta.json' with { type: 'json' }
import okx_data from '../../../data/venues/okx.json' with { type: 'json' }
import { PLAIN } from '../../../test/support/account-world.ts'
import { type KindSpec, SNAPSHOT_SCHEMA, type Snapshot } from '../../model/index.ts'
import { build, shock_scenario } from '../../scenarios/index.ts'
import { complete, parse_params } from '../../venues/shared/exchange/index.ts'
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

/** Two accounts in dollars at 60,000 a coin: 10,000 and long 1 BTC; 1 BTC as collateral and long half a one. A third is short of both. */
function unified(kind: string, data: unknown, like: string, weight: number): Snapshot {
  const index = { kind: 'index-price', path: [{ market: 'BTC-USD' }] }
  const venue = {
    kind,
    id: 'perps',
    collateral: 'USD',
    coins: [
      { asset: 'USD', weights: [{ floor: 0, weight: 1 }] },
      { asset: 'BTC', price: { ...index, id: 'coin' }, weights: [{ floor: 0, weight }] },
    ],
    contracts: [{ like, market: 'BTC-PERP', index: { ...index, id: 'index' }, funding: { last: 0 } }],
    accounts: {
      owner: Int32Array.of(-1, -1, -1),
      isolated: Int32Array.of(1, 0, 0),
      mode: Int32Array.of(1, 2, 0),
      wallet: Float64Array.of(10_000, 0, 1e6),
    },
    positions: {
      account: Int32Array.of(0, 1, 2),
      contract: Int32Array.of(0, 0, 0),
      quantity: Float64Array.of(1, 0.5, -1.5),
      entry: Float64Array.of(60_000, 60_000, 60_000),
    },
    balances: {
      account: Int32Array.of(1),
      coin: Int32Array.of(1),
      amount: Float64Array.of(1),
      loan: Float64Array.of(0),
    },
  }
  return {
    ...market,
    id: kind,
    markets: [book('BTC-USD', 'BTC', 'USD'), book('BTC-PERP', 'BTC', 'USD', { settles: 'perps' })],
    venues: [complete(venue, parse_params(data, kind), kind) as unknown as KindSpec],
  }
}

describe.each([
  // maintenance and the fee for closing: 0.5 % and 0.055 %; 0.4 % and 0.05 %
  ['bybit-uta', bybit_data, 'BTCUSDT', 0.00555, 0.85],
  ['okx', okx_data, 'BTC-USDT-SWAP', 0.0045, 0.9],
] as const)('accounts at %s', (kind, data, like, rate, weight) => {
  const snapshot = unified(kind, data, like, weight)
  const world = build(snapshot, shock_scenario([]))
  const ask_of = (account: number) =>
    account_document(snapshot, world, { ...PLAIN, venue: 'perps', account, steps: [0.1, 0.2] }).accounts[0]
  const price_of = (account: number) =>
    ask_of(account)
      ?.directions.find((one) => one.move === 'BTC')
      ?.forward?.prices.find((one) => one.asset === 'BTC')?.there

  it('isolated: cash and what is bought are used up but for maintenance and fee', () => {
    // price · (1 − rate) = 60,000 − 10,000
    expect(price_of(0)).toBeCloseTo(50_000 / (1 - rate), 4)
    expect(ask_of(0)?.strict).toBe(false)
  })

  it('pooled: collateral at its weight and the loss in full', () => {
    // weight · price + price ÷ 2 − 30,000 = rate · price ÷ 2
    expect(price_of(1)).toBeCloseTo(30_000 / (weight + 0.5 - rate / 2), 4)
  })

  it('a fall of 20 % breaks the first alone, whose whole position is closed', () => {
    const fall = ask_of(0)?.directions.find((one) => one.move === 'BTC')
    expect(fall?.outcomes.map((one) => one.breached)).toEqual([false, true])
    expect(fall?.outcomes[1]?.liquidation?.liquidated_usd).toBeCloseTo(48_000, 0)
    const other = ask_of(1)?.directions.find((one) => one.move === 'BTC')
    expect(other?.outcomes.map((one) => one.breached)).toEqual([false, false])
  })
})
