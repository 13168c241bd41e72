/** What must hold of a vault book at any moment, and what it holds in custody. */
import type { Ilk, State } from './state.ts'

const TOLERANCE = 1e-9

function off(a: number, b: number, scale: number): boolean {
  return !(Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b), scale, 1))
}

/** Adds collateral of vaults and auctions to its asset, and the vow's dai. */
export function holdings(state: State, out: Float64Array): void {
  const put = (asset: number, amount: number): void => {
    out[asset] = (out[asset] as number) + amount
  }
  const ink = state.vaults.columns.ink.data
  const locked = new Float64Array(state.ilks_of.length)
  for (let row = 0; row < state.ilk_of.length; row++) {
    const i = state.ilk_of[row] as number
    locked[i] = (locked[i] as number) + (ink[row] as number)
  }
  const { lot, ilk } = state.auctions.columns
  each(state, (id) => {
    const i = ilk.data[id] as number
    locked[i] = (locked[i] as number) + (lot.data[id] as number)
  })
  for (let i = 0; i < locked.length; i++) put((state.ilks_of[i] as Ilk).asset, locked[i] as number)
  put(state.dai, state.system.columns.dai.data[0] as number)
}

function each(state: State, visit: (id: number) => void): number {
  const { next } = state.auctions.columns
  let count = 0
  for (let id = state.system.columns.first.data[0] as number; id >= 0; id = next.data[id] as number) {
    visit(id)
    count++
  }
  return count
}

/** Sums over vaults and auctions beside the totals that are kept. */
function totals(state: State, out: string[]): number {
  const n = state.ilks_of.length
  const art = new Float64Array(n)
  const tab = new Float64Array(n)
  const running = new Int32Array(n)
  for (let row = 0; row < state.ilk_of.length; row++) {
    const i = state.ilk_of[row] as number
    art[i] = (art[i] as number) + (state.vaults.columns.art.data[row] as number)
  }
  const a = state.auctions.columns
  let due = 0
  const listed = each(state, (id) => {
    const i = a.ilk.data[id] as number
    tab[i] = (tab[i] as number) + (a.tab.data[id] as number)
    running[i] = (running[i] as number) + 1
    due += a.due.data[id] as number
    if (!((a.tab.data[id] as number) > 0 && (a.lot.data[id] as number) > 0)) out.push(`auction ${id} runs with nothing left`)
  })
  let flagged = 0
  for (let id = 0; id < state.auctions.length; id++) flagged += a.running.data[id] as number
  if (flagged !== listed) out.push(`${flagged} auctions run, ${listed} are listed`)
  const issued = state.system.columns.debt.data[0] as number
  let owed = 0
  const kept = state.ilks.columns
  for (let i = 0; i < n; i++) {
    const { id } = state.ilks_of[i] as Ilk
    const total = kept.art.data[i] as number
    owed += total * (kept.rate.data[i] as number)
    if (off(art[i] as number, total, issued)) out.push(`${id}: vaults owe ${art[i]}, the total says ${total}`)
    if (off(tab[i] as number, kept.dirt.data[i] as number, issued))
      out.push(`${id}: auctions have ${tab[i]} to raise, the total says ${kept.dirt.data[i]}`)
    if (running[i] !== kept.running.data[i]) out.push(`${id}: ${running[i]} auctions run, the count says ${kept.running.data[i]}`)
  }
  if (off(due, state.system.columns.due.data[0] as number, issued))
    out.push(`auctions have ${due} uncovered, the total says ${state.system.columns.due.data[0]}`)
  return owed
}

/** Sentences that are not true but should be. */
export function violations(state: State): string[] {
  const out: string[] = []
  const owed = totals(state, out)
  const s = state.system.columns
  const debt = s.debt.data[0] as number
  const sin = s.sin.data[0] as number
  const queued = s.queued.data[0] as number
  if (off(debt, owed + sin, debt)) out.push(`dai issued is ${debt}, vaults and vow owe ${owed + sin}`)
  let waiting = 0
  for (let row = s.queue_head.data[0] as number; row < state.queue.length; row++)
    waiting += state.queue.columns.amount.data[row] as number
  if (off(queued, waiting, debt)) out.push(`queued debt is ${queued}, the queue holds ${waiting}`)
  if (queued > sin && off(queued, sin, debt)) out.push(`queued debt ${queued} exceeds the debt of the vow ${sin}`)
  const least = -TOLERANCE * Math.max(debt, 1)
  for (const [name, column] of [
    ['collateral', state.vaults.columns.ink],
    ['debt', state.vaults.columns.art],
    ['tab', state.auctions.columns.tab],
    ['lot', state.auctions.columns.lot],
    ['uncovered debt', state.auctions.columns.due],
    ["vow's dai", s.dai],
    ["vow's debt", s.sin],
  ] as const) {
    const rows =
      column === s.dai || column === s.sin
        ? 1
        : name === 'collateral' || name === 'debt'
          ? state.vaults.length
          : state.auctions.length
    for (let row = 0; row < rows; row++)
      if (!((column.data[row] as number) >= least)) out.push(`${name} of row ${row} is ${column.data[row]}`)
  }
  return out
}
