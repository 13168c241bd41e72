import { describe, expect, it } from 'vitest'
import { philox4x32 } from './philox.ts'

const words = (hex: string): number[] => hex.split(' ').map((word) => Number.parseInt(word, 16))

// Random123, tests/kat_vectors, the three lines "philox4x32 10": counter, key, expected block.
const vectors = [
  ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
] as const

/** The definition in exact integers, to check blocks that have no published vector. */
function exact(counter: number[], key: number[]): number[] {
  let [x0, x1, x2, x3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint]
  let [k0, k1] = key.map(BigInt) as [bigint, bigint]
  const mask = 0xffffffffn
  for (let round = 0; round < 10; round++) {
    const a = 0xd2511f53n * x0
    const b = 0xcd9e8d57n * x2
    ;[x0, x1, x2, x3] = [(b >> 32n) ^ x1 ^ k0, b & mask, (a >> 32n) ^ x3 ^ k1, a & mask]
    k0 = (k0 + 0x9e3779b9n) & mask
    k1 = (k1 + 0xbb67ae85n) & mask
  }
  return [x0, x1, x2, x3].map(Number)
}

describe('philox4x32', () => {
  it.each(vectors)('gives the Random123 known answer for counter %s', (counter, key, expected) => {
    const out = new Uint32Array(4)
    const c = words(counter) as [number, number, number, number]
    const k = words(key) as [number, number]
    philox4x32(...c, ...k, out)
    expect([...out]).toEqual(words(expected))
    expect(exact(c, k)).toEqual(words(expected))
  })

  it('equals the definition in exact integers along a chain of 2,000 blocks', () => {
    const out = new Uint32Array([1, 2, 3, 4])
    const signed = new Int32Array(4)
    for (let i = 0; i < 2000; i++) {
      const [c0, c1, c2, c3] = out as unknown as [number, number, number, number]
      const expected = exact([c0, c1, c2, c3], [c3, i])
      philox4x32(c0, c1, c2, c3, c3, i, signed)
      philox4x32(c0, c1, c2, c3, c3, i, out)
      expect([...out]).toEqual(expected)
      expect(signed.map((word) => word | 0)).toEqual(new Int32Array(out.buffer))
    }
  })
})
