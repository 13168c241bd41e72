/** Random books for the bulk kernel: accounts of every kind of leverage and side, paths of marks, and the same as rows of a world. */
import { Rng } from '../../src/math/index.ts'
import type { BulkSpec } from '../../src/venues/shared/exchange/bulk-state.ts'
import type { Row } from './perp-world.ts'

export interface Book {
  readonly rows: readonly Row[]
  readonly spec: Pick<BulkSpec, 'cash' | 'quantity' | 'entry'>
}

/**
 * `isolated`: one position an account. `balanced`: the last two accounts have what makes each contract sum to zero, one each, so that
 * nobody stands outside. Two contracts, at 100,000 and 4,000; notional 10³ to 4·10⁵; margin 0.5 to 60 % of it.
 */
export function random_book(count: number, seed: number, isolated: boolean, balanced = false): Book {
  const rng = new Rng(seed).stream('book')
  const cash = new Float64Array(count)
  const quantity = new Float64Array(2 * count)
  const entry = new Float64Array(2 * count)
  const sums = [0, 0]
  const rows = Array.from({ length: count }, (_, row): Row => {
    const last = balanced ? row - count + 2 : -1
    const held: [number, number, number][] = []
    let notional = 0
    const only = rng.uniform() < 0.5 ? 0 : 1
    for (let c = 0; c < 2; c++) {
      if (last >= 0 ? c !== last : isolated && c !== only) continue
      const price = c === 0 ? 100_000 : 4000
      const drawn = ((rng.uniform() < 0.5 ? 1 : -1) * (1000 + 4e5 * rng.uniform() * rng.uniform() * rng.uniform())) / price
      const q = last >= 0 ? -(sums[c] as number) : drawn
      const size = Math.abs(q) * price
      sums[c] = (sums[c] as number) + q
      const opened = price * (1 + 0.02 * (rng.uniform() - 0.5))
      held.push([c, q, opened])
      notional += size
      quantity[2 * row + c] = q
      entry[2 * row + c] = opened
    }
    const wallet = notional * (0.005 + 0.6 * rng.uniform() * rng.uniform())
    let money = wallet
    for (const [, q, opened] of held) money += -q * opened
    cash[row] = money
    return { wallet, held, isolated }
  })
  return { rows, spec: { cash, quantity, entry } }
}

/** Marks of both contracts: steps of up to ±`step`, common and own. */
export function random_marks(count: number, seed: number, step: number, drift = 0): Float64Array[] {
  const rng = new Rng(seed).stream('marks')
  const now = [100_000, 4000]
  return Array.from({ length: count }, () => {
    const common = 2 * rng.uniform() - 1
    for (let c = 0; c < 2; c++) now[c] = (now[c] as number) * (1 + drift + step * (0.5 * common + 0.5 * (2 * rng.uniform() - 1)))
    return Float64Array.from(now)
  })
}
