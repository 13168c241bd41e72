/**
 * Whom to test. A row is safe everywhere in a box of prices when it is safe at its worst corner: a long's notional less maintenance
 * rises with its price, a short's notional plus maintenance too, so each leg has its worst end of its own and the corner is exact.
 * The rest are tested at every mark; when a mark leaves the box, everybody is looked at for the next.
 */
import type { Tiers } from '../../../margin/index.ts'
import { type Bulk, breached, health_of, required } from './bulk-state.ts'

/** Keys are careful by this part of what was summed. */
const CARE = 1e-9
/** Could the row be in breach anywhere in the box? */
function endangered(b: Bulk, row: number): boolean {
  const { contracts, stride, cells, low, high, tiers, jump } = b
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
  return !(surplus > CARE * gross) && (gross > cash || cash < 0)
}

function add(b: Bulk, row: number): void {
  if (b.danger_count === b.danger.length) {
    const wider = new Int32Array(2 * b.danger.length)
    wider.set(b.danger)
    b.danger = wider
  }
  b.danger[b.danger_count++] = row
  b.in_danger[row] = 1
}

/** A row has changed: it may be in danger now. */
export function watch(b: Bulk, row: number): void {
  if (b.in_danger[row] === 0 && (b.spec.exhaustive === true || endangered(b, row))) add(b, row)
}

/** Looks at everybody for the present box. */
export function find_danger(b: Bulk): void {
  b.in_danger.fill(0)
  b.danger_count = 0
  const everyone = b.spec.exhaustive === true
  for (let row = 0; row < b.rows; row++) if (everyone || endangered(b, row)) add(b, row)
}

/** Tests who is in danger at the marks now; rows in breach and their healths. Who has nothing left is forgotten. */
export function find_breached(b: Bulk, rows: number[], healths: Float64Array): void {
  const { danger, in_danger } = b
  let kept = 0
  b.totals.tests += b.danger_count
  for (let i = 0; i < b.danger_count; i++) {
    const row = danger[i] as number
    const health = health_of(b, row)
    if (health === Number.POSITIVE_INFINITY) {
      in_danger[row] = 0
      continue
    }
    danger[kept++] = row
    if (!breached(b, health)) continue
    healths[row] = health
    rows.push(row)
  }
  b.danger_count = kept
}
