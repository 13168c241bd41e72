/**
 * Many paths of marks over the same accounts: what a margin rule, a fund or a deleveraging policy does in the worst of them. The marks
 * are a random walk and, on top of it, what the exchange's own selling does: the fund's orders displace them, and displacement decays.
 *
 *     ln mark = ln start + walk + displacement
 *     displacement ← keep · displacement ± factor · (sold ÷ depth), or of its square root, after each step
 *
 * Takeover and deleveraging move no price by themselves: what they leave to sell does. Left out beside what `bulk.ts` leaves out:
 * jumps and volatility that clusters (give the walk yourself with `step`), depth that thins, and traders who come and go.
 */
import { exp, Rng } from '../../../math/index.ts'
import { assert } from '../../../model/index.ts'
import type { BulkExchange } from './bulk.ts'
import { impact_of } from './bulk-fund.ts'

export interface PathsSpec {
  readonly seed: number
  readonly paths: number
  readonly steps: number
  /** Marks at the start, by contract. */
  readonly start: ArrayLike<number>
  /** Standard deviation and mean of ln mark in one step, ratios, by contract. */
  readonly volatility: ArrayLike<number>
  readonly drift?: ArrayLike<number>
  /** Between any two contracts, 0 to 1. */
  readonly correlation: number
  /** Part of a displacement that is left after a step, 0 to 1. */
  readonly keep: number
}

/** A column per figure, a row per path. Coins, as in `BulkTotals`. */
export interface PathsResult {
  readonly liquidations: Float64Array
  readonly liquidated: Float64Array
  readonly sold: Float64Array
  readonly adl: Float64Array
  readonly adl_loss: Float64Array
  readonly bad_debt: Float64Array
  readonly unpaid: Float64Array
  /** Balance of the fund at the end. */
  readonly fund: Float64Array
  /** Lowest mark of the first contract ÷ its start, and lowest displacement of it. */
  readonly low: Float64Array
  readonly displaced: Float64Array
  /** Accounts × steps walked, and how many of those were tested one by one: the rest could not be reached by the mark. */
  readonly trader_steps: number
  readonly tests: number
}

const FIGURES = ['liquidations', 'liquidated', 'sold', 'adl', 'adl_loss', 'bad_debt', 'unpaid'] as const

function checked(exchange: BulkExchange, spec: PathsSpec): void {
  const { contracts } = exchange.state
  const { start, volatility, drift, correlation, keep } = spec
  const fits = (list: ArrayLike<number> | undefined) => list === undefined || list.length === contracts
  assert(fits(start) && fits(volatility) && fits(drift), 'paths: one figure a contract')
  assert(correlation >= 0 && correlation <= 1 && keep >= 0 && keep <= 1, 'paths: correlation and keep lie in 0 to 1')
}

/** Path k is a function of the seed and k alone. The exchange is reset before each and left as the last one ends. */
export function run_paths(exchange: BulkExchange, spec: PathsSpec): PathsResult {
  checked(exchange, spec)
  const { state } = exchange
  const { paths, steps } = spec
  const column = () => new Float64Array(paths)
  const out = {
    liquidations: column(),
    liquidated: column(),
    sold: column(),
    adl: column(),
    adl_loss: column(),
    bad_debt: column(),
    unpaid: column(),
    fund: column(),
    low: column(),
    displaced: column(),
  }
  let tests = 0
  for (let path = 0; path < paths; path++) {
    exchange.reset()
    const { low, displaced } = walk(exchange, spec, new Rng(spec.seed, path, 'marks'))
    for (const figure of FIGURES) out[figure][path] = state.totals[figure]
    out.fund[path] = state.fund.balance
    out.low[path] = low
    out.displaced[path] = displaced
    tests += state.totals.tests
  }
  return { ...out, trader_steps: state.rows * steps * paths, tests }
}

function walk(exchange: BulkExchange, spec: PathsSpec, rng: Rng): { low: number; displaced: number } {
  const { state } = exchange
  const { contracts, flow } = state
  const { sale } = state.spec
  const { steps, start, volatility, drift, correlation, keep } = spec
  const own = Math.sqrt(1 - correlation)
  const shared = Math.sqrt(correlation)
  const walked = new Float64Array(contracts)
  const displacement = new Float64Array(contracts)
  const marks = new Float64Array(contracts)
  let low = Number.POSITIVE_INFINITY
  let displaced = 0
  for (let step = 0; step < steps; step++) {
    const common = shared * rng.normal()
    for (let c = 0; c < contracts; c++) {
      const noise = common + own * rng.normal()
      walked[c] = (walked[c] as number) + (drift === undefined ? 0 : (drift[c] as number)) + (volatility[c] as number) * noise
      marks[c] = (start[c] as number) * exp((walked[c] as number) + (displacement[c] as number))
    }
    exchange.step(marks)
    low = Math.min(low, (marks[0] as number) / (start[0] as number))
    displaced = Math.min(displaced, displacement[0] as number)
    for (let c = 0; c < contracts; c++) {
      const units = flow[c] as number
      const left = keep * (displacement[c] as number)
      // `flow` counts a side's sales and the other's purchases against each other
      displacement[c] =
        units === 0 || sale === undefined
          ? left
          : left + Math.sign(units) * impact_of(sale, c, Math.abs(units) * (marks[c] as number))
    }
  }
  return { low, displaced }
}
