/**
 * A module that swaps an issued asset (base) and its reserve asset (quote) at a fixed price, both ways and at once: a peg stability module, the
 * issuer of a wrapped or bridged asset, the mint of a hedged dollar. It has no curve: what it gives ends where its reserve, its ceiling, its
 * allowance or its hours end. The other side is the module, so fills have no legs; issued units are minted and burnt by name.
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
import { type Books, cost_of, to_burn, to_mint, to_take, worth_of } from './peg-module/kernel.ts'
import {
  at_hand,
  type Backing,
  backingSchema,
  broken_backing,
  LEAST_SHARE,
  open_backing,
  pass_backing,
  put,
  reopen,
  share_of,
  value_of,
} from './shared/backing.ts'
import { type Hours, hoursSchema, is_open, open_hours } from './shared/calendar.ts'
import { left_of, type Limit, limitSchema, open_limit, pass_limit, refill, use_limit } from './shared/limit.ts'
import { may_deal, open_parties, partiesSchema } from './shared/parties.ts'

const units = z.number().min(0).max(1e15)
const fee = z.number().min(-0.5).max(0.99)
const schema = z.strictObject({
  kind: z.literal('peg-module').describe('peg-module'),
  id: z.string().min(1).describe('Name of the market, unique'),
  base: z.string().describe('Asset that is issued and redeemed'),
  quote: z.string().describe('Asset held in reserve'),
  price: z.number().positive().max(1e9).default(1).describe('Quote units for which one base unit is issued and redeemed'),
  tin: fee.default(0).describe('Fee of issuing, a share of the base that would come out; negative pays extra'),
  tout: fee.default(0).describe('Fee of redeeming, base on top of what is burnt; negative takes less'),
  reserve: units.describe('Quote units at hand at the start'),
  debt: units
    .optional()
    .describe('Base units issued through the module at the start; absent: what the reserve and the buffer are worth'),
  ceiling: units.optional().describe('Most base units issued through the module; absent: no ceiling'),
  buffer: z
    .strictObject({
      units: units.describe('base units kept minted ahead'),
      keeper_ms: z
        .number()
        .int()
        .min(1)
        .max(31_536_000_000)
        .default(3_600_000)
        .describe('how often keepers fill and trim it, ms'),
    })
    .optional()
    .describe('what is issued comes from a buffer that can run empty; absent: it is minted as it is asked for'),
  issue_limit: limitSchema.optional(),
  redeem_limit: limitSchema.optional(),
  order_min: units.default(0).describe('Smallest order, base units; less is not filled'),
  hours: hoursSchema.optional(),
  parties: partiesSchema.optional(),
  backing: backingSchema.optional(),
})
type Spec = z.infer<typeof schema>

/** `cash` is base in custody, minted ahead or fees. */
const shape = { time_ms: 'f64', cash: 'f64', debt: 'f64', mid: 'f64' } as const

interface Module {
  readonly index: number
  readonly base: number
  readonly quote: number
  readonly spec: Spec
  readonly hours: Hours | undefined
  readonly parties: ReadonlySet<number> | undefined
  readonly ceiling: number
  readonly opening_debt: number
  readonly state: Columns<typeof shape>
  readonly backing: Backing
  readonly issue: Limit
  readonly redeem: Limit
  readonly ledger: Ledger
}

const mid = (m: Module) => m.state.mid.data[0] as number
const cash = (m: Module) => m.state.cash.data[0] as number
const debt = (m: Module) => m.state.debt.data[0] as number

/** Quote units that what is outstanding would redeem for in full. */
const owed = (m: Module): number => Math.max(0, debt(m) - cash(m)) * m.spec.price
const share = (m: Module): number => share_of(m.backing, owed(m))

function fill_of(m: Module, party: number, base: number, quote: number, mid_after: number, fee_quote: number, decay = 1): Fill {
  return { market: m.index, party, base, quote, mid_before: mid(m), mid_after, legs: [], fee_quote, decay, permanent: 0 }
}

/** Most base units that can be issued now. */
function issuable(m: Module): number {
  const room = m.spec.buffer === undefined ? Math.max(0, m.ceiling - debt(m)) * (1 - m.spec.tin) : cash(m)
  return Math.min(room, left_of(m.issue))
}

/** Most base units that can be redeemed now at this worth. */
const redeemable = (m: Module, worth: number): number => Math.min(at_hand(m.backing) / worth, left_of(m.redeem))

/** What an order gets; nothing is changed. Prices are flat: a limit lets all through or nothing. */
function take(m: Module, order: Order): Fill {
  const { side, amount, exact, limit, party } = order
  assert(amount >= 0 && limit >= 0, `order of ${amount} with limit ${limit} on a module`)
  const nothing = fill_of(m, party, 0, 0, mid(m), 0)
  if (!is_open(m.hours, m.state.time_ms.data[0] as number) || !may_deal(m.parties, party)) return nothing
  const { price, tin, tout, order_min } = m.spec
  const each = side > 0 ? cost_of(price, tin) : worth_of(price, tout, share(m))
  if (limit > 0 && side * (each - limit) > 0) return nothing
  if (side < 0 && !(share(m) > LEAST_SHARE)) return nothing
  const most = side > 0 ? issuable(m) : redeemable(m, each)
  const base = Math.min(exact === 'base' ? amount : amount / each, most)
  if (!(base > 0 && base >= order_min)) return nothing
  let quote = exact === 'quote' && base < most ? amount : base * each
  if (side < 0) quote = Math.min(quote, at_hand(m.backing))
  if (!(quote > 0)) return nothing
  const kept = side > 0 ? base * (each - price) : base * (price * share(m) - each)
  return fill_of(m, party, side * base, -side * quote, price_after(m, side * base, side * quote), Math.max(0, kept))
}

/** What a module that pays everybody the same share pays after it took in base against quote: fees, and issuing below par, raise it. */
function price_after(m: Module, issued: number, paid: number): number {
  if (m.spec.backing?.short !== 'pro-rata') return mid(m)
  const owed_after = Math.max(0, debt(m) - cash(m) + issued) * m.spec.price
  return m.spec.price * share_of(m.backing, owed_after, value_of(m.backing) + paid)
}

/** Leaves the module as the fill leaves it, and posts its side; units minted and burnt are named. */
function commit(m: Module, fill: Fill): void {
  if (fill.base === 0) return
  const { postings } = m.ledger
  const { state, spec } = m
  put(m.backing, -fill.quote)
  use_limit(fill.base > 0 ? m.issue : m.redeem, Math.abs(fill.base))
  if (spec.buffer !== undefined) {
    state.cash.add(0, -fill.base)
    postings.post(m.base, -fill.base)
  } else {
    // Issued or burnt at par; the fee is the difference, and stays in custody.
    const par = fill.base > 0 ? fill.base / (1 - spec.tin) : fill.base / (1 + spec.tout)
    const kept = Math.max(0, par - fill.base)
    state.debt.set(0, Math.max(0, debt(m) + par))
    state.cash.add(0, kept)
    postings.post(m.base, kept)
    postings.mint(m.base, fill.base + kept)
  }
  state.mid.set(0, fill.mid_after)
}

/** Base units come to (positive) or vanish from custody by rule. */
function create(m: Module, amount: number): void {
  m.state.cash.add(0, amount)
  m.ledger.postings.post(m.base, amount)
  m.ledger.postings.mint(m.base, amount)
}

/** Keepers take fees to the surplus of the issuer, who is outside, burn what is too much and mint what is missing. */
function keep(m: Module): void {
  const { buffer } = m.spec
  if (buffer === undefined) return
  const books = (): Books => ({ cash: cash(m), backed: value_of(m.backing) / m.spec.price, debt: debt(m) })
  const taken = to_take(books())
  if (taken > 0) create(m, -taken)
  const burnt = to_burn(books(), buffer.units, m.ceiling)
  const minted = burnt > 0 ? 0 : to_mint(books(), buffer.units, m.ceiling)
  if (burnt === 0 && minted === 0) return
  create(m, minted - burnt)
  m.state.debt.add(0, minted - burnt)
}

function pass(m: Module, dt_ms: number): Fill {
  const { state, spec } = m
  const from_ms = state.time_ms.data[0] as number
  const until_ms = from_ms + dt_ms
  state.time_ms.set(0, until_ms)
  pass_limit(m.issue, from_ms, until_ms)
  pass_limit(m.redeem, from_ms, until_ms)
  pass_backing(m.backing, from_ms, until_ms, owed(m))
  const period = spec.buffer?.keeper_ms
  if (period !== undefined && Math.floor(until_ms / period) > Math.floor(from_ms / period)) keep(m)
  const fill = fill_of(m, OUTSIDE, 0, 0, spec.price * share(m), 0)
  state.mid.set(0, fill.mid_after)
  return fill
}

/** Stands as at the start, by a trade with `outside` at once: only the clock goes on. */
function restore(m: Module, passed_ms: number): Fill {
  const { state, spec } = m
  state.time_ms.add(0, passed_ms)
  const quote = reopen(m.backing)
  const base = (spec.buffer?.units ?? 0) - cash(m)
  m.ledger.postings.post(m.base, base)
  state.cash.set(0, spec.buffer?.units ?? 0)
  state.debt.set(0, m.opening_debt)
  refill(m.issue)
  refill(m.redeem)
  const fill = fill_of(m, OUTSIDE, -base, -quote, spec.price * share(m), 0, 0)
  state.mid.set(0, fill.mid_after)
  return fill
}

function recover(m: Module, dt_ms: number, anchor: number, passed_ms = 0): Fill {
  assert(dt_ms >= 0, `recovery over ${dt_ms} ms`)
  assert(anchor > 0 && anchor < Number.POSITIVE_INFINITY, `anchor ${anchor} of a module`)
  return dt_ms < Number.POSITIVE_INFINITY ? pass(m, dt_ms) : restore(m, passed_ms)
}

/** Base that can be redeemed now, when the fee is no more than `within`. */
function depth(m: Module, within: number): number {
  const worth = worth_of(m.spec.price, m.spec.tout, share(m))
  const open = is_open(m.hours, m.state.time_ms.data[0] as number)
  return open && worth >= mid(m) * (1 - within) ? redeemable(m, worth) : 0
}

function violations(id: string, m: Module): string[] {
  const found = broken_backing(id, m.backing)
  if (!(cash(m) >= -1e-9 * Math.max(1, m.opening_debt) && cash(m) < Number.POSITIVE_INFINITY))
    found.push(`${id}: cash is ${cash(m)}`)
  if (!(debt(m) >= 0 && debt(m) < Number.POSITIVE_INFINITY)) found.push(`${id}: debt is ${debt(m)}`)
  const price = m.spec.price * share(m)
  if (!(Math.abs(mid(m) / price - 1) < 1e-9)) found.push(`${id}: the mid is ${mid(m)}, the rule says ${price}`)
  return found
}

function open_module(spec: Spec, builder: WorldBuilder): Module {
  const base = builder.asset(spec.base, 'base')
  const quote = builder.asset(spec.quote, 'quote')
  if (base === quote) throw builder.invalid('quote', spec.quote, 'another asset than base')
  if ((spec.buffer !== undefined || spec.backing !== undefined) && (spec.tin < 0 || spec.tout < 0))
    throw builder.invalid(spec.tin < 0 ? 'tin' : 'tout', Math.min(spec.tin, spec.tout), 'at least 0 with a buffer or a backing')
  const { store, ledger } = builder
  const { index } = builder.self
  const buffer = spec.buffer?.units ?? 0
  const opening_debt = spec.debt ?? (spec.reserve + (spec.backing?.locked ?? 0)) / spec.price + buffer
  if (opening_debt < buffer) throw builder.invalid('debt', spec.debt, `at least the buffer of ${buffer}`)
  const m: Module = {
    index,
    base,
    quote,
    spec,
    hours: spec.hours === undefined ? undefined : open_hours(spec.hours),
    parties: open_parties(spec.parties, builder),
    ceiling: spec.ceiling ?? Number.POSITIVE_INFINITY,
    opening_debt,
    state: store.table(`${spec.id}.state`, shape, 1).columns,
    backing: open_backing(spec.backing, spec.reserve, quote, ledger, store, `${spec.id}.backing`),
    issue: open_limit(spec.issue_limit, store, `${spec.id}.issue`),
    redeem: open_limit(spec.redeem_limit, store, `${spec.id}.redeem`),
    ledger,
  }
  m.state.time_ms.data[0] = builder.time_ms
  m.state.cash.data[0] = buffer
  m.state.debt.data[0] = opening_debt
  m.state.mid.data[0] = spec.price * share(m)
  return m
}

export const pegModule: Kind<Spec, Market & Lawful> = {
  id: 'peg-module',
  title: 'Peg module: issues and redeems at a fixed price out of a reserve that can run empty',
  source: 'makerdao/dss-psm, makerdao/dss-lite-psm (0006903) and their tests; wrapped, bridged and hedged assets by parameters',
  schema,
  open(spec, builder) {
    const m = open_module(spec, builder)
    return {
      base: m.base,
      quote_asset: m.quote,
      settles: -1,
      mid: () => mid(m),
      quote: (order) => take(m, order),
      fill(order) {
        const fill = take(m, order)
        commit(m, fill)
        return fill
      },
      recover: (dt_ms, anchor, passed_ms) => recover(m, dt_ms, anchor, passed_ms),
      depth: (within) => depth(m, within),
      make() {
        assert(false, `${spec.id} is a module: it has no makers`)
      },
      cancel: () => 0,
      holdings(out) {
        out[m.base] = (out[m.base] as number) + cash(m)
        out[m.quote] = (out[m.quote] as number) + value_of(m.backing)
      },
      violations: () => violations(spec.id, m),
    }
  },
}
