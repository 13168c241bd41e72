/**
 * Where density of liquidations and impact are constant, an outside fall x ends at U = x + R · U: a shock is amplified 1 ÷ (1 − R)
 * (Brunnermeier and Pedersen 2009; literature: dp = dp₀ ÷ (1 − κρ)). One lender, accounts that breach one after the other, one book that never refills.
 */
import { describe, expect, it } from 'vitest'
import { amplification, cascade_multiplier, liquidated_at_start_usd, reproduction_number } from '../../src/analytics/index.ts'
import { run } from '../../src/engine/index.ts'
import { SNAPSHOT_SCHEMA, type Snapshot } from '../../src/model/index.ts'
import { build, parse_shock, shock_scenario } from '../../src/scenarios/index.ts'
import { Crowd, pressure_at } from '../../src/studies/criticality/index.ts'

const PRICE = 1000
const LLTV = 0.86
/** Morpho Blue: min(1.15, 1 ÷ (1 − 0.3 · (1 − LLTV))). */
const BONUS = 1 / (1 - 0.3 * (1 - LLTV))
/** USD owed by each account, and the log fall between one's breach and the next's. */
const OWED = 1_000
const STEP = 0.0001
const ACCOUNTS = 700
/** USD of collateral sold per unit of log price. */
const DENSITY = (OWED * BONUS) / STEP

/** A world in which one USD sold makes others sell `r` USD. */
function world_of(r: number): Snapshot {
  const depth_usd = (0.01 * DENSITY) / r
  const rows = Array.from({ length: ACCOUNTS }, (_, i) => i)
  return {
    schema: SNAPSHOT_SCHEMA,
    id: 'ramp',
    title: 'a ramp of accounts',
    time_ms: 1_700_000_000_000,
    provenance: [{ part: 'accounts', evidence: 'synthetic', source: 'test' }],
    assets: [
      { id: 'ETH', price_usd: PRICE, beta: 1, reference: 'ETH-USD' },
      { id: 'USD', price_usd: 1, beta: 0, numeraire: true },
    ],
    actors: {
      count: ACCOUNTS + 2,
      names: ['liquidator', 'maker'],
      agent: Int32Array.from({ length: ACCOUNTS + 2 }, (_, i) => (i < 2 ? i : -1)),
      treasury: { actor: Int32Array.of(1, 1), asset: Int32Array.of(0, 1), amount: Float64Array.of(1e9, 1e12) },
    },
    markets: [
      {
        kind: 'order-book',
        id: 'ETH-USD',
        base: 'ETH',
        quote: 'USD',
        alpha: 1,
        recovery_ms: 1e15,
        permanent: 0,
        max_displacement: 0.5,
      },
    ],
    oracles: [
      { kind: 'chainlink', id: 'ETH/USD', path: [{ market: 'ETH-USD' }], deviation: 1e-6, heartbeat_ms: 3_600_000, delay_ms: 0 },
      { kind: 'fixed', id: 'USD/USD', price: 1 },
    ],
    venues: [
      {
        kind: 'morpho-blue',
        id: 'morpho',
        markets: [
          {
            loan: 'USD',
            collateral: 'ETH',
            lltv: LLTV,
            supply: 2 * OWED * ACCOUNTS,
            collateral_oracle: 'ETH/USD',
            loan_oracle: 'USD/USD',
          },
        ],
        accounts: {
          owner: Int32Array.from(rows, (i) => i + 2),
          market: new Int32Array(ACCOUNTS),
          // In breach once the log price has fallen by (i + ½) steps.
          collateral: Float64Array.from(rows, (i) => (OWED / (LLTV * PRICE)) * Math.exp((i + 0.5) * STEP)),
          debt: new Float64Array(ACCOUNTS).fill(OWED),
        },
      },
    ],
    agents: [
      { kind: 'liquidator', id: 'liquidators', markets: ['ETH-USD'], flash_fee: 0, takes_max: 1, gas_units: 0 },
      {
        ...{ kind: 'market-maker', id: 'makers', k_v: 0, k_i: 0, k_s: 0, d_min: 1, margin: 0 },
        books: [{ market: 'ETH-USD', depth_usd, half_spread: 0, inventory_usd: 1e12 }],
      },
    ],
  }
}

/** The book gives in proportion to how far its price is from where it stood, in coins: e^−U = e^−x (1 − R (e^U − 1)); to first order U = x + R U. */
function total_fall(x: number, r: number): number {
  let [low, high] = [0, 0.2]
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2
    if (middle + Math.log(1 - r * (Math.exp(middle) - 1)) < x) low = middle
    else high = middle
  }
  return low
}

describe('constant density, constant impact', () => {
  it.each([0.25, 0.5, 0.7])('R of %s amplifies by 1 ÷ (1 − R)', (r) => {
    const snapshot = world_of(r)
    const crowd = new Crowd(build(snapshot, shock_scenario([])))
    const measured = reproduction_number(pressure_at(crowd, new Float64Array(2), 0.05))
    // What a liquidation takes is asked at −15 %, where these accounts have less left than debt and bonus: 0.86 · e^0.15 of it is owed.
    expect(measured / (r / (0.86 * Math.exp(0.15 - 0.5 * STEP) * BONUS))).toBeCloseTo(1, 2)
    const fall = 0.015
    const world = build(snapshot, shock_scenario([parse_shock(`ETH=-${fall * 100}%@30m`)], { horizon_ms: 3_600_000 }))
    const liquidated = (feedback: boolean) => {
      expect(run(world, { feedback }).laws.broken).toEqual([])
      const usd = liquidated_at_start_usd(world.parts.log, world.view())
      world.reset()
      return usd
    }
    const alone = liquidated(false)
    const multiplier = cascade_multiplier(liquidated(true), alone, false) as number
    const x = -Math.log(1 - fall)
    const exact = (Math.exp(total_fall(x, r)) - 1) / (Math.exp(x) - 1)
    expect(Math.abs(multiplier / exact - 1)).toBeLessThan(0.003)
    // The first order: the exact one grows beyond it with the fall, as 1.5 % is not nothing.
    expect(Math.abs(multiplier * (1 - r) - 1)).toBeLessThan(0.17)
    expect(Math.abs((amplification(measured) as number) / multiplier - 1)).toBeLessThan(0.25)
  })
})
