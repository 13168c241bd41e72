import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import bitmex_data from '../../../data/venues/bitmex.json' with { type: 'json' }
import bybit_data from '../../../data/venues/bybit-uta.json' with { type: 'json' }
import dydx_data from '../../../data/venues/dydx-v4.json' with { type: 'json' }
import hyperliquid_data from '../../../data/venues/hyperliquid.json' with { type: 'json' }
import okx_data from '../../../data/venues/okx.json' with { type: 'json' }
import * as aave from '../../../test/support/aave-world.ts'
import * as bold from '../../../test/support/bold-world.ts'
import * as comet from '../../../test/support/comet-world.ts'
import * as compound from '../../../test/support/compound-world.ts'
import * as euler from '../../../test/support/euler-world.ts'
import { flipWorld } from '../../../test/support/flip-world.ts'
import { llammaWorld } from '../../../test/support/llamma-world.ts'
import * as morpho from '../../../test/support/morpho-world.ts'
import { PerpWorld, type Row } from '../../../test/support/perp-world.ts'
import { small_market } from '../../../test/support/reference-market.ts'
import * as trove from '../../../test/support/trove-world.ts'
import { world as vaultWorld } from '../../../test/support/vault-world.ts'
import { build, shock_scenario } from '../../scenarios/index.ts'
import { binanceCoinm } from '../../venues/binance-coinm/index.ts'
import { bitmex } from '../../venues/bitmex/index.ts'
import { bybitUta } from '../../venues/bybit-uta/index.ts'
import { dydxV4 } from '../../venues/dydx-v4/index.ts'
import { hyperliquid } from '../../venues/hyperliquid/index.ts'
import { okx } from '../../venues/okx/index.ts'
import { complete, parse_params } from '../../venues/shared/exchange/index.ts'
import { type Account, account_of, type Book, in_breach, is_strict, type Leg } from './law.ts'
import { exact_track, LIMIT, type Track } from './path.ts'
import { closed_form, crossing, first_crossing, health_along } from './root.ts'

/** Amounts of three things, within a few powers of ten of each other. */
const amounts = fc.tuple(...[0, 1, 2, 3].map(() => fc.double({ min: 0.02, max: 5, noNaN: true })))
type Amounts = readonly number[]

interface Kind {
  readonly open: (a: Amounts) => Book
  /** In breach at 1 already. */
  readonly loose?: true
  /** Health is not Σ quantity · weight · price of its statement with weights that stay. */
  readonly bent?: true
}

const market = (() => {
  let known: Book | undefined
  return () => (known ??= build(small_market(400), shock_scenario([])).venue(2))
})()

/** An exchange by its own parameter file, one contract like the set named: somebody long, somebody short. */
function exchange(kind: { readonly id: string }, data: unknown, like: string, rows: readonly Row[], coin = 'USDT'): Book {
  const filled = complete({ kind: kind.id, contracts: [{ like }] }, parse_params(data, kind.id), 'test')
  const { kind: _, contracts, ...spec } = filled as { kind: string; contracts: Record<string, unknown>[] }
  return new PerpWorld(rows, {
    kind: kind as never,
    prices: [60_000],
    coins: [{ asset: coin }],
    contracts: [{ ...contracts[0], funding: { last: 0 } }],
    spec,
  }).venue
}

const linear = (a: number, b: number): Row[] => [
  { wallet: 6000 * a, held: [[0, b, 60_000]] },
  { wallet: 6000 * b, held: [[0, -a, 60_000]] },
]
const inverse = (a: number, b: number): Row[] => [
  { wallet: a, held: [[0, 100_000 * b, 60_000]] },
  { wallet: b, held: [[0, -100_000 * a, 60_000]] },
]

/** One account at every kind of venue there is, in the worlds of their own tests. */
const KINDS: Readonly<Record<string, Kind>> = {
  'aave-v3': {
    open: ([a = 1, b = 1, c = 1]) =>
      aave.open({
        positions: [
          [0, aave.WBTC, a, 0],
          [0, aave.WETH, 10 * b, 0],
          [0, aave.USDX, 0, 20_000 * c],
        ],
      }).venue,
  },
  // The mean threshold is cut to whole basis points: health goes in steps.
  'aave-v3 of 3.0': {
    bent: true,
    open: ([a = 1, b = 1, c = 1]) =>
      aave.open({
        version: '3.0',
        reserves: [
          aave.reserve('USDX', 1e6),
          aave.reserve('WBTC', 1000, { ltv: 0.5, liquidation_threshold: 0.7 }),
          aave.reserve('WETH', 1000),
        ],
        positions: [
          [0, aave.WBTC, a, 0],
          [0, aave.WETH, 10 * b, 0],
          [0, aave.USDX, 0, 20_000 * c],
        ],
      }).venue,
  },
  maker: { open: ([a = 1, b = 1]) => vaultWorld([[0, 0, 10 * a, 8000 * b]], 1500).venue },
  'maker-2020': { open: ([a = 1, b = 1]) => flipWorld([[0, 0, 10 * a, 1000 * b]], 200).venue },
  'compound-v2': {
    open: ([a = 1, b = 1, c = 1]) =>
      compound.open({
        positions: [
          [0, compound.WETH, a, 0],
          [0, compound.USDC, 1000 * b, 1500 * c],
        ],
      }).venue,
  },
  'compound-v3': { open: ([a = 1, b = 1, c = 1]) => comet.open([{ weth: a, wbtc: b / 15, base: -3000 * c }]).venue },
  'morpho-blue': { open: ([a = 1, b = 1]) => morpho.open([{ collateral: a, debt: 3000 * b }]).venue },
  'euler-v2': {
    loose: true,
    open: ([a = 1, b = 1, c = 1]) =>
      euler.world([
        {
          owner: euler.ANN,
          debt: 20_000 * c,
          supplies: [
            [0, 4 * a],
            [2, b / 5],
          ],
        },
      ]).venue,
  },
  // Below the system's critical ratio another ratio is asked for: health jumps.
  'liquity-v1': {
    bent: true,
    open: ([a = 1, b = 1, c = 1]) =>
      trove.world(
        [
          [trove.BOB, 10 * c, 1000 * (a + 0.3)],
          [trove.ANN, 20 * a, 2000 * (b + 0.1)],
        ],
        [[0, 5000]],
      ).venue,
  },
  'liquity-v2': {
    open: ([a = 1, b = 1]) =>
      bold.world([
        [bold.ANN, 0, 3 * a, 2500 * b, 0.05],
        [bold.BOB, 1, 3 * b, 2500 * a, 0.06],
      ]).venue,
  },
  // Bands are sold on the way down.
  llamma: { bent: true, open: ([a = 1, b = 1]) => llammaWorld([[0, 10 * a, 2000 * Math.min(b, 8 * a), 10]]).venue },
  // Maintenance rates grow with size.
  'binance-usdm': { loose: true, bent: true, open: () => market() },
  // Face in dollars, margin in coins: health is linear in one over the price.
  'binance-coinm': {
    loose: true,
    open: ([a = 1, b = 1]) =>
      new PerpWorld(
        [
          { wallet: 2 * a, held: [[0, 100_000 * b, 60_000]] },
          { wallet: 2 * b, held: [[0, -100_000 * a, 60_000]] },
        ],
        {
          kind: binanceCoinm as never,
          prices: [60_000],
          coins: [{ asset: 'BTC' }],
          contract: { shape: 'inverse', tiers: [{ floor: 0, rate: 0.005 }], funding: { last: 0 } },
        },
      ).venue,
  },
  // Tiers grow with notional.
  hyperliquid: { bent: true, open: ([a = 1, b = 1]) => exchange(hyperliquid, hyperliquid_data, 'BTC', linear(a, b)) },
  'dydx-v4': { open: ([a = 1, b = 1]) => exchange(dydxV4, dydx_data, 'large-cap', linear(a, b)) },
  // Risk limits jump.
  bitmex: { loose: true, bent: true, open: ([a = 1, b = 1]) => exchange(bitmex, bitmex_data, 'XBTUSD', inverse(a, b), 'BTC') },
  'bybit-uta': { loose: true, bent: true, open: ([a = 1, b = 1]) => exchange(bybitUta, bybit_data, 'BTCUSDT', linear(a, b)) },
  // Its tiers are by size, which no price changes.
  okx: { loose: true, open: ([a = 1, b = 1]) => exchange(okx, okx_data, 'BTC-USDT-SWAP', linear(a, b)) },
  'okx, inverse': { loose: true, open: ([a = 1, b = 1]) => exchange(okx, okx_data, 'BTC-USD-SWAP', inverse(a, b), 'BTC') },
  // Several coins with haircuts: a net that changes sign changes its weight.
  'binance-usdm, multi-assets': {
    loose: true,
    bent: true,
    open: ([a = 1, b = 1, c = 1]) =>
      new PerpWorld(
        [
          {
            mode: 2,
            wallet: 5000 * a,
            held: [[0, b - 2, 60_000]],
            balances: [[1, 20_000 * c, 0]],
          },
          { wallet: 1e6, held: [[0, 2 - b, 60_000]] },
        ],
        {
          prices: [60_000],
          coins: [
            { asset: 'USDT', price: 1 },
            { asset: 'USDC', price: 1, weights: [{ floor: 0, weight: 0.9 }] },
          ],
          contract: { funding: { last: 0 } },
        },
      ).venue,
  },
}

/** Accounts of a venue that owe something, a few of them. */
function owing(venue: Book, salt: number): number[] {
  const all: number[] = []
  for (let row = 0; row < venue.rows; row++) {
    const health = venue.health(row, venue.prices)
    if (health > 0 && health < Number.POSITIVE_INFINITY) all.push(row)
  }
  return all.length < 4 ? all : [0, 1, 2].map((k) => all[Math.floor(salt * 1000 + k * 97) % all.length] as number)
}

/** Assets whose price the law looks at: a unit of account has a leg and no price. */
function movable(account: Account): Set<number> {
  const health = (asset: number) =>
    health_along(
      account,
      track_of(account, (one) => (one === asset ? 1 : 0)),
    )
  const legs = account.legs.filter(({ feed, asset }) => feed >= 0 && health(asset)(0.1) !== health(asset)(0))
  return new Set(legs.map((leg) => leg.asset))
}

/** The plain feeds of these worlds: a leg's slot moves as its asset does. */
function track_of(account: Account, logs: (asset: number) => number): Track {
  const exponents = new Float64Array(account.prices.length)
  for (const { slot, feed, asset } of account.legs) if (feed >= 0) exponents[slot] = logs(asset)
  return exact_track(exponents)
}

/** Nothing but the health: flips at the size, and nowhere between 0 and there on a grid of its own. */
function check_crossing(account: Account, track: Track, side: 1 | -1, found: number | undefined): void {
  const health = health_along(account, track)
  const breached = (size: number) => in_breach(account, health(size))
  const now = breached(0)
  const end = found === undefined ? LIMIT : Math.abs(found) * (1 - 1e-12)
  const earlier = Array.from({ length: 501 }, (_, i) => (side * end * (i + 1)) / 501).find((size) => breached(size) !== now)
  expect(earlier).toBeUndefined()
  if (found === undefined) return
  expect(found * side).toBeGreaterThan(0)
  expect(breached(found)).toBe(!now)
}

describe.each(Object.entries(KINDS))('crossings at %s', (_name, kind) => {
  it('equality is what the kind says', () => {
    expect(is_strict(kind.open([3, 3, 1, 1]))).toBe(kind.loose !== true)
  })

  it('closed form and search agree, one asset moving', () => {
    let closed_forms = 0
    fc.assert(
      fc.property(amounts, (a) => {
        const venue = kind.open(a)
        for (const row of owing(venue, a[3] as number)) {
          const account = account_of(venue, row, kind.loose !== true)
          for (const asset of movable(account)) {
            const track = track_of(account, (one) => (one === asset ? 1 : 0))
            const closed = closed_form(account.legs, track.exponents)
            for (const side of [1, -1] as const) {
              const found = first_crossing(account, track, side)
              check_crossing(account, track, side, found)
              const both = crossing(account, track, side)
              if (kind.bent === true) continue
              // Without bends there is one root, and it is on one side.
              const here = closed !== undefined && closed * side > 0 && Math.abs(closed) < LIMIT
              expect(found !== undefined).toBe(here)
              if (closed === undefined || found === undefined) continue
              expect(Math.abs(closed - found)).toBeLessThan(1e-9)
              expect(both).toEqual({ size: closed, method: 'closed_form' })
              expect(health_along(account, track)(closed)).toBeCloseTo(1, 9)
              closed_forms++
            }
          }
        }
      }),
      { numRuns: 15 },
    )
    if (kind.bent !== true) expect(closed_forms).toBeGreaterThan(5)
  })

  it('the first crossing of a joint move is one, and there is none before', () => {
    const logs = fc.array(fc.double({ min: -1.5, max: 1.5, noNaN: true }), { minLength: 40, maxLength: 40 })
    fc.assert(
      fc.property(amounts, logs, (a, moves) => {
        const venue = kind.open(a)
        for (const row of owing(venue, a[3] as number)) {
          const account = account_of(venue, row, kind.loose !== true)
          const track = track_of(account, (asset) => moves[asset] as number)
          for (const side of [1, -1] as const) check_crossing(account, track, side, first_crossing(account, track, side))
        }
      }),
      { numRuns: 12 },
    )
  })
})

describe('laws that nobody wrote down', () => {
  const leg = (side: 1 | -1, slot: number, quantity: number): Leg => ({
    side,
    slot,
    feed: slot,
    asset: slot,
    market: -1,
    quantity,
    weight: 1,
    price: 1,
  })
  const of = (health: (p: number) => number, strict = true): Account => ({
    legs: [leg(1, 0, 1), leg(-1, 1, 1)],
    prices: Float64Array.of(1, 1),
    strict,
    health: (prices) => health(prices[0] as number),
  })
  const track = exact_track(Float64Array.of(1, 0))

  it('breaks on both sides: between 0.8 and 1.5', () => {
    const both = of((p) => (p > 0.8 && p < 1.5 ? 2 : 0.5))
    expect(Math.exp(first_crossing(both, track, -1) as number)).toBeCloseTo(0.8, 12)
    expect(Math.exp(first_crossing(both, track, 1) as number)).toBeCloseTo(1.5, 12)
  })

  it('takes the first of several, and finds a breach that is 0.2 % wide', () => {
    const dips = of((p) => (Math.abs(p - 0.9) < 0.001 || p < 0.5 ? 0.9 : 1.1))
    expect(Math.exp(first_crossing(dips, track, -1) as number)).toBeCloseTo(0.901, 9)
  })

  it('heeds equality', () => {
    // Exactly 1 from 0.75 down: a breach only where equality is one.
    const flat = (p: number) => (p > 0.75 ? 2 : 1)
    expect(first_crossing(of(flat), track, -1)).toBeUndefined()
    expect(Math.exp(first_crossing(of(flat, false), track, -1) as number)).toBeCloseTo(0.75, 12)
  })

  it('of an account in breach: where it is safe again', () => {
    expect(
      Math.exp(
        first_crossing(
          of((p) => p / 2),
          track,
          1,
        ) as number,
      ),
    ).toBeCloseTo(2, 12)
    expect(
      first_crossing(
        of((p) => p / 2),
        track,
        -1,
      ),
    ).toBeUndefined()
  })

  it('does not take a closed form whose weights move', () => {
    // The statement says p against 1; the law is p² against 0.5.
    const found = crossing(
      of((p) => (p * p) / 0.5),
      track,
      -1,
    )
    expect(found?.method).toBe('search')
    expect(Math.exp(found?.size as number)).toBeCloseTo(Math.sqrt(0.5), 12)
  })

  it('no closed form where legs move by different exponents, or one is not known', () => {
    const legs = [leg(1, 0, 2), leg(1, 1, 1), leg(-1, 2, 1)]
    expect(closed_form(legs, [1, 0.9, 0])).toBeUndefined()
    expect(closed_form(legs, [1, Number.NaN, 0])).toBeUndefined()
    expect(closed_form(legs, [0, 0, 0])).toBeUndefined()
    // 2 f + f = 1
    expect(closed_form(legs, [1, 1, 0])).toBeCloseTo(Math.log(1 / 3), 14)
    // 2 f + 1 = 1 / f has no plain form; 2 + 1 = f has: owed rises to 3.
    expect(closed_form(legs, [0, 0, 1])).toBeCloseTo(Math.log(3), 14)
  })
})

it('the kinds that there were when this was written are here', () => {
  const known =
    'aave-v3 maker maker-2020 compound-v2 compound-v3 morpho-blue euler-v2 liquity-v1 liquity-v2 llamma binance-usdm binance-coinm hyperliquid dydx-v4 bitmex bybit-uta okx'
  for (const id of known.split(' ')) expect(Object.keys(KINDS)).toContain(id)
})
