/** What must be true of the pool at any moment (lending reference, invariants of Aave). */
import { claims, debt_units, type Pool, value } from './pool.ts'

const TOLERANCE = 1e-9

const off = (a: number, b: number, scale: number): boolean => !(Math.abs(a - b) <= TOLERANCE * Math.max(scale, 1e-9))

function reserve_violations(pool: Pool, r: number, supplied: number, owed: number, out: string[]): void {
  const s = pool.state
  const name = pool.config.names[r] as string
  const debt = debt_units(s, r)
  const assets = value(s.cash, r) + debt + value(s.deficit, r)
  const owns = claims(s, r) + value(s.unclaimed, r)
  if (off(assets, owns, Math.max(assets, owns)))
    out.push(`${name}: cash + debt + deficit = ${assets}, claims of suppliers and treasury = ${owns}`)
  if (off(owed + (pool.config.other_debt[r] as number), value(s.debt, r), value(s.debt, r) + value(s.supply, r)))
    out.push(`${name}: accounts owe ${owed} shares, the reserve counts ${value(s.debt, r)}`)
  if (!(supplied + value(s.fees, r) <= value(s.supply, r) * (1 + TOLERANCE) + TOLERANCE))
    out.push(`${name}: accounts hold ${supplied} shares of ${value(s.supply, r)}`)
  // Before 3.3 rates know no deficit: a pool that was robbed promises interest on what is gone as well.
  const robbed = !pool.rules.deficit && value(s.deficit, r) > 0
  if (!robbed && !(value(s.unclaimed, r) >= -TOLERANCE * Math.max(owns, 1)))
    out.push(`${name}: interest nobody was credited with is ${value(s.unclaimed, r)}`)
  for (const field of ['cash', 'deficit', 'supply', 'debt', 'treasury', 'fees', 'isolated_debt'] as const)
    if (!(value(s[field], r) >= 0)) out.push(`${name}: ${field} is ${value(s[field], r)}`)
  for (const field of ['liquidity_index', 'borrow_index'] as const)
    if (!(value(s[field], r) >= 1 && value(s[field], r) < Number.POSITIVE_INFINITY))
      out.push(`${name}: ${field} is ${value(s[field], r)}`)
}

/** Sentences that should be true and are not. */
export function violations(pool: Pool): string[] {
  const out: string[] = []
  const { config, accounts } = pool
  const { reserve, next, collateral, debt } = accounts.entries.columns
  const supplied = new Float64Array(config.count)
  const owed = new Float64Array(config.count)
  for (let row = 0; row < accounts.rows; row++) {
    let before = -1
    for (let at = value(accounts.head, row); at >= 0; at = value(next, at)) {
      const r = value(reserve, at)
      if (r <= before) out.push(`account ${row}: reserve ${config.names[r]} is out of order`)
      before = r
      if (!(value(collateral, at) >= 0 && value(debt, at) >= 0))
        out.push(`account ${row}: holds ${value(collateral, at)} and owes ${value(debt, at)} shares of ${config.names[r]}`)
      supplied[r] = (supplied[r] as number) + value(collateral, at)
      owed[r] = (owed[r] as number) + value(debt, at)
    }
  }
  for (let r = 0; r < config.count; r++) reserve_violations(pool, r, supplied[r] as number, owed[r] as number, out)
  return out
}
