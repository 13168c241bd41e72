/** A borrower answers a margin call out of his treasury: more collateral, less debt, or something else sold to owe less. */
import { z } from 'zod'
import { type Agent, type Kind, type Statement } from '../model/index.ts'
import { hedge_fields, hedger } from './shared/hedging.ts'
import { to_add, to_repay, unit_value } from './shared/law.ts'
import { type Case, Responder, response_fields, restored, signed, take_from_treasury } from './shared/margin-call.ts'
import { notice_schema } from './shared/notice.ts'
import { open, Plans, Routes, sell_along } from './shared/routes.ts'
import { type Part, split_for } from './shared/routing.ts'
import { unwind } from './shared/unwinding.ts'

const schema = z.strictObject({
  kind: z.literal('borrower').describe('borrower'),
  id: z.string().min(1).describe('name of the agent, unique'),
  ...response_fields(
    {
      top_up: 'depositing collateral from the treasury',
      repay: 'repaying with debt assets from the treasury',
      cut: 'selling other treasury assets to repay',
      unwind: 'repaying with the account’s own collateral, by a flash loan',
      hedge: 'a hedge at another venue',
    },
    {
      call: { health: 1.1 },
      target: { health: 1.3 },
      sizes: [
        { above_usd: 0, top_up: 15, repay: 15, cut: 5, ignore: 65, automated: 0.05 },
        { above_usd: 100_000, top_up: 30, repay: 20, cut: 10, ignore: 40, automated: 0.2 },
        { above_usd: 10_000_000, top_up: 55, repay: 20, cut: 10, ignore: 15, automated: 0.5 },
      ],
    },
  ),
  markets: z
    .array(z.string().min(1))
    .max(1000)
    .default([])
    .describe('spot markets on which treasury assets may be sold; none: nothing is sold'),
  split: z
    .boolean()
    .default(false)
    .describe('sells over all routes at once, at equal marginal price; otherwise over the one route that gives most'),
  unwinds: z
    .strictObject({
      flash_fee: z.number().min(0).max(1).default(0.0005).describe('fee of a flash loan'),
      slippage_max: z.number().min(0).max(1).default(0.05).describe('most that the sale may bring less than the mids say'),
    })
    .optional()
    .describe('can repay with his own collateral, once the other answers are used up or when he chooses it; absent: cannot'),
  ...hedge_fields,
  notice: notice_schema.optional(),
})
type Spec = z.infer<typeof schema>

/** Legs of one side that are deposited or owed, not closed on a market; those of most value to the reader first. */
function legs_of(statement: Statement, side: 1 | -1, worth: (leg: number) => number): number[] {
  const legs: number[] = []
  for (let leg = 0; leg < statement.count; leg++)
    if (statement.side[leg] === side && (statement.market[leg] as number) < 0 && unit_value(statement, leg) > 0) legs.push(leg)
  return legs.sort((a, b) => worth(b) - worth(a) || a - b)
}

const treasury_value = (one: Case) => (leg: number) =>
  one.purse.left(one.view, one.actor, one.statement.asset[leg] as number) * (one.statement.price[leg] as number)

/** Deposits what is missing: (target · debts − assets) ÷ (weight · price) units, over as many kinds of collateral as it takes. */
function top_up(one: Case): void {
  for (const leg of legs_of(one.statement, 1, treasury_value(one))) {
    if (restored(one)) return
    const unit = unit_value(one.statement, leg)
    const asset = one.statement.asset[leg] as number
    const value = to_add(one.law, one.target)
    const units = take_from_treasury(one, asset, value, unit, one.statement.price[leg] as number)
    if (units === 0) continue
    one.open()
    one.out.add('deposit', { ...signed(one), asset, amount: units })
    one.law.assets += units * unit
  }
}

/** Repays what is too much: (debts − assets ÷ target) ÷ (weight · price) units, over as many debts as it takes. */
function repay(one: Case): void {
  for (const leg of legs_of(one.statement, -1, treasury_value(one))) {
    if (restored(one)) return
    const unit = unit_value(one.statement, leg)
    const asset = one.statement.asset[leg] as number
    const value = Math.min(to_repay(one.law, one.target), (one.statement.quantity[leg] as number) * unit)
    const units = take_from_treasury(one, asset, value, unit, one.statement.price[leg] as number)
    if (units === 0) continue
    one.open()
    one.out.add('repay', { ...signed(one), asset, amount: units })
    one.law.debts -= units * unit
  }
}

/** The treasury asset worth most that can be sold for this one. */
function for_sale(one: Case, routes: Routes, asset: number): number {
  let best = -1
  let most = 0
  for (const source of routes.into(asset)) {
    const usd = one.purse.left(one.view, one.actor, source) * one.view.usd(source)
    if (usd > most) {
      most = usd
      best = source
    }
  }
  return best
}

/** How so much of an asset is got for another: over the one route that gives most, or over all. */
function parts_for(
  one: Case,
  routes: Routes,
  plans: Plans,
  source: number,
  asset: number,
  wanted: number,
  all: boolean,
): readonly Part[] {
  const { view, actor } = one
  const held = one.purse.left(view, actor, source)
  const between = routes.between(source, asset)
  if (all) {
    const ways = between.filter((route) => open(view, route))
    return ways.length === 0 ? [] : split_for(view, plans, ways, wanted, held, actor).parts
  }
  const route = plans.best(view, between, held, actor)
  return route === undefined ? [] : [{ route, amount: plans.input_for(view, route, wanted, held, actor) }]
}

/** Sells treasury assets for the largest debt and repays with the proceeds, in one bundle. */
function cut(one: Case, routes: Routes, plans: Plans, all: boolean): void {
  const largest = (leg: number) => (one.statement.quantity[leg] as number) * unit_value(one.statement, leg)
  const leg = legs_of(one.statement, -1, largest)[0]
  if (leg === undefined) return
  const asset = one.statement.asset[leg] as number
  const source = for_sale(one, routes, asset)
  if (source < 0) return
  const unit = unit_value(one.statement, leg)
  const wanted = Math.min(to_repay(one.law, one.target) / unit, one.statement.quantity[leg] as number)
  const parts = parts_for(one, routes, plans, source, asset, wanted, all)
  const units = parts.reduce((sum, part) => sum + part.amount, 0)
  if (!(units > 0) || units * one.view.usd(source) < one.min_usd) return
  one.purse.spend(one.actor, source, units)
  one.open()
  const sale = { actor: one.actor, sold: 'called', victim: one.venue, cause: one.cause } as const
  let got = 0
  for (const { route, amount } of parts) {
    const steps = plans.plan(one.view, route, amount, one.actor)
    got += steps[steps.length - 1] as number
    const last = sell_along(one.out, route, { amount }, sale)
    one.out.add('repay', { ...signed(one), asset, of: last })
  }
  one.law.debts -= Math.min(wanted, got) * unit
}

/** Repays with the largest collateral as much as restores the target, each unit of value repaid costing one: (A − w·x) ÷ (D − x) = target. */
function unwind_own(one: Case, routes: Routes, plans: Plans, terms: Spec['unwinds']): void {
  if (terms === undefined) return
  const { statement, law, view } = one
  const largest = (leg: number) => (statement.quantity[leg] as number) * (statement.price[leg] as number)
  const [coll, debt] = [legs_of(statement, 1, largest)[0], legs_of(statement, -1, largest)[0]]
  if (coll === undefined || debt === undefined) return
  const weight = statement.weight[coll] as number
  const value = (one.target * law.debts - law.assets) / (one.target - weight)
  const units = Math.min(statement.quantity[debt] as number, value / unit_value(statement, debt))
  const loan = {
    ...{ venue: one.venue, account: one.account, actor: one.actor },
    debt: statement.asset[debt] as number,
    collateral: statement.asset[coll] as number,
    held: statement.quantity[coll] as number,
  }
  const sign = { sold: 'called', victim: one.venue, cause: one.cause } as const
  const repaid = unwind(one.out, plans, routes, loan, units, terms, view, sign, () => one.open()) * unit_value(statement, debt)
  law.debts -= repaid
  law.assets -= repaid * weight
}

export const borrower: Kind<Spec, Agent> = {
  id: 'borrower',
  title: 'Borrower: tops up, repays, sells other assets to repay, or ignores a margin call, after a delay',
  source: 'Closed forms of the plain health law; frequencies and delays assumed, see docs/agents/borrower.md',
  schema,
  open(spec, builder) {
    const routes = new Routes(builder, spec.markets, 'markets')
    const plans = new Plans(routes.markets)
    const responder = new Responder(
      spec,
      builder,
      {
        top_up,
        repay,
        cut: (one) => cut(one, routes, plans, spec.split),
        unwind: (one) => unwind_own(one, routes, plans, spec.unwinds),
        hedge: hedger(spec, builder),
      },
      () => plans.clear(),
    )
    return {
      call_level: (health) => responder.level(health),
      respond: (calls, view, rng, out) => responder.respond(calls, view, rng, out),
      act: (_offers, _view, _rng, out) => responder.begin(out),
      due: (events, view, rng, out) => responder.due(events, view, rng, out),
    }
  },
}
