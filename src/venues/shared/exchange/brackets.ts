/** Brackets and curves as a snapshot writes them, checked. */
import { marginal_tiers, slab_tiers, type Tiers } from '../../../margin/index.ts'
import type { WorldBuilder } from '../../../model/index.ts'
import type { Contract, Curve } from './contract.ts'
import type { Shape } from './instrument.ts'
import type { Rules } from './rules.ts'
import type { ContractSpec } from './snapshot.ts'

/** @throws InputError for floors that do not ascend from 0 or rates that fall */
export function tiers_of(spec: ContractSpec, builder: WorldBuilder, field: string): Tiers {
  const { tiers } = spec
  if (tiers[0]?.floor !== 0) throw builder.invalid(`${field}.tiers[0].floor`, tiers[0]?.floor, '0')
  for (let t = 1; t < tiers.length; t++) {
    const [before, tier] = [tiers[t - 1], tiers[t]] as [ContractSpec['tiers'][number], ContractSpec['tiers'][number]]
    if (!(tier.floor > before.floor)) throw builder.invalid(`${field}.tiers[${t}].floor`, tier.floor, `above ${before.floor}`)
    if (!(tier.rate >= before.rate)) throw builder.invalid(`${field}.tiers[${t}].rate`, tier.rate, `at least ${before.rate}`)
  }
  if (spec.sized && !spec.slab) throw builder.invalid(`${field}.sized`, true, 'slab brackets')
  const floors = tiers.map((tier) => tier.floor)
  const rates = tiers.map((tier) => tier.rate)
  if (spec.slab) return slab_tiers(floors, rates)
  const derived = marginal_tiers(floors, rates)
  return marginal_tiers(
    floors,
    rates,
    tiers.map((tier, t) => tier.cum ?? (derived.deduction[t] as number)),
  )
}

/** Initial margin rate by bracket: the lower of the bracket's and the contract's leverage, never below maintenance. */
export function initial_of(spec: ContractSpec): Float64Array {
  return Float64Array.from(spec.tiers, ({ rate, max_leverage, initial }) => {
    const bracket = initial ?? (max_leverage === undefined ? Math.min(1, 2 * rate) : 1 / max_leverage)
    return Math.max(bracket, rate, spec.max_leverage === undefined ? 0 : 1 / spec.max_leverage)
  })
}

/** Size of an inverse contract in base units is its value in coins. */
export function curve_of(spec: ContractSpec['maintenance_curve'], shape: Shape): Curve | undefined {
  return spec === undefined ? undefined : { ...spec, by_value: shape === 'inverse' }
}

/** Where floors of brackets are sizes: the rate of the bracket counts for the whole position. */
export function steps_of({ floor, rate }: Tiers): Curve {
  return { base: 0, slope: 0, power: 1, most: 1, by_value: false, steps: { floor, rate } }
}

/** The brackets that trigger: where the closing fee counts as margin it is part of every rate. */
export function with_closing_fee({ tiers, liquidation_fee }: Contract, rules: Rules): Tiers {
  if (!rules.trigger.closing_fee || liquidation_fee === 0) return tiers
  return { ...tiers, rate: tiers.rate.map((rate) => rate + liquidation_fee) }
}
