/**
 * The mechanics in floats, for many vaults and auctions: collateral in units of its asset, debt in DAI, time in ms, prices in DAI per
 * unit. Held to reference.ts at 1e-9 by property test. Outcomes are statuses; nothing here changes state.
 */
import { pow } from '../../math/index.ts'
import type { Status } from '../../model/index.ts'
import type { Curve } from './snapshot.ts'

export const YEAR_MS = 31_536_000_000

/** What a bark moves. */
export interface Seizure {
  /** Normalised debt, collateral, debt without and with penalty. */
  dart: number
  dink: number
  due: number
  tab: number
}

/** What a take moves. */
export interface Purchase {
  owe: number
  slice: number
}

/** Factor by which debt grows in a time at an annual fee that compounds every second (jug). */
export const growth = (fee: number, dt_ms: number): number => (fee === 0 ? 1 : pow(1 + fee, dt_ms / YEAR_MS))

/** Value over the least value allowed for this debt; below 1 in breach. */
export function vaultHealth(ink: number, art: number, mat: number, price: number, rate: number): number {
  return art > 0 ? (ink * price) / mat / (art * rate) : Number.POSITIVE_INFINITY
}

/** How often a curve has been cut; the exponential one counts whole seconds, as blocks do. −1 for the linear one. */
function cuts(curve: Curve, elapsed_ms: number): number {
  if (curve.kind === 'linear') return -1
  return Math.floor(elapsed_ms / (curve.kind === 'stairstep' ? curve.step_ms : 1000))
}

/** Longest table of powers that is kept. */
const MOST_POWERS = 16_384

/** Powers of the curve's cut for every number of cuts that an auction may live to see: the price is asked for far more often. */
export function powersOf(curve: Curve, tail_ms: number): Float64Array {
  const last = cuts(curve, tail_ms)
  if (curve.kind === 'linear' || last >= MOST_POWERS) return new Float64Array(0)
  return Float64Array.from({ length: last + 1 }, (_, n) => pow(curve.cut, n))
}

/**
 * Auction price some time after it stood at `top` (abaci).
 * @param powers of `powersOf`, or none
 */
export function curvePrice(curve: Curve, top: number, elapsed_ms: number, powers?: Float64Array): number {
  if (curve.kind === 'linear') return elapsed_ms >= curve.tau_ms ? 0 : (top * (curve.tau_ms - elapsed_ms)) / curve.tau_ms
  const n = cuts(curve, elapsed_ms)
  return top * (powers?.[n] ?? pow(curve.cut, n))
}

/** Must the auction be restarted before anyone can buy? */
export const needsRedo = (top: number, price: number, elapsed_ms: number, tail_ms: number, cusp: number): boolean =>
  elapsed_ms > tail_ms || price / top < cusp

/**
 * How much of a vault in breach goes to auction.
 * @param room debt with penalty that may still be put up for auction
 * @param factor 1 + penalty
 * @returns `applied` with `out` filled; `limit` without room, `dust` when only a part too small fits, `empty` without collateral
 */
export function bark(ink: number, art: number, rate: number, room: number, factor: number, dust: number, out: Seizure): Status {
  if (!(room > 0)) return 'limit'
  let dart = Math.min(art, room / rate / factor)
  if (art > dart) {
    if ((art - dart) * rate < dust) dart = art
    else if (dart * rate < dust) return 'dust'
  }
  const dink = dart === art ? ink : (ink * dart) / art
  if (!(dink > 0)) return 'empty'
  out.dart = dart
  out.dink = dink
  out.due = dart * rate
  out.tab = out.due * factor
  return 'applied'
}

/**
 * What a bid for up to `amount` collateral buys.
 * @param chost least debt an auction may be left with
 * @returns `applied` with `out` filled; `empty` for nothing, `dust` when the rest would be too small and cannot be avoided
 */
export function take(lot: number, tab: number, amount: number, price: number, chost: number, out: Purchase): Status {
  let slice = Math.min(lot, amount)
  if (!(slice > 0)) return 'empty'
  let owe = slice * price
  if (owe > tab) {
    owe = tab
    slice = Math.min(slice, owe / price)
  } else if (owe < tab && slice < lot && tab - owe < chost) {
    if (!(tab > chost)) return 'dust'
    owe = tab - chost
    slice = Math.min(slice, owe / price)
  }
  out.owe = owe
  out.slice = slice
  return 'applied'
}

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
