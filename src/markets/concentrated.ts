/**
 * A pool of concentrated liquidity. The other side of every order is the pool, so fills have no legs; fees stay in its custody
 * beside the liquidity. It moves only by trades: time alone changes nothing, and a recovery without end is a trade of `outside`,
 * free of fee, to the anchor. Where liquidity ends an order is filled in part, and the price stands at the last edge that had some.
 */
import { z } from 'zod'
import {
  assert,
  type Columns,
  type Fill,
  type Kind,
  type Lawful,
  type Ledger,
  type Market,
  type Order,
  OUTSIDE,
  type Thinnable,
  type WorldBuilder,
} from '../model/index.ts'
import {
  buy,
  GOT,
  held,
  INSIDE,
  PAID,
  type Position,
  RANGE,
  ROOT,
  type Ranges,
  ranges_of,
  root_at,
  root_of,
  sell,
  stand,
  walker,
} from './concentrated/kernel.ts'
import { Providers } from './shared/liquidity.ts'

const TICK_END = 887272
/** Tick spacing of the fee tiers of Uniswap v3. */
const SPACING = new Map([
  [0.0001, 1],
  [0.0005, 10],
  [0.003, 60],
  [0.01, 200],
])

const tick = z.number().int().min(-TICK_END).max(TICK_END)
const schema = z.strictObject({
  kind: z.literal('concentrated').describe('concentrated'),
  id: z.string().min(1).describe('Name of the market, unique'),
  base: z.string().describe('Asset that is bought and sold'),
  quote: z.string().describe('Asset in which it is paid'),
  price: z.number().positive().max(1e30).describe('Quote units per base unit at the start'),
  fee: z.number().min(0).max(0.5).default(0.003).describe('Share of the input that the pool keeps'),
  tick_spacing: z
    .number()
    .int()
    .min(1)
    .max(16384)
    .optional()
    .describe(
      'Positions begin and end at its multiples; by default that of the fee tier: 0.0001 1, 0.0005 10, 0.003 60, 0.01 200',
    ),
  price_at_tick_0: z
    .number()
    .min(1e-30)
    .max(1e30)
    .default(1)
    .describe(
      'Price at tick 0: 10^(decimals of base − decimals of quote) where ticks are those of a contract with base as token 0',
    ),
  positions: z
    .array(
      z
        .strictObject({
          lower: tick.describe('Tick at which the position begins'),
          upper: tick.describe('Tick at which it ends, above lower'),
          liquidity: z.number().positive().optional().describe('Liquidity in units of √(base · quote)'),
          value_quote: z.number().positive().optional().describe('or what the position is worth at the start, in quote units'),
        })
        .refine((item) => (item.liquidity === undefined) !== (item.value_quote === undefined), {
          message: 'exactly one of `liquidity` and `value_quote`',
        }),
    )
    .min(1)
    .max(10_000)
    .describe('Positions; they neither come nor go'),
})
type Spec = z.infer<typeof schema>

const shape = { base: 'f64', quote: 'f64', mid: 'f64', inside: 'f64', range: 'i32' } as const

interface Pool {
  readonly index: number
  readonly base: number
  readonly quote: number
  readonly fee: number
  readonly ranges: Ranges
  /** What is in custody, the mid, and where in the ranges it is. */
  readonly state: Columns<typeof shape>
  readonly ledger: Ledger
  readonly at: Float64Array
  readonly providers: Providers
}

const mid = (pool: Pool) => pool.state.mid.data[0] as number

/** Sets the walker to where the pool stands. Where there is no liquidity the price is anywhere, and only the mid knows. */
function load(pool: Pool): void {
  const { ranges, state, at } = pool
  const range = state.range.data[0] as number
  const inside = state.inside.data[0] as number
  at[RANGE] = range
  at[INSIDE] = inside
  at[ROOT] = (ranges.liquidity[range] as number) > 0 ? root_of(ranges, range, inside) : Math.sqrt(mid(pool))
}

function fill_of(pool: Pool, party: number, base: number, quote: number, mid_after: number, fee_quote: number, decay = 1): Fill {
  return { market: pool.index, party, base, quote, mid_before: mid(pool), mid_after, legs: [], fee_quote, decay, permanent: 0 }
}

/** What an order gets; nothing but the walker is changed, which stands where the fill leaves the pool. */
function take(pool: Pool, order: Order): Fill {
  const { side, amount, exact, limit, party } = order
  assert(amount >= 0 && limit >= 0, `order of ${amount} with limit ${limit} on a pool`)
  const { at, ranges, fee, state } = pool
  // Positions of which a share is there give that share of what the whole gives for as much less.
  const there = pool.providers.there
  const exact_in = side < 0 === (exact === 'base')
  load(pool)
  // The limit is on what the last unit costs, fee included.
  if (side < 0) sell(ranges, at, amount / there, exact_in, Math.sqrt(limit / (1 - fee)), fee)
  else buy(ranges, at, amount / there, exact_in, limit > 0 ? Math.sqrt(limit * (1 - fee)) : Number.POSITIVE_INFINITY, fee)
  let paid = (at[PAID] as number) * there
  if (exact_in && paid > amount * (1 - 1e-15)) paid = amount
  const got = Math.min((at[GOT] as number) * there, (side < 0 ? state.quote : state.base).data[0] as number)
  if (!(paid > 0 && got > 0 && paid < Number.POSITIVE_INFINITY)) {
    load(pool)
    return fill_of(pool, party, 0, 0, mid(pool), 0)
  }
  const after = (at[ROOT] as number) * (at[ROOT] as number)
  if (side < 0) return fill_of(pool, party, -paid, got, after, (got / (1 - fee)) * fee)
  return fill_of(pool, party, got, -paid, after, paid * fee)
}

/** Leaves the pool where the walker stands, and posts its side of the fill. */
function commit(pool: Pool, fill: Fill): void {
  const { state, at, ledger } = pool
  state.base.add(0, -fill.base)
  state.quote.add(0, -fill.quote)
  state.mid.set(0, fill.mid_after)
  state.inside.set(0, at[INSIDE] as number)
  state.range.set(0, at[RANGE] as number)
  ledger.postings.post(pool.base, -fill.base)
  ledger.postings.post(pool.quote, -fill.quote)
}

function recover(pool: Pool, dt_ms: number, anchor: number): Fill {
  assert(dt_ms >= 0, `recovery over ${dt_ms} ms`)
  assert(anchor > 0 && anchor < Number.POSITIVE_INFINITY, `anchor ${anchor} of a pool`)
  if (dt_ms < Number.POSITIVE_INFINITY || mid(pool) === anchor)
    return fill_of(pool, OUTSIDE, 0, 0, mid(pool), 0, dt_ms < Number.POSITIVE_INFINITY ? 1 : 0)
  const { at, ranges, state } = pool
  const target = Math.sqrt(anchor)
  load(pool)
  const up = target > (at[ROOT] as number)
  if (up) buy(ranges, at, Number.POSITIVE_INFINITY, true, target, 0)
  else sell(ranges, at, Number.POSITIVE_INFINITY, true, target, 0)
  const paid = (at[PAID] as number) * pool.providers.there
  const got = Math.min((at[GOT] as number) * pool.providers.there, (up ? state.base : state.quote).data[0] as number)
  stand(ranges, target, at)
  const fill = fill_of(pool, OUTSIDE, up ? got : -paid, up ? -paid : got, anchor, 0, 0)
  commit(pool, fill)
  return fill
}

/** Base that can be sold before the mid falls by `within`, fee apart. */
function depth(pool: Pool, within: number): number {
  load(pool)
  const stop = (pool.at[ROOT] as number) * Math.sqrt(1 - Math.min(Math.max(within, 0), 0.999999))
  sell(pool.ranges, pool.at, Number.POSITIVE_INFINITY, true, stop, 0)
  return (pool.at[PAID] as number) * pool.providers.there
}

/** Positions are taken out and brought back in equal parts; fees that lie in the pool stay. */
function thin(pool: Pool, share: number): void {
  load(pool)
  const { base, quote } = held(pool.ranges, pool.at)
  pool.providers.move(share, [
    { asset: pool.base, balance: pool.state.base, whole: base },
    { asset: pool.quote, balance: pool.state.quote, whole: quote },
  ])
}

function violations(id: string, pool: Pool): string[] {
  const { state, ranges, at } = pool
  const base = state.base.data[0] as number
  const quote = state.quote.data[0] as number
  load(pool)
  const root = at[ROOT] as number
  const virtual = ranges.liquidity[at[RANGE] as number] as number
  const whole = held(ranges, at)
  const { there } = pool.providers
  const owed = { base: whole.base * there, quote: whole.quote * there }
  const found: string[] = []
  if (!(base >= owed.base * (1 - 1e-9) - (1e-12 * virtual) / root))
    found.push(`${id}: ${base} base in custody, the liquidity at this price is ${owed.base}`)
  if (!(quote >= owed.quote * (1 - 1e-9) - 1e-12 * virtual * root))
    found.push(`${id}: ${quote} quote in custody, the liquidity at this price is ${owed.quote}`)
  if (!(Math.abs(mid(pool) / (root * root) - 1) < 1e-9))
    found.push(`${id}: the mid is ${mid(pool)}, the ranges say ${root * root}`)
  return found
}

/** Liquidity of a position; where its worth is given, that which is worth it at the starting price. */
function liquidity_of(item: Spec['positions'][number], spec: Spec): number {
  if (item.liquidity !== undefined) return item.liquidity
  const low = root_at(item.lower, spec.price_at_tick_0)
  const high = root_at(item.upper, spec.price_at_tick_0)
  const root = Math.min(Math.max(Math.sqrt(spec.price), low), high)
  return (item.value_quote as number) / (((high - root) / root / high) * spec.price + (root - low))
}

function positions_of(spec: Spec, builder: WorldBuilder): Position[] {
  const spacing = spec.tick_spacing ?? SPACING.get(spec.fee)
  if (spacing === undefined) throw builder.invalid('tick_spacing', undefined, `a number: a fee of ${spec.fee} has no tier`)
  return spec.positions.map((item, i) => {
    for (const field of ['lower', 'upper'] as const)
      if (item[field] % spacing !== 0)
        throw builder.invalid(`positions[${i}].${field}`, item[field], `a multiple of the tick spacing ${spacing}`)
    if (item.lower >= item.upper) throw builder.invalid(`positions[${i}].upper`, item.upper, `above lower = ${item.lower}`)
    return { lower: item.lower, upper: item.upper, liquidity: liquidity_of(item, spec) }
  })
}

function open_pool(spec: Spec, builder: WorldBuilder): Pool {
  const base = builder.asset(spec.base, 'base')
  const quote = builder.asset(spec.quote, 'quote')
  if (base === quote) throw builder.invalid('quote', spec.quote, 'another asset than base')
  const ranges = ranges_of(positions_of(spec, builder), spec.price_at_tick_0)
  const state = builder.store.table(`${spec.id}.state`, shape, 1).columns
  const at = walker()
  stand(ranges, Math.sqrt(spec.price), at)
  const start = held(ranges, at)
  state.base.data[0] = start.base
  state.quote.data[0] = start.quote
  state.mid.data[0] = spec.price
  state.inside.data[0] = at[INSIDE] as number
  state.range.data[0] = at[RANGE] as number
  return {
    index: builder.self.index,
    base,
    quote,
    fee: spec.fee,
    ranges,
    state,
    ledger: builder.ledger,
    at,
    providers: new Providers(builder, spec.id),
  }
}

export const concentrated: Kind<Spec, Market & Thinnable & Lawful> = {
  id: 'concentrated',
  title: 'Concentrated liquidity pool: positions between ticks, fee on the input',
  source: 'Uniswap v3 core white paper, March 2021; Uniswap/v3-core test suite',
  schema,
  open(spec, builder) {
    const pool = open_pool(spec, builder)
    const { base, quote, state } = pool
    return {
      base,
      quote_asset: quote,
      settles: -1,
      mid: () => mid(pool),
      quote: (order) => take(pool, order),
      fill(order) {
        const fill = take(pool, order)
        commit(pool, fill)
        return fill
      },
      recover: (dt_ms, anchor) => recover(pool, dt_ms, anchor),
      depth: (within) => depth(pool, within),
      thin: (share) => thin(pool, share),
      make() {
        assert(false, `${spec.id} is a pool: it has no makers`)
      },
      cancel: () => 0,
      holdings(out) {
        out[base] = (out[base] as number) + (state.base.data[0] as number)
        out[quote] = (out[quote] as number) + (state.quote.data[0] as number)
      },
      violations: () => violations(spec.id, pool),
    }
  },
}
