/** Is coupling real? One shock on lenders alone, on exchanges alone, and on both in one market: three multipliers and what being coupled adds. */
import { liquidated_by_venue } from '../analytics/index.ts'
import { run } from '../engine/index.ts'
import { bootstrapInterval, mean, type Rng } from '../math/index.ts'
import type { Scenario, Snapshot } from '../model/index.ts'
import { build } from '../scenarios/index.ts'

/** Liquidated at start prices, USD, with feedback and without. */
export interface Liquidated {
  readonly within: number
  readonly without: number
}

export interface CouplingSeed {
  readonly seed: number
  /** Lenders without exchanges, exchanges without lenders. */
  readonly lending: Liquidated
  readonly exchange: Liquidated
  /** Both in one market, the whole and apart by whose accounts they were. */
  readonly both: Liquidated
  readonly both_lending: Liquidated
  readonly both_exchange: Liquidated
}

/** A run and its run without feedback, by venue id. */
function liquidated(snapshot: Snapshot, scenario: Scenario): (ids: readonly string[]) => Liquidated {
  const world = build(snapshot, scenario)
  const of = (feedback: boolean) => {
    run(world, { feedback })
    const by = liquidated_by_venue(world.parts.log, world.view())
    const sums = new Map(world.parts.venues.map(({ id }, v) => [id, by[v] as number]))
    world.reset()
    return (ids: readonly string[]) => ids.reduce((sum, id) => sum + (sums.get(id) ?? 0), 0)
  }
  const [without, within] = [of(false), of(true)]
  return (ids) => ({ within: within(ids), without: without(ids) })
}

/**
 * One seed, six runs.
 * @param exchanges ids of the venues that are exchanges; all others are lenders
 */
export function coupling_seed(snapshot: Snapshot, scenario: Scenario, exchanges: readonly string[]): CouplingSeed {
  const lenders = snapshot.venues.map(({ id }) => id).filter((id) => !exchanges.includes(id))
  const less = (ids: readonly string[]) =>
    liquidated(snapshot, { ...scenario, without: [...scenario.without, ...ids.map((id) => `venue:${id}`)] })
  const [alone, other, both] = [less(exchanges), less(lenders), less([])]
  return {
    seed: scenario.seed,
    lending: alone(lenders),
    exchange: other(exchanges),
    both: both([...lenders, ...exchanges]),
    both_lending: both(lenders),
    both_exchange: both(exchanges),
  }
}

/** A figure of a seed; NaN where its divisor is 0. */
type Figure = (seed: CouplingSeed) => number

const ratio = ({ within, without }: Liquidated): number => within / without
const together = (a: Liquidated, b: Liquidated): Liquidated => ({ within: a.within + b.within, without: a.without + b.without })

/** Figures of the table. `apart` is the multiplier of the two separate worlds taken as one: Σ liquidated with feedback ÷ Σ without. */
export const COUPLING_FIGURES: readonly { readonly id: string; readonly says: string; readonly of: Figure }[] = [
  { id: 'lending', says: 'multiplier, lending alone', of: ({ lending }) => ratio(lending) },
  { id: 'exchange', says: 'multiplier, exchange alone', of: ({ exchange }) => ratio(exchange) },
  {
    id: 'apart',
    says: 'multiplier of the two apart, taken as one',
    of: ({ lending, exchange }) => ratio(together(lending, exchange)),
  },
  { id: 'both', says: 'multiplier, both in one market', of: ({ both }) => ratio(both) },
  {
    id: 'difference',
    says: 'both − apart: what coupling adds',
    of: ({ both, lending, exchange }) => ratio(both) - ratio(together(lending, exchange)),
  },
  {
    id: 'difference_lending',
    says: "the same for lenders' accounts",
    of: ({ both_lending, lending }) => ratio(both_lending) - ratio(lending),
  },
  {
    id: 'difference_exchange',
    says: "the same for exchanges' accounts",
    of: ({ both_exchange, exchange }) => ratio(both_exchange) - ratio(exchange),
  },
]

export interface CouplingFigure {
  readonly id: string
  readonly says: string
  /** Seeds in which it is defined. */
  readonly seeds: number
  readonly mean: number
  /** 95 %, seeds drawn with replacement. */
  readonly low: number
  readonly high: number
  /** Part of the seeds in which it is above 0; of a multiplier, above 1. */
  readonly above: number
}

/** Means over seeds with bootstrap intervals; differences are paired by seed. */
export function coupling_summary(seeds: readonly CouplingSeed[], rng: Rng, draws = 4_000): CouplingFigure[] {
  return COUPLING_FIGURES.map(({ id, says, of }) => {
    const values = seeds.map(of).filter((value) => Number.isFinite(value))
    const bar = id.startsWith('difference') ? 0 : 1
    const draw = rng.stream(
      'coupling',
      COUPLING_FIGURES.findIndex((one) => one.id === id),
    )
    const [low, high] = values.length === 0 ? [Number.NaN, Number.NaN] : bootstrapInterval(values, mean, draw, draws)
    return {
      id,
      says,
      seeds: values.length,
      mean: mean(Float64Array.from(values)),
      low,
      high,
      above: values.filter((value) => value > bar).length / values.length,
    }
  })
}
