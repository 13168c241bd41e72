import { describe, expect, it } from 'vitest'
import { small_market } from '../../test/support/reference-market.ts'
import type { Snapshot } from '../model/index.ts'
import { build, shock_scenario } from '../scenarios/index.ts'
import { unmodelled } from './unmodelled.ts'

const notes = (snapshot: Snapshot) => unmodelled(snapshot, build(snapshot, shock_scenario([])))

describe('what a snapshot leaves to nobody', () => {
  it('is nothing where longs and shorts cancel and every asset that trades names its market', () => {
    expect(notes(small_market())).toEqual([])
  })

  it('names the side of a contract that who is not modelled holds, and how much of it', () => {
    const snapshot = small_market()
    const venues = snapshot.venues.map((venue) => {
      if (venue.kind !== 'binance-usdm') return venue
      const { positions } = venue as unknown as { positions: { contract: Int32Array; quantity: Float64Array } }
      // Shorts of the first contract halved: half of what its longs have is held by who is not modelled.
      const quantity = positions.quantity.map((units, i) => (positions.contract[i] === 0 && units < 0 ? units / 2 : units))
      return { ...venue, positions: { ...positions, quantity } }
    })
    const found = notes({ ...snapshot, venues })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^binance: the snapshot has more longs of \S+ than shorts; .* holds 50 % of all shorts/)
  })

  it('names an asset that trades and does not say where', () => {
    const snapshot = small_market()
    const assets = snapshot.assets.map(({ reference, ...asset }) =>
      asset.id === 'LINK' || reference === undefined ? asset : { ...asset, reference },
    )
    const { reference } = snapshot.assets.find(({ id }) => id === 'LINK') ?? {}
    const found = notes({ ...snapshot, assets })
    expect(found).toHaveLength(1)
    expect(found[0]).toContain('LINK names no reference market: its price here is its fundamental')
    expect(found[0]).toContain(`"reference": "${reference}"`)
  })
})
