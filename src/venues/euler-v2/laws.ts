/** What must hold of a cluster of vaults at any moment, and what it holds in custody. */
import { at, type State } from './state.ts'

const TOLERANCE = 1e-9

export function holdings(state: State, out: Float64Array): void {
  for (let v = 0; v < state.count; v++) {
    const asset = state.asset[v] as number
    out[asset] = (out[asset] as number) + at(state.vaults.columns.cash, v)
  }
}

/** Sentences that are not true but should be. */
export function violations(state: State): string[] {
  const out: string[] = []
  const { cash, supply, debt, accumulator } = state.vaults.columns
  const owed = new Float64Array(state.count)
  const held = new Float64Array(state.count)
  const c = state.supplies.columns
  for (let row = 0; row < state.owner.length; row++) {
    const u = at(state.accounts.columns.vault, row)
    const own = at(state.accounts.columns.debt, row)
    if (u >= 0) owed[u] = (owed[u] as number) + own
    if (!(own >= 0) || own > 0 !== u >= 0) out.push(`account ${row} owes ${own} to vault ${u}`)
    for (let entry = at(state.accounts.columns.head, row); entry >= 0; entry = at(c.next, entry)) {
      const shares = at(c.shares, entry)
      if (!(shares >= 0)) out.push(`account ${row} has ${shares} shares`)
      held[at(c.vault, entry)] = (held[at(c.vault, entry)] as number) + shares
    }
  }
  for (let v = 0; v < state.count; v++) {
    const name = state.specs[v]?.id
    const scale = at(cash, v) + at(supply, v) + at(debt, v) + 1
    if (!(at(debt, v) >= (owed[v] as number) - TOLERANCE * scale)) out.push(`${name}: accounts owe ${owed[v]} of ${at(debt, v)}`)
    if (!(at(supply, v) >= (held[v] as number) - TOLERANCE * scale))
      out.push(`${name}: accounts hold ${held[v]} of ${at(supply, v)} shares`)
    if (!(at(cash, v) >= 0 && at(accumulator, v) >= 1))
      out.push(`${name}: cash ${at(cash, v)}, accumulator ${at(accumulator, v)}`)
  }
  return out
}
