/** Which assets are a multiple of others: as the venues of a snapshot price them, and as their reference markets quote them. */
import { Statement } from '../../model/index.ts'
import type { Links } from './moves.ts'
import type { Probe } from './probe.ts'

/** Rows whose statements are looked at to learn what a slot is the price of. */
const MOST_ROWS = 20_000

/** Asset that each slot of a venue prices, as statements say; −1 not known. */
function assets_of_slots(probe: Probe, v: number): Int32Array {
  const venue = probe.world.venue(v)
  const out = new Int32Array(venue.prices.length).fill(-1)
  const st = new Statement()
  for (let row = 0; row < venue.rows && row < MOST_ROWS; row++) {
    st.clear()
    venue.statement(row, st)
    for (let i = 0; i < st.count; i++) if ((st.feed[i] as number) >= 0) out[st.slot[i] as number] = st.asset[i] as number
  }
  return out
}

/**
 * An asset follows another when some venue's price of it does not move with its own market and moves one for one with the other's; or when
 * its reference market is quoted in the other and both have the same beta, not 0.
 */
export function links_of(probe: Probe): Links {
  const { assets, reference } = probe.world.parts
  const links = new Map<number, number>()
  const link = (follower: number, leader: number) => {
    const about = links.get(leader) === follower || follower === leader
    if (!about && !links.has(follower) && assets[leader]?.numeraire !== true) links.set(follower, leader)
  }
  assets.forEach((asset, a) => {
    const market = reference[a] as number
    const quote = market < 0 ? -1 : probe.world.market(market).quote_asset
    if (quote >= 0 && asset.beta !== 0 && assets[quote]?.beta === asset.beta) link(a, quote)
  })
  const responses = probe.responses()
  probe.world.parts.venues.forEach((_, v) => {
    assets_of_slots(probe, v).forEach((asset, slot) => {
      if (asset < 0) return
      const moving = responses.flatMap((by_venue, a) => ((by_venue[v]?.[slot] as number) === 0 ? [] : [a]))
      const [leader] = moving
      if (leader !== undefined && moving.length === 1 && (responses[leader]?.[v]?.[slot] as number) === 1) link(asset, leader)
    })
  })
  return links
}
