/** Runs the study of docs/criticality.md and writes its table. Run: npm run study:criticality [snapshots] [seconds] */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bootstrap, quantileSorted, Rng, spearman } from '../src/math/index.ts'
import { CAP, type Trial, trial } from '../src/studies/criticality/index.ts'
import { parse_recipe } from '../src/synth/index.ts'

const ROOT = join(import.meta.dirname, '..')
const DOCUMENT = join(ROOT, 'docs/criticality.md')
const [target = 500, seconds = 480] = process.argv.slice(2).map(Number)
const recipe = parse_recipe(JSON.parse(readFileSync(join(ROOT, 'data/reference-market/recipe.json'), 'utf8')), 'recipe.json')

const end_ms = Date.now() + seconds * 1000
const trials: Trial[] = []
for (let k = 1; k <= target && Date.now() < end_ms; k++) trials.push(trial(recipe, k))
const usable = trials.filter((one): one is Trial & { multiplier: number } => one.multiplier !== null)

const MEASURES = {
  'R after the shock (primary)': (one: Trial) => one.r,
  'R of the whole way': (one: Trial) => one.r_way,
  'R now': (one: Trial) => one.r_now,
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
  `${trials.length} snapshots run of a target of ${target}; ${usable.length} in which the shock liquidated anything without feedback: ${below.length} with R < 1, ${above.length} with R ≥ 1. Multipliers are capped at ${CAP} (${usable.filter(({ multiplier }) => multiplier > CAP).length} were above).`,
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
console.log(lines.join('\n'))
