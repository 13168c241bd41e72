import type { GoldenRow } from '../model/index.ts'

/** A row that passes when the numbers agree to the tolerance, absolute. */
export function numeric(
  group: string,
  id: string,
  what: string,
  expected: number,
  got: number,
  tolerance: number,
  source: string,
): GoldenRow {
  return { id: `${group} ${id}`, group, what, expected, got, tolerance, pass: Math.abs(got - expected) <= tolerance, source }
}

/** A row that passes from `least` to `most`. */
export function band(
  group: string,
  id: string,
  what: string,
  least: number,
  most: number,
  got: number,
  source: string,
): GoldenRow {
  return numeric(group, id, `${what}: ${least} to ${most}`, (least + most) / 2, got, (most - least) / 2, source)
}
