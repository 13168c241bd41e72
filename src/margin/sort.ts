/** Sorting of keys with their rows: insertion for a few, least-significant-digit radix for many. Stable; allocates nothing. */
const DIGIT = 11
const BUCKETS = 1 << DIGIT
const counts = new Int32Array(BUCKETS)
const FEW = 48

/**
 * Sorts `keys[from, to)` (≥ 0) ascending and moves `rows` with them.
 * @param keys2 scratch as long as `keys`
 * @param rows2 scratch as long as `rows`
 */
export function sort_pairs(
  keys: Int32Array,
  rows: Int32Array,
  from: number,
  to: number,
  keys2: Int32Array,
  rows2: Int32Array,
): void {
  if (to - from <= FEW) return insert_pairs(keys, rows, from, to)
  let low = keys[from] as number
  let high = low
  for (let i = from + 1; i < to; i++) {
    const key = keys[i] as number
    if (key < low) low = key
    else if (key > high) high = key
  }
  // keys share their leading bits: sort by what differs
  const bits = 32 - Math.clz32(high - low)
  const passes = Math.ceil(bits / DIGIT)
  const digit = passes === 0 ? 0 : Math.ceil(bits / passes)
  for (let pass = 0; pass < passes; pass++) {
    const even = (pass & 1) === 0
    if (even) scatter_pairs(keys, rows, from, to, keys2, rows2, low, pass * digit, digit)
    else scatter_pairs(keys2, rows2, from, to, keys, rows, low, pass * digit, digit)
  }
  if ((passes & 1) === 1) {
    for (let i = from; i < to; i++) {
      keys[i] = keys2[i] as number
      rows[i] = rows2[i] as number
    }
  }
}

function scatter_pairs(
  keys: Int32Array,
  rows: Int32Array,
  from: number,
  to: number,
  keys_out: Int32Array,
  rows_out: Int32Array,
  low: number,
  shift: number,
  digit: number,
): void {
  const mask = (1 << digit) - 1
  counts.fill(0, 0, mask + 1)
  for (let i = from; i < to; i++) {
    const d = (((keys[i] as number) - low) >>> shift) & mask
    counts[d] = (counts[d] as number) + 1
  }
  let sum = from
  for (let d = 0; d <= mask; d++) {
    const count = counts[d] as number
    counts[d] = sum
    sum += count
  }
  for (let i = from; i < to; i++) {
    const key = keys[i] as number
    const d = ((key - low) >>> shift) & mask
    const at = counts[d] as number
    counts[d] = at + 1
    keys_out[at] = key
    rows_out[at] = rows[i] as number
  }
}

function insert_pairs(keys: Int32Array, rows: Int32Array, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const key = keys[i] as number
    const row = rows[i] as number
    let j = i - 1
    while (j >= from && (keys[j] as number) > key) {
      keys[j + 1] = keys[j] as number
      rows[j + 1] = rows[j] as number
      j--
    }
    keys[j + 1] = key
    rows[j + 1] = row
  }
}

/**
 * Sorts `rows[0, length)` ascending; costs little more than a pass if most of it is already.
 * @param limit rows are in [0, limit)
 * @param rows2 scratch as long as `rows`
 */
export function sort_rows(rows: Int32Array, length: number, limit: number, rows2: Int32Array): void {
  if (length <= FEW) return insert_rows(rows, 0, length)
  // keep an ascending part in place and put aside what falls behind it
  let i = 1
  while (i < length && (rows[i - 1] as number) <= (rows[i] as number)) i++
  let kept = i
  let aside = 0
  let last = rows[i - 1] as number
  const most = length >> 3
  for (; i < length; i++) {
    const row = rows[i] as number
    if (row >= last) {
      rows[kept++] = row
      last = row
    } else if (aside < most) rows2[aside++] = row
    else break
  }
  for (let k = 0; k < aside; k++) rows[kept + k] = rows2[k] as number
  if (i < length) return radix_rows(rows, 0, length, limit, rows2)
  if (aside === 0) return
  radix_rows(rows, kept, length, limit, rows2)
  for (let k = 0; k < aside; k++) rows2[k] = rows[kept + k] as number
  for (let at = length - 1; aside > 0; at--) {
    const from_aside = kept === 0 || (rows2[aside - 1] as number) > (rows[kept - 1] as number)
    rows[at] = (from_aside ? rows2[--aside] : rows[--kept]) as number
  }
}

function radix_rows(rows: Int32Array, from: number, to: number, limit: number, rows2: Int32Array): void {
  if (to - from <= FEW) return insert_rows(rows, from, to)
  const bits = 32 - Math.clz32(limit)
  const passes = Math.ceil(bits / DIGIT)
  const digit = Math.ceil(bits / passes)
  for (let pass = 0; pass < passes; pass++) {
    if ((pass & 1) === 0) scatter_rows(rows, from, to, rows2, pass * digit, digit)
    else scatter_rows(rows2, from, to, rows, pass * digit, digit)
  }
  if ((passes & 1) === 1) for (let i = from; i < to; i++) rows[i] = rows2[i] as number
}

function scatter_rows(rows: Int32Array, from: number, to: number, rows_out: Int32Array, shift: number, digit: number): void {
  const mask = (1 << digit) - 1
  counts.fill(0, 0, mask + 1)
  for (let i = from; i < to; i++) {
    const d = ((rows[i] as number) >>> shift) & mask
    counts[d] = (counts[d] as number) + 1
  }
  let sum = from
  for (let d = 0; d <= mask; d++) {
    const count = counts[d] as number
    counts[d] = sum
    sum += count
  }
  for (let i = from; i < to; i++) {
    const row = rows[i] as number
    const d = (row >>> shift) & mask
    const at = counts[d] as number
    counts[d] = at + 1
    rows_out[at] = row
  }
}

function insert_rows(rows: Int32Array, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const row = rows[i] as number
    let j = i - 1
    while (j >= from && (rows[j] as number) > row) {
      rows[j + 1] = rows[j] as number
      j--
    }
    rows[j + 1] = row
  }
}
