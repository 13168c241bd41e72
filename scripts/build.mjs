// Compiles src/ to dist/ when the sources changed, and says nothing when they did not.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { at, bin, cache, filesBelow, hashOf, isMain, runNode } from './lib.mjs'

const stamp = at('.cache', 'build.stamp')
const isTest = (path) => /\.(test|full)\.ts$/.test(path)

function sources() {
  return filesBelow('src').filter((path) => path.endsWith('.ts') && !isTest(path))
}

const key = (paths) => hashOf([...paths, 'tsconfig.json', 'tsconfig.base.json', 'package-lock.json', 'scripts/build.mjs'])

/** Output whose source is gone would be published, and imported by mistake. */
function prune(paths) {
  const kept = new Set(paths.map((path) => path.replace(/^src\//, 'dist/').replace(/\.ts$/, '')))
  for (const path of filesBelow('dist')) {
    const stem = path.replace(/(\.d\.ts|\.js|\.d\.ts\.map|\.js\.map)$/, '')
    if (stem !== path && !kept.has(stem)) rmSync(at(path))
  }
}

/** True if dist/ is what src/ says. `log` gets one line when there is work to do. */
export function build(log = () => {}, output = 'inherit') {
  const paths = sources()
  const wanted = key(paths)
  const built = existsSync(stamp) && existsSync(at('dist', '.tsbuildinfo')) && readFileSync(stamp, 'utf8') === wanted
  if (built) return true
  log('building (the sources changed)')
  const { code, error } = runNode([bin('typescript', 'tsc'), '-b', 'tsconfig.json'], { stdio: ['ignore', output, output] })
  if (error) log(`the compiler could not be started: ${error.message}`)
  if (code !== 0) return false
  prune(paths)
  mkdirSync(cache, { recursive: true })
  writeFileSync(stamp, wanted)
  return true
}

if (isMain(import.meta.url)) process.exitCode = build() ? 0 : 1
