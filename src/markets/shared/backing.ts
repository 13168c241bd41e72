/**
 * What stands behind an issued asset, in units of what it redeems into: a part at hand, a part that is not (locked in trades or stakes, and comes
 * to hand at a rate), and a reserve fund that makes up what is missing while it lasts. Losses and negative carry take from it and are named burns.
 */
import { z } from 'zod'
import type { Columns, Ledger, Store } from '../../model/index.ts'
import { DAY_MS } from './calendar.ts'
import { step_factor, stepsSchema, YEAR_MS } from './rate.ts'

const units = z.number().min(0).max(1e15)

export const backingSchema = z
  .strictObject({
    short: z
      .enum(['first-come', 'pro-rata'])
      .default('first-come')
      .describe('when it is less than what is owed: paid in full while it lasts, or everybody the same share'),
    locked: units.default(0).describe('quote units that are not at hand at the start: in hedged trades, in stakes'),
    unlock_per_day: units.default(0).describe('quote units that come to hand a day'),
    fund: units.default(0).describe('quote units of a reserve fund that pays losses and carry first'),
    losses: stepsSchema.describe('what is left of what is at hand and locked, by time: a hacked bridge, a failed custodian'),
    carry: z
      .array(
        z.strictObject({
          time_ms: z.number().int().min(0).describe('from when on, ms since the epoch'),
          per_year: z.number().min(-10).max(10).describe('yield of what is locked, a year; funding of a hedge'),
        }),
      )
      .max(10_000)
      .default([])
      .describe('only what is negative counts here: it is paid out of the fund, then out of the backing; yield goes to others'),
  })
  .describe('what stands behind the issued asset')
export type BackingSpec = z.infer<typeof backingSchema>

export const NO_BACKING: BackingSpec = {
  short: 'first-come',
  locked: 0,
  unlock_per_day: 0,
  fund: 0,
  losses: [],
  carry: [],
}

const shape = { at_hand: 'f64', locked: 'f64', fund: 'f64' } as const

export interface Backing {
  readonly spec: BackingSpec
  readonly asset: number
  readonly opening: number
  readonly state: Columns<typeof shape>
  readonly ledger: Ledger
}

/** Least share that a pro-rata redemption pays; below, nothing. */
export const LEAST_SHARE = 1e-9

export function open_backing(
  spec: BackingSpec | undefined,
  at_hand: number,
  asset: number,
  ledger: Ledger,
  store: Store,
  name: string,
): Backing {
  const backing = { spec: spec ?? NO_BACKING, asset, opening: at_hand, state: store.table(name, shape, 1).columns, ledger }
  const { state } = backing
  state.at_hand.data[0] = at_hand
  state.locked.data[0] = backing.spec.locked
  state.fund.data[0] = backing.spec.fund
  return backing
}

export const at_hand = ({ state }: Backing): number => state.at_hand.data[0] as number

export const value_of = ({ state }: Backing): number =>
  (state.at_hand.data[0] as number) + (state.locked.data[0] as number) + (state.fund.data[0] as number)

/** Share of what is owed that is paid. @param value what stands behind it, by default now */
export function share_of(backing: Backing, owed: number, value = value_of(backing)): number {
  if (backing.spec.short === 'first-come' || !(owed > 0)) return 1
  return Math.min(1, Math.max(LEAST_SHARE, value / owed))
}

/** Puts units in (positive) or takes them out, and posts the side of the backing. */
export function put(backing: Backing, units: number): void {
  backing.state.at_hand.set(0, Math.max(0, at_hand(backing) + units))
  backing.ledger.postings.post(backing.asset, units)
}

/** Units vanish from (negative) or come to a part by rule, named as such. */
function create(backing: Backing, part: keyof typeof shape, units: number): void {
  const column = backing.state[part]
  column.set(0, Math.max(0, (column.data[0] as number) + units))
  backing.ledger.postings.post(backing.asset, units)
  backing.ledger.postings.mint(backing.asset, units)
}

/** Takes units from the fund, then from what is at hand, then from what is locked. */
function charge(backing: Backing, units: number): void {
  let left = units
  for (const part of ['fund', 'at_hand', 'locked'] as const) {
    const taken = Math.min(left, backing.state[part].data[0] as number)
    if (taken > 0) create(backing, part, -taken)
    left -= taken
  }
}

/** Negative carry in (from, until], as a share of what is locked. */
function cost_share({ carry }: BackingSpec, from_ms: number, until_ms: number): number {
  let sum = 0
  for (let i = 0; i < carry.length; i++) {
    const first = Math.max(from_ms, carry[i]?.time_ms as number)
    const last = Math.min(until_ms, carry[i + 1]?.time_ms ?? until_ms)
    if (last > first) sum += (Math.max(0, -(carry[i]?.per_year as number)) * (last - first)) / YEAR_MS
  }
  return sum
}

/** Time passes; `owed` is what the issued asset would redeem for in full. */
export function pass_backing(backing: Backing, from_ms: number, until_ms: number, owed: number): void {
  const { spec, state } = backing
  const locked = state.locked.data[0] as number
  const freed = Math.min(locked, (spec.unlock_per_day * (until_ms - from_ms)) / DAY_MS)
  if (freed > 0) {
    state.locked.set(0, locked - freed)
    state.at_hand.add(0, freed)
  }
  const cost = locked * cost_share(spec, from_ms, until_ms)
  if (cost > 0) charge(backing, cost)
  const factor = step_factor(spec.losses, from_ms, until_ms)
  if (factor !== 1)
    for (const part of ['at_hand', 'locked'] as const) create(backing, part, (state[part].data[0] as number) * (factor - 1))
  const missing = owed - (state.at_hand.data[0] as number) - (state.locked.data[0] as number)
  const made_up = Math.min(Math.max(0, missing), state.fund.data[0] as number)
  if (made_up > 0) {
    state.fund.add(0, -made_up)
    state.at_hand.add(0, made_up)
  }
}

/** Back to how it stood at the start; returns the units that came in (positive) from `outside`. The caller settles them. */
export function reopen(backing: Backing): number {
  const before = value_of(backing)
  const { state, spec, opening } = backing
  state.at_hand.set(0, opening)
  state.locked.set(0, spec.locked)
  state.fund.set(0, spec.fund)
  const came = value_of(backing) - before
  backing.ledger.postings.post(backing.asset, came)
  return came
}

export function broken_backing(id: string, { state }: Backing): string[] {
  return (['at_hand', 'locked', 'fund'] as const)
    .filter((part) => !((state[part].data[0] as number) >= 0 && (state[part].data[0] as number) < Number.POSITIVE_INFINITY))
    .map((part) => `${id}: ${part} is ${state[part].data[0]}`)
}
