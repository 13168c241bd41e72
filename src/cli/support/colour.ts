/** Terminal colours for the pure text. */
import pc from 'picocolors'
import { COLOURLESS, type Painter } from '../../reports/index.ts'

export function painter(colour: boolean): Painter {
  if (!colour) return COLOURLESS
  const { bold, dim, green, red, yellow, cyan, magenta, blue } = pc.createColors(true)
  const series = [cyan, yellow, magenta, green, blue, red]
  return {
    strong: bold,
    faint: dim,
    good: green,
    bad: red,
    warn: yellow,
    series: (i, text) => (series[i % series.length] as (text: string) => string)(text),
  }
}
