/** Redemption: BOLD for collateral at face value, over the branches by their unbacked debt, in a branch from the lowest interest rate up. */
import { ALL, type Action, applied, type Log, type Offer, type Result, refused } from '../../model/index.ts'
import { decayed, portions, ratioOf } from './kernel.ts'
import { at, branchOf, CLOSED, collOf, debtOf, OPEN, priceOf, type State, specOf, statusOf, tcrOf, ZOMBIE } from './state.ts'
import { put, short } from './troves.ts'

const HAIR = 1e-12

/** Branches that redemptions go to: neither shut down nor below the ratio at which they could be. */
function openBranches(state: State): Uint8Array {
  const { shut, debt } = state.branches.columns
  return Uint8Array.from({ length: state.count }, (_, b) =>
    at(shut, b) === 0 && at(debt, b) > 0 && tcrOf(state, b) >= specOf(state, b).shutdown_ratio ? 1 : 0,
  )
}

const supplyOf = (state: State): number => {
  let sum = 0
  for (let b = 0; b < state.count; b++) sum += at(state.branches.columns.debt, b)
  return sum
}

function baseNow(state: State): number {
  const { base_rate, fee_ms, now_ms } = state.system.columns
  return decayed(at(base_rate), at(now_ms) - at(fee_ms))
}

function portionsOf(state: State, amount: number): Float64Array {
  const { debt, pool } = state.branches.columns
  const out = new Float64Array(state.count)
  portions(amount, debt.data.subarray(0, state.count), pool.data.subarray(0, state.count), openBranches(state), out)
  return out
}

/** Troves of a branch in the order of redemption: the last zombie, then by interest rate. */
function order(state: State, b: number): number[] {
  const rows: number[] = []
  for (let row = 0; row < state.troves_count; row++)
    if (branchOf(state, row) === b && statusOf(state, row) === OPEN) rows.push(row)
  rows.sort((x, y) => (state.rate[x] as number) - (state.rate[y] as number) || x - y)
  const zombie = at(state.branches.columns.last_zombie, b)
  return zombie >= 0 ? [zombie, ...rows] : rows
}

interface Redeemed {
  redeemed: number
  drawn: number
}

/** Redeems from one branch; the fee stays in the troves. */
function fromBranch(state: State, b: number, amount: number, rate: number, action: Action, log: Log): Redeemed {
  const c = state.branches.columns
  const price = priceOf(state, b)
  const sums: Redeemed = { redeemed: 0, drawn: 0 }
  for (const row of order(state, b)) {
    const left = amount - sums.redeemed
    if (!(left > amount * HAIR)) break
    const [coll, debt] = [collOf(state, row), debtOf(state, row)]
    if (ratioOf(coll, debt, price) < 1) continue
    const lot = left >= debt * (1 - HAIR) ? debt : left
    const taken = (lot / price) * (1 - rate)
    put(state, row, coll - taken, debt - lot)
    c.coll.add(b, -taken)
    c.debt.add(b, -lot)
    if (debt - lot < state.spec.min_debt) {
      state.troves.columns.status.set(row, ZOMBIE)
      if (debt - lot > 0) c.last_zombie.set(b, row)
      else if (at(c.last_zombie, b) === row) c.last_zombie.set(b, -1)
    }
    sums.redeemed += lot
    sums.drawn += taken
    const { actor, cause } = action
    const asset = state.asset[b] as number
    log.add({ kind: 'redeem', venue: state.venue, account: row, actor, asset, amount: taken, price, usd: lot, cause })
  }
  return sums
}

/** Takes BOLD and pays out collateral. */
function settle(state: State, actor: number, b: number, { redeemed, drawn }: Redeemed): boolean {
  const { ledger, bold } = state
  const asset = state.asset[b] as number
  if (!ledger.debit(actor, bold, redeemed)) return false
  ledger.postings.mint(bold, -redeemed)
  ledger.postings.post(asset, -drawn)
  ledger.credit(actor, asset, drawn)
  return true
}

/** Redeems BOLD of the actor. Result: units of the action's asset received; what other branches give goes to the treasury too. */
export function redeem(state: State, action: Action, log: Log): Result {
  if (action.account >= 0) return urgent(state, action, log)
  const { ledger, bold, spec } = state
  const { actor } = action
  const named = state.asset.indexOf(action.asset)
  if (named < 0) return refused('unknown')
  if (!openBranches(state).includes(1)) return refused('limit')
  const amount = action.amount === ALL ? ledger.balance(actor, bold) : action.amount
  const supply = supplyOf(state)
  const base = baseNow(state)
  const rate = Math.min(1, spec.fee_floor + Math.min(1, base + amount / supply))
  const parts = portionsOf(state, amount)
  let [redeemed, received] = [0, 0]
  for (let b = 0; b < state.count; b++) {
    if (!((parts[b] as number) > 0)) continue
    const sums = fromBranch(state, b, parts[b] as number, rate, action, log)
    if (sums.redeemed > 0 && !settle(state, actor, b, sums)) return refused('funds')
    redeemed += sums.redeemed
    if (b === named) received = sums.drawn
  }
  if (amount > 0 && !(redeemed > 0)) return refused('limit')
  if (short(state, actor, bold, amount)) return refused('funds')
  if (!(amount > 0)) return refused('empty')
  if (action.limit > 0 && priceOf(state, named) / (1 - rate) > action.limit) return refused('price')
  const { base_rate, fee_ms, now_ms } = state.system.columns
  base_rate.set(0, Math.min(1, base + redeemed / supply))
  if (at(now_ms) - at(fee_ms) >= 60_000) fee_ms.set(0, at(now_ms))
  return redeemed < amount * (1 - HAIR) && action.amount !== ALL ? { status: 'partial', amount: received } : applied(received)
}

/** In a branch that is shut down: any trove, without fee, for a bonus. */
function urgent(state: State, action: Action, log: Log): Result {
  const { account: row, actor, cause } = action
  const { ledger, bold, spec } = state
  if (row >= state.troves_count || statusOf(state, row) === CLOSED) return refused('unknown')
  const b = branchOf(state, row)
  const c = state.branches.columns
  const price = priceOf(state, b)
  const asset = state.asset[b] as number
  if (action.asset !== asset) return refused('unknown')
  if (at(c.shut, b) === 0) return refused('limit')
  const [coll, debt] = [collOf(state, row), debtOf(state, row)]
  const worth = 1 + spec.urgent_bonus
  const wanted = action.amount === ALL ? ledger.balance(actor, bold) : action.amount
  const lot = Math.min(wanted, debt, (coll * price) / worth)
  if (!(lot > 0)) return refused('empty')
  const taken = Math.min(coll, (lot * worth) / price)
  if (!settle(state, actor, b, { redeemed: lot, drawn: taken })) return refused('funds')
  put(state, row, coll - taken, debt - lot)
  c.coll.add(b, -taken)
  c.debt.add(b, -lot)
  if (debt - lot < spec.min_debt) state.troves.columns.status.set(row, ZOMBIE)
  log.add({ kind: 'redeem', venue: state.venue, account: row, actor, asset, amount: taken, price, usd: lot, cause })
  return lot < wanted && action.amount !== ALL ? { status: 'partial', amount: taken } : applied(taken)
}

/** One offer, for the branch that gives most: at the fee of the first unit; a larger part costs more. */
export function offer(state: State, out: Offer[]): void {
  const parts = portionsOf(state, 1)
  let best = 0
  for (let b = 1; b < state.count; b++) if ((parts[b] as number) > (parts[best] as number)) best = b
  const rate = Math.min(1, state.spec.fee_floor + baseNow(state))
  if (!((parts[best] as number) > 0) || rate >= 1) return
  const { debt, coll } = state.branches.columns
  out.push({
    kind: 'redemption',
    venue: state.venue,
    id: best,
    collateral: state.asset[best] as number,
    debt: state.bold,
    price: priceOf(state, best) / (1 - rate),
    debt_max: at(debt, best),
    debt_min: 0,
    collateral_max: at(coll, best),
    reward: 0,
    health: 1,
  })
}
