/** Numbers that contracts' own tests and specifications state, beside what the reference says: rows for the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import { daily_churn, prefinalize, Revert } from './reference.ts'

const ETH = 10n ** 18n
const RATE = 10n ** 27n
const LIDO = 'lidofinance/lido-dao test/0.8.9/withdrawalQueue/withdrawalQueueBase.test.ts'
const CHURN =
  'ethereum/consensus-specs configs/mainnet.yaml, Electra: MIN_PER_EPOCH_CHURN_LIMIT_ELECTRA, MAX_PER_EPOCH_ACTIVATION_EXIT_CHURN_LIMIT'

type Row = readonly [id: string, what: string, expected: string, got: string, source: string]

/** Requests of (amount, shares) as the queue adds them up. */
function queue(...list: readonly (readonly [bigint, bigint])[]) {
  let [cumulative_amount, cumulative_shares] = [0n, 0n]
  return list.map(([amount, shares]) => {
    cumulative_amount += amount
    cumulative_shares += shares
    return { cumulative_amount, cumulative_shares }
  })
}

function outcome(run: () => { to_lock: bigint; shares: bigint }): string {
  try {
    const { to_lock, shares } = run()
    return `${to_lock} ${shares}`
  } catch (error) {
    if (error instanceof Revert) return error.message
    throw error
  }
}

export function goldenRows(): GoldenRow[] {
  const one = queue([ETH, ETH])
  const two = queue([2n * ETH, ETH], [ETH, ETH])
  const rows: Row[] = [
    [
      'one request',
      '1 ETH for 1 share at a rate of 1: to lock, shares',
      `${ETH} ${ETH}`,
      outcome(() => prefinalize(one, [1], RATE)),
      LIDO,
    ],
    [
      'LIDO two batches',
      '2 ETH and 1 ETH for 1 share each: the first is paid its share',
      `${2n * ETH} ${2n * ETH}`,
      outcome(() => prefinalize(two, [1, 2], RATE)),
      LIDO,
    ],
    [
      'discounted',
      '1 ETH for 1 share at a rate of 0.1',
      `${ETH / 10n} ${ETH}`,
      outcome(() => prefinalize(one, [1], RATE / 10n)),
      LIDO,
    ],
    ['rate 0', 'reverts', 'ZeroShareRate', outcome(() => prefinalize(one, [1], 0n)), LIDO],
    ['beyond the last', 'reverts', 'InvalidRequestId', outcome(() => prefinalize(one, [2], RATE)), LIDO],
    ['already finalised', 'reverts', 'InvalidRequestId', outcome(() => prefinalize(one, [1], RATE, 1)), LIDO],
    ['unsorted', 'reverts', 'BatchesAreNotSorted', outcome(() => prefinalize(two, [2, 1], RATE)), LIDO],
    // 225 epochs of 6.4 minutes a day, 256 ETH each.
    ['exits a day', 'at 35,000,000 ETH staked', '57600', String(daily_churn(35_000_000n, 128n, 256n, 65_536n)), CHURN],
    [
      'exits a day, little staked',
      'at 5,000,000 ETH staked',
      '28800',
      String(daily_churn(5_000_000n, 128n, 256n, 65_536n)),
      CHURN,
    ],
  ]
  return rows.map(([id, what, expected, got, source]) => ({
    id: `redemption-queue ${id}`,
    group: 'redemption-queue',
    what,
    expected,
    got,
    tolerance: 0,
    pass: got === expected,
    source,
  }))
}
