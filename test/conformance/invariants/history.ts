/** Random histories for the exact models: steps of a few whole numbers, calls that may be refused. */
import fc from 'fast-check'

export interface Step {
  /** Which call, of how many there are. */
  readonly call: number
  readonly who: number
  readonly other: number
  /** Thousandths of what the call is about. */
  readonly size: number
}

export const history = (calls: number, people: number, length = 40): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      call: fc.nat(calls - 1),
      who: fc.nat(people - 1),
      other: fc.nat(people - 1),
      size: fc.integer({ min: 1, max: 1500 }),
    }),
    { minLength: 5, maxLength: length, size: 'max' },
  )

type Refusal = new (...args: never[]) => Error

/** Makes a call. @returns what came of it, or undefined if it was refused */
export function attempt<T>(refusal: Refusal, call: () => T): T | undefined {
  try {
    return call()
  } catch (error) {
    if (error instanceof refusal) return undefined
    throw error
  }
}

/** The same for models that have changed by the time they refuse: what a refusal leaves is undone, as a chain does. */
export function undone<T>(model: object, refusal: Refusal, call: () => T): T | undefined {
  const before = structuredClone({ ...model })
  try {
    return call()
  } catch (error) {
    if (!(error instanceof refusal)) throw error
    Object.assign(model, before)
    return undefined
  }
}

export const part = (whole: bigint, thousandths: number): bigint => (whole * BigInt(thousandths)) / 1000n
export const total = (list: Iterable<bigint>): bigint => [...list].reduce((sum, x) => sum + x, 0n)
export const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)
export const away = (a: bigint, b: bigint): bigint => (a < b ? b - a : a - b)
