/** What must hold of a vault book at any moment, and what it holds in custody. */
import { uncovered } from './flip.ts'
import { at, each, type Ilk, ilkOf, type State } from './state.ts'

const TOLERANCE = 1e-9

function off(a: number, b: number, scale: number): boolean {
  return !(Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b), scale, 1))
}

/** Adds collateral of vaults and auctions to its asset, and the vow's dai, in which the bids are. */
export function holdings(state: State, out: Float64Array): void {
  const put = (asset: number, amount: number): void => {
    out[asset] = (out[asset] as number) + amount
  }
  const { ink } = state.vaults.columns
  for (let row = 0; row < state.ilk_of.length; row++) put(ilkOf(state, row).asset, at(ink, row))
  const { lot, vault } = state.auctions.columns
  each(state, (id) => put(ilkOf(state, at(vault, id)).asset, at(lot, id)))
  put(state.dai, at(state.system.columns.dai))
}

function auctions(state: State, out: string[]): void {
  const a = state.auctions.columns
  const s = state.system.columns
  let tab = 0
  let due = 0
  const listed = each(state, (id) => {
    tab += at(a.tab, id)
    due += uncovered(state, id)
    if (!(at(a.tab, id) > 0 && at(a.lot, id) > 0)) out.push(`auction ${id} runs over nothing`)
    if (at(a.bid, id) > at(a.tab, id)) out.push(`auction ${id}: ${at(a.bid, id)} is bid for a tab of ${at(a.tab, id)}`)
    if (at(a.tic_ms, id) === 0 ? at(a.bid, id) !== 0 : at(a.guy, id) < 0) out.push(`auction ${id}: bid and bidder do not match`)
  })
  let flagged = 0
  for (let id = 0; id < state.auctions.length; id++) flagged += at(a.running, id)
  if (flagged !== listed || listed !== at(s.running))
    out.push(`${flagged} auctions run, ${listed} are listed, ${at(s.running)} counted`)
  const scale = at(s.debt)
  if (off(tab, at(s.litter), scale)) out.push(`auctions have tabs of ${tab}, the total says ${at(s.litter)}`)
  if (off(due, at(s.due), scale)) out.push(`auctions have ${due} uncovered, the total says ${at(s.due)}`)
}

function debts(state: State, out: string[]): void {
  const s = state.system.columns
  const { art, rate } = state.ilks.columns
  const sums = new Float64Array(state.ilks_of.length)
  for (let row = 0; row < state.ilk_of.length; row++) {
    const i = state.ilk_of[row] as number
    sums[i] = (sums[i] as number) + at(state.vaults.columns.art, row)
  }
  let owed = at(s.sin)
  sums.forEach((sum, i) => {
    owed += at(art, i) * at(rate, i)
    if (off(sum, at(art, i), at(s.debt)))
      out.push(`${(state.ilks_of[i] as Ilk).id}: vaults owe ${sum}, the total says ${at(art, i)}`)
  })
  // What has passed through auctions left its rounding in the total, though little or no debt may be left.
  let passed = at(s.debt)
  for (let id = 0; id < state.auctions.length; id++) passed += at(state.auctions.columns.due, id)
  if (off(at(s.debt), owed, passed)) out.push(`dai issued is ${at(s.debt)}, vaults and vow owe ${owed}`)
  let waiting = 0
  for (let row = at(s.queue_head); row < state.queue.length; row++) waiting += at(state.queue.columns.amount, row)
  if (off(at(s.queued), waiting, at(s.debt))) out.push(`queued debt is ${at(s.queued)}, the queue holds ${waiting}`)
}

/** Sentences that are not true but should be. */
export function violations(state: State): string[] {
  const out: string[] = []
  auctions(state, out)
  debts(state, out)
  const { ink, art } = state.vaults.columns
  const { lot, bid } = state.auctions.columns
  const { dai, sin, debt } = state.system.columns
  const lowest = -TOLERANCE * Math.max(at(debt), 1)
  for (const [name, column, rows] of [
    ['collateral', ink, state.vaults.length],
    ['debt', art, state.vaults.length],
    ['lot', lot, state.auctions.length],
    ['bid', bid, state.auctions.length],
    ["vow's dai", dai, 1],
    ["vow's debt", sin, 1],
  ] as const)
    for (let row = 0; row < rows; row++) if (!(at(column, row) >= lowest)) out.push(`${name} of row ${row} is ${at(column, row)}`)
  return out
}
