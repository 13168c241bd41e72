/** What those who govern the pool, and those who rob it, can do to it. */
import type { RateCurve } from './kernel.ts'
import { type Pool, update_rates, value } from './pool.ts'

const RATES: readonly (keyof RateCurve)[] = ['base_rate', 'slope1', 'slope2', 'optimal_usage']

/** The value of a parameter before the call; sets it when one is given. Undefined for a field there is not. */
export function tune(pool: Pool, field: string, to?: number): number | undefined {
  const { config, accounts, book } = pool
  const dot = field.lastIndexOf('.')
  const r = config.names.indexOf(field.slice(0, dot))
  const name = field.slice(dot + 1)
  if (r < 0) return undefined
  if (name === 'liquidation_threshold') {
    const before = config.threshold_of[r] as number
    if (to !== undefined) {
      config.threshold_of[r] = to
      for (let row = 0; row < accounts.rows; row++) book.touch(row)
    }
    return before
  }
  const rate = RATES.find((one) => one === name)
  if (rate === undefined) return undefined
  const curve = config.curve[r] as RateCurve
  const before = curve[rate]
  if (to !== undefined) {
    config.curve[r] = { ...curve, [rate]: to }
    update_rates(pool, r)
  }
  return before
}

/** Takes a share of the cash of an asset; the caller credits the units. */
export function drain(pool: Pool, asset: number, share: number): number {
  const r = pool.config.reserve[asset] ?? -1
  if (r < 0) return 0
  const units = value(pool.state.cash, r) * share
  pool.state.cash.add(r, -units)
  pool.state.deficit.add(r, units)
  pool.ledger.postings.post(asset, -units)
  update_rates(pool, r)
  return units
}
