/**
 * A pool of two coins meant to be worth about the same. The other side of every order is the pool, so fills have no legs; the part of
 * the fee that belongs to the protocol stays in custody off the curve. It moves by trades, and by a ramp of its amplification, which
 * time drives; a recovery without end is a trade of `outside`, free of fee, along the curve to the anchor.
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
  type WorldBuilder,
} from '../model/index.ts'
import {
  balance_at,
  fee_of,
  given,
  gross_for,
  invariant,
  level,
  marginal,
  needed,
  type Terms,
  within as within_limit,
} from './stable-swap/kernel.ts'
import { Providers, type Side } from './shared/liquidity.ts'

const DAY_MS = 86_400_000
const amplification = z.number().min(1).max(1_000_000)
const rate = z.number().min(1e-9).max(1e9).default(1)
const schema = z.strictObject({
  kind: z.literal('stable-swap').describe('stable-swap'),
  id: z.string().min(1).describe('Name of the market, unique'),
  base: z.string().describe('Asset that is bought and sold'),
  quote: z.string().describe('Asset in which it is paid'),
  reserve_base: z.number().positive().describe('Base units on the curve at the start'),
  reserve_quote: z.number().positive().describe('Quote units on the curve at the start'),
  amplification: amplification.describe('A: 1 curves much, 100 to 2,000 hold the price near par until the pool is lopsided'),
  ramp: z
    .strictObject({
      to: amplification.describe('A at the end, within ten times of `amplification` either way'),
      from_ms: z.number().int().min(0).describe('When it begins, ms since the epoch; A before is `amplification`'),
      until_ms: z.number().int().min(0).describe('When it ends, a day or more later'),
    })
    .optional()
    .describe('A linear change of A'),
  fee: z.number().min(0).max(0.1).default(0.0004).describe('Share of the output that is kept where the balances are equal'),
  offpeg_multiplier: z
    .number()
    .min(0)
    .max(100)
    .default(2)
    .describe('Factor that the fee nears as the balances part; 1 or less: the fee never changes'),
  admin_fee: z.number().min(0).max(1).default(0.5).describe('Share of the fee that leaves the curve for the protocol'),
  rate_base: rate.describe('Worth of a base unit in the measure of the curve: what a staked or vault share redeems for'),
  rate_quote: rate.describe('The same of a quote unit'),
})
type Spec = z.infer<typeof schema>

/** `admin_…` is custody off the curve; the mid is kept because after a recovery it is the anchor to the last bit. */
const shape = {
  base: 'f64',
  quote: 'f64',
  admin_base: 'f64',
  admin_quote: 'f64',
  mid: 'f64',
  invariant: 'f64',
  amplification: 'f64',
  elapsed_ms: 'f64',
} as const

const BASE = 0
const QUOTE = 1
/** Least share of the invariant that an order may leave in a coin: beyond, contracts no longer find the invariant either. */
const REACH = 1e-9
/** Rounds in the pool's favour. */
const ROUNDING = 1e-15

interface Pool {
  readonly index: number
  readonly base: number
  readonly quote: number
  readonly spec: Spec
  readonly start_ms: number
  readonly state: Columns<typeof shape>
  readonly ledger: Ledger
  readonly xp: Float64Array
  readonly providers: Providers
}

const mid = (pool: Pool) => pool.state.mid.data[0] as number

/** Reads the balances, in the measure of the curve, into `xp`. */
function load({ state, spec, xp }: Pool): Float64Array {
  xp[BASE] = (state.base.data[0] as number) * spec.rate_base
  xp[QUOTE] = (state.quote.data[0] as number) * spec.rate_quote
  return xp
}

const terms_of = ({ state, spec }: Pool): Terms => ({
  a: state.amplification.data[0] as number,
  d: state.invariant.data[0] as number,
  fee: spec.fee,
  multiplier: spec.offpeg_multiplier,
})

/** Quote units per base unit at balances in the measure of the curve. */
const price_at = ({ spec }: Pool, xp: Float64Array, a: number, d: number): number =>
  (marginal(xp, BASE, QUOTE, a, d) * spec.rate_base) / spec.rate_quote

function fill_of(pool: Pool, party: number, base: number, quote: number, mid_after: number, fee_quote: number, decay = 1): Fill {
  return { market: pool.index, party, base, quote, mid_before: mid(pool), mid_after, legs: [], fee_quote, decay, permanent: 0 }
}

interface Trade {
  readonly fill: Fill
  /** What of the fee leaves the curve, in units of what went out, and the invariant afterwards. */
  readonly admin: number
  readonly d: number
}

const nothing = (pool: Pool, party: number): Trade => ({
  fill: fill_of(pool, party, 0, 0, mid(pool), 0),
  admin: 0,
  d: pool.state.invariant.data[0] as number,
})

/** Input in the measure of the curve that an order asks for, before its limit; +Infinity when the curve cannot give it. */
function wanted(xp: Float64Array, i: number, j: number, order: Order, rates: readonly [number, number], terms: Terms): number {
  const exact_in = order.side < 0 === (order.exact === 'base')
  if (exact_in) return order.amount * rates[0]
  const net = order.amount * rates[1]
  const gross = net < (xp[j] as number) ? gross_for(xp, i, j, net, terms) : Number.POSITIVE_INFINITY
  return gross < (xp[j] as number) ? needed(xp, i, j, gross, terms.a, terms.d) : Number.POSITIVE_INFINITY
}

/** Input that leaves twice `REACH` of the invariant in the coin that goes out. */
function reach(xp: Float64Array, i: number, j: number, { a, d }: Terms): number {
  const gross = (xp[j] as number) - 2 * REACH * d
  // The rest of the rounding is not traded again and again.
  return gross > REACH * d ? needed(xp, i, j, gross, a, d) : 0
}

/** What an order gets; nothing is changed. */
function take(pool: Pool, order: Order): Trade {
  const { side, amount, limit, party } = order
  assert(amount >= 0 && limit >= 0, `order of ${amount} with limit ${limit} on a pool`)
  const { spec } = pool
  const xp = load(pool)
  const terms = terms_of(pool)
  const selling = side < 0
  const [i, j] = selling ? [BASE, QUOTE] : [QUOTE, BASE]
  const rates = selling ? ([spec.rate_base, spec.rate_quote] as const) : ([spec.rate_quote, spec.rate_base] as const)

  const exact_in = selling === (order.exact === 'base')
  let dx = wanted(xp, i, j, order, rates, terms)
  const most = reach(xp, i, j, terms)
  // More input than the curve has use for is not taken; more output than it has is not to be had.
  let limited = exact_in && dx > most
  if (limited) dx = most
  if (limit > 0) {
    const asked = Math.min(dx, most)
    const allowed = within_limit(xp, i, j, asked, ((selling ? limit : 1 / limit) * rates[1]) / rates[0], terms)
    if (allowed < asked) {
      limited = true
      dx = allowed
    }
  }
  if (!(dx > 0 && dx <= most)) return nothing(pool, party)
  const gross = given(xp, i, j, dx, terms.a, terms.d)
  const fee = gross * fee_of(xp, i, j, dx, gross, terms)
  let paid = dx / rates[0]
  let got = (gross - fee) / rates[1]
  if (exact_in || limited) got *= 1 - ROUNDING
  else paid *= 1 + ROUNDING
  if (!limited) {
    if (exact_in) paid = amount
    else got = amount
  }
  return settle(pool, order, paid, got, fee / rates[1])
}

/** The trade with what it leaves behind: refused where it leaves next to nothing of a coin. */
function settle(pool: Pool, order: Order, paid: number, got: number, fee: number): Trade {
  const { spec, xp } = pool
  const selling = order.side < 0
  const { a, d } = terms_of(pool)
  const admin = fee * spec.admin_fee
  xp[BASE] = ((pool.state.base.data[0] as number) + (selling ? paid : -got - admin)) * spec.rate_base
  xp[QUOTE] = ((pool.state.quote.data[0] as number) + (selling ? -got - admin : paid)) * spec.rate_quote
  const least = Math.min(xp[BASE] as number, xp[QUOTE] as number)
  if (!(paid > 0 && got > 0 && least > REACH * d)) return nothing(pool, order.party)
  const next = invariant(xp, a)
  const after = price_at(pool, xp, a, next)
  const fill = selling
    ? fill_of(pool, order.party, -paid, got, after, fee)
    : fill_of(pool, order.party, got, -paid, after, (fee * paid) / got)
  return { fill, admin, d: next }
}

/** Leaves the pool as the trade leaves it, and posts its side. */
function commit(pool: Pool, { fill, admin, d }: Trade): void {
  const { state, ledger } = pool
  const selling = fill.base < 0
  state.base.add(0, -fill.base - (selling ? 0 : admin))
  state.quote.add(0, -fill.quote - (selling ? admin : 0))
  if (selling) state.admin_quote.add(0, admin)
  else state.admin_base.add(0, admin)
  state.mid.set(0, fill.mid_after)
  state.invariant.set(0, d)
  ledger.postings.post(pool.base, -fill.base)
  ledger.postings.post(pool.quote, -fill.quote)
}

/** A at a time: linear along the ramp. */
function amplification_at({ amplification: from, ramp }: Spec, time_ms: number): number {
  if (ramp === undefined || time_ms <= ramp.from_ms) return from
  if (time_ms >= ramp.until_ms) return ramp.to
  return from + ((ramp.to - from) * (time_ms - ramp.from_ms)) / (ramp.until_ms - ramp.from_ms)
}

/** Time passes: nothing moves but A, and with it the invariant and the price of the same balances. */
function pass(pool: Pool, dt_ms: number): Fill {
  const { state, spec } = pool
  if (spec.ramp === undefined) return fill_of(pool, OUTSIDE, 0, 0, mid(pool), 0)
  state.elapsed_ms.add(0, dt_ms)
  const a = amplification_at(spec, pool.start_ms + (state.elapsed_ms.data[0] as number))
  if (a === state.amplification.data[0]) return fill_of(pool, OUTSIDE, 0, 0, mid(pool), 0)
  const xp = load(pool)
  const d = invariant(xp, a)
  const fill = fill_of(pool, OUTSIDE, 0, 0, price_at(pool, xp, a, d), 0)
  state.amplification.set(0, a)
  state.invariant.set(0, d)
  state.mid.set(0, fill.mid_after)
  return fill
}

function recover(pool: Pool, dt_ms: number, anchor: number, passed_ms = 0): Fill {
  assert(dt_ms >= 0, `recovery over ${dt_ms} ms`)
  assert(anchor > 0 && anchor < Number.POSITIVE_INFINITY, `anchor ${anchor} of a pool`)
  if (dt_ms < Number.POSITIVE_INFINITY) return pass(pool, dt_ms)
  // A goes on along its ramp; then the same balances are traded to the anchor
  const mid_before = mid(pool)
  pass(pool, passed_ms)
  if (mid(pool) === anchor) return { ...fill_of(pool, OUTSIDE, 0, 0, anchor, 0, 0), mid_before }
  const { spec, state } = pool
  const xp = load(pool)
  const { a, d } = terms_of(pool)
  const x = balance_at(xp, BASE, QUOTE, (anchor * spec.rate_quote) / spec.rate_base, a, d)
  const base = x / spec.rate_base
  const quote = level(xp, BASE, QUOTE, x, a, d) / spec.rate_quote
  const fill = fill_of(
    pool,
    OUTSIDE,
    (state.base.data[0] as number) - base,
    (state.quote.data[0] as number) - quote,
    anchor,
    0,
    0,
  )
  commit(pool, { fill, admin: 0, d })
  return { ...fill, mid_before }
}

/** Base that can be sold before the mid falls by `within`, fee apart. */
function depth(pool: Pool, within: number): number {
  const { spec } = pool
  const xp = load(pool)
  const { a, d } = terms_of(pool)
  const price = marginal(xp, BASE, QUOTE, a, d) * (1 - Math.min(Math.max(within, 0), 0.999999))
  return Math.max(0, balance_at(xp, BASE, QUOTE, price, a, d) - (xp[BASE] as number)) / spec.rate_base
}

const sides = ({ base, quote, state }: Pool): readonly Side[] => [
  { asset: base, balance: state.base },
  { asset: quote, balance: state.quote },
]

/** The invariant goes with the balances, to the first power; the mid stays. */
function thin(pool: Pool, share: number): void {
  const { invariant: d } = pool.state
  d.set(0, (d.data[0] as number) * pool.providers.thin(share, sides(pool)))
}

function drain(pool: Pool, asset: number, share: number): number {
  const units = pool.providers.drain(asset, share, sides(pool))
  if (!(units > 0)) return 0
  const a = pool.state.amplification.data[0] as number
  const d = invariant(load(pool), a)
  pool.state.invariant.set(0, d)
  pool.state.mid.set(0, price_at(pool, pool.xp, a, d))
  return units
}

function violations(id: string, pool: Pool): string[] {
  const { state } = pool
  const found: string[] = []
  for (const name of ['base', 'quote', 'admin_base', 'admin_quote'] as const) {
    const value = state[name].data[0] as number
    const sound = (name.startsWith('admin') ? value >= 0 : value > 0) && value < Number.POSITIVE_INFINITY
    if (!sound) found.push(`${id}: ${name} is ${value}`)
  }
  if (found.length > 0) return found
  const xp = load(pool)
  const { a, d } = terms_of(pool)
  const now = invariant(xp, a)
  if (!(Math.abs(now / d - 1) < 1e-9)) found.push(`${id}: the invariant is ${d}, the balances say ${now}`)
  const price = price_at(pool, xp, a, d)
  if (!(Math.abs(mid(pool) / price - 1) < 1e-6)) found.push(`${id}: the mid is ${mid(pool)}, the curve says ${price}`)
  return found
}

function check_ramp({ ramp, amplification: from }: Spec, builder: WorldBuilder): void {
  if (ramp === undefined) return
  if (ramp.until_ms - ramp.from_ms < DAY_MS)
    throw builder.invalid('ramp.until_ms', ramp.until_ms, `a day or more after from_ms = ${ramp.from_ms}`)
  if (ramp.to > from * 10 || ramp.to * 10 < from) throw builder.invalid('ramp.to', ramp.to, `within ten times of ${from}`)
}

function open_pool(spec: Spec, builder: WorldBuilder): Pool {
  const base = builder.asset(spec.base, 'base')
  const quote = builder.asset(spec.quote, 'quote')
  if (base === quote) throw builder.invalid('quote', spec.quote, 'another asset than base')
  check_ramp(spec, builder)
  const state = builder.store.table(`${spec.id}.state`, shape, 1).columns
  const { index } = builder.self
  const { ledger, time_ms: start_ms } = builder
  const pool: Pool = {
    index,
    base,
    quote,
    spec,
    start_ms,
    state,
    ledger,
    xp: new Float64Array(2),
    providers: new Providers(builder, spec.id),
  }
  const a = amplification_at(spec, start_ms)
  state.base.data[0] = spec.reserve_base
  state.quote.data[0] = spec.reserve_quote
  state.amplification.data[0] = a
  const d = invariant(load(pool), a)
  state.invariant.data[0] = d
  state.mid.data[0] = price_at(pool, pool.xp, a, d)
  return pool
}

export const stableSwap: Kind<Spec, Market & Thinnable & Drainable & Lawful> = {
  id: 'stable-swap',
  title: 'StableSwap pool of two coins, with a fee that grows off the peg',
  source: 'StableSwap white paper (Egorov 2019); curvefi/stableswap-ng CurveStableSwapNG.vy at 2abe778',
  schema,
  open(spec, builder) {
    const pool = open_pool(spec, builder)
    const { base, quote, state } = pool
    return {
      base,
      quote_asset: quote,
      settles: -1,
      mid: () => mid(pool),
      quote: (order) => take(pool, order).fill,
      fill(order) {
        const trade = take(pool, order)
        commit(pool, trade)
        return trade.fill
      },
      recover: (dt_ms, anchor, passed_ms) => recover(pool, dt_ms, anchor, passed_ms),
      thin: (share) => thin(pool, share),
      drain: (asset, share) => drain(pool, asset, share),
      depth: (within) => depth(pool, within),
      make() {
        assert(false, `${spec.id} is a pool: it has no makers`)
      },
      cancel: () => 0,
      holdings(out) {
        out[base] = (out[base] as number) + (state.base.data[0] as number) + (state.admin_base.data[0] as number)
        out[quote] = (out[quote] as number) + (state.quote.data[0] as number) + (state.admin_quote.data[0] as number)
      },
      violations: () => violations(spec.id, pool),
    }
  },
}
