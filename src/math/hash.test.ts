import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Column, Hasher, hash32, murmur32 } from './hash.ts'

/**
 * SMHasher's VerificationTest (KeysetTest.cpp): hash the keys {}, {0}, {0,1}, … of length i with seed 256 − i, then the
 * digests themselves with seed 0; the first four bytes, little-endian, are the value published in main.cpp.
 */
function verification(size: number, hash: (key: Uint8Array, seed: number) => Uint8Array): number {
  const key = Uint8Array.from({ length: 256 }, (_, i) => i)
  const digests = new Uint8Array(256 * size)
  for (let i = 0; i < 256; i++) digests.set(hash(key.subarray(0, i), 256 - i), i * size)
  return new DataView(hash(digests, 0).buffer).getUint32(0, true)
}

/** The digest as the reference writes it to memory on a little-endian machine. */
function digestBytes(digest: string): Uint8Array {
  const view = new DataView(new ArrayBuffer(16))
  for (let i = 0; i < 4; i++) view.setUint32(i * 4, Number.parseInt(digest.slice(i * 8, i * 8 + 8), 16), true)
  return new Uint8Array(view.buffer)
}

const utf8 = (s: string): Uint8Array => new TextEncoder().encode(s)

describe('MurmurHash3', () => {
  it('x86_128 has the verification value of SMHasher (main.cpp: 0xB3ECE62A)', () => {
    expect(verification(16, (key, seed) => digestBytes(new Hasher(seed).bytes(key).digest()))).toBe(0xb3ece62a)
  })

  it('x86_32 has the verification value of SMHasher (main.cpp: 0xB0F57EE3)', () => {
    const hash = (key: Uint8Array, seed: number): Uint8Array => {
      const view = new DataView(new ArrayBuffer(4))
      view.setUint32(0, murmur32(key, key.length, seed), true)
      return new Uint8Array(view.buffer)
    }
    expect(verification(4, hash)).toBe(0xb0f57ee3)
  })

  it('gives the values in the tests of murmurHash3.js', () => {
    const record = 'I will not buy this record, it is scratched.'
    expect(hash32(record)).toBe(2832214938)
    expect(new Hasher().bytes(utf8(record)).digest()).toBe('a0a9683b25ac5e40d9af2895890dddf5')
    const tobacconist = "I will not buy this tobacconist's, it is scratched."
    expect(hash32(tobacconist)).toBe(1720269489)
    expect(new Hasher().bytes(utf8(tobacconist)).digest()).toBe('9b5b7ba2ef3f7866889adeaf00f3f98e')
  })
})

describe('hash32', () => {
  it('hashes the UTF-8 bytes, whatever their length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.integer(), (s, seed) => {
        const bytes = utf8(s)
        expect(hash32(s, seed)).toBe(murmur32(bytes, bytes.length, seed))
      }),
    )
  })

  it('takes strings longer than its buffer', () => {
    for (const s of ['é'.repeat(5000), '語'.repeat(90), 'a'.repeat(100_000)]) expect(hash32(s)).toBe(murmur32(utf8(s)))
  })

  it('tells lone surrogates apart, which UTF-8 would merge', () => {
    const strings = ['\ud800', '\udc00', '\ufffd', '\ud800\ud800', '\udc00\ud800']
    expect(new Set(strings.map((s) => hash32(s))).size).toBe(strings.length)
  })
})

describe('Hasher', () => {
  it('does not depend on how the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 12 }), (parts) => {
        const whole = new Uint8Array(parts.flatMap((part) => [...part]))
        const cut = new Hasher(7)
        for (const part of parts) cut.bytes(part)
        expect(cut.digest()).toBe(new Hasher(7).bytes(whole).digest())
      }),
    )
  })

  it('continues after a digest, and reads bytes through an offset view', () => {
    const backing = Uint8Array.from({ length: 100 }, (_, i) => i * 7)
    const hasher = new Hasher().bytes(backing.subarray(3, 40))
    const first = hasher.digest()
    expect(hasher.digest()).toBe(first)
    hasher.bytes(backing.subarray(40, 91))
    expect(hasher.digest()).toBe(new Hasher().bytes(backing.slice(3, 91)).digest())
    expect(hasher.digest()).not.toBe(first)
  })

  it('writes u32 and f64 as little-endian bytes', () => {
    const bytes = new Uint8Array([0xef, 0xbe, 0xad, 0xde, 0, 0, 0, 0, 0, 0, 0xf8, 0xbf]) // 0xdeadbeef, then −1.5
    expect(new Hasher().u32(0xdeadbeef).f64(-1.5).digest()).toBe(new Hasher().bytes(bytes).digest())
    expect(new Hasher().f64(-0).digest()).toBe(new Hasher().f64(0).digest())
    expect(() => new Hasher().f64(Number.NaN)).toThrow(RangeError)
  })

  it('separates texts by their length', () => {
    expect(new Hasher().text('ab').text('c').digest()).not.toBe(new Hasher().text('a').text('bc').digest())
    expect(new Hasher().text('é😀').digest()).toBe(new Hasher().u32(6).bytes(utf8('é😀')).digest())
  })

  const columns: Column[] = [
    Float64Array.of(1, -0, 0, Number.POSITIVE_INFINITY, -1e-320, 3, Number.NEGATIVE_INFINITY),
    Float32Array.of(1, -0, 2.5),
    Int32Array.of(-1, 2, 3, 4, 5),
    Uint32Array.of(4294967295, 1),
    Int16Array.of(-3, 3, 9),
    Uint16Array.of(65535, 3),
    Int8Array.of(-1, 3, 4),
    Uint8Array.of(255, 3, 4, 9, 9),
    Uint8ClampedArray.of(255, 3),
  ]

  it('hashes every column type fast as it does element by element, at any offset in the stream', () => {
    for (const column of columns) {
      for (let lead = 0; lead < 17; lead++) {
        const fast = new Hasher().bytes(new Uint8Array(lead)).column(column).text('end')
        const slow = new Hasher().bytes(new Uint8Array(lead)).columnPortable(column).text('end')
        expect(fast.digest()).toBe(slow.digest())
      }
    }
  })

  it('hashes columns of any doubles fast as it does element by element', () => {
    const values = fc.float64Array({ noNaN: true, maxLength: 40 })
    fc.assert(
      fc.property(values, (column) => {
        expect(new Hasher(1).column(column).digest()).toBe(new Hasher(1).columnPortable(column).digest())
      }),
    )
  })

  it('is canonical bytes: a documented column equals its bytes written by hand', () => {
    const bytes = new Uint8Array(32)
    const view = new DataView(bytes.buffer)
    view.setUint32(0, 1 | (4 << 8), true)
    view.setUint32(4, 2, true)
    view.setFloat64(16, 0.1, true)
    view.setFloat64(24, 0, true)
    expect(new Hasher().column(Float64Array.of(0.1, -0)).digest()).toBe(new Hasher().bytes(bytes).digest())
  })

  it('tells types, lengths and neighbours apart', () => {
    const empty = columns.map((column) => new Hasher().column(column.subarray(0, 0)).digest())
    expect(new Set(empty).size).toBe(columns.length)
    const zeros = [0, 1, 2, 3].map((n) =>
      new Hasher()
        .column(new Float64Array(n))
        .column(new Float64Array(3 - n))
        .digest(),
    )
    expect(new Set(zeros).size).toBe(4)
    const padded = [1, 2].map((n) => new Hasher().bytes(new Uint8Array(n)).column(Int8Array.of(1)).digest())
    expect(padded[0]).not.toBe(padded[1])
  })

  it('names the element that is NaN', () => {
    const column = new Float64Array(9)
    for (const at of [0, 3, 8]) {
      const bad = column.slice()
      bad[at] = Number.NaN
      expect(() => new Hasher().column(bad)).toThrow(`element ${at} `)
      expect(() => new Hasher().columnPortable(bad)).toThrow(`element ${at} `)
    }
    expect(() => new Hasher().column(Float32Array.of(1, Number.NaN))).toThrow('element 1 ')
  })

  it('changes about half of its 128 bits when one bit of the input changes', () => {
    const input = new Uint8Array(40)
    const base = digestBytes(new Hasher().bytes(input).digest())
    let flipped = 0
    for (let bit = 0; bit < 320; bit++) {
      input[bit >> 3] = 1 << (bit & 7)
      const other = digestBytes(new Hasher().bytes(input).digest())
      input[bit >> 3] = 0
      for (let i = 0; i < 16; i++) flipped += ((base[i]! ^ other[i]!).toString(2).match(/1/g) ?? []).length
    }
    // 40,960 fair coins: mean 20,480, sd 101; outside ± 5 sd with probability 6e-7 if the bits were fair.
    expect(Math.abs(flipped - 20480)).toBeLessThan(5 * 101.2)
  })
})
