// Runs bench/*.bench.ts one after the other, each in a process of its own; `npm run bench -- margin` runs those whose name contains it.
import { at, filesBelow, runNode } from './lib.mjs'
import { pathToFileURL } from 'node:url'

const wanted = process.argv.slice(2)
const benches = filesBelow('bench').filter(
  (path) => path.endsWith('.bench.ts') && (wanted.length === 0 || wanted.some((word) => path.includes(word))),
)
if (benches.length === 0) process.stderr.write('no bench/*.bench.ts of that name\n')

const loader = pathToFileURL(at('node_modules', 'tsx', 'dist', 'loader.mjs')).href
let failed = benches.length === 0
for (const path of benches) {
  process.stdout.write(`\n# ${path}\n`)
  const { code } = runNode(['--expose-gc', '--import', loader, path])
  failed ||= code !== 0
}
process.exitCode = failed ? 1 : 0
