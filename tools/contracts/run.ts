/**
 * Judges every protocol, a process each, as many at a time as there are cores: a line a protocol. Ends with the counts and leaves them in
 * .cache/contracts.json of the root; exit 1 when anything differs.
 *
 *   tsx tools/contracts/run.ts [--only aave-v3] [--seed 123] [--cases 50] [--unpinned] [--verbose]
 */
import { fork } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { judged, ROOT, say, type Total } from './harness/session.ts'
import { judges } from './judges.ts'

const FAILED: Total = { passed: 0, failed: 1 }

const integer = (name: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name}: not a whole number: ${text}`)
  return value
}

/** One protocol in a process of its own: what it prints is passed on when it is done, so that lines do not mix. */
async function apart(id: string, args: readonly string[]): Promise<Total> {
  return await new Promise((done) => {
    const child = fork(fileURLToPath(import.meta.url), ['--only', id, ...args], { silent: true })
    let text = ''
    let total = FAILED
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => (text += part.toString()))
    child.on('message', (message) => {
      total = message as Total
    })
    child.on('close', (code) => {
      process.stdout.write(text === '' ? `✗ ${id}: ended with ${code} and said nothing\n` : text)
      done(code === 0 || total.failed > 0 ? total : FAILED)
    })
  })
}

/** All of them, so many at a time; the largest first. */
async function together(args: readonly string[]): Promise<Total> {
  const total: Total = { passed: 0, failed: 0 }
  const waiting = judges.map(({ id }) => id)
  const work = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const { passed, failed } = await apart(id, args)
      total.passed += passed
      total.failed += failed
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return total
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      ...{ only: { type: 'string' }, seed: { type: 'string' }, cases: { type: 'string' } },
      ...{ unpinned: { type: 'boolean' }, verbose: { type: 'boolean' } },
    },
  })
  const seed = integer('seed', values.seed) ?? randomInt(1, 2 ** 31)
  const cases = integer('cases', values.cases)
  if (values.only !== undefined) {
    const one = judges.find(({ id }) => id === values.only)
    if (one === undefined) throw new Error(`no such protocol: ${values.only}; there are ${judges.map(({ id }) => id).join(', ')}`)
    const total = await judged(one, { seed, cases, pins: values.unpinned !== true, verbose: values.verbose === true })
    process.send?.(total)
    return total.failed
  }
  const flags = [...(values.unpinned === true ? ['--unpinned'] : []), ...(values.verbose === true ? ['--verbose'] : [])]
  const total = await together(['--seed', String(seed), ...(cases === undefined ? [] : ['--cases', String(cases)]), ...flags])
  mkdirSync(join(ROOT, '.cache'), { recursive: true })
  writeFileSync(join(ROOT, '.cache', 'contracts.json'), JSON.stringify(total))
  say(`${total.passed} passed, ${total.failed} failed`)
  return total.failed
}

process.exitCode = (await main()) === 0 ? 0 : 1
