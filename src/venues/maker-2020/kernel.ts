/**
 * The mechanics in floats: collateral in units of its asset, debt and bids in DAI, prices in DAI per unit. Held to reference.ts at 1e-9
 * by property test. Outcomes are statuses; nothing here changes state.
 */
import { pow } from '../../math/index.ts'
import type { Status } from '../../model/index.ts'
import type { Cut } from './snapshot.ts'

export const YEAR_MS = 31_536_000_000
/** Rounding that a limit forgives: debts and prices are products of floats. */
export const HAIR = 1e-12

/** What a bite moves: normalised debt, collateral, debt without and with penalty. */
export interface Seizure {
  dart: number
  dink: number
  due: number
  tab: number
}

/** Factor by which debt grows in a time at an annual fee that compounds every second. */
export const growth = (fee: number, dt_ms: number): number => (fee === 0 ? 1 : pow(1 + fee, dt_ms / YEAR_MS))

/** Value over the least value allowed for this debt; below 1 in breach. */
export function vaultHealth(ink: number, art: number, mat: number, price: number, rate: number): number {
  return art > 0 ? (ink * price) / mat / (art * rate) : Number.POSITIVE_INFINITY
}

/**
 * How much of a vault in breach goes into one auction. What stays may be below dust: nothing here minds.
 * @param factor 1 + penalty
 * @param room debt with penalty that may still be put up for auction; matters to a cut by debt only
 * @returns `applied` with `out` filled; `limit` when room is less than dust, `empty` when nothing would be seized
 */
export function bite(
  ink: number,
  art: number,
  rate: number,
  factor: number,
  cut: Cut,
  room: number,
  dust: number,
  out: Seizure,
): Status {
  if (cut.kind === 'lump') {
    out.dink = Math.min(ink, cut.lump)
    out.dart = out.dink === ink ? art : (art * out.dink) / ink
  } else {
    if (!(room > 0 && room >= dust * (1 - HAIR))) return 'limit'
    out.dart = Math.min(art, Math.min(cut.dunk, room) / rate / factor)
    out.dink = out.dart === art ? ink : Math.min(ink, (ink * out.dart) / art)
  }
  if (!(out.dink > 0 && out.dart > 0)) return 'empty'
  out.due = out.dart * rate
  out.tab = out.due * factor
  return 'applied'
}

/** Number of auctions that a vault in breach makes, whole. */
export function pieces(ink: number, debt: number, factor: number, cut: Cut): number {
  return Math.ceil((cut.kind === 'lump' ? ink / cut.lump : (debt * factor) / cut.dunk) * (1 - HAIR))
}

/** Rising phase: is the bid enough more than the last, or the whole tab? It is never above the tab. */
export const overbids = (last: number, bid: number, tab: number, beg: number): boolean =>
  bid > last && (bid >= (1 + beg) * last * (1 - HAIR) || bid >= tab)

/** Falling phase: is the lot enough smaller than the last? */
export const undercuts = (last: number, lot: number, beg: number): boolean =>
  lot > 0 && lot < last && (1 + beg) * lot <= last * (1 + HAIR)

/** Least bid that is accepted now, for the whole lot; 0 before the first, when anything is. */
export const leastBid = (last: number, tab: number, beg: number): number => Math.min(tab, (1 + beg) * last)

/** Has the auction a winner? Times in ms; `tic_ms` 0 without a bid. */
export const isWon = (now_ms: number, tic_ms: number, end_ms: number): boolean =>
  tic_ms !== 0 && (tic_ms < now_ms || end_ms < now_ms)

/** May one bid? */
export const isOpen = (now_ms: number, tic_ms: number, end_ms: number): boolean =>
  (tic_ms === 0 || tic_ms > now_ms) && end_ms > now_ms

/** Must somebody restart it before one can bid? */
export const isExpired = (now_ms: number, tic_ms: number, end_ms: number): boolean => tic_ms === 0 && end_ms < now_ms

/** Sum over vaults of debt beyond the collateral's value, DAI. */
export function shortfall(
  ink: Float64Array,
  art: Float64Array,
  ilk: Int32Array,
  price: Float64Array,
  rate: Float64Array,
): number {
  let sum = 0
  for (let row = 0; row < ilk.length; row++) {
    const i = ilk[row] as number
    const gap = (art[row] as number) * (rate[i] as number) - (ink[row] as number) * (price[i] as number)
    if (gap > 0) sum += gap
  }
  return sum
}
