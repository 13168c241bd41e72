/** Index, mark price and funding of every contract; once a tick the basis and the premium are sampled. */
import { log } from '../../math/index.ts'
import { EXOGENOUS, type Log, Quote, type Store, type Table, type View } from '../../model/index.ts'
import { book_gain } from './fund.ts'
import { funding_rate, mark_price, premium_of } from './kernel.ts'
import type { Contract, Exchange } from './state.ts'

/** The exchange averages 30 samples a window: no more are kept. */
const SAMPLES = 30

/**
 * Per contract. `rate`: funding at the last payment; `premium`, `weight`, `count`: weighted sum, weights, samples since then;
 * `seen`: basis when prices were last read; `basis`: mean over the window, −Infinity when there is none; `newest`: its last
 * sample; `start`: the first mark.
 */
const price_shape = {
  rate: 'f64',
  premium: 'f64',
  weight: 'f64',
  count: 'i32',
  seen: 'f64',
  basis: 'f64',
  newest: 'i32',
  start: 'f64',
} as const
const sample_shape = { time_ms: 'f64', basis: 'f64' } as const

export interface Pricing {
  readonly state: Table<typeof price_shape>
  readonly samples: Table<typeof sample_shape>
  readonly index: Quote
  readonly last: Quote
  readonly mark: Quote
}

export function open_pricing(store: Store, id: string, last_rates: readonly number[], sources: number): Pricing {
  const state = store.table(`${id}.prices`, price_shape, last_rates.length)
  const samples = store.table(`${id}.basis`, sample_shape, last_rates.length * SAMPLES)
  state.columns.rate.data.set(last_rates)
  state.columns.seen.data.fill(Number.NEGATIVE_INFINITY)
  state.columns.basis.data.fill(Number.NEGATIVE_INFINITY)
  samples.columns.time_ms.data.fill(Number.NEGATIVE_INFINITY)
  return { state, samples, index: new Quote(sources), last: new Quote(sources), mark: new Quote(sources) }
}

/**
 * Writes the feeds and slot prices of all contracts. The first call at a new time takes the basis that stood until now as a
 * sample: an average over seconds does not see what happens in the instant of a tick. Later calls only re-read.
 */
export function write_prices(x: Exchange, p: Pricing, time_ms: number, view: View): void {
  const desk = x.desk.columns
  const fresh = desk.time_ms.data[0] !== time_ms
  if (fresh) {
    desk.time_ms.data[0] = time_ms
    desk.tick.data[0] = (desk.tick.data[0] as number) + 1
    desk.first_liquidation.data[0] = x.liquidations.length
    skip_closed(x)
  }
  desk.paused.data[0] = view.halted(`venue:${x.id}`) ? 1 : 0
  desk.usd.data[0] = view.usd(x.collateral)
  for (let c = 0; c < x.contracts.length; c++) {
    const contract = x.contracts[c] as Contract
    contract.index.read(time_ms, view, p.index)
    view.quote(contract.market, p.last)
    // without a source the exchange protects itself with its own last price
    if (!(p.index.price > 0 && p.index.price < Number.POSITIVE_INFINITY)) p.index.copy(p.last)
    const trades = !view.halted(`market:${contract.market_id}`)
    if (fresh) sample_basis(p, c, time_ms, contract.window_ms)
    p.state.columns.seen.data[c] = trades ? p.last.price - p.index.price : Number.NEGATIVE_INFINITY
    const price = mark_price(
      p.index.price,
      p.state.columns.rate.data[c] as number,
      share_left(time_ms, contract.funding.interval_ms),
      basis_of(p, c),
      p.last.price,
    )
    mark_quote(p, c, price)
    view.feeds.write(contract.index_feed, p.index)
    view.feeds.write(contract.mark_feed, p.mark)
    x.book.prices.data[c] = price
  }
}

/** Lots are looked through from the first that is open. */
function skip_closed(x: Exchange): void {
  const { first_lot } = x.desk.columns
  const { quantity } = x.lots.columns
  let lot = first_lot.data[0] as number
  while (lot < x.lots.length && quantity.data[lot] === 0) lot++
  first_lot.data[0] = lot
}

/** Share of the funding interval that is left; payments fall on multiples of the interval since the epoch. */
function share_left(time_ms: number, interval_ms: number): number {
  return 1 - (time_ms / interval_ms - Math.floor(time_ms / interval_ms))
}

/** −Infinity in the table stands for none; NaN is never stored. */
function basis_of(p: Pricing, c: number): number {
  const basis = p.state.columns.basis.data[c] as number
  return basis > Number.NEGATIVE_INFINITY ? basis : Number.NaN
}

/** Takes the basis last seen as a sample, if the contract traded, and averages those of the last `window_ms`. */
function sample_basis(p: Pricing, c: number, time_ms: number, window_ms: number): void {
  const { time_ms: times, basis: values } = p.samples.columns
  const state = p.state.columns
  const first = c * SAMPLES
  const newest = first + (state.newest.data[c] as number)
  const basis = state.seen.data[c] as number
  if (basis > Number.NEGATIVE_INFINITY && time_ms - (times.data[newest] as number) >= window_ms / SAMPLES) {
    const slot = ((state.newest.data[c] as number) + 1) % SAMPLES
    state.newest.data[c] = slot
    times.data[first + slot] = time_ms
    values.data[first + slot] = basis
  }
  let sum = 0
  let count = 0
  for (let i = first; i < first + SAMPLES; i++) {
    if (!((times.data[i] as number) > time_ms - window_ms)) continue
    sum += values.data[i] as number
    count++
  }
  state.basis.data[c] = count > 0 ? sum / count : Number.NEGATIVE_INFINITY
}

/**
 * The mark with its displacement: what the index carries, and beyond it what the contract's own market carries, by how far the
 * mark lies from the index towards that market; what neither explains is nobody's inside the model.
 */
function mark_quote(p: Pricing, c: number, price: number): void {
  const { index, last, mark } = p
  const gap = log(last.price / index.price)
  const towards = Math.abs(gap) > 1e-12 ? Math.max(0, Math.min(1, log(price / index.price) / gap)) : 0
  const { start } = p.state.columns
  if (start.data[c] === 0) start.data[c] = price
  mark.copy(index)
  mark.price = price
  mark.start = start.data[c] as number
  let endogenous = 0
  for (let s = 1; s < mark.displacement.length; s++) {
    const mine = towards * (last.displacement[s] as number)
    const theirs = (1 - towards) * (index.displacement[s] as number)
    mark.displacement[s] = mine + theirs
    if (Math.abs(mine) > Math.abs(theirs)) mark.row[s] = last.row[s] as number
    endogenous += mine + theirs
  }
  mark.displacement[EXOGENOUS] = log(price / mark.start) - endogenous
  if (towards > 0.5) mark.row[EXOGENOUS] = last.row[EXOGENOUS] as number
}

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
    const { interval_ms, interest, clamp, cap } = contract.funding
    const payments = Math.floor(time_ms / interval_ms) - Math.floor(before / interval_ms)
    if (payments === 0) continue
    const s = p.state.columns
    const weight = s.weight.data[c] as number
    const premium = weight > 0 ? (s.premium.data[c] as number) / weight : 0
    const rate = funding_rate(premium, interest, clamp, interval_ms, cap)
    s.rate.data[c] = rate
    s.premium.data[c] = 0
    s.weight.data[c] = 0
    s.count.data[c] = 0
    rates[c] = rate * payments
    due = true
  }
  if (due) pay_funding(x, rates, events)
}

/** Premium of the index at which the impact notional would fill, sample k of the interval with weight k. */
function sample_premium(p: Pricing, c: number, contract: Contract, view: View): void {
  const index = view.feeds.price(contract.index_feed)
  const mid = view.mid(contract.market)
  const order = { amount: contract.impact_notional, exact: 'quote', limit: 0, party: -1 } as const
  const sale = view.fill(contract.market, { ...order, side: -1 })
  const purchase = view.fill(contract.market, { ...order, side: 1 })
  const bid = sale.base !== 0 ? Math.abs(sale.quote / sale.base) : mid
  const ask = purchase.base !== 0 ? Math.abs(purchase.quote / purchase.base) : mid
  const s = p.state.columns
  const k = (s.count.data[c] as number) + 1
  s.count.data[c] = k
  s.weight.data[c] = (s.weight.data[c] as number) + k
  s.premium.data[c] = (s.premium.data[c] as number) + k * premium_of(bid, ask, index)
}

/** Longs pay quantity · mark · rate to shorts. Every row pays: over all of them it cancels, as quantities do. */
function pay_funding(x: Exchange, rates: Float64Array, events: Log): void {
  const { contract, quantity, next } = x.positions.columns
  const { cash, paid } = x.accounts.columns
  const prices = x.book.prices.data
  const gross = new Float64Array(rates.length)
  for (let row = 0; row < x.accounts.length; row++) {
    let sum = 0
    for (let at = row; at >= 0; at = next.data[at] as number) {
      const q = quantity.data[at] as number
      if (q === 0) continue
      const c = contract.data[at] as number
      const flow = q * (prices[c] as number) * (rates[c] as number)
      sum += flow
      if (flow > 0) gross[c] = (gross[c] as number) + flow
    }
    if (sum === 0) continue
    cash.data[row] = (cash.data[row] as number) - sum
    paid.data[row] = (paid.data[row] as number) + sum
    if (row < x.owned) x.book.touch(row)
    if (row === x.fund) book_gain(x, -sum, { account: row }, events)
  }
  const usd = x.desk.columns.usd.data[0] as number
  for (let c = 0; c < rates.length; c++) {
    if (rates[c] === 0) continue
    const { market } = x.contracts[c] as Contract
    events.add({
      kind: 'funding',
      venue: x.venue,
      market,
      asset: x.collateral,
      amount: gross[c] as number,
      price: prices[c] as number,
      usd: (gross[c] as number) * usd,
      extra: rates[c] as number,
    })
  }
}
