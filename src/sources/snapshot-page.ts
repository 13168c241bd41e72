/** What a snapshot may hold, read off the schemas of all kinds: tables for docs/snapshot.md, and one JSON Schema. */
import { z } from 'zod'
import { REGISTRIES } from '../scenarios/index.ts'
import { snapshot_frame } from './check.ts'
import { column_kind } from './fit.ts'
import { published } from './venue-params.ts'

type Json = Readonly<Record<string, unknown>>
const FAMILIES = ['assets', 'actors', 'markets', 'oracles', 'venues', 'agents'] as const
const KINDS = ['markets', 'oracles', 'venues', 'agents'] as const

const COLUMN = {
  i32: { type: 'array', items: { type: 'integer', minimum: -2147483648, maximum: 2147483647 } },
  f64: { type: 'array', items: { type: 'number', minimum: -Number.MAX_VALUE } },
} as const

/** A schema as JSON Schema; columns are lists of numbers. */
function json_of(schema: unknown): Json {
  return z.toJSONSchema(schema as z.ZodType, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const kind = zodSchema._zod.def.type === 'custom' ? column_kind(zodSchema) : undefined
      if (kind !== undefined) Object.assign(jsonSchema, COLUMN[kind])
    },
  }) as Json
}

const without = (json: Json, name: string): Json => Object.fromEntries(Object.entries(json).filter(([key]) => key !== name))

/** The text of `docs/schemas/snapshot-1.json`. */
export function snapshot_schema_text(): string {
  const frame = json_of(snapshot_frame)
  const properties = { ...(frame['properties'] as Record<string, Json>) }
  for (const family of KINDS)
    properties[family] = {
      ...(properties[family] as Json),
      items: {
        anyOf: REGISTRIES[family].map((kind) => {
          const json = without(json_of(kind.schema), '$schema')
          return family === 'venues' ? optional(kind.id, json) : json
        }),
      },
    }
  const head = JSON.stringify({ title: 'snapshot-1', ...without(frame, 'properties') }).slice(0, -1)
  const fields = Object.entries(properties).map(([name, field]) => {
    const kinds = (field['items'] as Json | undefined)?.['anyOf']
    if (!Array.isArray(kinds)) return `${JSON.stringify(name)}:${JSON.stringify(field)}`
    const lines = kinds.map((kind) => JSON.stringify(kind)).join(',\n')
    return `${JSON.stringify(name)}:${JSON.stringify({ ...field, items: { anyOf: ['@'] } }).replace('"@"', () => `\n${lines}`)}`
  })
  return `${head},"properties":{\n${fields.join(',\n')}\n}}\n`
}

const number = (value: unknown): string => String(value).replace('-', '−')

/** `a number, 0 to 1`. */
function type_of(json: Json): string {
  const { type, minimum: low, maximum: high, exclusiveMinimum: above, exclusiveMaximum: below } = json
  if (json['const'] !== undefined) return `\`${String(json['const'])}\``
  if (Array.isArray(json['enum'])) return (json['enum'] as unknown[]).map((item) => `\`${String(item)}\``).join(', ')
  const any = json['anyOf'] ?? json['oneOf']
  if (Array.isArray(any)) return [...new Set((any as Json[]).map(type_of))].join(' or ')
  if (type === 'array') {
    const items = json['items'] as Json | undefined
    if (items?.['minimum'] === COLUMN.i32.items.minimum) return 'column of whole numbers'
    if (items?.['minimum'] === COLUMN.f64.items.minimum) return 'column of numbers'
    return items?.['type'] === 'object' ? 'list of objects' : `list of ${items === undefined ? 'values' : plural(items)}`
  }
  if (type === 'string') return 'text'
  if (type === 'boolean') return 'true or false'
  if (type === 'object') return 'object'
  if (type !== 'number' && type !== 'integer') return 'value'
  const name = type === 'integer' ? 'whole number' : 'number'
  const bound = (value: unknown) => typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER
  if (bound(low) && bound(high)) return `${name}, ${number(low)} to ${number(high)}`
  const from = bound(above) ? `above ${number(above)}` : bound(low) ? `at least ${number(low)}` : ''
  const to = bound(below) ? `below ${number(below)}` : bound(high) ? `at most ${number(high)}` : ''
  return [name, from, to].filter((part) => part !== '').join(', ')
}

function plural(items: Json): string {
  const one = type_of(items)
  return one === 'text' ? 'texts' : one.replace(/^(whole number|number|column)/, '$1s')
}

const text = (value: unknown): string => String(value).replaceAll('|', '\\|').replaceAll('\n', ' ')

/** Rows of a table: a field of an object, and those of the objects in it. */
function rows_of(json: Json, prefix: string, out: string[], depth: number): void {
  const required = new Set((json['required'] as string[] | undefined) ?? [])
  for (const [name, field] of Object.entries((json['properties'] as Record<string, Json> | undefined) ?? {})) {
    if (name === 'kind' && prefix === '') continue
    const list = field['type'] === 'array' ? (field['items'] as Json | undefined) : undefined
    const inner = list?.['type'] === 'object' ? list : field['type'] === 'object' ? field : undefined
    const fallback = field['default']
    const need =
      fallback !== undefined ? `\`${text(JSON.stringify(fallback))}\`` : required.has(name) ? '**needed**' : 'may be absent'
    out.push(`| \`${prefix}${name}\` | ${text(type_of(field))} | ${need} | ${text(field['description'] ?? '')} |`)
    if (inner !== undefined && depth < 3) rows_of(inner, `${prefix}${name}${list === undefined ? '' : '[]'}.`, out, depth + 1)
  }
}

const HEAD = '| field | what it is | if absent | meaning |\n|---|---|---|---|'

function fields_of(json: Json, prefix = ''): string[] {
  const rows: string[] = []
  rows_of(json, prefix, rows, 0)
  return rows
}

const table = (rows: readonly string[]): string => `${HEAD}\n${rows.join('\n')}`
const name_of = (row: string): string => row.split(' | ')[0]?.slice(3, -1) ?? ''

/** A kind that shares most of its fields with an earlier one tells only where it differs. */
function kind_text(family: string, rows: readonly string[], before: ReadonlyMap<string, readonly string[]>): string {
  let like: readonly [string, readonly string[]] | undefined
  let shared = 0.6 * rows.length
  for (const entry of before) {
    const same = entry[1].filter((row) => rows.includes(row)).length
    if (rows.length > 20 && same > shared) [like, shared] = [entry, same]
  }
  if (like === undefined) return table(rows)
  const [name, base] = like
  const own = rows.filter((row) => !base.includes(row))
  const names = new Set(rows.map(name_of))
  const gone = base.map(name_of).filter((field) => !names.has(field))
  const lines = [`All fields of [${name}](#${family}-${name})${own.length === 0 ? ', and no other.' : ', but:'}`]
  if (own.length > 0) lines.push(table(own))
  if (gone.length > 0) lines.push(`It has no ${gone.map((field) => `\`${field}\``).join(', ')}.`)
  return lines.join('\n\n')
}

/** Needed fields that are filled from the package's file of a kind of venue, with the value. */
function with_defaults(kind: string, rows: readonly string[]): readonly string[] {
  const values = new Map(published(kind)?.values.map(({ field, value }) => [field, JSON.stringify(value)]))
  return rows.map((row) => {
    const value = values.get(name_of(row))
    return value === undefined
      ? row
      : row.replace('| **needed** |', `| \`${value}\` of [data/venues](../data/venues/${kind}.json) |`)
  })
}

/** A kind of venue as JSON Schema: what is filled from the package's file need not be there. */
function optional(kind: string, json: Json): Json {
  const values = new Set(published(kind)?.values.map(({ field }) => field))
  return { ...json, required: ((json['required'] as string[] | undefined) ?? []).filter((name) => !values.has(name)) }
}

/** Everything under the line that says so in docs/snapshot.md. */
export function snapshot_fields(): string {
  const { properties } = json_of(snapshot_frame) as { readonly properties: Readonly<Record<string, Json>> }
  const top = Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [
      name,
      (FAMILIES as readonly string[]).includes(name)
        ? { type: field['type'], description: `${String(field['description'])}: [${name}](#${name})` }
        : field,
    ]),
  )
  const parts = [
    `## The document\n\n${table(fields_of({ required: Object.keys(properties), properties: top }))}`.replaceAll(
      'list of values',
      'list',
    ),
    `## assets\n\n${table(fields_of((properties['assets'] as Json)['items'] as Json, '[].'))}`,
    `## actors\n\n${table(fields_of(properties['actors'] as Json, 'actors.'))}`,
  ]
  for (const family of KINDS) {
    parts.push(`## ${family}\n\nEach has a \`kind\`, one of the headings below, and an \`id\` that no other of the family has.`)
    const before = new Map<string, readonly string[]>()
    for (const kind of REGISTRIES[family]) {
      const rows = family === 'venues' ? with_defaults(kind.id, fields_of(json_of(kind.schema))) : fields_of(json_of(kind.schema))
      parts.push(`### ${family}: ${kind.id}\n\n${text(kind.title)}.\n\n${kind_text(family, rows, before)}`)
      before.set(kind.id, rows)
    }
  }
  return `${parts.join('\n\n')}\n`
}
