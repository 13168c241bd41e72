/** Liquidation: what is offered to keepers, and what one of them sets off. */
import { type Action, applied, type Log, type Offer, OUTSIDE, type Result, refused, type Status } from '../../model/index.ts'
import { ratioOf, type Split, split, type Terms } from './kernel.ts'
import { offset } from './pool.ts'
import { at, branchOf, CLOSED, collOf, debtOf, priceOf, type State, specOf, statusOf } from './state.ts'
import { closeRow, releaseGas } from './troves.ts'

const parts: Split = { offset: 0, gas: 0, to_pool: 0, debt_out: 0, coll_out: 0, surplus: 0 }

/** Fills `parts`, or tells why not. */
function plan(state: State, row: number): Status {
  if (statusOf(state, row) === CLOSED) return 'unknown'
  const b = branchOf(state, row)
  const [coll, debt, price] = [collOf(state, row), debtOf(state, row), priceOf(state, b)]
  if (!(ratioOf(coll, debt, price) < specOf(state, b).minimum_ratio)) return 'healthy'
  if (at(state.branches.columns.open, b) <= 1) return 'limit'
  split(coll, debt, price, at(state.branches.columns.pool, b), state.terms[b] as Terms, parts)
  return 'applied'
}

/** Takes a trove apart; the caller gets the gas compensation and a share of the pool's part. Result: collateral that left the trove. */
export function start(state: State, action: Action, log: Log): Result {
  const { account: row, actor } = action
  const status = plan(state, row)
  if (status !== 'applied') return refused(status as 'unknown' | 'healthy' | 'limit')
  const { ledger, venue } = state
  const b = branchOf(state, row)
  const [asset, price] = [state.asset[b] as number, priceOf(state, b)]
  const [coll, debt] = [collOf(state, row), debtOf(state, row)]
  const blame = log.blame(venue, row)
  const c = state.branches.columns
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
    offset(state, b, burnt, to_pool)
    c.offset_row.set(b, liquidation)
  }
  if (debt_out > 0) {
    c.l_coll.add(b, coll_out / at(c.stakes, b))
    c.l_debt.add(b, debt_out / at(c.stakes, b))
    state.book.touch_all()
  }
  c.coll.add(b, -(coll - coll_out))
  c.debt.add(b, -burnt)
  c.stakes_snapshot.set(b, at(c.stakes, b))
  c.coll_snapshot.set(b, at(c.coll, b))
  releaseGas(state, actor)
  ledger.postings.post(asset, -gas - surplus)
  if (gas > 0) ledger.credit(actor, asset, gas)
  const owner = state.owner[row] as number
  if (surplus > 0) ledger.credit(owner < 0 ? OUTSIDE : owner, asset, surplus)
  log.add({
    kind: 'fee',
    venue,
    account: row,
    actor,
    asset,
    amount: gas,
    price,
    usd: gas * price + gasValue(state),
    cause: liquidation,
  })
  const loss = debt - coll * price
  if (loss > 0) {
    const fields = { venue, account: row, asset: state.bold, amount: loss, price: 1, usd: loss } as const
    const bad = log.add({ kind: 'bad_debt', ...fields, cause: liquidation })
    log.add({ kind: 'default', ...fields, cause: bad })
  }
  return applied(taken)
}

/** BOLD that the gas compensation is worth: by the branch of its asset, nothing when there is none. */
function gasValue(state: State): number {
  const b = state.asset.indexOf(state.gas_asset)
  return b < 0 ? 0 : state.spec.gas_compensation * priceOf(state, b)
}

/** Troves that may be liquidated now, the lowest health first. */
export function offer(state: State, low: Int32Array, count: number, out: Offer[]): void {
  const found: Offer[] = []
  for (let i = 0; i < count; i++) {
    const row = low[i] as number
    if (row >= state.troves_count || plan(state, row) !== 'applied') continue
    const b = branchOf(state, row)
    const price = priceOf(state, b)
    const [coll, debt] = [collOf(state, row), debtOf(state, row)]
    found.push({
      kind: 'start',
      venue: state.venue,
      id: row,
      collateral: state.asset[b] as number,
      debt: state.bold,
      price,
      debt_max: debt,
      debt_min: debt,
      collateral_max: coll - parts.surplus,
      reward: gasValue(state) + parts.gas * price,
      health: ratioOf(coll, debt, price) / specOf(state, b).minimum_ratio,
    })
  }
  found.sort((x, y) => x.health - y.health || x.id - y.id)
  out.push(...found)
}
