/** Runs the study of docs/criticality.md and writes its table and picture. Run: npm run study:criticality [snapshots] [first] */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bootstrap, quantileSorted, Rng, spearman } from '../src/math/index.ts'
import { CAP, type Trial, trial } from '../src/studies/criticality/index.ts'
import { parse_recipe } from '../src/synth/index.ts'

const ROOT = join(import.meta.dirname, '..')
const DOCUMENT = join(ROOT, 'docs/criticality.md')
const PICTURE = join(ROOT, 'docs/images/criticality.svg')
const [count = 500, first = 300_001] = process.argv.slice(2).map(Number)
const recipe = parse_recipe(JSON.parse(readFileSync(join(ROOT, 'data/reference-market/recipe.json'), 'utf8')), 'recipe.json')

const trials: Trial[] = []
for (let k = first; k < first + count; k++) {
  trials.push(trial(recipe, k))
  if (process.stderr.isTTY) process.stderr.write(`\r${trials.length} of ${count}`)
}
const usable = trials.filter((one): one is Trial & { multiplier: number } => one.multiplier !== null)

const MEASURES = {
  'R of the shock (primary)': (one: Trial) => one.r,
  'spectral radius after the shock': (one: Trial) => one.r_after,
  'spectral radius of the whole way': (one: Trial) => one.r_way,
  'spectral radius now': (one: Trial) => one.r_now,
  'total leverage': (one: Trial) => one.leverage,
  'debt over depth': (one: Trial) => one.debt_over_depth,
}

function cell(list: readonly (Trial & { multiplier: number })[], of: (one: Trial) => number): string {
  if (list.length < 10) return '–'
  const x = list.map(of)
  const y = list.map((one) => Math.min(CAP, one.multiplier))
  const rho = (at: ArrayLike<number>) =>
    spearman(
      Array.from(at, (i) => x[i] as number),
      Array.from(at, (i) => y[i] as number),
    ) ?? 0
  const draws = bootstrap(list.length, 1000, new Rng(1), rho)
  return `${rho(list.map((_, i) => i)).toFixed(2)} [${quantileSorted(draws, 0.025).toFixed(2)}, ${quantileSorted(draws, 0.975).toFixed(2)}]`
}

const below = usable.filter(({ r }) => r < 1)
const above = usable.filter(({ r }) => r >= 1)
const lines = [
  '',
  `${trials.length} snapshots, seeds ${first} to ${first + count - 1}; ${usable.length} in which the shock liquidated anything without feedback: ${below.length} with R < 1, ${above.length} with R ≥ 1. Multipliers are capped at ${CAP} (${usable.filter(({ multiplier }) => multiplier > CAP).length} were above).`,
  '',
  'Spearman correlation with the simulated multiplier, 95 % bootstrap interval:',
  '',
  '| measure | all | R < 1 | R ≥ 1 |',
  '|---|---|---|---|',
  ...Object.entries(MEASURES).map(([name, of]) => `| ${name} | ${cell(usable, of)} | ${cell(below, of)} | ${cell(above, of)} |`),
]
const [begin, end] = ['<!-- begin table -->', '<!-- end table -->']
const text = readFileSync(DOCUMENT, 'utf8')
writeFileSync(
  DOCUMENT,
  `${text.slice(0, text.indexOf(begin) + begin.length)}\n${lines.join('\n')}\n\n${text.slice(text.indexOf(end))}`,
)
mkdirSync(join(ROOT, 'docs/images'), { recursive: true })
writeFileSync(PICTURE, picture())
console.log(lines.join('\n'))

/** R of the shock against the multiplier, a point a snapshot, both logarithmic; R below 0.01 stands at 0.01. */
function picture(): string {
  const [width, height, edge] = [640, 400, 48]
  const x = (r: number) => edge + ((Math.log10(Math.max(0.01, Math.min(30, r))) + 2) / (Math.log10(30) + 2)) * (width - 2 * edge)
  const y = (m: number) =>
    height - edge - (Math.log10(Math.max(0.5, Math.min(CAP, m)) / 0.5) / Math.log10(CAP / 0.5)) * (height - 2 * edge)
  const line = (x1: number, y1: number, x2: number, y2: number) =>
    `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#bbb"/>`
  const word = (text: string, at_x: number, at_y: number, anchor = 'middle') =>
    `<text x="${at_x.toFixed(1)}" y="${at_y.toFixed(1)}" text-anchor="${anchor}">${text}</text>`
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...[0.01, 0.1, 1, 10].flatMap((r) => [line(x(r), edge, x(r), height - edge), word(String(r), x(r), height - edge + 16)]),
    ...[0.5, 1, 2, 5, 10].flatMap((m) => [line(edge, y(m), width - edge, y(m)), word(String(m), edge - 6, y(m) + 4, 'end')]),
    word('R of the shock', width / 2, height - 10),
    word('multiplier', 8, edge - 12, 'start'),
    ...usable.map(
      ({ r, multiplier }) =>
        `<circle cx="${x(r).toFixed(1)}" cy="${y(multiplier).toFixed(1)}" r="2.5" fill="#1f6feb" fill-opacity="0.5"/>`,
    ),
    '</svg>',
  ].join('\n')}\n`
}
