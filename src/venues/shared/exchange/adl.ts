/**
 * Auto-deleveraging as a policy: who is closed against a bankrupt position (rank), how much of each (allocation), at what price.
 * The contract: `take` gets the holders of the other side and an amount; the parts it returns sum to that amount, none exceeds what
 * its holder has, nobody is turned. Everything else is the policy's own.
 *
 * Groups come before ranks: those in profit, `outside` (whose members nobody knows),
 * those without profit, the fund's own lots, scopes that are themselves being liquidated. As units sum to zero, all of them
 * together always suffice. Positions of the bankrupt's own owner come before all, where the rules say so.
 */
import { level_leverage, pro_rata } from './allocations.ts'
import type { Contract } from './contract.ts'
import { lots_of } from './fund.ts'
import { slot_price } from './instrument.ts'
import { bankruptcy_price, equity, gross_notional, total_maintenance } from './kernel.ts'
import type { AdlRules } from './rules.ts'
import { type Exchange, running, wallet_in } from './state.ts'

const PROFIT = 0
const OUTSIDE = 1
const NO_PROFIT = 2
const FUND = 3
const LIQUIDATED = 4

/** A position that can be deleveraged: its account and what it holds (units, > 0). Money in the coin of its contract. */
export interface Holder {
  readonly row: number
  readonly group: number
  readonly score: number
  readonly size: number
  readonly profit: number
  readonly equity: number
  /** Notional of the whole scope ÷ its equity. */
  readonly leverage: number
  left: number
}

export interface Part {
  readonly row: number
  readonly amount: number
}

/** What a score is made of. */
export interface Standing {
  readonly profit: number
  readonly wallet: number
  readonly maintenance: number
  readonly equity: number
  readonly notional: number
  /** Value at entry, > 0. */
  readonly cost: number
  /** Notional of the position at its bankruptcy price. */
  readonly bankrupt: number
  /** +1 gains when the slot price rises. */
  readonly side: 1 | -1
  readonly row: number
}

/** Priority of a position, larger is earlier; 0 without profit, except where losers are ranked too. Sources: derivatives reference §1.9. */
export function adl_score(rank: AdlRules['rank'], s: Standing): number {
  if (rank === 'size') return s.notional
  if (rank === 'equal') return ((s.row + 1) * 0.6180339887498949) % 1
  if (rank === 'bankruptcy_leverage') {
    const gap = Math.abs(s.notional - s.bankrupt)
    const leverage = gap > 0 ? s.notional / gap : 0
    const ratio = s.profit / s.cost
    return ratio > 0 ? ratio * leverage : leverage > 0 ? ratio / leverage : 0
  }
  if (!(s.equity > 0)) return 0
  if (rank === 'leverage') return s.notional / s.equity
  if (rank === 'mark_leverage') return (s.side > 0 ? s.notional / s.cost : s.cost / s.notional) * (s.notional / s.equity)
  if (!(s.profit > 0)) return 0
  if (rank === 'profit') return s.profit
  if (rank === 'profit_leverage') return (s.profit / s.cost) * (s.notional / s.equity)
  return (s.profit / Math.max(1, s.wallet)) * (s.maintenance / s.equity)
}

/** Slot price at which winners are closed, for a position of this side taken over at `price`. */
export function adl_price(x: Exchange, contract: number, side: 1 | -1, price: number, index: number): number {
  const { price: at, spread } = x.rules.adl
  if (at === 'bankruptcy') return price
  const whole = at === 'mark' ? (x.book.prices.data[contract] as number) : slot_price(x.contracts[contract] as Contract, index)
  // a winner sells to a bankrupt short dearer, buys from a bankrupt long cheaper
  return whole * (1 - side * spread)
}

function standing(x: Exchange, at: number, row: number): Standing {
  const { quantity, entry, contract } = x.positions.columns
  const prices = x.book.prices.data
  const c = contract.data[at] as number
  const q = quantity.data[at] as number
  const mark = prices[c] as number
  const { rank } = x.rules.adl
  return {
    row,
    side: q > 0 ? 1 : -1,
    profit: q * (mark - (entry.data[at] as number)),
    wallet: rank === 'profit_margin' ? wallet_in(x, row, x.coin_of[c] as number) : 0,
    maintenance: rank === 'profit_margin' ? total_maintenance(x, row, prices) : 0,
    equity: equity(x, row, prices),
    notional: Math.abs(q) * mark,
    cost: Math.abs(q) * (entry.data[at] as number),
    bankrupt: rank === 'bankruptcy_leverage' ? Math.abs(q) * bankruptcy_price(x, row, c, prices) : 0,
  }
}

/** Ranks that are 0 without profit. */
const RANKS_WINNERS: readonly string[] = ['profit_margin', 'profit_leverage', 'profit']

const earlier = (a: Holder, b: Holder): boolean => {
  if (a.group !== b.group) return a.group < b.group
  if (a.score !== b.score) return a.score > b.score
  if (a.size !== b.size) return a.size > b.size
  return a.row < b.row
}

/** A binary heap: the head is found at once, the order of the rest only as far as it is asked for. */
function sift(heap: Holder[], from: number): void {
  const item = heap[from] as Holder
  let hole = from
  for (let child = 2 * hole + 1; child < heap.length; child = 2 * hole + 1) {
    if (child + 1 < heap.length && earlier(heap[child + 1] as Holder, heap[child] as Holder)) child++
    if (!earlier(heap[child] as Holder, item)) break
    heap[hole] = heap[child] as Holder
    hole = child
  }
  heap[hole] = item
}

function drop_head(heap: Holder[]): void {
  const last = heap.pop() as Holder
  if (heap.length === 0) return
  heap[0] = last
  sift(heap, 0)
}

function holder(x: Exchange, at: number, row: number): Holder {
  const { quantity, entry, contract } = x.positions.columns
  const q = quantity.data[at] as number
  const size = Math.abs(q)
  const none = { row, size, left: size, score: 0, profit: 0, equity: 0, leverage: 0 }
  if (row === x.outside) return { ...none, group: OUTSIDE }
  const { rank, allocate } = x.rules.adl
  const profit = q * ((x.book.prices.data[contract.data[at] as number] as number) - (entry.data[at] as number))
  const liquidated = running(x, row) >= 0
  if (!(profit > 0) && RANKS_WINNERS.includes(rank)) return { ...none, group: liquidated ? LIQUIDATED : NO_PROFIT, profit }
  const s = standing(x, at, row)
  const score = adl_score(rank, s)
  const group = liquidated ? LIQUIDATED : profit > 0 && s.equity > 0 ? PROFIT : NO_PROFIT
  const scope = allocate === 'leverage' ? gross_notional(x, row, x.book.prices.data) : s.notional
  const leverage = s.equity > 0 ? scope / s.equity : Number.POSITIVE_INFINITY
  return { row, group, score, size, left: size, profit, equity: s.equity, leverage }
}

function holders_of(x: Exchange, contract: number, side: 1 | -1): Holder[] {
  const { contract: contracts, quantity, next } = x.positions.columns
  const heap: Holder[] = []
  for (let row = 0; row <= x.outside; row++) {
    for (let at = row; at >= 0; at = next.data[at] as number) {
      const q = quantity.data[at] as number
      if (contracts.data[at] !== contract || !(q * side < 0)) continue
      heap.push(holder(x, at, row))
    }
  }
  const lots = lots_of(x, contract, side === 1 ? -1 : 1)
  const fund = x.fund + (x.contracts[contract] as Contract).fund
  if (lots > 0) heap.push({ row: fund, group: FUND, score: 0, size: lots, left: lots, profit: 0, equity: 0, leverage: 0 })
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sift(heap, i)
  return heap
}

/** The rankings of one round: what one liquidation takes is no longer there for the next. */
export class Ranking {
  private readonly x: Exchange
  private readonly heaps = new Map<number, Holder[]>()

  constructor(x: Exchange) {
    this.x = x
  }

  /**
   * Matches `amount` units of a position of this side against holders of the other. The parts sum to it exactly.
   * @param owner of the position: his own positions come first where the rules say so
   */
  take(contract: number, side: 1 | -1, amount: number, owner = -1): Part[] {
    const key = 2 * contract + (side === 1 ? 1 : 0)
    let heap = this.heaps.get(key)
    if (heap === undefined) {
      heap = holders_of(this.x, contract, side)
      this.heaps.set(key, heap)
    }
    const parts: Part[] = []
    let left = amount
    if (this.x.rules.adl.same_owner_first && owner >= 0) left = this.own(heap, owner, left, parts)
    if (this.x.rules.adl.allocate !== 'queue') left = this.spread(heap, contract, left, parts)
    while (left > 0 && heap.length > 0) {
      const head = heap[0] as Holder
      const part = Math.min(left, head.left)
      if (part > 0) parts.push({ row: head.row, amount: part })
      left -= part
      head.left -= part
      if (head.left > 0) continue
      drop_head(heap)
    }
    // Units sum to zero to rounding only: `outside`, who may hold any position, takes a remainder of that size.
    if (left > 0) parts.push({ row: this.x.outside, amount: left })
    const plain = this.x.rules.adl.allocate === 'queue' && !this.x.rules.adl.same_owner_first
    return plain ? parts : merged(parts, amount, this.x.outside)
  }

  private own(heap: Holder[], owner: number, amount: number, parts: Part[]): number {
    let left = amount
    for (const one of heap) {
      if (!(left > 0)) break
      if (one.row >= this.x.owned || this.x.accounts.columns.owner.data[one.row] !== owner) continue
      const part = Math.min(left, one.left)
      if (part > 0) parts.push({ row: one.row, amount: part })
      one.left -= part
      left -= part
    }
    return left
  }

  /** Allocates over everybody in profit by the rule; what they cannot take goes down the queue. */
  private spread(heap: readonly Holder[], contract: number, amount: number, parts: Part[]): number {
    const { allocate, cap } = this.x.rules.adl
    const winners = heap.filter((one) => one.group === PROFIT && one.left > 0).sort((a, b) => a.row - b.row)
    if (winners.length === 0) return amount
    const most = Float64Array.from(winners, (one) => Math.min(one.left, cap * one.size))
    const taken =
      allocate === 'leverage'
        ? level_leverage(
            most,
            Float64Array.from(winners, (one) => one.leverage * Math.max(0, one.equity)),
            Float64Array.from(winners, (one) => one.equity),
            this.x.book.prices.data[contract] as number,
            amount,
          )
        : pro_rata(
            Float64Array.from(winners, (one) =>
              Math.max(0, allocate === 'equity' ? one.equity : allocate === 'profit' ? one.profit : one.size),
            ),
            most,
            amount,
          )
    let left = amount
    winners.forEach((one, i) => {
      const part = Math.min(left, taken[i] as number, one.left)
      if (!(part > 1e-12 * amount)) return
      parts.push({ row: one.row, amount: part })
      one.left -= part
      left -= part
    })
    return left <= 1e-12 * amount ? this.finish(winners, left, parts) : left
  }

  /** Rounding of an allocation goes to whoever can still take it. */
  private finish(winners: readonly Holder[], left: number, parts: Part[]): number {
    if (!(left > 0)) return 0
    const one = winners.find((winner) => winner.left >= left)
    if (one === undefined) return left
    parts.push({ row: one.row, amount: left })
    one.left -= left
    return 0
  }
}

/**
 * One part a row: a bundle deleverages each holder once. Taken off the amount one after the other they leave exactly 0; a remainder of
 * rounding goes to `outside`.
 */
function merged(parts: readonly Part[], amount: number, outside: number): Part[] {
  const sums = new Map<number, number>()
  for (const part of parts) sums.set(part.row, (sums.get(part.row) ?? 0) + part.amount)
  sums.delete(outside)
  const out: Part[] = []
  let left = amount
  for (const [row, sum] of sums) {
    const part = Math.min(left, sum)
    if (!(part > 0)) continue
    out.push({ row, amount: part })
    left -= part
  }
  if (left > 0) out.push({ row: outside, amount: left })
  return out
}
