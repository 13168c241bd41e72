/** Hedges elsewhere: a contract sold (or bought) at another venue against what an account that is called stands to lose. */
import { z } from 'zod'
import type { WorldBuilder } from '../../model/index.ts'
import { health_of } from './law.ts'
import { type Case, signed } from './margin-call.ts'

export const hedge_fields = {
  hedges: z
    .record(z.string(), z.string().min(1))
    .default({})
    .describe('contract by asset on which exposure to it is hedged, at a venue where the owner has an account; none: no hedges'),
  hedge_share: z.number().gt(0).max(1).default(0.5).describe('share of the exposure that a hedge covers'),
}

export interface HedgeSpec {
  readonly hedges: Readonly<Record<string, string>>
  readonly hedge_share: number
}

interface Place {
  readonly market: number
  readonly venue: number
}

/** Net units of an asset in the account: owned less owed, contracts included. */
function exposure(one: Case, asset: number): number {
  const { statement } = one
  let units = 0
  for (let leg = 0; leg < statement.count; leg++)
    if (statement.asset[leg] === asset) units += (statement.side[leg] as number) * (statement.quantity[leg] as number)
  return units
}

/**
 * The step: opens, on each contract named for an asset of the account, the other side of a share of the exposure. It leaves the health of the account that is called as
 * it is, and so does not end the answer; it is a voluntary trade. What the owner's account there cannot carry is refused.
 */
export function hedger(spec: HedgeSpec, builder: WorldBuilder): (one: Case) => void {
  const places = new Map<number, Place>()
  for (const [id, name] of Object.entries(spec.hedges)) {
    const market = builder.market(name, `hedges.${id}`)
    const { base, settles } = builder.market_at(market)
    const asset = builder.asset(id, `hedges.${id}`)
    if (settles < 0 || base !== asset) throw builder.invalid(`hedges.${id}`, name, `a contract on ${id}`)
    places.set(asset, { market, venue: settles })
  }
  return (one) => {
    for (const [asset, { market, venue }] of places) {
      const mine = builder.accounts_of(one.actor).find((ref) => ref.venue === venue)
      const units = exposure(one, asset) * spec.hedge_share
      if (mine === undefined || venue === one.venue || units * one.view.usd(asset) === 0) continue
      if (Math.abs(units) * one.view.usd(asset) < one.min_usd || !(health_of(one.law) < Number.POSITIVE_INFINITY)) continue
      one.open()
      const side = units > 0 ? -1 : 1
      one.out.add('order', { ...signed(one), venue: -1, account: mine.row, market, side, exact: 'base', amount: Math.abs(units) })
    }
  }
}
