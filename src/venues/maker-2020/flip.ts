/** English auctions: putting vaults up, bidding more for the lot, bidding for less of it, settling, restarting (cat.bite, flip). */
import { ALL, type Action, applied, type Log, type Result, refused } from '../../model/index.ts'
import * as kernel from './kernel.ts'
import { at, hasPrice, type Ilk, ilkOf, priceOf, rateOf, type State } from './state.ts'
import { short } from './vaults.ts'
import { equity, fess, heal, receive } from './vow.ts'

const seizure: kernel.Seizure = { dart: 0, dink: 0, due: 0, tab: 0 }

export const isRunning = (state: State, id: number): boolean =>
  id >= 0 && id < state.auctions.length && at(state.auctions.columns.running, id) === 1

/** The collateral type of an auction. */
export const typeOf = (state: State, id: number): Ilk => ilkOf(state, at(state.auctions.columns.vault, id))

/** Debt without penalty that the leading bid does not cover. */
export function uncovered(state: State, id: number): number {
  const { due, bid } = state.auctions.columns
  return Math.max(0, at(due, id) - at(bid, id))
}

type Phase = 'open' | 'won' | 'expired' | 'between'

/** Where an auction stands: open to bids, won, to be restarted; or in the instant between, in which nothing may be done. */
export function phaseOf(state: State, id: number): Phase {
  const { tic_ms, end_ms } = state.auctions.columns
  const now_ms = at(state.system.columns.now_ms)
  const times = [now_ms, at(tic_ms, id), at(end_ms, id)] as const
  if (kernel.isOpen(...times)) return 'open'
  if (kernel.isWon(...times)) return 'won'
  return kernel.isExpired(...times) ? 'expired' : 'between'
}

function enlist(state: State, id: number): void {
  const { first, last, running: count } = state.system.columns
  const { previous, next, running } = state.auctions.columns
  const tail = at(last)
  previous.set(id, tail)
  next.set(id, -1)
  if (tail < 0) first.set(0, id)
  else next.set(tail, id)
  last.set(0, id)
  running.set(id, 1)
  count.add(0, 1)
}

function delist(state: State, id: number): void {
  const { first, last, running: count } = state.system.columns
  const { previous, next, running } = state.auctions.columns
  const [before, after] = [at(previous, id), at(next, id)]
  if (before < 0) first.set(0, after)
  else next.set(before, after)
  if (after < 0) last.set(0, before)
  else previous.set(after, before)
  running.set(id, 0)
  count.add(0, -1)
}

/** Debt at auction changes, with penalty and what of it without is uncovered; both exactly 0 without auctions. */
function shift(state: State, tab: number, due: number): void {
  const { litter, due: owed, running } = state.system.columns
  const none = at(running) === 0
  litter.set(0, none ? 0 : Math.max(0, at(litter) + tab))
  owed.set(0, none ? 0 : Math.max(0, at(owed) + due))
}

/** What a bite of this vault would seize, into `seizure`. */
function cutOf(state: State, row: number, ilk: Ilk): ReturnType<typeof kernel.bite> {
  const { ink, art } = state.vaults.columns
  const room = state.box - at(state.system.columns.litter)
  return kernel.bite(at(ink, row), at(art, row), rateOf(state, row), ilk.factor, ilk.cut, room, ilk.dust, seizure)
}

/** Puts one piece of a vault in breach up for auction. Nothing is paid for it. */
export function bite(state: State, action: Action, log: Log): Result {
  const { account: row, actor } = action
  const ilk = ilkOf(state, row)
  const { ink, art } = state.vaults.columns
  if (!hasPrice(state, ilk)) return refused('stale')
  const price = priceOf(state, ilk)
  if (kernel.vaultHealth(at(ink, row), at(art, row), ilk.mat, price, rateOf(state, row)) >= 1) return refused('healthy')
  const status = cutOf(state, row, ilk)
  if (status !== 'applied') return refused(status as 'limit' | 'empty')
  const { dart, dink, due, tab } = seizure
  const { shares, cause } = log.blame(state.venue, row)
  ink.set(row, at(ink, row) - dink)
  art.set(row, at(art, row) - dart)
  const total = state.ilks.columns.art
  const i = state.ilk_of[row] as number
  total.set(i, Math.max(0, at(total, i) - dart))
  fess(state, due)
  const base = { venue: state.venue, account: row, actor, asset: ilk.asset } as const
  const seize = log.add({ kind: 'seize', ...base, amount: dink, price, usd: due, extra: tab, shares, cause })
  const id = state.auctions.push()
  const a = state.auctions.columns
  a.vault.set(id, row)
  a.seize.set(id, seize)
  a.guy.set(id, -1)
  a.tab.set(id, tab)
  a.due.set(id, due)
  a.lot.set(id, dink)
  a.end_ms.set(id, at(state.system.columns.now_ms) + ilk.tau_ms)
  enlist(state, id)
  shift(state, tab, due)
  state.book.touch(row)
  return applied(dink)
}

/**
 * A bid for `amount` collateral at `limit` dai a unit. While the tab is not bid, it is for the whole lot and counts limit · lot; afterwards it
 * pays the tab for less collateral. Of the winner of a finished auction: he settles it.
 */
export function bid(state: State, action: Action, log: Log): Result {
  const id = action.offer
  if (!isRunning(state, id)) return refused('unknown')
  const a = state.auctions.columns
  const phase = phaseOf(state, id)
  if (phase === 'won' && action.actor === at(a.guy, id)) return deal(state, id, log)
  if (phase !== 'open') return refused('stale')
  return at(a.bid, id) < at(a.tab, id) ? tend(state, id, action, log) : dent(state, id, action, log)
}

/** Somebody leads: he has paid, whoever led before him is paid back, and the clock of the bid starts again. */
function lead(state: State, id: number, action: Action, amount: number, log: Log): void {
  const a = state.auctions.columns
  const ilk = typeOf(state, id)
  const lot = at(a.lot, id)
  a.guy.set(id, action.actor)
  a.tic_ms.set(id, at(state.system.columns.now_ms) + ilk.ttl_ms)
  log.add({
    kind: 'transfer',
    venue: state.venue,
    account: at(a.vault, id),
    actor: action.actor,
    asset: state.dai,
    amount,
    price: at(a.bid, id) / lot,
    usd: amount,
    extra: lot,
    cause: at(a.seize, id),
  })
}

function tend(state: State, id: number, action: Action, log: Log): Result {
  const a = state.auctions.columns
  const [lot, tab, last, guy] = [at(a.lot, id), at(a.tab, id), at(a.bid, id), at(a.guy, id)]
  const { actor, amount, limit } = action
  if (!(limit > 0 && amount > 0)) return refused('empty')
  if (amount < lot * (1 - kernel.HAIR)) return refused('limit')
  const offered = limit * lot >= tab * (1 - kernel.HAIR) ? tab : limit * lot
  const pays = guy === actor ? offered - last : offered
  if (short(state, actor, state.dai, pays)) return refused('funds')
  if (!kernel.overbids(last, offered, tab, typeOf(state, id).beg)) return refused('price')
  if (!state.ledger.debit(actor, state.dai, pays)) return refused('funds')
  if (guy !== actor && last > 0) state.ledger.credit(guy, state.dai, last)
  receive(state, offered - last)
  const before = uncovered(state, id)
  a.bid.set(id, offered)
  shift(state, 0, uncovered(state, id) - before)
  lead(state, id, action, pays, log)
  heal(state)
  return applied(lot)
}

function dent(state: State, id: number, action: Action, log: Log): Result {
  const a = state.auctions.columns
  const [lot, tab, guy] = [at(a.lot, id), at(a.tab, id), at(a.guy, id)]
  const { actor, limit } = action
  const wanted = action.amount === ALL ? (limit > 0 ? tab / limit : 0) : action.amount
  if (guy !== actor && short(state, actor, state.dai, tab)) return refused('funds')
  if (!(wanted > 0)) return refused('empty')
  if (limit > 0 && tab > limit * wanted * (1 + kernel.HAIR)) return refused('price')
  const { asset, beg } = typeOf(state, id)
  if (!kernel.undercuts(lot, wanted, beg)) return refused('price')
  if (guy !== actor) {
    if (!state.ledger.debit(actor, state.dai, tab)) return refused('funds')
    state.ledger.credit(guy, state.dai, tab)
  }
  release(state, asset, state.owner[at(a.vault, id)] as number, lot - wanted)
  a.lot.set(id, wanted)
  lead(state, id, action, guy === actor ? 0 : tab, log)
  return applied(wanted)
}

/** Collateral leaves custody for a treasury; what belongs to nobody goes to `outside`. */
function release(state: State, asset: number, to: number, amount: number): void {
  state.ledger.postings.post(asset, -amount)
  state.ledger.credit(Math.max(0, to), asset, amount)
}

/** Hands the lot to the winner: only now is it known what was bought, for how much, and what is lost. */
export function deal(state: State, id: number, log: Log): Result {
  if (!isRunning(state, id)) return refused('unknown')
  if (phaseOf(state, id) !== 'won') return refused('healthy')
  const a = state.auctions.columns
  const [lot, paid, guy, vault] = [at(a.lot, id), at(a.bid, id), at(a.guy, id), at(a.vault, id)]
  const loss = uncovered(state, id)
  const { asset } = typeOf(state, id)
  const base = { venue: state.venue, account: vault } as const
  const taken = log.add({
    kind: 'take',
    ...base,
    actor: guy,
    asset,
    amount: lot,
    price: paid / lot,
    usd: paid,
    extra: paid - Math.min(paid, at(a.due, id)),
    cause: at(a.seize, id),
  })
  const buffer = equity(state)
  delist(state, id)
  shift(state, -at(a.tab, id), -loss)
  a.lot.set(id, 0)
  release(state, asset, guy, lot)
  if (!(loss > 0)) return applied(lot)
  const row = log.add({ kind: 'bad_debt', ...base, asset: state.dai, amount: loss, price: 1, usd: loss, cause: taken })
  const cover = Math.max(0, Math.min(loss, buffer))
  if (cover > 0)
    log.add({
      kind: 'default',
      ...base,
      asset: state.dai,
      amount: cover,
      price: 1,
      usd: cover,
      extra: loss - cover,
      cause: row,
    })
  return applied(lot)
}

/** Settles a won auction, whoever asks, or starts the clock of one again that nobody has bid in. */
export function settle(state: State, action: Action, log: Log): Result {
  const id = action.offer
  if (!isRunning(state, id)) return refused('unknown')
  if (phaseOf(state, id) !== 'expired') return deal(state, id, log)
  const a = state.auctions.columns
  const ilk = typeOf(state, id)
  const [lot, vault] = [at(a.lot, id), at(a.vault, id)]
  a.end_ms.set(id, at(state.system.columns.now_ms) + ilk.tau_ms)
  const base = { venue: state.venue, account: vault, actor: action.actor, asset: ilk.asset } as const
  log.add({ kind: 'redo', ...base, amount: lot, extra: at(a.tab, id), cause: at(a.seize, id) })
  return applied(lot)
}

/** Number of pieces of a vault in breach that may be put up now; 0 when none, `seizure` the first. */
export function startable(state: State, row: number): number {
  const ilk = ilkOf(state, row)
  const { ink, art } = state.vaults.columns
  if (!hasPrice(state, ilk)) return 0
  const rate = rateOf(state, row)
  if (kernel.vaultHealth(at(ink, row), at(art, row), ilk.mat, priceOf(state, ilk), rate) >= 1) return 0
  if (cutOf(state, row, ilk) !== 'applied') return 0
  return Math.max(1, kernel.pieces(at(ink, row), at(art, row) * rate, ilk.factor, ilk.cut))
}

/** The first piece that `startable` found. */
export const firstPiece = (): Readonly<kernel.Seizure> => seizure
