/**
 * The mint of an algorithmic stablecoin: swaps it (quote) and the coin that backs it (base) at the price of an oracle, with a spread from virtual
 * pools that a recovery period brings back. It holds nothing: what is offered is burnt, what is asked for is minted, both by name. So the backing
 * coin is issued without end as its price falls, which is how such a coin ends.
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
  type WorldBuilder,
} from '../model/index.ts'
import { in_for, in_within, kept, out_of } from './virtual-pool/kernel.ts'

const schema = z.strictObject({
  kind: z.literal('virtual-pool').describe('virtual-pool'),
  id: z.string().min(1).describe('Name of the market, unique'),
  base: z.string().describe('Asset that backs the stablecoin and is minted for it'),
  quote: z.string().describe('The stablecoin: always worth one unit of account here'),
  base_pool: z.number().positive().max(1e15).describe('Size of the virtual pools at rest, quote units'),
  delta: z.number().default(0).describe('What the stable pool is above its rest at the start, quote units'),
  recovery_blocks: z
    .number()
    .min(1)
    .max(1e9)
    .default(36)
    .describe('Blocks in which the pools come back: each takes one part of that many'),
  block_ms: z.number().positive().max(1e7).default(6000).describe('Time between blocks, ms'),
  min_spread: z.number().min(0).max(0.99).default(0.005).describe('Least spread, a ratio'),
  price: z
    .string()
    .min(1)
    .describe('Market that prices base in the unit of account, which one quote unit stands for; listed before this one'),
  vote_ms: z.number().int().min(1).max(86_400_000).default(30_000).describe('How often the oracle votes on the price, ms'),
})
type Spec = z.infer<typeof schema>

const shape = { time_ms: 'f64', delta: 'f64', price: 'f64', mid: 'f64' } as const

interface Pool {
  readonly index: number
  readonly base: number
  readonly quote: number
  readonly spec: Spec
  readonly oracle: Market
  readonly state: Columns<typeof shape>
  readonly ledger: Ledger
}

const mid = (pool: Pool) => pool.state.mid.data[0] as number
const price = (pool: Pool) => pool.state.price.data[0] as number
/** Virtual stable pool at a δ; the other is B² ÷ it. */
const stable = (pool: Pool, delta = pool.state.delta.data[0] as number) => pool.spec.base_pool + delta

/** Quote per base at the margin, spread apart: the oracle's price times the square of the stable pool to its rest. */
const mid_at = (pool: Pool, own: number) => price(pool) * (own / pool.spec.base_pool) * (own / pool.spec.base_pool)

function fill_of(pool: Pool, party: number, base: number, quote: number, mid_after: number, fee_quote: number, decay = 1): Fill {
  return { market: pool.index, party, base, quote, mid_before: mid(pool), mid_after, legs: [], fee_quote, decay, permanent: 0 }
}

/** What an order gets; nothing is changed. In between, amounts of base are in the pool's measure: units times the oracle's price. */
function take(pool: Pool, order: Order): Fill {
  const { side, amount, exact, limit, party } = order
  assert(amount >= 0 && limit >= 0, `order of ${amount} with limit ${limit} on a pool`)
  const { base_pool, min_spread } = pool.spec
  const p = price(pool)
  const selling = side < 0
  const own = selling ? (base_pool / stable(pool)) * base_pool : stable(pool)
  const exact_in = selling === (exact === 'base')
  // Sold: base in, stable out. Bought: stable in, base out.
  const [unit_in, unit_out] = selling ? [p, 1] : [1, p]
  let paid = exact_in ? amount * unit_in : in_for(amount * unit_out, own, base_pool, min_spread)
  if (limit > 0) paid = Math.min(paid, in_within(selling ? limit / p : p / limit, own, base_pool, min_spread))
  if (!(paid > 0 && paid < Number.POSITIVE_INFINITY)) return fill_of(pool, party, 0, 0, mid(pool), 0)
  const got = out_of(paid, own, base_pool, min_spread)
  const whole_in = exact_in && paid === amount * unit_in
  const give = whole_in ? amount : paid / unit_in
  const take_out = !exact_in && limit === 0 ? amount : got / unit_out
  const next = stable(pool) + (selling ? -take_out : give)
  const after = mid_at(pool, next)
  if (!(got > 0 && give > 0 && next > 0 && after > 0 && after < Number.POSITIVE_INFINITY))
    return fill_of(pool, party, 0, 0, mid(pool), 0)
  if (selling) return fill_of(pool, party, -give, take_out, after, Math.max(0, paid - got))
  return fill_of(pool, party, take_out, -give, after, Math.max(0, paid - got))
}

/** What is offered is burnt and what is asked for minted, by name; the pools move. */
function commit(pool: Pool, fill: Fill): void {
  if (fill.base === 0) return
  const { state, ledger } = pool
  // Sold: what came out in stable leaves its pool. Bought: what was paid goes into it.
  state.delta.add(0, -fill.quote)
  state.mid.set(0, fill.mid_after)
  ledger.postings.mint(pool.base, fill.base)
  ledger.postings.mint(pool.quote, fill.quote)
}

/** Blocks bring the pools back; the oracle votes. A price that moved is the market's own doing: its causes are not carried over. */
function pass(pool: Pool, dt_ms: number): Fill {
  const { state, spec } = pool
  const from_ms = state.time_ms.data[0] as number
  const until_ms = from_ms + dt_ms
  state.time_ms.set(0, until_ms)
  state.delta.set(0, (state.delta.data[0] as number) * kept(spec.recovery_blocks, dt_ms / spec.block_ms))
  if (Math.floor(until_ms / spec.vote_ms) > Math.floor(from_ms / spec.vote_ms)) state.price.set(0, pool.oracle.mid())
  const fill = fill_of(pool, OUTSIDE, 0, 0, mid_at(pool, stable(pool)), 0)
  state.mid.set(0, fill.mid_after)
  return fill
}

function recover(pool: Pool, dt_ms: number, anchor: number, passed_ms = 0): Fill {
  assert(dt_ms >= 0, `recovery over ${dt_ms} ms`)
  assert(anchor > 0 && anchor < Number.POSITIVE_INFINITY, `anchor ${anchor} of a pool`)
  if (dt_ms < Number.POSITIVE_INFINITY) return pass(pool, dt_ms)
  const fill = fill_of(pool, OUTSIDE, 0, 0, anchor, 0, 0)
  pool.state.time_ms.add(0, passed_ms)
  pool.state.delta.set(0, 0)
  pool.state.price.set(0, anchor)
  pool.state.mid.set(0, anchor)
  return fill
}

/** Base that can be sold before the mid falls by `within`, spread apart. */
function depth(pool: Pool, within: number): number {
  const { base_pool } = pool.spec
  const own = stable(pool)
  const next = own * Math.sqrt(1 - Math.min(Math.max(within, 0), 0.999999))
  return ((base_pool / next - base_pool / own) * base_pool) / price(pool)
}

function violations(id: string, pool: Pool): string[] {
  const found: string[] = []
  const own = stable(pool)
  if (!(own > 0 && own < Number.POSITIVE_INFINITY)) found.push(`${id}: the stable pool is ${own}`)
  if (!(price(pool) > 0 && price(pool) < Number.POSITIVE_INFINITY)) found.push(`${id}: the oracle says ${price(pool)}`)
  const off = Math.abs(mid(pool) / mid_at(pool, own) - 1)
  if (!(off < 1e-9)) found.push(`${id}: the mid is ${mid(pool)}, the pools say ${mid_at(pool, own)}`)
  return found
}

function open_pool(spec: Spec, builder: WorldBuilder): Pool {
  const base = builder.asset(spec.base, 'base')
  const quote = builder.asset(spec.quote, 'quote')
  if (base === quote) throw builder.invalid('quote', spec.quote, 'another asset than base')
  const at = builder.market(spec.price, 'price')
  const { index } = builder.self
  if (at >= index) throw builder.invalid('price', spec.price, 'a market listed before this one')
  const oracle = builder.market_at(at)
  if (oracle.base !== base || oracle.quote_asset === quote)
    throw builder.invalid('price', spec.price, `a market of ${spec.base} against a unit of account, not ${spec.quote}`)
  if (!(spec.base_pool + spec.delta > 0)) throw builder.invalid('delta', spec.delta, `more than −base_pool = ${-spec.base_pool}`)
  const state = builder.store.table(`${spec.id}.state`, shape, 1).columns
  const pool: Pool = { index, base, quote, spec, oracle, state, ledger: builder.ledger }
  state.time_ms.data[0] = builder.time_ms
  state.delta.data[0] = spec.delta
  state.price.data[0] = oracle.mid()
  state.mid.data[0] = mid_at(pool, stable(pool))
  return pool
}

export const virtualPool: Kind<Spec, Market & Lawful> = {
  id: 'virtual-pool',
  title: 'Virtual pools of an algorithmic stablecoin: mints and burns at the oracle’s price, with a spread that recovers',
  source: 'terra-money/classic-core x/market/keeper (swap.go, keeper.go, msg_server.go)',
  schema,
  open(spec, builder) {
    const pool = open_pool(spec, builder)
    return {
      base: pool.base,
      quote_asset: pool.quote,
      settles: -1,
      mid: () => mid(pool),
      quote: (order) => take(pool, order),
      fill(order) {
        const fill = take(pool, order)
        commit(pool, fill)
        return fill
      },
      recover: (dt_ms, anchor, passed_ms) => recover(pool, dt_ms, anchor, passed_ms),
      depth: (within) => depth(pool, within),
      make() {
        assert(false, `${spec.id} is a pool: it has no makers`)
      },
      cancel: () => 0,
      holdings() {},
      violations: () => violations(spec.id, pool),
    }
  },
}
