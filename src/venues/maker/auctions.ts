/** Sending vaults to auction, restarting, buying (dog.bark, clip.redo, clip.take). */
import { type Action, applied, type Log, type Offer, type Result, refused } from '../../model/index.ts'
import * as kernel from './kernel.ts'
import { hasPrice, type Ilk, ilkOf, priceOf, rateOf, type State } from './state.ts'
import { short } from './vaults.ts'
import { equity, fess, heal, receive, suck } from './vow.ts'

const seizure: kernel.Seizure = { dart: 0, dink: 0, due: 0, tab: 0 }
const purchase: kernel.Purchase = { owe: 0, slice: 0 }

/** Room below this share of a limit is rounding: it would start auctions over nothing. */
const HAIR = 1e-12

/** Debt with penalty that may still go to auction for a type. */
export function room(state: State, i: number): number {
  const { dirt } = state.ilks.columns
  let all = 0
  for (let k = 0; k < state.ilks_of.length; k++) all += dirt.data[k] as number
  const { hole } = state.ilks_of[i] as Ilk
  const left = Math.min(state.hole - all, hole - (dirt.data[i] as number))
  return left > HAIR * Math.min(state.hole, hole) ? left : 0
}

const reward = (ilk: Ilk, tab: number): number => ilk.tip + tab * ilk.chip

function enlist(state: State, id: number): void {
  const { first, last } = state.system.columns
  const { previous, next } = state.auctions.columns
  const tail = last.data[0] as number
  previous.set(id, tail)
  next.set(id, -1)
  if (tail < 0) first.set(0, id)
  else next.set(tail, id)
  last.set(0, id)
}

function delist(state: State, id: number): void {
  const { first, last } = state.system.columns
  const { previous, next, running } = state.auctions.columns
  const before = previous.data[id] as number
  const after = next.data[id] as number
  if (before < 0) first.set(0, after)
  else next.set(before, after)
  if (after < 0) last.set(0, before)
  else previous.set(after, before)
  running.set(id, 0)
}

/** Debt with penalty at auction goes down; exactly to 0 with the last auction. */
function dig(state: State, i: number, amount: number): void {
  const { dirt, running } = state.ilks.columns
  dirt.set(i, running.data[i] === 0 ? 0 : Math.max(0, (dirt.data[i] as number) - amount))
}

/** Uncovered debt at auction changes; exactly 0 without auctions. */
function owed(state: State, change: number): void {
  const { due, first } = state.system.columns
  due.set(0, (first.data[0] as number) < 0 ? 0 : Math.max(0, (due.data[0] as number) + change))
}

/** Sends the vault to auction, or as much of it as there is room for. The keeper is paid in new dai. */
export function start(state: State, action: Action, log: Log): Result {
  const { account: row, actor } = action
  const ilk = ilkOf(state, row)
  const i = state.ilk_of[row] as number
  const { ink, art } = state.vaults.columns
  if (ilk.stopped >= 1) return refused('paused')
  if (!hasPrice(state, ilk)) return refused('stale')
  const price = priceOf(state, ilk)
  const rate = rateOf(state, i)
  if (kernel.vaultHealth(ink.data[row] as number, art.data[row] as number, ilk.mat, price, rate) >= 1) return refused('healthy')
  const held = ink.data[row] as number
  const status = kernel.bark(held, art.data[row] as number, rate, room(state, i), ilk.factor, ilk.dust, seizure)
  if (status !== 'applied') return refused(status as 'limit' | 'dust' | 'empty')
  const { dart, dink, due, tab } = seizure
  const blame = log.blame(state.venue, row)
  ink.set(row, held - dink)
  art.add(row, -dart)
  const totals = state.ilks.columns
  totals.art.set(i, Math.max(0, (totals.art.data[i] as number) - dart))
  totals.dirt.add(i, tab)
  totals.running.add(i, 1)
  fess(state, due)
  const { shares, cause } = blame
  const seize = log.add({
    kind: 'seize',
    venue: state.venue,
    account: row,
    actor,
    asset: ilk.asset,
    amount: dink,
    price,
    usd: due,
    extra: tab,
    shares,
    cause,
  })
  const id = state.auctions.push()
  const a = state.auctions.columns
  a.running.set(id, 1)
  a.vault.set(id, row)
  a.ilk.set(id, i)
  a.seize.set(id, seize)
  a.tab.set(id, tab)
  a.due.set(id, due)
  a.lot.set(id, dink)
  a.top.set(id, price * ilk.buf)
  a.tic_ms.set(id, state.system.columns.now_ms.data[0] as number)
  enlist(state, id)
  owed(state, due)
  pay(state, actor, reward(ilk, tab), seize, log)
  state.book.touch(row)
  return applied(dink)
}

/** Pays a keeper. */
function pay(state: State, actor: number, coin: number, cause: number, log: Log): void {
  if (!(coin > 0)) return
  suck(state, actor, coin)
  heal(state)
  log.add({ kind: 'fee', venue: state.venue, actor, asset: state.dai, amount: coin, price: 1, usd: coin, cause })
}

/** Price of a running auction now, and whether it must be restarted. */
function standing(state: State, id: number): { readonly price: number; readonly redo: boolean } {
  const a = state.auctions.columns
  const ilk = state.ilks_of[a.ilk.data[id] as number] as Ilk
  const top = a.top.data[id] as number
  const elapsed_ms = (state.system.columns.now_ms.data[0] as number) - (a.tic_ms.data[id] as number)
  // Too old is reason enough: what the curve says no longer matters.
  if (elapsed_ms > ilk.tail_ms) return { price: 0, redo: true }
  const price = kernel.curvePrice(ilk.curve, top, elapsed_ms, ilk.powers)
  return { price, redo: kernel.needsRedo(top, price, elapsed_ms, ilk.tail_ms, ilk.cusp) }
}

const isRunning = (state: State, id: number): boolean =>
  id >= 0 && id < state.auctions.length && state.auctions.columns.running.data[id] === 1

/** Is a restart worth a reward? Not for leftovers smaller than the least auction. */
function rewarded(state: State, id: number, ilk: Ilk): boolean {
  const { tab, lot } = state.auctions.columns
  return (tab.data[id] as number) >= ilk.chost && (lot.data[id] as number) * priceOf(state, ilk) >= ilk.chost
}

/** Restarts an auction that has become too old or too cheap, at today's price. */
export function redo(state: State, action: Action, log: Log): Result {
  const id = action.offer
  if (!isRunning(state, id)) return refused('unknown')
  const a = state.auctions.columns
  const ilk = state.ilks_of[a.ilk.data[id] as number] as Ilk
  if (ilk.stopped >= 2) return refused('paused')
  if (!hasPrice(state, ilk)) return refused('stale')
  if (!standing(state, id).redo) return refused('healthy')
  const top = priceOf(state, ilk) * ilk.buf
  const lot = a.lot.data[id] as number
  a.tic_ms.set(id, state.system.columns.now_ms.data[0] as number)
  a.top.set(id, top)
  const row = log.add({
    kind: 'redo',
    venue: state.venue,
    account: a.vault.data[id] as number,
    actor: action.actor,
    asset: ilk.asset,
    amount: lot,
    price: top,
    usd: lot * top,
    extra: a.tab.data[id] as number,
    cause: a.seize.data[id] as number,
  })
  if (rewarded(state, id, ilk)) pay(state, action.actor, reward(ilk, a.tab.data[id] as number), row, log)
  return applied(lot)
}

/** Buys collateral at the price the curve has come down to. */
export function take(state: State, action: Action, log: Log): Result {
  const id = action.offer
  if (!isRunning(state, id)) return refused('unknown')
  const a = state.auctions.columns
  const i = a.ilk.data[id] as number
  const ilk = state.ilks_of[i] as Ilk
  if (ilk.stopped >= 3) return refused('paused')
  const { price, redo: over } = standing(state, id)
  if (over) return refused('stale')
  const lot = a.lot.data[id] as number
  const tab = a.tab.data[id] as number
  const status = kernel.take(lot, tab, action.amount, price, ilk.chost, purchase)
  if (status === 'dust') return refused('dust')
  const { owe, slice } = purchase
  if (status === 'applied' && short(state, action.actor, state.dai, owe)) return refused('funds')
  if (status !== 'applied') return refused('empty')
  if (action.limit > 0 && price > action.limit) return refused('price')
  if (!state.ledger.debit(action.actor, state.dai, owe)) return refused('funds')
  receive(state, owe)
  state.ledger.postings.post(ilk.asset, -slice)
  state.ledger.credit(action.actor, ilk.asset, slice)
  const due = a.due.data[id] as number
  const covered = Math.min(due, owe)
  a.tab.set(id, tab - owe)
  a.lot.set(id, lot - slice)
  a.due.set(id, due - covered)
  const row = log.add({
    kind: 'take',
    venue: state.venue,
    account: a.vault.data[id] as number,
    actor: action.actor,
    asset: ilk.asset,
    amount: slice,
    price,
    usd: owe,
    extra: owe - covered,
    cause: a.seize.data[id] as number,
  })
  if (slice >= lot || owe >= tab) close(state, id, row, covered, slice >= lot ? tab : owe, log)
  else {
    dig(state, i, owe)
    owed(state, -covered)
  }
  heal(state)
  return slice < action.amount && slice < lot ? { status: 'partial', amount: slice } : applied(slice)
}

/** Ends an auction: collateral left over goes back to the owner; debt left over is the system's loss, penalty apart. */
function close(state: State, id: number, taken: number, covered: number, digs: number, log: Log): void {
  const a = state.auctions.columns
  const i = a.ilk.data[id] as number
  const ilk = state.ilks_of[i] as Ilk
  const vault = a.vault.data[id] as number
  const lot = a.lot.data[id] as number
  const loss = a.due.data[id] as number
  owed(state, -covered)
  const before = equity(state)
  delist(state, id)
  state.ilks.columns.running.add(i, -1)
  dig(state, i, digs)
  owed(state, -loss)
  if (lot > 0) {
    state.ledger.postings.post(ilk.asset, -lot)
    state.ledger.credit(Math.max(0, state.owner[vault] as number), ilk.asset, lot)
    a.lot.set(id, 0)
  }
  if (!(loss > 0)) return
  const base = { venue: state.venue, account: vault, asset: state.dai, price: 1 } as const
  const row = log.add({ kind: 'bad_debt', ...base, amount: loss, usd: loss, cause: taken })
  const cover = Math.max(0, Math.min(loss, before))
  if (cover > 0) log.add({ kind: 'default', ...base, amount: cover, usd: cover, extra: loss - cover, cause: row })
}

/** Vaults in breach that may be started now, auctions at their price, auctions to be restarted. */
export function offer(state: State, breached: Int32Array, count: number, out: Offer[]): void {
  const { venue, dai } = state
  const base = { venue, debt: dai } as const
  for (let k = 0; k < count; k++) {
    const row = breached[k] as number
    const ilk = ilkOf(state, row)
    if (ilk.stopped >= 1 || !hasPrice(state, ilk)) continue
    const i = state.ilk_of[row] as number
    const ink = state.vaults.columns.ink.data[row] as number
    const art = state.vaults.columns.art.data[row] as number
    const price = priceOf(state, ilk)
    const rate = rateOf(state, i)
    const health = kernel.vaultHealth(ink, art, ilk.mat, price, rate)
    if (health >= 1 || kernel.bark(ink, art, rate, room(state, i), ilk.factor, ilk.dust, seizure) !== 'applied') continue
    out.push({
      kind: 'start',
      ...base,
      id: row,
      collateral: ilk.asset,
      price: price * ilk.buf,
      debt_max: seizure.tab,
      debt_min: ilk.chost,
      collateral_max: seizure.dink,
      reward: reward(ilk, seizure.tab),
      health,
    })
  }
  const a = state.auctions.columns
  for (let id = state.system.columns.first.data[0] as number; id >= 0; id = a.next.data[id] as number) {
    const ilk = state.ilks_of[a.ilk.data[id] as number] as Ilk
    const { price, redo: over } = standing(state, id)
    if (over ? ilk.stopped >= 2 || !hasPrice(state, ilk) : ilk.stopped >= 3) continue
    const tab = a.tab.data[id] as number
    out.push({
      kind: over ? 'redo' : 'auction',
      ...base,
      id,
      collateral: ilk.asset,
      price: over ? priceOf(state, ilk) * ilk.buf : price,
      debt_max: tab,
      debt_min: ilk.chost,
      collateral_max: a.lot.data[id] as number,
      reward: over && rewarded(state, id, ilk) ? reward(ilk, tab) : 0,
      health: 0,
    })
  }
}
