/**
 * Which accounts share an index: those that hold and owe the same slots. A set of slots gets a group of its own once enough
 * accounts have been filed under it; until then, and when there are many slots or many groups, its accounts overflow into a
 * wide group over a union of slots, which is safe (a move over more slots is never smaller) but tested more often.
 */
import type { Store, Table } from '../model/store.ts'
import type { Bound } from './bound.ts'

/** Kinds of slot sets. The wide ones grow; `wide_law` keeps its liability slots and unites collateral slots only. */
const LAW = 0
const ELASTIC = 1
const WIDE_LAW = 2
const UNION_LAW = 3
const UNION_ELASTIC = 4

/** Accounts filed under a set before it gets a group of its own. */
const ENOUGH = 32
/** Groups of their own, and wide groups by liability; what comes later overflows. */
const MOST_GROUPS = 1024
const MOST_WIDE = 32
/** More slots than this on either side go to a wide group at once. */
const FEW_SLOTS = 6
/** Distinct sets remembered. */
const MOST_SETS = 1 << 16

const SETS = {
  hash: 'i32',
  kind: 'i32',
  slots: 'i32',
  collaterals: 'i32',
  liabilities: 'i32',
  filed: 'i32',
  group: 'i32',
} as const
const GROUPS = {
  kind: 'i32',
  collateral: 'i32',
  collaterals: 'i32',
  liability: 'i32',
  liabilities: 'i32',
  references: 'i32',
  stride: 'i32',
  generations: 'i32',
} as const

/** Reference price vectors a group may have at once. */
export const MOST_GENERATIONS = 8

/** The directory: slot set → group; and what a group consists of. */
export class Groups {
  /** `collateral`, `liability`: where the group's slots start in `slots`. `references`: where its first price vector starts. */
  readonly table: Table<typeof GROUPS>
  readonly slots: Table<{ slot: 'i32' }>
  /** Reference prices: per group and generation `stride` prices, in the order of the group's places in `slots`. */
  readonly references: Table<{ price: 'f64' }>
  /** Entries [head, end) of generation k of group g: row g · MOST_GENERATIONS + k. */
  readonly segments: Table<{ head: 'i32'; end: 'i32' }>
  private readonly sets: Table<typeof SETS>
  private readonly set_slots: Table<{ slot: 'i32' }>
  private readonly buckets: Table<{ set: 'i32' }>
  private readonly counts: Table<{ wide: 'i32' }>
  private readonly room: number
  private readonly key = new Int32Array(2 * FEW_SLOTS)

  /** @param room slots there are, the last of them cash: what a wide group has room for, on either side */
  constructor(store: Store, name: string, room: number) {
    this.room = room
    this.table = store.table(`${name}.groups`, GROUPS)
    this.slots = store.table(`${name}.group_slots`, { slot: 'i32' })
    this.references = store.table(`${name}.references`, { price: 'f64' })
    this.segments = store.table(`${name}.segments`, { head: 'i32', end: 'i32' })
    this.sets = store.table(`${name}.sets`, SETS)
    this.set_slots = store.table(`${name}.set_slots`, { slot: 'i32' })
    this.buckets = store.table(`${name}.set_buckets`, { set: 'i32' }, 256)
    this.counts = store.table(`${name}.group_counts`, { wide: 'i32' }, 1)
  }

  is_elastic(group: number): boolean {
    const kind = this.table.columns.kind.data[group] as number
    return kind === ELASTIC || kind === UNION_ELASTIC
  }

  /**
   * Files one account.
   * @returns its set (≥ 0), whose group `group_of` names once all of a batch are filed; or −1 − group
   */
  file(bound: Bound, prices: Float64Array): number {
    const elastic = bound.shape === 'elastic'
    const c = bound.collateral_count
    const l = bound.liability_count
    const key = this.key
    if (c > FEW_SLOTS || l > FEW_SLOTS || (elastic && c + l > FEW_SLOTS)) return -1 - this.overflow(bound, elastic, prices)
    let collaterals = merge_sorted(key, 0, 0, bound.collateral, c)
    let liabilities = 0
    if (elastic) collaterals = merge_sorted(key, 0, collaterals, bound.liability, l)
    else liabilities = merge_sorted(key, collaterals, 0, bound.liability, l)
    const kind = elastic ? ELASTIC : LAW
    let set = this.find(kind, key, 0, collaterals, liabilities)
    if (set < 0) {
      if (this.sets.length >= MOST_SETS) return -1 - this.overflow(bound, elastic, prices)
      set = this.remember(kind, key, 0, collaterals, liabilities)
    }
    const filed = this.sets.columns.filed.data
    filed[set] = (filed[set] as number) + 1
    return set
  }

  /** The group of a set filed before; wide groups grow to hold it. */
  group_of(set: number, prices: Float64Array): number {
    const { group, filed, kind, slots, collaterals, liabilities } = this.sets.columns
    const own = group.data[set] as number
    if (own > 0) return own - 1
    if ((filed.data[set] as number) >= ENOUGH && this.table.length < MOST_GROUPS) return this.open(set)
    const at = slots.data[set] as number
    const c = collaterals.data[set] as number
    const l = liabilities.data[set] as number
    const elastic = kind.data[set] === ELASTIC
    const wide = elastic ? this.union_of(UNION_ELASTIC) : this.wide(this.set_slots.columns.slot.data, at + c, l)
    const key = this.set_slots.columns.slot.data
    for (let i = 0; i < c; i++) this.include(wide, false, key[at + i] as number, prices)
    for (let i = 0; i < l; i++) this.include(wide, true, key[at + c + i] as number, prices)
    if (!elastic) this.include_cash(wide, c, l, prices)
    return wide
  }

  private overflow(bound: Bound, elastic: boolean, prices: Float64Array): number {
    let wide: number
    if (elastic) wide = this.union_of(UNION_ELASTIC)
    else if (bound.liability_count > FEW_SLOTS) wide = this.union_of(UNION_LAW)
    else wide = this.wide(this.key, 0, merge_sorted(this.key, 0, 0, bound.liability, bound.liability_count))
    for (let i = 0; i < bound.collateral_count; i++) this.include(wide, false, bound.collateral[i] as number, prices)
    for (let i = 0; i < bound.liability_count; i++) this.include(wide, !elastic, bound.liability[i] as number, prices)
    if (!elastic) this.include_cash(wide, bound.collateral_count, bound.liability_count, prices)
    return wide
  }

  /** A side without slots is one that never moves: among the slots of others that takes the slot whose price is always 1. */
  private include_cash(group: number, collaterals: number, liabilities: number, prices: Float64Array): void {
    if (collaterals === 0) this.include(group, false, this.room - 1, prices)
    if (liabilities === 0) this.include(group, true, this.room - 1, prices)
  }

  /** The wide group of the liability slots key[at, at + count): collateral slots united; or, while they are rare, the union of all. */
  private wide(key: Int32Array, at: number, count: number): number {
    let set = this.find(WIDE_LAW, key, at, 0, count)
    if (set < 0 && this.sets.length < MOST_SETS) set = this.remember(WIDE_LAW, key, at, 0, count)
    if (set < 0) return this.union_of(UNION_LAW)
    const { group, filed } = this.sets.columns
    if ((group.data[set] as number) > 0) return (group.data[set] as number) - 1
    filed.data[set] = (filed.data[set] as number) + 1
    const wide = this.counts.columns.wide.data
    if ((filed.data[set] as number) < ENOUGH || (wide[0] as number) >= MOST_WIDE) return this.union_of(UNION_LAW)
    wide[0] = (wide[0] as number) + 1
    return this.open(set)
  }

  private union_of(kind: number): number {
    let set = this.find(kind, this.key, 0, 0, 0)
    if (set < 0) set = this.remember(kind, this.key, 0, 0, 0)
    const own = this.sets.columns.group.data[set] as number
    return own > 0 ? own - 1 : this.open(set)
  }

  /** Adds a slot to a wide group. Those already there do not depend on it, so any reference price serves them: the present one. */
  private include(group: number, owed: boolean, slot: number, prices: Float64Array): void {
    const { collateral, collaterals, liability, liabilities, references, stride, generations } = this.table.columns
    const from = (owed ? liability : collateral).data[group] as number
    const count = (owed ? liabilities : collaterals).data
    const length = count[group] as number
    const slots = this.slots.columns.slot.data
    for (let i = 0; i < length; i++) if (slots[from + i] === slot) return
    slots[from + length] = slot
    count[group] = length + 1
    const place = from + length - (collateral.data[group] as number)
    const step = stride.data[group] as number
    let at = (references.data[group] as number) + place
    for (let k = generations.data[group] as number; k > 0; k--, at += step)
      this.references.columns.price.data[at] = prices[slot] as number
  }

  /** Opens a group for a set; a wide one gets room for every slot on either side. */
  private open(set: number): number {
    const { kind, slots, collaterals, liabilities, group } = this.sets.columns
    const c = collaterals.data[set] as number
    const l = liabilities.data[set] as number
    const wide = (kind.data[set] as number) >= WIDE_LAW
    const room_c = wide ? this.room : c
    const room_l = wide ? this.room : l
    const at = this.slots.length
    for (let i = 0; i < room_c + room_l; i++) this.slots.push()
    const own = this.slots.columns.slot.data
    const key = this.set_slots.columns.slot.data
    const from = slots.data[set] as number
    for (let i = 0; i < c; i++) own[at + i] = key[from + i] as number
    for (let i = 0; i < l; i++) own[at + room_c + i] = key[from + c + i] as number
    const row = this.table.push()
    const g = this.table.columns
    g.kind.data[row] = kind.data[set] as number
    g.collateral.data[row] = at
    g.collaterals.data[row] = c
    g.liability.data[row] = at + room_c
    g.liabilities.data[row] = l
    g.references.data[row] = this.references.length
    g.stride.data[row] = room_c + room_l
    for (let i = MOST_GENERATIONS * (room_c + room_l); i > 0; i--) this.references.push()
    for (let k = 0; k < MOST_GENERATIONS; k++) this.segments.push()
    group.data[set] = row + 1
    return row
  }

  private find(kind: number, key: Int32Array, from: number, collaterals: number, liabilities: number): number {
    const hash = hash_of(kind, key, from, collaterals, liabilities)
    const buckets = this.buckets.columns.set.data
    const mask = this.buckets.length - 1
    const sets = this.sets.columns
    for (let b = hash & mask; ; b = (b + 1) & mask) {
      const set = (buckets[b] as number) - 1
      if (set < 0) return -1
      if (sets.hash.data[set] !== hash || sets.kind.data[set] !== kind) continue
      if (sets.collaterals.data[set] !== collaterals || sets.liabilities.data[set] !== liabilities) continue
      const at = sets.slots.data[set] as number
      const slots = this.set_slots.columns.slot.data
      let i = 0
      while (i < collaterals + liabilities && slots[at + i] === key[from + i]) i++
      if (i === collaterals + liabilities) return set
    }
  }

  private remember(kind: number, key: Int32Array, from: number, collaterals: number, liabilities: number): number {
    const at = this.set_slots.length
    for (let i = 0; i < collaterals + liabilities; i++) {
      const row = this.set_slots.push()
      this.set_slots.columns.slot.data[row] = key[from + i] as number
    }
    const set = this.sets.push()
    const sets = this.sets.columns
    sets.hash.data[set] = hash_of(kind, key, from, collaterals, liabilities)
    sets.kind.data[set] = kind
    sets.slots.data[set] = at
    sets.collaterals.data[set] = collaterals
    sets.liabilities.data[set] = liabilities
    if (this.sets.length * 2 > this.buckets.length) this.rehash()
    else this.enter(set)
    return set
  }

  private enter(set: number): void {
    const buckets = this.buckets.columns.set.data
    const mask = this.buckets.length - 1
    let b = (this.sets.columns.hash.data[set] as number) & mask
    while ((buckets[b] as number) !== 0) b = (b + 1) & mask
    buckets[b] = set + 1
  }

  private rehash(): void {
    for (let n = this.buckets.length; n > 0; n--) this.buckets.push()
    this.buckets.columns.set.data.fill(0)
    for (let set = 0; set < this.sets.length; set++) this.enter(set)
  }
}

/** Inserts `count` slots into the ascending key[at, at + length), without repeats; returns the new length. */
function merge_sorted(key: Int32Array, at: number, length: number, slots: Int32Array, count: number): number {
  for (let i = 0; i < count; i++) {
    const slot = slots[i] as number
    let j = length
    while (j > 0 && (key[at + j - 1] as number) > slot) j--
    if (j > 0 && key[at + j - 1] === slot) continue
    for (let k = length; k > j; k--) key[at + k] = key[at + k - 1] as number
    key[at + j] = slot
    length++
  }
  return length
}

function hash_of(kind: number, key: Int32Array, from: number, collaterals: number, liabilities: number): number {
  let hash = Math.imul(kind * 64 + collaterals * 8 + liabilities + 1, 0x9e3779b1)
  for (let i = from; i < from + collaterals + liabilities; i++) {
    hash = Math.imul(hash ^ (key[i] as number), 0x85ebca6b)
    hash ^= hash >>> 13
  }
  return hash
}
