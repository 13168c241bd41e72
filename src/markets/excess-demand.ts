/**
 * A market that clears by excess demand: those who trade here meet demand schedules, and the price is the one at which all that is wanted is all there
 * is. Behind it stand buyers who spend a given cash whatever the price, and value funds that borrow against what they hold up to a limit. Every order
 * is one auction at one price: the taker trades all of it at the price it leads to.
 *
 * Cash of the first is anchor · shares: the price without funds is the anchor. Once a `step_ms` the funds' results are settled and the market clears
 * anew. After a recovery without end the funds hold nothing and the mid is the anchor.
 */
import { z } from 'zod'
import { assert, type Columns, type Fill, type Kind, type Lawful, type Market, type Order, OUTSIDE } from '../model/index.ts'
import { after_step, clearing_price, demand_value, fund_shape, rebalance, type Schedules } from './excess-demand/clearing.ts'

const schema = z.strictObject({
  kind: z.literal('excess-demand').describe('excess-demand'),
  id: z.string().min(1).describe('Name of the market, unique'),
  base: z.string().describe('Asset that is bought and sold'),
  quote: z.string().describe('Asset in which it is paid'),
  shares: z.number().positive().describe('Base units held by all who stand behind this market, at the start'),
  worth: z.number().positive().optional().describe('Price below which funds buy, in quote; absent: the opening price'),
  funds: z.number().int().min(0).max(1000).default(10).describe('Number of value funds'),
  aggression: z
    .number()
    .positive()
    .max(1000)
    .default(5)
    .describe('Leverage that fund h (from 1) wants per unit of mispricing is h times this'),
  leverage_max: z.number().positive().max(1000).describe('Largest value held ÷ own wealth'),
  wealth: z.number().positive().describe('Wealth with which a fund begins, quote units'),
  ruin_share: z.number().min(0).max(1).default(0.1).describe('Share of that below which it fails'),
  absence: z.number().int().min(1).max(1e6).default(100).describe('Steps until a new one takes its place'),
  flow: z
    .number()
    .min(0)
    .max(100)
    .default(0.15)
    .describe('Share of wealth that investors bring a step per return above the benchmark'),
  benchmark: z.number().min(-1).max(1).default(0.005).describe('Return a step that they ask for'),
  memory: z.number().positive().max(1).default(0.1).describe('Weight of the last return in a fund’s record'),
  step_ms: z.number().positive().default(60_000).describe('Time between clearings, ms'),
  order_max: z.number().positive().max(0.9).default(0.5).describe('Largest order, as a share of what those behind hold'),
})
type Spec = z.infer<typeof schema>

/** `before` is the price at which the last step began; 0 in the first, of which nothing is settled. */
const shape = { mid: 'f64', before: 'f64', cash: 'f64', supply: 'f64', elapsed_ms: 'f64', failures: 'f64' } as const

interface Auction {
  readonly index: number
  readonly spec: Spec
  readonly schedules: Schedules
  readonly state: Columns<typeof shape>
}

const mid = ({ state }: Auction) => state.mid.data[0] as number
const cash = ({ state }: Auction) => state.cash.data[0] as number
const supply = ({ state }: Auction) => state.supply.data[0] as number

/** Price to which an order of so many units leads; buying is positive. */
const price_after = (auction: Auction, base: number) => clearing_price(auction.schedules, cash(auction), supply(auction) - base)

/** Units whose purchase or sale leads to the limit; +Infinity without one. */
function room(auction: Auction, { side, limit }: Order): number {
  if (!(limit > 0)) return Number.POSITIVE_INFINITY
  return Math.max(0, -side * (demand_value(auction.schedules, limit, cash(auction)) / limit - supply(auction)))
}

/** Units whose value at the price they lead to is `amount`; `most` when that is not reached. */
function units_for(auction: Auction, side: 1 | -1, amount: number, most: number): number {
  if (price_after(auction, side * most) * most <= amount) return most
  let [low, high] = [0, most]
  for (let i = 0; i < 100; i++) {
    const middle = 0.5 * (low + high)
    if (middle === low || middle === high) break
    if (price_after(auction, side * middle) * middle <= amount) low = middle
    else high = middle
  }
  return low
}

function fill_of(auction: Auction, party: number, base: number, price: number): Fill {
  const quote = -base * price
  const legs = base === 0 ? [] : [{ party: OUTSIDE, base: -base, quote: -quote }]
  const mid_before = mid(auction)
  return { market: auction.index, party, base, quote, mid_before, mid_after: price, legs, fee_quote: 0, decay: 1, permanent: 0 }
}

/** What an order gets; nothing is changed. */
function take(auction: Auction, order: Order): Fill {
  const { side, amount, exact, limit, party } = order
  assert(amount >= 0 && limit >= 0, `order of ${amount} with limit ${limit} in an auction`)
  const most = Math.min(auction.spec.order_max * supply(auction), room(auction, order))
  const units = exact === 'base' ? Math.min(amount, most) : most > 0 && amount > 0 ? units_for(auction, side, amount, most) : 0
  if (!(units > 0)) return fill_of(auction, party, 0, mid(auction))
  const price = price_after(auction, side * units)
  // Where several prices clear, the one found may be beyond the limit.
  const beyond = limit > 0 && side * (price / limit - 1) > 1e-9
  return beyond || !(units * price > 0) ? fill_of(auction, party, 0, mid(auction)) : fill_of(auction, party, side * units, price)
}

function commit(auction: Auction, fill: Fill): void {
  if (fill.base === 0) return
  auction.state.supply.add(0, -fill.base)
  auction.state.mid.set(0, fill.mid_after)
  rebalance(auction.schedules, fill.mid_after)
}

function clear(auction: Auction, anchor: number): void {
  const { state, spec, schedules } = auction
  state.cash.set(0, anchor * spec.shares)
  const price = price_after(auction, 0)
  state.mid.set(0, price)
  rebalance(schedules, price)
}

function recover(auction: Auction, dt_ms: number, anchor: number): Fill {
  assert(dt_ms >= 0, `recovery over ${dt_ms} ms`)
  assert(anchor > 0 && anchor < Number.POSITIVE_INFINITY, `anchor ${anchor} of an auction`)
  const { state, spec, schedules } = auction
  const mid_before = mid(auction)
  if (dt_ms === Number.POSITIVE_INFINITY) {
    const { cash: own, held, leverage } = schedules.funds
    for (let h = 0; h < schedules.count; h++) {
      own.add(h, (held.data[h] as number) * anchor)
      held.set(h, 0)
      leverage.set(h, 0)
    }
    state.cash.set(0, anchor * supply(auction))
    state.mid.set(0, anchor)
    state.before.set(0, anchor)
    return { ...fill_of(auction, OUTSIDE, 0, anchor), mid_before, decay: 0 }
  }
  state.elapsed_ms.add(0, dt_ms)
  while ((state.elapsed_ms.data[0] as number) >= spec.step_ms) {
    state.elapsed_ms.add(0, -spec.step_ms)
    const before = state.before.data[0] as number
    if (before > 0) state.failures.add(0, after_step(schedules, spec, mid(auction), before))
    state.before.set(0, mid(auction))
    clear(auction, anchor)
  }
  return { ...fill_of(auction, OUTSIDE, 0, mid(auction)), mid_before }
}

function violations(id: string, auction: Auction): string[] {
  const broken: string[] = []
  const price = mid(auction)
  if (!(price > 0 && price < Number.POSITIVE_INFINITY)) broken.push(`${id}: the mid is ${price}`)
  const { held, cash: own } = auction.schedules.funds
  let sum = 0
  for (let h = 0; h < auction.schedules.count; h++) {
    if (!((held.data[h] as number) >= 0)) broken.push(`${id}: fund ${h} holds ${held.data[h]}`)
    if (!(Math.abs(own.data[h] as number) < Number.POSITIVE_INFINITY)) broken.push(`${id}: fund ${h} has cash ${own.data[h]}`)
    sum += held.data[h] as number
  }
  if (!(sum <= supply(auction) * (1 + 1e-9))) broken.push(`${id}: funds hold ${sum} of ${supply(auction)}`)
  return broken
}

/** Base that can be sold before the mid falls by `within`. */
function depth(auction: Auction, within: number): number {
  const price = mid(auction) * (1 - Math.min(Math.max(within, 0), 0.999999))
  return Math.max(0, demand_value(auction.schedules, price, cash(auction)) / price - supply(auction))
}

export const excessDemand: Kind<Spec, Market & Lawful> = {
  id: 'excess-demand',
  title: 'Excess demand: one price for all, set by demand schedules of value funds with a leverage limit',
  source:
    'Thurner, Farmer, Geanakoplos, Leverage causes fat tails and clustered volatility, Quantitative Finance 12 (2012) 695–707',
  schema,
  open(spec, builder) {
    const base = builder.asset(spec.base, 'base')
    const quote_asset = builder.asset(spec.quote, 'quote')
    if (base === quote_asset) throw builder.invalid('quote', spec.quote, 'another asset than base')
    const anchor = (builder.assets[base]?.price_usd as number) / (builder.assets[quote_asset]?.price_usd as number)
    const state = builder.store.table(`${spec.id}.state`, shape, 1).columns
    const funds = builder.store.table(`${spec.id}.funds`, fund_shape, spec.funds).columns
    funds.cash.data.fill(spec.wealth)
    const { aggression, leverage_max, worth = anchor } = spec
    const schedules: Schedules = { count: spec.funds, aggression, leverage_max, worth, funds }
    const auction: Auction = { index: builder.self.index, spec, schedules, state }
    state.supply.data[0] = spec.shares
    clear(auction, anchor)
    return {
      base,
      quote_asset,
      settles: -1,
      mid: () => mid(auction),
      quote: (order) => take(auction, order),
      fill(order) {
        const fill = take(auction, order)
        commit(auction, fill)
        return fill
      },
      recover: (dt_ms, to) => recover(auction, dt_ms, to),
      depth: (within) => depth(auction, within),
      make() {
        assert(false, `${spec.id} is an auction: it has no makers`)
      },
      cancel: () => 0,
      holdings() {},
      violations: () => violations(spec.id, auction),
    }
  },
}
