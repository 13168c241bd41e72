/** A trader answers a margin call at an exchange: more margin out of his treasury, or a smaller position. */
import { z } from 'zod'
import { type Agent, AT_VENUE, type Fill, type Kind, type Statement } from '../model/index.ts'
import { hedge_fields, hedger } from './shared/hedging.ts'
import { close, is_cash, move_cash, to_add, to_close, to_pay_in, unit_value } from './shared/law.ts'
import { type Case, call_level, Responder, response_fields, restored, signed, take_from_treasury } from './shared/margin-call.ts'
import { Plans, Routes, sell_along } from './shared/routes.ts'

const schema = z.strictObject({
  kind: z.literal('trader').describe('trader'),
  id: z.string().min(1).describe('name of the agent, unique'),
  ...response_fields(
    {
      top_up: 'adding margin from the treasury',
      cut: 'closing part of the position',
      sell: 'selling treasury assets to add margin',
      hedge: 'a hedge at another venue',
    },
    {
      call: { buffer_share: 0.3 },
      target: { buffer_share: 0.6 },
      sizes: [
        { above_usd: 0, top_up: 10, cut: 15, ignore: 75, automated: 0.1 },
        { above_usd: 50_000, top_up: 20, cut: 30, ignore: 50, automated: 0.3 },
        { above_usd: 1_000_000, top_up: 30, cut: 50, ignore: 20, automated: 0.7 },
      ],
    },
  ),
  markets: z
    .array(z.string().min(1))
    .max(1000)
    .default([])
    .describe('spot markets on which treasury assets may be sold to add margin; none: nothing is sold'),
  ...hedge_fields,
})
type Spec = z.infer<typeof schema>

/** Rounds of looking up the price at which a part of the position would be closed. */
const PRICE_STEPS = 4

function deposit(one: Case, leg: number, value: number): number {
  const unit = unit_value(one.statement, leg)
  const asset = one.statement.asset[leg] as number
  const units = take_from_treasury(one, asset, value, unit, one.statement.price[leg] as number)
  if (units === 0) return 0
  one.open()
  one.out.add('deposit', { ...signed(one), asset, amount: units })
  return units * unit
}

/** Pays cash in until the target is reached; then, if the treasury has it, other collateral of the account. */
function top_up(one: Case): void {
  const { statement, law } = one
  // where the venue is the other side its cash legs are what the position owes: only tokens can be put in
  if (law.cash_leg >= 0 && own_position(statement) < 0) move_cash(law, deposit(one, law.cash_leg, to_pay_in(law, one.target)))
  for (let leg = 0; leg < statement.count && !restored(one); leg++)
    if (leg !== law.cash_leg && statement.side[leg] === 1 && statement.market[leg] === -1 && !is_cash_of_position(statement, leg))
      law.assets += deposit(one, leg, to_add(law, one.target))
}

/** A position that the venue itself closes; −1 for none. */
const own_position = (statement: Statement): number => statement.market.slice(0, statement.count).indexOf(AT_VENUE)

const is_cash_of_position = (statement: Statement, leg: number): boolean =>
  own_position(statement) >= 0 && is_cash(statement, leg)

/**
 * Closes a part of a position at the venue. What is asked for goes with its size, equity stays: health = 1 + (assets − debts) ÷ debts, and the debts
 * of a share 1 − f are at most that share of them. So f = 1 − (assets − debts) ÷ ((target − 1) · debts) is enough, and a little more than needed.
 */
function cut_at_venue(one: Case, leg: number): void {
  const { statement, law } = one
  const f = Math.min(1, 1 - Math.max(0, law.assets - law.debts) / ((one.target - 1) * law.debts))
  const held = statement.quantity[leg] as number
  if (!(f > 0) || held * f * (statement.price[leg] as number) < one.min_usd) return
  one.open()
  one.out.add('repay', { ...signed(one), asset: statement.asset[leg] as number, amount: f < 1 ? held * f : held })
  law.assets -= law.debts * f
  law.debts *= 1 - f
}

/** Contract legs, the largest notional first. */
function contracts(statement: Statement): number[] {
  const notional = (leg: number) => (statement.quantity[leg] as number) * (statement.price[leg] as number)
  const legs: number[] = []
  for (let leg = 0; leg < statement.count; leg++) if ((statement.market[leg] as number) >= 0 && notional(leg) > 0) legs.push(leg)
  return legs.sort((a, b) => notional(b) - notional(a) || a - b)
}

/** What a unit of a contract is on its market: base, or the quote of an inverse contract, which is worth 1 ÷ price in coins. */
interface Unit {
  readonly exact: 'base' | 'quote'
  /** Coins per unit at the mid. */
  readonly price: number
  /** Side of the market order that closes a leg of this side. */
  against(side: 1 | -1): 1 | -1
  /** Coins per unit of a fill. */
  paid(fill: Fill): number
}

const BASE = {
  exact: 'base',
  against: (side: 1 | -1) => (side === 1 ? -1 : 1),
  paid: (fill: Fill) => Math.abs(fill.quote / fill.base),
} as const
const QUOTE = { exact: 'quote', against: (side: 1 | -1) => side, paid: (fill: Fill) => Math.abs(fill.base / fill.quote) } as const

/** Closes as much of the largest positions as reaches the target at the price the book gives for it; reduces, never turns. */
function cut(one: Case, quote_of: (market: number) => number): void {
  const { statement, law, view } = one
  const own = own_position(statement)
  if (own >= 0) return cut_at_venue(one, own)
  for (const leg of contracts(statement)) {
    if (restored(one)) return
    const side = statement.side[leg] as 1 | -1
    const market = statement.market[leg] as number
    const held = statement.quantity[leg] as number
    const value = unit_value(statement, leg)
    const inverse = statement.asset[leg] === quote_of(market)
    const mid = view.mid(market)
    const unit: Unit = inverse ? { ...QUOTE, price: 1 / mid } : { ...BASE, price: mid }
    const against = unit.against(side)
    let price = unit.price
    let units = 0
    let fillable = true
    for (let i = 0; i < PRICE_STEPS; i++) {
      units = Math.min(held, to_close(law, one.target, side, value, price))
      const fill = view.fill(market, { side: against, amount: units, exact: unit.exact, limit: 0, party: one.account })
      fillable = fill.base !== 0
      if (!fillable) break
      price = unit.paid(fill)
    }
    if (!fillable || (units < held && units * (inverse ? 1 : price) < one.min_usd)) continue
    one.open()
    const fields = { side: against, amount: units, exact: unit.exact, sold: 'called', victim: one.venue } as const
    one.out.add('order', { ...signed(one), ...fields, market })
    close(law, side, units, value, price)
  }
}

/** Sells the treasury asset that is worth most for the margin that is missing, in one bundle. */
function sell(one: Case, routes: Routes, plans: Plans): void {
  const { statement, law, view, actor } = one
  if (law.cash_leg < 0 || own_position(statement) >= 0) return
  const asset = statement.asset[law.cash_leg] as number
  const unit = unit_value(statement, law.cash_leg)
  let source = -1
  let most = 0
  for (const held of routes.into(asset)) {
    const usd = one.purse.left(view, actor, held) * view.usd(held)
    if (usd > most) [source, most] = [held, usd]
  }
  if (source < 0 || most < one.min_usd) return
  const held = one.purse.left(view, actor, source)
  const route = plans.best(view, routes.between(source, asset), held, actor)
  if (route === undefined) return
  const units = plans.input_for(view, route, to_pay_in(law, one.target) / unit, held, actor)
  if (!(units > 0) || units * view.usd(source) < one.min_usd) return
  const steps = plans.plan(view, route, units, actor)
  one.purse.spend(actor, source, units)
  one.open()
  const of = sell_along(one.out, route, { amount: units }, { actor, sold: 'called', victim: one.venue, cause: one.cause })
  one.out.add('deposit', { ...signed(one), asset, of })
  move_cash(law, (steps[steps.length - 1] as number) * unit)
}

export const trader: Kind<Spec, Agent> = {
  id: 'trader',
  title: 'Trader: adds margin, closes part of the position, or ignores a margin call, after a delay',
  source: 'Closed forms of the plain health law; frequencies and delays assumed, see docs/agents/trader.md',
  schema,
  open(spec, builder) {
    const quote_of = (market: number) => builder.market_at(market).quote_asset
    const routes = new Routes(builder, spec.markets, 'markets')
    const plans = new Plans(routes.markets)
    const steps = {
      top_up,
      cut: (one: Case) => cut(one, quote_of),
      sell: (one: Case) => sell(one, routes, plans),
      hedge: hedger(spec, builder),
    }
    const responder = new Responder(spec, builder, steps, () => plans.clear())
    return {
      call_level: (health) => call_level(spec.call, health),
      respond: (calls, view, rng, out) => responder.respond(calls, view, rng, out),
      act() {},
      due: (events, view, rng, out) => responder.due(events, view, rng, out),
    }
  },
}
