/**
 * Whom to test. A row is safe everywhere in a box of prices when it is safe at its worst corner: a long's notional less maintenance
 * rises with its price, a short's notional plus maintenance too, so each leg has its worst end of its own and the corner is exact.
 * The rest are tested at every mark. When a mark leaves the narrow box, those in danger in the wide one are looked at; when it leaves
 * that one, everybody.
 */
import type { Tiers } from '../../../margin/index.ts'
import { rebox } from './box.ts'
import { type Bulk, type BulkBox, breached, health_of, required } from './bulk-state.ts'

/** Keys are careful by this part of what was summed. */
const CARE = 1e-9
/** Could the row be in breach anywhere in the box? */
function endangered(b: Bulk, { low, high }: BulkBox, row: number): boolean {
  const { contracts, stride, cells, tiers, jump } = b
  let at = row * stride
  const cash = cells[at++] as number
  let surplus = cash
  let gross = Math.abs(cash)
  for (let c = 0; c < contracts; c++, at += 2) {
    const q = cells[at] as number
    if (q > 0) {
      const value = q * (low[c] as number)
      surplus += value - required(tiers[c] as Tiers, value) - (jump[c] as number)
      gross += value
    } else if (q < 0) {
      const value = -q * (high[c] as number)
      surplus -= value + required(tiers[c] as Tiers, value) + (jump[c] as number)
      gross += value
    }
  }
  // who has neither position nor debt is not
  const owes = gross > cash || cash < 0
  return owes && !(surplus > CARE * gross)
}

function add(box: BulkBox, row: number): void {
  if (box.count === box.list.length) {
    const wider = new Int32Array(2 * box.list.length)
    wider.set(box.list)
    box.list = wider
  }
  box.list[box.count++] = row
  box.listed[row] = 1
}

/** A row has changed: it may be in danger now. */
export function watch(b: Bulk, row: number): void {
  const { far, near } = b
  const always = b.spec.exhaustive === true
  if (near.listed[row] === 0 && (always || endangered(b, near, row))) add(near, row)
  if (!always && far.listed[row] === 0 && endangered(b, far, row)) add(far, row)
}

/** Boxes for the next marks, and whom they put in danger. Which of them are new: 0 neither, 1 the narrow one, 2 both. */
export function move_boxes(b: Bulk, marks: ArrayLike<number>): 0 | 1 | 2 {
  const moved = rebox(b.far, b.near, b.price, marks)
  if (moved === 2) find_far(b)
  if (moved > 0) find_near(b)
  return moved
}

/** Rows a call: a function that is called often is compiled sooner, and once. */
const CHUNK = 512

function find_far(b: Bulk): void {
  const { far } = b
  far.listed.fill(0)
  far.count = 0
  if (b.spec.exhaustive === true) return
  for (let row = 0; row < b.rows; row += CHUNK) find_some(b, far, row, Math.min(b.rows, row + CHUNK))
}

function find_some(b: Bulk, box: BulkBox, from: number, to: number): void {
  for (let row = from; row < to; row++) if (endangered(b, box, row)) add(box, row)
}

function find_near(b: Bulk): void {
  const { far, near } = b
  for (let i = 0; i < near.count; i++) near.listed[near.list[i] as number] = 0
  near.count = 0
  if (b.spec.exhaustive === true) for (let row = 0; row < b.rows; row++) add(near, row)
  for (let i = 0; i < far.count; i += CHUNK) find_listed(b, i, Math.min(far.count, i + CHUNK))
}

function find_listed(b: Bulk, from: number, to: number): void {
  const { near } = b
  const { list } = b.far
  for (let i = from; i < to; i++) if (endangered(b, near, list[i] as number)) add(near, list[i] as number)
}

/** Tests who is in danger at the marks now; rows in breach and their healths. Who has nothing left is forgotten. */
export function find_breached(b: Bulk, rows: number[], healths: Float64Array): void {
  const { list, listed, count } = b.near
  let kept = 0
  b.totals.tests += count
  for (let i = 0; i < count; i++) {
    const row = list[i] as number
    const health = health_of(b, row)
    if (health === Number.POSITIVE_INFINITY) {
      listed[row] = 0
      continue
    }
    list[kept++] = row
    if (!breached(b, health)) continue
    healths[row] = health
    rows.push(row)
  }
  b.near.count = kept
}
