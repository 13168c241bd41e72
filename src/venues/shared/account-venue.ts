/** A venue whose accounts are rows of one margin book and at which no market settles: lenders, vaults, exchanges against a pool. */
import { type MarginBook, RowList } from '../../margin/index.ts'
import { type Action, type ActionKind, assert, type Fill, type Log, refused, type Result } from '../../model/index.ts'

/** The accounts of a venue: `owner` is the ledger actor of each row, −1 for none. */
export interface Accounts {
  readonly book: MarginBook
  readonly owner: ArrayLike<number>
}

export abstract class AccountVenue {
  /** No row stands for everybody else: what they supply and owe is in the venue's totals. */
  readonly outside = -1
  readonly rows: number
  /** Rows below their level at the last scan. */
  protected readonly low = new RowList()
  private readonly accounts: Accounts
  private readonly found: { count: number; rows: Int32Array } = { count: 0, rows: new Int32Array(0) }

  constructor(accounts: Accounts) {
    this.accounts = accounts
    this.rows = accounts.owner.length
  }

  get prices(): Float64Array {
    return this.accounts.book.prices.data
  }

  owner(row: number): number {
    return this.accounts.owner[row] as number
  }

  level(row: number): number {
    return this.accounts.book.level.data[row] as number
  }

  watch(row: number, level: number): void {
    this.accounts.book.set_level(row, level)
  }

  below(): { readonly count: number; readonly rows: Int32Array } {
    this.found.count = this.accounts.book.scan(this.low)
    this.found.rows = this.low.data
    return this.found
  }

  settle(_fill: Fill, _leg: number, _log: Log): void {
    assert(false, 'no market settles here')
  }

  /** Nobody stands behind it by rule. */
  fund_usd(): number {
    return 0
  }
}

/** What a kind of venue does, by kind of action, on the whole of its state. */
export type Steps<S> = Readonly<Partial<Record<ActionKind, (state: S, action: Action, log: Log) => Result>>>

/** An action that the kind does not know is refused by name. */
export const perform = <S>(steps: Steps<S>, state: S, action: Action, log: Log): Result =>
  steps[action.kind]?.(state, action, log) ?? refused('unknown')
