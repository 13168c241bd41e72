import { describe, expect, it } from 'vitest'
import { normalCdf } from './normal.ts'
import { hash32, poissonLogMass, Rng } from './random.ts'

/**
 * Every statistical test here rejects with probability 1e-4 if the draws are right; the seeds are fixed, so it passes for
 * good or fails for good.
 */
const Z = 3.719016485 // P(Z > z) = 1e-4

/** Upper 1e-4 point of chi-squared, by Wilson and Hilferty (Abramowitz and Stegun 26.4.17). */
const chiLimit = (df: number): number => df * (1 - 2 / (9 * df) + Z * Math.sqrt(2 / (9 * df))) ** 3

function chiSquared(observed: ArrayLike<number>, expected: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < observed.length; i++) sum += (observed[i]! - expected[i]!) ** 2 / expected[i]!
  return sum
}

/** √n · D of Kolmogorov and Smirnov; P(above 2.2252) = 2 e^(−2 · 2.2252²) = 1e-4. */
function kolmogorov(sample: Float64Array, cdf: (x: number) => number): number {
  const sorted = sample.slice().sort()
  const n = sorted.length
  let d = 0
  sorted.forEach((x, i) => {
    d = Math.max(d, (i + 1) / n - cdf(x), cdf(x) - i / n)
  })
  return d * Math.sqrt(n)
}

const draw = (n: number, f: () => number): Float64Array => Float64Array.from({ length: n }, f)

describe('names', () => {
  it('give the same stream whenever and however it is made', () => {
    const root = new Rng(42, 7)
    const before = root.stream('liquidator', 'alice').u32()
    root.u32()
    root.stream('other', 1).u32()
    expect(root.stream('liquidator', 'alice').u32()).toBe(before)
    expect(new Rng(42, 7, 'liquidator', 'alice').u32()).toBe(before)
    const reused = root.stream('liquidator', 'alice', root.stream('x', 2))
    expect([reused.counter, reused.u32()]).toEqual([0, before])
    expect(new Rng([42, 0], 7).u32()).toBe(new Rng(42, 7).u32())
    expect(root.stream('x').u32()).toBe(root.stream('x', 0).u32())
    expect(new Rng(42).u32()).toBe(new Rng(42, 0).u32())
  })

  it('are distinct in every part, also beyond 32 bits', () => {
    const two33 = 2 ** 33
    const streams = [
      new Rng(1),
      new Rng(2),
      new Rng('1'),
      new Rng([1, 1]),
      new Rng(1 + two33),
      new Rng(1, 1),
      new Rng(1, 1 + two33),
      new Rng(1, 0, 'a'),
      new Rng(1, 0, 'b'),
      new Rng(1, 0, 'a', 1),
      new Rng(1, 0, 'a', '1'),
      new Rng(1, 0, 'a', 1 + two33),
      new Rng(1, 0, 'a').stream('b'),
      new Rng(1, 0, 'b').stream('a'),
      new Rng(1, 0, 'a').stream('a'),
    ]
    const firsts = streams.map((rng) => `${rng.u32()} ${rng.u32()} ${rng.u32()} ${rng.u32()}`)
    expect(new Set(firsts).size).toBe(streams.length)
  })

  it('are pinned: these words may never change', () => {
    const rng = new Rng('unwind', 3, 'shock', 'ETH')
    expect([rng.u32(), rng.u32(), rng.u32(), rng.u32(), rng.u32()]).toEqual([
      189876846, 3746445512, 2673463341, 2272937833, 615710237,
    ])
    expect(hash32('ETH')).toBe(997764372)
  })

  it('refuse numbers that are not keys', () => {
    for (const bad of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => new Rng(bad)).toThrow(RangeError)
      expect(() => new Rng(1, bad)).toThrow(RangeError)
      expect(() => new Rng(1).stream('x', bad)).toThrow(RangeError)
    }
  })

  it('of neighbours are uncorrelated: entities, paths, seeds, purposes', () => {
    const n = 4000
    const families: ((i: number) => Rng)[] = [
      (i) => new Rng(5, 0, 'x', i),
      (i) => new Rng(5, i),
      (i) => new Rng(i),
      (i) => new Rng(5, 0, `x${i}`),
    ]
    for (const family of families) {
      const first = Float64Array.from({ length: n }, (_, i) => family(i).normal())
      let product = 0
      let square = 0
      for (let i = 0; i + 1 < n; i++) product += first[i]! * first[i + 1]!
      for (const z of first) square += z * z - 1
      expect(Math.abs(product) / Math.sqrt(n)).toBeLessThan(3.891) // two-sided 1e-4
      expect(Math.abs(square) / Math.sqrt(2 * n)).toBeLessThan(3.891)
      expect(kolmogorov(first, normalCdf)).toBeLessThan(2.2252)
    }
  })
})

describe('counter', () => {
  it('is the whole state: any position can be returned to, and computed directly', () => {
    const rng = new Rng(9, 1, 'p', 2)
    const all = Array.from({ length: 40 }, () => rng.u32())
    expect(rng.counter).toBe(40)
    for (const at of [0, 1, 3, 4, 5, 39, 17, 0]) {
      rng.counter = at
      expect([rng.counter, rng.u32(), rng.counter]).toEqual([at, all[at], at + 1])
      expect(rng.u32At(at)).toBe(all[at])
    }
    rng.counter = 0
    const uniforms = Array.from({ length: 9 }, () => rng.uniform())
    rng.counter = 0
    const normals = Array.from({ length: 9 }, () => rng.normal())
    expect(uniforms.map((_, i) => rng.uniformAt(i))).toEqual(uniforms)
    expect(normals.map((_, i) => rng.normalAt(i))).toEqual(normals)
    expect(rng.counter).toBe(18)
  })

  it('goes beyond 2^32 blocks without repeating', () => {
    const rng = new Rng(9)
    const first = rng.u32()
    rng.counter = 4 * 2 ** 32
    const later = rng.u32()
    expect(later).not.toBe(first)
    expect(rng.u32At(4 * 2 ** 32)).toBe(later)
    expect(() => {
      rng.counter = -1
    }).toThrow(RangeError)
  })
})

describe('uniform draws', () => {
  it('fill bytes evenly and singly', () => {
    const rng = new Rng(11)
    const counts = new Float64Array(1024)
    const n = 100_000
    for (let i = 0; i < n; i++) {
      const word = rng.u32()
      for (let byte = 0; byte < 4; byte++) counts[byte * 256 + ((word >>> (8 * byte)) & 255)]!++
    }
    for (let byte = 0; byte < 4; byte++) {
      expect(chiSquared(counts.subarray(byte * 256, byte * 256 + 256), new Float64Array(256).fill(n / 256))).toBeLessThan(
        chiLimit(255),
      )
    }
  })

  it('have 53 bits, all in use, in [0, 1)', () => {
    const rng = new Rng(12)
    let ones = 0n
    let zeros = 0n
    for (let i = 0; i < 200; i++) {
      const bits = BigInt(rng.uniform() * 2 ** 53)
      ones |= bits
      zeros |= ~bits
    }
    expect(ones).toBe(2n ** 53n - 1n)
    expect(BigInt.asUintN(53, zeros)).toBe(2n ** 53n - 1n)
  })

  it('are uniform, and open ones never touch an end', () => {
    const rng = new Rng(13)
    expect(
      kolmogorov(
        draw(50_000, () => rng.uniform()),
        (x) => x,
      ),
    ).toBeLessThan(2.2252)
    expect(
      kolmogorov(
        draw(50_000, () => rng.open()),
        (x) => x,
      ),
    ).toBeLessThan(2.2252)
    // Pairs, on a 32 × 32 board: serial dependence would show.
    const counts = new Float64Array(1024)
    for (let i = 0; i < 100_000; i++) counts[Math.floor(rng.uniform() * 32) * 32 + Math.floor(rng.uniform() * 32)]!++
    expect(chiSquared(counts, new Float64Array(1024).fill(100_000 / 1024))).toBeLessThan(chiLimit(1023))
  })

  it('have the gaps of birthdays: 2^12 days in a year of 2^34 give Poisson(1) repeated spacings', () => {
    // Marsaglia, "A current view of random number generators", 1985; n³ / 4m = 2^36 / 2^36 = 1.
    const rng = new Rng(14)
    let repeats = 0
    for (let trial = 0; trial < 200; trial++) {
      const days = draw(4096, () => Math.floor(rng.uniform() * 2 ** 34)).sort()
      const gaps = Float64Array.from({ length: 4095 }, (_, i) => days[i + 1]! - days[i]!).sort()
      for (let i = 0; i + 1 < gaps.length; i++) if (gaps[i] === gaps[i + 1]) repeats++
    }
    expect(Math.abs(repeats - 200) / Math.sqrt(200)).toBeLessThan(3.891)
  })

  it('uniformInt is even, and exact where a remainder would be twice as likely below 2^30', () => {
    const rng = new Rng(15)
    for (const n of [1, 2, 6, 1000]) {
      const counts = new Float64Array(n)
      for (let i = 0; i < 40_000; i++) counts[rng.uniformInt(n)]!++
      expect(chiSquared(counts, new Float64Array(n).fill(40_000 / n))).toBeLessThan(chiLimit(Math.max(1, n - 1)))
    }
    for (const n of [3 * 2 ** 30, 3 * 2 ** 51]) {
      let low = 0
      for (let i = 0; i < 20_000; i++) if (rng.uniformInt(n) < n / 3) low++
      expect(Math.abs(low - 20_000 / 3) / Math.sqrt((20_000 * 2) / 9)).toBeLessThan(3.891)
    }
    // Multiply-and-shift without rejection doubles every third value instead: residues mod 3 show it.
    const residues = new Float64Array(3)
    for (let i = 0; i < 20_000; i++) residues[rng.uniformInt(3 * 2 ** 30) % 3]!++
    expect(chiSquared(residues, new Float64Array(3).fill(20_000 / 3))).toBeLessThan(chiLimit(2))
    for (const bad of [0, -1, 1.5, 2 ** 54, Number.NaN]) expect(() => rng.uniformInt(bad)).toThrow(RangeError)
  })

  it('shuffle makes each order of four equally often, and loses nothing', () => {
    const rng = new Rng(16)
    const counts = new Map<string, number>()
    for (let i = 0; i < 24_000; i++) {
      const items = Int32Array.of(1, 2, 3, 4)
      rng.shuffle(items)
      counts.set(items.join(''), (counts.get(items.join('')) ?? 0) + 1)
    }
    expect(counts.size).toBe(24)
    expect(chiSquared([...counts.values()], new Float64Array(24).fill(1000))).toBeLessThan(chiLimit(23))
  })
})

describe('other distributions', () => {
  const n = 40_000
  it('normal', () => {
    const rng = new Rng(21)
    const sample = draw(n, () => rng.normal())
    expect(kolmogorov(sample, normalCdf)).toBeLessThan(2.2252)
    const beyond = sample.filter((z) => Math.abs(z) > 3).length / n // Abramowitz and Stegun table 26.1: 0.0026998
    expect(Math.abs(beyond - 0.0026998) / Math.sqrt(0.0026998 / n)).toBeLessThan(3.891)
  })

  it('exponential and lognormal', () => {
    const rng = new Rng(22)
    expect(
      kolmogorov(
        draw(n, () => rng.exponential(2.5)),
        (x) => 1 - Math.exp(-x / 2.5),
      ),
    ).toBeLessThan(2.2252)
    const cdf = (x: number): number => normalCdf((Math.log(x) - 0.3) / 0.8)
    expect(
      kolmogorov(
        draw(n, () => rng.lognormal(0.3, 0.8)),
        cdf,
      ),
    ).toBeLessThan(2.2252)
  })

  it('Student t, against the closed forms for 1, 2 and 4 degrees of freedom (Abramowitz and Stegun 26.7.3–4)', () => {
    const rng = new Rng(23)
    const forms: [number, (t: number) => number][] = [
      [1, (t) => 0.5 + Math.atan(t) / Math.PI],
      [2, (t) => 0.5 + t / (2 * Math.sqrt(2 + t * t))],
      [4, (t) => 0.5 + (t * (1 + 2 / (4 + t * t))) / (2 * Math.sqrt(4 + t * t))],
      [1e9, normalCdf],
    ]
    for (const [df, cdf] of forms)
      expect(
        kolmogorov(
          draw(n, () => rng.studentT(df)),
          cdf,
        ),
      ).toBeLessThan(2.2252)
    expect(() => rng.studentT(0)).toThrow(RangeError)
  })

  it('Poisson log masses are k ln m − m − ln k! to 13 digits, near the mean and far from it', () => {
    for (const mean of [0.5, 10, 11.5, 100, 2500]) {
      let logFactorial = 0
      for (let k = 0; k < 4000; k++) {
        if (k > 0) logFactorial += Math.log(k)
        const expected = k * Math.log(mean) - mean - logFactorial
        expect(Math.abs(poissonLogMass(k, mean) - expected)).toBeLessThan(1e-13 * (k * 10 + mean + 20))
      }
    }
    // At k = m the mass is 1 / √(2πm) · (1 − 1/12m + …): DLMF 5.11.3.
    expect(poissonLogMass(1e12, 1e12)).toBeCloseTo(-0.5 * Math.log(2 * Math.PI * 1e12) - 1 / 12e12, 13)
    expect(poissonLogMass(1e12 + 1e6, 1e12) - poissonLogMass(1e12, 1e12)).toBeCloseTo(-0.5 - 0.5e-6 + 1e-6 / 6, 9)
  })

  it.each([0.3, 4, 9.99, 10, 37, 1000])('Poisson of mean %d, by chi-squared over all its cells', (mean) => {
    const rng = new Rng(24, Math.round(mean * 100))
    const cells = Math.ceil(mean + 8 * Math.sqrt(mean) + 8)
    const counts = new Float64Array(cells + 1)
    const many = 10 * n
    for (let i = 0; i < many; i++) counts[Math.min(cells, rng.poisson(mean))]!++
    // Masses from ln p by summing logarithms; cells are pooled from the left until each expects 10.
    let logMass = -mean
    let observed = 0
    let expected = 0
    let rest = 1
    const pools: [number, number][] = []
    for (let k = 0; k <= cells; k++) {
      const mass = k === cells ? rest : Math.exp(logMass)
      rest -= mass
      observed += counts[k]!
      expected += mass * many
      logMass += Math.log(mean / (k + 1))
      if (expected >= 10 && rest * many >= 10) {
        pools.push([observed, expected])
        observed = 0
        expected = 0
      }
    }
    pools.push([observed, expected])
    const [o, e] = [pools.map((p) => p[0]), pools.map((p) => p[1])]
    expect(chiSquared(o, e)).toBeLessThan(chiLimit(pools.length - 1))
    expect(o.reduce((a, b) => a + b)).toBe(many)
  })

  it('Poisson of huge mean has its mean and variance, and of 0 is 0', () => {
    const rng = new Rng(25)
    for (const mean of [1e6, 1e12]) {
      let sum = 0
      let squares = 0
      for (let i = 0; i < n; i++) {
        const z = (rng.poisson(mean) - mean) / Math.sqrt(mean)
        sum += z
        squares += z * z - 1
      }
      expect(Math.abs(sum) / Math.sqrt(n)).toBeLessThan(3.891)
      expect(Math.abs(squares) / Math.sqrt(2 * n)).toBeLessThan(3.891)
    }
    expect(rng.poisson(0)).toBe(0)
    for (const bad of [-1, Number.NaN, 2e15]) expect(() => rng.poisson(bad)).toThrow(RangeError)
  })
})
