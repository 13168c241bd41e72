/** What must hold of a market at any moment, and what it holds in custody. */
import { OFFSET } from './kernel.ts'
import { activeOf, at, n1Now, type State } from './state.ts'

const TOLERANCE = 1e-9

function off(a: number, b: number, scale: number): boolean {
  return !(Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b), scale, 1))
}

/** Adds what the bands hold. */
export function holdings(state: State, out: Float64Array): void {
  const { x, y } = state.bands.columns
  for (let n = 0; n < state.bands.length; n++) {
    out[state.stable] = (out[state.stable] as number) + at(x, n)
    out[state.collateral] = (out[state.collateral] as number) + at(y, n)
  }
}

/** Sentences that are not true but should be. */
export function violations(state: State): string[] {
  const out: string[] = []
  const { x, y, shares } = state.bands.columns
  const sums = new Float64Array(state.bands.length)
  let scaled = 0
  for (let row = 0; row < state.owner.length; row++) {
    scaled += at(state.loans.columns.debt, row)
    for (let k = 0; k < (state.count[row] as number); k++) {
      const share = at(state.parts.columns.share, (state.first[row] as number) + k)
      if (share === 0) continue
      const n = n1Now(state, row) + k + OFFSET
      sums[n] = (sums[n] as number) + share
    }
  }
  const active = activeOf(state) + OFFSET
  for (let n = 0; n < state.bands.length; n++) {
    const [bx, by, all] = [at(x, n), at(y, n), at(shares, n)]
    const name = `band ${n - OFFSET}`
    if (!(bx >= 0 && by >= 0 && all >= 0)) out.push(`${name} holds ${bx} and ${by} for ${all} shares`)
    if (n < active && by > 0) out.push(`${name} is above the active one and holds collateral`)
    if (n > active && bx > 0) out.push(`${name} is below the active one and holds stable`)
    if (off(all, sums[n] as number, 1)) out.push(`${name}: loans have ${sums[n]} shares, the total says ${all}`)
    if (all === 0 && (bx > 0 || by > 0)) out.push(`${name} holds ${bx} and ${by} for nobody`)
  }
  const total = at(state.market.columns.scaled)
  if (off(scaled, total, state.opened)) out.push(`loans owe ${scaled} without interest, the total says ${total}`)
  return out
}
