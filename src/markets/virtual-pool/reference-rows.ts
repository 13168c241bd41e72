/** Numbers that the module's tests state or that follow from its formulas, beside what the reference says: rows for the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import { type Pools, replenish, swap_other, swap_stable } from './reference.ts'

const ONE = 10n ** 18n
const M = 1_000_000n * ONE
const KEEPER = 'terra-money/classic-core x/market/keeper/swap_test.go TestApplySwapToPool'
const FORMULA =
  'computed from the formulas of terra-money/classic-core x/market/keeper/swap.go; parameters of May 2022 (proposal 1164)'

/** Base pool of 50 M SDR, no least spread. */
const may = (delta = 0n): Pools => ({ base_pool: 50n * M, delta, min_spread: 0n })

type Row = readonly [id: string, what: string, expected: number, got: bigint, tolerance: number, source: string]

const out = (pools: Pools, offer: bigint): bigint => swap_stable(pools, offer, ONE).out
function after(delta: bigint, period: bigint, blocks: number): bigint {
  let left = delta
  for (let i = 0; i < blocks; i++) left = replenish(left, period)
  return left
}

export function goldenRows(): GoldenRow[] {
  const tenth = 10n * M
  const free: Pools = { base_pool: 10n ** 12n * ONE, delta: 0n, min_spread: 0n }
  const rate = (17n * ONE) / 10n
  const rows: Row[] = [
    ['1,000 LUNA at 1.7', 'the stable pool moves by, SDR', -1700, swap_other(free, 1000n * ONE, rate).delta, 1e-5, KEEPER],
    ['1,700 SDR at 1.7', 'the stable pool moves by, SDR', 1700, swap_stable(free, 1700n * ONE, rate).delta, 0, KEEPER],
    ['1 M', 'out of 1,000,000 SDR', 980_392.16, out(may(), M), 5e-3, FORMULA],
    ['10 M', 'out of 10,000,000 SDR', 8_333_333, out(may(), tenth), 0.5, FORMULA],
    ['50 M', 'out of 50,000,000 SDR', 25_000_000, out(may(), 50n * M), 0, FORMULA],
    ['second 10 M', 'out of the next 10,000,000 SDR', 5_952_381, out(may(tenth), tenth), 0.5, FORMULA],
    ['third 10 M', 'out of the next 10,000,000 SDR', 4_464_286, out(may(2n * tenth), tenth), 0.5, FORMULA],
    [
      '50 M of 100 M',
      'out of 50,000,000 SDR, pool of 100 M',
      33_333_333,
      out({ ...may(), base_pool: 100n * M }, 50n * M),
      0.5,
      FORMULA,
    ],
    ['36 blocks of 36', 'share of the pool move left', 0.3627, after(ONE, 36n, 36), 5e-5, FORMULA],
    ['36 blocks of 18', 'share of the pool move left', 0.1277, after(ONE, 18n, 36), 5e-5, FORMULA],
  ]
  return rows.map(([id, what, expected, exact, tolerance, source]) => {
    const got = Number(exact) / 1e18
    return {
      id: `virtual-pool ${id}`,
      group: 'virtual-pool',
      what,
      expected,
      got,
      tolerance,
      pass: Math.abs(got - expected) <= tolerance,
      source,
    }
  })
}
