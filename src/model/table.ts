/** A result with named columns. */

/** How a figure is known. A result is as weak as its weakest input: observed > inferred > synthetic. */
export const EVIDENCE = ['observed', 'inferred', 'synthetic'] as const
export type Evidence = (typeof EVIDENCE)[number]

/** The weaker of two. */
export function weakest(a: Evidence, b: Evidence): Evidence {
  return EVIDENCE.indexOf(a) > EVIDENCE.indexOf(b) ? a : b
}

export interface TableColumn {
  readonly name: string
  /** `usd`, `ratio`, `ms`, `count`, an asset, or '' for text. */
  readonly unit: string
  /** Key of the definition in docs/definitions.md. */
  readonly definition?: string
}

export type Cell = string | number | null

export interface ReportTable {
  readonly id: string
  readonly title: string
  readonly columns: readonly TableColumn[]
  readonly rows: readonly (readonly Cell[])[]
}

/** Column position by name; −1 when there is none. */
export function column_of(table: ReportTable, name: string): number {
  return table.columns.findIndex((column) => column.name === name)
}

/** The rows as records, for JSON. */
export function records(table: ReportTable): Record<string, Cell>[] {
  return table.rows.map((row) => Object.fromEntries(table.columns.map((column, i) => [column.name, row[i] ?? null])))
}
