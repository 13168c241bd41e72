import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inRoot } from '../../test/support/files.ts'
import { run_jobs } from './index.ts'

// Threads load JavaScript: both files are compiled, each with all it needs, into a folder of their own.
const folder = mkdtempSync(join(tmpdir(), 'unwind-threads-'))
let threaded: typeof run_jobs
beforeAll(async () => {
  await build({
    entryPoints: ['threads', 'thread'].map((name) => inRoot('src', 'executors', `${name}.ts`)),
    ...{ outdir: folder, bundle: true, format: 'esm', platform: 'node', target: 'es2023', logLevel: 'silent' },
  })
  threaded = ((await import(pathToFileURL(join(folder, 'threads.js')).href)) as { run_jobs: typeof run_jobs }).run_jobs
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const EVENT = { event: 'jan-2022', thin: true }
const jobs = [5, 3, 8, 1, 2].map((seed) => ({ seed, without: '' }))

describe('jobs over threads', () => {
  it('give the same in the same order on any number of threads', async () => {
    const here = await run_jobs('replay', EVENT, jobs)
    expect(here.map(({ seed }) => seed)).toEqual([5, 3, 8, 1, 2])
    for (const workers of [1, 2, 3]) {
      const counted: number[] = []
      expect(await threaded('replay', EVENT, jobs, { workers, on_done: (done) => void counted.push(done) })).toEqual(here)
      expect(counted).toEqual([1, 2, 3, 4, 5])
    }
  })

  it('of no jobs are none', async () => expect(await threaded('replay', EVENT, [], { workers: 4 })).toEqual([]))

  it('fail as a whole, with what was wrong', async () => {
    const wrong = [...jobs, { seed: 9, without: 'the moon' }]
    const said = await run_jobs('replay', EVENT, wrong).then(String, String)
    expect(said).toContain('the moon')
    for (const workers of [1, 2]) expect(await threaded('replay', EVENT, wrong, { workers }).then(String, String)).toBe(said)
    await expect(threaded('replay', { ...EVENT, event: 'none' }, jobs, { workers: 2 })).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining('event is "none"; valid: one of'),
    })
  })
})
