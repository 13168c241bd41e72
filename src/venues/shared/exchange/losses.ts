/** Losses that neither the scope, nor the fund, nor deleveraging has covered: who bears them. */
import type { Log, Row } from '../../../model/index.ts'
import { equity } from './kernel.ts'
import { add_cash, coin_of_row, type Exchange, is_pooled, wallet_in } from './state.ts'

/** A row's part in a loss: what it is weighed by, and the most it can bear; both 0 for who bears none. */
function weight_of(x: Exchange, row: number, coin: number, contract: number): { weight: number; most: number } {
  const nothing = { weight: 0, most: 0 }
  if (!is_pooled(x, row) && coin_of_row(x, row) !== coin) return nothing
  const prices = x.book.prices.data
  const { contract: contracts, quantity, entry, next } = x.positions.columns
  let profit = 0
  let size = 0
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    const c = contracts.data[at] as number
    if (q === 0 || x.coin_of[c] !== coin) continue
    profit += q * ((prices[c] as number) - (entry.data[at] as number))
    if (c === contract || contract < 0) size += Math.abs(q) * (prices[c] as number)
  }
  const worth = equity(x, row, prices)
  if (!(worth > 0)) return nothing
  const owned = Math.max(0, wallet_in(x, row, coin) + profit)
  const most = Math.min(owned, is_pooled(x, row) ? owned : worth)
  const { share } = x.rules.losses
  const weight = share === 'winners' ? Math.max(0, profit) : share === 'equity' ? most : size
  return { weight, most: share === 'winners' ? Math.min(most, weight) : most }
}

/**
 * Takes `amount` coins from those who bear it, pro rata and none beyond what it has; `outside`, the exchange itself, bears the rest.
 * The receiver's cash has been credited already.
 */
export function share_out(
  x: Exchange,
  coin: number,
  contract: number,
  amount: number,
  fields: Omit<Row, 'kind'>,
  log: Log,
): void {
  const usd = x.coin.columns.usd.data[coin] as number
  const asset = x.coins[coin]?.asset as number
  let left = amount
  if (x.rules.losses.share !== 'outside') left -= take_from_rows(x, coin, contract, amount, asset, usd, fields, log)
  if (!(left > 0)) return
  add_cash(x, x.outside, coin, -left)
  log.add({ ...fields, kind: 'default', venue: x.venue, account: x.outside, asset, amount: left, usd: left * usd })
}

/** Level of the water: everybody bears the same share of his weight, as far as he can. */
function take_from_rows(
  x: Exchange,
  coin: number,
  contract: number,
  amount: number,
  asset: number,
  usd: number,
  fields: Omit<Row, 'kind'>,
  log: Log,
): number {
  const bearers: { row: number; weight: number; most: number }[] = []
  let weights = 0
  for (let row = 0; row < x.owned; row++) {
    const one = weight_of(x, row, coin, contract)
    if (!(one.weight > 0 && one.most > 0)) continue
    bearers.push({ row, ...one })
    weights += one.weight
  }
  bearers.sort((a, b) => a.most / a.weight - b.most / b.weight || a.row - b.row)
  let left = amount
  for (const { row, weight, most } of bearers) {
    const part = Math.min(most, left * Math.min(1, weight / weights))
    weights -= weight
    if (!(part > 0)) continue
    left -= part
    add_cash(x, row, coin, -part)
    x.book.touch(row)
    log.add({ ...fields, kind: 'default', venue: x.venue, account: row, asset, amount: part, usd: part * usd })
  }
  return amount - left
}
