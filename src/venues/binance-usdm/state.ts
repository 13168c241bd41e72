/** The exchange's state: accounts, their positions, running liquidations, lots of the fund, and one row of its own. */
import type { MarginBook, Tiers } from '../../margin/index.ts'
import { assert, type Ledger, type Market, type Oracle, type Store, type Table } from '../../model/index.ts'
import type { Procedure } from './procedure.ts'

/**
 * One row per margin scope. `cash` = wallet − Σ quantity·entry (quote units), so that a trade at any price moves exactly its
 * quote. `paid`: funding paid (received: negative) since the owner's last own change. `liquidation`: its latest row there + 1, 0 none.
 */
const account_shape = { owner: 'i32', isolated: 'u8', cash: 'f64', paid: 'f64', liquidation: 'i32' } as const
/** Row r is the first position of account r; further ones follow by `next`, −1 ends. Base units, signed; entry quote per base. */
const position_shape = { contract: 'i32', quantity: 'f64', entry: 'f64', next: 'i32' } as const
/**
 * One per liquidation, in order. It ends with its tick. `stage`: rounds done, 0 when it is over; `fee` due and not yet charged;
 * `order`: log row of its open order, −1; `closing`: has a position been taken over; `shares`, `cause`: who is to blame then.
 */
const liquidation_shape = {
  account: 'i32',
  tick: 'i32',
  stage: 'i32',
  fee: 'f64',
  order: 'i32',
  closing: 'u8',
  shares: 'i32',
  cause: 'i32',
} as const
/** Positions the fund took over: signed quantity left, takeover price, log row of the takeover, tick. */
const lot_shape = { contract: 'i32', quantity: 'f64', price: 'f64', cause: 'i32', tick: 'i32' } as const
/**
 * The exchange itself. `fund`: balance; `custody`: collateral held; `usd`: of one unit of it; `lot`: whose order is open, −1;
 * `first_lot`: all before are closed; `first_liquidation` of this tick.
 */
const desk_shape = {
  fund: 'f64',
  fees: 'f64',
  custody: 'f64',
  usd: 'f64',
  time_ms: 'f64',
  accrued_ms: 'f64',
  tick: 'i32',
  paused: 'u8',
  lot: 'i32',
  first_lot: 'i32',
  first_liquidation: 'i32',
} as const

/** Remainder of a position, as a share of it, that is rounding. */
export const DUST = 1e-12

/** Accounts and positions alone: what the kernel reads. */
export interface Holdings {
  readonly accounts: Table<typeof account_shape>
  readonly positions: Table<typeof position_shape>
  /** Maintenance brackets by contract. */
  readonly tiers: readonly Tiers[]
}

export interface Contract {
  readonly market: number
  readonly market_id: string
  readonly base: number
  /** Initial margin rate by bracket. */
  readonly initial: Float64Array
  readonly liquidation_fee: number
  readonly take_bound: number
  readonly taker_fee: number
  readonly fund_most: number
  readonly index: Oracle
  readonly index_feed: number
  readonly mark_feed: number
  readonly window_ms: number
  readonly impact_notional: number
  readonly funding: { readonly interval_ms: number; readonly interest: number; readonly clamp: number; readonly cap: number }
}

export interface Exchange extends Holdings {
  readonly id: string
  /** Position among the venues. */
  readonly venue: number
  /** Asset of wallets, fund and fees; every contract is quoted in it. */
  readonly collateral: number
  readonly contracts: readonly Contract[]
  /** Contract by market index, −1 elsewhere. */
  readonly contract_of: Int32Array
  readonly procedure: Procedure
  readonly liquidations: Table<typeof liquidation_shape>
  readonly lots: Table<typeof lot_shape>
  readonly desk: Table<typeof desk_shape>
  readonly book: MarginBook
  readonly ledger: Ledger
  /** Rows with an owner; then `outside`, then the fund. */
  readonly owned: number
  readonly outside: number
  readonly fund: number
  /** Per contract, the sum of sizes at the start: what rounding of quantities is measured by. */
  readonly opened: Float64Array
  market(contract: number): Market
}

/** Tables of `rows` accounts (own rows included), all empty. */
export function holdings(store: Store, id: string, rows: number, tiers: readonly Tiers[]): Holdings {
  const accounts = store.table(`${id}.accounts`, account_shape, rows)
  const positions = store.table(`${id}.positions`, position_shape, rows)
  accounts.columns.owner.data.fill(-1)
  positions.columns.contract.data.fill(-1)
  positions.columns.next.data.fill(-1)
  return { accounts, positions, tiers }
}

export function tables(store: Store, id: string): Pick<Exchange, 'liquidations' | 'lots' | 'desk'> {
  const desk = store.table(`${id}.desk`, desk_shape, 1)
  desk.columns.lot.data[0] = -1
  desk.columns.time_ms.data[0] = Number.NEGATIVE_INFINITY
  return {
    liquidations: store.table(`${id}.liquidations`, liquidation_shape),
    lots: store.table(`${id}.lots`, lot_shape),
    desk,
  }
}

/** The account's position in a contract, −1 when it has none. */
export function find_position(x: Holdings, row: number, contract: number): number {
  const { contract: contracts, next } = x.positions.columns
  for (let at = row; at >= 0; at = next.data[at] as number) if (contracts.data[at] === contract) return at
  return -1
}

/** Base units the account has in a contract, signed. */
export function quantity_of(x: Holdings, row: number, contract: number): number {
  const at = find_position(x, row, contract)
  return at < 0 ? 0 : (x.positions.columns.quantity.data[at] as number)
}

/** May the account trade this contract? An isolated scope has one. */
export function may_hold(x: Holdings, row: number, contract: number): boolean {
  return x.accounts.columns.isolated.data[row] === 0 || x.positions.columns.contract.data[row] === contract
}

/** As `find_position`; takes a place that is empty, or appends one. */
function open_position(x: Holdings, row: number, contract: number): number {
  const found = find_position(x, row, contract)
  if (found >= 0) return found
  assert(may_hold(x, row, contract), 'an isolated account trades its own contract only')
  const { contract: contracts, quantity, entry, next } = x.positions.columns
  let last = row
  for (let at = row; at >= 0; at = next.data[at] as number) {
    last = at
    if (quantity.data[at] !== 0) continue
    contracts.set(at, contract)
    entry.set(at, 0)
    return at
  }
  const at = x.positions.push()
  contracts.set(at, contract)
  next.set(at, -1)
  next.set(last, at)
  return at
}

/**
 * Changes a position: `base` and `quote` units received (+) or given (−). Entry is the mean over what was opened; closing leaves
 * it; what crosses zero enters at the price of the trade.
 */
export function trade(x: Holdings, row: number, contract: number, base: number, quote: number): void {
  if (base !== 0) {
    const at = open_position(x, row, contract)
    const { quantity, entry } = x.positions.columns
    const before = quantity.data[at] as number
    const after = before + base
    if (after === 0) entry.set(at, 0)
    else if (before * base >= 0) entry.set(at, (before * (entry.data[at] as number) - quote) / after)
    else if (before * after < 0) entry.set(at, -quote / base)
    quantity.set(at, after)
  }
  x.accounts.columns.cash.add(row, quote)
}

/** Has the account no position? */
export function is_flat(x: Holdings, row: number): boolean {
  const { quantity, next } = x.positions.columns
  for (let at = row; at >= 0; at = next.data[at] as number) if (quantity.data[at] !== 0) return false
  return true
}

/** Cash + Σ quantity·entry: deposits and what was realised. */
export function wallet_of(x: Holdings, row: number): number {
  const { quantity, entry, next } = x.positions.columns
  let wallet = x.accounts.columns.cash.data[row] as number
  for (let at = row; at >= 0; at = next.data[at] as number) wallet += (quantity.data[at] as number) * (entry.data[at] as number)
  return wallet
}

/** Row of the liquidation that is running in this tick, −1 when there is none. */
export function running(x: Exchange, row: number): number {
  const at = (x.accounts.columns.liquidation.data[row] as number) - 1
  if (at < 0) return -1
  const { tick, stage } = x.liquidations.columns
  return tick.data[at] === x.desk.columns.tick.data[0] && (stage.data[at] as number) > 0 ? at : -1
}
