/** Liquidation of everybody above the threshold from the top down, absorption of what is above the maximum limit, and the sale of what was absorbed. */
import { RowList } from '../../margin/index.ts'
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
import { can_pay, known, pay_out, take_in } from '../shared/custody.ts'
import { excess, LEAST_SHARE, Level, level, SAME, share, type Terms, terms_at } from './kernel.ts'
import { may_leave, move_debt, move_supply } from './limits.ts'
import {
  at,
  health,
  less,
  net_of,
  type Pool,
  price_of,
  ratio_of,
  raw_price,
  stale,
  type State,
  type Vault,
  vault_at,
} from './state.ts'

const terms: Terms = { threshold: 0, target: 0, most: 0, per_debt: 0 }
const reached = new Level()
const scanned = new RowList()

const terms_of = (s: State, vault: Vault): void => terms_at(raw_price(s, vault), vault.limits, vault.scale, terms)

/** Least debt units of one liquidation. */
const least_of = (s: State, k: number): number => {
  const { debt_pool: i } = s.vaults[k] as Vault
  return Math.max((s.pools[i] as Pool).least, at(s.v.debt, k) * at(s.p.borrow_index, i) * LEAST_SHARE)
}

/** Rows of a vault that may be liquidated at the terms now, highest ratio first, and those that are to be absorbed. */
function gather(s: State, k: number): { readonly rows: number[]; readonly above: number[] } {
  const [rows, above]: [number[], number[]] = [[], []]
  s.book.scan(scanned)
  for (let i = 0; i < scanned.length; i++) {
    const row = scanned.data[i] as number
    if (s.vault_of[row] !== k || !(health(s, row, s.book.prices.data) < 1)) continue
    if (ratio_of(s, row) > terms.most) above.push(row)
    else rows.push(row)
  }
  rows.sort((a, b) => ratio_of(s, b) - ratio_of(s, a) || a - b)
  return { rows, above }
}

/**
 * Repays debt of whoever is riskiest, whichever account of the vault in breach is named. Refusals in the order stale, unknown, healthy, limit, dust, cash,
 * funds, empty; more than can be repaid is cut to that. The result is the collateral received.
 */
export function liquidate(s: State, action: Action, log: Log): Result {
  const { account: row, actor } = action
  if (!known(s, row)) return refused('unknown')
  const k = s.vault_of[row] as number
  const vault = s.vaults[k] as Vault
  if (action.asset !== vault.collateral || action.asset2 !== vault.debt || !(at(s.a.debt, row) > 0)) return refused('unknown')
  if (stale(s, vault)) return refused('stale')
  if (!(health(s, row, s.book.prices.data) < 1)) return refused('healthy')
  terms_of(s, vault)
  if (ratio_of(s, row) > terms.most) return refused('limit')
  const { rows, above } = gather(s, k)
  const [debts, collaterals] = [rows.map((one) => at(s.a.debt, one)), rows.map((one) => at(s.a.collateral, one))]
  const [lent, saved] = [at(s.p.borrow_index, vault.debt_pool), at(s.p.supply_index, vault.collateral_pool)]
  level(debts, collaterals, rows.length, terms, action.amount / lent, reached)
  const { repaid: raw, ratio } = reached
  const [paid, out] = [raw * lent, raw * terms.per_debt * saved]
  if (out > may_leave(s, k, false) * (1 + SAME)) return refused('limit')
  if (action.amount > 0 && paid < least_of(s, k) * (1 - SAME)) return refused('dust')
  if (out > at(s.p.cash, vault.collateral_pool) * (1 + SAME)) return refused('cash')
  if (!can_pay(s, actor, vault.debt, paid)) return refused('funds')
  if (!(paid > 0)) return refused('empty')
  for (const one of above) take_over(s, one, actor, log)
  if (!take_in(s, actor, vault.debt, paid)) return refused('funds')
  pay_out(s, actor, vault.collateral, out)
  let cleared = 0
  for (const one of rows) {
    if (!(ratio_of(s, one) > ratio)) break
    cleared += bring_down(s, one, share(at(s.a.debt, one), at(s.a.collateral, one), ratio, terms.per_debt), ratio, actor, log)
  }
  move_debt(s, k, -cleared, -paid)
  earn(s, vault, paid - cleared * lent)
  move_supply(s, k, -raw * terms.per_debt, -out)
  const partial = action.amount !== ALL && paid < action.amount * (1 - SAME)
  return { status: partial ? 'partial' : 'applied', amount: out }
}

/** One position's part. Returns what it owes less: of the last of it rounding to the tick is paid, but not owed. */
function bring_down(s: State, row: number, raw: number, ratio: number, actor: number, log: Log): number {
  const vault = vault_at(s, row)
  const blame = log.blame(s.venue, row)
  const before = net_of(s, row)
  const now = health(s, row, s.book.prices.data)
  const taken = raw * terms.per_debt
  const left = less(at(s.a.collateral, row), taken)
  const debt = left > 0 ? ratio * left : 0
  const owes = Math.max(0, debt - at(s.a.dust, row)) > 0
  s.a.collateral.set(row, left)
  s.a.debt.set(row, owes ? debt : 0)
  if (!owes) s.a.dust.set(row, 0)
  s.book.touch(row)
  log.add({
    kind: 'liquidate',
    venue: s.venue,
    account: row,
    actor,
    asset: vault.collateral,
    amount: taken * at(s.p.supply_index, vault.collateral_pool),
    price: now,
    usd: raw * at(s.p.borrow_index, vault.debt_pool) * at(s.p.price, vault.debt_pool),
    cause: blame.cause,
    shares: blame.shares,
  })
  return before - net_of(s, row)
}

/** What was paid and nobody owed is the layer's. */
function earn(s: State, { debt_pool: i }: Vault, units: number): void {
  s.p.revenue.add(i, units)
}

/** A position above the maximum limit becomes the vault's: collateral, and debt at its tick. Nobody is paid for it. */
export function absorb(s: State, action: Action, log: Log): Result {
  const { account: row, actor } = action
  if (!known(s, row) || !(at(s.a.debt, row) > 0)) return refused('unknown')
  const vault = vault_at(s, row)
  if (stale(s, vault)) return refused('stale')
  if (!(health(s, row, s.book.prices.data) < 1)) return refused('healthy')
  terms_of(s, vault)
  if (!(ratio_of(s, row) > terms.most)) return refused('limit')
  return applied(take_over(s, row, actor, log))
}

function take_over(s: State, row: number, actor: number, log: Log): number {
  const k = s.vault_of[row] as number
  const vault = s.vaults[k] as Vault
  const { collateral_pool, debt_pool } = vault
  const blame = log.blame(s.venue, row)
  const [collateral, debt] = [at(s.a.collateral, row), at(s.a.debt, row)]
  const rounding = debt - net_of(s, row)
  s.v.absorbed_collateral.add(k, collateral)
  s.v.absorbed_debt.add(k, debt)
  s.a.collateral.set(row, 0)
  s.a.debt.set(row, 0)
  s.a.dust.set(row, 0)
  // Rounding to the tick, which the owner did not owe, the vault does.
  s.v.debt.add(k, rounding)
  s.p.borrow.add(debt_pool, rounding)
  earn(s, vault, rounding * at(s.p.borrow_index, debt_pool))
  s.book.touch(row)
  const units = collateral * at(s.p.supply_index, collateral_pool)
  const owed = debt * at(s.p.borrow_index, debt_pool)
  const price = at(s.p.price, debt_pool)
  const of = { venue: s.venue, account: row, actor, shares: blame.shares }
  const seized = log.add({
    kind: 'seize',
    ...of,
    asset: vault.collateral,
    amount: units,
    price: at(s.p.price, collateral_pool),
    usd: owed * price,
    cause: blame.cause,
  })
  s.v.seized.set(k, seized)
  const bad = owed - units * price_of(s, vault)
  if (bad > 0) log.add({ kind: 'bad_debt', ...of, asset: vault.debt, amount: bad, price, usd: bad * price, cause: seized })
  return owed
}

/** Debt units per unit of what was absorbed. */
export const absorbed_price = (s: State, k: number): number => {
  const { collateral_pool, debt_pool } = s.vaults[k] as Vault
  return (
    (at(s.v.absorbed_debt, k) * at(s.p.borrow_index, debt_pool)) /
    (at(s.v.absorbed_collateral, k) * at(s.p.supply_index, collateral_pool))
  )
}

/** Buys of what was absorbed, for its debt in proportion. */
export function buy(s: State, action: Action, log: Log): Result {
  const { offer: k, actor } = action
  const vault = s.vaults[k]
  if (vault === undefined || !(at(s.v.absorbed_collateral, k) > 0)) return refused('unknown')
  if (stale(s, vault)) return refused('stale')
  const index = at(s.p.supply_index, vault.collateral_pool)
  const stock = at(s.v.absorbed_collateral, k) * index
  const all = action.amount === ALL || Math.abs(action.amount - stock) <= stock * SAME
  const units = all ? stock : action.amount
  const price = absorbed_price(s, k)
  const paid = units * price
  if (units > may_leave(s, k, false) * (1 + SAME)) return refused('limit')
  if (units > 0 && paid < least_of(s, k) * (1 - SAME)) return refused('dust')
  if (units > stock || units > at(s.p.cash, vault.collateral_pool) * (1 + SAME)) return refused('cash')
  if (!can_pay(s, actor, vault.debt, paid)) return refused('funds')
  if (!(units > 0)) return refused('empty')
  if (action.limit > 0 && price > action.limit * (1 + SAME)) return refused('price')
  if (!take_in(s, actor, vault.debt, paid)) return refused('funds')
  const raw = all ? at(s.v.absorbed_collateral, k) : units / index
  const cleared = all ? at(s.v.absorbed_debt, k) : (at(s.v.absorbed_debt, k) * raw) / at(s.v.absorbed_collateral, k)
  s.v.absorbed_collateral.set(k, all ? 0 : at(s.v.absorbed_collateral, k) - raw)
  s.v.absorbed_debt.set(k, all ? 0 : at(s.v.absorbed_debt, k) - cleared)
  pay_out(s, actor, vault.collateral, units)
  move_debt(s, k, -cleared, -paid)
  move_supply(s, k, -raw, -units)
  const usd = paid * at(s.p.price, vault.debt_pool)
  log.add({ kind: 'take', venue: s.venue, actor, asset: vault.collateral, amount: units, price, usd, cause: at(s.v.seized, k) })
  return applied(units)
}

/** Units of collateral that can be paid out now. */
const payable = (s: State, k: number): number =>
  Math.min(may_leave(s, k, false), at(s.p.cash, (s.vaults[k] as Vault).collateral_pool))

/** What can be taken of a row: its own part of what is above the threshold. All rows' offers taken together are all there is. */
export function offer(s: State, row: number, out: Actions, offers: Offers): void {
  const k = s.vault_of[row] as number
  const vault = s.vaults[k] as Vault
  const now = health(s, row, s.book.prices.data)
  if (stale(s, vault) || !(now < 1)) return
  terms_of(s, vault)
  const [collateral, debt] = [at(s.a.collateral, row), at(s.a.debt, row)]
  const index = at(s.p.borrow_index, vault.debt_pool)
  const common = { venue: s.venue, id: row, collateral: vault.collateral, debt: vault.debt, reward: 0, health: now }
  if (debt / collateral > terms.most) {
    if (s.bots) {
      out.bundle(0, row)
      out.add('start', { venue: s.venue, account: row, actor: OUTSIDE })
      return
    }
    const units = collateral * at(s.p.supply_index, vault.collateral_pool)
    offers.list.push({
      kind: 'start',
      ...common,
      price: (debt * index) / units,
      debt_max: debt * index,
      debt_min: 0,
      collateral_max: units,
    })
    return
  }
  const price = price_of(s, vault) / (1 + vault.limits.penalty)
  const debt_max = Math.min(excess(debt, collateral, terms) * index, payable(s, k) * price)
  const debt_min = least_of(s, k)
  if (debt_max < debt_min) return
  offers.list.push({ kind: 'liquidation', ...common, price, debt_max, debt_min, collateral_max: debt_max / price })
}

/** What was absorbed is for sale as long as there is any. */
export function for_sale(s: State, offers: Offers): void {
  s.vaults.forEach((vault, k) => {
    const stock = at(s.v.absorbed_collateral, k) * at(s.p.supply_index, vault.collateral_pool)
    if (!(stock > 0) || stale(s, vault)) return
    const price = absorbed_price(s, k)
    const units = Math.min(stock, payable(s, k))
    const debt_min = least_of(s, k)
    if (units * price < debt_min) return
    offers.list.push({
      kind: 'auction',
      venue: s.venue,
      id: k,
      collateral: vault.collateral,
      debt: vault.debt,
      price,
      debt_max: units * price,
      debt_min,
      collateral_max: units,
      reward: 0,
      health: 0,
    })
  })
}
