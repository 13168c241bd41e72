// The documents say what is so: links lead somewhere, examples compile and run, command lines are ones the program knows.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ensureBuilt, hasCli, unwind } from './support/dist.ts'
import { filesBelow, inRoot } from './support/files.ts'
import { anchorsOf, commandsOf, linksOf, splitFences, wordsOf } from './support/markdown.ts'
import type { File } from './support/tidy.ts'

const top = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].filter((path) => existsSync(inRoot(path)))
const documents: File[] = [
  ...top.map((path) => ({ path, text: readFileSync(inRoot(path), 'utf8') })),
  ...filesBelow('docs', (path) => path.endsWith('.md')),
]
const fences = documents.flatMap(({ path, text }) => splitFences(text).fences.map((fence) => ({ path, ...fence })))
const manifest = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')) as { name: string; scripts: Record<string, string> }

/** What is wrong with a link; undefined if it leads to something. Other sites are not asked: a test needs no network. */
function brokenLink(path: string, text: string, target: string): string | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return undefined
  const [file = '', anchor] = target.split('#')
  const pointed = file === '' ? path : posix.join(posix.dirname(path), decodeURIComponent(file))
  if (pointed.startsWith('..') || file.startsWith('/')) return 'leads out of the repository'
  if (file !== '' && !existsSync(inRoot(pointed))) return `${pointed} does not exist`
  if (anchor === undefined || !pointed.endsWith('.md')) return undefined
  const content = file === '' ? text : readFileSync(inRoot(pointed), 'utf8')
  return anchorsOf(content).has(decodeURIComponent(anchor)) ? undefined : `${pointed} has no heading #${anchor}`
}

describe('documents', () => {
  it('links lead somewhere', () => {
    const broken = documents.flatMap(({ path, text }) =>
      linksOf(text).flatMap(({ target, line }) => {
        const why = brokenLink(path, text, target)
        return why === undefined ? [] : [`${path}:${line} ${target}: ${why}`]
      }),
    )
    expect(broken).toEqual([])
  })

  it('a broken link is noticed', () => {
    expect(brokenLink('docs/a.md', '# A', '#a')).toBeUndefined()
    expect(brokenLink('docs/a.md', '# A', '#b')).toContain('no heading')
    expect(brokenLink('docs/a.md', '', '../package.json')).toBeUndefined()
    expect(brokenLink('docs/a.md', '', 'package.json')).toContain('does not exist')
    expect(brokenLink('docs/a.md', '', '../../a.md')).toContain('out of the repository')
    expect(brokenLink('docs/a.md', '', 'https://example.org/#b')).toBeUndefined()
  })

  it.skipIf(!top.includes('ARCHITECTURE.md'))('ARCHITECTURE.md stays a map: 200 lines', () => {
    expect(readFileSync(inRoot('ARCHITECTURE.md'), 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(200)
  })

  it('npm command lines name scripts that exist', () => {
    const shell = fences
      .filter((fence) => /^(sh|bash|shell)\b/.test(fence.info))
      .flatMap((fence) => commandsOf(fence.text).map(wordsOf))
    const scripts = shell.flatMap((words) => (words[0] === 'npm' && words[1] === 'run' ? [words[2] ?? ''] : []))
    expect(scripts.filter((name) => manifest.scripts[name] === undefined)).toEqual([])
  })
})

/** Blocks that are marked ```ts example, with the code that readers would paste. */
const examples = fences.filter((fence) => /^ts example\b/.test(fence.info))

describe.skipIf(examples.length === 0)('examples in the documents', () => {
  const folder = inRoot('.cache', 'docs')
  const fileOf = (example: { path: string; line: number }) =>
    join(folder, `${example.path.replace(/\W/g, '-')}-${example.line}.ts`)

  it('compile against the published types', () => {
    ensureBuilt()
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const example of examples) writeFileSync(fileOf(example), `${example.text}\nexport {}\n`)
    const config = {
      extends: '../../tsconfig.base.json',
      compilerOptions: { noEmit: true, incremental: false },
      include: ['*.ts'],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc')
    const done = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
    expect(done.stdout + done.stderr).toBe('')
  })

  it.each(examples.map((example) => [`${example.path}:${example.line}`, fileOf(example)]))('%s runs', (_, file) => {
    const loader = inRoot('node_modules', 'tsx', 'dist', 'loader.mjs')
    const done = spawnSync(process.execPath, ['--import', `file://${loader}`, file], { encoding: 'utf8', cwd: inRoot() })
    expect({ code: done.status, stderr: done.stderr }).toEqual({ code: 0, stderr: '' })
  })
})

const START = /^(npx )?unwind |^npm start -- /
const commandLines = fences
  .filter((fence) => /^(sh|bash|shell|console)\b/.test(fence.info))
  .flatMap((fence) => commandsOf(fence.text).map((line) => ({ where: `${fence.path}:${fence.line}`, line })))
  .filter(({ line }) => START.test(`${line} `))

describe.skipIf(!hasCli() || commandLines.length === 0)('command lines in the documents', () => {
  const helps = new Map<string, string>()
  const helpOf = (command: readonly string[]): string => {
    const key = command.join(' ')
    const known = helps.get(key)
    if (known !== undefined) return known
    const { code, stdout } = unwind([...command, '--help'])
    // Asked about a command it does not know, a program shows its own help: the usage line must be the command's.
    const asked = new RegExp(`^Usage: unwind ${command.join(' ')}\\b`, 'm').test(stdout)
    const help = code === 0 && asked ? stdout : ''
    helps.set(key, help)
    return help
  }

  it.each(commandLines)('$where $line', ({ line }) => {
    const words = wordsOf(line.replace(START, ''))
    const command =
      line.startsWith('npm start') && !/^[a-z]/.test(words[0] ?? '')
        ? ['stress']
        : words.slice(0, 1).filter((word) => /^[a-z]/.test(word))
    const help = helpOf(command)
    expect(help, `unwind ${command.join(' ')} --help`).not.toBe('')
    const options = words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split('=')[0] ?? '')
    const unknown = options.filter((option) => !new RegExp(`(^|[\\s,[|])${option}(?![\\w-])`, 'm').test(help))
    expect(unknown).toEqual([])
  })
})
