/** Prices and gas of 12 and 13 March 2020 from the few points that are known. */
import { exp, log, normalQuantile, Rng } from '../../../math/index.ts'
import type { FaultSpec, KindSpec } from '../../../model/index.ts'
import type { Draws } from '../event.ts'
import { path_bars, path_driver, type PathPoint } from '../path.ts'
import type { Name } from './priors.ts'

export const START_MS = 1_583_971_200_000
export const HOUR_MS = 3_600_000
/** To the end of the window for which owners were later compensated: 13 March, 13:40 UTC. */
export const HORIZON_MS = 37 * HOUR_MS + 40 * 60_000

/** Known prices: midnight, 08:00, 12:44, the next midnight, 02:00, and the level of the recovery. */
export const START_USD = 194.62
const LOW_USD = 95

function eth_points(draws: Draws<Name>): PathPoint[] {
  const at = (hour: number, price: number) => ({ at_ms: Math.round(hour * 60) * 60_000, price })
  return [
    at(0, START_USD),
    at(8, 171),
    at(draws.crash_h, draws.crash_from),
    at(12 + 44 / 60, 124),
    at(15, draws.bounce_usd),
    at(draws.second_h, draws.bounce_usd),
    at(24, 110.3),
    at(26, LOW_USD),
    at(26 + draws.rebound_h, 130),
    at(48, 135.51),
  ]
}

export function driver(draws: Draws<Name>, seed: number): KindSpec {
  const eth = path_bars(eth_points(draws), {
    symbol: 'ETH',
    start_ms: START_MS,
    seed,
    volatility: draws.volatility,
    low: LOW_USD,
  })
  const at = (hour: number, price: number) => ({ at_ms: Math.round(hour * 60) * 60_000, price })
  const dai = path_bars(
    [
      at(0, 1),
      at(draws.crash_h, 1),
      at(13, 1 + draws.dai_premium),
      at(30, 1 + draws.dai_premium),
      at(48, 1 + draws.dai_premium / 2),
    ],
    { symbol: 'DAI', start_ms: START_MS, seed },
  )
  return path_driver(START_MS, { ETH: eth, DAI: dai })
}

/** Gas of a liquidation call in calm: 350,000 gas (Aave v3: 320,000 to 350,000) at 150 USD per ETH, USD a gwei. */
export const USD_PER_GWEI = 350_000e-9 * 150
export const CALM_GWEI = 10
/** As high as this was seen. */
const MOST_GWEI = 400
const STEP_MS = HOUR_MS / 2

/** Gas as a path of faults, one a half hour: known levels joined in log, times a draw a step. */
export function gas_path(draws: Draws<Name>, seed: number): FaultSpec[] {
  const { gas_plateau: plateau, gas_peak: peak } = draws
  const sag = plateau * draws.gas_sag
  const points = [
    [0, CALM_GWEI],
    [8, 2 * CALM_GWEI],
    [draws.crash_h, 4 * CALM_GWEI],
    [draws.crash_h + 0.75, plateau],
    [15, plateau],
    [17, sag],
    [draws.second_h, sag],
    [25, peak],
    [28, peak],
    [32, sag],
    [38, 3 * CALM_GWEI],
  ] as const
  const rng = new Rng(seed, 0, 'path', 'black-thursday.gas')
  return Array.from({ length: Math.ceil(HORIZON_MS / STEP_MS) }, (_, k) => {
    const hour = (k * STEP_MS) / HOUR_MS
    const next = points.findIndex(([at]) => at > hour)
    const [[t0, g0], [t1, g1]] = [points[next - 1] as readonly [number, number], points[next] as readonly [number, number]]
    const level = g0 * exp(((hour - t0) / (t1 - t0)) * log(g1 / g0))
    const u = Math.min(1 - 1e-12, Math.max(1e-12, rng.uniformAt(k)))
    const gwei = Math.min(MOST_GWEI, Math.max(CALM_GWEI / 2, level * exp(draws.gas_noise * normalQuantile(u))))
    return { kind: 'gas', target: '', from_ms: k * STEP_MS, to_ms: (k + 1) * STEP_MS, value: gwei * USD_PER_GWEI }
  })
}

/** From the first fall on, the oracle gets no new price in for a while. */
export const stuck = (draws: Draws<Name>): FaultSpec => ({
  kind: 'halt',
  target: 'oracle:ETH/USD',
  from_ms: Math.round(draws.crash_h * HOUR_MS),
  to_ms: Math.round((draws.crash_h + draws.oracle_stuck_h) * HOUR_MS),
  value: 0,
})
