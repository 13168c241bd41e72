/** Where along a move an account crosses its breach: in closed form where the law is linear in the price that moves, else by search. */
import { log } from '../../math/index.ts'
import { assert } from '../../model/index.ts'
import { type Account, in_breach, type Leg } from './law.ts'
import { LIMIT, type Track } from './path.ts'

export type Method = 'closed_form' | 'search'

export interface Crossing {
  /** Size of the move; negative against it. */
  readonly size: number
  readonly method: Method
}

/** Steps of the search: [up to this size, step]. What happens within one step and undoes itself there is not seen. */
const STEPS = [
  [0.7, 0.0005],
  [2.5, 0.005],
  [LIMIT, 0.02],
] as const

/** Distance from 1 at which a health is on it, and between two answers that are the same. */
const ON = 1e-9

/** Sizes that are looked at, outwards. */
export const GRID: Float64Array = grid()

function grid(): Float64Array {
  const out: number[] = []
  let from = 0
  for (const [to, step] of STEPS) {
    const count = Math.ceil((to - from) / step - 1e-9)
    for (let i = 1; i <= count; i++) out.push(i === count ? to : from + i * step)
    from = to
  }
  return Float64Array.from(out)
}

/** Health of an account along a track. Not for two callers at once: it reuses its prices. */
export function health_along(account: Account, track: Track): (size: number) => number {
  const ratios = new Float64Array(track.exponents.length)
  const prices = new Float64Array(account.prices.length)
  return (size) => {
    track.at(size, ratios)
    for (let slot = 0; slot < prices.length; slot++) prices[slot] = (account.prices[slot] as number) * (ratios[slot] as number)
    const health = account.health(prices)
    assert(health === health, `health is not a number at a move of ${size}`)
    return health
  }
}

/**
 * The first size at which the account is on the other side of its breach, by search along one side of a move: any law, monotone or
 * not, continuous or not. The size is the first of two neighbouring doubles that is on the other side.
 * @param side +1 along the move, −1 against it
 * @returns undefined when there is none within a factor of 10,000 of the lead's price
 */
export function first_crossing(account: Account, track: Track, side: 1 | -1): number | undefined {
  const health = health_along(account, track)
  const breached = (size: number) => in_breach(account, health(side * size))
  const now = breached(0)
  let from = 0
  for (const to of GRID) {
    if (breached(to) !== now) return side * boundary(breached, now, from, to)
    from = to
  }
  return undefined
}

/** Between a size that is as now and one that is not. */
export function boundary(breached: (size: number) => boolean, now: boolean, from: number, to: number): number {
  for (;;) {
    const middle = from + (to - from) / 2
    if (!(middle > from && middle < to)) return to
    if (breached(middle) === now) from = middle
    else to = middle
  }
}

/**
 * Size at which weighted assets equal weighted debts when all that moves moves alike: with f the factor on the legs that move,
 * A₀ + f·A₁ = L₀ + f·L₁, so f = (L₀ − A₀) ÷ (A₁ − L₁). It takes the weights of the statement as constant: whether that is so is for the
 * caller to check at the health there.
 * @returns undefined when legs move by different exponents, or never meet
 */
export function closed_form(legs: readonly Leg[], exponents: ArrayLike<number>): number | undefined {
  let k = 0
  let [still, moving] = [0, 0]
  for (const { side, slot, quantity, weight, price } of legs) {
    const own = exponents[slot] ?? 0
    if (own !== own || (own !== 0 && k !== 0 && own !== k)) return undefined
    const worth = side * quantity * price * weight
    if (own === 0) still += worth
    else {
      k = own
      moving += worth
    }
  }
  const factor = -still / moving
  return k !== 0 && factor > 0 && factor < Number.POSITIVE_INFINITY ? log(factor) / k : undefined
}

/** The first crossing on one side: searched for, and taken in closed form where that says the same. */
export function crossing(account: Account, track: Track, side: 1 | -1): Crossing | undefined {
  const found = first_crossing(account, track, side)
  if (found === undefined) return undefined
  const closed = closed_form(account.legs, track.exponents)
  if (closed === undefined || closed * side < 0) return { size: found, method: 'search' }
  const same = Math.abs(closed - found) <= ON * Math.max(1, Math.abs(found))
  const on = Math.abs(health_along(account, track)(closed) - 1) <= ON
  return same && on ? { size: closed, method: 'closed_form' } : { size: found, method: 'search' }
}
