/** Columns as the schema of a kind wants them: which of its columns are whole numbers, the schema says, not the writer of a document. */
import type { KindSpec } from '../model/index.ts'
import { REGISTRIES } from '../scenarios/index.ts'
import { column_of, is_column, is_plain } from './columns.ts'

/** What is looked at of a schema. */
interface Looked {
  readonly safeParse: (value: unknown) => { readonly success: boolean }
  readonly shape?: Readonly<Record<string, Looked>>
  readonly element?: Looked
  readonly _zod: {
    readonly def: { readonly type: string; readonly innerType?: Looked; readonly in?: Looked; readonly out?: Looked }
  }
}

/** A schema without what may be left out, has a default or is refined. */
export function bare(schema: unknown): Looked {
  let found = schema as Looked
  for (;;) {
    const { innerType, type, in: from, out: to } = found._zod.def
    const next = innerType ?? (type === 'pipe' ? (from?._zod.def.type === 'transform' ? to : from) : undefined)
    if (next === undefined) return found
    found = next
  }
}

/** Kind of column that a schema takes; undefined when it takes none. */
export function column_kind(schema: unknown): 'i32' | 'f64' | undefined {
  const found = bare(schema)
  if (found._zod.def.type !== 'custom') return undefined
  return found.safeParse(new Int32Array(0)).success ? 'i32' : found.safeParse(new Float64Array(0)).success ? 'f64' : undefined
}

function fit(schema: unknown, value: unknown, where: string, field: string): unknown {
  const kind = column_kind(schema)
  if (kind !== undefined) {
    const right = kind === 'i32' ? Int32Array : Float64Array
    if (!(is_column(value) || Array.isArray(value)) || value instanceof right) return value
    return column_of(value, kind === 'i32', where, field)
  }
  const { shape, element } = bare(schema)
  if (shape !== undefined && is_plain(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        Object.hasOwn(shape, name) ? fit(shape[name], item, where, `${field}.${name}`) : item,
      ]),
    )
  if (element !== undefined && Array.isArray(value) && value.some((item) => typeof item === 'object'))
    return value.map((item, i) => fit(element, item, where, `${field}[${i}]`))
  return value
}

/** A component with its columns as its kind wants them; one of a kind there is not stays as it is. @throws InputError for fractions where whole numbers belong */
export function fitted(
  family: 'markets' | 'oracles' | 'venues' | 'agents',
  spec: unknown,
  where: string,
  field: string,
): unknown {
  if (!is_plain(spec)) return spec
  const kind = REGISTRIES[family].find(({ id }) => id === (spec as Partial<KindSpec>).kind)
  return kind === undefined ? spec : fit(kind.schema, spec, where, field)
}
