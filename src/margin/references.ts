/**
 * Reference prices of a group's generations, and how far prices have moved from them. Beside each price stands a share: the
 * part of A (or L) of every account of the generation that is sure to move as that slot does. With none, a side is bounded by
 * its worst slot alone; with all, exactly.
 */
import { share_of, slot_of } from './bound.ts'
import type { Groups } from './groups.ts'
import { KEY_MARGIN } from './keys.ts'

export class References {
  private readonly groups: Groups
  private readonly prices: Float64Array
  /** Shares for the next `set`. */
  private shares = new Float64Array(64)

  constructor(groups: Groups, prices: Float64Array) {
    this.groups = groups
    this.prices = prices
  }

  /** The group's worst move from a generation's reference prices to the prices now. */
  move(group: number, generation: number): number {
    const { collateral, collaterals, liability, liabilities, references, stride } = this.groups.table.columns
    const { inverse, share } = this.groups.references.columns
    const c = collateral.data[group] as number
    return worst_move(
      this.prices,
      this.groups.slots.columns.slot.data,
      inverse.data,
      share.data,
      c,
      collaterals.data[group] as number,
      (liability.data[group] as number) - c,
      liabilities.data[group] as number,
      (references.data[group] as number) + generation * (stride.data[group] as number),
      this.groups.is_elastic(group),
    )
  }

  /** Starts from the shares that accounts filed now have: those of the group. */
  begin(group: number): void {
    const { collateral, collaterals, liability, liabilities, stride } = this.groups.table.columns
    const slots = this.groups.slots.columns.slot.data
    const length = stride.data[group] as number
    if (this.shares.length < length) this.shares = new Float64Array(2 * length)
    const c = collateral.data[group] as number
    for (let i = (collaterals.data[group] as number) - 1; i >= 0; i--) this.shares[i] = share_of(slots[c + i] as number)
    const l = liability.data[group] as number
    for (let i = (liabilities.data[group] as number) - 1; i >= 0; i--) this.shares[l - c + i] = share_of(slots[l + i] as number)
  }

  /** Lowers them to what the accounts of a generation are sure to have at the prices now. */
  merge(group: number, generation: number): void {
    const { collateral, collaterals, liability, liabilities, references, stride } = this.groups.table.columns
    const base = (references.data[group] as number) + generation * (stride.data[group] as number)
    const c = collateral.data[group] as number
    this.merge_side(c, collaterals.data[group] as number, base, 0)
    const l = liability.data[group] as number
    this.merge_side(l, liabilities.data[group] as number, base + l - c, l - c)
  }

  private merge_side(first: number, count: number, base: number, at: number): void {
    const slots = this.groups.slots.columns.slot.data
    const inverse = this.groups.references.columns.inverse.data
    const shares = this.groups.references.columns.share.data
    let sum = 0
    let rest = 1
    let high = 0
    for (let i = 0; i < count; i++) {
      const ratio = (this.prices[slot_of(slots[first + i] as number)] as number) * (inverse[base + i] as number)
      const share = shares[base + i] as number
      if (ratio > high) high = ratio
      sum += share * ratio
      rest -= share
    }
    // a share becomes share·ratio ÷ (the most that the whole side can have grown)
    const most = (sum + Math.max(0, rest) * high) / (1 - KEY_MARGIN)
    for (let i = 0; i < count; i++) {
      const ratio = (this.prices[slot_of(slots[first + i] as number)] as number) * (inverse[base + i] as number)
      const share = ((shares[base + i] as number) * ratio) / most
      if (!(share >= (this.shares[at + i] as number))) this.shares[at + i] = share > 0 ? share : 0
    }
  }

  /** Takes the prices now, and the shares so far, as the reference of a generation. */
  set(group: number, generation: number): void {
    const { collateral, collaterals, liability, liabilities, references, stride } = this.groups.table.columns
    const base = (references.data[group] as number) + generation * (stride.data[group] as number)
    const c = collateral.data[group] as number
    this.set_side(c, collaterals.data[group] as number, base, 0)
    const l = liability.data[group] as number
    this.set_side(l, liabilities.data[group] as number, base + l - c, l - c)
  }

  private set_side(first: number, count: number, base: number, at: number): void {
    const slots = this.groups.slots.columns.slot.data
    const { inverse, share } = this.groups.references.columns
    for (let i = 0; i < count; i++) {
      inverse.data[base + i] = 1 / (this.prices[slot_of(slots[first + i] as number)] as number)
      share.data[base + i] = this.shares[at + i] as number
    }
  }
}

/**
 * The worst move of a group from one of its reference price vectors to `prices`: the most by which the debts of any of its
 * accounts can have grown, divided by the least by which its assets can; +Infinity (or NaN) if a price is unusable.
 * @param slots the group's slots: `held` from `c` on, `owed` from `c + l` on
 * @param inverse 1 ÷ reference price of each, from `base` on (liabilities from `base + l` on)
 * @param shares of each, likewise: at least that part moves as the slot does, the rest no worse than the worst slot
 */
export function worst_move(
  prices: Float64Array,
  slots: Int32Array,
  inverse: Float64Array,
  shares: Float64Array,
  c: number,
  held: number,
  l: number,
  owed: number,
  base: number,
  elastic: boolean,
): number {
  let low = Infinity
  let high = 0
  let sum = 0
  let rest = 1
  for (let i = 0; i < held; i++) {
    const ratio = (prices[slot_of(slots[c + i] as number)] as number) * (inverse[base + i] as number)
    if (!(ratio > 0)) return Infinity
    if (ratio < low) low = ratio
    if (ratio > high) high = ratio
    const share = shares[base + i] as number
    sum += share * ratio
    rest -= share
  }
  if (elastic) return high > 1 / low ? high : 1 / low
  const assets = held === 0 ? 1 : rest < 1 ? sum + rest * low : low
  if (owed === 0) return 1 / assets
  high = 0
  sum = 0
  rest = 1
  for (let i = l; i < l + owed; i++) {
    const ratio = (prices[slot_of(slots[c + i] as number)] as number) * (inverse[base + i] as number)
    if (!(ratio > 0)) return Infinity
    if (ratio > high) high = ratio
    const share = shares[base + i] as number
    sum += share * ratio
    rest -= share
  }
  return (rest < 1 ? sum + rest * high : high) / assets
}
