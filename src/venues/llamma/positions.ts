/** Where loans lie in the bands, and how they come and go. */
import { OUTSIDE, type Status } from '../../model/index.ts'
import { HAIR, n1Of, OFFSET, SPAN } from './kernel.ts'
import { activeOf, at, baseOf, n1Now, type Position, type State, upOf } from './state.ts'

/** Shares of a band that are rounding, not anybody's. */
const NOBODY = 1e-12

export type Refusal = Exclude<Status, 'applied' | 'partial'>

/** May a position begin at n1? What lies between it and the active band must never have been sold. */
function free(state: State, n1: number): boolean {
  const { x } = state.bands.columns
  for (let n = n1; n <= activeOf(state); n++) if (at(x, n + OFFSET) > 0) return false
  return true
}

/** Is the treasury short of this? `outside` never is. */
export const short = (state: State, actor: number, asset: number, amount: number): boolean =>
  actor !== OUTSIDE && amount > state.ledger.balance(actor, asset) * (1 + HAIR) + HAIR

/** Adds `debt` (now) to the loan and to the total. */
export function owe(state: State, row: number, debt: number): void {
  const { rate_mul, scaled } = state.market.columns
  const before = at(state.loans.columns.debt, row)
  const after = debt / at(rate_mul)
  state.loans.columns.debt.set(row, after)
  scaled.set(0, Math.max(0, at(scaled) + after - before))
}

/**
 * Spreads collateral over the loan's bands, where its debt belongs or from `fixed` on, and sets the debt.
 * @returns why not, nothing changed: `margin` when the price is too low for it, `limit` beyond the bands there are, `empty` without collateral
 */
export function place(state: State, row: number, collateral: number, debt: number, fixed?: number): Refusal | undefined {
  const N = state.count[row] as number
  const active = activeOf(state)
  if (!(collateral > 0)) return 'empty'
  const n1 = fixed ?? n1Of(state.geo, baseOf(state), active, collateral, debt, N, state.loan_discount)
  if (!(n1 > -OFFSET && n1 + N < SPAN - OFFSET)) return 'limit'
  if (upOf(state, n1) > at(state.market.columns.price) * (1 + HAIR) || !free(state, n1)) return 'margin'
  const { low, high, active: band } = state.market.columns
  if (n1 <= active) band.set(0, n1 - 1)
  const { y, shares } = state.bands.columns
  const first = state.first[row] as number
  const each = collateral / N
  for (let k = 0; k < N; k++) {
    const n = n1 + k + OFFSET
    const all = at(shares, n)
    const share = all > 0 && at(y, n) > 0 ? (all * each) / at(y, n) : each
    state.parts.columns.share.set(first + k, share)
    shares.set(n, all + share)
    y.set(n, at(y, n) + each)
  }
  low.set(0, Math.min(at(low), n1))
  high.set(0, Math.max(at(high), n1 + N - 1))
  state.loans.columns.n1.set(row, n1)
  owe(state, row, debt)
  return undefined
}

/** Takes a share of the position out of its bands; the last to leave a band takes all of it. */
export function take(state: State, row: number, fraction: number, out: Position): void {
  const { x, y, shares } = state.bands.columns
  const { share } = state.parts.columns
  const [n1, first] = [n1Now(state, row), state.first[row] as number]
  out.x = 0
  out.y = 0
  for (let k = 0; k < (state.count[row] as number); k++) {
    const held = at(share, first + k)
    if (held === 0) continue
    const n = n1 + k + OFFSET
    const part = fraction >= 1 ? held : held * fraction
    const all = at(shares, n)
    const last = all - part <= all * NOBODY
    const [dx, dy] = last ? [at(x, n), at(y, n)] : [(at(x, n) * part) / all, (at(y, n) * part) / all]
    share.set(first + k, fraction >= 1 ? 0 : held - part)
    shares.set(n, last ? 0 : all - part)
    x.set(n, last ? 0 : at(x, n) - dx)
    y.set(n, last ? 0 : at(y, n) - dy)
    out.x += dx
    out.y += dy
  }
}

/** Has the position been traded, or could it be: is its first band at or above the active one? */
export const underwater = (state: State, row: number): boolean => n1Now(state, row) <= activeOf(state)
