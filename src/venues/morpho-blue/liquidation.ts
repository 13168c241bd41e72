/** Liquidation of a whole position at a factor, pre-liquidation of a part on the terms the owner agreed to, and the offers of both. */
import { ALL, type Action, type Blame, type Log, type Offers, type Result, refused } from '../../model/index.ts'
import { can_pay, known, pay_out, take_in } from '../shared/custody.ts'
import { drop_debt, socialise } from './actions.ts'
import { pre_terms, SAME, Seizure, seize, type Terms } from './kernel.ts'
import { at, debt_of, health, market_at, price_of, type State } from './state.ts'

/** Less than this is not offered; whoever asks for it is still served. */
const LEAST_OFFER_USD = 0.01

const terms: Terms = { factor: 1, most: 0 }
const taken = new Seizure()

/** Fills `terms` for a row at a health; false when nobody may touch it. */
function terms_of(s: State, row: number, now: number): boolean {
  const { factor, pre, pre_level, lltv } = market_at(s, row)
  const debt = debt_of(s, row)
  terms.factor = factor
  terms.most = debt
  if (now < 1) return true
  if (pre === undefined || s.opted[row] !== 1 || !(now < pre_level)) return false
  pre_terms(at(s.a.collateral, row), debt, price_of(s, s.market_of[row] as number), lltv, pre, terms)
  return true
}

export function offer(s: State, row: number, offers: Offers): void {
  const k = s.market_of[row] as number
  if (at(s.m.stale, k) === 1) return
  const now = health(s, row, s.book.prices.data)
  if (!terms_of(s, row, now)) return
  const { loan, collateral } = market_at(s, row)
  const price = price_of(s, k)
  seize(at(s.a.collateral, row), debt_of(s, row), price, terms, ALL, taken)
  const free = price === 0 && taken.seized > 0
  if (!free && taken.repaid * at(s.m.loan_price, k) < LEAST_OFFER_USD) return
  offers.list.push({
    kind: 'liquidation',
    venue: s.venue,
    id: row,
    collateral,
    debt: loan,
    price: price / terms.factor,
    debt_max: taken.repaid,
    debt_min: 0,
    collateral_max: taken.seized,
    reward: 0,
    health: now,
  })
}

/**
 * Repays debt for collateral. Refusals in the order stale, unknown, healthy, funds, empty; more than may be repaid is cut to that.
 * The result is the collateral received.
 */
export function liquidate(s: State, action: Action, log: Log): Result {
  const { account: row, actor } = action
  if (!known(s, row)) return refused('unknown')
  const k = s.market_of[row] as number
  const { loan, collateral } = market_at(s, row)
  if (action.asset !== collateral || action.asset2 !== loan) return refused('unknown')
  if (at(s.m.stale, k) === 1) return refused('stale')
  const debt = debt_of(s, row)
  if (!(debt > 0)) return refused('unknown')
  const now = health(s, row, s.book.prices.data)
  if (!terms_of(s, row, now)) return refused('healthy')
  const price = price_of(s, k)
  seize(at(s.a.collateral, row), debt, price, terms, action.amount, taken)
  if (!can_pay(s, actor, loan, taken.repaid)) return refused('funds')
  const nothing = !(taken.repaid > 0) && !taken.whole_collateral
  if (nothing || !(action.amount > 0 || price === 0)) return refused('empty')
  const blame = log.blame(s.venue, row)
  if (taken.repaid > 0 && !take_in(s, actor, loan, taken.repaid)) return refused('funds')
  drop_debt(s, row, taken.repaid, taken.whole_debt)
  s.m.cash.add(k, taken.repaid)
  s.a.collateral.set(row, taken.whole_collateral ? 0 : at(s.a.collateral, row) - taken.seized)
  if (taken.seized > 0) pay_out(s, actor, collateral, taken.seized)
  const cause = log.add({
    kind: 'liquidate',
    venue: s.venue,
    account: row,
    actor,
    asset: collateral,
    amount: taken.seized,
    price: now,
    usd: taken.repaid * at(s.m.loan_price, k),
    cause: blame.cause,
    shares: blame.shares,
  })
  if (at(s.a.collateral, row) === 0 && at(s.a.debt, row) > 0) write_off(s, action, { shares: blame.shares, cause }, log)
  s.book.touch(row)
  const partial = action.amount !== ALL && taken.repaid < action.amount * (1 - SAME)
  return { status: partial ? 'partial' : 'applied', amount: taken.seized }
}

/** Bad debt, and the suppliers who bear it. */
function write_off(s: State, action: Action, blame: Blame, log: Log): void {
  const { account, actor, asset2: asset } = action
  const units = socialise(s, account)
  const price = at(s.m.loan_price, s.market_of[account] as number)
  const row = { venue: s.venue, account, actor, asset, amount: units, price, usd: units * price }
  const cause = log.add({ kind: 'bad_debt', ...row, cause: blame.cause, shares: blame.shares })
  log.add({ kind: 'default', ...row, cause, shares: blame.shares })
}
