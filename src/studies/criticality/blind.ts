/** What a snapshot keeps R from seeing, in plain lines: where a simulated fall can go further than R says, or nowhere. */
import { exp } from '../../math/index.ts'
import type { KindSpec, Snapshot } from '../../model/index.ts'
import type { Crowd } from './crowd.ts'
import { for_each_sale, type Generations, type ShockedCrowd } from './shock.ts'

/** Names said before the rest are counted. */
const SAID = 4
/** Who carries out liquidations at lenders. */
const CARRIERS = new Set(['liquidator', 'bidder', 'keeper', 'attacker'])
const HOUR_MS = 3_600_000

/** Furthest from the mid that books are asked. */
const FURTHEST = 0.4

/** A shock that was asked, with its generations. */
export interface Asked {
  readonly shocked: ShockedCrowd
  readonly generations: Generations
}

/** @param asked shocks, in the order asked */
export function blind_spots(snapshot: Snapshot, crowd: Crowd, asked: readonly Asked[]): string[] {
  if (asked.every(({ generations }) => generations.first_usd === 0)) return late(crowd, asked)
  return [
    ...beyond_reach(crowd, asked),
    ...unlinked(snapshot, crowd, asked),
    ...unquoted(crowd, asked),
    ...nobody_liquidates(snapshot, asked),
    ...late(crowd, asked),
  ]
}

function some(names: readonly string[]): string {
  const all = [...new Set(names)]
  const said = all.length > SAID + 1 ? [...all.slice(0, SAID), `${all.length - SAID} more`] : all
  return said.length < 2 ? said.join('') : `${said.slice(0, -1).join(', ')} and ${said[said.length - 1]}`
}

const percent = (ratio: number) => `${Math.round(ratio * 1000) / 10} %`
const millions = (usd: number) => `$${(usd / 1e6).toFixed(1)} M`

/** The first generation's sales take prices further than R looks. */
function beyond_reach(crowd: Crowd, asked: readonly Asked[]): string[] {
  const { assets } = crowd.world.parts
  const found = asked.flatMap(({ shocked: { question }, generations: { moved, unbounded } }) => {
    const over = assets
      .flatMap(({ id }, a) => ((unbounded[a] as number) > (moved[a] as number) ? [{ id, log: unbounded[a] as number }] : []))
      .sort((a, b) => b.log - a.log)
    if (over.length === 0) return []
    const furthest = 1 - exp(-(over[0]?.log as number))
    const far = furthest > FURTHEST ? `beyond ${percent(FURTHEST)}` : `up to ${percent(furthest)}`
    return [`after a fall of ${percent(question.fall)} ${some(over.map(({ id }) => id))} (${far})`]
  })
  const reach = asked[0]?.shocked.question.reach as number
  return found.length === 0
    ? []
    : [
        `R takes the first generation to move a price by ${percent(reach)} at most. By the worst depth on the way its sales alone would move further: ${found.join('; ')}. A simulated fall can go much further than R says.`,
      ]
}

const sold_assets = (crowd: Crowd, asked: readonly Asked[]): number[] =>
  crowd.world.parts.assets.flatMap((_, a) => (asked.some(({ generations }) => (generations.flow[a] as number) > 0) ? [a] : []))

const links_of = (agent: KindSpec): readonly { readonly a?: unknown; readonly b?: unknown }[] =>
  agent.kind === 'arbitrageur' && Array.isArray(agent['links']) ? agent['links'] : []

/** Sold assets that no arbitrageur trades: R moves all markets as one, and nobody brings a price back. */
function unlinked(snapshot: Snapshot, crowd: Crowd, asked: readonly Asked[]): string[] {
  const { assets } = crowd.world.parts
  const linked = new Set(snapshot.agents.flatMap(links_of).flatMap(({ a, b }) => [a, b]))
  const bare = sold_assets(crowd, asked).flatMap((asset) => {
    const id = assets[asset]?.id as string
    return snapshot.markets.some((market) => market['base'] === id && linked.has(market.id)) ? [] : [id]
  })
  const all = !snapshot.agents.some(({ kind }) => kind === 'arbitrageur')
  return bare.length === 0
    ? []
    : [
        `${all ? 'This book has no arbitrageur' : `No arbitrageur trades ${some(bare)}`}: where forced sales push a price nobody brings it back from other markets, so a simulated fall can go further, and last longer, than R says.`,
      ]
}

/** Sold where nobody quotes, now or at the worst moment: R takes prices as unmoved there. */
function unquoted(crowd: Crowd, asked: readonly Asked[]): string[] {
  const { assets, markets } = crowd.world.parts
  const [nowhere, left] = [new Set<string>(), new Set<string>()]
  for (const { shocked, generations } of asked)
    for_each_sale(generations.first, ({ asset, market }) => {
      if (market < 0 ? shocked.books.quotes(asset) : shocked.books.quoted(market)) return
      if (market < 0) nowhere.add(assets[asset]?.id as string)
      else left.add(markets[market]?.id as string)
    })
  return [
    ...(nowhere.size === 0
      ? []
      : [`Nobody quotes ${some([...nowhere])} throughout: its sales move no price in R, and in a run may find no buyer.`]),
    ...(left.size === 0
      ? []
      : [
          `On ${some([...left])} nobody quotes at the worst moment: contracts are taken over there instead of sold, and count in the first generation only.`,
        ]),
  ]
}

function nobody_liquidates(snapshot: Snapshot, asked: readonly Asked[]): string[] {
  const lends = asked.some(({ generations }) =>
    generations.first.some(({ victims }) => victims.some(({ contracts }) => !contracts)),
  )
  return lends && !snapshot.agents.some(({ kind }) => CARRIERS.has(kind))
    ? ['This book has no liquidator: a run carries out none of the liquidations of lenders that R counts.']
    : []
}

/** Accounts at prices that follow only after the shock. */
function late(crowd: Crowd, asked: readonly Asked[]): string[] {
  const { venues } = crowd.world.parts
  const deepest = asked.reduce<ShockedCrowd | undefined>(
    (most, { shocked }) => (shocked.question.fall > (most?.question.fall ?? 0) ? shocked : most),
    undefined,
  )
  if (deepest === undefined || deepest.late.length === 0) return []
  const owed = new Map<string, number>()
  for (const { venue, owed_usd } of deepest.late) {
    const id = venues[venue]?.id as string
    owed.set(id, (owed.get(id) ?? 0) + owed_usd)
  }
  const said = [...owed].map(([id, usd]) => `${id} (${millions(usd)})`)
  const { fall, over_ms } = deepest.question
  return [
    `R of a shock leaves out accounts whose prices follow later than the ${over_ms / HOUR_MS === 1 ? 'hour' : 'time'} it takes: after a fall of ${percent(fall)} those at ${some(said)}.`,
  ]
}
