/**
 * Keyed random streams. A stream is named by (seed, path, purpose, entity); its i-th draw is a function of the name and i
 * alone. So adding a stream shifts no other, two policies compared share their draws, and any draw can be recomputed.
 *
 * A name becomes 128 bits of key through Philox; draws are Philox blocks under that key. Two names share a key with
 * probability 2^-128 a pair, provided their entities differ as strings or as numbers (see `hash32` for hashing them first).
 */
import { exp, expm1, log } from './elementary.ts'
import { hash32 } from './hash.ts'
import { normalQuantile } from './normal.ts'
import { philox4x32 } from './philox.ts'

export { hash32 } from './hash.ts'

/** A safe non-negative integer, a string, or two unsigned 32-bit words. A number and its decimal string are different seeds. */
export type Seed = number | string | readonly [number, number]

const TWO_32 = 4294967296
const TWO_53 = 9007199254740992
const BLANK: Seed = [0, 0]
const words = new Int32Array(4)

/** The two words of an entity or seed: of a string two hashes, of an integer its halves. */
function lowWord(value: string | number): number {
  if (typeof value === 'string') return hash32(value, 0)
  if (!(value >= 0 && value < TWO_53 && Math.floor(value) === value)) {
    throw new RangeError(`Rng: a numeric seed, path, purpose or entity must be an integer in [0, 2^53), got ${value}`)
  }
  return value >>> 0
}

function highWord(value: string | number): number {
  return typeof value === 'string' ? hash32(value, 0x9e3779b9) : Math.floor(value / TWO_32)
}

/** −ln k! + k ln k − k + ½ ln 2πk for k < 16, negated: Stirling's error (Loader 2000, "stirlerr"). */
const STIRLING = new Float64Array(16)
for (let k = 1, factorial = 1; k < 16; k++) {
  factorial *= k
  STIRLING[k] = log(factorial) - (k + 0.5) * log(k) + k - 0.9189385332046728
}

function stirlingError(k: number): number {
  if (k < 16) return STIRLING[k] as number
  const z = 1 / (k * k)
  return (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z * (1 / 1188))))) / k
}

/** x ln(x / m) + m − x, without cancellation near x = m (Loader 2000, "bd0"). */
function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * log(x / m) + m - x
  const v = (x - m) / (x + m)
  let sum = (x - m) * v
  let term = 2 * x * v
  for (let j = 3; j < 60; j += 2) {
    term *= v * v
    const next = sum + term / j
    if (next === sum) break
    sum = next
  }
  return sum
}

/** ln P(K = k) of a Poisson variable, k ≥ 0: Loader, "Fast and accurate computation of binomial probabilities", 2000. */
export function poissonLogMass(k: number, mean: number): number {
  return k === 0 ? -mean : -stirlingError(k) - deviance(k, mean) - 0.5 * log(6.283185307179586 * k)
}

export class Rng {
  /** Key (two words) and the upper half of the counter (two words). */
  private readonly key: Int32Array
  private readonly block: Int32Array
  private blockIndex: number
  private lane: number

  /**
   * The stream of (seed, path), or with a purpose that stream's `stream(purpose, entity)`.
   * @param path number of the simulated path, an integer in [0, 2^53)
   */
  constructor(seed: Seed, path = 0, purpose?: string | number, entity: string | number = 0) {
    this.key = new Int32Array(4)
    this.block = new Int32Array(4)
    this.blockIndex = -1
    this.lane = 4
    if (seed === BLANK) return
    if (typeof seed === 'object') {
      this.key[0] = lowWord(seed[0])
      this.key[1] = lowWord(seed[1])
    } else {
      this.key[0] = lowWord(seed)
      this.key[1] = highWord(seed)
    }
    this.derive(this.key, 0x70617468, path)
    if (purpose !== undefined) this.derive(this.key, purpose, entity)
  }

  /**
   * A new independent stream, at its beginning, named by this stream's name, a purpose and an entity. The same arguments
   * name the same stream whenever it is called. Allocates, unless a stream to overwrite is given.
   * @param entity a stable id, or its hash, or any integer in [0, 2^53); strings keep 64 bits of themselves
   */
  stream(purpose: string | number, entity: string | number = 0, into: Rng = new Rng(BLANK)): Rng {
    into.derive(this.key, purpose, entity)
    return into
  }

  /** Two Philox calls take (key, purpose, entity) to 128 bits. The constants keep names and draws under different keys. */
  private derive(from: Int32Array, purpose: string | number, entity: string | number): void {
    const low = lowWord(entity)
    const high = highWord(entity)
    const k0 = (from[0] as number) ^ 0x3c6ef372
    const k1 = (from[1] as number) ^ 0x510e527f
    philox4x32(lowWord(purpose), low, from[2] as number, from[3] as number, k0, k1, words)
    const [a, b, c, d] = words as unknown as [number, number, number, number]
    philox4x32(a, b, c, d, high, 0x1f83d9ab, this.key)
    this.blockIndex = -1
    this.lane = 4
  }

  private fill(index: number, out: Int32Array): void {
    const key = this.key
    philox4x32(index, index / TWO_32, key[2] as number, key[3] as number, key[0] as number, key[1] as number, out)
  }

  /** How many 32-bit words have been drawn; all the state there is. Set it to go back or on; 0 is the beginning. */
  get counter(): number {
    return this.blockIndex * 4 + this.lane
  }

  set counter(value: number) {
    if (!(value >= 0 && value < TWO_53 && Math.floor(value) === value)) {
      throw new RangeError(`Rng: counter must be an integer in [0, 2^53), got ${value}`)
    }
    this.lane = value % 4
    this.blockIndex = (value - this.lane) / 4
    this.fill(this.blockIndex, this.block)
  }

  private word(): number {
    if (this.lane === 4) {
      this.blockIndex++
      this.lane = 0
      this.fill(this.blockIndex, this.block)
    }
    return this.block[this.lane++] as number
  }

  /** A uniform integer in [0, 2^32). One word. */
  u32(): number {
    return this.word() >>> 0
  }

  /** A uniform multiple of 2^-53 in [0, 1). Two words. */
  uniform(): number {
    const a = this.word() >>> 5
    return (a * 67108864 + (this.word() >>> 6)) / TWO_53
  }

  /** A uniform odd multiple of 2^-53 in (0, 1): symmetric about ½, never 0 or 1. Two words. */
  open(): number {
    const a = this.word() >>> 6
    return (a * 134217728 + ((this.word() >>> 6) * 2 + 1)) / TWO_53
  }

  /** A normal variable of mean 0 and variance 1, by inversion of one `open`: two words, monotone in them. */
  normal(): number {
    return normalQuantile(this.open())
  }

  /** The word that `u32` returns when `counter` is i; does not move the counter. */
  u32At(i: number): number {
    this.fill(Math.floor(i / 4), words)
    return (words[i % 4] as number) >>> 0
  }

  /** What `uniform` returns when `counter` is 2i. */
  uniformAt(i: number): number {
    this.fill(Math.floor(i / 2), words)
    const at = (i % 2) * 2
    return (((words[at] as number) >>> 5) * 67108864 + ((words[at + 1] as number) >>> 6)) / TWO_53
  }

  /** What `normal` returns when `counter` is 2i. */
  normalAt(i: number): number {
    this.fill(Math.floor(i / 2), words)
    const at = (i % 2) * 2
    return normalQuantile((((words[at] as number) >>> 6) * 134217728 + (((words[at + 1] as number) >>> 6) * 2 + 1)) / TWO_53)
  }

  /**
   * A uniform integer in [0, n), for integers 1 ≤ n ≤ 2^53; without bias. Up to 2^32: Lemire, ACM TOMACS 29 (2019) 3.
   * Above: rejection of the incomplete last multiple. Throws RangeError for other n.
   */
  uniformInt(n: number): number {
    if (!(n >= 1 && n <= TWO_53 && Math.floor(n) === n)) throw new RangeError(`uniformInt: n must be in [1, 2^53], got ${n}`)
    if (n > TWO_32) {
      const limit = TWO_53 - (TWO_53 % n)
      for (;;) {
        const v = this.uniform() * TWO_53
        if (v < limit) return v % n
      }
    }
    for (;;) {
      const x = this.word()
      // x · n = high · 2^32 + low, exactly, in halves of x.
      const lower = (x & 0xffff) * n
      const high = Math.floor(((x >>> 16) * n + Math.floor(lower / 65536)) / 65536)
      const low = Math.imul(x, n) >>> 0
      if (low >= n || low >= TWO_32 % n) return high
    }
  }

  /** An exponential variable of the given mean, by inversion of one `open`. */
  exponential(mean = 1): number {
    return -mean * log(this.open())
  }

  /** exp(mu + sigma · normal): mu and sigma are those of the logarithm. */
  lognormal(mu = 0, sigma = 1): number {
    return exp(mu + sigma * this.normal())
  }

  /**
   * A Student t variable (unit scale, not unit variance) with df > 0 degrees of freedom, not necessarily whole: the polar
   * method of Bailey, Math. Comp. 62 (1994) 779–781. Throws RangeError for other df.
   */
  studentT(df: number): number {
    if (!(df > 0)) throw new RangeError(`studentT: df must be > 0, got ${df}`)
    for (;;) {
      const u = 2 * this.open() - 1
      const v = 2 * this.open() - 1
      const w = u * u + v * v
      if (w <= 1 && w > 0) return u * Math.sqrt((df * expm1((-2 / df) * log(w))) / w)
    }
  }

  /**
   * A Poisson variable. Mean below 10: inversion by sequential search. From 10: PTRS, transformed rejection with squeeze
   * (Hörmann, Insurance: Math. and Econ. 12 (1993) 39–45). Throws RangeError unless 0 ≤ mean ≤ 1e15.
   */
  poisson(mean: number): number {
    if (!(mean >= 0 && mean <= 1e15)) throw new RangeError(`poisson: mean must be in [0, 1e15], got ${mean}`)
    return mean < 10 ? this.poissonSearch(mean) : this.poissonReject(mean)
  }

  private poissonSearch(mean: number): number {
    let u = this.uniform()
    let k = 0
    let mass = exp(-mean)
    // Past k = 100 the tail is below 1e-50, so what is left of u is rounding.
    while (u >= mass && k < 100) {
      u -= mass
      k++
      mass *= mean / k
    }
    return k
  }

  private poissonReject(mean: number): number {
    const b = 0.931 + 2.53 * Math.sqrt(mean)
    const a = -0.059 + 0.02483 * b
    const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    const vr = 0.9277 - 3.6224 / (b - 2)
    for (;;) {
      const u = this.open() - 0.5
      const v = this.open()
      const us = 0.5 - Math.abs(u)
      const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43)
      if (us >= 0.07 && v <= vr) return k
      if (k < 0 || (us < 0.013 && v > us)) continue
      if (log((v * inverseAlpha) / (a / (us * us) + b)) <= poissonLogMass(k, mean)) return k
    }
  }

  /** Permutes in place, every order equally likely (Fisher and Yates). */
  shuffle(items: { [index: number]: number; readonly length: number }): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.uniformInt(i + 1)
      const kept = items[i] as number
      items[i] = items[j] as number
      items[j] = kept
    }
  }
}
