/** What the exchange asks for in a round: the next stage for every scope in breach, and the funds' own business. */
import type { RowList } from '../../../margin/index.ts'
import type { Actions, Offers, View } from '../../../model/index.ts'
import { type Part, Ranking } from './adl.ts'
import { health_due, positions_of, stage_of, units_asked } from './procedure.ts'
import { is_coverable, takeover_price, TO_FUND, TO_WINNERS } from './closing.ts'
import type { Contract } from './contract.ts'
import { order_limit } from './bounds.ts'
import { offer_conversion, offer_exchanges } from './convert.ts'
import { accept, beyond_drawdown, type Capacity, capacity_of, unwind_limit } from './fund.ts'
import { Holders, PROFIT } from './holders.ts'
import { closing_side, exact_side } from './instrument.ts'
import { in_breach, type Reduction, type Stage, type Takeover } from './rules.ts'
import { blocks_of, type Exchange, fund_row, is_pooled, running } from './state.ts'

/** Bundles of venues come first; among them smaller ties: deleveraging of the fund, scopes by health, the fund's sales. */
const PRIORITY = 0
const FIRST = -1
const LAST = 2

/** One round's view of what the funds would have after what was already asked for. */
interface Round {
  readonly x: Exchange
  readonly out: Actions
  readonly view: View
  readonly ranking: Ranking
  readonly capacities: (Capacity | undefined)[]
  /** Contracts that do not trade now. */
  readonly halted: readonly boolean[]
}

function capacity(round: Round, fund: number): Capacity {
  round.capacities[fund] ??= capacity_of(round.x, fund)
  return round.capacities[fund]
}

/** @param below rows below their level, ascending: those in breach are among them */
export function plan(x: Exchange, view: View, below: RowList, out: Actions, offers: Offers): void {
  const halted = x.contracts.map(({ market_id }) => view.halted(`market:${market_id}`))
  const round: Round = { x, out, view, ranking: new Ranking(x), capacities: [], halted }
  if (x.rules.fund.contract_drawdown?.hold === true) for (let c = 0; c < x.contracts.length; c++) hold_drawdown(round, c)
  if (x.rules.fund.hand_on) for (let fund = 0; fund < x.funds.length; fund++) deleverage_fund(round, fund)
  const most = (x.rules.per_tick ?? Number.POSITIVE_INFINITY) * blocks_of(x)
  let begun = x.liquidations.length - (x.desk.columns.first_liquidation.data[0] as number)
  for (const scope of in_danger(round, below)) {
    const fresh = running(x, scope.row) < 0
    if (fresh && begun >= most) continue
    if (fresh) begun++
    step(round, scope.row, scope.health)
    if (is_pooled(x, scope.row)) offer_conversion(x, scope.row, view, offers)
  }
  offer_exchanges(x, view, offers)
  // What a fund took over it sells over time: one attempt a tick, not one a round.
  if (view.round === 0 && x.rules.fund.unwind === 'market') unwind(round)
}

interface Danger {
  readonly row: number
  readonly health: number
}

/** Scopes in breach, lowest health first: those the book reports, and those whose liquidation runs and still owes its fee. */
function in_danger({ x, halted }: Round, below: RowList): Danger[] {
  const list: Danger[] = []
  const test = (row: number) => {
    const now = health_due(x, row)
    if (in_breach(x.rules, now) && !is_halted(x, row, halted)) list.push({ row, health: now })
  }
  for (let i = 0; i < below.length; i++) {
    const row = below.data[i] as number
    if (running(x, row) < 0) test(row)
  }
  const { account, stage } = x.liquidations.columns
  for (let at = x.desk.columns.first_liquidation.data[0] as number; at < x.liquidations.length; at++)
    if ((stage.data[at] as number) > 0) test(account.data[at] as number)
  return list.sort((a, b) => a.health - b.health || a.row - b.row)
}

/** A scope waits while one of its contracts does not trade. */
function is_halted(x: Exchange, row: number, halted: readonly boolean[]): boolean {
  const { contract, quantity, next } = x.positions.columns
  for (let at = row; at >= 0; at = next.data[at] as number)
    if (quantity.data[at] !== 0 && halted[contract.data[at] as number] === true) return true
  return false
}

/** The scope's present stage, as bundles. */
function step(round: Round, row: number, now: number): void {
  const { x, out } = round
  if (positions_of(x, row).length === 0) {
    if (!is_coverable(x, row)) return
    out.bundle(PRIORITY, now)
    out.add('fund', { venue: x.venue, account: row })
    return
  }
  const at = stage_of(x, row)
  if (at < 0) return
  const stage = x.rules.stages[at] as Stage
  const { reduce: rule, close: takeover } = stage
  const opens = takeover === undefined || running(x, row) < 0
  if (opens) {
    out.bundle(PRIORITY, now)
    const sort = rule?.sort ?? takeover?.sort ?? 'maintenance'
    cancel(round, row, stage, sort)
    out.add('reduce', { venue: x.venue, account: row, plan: at })
  }
  if (rule !== undefined) {
    const list = positions_of(x, row, rule.sort)
    for (const position of rule.pick === 'first' ? list.slice(0, 1) : list) reduce(round, row, position, now, at, rule)
  }
  if (takeover !== undefined) {
    if (!opens) out.bundle(PRIORITY, now)
    const list = positions_of(x, row, takeover.sort)
    for (const position of takeover.pick === 'first' ? list.slice(0, 1) : list) close(round, row, position, at, stage, takeover)
  }
}

function cancel({ x, out }: Round, row: number, stage: Stage, sort: Reduction['sort']): void {
  if (stage.cancel === 'account') out.add('cancel', { venue: x.venue, account: row })
  else if (stage.cancel === 'contract')
    for (const position of positions_of(x, row, sort)) {
      const { market } = x.contracts[x.positions.columns.contract.data[position] as number] as Contract
      out.add('cancel', { venue: x.venue, account: row, market })
    }
}

/** One order against one position, within its bound. A bundle of its own: an empty book refuses it alone. */
function reduce({ x, out }: Round, row: number, position: number, now: number, stage: number, rule: Reduction): void {
  const { contract, quantity } = x.positions.columns
  const c = contract.data[position] as number
  const q = quantity.data[position] as number
  const of = x.contracts[c] as Contract
  const amount = Math.min(Math.abs(q), units_asked(x, row, position, rule))
  if (!(amount > 0)) return
  out.bundle(PRIORITY, now)
  out.add('order', {
    venue: x.venue,
    market: of.market,
    account: row,
    side: closing_side(of, q),
    exact: exact_side(of),
    amount,
    limit: order_limit(x, row, c, rule.bound),
    sold: 'reduced',
    victim: x.venue,
    plan: stage,
  })
}

/** One position to the first taker that accepts it; what nobody takes stays. */
function close(round: Round, row: number, position: number, at: number, stage: Stage, rule: Takeover): void {
  const { x, out } = round
  const { contract, quantity } = x.positions.columns
  const c = contract.data[position] as number
  const q = quantity.data[position] as number
  const price = takeover_price(x, row, c, stage)
  const { market, fund } = x.contracts[c] as Contract
  const order = { venue: x.venue, account: row, market, amount: Math.abs(q), limit: price, offer: at }
  for (const taker of rule.to) {
    if (taker === 'fund') {
      if (!accept(x, capacity(round, fund), c, q, price)) continue
      out.add('takeover', { ...order, plan: TO_FUND })
      return
    }
    const side = q > 0 ? 1 : -1
    const parts = x.rules.adl.overlap
      ? round.ranking.overlapping(c, side, Math.abs(q), row, price)
      : round.ranking.take(c, side, Math.abs(q), x.accounts.columns.owner.data[row] as number)
    if (parts === undefined) continue
    out.add('takeover', { ...order, plan: TO_WINNERS })
    hand_on(round, c, parts, -1)
    return
  }
}

/** Deleverages winners against a lot; their resting orders leave first. */
function hand_on({ x, out, view }: Round, contract: number, parts: readonly Part[], lot: number): void {
  const { market, index_feed } = x.contracts[contract] as Contract
  const limit = x.rules.adl.price === 'index' ? view.feeds.price(index_feed) : 0
  for (const { row, amount } of parts) {
    if (row < x.owned) out.add('cancel', { venue: x.venue, account: row, market })
    out.add('deleverage', { venue: x.venue, account: row, market, amount, limit, offer: lot })
  }
}

/** Losing lots by their loss, of one call. */
const losing = new Holders()

/** While a fund could not pay for its own positions at the mark, it hands on the worst of them. */
function deleverage_fund(round: Round, fund: number): void {
  const { x, out } = round
  const { contract, quantity, price } = x.lots.columns
  const lots = x.open_lots.now(x)
  if (lots.length === 0) return
  const has = capacity(round, fund)
  if (!(has.worth < 0)) return
  losing.clear()
  for (const lot of lots) {
    const c = contract.data[lot] as number
    if ((x.contracts[c] as Contract).fund !== fund) continue
    const gain = (quantity.data[lot] as number) * ((x.book.prices.data[c] as number) - (price.data[lot] as number))
    if (gain < 0 && round.halted[c] !== true) losing.rank_in(lot, PROFIT, -gain, 1)
  }
  for (let head = losing.head(); has.worth < 0 && head >= 0; head = losing.head()) {
    losing.left[head] = 0
    const lot = losing.row[head] as number
    const gain = -(losing.score[head] as number)
    const c = contract.data[lot] as number
    const q = quantity.data[lot] as number
    out.bundle(PRIORITY, FIRST)
    hand_on(round, c, round.ranking.take(c, q > 0 ? 1 : -1, Math.abs(q)), lot)
    const mark = x.book.prices.data[c] as number
    const held = has.held[c] as number
    has.worth -= gain
    has.gross += (Math.abs(held - q) - Math.abs(held)) * mark
    has.held[c] = held - q
  }
}

/** What the fund lost in a contract beyond its limit goes to winners: they close as much of it at the price of the takeover. */
function hold_drawdown(round: Round, c: number): void {
  const { x, out } = round
  const lost = round.halted[c] === true ? 0 : beyond_drawdown(x, c)
  if (!(lost > 0)) return
  const { contract, quantity, price } = x.lots.columns
  const mark = x.book.prices.data[c] as number
  let left = lost
  for (const lot of x.open_lots.now(x)) {
    if (!(left > 0)) return
    const q = quantity.data[lot] as number
    const loss = q * ((price.data[lot] as number) - mark)
    if (contract.data[lot] !== c || !(loss > 0)) continue
    const amount = left >= loss ? Math.abs(q) : Math.abs(q) * (left / loss)
    out.bundle(PRIORITY, FIRST)
    // Lots of its own on the other side win what these lose: to close them against each other changes nothing.
    const parts = round.ranking.take(c, q > 0 ? 1 : -1, amount).filter((part) => part.row !== fund_row(x, c))
    hand_on(round, c, parts, lot)
    left -= loss
  }
}

/** Best price an order of this fund gets, 0 when there is nobody. */
function best_price(x: Exchange, c: number, side: 1 | -1, units: number): number {
  const order = { side, exact: exact_side(x.contracts[c] as Contract), limit: 0, party: fund_row(x, c) }
  const { base, quote } = x.market(c).quote({ ...order, amount: 1e-6 * Math.abs(units) })
  return base === 0 ? 0 : Math.abs(quote / base)
}

/** Lots of earlier ticks go to the market, each in an order of its own, if anybody there could take it. */
function unwind({ x, out, halted }: Round): void {
  const { contract, quantity, tick, cause } = x.lots.columns
  const now = x.desk.columns.tick.data[0] as number
  const best = new Float64Array(2 * x.contracts.length).fill(-1)
  for (const lot of x.open_lots.now(x)) {
    const q = quantity.data[lot] as number
    const c = contract.data[lot] as number
    if (q === 0 || (tick.data[lot] as number) >= now || halted[c] === true) continue
    const of = x.contracts[c] as Contract
    const side = closing_side(of, q)
    const key = 2 * c + (side > 0 ? 1 : 0)
    if ((best[key] as number) < 0) best[key] = best_price(x, c, side, q)
    const price = best[key] as number
    if (price === 0) continue
    const limit = unwind_limit(x, lot)
    if (side * (price - limit) > 1e-9 * price) continue
    out.bundle(PRIORITY, LAST)
    out.add('order', {
      venue: x.venue,
      market: of.market,
      account: fund_row(x, c),
      side,
      exact: exact_side(of),
      amount: Math.abs(q),
      limit,
      sold: 'unwound',
      victim: x.venue,
      cause: cause.data[lot] as number,
      offer: lot,
    })
  }
}
