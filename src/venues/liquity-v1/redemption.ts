/** Redemption: LUSD for collateral at face value, from the troves with the lowest ratio up, for a fee that grows with what is redeemed. */
import { type Action, ALL, applied, type Log, type Offer, OUTSIDE, type Result, refused } from '../../model/index.ts'
import { ratioOf } from './kernel.ts'
import { at, collOf, debtOf, isOpen, priceOf, type State, sync, tcrOf } from './state.ts'
import { burnGas, closeRow, put, rateNow, short, touchRate } from './troves.ts'

/** Net debt below this is rounding. */
const HAIR = 1e-9

const possible = (state: State): boolean =>
  at(state.system.columns.now_ms) >= state.spec.redeemable_after_ms && tcrOf(state, priceOf(state)) >= state.terms.mcr

/** Open troves with a ratio of at least the least, lowest first. */
function order(state: State): Int32Array {
  const price = priceOf(state)
  const ratios = new Float64Array(state.troves_count)
  const rows: number[] = []
  for (let row = 0; row < state.troves_count; row++) {
    if (!isOpen(state, row)) continue
    ratios[row] = ratioOf(collOf(state, row), debtOf(state, row), price)
    if ((ratios[row] as number) >= state.terms.mcr) rows.push(row)
  }
  // Of equal ratios the older trove is nearer to the end of the contract's list: a younger one is sorted in above it.
  return Int32Array.from(rows).sort((a, b) => (ratios[a] as number) - (ratios[b] as number) || a - b)
}

interface Redeemed {
  redeemed: number
  drawn: number
}

/** One trove: all of its net debt, or a part that leaves the least. False: it would leave less, and everything stops here. */
function from(state: State, row: number, left: number, sums: Redeemed, action: Action, log: Log): boolean {
  const { spec, ledger, asset } = state
  const s = state.system.columns
  const price = priceOf(state)
  const coll = collOf(state, row)
  const debt = debtOf(state, row)
  const net = debt - spec.gas_compensation
  const whole = left >= net * (1 - 1e-12)
  const lot = whole ? net : left
  if (!whole && net - lot < spec.min_net_debt * (1 - HAIR)) return false
  const drawn = lot / price
  if (whole) {
    closeRow(state, row)
    burnGas(state)
    s.coll.add(0, -coll)
    s.debt.add(0, -debt)
    const owner = state.owner[row] as number
    ledger.postings.post(asset, -(coll - drawn))
    ledger.credit(owner < 0 ? OUTSIDE : owner, asset, coll - drawn)
  } else {
    put(state, row, coll - drawn, debt - lot)
    s.coll.add(0, -drawn)
    s.debt.add(0, -lot)
  }
  sums.redeemed += lot
  sums.drawn += drawn
  const { actor, cause } = action
  log.add({ kind: 'redeem', venue: state.venue, account: row, actor, asset, amount: drawn, price, usd: lot, cause })
  return true
}

/**
 * Redeems LUSD of the actor. `limit`: most LUSD per unit of collateral, fee included. Result: collateral received. Refusals in the order unknown, limit,
 * funds, empty, price; what was done before one is undone with the bundle.
 */
export function redeem(state: State, action: Action, log: Log): Result {
  const { asset, lusd, ledger, spec } = state
  const { actor } = action
  if (action.asset !== asset && action.asset !== lusd) return refused('unknown')
  if (!possible(state)) return refused('limit')
  const amount = action.amount === ALL ? ledger.balance(actor, lusd) : action.amount
  const price = priceOf(state)
  const supply = at(state.system.columns.debt)
  const sums: Redeemed = { redeemed: 0, drawn: 0 }
  for (const row of order(state)) {
    const left = amount - sums.redeemed
    if (!(left > amount * 1e-12)) break
    // The last trove cannot be closed, and the contract then undoes the rest too.
    if (at(state.system.columns.open) <= 1 && left >= (debtOf(state, row) - spec.gas_compensation) * (1 - 1e-12))
      return refused('limit')
    if (!from(state, row, left, sums, action, log)) break
  }
  const { redeemed, drawn } = sums
  if (short(state, actor, lusd, amount)) return refused('funds')
  if (!(drawn > 0)) return refused('empty')
  const rate = Math.min(1, spec.fee_floor + touchRate(state, (drawn * price) / supply / spec.beta))
  const received = drawn * (1 - rate)
  if (!(received > 0) || (action.limit > 0 && redeemed / received > action.limit)) return refused('price')
  if (!ledger.debit(actor, lusd, redeemed)) return refused('funds')
  ledger.postings.mint(lusd, -redeemed)
  ledger.postings.post(asset, -drawn)
  ledger.credit(actor, asset, received)
  ledger.credit(OUTSIDE, asset, drawn - received)
  log.add({
    kind: 'fee',
    venue: state.venue,
    actor: OUTSIDE,
    asset,
    amount: drawn - received,
    price,
    usd: (drawn - received) * price,
    cause: action.cause,
  })
  sync(state)
  return redeemed < amount * (1 - 1e-12) && action.amount !== ALL ? { status: 'partial', amount: received } : applied(received)
}

/** One offer: at the fee of the first unit; a larger part costs more. */
export function offer(state: State, out: Offer[]): void {
  if (!possible(state)) return
  const { debt, coll, open } = state.system.columns
  const net = at(debt) - at(open) * state.spec.gas_compensation
  const rate = Math.min(1, state.spec.fee_floor + rateNow(state))
  if (!(net > 0) || rate >= 1) return
  out.push({
    kind: 'redemption',
    venue: state.venue,
    id: 0,
    collateral: state.asset,
    debt: state.lusd,
    price: priceOf(state) / (1 - rate),
    debt_max: net,
    debt_min: 0,
    collateral_max: at(coll),
    reward: 0,
    health: 1,
  })
}
