/** Options of a row in breach, closed a few a block: the one first whose closing helps most (derivatives reference §6.5). */
import type { RowList } from '../../margin/index.ts'
import { type Action, type Actions, applied, type Log, type Result, refused } from '../../model/index.ts'
import { health } from '../shared/exchange/kernel.ts'
import { pay_fund } from '../shared/exchange/fund.ts'
import { breaching, health_due, positions_of } from '../shared/exchange/procedure.ts'
import { in_breach } from '../shared/exchange/rules.ts'
import { add_cash, blocks_of, type Exchange } from '../shared/exchange/state.ts'
import {
  contract_delta,
  delta_of,
  type Desk,
  has_options,
  holdings_of,
  index_of,
  is_on,
  move_option,
  option_greeks,
  option_value,
  type Series,
} from './options.ts'
import { press_surface } from './surface.ts'
import type { SurfaceSpec } from './snapshot.ts'

/** After the contracts of the same round. */
const AFTER = 1e6

/** Options the exchange may still close of a row in this tick. */
function left_in_tick(desk: Desk, x: Exchange, row: number): number {
  const { tick, closed } = desk.heads.columns
  const most = desk.spec.terms.per_block * blocks_of(x)
  return tick.data[row] === x.desk.columns.tick.data[0] ? Math.max(0, most - (closed.data[row] as number)) : most
}

/** Coins of the underlying that closing a contract may take off a row with options: none where it would leave more delta than before. */
export function closing_room(desk: Desk, x: Exchange, row: number, contract: number, units: number): number {
  const u = desk.coins.findIndex((_, at) => is_on(desk, x, contract, at))
  if (u < 0 || !has_options(desk, row)) return Number.POSITIVE_INFINITY
  const whole = delta_of(desk, x, row, u)
  return whole * contract_delta(x, contract, units) > 0 ? Math.abs(whole) : 0
}

/** Has the row a contract whose closing lowers its delta? */
function contracts_first(desk: Desk, x: Exchange, row: number): boolean {
  const { contract, quantity } = x.positions.columns
  return positions_of(x, row).some((at) => {
    const c = contract.data[at] as number
    const q = quantity.data[at] as number
    // what is left of a delta below a ten-thousandth of the position is no reason to trade
    return closing_room(desk, x, row, c, q) > 1e-4 * Math.abs(contract_delta(x, c, q))
  })
}

/** Health with part of a holding closed at its mark, everything else as it is. */
function health_without(desk: Desk, x: Exchange, row: number, at: number, amount: number): number {
  const { quantity } = desk.held.columns
  const q = quantity.data[at] as number
  const { coin } = desk.series[desk.held.columns.series.data[at] as number] as Series
  const prices = x.book.prices.data
  const unit = prices[(x.pool?.first_slot as number) + coin] as number
  const paid = (option_value(desk, x, desk.held.columns.series.data[at] as number, prices) * amount * Math.sign(q)) / unit
  const mark = x.book
  // tried on the tables themselves and put back: nothing else reads them meanwhile
  quantity.data[at] = q - Math.sign(q) * amount
  const cash = add_quietly(x, row, coin, paid)
  const found = health(x, row, mark.prices.data)
  quantity.data[at] = q
  cash()
  return found
}

/** Adds coins without a journal; returns what takes them off again. */
function add_quietly(x: Exchange, row: number, coin: number, amount: number): () => void {
  add_cash(x, row, coin, amount)
  return () => add_cash(x, row, coin, -amount)
}

/** Asks for the next options of every row in breach. */
export function plan_options(desk: Desk, x: Exchange, below: RowList, out: Actions): void {
  for (let i = 0; i < below.length; i++) {
    const row = below.data[i] as number
    if (row >= x.owned || !has_options(desk, row)) continue
    const now = health_due(x, row)
    if (!in_breach(x.rules, now) || contracts_first(desk, x, row)) continue
    const room = left_in_tick(desk, x, row)
    if (!(room > 0)) continue
    let best = -1
    let most = Number.NEGATIVE_INFINITY
    for (const at of holdings_of(desk, row)) {
      const amount = Math.min(room, Math.abs(desk.held.columns.quantity.data[at] as number))
      const found = health_without(desk, x, row, at, amount)
      if (found > most) {
        most = found
        best = at
      }
    }
    if (best < 0) continue
    const amount = Math.min(room, Math.abs(desk.held.columns.quantity.data[best] as number))
    out.bundle(0, AFTER)
    out.add('reduce', { venue: x.venue, account: row, offer: best, amount })
  }
}

/** Closes options of a row against `outside`, a spread of vol worse than the mark. `offer`: the holding. */
export function close_option(desk: Desk, x: Exchange, action: Action, log: Log): Result {
  const { account: row, offer: at, amount } = action
  const { account, quantity, series } = desk.held.columns
  if (!(row >= 0 && row < x.owned && at >= 0 && at < desk.held.length) || account.data[at] !== row) return refused('unknown')
  const q = quantity.data[at] as number
  if (!(amount > 0 && amount <= Math.abs(q))) return refused('stale')
  if (!breaching(x, row)) return refused('healthy')
  if (!(amount <= left_in_tick(desk, x, row) * (1 + 1e-12))) return refused('limit')
  const s = series.data[at] as number
  const { u, coin, inverse } = desk.series[s] as Series
  const prices = x.book.prices.data
  const index = index_of(desk, x, u, prices)
  const side = q > 0 ? 1 : -1
  const price = option_value(desk, x, s, prices, -side * desk.spec.terms.vol_spread)
  const coins = (amount * price) / (inverse ? index : 1)
  const vega = (option_greeks(desk, x, s, prices).vega / 100) * amount
  const usd = coins * (x.coin.columns.usd.data[coin] as number)
  const made = log.add({
    kind: 'reduce',
    venue: x.venue,
    account: row,
    actor: x.accounts.columns.owner.data[row] as number,
    asset: x.coins[desk.coins[u] as number]?.asset as number,
    amount,
    price,
    usd,
    sold: 'reduced',
    victim: x.venue,
    ...log.blame(x.venue, row),
  })
  const { tick, closed } = desk.heads.columns
  const today = x.desk.columns.tick.data[0] as number
  if (tick.data[row] !== today) {
    tick.set(row, today)
    closed.set(row, 0)
  }
  closed.add(row, amount)
  move_option(desk, row, s, -side * amount)
  move_option(desk, x.outside, s, side * amount)
  add_cash(x, row, coin, side * coins)
  add_cash(x, x.outside, coin, -side * coins)
  const fund = x.fund_coin.indexOf(coin)
  const fee = (amount * index * desk.spec.terms.liquidation_fee) / (inverse ? index : 1)
  if (fund >= 0 && fee > 0) pay_fund(x, fund, row, fee, { account: row, cause: made }, log)
  press_surface(desk.surfaces, u, desk.shapes[u] as SurfaceSpec, -side * vega)
  x.book.touch(row)
  return applied(amount)
}
