import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { inRoot } from '../../test/support/files.ts'
import { REGISTRIES, parse_shock, shock_scenario } from '../scenarios/index.ts'
import { stress } from '../studies/index.ts'
import { readSnapshot } from './snapshot.ts'
import { snapshot_fields, snapshot_schema_text } from './snapshot-page.ts'

const update = process.env['UPDATE'] === '1'
const page = inRoot('docs', 'snapshot.md')
const schema = inRoot('docs', 'schemas', 'snapshot-1.json')
const example = inRoot('examples', 'two-lenders.json')
const MARK = 'npx vitest run src/sources/snapshot-page.test.ts -->\n\n'

const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : `${path} does not exist`)

/** Everything above the tables is written by hand. */
function halves(): readonly [string, string] {
  const text = read(page)
  const at = text.indexOf(MARK)
  return at < 0 ? [text, ''] : [text.slice(0, at + MARK.length), text.slice(at + MARK.length)]
}

describe('docs/snapshot.md', () => {
  it('has the fields of the schemas', () => {
    if (update) writeFileSync(page, halves()[0] + snapshot_fields())
    expect(halves()[1]).toBe(snapshot_fields())
  })

  it('has a heading and a meaning for every kind', () => {
    const fields = snapshot_fields()
    for (const family of ['markets', 'oracles', 'venues', 'agents'] as const)
      for (const { id } of REGISTRIES[family]) expect(fields).toContain(`### ${family}: ${id}\n`)
    expect(fields).toContain('| `accounts.market` | column of whole numbers | **needed** | position in markets |')
    expect(fields).not.toMatch(/undefined|\[object/)
  })

  it('docs/schemas/snapshot-1.json is made of the same', () => {
    if (update) writeFileSync(schema, snapshot_schema_text())
    expect(read(schema)).toBe(snapshot_schema_text())
    expect(Object.keys((JSON.parse(snapshot_schema_text()) as { properties: object }).properties)).toContain('venues')
  })
})

describe('examples/two-lenders.json', () => {
  it('writes its columns as plain lists, whole numbers of either lender included', async () => {
    const { venues } = await readSnapshot(example)
    const [aave, morpho] = venues.map((venue) => venue['accounts'] as Record<string, unknown>)
    expect(aave?.['owner']).toBeInstanceOf(Int32Array)
    expect(morpho?.['market']).toBeInstanceOf(Int32Array)
    expect(morpho?.['debt']).toBeInstanceOf(Float64Array)
  })

  it('runs: both lenders liquidate, they infect each other, and every law holds', async () => {
    const snapshot = await readSnapshot(example)
    const { document } = stress(snapshot, shock_scenario([parse_shock('ETH=-30%@1h')]))
    expect(document.status).toBe('done')
    expect(document.laws.broken).toEqual([])
    expect(document.venues.map(({ id, liquidations }) => [id, liquidations > 0])).toEqual([
      ['aave', true],
      ['morpho', true],
    ])
    const pairs = document.infections.filter(({ usd }) => usd > 0).map(({ from, to }) => `${from} ${to}`)
    expect(pairs).toEqual(expect.arrayContaining(['aave morpho', 'morpho aave']))
    // 0.83 · 4000 · p = 8.4 M and 0.86 · 3600 · p = 7.9 M: the nearest accounts break at −15.7 % and −14.9 %.
    const calm = stress(snapshot, shock_scenario([parse_shock('ETH=-14%@1h')])).document
    expect(calm.totals.liquidations).toBe(0)
    const first = stress(snapshot, shock_scenario([parse_shock('ETH=-15.3%@1h')])).document
    expect(first.venues.filter(({ liquidations }) => liquidations > 0).map(({ id }) => id)).toContain('morpho')
  })
})
