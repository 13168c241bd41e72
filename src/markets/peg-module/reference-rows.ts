/** Swaps, fills and trims that the modules' own test suites state, beside what reference and kernel say: rows for the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import { type Books, buy_gem, sell_gem, to_burn, to_mint, to_take } from './reference.ts'

const WAD = 10n ** 18n
const M = 1_000_000n * WAD
const PSM = 'makerdao/dss-psm src/tests/Psm-unit.t.sol'
const LITE = 'makerdao/dss-lite-psm src/DssLitePsm.t.integration.sol'
const FORMULA = 'computed from the formulas of makerdao/dss-lite-psm'

type Row = readonly [id: string, what: string, expected: bigint, got: bigint, source: string]

const swap = (percent: bigint): bigint => (percent * WAD) / 100n
const books = (cash: bigint, gem: bigint, debt: bigint): Books => ({ cash: cash * M, gem: gem * M, debt: debt * M })

function swaps(): Row[] {
  return [
    ['sell 100, tin 0', 'coin out', 100n * WAD, sell_gem(100n * WAD, 0n).out, `${PSM} testSellGemNoFee`],
    ['sell 100, tin 1 %', 'coin out', 99n * WAD, sell_gem(100n * WAD, swap(1n)).out, `${PSM} testSellGemFee`],
    ['sell 100, tin −1 %', 'coin out', 101n * WAD, sell_gem(100n * WAD, swap(-1n)).out, `${PSM} testSellGemNegativeFee`],
    ['sell 100, tin 5 %', 'coin out', 95n * WAD, sell_gem(100n * WAD, swap(5n)).out, `${PSM} testSwapBothFees`],
    ['buy 40, tout 10 %', 'coin in', 44n * WAD, buy_gem(40n * WAD, swap(10n)).paid, `${PSM} testSwapBothFees`],
    ['buy 40, tout −10 %', 'coin in', 36n * WAD, buy_gem(40n * WAD, swap(-10n)).paid, `${PSM} testSwapBothNegativeFees`],
    ['sell 40, tin 1e-18', 'coin out', 40n * WAD - 40n, sell_gem(40n * WAD, 1n).out, `${PSM} testSwapBothOtherSmallFee`],
    ['sell 1,000,000, tin 0.1 %', 'coin out', 999_000n * WAD, sell_gem(M, WAD / 1000n).out, FORMULA],
    ['buy 1,000,000, tout 0.1 %', 'coin in', 1_001_000n * WAD, buy_gem(M, WAD / 1000n).paid, FORMULA],
  ]
}

function buffers(): Row[] {
  const buf = 10n * M
  const fill = `${LITE} testFill`
  const trim = `${LITE} testTrim`
  const cut = `${LITE} testChug_PartialDaiBalance`
  // After selling 10,000,000 with a fee of 1 %, and then 40,000 without.
  const first: Books = { cash: 100_000n * WAD, gem: 10n * M, debt: 10n * M }
  const second: Books = { cash: 60_000n * WAD, gem: 10n * M + 40_000n * WAD, debt: 10n * M }
  return [
    ['fill of an empty module', 'minted', buf, to_mint(books(0n, 0n, 0n), buf, 100n * M), fill],
    ['fill after a sale', 'minted', buf, to_mint(books(0n, 10n, 10n), buf, 100n * M), fill],
    ['fill up to the ceiling', 'minted', 5n * M, to_mint(books(0n, 20n, 20n), buf, 25n * M), fill],
    ['fill at the ceiling', 'minted', 0n, to_mint(books(5n, 20n, 25n), buf, 25n * M), fill],
    ['fill under a higher ceiling', 'minted', 5n * M, to_mint(books(5n, 20n, 25n), buf, 50n * M), fill],
    ['trim of what is too much', 'burnt', 5n * M, to_burn(books(15n, 5n, 20n), buf, 100n * M), trim],
    ['trim to the ceiling', 'burnt', 3n * M, to_burn(books(10n, 5n, 15n), buf, 12n * M), trim],
    ['trim limited by cash', 'burnt', 7n * M, to_burn(books(7n, 5n, 12n), buf, 4n * M), trim],
    ['fees after a sale', 'taken', 100_000n * WAD, to_take(first), cut],
    ['fees partly in gem', 'taken', 60_000n * WAD, to_take(second), cut],
    ['fees that wait', 'taken', 0n, to_take({ ...second, cash: 0n }), cut],
    ['fill 350 of 400', 'minted', 150n * M, to_mint(books(0n, 350n, 400n), 200n * M, 10_000n * M), FORMULA],
    ['trim 800 to 700', 'burnt', 100n * M, to_burn(books(200n, 600n, 800n), 100n * M, 10_000n * M), FORMULA],
  ]
}

export function goldenRows(): GoldenRow[] {
  return [...swaps(), ...buffers()].map(([id, what, expected, got, source]) => ({
    id: `peg-module ${id}`,
    group: 'peg-module',
    what: `${what}, in 1e-18`,
    expected: String(expected),
    got: String(got),
    tolerance: 0,
    pass: got === expected,
    source,
  }))
}
