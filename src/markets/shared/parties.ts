/** Who may deal: everybody, or actors on a list. */
import { z } from 'zod'
import { OUTSIDE, type WorldBuilder } from '../../model/index.ts'

export const partiesSchema = z
  .array(z.string().min(1))
  .min(1)
  .max(10_000)
  .describe('names of the actors who may deal; absent: everybody')

/** The actors of a list of names; undefined for everybody. */
export function open_parties(names: readonly string[] | undefined, builder: WorldBuilder): ReadonlySet<number> | undefined {
  return names === undefined ? undefined : new Set(names.map((name, i) => builder.actor(name, `parties[${i}]`)))
}

export const may_deal = (parties: ReadonlySet<number> | undefined, party: number): boolean =>
  parties === undefined || party === OUTSIDE || parties.has(party)
