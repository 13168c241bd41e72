/** What a snapshot leaves to nobody, or to the fundamental, without its author perhaps knowing. */
import type { World } from '../engine/index.ts'
import { type Margined, type Snapshot, Statement } from '../model/index.ts'

/** A smaller part of a contract's longs is what is left of rounding and of odd lots. */
const NOTABLE = 0.005

/** Sentences for a reader, of a world that is fresh or reset. */
export function unmodelled(snapshot: Snapshot, world: World): string[] {
  return [...without_reference(snapshot, world), ...world.parts.venues.flatMap((_, v) => other_side(world, v))]
}

/** Assets that trade and whose price is their fundamental all the same. */
function without_reference(snapshot: Snapshot, world: World): string[] {
  const { markets, reference } = world.parts
  return snapshot.assets.flatMap(({ id, numeraire }, a) => {
    if (numeraire === true || reference[a] !== -1) return []
    const traded = markets.filter(({ part }) => part.settles < 0 && part.base === a)
    const [first] = traded
    if (first === undefined) return []
    return `${id} names no reference market: its price here is its fundamental, whatever ${traded.map((market) => market.id).join(', ')} does; "reference": "${first.id}" would show that`
  })
}

/** Contracts whose longs and shorts in the snapshot do not cancel: who is not modelled has the rest. */
function other_side(world: World, v: number): string[] {
  const { venues, markets } = world.parts
  const { id, part } = venues[v] as (typeof venues)[number]
  return part.outside < 0
    ? []
    : [...interest(part)].flatMap(([market, [long, short]]) => {
        const share = Math.abs(long - short) / Math.max(long, short)
        if (!(share >= NOTABLE)) return []
        const [more, less] = long > short ? ['longs', 'shorts'] : ['shorts', 'longs']
        return `${id}: the snapshot has more ${more} of ${markets[market]?.id} than ${less}; who is not modelled holds ${Math.round(share * 1000) / 10} % of all ${less}, and is never called or liquidated`
      })
}

/** Units long and short of the accounts of a snapshot, by market. */
function interest(venue: Margined): Map<number, [long: number, short: number]> {
  const statement = new Statement()
  const sums = new Map<number, [number, number]>()
  for (let row = 0; row < venue.rows; row++) {
    if (row === venue.outside) continue
    statement.clear()
    venue.statement(row, statement)
    for (let i = 0; i < statement.count; i++) {
      const market = statement.market[i] as number
      if (market < 0) continue
      const sum = sums.get(market) ?? [0, 0]
      sums.set(market, sum)
      sum[(statement.side[i] as number) > 0 ? 0 : 1] += statement.quantity[i] as number
    }
  }
  return sums
}
