import type { GoldenRow } from '../../../../model/index.ts'
import { type Ratio, to_number } from '../reference-ratio.ts'

/** What a vectors file states: a number, what it should be and why. */
export type Check = readonly [
  id: string,
  what: string,
  expected: number,
  tolerance: number,
  got: Ratio | number | undefined,
  source: string,
]

/** Rows of the scoreboard; a number that is missing is not met. */
export function rows(group: string, checks: readonly Check[]): GoldenRow[] {
  return checks.map(([id, what, expected, tolerance, exact, source]) => {
    const got = exact === undefined ? Number.NaN : typeof exact === 'number' ? exact : to_number(exact)
    const pass = Math.abs(got - expected) <= tolerance
    return { id: `${group} ${id}`, group, what, expected, got, tolerance, pass, source }
  })
}
