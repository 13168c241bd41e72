/** The system's own balance sheet: dai issued, dai and debt of the vow, what may be burnt against what. */
import { growth } from './kernel.ts'
import { at, type Ilk, type State } from './state.ts'

/** Dai that a bidder paid (already taken from him) belongs to the vow at once. */
export function receive(state: State, amount: number): void {
  state.system.columns.dai.add(0, amount)
  state.ledger.postings.post(state.dai, amount)
}

/** Debt of a vault that was bitten: queued before it may be healed. */
export function fess(state: State, amount: number): void {
  const { sin, queued, now_ms } = state.system.columns
  sin.add(0, amount)
  queued.add(0, amount)
  const row = state.queue.push()
  state.queue.columns.ready_ms.set(row, at(now_ms) + state.wait_ms)
  state.queue.columns.amount.set(row, amount)
}

/** Frees queued debt whose wait is over. */
export function flog(state: State): void {
  const { queued, queue_head, now_ms } = state.system.columns
  const { ready_ms, amount } = state.queue.columns
  let head = at(queue_head)
  while (head < state.queue.length && at(ready_ms, head) <= at(now_ms)) queued.add(0, -at(amount, head++))
  if (head === state.queue.length) queued.set(0, 0)
  queue_head.set(0, head)
}

/** Burns the vow's dai against debt that is not queued. */
export function heal(state: State): void {
  const { dai, sin, queued, debt } = state.system.columns
  const amount = Math.min(at(dai), at(sin) - at(queued))
  if (!(amount > 0)) return
  dai.add(0, -amount)
  sin.add(0, -amount)
  debt.add(0, -amount)
  state.ledger.postings.post(state.dai, -amount)
  state.ledger.postings.mint(state.dai, -amount)
}

/** Raises every rate to now; the fees are new dai of the vow. */
export function drip(state: State, time_ms: number): void {
  const { accrued_ms, dai, debt } = state.system.columns
  const dt_ms = time_ms - at(accrued_ms)
  if (!(dt_ms > 0)) return
  const { rate, art } = state.ilks.columns
  for (let i = 0; i < state.ilks_of.length; i++) {
    const ilk = state.ilks_of[i] as Ilk
    const before = at(rate, i)
    const after = before * growth(ilk.fee, dt_ms)
    const fees = at(art, i) * (after - before)
    rate.set(i, after)
    state.book.prices.set(ilk.debt_slot, after)
    if (!(fees > 0)) continue
    debt.add(0, fees)
    state.ledger.postings.mint(state.dai, fees)
    dai.add(0, fees)
    state.ledger.postings.post(state.dai, fees)
  }
  accrued_ms.set(0, time_ms)
}

/** What is left when all debt at auction is recovered in full; negative when the system is under water. */
export function equity(state: State): number {
  const { dai, sin, due } = state.system.columns
  return at(dai) - at(sin) + at(due)
}
