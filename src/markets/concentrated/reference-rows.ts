/** The published numbers of Uniswap/v3-core beside what the reference says: rows for the scoreboard. */
import {
  amount0,
  next_by_token0,
  next_by_token1,
  Q96,
  ReferencePool,
  Revert,
  type Step,
  sqrt_at,
  swap_step,
  type Swapped,
} from './reference.ts'

export interface GoldenRow {
  readonly id: string
  readonly group: string
  readonly what: string
  readonly expected: string
  readonly got: string
  readonly tolerance: number
  readonly pass: boolean
  readonly source: string
}

const E18 = 10n ** 18n

function row(id: string, what: string, expected: string, got: string, source: string): GoldenRow {
  const name = `concentrated ${id}`
  return { id: name, group: 'concentrated', what, expected, got, tolerance: 0, pass: got === expected, source }
}

/** √(a / b) in Q64.96, rounded down. */
export function encode(a: bigint, b: bigint): bigint {
  const square = (a << 192n) / b
  let low = 0n
  let high = 1n << 160n
  while (high - low > 1n) {
    const middle = (low + high) >> 1n
    if (middle * middle <= square) low = middle
    else high = middle
  }
  return low
}

/** TickMath.spec.ts: tick, root. */
const TICKS = [
  [-50, '79030349367926598376800521322'],
  [-100, '78833030112140176575862854579'],
  [-250, '78244023372248365697264290337'],
  [-500, '77272108795590369356373805297'],
  [-1000, '75364347830767020784054125655'],
  [-887272, '4295128739'],
  [-887271, '4295343490'],
  [887272, '1461446703485210103287273052203988822378723970342'],
] as const

const ONE = Q96
const DEEP = 20282409603651670423947251286016n

/** SwapMath.spec.ts: root, target, liquidity, amount (negative: output), fee, then in / fee / out and, where stated, the root after. */
const STEPS: readonly (readonly [string, bigint, bigint, bigint, bigint, bigint, string])[] = [
  ['capped in', ONE, encode(101n, 100n), 2n * E18, E18, 600n, '9975124224178055 5988667735148 9925619580021728'],
  ['capped out', ONE, encode(101n, 100n), 2n * E18, -E18, 600n, '9975124224178055 5988667735148 9925619580021728'],
  ['spent in', ONE, encode(1000n, 100n), 2n * E18, E18, 600n, '999400000000000000 600000000000000 666399946655997866'],
  ['received out', ONE, encode(10000n, 100n), 2n * E18, -E18, 600n, '2000000000000000000 1200720432259356 1000000000000000000'],
  [
    'one unit out',
    417332158212080721273783715441582n,
    1452870262520218020823638996n,
    159344665391607089467575320103n,
    -1n,
    1n,
    '1 1 1 417332158212080721273783715441581',
  ],
  [
    'target of one',
    2n,
    1n,
    1n,
    3915081100057732413702495386755767n,
    1n,
    '39614081257132168796771975168 39614120871253040049813 0 1',
  ],
  ['all of it fee', 2413n, 79887613182836312n, 1985041575832132834610021537970n, 10n, 1872n, '0 10 0 2413'],
  ['little liquidity, token 0 out', DEEP, (DEEP * 11n) / 10n, 1024n, -4n, 3000n, '26215 79 0'],
  ['little liquidity, token 1 out', DEEP, (DEEP * 9n) / 10n, 1024n, -263000n, 3000n, '1 1 26214'],
]

const told = ({ amount_in, fee, amount_out, next }: Step, root: boolean) =>
  [amount_in, fee, amount_out, ...(root ? [next] : [])].join(' ')

function refusal(call: () => unknown): string {
  try {
    return String(call())
  } catch (error) {
    if (error instanceof Revert) return 'revert'
    throw error
  }
}

/** SqrtPriceMath.spec.ts. */
function roots(): GoldenRow[] {
  const tenth = E18 / 10n
  const up = encode(121n, 100n)
  const cases: readonly (readonly [string, string, () => bigint])[] = [
    ['0.1 of token 1 in', '87150978765690771352898345369', () => next_by_token1(ONE, E18, tenth, true)],
    ['0.1 of token 0 in', '72025602285694852357767227579', () => next_by_token0(ONE, E18, tenth, true)],
    ['0.1 of token 0 out', '88031291682515930659493278152', () => next_by_token0(ONE, E18, tenth, false)],
    ['0.1 of token 1 out', '71305346262837903834189555302', () => next_by_token1(ONE, E18, tenth, false)],
    ['nearly all of token 1 out', '77371252455336267181195264', () => next_by_token1(DEEP, 1024n, 262143n, false)],
    ['all of token 0 out', 'revert', () => next_by_token0(DEEP, 1024n, 4n, false)],
    ['token 0 from 1 to 1.21, up', '90909090909090910', () => amount0(ONE, up, E18, true)],
    ['token 0 from 1 to 1.21, down', '90909090909090909', () => amount0(ONE, up, E18, false)],
  ]
  return cases.map(([what, expected, call]) =>
    row(`SqrtPriceMath ${what}`, what, expected, refusal(call), 'Uniswap/v3-core test/SqrtPriceMath.spec.ts'),
  )
}

const FULL = 887220

/** The pools of UniswapV3Pool.swaps.spec.ts that are used here. */
export function pool_of(kind: 'full' | 'more' | 'stable'): ReferencePool {
  if (kind === 'stable') {
    const pool = new ReferencePool(500n, 10, ONE)
    pool.add(-10, 10, 2n * E18)
    return pool
  }
  const pool = new ReferencePool(3000n, 60, ONE)
  pool.add(-FULL, FULL, 2n * E18)
  if (kind === 'more') {
    pool.add(-FULL, -60, 2n * E18)
    pool.add(60, FULL, 2n * E18)
  }
  return pool
}

/** Swaps of token 0 for token 1: vector id, pool, amount (0n: as much as the price limit allows), limit, amounts and tick after. */
const SWAPS: readonly (readonly [string, 'full' | 'more' | 'stable', bigint, readonly [bigint, bigint] | undefined, string])[] = [
  ['U3-1', 'full', E18, undefined, '1000000000000000000 -665331998665331998 -8090'],
  ['U3-2', 'full', 0n, [1n, 2n], '830919884399388263 -585786437626904951 -6932'],
  ['U3-3', 'full', -E18, undefined, '2006018054162487463 -1000000000000000000 -13864'],
  ['full range to 0.4', 'full', 0n, [2n, 5n], '1165774985123750584 -735088935932648267 -9164'],
  ['U3-4', 'more', E18, undefined, '1000000000000000000 -795933705287758544 -4476'],
  ['more around, exact out', 'more', -E18, undefined, '1342022152495072924 -1000000000000000000 -5794'],
  ['more around to 0.4', 'more', 0n, [2n, 5n], '2325523181756544449 -1464187161953474971 -9164'],
  ['U3-5', 'stable', E18, undefined, '1000700370186095 -999700069986002 -887272'],
  ['stable, 1000 units', 'stable', 1000n, undefined, '1000 -998 -1'],
]

const shown = (pool: ReferencePool, done: Swapped) => `${done.amount0} ${done.amount1} ${pool.tick}`

export function goldenRows(): GoldenRow[] {
  return [
    ...TICKS.map(([tick, root]) =>
      row(`TickMath ${tick}`, `root at tick ${tick}`, root, String(sqrt_at(tick)), 'Uniswap/v3-core test/TickMath.spec.ts'),
    ),
    ...roots(),
    ...STEPS.map(([id, root, target, liquidity, amount, fee, expected]) => {
      const step = swap_step(root, target, liquidity, amount, fee)
      const got = told(step, expected.split(' ').length > 3)
      return row(`SwapMath ${id}`, 'one step: in, fee, out, root after', expected, got, 'Uniswap/v3-core test/SwapMath.spec.ts')
    }),
    ...SWAPS.map(([id, kind, amount, limit, expected]) => {
      const pool = pool_of(kind)
      const stop = limit === undefined ? undefined : encode(...limit)
      const done = pool.swap(true, amount === 0n ? (1n << 255n) - 1n : amount, stop)
      const source = 'Uniswap/v3-core test/__snapshots__/UniswapV3Pool.swaps.spec.ts.snap'
      return row(id, `${kind} pool: amounts of token 0 and 1, tick after`, expected, shown(pool, done), source)
    }),
  ]
}
