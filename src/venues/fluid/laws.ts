/** What must be true of pools, vaults and positions at any moment, and what they hold in custody. */
import { at, borrowed, net_of, type Pool, type State, supplied, type Vault } from './state.ts'

const TOLERANCE = 1e-9

const off = (a: number, b: number, scale: number): boolean => !(Math.abs(a - b) <= TOLERANCE * Math.max(scale, 1e-6))

/** Adds cash: all collateral is supplied to the layer, which lends it on. */
export function holdings(s: State, out: Float64Array): void {
  s.pools.forEach(({ asset }, i) => {
    out[asset] = (out[asset] as number) + at(s.p.cash, i)
  })
}

function pools_hold(s: State, out: string[]): void {
  const zeros = () => new Float64Array(s.pools.length)
  const [supply, debt] = [zeros(), zeros()]
  s.vaults.forEach(({ collateral_pool, debt_pool }: Vault, k) => {
    supply[collateral_pool] = (supply[collateral_pool] as number) + at(s.v.collateral, k)
    debt[debt_pool] = (debt[debt_pool] as number) + at(s.v.debt, k)
  })
  s.pools.forEach(({ name, other_supply, other_debt }: Pool, i) => {
    const { p } = s
    const [owns, owes, cash, revenue] = [supplied(s, i), borrowed(s, i), at(p.cash, i), at(p.revenue, i)]
    const scale = Math.max(owns, owes, other_supply, cash)
    if (off(cash + owes, owns + revenue, scale))
      out.push(`${name}: cash ${cash} and loans ${owes} are not ${owns} of suppliers and revenue ${revenue}`)
    if (off((supply[i] as number) + other_supply, at(p.supply, i), scale))
      out.push(`${name}: vaults supply ${supply[i]}, the pool counts ${at(p.supply, i)}`)
    if (off((debt[i] as number) + other_debt, at(p.borrow, i), scale))
      out.push(`${name}: vaults owe ${debt[i]}, the pool counts ${at(p.borrow, i)}`)
    for (const field of ['supply', 'borrow', 'cash', 'rate'] as const)
      if (!(at(p[field], i) >= 0)) out.push(`${name}: ${field} is ${at(p[field], i)}`)
    for (const field of ['supply_index', 'borrow_index'] as const)
      if (!(at(p[field], i) >= 1)) out.push(`${name}: ${field} is ${at(p[field], i)}`)
    if (!(revenue >= -TOLERANCE * scale)) out.push(`${name}: revenue is ${revenue}`)
  })
}

/** Sentences that should be true and are not. */
export function violations(s: State): string[] {
  const out: string[] = []
  const zeros = () => new Float64Array(s.vaults.length)
  const [collateral, debt] = [zeros(), zeros()]
  for (let row = 0; row < s.rows; row++) {
    const k = s.vault_of[row] as number
    collateral[k] = (collateral[k] as number) + at(s.a.collateral, row)
    debt[k] = (debt[k] as number) + net_of(s, row)
    for (const field of ['collateral', 'debt', 'dust'] as const)
      if (!(at(s.a[field], row) >= 0)) out.push(`account ${row}: ${field} is ${at(s.a[field], row)}`)
    if (at(s.a.debt, row) > 0 && !(at(s.a.dust, row) < at(s.a.debt, row))) out.push(`account ${row}: owes nothing and has a tick`)
  }
  s.vaults.forEach(({ name, collateral_pool, debt_pool }, k) => {
    const [held, owed] = [
      (collateral[k] as number) + at(s.v.absorbed_collateral, k),
      (debt[k] as number) + at(s.v.absorbed_debt, k),
    ]
    if (off(held, at(s.v.collateral, k), at(s.p.supply, collateral_pool)))
      out.push(`${name}: positions hold ${held}, the vault counts ${at(s.v.collateral, k)}`)
    if (off(owed, at(s.v.debt, k), at(s.p.supply, debt_pool)))
      out.push(`${name}: positions owe ${owed}, the vault counts ${at(s.v.debt, k)}`)
  })
  pools_hold(s, out)
  return out
}
