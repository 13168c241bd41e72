/** The stability pool: deposits, withdrawals, offsets, and the sale of what its depositors gain. */
import { ALL, type Action, type Actions, applied, type Log, OUTSIDE, type Result, refused } from '../../model/index.ts'
import { compounded, gained, ratioOf, SEGMENT, type Segments } from './kernel.ts'
import { RowList } from '../../margin/index.ts'
import { at, collOf, debtOf, priceOf, type State, sync } from './state.ts'

const low = new RowList()

/** Collateral below this share of the pool's is rounding. */
const HAIR = 1e-12

/** The segments as the kernel reads them. */
function segmentsOf(state: State): Segments {
  const { epoch, factor, sum } = state.segments.columns
  return { length: state.segments.length, epoch: epoch.data, factor: factor.data, sum: sum.data }
}

/** LUSD left of deposit d. */
export function leftOf(state: State, d: number): number {
  const { amount, p, segment } = state.deposits.columns
  const deposit = at(amount, d)
  return deposit > 0 ? compounded(deposit, at(segment, d), at(p, d), at(state.system.columns.p), segmentsOf(state)) : 0
}

/** Collateral deposit d has gained and not taken. */
export function gainOf(state: State, d: number): number {
  const { amount, p, s, segment } = state.deposits.columns
  const deposit = at(amount, d)
  if (!(deposit > 0)) return 0
  const gain = gained(deposit, at(segment, d), at(p, d), at(s, d), segmentsOf(state))
  return Math.min(gain, at(state.system.columns.pool_coll))
}

/** Pays out the gain and sets the deposit anew. */
function renew(state: State, d: number, amount: number): number {
  const gain = gainOf(state, d)
  const { deposits, system, segments, ledger, asset } = state
  const c = deposits.columns
  const last = segments.length - 1
  c.amount.set(d, amount)
  c.p.set(d, at(system.columns.p))
  c.segment.set(d, last)
  c.s.set(d, at(segments.columns.sum, last))
  if (!(gain > 0)) return 0
  const before = at(system.columns.pool_coll)
  system.columns.pool_coll.set(0, before - gain > HAIR * before ? before - gain : 0)
  const paid = before - at(system.columns.pool_coll)
  ledger.postings.post(asset, -paid)
  ledger.credit(actorOf(state, d), asset, paid)
  return paid
}

const actorOf = (state: State, d: number): number => {
  const owner = state.owner[state.troves_count + d] as number
  return owner < 0 ? OUTSIDE : owner
}

/** Owners put LUSD in (anything they gained comes out with it). */
export function provide(state: State, d: number, action: Action, log: Log): Result {
  const { lusd, ledger } = state
  const { actor, account } = action
  if (action.asset !== lusd || actor !== actorOf(state, d)) return refused('unknown')
  const amount = action.amount === ALL ? ledger.balance(actor, lusd) : action.amount
  if (!(amount > 0)) return refused('empty')
  if (!ledger.debit(actor, lusd, amount)) return refused('funds')
  ledger.postings.post(lusd, amount)
  renew(state, d, leftOf(state, d) + amount)
  state.system.columns.pool.add(0, amount)
  log.add({
    kind: 'deposit',
    venue: state.venue,
    account,
    actor,
    asset: lusd,
    amount,
    price: 1,
    usd: amount,
    cause: action.cause,
  })
  sync(state)
  return applied(amount)
}

/** Is there a trove below the least ratio? While there is, no LUSD leaves the pool. */
function anyBelow(state: State): boolean {
  const price = priceOf(state)
  const count = state.book.scan(low)
  for (let i = 0; i < count; i++) {
    const row = low.data[i] as number
    if (ratioOf(collOf(state, row), debtOf(state, row), price) < state.terms.mcr) return true
  }
  return false
}

/** Owners take LUSD out, or their gains in collateral. */
export function leave(state: State, d: number, action: Action, log: Log): Result {
  const { lusd, asset, ledger } = state
  const { account, actor, cause } = action
  if (actor !== actorOf(state, d)) return refused('unknown')
  if (action.asset === asset) {
    const gain = renew(state, d, leftOf(state, d))
    if (!(gain > 0)) return refused('empty')
    const price = priceOf(state)
    log.add({ kind: 'withdraw', venue: state.venue, account, actor, asset, amount: gain, price, usd: gain * price, cause })
    return applied(gain)
  }
  if (action.asset !== lusd) return refused('unknown')
  if (anyBelow(state)) return refused('limit')
  const left = leftOf(state, d)
  const amount = Math.min(left, action.amount)
  if (!(amount > 0)) return refused('empty')
  renew(state, d, left - amount)
  const { pool } = state.system.columns
  pool.set(0, Math.max(0, at(pool) - amount))
  ledger.postings.post(lusd, -amount)
  ledger.credit(actor, lusd, amount)
  log.add({ kind: 'withdraw', venue: state.venue, account, actor, asset: lusd, amount, price: 1, usd: amount, cause })
  sync(state)
  return amount < action.amount && action.amount !== ALL ? { status: 'partial', amount } : applied(amount)
}

/** Burns debt against the pool; the collateral is shared among the depositors by what they have in it. */
export function offset(state: State, debt: number, coll: number): void {
  const { pool, pool_coll, p } = state.system.columns
  const { sum, epoch } = state.segments.columns
  const last = state.segments.length - 1
  const total = at(pool)
  sum.add(last, (coll / total) * at(p))
  pool_coll.add(0, coll)
  state.ledger.postings.post(state.lusd, -debt)
  state.ledger.postings.mint(state.lusd, -debt)
  const left = total - debt
  if (!(left > 0)) {
    pool.set(0, 0)
    begin(state, at(epoch, last) + 1, 0)
    return
  }
  pool.set(0, left)
  const product = at(p) * (left / total)
  if (product < SEGMENT) begin(state, at(epoch, last), product)
  else p.set(0, product)
}

/** Begins a segment: the product starts at 1 again. */
function begin(state: State, epoch: number, factor: number): void {
  const segment = state.segments.push()
  const c = state.segments.columns
  c.epoch.set(segment, epoch)
  c.factor.set(segment, factor)
  state.system.columns.p.set(0, 1)
}

/** One bundle a depositor with gains: take them, sell them. */
export function sellGains(state: State, out: Actions): void {
  if (state.gain_market < 0 || !(at(state.system.columns.pool_coll) > 0)) return
  for (let d = 0; d < state.deposits.length; d++) {
    if (!(gainOf(state, d) > 0)) continue
    const [actor, account] = [actorOf(state, d), state.troves_count + d]
    out.bundle(0, 0)
    const cause = at(state.system.columns.offset_row)
    const of = out.add('withdraw', { venue: state.venue, account, actor, asset: state.asset, amount: ALL, cause })
    out.add('order', {
      market: state.gain_market,
      actor,
      side: -1,
      exact: 'base',
      of,
      sold: 'seized',
      victim: state.venue,
      cause,
    })
  }
}
