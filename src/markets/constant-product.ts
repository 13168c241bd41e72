/**
 * A constant product pool. The other side of every order is the pool, so fills have no legs; it keeps its fee in the reserves.
 * It moves only by trades: time alone changes nothing, and a recovery without end is a trade of `outside`, free of fee, to the
 * anchor.
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
import { in_for, in_within, out_of } from './constant-product/kernel.ts'
import { Providers, type Side } from './shared/liquidity.ts'

const schema = z.strictObject({
  kind: z.literal('constant-product').describe('constant-product'),
  id: z.string().min(1).describe('Name of the market, unique'),
  base: z.string().describe('Asset that is bought and sold'),
  quote: z.string().describe('Asset in which it is paid'),
  reserve_base: z.number().positive().describe('Base units in the pool at the start'),
  reserve_quote: z.number().positive().describe('Quote units in the pool at the start'),
  fee: z.number().min(0).max(0.5).default(0.003).describe('Share of the input that the pool keeps'),
})
type Spec = z.infer<typeof schema>

/** The mid is kept beside the reserves: after a recovery it is the anchor to the last bit, which a quotient cannot always be. */
const shape = { base: 'f64', quote: 'f64', mid: 'f64' } as const

interface Pool {
  readonly index: number
  readonly base: number
  readonly quote: number
  readonly fee: number
  readonly reserves: Columns<typeof shape>
  readonly providers: Providers
  readonly ledger: Ledger
}

const mid = (pool: Pool) => pool.reserves.mid.data[0] as number

/** A fill with the taker's amounts; `decay` 1: nothing of a pool's displacement fades. */
function fill_of(pool: Pool, party: number, base: number, quote: number, mid_after: number, fee_quote: number, decay = 1): Fill {
  const mid_before = mid(pool)
  return { market: pool.index, party, base, quote, mid_before, mid_after, legs: [], fee_quote, decay, permanent: 0 }
}

/** What an order gets; nothing is changed. */
function take(pool: Pool, order: Order): Fill {
  const { side, amount, exact, limit, party } = order
  assert(amount >= 0 && limit >= 0, `order of ${amount} with limit ${limit} on a pool`)
  const base = pool.reserves.base.data[0] as number
  const quote = pool.reserves.quote.data[0] as number
  const [x, y] = side < 0 ? [base, quote] : [quote, base]
  const exact_in = side < 0 === (exact === 'base')

  let paid = amount
  if (!exact_in) paid = amount < y ? in_for(amount, x, y, pool.fee) : Number.POSITIVE_INFINITY
  let got = exact_in ? out_of(amount, x, y, pool.fee) : amount
  if (limit > 0) {
    const most = in_within(side < 0 ? limit : 1 / limit, x, y, pool.fee)
    if (paid > most) {
      paid = most
      got = out_of(most, x, y, pool.fee)
    }
  }
  const mid_after = side < 0 ? (y - got) / (x + paid) : (x + paid) / (y - got)
  // What has no price as a number is not filled: an order for the whole pool, or one that vanishes beside it.
  const possible = paid > 0 && got > 0 && mid_after > 0 && mid_after < Number.POSITIVE_INFINITY
  if (!possible) return fill_of(pool, party, 0, 0, mid(pool), 0)
  if (side < 0) return fill_of(pool, party, -paid, got, mid_after, (got / (1 - pool.fee)) * pool.fee)
  return fill_of(pool, party, got, -paid, mid_after, paid * pool.fee)
}

/** Sets the reserves a fill leaves, and posts the pool's side of it. */
function commit(pool: Pool, fill: Fill, base: number, quote: number): void {
  pool.reserves.base.set(0, base)
  pool.reserves.quote.set(0, quote)
  pool.reserves.mid.set(0, fill.mid_after)
  pool.ledger.postings.post(pool.base, -fill.base)
  pool.ledger.postings.post(pool.quote, -fill.quote)
}

function recover(pool: Pool, dt_ms: number, anchor: number): Fill {
  assert(dt_ms >= 0, `recovery over ${dt_ms} ms`)
  assert(anchor > 0 && anchor < Number.POSITIVE_INFINITY, `anchor ${anchor} of a pool`)
  if (dt_ms < Number.POSITIVE_INFINITY || mid(pool) === anchor)
    return fill_of(pool, OUTSIDE, 0, 0, mid(pool), 0, dt_ms < Number.POSITIVE_INFINITY ? 1 : 0)
  const base = pool.reserves.base.data[0] as number
  const quote = pool.reserves.quote.data[0] as number
  const next_base = Math.sqrt(base / anchor) * Math.sqrt(quote)
  const next_quote = next_base * anchor
  const fill = fill_of(pool, OUTSIDE, base - next_base, quote - next_quote, anchor, 0, 0)
  commit(pool, fill, next_base, next_quote)
  return fill
}

const sides = ({ base, quote, reserves }: Pool): readonly Side[] => [
  { asset: base, balance: reserves.base },
  { asset: quote, balance: reserves.quote },
]

function drain(pool: Pool, asset: number, share: number): number {
  const units = pool.providers.drain(asset, share, sides(pool))
  if (units > 0) pool.reserves.mid.set(0, (pool.reserves.quote.data[0] as number) / (pool.reserves.base.data[0] as number))
  return units
}

function violations(id: string, pool: Pool): string[] {
  const base = pool.reserves.base.data[0] as number
  const quote = pool.reserves.quote.data[0] as number
  const sound = base > 0 && quote > 0 && base + quote < Number.POSITIVE_INFINITY
  if (!sound) return [`${id}: reserves are ${base} and ${quote}`]
  const off = Math.abs(mid(pool) / (quote / base) - 1)
  return off < 1e-9 ? [] : [`${id}: the mid is ${mid(pool)}, the reserves say ${quote / base}`]
}

export const constantProduct: Kind<Spec, Market & Thinnable & Drainable & Lawful> = {
  id: 'constant-product',
  title: 'Constant product pool with a fee on the input',
  source: 'Uniswap v2 white paper, March 2020; tables of UniswapV2Pair.spec.ts',
  schema,
  open(spec, builder) {
    const base = builder.asset(spec.base, 'base')
    const quote_asset = builder.asset(spec.quote, 'quote')
    if (base === quote_asset) throw builder.invalid('quote', spec.quote, 'another asset than base')
    const { columns } = builder.store.table(`${spec.id}.reserves`, shape, 1)
    columns.base.data[0] = spec.reserve_base
    columns.quote.data[0] = spec.reserve_quote
    columns.mid.data[0] = spec.reserve_quote / spec.reserve_base
    const pool: Pool = {
      index: builder.self.index,
      base,
      quote: quote_asset,
      fee: spec.fee,
      reserves: columns,
      ledger: builder.ledger,
      providers: new Providers(builder, spec.id),
    }
    return {
      base,
      quote_asset,
      settles: -1,
      mid: () => mid(pool),
      quote: (order) => take(pool, order),
      fill(order) {
        const fill = take(pool, order)
        commit(pool, fill, (columns.base.data[0] as number) - fill.base, (columns.quote.data[0] as number) - fill.quote)
        return fill
      },
      recover: (dt_ms, anchor) => recover(pool, dt_ms, anchor),
      thin: (share) => void pool.providers.thin(share, sides(pool)),
      drain: (asset, share) => drain(pool, asset, share),
      // What can be sold before the mid falls by `within`, fee apart: x · (1 / √(1 − within) − 1).
      depth: (within) => (columns.base.data[0] as number) * (1 / Math.sqrt(1 - Math.min(Math.max(within, 0), 0.999999)) - 1),
      make() {
        assert(false, `${spec.id} is a pool: it has no makers`)
      },
      cancel: () => 0,
      holdings(out) {
        out[base] = (out[base] as number) + (columns.base.data[0] as number)
        out[quote_asset] = (out[quote_asset] as number) + (columns.quote.data[0] as number)
      },
      violations: () => violations(spec.id, pool),
    }
  },
}
