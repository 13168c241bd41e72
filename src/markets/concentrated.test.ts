import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keeps_what_pools_keep, open_pool, order, orders } from '../../test/support/pool-world.ts'
import { buy, GOT, INSIDE, PAID, RANGE, ROOT, type Ranges, ranges_of, sell, stand, walker } from './concentrated/kernel.ts'
import { MAX_SQRT, MIN_SQRT, MIN_TICK, Q96, ReferencePool, sqrt_at, tick_at } from './concentrated/reference.ts'
import { encode, goldenRows, pool_of } from './concentrated/reference-rows.ts'
import { concentrated } from './concentrated.ts'

const INFINITY = Number.POSITIVE_INFINITY
const relative = (a: number, b: number) => Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-300)
const root_of_x96 = (sqrt: bigint) => Number(sqrt) / 2 ** 96

describe('concentrated: reference', () => {
  it.each(goldenRows().map((row) => [row.id, row.got, row.expected]))('%s', (_id, got, expected) => {
    expect(got).toBe(expected)
  })

  it('finds the tick of a root: the greatest not above it', () => {
    fc.assert(
      fc.property(fc.integer({ min: MIN_TICK, max: -MIN_TICK - 1 }), (tick) => {
        const root = sqrt_at(tick)
        expect([tick_at(root), tick_at(sqrt_at(tick + 1) - 1n)]).toEqual([tick, tick])
        // White paper (6.1): √p(i) = 1.0001^(i/2).
        if (Math.abs(tick) < 200_000) expect(relative(root_of_x96(root), 1.0001 ** (tick / 2))).toBeLessThan(1e-11)
      }),
    )
    for (const outside of [MIN_SQRT - 1n, MAX_SQRT]) expect(() => tick_at(outside)).toThrow('R')
    expect(() => sqrt_at(MIN_TICK - 1)).toThrow('T')
  })

  it('refuses a limit on the wrong side, and nothing at all', () => {
    const pool = pool_of('full')
    expect(() => pool.swap(true, 1n, Q96 + 1n)).toThrow('SPL')
    expect(() => pool.swap(false, 1n, Q96)).toThrow('SPL')
    expect(() => pool.swap(true, 0n)).toThrow('AS')
  })

  it('adds fees up as published: test/__snapshots__/UniswapV3Pool.swaps.spec.ts.snap, high fee, 2e18 over the whole range', () => {
    const cases: [boolean, bigint, [bigint, bigint]][] = [
      [true, 1000n, [1701411834604692317316n, 0n]],
      [true, 10n ** 18n, [1701411834604692317316873037158841057n, 0n]],
      [false, 10n ** 18n, [0n, 1701411834604692317316873037158841057n]],
      [true, -(10n ** 18n), [3437195625464025050172418213103875650n, 0n]],
    ]
    for (const [falling, amount, fees] of cases) {
      const pool = new ReferencePool(10_000n, 200, Q96)
      pool.add(-887200, 887200, 2n * 10n ** 18n)
      pool.swap(falling, amount)
      expect(pool.fees).toEqual(fees)
    }
  })

  it('gives each position the fees of the range it is in, rounded down, whatever happened before it came', () => {
    // White paper (6.17) to (6.20). A fee of 1e16 on 2e18: 2^128/200 is no integer, so the only position gets 1e16 less a unit.
    const pool = new ReferencePool(10_000n, 200, Q96)
    const wide = [-887200, 887200] as const
    pool.add(...wide, 2n * 10n ** 18n)
    pool.swap(true, 10n ** 18n)
    pool.add(...wide, 0n)
    expect(pool.positions.get('-887200 887200')?.owed).toEqual([9_999_999_999_999_999n, 0n])
    // The price is at tick -8043: neither a position that begins there now, nor one above it, has earned anything.
    pool.add(-8200, -8000, 10n ** 18n)
    pool.add(0, 200, 10n ** 18n)
    pool.add(-8200, -8000, 0n)
    pool.add(0, 200, 0n)
    expect([pool.positions.get('-8200 -8000')?.owed, pool.positions.get('0 200')?.owed]).toEqual([
      [0n, 0n],
      [0n, 0n],
    ])
    // Token 1 comes in, 1000 units a hundred times: 10 of fee each, a third of it to the one of 1e18 among 3e18. What it took out is owed too.
    for (let i = 0; i < 100; i++) pool.swap(false, 1000n)
    const out = pool.add(-8200, -8000, -(10n ** 18n))
    const { owed } = pool.positions.get('-8200 -8000') ?? { owed: [0n, 0n] }
    expect(owed[0]).toBe(-out.amount0)
    expect(Number(owed[1] + out.amount1)).toBeGreaterThan(332)
    expect(Number(owed[1] + out.amount1)).toBeLessThan(334)
    expect(() => pool.add(-8200, -8000, 0n)).toThrow('NP')
    expect(() => pool.add(...wide, -(3n * 10n ** 18n))).toThrow('LS')
    // Too much at a tick is noticed before a tick that is none; a tick that is none only by who would put something there.
    expect(() => pool.add(0, 200, 1n << 126n)).toThrow('LO')
    expect(() => pool.add(1, 200, 1n << 126n)).toThrow('LO')
    expect(() => pool.add(1, 200, 1n)).toThrow('ticks')
    expect(() => pool.add(1, 200, -1n)).toThrow('LS')
  })

  it('pays back no more than was put in, position by position', () => {
    const pool = new ReferencePool(3000n, 60, encode(3n, 2n))
    for (const [lower, upper] of [
      [-600, 600],
      [3600, 5400],
      [6000, 12000],
    ] as const) {
      const put = pool.add(lower, upper, 10n ** 18n)
      const taken = pool.add(lower, upper, -(10n ** 18n))
      expect(put.amount0 + taken.amount0 === 1n || put.amount0 === 0n).toBe(true)
      expect(put.amount1 + taken.amount1 === 1n || put.amount1 === 0n).toBe(true)
    }
    expect(pool.liquidity).toBe(0n)
    expect(() => pool.add(-600, 600, -1n)).toThrow('LS')
    expect(() => pool.add(-601, 600, 1n)).toThrow('ticks')
  })
})

const position = fc
  .tuple(fc.integer({ min: -60, max: 59 }), fc.integer({ min: 1, max: 40 }), fc.double({ min: 18, max: 26, noNaN: true }))
  .map(([at, width, size]) => ({
    lower: at * 60,
    upper: (at + width) * 60,
    liquidity: BigInt(Math.floor(10 ** (size - 9))) * 10n ** 9n,
  }))
const pools = fc.record({
  positions: fc.array(position, { minLength: 1, maxLength: 8 }),
  start: fc.double({ min: 0.8, max: 1.25, noNaN: true }),
  fee: fc.constantFrom(100n, 500n, 3000n, 10000n),
})
const swaps = fc.array(
  fc.record({
    falling: fc.boolean(),
    exact_in: fc.boolean(),
    size: fc.double({ min: 12, max: 26, noNaN: true }),
    limit: fc.option(fc.double({ min: 0.01, max: 0.2, noNaN: true }), { freq: 3 }),
  }),
  { minLength: 1, maxLength: 8 },
)

describe('concentrated: kernel', () => {
  it('is what the reference computes, to 1e-9: amounts, and where the price stands', () => {
    let compared = 0
    fc.assert(
      fc.property(pools, swaps, ({ positions, start, fee }, list) => {
        const pool = new ReferencePool(fee, 60, encode(BigInt(Math.floor(start * 1e15)), 10n ** 15n))
        for (const { lower, upper, liquidity } of positions) pool.add(lower, upper, liquidity)
        const ranges = ranges_of(
          positions.map((item) => ({ ...item, liquidity: Number(item.liquidity) })),
          1,
        )
        const deepest = positions.reduce((sum, { liquidity }) => sum + liquidity, 0n)
        const at = walker()
        for (const { falling, exact_in, size, limit } of list) {
          const amount = BigInt(Math.floor(10 ** (size - 9))) * 10n ** 9n
          const before = root_of_x96(pool.sqrt)
          stand(ranges, before, at)
          // A double of the root has not the digits to say where in a narrow range it is.
          const low = positions.flatMap(({ lower, upper }) => [lower, upper]).filter((tick) => tick <= pool.tick)
          if (pool.liquidity > 0n && (ranges.liquidity[at[RANGE] as number] as number) > 0)
            at[INSIDE] = Number(pool.liquidity * (pool.sqrt - sqrt_at(Math.max(...low)))) / 2 ** 96
          // The far end of the ticks in use is where a swap without a limit may stop.
          const end = falling ? sqrt_at(-3660) : sqrt_at(6060)
          if (falling ? pool.sqrt <= end : pool.sqrt >= end) break
          const wanted =
            limit === null ? end : encode(BigInt(Math.floor(before ** 2 * (falling ? 1 - limit : 1 + limit) * 1e15)), 10n ** 15n)
          const stop = falling ? (wanted > end ? wanted : end) : wanted < end ? wanted : end
          const done = pool.swap(falling, exact_in ? amount : -amount, stop)
          const [paid, got] = falling ? [done.amount0, -done.amount1] : [done.amount1, -done.amount0]
          ;(falling ? sell : buy)(ranges, at, Number(amount), exact_in, root_of_x96(stop), Number(fee) / 1e6)
          // Below this, the integers themselves round by more than 1e-9.
          if (paid < 10n ** 12n || got < 10n ** 12n) continue
          // Beside 1e-9, the last bits of what the range holds: prices are about 1, so L is the scale of both tokens.
          const bits = 2e-16 * Number(deepest)
          expect(Math.abs((at[PAID] as number) - Number(paid))).toBeLessThan(1e-9 * Number(paid) + bits)
          expect(Math.abs((at[GOT] as number) - Number(got))).toBeLessThan(1e-9 * Number(got) + bits)
          if ((ranges.liquidity[at[RANGE] as number] as number) > 0 && pool.liquidity > 0n)
            expect(relative(at[ROOT] as number, root_of_x96(pool.sqrt))).toBeLessThan(1e-9)
          compared++
        }
      }),
      { numRuns: 300 },
    )
    expect(compared).toBeGreaterThan(300)
  })

  it.each([
    // lending.md §15.2, from UniswapV3Pool.swaps.spec.ts
    ['full', 1, true, 1, 0.665331998665331998],
    ['full', 1, false, 2.006018054162487463, 1],
    ['more', 1, true, 1, 0.795933705287758544],
    ['more', 1, false, 1.342022152495072924, 1],
    ['stable', 1, true, 0.001000700370186095, 0.000999700069986002],
  ] as const)('%s pool, %d exact in %s', (kind, amount, exact_in, paid, got) => {
    const full = { lower: -887220, upper: 887220, liquidity: 2 }
    const around = [
      { lower: -887220, upper: -60, liquidity: 2 },
      { lower: 60, upper: 887220, liquidity: 2 },
    ]
    const ranges = ranges_of(
      kind === 'stable' ? [{ lower: -10, upper: 10, liquidity: 2 }] : kind === 'more' ? [full, ...around] : [full],
      1,
    )
    const at = walker()
    stand(ranges, 1, at)
    sell(ranges, at, amount, exact_in, 0, kind === 'stable' ? 0.0005 : 0.003)
    expect(relative(at[PAID] as number, paid)).toBeLessThan(1e-9)
    expect(relative(at[GOT] as number, got)).toBeLessThan(1e-9)
  })

  it('keeps the digits of a small trade against deep liquidity', () => {
    const ranges: Ranges = ranges_of([{ lower: -10, upper: 10, liquidity: 1e12 }], 1)
    const at = walker()
    stand(ranges, 1, at)
    const inside = at[INSIDE] as number
    buy(ranges, at, 1e-3, true, INFINITY, 0)
    expect(relative((at[INSIDE] as number) - inside, 1e-3)).toBeLessThan(1e-4)
    expect(relative(at[GOT] as number, 1e-3)).toBeLessThan(4e-15)
  })
})

/** A pool at 2000 whose ticks are those of its price: 76020 is about 2003. */
const POOL = {
  price: 2000,
  fee: 0.003,
  positions: [
    { lower: 69060, upper: 82920, liquidity: 50_000 },
    { lower: 75000, upper: 77040, liquidity: 400_000 },
    { lower: 78000, upper: 78060, liquidity: 3_000_000 },
  ],
}
/** Two positions with nothing between them, the price in the lower one. */
const GAP = {
  price: 2000,
  fee: 0.0005,
  positions: [
    { lower: 75000, upper: 76020, value_quote: 1_000_000 },
    { lower: 77000, upper: 78000, value_quote: 1_000_000 },
  ],
}

describe('concentrated: market', () => {
  it('holds what its positions are worth at the start', () => {
    const { held } = open_pool(concentrated, GAP)
    const [base, quote] = held()
    expect(relative(base * 2000 + quote, 2_000_000)).toBeLessThan(1e-12)
    expect(base).toBeGreaterThan(0)
    // The upper position is base alone: L·(1/√a − 1/√b), worth a million at 2000 (white paper (6.30)).
    expect(base).toBeGreaterThan(500)
  })

  it('gives the amounts of the reference in units of the assets, ticks shifted by decimals', () => {
    // Base with 18 decimals, quote with 6: raw price 2e-9 at 2000, which is tick −200312.
    const tick = (price: number) => Math.round(Math.log(price * 1e-12) / Math.log(1.0001) / 60) * 60
    const [lower, upper] = [tick(1500), tick(2500)]
    const raw = 10n ** 18n
    const reference = new ReferencePool(3000n, 60, encode(2000n, 10n ** 12n))
    reference.add(lower, upper, raw)
    const { pool } = open_pool(concentrated, {
      price: 2000,
      price_at_tick_0: 1e12,
      positions: [{ lower, upper, liquidity: Number(raw) / 1e12 }],
    })
    const done = reference.swap(true, 5n * 10n ** 20n)
    const fill = pool.fill(order(-1, 500))
    expect(relative(fill.base, -500)).toBeLessThan(1e-15)
    expect(relative(fill.quote, Number(-done.amount1) / 1e6)).toBeLessThan(1e-9)
    expect(relative(pool.mid(), root_of_x96(reference.sqrt) ** 2 * 1e12)).toBeLessThan(1e-9)
  })

  it('stops where the last unit is worth the limit, and does not trade the rest of the rounding', () => {
    for (const side of [1, -1] as const) {
      for (const fields of [POOL, GAP]) {
        const limit = side > 0 ? 2050 : 1900
        const { pool } = open_pool(concentrated, fields)
        const o = order(side, 1e9, { limit })
        const fill = pool.fill(o)
        // The mid is the limit less the fee, unless a gap is in the way.
        const stop = side > 0 ? limit * (1 - fields.fee) : limit / (1 - fields.fee)
        const last = (whole: number) => {
          const part = open_pool(concentrated, fields).pool.quote(order(side, whole * (1 - 1e-6)))
          const full = open_pool(concentrated, fields).pool.quote(order(side, whole))
          return (part.quote - full.quote) / (full.base - part.base)
        }
        if (relative(pool.mid(), stop) < 1e-12) expect(relative(last(Math.abs(fill.base)), limit)).toBeLessThan(1e-5)
        else expect((stop - pool.mid()) * side).toBeGreaterThan(0)
        expect(pool.fill(o).base).toBe(0)
        expect(open_pool(concentrated, fields).pool.fill(order(side, 1, { limit: 2000 })).base).toBe(0)
      }
    }
  })

  it('fills in part where liquidity ends, and stands at the last edge that had some', () => {
    const { pool, held } = open_pool(concentrated, POOL)
    const [base] = held()
    const fill = pool.fill(order(1, INFINITY))
    expect(relative(fill.base, base)).toBeLessThan(1e-12)
    expect(held()[0]).toBeLessThan(1e-9)
    expect(relative(pool.mid(), 1.0001 ** 82920)).toBeLessThan(1e-9)
    expect(pool.fill(order(1, 1)).base).toBe(0)
    expect(pool.depth(0.5)).toBeGreaterThan(0)
    expect(pool.fill(order(-1, 1)).base).toBe(-1)
  })

  it('jumps over a gap: the next unit is dealt at its other side', () => {
    const { pool } = open_pool(concentrated, GAP)
    const first = pool.fill(order(1, INFINITY, { limit: 1.0001 ** 76500 }))
    expect(first.base).toBeGreaterThan(0)
    expect(relative(pool.mid(), 1.0001 ** 76020)).toBeLessThan(1e-9)
    const next = pool.fill(order(1, 1e-6))
    expect(relative(-next.quote / next.base, 1.0001 ** 77000 / (1 - 0.0005))).toBeLessThan(1e-6)
    expect(relative(pool.mid(), 1.0001 ** 77000)).toBeLessThan(1e-6)
  })

  it('recovers to an anchor where there is no liquidity, and back to what it held', () => {
    const { pool, held } = open_pool(concentrated, { ...GAP, fee: 0.01, tick_spacing: 1 })
    const [base, quote] = held()
    for (const anchor of [1.0001 ** 76500, 1e-3, 1e7]) {
      pool.recover(INFINITY, anchor)
      expect(pool.mid()).toBe(anchor)
      expect(pool.violations()).toEqual([])
    }
    expect(pool.depth(0.3)).toBe(0)
    expect(pool.fill(order(1, 1)).base).toBe(0)
    pool.recover(INFINITY, 2000)
    expect(relative(held()[0], base)).toBeLessThan(1e-12)
    expect(relative(held()[1], quote)).toBeLessThan(1e-12)
  })

  it('has the depth of a constant product pool of its virtual reserves (lending.md §15.1)', () => {
    const { pool } = open_pool(concentrated, { price: 2000, positions: [{ lower: 60000, upper: 90000, liquidity: 1e6 }] })
    expect(relative(pool.depth(0.19), (1e6 / Math.sqrt(2000)) * (1 / 0.9 - 1))).toBeLessThan(1e-12)
  })

  it('refuses what is no pool, naming the field', () => {
    const open = (fields: object) => () => open_pool(concentrated, { ...POOL, ...fields })
    expect(open({ fee: 0.002 })).toThrow('tick_spacing')
    expect(open({ fee: 0.002, tick_spacing: 20 })).not.toThrow()
    expect(open({ positions: [{ lower: 1, upper: 60, liquidity: 1 }] })).toThrow('positions[0].lower is 1')
    expect(open({ positions: [{ lower: 60, upper: 60, liquidity: 1 }] })).toThrow('positions[0].upper')
    expect(open({ positions: [{ lower: 0, upper: 60 }] })).toThrow('exactly one')
    expect(open({ base: 'USD' })).toThrow('quote is USD')
    expect(() => open_pool(concentrated, POOL).pool.make(1, 1, 0)).toThrow('no makers')
    expect(() => open_pool(concentrated, POOL).pool.fill(order(1, Number.NaN))).toThrow('NaN')
  })

  it('keeps what pools keep', () => {
    const anchors = fc.array(fc.option(fc.double({ min: 500, max: 6000, noNaN: true }), { nil: undefined }), { maxLength: 25 })
    fc.assert(
      fc.property(fc.constantFrom(POOL, GAP), orders(500, 2000), anchors, (fields, list, at) => {
        keeps_what_pools_keep(open_pool(concentrated, fields), list, at as number[])
      }),
      { numRuns: 150 },
    )
  })
})
