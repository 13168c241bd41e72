/**
 * Auto-deleveraging as a policy: who is closed against a bankrupt position (rank), how much of each (allocation), at what price.
 * The contract: `take` gets the holders of the other side and an amount; the parts it returns sum to that amount, none exceeds what
 * its holder has, nobody is turned. Everything else is the policy's own.
 *
 * Groups come before ranks: those in profit, `outside` (whose members nobody knows),
 * those without profit, the fund's own lots, scopes that are themselves being liquidated. As units sum to zero, all of them
 * together always suffice. Positions of the bankrupt's own owner come before all, where the rules say so.
 */
import type { AdlIndex, IndexedQueue } from './adl-index.ts'
import { level_leverage, pro_rata } from './allocations.ts'
import type { Contract } from './contract.ts'
import { lots_of } from './fund.ts'
import { slot_price } from './instrument.ts'
import { FUND, Holders, LIQUIDATED, NO_PROFIT, OUTSIDE, PROFIT } from './holders.ts'
import { bankruptcy_price, equity, gross_notional, leg_maintenance, total_maintenance } from './kernel.ts'
import type { AdlRules } from './rules.ts'
import { cash_of, type Exchange, find_position, is_pooled, running, wallet_in } from './state.ts'

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
  // a shuffle that does not know in which order rows are listed
  if (rank === 'equal') return (s.cost * 0.6180339887498949) % 1
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

/**
 * Can a holder close at this slot price: is it no worse for him than his own bankruptcy price there (dYdX v4 deleveraging.go)?
 * To rounding of his equity.
 */
export function overlaps(x: Exchange, row: number, contract: number, price: number): boolean {
  const prices = x.book.prices.data
  const at = find_position(x, row, contract)
  const units = x.positions.columns.quantity.data[at] as number
  const own = bankruptcy_price(x, row, contract, prices)
  return units * (price - own) >= -1e-12 * Math.abs(units) * Math.max(Math.abs(price), Math.abs(own))
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

/** Adds one position of a row. */
function add_holder(x: Exchange, into: Holders, at: number, row: number): void {
  const { quantity, entry, contract } = x.positions.columns
  const q = quantity.data[at] as number
  const size = Math.abs(q)
  if (row === x.outside) return into.add(row, OUTSIDE, size, 0, 0, 0, 0)
  const { rank, allocate } = x.rules.adl
  const profit = q * ((x.book.prices.data[contract.data[at] as number] as number) - (entry.data[at] as number))
  const liquidated = running(x, row) >= 0
  if (!(profit > 0) && RANKS_WINNERS.includes(rank))
    return into.add(row, liquidated ? LIQUIDATED : NO_PROFIT, size, 0, profit, 0, 0)
  if (rank === 'profit_margin' && allocate === 'queue' && !is_pooled(x, row)) {
    const score = margin_score(x, row, profit)
    return into.add(row, liquidated ? LIQUIDATED : score > 0 ? PROFIT : NO_PROFIT, size, score, profit, 0, 0)
  }
  const s = standing(x, at, row)
  const score = adl_score(rank, s)
  const group = !x.rules.adl.winners_first ? PROFIT : liquidated ? LIQUIDATED : profit > 0 && s.equity > 0 ? PROFIT : NO_PROFIT
  const scope = allocate === 'leverage' ? gross_notional(x, row, x.book.prices.data) : s.notional
  into.add(row, group, size, score, profit, s.equity, s.equity > 0 ? scope / s.equity : Number.POSITIVE_INFINITY)
}

/** Profit ÷ max(1, wallet) × maintenance ÷ balance of a row in one coin, in one pass over its positions. */
function margin_score(x: Exchange, row: number, profit: number): number {
  const { contract, quantity, entry, next } = x.positions.columns
  const prices = x.book.prices.data
  const cash = cash_of(x, row)
  let wallet = cash
  let balance = cash
  let required = 0
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    if (q === 0) continue
    const c = contract.data[at] as number
    const price = prices[c] as number
    wallet += q * (entry.data[at] as number)
    balance += q * price
    required += leg_maintenance(x, c, Math.abs(q), price)
  }
  return balance > 0 ? (profit / Math.max(1, wallet)) * (required / balance) : 0
}

/** Everybody on the other side of a position of this side. */
function collect(x: Exchange, into: Holders, contract: number, side: 1 | -1): void {
  const { contract: contracts, quantity, account } = x.positions.columns
  const most = x.outside
  into.clear()
  for (let at = 0; at < x.positions.length; at++) {
    const q = quantity.data[at] as number
    if (contracts.data[at] !== contract || !(q * side < 0)) continue
    const row = account.data[at] as number
    if (row <= most) add_holder(x, into, at, row)
  }
  const lots = lots_of(x, contract, side === 1 ? -1 : 1)
  if (lots > 0) into.add(x.fund + (x.contracts[contract] as Contract).fund, FUND, lots, 0, 0, 0, 0)
  into.rank()
}

/** The rankings of one round: what one liquidation takes is no longer there for the next. */
export class Ranking {
  private readonly x: Exchange
  private readonly made = new Set<number>()

  constructor(x: Exchange) {
    this.x = x
    x.index?.begin(x)
  }

  /** The queue of a round, opened. */
  private queue(index: AdlIndex, contract: number, side: 1 | -1): IndexedQueue {
    const key = 2 * contract + (side === 1 ? 1 : 0)
    const queue = index.queue(this.x, contract, side, add_holder)
    if (!this.made.has(key)) {
      this.made.add(key)
      queue.open(this.x)
    }
    return queue
  }

  /** Down the queue, as far as it is asked for. */
  private take_indexed(index: AdlIndex, contract: number, side: 1 | -1, amount: number): Part[] {
    const queue = this.queue(index, contract, side)
    const parts: Part[] = []
    let left = amount
    while (left > 0) {
      const head = queue.head(this.x)
      if (head < 0) break
      left -= this.give(queue.holders, head, left, parts)
    }
    // Units sum to zero to rounding only: `outside`, who may hold any position, takes a remainder of that size.
    if (left > 0) parts.push({ row: this.x.outside, amount: left })
    return parts
  }

  private holders(contract: number, side: 1 | -1): Holders {
    const key = 2 * contract + (side === 1 ? 1 : 0)
    const { holders } = this.x
    let found = holders.get(key)
    if (found === undefined) {
      found = new Holders()
      holders.set(key, found)
    }
    if (!this.made.has(key)) {
      this.made.add(key)
      collect(this.x, found, contract, side)
    }
    return found
  }

  /**
   * Matches `amount` units of a position of this side against holders of the other. The parts sum to it exactly.
   * @param owner of the position: his own positions come first where the rules say so
   */
  take(contract: number, side: 1 | -1, amount: number, owner = -1): Part[] {
    const { index } = this.x
    if (index !== undefined) return this.take_indexed(index, contract, side, amount)
    const from = this.holders(contract, side)
    const parts: Part[] = []
    let left = amount
    const { same_owner_first, allocate } = this.x.rules.adl
    if (same_owner_first && owner >= 0) left = this.own(from, owner, left, parts)
    if (allocate !== 'queue') left = this.spread(from, contract, left, parts)
    while (left > 0) {
      const head = from.head()
      if (head < 0) break
      left -= this.give(from, head, left, parts)
    }
    if (left > 0) parts.push({ row: this.x.outside, amount: left })
    const plain = allocate === 'queue' && !same_owner_first
    return plain ? parts : merged(parts, amount, this.x.outside)
  }

  /**
   * As `take`, down the ranking over those alone who can close at this price; undefined where they do not suffice.
   * @param bankrupt row that is closed
   */
  overlapping(contract: number, side: 1 | -1, amount: number, bankrupt: number, price: number): Part[] | undefined {
    const from = this.holders(contract, side)
    const order = Array.from({ length: from.count }, (_, i) => i).sort(
      (a, b) =>
        (from.group[a] as number) - (from.group[b] as number) ||
        (from.score[b] as number) - (from.score[a] as number) ||
        (from.row[a] as number) - (from.row[b] as number),
    )
    const taken: [number, number][] = []
    let left = amount
    for (const i of order) {
      if (!(left > 0)) break
      const row = from.row[i] as number
      const there = from.left[i] as number
      if (!(there > 0) || row === bankrupt || (row < this.x.owned && !overlaps(this.x, row, contract, price))) continue
      const part = Math.min(left, there)
      taken.push([i, part])
      left -= part
    }
    if (left > 1e-12 * amount) return undefined
    const parts: Part[] = []
    for (const [i, part] of taken) this.give(from, i, part, parts)
    if (left > 0) parts.push({ row: this.x.outside, amount: left })
    return merged(parts, amount, this.x.outside)
  }

  /** Takes up to `most` units of one holder. */
  private give(from: Holders, at: number, most: number, parts: Part[]): number {
    const there = from.left[at] as number
    const part = Math.min(most, there)
    if (part > 0) parts.push({ row: from.row[at] as number, amount: part })
    from.left[at] = there - part
    return part
  }

  private own(from: Holders, owner: number, amount: number, parts: Part[]): number {
    let left = amount
    for (let i = 0; i < from.count && left > 0; i++) {
      const row = from.row[i] as number
      if (row < this.x.owned && this.x.accounts.columns.owner.data[row] === owner) left -= this.give(from, i, left, parts)
    }
    return left
  }

  /** Allocates over everybody in profit by the rule; what they cannot take goes down the queue. */
  private spread(from: Holders, contract: number, amount: number, parts: Part[]): number {
    const { allocate, cap } = this.x.rules.adl
    const winners: number[] = []
    for (let i = 0; i < from.count; i++) if (from.group[i] === PROFIT && (from.left[i] as number) > 0) winners.push(i)
    if (winners.length === 0) return amount
    winners.sort((a, b) => (from.row[a] as number) - (from.row[b] as number))
    const most = Float64Array.from(winners, (i) => Math.min(from.left[i] as number, cap * (from.size[i] as number)))
    const weight = allocate === 'equity' ? from.equity : allocate === 'profit' ? from.profit : from.size
    const equity = Float64Array.from(winners, (i) => from.equity[i] as number)
    const taken =
      allocate === 'leverage'
        ? level_leverage(
            most,
            Float64Array.from(winners, (i) => (from.leverage[i] as number) * Math.max(0, from.equity[i] as number)),
            equity,
            this.x.book.prices.data[contract] as number,
            amount,
          )
        : pro_rata(
            Float64Array.from(winners, (i) => Math.max(0, weight[i] as number)),
            most,
            amount,
          )
    let left = amount
    winners.forEach((i, k) => {
      const part = Math.min(left, taken[k] as number)
      if (part > 1e-12 * amount) left -= this.give(from, i, part, parts)
    })
    if (!(left > 0) || left > 1e-12 * amount) return left
    // rounding of an allocation goes to whoever can still take it
    const last = winners.find((i) => (from.left[i] as number) >= left)
    return last === undefined ? left : left - this.give(from, last, left, parts)
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
