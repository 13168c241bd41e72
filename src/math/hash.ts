/**
 * Content hashes that are the same on every host: MurmurHash3 x86_128 and x86_32 (A. Appleby, SMHasher, public domain),
 * over little-endian canonical bytes. They detect change and name content; they do not resist an adversary.
 */

export type Column =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

const C1 = 0x239b961b
const C2 = 0xab0e9789
const C3 = 0x38b34ae5
const C4 = 0xa1e38b93

const scratch = new Uint8Array(8)
const scratchView = new DataView(scratch.buffer)
let encoded = new Uint8Array(256)

/** The tag of a column's type: part of its canonical bytes, so an empty or all-zero column still says what it is. */
function tagOf(column: Column): number {
  if (column instanceof Float64Array) return 1
  if (column instanceof Float32Array) return 2
  if (column instanceof Int32Array) return 3
  if (column instanceof Uint32Array) return 4
  if (column instanceof Int16Array) return 5
  if (column instanceof Uint16Array) return 6
  if (column instanceof Int8Array) return 7
  return column instanceof Uint8Array ? 8 : 9
}

/**
 * UTF-8 of `s` into the module's buffer; returns the number of bytes. A lone surrogate is encoded as its three bytes
 * (WTF-8), so that two different strings never have the same bytes.
 */
function encode(s: string): number {
  if (encoded.length < s.length * 3) encoded = new Uint8Array(s.length * 6)
  const out = encoded
  let n = 0
  for (let i = 0; i < s.length; i++) {
    let code = s.charCodeAt(i)
    if (code < 0x80) {
      out[n++] = code
      continue
    }
    if (code < 0x800) {
      out[n++] = 0xc0 | (code >> 6)
    } else {
      const next = i + 1 < s.length ? s.charCodeAt(i + 1) : 0
      if (code >> 10 === 0x36 && next >> 10 === 0x37) {
        code = 0x10000 + ((code & 0x3ff) << 10) + (next & 0x3ff)
        i++
        out[n++] = 0xf0 | (code >> 18)
        out[n++] = 0x80 | ((code >> 12) & 0x3f)
      } else {
        out[n++] = 0xe0 | (code >> 12)
      }
      out[n++] = 0x80 | ((code >> 6) & 0x3f)
    }
    out[n++] = 0x80 | (code & 0x3f)
  }
  return n
}

function fmix(h: number): number {
  let x = h ^ (h >>> 16)
  x = Math.imul(x, 0x85ebca6b)
  x ^= x >>> 13
  x = Math.imul(x, 0xc2b2ae35)
  return x ^ (x >>> 16)
}

/** MurmurHash3 x86_32 of the first `length` bytes, as an unsigned 32-bit integer. */
export function murmur32(bytes: Uint8Array, length: number = bytes.length, seed = 0): number {
  let h = seed | 0
  const blocks = length & ~3
  for (let i = 0; i < blocks; i += 4) {
    let k = (bytes[i] as number) | ((bytes[i + 1] as number) << 8)
    k |= ((bytes[i + 2] as number) << 16) | ((bytes[i + 3] as number) << 24)
    k = Math.imul(k, 0xcc9e2d51)
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
    h ^= k
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let i = length - 1; i >= blocks; i--) tail = (tail << 8) | (bytes[i] as number)
  if (length > blocks) {
    tail = Math.imul(tail, 0xcc9e2d51)
    h ^= Math.imul((tail << 15) | (tail >>> 17), 0x1b873593)
  }
  return fmix(h ^ length) >>> 0
}

/**
 * A stable 32-bit hash of a string: MurmurHash3 x86_32 of its UTF-8 bytes; unsigned. For entity and purpose keys.
 * Among n strings expect n² / 2^33 equal pairs.
 */
export function hash32(s: string, seed = 0): number {
  const n = encode(s) // may replace the buffer
  return murmur32(encoded, n, seed)
}

function mixBlock(h: Int32Array, a: number, b: number, c: number, d: number): void {
  let h1 = h[0] as number
  let h2 = h[1] as number
  let h3 = h[2] as number
  let h4 = h[3] as number
  let k = Math.imul(a, C1)
  h1 ^= Math.imul((k << 15) | (k >>> 17), C2)
  h1 = (Math.imul((((h1 << 19) | (h1 >>> 13)) + h2) | 0, 5) + 0x561ccd1b) | 0
  k = Math.imul(b, C2)
  h2 ^= Math.imul((k << 16) | (k >>> 16), C3)
  h2 = (Math.imul((((h2 << 17) | (h2 >>> 15)) + h3) | 0, 5) + 0x0bcaa747) | 0
  k = Math.imul(c, C3)
  h3 ^= Math.imul((k << 17) | (k >>> 15), C4)
  h3 = (Math.imul((((h3 << 15) | (h3 >>> 17)) + h4) | 0, 5) + 0x96cd1c35) | 0
  k = Math.imul(d, C4)
  h4 ^= Math.imul((k << 18) | (k >>> 14), C1)
  h4 = (Math.imul((((h4 << 13) | (h4 >>> 19)) + h1) | 0, 5) + 0x32ac3b17) | 0
  h[0] = h1
  h[1] = h2
  h[2] = h3
  h[3] = h4
}

/** Throws on NaN; returns the canonical high word of a double (that of 0 for −0). */
function canonicalHigh(high: number, low: number, index: number): number {
  if ((high & 0x7ff00000) === 0x7ff00000 && ((high & 0xfffff) | low) !== 0) {
    throw new RangeError(`hash: element ${index} is NaN, which has no canonical bytes`)
  }
  return high === -0x80000000 && low === 0 ? 0 : high
}

/** A streaming MurmurHash3 x86_128 with typed, canonical input. */
export class Hasher {
  private readonly h: Int32Array
  private readonly pending: Uint8Array
  private readonly pendingView: DataView
  private length: number

  constructor(seed = 0) {
    this.h = new Int32Array(4).fill(seed)
    this.pending = new Uint8Array(16)
    this.pendingView = new DataView(this.pending.buffer)
    this.length = 0
  }

  private mixPending(): void {
    const view = this.pendingView
    mixBlock(this.h, view.getInt32(0, true), view.getInt32(4, true), view.getInt32(8, true), view.getInt32(12, true))
  }

  private append(source: Uint8Array, from: number, to: number): void {
    let at = this.length % 16
    let i = from
    for (; i < to; i++) {
      if (at === 0 && to - i >= 16) break
      this.pending[at++] = source[i] as number
      if (at === 16) {
        this.mixPending()
        at = 0
      }
    }
    if (i < to) {
      const view = new DataView(source.buffer, source.byteOffset)
      for (; to - i >= 16; i += 16) {
        const a = view.getInt32(i, true)
        mixBlock(this.h, a, view.getInt32(i + 4, true), view.getInt32(i + 8, true), view.getInt32(i + 12, true))
      }
      for (; i < to; i++) this.pending[at++] = source[i] as number
    }
    this.length += to - from
  }

  /** Raw bytes, without a length: the caller separates fields. */
  bytes(u8: Uint8Array): this {
    this.append(u8, 0, u8.length)
    return this
  }

  /** Four little-endian bytes of `value` modulo 2^32. */
  u32(value: number): this {
    scratchView.setUint32(0, value, true)
    this.append(scratch, 0, 4)
    return this
  }

  /** Eight little-endian bytes; −0 as 0. Throws RangeError on NaN. */
  f64(value: number): this {
    if (value !== value) throw new RangeError('hash: NaN has no canonical bytes')
    scratchView.setFloat64(0, value === 0 ? 0 : value, true)
    this.append(scratch, 0, 8)
    return this
  }

  /** The number of UTF-8 bytes as u32, then the bytes. */
  text(s: string): this {
    const n = encode(s)
    this.u32(n)
    this.append(encoded, 0, n)
    return this
  }

  /**
   * A typed array: u32 of (tag | pad << 8), u32 count low, u32 count high, `pad` zero bytes up to a 16-byte boundary, then
   * the elements in little-endian order, −0 as 0. Throws RangeError on NaN, naming the element; the hasher is then spent.
   */
  column(column: Column): this {
    this.header(column)
    if (!LITTLE_ENDIAN) return this.elements(column)
    if (column instanceof Float64Array) this.float64(column)
    else if (column instanceof Float32Array) this.elements(column)
    else this.bytes(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
    return this
  }

  /** `column` by way of single elements: what the fast path must equal, and the path of big-endian hosts. */
  columnPortable(column: Column): this {
    this.header(column)
    return this.elements(column)
  }

  private header(column: Column): void {
    const pad = (20 - (this.length % 16)) % 16
    this.u32(tagOf(column) | (pad << 8))
    this.u32(column.length)
    this.u32(Math.floor(column.length / 4294967296))
    scratch.fill(0)
    this.append(scratch, 0, Math.min(pad, 8))
    this.append(scratch, 0, Math.max(pad - 8, 0))
  }

  private elements(column: Column): this {
    const size = column.BYTES_PER_ELEMENT
    for (let i = 0; i < column.length; i++) {
      const value = column[i] as number
      if (value !== value) throw new RangeError(`hash: element ${i} is NaN, which has no canonical bytes`)
      if (column instanceof Float64Array) scratchView.setFloat64(0, value === 0 ? 0 : value, true)
      else if (column instanceof Float32Array) scratchView.setFloat32(0, value === 0 ? 0 : value, true)
      else scratchView.setInt32(0, value, true)
      this.append(scratch, 0, size)
    }
    return this
  }

  /** The same rounds as `mixBlock`, with the state in registers: two doubles are one block. */
  private float64(column: Float64Array): void {
    const words = new Int32Array(column.buffer, column.byteOffset, column.length * 2)
    const h = this.h
    let h1 = h[0] as number
    let h2 = h[1] as number
    let h3 = h[2] as number
    let h4 = h[3] as number
    const whole = words.length & ~3
    for (let i = 0; i < whole; i += 4) {
      const a = words[i] as number
      let b = words[i + 1] as number
      const c = words[i + 2] as number
      let d = words[i + 3] as number
      if ((b & 0x7ff00000) === 0x7ff00000 || b === -0x80000000) b = canonicalHigh(b, a, i >> 1)
      if ((d & 0x7ff00000) === 0x7ff00000 || d === -0x80000000) d = canonicalHigh(d, c, (i >> 1) + 1)
      let k = Math.imul(a, C1)
      h1 ^= Math.imul((k << 15) | (k >>> 17), C2)
      h1 = (Math.imul((((h1 << 19) | (h1 >>> 13)) + h2) | 0, 5) + 0x561ccd1b) | 0
      k = Math.imul(b, C2)
      h2 ^= Math.imul((k << 16) | (k >>> 16), C3)
      h2 = (Math.imul((((h2 << 17) | (h2 >>> 15)) + h3) | 0, 5) + 0x0bcaa747) | 0
      k = Math.imul(c, C3)
      h3 ^= Math.imul((k << 17) | (k >>> 15), C4)
      h3 = (Math.imul((((h3 << 15) | (h3 >>> 17)) + h4) | 0, 5) + 0x96cd1c35) | 0
      k = Math.imul(d, C4)
      h4 ^= Math.imul((k << 18) | (k >>> 14), C1)
      h4 = (Math.imul((((h4 << 13) | (h4 >>> 19)) + h1) | 0, 5) + 0x32ac3b17) | 0
    }
    h[0] = h1
    h[1] = h2
    h[2] = h3
    h[3] = h4
    this.length += whole * 4
    if (whole < words.length) this.last(column)
  }

  private last(column: Float64Array): void {
    const at = column.length - 1
    if (column[at] !== column[at]) throw new RangeError(`hash: element ${at} is NaN, which has no canonical bytes`)
    this.f64(column[at] as number)
  }

  /** The hash of everything so far, 32 hex digits: the four state words in order, each as a big-endian number. Does not end the stream. */
  digest(): string {
    const [h1, h2, h3, h4] = this.finish()
    return hex(h1) + hex(h2) + hex(h3) + hex(h4)
  }

  private finish(): [number, number, number, number] {
    const rest = this.length % 16
    const tail = new DataView(new ArrayBuffer(16))
    for (let i = 0; i < rest; i++) tail.setUint8(i, this.pending[i] as number)
    let [h1, h2, h3, h4] = this.h as unknown as [number, number, number, number]
    let k = Math.imul(tail.getInt32(12, true), C4)
    h4 ^= Math.imul((k << 18) | (k >>> 14), C1)
    k = Math.imul(tail.getInt32(8, true), C3)
    h3 ^= Math.imul((k << 17) | (k >>> 15), C4)
    k = Math.imul(tail.getInt32(4, true), C2)
    h2 ^= Math.imul((k << 16) | (k >>> 16), C3)
    k = Math.imul(tail.getInt32(0, true), C1)
    h1 ^= Math.imul((k << 15) | (k >>> 17), C2)
    // The reference counts bytes in 32 bits; beyond that the length wraps, as its own would.
    const n = (this.length % 4294967296) | 0
    h1 = ((h1 ^ n) + (h2 ^ n) + (h3 ^ n) + (h4 ^ n)) | 0
    h2 = ((h2 ^ n) + h1) | 0
    h3 = ((h3 ^ n) + h1) | 0
    h4 = ((h4 ^ n) + h1) | 0
    h1 = fmix(h1)
    h2 = fmix(h2)
    h3 = fmix(h3)
    h4 = fmix(h4)
    h1 = (h1 + h2 + h3 + h4) | 0
    return [h1, (h2 + h1) | 0, (h3 + h1) | 0, (h4 + h1) | 0]
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
