/**
 * Which accounts share an index: those that hold and owe the same slots. A set of slots gets a group of its own once enough
 * accounts have been filed under it; until then, and when there are many slots or many groups, its accounts overflow into a
 * wide group over a union of slots, which is safe (a move over more slots is never smaller) but tested more often.
 */
import type { Store, Table } from '../model/store.ts'
import { type Bound, PLACE, slot_of } from './bound.ts'

/** Kinds of slot sets. The wide ones grow; `wide_law` keeps its liability slots and unites collateral slots only. */
const LAW = 0
const ELASTIC = 1
const WIDE_LAW = 2
const UNION_LAW = 3
const UNION_ELASTIC = 4

/** Accounts filed under a set before it gets a group of its own. */
const ENOUGH = 32
/** The same for a set with shares, whose accounts would otherwise join those of any shares. */
const ENOUGH_SHARED = 256
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
  plain: 'i32',
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
  readonly references: Table<{ inverse: 'f64'; share: 'f64' }>
  /** Entries [head, end) of generation k of group g, and the move that reaches the first: row g · MOST_GENERATIONS + k. */
  readonly segments: Table<{ head: 'i32'; end: 'i32'; next: 'f64' }>
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
    this.references = store.table(`${name}.references`, { inverse: 'f64', share: 'f64' })
    this.segments = store.table(`${name}.segments`, { head: 'i32', end: 'i32', next: 'f64' })
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
    const { liability } = bound
    let c = bound.collateral_count
    let l = bound.liability_count
    let kind = LAW
    if (bound.shape === 'elastic') {
      // either direction counts, so they are all on one side
      for (let i = 0; i < l; i++) bound.hold(slot_of(liability[i] as number))
      c += l
      l = 0
      kind = ELASTIC
    }
    if (c > FEW_SLOTS || l > FEW_SLOTS) return -1 - this.overflow(bound, kind, prices)
    let set = this.find(kind, bound.collateral, 0, c, liability, 0, l)
    if (set < 0) {
      if (this.sets.length >= MOST_SETS) return -1 - this.overflow(bound, kind, prices)
      set = this.remember(kind, bound.collateral, 0, c, liability, 0, l)
    }
    const filed = this.sets.columns.filed.data
    filed[set] = (filed[set] as number) + 1
    return set
  }

  /** The groups of the sets filed since, in place. */
  groups_of(sets: Int32Array, count: number, prices: Float64Array): void {
    let group = this.sets.columns.group.data
    for (let i = 0; i < count; i++) {
      const set = sets[i] as number
      const own = set < 0 ? -set : (group[set] as number)
      if (own > 0) sets[i] = own - 1
      else {
        sets[i] = this.group_of(set, prices)
        group = this.sets.columns.group.data
      }
    }
  }

  /** The group of a set filed before; wide groups grow to hold it. */
  group_of(set: number, prices: Float64Array): number {
    const { group, filed, kind, slots, collaterals, liabilities } = this.sets.columns
    const own = group.data[set] as number
    if (own > 0) return own - 1
    const plain = this.plain(set)
    const enough = plain === set ? ENOUGH : ENOUGH_SHARED
    if ((filed.data[set] as number) >= enough && this.table.length < MOST_GROUPS) return this.open(set)
    if (plain !== set) {
      this.sets.columns.filed.data[plain] = (this.sets.columns.filed.data[plain] as number) + 1
      return this.group_of(plain, prices)
    }
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

  /** The same slots without shares. */
  private plain(set: number): number {
    const { plain, kind, slots, collaterals, liabilities } = this.sets.columns
    if ((plain.data[set] as number) > 0) return (plain.data[set] as number) - 1
    const at = slots.data[set] as number
    const c = collaterals.data[set] as number
    const l = liabilities.data[set] as number
    const { key } = this
    for (let i = 0; i < c + l; i++) key[i] = (this.set_slots.columns.slot.data[at + i] as number) & -PLACE
    let other = this.find(kind.data[set] as number, key, 0, c, key, c, l)
    if (other < 0) other = this.remember(kind.data[set] as number, key, 0, c, key, c, l)
    this.sets.columns.plain.data[set] = other + 1
    return other
  }

  private overflow(bound: Bound, kind: number, prices: Float64Array): number {
    const { collateral, collateral_count, liability } = bound
    const liability_count = kind === ELASTIC ? 0 : bound.liability_count
    let wide: number
    if (kind === ELASTIC) wide = this.union_of(UNION_ELASTIC)
    else if (liability_count > FEW_SLOTS) wide = this.union_of(UNION_LAW)
    else {
      for (let i = 0; i < liability_count; i++) this.key[i] = (liability[i] as number) & -PLACE
      wide = this.wide(this.key, 0, liability_count)
    }
    for (let i = 0; i < collateral_count; i++) this.include(wide, false, collateral[i] as number, prices)
    for (let i = 0; i < liability_count; i++) this.include(wide, true, liability[i] as number, prices)
    if (kind === LAW) this.include_cash(wide, collateral_count, liability_count, prices)
    return wide
  }

  /** A side without slots is one that never moves: among the slots of others that takes the slot whose price is always 1. */
  private include_cash(group: number, collaterals: number, liabilities: number, prices: Float64Array): void {
    if (collaterals === 0) this.include(group, false, (this.room - 1) * PLACE, prices)
    if (liabilities === 0) this.include(group, true, (this.room - 1) * PLACE, prices)
  }

  /** The wide group of the liability slots key[at, at + count): collateral slots united; or, while they are rare, the union of all. */
  private wide(key: Int32Array, at: number, count: number): number {
    let set = this.find(WIDE_LAW, key, 0, 0, key, at, count)
    if (set < 0 && this.sets.length < MOST_SETS) set = this.remember(WIDE_LAW, key, 0, 0, key, at, count)
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
    const { key } = this
    let set = this.find(kind, key, 0, 0, key, 0, 0)
    if (set < 0) set = this.remember(kind, key, 0, 0, key, 0, 0)
    const own = this.sets.columns.group.data[set] as number
    return own > 0 ? own - 1 : this.open(set)
  }

  /** Adds a slot to a wide group. Those already there do not depend on it, so any reference price serves them: the present one. */
  private include(group: number, owed: boolean, coded: number, prices: Float64Array): void {
    const slot = coded & -PLACE
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
    for (let k = generations.data[group] as number; k > 0; k--, at += step) {
      this.references.columns.inverse.data[at] = 1 / (prices[slot_of(slot)] as number)
      this.references.columns.share.data[at] = 0
    }
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

  /** The set of the `c` slots of C from `cf` on and the `l` slots of L from `lf` on, in whatever order; −1 if there is none. */
  private find(kind: number, C: Int32Array, cf: number, c: number, L: Int32Array, lf: number, l: number): number {
    const hash = hash_of(kind, C, cf, c, L, lf, l)
    const buckets = this.buckets.columns.set.data
    const mask = this.buckets.length - 1
    const sets = this.sets.columns
    const slots = this.set_slots.columns.slot.data
    for (let b = hash & mask; ; b = (b + 1) & mask) {
      const set = (buckets[b] as number) - 1
      if (set < 0) return -1
      if (sets.hash.data[set] !== hash || sets.kind.data[set] !== kind) continue
      if (sets.collaterals.data[set] !== c || sets.liabilities.data[set] !== l) continue
      const at = sets.slots.data[set] as number
      if (same_members(slots, at, C, cf, c) && same_members(slots, at + c, L, lf, l)) return set
    }
  }

  private remember(kind: number, C: Int32Array, cf: number, c: number, L: Int32Array, lf: number, l: number): number {
    const at = this.set_slots.length
    for (let i = 0; i < c + l; i++) {
      const row = this.set_slots.push()
      this.set_slots.columns.slot.data[row] = (i < c ? C[cf + i] : L[lf + i - c]) as number
    }
    const set = this.sets.push()
    const sets = this.sets.columns
    sets.hash.data[set] = hash_of(kind, C, cf, c, L, lf, l)
    sets.kind.data[set] = kind
    sets.slots.data[set] = at
    sets.collaterals.data[set] = c
    sets.liabilities.data[set] = l
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

/** The same `n` slots with the same shares, in whatever order. */
function same_members(a: Int32Array, af: number, b: Int32Array, bf: number, n: number): boolean {
  let i = 0
  while (i < n && a[af + i] === b[bf + i]) i++
  if (i === n) return true
  for (let j = 0; j < n; j++) {
    const slot = b[bf + j]
    let count = 0
    for (let k = 0; k < n; k++) count += (a[af + k] === slot ? 1 : 0) - (b[bf + k] === slot ? 1 : 0)
    if (count !== 0) return false
  }
  return true
}

/** Does not depend on the order of the slots of a side. */
function hash_of(kind: number, C: Int32Array, cf: number, c: number, L: Int32Array, lf: number, l: number): number {
  let hash = kind * 64 + c * 8 + l
  for (let i = 0; i < c; i++) {
    const word = Math.imul((C[cf + i] as number) + 1, 0x9e3779b1)
    hash = (hash + (word ^ (word >>> 15))) | 0
  }
  for (let i = 0; i < l; i++) {
    const word = Math.imul((L[lf + i] as number) + 1, 0x85ebca6b)
    hash = (hash + (word ^ (word >>> 13))) | 0
  }
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
