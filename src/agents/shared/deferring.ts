import type { Deferring, Market } from '../../model/index.ts'

/** The market as one that pays later; undefined for one whose fills give at once. */
export const deferring = (market: Market): (Market & Deferring) | undefined =>
  'later' in market ? (market as Market & Deferring) : undefined
