/** What others may take of a vault book, and the chores that keepers without name do because nobody is paid for them. */
import { type Actions, type Offer, OUTSIDE } from '../../model/index.ts'
import { firstPiece, phaseOf, startable, typeOf } from './flip.ts'
import { leastBid, vaultHealth } from './kernel.ts'
import { at, each, ilkOf, priceOf, rateOf, type State } from './state.ts'

/** Vaults in breach that may be put up, one offer each, with the first piece. */
function starts(state: State, breached: Int32Array, count: number, out: Offer[]): void {
  const { ink, art } = state.vaults.columns
  for (let k = 0; k < count; k++) {
    const row = breached[k] as number
    if (startable(state, row) === 0) continue
    const { dink, tab } = firstPiece()
    const ilk = ilkOf(state, row)
    out.push({
      kind: 'start',
      venue: state.venue,
      id: row,
      collateral: ilk.asset,
      debt: state.dai,
      price: 0,
      debt_max: tab,
      debt_min: 0,
      collateral_max: dink,
      reward: 0,
      health: vaultHealth(at(ink, row), at(art, row), ilk.mat, priceOf(state, ilk), rateOf(state, row)),
    })
  }
}

/** An open auction at the least bid that would lead; one that is won, with nothing left to pay; one to be restarted. */
function auction(state: State, id: number, out: Offer[]): void {
  const phase = phaseOf(state, id)
  if (phase === 'between') return
  const a = state.auctions.columns
  const [lot, tab, bid] = [at(a.lot, id), at(a.tab, id), at(a.bid, id)]
  const { asset, beg } = typeOf(state, id)
  const falling = phase === 'open' && bid >= tab
  const next = phase === 'won' ? 0 : leastBid(bid, tab, beg)
  const left = falling ? lot / (1 + beg) : lot
  out.push({
    kind: phase === 'expired' ? 'redo' : 'auction',
    venue: state.venue,
    id,
    collateral: asset,
    debt: state.dai,
    price: next / left,
    debt_max: phase === 'won' ? 0 : tab,
    debt_min: next,
    collateral_max: left,
    reward: 0,
    health: 0,
    leader: at(a.guy, id),
  })
}

export function offer(state: State, breached: Int32Array, count: number, out: Offer[]): void {
  starts(state, breached, count, out)
  each(state, (id) => auction(state, id, out))
}

const PRIORITY = 0

/** Puts vaults up, restarts what nobody has bid in, settles what its winner leaves lying; at most so many a tick. */
export function chores(state: State, breached: Int32Array, count: number, out: Actions): void {
  let left = state.unnamed_max - at(state.system.columns.chores)
  const ask = (target: { readonly account: number } | { readonly offer: number }): void => {
    if (left-- <= 0) return
    out.bundle(PRIORITY, 0)
    out.add('start', { venue: state.venue, actor: OUTSIDE, ...target })
  }
  for (let k = 0; k < count && left > 0; k++) {
    const row = breached[k] as number
    for (let pieces = startable(state, row); pieces > 0 && left > 0; pieces--) ask({ account: row })
  }
  if (left <= 0) return
  const { tic_ms, end_ms } = state.auctions.columns
  const now_ms = at(state.system.columns.now_ms)
  each(state, (id) => {
    const phase = phaseOf(state, id)
    const late = phase === 'won' && Math.min(at(tic_ms, id), at(end_ms, id)) + state.grace_ms < now_ms
    if (late || phase === 'expired') ask({ offer: id })
  })
}
