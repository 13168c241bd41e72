/** One account as its venue's law sees it: what it holds and owes, and its health as a function of slot prices. */
import { Statement, type Margined, type Venue } from '../../model/index.ts'

export type Book = Venue & Margined

/** A line of a statement. */
export interface Leg {
  /** +1 held, −1 owed. */
  readonly side: 1 | -1
  /** Slot of the venue's prices that this leg's value moves with. */
  readonly slot: number
  /** −1: cash in the venue's own unit. */
  readonly feed: number
  readonly asset: number
  /** Market on which a contract is closed; −1 for what is deposited or owed. */
  readonly market: number
  readonly quantity: number
  readonly weight: number
  /** In the venue's unit of account. */
  readonly price: number
}

export interface Account {
  readonly legs: readonly Leg[]
  /** Slot prices now. */
  readonly prices: Float64Array
  /** In breach below 1 only (true), or already at it (false). */
  readonly strict: boolean
  /** Exact, +Infinity when nothing is owed. */
  health(prices: Float64Array): number
}

export function legs_of(venue: Pick<Margined, 'statement'>, row: number): Leg[] {
  const st = new Statement()
  venue.statement(row, st)
  return Array.from({ length: st.count }, (_, i) => ({
    side: (st.side[i] as number) > 0 ? 1 : -1,
    slot: st.slot[i] as number,
    feed: st.feed[i] as number,
    asset: st.asset[i] as number,
    market: st.market[i] as number,
    quantity: st.quantity[i] as number,
    weight: st.weight[i] as number,
    price: st.price[i] as number,
  }))
}

export function account_of(venue: Book, row: number, strict: boolean): Account {
  return {
    legs: legs_of(venue, row),
    prices: Float64Array.from(venue.prices),
    strict,
    health: (prices) => venue.health(row, prices),
  }
}

export const in_breach = (account: Pick<Account, 'strict'>, health: number): boolean =>
  account.strict ? health < 1 : health <= 1

/** Asset that is the account's own unit: prices are in it, and its cash stands on no feed; −1 where that is the dollar. */
export const unit_of = (legs: readonly Leg[]): number => legs.find((leg) => leg.feed < 0)?.asset ?? -1

/** Σ over a side, as it is and weighted; contracts also on their own. */
export interface Sums {
  readonly assets: number
  readonly debts: number
  readonly weighted_assets: number
  readonly weighted_debts: number
  /** Open contracts, either side. */
  readonly notional: number
}

/**
 * @param usd of one unit of account
 * @param ratios price of each slot ÷ price now; none: as it is
 */
export function sums_of(legs: readonly Leg[], usd = 1, ratios?: ArrayLike<number>): Sums {
  let [assets, debts, weighted_assets, weighted_debts, notional] = [0, 0, 0, 0, 0]
  for (const { side, slot, market, quantity, weight, price } of legs) {
    const worth = quantity * price * (ratios?.[slot] ?? 1) * usd
    if (side > 0) {
      assets += worth
      weighted_assets += worth * weight
    } else {
      debts += worth
      weighted_debts += worth * weight
    }
    if (market >= 0) notional += worth
  }
  return { assets, debts, weighted_assets, weighted_debts, notional }
}

/** What a liquidation would repay or close: open contracts where there are any, else debts. */
export const owed_of = (sums: Sums): number => (sums.notional > 0 ? sums.notional : sums.debts)

/**
 * In breach below 1, or already at 1? Asks the venue's own book: an owner who watches exactly the health of his account is told
 * where equality counts. Leaves the levels as they were.
 */
export function is_strict(venue: Book): boolean {
  for (let row = 0; row < venue.rows; row++) {
    const health = venue.health(row, venue.prices)
    if (!(health > 1 && health < Number.POSITIVE_INFINITY)) continue
    const level = venue.level(row)
    venue.watch(row, health)
    const { count, rows } = venue.below()
    const told = rows.subarray(0, count).includes(row)
    venue.watch(row, level)
    return !told
  }
  return true
}
