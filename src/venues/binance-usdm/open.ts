/** From a snapshot's words to the exchange's opening state. */
import { MarginBook, marginal_tiers, type Tiers } from '../../margin/index.ts'
import { check_column, type WorldBuilder } from '../../model/index.ts'
import { bound, health } from './kernel.ts'
import { binance, type Procedure } from './procedure.ts'
import type { ContractSpec, Spec } from './snapshot.ts'
import { type Contract, type Exchange, find_position, holdings, tables, trade } from './state.ts'

/** Impact notional = 200 collateral units ÷ initial margin rate at the highest leverage (FAQ "Funding rates"). */
const IMPACT_MARGIN = 200

function tiers_of(spec: ContractSpec, builder: WorldBuilder, field: string): Tiers {
  const { tiers } = spec
  if (tiers[0]?.floor !== 0) throw builder.invalid(`${field}.tiers[0].floor`, tiers[0]?.floor, '0')
  for (let t = 1; t < tiers.length; t++) {
    const [before, tier] = [tiers[t - 1], tiers[t]] as [ContractSpec['tiers'][number], ContractSpec['tiers'][number]]
    if (!(tier.floor > before.floor)) throw builder.invalid(`${field}.tiers[${t}].floor`, tier.floor, `above ${before.floor}`)
    if (!(tier.rate >= before.rate)) throw builder.invalid(`${field}.tiers[${t}].rate`, tier.rate, `at least ${before.rate}`)
  }
  const floors = tiers.map((tier) => tier.floor)
  const rates = tiers.map((tier) => tier.rate)
  const derived = marginal_tiers(floors, rates)
  return marginal_tiers(
    floors,
    rates,
    tiers.map((tier, t) => tier.cum ?? (derived.deduction[t] as number)),
  )
}

/** Initial margin rate by bracket: the lower of the bracket's and the contract's leverage, never below maintenance. */
function initial_of(spec: ContractSpec): Float64Array {
  return Float64Array.from(spec.tiers, ({ rate, max_leverage }) => {
    const bracket = max_leverage === undefined ? Math.min(1, 2 * rate) : 1 / max_leverage
    return Math.max(bracket, rate, spec.max_leverage === undefined ? 0 : 1 / spec.max_leverage)
  })
}

function contract_of(spec: ContractSpec, i: number, collateral: number, builder: WorldBuilder): Contract {
  const field = `contracts[${i}]`
  const market = builder.market(spec.market, `${field}.market`)
  const { base, quote_asset, settles } = builder.market_at(market)
  if (settles !== builder.self.index)
    throw builder.invalid(`${field}.market`, spec.market, 'a market whose `settles` is this venue')
  if (quote_asset !== collateral) throw builder.invalid(`${field}.market`, spec.market, 'a market quoted in the collateral')
  const first = spec.tiers[0]?.rate as number
  const initial = initial_of(spec)
  const { interval_ms, interest, clamp } = spec.funding
  const index = builder.oracle(spec.index, `${field}.index`)
  return {
    market,
    market_id: spec.market,
    base,
    initial,
    liquidation_fee: spec.liquidation_fee,
    take_bound: spec.take_bound,
    taker_fee: spec.taker_fee,
    fund_most: spec.fund_accept.max_notional ?? Number.POSITIVE_INFINITY,
    index,
    index_feed: builder.feed(`${builder.self.id}.index.${spec.market}`),
    mark_feed: builder.feed(`${builder.self.id}.mark.${spec.market}`),
    window_ms: spec.mark.ma_window_ms,
    impact_notional: IMPACT_MARGIN / Math.max(initial[0] as number, 1e-3),
    funding: { interval_ms, interest, clamp, cap: spec.funding.cap ?? 0.75 * first },
  }
}

const none = { owner: new Int32Array(0), isolated: new Int32Array(0), wallet: new Float64Array(0) }
const flat = {
  account: new Int32Array(0),
  contract: new Int32Array(0),
  quantity: new Float64Array(0),
  entry: new Float64Array(0),
}

/** Wallets, and the positions that the exchange's clearing makes of them: what nobody modelled holds is held by `outside`. */
function fill_accounts(x: Exchange, spec: Spec, builder: WorldBuilder): void {
  const { id } = builder.self
  const { owner, isolated, wallet } = spec.accounts ?? none
  const { accounts } = x
  check_column(owner, x.owned, `venue ${id}`, 'accounts.owner', -1)
  check_column(isolated, x.owned, `venue ${id}`, 'accounts.isolated', 0)
  check_column(wallet, x.owned, `venue ${id}`, 'accounts.wallet', 0)
  let custody = spec.fund
  for (let row = 0; row < x.owned; row++) {
    const who = owner[row] as number
    if (who >= builder.actors - 1) throw builder.invalid(`accounts.owner[${row}]`, who, `−1 to ${builder.actors - 2}`)
    if ((isolated[row] as number) > 1) throw builder.invalid(`accounts.isolated[${row}]`, isolated[row], '0 or 1')
    accounts.columns.owner.data[row] = who < 0 ? -1 : who + 1
    accounts.columns.cash.data[row] = wallet[row] as number
    custody += wallet[row] as number
  }
  fill_positions(x, spec, builder)
  for (let row = 0; row < x.owned; row++) {
    if (isolated[row] === 0) continue
    accounts.columns.isolated.data[row] = 1
    const first = x.positions.columns.contract.data[row] as number
    if (first < 0 || (x.positions.columns.next.data[row] as number) >= 0)
      throw builder.invalid(`accounts.isolated[${row}]`, 1, '0, or exactly one position in the account')
  }
  const desk = x.desk.columns
  accounts.columns.cash.data[x.fund] = spec.fund
  desk.fund.data[0] = spec.fund
  desk.custody.data[0] = custody
  desk.accrued_ms.data[0] = builder.time_ms
}

function fill_positions(x: Exchange, spec: Spec, builder: WorldBuilder): void {
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
    trade(x, row, c, q, -q * price)
    trade(x, x.outside, c, -q, q * price)
  }
}

/** @throws InputError for whatever does not fit */
export function open_exchange(spec: Spec, builder: WorldBuilder): Exchange {
  const { id, index } = builder.self
  const collateral = builder.asset(spec.collateral, 'collateral')
  const tiers = spec.contracts.map((item, i) => tiers_of(item, builder, `contracts[${i}]`))
  const contracts = spec.contracts.map((item, i) => contract_of(item, i, collateral, builder))
  const most = Math.max(...contracts.map((contract) => contract.market))
  const by_market = new Int32Array(most + 1).fill(-1)
  contracts.forEach((contract, c) => {
    if (by_market[contract.market] !== -1)
      throw builder.invalid(`contracts[${c}].market`, contract.market_id, 'a market named once')
    by_market[contract.market] = c
  })
  const procedure: Procedure = binance({
    strict: spec.strict,
    fee_from: spec.fee_from,
    reserve: spec.fund_reserve,
    leverage: spec.fund_leverage,
  })
  const owned = spec.accounts?.owner.length ?? 0
  const held = holdings(builder.store, id, owned + 2, tiers)
  const book: MarginBook = new MarginBook(builder.store, `${id}.book`, contracts.length, owned + 2, {
    strict: procedure.strict,
    health: (row, prices) => (row < owned ? health(held, row, prices) : Number.POSITIVE_INFINITY),
    bound: (row, prices, level, out) => (row < owned ? bound(held, row, prices, level, book.cash, out) : out.none()),
  })
  const x: Exchange = {
    ...held,
    ...tables(builder.store, id),
    id,
    venue: index,
    collateral,
    contracts,
    contract_of: by_market,
    procedure,
    book,
    ledger: builder.ledger,
    owned,
    outside: owned,
    fund: owned + 1,
    opened: new Float64Array(contracts.length),
    market: (c) => builder.market_at((contracts[c] as Contract).market),
  }
  fill_accounts(x, spec, builder)
  const { contract, quantity } = x.positions.columns
  for (let at = 0; at < x.positions.length; at++) {
    const c = contract.data[at] as number
    if (c >= 0) x.opened[c] = (x.opened[c] as number) + Math.abs(quantity.data[at] as number)
  }
  return x
}
