/**
 * Coins a pooled account owes are bought with coins it has: the exchange offers them, liquidators bring what is owed and take the
 * collateral to a market. So what a forced conversion sells meets a book, and moves the index it is valued by where that is its own
 * (derivatives reference §2.9, §4.4, §19).
 */
import { ALL, type Action, applied, type Log, type Offers, type Result, refused, type View } from '../../../model/index.ts'
import { settle_outside } from './admission.ts'
import { unflag } from './closing.ts'
import type { Coin, Haircut } from './contract.ts'
import { health, total_maintenance, equity } from './kernel.ts'
import { nets_of, ratio_of, unit_price, weights_of } from './pooled.ts'
import { breaching, is_due } from './procedure.ts'
import { add_cash, type Exchange, find_cell, is_flat, is_pooled, type Pool, PORTFOLIO, running, wallet_in } from './state.ts'

/** What one conversion may be: coins of what is owed per coin given, and the most of what is owed. */
interface Conversion {
  readonly owed: number
  readonly held: number
  readonly price: number
  readonly most: number
}

/** A discount off the index; absent: the coin counts as much as it does as collateral. */
type Discount = number | undefined

const price_for = (x: Exchange, owed: number, held: number, weight: number, discount: Discount): number => {
  const prices = x.book.prices.data
  const kept = discount === undefined ? weight : 1 - discount
  return (unit_price(x, held, prices) * kept) / unit_price(x, owed, prices)
}

/** Is a row to be converted now, and at which discount? In breach: as its stage says; owing more than the limit: as `exchange` says. */
function discount_now(x: Exchange, row: number): { readonly discount: Discount; readonly heal: boolean } | undefined {
  if (breaching(x, row)) {
    const stage = x.rules.stages.find((one) => one.convert !== undefined && is_due(x, row, one))
    if (stage?.convert !== undefined) return { discount: stage.convert.discount, heal: true }
  }
  const { exchange } = x.rules
  if (exchange === undefined) return undefined
  const nets = nets_of(x, row, x.book.prices.data)
  for (let k = 0; k < nets.length; k++)
    if ((nets[k] as number) * unit_price(x, k, x.book.prices.data) < -exchange.below)
      return { discount: exchange.discount, heal: false }
  return undefined
}

/** Units of what is owed whose repayment out of this collateral makes the row comply; +Infinity when none does. */
function healing(x: Exchange, row: number, owed: number, weight: number, discount: Discount): number {
  const pool = x.pool as Pool
  const prices = x.book.prices.data
  const haircut = pool.haircuts[owed] as Haircut
  const ratio = ratio_of(x, row)
  const short = ratio * total_maintenance(x, row, prices) - equity(x, row, prices)
  const kept = discount === undefined ? weight : 1 - discount
  const loans = x.accounts.columns.mode.data[row] === PORTFOLIO ? ratio * haircut.loan : 0
  const gain = unit_price(x, owed, prices) * (haircut.owed - weight / kept + loans)
  return gain > 0 ? (short / gain) * (1 + 1e-9) : Number.POSITIVE_INFINITY
}

/** Conversions of a row, what is owed most first, each out of the collateral that counts least. */
export function conversions(x: Exchange, row: number): Conversion[] {
  if (!is_pooled(x, row)) return []
  const how = discount_now(x, row)
  if (how === undefined) return []
  const prices = x.book.prices.data
  const weight = [...weights_of(x, row, prices)]
  const nets = [...nets_of(x, row, prices)]
  const coins = nets.map((_, k) => k)
  const owing = coins.filter((k) => (nets[k] as number) < 0).sort((a, b) => value(b) - value(a) || a - b)
  function value(k: number): number {
    return Math.abs(nets[k] as number) * unit_price(x, k, prices)
  }
  const giving = coins
    .filter((k) => (nets[k] as number) > 0)
    .sort((a, b) => (weight[a] as number) - (weight[b] as number) || a - b)
  const out: Conversion[] = []
  for (const owed of owing)
    for (const held of giving) {
      const available = Math.min(nets[held] as number, wallet_in(x, row, held))
      const price = price_for(x, owed, held, weight[held] as number, how.discount)
      if (!(available > 0 && price > 0)) continue
      const enough = how.heal ? healing(x, row, owed, weight[held] as number, how.discount) : Number.POSITIVE_INFINITY
      out.push({ owed, held, price, most: Math.min(-(nets[owed] as number), available * price, enough) })
    }
  return out
}

/** One offer a row: what is owed most for the collateral that counts least. */
export function offer_conversion(x: Exchange, row: number, view: View, offers: Offers): void {
  if (view.halted(`venue:${x.id}`)) return
  const [first] = conversions(x, row)
  if (first === undefined || !(first.most > 0)) return
  const { owed, held, price, most } = first
  offers.list.push({
    kind: 'liquidation',
    venue: x.venue,
    id: row,
    collateral: (x.coins[held] as Coin).asset,
    debt: (x.coins[owed] as Coin).asset,
    price,
    debt_max: most,
    debt_min: 0,
    collateral_max: most / price,
    reward: 0,
    health: health(x, row, x.book.prices.data),
  })
}

/** Offers of all rows that owe too much although they are healthy. */
export function offer_exchanges(x: Exchange, view: View, offers: Offers): void {
  if (x.rules.exchange === undefined || x.pool === undefined) return
  for (let row = 0; row < x.owned; row++) if (is_pooled(x, row) && !breaching(x, row)) offer_conversion(x, row, view, offers)
}

/** Somebody brings what a row owes (`asset2`) and takes its collateral (`asset`). */
export function convert(x: Exchange, action: Action, log: Log): Result {
  const { account: row, actor } = action
  if (!(row >= 0 && row < x.owned)) return refused('unknown')
  const coin = (asset: number) => x.coins.findIndex((one) => one.asset === asset)
  const [owed, held] = [coin(action.asset2), coin(action.asset)]
  if (owed < 0 || held < 0) return refused('unknown')
  if (x.desk.columns.paused.data[0] === 1) return refused('paused')
  const found = conversions(x, row).find((one) => one.owed === owed && one.held === held)
  if (found === undefined) return refused('healthy')
  if (action.amount !== ALL && action.amount > found.most * (1 + 1e-9)) return refused('limit')
  const paid = Math.min(action.amount, found.most)
  if (!(paid > 0)) return refused('empty')
  const blame = log.blame(x.venue, row)
  const got = paid / found.price
  if (!x.ledger.debit(actor, action.asset2, paid)) return refused('funds')
  x.coin.columns.custody.add(owed, paid)
  x.ledger.postings.post(action.asset2, paid)
  add_cash(x, row, owed, paid)
  repay_loan(x, row, owed, paid)
  settle_outside(x, held, got)
  add_cash(x, row, held, -got)
  x.coin.columns.custody.add(held, -got)
  x.ledger.postings.post(action.asset, -got)
  x.ledger.credit(actor, action.asset, got)
  x.book.touch(row)
  const usd = paid * (x.coin.columns.usd.data[owed] as number)
  const shown = { amount: got, price: health(x, row, x.book.prices.data), usd }
  log.add({ kind: 'liquidate', venue: x.venue, account: row, actor, asset: action.asset, ...shown, ...blame })
  const at = running(x, row)
  if (at >= 0 && is_flat(x, row) && !breaching(x, row)) unflag(x, at)
  return applied(got)
}

function repay_loan(x: Exchange, row: number, coin: number, amount: number): void {
  const pool = x.pool as Pool
  const cell = find_cell(pool, row, coin)
  if (cell < 0) return
  const { loan } = pool.cells.columns
  const left = Math.max(0, (loan.data[cell] as number) - amount)
  if (left !== loan.data[cell]) loan.set(cell, left)
}
