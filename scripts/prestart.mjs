// `npm start` in a fresh clone: installs and builds, each only when needed, and is silent otherwise.
// Plain JavaScript, no dependencies, all messages on standard error (standard output belongs to the program).
import { readFileSync } from 'node:fs'

const need = [20, 19]
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < need[0] || (major === need[0] && minor < need[1])) {
  process.stderr.write(`unwind needs Node ${need.join('.')} or newer; this is Node ${process.versions.node}\n`)
  process.exit(2)
}

const { at } = await import('./lib.mjs')
const { installIfNeeded } = await import('./install.mjs')
const { build } = await import('./build.mjs')

const name = JSON.parse(readFileSync(at('package.json'), 'utf8')).name
const log = (line) => process.stderr.write(`${name}: ${line}\n`)

if (!installIfNeeded(log)) process.exit(1)
if (!build(log, 2)) {
  log('the build failed (see above)')
  process.exit(1)
}
