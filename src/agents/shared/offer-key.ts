/** One number for an offer: the venue, what it is, and which. */
import type { Offer } from '../../model/index.ts'

export const OFFER_KINDS: readonly Offer['kind'][] = ['liquidation', 'start', 'auction', 'redo', 'redemption']

/** @param kind position in `OFFER_KINDS` */
export const key_of = (venue: number, kind: number, id: number): number => (venue * 8 + kind) * 4294967296 + id

export const offer_key = ({ venue, kind, id }: Pick<Offer, 'venue' | 'kind' | 'id'>): number =>
  key_of(venue, OFFER_KINDS.indexOf(kind), id)
