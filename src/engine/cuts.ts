/** Channels that a scenario leaves out: `asset:<id>` and `mechanism:<name>` in `without`. */
import { EXOGENOUS, type Oracle, type Quote, type View } from '../model/index.ts'
import { exp } from '../math/index.ts'

/**
 * What `mechanism:` may name.
 * - price: no fill moves a market: the no-feedback run
 * - oracle: what oracles and indexes say is without all displacement by forced orders
 * - owner: calls at one venue are not answered by sales at another
 * - gas: gas costs nothing and no block is full
 */
export const CUT_MECHANISMS = ['price', 'oracle', 'owner', 'gas'] as const

export interface Cuts {
  readonly price: boolean
  readonly oracle: boolean
  readonly owner: boolean
  readonly gas: boolean
  /** Ids of assets whose markets no fill moves. */
  readonly assets: ReadonlySet<string>
}

/** @param without names of a scenario; those of components are of no interest here */
export function cuts_of(without: readonly string[]): Cuts {
  const has = (name: (typeof CUT_MECHANISMS)[number]) => without.includes(`mechanism:${name}`)
  const assets = without.filter((name) => name.startsWith('asset:')).map((name) => name.slice('asset:'.length))
  return { price: has('price'), oracle: has('oracle'), owner: has('owner'), gas: has('gas'), assets: new Set(assets) }
}

/** The oracle as it would answer had no venue displaced what it read. */
export function undisplaced(inner: Oracle): Oracle {
  return {
    read(time_ms: number, view: View, out: Quote): void {
      inner.read(time_ms, view, out)
      if (!(out.price > 0)) return
      let venues = 0
      for (let s = 0; s < out.displacement.length; s++) {
        if (s === EXOGENOUS) continue
        venues += out.displacement[s] as number
        out.displacement[s] = 0
      }
      if (venues !== 0) out.price *= exp(-venues)
    },
  }
}
