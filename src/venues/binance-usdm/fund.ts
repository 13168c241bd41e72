/**
 * The insurance fund. Its money and its positions are one account (row `fund`): balance = cash + Σ lot quantity · lot price, so
 * a lot sold above its takeover price raises the balance. It never falls below 0: what it cannot pay, `outside` pays.
 */
import { type Action, applied, type Log, type Result, type Row, refused } from '../../model/index.ts'
import { equity } from './kernel.ts'
import { type Contract, DUST, type Exchange, quantity_of, trade } from './state.ts'

/** What the fund has: equity with its positions at the mark, their gross notional, and base units by contract, signed. */
export interface Capacity {
  worth: number
  gross: number
  readonly held: Float64Array
}

export function capacity_of(x: Exchange): Capacity {
  const held = new Float64Array(x.contracts.length)
  let gross = 0
  for (let c = 0; c < held.length; c++) {
    held[c] = quantity_of(x, x.fund, c)
    gross += Math.abs(held[c] as number) * (x.book.prices.data[c] as number)
  }
  return { worth: equity(x, x.fund, x.book.prices.data), gross, held }
}

/**
 * Does the fund accept a position at this price? It must not be empty, and afterwards, with everything at the mark, keep its
 * reserve, hold no more than its leverage allows, and stay within the contract's limit. If it does, `capacity` is what is left.
 */
export function accept(x: Exchange, capacity: Capacity, contract: number, quantity: number, price: number): boolean {
  const balance = x.desk.columns.fund.data[0] as number
  const { reserve, leverage } = x.procedure.fund
  const mark = x.book.prices.data[contract] as number
  const held = capacity.held[contract] as number
  const worth = capacity.worth + quantity * (mark - price)
  const notional = Math.abs(held + quantity) * mark
  const gross = capacity.gross - Math.abs(held) * mark + notional
  if (!(balance > 0 && worth >= reserve && notional <= (x.contracts[contract] as Contract).fund_most)) return false
  // what makes the fund's exposure smaller is always welcome
  if (!(gross <= leverage * worth) && gross > capacity.gross) return false
  capacity.worth = worth
  capacity.gross = gross
  capacity.held[contract] = held + quantity
  return true
}

/** Books a gain (or loss) on the fund's balance; its cash has moved already. `fields` name the cause. */
export function book_gain(x: Exchange, gain: number, fields: Omit<Row, 'kind'>, log: Log): void {
  if (gain === 0) return
  const desk = x.desk.columns
  const usd = desk.usd.data[0] as number
  desk.fund.add(0, gain)
  log.add({ ...fields, kind: 'insurance', venue: x.venue, asset: x.collateral, amount: -gain, usd: -gain * usd })
  const balance = desk.fund.data[0] as number
  if (balance >= 0) return
  x.accounts.columns.cash.add(x.outside, balance)
  x.accounts.columns.cash.add(x.fund, -balance)
  desk.fund.set(0, 0)
  log.add({
    ...fields,
    kind: 'default',
    venue: x.venue,
    account: x.outside,
    asset: x.collateral,
    amount: -balance,
    usd: -balance * usd,
  })
}

/** Moves money from an account into the fund, or out of it (negative). */
export function pay_fund(x: Exchange, row: number, amount: number, fields: Omit<Row, 'kind'>, log: Log): void {
  x.accounts.columns.cash.add(row, -amount)
  x.accounts.columns.cash.add(x.fund, amount)
  book_gain(x, amount, fields, log)
}

/** Price limit of an order that works a lot out: the band around the mark, and no further than the balance can pay. */
export function unwind_limit(x: Exchange, lot: number): number {
  const { contract, quantity, price } = x.lots.columns
  const c = contract.data[lot] as number
  const q = quantity.data[lot] as number
  const side = q > 0 ? 1 : -1
  const band = (x.book.prices.data[c] as number) * (1 - side * (x.contracts[c] as Contract).take_bound)
  const bearable = (price.data[lot] as number) - (x.desk.columns.fund.data[0] as number) / q
  // a limit of 0 would mean none
  return q > 0 ? Math.max(band, bearable) : Math.max(Math.min(band, bearable), 1e-9 * band)
}

/** Admission of an order of the fund: as much of the lot as the balance bears at the order's limit. */
export function admit_unwind(x: Exchange, action: Action): Result {
  const lot = action.offer
  if (!(lot >= 0 && lot < x.lots.length)) return refused('unknown')
  const { contract, quantity, price } = x.lots.columns
  const q = quantity.data[lot] as number
  if (q === 0 || q * action.side >= 0 || x.contract_of[action.market] !== contract.data[lot]) return refused('stale')
  const loss = Math.max(0, -action.side * ((price.data[lot] as number) - action.limit))
  const most = loss > 0 ? (x.desk.columns.fund.data[0] as number) / loss : Number.POSITIVE_INFINITY
  const amount = Math.min(Math.abs(q), action.amount, most)
  if (!(amount > 0)) return refused('funds')
  x.desk.columns.lot.set(0, lot)
  return applied(amount)
}

/** A fill of the open lot's order: the difference to its takeover price is the fund's. Cash has moved already. */
export function settle_unwind(x: Exchange, base: number, quote: number, log: Log): void {
  const lot = x.desk.columns.lot.data[0] as number
  if (lot < 0) return
  x.desk.columns.lot.set(0, -1)
  const { quantity, price, cause, contract } = x.lots.columns
  const c = contract.data[lot] as number
  const left = (quantity.data[lot] as number) + base
  if (left !== 0 && Math.abs(left) <= DUST * Math.abs(base)) {
    // rounding goes to `outside` at the lot's price, so that the balance stays what it is
    trade(x, x.fund, c, -left, left * (price.data[lot] as number))
    trade(x, x.outside, c, left, -left * (price.data[lot] as number))
    quantity.set(lot, 0)
  } else quantity.set(lot, left)
  const { market } = x.contracts[c] as Contract
  book_gain(x, quote + base * (price.data[lot] as number), { account: x.fund, market, cause: cause.data[lot] as number }, log)
}

/** Closes `amount` base units of the fund's lots on one side of a contract at a price, oldest first; false when it holds less. */
export function close_lots(x: Exchange, contract: number, side: 1 | -1, amount: number, at: number, log: Log): boolean {
  if (lots_of(x, contract, side) < amount) return false
  const { contract: contracts, quantity, price, cause } = x.lots.columns
  const { market } = x.contracts[contract] as Contract
  let left = amount
  for (let lot = 0; lot < x.lots.length && left > 0; lot++) {
    const q = quantity.data[lot] as number
    if (contracts.data[lot] !== contract || !(q * side > 0)) continue
    const part = Math.min(left, Math.abs(q))
    quantity.add(lot, -side * part)
    left -= part
    const gain = side * part * (at - (price.data[lot] as number))
    book_gain(x, gain, { account: x.fund, market, cause: cause.data[lot] as number }, log)
  }
  return true
}

/** Base units the fund's open lots hold on one side of a contract. */
export function lots_of(x: Exchange, contract: number, side: 1 | -1): number {
  const { contract: contracts, quantity } = x.lots.columns
  let sum = 0
  for (let lot = 0; lot < x.lots.length; lot++) {
    const q = quantity.data[lot] as number
    if (contracts.data[lot] === contract && q * side > 0) sum += Math.abs(q)
  }
  return sum
}
