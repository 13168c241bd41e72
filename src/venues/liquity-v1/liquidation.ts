/** Liquidation: what is offered to keepers, and what one of them sets off. */
import { type Action, applied, type Log, type Offer, OUTSIDE, type Result, refused } from '../../model/index.ts'
import * as kernel from './kernel.ts'
import { offset } from './pool.ts'
import { at, collOf, debtOf, isOpen, priceOf, type State, sync, tcrOf } from './state.ts'
import { closeRow } from './troves.ts'

const parts: kernel.Split = { gas: 0, offset: 0, to_pool: 0, debt_out: 0, coll_out: 0, surplus: 0 }

function plan(state: State, row: number): ReturnType<typeof kernel.split> {
  const price = priceOf(state)
  const { pool, open } = state.system.columns
  const status = kernel.split(collOf(state, row), debtOf(state, row), price, tcrOf(state, price), at(pool), state.terms, parts)
  return status === 'applied' && at(open) <= 1 ? 'limit' : status
}

/** Debt and collateral go to the other troves, in proportion to their stakes. */
function redistribute(state: State, debt: number, coll: number): void {
  const { stakes, l_coll, l_debt } = state.system.columns
  l_coll.add(0, coll / at(stakes))
  l_debt.add(0, debt / at(stakes))
  state.book.touch_all()
}

/** Takes a trove apart; the caller gets its gas compensation and a share of the collateral. Result: collateral that left the trove. */
export function start(state: State, action: Action, log: Log): Result {
  const { account: row, actor } = action
  if (!isOpen(state, row)) return refused('unknown')
  const status = plan(state, row)
  if (status !== 'applied') return refused(status as 'healthy' | 'limit')
  const { ledger, asset, lusd, spec, venue } = state
  const price = priceOf(state)
  const coll = collOf(state, row)
  const debt = debtOf(state, row)
  const blame = log.blame(venue, row)
  const s = state.system.columns
  const { gas, offset: burnt, to_pool, debt_out, coll_out, surplus } = parts
  closeRow(state, row)
  const taken = coll - surplus
  const liquidation = log.add({
    kind: 'liquidate',
    venue,
    account: row,
    actor,
    asset,
    amount: taken,
    price,
    usd: debt,
    extra: debt_out,
    ...blame,
  })
  if (burnt > 0) {
    offset(state, burnt, to_pool)
    s.offset_row.set(0, liquidation)
  }
  if (debt_out > 0) redistribute(state, debt_out, coll_out)
  s.coll.add(0, -(coll - coll_out))
  s.debt.add(0, -burnt)
  s.stakes_snapshot.set(0, at(s.stakes))
  s.coll_snapshot.set(0, at(s.coll))
  ledger.postings.post(lusd, -spec.gas_compensation)
  ledger.credit(actor, lusd, spec.gas_compensation)
  ledger.postings.post(asset, -gas - surplus)
  ledger.credit(actor, asset, gas)
  const owner = state.owner[row] as number
  if (surplus > 0) ledger.credit(owner < 0 ? OUTSIDE : owner, asset, surplus)
  const reward = gas * price + spec.gas_compensation
  log.add({ kind: 'fee', venue, account: row, actor, asset, amount: gas, price, usd: reward, cause: liquidation })
  bear(state, row, debt - coll * price, liquidation, log)
  sync(state)
  return applied(taken)
}

/** Debt beyond the collateral's value finds somebody who bears it at once: depositors of the pool, or the other troves. */
function bear(state: State, account: number, loss: number, cause: number, log: Log): void {
  if (!(loss > 0)) return
  const fields = { venue: state.venue, account, asset: state.lusd, amount: loss, price: 1, usd: loss } as const
  const row = log.add({ kind: 'bad_debt', ...fields, cause })
  log.add({ kind: 'default', ...fields, cause: row })
}

/** Troves that may be liquidated now, the lowest ratio first. */
export function offer(state: State, low: Int32Array, count: number, out: Offer[]): void {
  const prices = state.book.prices.data
  const price = priceOf(state)
  const { mcr } = state.terms
  const found: Offer[] = []
  for (let i = 0; i < count; i++) {
    const row = low[i] as number
    if (plan(state, row) !== 'applied') continue
    const coll = collOf(state, row)
    const debt = debtOf(state, row)
    const { coll: total, debt: owed, pool } = state.system.columns
    found.push({
      kind: 'start',
      venue: state.venue,
      id: row,
      collateral: state.asset,
      debt: state.lusd,
      price: prices[0] as number,
      debt_max: debt,
      debt_min: debt,
      collateral_max: coll - parts.surplus,
      reward: state.spec.gas_compensation + parts.gas * price,
      health: kernel.troveHealth(coll, debt, price, at(total), at(owed), at(pool), mcr, state.terms.ccr),
    })
  }
  found.sort((a, b) => a.health - b.health || a.id - b.id)
  out.push(...found)
}
