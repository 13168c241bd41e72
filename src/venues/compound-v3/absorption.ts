/** Taking over accounts in breach, and selling what they held at the store-front. */
import {
  ALL,
  type Action,
  type Actions,
  applied,
  type Log,
  type Offers,
  OUTSIDE,
  type Result,
  refused,
} from '../../model/index.ts'
import { can_pay } from '../shared/custody.ts'
import { pay_out, take_in } from './actions.ts'
import { left_after, SAME } from './kernel.ts'
import {
  ask,
  at,
  type Collateral,
  debt_of,
  health,
  held_at,
  less,
  one,
  reserves,
  type State,
  set_balance,
  worth,
} from './state.ts'

/** Less than this is not offered; whoever asks for it is still served. */
const LEAST_OFFER_USD = 0.01

const own_value = (): number => 1
const haircut = (own: Collateral): number => own.liquidation_factor

/** Every price that decides about the account is there. */
const priced = (m: State, row: number): boolean => one(m.s.base_stale) === 0 && !Number.isNaN(worth(m, row, own_value))

/** Reserves with the inventory at the store-front's prices, base units. */
export function equity(m: State): number {
  let sum = reserves(m)
  for (let i = 0; i < m.list.length; i++) sum += at(m.c.inventory, i) * ask(m, i)
  return sum
}

/** Collateral becomes the protocol's, the debt is paid out of reserves, and what the haircut leaves over is the owner's in base. */
export function absorb(m: State, action: Action, log: Log): Result {
  const { account: row, actor } = action
  if (one(m.s.pause_absorb) === 1) return refused('paused')
  if (!priced(m, row)) return refused('stale')
  const now = health(m, row, m.book.prices.data)
  if (!(now < 1)) return refused('healthy')
  const blame = log.blame(m.venue, row)
  const price = one(m.s.base_price)
  const debt = debt_of(m, row)
  const credit_usd = worth(m, row, haircut)
  const bad = Math.max(0, debt - worth(m, row, own_value) / price)
  const cover = Math.min(bad, Math.max(0, equity(m)))
  const row_of = { venue: m.venue, account: row, actor, shares: blame.shares }
  let seizure = blame.cause
  for (let i = 0; i < m.list.length; i++) {
    const units = held_at(m, row, i)
    if (!(units > 0)) continue
    const { asset, liquidation_factor } = m.list[i] as Collateral
    const oracle = at(m.c.price, i)
    const credit = units * oracle * liquidation_factor
    const due = credit_usd > 0 ? (debt * credit) / credit_usd : 0
    seizure = log.add({
      kind: 'seize',
      ...row_of,
      asset,
      amount: units,
      price: oracle,
      usd: due * price,
      extra: credit,
      cause: blame.cause,
    })
    m.held.set(row * m.list.length + i, 0)
    m.c.supplied.set(i, less(at(m.c.supplied, i), units))
    m.c.inventory.add(i, units)
    m.c.due.add(i, due)
    m.c.seized.set(i, seizure)
  }
  if (!(credit_usd > 0))
    seizure = log.add({ kind: 'seize', ...row_of, asset: m.base, price, usd: debt * price, cause: blame.cause })
  set_balance(m, row, left_after(credit_usd / price, debt))
  if (bad > 0) {
    const base = { ...row_of, asset: m.base, price }
    const cause = log.add({ kind: 'bad_debt', ...base, amount: bad, usd: bad * price, cause: seizure })
    if (cover > 0) log.add({ kind: 'default', ...base, amount: cover, usd: cover * price, extra: (bad - cover) * price, cause })
  }
  if (m.reward > 0) reward(m, actor, seizure, log)
  m.book.touch(row)
  return applied(debt)
}

/** The protocol pays absorbers nothing: this comes from outside it. */
function reward(m: State, actor: number, cause: number, log: Log): void {
  m.ledger.postings.mint(m.base, m.reward)
  m.ledger.credit(actor, m.base, m.reward)
  const price = one(m.s.base_price)
  log.add({ kind: 'fee', venue: m.venue, actor, asset: m.base, amount: m.reward, price, usd: m.reward * price, cause })
}

const for_sale = (m: State): boolean => reserves(m) < m.target || reserves(m) < 0

/** Sells collateral of the protocol for base at the discounted oracle price, while reserves are below their target. */
export function buy(m: State, action: Action, log: Log): Result {
  const { offer: i, actor } = action
  const own = m.list[i]
  if (own === undefined) return refused('unknown')
  if (one(m.s.pause_buy) === 1) return refused('paused')
  if (at(m.c.stale, i) === 1 || one(m.s.base_stale) === 1) return refused('stale')
  if (!for_sale(m)) return refused('limit')
  const stock = at(m.c.inventory, i)
  const all = action.amount === ALL || Math.abs(action.amount - stock) <= stock * SAME
  const units = all ? stock : action.amount
  const price = ask(m, i)
  const paid = units * price
  if (units > stock) return refused('cash')
  if (!can_pay(m, actor, m.base, paid)) return refused('funds')
  if (!(units > 0)) return refused('empty')
  if (action.limit > 0 && price > action.limit * (1 + SAME)) return refused('price')
  if (!take_in(m, actor, m.base, paid)) return refused('funds')
  const covered = Math.min(at(m.c.due, i), paid)
  m.c.inventory.set(i, all ? 0 : stock - units)
  m.c.due.set(i, all ? 0 : at(m.c.due, i) - covered)
  pay_out(m, actor, own.asset, units)
  const usd = one(m.s.base_price)
  log.add({
    kind: 'take',
    venue: m.venue,
    actor,
    asset: own.asset,
    amount: units,
    price,
    usd: paid * usd,
    extra: (paid - covered) * usd,
    cause: at(m.c.seized, i),
  })
  return applied(units)
}

/** What others may take, or what bots do at once. */
export function offer(m: State, row: number, out: Actions, offers: Offers, bots: boolean, least_usd: number): void {
  if (one(m.s.pause_absorb) === 1 || !priced(m, row)) return
  const now = health(m, row, m.book.prices.data)
  const debt = debt_of(m, row)
  if (!(now < 1)) return
  if (bots) {
    if (debt * one(m.s.base_price) < least_usd) return
    out.bundle(0, row)
    out.add('start', { venue: m.venue, account: row, actor: OUTSIDE })
    return
  }
  let dearest = 0
  const value = (i: number) => held_at(m, row, i) * at(m.c.price, i)
  for (let i = 1; i < m.list.length; i++) if (value(i) > value(dearest)) dearest = i
  offers.list.push({
    kind: 'start',
    venue: m.venue,
    id: row,
    collateral: (m.list[dearest] as Collateral).asset,
    debt: m.base,
    price: ask(m, dearest),
    debt_max: debt,
    debt_min: 0,
    collateral_max: held_at(m, row, dearest),
    reward: m.reward,
    health: now,
  })
}

export function storefront(m: State, offers: Offers): void {
  if (one(m.s.pause_buy) === 1 || one(m.s.base_stale) === 1 || !for_sale(m)) return
  for (let i = 0; i < m.list.length; i++) {
    const stock = at(m.c.inventory, i)
    const price = ask(m, i)
    if (at(m.c.stale, i) === 1 || stock * price * one(m.s.base_price) < LEAST_OFFER_USD) continue
    offers.list.push({
      kind: 'auction',
      venue: m.venue,
      id: i,
      collateral: (m.list[i] as Collateral).asset,
      debt: m.base,
      price,
      debt_max: stock * price,
      debt_min: 0,
      collateral_max: stock,
      reward: 0,
      health: 0,
    })
  }
}
