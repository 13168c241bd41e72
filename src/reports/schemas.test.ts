import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fixture } from '../../test/cli/report-fixture.ts'
import { unknown_fields } from '../../test/cli/json-schema.ts'
import { inRoot } from '../../test/support/files.ts'
import { run_schema, SCHEMAS, schema_text } from './schemas.ts'

const update = process.env['UPDATE'] === '1'

describe('schemas', () => {
  it.each(Object.keys(SCHEMAS) as (keyof typeof SCHEMAS)[])('docs/schemas/%s.json is the schema of the source', (name) => {
    const file = inRoot('docs', 'schemas', `${name}.json`)
    if (update) writeFileSync(file, schema_text(name))
    expect(existsSync(file) ? readFileSync(file, 'utf8') : `${file} does not exist: UPDATE=1 writes it`).toBe(schema_text(name))
  })

  it('take a run, and name every field of it', () => {
    const document = fixture().document
    expect(run_schema.safeParse(document).success).toBe(true)
    expect(unknown_fields(JSON.parse(schema_text('run-1')) as object, document)).toEqual([])
  })

  it('notice a field that nobody described', () => {
    const document = { ...fixture().document, mood: 1 }
    expect(unknown_fields(JSON.parse(schema_text('run-1')) as object, document)).toEqual(['.mood'])
  })

  // One change each that a reader must be protected from.
  it.each([
    ['another version', { schema: 'unwind.run/2' }],
    ['an unknown status', { status: 'fine' }],
    ['negative bad debt', { totals: { ...fixture().document.totals, bad_debt_usd: -1 } }],
    ['a figure that is no number', { totals: { ...fixture().document.totals, forced_sales_usd: null } }],
    ['a hash that is none', { run: { ...fixture().document.run, log: 'abc' } }],
    ['an endogenous share above 1', { assets: [{ ...fixture().document.assets[0], endogenous_share: 1.1 }] }],
  ])('refuse %s', (_, change) => {
    expect(run_schema.safeParse({ ...fixture().document, ...change }).success).toBe(false)
  })

  it('stay open for what later versions add', () => {
    expect(JSON.parse(schema_text('run-1'))).not.toHaveProperty('additionalProperties', false)
  })
})
