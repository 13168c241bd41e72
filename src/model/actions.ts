/** What may be done: a closed union, queued in bundles that are applied all or nothing. */

export const ACTION_KINDS = [
  // between a treasury and an account
  'deposit',
  'withdraw',
  'borrow',
  'repay',
  // on markets
  'order',
  'cancel',
  'make',
  // on offers of a venue
  'liquidate',
  'start',
  'bid',
  'redeem',
  // of an exchange's own breach procedure
  'reduce',
  'takeover',
  'fund',
  'deleverage',
  // of the ledger and the clock
  'flash',
  'flash_repay',
  'transfer',
  'wait',
] as const
export type ActionKind = (typeof ACTION_KINDS)[number]

/** As an amount: everything there is. */
export const ALL = Number.POSITIVE_INFINITY

/**
 * One action. Who reads what:
 * - deposit, withdraw, borrow, repay: venue, account, asset, amount, actor (whose treasury)
 * - order: market, actor or account (as the market settles), side, amount, exact, limit; `sold`/`victim`/`cause` when forced
 * - cancel: venue, account: its maker rows leave the market, or every market of the venue when none is named
 * - make: market, account (maker row's party), amount = depth in base units at 1 %, limit = half spread as a ratio
 * - liquidate: venue, account (the victim), asset (collateral), asset2 (debt), amount (of debt), actor
 * - start: venue, account (vault to auction) or offer (auction to restart), actor (who is paid for it)
 * - bid: venue, offer (auction), amount (of collateral), limit (highest price), actor
 * - redeem: venue, account, asset, amount, actor
 * - reduce, takeover, fund, deleverage: venue's own; account, market, amount, limit as that venue defines them
 * - flash: actor borrows amount of asset until the bundle ends; flash_repay: gives back amount plus fee
 * - transfer: amount of asset from actor's treasury to `account` as an actor, after delay_ms
 * - wait: nothing now; after delay_ms the agent of `actor` gets it back in `due`, fields as given
 */
export interface Action {
  kind: ActionKind
  venue: number
  market: number
  account: number
  actor: number
  asset: number
  asset2: number
  offer: number
  side: 1 | -1
  exact: 'base' | 'quote'
  /** Units of the asset, `ALL`, or overridden by `of`. */
  amount: number
  /** ≥ 0: the amount is the result of that action of this bundle. */
  of: number
  /** Price limit of an order in quote per base; 0 none. */
  limit: number
  /** Forced sale: by what mechanism, of which venue, caused by which log row. In a bundle an order takes these from the seizure before it. */
  sold: 'free' | 'seized' | 'reduced' | 'unwound' | 'called'
  victim: number
  cause: number
  /** Arbitrage: the market whose price this order carries over; −1 none. */
  carries: number
  delay_ms: number
  plan: number
}

const blank: Action = {
  kind: 'wait',
  venue: -1,
  market: -1,
  account: -1,
  actor: -1,
  asset: -1,
  asset2: -1,
  offer: -1,
  side: 1,
  exact: 'base',
  amount: 0,
  of: -1,
  limit: 0,
  sold: 'free',
  victim: -1,
  cause: -1,
  carries: -1,
  delay_ms: 0,
  plan: 0,
}

/** What became of an action. Refusals are outcomes, in the order of precedence in which components test them. */
export const STATUSES = [
  'applied',
  'partial',
  'paused',
  'stale',
  'unknown',
  'healthy',
  'limit',
  'dust',
  'cash',
  'funds',
  'margin',
  'empty',
  'price',
  'unprofitable',
] as const
export type Status = (typeof STATUSES)[number]

/** Status and what the actor received (for a repayment: what was repaid), in units of what it is. */
export interface Result {
  readonly status: Status
  readonly amount: number
}

export const applied = (amount: number): Result => ({ status: 'applied', amount })
export const refused = (status: Exclude<Status, 'applied' | 'partial'>): Result => ({ status, amount: 0 })
export const succeeded = (result: Result): boolean => result.status === 'applied' || result.status === 'partial'

/** A queue of bundles. */
export class Actions {
  readonly list: Action[] = []
  /** First action of each bundle, with its priority (smaller first) and its tie key. */
  readonly starts: number[] = []
  readonly priorities: number[] = []
  readonly ties: number[] = []

  /**
   * Opens a bundle: what is added until the next `bundle` is applied all or nothing.
   * @param priority smaller is applied first: 0 venues, 10 makers, 20 responses, 30 liquidators, 40 arbitrage, 50 others
   * @param tie keyed draw that orders bundles of equal priority without favouring anyone
   */
  bundle(priority: number, tie: number): void {
    this.starts.push(this.list.length)
    this.priorities.push(priority)
    this.ties.push(tie)
  }

  /** Adds an action to the open bundle and returns its position in the bundle, to be named by `of`. */
  add(kind: ActionKind, fields: Partial<Omit<Action, 'kind'>>): number {
    this.list.push({ ...blank, ...fields, kind })
    return this.list.length - 1 - (this.starts[this.starts.length - 1] as number)
  }

  get bundles(): number {
    return this.starts.length
  }

  /** One past the last action of bundle b. */
  end(b: number): number {
    return b + 1 < this.starts.length ? (this.starts[b + 1] as number) : this.list.length
  }

  clear(): void {
    this.list.length = 0
    this.starts.length = 0
    this.priorities.length = 0
    this.ties.length = 0
  }
}
