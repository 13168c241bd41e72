/** Trading with the bands, which is soft liquidation downwards and its undoing upwards; and hard liquidation. */
import { ALL, type Action, applied, type Log, type Offer, type Result, refused } from '../../model/index.ts'
import { fractionFor, HAIR, OFFSET, removed, type Stop, type Walk, walk } from './kernel.ts'
import { owe, short, take } from './positions.ts'
import { activeOf, at, baseOf, debtOf, healthOf, n1Now, type Position, positionOf, type State } from './state.ts'

/** Ids of the two standing offers: collateral for stable, stable for collateral. */
export const PUMP = 0
export const DUMP = 1
/** What is worth less is not offered. */
const LEAST_OFFER = 1

const steps: Walk = { paid: 0, got: 0, active: 0 }
const held: Position = { x: 0, y: 0 }

/** Walks the bands at the price of the moment, changing nothing unless `write` does. */
function look(state: State, pump: boolean, stop: Stop, amount: number, write?: (n: number, x: number, y: number) => void): void {
  const { x, y } = state.bands.columns
  const { low, high, price, fee } = state.market.columns
  steps.active = activeOf(state)
  const ends = { low: at(low), high: at(high) }
  walk(state.geo, baseOf(state), x.data, y.data, steps, ends, pump, at(price), at(fee), stop, amount, write)
}

/** Who holds most of the first band that a trade reaches: for him the cause of the sale is stated. −1 nobody. */
function holder(state: State, pump: boolean): number {
  const { x, y } = state.bands.columns
  const { low, high } = state.market.columns
  const column = pump ? y : x
  let n = activeOf(state)
  while (at(column, n + OFFSET) === 0 && n !== (pump ? at(high) : at(low))) n += pump ? 1 : -1
  let best = -1
  let most = 0
  for (let row = 0; row < state.owner.length; row++) {
    const k = n - n1Now(state, row)
    if (k < 0 || k >= (state.count[row] as number)) continue
    const share = at(state.parts.columns.share, (state.first[row] as number) + k)
    if (share > most) {
      most = share
      best = row
    }
  }
  return best
}

/** A bid on a standing offer: `amount` of what it sells, all: until the price reaches the oracle's. Refused as unknown, stale, empty (nothing to pay for), funds, price. */
export function trade(state: State, action: Action, log: Log): Result {
  const { offer, amount, actor, limit } = action
  if (offer !== PUMP && offer !== DUMP) return refused('unknown')
  const { market, bands, ledger } = state
  const m = market.columns
  if (at(m.has) === 0) return refused('stale')
  const pump = offer === PUMP
  const stop: Stop = amount === ALL ? 'price' : 'out'
  const target = amount === ALL ? at(m.price) : amount
  if (!(target > 0)) return refused('empty')
  look(state, pump, stop, target)
  const { paid, got, active } = steps
  if (!(got > 0 && paid > 0)) return refused('empty')
  const [give, receive] = pump ? [state.stable, state.collateral] : [state.collateral, state.stable]
  if (short(state, actor, give, paid)) return refused('funds')
  if (limit > 0 && paid > got * limit * (1 + HAIR)) return refused('price')
  if (!ledger.debit(actor, give, paid)) return refused('funds')
  const account = holder(state, pump)
  const blame = pump && account >= 0 ? log.blame(state.venue, account) : { shares: -1, cause: -1 }
  const { x, y } = bands.columns
  look(state, pump, stop, target, (n, bx, by) => {
    x.set(n + OFFSET, bx)
    y.set(n + OFFSET, by)
  })
  m.active.set(0, active)
  m.old.set(0, at(m.price))
  m.old_fee.set(0, at(m.fee))
  m.written_ms.set(0, at(m.now_ms))
  ledger.postings.post(give, paid)
  ledger.postings.post(receive, -got)
  ledger.credit(actor, receive, got)
  const sold = pump ? { price: paid / got, usd: paid } : { price: got / paid, usd: got }
  const base = { venue: state.venue, account, actor, asset: state.collateral, amount: pump ? got : paid } as const
  log.add({ kind: pump ? 'take' : 'redeem', ...base, ...sold, ...blame })
  return amount !== ALL && got < amount * (1 - HAIR) ? { status: 'partial', amount: got } : applied(got)
}

/**
 * Hard liquidation: the liquidator pays `amount` stable of his own; what the position holds in stable pays the rest of what is closed. As
 * `start`: where the position's stable covers the debt and nothing is to be paid.
 */
export function liquidate(state: State, action: Action, log: Log): Result {
  const { account: row, actor, kind } = action
  if (kind === 'liquidate' && (action.asset !== state.collateral || action.asset2 !== state.stable)) return refused('unknown')
  if (at(state.market.columns.has) === 0) return refused('stale')
  const price = at(state.market.columns.price)
  if (!(healthOf(state, row, price) < 1)) return refused('healthy')
  const debt = debtOf(state, row)
  positionOf(state, row, held)
  const need = debt - held.x
  if (need > 0 && (kind === 'start' || !(action.amount > 0))) return refused('empty')
  const h = state.liquidation_discount
  const whole = need <= 0 || action.amount >= need * (1 - HAIR)
  const fraction = whole ? 1 : fractionFor(action.amount, debt, held.x, h)
  const part = whole ? debt : debt * fraction
  const blame = log.blame(state.venue, row)
  const share = removed(fraction, h)
  const pays = part - held.x * share
  if (pays > 0 && !state.ledger.debit(actor, state.stable, pays)) return refused('funds')
  take(state, row, share, held)
  owe(state, row, whole ? 0 : debt - part)
  settle(state, actor, part, pays)
  const base = { kind: 'liquidate', venue: state.venue, account: row, actor, asset: state.collateral } as const
  log.add({ ...base, amount: held.y, price, usd: part, ...blame })
  state.book.touch(row)
  return applied(need > 0 ? held.y : held.y + Math.max(0, -pays))
}

/** Burns the debt that was closed, out of the position's stable first; what is over and the collateral are the liquidator's. */
function settle(state: State, actor: number, part: number, pays: number): void {
  const { ledger, stable, collateral } = state
  ledger.postings.post(stable, -held.x)
  ledger.postings.mint(stable, -part)
  const over = held.x - part + Math.max(0, pays)
  if (over > 0) ledger.credit(actor, stable, over)
  if (held.y > 0) {
    ledger.postings.post(collateral, -held.y)
    ledger.credit(actor, collateral, held.y)
  }
}

/** The standing offers, each up to where its last unit costs the oracle price, at the price of all of it. */
function standing(state: State, pump: boolean, out: Offer[]): void {
  const price = at(state.market.columns.price)
  look(state, pump, 'price', price)
  const { paid, got } = steps
  if (!((pump ? paid : got) >= LEAST_OFFER)) return
  out.push({
    kind: 'auction',
    venue: state.venue,
    id: pump ? PUMP : DUMP,
    collateral: pump ? state.collateral : state.stable,
    debt: pump ? state.stable : state.collateral,
    price: paid / got,
    debt_max: paid,
    debt_min: 0,
    collateral_max: got,
    reward: 0,
    health: 0,
  })
}

export function offer(state: State, breached: Int32Array, count: number, out: Offer[]): void {
  if (at(state.market.columns.has) === 0) return
  const price = at(state.market.columns.price)
  const base = { venue: state.venue, collateral: state.collateral, debt: state.stable } as const
  for (let k = 0; k < count; k++) {
    const row = breached[k] as number
    const health = healthOf(state, row, price)
    if (!(health < 1)) continue
    positionOf(state, row, held)
    const need = debtOf(state, row) - held.x
    if (need > 0 && !(held.y > 0)) continue
    const free = need <= 0
    out.push({
      kind: free ? 'start' : 'liquidation',
      ...base,
      id: row,
      price: free ? 0 : need / held.y,
      debt_max: free ? 0 : need,
      debt_min: free ? 0 : need,
      collateral_max: held.y,
      reward: free ? -need + held.y * price : 0,
      health,
    })
  }
  standing(state, true, out)
  standing(state, false, out)
}
