/** Liquidation: what is offered, the call, moving a position to another account, and what the suppliers are left with. */
import { ALL, type Action, applied, type Log, type Offer, type Result, refused, type Status } from '../../model/index.ts'
import { can_pay } from '../shared/custody.ts'
import { health, priced, stands } from './accounts.ts'
import { closed, less, owe, payOut, SAME, takeIn, vaultOf } from './actions.ts'
import { type Limits, limits, MIN_SOCIAL_VALUE } from './kernel.ts'
import { addShares, at, debtOf, exchangeOf, type State, supplyOf, writeSlots } from './state.ts'

/** Less than this is not offered; whoever asks for it is still served. */
const LEAST_OFFER_VALUE = 0.01

const most: Limits = { repay: 0, yield_: 0 }

type Refusal = Exclude<Status, 'applied' | 'partial'>

/** Fills `most` for one collateral (units, not shares) of an account. */
function load(state: State, row: number, v: number): void {
  const u = at(state.accounts.columns.vault, row)
  const { price } = state.vaults.columns
  const entry = supplyOf(state, row, v)
  const balance = entry < 0 ? 0 : at(state.supplies.columns.shares, entry) * exchangeOf(state, v)
  const debt = debtOf(state, row)
  const liability = debt * at(price, u)
  // The same sums as the health that decides.
  const adjusted = healthOf(state, row) * liability
  limits(adjusted, liability, debt, balance * at(price, v), balance, state.specs[u]?.max_liquidation_discount ?? 0, most)
}

/** The health that decides. */
const healthOf = (state: State, row: number): number => health(state, row, state.book.prices.data)

/** Why the account cannot be liquidated by this pair now; undefined when it can. */
function objection(state: State, row: number, actor: number, v: number, u: number): Refusal | undefined {
  const { accounts, owner, recognised, clock, specs } = state
  if (v < 0 || u < 0 || !(row >= 0 && row < owner.length) || at(accounts.columns.vault, row) !== u) return 'unknown'
  if ((actor > 0 && actor === owner[row]) || recognised[u * state.count + v] !== 1 || supplyOf(state, row, v) < 0)
    return 'unknown'
  if (closed(state, v) || closed(state, u)) return 'paused'
  if (at(clock.columns.now_ms) - at(accounts.columns.checked_ms, row) < (specs[u]?.cool_off_ms ?? 0)) return 'paused'
  if (!priced(state, row)) return 'stale'
  return healthOf(state, row) > 1 ? 'healthy' : undefined
}

interface Part {
  readonly repaid: number
  readonly seized: number
}

/** The part of `most` that is asked for. */
function partOf(amount: number): Part | undefined {
  const { repay, yield_ } = most
  if (amount !== ALL && amount > repay * (1 + SAME)) return undefined
  if (amount >= repay * (1 - SAME)) return { repaid: repay, seized: yield_ }
  return { repaid: amount, seized: yield_ * (amount / repay) }
}

/** Takes collateral and debt off an account; what then remains without collateral is taken off the suppliers. */
function seize(state: State, action: Action, v: number, u: number, { repaid, seized }: Part, log: Log): void {
  const { account: row, actor, asset } = action
  const { price } = state.vaults.columns
  const blame = log.blame(state.venue, row)
  const { shares } = state.supplies.columns
  const entry = supplyOf(state, row, v)
  const held = at(shares, entry)
  const liability = debtOf(state, row) * at(price, u)
  shares.set(entry, less(held, Math.min(held, seized / exchangeOf(state, v))))
  owe(state, row, u, -repaid)
  const usd = repaid * at(price, u)
  const made = seized > 0 ? usd / seized : 0
  const cause = log.add({
    kind: 'liquidate',
    venue: state.venue,
    account: row,
    actor,
    asset,
    amount: seized,
    price: made,
    usd,
    extra: repaid,
    ...blame,
  })
  if (state.specs[u]?.socialise === true && liability >= MIN_SOCIAL_VALUE) socialise(state, row, u, cause, log)
  state.book.touch(row)
}

/** Debt of an account without any recognised collateral is removed: every supplier's share of the vault is worth less. */
function socialise(state: State, row: number, u: number, cause: number, log: Log): void {
  const rest = debtOf(state, row)
  const c = state.supplies.columns
  if (!(rest > 0)) return
  for (let entry = at(state.accounts.columns.head, row); entry >= 0; entry = at(c.next, entry))
    if (at(c.shares, entry) > 0 && state.recognised[u * state.count + at(c.vault, entry)] === 1) return
  owe(state, row, u, -rest)
  const price = at(state.vaults.columns.price, u)
  const fields = {
    venue: state.venue,
    account: row,
    asset: state.asset[u] as number,
    amount: rest,
    price,
    usd: rest * price,
  } as const
  const loss = log.add({ kind: 'bad_debt', ...fields, cause })
  log.add({ kind: 'default', ...fields, cause: loss })
}

/** Repays with tokens and gets the collateral's tokens: the batch in which a liquidator repays the debt he took over and withdraws. */
export function liquidate(state: State, action: Action, log: Log): Result {
  const { account: row, actor, asset, asset2 } = action
  const v = vaultOf(state, asset)
  const u = vaultOf(state, asset2)
  const reason = objection(state, row, actor, v, u)
  if (reason !== undefined) return refused(reason)
  load(state, row, v)
  const part = partOf(action.amount)
  if (part === undefined) return refused('limit')
  if (part.seized > at(state.vaults.columns.cash, v)) return refused('cash')
  if (!can_pay(state, actor, asset2, part.repaid)) return refused('funds')
  if (!(part.seized > 0)) return refused('empty')
  if (part.repaid > 0 && !takeIn(state, actor, u, part.repaid)) return refused('funds')
  const { supply } = state.vaults.columns
  const gone = part.seized / exchangeOf(state, v)
  seize(state, action, v, u, part, log)
  supply.set(v, less(at(supply, v), gone))
  payOut(state, actor, v, part.seized)
  writeSlots(state, u)
  writeSlots(state, v)
  return applied(part.seized)
}

/** Moves debt and collateral to an account of the liquidator (`offer`), which must stand with them. Result: collateral units. */
export function takeover(state: State, action: Action, log: Log): Result {
  const { account: row, actor, asset, asset2, offer: own } = action
  const v = vaultOf(state, asset)
  const u = vaultOf(state, asset2)
  if (!(own >= 0 && own < state.owner.length) || state.owner[own] !== actor || own === row) return refused('unknown')
  const reason = objection(state, row, actor, v, u)
  if (reason !== undefined) return refused(reason)
  const controller = at(state.accounts.columns.vault, own)
  if (controller >= 0 && controller !== u) return refused('limit')
  load(state, row, v)
  const part = partOf(action.amount)
  if (part === undefined) return refused('limit')
  const gone = part.seized / exchangeOf(state, v)
  owe(state, own, u, part.repaid)
  addShares(state, own, v, gone)
  if (!stands(state, own)) return refused('margin')
  if (!(part.seized > 0)) return refused('empty')
  seize(state, action, v, u, part, log)
  state.accounts.columns.checked_ms.set(own, at(state.clock.columns.now_ms))
  state.book.touch(own)
  writeSlots(state, u)
  return applied(part.seized)
}

/**
 * One offer for an account in breach: the collateral by which most can be repaid, the first of equals.
 * @param cash what the vaults can still pay out; what is offered is taken off, so that offers made together can all be taken
 */
export function offer(state: State, row: number, cash: Float64Array, out: Offer[]): void {
  const c = state.supplies.columns
  const u = at(state.accounts.columns.vault, row)
  const { price } = state.vaults.columns
  let [best, best_repay, best_yield] = [-1, 0, 0]
  for (let entry = at(state.accounts.columns.head, row); entry >= 0; entry = at(c.next, entry)) {
    const v = at(c.vault, entry)
    if (objection(state, row, 0, v, u) !== undefined) continue
    load(state, row, v)
    if (!(most.repay > 0 && most.yield_ > 0)) continue
    const share = Math.min(1, (cash[v] as number) / most.yield_)
    if (!(most.repay * share > best_repay * (1 + SAME))) continue
    best = v
    best_repay = most.repay * share
    best_yield = most.yield_ * share
  }
  if (best < 0 || best_repay * at(price, u) < LEAST_OFFER_VALUE) return
  cash[best] = (cash[best] as number) - best_yield
  out.push({
    kind: 'liquidation',
    venue: state.venue,
    id: row,
    collateral: state.asset[best] as number,
    debt: state.asset[u] as number,
    price: best_repay / best_yield,
    debt_max: best_repay,
    debt_min: 0,
    collateral_max: best_yield,
    reward: 0,
    health: healthOf(state, row),
  })
}
