/** Accounts beside copies of themselves that have more or owe less, down a path of prices. */
import type { AnyAdapter } from './adapter.ts'
import { fall } from './order.ts'
import { listed, Stand } from './stand.ts'

/** A riskier row and a safer one at equal terms. */
interface Pair {
  readonly riskier: number
  readonly safer: number
}

/**
 * While the riskier of a pair is not liquidated, the safer is neither below its level nor offered nor flagged, and its health is not less. Rows are listed
 * in turn: the safer before the riskier for one kind of copy, after it for the other.
 */
export function riskier_first(adapter: AnyAdapter, accounts: readonly unknown[], by: number, moves: readonly number[]): void {
  const factor = by * (adapter.grain ?? 1)
  const all = accounts
    .slice(0, 2)
    .flatMap((account) => [adapter.safer(account, factor), account, adapter.lighter(account, factor)])
  const stand = new Stand(adapter, listed(all))
  const pairs: Pair[] = accounts
    .slice(0, 2)
    .flatMap((_, i) => [
      { riskier: 3 * i + 1, safer: 3 * i },
      ...(adapter.monotone === true ? [{ riskier: 3 * i + 1, safer: 3 * i + 2 }] : []),
    ])
  compare(stand, pairs)
  fall(stand, moves, () => compare(stand, pairs))
}

function compare(stand: Stand, pairs: Pair[]): void {
  const below = stand.below()
  const { offers, actions } = stand.asked()
  const touched = new Set<number>([
    ...below,
    ...offers.filter(({ kind }) => kind === 'liquidation' || kind === 'start').map(({ id }) => id),
    ...actions.list.filter(({ kind }) => kind === 'reduce' || kind === 'takeover').map(({ account }) => account),
  ])
  for (const { riskier, safer } of pairs) {
    const [low, high] = [stand.health(riskier), stand.health(safer)]
    if (high < low * (1 - 1e-12))
      throw new Error(`row ${safer} has more or owes less than row ${riskier}, and health ${high}, not ${low}`)
    if (touched.has(safer) && !touched.has(riskier)) throw new Error(`row ${safer} (${high}) goes before row ${riskier} (${low})`)
  }
}
