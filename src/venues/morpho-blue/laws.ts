/** What must be true of the markets at any moment, and what they hold in custody. */
import { at, borrowed, claim_of, type Market, type State, supplied } from './state.ts'

const TOLERANCE = 1e-9

const off = (a: number, b: number, scale: number): boolean => !(Math.abs(a - b) <= TOLERANCE * Math.max(scale, 1e-9))

interface Sums {
  readonly collateral: Float64Array
  readonly debt: Float64Array
  readonly claims: Float64Array
}

function sums_of(s: State): Sums {
  const zeros = () => new Float64Array(s.markets.length)
  const out = { collateral: zeros(), debt: zeros(), claims: zeros() }
  const add = (to: Float64Array, k: number, x: number) => {
    to[k] = (to[k] as number) + x
  }
  for (let row = 0; row < s.rows; row++) {
    const k = s.market_of[row] as number
    add(out.collateral, k, at(s.a.collateral, row))
    add(out.debt, k, at(s.a.debt, row))
    add(out.claims, k, claim_of(s, row))
  }
  return out
}

/** Adds cash in loans and what secures them. */
export function holdings(s: State, out: Float64Array): void {
  const { collateral } = sums_of(s)
  s.markets.forEach((market, k) => {
    out[market.loan] = (out[market.loan] as number) + at(s.m.cash, k)
    out[market.collateral] = (out[market.collateral] as number) + (collateral[k] as number)
  })
}

/** Sentences that should be true and are not. */
export function violations(s: State): string[] {
  const out: string[] = []
  const sums = sums_of(s)
  s.markets.forEach((market: Market, k) => {
    const { name, virtual, other_debt } = market
    const { m } = s
    const [debt, supply, cash] = [borrowed(s, k), supplied(s, k), at(m.cash, k)]
    const peak = Math.max(supply, debt, at(m.supply, k))
    if (off(cash + debt, supply, peak + virtual / TOLERANCE))
      out.push(`${name}: cash ${cash} and loans ${debt} are not what suppliers own, ${supply}`)
    if (off((sums.debt[k] as number) + other_debt, at(m.borrow, k), Math.max(at(m.borrow, k), at(m.supply, k))))
      out.push(`${name}: accounts owe ${sums.debt[k]} shares, the market counts ${at(m.borrow, k)}`)
    const claims = (sums.claims[k] as number) + at(m.fee_shares, k) * at(m.supply_index, k)
    if (!(claims <= (supply + virtual) * (1 + TOLERANCE) + TOLERANCE * at(m.supply, k)))
      out.push(`${name}: accounts own ${claims} of ${supply}`)
    for (const field of ['supply', 'borrow', 'cash', 'fee_shares', 'rate', 'rate_at_target'] as const)
      if (!(at(m[field], k) >= 0)) out.push(`${name}: ${field} is ${at(m[field], k)}`)
    if (!(at(m.borrow_index, k) >= 1)) out.push(`${name}: borrow_index is ${at(m.borrow_index, k)}`)
    if (!(at(m.supply_index, k) > 0)) out.push(`${name}: supply_index is ${at(m.supply_index, k)}`)
  })
  for (let row = 0; row < s.rows; row++)
    for (const field of ['collateral', 'debt', 'supply'] as const)
      if (!(at(s.a[field], row) >= 0)) out.push(`account ${row}: ${field} is ${at(s.a[field], row)}`)
  return out
}
