/** Accounts of a snapshot: wallets, coins, loans, and the positions that the exchange's clearing makes of them. */
import { check_column, type WorldBuilder } from '../../../model/index.ts'
import type { Contract } from './contract.ts'
import { slot_price } from './instrument.ts'
import type { ExchangeSpec } from './snapshot.ts'
import { add_cash, type Exchange, find_position, ISOLATED, may_hold, MULTI, open_cell, PORTFOLIO, trade } from './state.ts'

const none = { owner: new Int32Array(0), isolated: new Int32Array(0), wallet: new Float64Array(0) }
const flat = {
  account: new Int32Array(0),
  contract: new Int32Array(0),
  quantity: new Float64Array(0),
  entry: new Float64Array(0),
}

/** What nobody modelled holds is held by `outside`. */
export function fill_accounts(x: Exchange, spec: ExchangeSpec, funds: readonly number[], builder: WorldBuilder): void {
  const { id } = builder.self
  const accounts = spec.accounts ?? none
  check_column(accounts.owner, x.owned, `venue ${id}`, 'accounts.owner', -1)
  check_column(accounts.isolated, x.owned, `venue ${id}`, 'accounts.isolated', 0)
  check_column(accounts.wallet, x.owned, `venue ${id}`, 'accounts.wallet', 0)
  const custody = x.coin.columns.custody.data
  funds.forEach((balance, f) => {
    const coin = x.fund_coin[f] as number
    if (x.pool !== undefined) x.pool.heads.columns.coin.data[x.fund + f] = coin
    add_cash(x, x.fund + f, coin, balance)
    x.funds.columns.balance.data[f] = balance
    custody[coin] = (custody[coin] as number) + balance
  })
  fill_modes(x, accounts, builder)
  for (let row = 0; row < x.owned; row++) {
    const who = accounts.owner[row] as number
    if (who >= builder.actors - 1) throw builder.invalid(`accounts.owner[${row}]`, who, `−1 to ${builder.actors - 2}`)
    x.accounts.columns.owner.data[row] = who < 0 ? -1 : who + 1
    const coin = x.pool === undefined ? 0 : (x.pool.heads.columns.coin.data[row] as number)
    add_cash(x, row, coin, accounts.wallet[row] as number)
    custody[coin] = (custody[coin] as number) + (accounts.wallet[row] as number)
  }
  fill_balances(x, spec, builder)
  fill_positions(x, spec, builder)
  for (let row = 0; row < x.owned; row++) {
    if (!is_isolated(accounts, row)) continue
    x.accounts.columns.mode.data[row] = ISOLATED
    const first = x.positions.columns.contract.data[row] as number
    if (first < 0 || (x.positions.columns.next.data[row] as number) >= 0)
      throw builder.invalid(`accounts.isolated[${row}]`, 1, '0, or exactly one position in the account')
  }
  x.desk.columns.accrued_ms.data[0] = builder.time_ms
  const { contract, quantity } = x.positions.columns
  for (let at = 0; at < x.positions.length; at++) {
    const c = contract.data[at] as number
    if (c >= 0) x.opened[c] = (x.opened[c] as number) + Math.abs(quantity.data[at] as number)
  }
}

type Accounts = Pick<NonNullable<ExchangeSpec['accounts']>, 'isolated' | 'mode' | 'coin'>

const is_isolated = ({ isolated, mode }: Accounts, row: number) => isolated[row] === 1 || mode?.[row] === ISOLATED

/** Modes and coins; isolated rows come to theirs when they have their position. */
function fill_modes(x: Exchange, accounts: Accounts, builder: WorldBuilder): void {
  const { isolated, mode, coin } = accounts
  const { id } = builder.self
  if (mode !== undefined) check_column(mode, x.owned, `venue ${id}`, 'accounts.mode', 0)
  if (coin !== undefined) check_column(coin, x.owned, `venue ${id}`, 'accounts.coin', 0)
  for (let row = 0; row < x.owned; row++) {
    if ((isolated[row] as number) > 1) throw builder.invalid(`accounts.isolated[${row}]`, isolated[row], '0 or 1')
    const how = mode?.[row] ?? 0
    if (how > PORTFOLIO || (how >= MULTI && x.pool === undefined))
      throw builder.invalid(`accounts.mode[${row}]`, how, x.pool === undefined ? '0 or 1: the exchange lists no coins' : '0 to 3')
    if (how >= MULTI) x.accounts.columns.mode.data[row] = how
    const own = how >= MULTI ? 0 : (coin?.[row] ?? 0)
    if (own >= x.coins.length) throw builder.invalid(`accounts.coin[${row}]`, own, `0 to ${x.coins.length - 1}`)
    if (own > 0 && x.pool !== undefined) x.pool.heads.columns.coin.data[row] = own
  }
}

function fill_balances(x: Exchange, spec: ExchangeSpec, builder: WorldBuilder): void {
  if (spec.balances === undefined) return
  const { id } = builder.self
  const { account, coin, amount, loan } = spec.balances
  if (x.pool === undefined) throw builder.invalid('balances', 'columns', 'nothing: the exchange lists no coins')
  for (const [name, column] of Object.entries(spec.balances))
    check_column(column, account.length, `venue ${id}`, `balances.${name}`, 0)
  const custody = x.coin.columns.custody.data
  for (let i = 0; i < account.length; i++) {
    const [row, k] = [account[i], coin[i]] as [number, number]
    if (row >= x.owned) throw builder.invalid(`balances.account[${i}]`, row, `0 to ${x.owned - 1}`)
    if ((x.accounts.columns.mode.data[row] as number) < MULTI)
      throw builder.invalid(`balances.account[${i}]`, row, 'a row that pools coins')
    if (k >= x.coins.length) throw builder.invalid(`balances.coin[${i}]`, k, `0 to ${x.coins.length - 1}`)
    const [held, owed] = [amount[i], loan[i]] as [number, number]
    const cell = open_cell(x.pool, row, k)
    x.pool.cells.columns.loan.add(cell, owed)
    add_cash(x, row, k, held - owed)
    // who lent it is outside
    add_cash(x, x.outside, k, owed)
    custody[k] = (custody[k] as number) + held
  }
}

function fill_positions(x: Exchange, spec: ExchangeSpec, builder: WorldBuilder): void {
  const { id } = builder.self
  const { account, contract, quantity, entry } = spec.positions ?? flat
  const rows = account.length
  check_column(account, rows, `venue ${id}`, 'positions.account', 0)
  check_column(contract, rows, `venue ${id}`, 'positions.contract', 0)
  check_column(quantity, rows, `venue ${id}`, 'positions.quantity')
  check_column(entry, rows, `venue ${id}`, 'positions.entry', 0)
  for (let i = 0; i < rows; i++) {
    const [row, c, q, price] = [account[i], contract[i], quantity[i], entry[i]] as [number, number, number, number]
    if (row >= x.owned) throw builder.invalid(`positions.account[${i}]`, row, `0 to ${x.owned - 1}`)
    if (c >= x.contracts.length) throw builder.invalid(`positions.contract[${i}]`, c, `0 to ${x.contracts.length - 1}`)
    if (q === 0) throw builder.invalid(`positions.quantity[${i}]`, q, 'long or short, not 0')
    if (price === 0) throw builder.invalid(`positions.entry[${i}]`, price, 'a positive price')
    if (find_position(x, row, c) >= 0)
      throw builder.invalid(`positions.contract[${i}]`, c, 'one position per account and contract')
    if (!may_hold(x, row, c)) throw builder.invalid(`positions.contract[${i}]`, c, 'a contract that settles in the row’s coin')
    const of = x.contracts[c] as Contract
    const units = of.shape === 'inverse' ? -q : q
    const slot = of.shape === 'linear' ? price : slot_price(of, price)
    trade(x, row, c, units, -units * slot)
    trade(x, x.outside, c, -units, units * slot)
  }
}
