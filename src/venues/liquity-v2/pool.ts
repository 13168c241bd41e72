/** Stability pools: deposits, withdrawals, offsets, yield, and the sale of what depositors gain. */
import { ALL, type Action, type Actions, applied, type Log, OUTSIDE, type Result, refused } from '../../model/index.ts'
import { type Grown, grown, SEGMENT, type Stand } from './kernel.ts'
import { at, branchOf, priceOf, type State } from './state.ts'

const now: Grown = { left: 0, coll: 0, yield_: 0 }
const stand: Stand = { segment: 0, p: 1, s: 0, b: 0 }

/** What is left of a pool's own below this share is rounding. */
const HAIR = 1e-12

/** What deposit d has become: BOLD left, collateral and yield gained. Valid until the next call. */
export function depositOf(state: State, d: number): Readonly<Grown> {
  const { amount, p, s, b, segment } = state.deposits.columns
  const deposit = at(amount, d)
  const branch = branchOf(state, state.troves_count + d)
  const c = state.branches.columns
  stand.segment = at(segment, d)
  stand.p = at(p, d)
  stand.s = at(s, d)
  stand.b = at(b, d)
  const { next, factor, coll, yield_ } = state.segments.columns
  grown(stand, at(c.p, branch), { next: next.data, factor: factor.data, coll: coll.data, yield_: yield_.data }, now)
  now.left *= deposit
  now.coll = Math.min(now.coll * deposit, at(c.pool_coll, branch))
  now.yield_ = Math.min(now.yield_ * deposit, at(c.pool_yield, branch))
  return now
}

const actorOf = (state: State, d: number): number => {
  const owner = state.owner[state.troves_count + d] as number
  return owner < 0 ? OUTSIDE : owner
}

/** Pays out of a column of the branch; a rest that is rounding goes with it. */
function pay(state: State, column: 'pool_coll' | 'pool_yield', b: number, asset: number, actor: number, amount: number): number {
  if (!(amount > 0)) return 0
  const held = state.branches.columns[column]
  const before = at(held, b)
  held.set(b, before - amount > HAIR * before ? before - amount : 0)
  const paid = before - at(held, b)
  state.ledger.postings.post(asset, -paid)
  state.ledger.credit(actor, asset, paid)
  return paid
}

/** Pays out what was gained and sets the deposit anew. */
function renew(state: State, d: number, change: number): { readonly coll: number; readonly yield_: number } {
  const b = branchOf(state, state.troves_count + d)
  const { left, coll, yield_ } = depositOf(state, d)
  const c = state.deposits.columns
  const segment = at(state.branches.columns.segment, b)
  c.amount.set(d, Math.max(0, left + change))
  c.p.set(d, at(state.branches.columns.p, b))
  c.segment.set(d, segment)
  c.s.set(d, at(state.segments.columns.coll, segment))
  c.b.set(d, at(state.segments.columns.yield_, segment))
  const actor = actorOf(state, d)
  return {
    coll: pay(state, 'pool_coll', b, state.asset[b] as number, actor, coll),
    yield_: pay(state, 'pool_yield', b, state.bold, actor, yield_),
  }
}

/** Owners put BOLD in; what they gained comes out with it. */
export function provide(state: State, d: number, action: Action, log: Log): Result {
  const { bold, ledger } = state
  const { actor, account, cause } = action
  if (action.asset !== bold || actor !== actorOf(state, d)) return refused('unknown')
  const amount = action.amount === ALL ? ledger.balance(actor, bold) : action.amount
  if (!(amount > 0)) return refused('empty')
  if (!ledger.debit(actor, bold, amount)) return refused('funds')
  ledger.postings.post(bold, amount)
  renew(state, d, amount)
  state.branches.columns.pool.add(branchOf(state, account), amount)
  log.add({ kind: 'deposit', venue: state.venue, account, actor, asset: bold, amount, price: 1, usd: amount, cause })
  return applied(amount)
}

/** Owners take BOLD out, or their gains in collateral. */
export function leave(state: State, d: number, action: Action, log: Log): Result {
  const { bold, ledger } = state
  const { account, actor, cause } = action
  const b = branchOf(state, account)
  const asset = state.asset[b] as number
  if (actor !== actorOf(state, d) || (action.asset !== bold && action.asset !== asset)) return refused('unknown')
  if (action.asset === asset) {
    const { coll } = renew(state, d, 0)
    if (!(coll > 0)) return refused('empty')
    const price = priceOf(state, b)
    log.add({ kind: 'withdraw', venue: state.venue, account, actor, asset, amount: coll, price, usd: coll * price, cause })
    return applied(coll)
  }
  const { left } = depositOf(state, d)
  const room = Math.max(0, at(state.branches.columns.pool, b) - state.spec.min_pool)
  const wanted = Math.min(left, action.amount)
  const amount = action.amount === ALL ? Math.min(left, room) : wanted
  if (!(amount > 0)) return refused('empty')
  if (amount > room * (1 + HAIR)) return refused('limit')
  renew(state, d, -amount)
  state.branches.columns.pool.add(b, -amount)
  ledger.postings.post(bold, -amount)
  ledger.credit(actor, bold, amount)
  log.add({ kind: 'withdraw', venue: state.venue, account, actor, asset: bold, amount, price: 1, usd: amount, cause })
  return amount < action.amount && action.amount !== ALL ? { status: 'partial', amount } : applied(amount)
}

/** Burns debt against the pool, which keeps the least; the collateral is shared among the depositors. */
export function offset(state: State, b: number, debt: number, coll: number): void {
  const { pool, pool_coll, p, segment } = state.branches.columns
  const s = state.segments.columns
  const last = at(segment, b)
  const total = at(pool, b)
  s.coll.add(last, (coll / total) * at(p, b))
  pool_coll.add(b, coll)
  state.ledger.postings.post(state.bold, -debt)
  state.ledger.postings.mint(state.bold, -debt)
  pool.set(b, total - debt)
  const product = at(p, b) * ((total - debt) / total)
  if (product >= SEGMENT) {
    p.set(b, product)
    return
  }
  const begun = state.segments.push()
  s.next.set(begun, -1)
  s.next.set(last, begun)
  s.factor.set(begun, product)
  segment.set(b, begun)
  p.set(b, 1)
}

/** New BOLD for interest: the depositors' share, as soon as there are any, and the rest for `outside`. */
export function mintInterest(state: State, b: number, amount: number): void {
  if (!(amount > 0)) return
  const { bold, ledger, spec } = state
  const { pool, pool_yield, waiting, p, segment } = state.branches.columns
  const share = amount * spec.pool_share
  ledger.postings.mint(bold, amount)
  ledger.postings.post(bold, share)
  ledger.credit(OUTSIDE, bold, amount - share)
  waiting.add(b, share)
  if (at(pool, b) < spec.min_pool || !(at(pool, b) > 0)) return
  const due = at(waiting, b)
  waiting.set(b, 0)
  pool_yield.add(b, due)
  state.segments.columns.yield_.add(at(segment, b), (due / at(pool, b)) * at(p, b))
}

/** One bundle a depositor with gains: take them, sell them. */
export function sellGains(state: State, out: Actions): void {
  const { pool_coll, offset_row } = state.branches.columns
  for (let d = 0; d < state.deposits.length; d++) {
    const account = state.troves_count + d
    const b = branchOf(state, account)
    const market = state.gain_market[b] as number
    if (market < 0 || !(at(pool_coll, b) > 0) || !(depositOf(state, d).coll > 0)) continue
    const actor = actorOf(state, d)
    const cause = at(offset_row, b)
    out.bundle(0, 0)
    const of = out.add('withdraw', { venue: state.venue, account, actor, asset: state.asset[b] as number, amount: ALL, cause })
    out.add('order', { market, actor, side: -1, exact: 'base', of, sold: 'seized', victim: state.venue, cause })
  }
}
