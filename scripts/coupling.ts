/** Runs the coupling study and writes the table of docs/coupling.md. Run: npm run study:coupling [seeds] [accounts] */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Rng } from '../src/math/index.ts'
import { parse_shock, shock_scenario } from '../src/scenarios/index.ts'
import { coupling_seed, coupling_summary } from '../src/studies/coupling.ts'
import { parse_recipe, synthesize } from '../src/synth/index.ts'

const ROOT = join(import.meta.dirname, '..')
const DOCUMENT = join(ROOT, 'docs/coupling.md')
const HOUR_MS = 3_600_000
const [seeds = 50, accounts = 100_000] = process.argv.slice(2).map(Number)

const recipe = parse_recipe(JSON.parse(readFileSync(join(ROOT, 'data/reference-market/recipe.json'), 'utf8')), 'recipe.json')

/** Three decimals, without the sign of a nothing. */
const shown = (value: number) => value.toFixed(3).replace(/^-(0\.000)$/, '$1')

/** One shock over all seeds: books and draws are both of the seed. */
function table(shock: string): string[] {
  const runs = Array.from({ length: seeds }, (_, k) => {
    const options = { correlated: true, seed: k + 1, horizon_ms: 3 * HOUR_MS }
    return coupling_seed(synthesize(recipe, { accounts, seed: k + 1 }), shock_scenario([parse_shock(shock)], options), [
      'binance',
    ])
  })
  return [
    '',
    `${shock}, correlated, three hours; ${seeds} seeds, ${accounts} accounts.`,
    '',
    '| figure | mean | 95 % of the mean | seeds above 1 (differences: above 0) |',
    '|---|---|---|---|',
    ...coupling_summary(runs, new Rng(1)).map(
      ({ says, mean, low, high, above, seeds: n }) =>
        `| ${says} | ${shown(mean)} | [${shown(low)}, ${shown(high)}] | ${Math.round(above * n)} of ${n} |`,
    ),
  ]
}

const [begin, end] = ['<!-- begin table -->', '<!-- end table -->']
const text = readFileSync(DOCUMENT, 'utf8')
const lines = ['ETH=-15%@1h', 'ETH=-20%@1h', 'ETH=-30%@1h'].flatMap(table)
writeFileSync(
  DOCUMENT,
  `${text.slice(0, text.indexOf(begin) + begin.length)}\n${lines.join('\n')}\n\n${text.slice(text.indexOf(end))}`,
)
console.log(lines.join('\n'))
