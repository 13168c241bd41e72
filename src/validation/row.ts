/** A published number beside ours. */
export interface GoldenRow {
  /** `<group> <vector id> …`: a row that reproduces a published vector keeps its id as a word. */
  readonly id: string
  readonly group: string
  readonly what: string
  readonly expected: number | string
  readonly got: number | string
  /** Relative for text of integers (0: to the last digit), absolute for numbers. */
  readonly tolerance: number
  readonly pass: boolean
  readonly source: string
}

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
