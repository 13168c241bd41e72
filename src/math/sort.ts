/**
 * Sorting of doubles with an index carried along: least-significant-digit radix sort, six digits of 10 or 11 bits; a digit
 * that all keys share costs nothing. Doubles order as their bits do once negative ones are complemented (Knuth, TAOCP 3,
 * 5.2.5; Terdiman, "Radix sort revisited", 2000). −0 comes before 0.
 */

const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0
const LOW = 1 - HIGH
const BUCKETS = 2048
/** Per digit: word (0 low, 1 high), shift, mask. The three digits of a word cover 11, 11 and 10 bits. */
const DIGITS = 6
const SHIFT = [0, 11, 22]
/** Below this many keys insertion is faster than clearing the counters. */
const SMALL = 48

/** Memory for sorts of up to `capacity` keys; reuse it. */
export class SortScratch {
  keys: Float64Array
  carried: Int32Array
  readonly counts: Int32Array

  constructor(capacity: number) {
    this.keys = new Float64Array(capacity)
    this.carried = new Int32Array(capacity)
    this.counts = new Int32Array(DIGITS * BUCKETS)
  }

  get capacity(): number {
    return this.keys.length
  }

  /** Makes room for n keys; the content is lost. */
  reserve(n: number): void {
    if (n <= this.capacity) return
    this.keys = new Float64Array(n)
    this.carried = new Int32Array(n)
  }
}

function insertionSort(keys: Float64Array, carried: Int32Array, n: number): void {
  for (let i = 1; i < n; i++) {
    const key = keys[i] as number
    const value = carried[i] as number
    let j = i - 1
    while (j >= 0 && comesAfter(keys[j] as number, key)) {
      keys[j + 1] = keys[j] as number
      carried[j + 1] = carried[j] as number
      j--
    }
    keys[j + 1] = key
    carried[j + 1] = value
  }
}

function comesAfter(a: number, b: number): boolean {
  return a > b || (a === 0 && b === 0 && 1 / a > 1 / b)
}

/** Counts all six digits in one pass. */
function count(words: Int32Array, n: number, counts: Int32Array): void {
  counts.fill(0)
  for (let i = 0; i < n; i++) {
    const raw = words[2 * i + HIGH] as number
    const flip = raw >> 31
    const low = (words[2 * i + LOW] as number) ^ flip
    const high = raw ^ (flip | -0x80000000)
    counts[low & 2047]!++
    counts[BUCKETS + ((low >>> 11) & 2047)]!++
    counts[2 * BUCKETS + (low >>> 22)]!++
    counts[3 * BUCKETS + (high & 2047)]!++
    counts[4 * BUCKETS + ((high >>> 11) & 2047)]!++
    counts[5 * BUCKETS + (high >>> 22)]!++
  }
}

/** Turns the counts of a digit into first positions; false if one bucket holds all n keys, so that nothing moves. */
function positions(counts: Int32Array, n: number): boolean {
  let sum = 0
  for (let b = 0; b < BUCKETS; b++) {
    const c = counts[b] as number
    if (c === n) return false
    counts[b] = sum
    sum += c
  }
  return true
}

function scatter(
  digit: number,
  n: number,
  keys: Float64Array,
  carried: Int32Array,
  outKeys: Float64Array,
  outCarried: Int32Array,
  next: Int32Array,
): void {
  const words = new Int32Array(keys.buffer, keys.byteOffset, 2 * n)
  const shift = SHIFT[digit % 3] as number
  if (digit < 3) {
    for (let i = 0; i < n; i++) {
      const bits = (words[2 * i + LOW] as number) ^ ((words[2 * i + HIGH] as number) >> 31)
      const to = next[(bits >>> shift) & 2047]!++
      outKeys[to] = keys[i] as number
      outCarried[to] = carried[i] as number
    }
    return
  }
  for (let i = 0; i < n; i++) {
    const raw = words[2 * i + HIGH] as number
    const to = next[((raw ^ ((raw >> 31) | -0x80000000)) >>> shift) & 2047]!++
    outKeys[to] = keys[i] as number
    outCarried[to] = carried[i] as number
  }
}

/**
 * Sorts keys[0 … n) ascending, in place and stably, and moves carried[0 … n) along. Allocates nothing of size n.
 * Throws RangeError, and changes nothing, if a key is NaN or the scratch is too small.
 */
export function radixSort(keys: Float64Array, carried: Int32Array, scratch: SortScratch, n: number = keys.length): void {
  if (n > keys.length || n > carried.length) throw new RangeError(`radixSort: ${n} keys, columns are shorter`)
  for (let i = 0; i < n; i++) if (keys[i] !== keys[i]) throw new RangeError(`radixSort: key ${i} is NaN`)
  if (n <= SMALL) {
    insertionSort(keys, carried, n)
    return
  }
  if (n > scratch.capacity) throw new RangeError(`radixSort: scratch holds ${scratch.capacity} keys, ${n} are needed`)
  count(new Int32Array(keys.buffer, keys.byteOffset, 2 * n), n, scratch.counts)
  let fromKeys = keys
  let fromCarried = carried
  let toKeys = scratch.keys
  let toCarried = scratch.carried
  for (let digit = 0; digit < DIGITS; digit++) {
    const next = scratch.counts.subarray(digit * BUCKETS, (digit + 1) * BUCKETS)
    if (!positions(next, n)) continue
    scatter(digit, n, fromKeys, fromCarried, toKeys, toCarried, next)
    ;[fromKeys, toKeys] = [toKeys, fromKeys]
    ;[fromCarried, toCarried] = [toCarried, fromCarried]
  }
  if (fromKeys !== keys) {
    keys.set(fromKeys.subarray(0, n))
    carried.set(fromCarried.subarray(0, n))
  }
}

/**
 * Writes to order[0 … n) the indices that sort keys[0 … n): keys[order[i]] ascends, equal keys keep their order. The keys
 * stay as they are, so the scratch needs room for a copy: reserve 2n. Throws as `radixSort`.
 */
export function sortOrder(keys: Float64Array, order: Int32Array, scratch: SortScratch, n: number = keys.length): void {
  if (scratch.capacity < 2 * n) throw new RangeError(`sortOrder: scratch holds ${scratch.capacity} keys, ${2 * n} are needed`)
  const copy = scratch.keys.subarray(n, 2 * n)
  copy.set(n === keys.length ? keys : keys.subarray(0, n))
  for (let i = 0; i < n; i++) order[i] = i
  radixSort(copy, order, scratch, n)
}
