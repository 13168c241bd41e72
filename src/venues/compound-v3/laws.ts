/** What must be true of the market at any moment, and what it holds in custody. */
import { at, type Collateral, held_at, one, type State } from './state.ts'

const TOLERANCE = 1e-9
const off = (a: number, b: number, scale: number): boolean => !(Math.abs(a - b) <= TOLERANCE * Math.max(scale, 1e-9))

function add(out: Float64Array, asset: number, units: number): void {
  out[asset] = (out[asset] as number) + units
}

/** Adds base held, and collateral of accounts and of the protocol. */
export function holdings(m: State, out: Float64Array): void {
  add(out, m.base, one(m.s.cash))
  m.list.forEach(({ asset, other_supply }, i) => {
    let sum = other_supply + at(m.c.inventory, i)
    for (let row = 0; row < m.rows; row++) sum += held_at(m, row, i)
    add(out, asset, sum)
  })
}

/** Sentences that should be true and are not. */
export function violations(m: State): string[] {
  const out: string[] = []
  let [supply, borrow] = [0, m.other_debt]
  for (let row = 0; row < m.rows; row++) {
    const principal = at(m.principal, row)
    if (principal > 0) supply += principal
    else borrow -= principal
    if (!Number.isFinite(principal)) out.push(`account ${row}: base is ${principal}`)
  }
  const [all, owed] = [one(m.s.supply), one(m.s.borrow)]
  if (!(supply <= all * (1 + TOLERANCE) + TOLERANCE)) out.push(`accounts supply ${supply} of ${all}`)
  if (off(borrow, owed, Math.max(owed, all))) out.push(`accounts owe ${borrow}, the market counts ${owed}`)
  m.list.forEach((own: Collateral, i) => {
    let sum = own.other_supply
    for (let row = 0; row < m.rows; row++) {
      const units = held_at(m, row, i)
      if (!(units >= 0)) out.push(`account ${row}: holds ${units} ${own.name}`)
      sum += units
    }
    if (off(sum, at(m.c.supplied, i), at(m.c.peak, i)))
      out.push(`${own.name}: accounts hold ${sum}, the market counts ${at(m.c.supplied, i)}`)
    for (const field of ['supplied', 'inventory', 'due'] as const)
      if (!(at(m.c[field], i) >= 0)) out.push(`${own.name}: ${field} is ${at(m.c[field], i)}`)
  })
  for (const field of ['cash', 'supply', 'borrow'] as const)
    if (!(one(m.s[field]) >= 0)) out.push(`${field} is ${one(m.s[field])}`)
  for (const field of ['supply_index', 'borrow_index'] as const)
    if (!(one(m.s[field]) >= 1)) out.push(`${field} is ${one(m.s[field])}`)
  return out
}
