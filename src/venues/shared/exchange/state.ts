/** The exchange's state: accounts, their coins and positions, running liquidations, funds and their lots, and one row of its own. */
import type { MarginBook, Tiers } from '../../../margin/index.ts'
import { assert, type Ledger, type Market, type Store, type Table } from '../../../model/index.ts'
import type { AdlIndex } from './adl-index.ts'
import { Changes } from './changes.ts'
import { OpenLots } from './open-lots.ts'
import type { Coin, Contract, Curve, Haircut } from './contract.ts'
import type { Holders } from './holders.ts'
import type { Rules } from './rules.ts'

/** How a row is margined: one coin over all its positions; one position; all coins with haircuts; that with loans that need margin. */
export const CROSS = 0
export const ISOLATED = 1
export const MULTI = 2
export const PORTFOLIO = 3

/**
 * One row per margin scope. `cash` = wallet − Σ units·entry in the first coin, so that a trade at any price moves exactly its
 * payment. `paid`: funding paid (received: negative) since the owner's last own change. `liquidation`: its latest row there + 1, 0 none.
 */
const account_shape = { owner: 'i32', mode: 'u8', cash: 'f64', paid: 'f64', liquidation: 'i32' } as const
/** Row r is the first position of account r; further ones follow by `next`, −1 ends. Units, signed; entry in slot price. */
const position_shape = { contract: 'i32', quantity: 'f64', entry: 'f64', next: 'i32', account: 'i32' } as const
/** Where there are several coins: the first cell of a row + 1, and the coin of a row that has one. */
const head_shape = { first: 'i32', coin: 'i32' } as const
/** Coins beyond the first, and loans of any: `amount` as `cash`, loans already taken off. */
const cell_shape = { coin: 'i32', amount: 'f64', loan: 'f64', next: 'i32' } as const
/**
 * One per liquidation, in order. It ends with its tick. `stage`: stages done, 0 when it is over; `done`: which, as bits; `fee` due
 * and not yet charged; `order`: log row of its open order, −1; `limit`: its price; `filled`: units its last order got; `time_ms`
 * of that; `spent`: notional closed in the present period; `asked`: units its orders asked for; `zero`: bankruptcy slot price
 * at the last one; `debt`, USD, of log row `debt_row`: named and not yet covered; `closing`: has a position been taken over; `shares`, `cause`: who is to blame then.
 */
const liquidation_shape = {
  account: 'i32',
  tick: 'i32',
  stage: 'i32',
  done: 'i32',
  fee: 'f64',
  order: 'i32',
  limit: 'f64',
  filled: 'f64',
  time_ms: 'f64',
  spent: 'f64',
  asked: 'f64',
  zero: 'f64',
  debt: 'f64',
  debt_row: 'i32',
  closing: 'u8',
  shares: 'i32',
  cause: 'i32',
} as const
/** Positions a fund took over: signed units left, takeover price, log row of the takeover, tick, its account. */
const lot_shape = { contract: 'i32', quantity: 'f64', price: 'f64', cause: 'i32', tick: 'i32', account: 'i32' } as const
/** Per coin: what is held of it, fees taken, USD of one. */
const coin_shape = { custody: 'f64', fees: 'f64', usd: 'f64' } as const
/** Per fund: balance; `lost` in this tick on positions taken over below their mark. */
const fund_shape = { balance: 'f64', lost: 'f64' } as const
/** Per contract: open interest (sum of sizes ÷ 2, units) when prices were last read; `gained` by its fund, coins; `stopped`: fund rule on. */
const contract_shape = { interest: 'f64', gained: 'f64', stopped: 'u8' } as const
/**
 * The exchange itself. `elapsed_ms`: length of this tick; `gated_ms`: nobody withdraws before; `lot`: whose order is open, −1;
 * `first_lot`: all before are closed; `first_liquidation` of this tick; `ranked`, `listed`: 1
 * once the index of deleveraging queues, and the list of open lots, were made.
 */
const desk_shape = {
  time_ms: 'f64',
  elapsed_ms: 'f64',
  gated_ms: 'f64',
  accrued_ms: 'f64',
  tick: 'i32',
  paused: 'u8',
  lot: 'i32',
  first_lot: 'i32',
  first_liquidation: 'i32',
  ranked: 'u8',
  listed: 'u8',
} as const

/** Remainder of a position, as a share of it, that is rounding. */
export const DUST = 1e-12

/** Accounts and positions alone: what the kernel reads. */
export interface Holdings {
  readonly accounts: Table<typeof account_shape>
  readonly positions: Table<typeof position_shape>
  /** What triggers: maintenance brackets by contract, the trigger's ratio and closing fee in them. */
  readonly tiers: readonly Tiers[]
  /** Instead of brackets, where given. */
  readonly curves: readonly (Curve | undefined)[]
  /** Settlement coin by contract. */
  readonly coin_of: Int32Array
  /** Several coins: chains of cells, weights by coin, first slot of their prices. */
  readonly pool: Pool | undefined
  /** Rows written since the queues were last filed. */
  readonly changes: Changes
  readonly open_lots: OpenLots
  /** Per contract, Σ over trades of what was traded and what was held after: what rounding is measured by. No state: a rollback or a reset may leave it too large. */
  readonly traded: Float64Array
  /** Further value and requirement of a row (options …), added by a kind of its own. */
  readonly extra: Extra | undefined
}

export interface Pool {
  readonly heads: Table<typeof head_shape>
  readonly cells: Table<typeof cell_shape>
  readonly haircuts: readonly Haircut[]
  readonly first_slot: number
  /** Equity ÷ maintenance at which pooled rows are in breach, and those whose loans need margin. */
  readonly ratio: number
  readonly portfolio_ratio: number
  /** Scratch by coin. */
  readonly net: Float64Array
  readonly weight: Float64Array
}

/** A kind's own part of a row's margin. All in the unit of account, ≥ 0, appended to `out`. */
export interface Extra {
  add(row: number, prices: Float64Array, out: { assets: number; debts: number; maintenance: number }): void
  /** true: what is asked for the row's contracts is in its own part (a portfolio margin); absent: never. */
  covers?(row: number): boolean
  /** Its own part of the initial margin, unit of account. */
  initial?(row: number, prices: Float64Array): number
}

export interface Exchange extends Holdings {
  readonly id: string
  /** Position among the venues. */
  readonly venue: number
  readonly coins: readonly Coin[]
  readonly coin: Table<typeof coin_shape>
  readonly contracts: readonly Contract[]
  readonly contract: Table<typeof contract_shape>
  /** Contract by market index, −1 elsewhere. */
  readonly contract_of: Int32Array
  readonly rules: Rules
  readonly liquidations: Table<typeof liquidation_shape>
  readonly lots: Table<typeof lot_shape>
  readonly desk: Table<typeof desk_shape>
  readonly funds: Table<typeof fund_shape>
  /** Coin of each fund. */
  readonly fund_coin: Int32Array
  /** Peaks of the funds and contracts in buckets of their windows. */
  readonly peaks: Table<{ value: 'f64'; bucket: 'f64' }>
  readonly book: MarginBook
  readonly ledger: Ledger
  /** Rows with an owner; then `outside`, then the funds. */
  readonly owned: number
  readonly outside: number
  /** Row of the first fund. */
  readonly fund: number
  /** Per contract, the sum of sizes at the start: what rounding of units is measured by. */
  readonly opened: Float64Array
  /** Scratch of deleveraging, by contract and side; carries nothing from round to round. */
  readonly holders: Map<number, Holders>
  /** Index of its queues; absent: everybody is scored in every round. */
  index: AdlIndex | undefined
  market(contract: number): Market
}

export interface HoldingsOptions {
  readonly curves?: readonly (Curve | undefined)[]
  readonly coin_of?: Int32Array
  readonly haircuts?: readonly Haircut[]
  readonly ratio?: number
  readonly portfolio_ratio?: number
  readonly extra?: Extra
}

/** Tables of `rows` accounts (own rows included), all empty. Several haircuts: several coins. */
export function holdings(
  store: Store,
  id: string,
  rows: number,
  tiers: readonly Tiers[],
  options: HoldingsOptions = {},
): Holdings {
  const accounts = store.table(`${id}.accounts`, account_shape, rows)
  const positions = store.table(`${id}.positions`, position_shape, rows)
  accounts.columns.owner.data.fill(-1)
  positions.columns.contract.data.fill(-1)
  positions.columns.next.data.fill(-1)
  for (let row = 0; row < rows; row++) positions.columns.account.data[row] = row
  const { haircuts = [], ratio = 1, portfolio_ratio = 1, extra } = options
  const pool: Pool | undefined =
    haircuts.length === 0
      ? undefined
      : {
          heads: store.table(`${id}.heads`, head_shape, rows),
          cells: store.table(`${id}.cells`, cell_shape),
          haircuts,
          first_slot: tiers.length,
          ratio,
          portfolio_ratio,
          net: new Float64Array(haircuts.length),
          weight: new Float64Array(haircuts.length),
        }
  const { curves = tiers.map(() => undefined), coin_of = new Int32Array(tiers.length) } = options
  const parts = { accounts, positions, tiers, curves, coin_of, pool, extra }
  return { ...parts, changes: new Changes(rows), open_lots: new OpenLots(), traded: new Float64Array(tiers.length) }
}

/** Buckets a window is looked back through. */
export const PEAK_BUCKETS = 16

export function tables(
  store: Store,
  id: string,
  coins: number,
  contracts: number,
  funds: number,
): Pick<Exchange, 'liquidations' | 'lots' | 'desk' | 'coin' | 'contract' | 'funds' | 'peaks'> {
  const desk = store.table(`${id}.desk`, desk_shape, 1)
  desk.columns.lot.data[0] = -1
  desk.columns.time_ms.data[0] = Number.NEGATIVE_INFINITY
  const peaks = store.table(`${id}.peaks`, { value: 'f64', bucket: 'f64' }, (funds + contracts) * PEAK_BUCKETS)
  peaks.columns.bucket.data.fill(-1)
  return {
    liquidations: store.table(`${id}.liquidations`, liquidation_shape),
    lots: store.table(`${id}.lots`, lot_shape),
    coin: store.table(`${id}.coins`, coin_shape, coins),
    contract: store.table(`${id}.contracts`, contract_shape, contracts),
    funds: store.table(`${id}.funds`, fund_shape, funds),
    peaks,
    desk,
  }
}

/** Does the row pool several coins? */
export const is_pooled = (x: Holdings, row: number): boolean =>
  x.pool !== undefined && (x.accounts.columns.mode.data[row] as number) >= MULTI

/** The coin of a row that has one. */
export const coin_of_row = (x: Holdings, row: number): number =>
  x.pool === undefined ? 0 : (x.pool.heads.columns.coin.data[row] as number)

/** The row's cell of a coin, −1 when there is none. */
export function find_cell(pool: Pool, row: number, coin: number): number {
  const { coin: coins, next } = pool.cells.columns
  let at = (pool.heads.columns.first.data[row] as number) - 1
  while (at >= 0 && coins.data[at] !== coin) at = (next.data[at] as number) - 1
  return at
}

/** As `find_cell`; appends one. */
export function open_cell(pool: Pool, row: number, coin: number): number {
  const found = find_cell(pool, row, coin)
  if (found >= 0) return found
  const at = pool.cells.push()
  const { first } = pool.heads.columns
  pool.cells.columns.coin.set(at, coin)
  pool.cells.columns.next.set(at, first.data[row] as number)
  first.set(row, at + 1)
  return at
}

/** Cash of a row in a coin: wallet − Σ units·entry of what settles in it. */
export function cash_in(x: Holdings, row: number, coin: number): number {
  if (coin === 0) return x.accounts.columns.cash.data[row] as number
  const pool = x.pool as Pool
  const at = find_cell(pool, row, coin)
  return at < 0 ? 0 : (pool.cells.columns.amount.data[at] as number)
}

/** Cash of a row in its own coin. */
export const cash_of = (x: Holdings, row: number): number => cash_in(x, row, coin_of_row(x, row))

export function add_cash(x: Holdings, row: number, coin: number, delta: number): void {
  x.changes.note(row)
  if (coin === 0) x.accounts.columns.cash.add(row, delta)
  else {
    const pool = x.pool as Pool
    const at = open_cell(pool, row, coin)
    pool.cells.columns.amount.add(at, delta)
  }
}

/** The account's position in a contract, −1 when it has none. */
export function find_position(x: Holdings, row: number, contract: number): number {
  const { contract: contracts, next } = x.positions.columns
  for (let at = row; at >= 0; at = next.data[at] as number) if (contracts.data[at] === contract) return at
  return -1
}

/** Units the account has in a contract, signed. */
export function quantity_of(x: Holdings, row: number, contract: number): number {
  const at = find_position(x, row, contract)
  return at < 0 ? 0 : (x.positions.columns.quantity.data[at] as number)
}

/** May the account trade this contract? An isolated scope has one; a scope of one coin has those that settle in it. */
export function may_hold(x: Holdings, row: number, contract: number): boolean {
  const mode = x.accounts.columns.mode.data[row] as number
  if (mode === ISOLATED) return x.positions.columns.contract.data[row] === contract
  return mode >= MULTI || x.coin_of[contract] === coin_of_row(x, row)
}

/** As `find_position`; takes a place that is empty, or appends one. */
function open_position(x: Holdings, row: number, contract: number): number {
  const found = find_position(x, row, contract)
  if (found >= 0) return found
  assert(
    x.accounts.columns.mode.data[row] !== ISOLATED || may_hold(x, row, contract),
    'an isolated account trades its own contract only',
  )
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
  x.positions.columns.account.set(at, row)
  next.set(at, -1)
  next.set(last, at)
  return at
}

/**
 * Changes a position: units and coins received (+) or given (−). Entry is the mean over what was opened; closing leaves it; what
 * crosses zero enters at the price of the trade.
 */
export function trade(x: Holdings, row: number, contract: number, units: number, coins: number): void {
  if (units !== 0) {
    const at = open_position(x, row, contract)
    const { quantity, entry } = x.positions.columns
    const before = quantity.data[at] as number
    const after = before + units
    if (after === 0) entry.set(at, 0)
    else if (before * units >= 0) entry.set(at, (before * (entry.data[at] as number) - coins) / after)
    else if (before * after < 0) entry.set(at, -coins / units)
    quantity.set(at, after)
    x.traded[contract] = (x.traded[contract] as number) + Math.abs(after) + Math.abs(units)
  }
  add_cash(x, row, x.coin_of[contract] as number, coins)
}

/** Has the account no position? */
export function is_flat(x: Holdings, row: number): boolean {
  const { quantity, next } = x.positions.columns
  for (let at = row; at >= 0; at = next.data[at] as number) if (quantity.data[at] !== 0) return false
  return true
}

/** Cash + Σ units·entry of a coin: deposits and what was realised. */
export function wallet_in(x: Holdings, row: number, coin: number): number {
  const { contract, quantity, entry, next } = x.positions.columns
  let wallet = cash_in(x, row, coin)
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    if (q !== 0 && x.coin_of[contract.data[at] as number] === coin) wallet += q * (entry.data[at] as number)
  }
  return wallet
}

/** Wallet of a row in its own coin. */
export const wallet_of = (x: Holdings, row: number): number => wallet_in(x, row, coin_of_row(x, row))

/** Row of the liquidation that is running in this tick, −1 when there is none. */
export function running(x: Exchange, row: number): number {
  const at = (x.accounts.columns.liquidation.data[row] as number) - 1
  if (at < 0) return -1
  const { tick, stage } = x.liquidations.columns
  return tick.data[at] === x.desk.columns.tick.data[0] && (stage.data[at] as number) > 0 ? at : -1
}

/** Blocks that fit into this tick, at least one. */
export function blocks_of(x: Exchange): number {
  const { block_ms } = x.rules
  return block_ms === undefined ? 1 : Math.max(1, Math.floor((x.desk.columns.elapsed_ms.data[0] as number) / block_ms))
}

/** USD of one unit of a contract's coin. */
export const usd_of = (x: Exchange, contract: number): number =>
  x.coin.columns.usd.data[(x.contracts[contract] as Contract).coin] as number

/** Row of a contract's fund. */
export const fund_row = (x: Exchange, contract: number): number => x.fund + (x.contracts[contract] as Contract).fund

/** Is the row one of the funds? */
export const is_fund = (x: Exchange, row: number): boolean => row >= x.fund && row < x.fund + x.funds.length

/** USD of one unit of a row's equity: its coin, or the unit of account of rows that pool coins. */
export function equity_usd(x: Exchange, row: number): number {
  const coin = coin_of_row(x, row)
  const usd = x.coin.columns.usd.data[coin] as number
  if (!is_pooled(x, row)) return usd
  return usd / (x.book.prices.data[(x.pool as Pool).first_slot + coin] as number)
}
