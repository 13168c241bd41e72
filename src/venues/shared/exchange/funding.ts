/** Funding: premiums are sampled once a tick, and at the end of an interval one side pays the other. */
import { type Log, type View } from '../../../model/index.ts'
import { book_gain } from './fund.ts'
import { slot_price } from './instrument.ts'
import { fair_premium_of, funding_rate, premium_of } from './marks.ts'
import type { Pricing } from './pricing.ts'
import { unit_price } from './pooled.ts'
import { add_cash, is_fund, is_pooled, usd_of, type Exchange } from './state.ts'
import type { Contract } from './contract.ts'

/** Samples the premium of every contract that trades; at the end of an interval positions pay funding. Once per time. */
export function accrue_funding(x: Exchange, p: Pricing, time_ms: number, view: View, events: Log): void {
  const desk = x.desk.columns
  const before = desk.accrued_ms.data[0] as number
  if (!(time_ms > before)) return
  desk.accrued_ms.data[0] = time_ms
  const rates = new Float64Array(x.contracts.length)
  let due = false
  for (let c = 0; c < x.contracts.length; c++) {
    const contract = x.contracts[c] as Contract
    if (!view.halted(`market:${contract.market_id}`)) sample_premium(p, c, contract, view)
    const { interval_ms, interest, clamp, cap, formula, per_ms } = contract.funding
    const payments = Math.floor(time_ms / interval_ms) - Math.floor(before / interval_ms)
    if (payments === 0) continue
    const s = p.state.columns
    const weight = s.weight.data[c] as number
    const premium = weight > 0 ? (s.premium.data[c] as number) / weight : 0
    const rate = funding_rate(premium, interest, clamp, interval_ms, cap, formula, per_ms)
    s.rate.data[c] = rate
    s.premium.data[c] = 0
    s.weight.data[c] = 0
    s.count.data[c] = 0
    rates[c] = rate * payments
    due = true
  }
  if (due) pay_funding(x, rates, view, events)
}

/** Premium of the index now; sample k of the interval with weight k, alike, or the last alone. */
function sample_premium(p: Pricing, c: number, contract: Contract, view: View): void {
  const { average } = contract.funding
  const s = p.state.columns
  const k = (s.count.data[c] as number) + 1
  s.count.data[c] = k
  const weight = average === 'linear' ? k : 1
  const kept = average === 'last' ? 0 : 1
  s.weight.data[c] = kept * (s.weight.data[c] as number) + weight
  s.premium.data[c] = kept * (s.premium.data[c] as number) + weight * premium_now(contract, view)
}

function premium_now(contract: Contract, view: View): number {
  const index = view.feeds.price(contract.index_feed)
  if (contract.funding.premium === 'mark') return view.feeds.price(contract.mark_feed) / index - 1
  const mid = view.mid(contract.market)
  if (contract.funding.premium === 'mid') return mid / index - 1
  const order = { amount: contract.impact_notional, exact: 'quote', limit: 0, party: -1 } as const
  const sale = view.fill(contract.market, { ...order, side: -1 })
  const purchase = view.fill(contract.market, { ...order, side: 1 })
  const bid = sale.base !== 0 ? Math.abs(sale.quote / sale.base) : mid
  const ask = purchase.base !== 0 ? Math.abs(purchase.quote / purchase.base) : mid
  return contract.funding.premium === 'fair'
    ? fair_premium_of(bid, ask, view.feeds.price(contract.mark_feed), index)
    : premium_of(bid, ask, index)
}

/** Slot price on which a contract's funding is paid. */
function paid_on(x: Exchange, c: number, view: View): number {
  const contract = x.contracts[c] as Contract
  return contract.funding.paid_on === 'mark'
    ? (x.book.prices.data[c] as number)
    : slot_price(contract, view.feeds.price(contract.index_feed))
}

/** Longs of the base pay value · rate to shorts. Every row pays: over all of them it cancels, as units do. */
function pay_funding(x: Exchange, rates: Float64Array, view: View, events: Log): void {
  const { contract, quantity, next } = x.positions.columns
  const { paid } = x.accounts.columns
  const prices = rates.map((_, c) => paid_on(x, c, view))
  // units of an inverse contract are negative for a long
  const signed = rates.map((rate, c) => ((x.contracts[c] as Contract).shape === 'inverse' ? -rate : rate))
  const gross = new Float64Array(rates.length)
  const due = new Float64Array(x.coins.length)
  for (let row = 0; row < x.accounts.length; row++) {
    due.fill(0)
    let any = false
    for (let at = row; at >= 0; at = next.data[at] as number) {
      const q = quantity.data[at] as number
      if (q === 0) continue
      const c = contract.data[at] as number
      const flow = q * (prices[c] as number) * (signed[c] as number)
      const k = x.coin_of[c] as number
      due[k] = (due[k] as number) + flow
      if (flow !== 0) any = true
      if (flow > 0) gross[c] = (gross[c] as number) + flow
    }
    if (any) pay(x, row, due, paid.data, events)
  }
  for (let c = 0; c < rates.length; c++) {
    if (rates[c] === 0) continue
    const { market, coin } = x.contracts[c] as Contract
    events.add({
      kind: 'funding',
      venue: x.venue,
      market,
      asset: x.coins[coin]?.asset as number,
      amount: gross[c] as number,
      price: view.feeds.price((x.contracts[c] as Contract).mark_feed),
      usd: (gross[c] as number) * usd_of(x, c),
      extra: rates[c] as number,
    })
  }
}

function pay(x: Exchange, row: number, due: Float64Array, paid: Float64Array, events: Log): void {
  for (let k = 0; k < due.length; k++) {
    const sum = due[k] as number
    if (sum === 0) continue
    add_cash(x, row, k, -sum)
    paid[row] = (paid[row] as number) + (is_pooled(x, row) ? sum * unit_price(x, k, x.book.prices.data) : sum)
    if (is_fund(x, row)) book_gain(x, row - x.fund, -sum, { account: row }, events)
  }
  if (row < x.owned) x.book.touch(row)
}
