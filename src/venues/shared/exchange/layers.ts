/**
 * A deleveraging queue's items by bounds of their scores, found in two steps: everybody by what holds in a wide box of prices, and those
 * whom that lists once more by what holds in a narrow box inside it. A round asks for bucket after bucket of the latter, until the best
 * score it has found is beyond all bounds left. Items that change are fresh: looked at always, until the next narrow box.
 */
import { bucket_of, Buckets, BUCKETS, TOPS } from './buckets.ts'

/** In `place`: looked at always. */
const FRESH = -1
/** Items a call: a function that is called often is compiled sooner, and once. */
const CHUNK = 512

export abstract class Layers {
  protected readonly far = new Buckets()
  private readonly near = new Buckets()
  private far_valid = false
  private near_valid = false
  /** Items that were put into `near`, in the order of their numbers there. */
  private put = new Int32Array(0)
  /** Items in the order in which `near` lists them. */
  protected items = new Int32Array(0)
  /** By item: its place in that order + 1, `FRESH`, 0 for neither. */
  private place = new Int32Array(0)
  /** Items that have changed since. */
  private readonly fresh: number[] = []
  /** The last bucket of this round. */
  private last = BUCKETS

  /** Does it belong to the queue now? */
  protected abstract holds(item: number): boolean
  /** A bound on its score in the wide box, 0 where it does not belong or cannot score. */
  protected abstract far_bound(item: number): number
  /** The same in the narrow box. `at`: where the wide one lists it, −1 nowhere. */
  protected abstract near_bound(item: number, at: number): number
  /** The wide box lists other items. */
  protected listed_far(): void {}
  /** So does the narrow one. */
  protected listed_near(_count: number): void {}

  /** There is a new narrow box, or are two new boxes. */
  forget(both: boolean): void {
    if (both) this.far_valid = false
    this.near_valid = false
  }

  /** An item has changed, or is new. */
  changed(item: number): void {
    if (!this.far_valid) return
    this.far.move(item, this.far_bound(item))
    if (item >= this.place.length) this.widen(item)
    if (!this.near_valid) return
    if (!this.far.is_fresh(item)) this.place[item] = 0
    else if (this.place[item] !== FRESH) {
      this.place[item] = FRESH
      this.fresh.push(item)
    }
  }

  private widen(item: number): void {
    const wider = new Int32Array(2 * item + 16)
    wider.set(this.place)
    this.place = wider
  }

  /**
   * Opens a round.
   * @param most items listed at first; changes the work alone
   */
  protected begin(items: number, most: number): void {
    this.last = BUCKETS
    if (this.near_valid) return
    if (!this.far_valid) this.build_far(items, most)
    this.place.fill(0)
    this.fresh.length = 0
    this.build_near()
  }

  private build_far(items: number, most: number): void {
    if (this.place.length < items) this.place = new Int32Array(items)
    this.far.clear(items, most)
    for (let from = 0; from < items; from += CHUNK) this.put_far(from, Math.min(items, from + CHUNK))
    this.far.list()
    this.listed_far()
    this.far_valid = true
  }

  private put_far(from: number, to: number): void {
    for (let item = from; item < to; item++) this.far.put(item, this.far_bound(item))
  }

  /** Whom the wide box lists, in the order of their bounds in the narrow one. Fresh items stay so within a round. */
  private build_near(): void {
    const { far, near, place } = this
    const most = far.count + far.fresh.length
    if (this.put.length < most) this.put = new Int32Array(2 * most)
    near.clear(0, most + 1)
    for (let k = BUCKETS - 1; k >= far.cutoff; k--)
      for (let at = far.end[k + 1] as number; at < (far.end[k] as number); at++)
        if (far.is_in(far.listed[at] as number, k)) this.put_near(far.listed[at] as number, at, k)
    let kept = 0
    for (const item of far.fresh) {
      if (place[item] !== FRESH && !this.holds(item)) far.retire(item)
      else {
        far.fresh[kept++] = item
        if (place[item] !== FRESH) this.put_near(item, -1, BUCKETS - 1)
      }
    }
    far.fresh.length = kept
    near.list()
    if (this.items.length < near.count) this.items = new Int32Array(2 * near.count)
    for (let to = 0; to < near.count; to++) {
      const item = this.put[near.listed[to] as number] as number
      this.items[to] = item
      place[item] = to + 1
    }
    this.listed_near(near.count)
    this.near_valid = true
  }

  /** @param bucket its bucket in the wide box: rounding does not carry it beyond */
  private put_near(item: number, at: number, bucket: number): void {
    const own = bucket_of(this.near_bound(item, at))
    this.put[this.near.append(own < bucket ? own : bucket)] = item
  }

  /** Items to be looked at whatever their bounds; who has left the queue is no longer one. */
  protected fresh_items(): readonly number[] {
    const { fresh, place } = this
    let kept = 0
    for (const item of fresh) {
      if (this.holds(item)) fresh[kept++] = item
      else place[item] = 0
    }
    fresh.length = kept
    return fresh
  }

  /**
   * Goes to the next bucket.
   * @param best score that need not be looked beyond
   * @returns false when nobody who is left could have a better one
   */
  protected next(best: number): boolean {
    const { far, near } = this
    while (this.last > 1) {
      const k = near.below(this.last)
      // whom the wide box does not list has a bound below its last bucket, in either box
      const most = Math.max(k, far.cutoff - 1)
      if (most === 0 || best >= (TOPS[most] as number)) return false
      if (k >= far.cutoff) {
        this.last = k
        return true
      }
      far.list_to(far.cutoff - 1)
      this.listed_far()
      this.build_near()
    }
    return false
  }

  /** Places in `items` of the present bucket: from `first` up to `end`, as far as `is_at`. */
  protected get first(): number {
    return this.near.end[this.last + 1] as number
  }

  protected get end(): number {
    return this.near.end[this.last] as number
  }

  /** Is what was listed at this place unchanged? */
  protected is_at(place: number): boolean {
    return this.place[this.items[place] as number] === place + 1
  }
}
