/** Who makes the R of a shock: its generations by venue and asset, its largest accounts, and R without each of them. */
import { exp } from '../../math/index.ts'
import type { World } from '../../engine/index.ts'
import { name_of } from '../account/people.ts'
import type { Victim } from './crowd.ts'
import { for_each_sale, type Generations, key_of, type Look, type Offspring, type ShockedCrowd } from './shock.ts'

/** Accounts of which R is asked again without them. */
export const LARGEST = 5
/** Owners of several accounts of which it is. */
export const OWNERS = 3

/** USD at start prices, the mean over the sizes looked at; bought is negative. */
export interface Flows {
  readonly first_usd: number
  readonly next_usd: number
}

export interface ShockParts {
  /** By venue and asset; add up to the generations (the next one to its own sum, which counts as 0 below 0). */
  readonly types: readonly (Flows & { readonly venue: string; readonly asset: string })[]
  /** What the first generation does to prices. */
  readonly moves: readonly {
    readonly asset: string
    /** Sold by the first generation where somebody quotes, USD at start prices. */
    readonly sold_usd: number
    /** Fall that R takes, no further than the reach, a ratio. */
    readonly fall: number
    /** Fall by what books give at their worst, a ratio; above `fall` R looks at less than the sales may do. */
    readonly unbounded: number
  }[]
  /** The accounts that sell most in both generations together. */
  readonly largest: readonly (Flows & { readonly venue: string; readonly account: number; readonly owner: string | null })[]
  /** Accounts of either generation that are not among the largest. */
  readonly others: number
  /** Owners of several accounts that sell in either generation. */
  readonly owners: number
  /** The same shock when accounts are left out of both generations: those of a venue, of an owner of several, or one of the largest. */
  readonly without: readonly (Pick<Offspring, 'first_usd' | 'next_usd' | 'r'> & {
    readonly what: string
    /** null: those of an owner. */
    readonly venue: string | null
    /** null: all of the venue's or the owner's. */
    readonly account: number | null
    /** Of whom all accounts are left out; null where it is not for the owner. */
    readonly owner: string | null
  })[]
}

interface Tally {
  readonly victim: Victim
  first_usd: number
  next_usd: number
}

const size = ({ first_usd, next_usd }: Flows) => Math.abs(first_usd) + Math.abs(next_usd)

/** Actors with more than one of the accounts, who sell most first. */
function owners_of_several(
  ranked: readonly Tally[],
  owner_of: (victim: Victim) => number,
): { readonly actor: number; readonly accounts: number }[] {
  const found = new Map<number, { actor: number; accounts: number; usd: number }>()
  for (const one of ranked) {
    const actor = owner_of(one.victim)
    if (actor < 0) continue
    const { accounts, usd } = found.get(actor) ?? { accounts: 0, usd: 0 }
    found.set(actor, { actor, accounts: accounts + 1, usd: usd + size(one) })
  }
  return [...found.values()].filter(({ accounts }) => accounts > 1).sort((a, b) => b.usd - a.usd)
}

/** @param on_step called after each time R was asked again, with how many of how many */
export function shock_parts(
  shocked: ShockedCrowd,
  world: World,
  on_step: (done: number, of: number) => void = () => {},
): ShockParts {
  const { assets, venues } = world.parts
  const all = shocked.generations()
  const accounts = tallies(shocked, all, ({ victim }) => key_of(victim))
  const ranked = [...accounts.values()].filter((one) => size(one) > 0).sort((a, b) => size(b) - size(a))
  const largest = ranked.slice(0, LARGEST)
  const owner_of = ({ venue, row }: Victim) => world.venue(venue).owner(row)
  const owners = owners_of_several(ranked, owner_of)
  const selling = venues.flatMap(({ id }, v) => (ranked.some(({ victim }) => victim.venue === v) ? [{ id, v }] : []))
  const id = (v: number) => venues[v]?.id as string
  const asked = [
    ...selling.map(({ id: venue, v }) => ({
      ...{ what: `accounts of ${venue}`, venue, account: null, owner: null },
      out: (victim: Victim) => victim.venue === v,
    })),
    ...owners.slice(0, OWNERS).map(({ actor, accounts }) => {
      const owner = name_of(world, actor)
      return {
        ...{ what: `${accounts} accounts of ${owner}`, venue: null, account: null, owner },
        out: (victim: Victim) => owner_of(victim) === actor,
      }
    }),
    ...largest.map(({ victim: { venue, row } }) => ({
      ...{ what: `account ${row} of ${id(venue)}`, venue: id(venue), account: row, owner: null },
      out: (victim: Victim) => victim.venue === venue && victim.row === row,
    })),
  ]
  return {
    types: [...tallies(shocked, all, ({ victim, asset }) => `${victim.venue}/${asset}`)].map(([key, { first_usd, next_usd }]) => {
      const [v, a] = key.split('/').map(Number) as [number, number]
      return { venue: id(v), asset: assets[a]?.id as string, first_usd, next_usd }
    }),
    moves: assets.flatMap(({ id: asset }, a) => {
      const [sold_usd, moved, unbounded] = [all.flow[a] as number, all.moved[a] as number, all.unbounded[a] as number]
      return sold_usd === 0 ? [] : [{ asset, sold_usd, fall: 1 - exp(-moved), unbounded: 1 - exp(-unbounded) }]
    }),
    largest: largest.map(({ victim: { venue, row }, first_usd, next_usd }) => ({
      ...{ venue: id(venue), account: row, owner: name_of(world, world.venue(venue).owner(row)) },
      ...{ first_usd, next_usd },
    })),
    others: ranked.length - largest.length,
    owners: owners.length,
    without: asked.map(({ what, venue, account, owner, out }, i) => {
      const { first_usd, next_usd, r } = shocked.generations(out)
      on_step(i + 1, asked.length)
      return { what, venue, account, owner, first_usd, next_usd, r }
    }),
  }
}

/** Both generations by a name of the sale, the largest first. */
function tallies(
  shocked: ShockedCrowd,
  { first, next }: Generations,
  name: (of: { readonly victim: Victim; readonly asset: number }) => string,
): Map<string, Tally> {
  const out = new Map<string, Tally>()
  const of = (victim: Victim, asset: number): Tally => {
    const key = name({ victim, asset })
    const known = out.get(key) ?? { victim, first_usd: 0, next_usd: 0 }
    out.set(key, known)
    return known
  }
  for_each_sale(first, ({ asset }, usd, victim) => {
    of(victim, asset).first_usd += usd
  })
  for_each_sale(next satisfies readonly Look[], (sale, usd, victim) => {
    if (shocked.meets(sale)) of(victim, sale.asset).next_usd += usd
  })
  return new Map([...out].sort(([, a], [, b]) => b.first_usd + b.next_usd - (a.first_usd + a.next_usd)))
}
