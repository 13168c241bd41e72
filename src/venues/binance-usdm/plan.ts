/** What the exchange asks for in a round: the procedure's next step for every scope in breach, and the fund's own business. */
import type { RowList } from '../../margin/index.ts'
import type { Actions, View } from '../../model/index.ts'
import { health_due, TO_FUND, TO_WINNERS } from './closing.ts'
import { accept, type Capacity, capacity_of, unwind_limit } from './fund.ts'
import { bankruptcy_price, position_maintenance } from './kernel.ts'
import { in_breach, steps_at } from './procedure.ts'
import { type Part, Ranking } from './ranking.ts'
import { type Contract, type Exchange, running } from './state.ts'

/** Bundles of venues come first; among them smaller ties: deleveraging of the fund, scopes by health, the fund's sales. */
const PRIORITY = 0
const FIRST = -1
const LAST = 2

/** One round's view of what the fund would have after what was already asked for. */
interface Round {
  readonly x: Exchange
  readonly out: Actions
  readonly ranking: Ranking
  readonly capacity: Capacity
}

/** @param below rows below their level, ascending: those in breach are among them */
export function plan(x: Exchange, view: View, below: RowList, out: Actions): void {
  const round: Round = { x, out, ranking: new Ranking(x), capacity: capacity_of(x) }
  deleverage_fund(round, view)
  for (const scope of in_danger(x, view, below)) step(round, scope.row, scope.health)
  // What the fund took over it sells over time: one attempt a tick, not one a round.
  if (view.round === 0) unwind(round, view)
}

interface Danger {
  readonly row: number
  readonly health: number
}

/** Scopes in breach, lowest health first: those the book reports, and those whose liquidation runs and still owes its fee. */
function in_danger(x: Exchange, view: View, below: RowList): Danger[] {
  const list: Danger[] = []
  const test = (row: number) => {
    const now = health_due(x, row)
    if (in_breach(x.procedure, now) && !is_halted(x, row, view)) list.push({ row, health: now })
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

const halted = (x: Exchange, contract: number, view: View) =>
  view.halted(`market:${(x.contracts[contract] as Contract).market_id}`)

/** A scope waits while one of its contracts does not trade. */
function is_halted(x: Exchange, row: number, view: View): boolean {
  return positions_of(x, row).some((at) => halted(x, x.positions.columns.contract.data[at] as number, view))
}

/** Open positions of an account, largest maintenance margin first. */
function positions_of(x: Exchange, row: number): number[] {
  const { contract, quantity, next } = x.positions.columns
  const list: number[] = []
  for (let at = row; at >= 0; at = next.data[at] as number) if (quantity.data[at] !== 0) list.push(at)
  if (list.length < 2) return list
  const size = (at: number) => position_maintenance(x, at, x.book.prices.data)
  return list.sort((a, b) => size(b) - size(a) || (contract.data[a] as number) - (contract.data[b] as number))
}

/** The steps of the scope's present stage, as bundles. */
function step(round: Round, row: number, now: number): void {
  const { x, out } = round
  const positions = positions_of(x, row)
  if (positions.length === 0) {
    out.bundle(PRIORITY, now)
    out.add('fund', { venue: x.venue, account: row })
    return
  }
  const at = running(x, row)
  const stage = at < 0 ? 0 : (x.liquidations.columns.stage.data[at] as number)
  const steps = steps_at(x.procedure, stage)
  if (stage < x.procedure.rounds.length - 1) {
    out.bundle(PRIORITY, now)
    if (steps.includes('cancel')) out.add('cancel', { venue: x.venue, account: row })
    out.add('reduce', { venue: x.venue, account: row, plan: stage })
  }
  if (steps.includes('reduce')) for (const position of positions) reduce(round, row, position, now)
  if (steps.includes('close')) {
    out.bundle(PRIORITY, now)
    for (const position of positions) close(round, row, position)
  }
}

/** One order against one position, within the bound around the mark. A bundle of its own: an empty book refuses it alone. */
function reduce({ x, out }: Round, row: number, position: number, now: number): void {
  const { contract, quantity } = x.positions.columns
  const c = contract.data[position] as number
  const q = quantity.data[position] as number
  const side = q > 0 ? -1 : 1
  const { market, take_bound } = x.contracts[c] as Contract
  out.bundle(PRIORITY, now)
  out.add('order', {
    venue: x.venue,
    market,
    account: row,
    side,
    amount: Math.abs(q),
    limit: (x.book.prices.data[c] as number) * (1 + side * take_bound),
    sold: 'reduced',
    victim: x.venue,
  })
}

/** One position to the fund if it accepts, else through it to the winners. */
function close(round: Round, row: number, position: number): void {
  const { x, out } = round
  const prices = x.book.prices.data
  const { contract, quantity } = x.positions.columns
  const c = contract.data[position] as number
  const q = quantity.data[position] as number
  const mark = prices[c] as number
  const price = x.procedure.close.price === 'mark' ? mark : bankruptcy_price(x, row, c, prices)
  const { market } = x.contracts[c] as Contract
  const order = { venue: x.venue, account: row, market, amount: Math.abs(q), limit: price }
  if (accept(x, round.capacity, c, q, price)) out.add('takeover', { ...order, plan: TO_FUND })
  else {
    out.add('takeover', { ...order, plan: TO_WINNERS })
    hand_on(round, c, round.ranking.take(c, q > 0 ? 1 : -1, Math.abs(q)), -1, price)
  }
}

/** Deleverages winners against a lot; their resting orders leave first. */
function hand_on({ x, out }: Round, contract: number, parts: readonly Part[], lot: number, price: number): void {
  const { market } = x.contracts[contract] as Contract
  for (const { row, amount } of parts) {
    if (row < x.owned) out.add('cancel', { venue: x.venue, account: row, market })
    out.add('deleverage', { venue: x.venue, account: row, market, amount, limit: price, offer: lot })
  }
}

/** While the fund could not pay for its own positions at the mark, it hands on the worst of them. */
function deleverage_fund(round: Round, view: View): void {
  const { x, out, capacity } = round
  if (!(capacity.worth < 0)) return
  const { contract, quantity, price } = x.lots.columns
  const losing: { lot: number; gain: number }[] = []
  for (let lot = x.desk.columns.first_lot.data[0] as number; lot < x.lots.length; lot++) {
    const c = contract.data[lot] as number
    const gain = (quantity.data[lot] as number) * ((x.book.prices.data[c] as number) - (price.data[lot] as number))
    if (gain < 0 && !halted(x, c, view)) losing.push({ lot, gain })
  }
  losing.sort((a, b) => a.gain - b.gain || a.lot - b.lot)
  for (const { lot, gain } of losing) {
    if (capacity.worth >= 0) return
    const c = contract.data[lot] as number
    const q = quantity.data[lot] as number
    out.bundle(PRIORITY, FIRST)
    hand_on(round, c, round.ranking.take(c, q > 0 ? 1 : -1, Math.abs(q)), lot, price.data[lot] as number)
    const mark = x.book.prices.data[c] as number
    const held = capacity.held[c] as number
    capacity.worth -= gain
    capacity.gross += (Math.abs(held - q) - Math.abs(held)) * mark
    capacity.held[c] = held - q
  }
}

/** Lots of earlier ticks go to the market, each in an order of its own. */
function unwind({ x, out }: Round, view: View): void {
  const { contract, quantity, tick, cause } = x.lots.columns
  const now = x.desk.columns.tick.data[0] as number
  for (let lot = x.desk.columns.first_lot.data[0] as number; lot < x.lots.length; lot++) {
    const q = quantity.data[lot] as number
    const c = contract.data[lot] as number
    if (q === 0 || (tick.data[lot] as number) >= now || halted(x, c, view)) continue
    out.bundle(PRIORITY, LAST)
    out.add('order', {
      venue: x.venue,
      market: (x.contracts[c] as Contract).market,
      account: x.fund,
      side: q > 0 ? -1 : 1,
      amount: Math.abs(q),
      limit: unwind_limit(x, lot),
      sold: 'unwound',
      victim: x.venue,
      cause: cause.data[lot] as number,
      offer: lot,
    })
  }
}
