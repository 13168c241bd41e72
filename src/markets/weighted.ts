/**
 * A weighted product pool. The other side of every order is the pool, so fills have no legs; it keeps its fee in the balances. It moves only by
 * trades: time alone changes nothing, and a recovery without end is a trade of `outside`, free of fee, along the invariant to the anchor.
 */
import { z } from 'zod'
import {
  assert,
  type Columns,
  type Drainable,
  type Fill,
  type Kind,
  type Lawful,
  type Ledger,
  type Market,
  type Order,
  OUTSIDE,
  type Thinnable,
} from '../model/index.ts'
import { along, in_for, in_within, out_of } from './weighted/kernel.ts'
import { Providers, type Side } from './shared/liquidity.ts'

const weight = z.number().min(0.01).max(0.99)
const schema = z.strictObject({
  kind: z.literal('weighted').describe('weighted'),
  id: z.string().min(1).describe('Name of the market, unique'),
  base: z.string().describe('Asset that is bought and sold'),
  quote: z.string().describe('Asset in which it is paid'),
  reserve_base: z.number().positive().describe('Base units in the pool at the start'),
  reserve_quote: z.number().positive().describe('Quote units in the pool at the start'),
  weight_base: weight.describe('Share of the pool’s worth that is base'),
  weight_quote: weight
    .optional()
    .describe('Share that is quote; absent: the rest. Less than the rest where the pool has further coins'),
  fee: z.number().min(0).max(0.5).default(0.003).describe('Share of the input that the pool keeps'),
  order_max: z
    .number()
    .positive()
    .max(1)
    .default(0.3)
    .describe('Largest input or output of one order, as a share of the balance; what is more is not filled'),
})
type Spec = z.infer<typeof schema>

/** The mid is kept beside the balances: after a recovery it is the anchor to the last bit. */
const shape = { base: 'f64', quote: 'f64', mid: 'f64' } as const

interface Pool {
  readonly index: number
  readonly base: number
  readonly quote: number
  readonly weight_base: number
  readonly weight_quote: number
  readonly fee: number
  readonly order_max: number
  readonly state: Columns<typeof shape>
  readonly providers: Providers
  readonly ledger: Ledger
}

const mid = (pool: Pool) => pool.state.mid.data[0] as number

/** Quote per base at balances: worth of either coin is in proportion to its weight. */
const price_at = (pool: Pool, base: number, quote: number): number => (quote / pool.weight_quote / base) * pool.weight_base

function fill_of(pool: Pool, party: number, base: number, quote: number, mid_after: number, fee_quote: number, decay = 1): Fill {
  return { market: pool.index, party, base, quote, mid_before: mid(pool), mid_after, legs: [], fee_quote, decay, permanent: 0 }
}

/** What an order gets; nothing is changed. */
function take(pool: Pool, order: Order): Fill {
  const { side, amount, exact, limit, party } = order
  assert(amount >= 0 && limit >= 0, `order of ${amount} with limit ${limit} on a pool`)
  const { fee, order_max } = pool
  const base = pool.state.base.data[0] as number
  const quote = pool.state.quote.data[0] as number
  const selling = side < 0
  const [x, y] = selling ? [base, quote] : [quote, base]
  const e = selling ? pool.weight_base / pool.weight_quote : pool.weight_quote / pool.weight_base
  const exact_in = selling === (exact === 'base')

  const most = (order_max * x) / (1 - fee)
  let got = exact_in ? 0 : Math.min(amount, order_max * y)
  let paid = exact_in ? Math.min(amount, most) : got < y ? in_for(got, x, y, e, fee) : Number.POSITIVE_INFINITY
  if (exact_in) got = out_of(paid, x, y, e, fee)
  if (limit > 0) {
    const within = in_within(selling ? limit : 1 / limit, x, y, e, fee)
    if (paid > within) {
      paid = within
      got = out_of(within, x, y, e, fee)
    }
  }
  const mid_after = selling ? price_at(pool, x + paid, y - got) : price_at(pool, y - got, x + paid)
  // What has no price as a number is not filled: an order for the whole pool, or one that vanishes beside it.
  const possible = paid > 0 && got > 0 && mid_after > 0 && mid_after < Number.POSITIVE_INFINITY
  if (!possible) return fill_of(pool, party, 0, 0, mid(pool), 0)
  if (selling) return fill_of(pool, party, -paid, got, mid_after, (got / (1 - fee)) * fee)
  return fill_of(pool, party, got, -paid, mid_after, paid * fee)
}

/** Sets the balances a fill leaves, and posts the pool's side of it. */
function commit(pool: Pool, fill: Fill, base: number, quote: number): void {
  pool.state.base.set(0, base)
  pool.state.quote.set(0, quote)
  pool.state.mid.set(0, fill.mid_after)
  pool.ledger.postings.post(pool.base, -fill.base)
  pool.ledger.postings.post(pool.quote, -fill.quote)
}

function recover(pool: Pool, dt_ms: number, anchor: number): Fill {
  assert(dt_ms >= 0, `recovery over ${dt_ms} ms`)
  assert(anchor > 0 && anchor < Number.POSITIVE_INFINITY, `anchor ${anchor} of a pool`)
  if (dt_ms < Number.POSITIVE_INFINITY) return fill_of(pool, OUTSIDE, 0, 0, mid(pool), 0)
  if (mid(pool) === anchor) return fill_of(pool, OUTSIDE, 0, 0, anchor, 0, 0)
  const base = pool.state.base.data[0] as number
  const quote = pool.state.quote.data[0] as number
  const [by_base, by_quote] = along(anchor / price_at(pool, base, quote), pool.weight_base, pool.weight_quote)
  const fill = fill_of(pool, OUTSIDE, base - base * by_base, quote - quote * by_quote, anchor, 0, 0)
  commit(pool, fill, base * by_base, quote * by_quote)
  return fill
}

const sides = ({ base, quote, state }: Pool): readonly Side[] => [
  { asset: base, balance: state.base },
  { asset: quote, balance: state.quote },
]

function drain(pool: Pool, asset: number, share: number): number {
  const units = pool.providers.drain(asset, share, sides(pool))
  if (units > 0) pool.state.mid.set(0, price_at(pool, pool.state.base.data[0] as number, pool.state.quote.data[0] as number))
  return units
}

function violations(id: string, pool: Pool): string[] {
  const base = pool.state.base.data[0] as number
  const quote = pool.state.quote.data[0] as number
  const sound = base > 0 && quote > 0 && base + quote < Number.POSITIVE_INFINITY
  if (!sound) return [`${id}: balances are ${base} and ${quote}`]
  const off = Math.abs(mid(pool) / price_at(pool, base, quote) - 1)
  return off < 1e-9 ? [] : [`${id}: the mid is ${mid(pool)}, the balances say ${price_at(pool, base, quote)}`]
}

/** Base that can be sold before the mid falls by `within`, fee apart. */
function depth(pool: Pool, within: number): number {
  const [by_base] = along(1 - Math.min(Math.max(within, 0), 0.999999), pool.weight_base, pool.weight_quote)
  return (pool.state.base.data[0] as number) * (by_base - 1)
}

export const weighted: Kind<Spec, Market & Thinnable & Drainable & Lawful> = {
  id: 'weighted',
  title: 'Weighted product pool with a fee on the input',
  source:
    'Balancer white paper (Martinelli, Mushegian 2019); WeightedMath.sol of balancer-v3-monorepo; recorded answers of its vault',
  schema,
  open(spec, builder) {
    const base = builder.asset(spec.base, 'base')
    const quote_asset = builder.asset(spec.quote, 'quote')
    if (base === quote_asset) throw builder.invalid('quote', spec.quote, 'another asset than base')
    const weight_quote = spec.weight_quote ?? 1 - spec.weight_base
    if (spec.weight_base + weight_quote > 1 + 1e-12)
      throw builder.invalid('weight_quote', spec.weight_quote, `at most ${1 - spec.weight_base}, what base leaves`)
    const state = builder.store.table(`${spec.id}.state`, shape, 1).columns
    const pool: Pool = {
      index: builder.self.index,
      base,
      quote: quote_asset,
      weight_base: spec.weight_base,
      weight_quote,
      fee: spec.fee,
      order_max: spec.order_max,
      state,
      ledger: builder.ledger,
      providers: new Providers(builder, spec.id),
    }
    state.base.data[0] = spec.reserve_base
    state.quote.data[0] = spec.reserve_quote
    state.mid.data[0] = price_at(pool, spec.reserve_base, spec.reserve_quote)
    return {
      base,
      quote_asset,
      settles: -1,
      mid: () => mid(pool),
      quote: (order) => take(pool, order),
      fill(order) {
        const fill = take(pool, order)
        commit(pool, fill, (state.base.data[0] as number) - fill.base, (state.quote.data[0] as number) - fill.quote)
        return fill
      },
      recover: (dt_ms, anchor) => recover(pool, dt_ms, anchor),
      thin: (share) => void pool.providers.thin(share, sides(pool)),
      drain: (asset, share) => drain(pool, asset, share),
      depth: (within) => depth(pool, within),
      make() {
        assert(false, `${spec.id} is a pool: it has no makers`)
      },
      cancel: () => 0,
      holdings(out) {
        out[base] = (out[base] as number) + (state.base.data[0] as number)
        out[quote_asset] = (out[quote_asset] as number) + (state.quote.data[0] as number)
      },
      violations: () => violations(spec.id, pool),
    }
  },
}
