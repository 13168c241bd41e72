/** What a protocol brings to be judged: cases drawn at random, each run by the contract and by the reference, and compared. */
import type { Rng } from '../../../src/math/index.ts'

/** Something the contract says one way and the reference another. */
export interface Difference {
  readonly what: string
  readonly contract: string
  readonly reference: string
}

export interface Verdict {
  /** Empty when they agree. */
  readonly differences: readonly Difference[]
  /** How many decisions and amounts were compared. */
  readonly compared: number
  /** Names of what came up: `liquidate`, `liquidate MustNotLeaveDust`, … */
  readonly met: readonly string[]
}

export interface Bench<Case> {
  /** A case as plain data: numbers, strings, bigints, arrays, objects. All of it out of the stream. */
  readonly draw: (rng: Rng) => Case
  /** Runs it on both sides, from the same deployed world each time. */
  readonly check: (value: Case) => Promise<Verdict>
  /** Smaller cases to try when this one fails, simplest first. */
  readonly smaller?: (value: Case) => Iterable<Case>
}

export interface Judge<Case = unknown> {
  /** Also the name of the folder under pinned/. */
  readonly id: string
  readonly title: string
  /** Cases a seed. */
  readonly cases: number
  /** What the cases of the fixed seed must come across, or the draw has degenerated. */
  readonly must_meet: readonly string[]
  /** Compiles and deploys. */
  readonly open: () => Promise<Bench<Case>>
}

/** Forgets the type of the cases, so that all protocols fit into one list. */
export const judge = <Case>(one: Judge<Case>): Judge => one as unknown as Judge

/** Collects the comparisons of one case. */
export class Tally {
  readonly differences: Difference[] = []
  readonly met: string[] = []
  compared = 0

  /** Compares two values as text, field by field for arrays. */
  same(what: string, contract: unknown, reference: unknown): boolean {
    this.compared += 1
    const [a, b] = [String(contract), String(reference)]
    if (a !== b) this.differences.push({ what, contract: a, reference: b })
    return a === b
  }

  meet(what: string): void {
    this.met.push(what)
  }

  verdict(): Verdict {
    return { differences: this.differences, compared: this.compared, met: this.met }
  }
}

/** JSON with bigints as `"123n"`. */
export const to_json = (value: unknown): string =>
  `${JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v), 2)}\n`

export const from_json = (text: string): unknown =>
  JSON.parse(text, (_, v: unknown) => (typeof v === 'string' && /^-?\d+n$/.test(v) ? BigInt(v.slice(0, -1)) : v))
