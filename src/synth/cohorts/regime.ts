/**
 * Regimes of simulated books whose positions are known: the judges of the inference. What is drawn here was written down before the
 * inference was compared with it, and its form is not the inference's: leverages from a menu with lots of unequal size, stops, takes,
 * added margin, sides that follow the price, a maker on the other side, forced flow that moves the price. Every range is an assumption.
 */
import { exp, log, pow, type Rng } from '../../math/index.ts'

/** Leverages offered by the buttons of an exchange's order form. */
export const MENU: readonly number[] = [2, 3, 5, 10, 20, 25, 50, 100]
export const PATHS = ['calm', 'bull', 'bear', 'crash', 'squeeze'] as const

export interface Regime {
  readonly path: (typeof PATHS)[number]
  /** Of log returns a year, a ratio. */
  readonly volatility: number
  readonly jumps_per_month: number
  /** Weights of the menu, sum 1. */
  readonly menu: readonly number[]
  /** Share of lots opened by traders without leverage who take the less wanted side. */
  readonly hedgers: number
  /** Mean holding time at 5 ×, days, and how much shorter higher leverage holds. */
  readonly hold_days: number
  readonly hold_exponent: number
  /** Shares of lots with a stop, with a take, and whose owner adds margin once. */
  readonly stops: number
  readonly takes: number
  readonly adds: number
  /** Slope of the log-odds of a long on the return of three days in standard deviations. */
  readonly chase: number
  /** Standard deviation of the logarithm of the arrival rate. */
  readonly wave: number
  /** Pareto exponent of sizes. */
  readonly tail: number
  /** Funding per 8 hours at an imbalance of 1. */
  readonly funding: number
  /** Fall of the log price when the whole open interest is sold by force. */
  readonly impact: number
}

const between = (rng: Rng, low: number, high: number) => low + (high - low) * rng.uniform()

/** Gamma variable of a whole shape: a sum of exponentials. */
function gamma(rng: Rng, shape: number): number {
  let sum = 0
  for (let i = 0; i < shape; i++) sum += rng.exponential()
  return sum
}

/** One regime. The menu's weights fall with a power of leverage between 0 and 1.2, each times a Gamma(3) variable. */
export function draw_regime(rng: Rng): Regime {
  const slope = between(rng, 0, 1.2)
  const raw = MENU.map((leverage) => gamma(rng, 3) * pow(leverage, -slope))
  const total = raw.reduce((sum, weight) => sum + weight, 0)
  return {
    path: PATHS[rng.uniformInt(PATHS.length)] as Regime['path'],
    volatility: between(rng, 0.4, 1.1),
    jumps_per_month: between(rng, 0, 3),
    menu: raw.map((weight) => weight / total),
    hedgers: between(rng, 0.1, 0.45),
    hold_days: exp(between(rng, log(2), log(20))),
    hold_exponent: between(rng, 0.1, 0.7),
    stops: between(rng, 0, 0.5),
    takes: between(rng, 0, 0.5),
    adds: between(rng, 0, 0.35),
    chase: between(rng, -1, 1),
    wave: between(rng, 0.1, 0.5),
    tail: between(rng, 1.2, 2),
    funding: between(rng, 0.0002, 0.001),
    impact: between(rng, 0, 0.3),
  }
}
