import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Rng } from './random.ts'
import { radixSort, SortScratch, sortOrder } from './sort.ts'

/** The order of a stable comparison sort: −0 before 0, ties by index. */
function oracle(keys: Float64Array): number[] {
  const indices = Array.from(keys, (_, i) => i)
  return indices.sort((a, b) => {
    const [x, y] = [keys[a]!, keys[b]!]
    if (x === 0 && y === 0) return Number(Object.is(y, -0)) - Number(Object.is(x, -0)) || a - b
    return x < y ? -1 : x > y ? 1 : a - b
  })
}

const scratch = new SortScratch(4000)

function check(keys: Float64Array): void {
  const order = new Int32Array(keys.length)
  const before = keys.slice()
  sortOrder(keys, order, scratch)
  expect([...order]).toEqual(oracle(keys))
  expect(keys).toEqual(before)
  const carried = Int32Array.from(keys, (_, i) => 7 - i)
  const sorted = keys.slice()
  radixSort(sorted, carried, scratch)
  expect([...carried]).toEqual(oracle(keys).map((i) => 7 - i))
  expect(sorted).toEqual(Float64Array.from(oracle(keys), (i) => keys[i]!))
}

const special = fc.constantFrom(0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, -5e-324, 1e308, -1e308)
const key = fc.oneof(fc.double({ noNaN: true }), special, fc.integer({ min: -3, max: 3 }).map(Number))

describe('radixSort', () => {
  it('gives the order of a stable comparison sort, on few keys and on many', () => {
    fc.assert(fc.property(fc.array(key, { maxLength: 60 }), (keys) => check(Float64Array.from(keys))))
    fc.assert(fc.property(fc.array(key, { minLength: 49, maxLength: 600 }), (keys) => check(Float64Array.from(keys))))
  })

  it('sorts keys that share most digits, which skips passes', () => {
    const rng = new Rng(1)
    for (const spread of [0, 2 ** -52, 1e-9, 1]) {
      check(Float64Array.from({ length: 2000 }, () => 1 + spread * Math.floor(rng.uniform() * 3000)))
    }
    check(new Float64Array(100))
  })

  it('takes a prefix and a view into a larger buffer', () => {
    const buffer = Float64Array.from({ length: 300 }, (_, i) => ((i * 7919) % 301) - 150)
    const keys = buffer.subarray(100, 250)
    const expected = [...keys.slice(0, 120)].sort((a, b) => a - b)
    const outside = [...buffer.slice(0, 100), ...buffer.slice(220)]
    radixSort(keys, new Int32Array(150), scratch, 120)
    expect([...keys.slice(0, 120)]).toEqual(expected)
    expect([...buffer.slice(0, 100), ...buffer.slice(220)]).toEqual(outside)
    const order = new Int32Array(5).fill(9)
    sortOrder(Float64Array.of(5, 4, 6, 1, 2), order, scratch, 3)
    expect([...order]).toEqual([1, 0, 2, 9, 9])
  })

  it('refuses NaN and missing memory, and then has changed nothing', () => {
    for (const n of [10, 100]) {
      const keys = Float64Array.from({ length: n }, (_, i) => n - i)
      keys[5] = Number.NaN
      const before = keys.slice()
      expect(() => radixSort(keys, new Int32Array(n), scratch)).toThrow('key 5 is NaN')
      expect(keys).toEqual(before)
    }
    const small = new SortScratch(99)
    expect(() => radixSort(new Float64Array(100), new Int32Array(100), small)).toThrow('scratch holds 99')
    small.reserve(100)
    radixSort(new Float64Array(100), new Int32Array(100), small)
    expect(() => sortOrder(new Float64Array(100), new Int32Array(100), small)).toThrow('200 are needed')
    expect(() => radixSort(new Float64Array(100), new Int32Array(99), small)).toThrow(RangeError)
  })
})
