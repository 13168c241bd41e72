/**
 * A market that clears by excess demand of two: a bank whose leverage may be the larger the calmer the price has been, as a limit on value at risk has it, and a
 * fund that leans against the gap to what the asset is worth. Calm lets the bank borrow and buy, its buying moves the price, and the first larger move makes it
 * sell into its own fall. Every order is one auction at one price; both keep their parts in base.
 *
 * Once a `step_ms` the bank and the fund move and the market clears anew. A bank without equity, or without a price, is gone: the fund takes over what it held. After
 * a recovery without end the mid is the anchor, and the bank has the leverage it had.
 */
import { z } from 'zod'
import { assert, type Columns, type Fill, type Kind, type Lawful, type Market, type Order, OUTSIDE } from '../model/index.ts'
import { alive, type Holding, leverage_of, type RiskLimitTerms, risk_limit_step, schedule, traded } from './risk-limit/step.ts'

const YEAR_MS = 31_557_600_000

const schema = z.strictObject({
  kind: z.literal('risk-limit').describe('risk-limit'),
  id: z.string().min(1).describe('Name of the market, unique'),
  base: z.string().describe('Asset that is bought and sold'),
  quote: z.string().describe('Asset in which it is paid'),
  shares: z.number().positive().describe('Base units held by bank and fund, at the start'),
  alpha: z.number().positive().max(1e6).describe('Leverage the bank wants = alpha · (variance + floor²)^exponent'),
  floor: z.number().positive().max(1).default(0.001).describe('Deviation below which calm allows no more leverage'),
  exponent: z
    .number()
    .min(-2)
    .max(2)
    .default(-0.5)
    .describe('−0.5: a limit on value at risk; above 0: more leverage after turmoil'),
  delta: z.number().positive().max(100).default(0.5).describe('Rate a year at which the variance is forgotten'),
  horizon_years: z.number().positive().max(10).default(0.1).describe('Horizon of the returns whose variance it is'),
  theta: z.number().min(0).max(1000).default(10).describe('Rate a year at which the bank closes the gap to its leverage'),
  eta: z
    .number()
    .min(0)
    .max(1000)
    .default(10)
    .describe('Rate a year at which the gap of its equity to `equity` is closed, by or to the fund'),
  equity: z.number().positive().describe('Equity the bank begins with and returns to, quote units'),
  weight: z.number().min(0.001).max(0.999).default(0.3).describe('Part of the bank’s assets that is in base'),
  rho: z
    .number()
    .min(0)
    .max(1000)
    .default(0.1)
    .describe('Rate a year at which the fund’s part in base answers the gap to the fundamental'),
  leverage: z.number().min(1).max(1000).default(5).describe('Assets ÷ equity of the bank at the start'),
  variance: z.number().min(0).max(100).default(0.0001).describe('Variance the bank has seen at the start'),
  fund_weight: z.number().min(0.001).max(0.999).default(0.5).describe('Part of the fund’s assets that is in base at the start'),
  step_ms: z.number().positive().describe('Time between clearings, ms'),
  order_max: z
    .number()
    .positive()
    .max(0.9)
    .default(0.1)
    .describe('Largest order, as a share of the units for which there is cash'),
})
type Spec = z.infer<typeof schema>

const shape = {
  mid: 'f64',
  /** Price one step ago. */
  before: 'f64',
  supply: 'f64',
  units: 'f64',
  debt: 'f64',
  fund_weight: 'f64',
  variance: 'f64',
  elapsed_ms: 'f64',
  /** 1: the bank is gone. */
  gone: 'f64',
} as const

interface Auction {
  readonly index: number
  readonly spec: Spec
  readonly terms: RiskLimitTerms
  readonly state: Columns<typeof shape>
}

/** Part in base a fund may have that is alone: what it does not want has no buyer. */
const [LEAST, MOST] = [0.001, 0.999]

const mid = ({ state }: Auction) => state.mid.data[0] as number

function holding({ state }: Auction): Holding {
  return {
    supply: state.supply.data[0] as number,
    units: state.units.data[0] as number,
    debt: state.debt.data[0] as number,
    fund_weight: state.fund_weight.data[0] as number,
    price: state.mid.data[0] as number,
  }
}

function put({ state }: Auction, { supply, units, debt, fund_weight, price }: Holding): void {
  state.supply.set(0, supply)
  state.units.set(0, units)
  state.debt.set(0, debt)
  state.fund_weight.set(0, fund_weight)
  state.mid.set(0, price)
}

function fill_of(auction: Auction, party: number, base: number, price: number): Fill {
  const quote = -base * price
  const legs = base === 0 ? [] : [{ party: OUTSIDE, base: -base, quote: -quote }]
  return {
    market: auction.index,
    party,
    base,
    quote,
    mid_before: mid(auction),
    mid_after: price,
    legs,
    fee_quote: 0,
    decay: 1,
    permanent: 0,
  }
}

/** What an order gets; nothing is changed. With K the cash of the schedule and D what it leaves of the supply, x units sold go at K ÷ (D + x). */
function take(auction: Auction, { side, amount, exact, limit, party }: Order): Fill {
  assert(amount >= 0 && limit >= 0, `order of ${amount} with limit ${limit} in an auction`)
  const now = holding(auction)
  const { cash, held } = schedule(auction.spec, now)
  const free = now.supply - held
  const room = limit > 0 ? Math.max(0, side * (free - cash / limit)) : Number.POSITIVE_INFINITY
  const paid = cash + side * amount
  const asked = exact === 'base' ? amount : paid > 0 ? (amount * free) / paid : Number.POSITIVE_INFINITY
  const units = Math.min(asked, room, auction.spec.order_max * free)
  return units > 0
    ? fill_of(auction, party, side * units, cash / (free - side * units))
    : fill_of(auction, party, 0, mid(auction))
}

/** The fund takes over what the bank held, at the price it pays for it all; from then on the price is its alone. */
function take_over(auction: Auction): void {
  const { supply, units, fund_weight, price } = holding(auction)
  const cash = ((1 - fund_weight) * (supply - units) * price) / fund_weight
  put(auction, { supply, units: 0, debt: 0, fund_weight, price: (fund_weight * cash) / ((1 - fund_weight) * supply) })
  auction.state.gone.set(0, 1)
}

/** The fund alone: its part in base answers the gap to the fundamental, its cash is what it was. */
function step_alone(auction: Auction, step: number, worth: number): void {
  const now = holding(auction)
  const cash = ((1 - now.fund_weight) * now.supply * now.price) / now.fund_weight
  const wanted = now.fund_weight + (now.fund_weight / now.price) * step * auction.terms.rho * (worth - now.price)
  const fund_weight = Math.min(MOST, Math.max(LEAST, wanted))
  put(auction, { ...now, fund_weight, price: (fund_weight * cash) / ((1 - fund_weight) * now.supply) })
}

function clear(auction: Auction, worth: number): void {
  const { state, terms, spec } = auction
  const step = spec.step_ms / YEAR_MS
  if (state.gone.data[0] === 1) return step_alone(auction, step, worth)
  const now = holding(auction)
  // An order may have taken its equity.
  if (!alive(terms, now)) return take_over(auction)
  const next = risk_limit_step(terms, step, now, state.variance.data[0] as number, state.before.data[0] as number, worth)
  if (!alive(terms, next)) return take_over(auction)
  state.before.set(0, now.price)
  state.variance.set(0, next.variance)
  put(auction, next)
}

function recover(auction: Auction, dt_ms: number, anchor: number): Fill {
  assert(dt_ms >= 0, `recovery over ${dt_ms} ms`)
  assert(anchor > 0 && anchor < Number.POSITIVE_INFINITY, `anchor ${anchor} of an auction`)
  const { state, spec } = auction
  const mid_before = mid(auction)
  if (dt_ms === Number.POSITIVE_INFINITY) {
    const now = holding(auction)
    put(auction, { ...now, debt: (now.debt * anchor) / now.price, price: anchor })
    state.before.set(0, anchor)
    return { ...fill_of(auction, OUTSIDE, 0, anchor), mid_before, decay: 0 }
  }
  state.elapsed_ms.add(0, dt_ms)
  while ((state.elapsed_ms.data[0] as number) >= spec.step_ms) {
    state.elapsed_ms.add(0, -spec.step_ms)
    clear(auction, anchor)
  }
  return { ...fill_of(auction, OUTSIDE, 0, mid(auction)), mid_before }
}

function violations(id: string, auction: Auction): string[] {
  const broken: string[] = []
  const { supply, units, debt, fund_weight, price } = holding(auction)
  if (!(price > 0 && price < Number.POSITIVE_INFINITY)) broken.push(`${id}: the mid is ${price}`)
  if (!(units >= 0 && units < supply)) broken.push(`${id}: the bank holds ${units} of ${supply}`)
  if (!(fund_weight > 0 && fund_weight < 1)) broken.push(`${id}: the fund has ${fund_weight} of its assets in base`)
  if (!(Math.abs(debt) < Number.POSITIVE_INFINITY)) broken.push(`${id}: the bank owes ${debt}`)
  return broken
}

/** A market with a bank behind it. */
export interface RiskLimitMarket extends Market, Lawful {
  /** Assets ÷ equity of the bank; 0 when it has none or is gone. */
  bank_leverage(): number
}

export const riskLimit: Kind<Spec, RiskLimitMarket> = {
  id: 'risk-limit',
  title: 'Risk limit: one price for all, set by a bank whose leverage follows the calm it has seen, and a fund',
  source: 'Aymanns, Caccioli, Farmer, Tan, Taming the Basel leverage cycle, Journal of Financial Stability 27 (2016) 263–277',
  schema,
  open(spec, builder) {
    const base = builder.asset(spec.base, 'base')
    const quote_asset = builder.asset(spec.quote, 'quote')
    if (base === quote_asset) throw builder.invalid('quote', spec.quote, 'another asset than base')
    const anchor = (builder.assets[base]?.price_usd as number) / (builder.assets[quote_asset]?.price_usd as number)
    const units = (spec.leverage * spec.equity * spec.weight) / anchor
    if (!(units < spec.shares)) throw builder.invalid('shares', spec.shares, `above ${units}, what the bank holds at the start`)
    const state = builder.store.table(`${spec.id}.state`, shape, 1).columns
    const auction: Auction = { index: builder.self.index, spec, terms: spec, state }
    const debt = (spec.leverage - 1) * spec.equity
    put(auction, { supply: spec.shares, units, debt, fund_weight: spec.fund_weight, price: anchor })
    state.before.data[0] = anchor
    state.variance.data[0] = spec.variance
    return {
      base,
      quote_asset,
      settles: -1,
      mid: () => mid(auction),
      quote: (order) => take(auction, order),
      fill(order) {
        const fill = take(auction, order)
        if (fill.base !== 0) put(auction, traded(spec, holding(auction), fill.base))
        return fill
      },
      recover: (dt_ms, to) => recover(auction, dt_ms, to),
      depth(within) {
        const now = holding(auction)
        const free = now.supply - schedule(spec, now).held
        return free / (1 - Math.min(Math.max(within, 0), 0.999999)) - free
      },
      make() {
        assert(false, `${spec.id} is an auction: it has no makers`)
      },
      cancel: () => 0,
      holdings() {},
      violations: () => violations(spec.id, auction),
      bank_leverage: () => leverage_of(spec, holding(auction)),
    }
  },
}
