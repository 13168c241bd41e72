/** Same identity, same log, bit for bit: twice, after reset, after another run, in a worker. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { run } from '../../src/engine/index.ts'
import { content_hash } from '../../src/model/index.ts'
import { build, identity, parse_shock, shock_scenario } from '../../src/scenarios/index.ts'
import { bundle, runInBrowser } from '../support/browser.ts'
import { findChromium } from '../support/chromium.ts'
import { crash, small_market, WHOLE_RUN } from '../support/reference-market.ts'

describe('determinism', () => {
  const snapshot = small_market()
  const scenario = crash()
  const world = build(snapshot, scenario)
  const first = run(world)
  const state = world.parts.store.hash()

  it('does something', () => {
    expect(first.status).toBe('done')
    expect(world.parts.log.length).toBeGreaterThan(500)
    expect(first.laws.broken).toEqual([])
  })

  it('gives the same log and state in a fresh world, whose snapshot and identity hash the same', () => {
    const again = small_market()
    expect(content_hash(again)).toBe(content_hash(snapshot))
    expect(identity(again, crash())).toEqual(identity(snapshot, scenario))
    const other = build(again, crash())
    expect(run(other).log_hash).toBe(first.log_hash)
    expect(other.parts.store.hash()).toBe(state)
  })

  it('gives the same log and state after reset, also after a run that grew every table and one without feedback', () => {
    world.reset()
    run(world, { feedback: false })
    world.reset()
    expect(run(world).log_hash).toBe(first.log_hash)
    expect(world.parts.store.hash()).toBe(state)
    world.reset()
    expect(world.parts.log.length).toBe(0)
    expect(run(world, { debug: false }).log_hash).toBe(first.log_hash)
  })

  it('gives another log for another seed, shock or snapshot', () => {
    const other = [
      build(snapshot, crash(3, { seed: 2 })),
      build(snapshot, shock_scenario([parse_shock('ETH=-29%@1h')], { correlated: true, horizon_ms: 10_800_000 })),
      build(small_market(2_000, 2), crash()),
    ]
    const hashes = other.map((one) => run(one).log_hash)
    expect(new Set([first.log_hash, ...hashes]).size).toBe(4)
  })

  it('gives the same log in a worker thread', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'unwind-'))
    try {
      writeFileSync(join(folder, 'run.mjs'), await bundle(WHOLE_RUN))
      const file = join(folder, 'worker.mjs')
      writeFileSync(
        file,
        "import { parentPort } from 'node:worker_threads'\nimport run from './run.mjs'\nparentPort.postMessage(run())",
      )
      const hash = await new Promise((resolve, reject) => {
        const worker = new Worker(file)
        worker.once('message', resolve)
        worker.once('error', reject)
      })
      expect(hash).toBe(first.log_hash)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it.skipIf(findChromium() === undefined)('gives the same log in a real browser, from a bundle of the pure layers', async () => {
    expect(await runInBrowser(WHOLE_RUN)).toBe(first.log_hash)
  })
})
