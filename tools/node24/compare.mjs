// Do two runtimes say the same, bit for bit? Each case runs under this Node and under the Node 24 of this package on the compiled program in dist/,
// and what they print must be equal. Ends with a line of counts and leaves them in .cache/node24.json; exit 1 on a difference.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const root = dirname(dirname(here))
const cli = join(root, 'dist', 'cli', 'main.js')
const other = join(here, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
const probe = join(root, '.cache', 'probe.mjs')

/** The same probe that the browser test runs (test/support/probe.ts), as one file. */
function bundleProbe() {
  buildSync({
    stdin: {
      contents: "import probe from './test/support/probe.ts'\nconsole.log(JSON.stringify(probe(), undefined, 1))",
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    outfile: probe,
    format: 'esm',
    platform: 'neutral',
    target: 'es2023',
  })
}

const cases = [
  { name: 'arithmetic, random streams, hashes', args: [probe], needs: probe },
  { name: 'the main job', args: [cli, 'stress', '--shock', 'ETH=-30%@1h', '--correlated', '--json'], needs: cli },
  { name: 'the golden rows', args: [cli, 'validate', '--json'], needs: cli },
]

function run(node, args) {
  const done = spawnSync(node, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] })
  return { code: done.status, stdout: done.stdout ?? '', stderr: done.error?.message ?? done.stderr }
}

/** What differs, undefined if nothing does. */
function difference(args) {
  const [mine, theirs] = [process.execPath, other].map((node) => run(node, args))
  for (const [which, { code, stderr }] of [
    ['here', mine],
    ['there', theirs],
  ])
    if (code !== 0) return `exit code ${code} ${which}: ${stderr.slice(0, 2000)}`
  if (mine.stdout === '') return 'nothing was printed'
  if (mine.stdout === theirs.stdout) return undefined
  const [a, b] = [mine, theirs].map(({ stdout }) => stdout.split('\n'))
  const line = a.findIndex((text, i) => text !== b[i])
  return `line ${line + 1}:\n  ${a[line]?.slice(0, 400)}\n  ${b[line]?.slice(0, 400)}`
}

function main() {
  if (!existsSync(other)) {
    process.stdout.write(`✗ Node 24 is not installed here (npm ci --prefix tools/node24): ${other}\n`)
    return { passed: 0, failed: 1 }
  }
  const version = run(other, ['--version']).stdout.trim()
  process.stdout.write(`${process.version} against ${version}\n`)
  bundleProbe()
  const total = { passed: 0, failed: 0 }
  for (const { name, args, needs } of cases) {
    if (!existsSync(needs)) {
      process.stdout.write(`- ${name}: not there yet\n`)
      continue
    }
    const found = difference(args)
    total[found === undefined ? 'passed' : 'failed'] += 1
    process.stdout.write(found === undefined ? `✓ ${name}\n` : `✗ ${name}: ${found}\n`)
  }
  return total
}

const total = main()
mkdirSync(join(root, '.cache'), { recursive: true })
writeFileSync(join(root, '.cache', 'node24.json'), JSON.stringify(total))
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`)
process.exitCode = total.failed === 0 ? 0 : 1
