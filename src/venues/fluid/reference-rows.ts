/** The vectors beside what the reference says, to the last digit, and what the kernel says, to 1e-6: rows for the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import { entry_ratio, Level, level, type Terms, terms_at } from './kernel.ts'
import { ReferenceVault, type Settings } from './reference.ts'
import { ratio_at_tick, tick_at_ratio, X96 } from './reference-math.ts'
import { VECTORS } from './vectors.ts'

type Got = Record<string, bigint | number>

const E6 = 10n ** 6n
const E18 = 10n ** 18n
/** Oracle's price 1, for a debt of 18 decimals against a collateral of 6, and the other way round. */
const UP = 10n ** 39n
const DOWN = 10n ** 15n

export const SETTINGS: Settings = { collateral_factor: 8_000n, threshold: 8_100n, most: 9_000n, penalty: 0n }
const LIMITS = { threshold: 0.81, most: 0.9, penalty: 0 }

type Opened = readonly (readonly [collateral: bigint, debt: bigint])[]

function single(price: bigint, part: bigint, positions: Opened, offered: bigint): Got {
  const vault = new ReferenceVault(SETTINGS, price)
  for (const [collateral, debt] of positions) vault.open(collateral, debt)
  vault.price = (price * part) / 1_000n
  return { ...vault.liquidate(offered, false) }
}

const PAIR: Opened = [
  [10_000n * E6, 7_990n * E18],
  [10_000n * E6, (7_990n * E18 * 994n) / 1_000n],
]

function i5(): Got {
  const vault = new ReferenceVault(SETTINGS, UP)
  vault.open(10_000n * E6, 7_990n * E18)
  vault.open(10_000n * E6, 800n * E18)
  vault.price = (UP * 98n) / 100n
  const first = vault.liquidate(200n * E18, true).collateral
  vault.price = (UP * 85n) / 100n
  vault.liquidate(0n, false)
  const { collateral: absorbed_collateral, debt: absorbed_debt } = vault.absorbed
  vault.price = UP
  return { first, absorbed_collateral, absorbed_debt, collateral: vault.liquidate(5_000n * E18, true).collateral }
}

const tick = (numerator: bigint, denominator: bigint): bigint => BigInt(tick_at_ratio((X96 * numerator) / denominator).tick)

const EXACT: Readonly<Record<string, () => Got>> = {
  'I1-ratio': () =>
    Object.fromEntries(Object.keys(VECTORS['I1-ratio']?.expect ?? {}).map((name) => [name, ratio_at_tick(Number(name))])),
  'I1-tick': () => ({
    '0.8': tick(8n, 10n),
    perfect: tick_at_ratio((X96 * 8n) / 10n).ratio,
    '1600': tick(1_600n, 1n),
    '1/2000': tick(1n, 2_000n),
  }),
  I2: () => single(UP, 980n, PAIR.slice(0, 1), 3_000n * E18),
  I2b: () => single(DOWN, 980n, [[10_000n * E18, 7_990n * E6]], 3_000n * E6),
  I3: () => single(UP, 980n, PAIR, 1_000n * E18),
  I4: () => single(E27_OVER_2000, 985n, [[10_000n * E18, (3_995n * E18) / 1_000n]], E18 / 10n),
  I5: i5,
}

const E27_OVER_2000 = 10n ** 27n / 2_000n

const terms: Terms = { threshold: 0, target: 0, most: 0, per_debt: 0 }
const out = new Level()

/** Decimals of debt and collateral; debts against 10,000 of collateral, dearest first; price at the liquidation; what is offered. */
function leveled(decimals: readonly [number, number], debts: readonly number[], price: number, offered: number): Got {
  const scale = Number(`1e${decimals[0] - decimals[1]}`)
  const held = debts.map(() => 10_000)
  const counted = debts.map((debt) => 10_000 * entry_ratio(debt, 10_000, scale))
  terms_at(price, LIMITS, scale, terms)
  level(counted, held, debts.length, terms, offered, out)
  const smallest = (units: number, places: number) => units * Number(`1e${places}`)
  return { debt: smallest(out.repaid, decimals[0]), collateral: smallest(out.repaid * terms.per_debt, decimals[1]) }
}

function absorbed(): Got {
  const debt = 10_000 * entry_ratio(7_990, 10_000, 1e12)
  terms_at(0.98, LIMITS, 1e12, terms)
  level([debt], [10_000], 1, terms, 200, out)
  const first = out.repaid * terms.per_debt
  const [collateral, left] = [10_000 - first, debt - out.repaid]
  const bought = (5_000 * collateral) / left
  return { first: first * 1e6, absorbed_collateral: collateral * 1e6, absorbed_debt: left * 1e18, collateral: bought * 1e6 }
}

const FAST: Readonly<Record<string, () => Got>> = {
  I2: () => leveled([18, 6], [7_990], 0.98, 3_000),
  I2b: () => leveled([6, 18], [7_990], 0.98, 3_000),
  I3: () => leveled([18, 6], [7_990, 7_942.06], 0.98, 1_000),
  I4: () => leveled([18, 18], [3.995], 0.985 / 2_000, 0.1),
  I5: absorbed,
}

function rows_of(name: string, got: Got, path: string, tolerance: number): GoldenRow[] {
  const vector = VECTORS[name]
  if (vector === undefined) return []
  const [word, rest] = name.split(/-(.*)/)
  return Object.entries(vector.expect).map(([field, expected]) => {
    const value = got[field]
    const near = value !== undefined && Math.abs(Number(value) / Number(expected) - 1) <= tolerance
    return {
      id: ['fluid', word, rest, field, path].filter((part) => part !== undefined && part !== '').join(' '),
      group: 'fluid',
      what: path === '' ? vector.what : `${vector.what}, in floats`,
      expected,
      got: value === undefined ? 'nothing' : value.toString(),
      tolerance,
      pass: tolerance > 0 ? near : value === BigInt(expected),
      source: vector.source,
    }
  })
}

/** One row a number: `fluid I2 debt`, and `fluid I2 debt kernel`. */
export function goldenRows(): GoldenRow[] {
  return [
    ...Object.entries(EXACT).flatMap(([name, run]) => rows_of(name, run(), '', 0)),
    ...Object.entries(FAST).flatMap(([name, run]) => rows_of(name, run(), 'kernel', 1e-6)),
  ]
}
