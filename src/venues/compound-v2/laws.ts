/** What must be true of the pool at any moment. */
import { at, borrowed, cell, type State, supplied } from './state.ts'

const TOLERANCE = 1e-9
const off = (a: number, b: number, scale: number): boolean => !(Math.abs(a - b) <= TOLERANCE * Math.max(scale, 1e-6))

/** Sentences that should be true and are not. */
export function violations(s: State): string[] {
  const out: string[] = []
  const { m, h } = s
  s.markets.forEach(({ name, other_debt }, k) => {
    let [shares, owed] = [0, other_debt]
    for (let row = 0; row < s.rows; row++) {
      const i = cell(s, row, k)
      if (!(at(h.supply, i) >= 0 && at(h.debt, i) >= 0))
        out.push(`account ${row}: holds ${at(h.supply, i)} and owes ${at(h.debt, i)} shares of ${name}`)
      shares += at(h.supply, i)
      owed += at(h.debt, i)
    }
    const [assets, claims] = [at(m.cash, k) + borrowed(s, k), supplied(s, k) + at(m.reserves, k)]
    if (off(assets, claims, Math.max(assets, claims)))
      out.push(`${name}: cash and loans ${assets}, suppliers and reserves own ${claims}`)
    if (!(shares <= at(m.supply, k) + TOLERANCE * Math.max(shares, assets, 1)))
      out.push(`${name}: accounts hold ${shares} shares of ${at(m.supply, k)}`)
    if (off(owed, at(m.borrow, k), Math.max(owed, at(m.borrow, k), assets)))
      out.push(`${name}: accounts owe ${owed} shares, the market counts ${at(m.borrow, k)}`)
    for (const field of ['cash', 'reserves', 'supply', 'borrow'] as const)
      if (!(at(m[field], k) >= 0)) out.push(`${name}: ${field} is ${at(m[field], k)}`)
    for (const field of ['exchange', 'borrow_index'] as const)
      if (!(at(m[field], k) >= 1)) out.push(`${name}: ${field} is ${at(m[field], k)}`)
  })
  return out
}
