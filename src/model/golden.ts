/** A published number beside ours: one row of the scoreboard. */
export interface GoldenRow {
  /** `<group> <vector id> …`: a row that reproduces a published vector keeps its id as a word. */
  readonly id: string
  readonly group: string
  readonly what: string
  /** Integers beyond 2^53 come as text. */
  readonly expected: number | string
  readonly got: number | string
  /** Relative for text of integers (0: to the last digit), absolute for numbers. */
  readonly tolerance: number
  readonly pass: boolean
  readonly source: string
}
