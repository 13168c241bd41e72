import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Ledger, Log, Quotes, Store, type WorldBuilder } from '../model/index.ts'
import { in_for, in_within, out_of } from './constant-product/kernel.ts'
import { amount_in, amount_out, keeps_product, ReferencePair } from './constant-product/reference.ts'
import { constantProduct } from './constant-product.ts'

const INFINITY = Number.POSITIVE_INFINITY
const relative = (a: number, b: number) => Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-300)

function open(fields: Record<string, unknown> = {}) {
  const store = new Store()
  const ledger = new Ledger(store, 1, 2)
  const assets = [{ id: 'ETH' }, { id: 'USD' }]
  const builder = {
    self: { id: 'pool', index: 2 },
    store,
    ledger,
    log: new Log(store, { time_ms: 0 }),
    feeds: new Quotes(store, 'feeds', 0, 1),
    assets,
    asset: (id: unknown) => assets.findIndex((asset) => asset.id === id),
    invalid: (field: string) => new Error(field),
  } as unknown as WorldBuilder
  const spec = constantProduct.schema.parse({
    kind: 'constant-product',
    id: 'pool',
    base: 'ETH',
    quote: 'USD',
    reserve_base: 1000,
    reserve_quote: 2_000_000,
    ...fields,
  })
  const pool = constantProduct.open(spec, builder)
  store.seal()
  const held = () => {
    const out = new Float64Array(2)
    pool.holdings(out)
    return out as unknown as [number, number]
  }
  return { pool, store, ledger, held }
}

const order = (side: 1 | -1, amount: number, fields: { exact?: 'base' | 'quote'; limit?: number } = {}) => ({
  side,
  amount,
  exact: 'base' as const,
  limit: 0,
  party: -1,
  ...fields,
})

// lending.md §15.1, from test/UniswapV2Pair.spec.ts of Uniswap/v2-core: in, reserve in, reserve out (all 1e18), out
const TABLE: [bigint, bigint, bigint, bigint][] = [
  [1n, 5n, 10n, 1662497915624478906n],
  [1n, 10n, 5n, 453305446940074565n],
  [2n, 5n, 10n, 2851015155847869602n],
  [2n, 10n, 5n, 831248957812239453n],
  [1n, 10n, 10n, 906610893880149131n],
  [1n, 100n, 100n, 987158034397061298n],
  [1n, 1000n, 1000n, 996006981039903216n],
]
const WAD = 10n ** 18n

describe('constant product: reference', () => {
  it.each(TABLE)('%d in of %d against %d', (amount, x, y, out) => {
    expect(amount_out(amount * WAD, x * WAD, y * WAD)).toBe(out)
    // One unit more is refused by the pair contract ("UniswapV2: K").
    expect(keeps_product(amount * WAD, out, x * WAD, y * WAD)).toBe(true)
    expect(keeps_product(amount * WAD, out + 1n, x * WAD, y * WAD)).toBe(false)
  })

  // The rest of test/UniswapV2Pair.spec.ts: mint, burn, optimistic, feeTo off and on.
  it('gives shares for deposits and deposits for shares', () => {
    const pair = new ReferencePair(false)
    expect(() => pair.mint(999n, 999n)).toThrow('ds-math-sub-underflow')
    expect(pair.mint(WAD, 4n * WAD)).toBe(2n * WAD - 1000n)
    expect(pair.supply).toBe(2n * WAD)
    expect(() => pair.mint(WAD, 0n)).toThrow('INSUFFICIENT_LIQUIDITY_MINTED')

    const even = new ReferencePair(false)
    even.mint(3n * WAD, 3n * WAD)
    expect(even.burn(3n * WAD - 1000n)).toEqual({ amount0: 3n * WAD - 1000n, amount1: 3n * WAD - 1000n })
    expect([even.reserve0, even.reserve1, even.supply]).toEqual([1000n, 1000n, 1000n])
    expect(() => even.burn(0n)).toThrow('INSUFFICIENT_LIQUIDITY_BURNED')
  })

  it('lends what it is paid back with the fee, in either token', () => {
    const cases: [bigint, bigint, bigint, bigint][] = [
      [997n * 10n ** 15n, 5n, 10n, WAD],
      [997n * 10n ** 15n, 10n, 5n, WAD],
      [997n * 10n ** 15n, 5n, 5n, WAD],
      [WAD, 5n, 5n, 1003009027081243732n],
    ]
    for (const [out, x, y, paid] of cases) {
      const pair = new ReferencePair(false)
      pair.mint(x * WAD, y * WAD)
      expect(() => pair.swap(paid, 0n, out + 1n, 0n)).toThrow('K')
      pair.swap(paid, 0n, out, 0n)
      expect(pair.reserve0).toBe(x * WAD + paid - out)
    }
  })

  it('gives the protocol a sixth of the growth, where it takes a fee', () => {
    for (const fee of [false, true]) {
      const pair = new ReferencePair(fee)
      pair.mint(1000n * WAD, 1000n * WAD)
      pair.swap(0n, WAD, 996006981039903216n, 0n)
      pair.burn(1000n * WAD - 1000n)
      expect(pair.protocol_shares).toBe(fee ? 249750499251388n : 0n)
      expect(pair.supply).toBe(1000n + pair.protocol_shares)
      if (fee) expect([pair.reserve0, pair.reserve1]).toEqual([1000n + 249501683697445n, 1000n + 250000187312969n])
    }
  })

  it('asks for the input that buys an output, at most a unit too much', () => {
    const units = fc.bigInt({ min: 1n, max: 10n ** 27n })
    fc.assert(
      fc.property(units, units, units, (out, x, y) => {
        fc.pre(out < y)
        const paid = amount_in(out, x, y)
        expect(amount_out(paid, x, y)).toBeGreaterThanOrEqual(out)
        if (paid > 1n) expect(amount_out(paid - 2n, x, y)).toBeLessThan(out)
      }),
    )
  })

  it('is what the kernel computes, to 1e-9', () => {
    const units = fc.bigInt({ min: 10n ** 15n, max: 10n ** 27n })
    fc.assert(
      fc.property(units, units, units, (amount, x, y) => {
        const exact = amount_out(amount, x, y)
        fc.pre(exact > 10n ** 10n)
        const out = out_of(Number(amount), Number(x), Number(y), 0.003)
        expect(relative(out, Number(exact))).toBeLessThan(1e-9)
        if (out < Number(y) * 0.999) expect(relative(in_for(out, Number(x), Number(y), 0.003), Number(amount))).toBeLessThan(1e-9)
      }),
    )
  })

  it('sells what moves the price by s: R·(1/√(1 − s) − 1) (lending.md §15.1)', () => {
    const { pool } = open({ fee: 0 })
    expect(relative(pool.depth(0.19), 1000 * (1 / 0.9 - 1))).toBeLessThan(1e-12)
    pool.fill(order(-1, pool.depth(0.19)))
    expect(relative(pool.mid(), 2000 * 0.81)).toBeLessThan(1e-12)
    expect(in_within(2000 * 0.81, 1000, 2_000_000, 0)).toBeCloseTo(1000 / 9, 9)
  })
})

describe('constant product: market', () => {
  it('sells and buys, exact in base and in quote', () => {
    const scale = { reserve_base: 5, reserve_quote: 10 }
    expect(open(scale).pool.quote(order(-1, 1)).quote).toBeCloseTo(1.662497915624478906, 14)
    expect(open(scale).pool.quote(order(1, 1, { exact: 'quote' })).base).toBeCloseTo(0.453305446940074565, 14)
    expect(open(scale).pool.quote(order(-1, 1.662497915624478906, { exact: 'quote' })).base).toBeCloseTo(-1, 14)
    expect(open(scale).pool.quote(order(1, 0.453305446940074565)).quote).toBeCloseTo(-1, 14)
    expect(open(scale).pool.quote(order(1, 1, { exact: 'quote' })).fee_quote).toBe(0.003)
    expect(open(scale).pool.quote(order(-1, 1)).fee_quote).toBeCloseTo((1.662497915624478906 * 3) / 997, 14)
  })

  it('stops where the last unit is worth the limit', () => {
    for (const side of [1, -1] as const) {
      const limit = side > 0 ? 2100 : 1900
      const { pool } = open()
      const fill = pool.fill(order(side, 500, { limit }))
      expect(Math.abs(fill.base)).toBeLessThan(500)
      const last = (whole: number) => {
        const { pool: fresh } = open()
        const part = fresh.quote(order(side, whole - 1e-4))
        const full = fresh.quote(order(side, whole))
        return (part.quote - full.quote) / (full.base - part.base)
      }
      expect(relative(last(Math.abs(fill.base)), limit)).toBeLessThan(1e-6)
      expect(open().pool.fill(order(side, 1, { limit: 2000 })).base).toBe(0)
    }
  })

  it('fills nothing that it does not have', () => {
    const { pool } = open()
    for (const amount of [0, 1000, 1e300, INFINITY]) expect(pool.fill(order(1, amount)).base).toBe(0)
    for (const amount of [2_000_000, INFINITY]) expect(pool.fill(order(-1, amount, { exact: 'quote' })).base).toBe(0)
    expect(pool.fill(order(-1, INFINITY)).base).toBe(0)
    expect(pool.fill(order(-1, INFINITY, { limit: 1000 })).base).toBeLessThan(0)
    expect(() => pool.fill(order(1, Number.NaN))).toThrow('NaN')
    expect(() => pool.make(1, 1, 0)).toThrow('no makers')
    expect(pool.cancel(1)).toBe(0)
  })

  it('moves by trades alone, or at once to the anchor with outside', () => {
    const { pool, ledger, held } = open()
    expect(pool.recover(1e12, 5)).toMatchObject({ base: 0, quote: 0, decay: 1, permanent: 0, mid_after: 2000, party: 0 })
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (anchor) => {
        const [base, quote] = held()
        const fill = pool.recover(INFINITY, anchor)
        expect(pool.mid()).toBe(anchor)
        expect([fill.mid_after, fill.decay]).toEqual([anchor, 0])
        const [next_base, next_quote] = held()
        expect(relative(next_base * next_quote, base * quote)).toBeLessThan(1e-13)
        expect(Math.abs(base - next_base - fill.base)).toBeLessThan(1e-15 * (base + next_base))
        expect(Math.abs(quote - next_quote - fill.quote)).toBeLessThan(1e-15 * (quote + next_quote))
        ledger.credit(0, 0, fill.base)
        ledger.credit(0, 1, fill.quote)
        expect(ledger.postings.settle()).toBe(-1)
      }),
    )
  })

  it('keeps its product, conserves, loses nothing to round trips, and goes back on rollback and reset', () => {
    const size = fc.oneof(fc.double({ min: 0, max: 5000, noNaN: true }), fc.constantFrom(0, 1e-300, 1e-12, 1e9, 1e300))
    const one = fc.record({
      side: fc.constantFrom<1 | -1>(1, -1),
      amount: size,
      exact: fc.constantFrom<'base' | 'quote'>('base', 'quote'),
      limit: fc.oneof(fc.constant(0), fc.double({ min: 1, max: 4000, noNaN: true })),
      party: fc.constant(-1),
    })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), fc.double({ min: 0, max: 0.1, noNaN: true }), (orders, fee) => {
        const { pool, store, ledger, held } = open({ fee })
        const opening = store.hash()
        for (const o of orders) {
          const [base, quote] = held()
          const [before, hash] = [pool.mid(), store.hash()]
          const mark = store.journal.savepoint()
          const fill = pool.fill(o)
          const [next_base, next_quote] = held()
          expect(pool.quote({ ...o, amount: 0 }).base).toBe(0)
          expect(next_base * next_quote).toBeGreaterThanOrEqual(base * quote * (1 - 1e-15))
          expect([fill.mid_before, fill.mid_after]).toEqual([before, pool.mid()])
          expect(Number.isFinite(fill.base + fill.quote + fill.fee_quote)).toBe(true)
          expect(fill.base * o.side >= 0 && fill.quote * o.side <= 0).toBe(true)
          expect(fill.legs).toEqual([])
          expect(Math.abs(next_base - base + fill.base)).toBeLessThanOrEqual(1e-15 * (base + next_base))
          expect(Math.abs(next_quote - quote + fill.quote)).toBeLessThanOrEqual(1e-15 * (quote + next_quote))
          expect(pool.violations()).toEqual([])
          ledger.credit(0, 0, fill.base)
          ledger.credit(0, 1, fill.quote)
          expect(ledger.postings.settle()).toBe(-1)
          const back = pool.fill({ ...o, side: o.side > 0 ? -1 : 1, exact: 'base', amount: Math.abs(fill.base), limit: 0 })
          // What the last bits of the reserves are worth, at the dearer of the two prices.
          const bits = 1e-15 * (quote + next_quote + (base + next_base) * Math.max(before, fill.mid_after))
          if (back.base === -fill.base) expect(fill.quote + back.quote).toBeLessThanOrEqual(bits)
          ledger.postings.settle()
          store.journal.rollback(mark)
          expect(store.hash()).toBe(hash)
          pool.fill(o)
          ledger.postings.settle()
        }
        store.reset()
        expect(store.hash()).toBe(opening)
      }),
    )
  })
})
