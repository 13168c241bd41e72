/** What happened, in order: columnar, append-only; each row names the row that mainly caused it. */
import { Hasher } from '../math/index.ts'
import type { Store, Table } from './store.ts'

/**
 * Kinds of row. `amount` is in units of `asset` unless said otherwise; `usd` is the row's value at its own price.
 * - shock: the fundamental of an asset begins to move from outside
 * - fill: an order met a market; amount base, price average, `sold` the mechanism, `victim` the venue whose forced sale it is, −1 voluntary
 * - call: an account fell below its call level; price is its health
 * - respond: an owner who looks for himself found an account below his level and decides; price is its health as he sees it
 * - liquidate: debt repaid (usd) and collateral seized (amount of asset) at a lender
 * - seize: a vault handed to an auction; amount collateral, usd the debt without penalty
 * - take: a bid in an auction; amount collateral bought, usd what was paid, `extra` the part of it that is penalty
 * - redo: an auction restarted
 * - reduce: an exchange's order against a breached account; amount contracts, usd notional filled
 * - takeover: a position moved to the fund or backstop at bankruptcy price; amount contracts, usd notional
 * - insurance: usd paid out of (+) or into (−) the fund
 * - deleverage: a winner's position closed by ADL against one that a takeover row moved; amount contracts, price the execution price, `extra` the adverse loss in usd
 * - bad_debt: usd of debt left without owner
 * - default: cover of bad debt by somebody
 * - funding, fee: flows of a venue's own
 * - deposit, withdraw, borrow, repay, transfer, redeem: as the words say
 * - fault: a fault of the scenario begins; price its value, `extra` its place in the list. Or tokens were taken or appeared: amount what
 */
export const LOG_KINDS = [
  'shock',
  'fill',
  'call',
  'respond',
  'liquidate',
  'seize',
  'take',
  'redo',
  'reduce',
  'takeover',
  'insurance',
  'deleverage',
  'bad_debt',
  'default',
  'funding',
  'fee',
  'deposit',
  'withdraw',
  'borrow',
  'repay',
  'transfer',
  'redeem',
  'fault',
] as const
export type LogKind = (typeof LOG_KINDS)[number]

/** Why something was sold: not forced; seized by a liquidator; reduced by an exchange; worked out of a fund or inventory; answering a margin call. */
export const SOLD = ['free', 'seized', 'reduced', 'unwound', 'called'] as const
export type Sold = (typeof SOLD)[number]

/**
 * By what an account was infected.
 * - price: the mark of contracts it holds; oracle: the price of tokens it holds or owes, read through a feed
 * - rate: interest and funding; collateral: a unit of collateral became a claim on less (a share or index that fell)
 * - owner: a call elsewhere that the same owner answered here
 * - cash: a call here that the owner could not pay, since the cash had gone to a call elsewhere; the source is the venue that has it
 * - gas: what prices took while a liquidation was wanted and not made, for full blocks or for gas above what it brings; the source is who moved them
 */
export const MECHANISMS = ['price', 'rate', 'cash', 'gas', 'collateral', 'owner', 'oracle'] as const
export type Mechanism = (typeof MECHANISMS)[number]

const shape = {
  time_ms: 'f64',
  kind: 'u8',
  venue: 'i32',
  account: 'i32',
  actor: 'i32',
  market: 'i32',
  asset: 'i32',
  amount: 'f64',
  price: 'f64',
  usd: 'f64',
  extra: 'f64',
  sold: 'u8',
  victim: 'i32',
  cause: 'i32',
  shares: 'i32',
} as const

const share_shape = { set: 'i32', source: 'i32', mechanism: 'u8', share: 'f64', pivotal: 'f64' } as const

/** Fields of a new row; what is left out is −1 for indices, 0 for numbers, `free` for `sold`. */
export interface Row {
  kind: LogKind
  venue?: number
  account?: number
  actor?: number
  market?: number
  asset?: number
  amount?: number
  price?: number
  usd?: number
  extra?: number
  sold?: Sold
  victim?: number
  cause?: number
  shares?: number
}

/** Who is to blame for a breach: a set in the share table and the row of its largest share. */
export interface Blame {
  readonly shares: number
  readonly cause: number
}

/** The read side of a log. */
export interface LogView {
  readonly length: number
  readonly columns: Log['rows']['columns']
  readonly share_columns: Log['shares']['columns']
  kind(row: number): LogKind
  /** First and one-past-last share row of a set; an unknown set is empty. */
  share_range(set: number): readonly [number, number]
}

export class Log implements LogView {
  readonly rows: Table<typeof shape>
  readonly shares: Table<typeof share_shape>
  private readonly sets: Table<{ first: 'i32' }>
  private readonly clock: { time_ms: number }
  /** Set by the engine: reads who infected this account, now. */
  blame: (venue: number, account: number) => Blame = () => ({ shares: -1, cause: -1 })

  /** @param clock read for the time of every new row */
  constructor(store: Store, clock: { time_ms: number }) {
    this.rows = store.table('log.rows', shape)
    this.shares = store.table('log.shares', share_shape)
    this.sets = store.table('log.sets', { first: 'i32' })
    this.clock = clock
  }

  get length(): number {
    return this.rows.length
  }

  get columns(): Log['rows']['columns'] {
    return this.rows.columns
  }

  get share_columns(): Log['shares']['columns'] {
    return this.shares.columns
  }

  kind(row: number): LogKind {
    return LOG_KINDS[this.rows.columns.kind.data[row] as number] as LogKind
  }

  /** Appends a row and returns its index. */
  add(row: Row): number {
    const at = this.rows.push()
    const c = this.rows.columns
    c.time_ms.data[at] = this.clock.time_ms
    c.kind.data[at] = LOG_KINDS.indexOf(row.kind)
    c.venue.data[at] = row.venue ?? -1
    c.account.data[at] = row.account ?? -1
    c.actor.data[at] = row.actor ?? -1
    c.market.data[at] = row.market ?? -1
    c.asset.data[at] = row.asset ?? -1
    c.amount.data[at] = row.amount ?? 0
    c.price.data[at] = row.price ?? 0
    c.usd.data[at] = row.usd ?? 0
    c.extra.data[at] = row.extra ?? 0
    c.sold.data[at] = row.sold === undefined ? 0 : SOLD.indexOf(row.sold)
    c.victim.data[at] = row.victim ?? -1
    c.cause.data[at] = row.cause ?? -1
    c.shares.data[at] = row.shares ?? -1
    return at
  }

  /** Opens a share set; rows added with `share` until the next call belong to it. */
  open_set(): number {
    const set = this.sets.push()
    this.sets.columns.first.data[set] = this.shares.length
    return set
  }

  /** Adds one share to the newest set. Shares of a set sum to 1, and so do its pivotal shares. */
  share(source: number, mechanism: Mechanism, share: number, pivotal: number): void {
    const at = this.shares.push()
    const c = this.shares.columns
    c.set.data[at] = this.sets.length - 1
    c.source.data[at] = source
    c.mechanism.data[at] = MECHANISMS.indexOf(mechanism)
    c.share.data[at] = share
    c.pivotal.data[at] = pivotal
  }

  share_range(set: number): readonly [number, number] {
    if (set < 0 || set >= this.sets.length) return [0, 0]
    const first = this.sets.columns.first.data
    return [first[set] as number, set + 1 < this.sets.length ? (first[set + 1] as number) : this.shares.length]
  }

  /** Hash of the rows, in schema order. */
  hash(): string {
    const hasher = new Hasher()
    this.rows.hash(hasher)
    return hasher.digest()
  }
}
