/** Rows of the house itself: random blocks, definitions, books, the two populations. */
import { cascade_multiplier, endogenous_share } from '../analytics/index.ts'
import { LENDING_COUNTS, lending_by_book, liquidations_by_book, PERP_COUNTS } from '../margin/populations.ts'
import { cost, curve, ratio } from '../markets/order-book/curve.ts'
import { amount_out } from '../markets/constant-product/reference.ts'
import { log, philox4x32 } from '../math/index.ts'
import type { GoldenRow } from '../model/index.ts'
import { numeric } from './row.ts'

/** Random123, tests/kat_vectors, the lines "philox4x32 10": counter, key, block. */
const PHILOX: readonly (readonly [
  block: readonly [number, number, number, number],
  key: readonly [number, number],
  expected: string,
])[] = [
  [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
]

function random(): GoldenRow[] {
  return PHILOX.map(([counter, key, expected], i) => {
    const out = new Uint32Array(4)
    philox4x32(...counter, ...key, out)
    const got = [...out].map((word) => word.toString(16).padStart(8, '0')).join(' ')
    return {
      id: `math philox ${i + 1}`,
      group: 'math',
      what: 'Philox4x32-10 known answer',
      expected,
      got,
      tolerance: 0,
      pass: got === expected,
      source: 'Random123 tests/kat_vectors',
    }
  })
}

function definitions(): GoldenRow[] {
  const source = 'worked example of the definition (docs/definitions.md)'
  return [
    numeric(
      'definitions',
      'endogenous 70-63',
      '100 → fundamental 70, low 63',
      0.228,
      endogenous_share(100, 63, log(63 / 70)) ?? -1,
      5e-4,
      source,
    ),
    numeric(
      'definitions',
      'endogenous 105-90',
      'fundamental 105, low 90',
      1,
      endogenous_share(100, 90, log(90 / 105)) ?? -1,
      0,
      source,
    ),
    numeric(
      'definitions',
      'multiplier',
      '2,000 units liquidated with feedback, 1,000 without',
      2,
      cascade_multiplier(200_000, 100_000, false) ?? -1,
      0,
      source,
    ),
  ]
}

/** Rows of the depth table: order USD, depth at 1 % USD, last and mean slippage in basis points. */
const DEPTH = [
  ['mi1', 5e6, 16.53e6, 16.97, 6.83],
  ['b', 10e6, 16.53e6, 47.45, 19.11],
  ['c', 5e6, 1.653e6, 516.4, 207.95],
  ['d', 1e6, 0.4e6, 389.3, 156.8],
] as const

function books(): GoldenRow[] {
  const shape = curve(0.6742048, 0.9)
  const source = 'Amberdata depth profile of BTC/FDUSD (3.50 M at 10 bp, 16.53 M at 100 bp) and its power law'
  return DEPTH.flatMap(([id, size, depth, last_bp, mean_bp]) => {
    const used = size / depth
    const tolerance = last_bp > 100 ? 0.1 : 0.01
    return [
      numeric(
        'order-book',
        `${id} last`,
        `${size / 1e6}M on ${depth / 1e6}M: last price, bp`,
        last_bp,
        (ratio(shape, used) - 1) * 1e4,
        tolerance,
        source,
      ),
      numeric(
        'order-book',
        `${id} vwap`,
        `${size / 1e6}M on ${depth / 1e6}M: mean price, bp`,
        mean_bp,
        (cost(shape, 0, used) / used - 1) * 1e4,
        tolerance,
        source,
      ),
    ]
  })
}

/** Uniswap/v2-core test/UniswapV2Pair.spec.ts: in, reserve in, reserve out (1e18 units), out. */
const SWAPS = [
  [1, 5, 10, '1662497915624478906'],
  [1, 10, 5, '453305446940074565'],
  [2, 5, 10, '2851015155847869602'],
  [2, 10, 5, '831248957812239453'],
  [1, 10, 10, '906610893880149131'],
  [1, 100, 100, '987158034397061298'],
  [1, 1000, 1000, '996006981039903216'],
] as const

function pools(): GoldenRow[] {
  const wad = 1_000_000_000_000_000_000n
  return SWAPS.map(([amount, x, y, expected], i) => {
    const got = String(amount_out(BigInt(amount) * wad, BigInt(x) * wad, BigInt(y) * wad))
    return {
      id: `constant-product swap ${i + 1}`,
      group: 'constant-product',
      what: `swap ${amount} into ${x}/${y}`,
      expected,
      got,
      tolerance: 0,
      pass: got === expected,
      source: 'Uniswap/v2-core test/UniswapV2Pair.spec.ts',
    }
  })
}

const POPULATION =
  'definition and counts of the populations: C++ peer and naive scan up to 300,000; scan and sorted index at 1,000,000'

function populations(most: number): GoldenRow[] {
  const perps = PERP_COUNTS.filter(({ positions }) => positions <= most).map(({ positions, marks, liquidations }) =>
    numeric(
      'population',
      `A ${positions}`,
      `${positions} perpetual positions, ${marks} marks: liquidations`,
      liquidations,
      liquidations_by_book(positions, marks),
      0,
      POPULATION,
    ),
  )
  const lending = LENDING_COUNTS.filter(({ accounts }) => accounts <= most).flatMap(
    ({ accounts, liquidatable, toxic, bad_debt_usd }) => {
      const got = lending_by_book(accounts, 0.3)
      return [
        numeric(
          'population',
          `B ${accounts} liquidatable`,
          `${accounts} lending accounts at −30 %`,
          liquidatable,
          got.liquidatable,
          0,
          POPULATION,
        ),
        numeric('population', `B ${accounts} toxic`, `${accounts} lending accounts at −30 %`, toxic, got.toxic, 0, POPULATION),
        numeric(
          'population',
          `B ${accounts} bad debt`,
          `${accounts} lending accounts at −30 %: bad debt USD`,
          bad_debt_usd,
          got.bad_debt_usd,
          0.5,
          POPULATION,
        ),
      ]
    },
  )
  return [...perps, ...lending]
}

/** @param most largest population to run */
export function engine_rows(most: number): GoldenRow[] {
  return [...random(), ...definitions(), ...books(), ...pools(), ...populations(most)]
}
