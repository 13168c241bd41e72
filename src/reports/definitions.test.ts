import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fixture } from '../../test/cli/report-fixture.ts'
import { inRoot } from '../../test/support/files.ts'
import { anchorsOf } from '../../test/support/markdown.ts'
import { analytics } from '../analytics/index.ts'
import { definitions_markdown } from './definitions-page.ts'
import { definition_of, DEFINITIONS } from './definitions.ts'
import { network_definitions } from './definitions-network.ts'

const page = inRoot('docs', 'definitions.md')
const update = process.env['UPDATE'] === '1'

describe('definitions', () => {
  it('docs/definitions.md is this list', () => {
    if (update) writeFileSync(page, definitions_markdown())
    expect(existsSync(page) ? readFileSync(page, 'utf8') : 'docs/definitions.md does not exist: UPDATE=1 writes it').toBe(
      definitions_markdown(),
    )
  })

  it('every figure of a document has an anchor of its own name there', () => {
    const anchors = anchorsOf(definitions_markdown())
    const { totals, assets, infections } = fixture().document
    const figures = [...Object.keys(totals), ...Object.keys(assets[0] ?? {}), ...Object.keys(infections[0] ?? {})]
    // Names, not figures; `usd` of an infection is the infection.
    const plain = new Set(['id', 'from', 'to', 'usd'])
    expect(figures.filter((name) => !plain.has(name) && !anchors.has(name))).toEqual([])
    for (const name of ['coin_day', 'infections', 'status', 'evidence', 'laws']) expect(anchors).toContain(name)
  })

  it('those of a network are fields of its document', () => {
    const schema = readFileSync(inRoot('docs', 'schemas', 'network-1.json'), 'utf8')
    const names = network_definitions.items.map(({ id }) => id)
    expect(names.length).toBeGreaterThan(8)
    for (const name of names) expect(schema).toContain(`"${name}":`)
  })

  it('every id stands once, and its anchor is the id', () => {
    const ids = [...DEFINITIONS, network_definitions].flatMap((group) => group.items.map((item) => item.id))
    expect(new Set(ids).size).toBe(ids.length)
    const anchors = anchorsOf(definitions_markdown())
    expect(ids.filter((id) => !anchors.has(id))).toEqual([])
  })

  it('the definitions that tables name are there', () => {
    const log = { length: 0, columns: {}, share_columns: {}, kind: () => 'fill', share_range: () => [0, 0] }
    const frames = { length: 1, time_ms: [0], fundamental: [], mid_usd: [], endogenous: [], forced_usd: [] }
    const world = { assets: [], markets: [], venues: [], actors: [], frames, pinned: false }
    const named = analytics.flatMap((analytic) =>
      analytic.measure(log as never, world as never).columns.flatMap((column) => column.definition ?? []),
    )
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => definition_of(name) === undefined)).toEqual([])
  })
})
