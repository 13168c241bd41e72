/** Who owns an account, by name: named actors first, the rest `<agent>/<n>`, n counting an agent's actors from 0. */
import type { World } from '../../engine/index.ts'
import { InputError } from '../../model/index.ts'

/** Name of a ledger actor; null for nobody. */
export function name_of(world: World, actor: number): string | null {
  const { actor_names, agent_of, agents } = world.parts
  if (actor < 0) return null
  const name = actor_names[actor]
  if (name !== undefined) return name
  const agent = agent_of[actor] as number
  if (agent < 0) return `actor/${actor}`
  let n = 0
  for (let a = 0; a < actor; a++) if (agent_of[a] === agent) n++
  return `${agents[agent]?.id ?? 'agent'}/${n}`
}

/** Ledger actor of a name. @throws InputError for a name there is not */
export function actor_of(world: World, name: string, option: string): number {
  const { actor_names, agent_of, agents } = world.parts
  const named = actor_names.indexOf(name)
  if (named >= 0) return named
  const slash = name.lastIndexOf('/')
  const n = /^\d{1,10}$/.test(name.slice(slash + 1)) ? Number(name.slice(slash + 1)) : -1
  const agent = agents.findIndex((one) => one.id === name.slice(0, slash))
  for (let [a, left] = [0, n]; slash > 0 && agent >= 0 && left >= 0 && a < agent_of.length; a++)
    if (agent_of[a] === agent && left-- === 0 && a >= actor_names.length) return a
  const counts = agents.map((one, i) => `${one.id}/0 to /${agent_of.reduce((sum, own) => sum + (own === i ? 1 : 0), 0) - 1}`)
  throw new InputError(option, '', name, `an actor of the snapshot: ${[...actor_names.slice(1), ...counts].join(', ')}`)
}

export interface Held {
  readonly venue: number
  readonly row: number
}

/** Accounts of an actor, by venue and row. */
export function accounts_of(world: World, actor: number): Held[] {
  return world.parts.venues.flatMap(({ part }, venue) => {
    const out: Held[] = []
    for (let row = 0; row < part.rows; row++) if (part.owner(row) === actor && row !== part.outside) out.push({ venue, row })
    return out
  })
}
