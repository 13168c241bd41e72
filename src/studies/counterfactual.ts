/** What leaving something out removes, beside what the attribution of the whole run said of it. Draws are common: nobody's depend on who else is there. */
import { infections_by_mechanism, venue_figures } from '../analytics/index.ts'
import { run, type World } from '../engine/index.ts'
import type { Mechanism, Scenario, Snapshot } from '../model/index.ts'
import { build, without } from '../scenarios/index.ts'

export interface Counterfactual {
  readonly without: readonly string[]
  /** Venues that are in both runs. */
  readonly venues: readonly { readonly id: string; readonly with_usd: number; readonly without_usd: number }[]
  /** Forced sales of those venues, with − without. Negative when what was left out had held sales back. */
  readonly removed_usd: number
  /** What usd_pivotal of the whole run blames on it, at those venues; null when attribution has no such source: an agent, a market, an asset, several names. */
  readonly said_usd: number | null
  /** removed − said: what is there only when several causes meet, or moved elsewhere. */
  readonly interaction_usd: number | null
}

/** Mechanisms whose blame each cut takes away. Without gas nothing is taken away: what is sold is sold earlier. */
const CARRIED: Readonly<Record<string, readonly Mechanism[]>> = {
  'mechanism:price': ['price', 'oracle', 'gas'],
  'mechanism:oracle': ['oracle'],
  'mechanism:owner': ['owner'],
}

/** usd_pivotal of what the name stands for, at venues that stay. */
function said(world: World, name: string, gone: ReadonlySet<string>): number | null {
  const by = CARRIED[name]
  if (by === undefined && gone.size !== 1) return null
  return infections_by_mechanism(world.parts.log, world.view())
    .filter(({ to }) => !gone.has(to))
    .filter(({ from, mechanism }) => (by === undefined ? gone.has(from) : from !== 'exogenous' && by.includes(mechanism)))
    .reduce((sum, cell) => sum + cell.usd_pivotal, 0)
}

const forced = (world: World): Map<string, number> => {
  const view = world.view()
  return new Map(
    venue_figures(world.parts.log, view).map((figures, v) => [view.venues[v]?.id as string, figures.forced_sales_usd]),
  )
}

/** Compares two worlds that have run: the whole, and the same without the names. */
export function compare(whole: World, cut: World, names: readonly string[]): Counterfactual {
  const [before, after] = [forced(whole), forced(cut)]
  const gone = new Set([...before.keys()].filter((id) => !after.has(id)))
  const venues = [...after].map(([id, without_usd]) => ({ id, with_usd: before.get(id) ?? 0, without_usd }))
  const removed_usd = venues.reduce((sum, { with_usd, without_usd }) => sum + with_usd - without_usd, 0)
  const said_usd = names.length === 1 ? said(whole, names[0] as string, gone) : null
  return { without: names, venues, removed_usd, said_usd, interaction_usd: said_usd === null ? null : removed_usd - said_usd }
}

/** Runs the whole and the same without the names. @throws InputError for a name that means nothing here */
export function counterfactual(snapshot: Snapshot, scenario: Scenario, names: readonly string[]): Counterfactual {
  without(snapshot, names)
  const whole = build(snapshot, scenario)
  const cut = build(snapshot, { ...scenario, without: [...scenario.without, ...names] })
  run(whole)
  run(cut)
  return compare(whole, cut, names)
}
