// The examples of docs/scenarios.md are scenarios that run.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { inRoot } from '../../test/support/files.ts'
import { splitFences } from '../../test/support/markdown.ts'
import { stress_task } from './tasks/stress.ts'

const folder = mkdtempSync(join(tmpdir(), 'unwind-scenario-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('the scenario of docs/scenarios.md runs to its end', async () => {
  const fence = splitFences(readFileSync(inRoot('docs', 'scenarios.md'), 'utf8')).fences.find(({ info }) => info === 'yaml')
  const scenario = join(folder, 'scenario.yaml')
  writeFileSync(scenario, fence?.text ?? '')
  const input = { scenario, accounts: 300, shocks: [], correlated: false, without: [], debug: false, json: true }
  const { code, text } = await stress_task({ ...input, look: { width: 100, colour: false } }, () => {})
  expect(code).toBe(0)
  const document = JSON.parse(text) as { title: string; status: string; venues: { id: string }[] }
  expect(document.status).toBe('done')
  expect(document.title).toMatch(/^ETH −25 % in an hour, with a stale feed and dear gas on /)
  expect(document.venues.map((venue) => venue.id)).not.toContain('maker')
})

it('every other example of the page runs to its end with all laws', async () => {
  const fences = splitFences(readFileSync(inRoot('docs', 'scenarios.md'), 'utf8')).fences.filter(({ info }) => info === 'yaml')
  expect(fences.length).toBeGreaterThan(2)
  for (const [i, { text }] of fences.entries()) {
    if (i === 0) continue
    const scenario = join(folder, `scenario-${i}.yaml`)
    writeFileSync(scenario, text)
    const input = { scenario, accounts: 300, shocks: [], correlated: false, without: [], debug: true, json: true }
    const { code, text: out } = await stress_task({ ...input, look: { width: 100, colour: false } }, () => {})
    const document = JSON.parse(out) as { status: string; laws: { broken: string[] } }
    expect(document.laws.broken).toEqual([])
    expect([code, document.status]).toEqual([0, 'done'])
  }
})
