/** Since when an agent has seen each offer. */
import type { F64, I32, Offer, Table, WorldBuilder } from '../../model/index.ts'
import { key_of, OFFER_KINDS, offer_key } from './offer-key.ts'

/** Offers seen in the last round with the time since when, kept only by agents with latency. */
export class Sightings {
  private readonly table: Table<{ venue: 'i32'; kind: 'i32'; id: 'i32'; since_ms: 'f64' }>
  private readonly known = new Map<number, number>()

  constructor(builder: WorldBuilder) {
    this.table = builder.store.table(`${builder.self.id}.seen`, { venue: 'i32', kind: 'i32', id: 'i32', since_ms: 'f64' })
  }

  /** Notes this round's offers; returns for each since when it has been there without a break. */
  note(offers: readonly Offer[], time_ms: number): number[] {
    const { venue, kind, id, since_ms } = this.table.columns
    this.known.clear()
    for (let row = 0; row < this.table.length; row++)
      this.known.set(
        key_of(venue.data[row] as number, kind.data[row] as number, id.data[row] as number),
        since_ms.data[row] as number,
      )
    this.table.length = 0
    return offers.map((offer) => {
      const since = this.known.get(offer_key(offer)) ?? time_ms
      this.keep(venue, kind, id, since_ms, offer, since)
      return since
    })
  }

  private keep(venue: I32, kind: I32, id: I32, since_ms: F64, offer: Offer, since: number): void {
    const row = this.table.push()
    venue.data[row] = offer.venue
    kind.data[row] = OFFER_KINDS.indexOf(offer.kind)
    id.data[row] = offer.id
    since_ms.data[row] = since
  }
}
