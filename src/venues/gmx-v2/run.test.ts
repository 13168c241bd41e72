/** A whole run through the engine: a fall of 30 % with longs on a thin margin, then the same seed again. */
import { expect, it } from 'vitest'
import { PLAIN } from '../../../test/support/gmx-world.ts'
import { type KindSpec, SNAPSHOT_SCHEMA, type Snapshot } from '../../model/index.ts'
import { parse_shock, shock_scenario } from '../../scenarios/index.ts'
import { stress } from '../../studies/index.ts'

const feed = (asset: string): KindSpec => ({
  kind: 'chainlink',
  id: `${asset}/USD`,
  path: [{ market: `${asset}-USD` }],
  deviation: 0.001,
  heartbeat_ms: 60_000,
})
/** A book without makers: its mid follows the fundamental. */
const book = (base: string): KindSpec => ({ kind: 'order-book', id: `${base}-USD`, base, quote: 'USD' })

function snapshot(): Snapshot {
  const held = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 0.1]
  const size = held.map(() => 100_000)
  const venue: KindSpec = {
    kind: 'gmx-v2',
    id: 'gmx',
    contracts: [
      {
        ...PLAIN,
        index_oracle: feed('ETH'),
        long_oracle: feed('ETH'),
        short_oracle: feed('USDC'),
        fee_negative: 0.0006,
        liquidation_fee: 0.002,
      },
    ],
    accounts: {
      owner: new Int32Array(held.length).fill(-1),
      contract: new Int32Array(held.length),
      side: Int32Array.from(held, (_, i) => (i === 6 ? -1 : 1)),
      coin: new Int32Array(held.length).fill(1),
      collateral: Float64Array.from(held, (share) => share * 100_000),
      size: Float64Array.from(size),
      tokens: Float64Array.from(size, (usd) => usd / 5000),
    },
  }
  return {
    schema: SNAPSHOT_SCHEMA,
    id: 'gmx',
    title: 'one pool',
    time_ms: 0,
    provenance: [],
    assets: [
      { id: 'USD', price_usd: 1, beta: 0, numeraire: true },
      { id: 'ETH', price_usd: 5000, beta: 1, reference: 'ETH-USD' },
      { id: 'USDC', price_usd: 1, beta: 0, reference: 'USDC-USD' },
    ],
    actors: { count: 0, names: [], agent: new Int32Array(0), treasury: {} },
    markets: [book('ETH'), book('USDC')],
    oracles: [],
    venues: [venue],
    agents: [],
  }
}

it('liquidates in order of margin, breaks no law, and does so again', () => {
  const scenario = shock_scenario([parse_shock('ETH=-30%@1h')], { horizon_ms: 7_200_000 })
  const [first, second] = [stress(snapshot(), scenario), stress(snapshot(), scenario)]
  expect(first.document.laws.broken).toEqual([])
  const [venue] = first.document.venues
  // margins of 2, 5, 10 and 20 % fall, 50 and 100 % and the short stand
  expect(venue).toMatchObject({ liquidations: 4, forced_sales_usd: 0, adl_usd: 0 })
  expect(second.document.run.log).toBe(first.document.run.log)
})
