/** Text for a terminal under construction: headings, wrapped sentences and tables within one width. */
import { COLOURLESS, type GridColumn, grid, type Paint, type Painter, wrap } from './lines.ts'
import type { TextOptions } from './text.ts'

export class Sheet {
  readonly lines: string[] = []
  readonly width: number
  readonly paint: Painter
  /** Stands before sentences and lines of tables. */
  private readonly indent: string

  /** @param most columns of the widest sheet */
  constructor(options: TextOptions, most = 120, indent = '  ') {
    this.width = Math.min(most, Math.max(80, options.width ?? 100))
    this.paint = options.painter ?? COLOURLESS
    this.indent = indent
  }

  strong(text: string): void {
    this.lines.push(...wrap(text, this.width).map(this.paint.strong))
  }

  heading(title: string): void {
    this.lines.push(...(this.lines.length > 0 ? [''] : []), this.paint.strong(title))
  }

  say(text: string, bullet = '', paint: (line: string) => string = (line) => line): void {
    this.lines.push(...wrap(text, this.width, this.indent + bullet).map(paint))
  }

  table(columns: readonly GridColumn[], rows: readonly (readonly string[])[], paint?: Paint): void {
    const lines = grid(columns, rows, this.width - this.indent.length, this.paint, paint)
    this.lines.push(...lines.map((line) => this.indent + line))
  }

  get text(): string {
    return `${this.lines.join('\n')}\n`
  }
}
