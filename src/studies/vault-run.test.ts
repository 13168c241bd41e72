import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { run } from '../engine/index.ts'
import { PoolState, type Scenario, SNAPSHOT_SCHEMA, type Snapshot } from '../model/index.ts'
import { build, shock_scenario } from '../scenarios/index.ts'
import { par_run_loss, vault_run } from './vault-run.ts'

const HOUR_MS = 3_600_000
const RUNNERS = 20

/** A vault as one market that lends USDC: suppliers who run, one who stays, and one who owes the toxic part against a token that will be worth nothing. */
function vault(tvl: number, toxic: number, fall: number): Snapshot {
  const stays = toxic + tvl * (1 - fall)
  const each = (tvl - stays) / RUNNERS
  const rows = (of: (i: number) => number) => Array.from({ length: RUNNERS + 2 }, (_, i) => of(i))
  return {
    schema: SNAPSHOT_SCHEMA,
    id: 'vault',
    title: 'A vault',
    time_ms: 0,
    provenance: [{ part: 'all', evidence: 'synthetic', source: 'made up' }],
    assets: [
      { id: 'USD', price_usd: 1, beta: 0, numeraire: true },
      { id: 'USDC', price_usd: 1, beta: 0, reference: 'USDC-USD' },
      { id: 'TOX', price_usd: 1, beta: 0, reference: 'TOX-USD' },
    ],
    actors: {
      count: RUNNERS + 1,
      names: ['liquidator'],
      agent: Int32Array.from({ length: RUNNERS + 1 }, (_, i) => (i === 0 ? 1 : 0)),
      treasury: { actor: Int32Array.of(0), asset: Int32Array.of(1), amount: Float64Array.of(1e6) },
    },
    markets: ['USDC', 'TOX'].map((base) => ({
      kind: 'constant-product',
      id: `${base}-USD`,
      base,
      quote: 'USD',
      reserve_base: 1e9,
      reserve_quote: 1e9,
    })),
    oracles: [],
    venues: [
      {
        kind: 'morpho-blue',
        id: 'vault',
        markets: [
          {
            loan: 'USDC',
            collateral: 'TOX',
            lltv: 0.915,
            loan_decimals: 6,
            irm: 'none',
            supply: tvl,
            collateral_oracle: { kind: 'fixed', id: 'par', price: 1 },
          },
        ],
        accounts: {
          // Who stays and who owes never act.
          owner: Int32Array.from(rows((i) => (i < RUNNERS ? i + 1 : -1))),
          market: Int32Array.from(rows(() => 0)),
          collateral: Float64Array.from(rows((i) => (i === RUNNERS + 1 ? toxic / 0.9 : 0))),
          debt: Float64Array.from(rows((i) => (i === RUNNERS + 1 ? toxic : 0))),
          supply: Float64Array.from(rows((i) => (i < RUNNERS ? each : i === RUNNERS ? stays : 0))),
        },
      },
    ],
    agents: [
      { kind: 'lender', id: 'runners', base: 100, keep: 0 },
      { kind: 'liquidator', id: 'liquidator', markets: ['USDC-USD', 'TOX-USD'], min_profit_usd: 0, flash: false },
    ],
  }
}

/** Everybody leaves within an hour; an hour later the price of the token is told. */
const told: Scenario = {
  ...shock_scenario([], { horizon_ms: 3 * HOUR_MS }),
  gas_usd: 0,
  faults: [{ kind: 'oracle', target: 'oracle:par', mode: 'value', value: 1e-6, from_ms: 2 * HOUR_MS, to_ms: 1e15 }],
}

/** Change of what the one who stays can claim. */
function lived(tvl: number, toxic: number, fall: number): number {
  const world = build(vault(tvl, toxic, fall), told)
  const claim = () => {
    const pool = new PoolState()
    expect(world.venue(0).pool_state?.(RUNNERS, 1, pool)).toBe(true)
    return pool.claim
  }
  const before = claim()
  expect(run(world, { debug: true }).laws.broken).toEqual([])
  return claim() / before - 1
}

describe('a run on a vault', () => {
  it('leaves toxic ÷ (toxic + remaining) with those who stay, whatever the sizes', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e3, max: 1e10, noNaN: true }),
        fc.double({ min: 0.001, max: 0.9, noNaN: true }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (tvl, part, further) => {
          const fall = part + (1 - part) * further
          const { change, remaining } = vault_run(tvl, tvl * part, fall, 500)
          expect(Math.abs(change + par_run_loss(tvl * part, remaining))).toBeLessThan(1e-9)
        },
      ),
      { numRuns: 100 },
    )
  })

  it.each([
    // TVL, toxic, fall, lowest and highest change of the share price as stated
    [43.25e6, 4.42e6, 0.9985, -0.999, -0.969],
    [295.5e6, 2.59e6, 0.79, -0.044, -0.026],
    [295.5e6, 2.82e6, 0.79, -0.044, -0.026],
  ])('as a scenario, lenders who run at par: TVL %d, %d toxic, falling by %d', (tvl, toxic, fall, low, high) => {
    const change = lived(tvl, toxic, fall)
    expect(change).toBeGreaterThan(low)
    expect(change).toBeLessThan(high)
    // A millionth of the toxic part is not lost.
    expect(Math.abs(change + par_run_loss(toxic, tvl * (1 - fall)))).toBeLessThan(3e-6)
  })

  it('without a run all bear the toxic part alike', () => {
    expect(vault_run(100, 10, 0.1).change).toBeCloseTo(-0.1, 12)
  })
})
