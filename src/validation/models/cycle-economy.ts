/** The leverage cycle as a scenario: an asset whose worth does not move, a market of a bank with a risk limit and a fund, nobody else. */
import { run } from '../../engine/index.ts'
import { assert, DEFAULT_LIMITS, type Scenario, SCENARIO_SCHEMA, type Snapshot, SNAPSHOT_SCHEMA } from '../../model/index.ts'
import { build } from '../../scenarios/index.ts'
import { CYCLE_START, LEVERAGE_CYCLE } from './leverage-cycle.ts'

/** A tenth of a Julian year. */
const STEP_MS = 3_155_760_000

export function cycle_economy(alpha: number, years: number): { snapshot: Snapshot; scenario: Scenario } {
  const { floor, b, delta, horizon, theta, eta, equity, weight, rho, worth, step } = LEVERAGE_CYCLE
  const { leverage, variance, fund_weight } = CYCLE_START
  const snapshot: Snapshot = {
    schema: SNAPSHOT_SCHEMA,
    id: 'cycle-economy',
    title: 'A bank with a risk limit and a fund',
    time_ms: 0,
    provenance: [{ part: 'markets', evidence: 'synthetic', source: 'literature reference §A11' }],
    assets: [
      { id: 'X', price_usd: worth, beta: 1, reference: 'X-USD' },
      { id: 'USD', price_usd: 1, beta: 0, numeraire: true },
    ],
    actors: {
      count: 0,
      names: [],
      agent: new Int32Array(0),
      treasury: { actor: new Int32Array(0), asset: new Int32Array(0), amount: new Float64Array(0) },
    },
    markets: [
      {
        kind: 'risk-limit',
        id: 'X-USD',
        base: 'X',
        quote: 'USD',
        shares: 1,
        alpha,
        floor,
        exponent: b,
        delta,
        horizon_years: horizon,
        theta,
        eta,
        equity,
        weight,
        rho,
        leverage,
        variance,
        fund_weight,
        step_ms: STEP_MS,
      },
    ],
    oracles: [],
    venues: [],
    agents: [],
  }
  const scenario: Scenario = {
    schema: SCENARIO_SCHEMA,
    id: 'calm',
    title: 'Nothing happens from outside',
    seed: 1,
    horizon_ms: Math.round(years / step) * STEP_MS,
    tick_ms: STEP_MS,
    drivers: [],
    faults: [],
    gas_usd: 0,
    pinned: [],
    without: [],
    limits: DEFAULT_LIMITS,
  }
  return { snapshot, scenario }
}

/** Prices and leverage of the bank as the engine runs them, from the start to the last step at which the bank is there. Throws if the run broke off or broke a law. */
export function engine_cycle(alpha: number, years: number): { price: Float64Array; leverage: Float64Array; ends: number } {
  const { snapshot, scenario } = cycle_economy(alpha, years)
  const world = build(snapshot, scenario)
  const market = world.parts.markets[0]?.part as { bank_leverage?(): number } | undefined
  assert(market?.bank_leverage !== undefined, 'a market with a bank')
  const steps = Math.round(years / LEVERAGE_CYCLE.step)
  const price = new Float64Array(steps)
  const leverage = new Float64Array(steps)
  price[0] = world.mid(0)
  leverage[0] = market.bank_leverage()
  let last = steps
  const { status, laws } = run(world, {
    on_tick: (tick) => {
      const now = market.bank_leverage?.() ?? 0
      if (now === 0 && last === steps) last = Math.min(steps, tick)
      if (tick < steps) {
        price[tick] = world.mid(0)
        leverage[tick] = now
      }
      return true
    },
  })
  assert(status === 'done' && laws.broken.length === 0, `the leverage cycle: ${status}, ${laws.broken[0]}`)
  const ends = last === steps ? Number.POSITIVE_INFINITY : last * LEVERAGE_CYCLE.step
  return { price: price.subarray(0, last), leverage: leverage.subarray(0, last), ends }
}
