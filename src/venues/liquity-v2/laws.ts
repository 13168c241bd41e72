/** What must hold of all branches at any moment, and what they hold in custody. */
import { depositOf } from './pool.ts'
import { at, branchOf, CLOSED, collOf, debtOf, type State, specOf, statusOf } from './state.ts'

const TOLERANCE = 1e-9

/** Collateral of troves and pools; BOLD of the pools, yield included; what is set aside for gas. */
export function holdings(state: State, out: Float64Array): void {
  const put = (asset: number, amount: number): void => {
    out[asset] = (out[asset] as number) + amount
  }
  const c = state.branches.columns
  for (let b = 0; b < state.count; b++) {
    put(state.asset[b] as number, at(c.coll, b) + at(c.pool_coll, b))
    put(state.bold, at(c.pool, b) + at(c.pool_yield, b) + at(c.waiting, b))
    put(state.gas_asset, at(c.open, b) * state.spec.gas_compensation)
  }
}

/** Sentences that are not true but should be. */
export function violations(state: State): string[] {
  const out: string[] = []
  const c = state.branches.columns
  const sums = Array.from({ length: state.count }, () => ({
    coll: 0,
    debt: 0,
    weighted: 0,
    stakes: 0,
    open: 0,
    left: 0,
    gains: 0,
    yield_: 0,
    listed: 0,
  }))
  for (let row = 0; row < state.troves_count; row++) {
    if (statusOf(state, row) === CLOSED) continue
    const sum = sums[branchOf(state, row)] as (typeof sums)[number]
    const [coll, debt] = [collOf(state, row), debtOf(state, row)]
    if (!(coll >= 0 && debt >= 0)) out.push(`trove ${row} holds ${coll} and owes ${debt}`)
    sum.coll += coll
    sum.debt += debt
    sum.weighted += at(state.troves.columns.debt, row) * (state.rate[row] as number)
    sum.stakes += at(state.troves.columns.stake, row)
    sum.open++
  }
  for (let d = 0; d < state.deposits.length; d++) {
    const sum = sums[branchOf(state, state.troves_count + d)] as (typeof sums)[number]
    const { left, coll, yield_ } = depositOf(state, d)
    sum.left += left
    sum.gains += coll
    sum.yield_ += yield_
    sum.listed += at(state.deposits.columns.amount, d)
  }
  sums.forEach((sum, b) => {
    const name = specOf(state, b).id
    const compare = (what: string, rows: number, total: number, scale: number) => {
      if (!(Math.abs(rows - total) <= TOLERANCE * Math.max(Math.abs(rows), Math.abs(total), scale, 1)))
        out.push(`${name}, ${what}: rows have ${rows}, the total says ${total}`)
    }
    compare('collateral of troves', sum.coll, at(c.coll, b), 0)
    compare('debt of troves', sum.debt, at(c.debt, b), 0)
    compare('debt by rate', sum.weighted, at(c.weighted, b), sum.debt)
    compare('stakes', sum.stakes, at(c.stakes, b), sum.coll)
    compare('stability pool', sum.left, at(c.pool, b), sum.listed)
    compare('gains of depositors', sum.gains, at(c.pool_coll, b), at(c.coll, b))
    compare('yield of depositors', sum.yield_, at(c.pool_yield, b), sum.listed)
    if (sum.open !== at(c.open, b)) out.push(`${name}: ${sum.open} troves are open, the count says ${at(c.open, b)}`)
  })
  return out
}
