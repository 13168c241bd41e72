/**
 * Linear, inverse and quanto contracts are one thing seen from three sides: a position is `units` (signed) whose value in the
 * settlement coin is units · slot price.
 *
 * | shape | units | slot price | what a fill pays, in coins |
 * |---|---|---|---|
 * | linear | base units | price | quote |
 * | inverse | −face in quote units: a long owes its face | 1 ÷ price | base |
 * | quanto | base units | price · multiplier | quote · multiplier |
 *
 * An inverse long of face Q opened at E has Q/E coins and owes Q quote units, worth Q/P: its profit is Q·(1/E − 1/P), its mean
 * entry the harmonic mean (derivatives reference §1.2), with no formula of its own anywhere else.
 */
import type { Fill, Leg, Market, Order } from '../../../model/index.ts'

export const SHAPES = ['linear', 'inverse', 'quanto'] as const
export type Shape = (typeof SHAPES)[number]

export interface Instrument {
  readonly shape: Shape
  /** Coins per quote unit of a quanto contract; 1 otherwise. */
  readonly multiplier: number
}

/** Slot price (coins per unit) of a market price (quote per base); the other way round for inverse is the same function. */
export function slot_price(of: Instrument, price: number): number {
  return of.shape === 'linear' ? price : of.shape === 'inverse' ? 1 / price : price * of.multiplier
}

/** Market price of a slot price. */
export function market_price(of: Instrument, slot: number): number {
  return of.shape === 'linear' ? slot : of.shape === 'inverse' ? 1 / slot : slot / of.multiplier
}

/** Units a side of a fill received (+) or gave. */
export const units_in = (of: Instrument, side: Fill | Leg): number => (of.shape === 'inverse' ? side.quote : side.base)

/** Coins it received (+) or gave. */
export const coins_in = (of: Instrument, side: Fill | Leg): number =>
  of.shape === 'inverse' ? side.base : of.shape === 'linear' ? side.quote : side.quote * of.multiplier

/** Base units that so many units at a slot price are. */
export const base_of = (of: Instrument, units: number, slot: number): number =>
  of.shape === 'inverse' ? Math.abs(units * slot) : Math.abs(units)

/** Side of the market order that makes a position of these units smaller. */
export const closing_side = (of: Instrument, units: number): 1 | -1 => (units > 0 === (of.shape === 'inverse') ? 1 : -1)

/** Sign of the units a market order of this side receives. */
export const units_side = (of: Instrument, side: 1 | -1): 1 | -1 => (of.shape === 'inverse' ? (side === 1 ? -1 : 1) : side)

/** In which of its amounts an order for exact units is exact. */
export const exact_side = (of: Instrument): 'base' | 'quote' => (of.shape === 'inverse' ? 'quote' : 'base')

/** What a market order for so many units would get: units and coins, both ≥ 0. */
export function fill_units(
  of: Instrument,
  market: Market,
  order: Omit<Order, 'amount' | 'exact'>,
  units: number,
): { base: number; quote: number } {
  const got = market.quote({ ...order, exact: exact_side(of), amount: units })
  return { base: Math.abs(units_in(of, got)), quote: Math.abs(coins_in(of, got)) }
}
