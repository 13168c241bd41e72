/**
 * Items by an upper bound of their score, the highest first, as far as somebody asks: buckets of bounds, of which only the highest are
 * listed. An item whose bound has changed is fresh: looked at always, until the next build.
 */

/** 64 buckets to an octave, from 2⁻⁴⁰ to 2²⁴; 0 is for a bound of 0, who never scores. */
export const BUCKETS = 4096
const LOWEST = (127 - 40) * 64
const FRESH = 65_535

const single = new Float32Array(1)
const bits = new Int32Array(single.buffer)

/** Bucket of a bound ≥ 0; +Infinity lies in the last. */
export function bucket_of(bound: number): number {
  if (!(bound > 0)) return 0
  single[0] = bound
  const at = ((bits[0] as number) >>> 17) - LOWEST
  return at < 1 ? 1 : at < BUCKETS ? at : BUCKETS - 1
}

/** A number above all bounds of a bucket, to the rounding of `bucket_of`. */
export const TOPS = Float64Array.from({ length: BUCKETS }, (_, bucket) => {
  if (bucket === BUCKETS - 1) return Number.POSITIVE_INFINITY
  bits[0] = (bucket + 1 + LOWEST) << 17
  return single[0] as number
})

export class Buckets {
  /** Items whose bound has changed since the build. */
  readonly fresh: number[] = []
  /** Listed items, highest bucket first; bucket k ends at `end[k]` and begins where k + 1 ends. */
  listed = new Int32Array(0)
  readonly end = new Int32Array(BUCKETS + 1)
  count = 0
  /** Lowest bucket that is listed. */
  cutoff = BUCKETS
  private bucket = new Uint16Array(0)
  private items = 0
  private readonly histogram = new Int32Array(BUCKETS)
  private most = 0

  /** Begins a build: every item is then `put`, in any order, and `list` called. */
  clear(items: number, most: number): void {
    if (this.bucket.length < items) this.bucket = new Uint16Array(items + (items >> 2))
    this.items = items
    this.most = most
    this.histogram.fill(0)
    this.fresh.length = 0
  }

  put(item: number, bound: number): void {
    const at = bucket_of(bound)
    this.bucket[item] = at
    this.histogram[at] = (this.histogram[at] as number) + 1
  }

  /** Instead of `put`: one more item, whose number is returned. */
  append(bucket: number): number {
    if (this.items === this.bucket.length) this.widen()
    this.bucket[this.items] = bucket
    this.histogram[bucket] = (this.histogram[bucket] as number) + 1
    return this.items++
  }

  /** Lists buckets from the highest until there are enough items. */
  list(): void {
    const { bucket, histogram, end, items } = this
    let cutoff = BUCKETS
    let count = 0
    while (cutoff > 1 && count < this.most) {
      cutoff--
      end[cutoff] = count
      count += histogram[cutoff] as number
    }
    this.cutoff = cutoff
    this.count = count
    if (this.listed.length < count) this.listed = new Int32Array(2 * count)
    const { listed } = this
    for (let item = 0; item < items; item++) {
      const at = bucket[item] as number
      if (at < cutoff || at === FRESH) continue
      const to = end[at] as number
      listed[to] = item
      end[at] = to + 1
    }
  }

  /** As `list`, down to this bucket at least. */
  list_to(bucket: number): void {
    while (this.cutoff > bucket) {
      this.most *= 4
      this.list()
    }
  }

  /** The next bucket below that has listed items; 0 for none. */
  below(bucket: number): number {
    const { end, cutoff } = this
    let k = bucket - 1
    while (k >= cutoff && end[k] === end[k + 1]) k--
    return k >= cutoff ? k : 0
  }

  /** Is what was listed under this bucket still there? */
  is_in(item: number, bucket: number): boolean {
    return this.bucket[item] === bucket
  }

  /** Has its bound changed since the build? */
  is_fresh(item: number): boolean {
    return this.bucket[item] === FRESH
  }

  /** An item has a new bound. Items beyond those of the build are new. */
  move(item: number, bound: number): void {
    while (this.items <= item) this.append(0)
    const { bucket, histogram } = this
    const before = bucket[item] as number
    if (before === FRESH) return
    histogram[before] = (histogram[before] as number) - 1
    const at = bucket_of(bound)
    if (at > 0 && at >= this.cutoff) {
      bucket[item] = FRESH
      this.fresh.push(item)
    } else {
      bucket[item] = at
      histogram[at] = (histogram[at] as number) + 1
    }
  }

  private widen(): void {
    const wider = new Uint16Array(2 * this.items + 16)
    wider.set(this.bucket)
    this.bucket = wider
  }

  /** A fresh item has no position any more: it is not looked at until it moves again. */
  retire(item: number): void {
    this.bucket[item] = 0
    this.histogram[0] = (this.histogram[0] as number) + 1
  }
}
