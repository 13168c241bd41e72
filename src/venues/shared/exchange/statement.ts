/** An account laid open: legs at notional ∓ maintenance, and cash by coin. */
import type { Statement } from '../../../model/index.ts'
import type { Coin, Contract } from './contract.ts'
import { leg_maintenance } from './kernel.ts'
import { is_covered, loan_legs, ratio_of, weights_of } from './pooled.ts'
import { cash_in, cash_of, coin_of_row, type Exchange, is_pooled, type Pool } from './state.ts'

/** Law: health = Σ₊ quantity·weight·price ÷ Σ₋ quantity·weight·price. A leg of an inverse contract is priced in coins per quote unit. */
export function state_account(x: Exchange, row: number, out: Statement): void {
  if (is_pooled(x, row)) return state_pooled(x, row, out)
  const { accounts, positions, contracts, book } = x
  const { contract, quantity, next } = positions.columns
  const prices = book.prices.data
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    if (q === 0) continue
    const c = contract.data[at] as number
    const { slot_feed, market } = contracts[c] as Contract
    const price = prices[c] as number
    const side = q > 0 ? 1 : -1
    const notional = Math.abs(q) * price
    const rate = notional > 0 ? leg_maintenance(x, c, Math.abs(q), price) / notional : 0
    out.add(side, c, slot_feed, asset_of(contracts[c] as Contract), market, Math.abs(q), 1 - side * rate, price)
  }
  const cash = cash_of(x, row)
  const { asset } = x.coins[coin_of_row(x, row)] as Coin
  if (cash !== 0) out.add(cash > 0 ? 1 : -1, book.cash, -1, asset, -1, Math.abs(cash), 1, 1)
  out.rate_loss = accounts.columns.paid.data[row] as number
}

/** What a unit of a contract is a unit of. */
const asset_of = ({ shape, base, quote }: Contract): number => (shape === 'inverse' ? quote : base)

function state_pooled(x: Exchange, row: number, out: Statement): void {
  const pool = x.pool as Pool
  const { contract, quantity, next } = x.positions.columns
  const prices = x.book.prices.data
  const weight = weights_of(x, row, prices)
  const ratio = ratio_of(x, row)
  const asked = is_covered(x, row) ? 0 : ratio
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    if (q === 0) continue
    const c = contract.data[at] as number
    const of = x.contracts[c] as Contract
    const unit = prices[pool.first_slot + of.coin] as number
    const side = q > 0 ? 1 : -1
    const notional = Math.abs(q) * (prices[c] as number)
    const rate = notional > 0 && asked > 0 ? (asked * leg_maintenance(x, c, Math.abs(q), prices[c] as number)) / notional : 0
    const price = (prices[c] as number) * unit
    out.add(side, c, of.slot_feed, asset_of(of), of.market, Math.abs(q), (weight[of.coin] as number) - side * rate, price)
  }
  x.coins.forEach(({ asset, feed }, k) => {
    const cash = cash_in(x, row, k)
    const slot = pool.first_slot + k
    if (cash !== 0) out.add(cash > 0 ? 1 : -1, slot, feed, asset, -1, Math.abs(cash), weight[k] as number, prices[slot] as number)
  })
  for (const { coin, amount, rate } of loan_legs(x, row)) {
    const { asset, feed } = x.coins[coin] as Coin
    const slot = pool.first_slot + coin
    out.add(-1, slot, feed, asset, -1, amount, ratio * rate, prices[slot] as number)
  }
  out.rate_loss = x.accounts.columns.paid.data[row] as number
}
