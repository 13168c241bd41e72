/** What must hold of a book of troves at any moment, and what it holds in custody. */
import { gainOf, leftOf } from './pool.ts'
import { at, collOf, debtOf, isOpen, type State } from './state.ts'

const TOLERANCE = 1e-9

/** Collateral of troves and pool; LUSD of the pool and set aside for gas. */
export function holdings(state: State, out: Float64Array): void {
  const { coll, pool_coll, pool, open } = state.system.columns
  out[state.asset] = (out[state.asset] as number) + at(coll) + at(pool_coll)
  out[state.lusd] = (out[state.lusd] as number) + at(pool) + at(open) * state.spec.gas_compensation
}

/** Sentences that are not true but should be. */
export function violations(state: State): string[] {
  const out: string[] = []
  const s = state.system.columns
  let [coll, debt, stakes, open] = [0, 0, 0, 0]
  for (let row = 0; row < state.troves_count; row++) {
    if (!isOpen(state, row)) continue
    const [held, owed] = [collOf(state, row), debtOf(state, row)]
    if (!(held >= 0 && owed > 0)) out.push(`trove ${row} holds ${held} and owes ${owed}`)
    coll += held
    debt += owed
    stakes += at(state.troves.columns.stake, row)
    open++
  }
  let [left, gains] = [0, 0]
  for (let d = 0; d < state.deposits.length; d++) {
    left += leftOf(state, d)
    gains += gainOf(state, d)
  }
  const compare = (what: string, sum: number, total: number, scale: number) => {
    if (!(Math.abs(sum - total) <= TOLERANCE * Math.max(Math.abs(sum), Math.abs(total), scale, 1)))
      out.push(`${what}: rows have ${sum}, the total says ${total}`)
  }
  compare('collateral of troves', coll, at(s.coll), 0)
  compare('debt of troves', debt, at(s.debt), 0)
  compare('stakes', stakes, at(s.stakes), coll)
  // What remains of a deposit by less than 1e-9 is nothing, so the pool may have a little that nobody owns.
  let listed = 0
  for (let d = 0; d < state.deposits.length; d++) listed += at(state.deposits.columns.amount, d)
  compare('stability pool', left, at(s.pool), listed)
  compare('gains of depositors', gains, at(s.pool_coll), at(s.coll))
  if (open !== at(s.open)) out.push(`${open} troves are open, the count says ${at(s.open)}`)
  if (!(at(s.pool) >= 0 && at(s.pool_coll) >= 0)) out.push(`the pool holds ${at(s.pool)} and ${at(s.pool_coll)}`)
  return out
}
