/** A report of a run under construction, for a terminal: headings, facts and tables within one width. */
import { COLOURLESS, type GridColumn, grid, type Painter, pad_right, wrap, width_of } from './lines.ts'
import type { StressReport } from './report.ts'

export interface TextOptions {
  /** Columns, 80 to 120. */
  readonly width?: number
  readonly painter?: Painter
}

/** Widest name of a venue. */
export const NAME = 18
export const left = (title: string): GridColumn => ({ title, align: 'left' })
export const right = (title: string): GridColumn => ({ title, align: 'right' })

/** Draws one report; holds its width and colours. */
export class Page {
  readonly lines: string[] = []
  readonly report: StressReport
  readonly width: number
  readonly paint: Painter

  constructor(report: StressReport, options: TextOptions) {
    this.report = report
    this.width = Math.min(120, Math.max(80, options.width ?? 100))
    this.paint = options.painter ?? COLOURLESS
  }

  /** A heading with a note beside it, or under it where it does not fit. */
  heading(title: string, note = ''): void {
    const beside = note !== '' && width_of(title) + 2 + width_of(note) <= this.width
    this.lines.push('', this.paint.strong(title) + (beside ? `  ${this.paint.faint(note)}` : ''))
    if (note !== '' && !beside) this.lines.push(...wrap(note, this.width, '  ').map(this.paint.faint))
  }

  /** Lines of prose under a heading. */
  say(text: string, bullet = '', paint: (line: string) => string = (line) => line): void {
    this.lines.push(...wrap(text, this.width, `  ${bullet}`).map(paint))
  }

  /** `name  value` lines. */
  facts(rows: readonly (readonly [string, string])[]): void {
    const names = rows.reduce((most, [name]) => Math.max(most, width_of(name)), 0)
    for (const [name, text] of rows) {
      const lines = wrap(text, this.width - names - 4)
      lines.forEach((line, i) => this.lines.push(`  ${this.paint.faint(pad_right(i === 0 ? name : '', names))}  ${line}`))
    }
  }

  /** A table two columns in. */
  table(columns: readonly GridColumn[], rows: readonly (readonly string[])[], strong: ReadonlySet<number> = new Set()): void {
    const paint = (line: number, _column: number, text: string) =>
      text === '·' ? this.paint.faint(text) : strong.has(line) ? this.paint.strong(text) : text
    this.lines.push(...grid(columns, rows, this.width - 2, this.paint, paint).map((line) => `  ${line}`))
  }
}
