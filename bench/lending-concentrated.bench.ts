/**
 * Swaps inside one range of a pool of concentrated liquidity: `npm run bench -- lending-concentrated`. Sells and buys alternate, exact in
 * what is paid, so that the price stays in the range; rounds alternate between the kernel, the market (orders, fills, postings and a
 * journal), and the exact reference in integers, which must give the same.
 */
import { ranges_of, buy, GOT, PAID, RANGE, root_at, sell, stand, walker } from '../src/markets/concentrated/kernel.ts'
import { ReferencePool, sqrt_at } from '../src/markets/concentrated/reference.ts'
import { concentrated } from '../src/markets/concentrated.ts'
import { open_pool } from '../test/support/pool-world.ts'
import { heading, line, ratios, Samples, timed } from './timing.ts'

const ROUNDS = 9
const SWAPS = 2_000_000
/** Of these the market and the reference do as many. */
const FILLS = 1_000_000
const EXACT = 20_000
const [LOWER, UPPER, MIDDLE] = [-600, 600, 30] as const
const LIQUIDITY = 1e6
/** Token paid in by each swap; sells and buys differ, so that the price wanders. */
const paid = (i: number): number => 1 + (i % 7) / 10

const ranges = ranges_of([{ lower: LOWER, upper: UPPER, liquidity: LIQUIDITY }], 1)
const start = root_at(MIDDLE, 1)

/** Output of all swaps, and of each of the first as the reference has them. */
function by_kernel(out: Float64Array): number {
  const at = walker()
  stand(ranges, start, at)
  const range = at[RANGE] as number
  let got = 0
  for (let i = 0; i < SWAPS; i++) {
    if ((i & 1) === 0) sell(ranges, at, paid(i), true, 0, 0.003)
    else buy(ranges, at, paid(i), true, Number.POSITIVE_INFINITY, 0.003)
    got += at[GOT] as number
    if (i < EXACT) out[i] = at[GOT] as number
    if (at[RANGE] !== range || !((at[PAID] as number) > 0)) throw new Error(`swap ${i} left the range`)
  }
  return got
}

function by_market(out: Float64Array): void {
  const { pool, ledger } = open_pool(concentrated, {
    price: start * start,
    positions: [{ lower: LOWER, upper: UPPER, liquidity: LIQUIDITY }],
    fee: 0.003,
  })
  for (let i = 0; i < FILLS; i++) {
    const down = (i & 1) === 0
    const fill = pool.fill({ side: down ? -1 : 1, amount: paid(i), exact: down ? 'base' : 'quote', limit: 0, party: 0 })
    if (i < EXACT) out[i] = down ? fill.quote : fill.base
  }
  ledger.postings.settle(Number.POSITIVE_INFINITY)
}

function by_reference(out: bigint[]): void {
  const pool = new ReferencePool(3000n, 60, sqrt_at(MIDDLE))
  pool.add(LOWER, UPPER, BigInt(LIQUIDITY) * 10n ** 18n)
  for (let i = 0; i < EXACT; i++) {
    const down = (i & 1) === 0
    const { amount0, amount1 } = pool.swap(down, BigInt(Math.round(paid(i) * 10)) * 10n ** 17n)
    out[i] = -(down ? amount1 : amount0)
  }
}

/** Worst relative difference of the outputs. */
function worst(got: Float64Array, exact: readonly bigint[]): number {
  return exact.reduce((most, want, i) => Math.max(most, Math.abs((got[i] as number) / (Number(want) / 1e18) - 1)), 0)
}

heading()
const [mine, filled, exact] = [new Float64Array(EXACT), new Float64Array(EXACT), [] as bigint[]]
const [kernel, market, reference] = [new Samples(), new Samples(), new Samples()]
for (let round = 0; round <= ROUNDS; round++) {
  kernel.add(SWAPS / timed(() => by_kernel(mine)) / 1000)
  market.add(FILLS / timed(() => by_market(filled)) / 1000)
  reference.add(EXACT / timed(() => by_reference(exact)) / 1000)
}
const apart = [worst(mine, exact), worst(filled, exact)]
if (!apart.every((difference) => difference < 1e-9)) throw new Error(`kernel and reference differ by ${apart.join(' and ')}`)
line('swaps inside one range: kernel', `${kernel.spread(1, 1)} M/s`, '≥ 3 M/s')
line('the same as orders at the market: fills, custody, postings', `${market.spread(1, 2)} M/s`, '≥ 3 M/s')
line('exact reference', `${reference.spread(1, 3)} M/s`)
line(`kernel ÷ reference; they differ by ${apart[0]?.toExponential(1)}`, `${ratios(kernel, reference).spread(1, 0)}×`)
line(`market ÷ reference; they differ by ${apart[1]?.toExponential(1)}`, `${ratios(market, reference).spread(1, 0)}×`)
