/** What a venue lets be taken from an account at the prices it has: asked of the venue itself, by calls that are applied and later undone. */
import type { World } from '../../engine/index.ts'
import { type Action, Actions, ALL, Offers, OUTSIDE, succeeded, type View } from '../../model/index.ts'
import type { AccountDoc } from '../../reports/index.ts'
import { legs_of, owed_of, type Sums, sums_of, unit_of } from './law.ts'

export type Taking = NonNullable<AccountDoc['accounts'][number]['directions'][number]['outcomes'][number]['liquidation']>

/** A vault of many lots is put up one by one. */
const MOST_CALLS = 4096

type Call = Pick<Action, 'kind' | 'asset' | 'asset2'>

/** Everything that may be tried: each collateral for each debt, and the start of an auction or an absorption. */
function calls_of(world: World, v: number, row: number): Call[] {
  const legs = legs_of(world.venue(v), row).filter((leg) => leg.market < 0)
  const debts = legs.filter((leg) => leg.side < 0)
  const held = legs.filter((leg) => leg.side > 0)
  const pairs = held.flatMap(({ asset }) => debts.map((debt): Call => ({ kind: 'liquidate', asset, asset2: debt.asset })))
  return [...pairs, { kind: 'start', asset: -1, asset2: -1 }]
}

interface Taken {
  readonly liquidated: number
  readonly bad: number
}

/** What one call does, by its log rows; undefined when it is refused. */
function take(world: World, v: number, row: number, call: Call): Taken | undefined {
  const { log, ledger } = world.parts
  const actions = new Actions()
  actions.bundle(0, 0)
  actions.add(call.kind, { ...call, venue: v, account: row, actor: OUTSIDE, amount: ALL })
  const first = log.length
  const result = world.venue(v).apply(actions, 0, log)
  ledger.postings.settle()
  if (!succeeded(result)) return undefined
  const { usd, account, venue } = log.columns
  let [liquidated, bad] = [0, 0]
  for (let at = first; at < log.length; at++) {
    if (account.data[at] !== row || venue.data[at] !== v) continue
    const kind = log.kind(at)
    if (kind === 'liquidate' || kind === 'seize') liquidated += usd.data[at] as number
    else if (kind === 'bad_debt') bad += usd.data[at] as number
  }
  return { liquidated, bad }
}

/** The call by which most is repaid, the first of equals; undefined when all are refused. */
function best_call(world: World, v: number, row: number): Call | undefined {
  const { journal } = world.parts.store
  let [best, most] = [undefined as Call | undefined, Number.NEGATIVE_INFINITY]
  for (const call of calls_of(world, v, row)) {
    const mark = journal.savepoint()
    const taken = take(world, v, row, call)
    journal.rollback(mark)
    if (taken === undefined || !(taken.liquidated > most)) continue
    best = call
    most = taken.liquidated
  }
  return best
}

/**
 * Takes all that may be taken, call by call. The world is changed: it must be reset.
 * @returns null when nothing can be taken
 */
export function take_all(world: World, v: number, row: number, view: View): Taking | null {
  const venue = world.venue(v)
  const before = usd_sums(world, v, row, view)
  let [calls, first, liquidated, bad] = [0, 0, 0, 0]
  let capped = false
  for (;;) {
    const call = best_call(world, v, row)
    capped = call !== undefined && calls === MOST_CALLS
    const taken = call === undefined || capped ? undefined : take(world, v, row, call)
    if (taken === undefined) break
    if (calls === 0) first = taken.liquidated
    calls++
    liquidated += taken.liquidated
    bad += taken.bad
  }
  if (calls === 0) return closing(world, v, row, view)
  const after = usd_sums(world, v, row, view)
  return {
    calls,
    first_usd: first,
    liquidated_usd: liquidated,
    seized_usd: Math.max(0, before.assets - after.assets),
    bad_debt_usd: bad,
    capped,
    health: finite(venue.health(row, venue.prices)),
    left_usd: owed_of(after),
    equity_usd: after.assets - after.debts,
  }
}

/** What an account holds and owes at the prices its venue has, in USD as the view has it. */
export function usd_sums(world: World, v: number, row: number, view: Pick<View, 'usd'>): Sums {
  const legs = legs_of(world.venue(v), row)
  const unit = unit_of(legs)
  return sums_of(legs, unit < 0 ? 1 : view.usd(unit))
}

export const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

/** Contracts are closed by the exchange's own orders: what it asks for now. Nothing is executed, so fees and impact are not in it. */
function closing(world: World, v: number, row: number, view: View): Taking | null {
  const venue = world.venue(v)
  const legs = legs_of(venue, row)
  const contracts = legs.filter((leg) => leg.market >= 0)
  if (contracts.length === 0) return null
  const out = new Actions()
  venue.act(view, out, new Offers())
  const asked = out.list.filter((action) => action.venue === v && action.account === row)
  if (asked.length === 0) return null
  // What does not fill is taken over: the same quantity, asked for once. An exchange that finds no book for its orders goes on to that.
  const amounts = new Map<number, number>()
  for (const { kind, market, amount } of asked)
    if (kind === 'order' || kind === 'takeover') amounts.set(market, Math.max(amounts.get(market) ?? 0, amount))
  const unit = unit_of(legs)
  const usd = unit < 0 ? 1 : view.usd(unit)
  const closed = contracts.reduce(
    (sum, { market, quantity, price }) =>
      sum + Math.min(quantity, amounts.size === 0 ? quantity : (amounts.get(market) ?? 0)) * price * usd,
    0,
  )
  if (!(closed > 0)) return null
  const sums = sums_of(legs, usd)
  return {
    calls: 1,
    first_usd: closed,
    liquidated_usd: closed,
    seized_usd: 0,
    bad_debt_usd: Math.max(0, sums.debts - sums.assets),
    capped: false,
    health: finite(venue.health(row, venue.prices)),
    left_usd: sums.notional - closed,
    equity_usd: sums.assets - sums.debts,
  }
}
