/** The exchange as the engine meets it: the machine of all exchanges, with options and liquidity support around it. */
import { log } from '../../math/index.ts'
import { RowList } from '../../margin/index.ts'
import {
  type Actions,
  EXOGENOUS,
  type Log,
  type Offers,
  Quote,
  refused,
  type Result,
  type Statement,
  type View,
  type WorldBuilder,
} from '../../model/index.ts'
import type { Contract } from '../shared/exchange/contract.ts'
import { closing_side, exact_side } from '../shared/exchange/instrument.ts'
import { ratio_of } from '../shared/exchange/pooled.ts'
import type { Rules } from '../shared/exchange/rules.ts'
import { is_pooled, quantity_of } from '../shared/exchange/state.ts'
import { ExchangeVenue } from '../shared/exchange/venue.ts'
import { extra_of } from './extra.ts'
import { close_option, closing_room, plan_options } from './closing.ts'
import {
  broken_options,
  delta_of,
  type Desk,
  fill_desk,
  has_options,
  index_of,
  open_desk,
  option_greeks,
  settle_expiries,
} from './options.ts'
import type { Spec, SupportSpec } from './snapshot.ts'
import { ADL, assign, capacity_now, open_support, SUPPORT, type Support, take_assignment } from './support.ts'
import { move_surface } from './surface.ts'

/** Exposure of an account to an underlying, coins: delta with contracts, and what options alone add. */
export interface Exposure {
  delta: number
  gamma: number
  vega: number
}

export class DeribitVenue extends ExchangeVenue {
  private readonly desk: Desk | undefined
  private readonly support: Support | undefined
  /** Feed of each underlying's vol. */
  private readonly vols: readonly number[]
  private readonly quote: Quote
  private readonly found = new RowList()

  constructor(spec: Spec, rules: Rules, builder: WorldBuilder, desk: Desk | undefined) {
    super(spec, rules, builder, desk === undefined ? undefined : extra_of(desk))
    this.desk = desk
    if (desk !== undefined) fill_desk(desk, this.x, builder)
    const support = support_of(spec, builder)
    this.support = support === undefined ? undefined : open_support(support, this.x, builder)
    this.vols = (desk?.shapes ?? []).map(({ asset }) => builder.feed(`${builder.self.id}.vol.${asset}`))
    this.quote = new Quote(builder.sources)
  }

  override price(time_ms: number, view: View): void {
    super.price(time_ms, view)
    const { desk, x } = this
    if (desk === undefined) return
    const { atm } = desk.surfaces.columns
    desk.shapes.forEach((shape, u) => {
      move_surface(desk.surfaces, u, shape, index_of(desk, x, u, x.book.prices.data), time_ms)
      this.quote.fixed(atm.data[u] as number)
      this.quote.start = shape.atm
      this.quote.displacement[EXOGENOUS] = log(this.quote.price / this.quote.start)
      view.feeds.write(this.vols[u] as number, this.quote)
    })
  }

  override accrue(time_ms: number, view: View, events: Log): void {
    const before = this.x.desk.columns.accrued_ms.data[0] as number
    super.accrue(time_ms, view, events)
    if (this.desk !== undefined && time_ms > before) settle_expiries(this.desk, this.x, before, time_ms, events)
  }

  override act(view: View, out: Actions, offers: Offers): void {
    const { desk, support, x } = this
    x.book.scan(this.found)
    if (support !== undefined) assign(support, x, desk, view, this.found, out)
    super.act(view, out, offers)
    x.book.scan(this.found)
    if (desk !== undefined) plan_options(desk, x, this.found, out)
  }

  override apply(actions: Actions, i: number, events: Log): Result {
    const action = actions.list[i]
    if (action === undefined) return refused('unknown')
    const { desk, support, x } = this
    if (action.kind === 'deleverage' && (action.plan === SUPPORT || action.plan === ADL))
      return support === undefined ? refused('unknown') : take_assignment(support, x, action, events)
    if (action.kind === 'reduce' && action.offer >= 0)
      return desk === undefined ? refused('unknown') : close_option(desk, x, action, events)
    // an account with options is not empty
    if (action.kind === 'fund' && desk !== undefined && has_options(desk, action.account)) return refused('stale')
    if (action.kind === 'order') {
      const refusal = this.limit_order(actions, i)
      if (refusal !== undefined) return refusal
    }
    return super.apply(actions, i, events)
  }

  /** Participants may only close; the exchange closes contracts of an account with options only as far as its delta falls. */
  private limit_order(actions: Actions, i: number): Result | undefined {
    const { desk, support, x } = this
    const action = actions.list[i] as Actions['list'][number]
    const { account: row } = action
    const contract = x.contract_of[action.market] ?? -1
    if (contract < 0 || !(row >= 0 && row < x.owned)) return undefined
    const held = quantity_of(x, row, contract)
    const of = x.contracts[contract] as Contract
    if (action.sold === 'reduced') {
      if (desk === undefined || held === 0) return undefined
      const room = closing_room(desk, x, row, contract, held)
      if (!(room > 0)) return refused('stale')
      const units = of.shape === 'inverse' ? room / (x.book.prices.data[contract] as number) : room
      action.amount = Math.min(action.amount, units)
      return undefined
    }
    if (support?.spec.participants.some(({ account }) => account === row) !== true) return undefined
    if (held === 0 || closing_side(of, held) !== action.side || action.exact !== exact_side(of)) return refused('margin')
    action.amount = Math.min(action.amount, Math.abs(held))
    return undefined
  }

  override statement(row: number, out: Statement): void {
    super.statement(row, out)
    const { desk, x } = this
    if (desk === undefined || row >= x.owned || !is_pooled(x, row)) return
    const more = { assets: 0, debts: 0, maintenance: 0 }
    x.extra?.add(row, x.book.prices.data, more)
    const { asset } = x.coins[0] as { asset: number }
    const debts = more.debts + ratio_of(x, row) * more.maintenance
    if (more.assets > 0) out.add(1, x.book.cash, -1, asset, -1, more.assets, 1, 1)
    if (debts > 0) out.add(-1, x.book.cash, -1, asset, -1, debts, 1, 1)
  }

  /** Exposure of an account to an underlying, by the asset's position. */
  exposure(row: number, asset: number, out: Exposure): boolean {
    const { desk, x } = this
    const u = desk?.coins.findIndex((coin) => x.coins[coin]?.asset === asset) ?? -1
    if (desk === undefined || u < 0) return false
    out.delta = delta_of(desk, x, row, u)
    out.gamma = 0
    out.vega = 0
    const { series, quantity, next } = desk.held.columns
    for (let at = (desk.heads.columns.first.data[row] as number) - 1; at >= 0; at = (next.data[at] as number) - 1) {
      const s = series.data[at] as number
      if (quantity.data[at] === 0 || desk.series[s]?.u !== u) continue
      const greeks = option_greeks(desk, x, s, x.book.prices.data)
      out.gamma += (quantity.data[at] as number) * greeks.gamma
      out.vega += (quantity.data[at] as number) * greeks.vega
    }
    return true
  }

  /** Notional a participant may still take over of a group, units of the collateral. */
  support_room(participant: number, group: number): number {
    return this.support === undefined ? 0 : capacity_now(this.support, this.x, participant, group)
  }

  override violations(): readonly string[] {
    return this.desk === undefined ? super.violations() : [...super.violations(), ...broken_options(this.desk)]
  }
}

function support_of({ support, support_terms }: Spec, builder: WorldBuilder): SupportSpec | undefined {
  if (support === undefined) return undefined
  if (support_terms === undefined) throw builder.invalid('support_terms', support_terms, 'its terms, where `support` is given')
  return { ...support, ...support_terms }
}

/** @throws InputError for options without coins, terms or scenarios */
export function open_deribit(spec: Spec, rules: Rules, builder: WorldBuilder): DeribitVenue {
  const { options, option_terms: terms, portfolio, coins, accounts, funds } = spec
  if (options === undefined) return new DeribitVenue(spec, rules, builder, undefined)
  if (coins === undefined) throw builder.invalid('options', 'options', 'nothing: the exchange lists no coins')
  if (terms === undefined) throw builder.invalid('option_terms', terms, 'their terms, where `options` is given')
  if (portfolio === undefined) throw builder.invalid('portfolio', portfolio, 'scenarios, where `options` is given')
  const rows = (accounts?.owner.length ?? 0) + 2 + funds.length
  const assets = coins.map(({ asset }) => asset)
  return new DeribitVenue(spec, rules, builder, open_desk({ ...options, terms, portfolio }, assets, rows, builder))
}
