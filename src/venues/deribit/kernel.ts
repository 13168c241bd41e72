/** The mechanics on doubles: vol surface, single-option margin, scenarios, capacity of support. Free of state. */
import { log } from '../../math/index.ts'
import {
  add_outcomes,
  contingencies,
  type MarginRules,
  type Portfolio,
  type Scenario,
  values_now,
} from '../shared/options/portfolio-margin.ts'
import type { PortfolioSpec, OptionTerms } from './snapshot.ts'

/** Standardised moneyness beyond which vol is flat. */
const WING = 4
export const LEAST_VOL = 0.01
export const MOST_VOL = 20

/** Vol of an option: at · (1 + skew · m + smile · m²), m = ln(strike ÷ forward) ÷ (at · √T), flat beyond ±4. */
export function vol_of(at: number, skew: number, smile: number, forward: number, strike: number, years: number): number {
  const deviation = at * Math.sqrt(Math.max(years, 1 / 365))
  const m = Math.max(-WING, Math.min(WING, log(strike / forward) / deviation))
  return Math.max(LEAST_VOL, Math.min(MOST_VOL, at * (1 + skew * m + smile * m * m)))
}

/** Maintenance margin of a short option beside its mark, coins per unit: 0.075; puts: 0.075 · max(1, mark). */
export const short_maintenance = (s: OptionTerms, call: boolean, mark: number): number =>
  call ? s.maintenance : Math.max(s.maintenance, s.maintenance * mark)

/** Initial margin of a short option beside its mark, coins per unit: max(0.15 − out of the money ÷ index, 0.10). */
export function short_initial(s: OptionTerms, call: boolean, index: number, strike: number, mark: number): number {
  const out = Math.max(0, call ? strike - index : index - strike) / index
  const asked = Math.max(s.initial - out, s.initial_least)
  return call ? asked : Math.max(asked, short_maintenance(s, call, mark))
}

/** The scenario table: ±range in steps under three vols, tails with vol up, dampened to the loss of a move of the range. */
export function scenario_table({ range, steps, tails }: PortfolioSpec): Scenario[] {
  const out: Scenario[] = []
  for (let i = -steps; i <= steps; i++)
    for (const vol of ['up', 'none', 'down'] as const) out.push({ spot: 1 + (range * i) / steps, vol, damping: 1 })
  for (const move of tails) out.push({ spot: 1 + move, vol: 'up', damping: Math.min(1, range / Math.abs(move)) })
  return out
}

/** The open engine's rules with Deribit's numbers: no haircut on option values, no basis part, contingency per naked short. */
export function margin_rules(spec: PortfolioSpec): MarginRules {
  return {
    scenarios: scenario_table(spec),
    vol: {
      up: spec.vol_up,
      down: spec.vol_down,
      least: 0,
      short_power: spec.short_power,
      long_power: spec.long_power,
      floor_s: spec.floor_s,
    },
    skew: undefined,
    gain: { base: 1, rate: 0, add: 0 },
    loss: undefined,
    discounted: false,
    basis: { up: 1, down: 1, add: 0, multiple: 0 },
    maintenance: 1,
    initial: spec.initial_factor,
    contingency_in_factor: true,
    peg: { threshold: 0, factor: 0 },
    confidence: { threshold: 0, margin: 0 },
    perp: { maintenance: 0, initial: 0 },
    option: { maintenance: spec.option_contingency, initial: 0 },
  }
}

/**
 * Maintenance margin of what is held on one underlying: its coin-settled and its linear part move together in every scenario.
 * @param hedged notional of contracts that stand against one another
 */
export function underlying_margin(
  rules: MarginRules,
  parts: readonly Portfolio[],
  hedged: number,
  futures_contingency: number,
): number {
  const outcomes = new Float64Array(rules.scenarios.length)
  let more = hedged * futures_contingency
  for (const part of parts) {
    add_outcomes(rules, part, values_now(rules, part), outcomes)
    more += contingencies(rules, part).maintenance
  }
  let worst = 0
  for (const outcome of outcomes) worst = Math.min(worst, outcome)
  return more - worst
}

/** What a participant may still take over of a group: min(factor · equity − notional, share · equity − used), ≥ 0. */
export const support_capacity = (factor: number, equity: number, notional: number, share: number, used: number): number =>
  Math.max(0, Math.min(factor * equity - notional, share * equity - used))
