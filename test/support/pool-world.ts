/** A pool alone in a world of two assets, and what every pool keeps: custody, signs, savepoints, no money from round trips. */
import fc from 'fast-check'
import { expect } from 'vitest'
import {
  type Kind,
  type Lawful,
  Ledger,
  Log,
  type Market,
  type Order,
  Quotes,
  Store,
  type WorldBuilder,
} from '../../src/model/index.ts'

export interface PoolWorld {
  readonly pool: Market & Lawful
  readonly store: Store
  readonly ledger: Ledger
  readonly held: () => readonly [base: number, quote: number]
}

/** Opens a pool of ETH against USD from the fields of its spec. */
export function open_pool<Spec>(kind: Kind<Spec, Market & Lawful>, fields: Record<string, unknown>): PoolWorld {
  const store = new Store()
  const ledger = new Ledger(store, 1, 2)
  const assets = [{ id: 'ETH' }, { id: 'USD' }]
  const builder = {
    self: { id: 'pool', index: 2 },
    store,
    ledger,
    log: new Log(store, { time_ms: 0 }),
    feeds: new Quotes(store, 'feeds', 0, 1),
    time_ms: 0,
    assets,
    asset: (id: unknown) => assets.findIndex((asset) => asset.id === id),
    invalid: (field: string, found: unknown, valid: string) => new Error(`${field} is ${String(found)}; valid: ${valid}`),
  } as unknown as WorldBuilder
  const spec = kind.schema.parse({ kind: kind.id, id: 'pool', base: 'ETH', quote: 'USD', ...fields })
  const pool = kind.open(spec, builder)
  store.seal()
  return {
    pool,
    store,
    ledger,
    held() {
      const out = new Float64Array(2)
      pool.holdings(out)
      return [out[0] as number, out[1] as number]
    },
  }
}

export const order = (side: 1 | -1, amount: number, fields: { exact?: 'base' | 'quote'; limit?: number } = {}): Order => ({
  side,
  amount,
  exact: 'base',
  limit: 0,
  party: -1,
  ...fields,
})

/** Orders of every kind around a pool that holds about `size` base units at about `price`, absurd ones included. */
export function orders(size: number, price: number): fc.Arbitrary<Order[]> {
  const amount = fc.oneof(
    { weight: 4, arbitrary: fc.double({ min: 0, max: 3 * size, noNaN: true }) },
    { weight: 2, arbitrary: fc.double({ min: 0, max: 1e-3 * size, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1e-300, 1e-12, 1e9, 1e300, Number.POSITIVE_INFINITY) },
  )
  const one = fc
    .record({
      side: fc.constantFrom<1 | -1>(1, -1),
      amount,
      exact: fc.constantFrom<'base' | 'quote'>('base', 'quote'),
      limit: fc.oneof(fc.constant(0), fc.double({ min: price / 3, max: price * 3, noNaN: true })),
      party: fc.constant(-1),
    })
    .map((o) => (o.exact === 'quote' ? { ...o, amount: o.amount * price } : o))
  return fc.array(one, { maxLength: 25 })
}

/** Puts a fill on `outside`, and says whether postings cancel. */
function settles(world: PoolWorld, base: number, quote: number): boolean {
  world.ledger.credit(0, 0, base)
  world.ledger.credit(0, 1, quote)
  return world.ledger.postings.settle() < 0
}

/** One order: signs, custody, limit, and a round trip that does not pay; the pool stands as before when it returns. */
function try_order(world: PoolWorld, o: Order): void {
  const { pool, store } = world
  const [base, quote] = world.held()
  const before = pool.mid()
  const hash = store.hash()
  const promised = pool.quote(o)
  expect(store.hash()).toBe(hash)
  const mark = store.journal.savepoint()
  const fill = pool.fill(o)
  expect(fill).toEqual(promised)
  const [next_base, next_quote] = world.held()
  expect([fill.mid_before, fill.mid_after]).toEqual([before, pool.mid()])
  expect(Number.isFinite(fill.base + fill.quote + fill.fee_quote + fill.mid_after)).toBe(true)
  expect(fill.base * o.side >= 0 && fill.quote * o.side <= 0 && fill.fee_quote >= 0).toBe(true)
  // A fill has two sides or none, and asks for no more than the order.
  expect(fill.base === 0).toBe(fill.quote === 0)
  expect(Math.abs(o.exact === 'base' ? fill.base : fill.quote)).toBeLessThanOrEqual(o.amount * (1 + 1e-12))
  expect(fill.legs).toEqual([])
  if (fill.base !== 0) expect((fill.mid_after - before) * o.side).toBeGreaterThanOrEqual(-1e-12 * before)
  expect(Math.abs(next_base - base + fill.base)).toBeLessThanOrEqual(1e-15 * (base + next_base))
  expect(Math.abs(next_quote - quote + fill.quote)).toBeLessThanOrEqual(1e-15 * (quote + next_quote))
  expect(pool.violations()).toEqual([])
  expect(settles(world, fill.base, fill.quote)).toBe(true)
  const back = pool.fill({ ...o, side: o.side > 0 ? -1 : 1, exact: 'base', amount: Math.abs(fill.base), limit: 0 })
  const whole = Math.abs(back.base + fill.base) <= 1e-15 * Math.abs(fill.base)
  const bits = 1e-14 * (quote + next_quote + (base + next_base) * Math.max(before, fill.mid_after))
  if (whole) expect(fill.quote + back.quote).toBeLessThanOrEqual(bits)
  world.ledger.postings.settle()
  store.journal.rollback(mark)
  expect(store.hash()).toBe(hash)
}

/** Plays orders and recoveries on a pool; everything a pool promises is checked at every step, and a reset starts it again. */
export function keeps_what_pools_keep(world: PoolWorld, list: readonly Order[], anchors: readonly number[]): void {
  const { pool, store } = world
  const opening = store.hash()
  list.forEach((o, i) => {
    try_order(world, o)
    const fill = pool.fill(o)
    expect(settles(world, fill.base, fill.quote)).toBe(true)
    const anchor = anchors[i]
    if (anchor === undefined) return
    expect(pool.recover(60_000, anchor)).toMatchObject({ base: 0, quote: 0, decay: 1, mid_after: pool.mid(), party: 0 })
    const back = pool.recover(Number.POSITIVE_INFINITY, anchor)
    expect([pool.mid(), back.mid_after, back.decay]).toEqual([anchor, anchor, 0])
    expect(settles(world, back.base, back.quote)).toBe(true)
    expect(pool.violations()).toEqual([])
  })
  store.reset()
  expect(store.hash()).toBe(opening)
}
