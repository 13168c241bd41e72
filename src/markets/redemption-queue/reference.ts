/**
 * What a batch of withdrawal requests is paid, in exact integers: amounts in smallest units, share rates in 1e-27.
 * Source: lidofinance/core `WithdrawalQueueBase.sol` (prefinalize and claim), read for its roundings: a request locks its nominal amount; where the
 * share rate has fallen since, it is paid its shares at the rate of the day instead.
 */

const E27 = 10n ** 27n

export class Revert extends Error {}

/** A request as the queue stores it: totals up to and with it. */
export interface Request {
  readonly cumulative_amount: bigint
  readonly cumulative_shares: bigint
}

/** Underlying to lock and shares to burn for the requests up to the last of each batch, at the largest rate of the day. */
export function prefinalize(
  requests: readonly Request[],
  batches: readonly number[],
  max_rate: bigint,
  finalized = 0,
): { readonly to_lock: bigint; readonly shares: bigint } {
  if (max_rate === 0n) throw new Revert('ZeroShareRate')
  let before = finalized
  let to_lock = 0n
  let all_shares = 0n
  for (const last of batches) {
    if (last <= before) throw new Revert(before === finalized ? 'InvalidRequestId' : 'BatchesAreNotSorted')
    const to = requests[last - 1]
    if (to === undefined) throw new Revert('InvalidRequestId')
    const from = before === 0 ? { cumulative_amount: 0n, cumulative_shares: 0n } : (requests[before - 1] as Request)
    const amount = to.cumulative_amount - from.cumulative_amount
    const shares = to.cumulative_shares - from.cumulative_shares
    to_lock += (amount * E27) / shares > max_rate ? (shares * max_rate) / E27 : amount
    all_shares += shares
    before = last
  }
  return { to_lock, shares: all_shares }
}

/** Underlying that leaves in a day where validators exit under a churn limit per epoch of 32 slots of 12 s. */
export function daily_churn(active: bigint, least: bigint, most: bigint, quotient: bigint): bigint {
  const churn = active / quotient
  const held = churn < least ? least : churn > most ? most : churn
  return (held * 86_400n) / 384n
}
