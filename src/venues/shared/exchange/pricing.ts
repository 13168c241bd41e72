/** Index and mark price of every contract, prices of the coins; once a tick the basis is sampled. */
import { exp, log } from '../../../math/index.ts'
import { EXOGENOUS, Quote, type Store, type Table, takes, type View } from '../../../model/index.ts'
import { slot_price } from './instrument.ts'
import { mark_of, type MarkRules } from './marks.ts'
import type { Coin, Contract } from './contract.ts'
import type { Exchange } from './state.ts'

/** The exchange averages 30 samples a window: no more are kept. */
const SAMPLES = 30

/**
 * Per contract. `rate`: funding at the last payment; `premium`, `weight`, `count`: weighted sum, weights, samples since then;
 * `seen`: basis when prices were last read; `basis`: mean over the window, −Infinity when there is none; `newest`: its last
 * sample; `start`: the first mark; `sum`, `mass`: of the exponential mean.
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
  sum: 'f64',
  mass: 'f64',
} as const
const sample_shape = { time_ms: 'f64', basis: 'f64' } as const

export interface Pricing {
  readonly state: Table<typeof price_shape>
  readonly samples: Table<typeof sample_shape>
  readonly index: Quote
  readonly last: Quote
  readonly mark: Quote
  readonly slot: Quote
}

export function open_pricing(store: Store, id: string, last_rates: readonly number[], sources: number): Pricing {
  const state = store.table(`${id}.prices`, price_shape, last_rates.length)
  const samples = store.table(`${id}.basis`, sample_shape, last_rates.length * SAMPLES)
  state.columns.rate.data.set(last_rates)
  state.columns.seen.data.fill(Number.NEGATIVE_INFINITY)
  state.columns.basis.data.fill(Number.NEGATIVE_INFINITY)
  samples.columns.time_ms.data.fill(Number.NEGATIVE_INFINITY)
  return {
    state,
    samples,
    index: new Quote(sources),
    last: new Quote(sources),
    mark: new Quote(sources),
    slot: new Quote(sources),
  }
}

/**
 * Writes the feeds and slot prices of all contracts and coins. The first call at a new time takes the basis that stood until now
 * as a sample: an average over seconds does not see what happens in the instant of a tick. Later calls only re-read.
 */
export function write_prices(x: Exchange, p: Pricing, time_ms: number, view: View): void {
  const desk = x.desk.columns
  const fresh = desk.time_ms.data[0] !== time_ms
  const elapsed = Math.max(0, time_ms - (desk.time_ms.data[0] as number))
  if (fresh) open_tick(x, time_ms)
  desk.paused.data[0] = view.halted(`venue:${x.id}`) ? 1 : 0
  for (let k = 0; k < x.coins.length; k++) price_coin(x, p, k, time_ms, view)
  for (let c = 0; c < x.contracts.length; c++) {
    const contract = x.contracts[c] as Contract
    contract.index.read(time_ms, view, p.index)
    view.quote(contract.market, p.last)
    // without a source the exchange protects itself with its own last price
    if (!(p.index.price > 0 && p.index.price < Number.POSITIVE_INFINITY)) p.index.copy(p.last)
    const trades = !view.halted(`market:${contract.market_id}`)
    if (fresh) sample_basis(p, c, time_ms, elapsed, contract.mark)
    p.state.columns.seen.data[c] = trades ? p.last.price - p.index.price : Number.NEGATIVE_INFINITY
    const price = mark_of(
      contract.mark,
      p.index.price,
      p.state.columns.rate.data[c] as number,
      share_left(time_ms, contract.funding.interval_ms),
      basis_of(p, c),
      p.last.price,
      external_price(contract, p, time_ms, view),
    )
    mark_quote(p, c, price)
    view.feeds.write(contract.index_feed, p.index)
    view.feeds.write(contract.mark_feed, p.mark)
    if (contract.slot_feed !== contract.mark_feed) write_slot(contract, p, view)
    x.book.prices.data[c] = slot_price(contract, price)
  }
}

/** Time has passed: a new tick begins. */
function open_tick(x: Exchange, time_ms: number): void {
  const desk = x.desk.columns
  const elapsed = time_ms - (desk.time_ms.data[0] as number)
  desk.elapsed_ms.data[0] = elapsed < Number.POSITIVE_INFINITY ? elapsed : 0
  desk.time_ms.data[0] = time_ms
  desk.tick.data[0] = (desk.tick.data[0] as number) + 1
  desk.first_liquidation.data[0] = x.liquidations.length
  x.funds.columns.lost.data.fill(0)
  skip_closed(x)
  if (x.contracts.some((contract) => contract.interest_high < Number.POSITIVE_INFINITY)) count_interest(x)
}

/** Open interest of every contract, units: half the sum of sizes. */
function count_interest(x: Exchange): void {
  const { contract, quantity } = x.positions.columns
  const interest = x.contract.columns.interest.data
  interest.fill(0)
  for (let at = 0; at < x.positions.length; at++) {
    const c = contract.data[at] as number
    if (c >= 0) interest[c] = (interest[c] as number) + Math.abs(quantity.data[at] as number) / 2
  }
}

function price_coin(x: Exchange, p: Pricing, k: number, time_ms: number, view: View): void {
  const { asset, oracle, feed } = x.coins[k] as Coin
  x.coin.columns.usd.data[k] = view.usd(asset)
  if (x.pool === undefined || oracle === undefined) return
  oracle.read(time_ms, view, p.index)
  // a coin without a price keeps its last one
  if (!(p.index.price > 0 && p.index.price < Number.POSITIVE_INFINITY)) return
  view.feeds.write(feed, p.index)
  x.book.prices.data[x.pool.first_slot + k] = p.index.price
}

function external_price(contract: Contract, p: Pricing, time_ms: number, view: View): number {
  if (contract.external === undefined) return Number.NaN
  contract.external.read(time_ms, view, p.slot)
  return p.slot.price
}

/** The slot's price is the mark turned over, or in coins: its displacement follows. */
function write_slot(contract: Contract, p: Pricing, view: View): void {
  if (contract.shape === 'inverse') {
    p.slot.fixed(1)
    p.slot.times(p.mark, true)
    for (let s = 0; s < p.slot.row.length; s++) p.slot.row[s] = p.mark.row[s] as number
  } else {
    p.slot.copy(p.mark)
    p.slot.price = slot_price(contract, p.mark.price)
    p.slot.start = slot_price(contract, p.mark.start)
  }
  view.feeds.write(contract.slot_feed, p.slot)
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
export function share_left(time_ms: number, interval_ms: number): number {
  return 1 - (time_ms / interval_ms - Math.floor(time_ms / interval_ms))
}

/** −Infinity in the table stands for none; NaN is never stored. */
function basis_of(p: Pricing, c: number): number {
  const basis = p.state.columns.basis.data[c] as number
  return basis > Number.NEGATIVE_INFINITY ? basis : Number.NaN
}

/** Takes the basis last seen as a sample, if the contract traded, and averages those of the last `window_ms`. */
function sample_basis(p: Pricing, c: number, time_ms: number, elapsed_ms: number, rules: MarkRules): void {
  const { time_ms: times, basis: values } = p.samples.columns
  const state = p.state.columns
  const first = c * SAMPLES
  const newest = first + (state.newest.data[c] as number)
  const basis = state.seen.data[c] as number
  const { window_ms } = rules
  if (rules.ema_ms > 0) return sample_exponential(p, c, elapsed_ms, rules.ema_ms)
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

/** Sum ← sum·e^(−Δt/τ) + basis·Δt, mass alike; the mean is their quotient (Hyperliquid docs, "Robust price indices"). */
function sample_exponential(p: Pricing, c: number, elapsed_ms: number, tau_ms: number): void {
  const { seen, sum, mass, basis } = p.state.columns
  const now = seen.data[c] as number
  const traded = now > Number.NEGATIVE_INFINITY && elapsed_ms < Number.POSITIVE_INFINITY
  const left = elapsed_ms < Number.POSITIVE_INFINITY ? exp(-elapsed_ms / tau_ms) : 0
  sum.data[c] = (sum.data[c] as number) * left + (traded ? now * elapsed_ms : 0)
  mass.data[c] = (mass.data[c] as number) * left + (traded ? elapsed_ms : 0)
  const held = mass.data[c] as number
  basis.data[c] = held > 1e-9 * tau_ms ? (sum.data[c] as number) / held : Number.NEGATIVE_INFINITY
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
  for (let s = 0; s < mark.displacement.length; s++) {
    const mine = towards * (last.displacement[s] as number)
    const theirs = (1 - towards) * (index.displacement[s] as number)
    mark.displacement[s] = mine + theirs
    // A displacement that is gone has its row still: what it was may be what an account lost by.
    if (takes(index.row[s] as number, theirs, last.row[s] as number, mine)) mark.row[s] = last.row[s] as number
    if (s !== EXOGENOUS) endogenous += mine + theirs
  }
  mark.displacement[EXOGENOUS] = log(price / mark.start) - endogenous
}
