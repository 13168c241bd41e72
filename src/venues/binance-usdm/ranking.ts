/**
 * Who is deleveraged, and in what order. The other side of a contract is ranked as the procedure says; `outside`, whose members
 * nobody knows, comes after everyone in profit and before those without; then lots of the fund, then scopes that are themselves
 * being liquidated. As quantities sum to zero, the whole list always suffices.
 */
import { adl_score, equity, total_maintenance } from './kernel.ts'
import { lots_of } from './fund.ts'
import { type Exchange, running, wallet_of } from './state.ts'

const PROFIT = 0
const OUTSIDE = 1
const NO_PROFIT = 2
const FUND = 3
const LIQUIDATED = 4

/** A position that can be deleveraged: its account and what it holds (base units, > 0). */
interface Winner {
  readonly row: number
  readonly group: number
  readonly score: number
  readonly size: number
  left: number
}

export interface Part {
  readonly row: number
  readonly amount: number
}

/** Score of one position: its own profit over the scope's wallet, times the scope's margin ratio. */
function score_of(x: Exchange, at: number, row: number): number {
  const { quantity, entry, contract } = x.positions.columns
  const prices = x.book.prices.data
  const mark = prices[contract.data[at] as number] as number
  const profit = (quantity.data[at] as number) * (mark - (entry.data[at] as number))
  if (!(profit > 0)) return 0
  return adl_score(profit, wallet_of(x, row), total_maintenance(x, row, prices), equity(x, row, prices))
}

const earlier = (a: Winner, b: Winner): boolean => {
  if (a.group !== b.group) return a.group < b.group
  if (a.score !== b.score) return a.score > b.score
  if (a.size !== b.size) return a.size > b.size
  return a.row < b.row
}

/** A binary heap: the head is found at once, the order of the rest only as far as it is asked for. */
function sift(heap: Winner[], from: number): void {
  const item = heap[from] as Winner
  let hole = from
  for (let child = 2 * hole + 1; child < heap.length; child = 2 * hole + 1) {
    if (child + 1 < heap.length && earlier(heap[child + 1] as Winner, heap[child] as Winner)) child++
    if (!earlier(heap[child] as Winner, item)) break
    heap[hole] = heap[child] as Winner
    hole = child
  }
  heap[hole] = item
}

function winners_of(x: Exchange, contract: number, side: 1 | -1): Winner[] {
  const { contract: contracts, quantity, next } = x.positions.columns
  const heap: Winner[] = []
  for (let row = 0; row <= x.outside; row++) {
    for (let at = row; at >= 0; at = next.data[at] as number) {
      const q = quantity.data[at] as number
      if (contracts.data[at] !== contract || !(q * side < 0)) continue
      const score = row === x.outside ? 0 : score_of(x, at, row)
      const group = row === x.outside ? OUTSIDE : running(x, row) >= 0 ? LIQUIDATED : score > 0 ? PROFIT : NO_PROFIT
      heap.push({ row, group, score, size: Math.abs(q), left: Math.abs(q) })
    }
  }
  const lots = lots_of(x, contract, side === 1 ? -1 : 1)
  if (lots > 0) heap.push({ row: x.fund, group: FUND, score: 0, size: lots, left: lots })
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sift(heap, i)
  return heap
}

/** The rankings of one round: what one liquidation takes is no longer there for the next. */
export class Ranking {
  private readonly x: Exchange
  private readonly heaps = new Map<number, Winner[]>()

  constructor(x: Exchange) {
    this.x = x
  }

  /** Matches `amount` base units of a position of this side against the winners in rank order. The parts sum to it exactly. */
  take(contract: number, side: 1 | -1, amount: number): Part[] {
    const key = 2 * contract + (side === 1 ? 1 : 0)
    let heap = this.heaps.get(key)
    if (heap === undefined) {
      heap = winners_of(this.x, contract, side)
      this.heaps.set(key, heap)
    }
    const parts: Part[] = []
    let left = amount
    while (left > 0 && heap.length > 0) {
      const winner = heap[0] as Winner
      const part = Math.min(left, winner.left)
      parts.push({ row: winner.row, amount: part })
      left -= part
      winner.left -= part
      if (winner.left > 0) continue
      const last = heap.pop() as Winner
      if (heap.length === 0) break
      heap[0] = last
      sift(heap, 0)
    }
    // Quantities sum to zero to rounding only: `outside`, who may hold any position, takes a remainder of that size.
    if (left > 0) parts.push({ row: this.x.outside, amount: left })
    return parts
  }
}
