/** Portfolio margin of a row: what it holds on each underlying, in the words of the scenario engine. */
import type { Contract } from '../shared/exchange/contract.ts'
import type { Exchange } from '../shared/exchange/state.ts'
import type { Expiry, OptionLeg, Portfolio } from '../shared/options/portfolio-margin.ts'
import { underlying_margin } from './kernel.ts'
import { type Desk, holdings_of, index_of, is_on, type Series, terms_of } from './options.ts'

/** Signed notional of the row's contracts on an underlying, units of account: of those that settle in the coin, and the others. */
interface Futures {
  coin: number
  linear: number
  long: number
  short: number
}

function futures_of(desk: Desk, x: Exchange, row: number, u: number, prices: Float64Array): Futures {
  const out: Futures = { coin: 0, linear: 0, long: 0, short: 0 }
  const { contract, quantity, next } = x.positions.columns
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    const c = contract.data[at] as number
    if (q === 0 || !is_on(desk, x, c, u)) continue
    const { shape, coin } = x.contracts[c] as Contract
    const unit = prices[(x.pool?.first_slot as number) + coin] as number
    const notional = (shape === 'inverse' ? -q : q) * (prices[c] as number) * unit
    if (shape === 'inverse') out.coin += notional
    else out.linear += notional
    if (notional > 0) out.long += notional
    else out.short -= notional
  }
  return out
}

function expiries_of(desk: Desk, x: Exchange, holdings: readonly number[], inverse: boolean, u: number, index: number): Expiry[] {
  const by_time = new Map<number, { expiry: Expiry; options: OptionLeg[] }>()
  for (const at of holdings) {
    const s = desk.held.columns.series.data[at] as number
    const series = desk.series[s] as Series
    if (series.u !== u || series.inverse !== inverse) continue
    const { forward, fixed, seconds, vol } = terms_of(desk, x, s, index)
    let group = by_time.get(series.expiry_ms)
    if (group === undefined) {
      const options: OptionLeg[] = []
      group = { expiry: { seconds, forward, fixed, rate: 0, confidence: 1, options }, options }
      by_time.set(series.expiry_ms, group)
    }
    const { call, strike } = series
    group.options.push({ call, strike, vol, amount: desk.held.columns.quantity.data[at] as number })
  }
  return [...by_time.values()].map(({ expiry }) => expiry)
}

const part_of = (index: number, notional: number, expiries: readonly Expiry[], coin_settled: boolean): Portfolio => ({
  coin_settled,
  spot: index,
  spot_confidence: 1,
  stable: 1,
  cash: 0,
  perp: { amount: notional / index, price: index, value: 0, confidence: 1 },
  expiries,
  collaterals: [],
})

/** Sum over underlyings, units of account. */
export function portfolio_maintenance(desk: Desk, x: Exchange, row: number, prices: Float64Array): number {
  const holdings = holdings_of(desk, row)
  let sum = 0
  for (let u = 0; u < desk.coins.length; u++) {
    const futures = futures_of(desk, x, row, u, prices)
    const index = index_of(desk, x, u, prices)
    const inverse = expiries_of(desk, x, holdings, true, u, index)
    const linear = expiries_of(desk, x, holdings, false, u, index)
    if (inverse.length + linear.length === 0 && futures.long + futures.short === 0) continue
    sum += underlying_margin(
      desk.rules,
      [part_of(index, futures.coin, inverse, true), part_of(index, futures.linear, linear, false)],
      Math.min(futures.long, futures.short),
      desk.spec.portfolio.futures_contingency,
    )
  }
  return sum
}
