/** Judges one protocol: the pinned cases, then those of a fixed seed, then those of a fresh one. What differs is made smaller, printed and pinned. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Rng } from '../../../src/math/index.ts'
import { HOME } from './compile.ts'
import { type Bench, from_json, type Judge, to_json, type Verdict } from './judge.ts'

export const ROOT = join(HOME, '..', '..')
const FIXED_SEED = 20261125
/** After so many failures the rest of a seed's cases is not run. */
const ENOUGH = 5

export const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

/** A case whose check throws is a failure too, of the harness or of the reference. */
async function verdict_of(bench: Bench<unknown>, value: unknown): Promise<Verdict> {
  try {
    return await bench.check(value)
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join('\n') : String(error)
    return { differences: [{ what: 'threw', contract: '', reference: text }], compared: 0, met: [] }
  }
}

/** The smallest case found that still fails, going on from each smaller one that does. */
async function shrunk(bench: Bench<unknown>, value: unknown): Promise<unknown> {
  for (const candidate of bench.smaller?.(value) ?? [])
    if ((await verdict_of(bench, candidate)).differences.length > 0) return await shrunk(bench, candidate)
  return value
}

interface Counts {
  cases: number
  compared: number
  readonly failures: string[]
  readonly met: Map<string, number>
}

interface Run {
  readonly one: Judge
  readonly bench: Bench<unknown>
  readonly counts: Counts
  /** Are new failures written down? */
  readonly pins: boolean
}

async function run_case({ one, bench, counts, pins }: Run, name: string, value: unknown, fresh: boolean): Promise<void> {
  const verdict = await verdict_of(bench, value)
  counts.cases += 1
  counts.compared += verdict.compared
  for (const what of verdict.met) counts.met.set(what, (counts.met.get(what) ?? 0) + 1)
  if (verdict.differences.length === 0) return
  counts.failures.push(name)
  const smallest = fresh ? await shrunk(bench, value) : value
  const { differences } = await verdict_of(bench, smallest)
  say(`✗ ${one.id} ${name}`)
  for (const { what, contract, reference } of differences.slice(0, 8))
    say(`    ${what}: the contract ${contract}, the reference ${reference}`)
  if (!fresh || !pins) return
  const folder = join(HOME, 'pinned', one.id)
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name.replaceAll(' ', '-')}.json`)
  writeFileSync(path, to_json({ protocol: one.id, found: name, case: smallest, differences }))
  say(`    pinned: ${relative(ROOT, path)}`)
}

async function run_seed(run: Run, seed: number, cases: number): Promise<void> {
  const most = run.counts.failures.length + ENOUGH
  for (let i = 0; i < cases && run.counts.failures.length < most; i++)
    await run_case(run, `seed ${seed} case ${i}`, run.bench.draw(new Rng(seed, i, run.one.id)), true)
}

async function run_pinned(run: Run): Promise<number> {
  const folder = join(HOME, 'pinned', run.one.id)
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
  for (const name of names.sort()) {
    const pinned = from_json(readFileSync(join(folder, name), 'utf8')) as { case: unknown }
    await run_case(run, `pinned ${name}`, pinned.case, false)
  }
  return names.length
}

export interface Options {
  readonly seed: number
  /** A seed; absent, the protocol's own number. */
  readonly cases: number | undefined
  readonly pins: boolean
  /** Also print how often what was met. */
  readonly verbose: boolean
}

export interface Total {
  passed: number
  failed: number
}

/** One protocol; what passed and failed counts its pinned cases, the fixed seed, the fresh seed and what must be met as one check each. */
export async function judged(one: Judge, { seed, cases = one.cases, pins, verbose }: Options): Promise<Total> {
  const began = performance.now()
  const run: Run = { one, bench: await one.open(), counts: { cases: 0, compared: 0, failures: [], met: new Map() }, pins }
  const { counts } = run
  const opened = performance.now()
  const total: Total = { passed: 0, failed: 0 }
  const pinned = await run_pinned(run)
  total.failed += counts.failures.length
  total.passed += pinned - counts.failures.length
  const after = async (work: () => Promise<void>): Promise<void> => {
    const before = counts.failures.length
    await work()
    total[counts.failures.length === before ? 'passed' : 'failed'] += 1
  }
  counts.met.clear()
  await after(() => run_seed(run, FIXED_SEED, cases))
  const whole = counts.failures.length === 0 && cases >= one.cases
  const missed = one.must_meet.filter((what) => !counts.met.has(what))
  if (whole) total[missed.length === 0 ? 'passed' : 'failed'] += 1
  if (whole && missed.length > 0) say(`✗ ${one.id}: the cases of seed ${FIXED_SEED} never met: ${missed.join(', ')}`)
  if (seed !== FIXED_SEED) await after(() => run_seed(run, seed, cases))
  const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(1)
  say(
    `${total.failed === 0 ? '✓' : '✗'} ${one.title}: ${counts.cases} cases (${pinned} pinned, seeds ${FIXED_SEED} and ${seed}), ` +
      `${counts.compared} comparisons, ${counts.failures.length} differ; ${seconds(began, opened)} s to open, ${seconds(opened, performance.now())} s`,
  )
  if (verbose) for (const [what, times] of [...counts.met].sort(([a], [b]) => (a < b ? -1 : 1))) say(`    ${times} × ${what}`)
  return total
}
