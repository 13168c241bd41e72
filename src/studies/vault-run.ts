/** A run on a vault that still pays at par: those who stay bear the whole loss. */
import { assert } from '../model/index.ts'

/**
 * Loss of a share when the toxic part is realised at zero, a ratio: toxic ÷ (toxic + remaining). Those who left at par took their full claim out of the good
 * part, so that those who stay own all of the toxic part and what good remains.
 * @param toxic book value of what turns out to be worth nothing
 * @param remaining good assets left when it does
 */
export function par_run_loss(toxic: number, remaining: number): number {
  assert(toxic >= 0 && remaining >= 0 && toxic + remaining > 0, 'toxic and remaining are not negative, and not both 0')
  return toxic / (toxic + remaining)
}

export interface VaultRun {
  /** Good assets left. */
  readonly remaining: number
  readonly shares: number
  /** Share price at the end ÷ at the start − 1. */
  readonly change: number
}

/**
 * The same, as accounts: equal holders redeem one after the other at assets ÷ shares, the toxic part still in the books at par, until good assets are
 * `1 − fall` of the TVL at the start; then the toxic part is struck out.
 * @param tvl assets in the books at the start, the toxic part included
 * @param fall fall of the TVL, from the start to after the toxic part is struck out, a ratio below 1
 */
export function vault_run(tvl: number, toxic: number, fall: number, holders = 10_000): VaultRun {
  assert(
    toxic >= 0 && toxic <= tvl && fall >= toxic / tvl - 1e-12 && fall < 1,
    'the TVL falls at least by the toxic part, and something remains',
  )
  let good = tvl - toxic
  let shares = tvl
  const goal = tvl * (1 - fall)
  while (good > goal) {
    const out = Math.min(tvl / holders, shares)
    const paid = Math.min((out * (good + toxic)) / shares, good - goal)
    shares -= (paid * shares) / (good + toxic)
    good = good - paid > goal ? good - paid : goal
  }
  return { remaining: good, shares, change: good / shares - 1 }
}
