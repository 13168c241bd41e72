/** What a schema finds wrong, as one line that names the field and says what would be right. */
import { InputError, Said } from './errors.ts'

/** What is read of an issue and of a schema; both are those of zod. */
interface Issue {
  readonly code?: string
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly expected?: string
  readonly keys?: readonly string[]
  readonly values?: readonly unknown[]
  readonly origin?: string
  readonly minimum?: unknown
  readonly maximum?: unknown
  readonly inclusive?: boolean
}

/** A check of a number: a bound, or its format. */
interface Check {
  readonly check: string
  readonly value?: unknown
  readonly inclusive?: boolean
  readonly format?: string
}

interface Looked {
  readonly shape?: Readonly<Record<string, unknown>>
  readonly element?: unknown
  readonly _zod?: {
    readonly def: {
      readonly type: string
      readonly innerType?: unknown
      readonly in?: unknown
      readonly out?: unknown
      readonly valueType?: unknown
      readonly options?: readonly unknown[]
      readonly format?: string
      readonly checks?: readonly { readonly _zod: { readonly def: Check } }[]
    }
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

/** A schema without what may be left out, has a default or is refined. */
function bare(schema: unknown): Looked {
  let found = schema as Looked
  for (let hops = 0; hops < 32; hops++) {
    const def = found._zod?.def
    const from = def?.in as Looked | undefined
    const next = def?.innerType ?? (def?.type === 'pipe' ? (from?._zod?.def.type === 'transform' ? def.out : from) : undefined)
    if (next === undefined) break
    found = next as Looked
  }
  return found
}

/** The schema of a field; undefined where the way there branches. */
function schema_at(schema: unknown, path: readonly PropertyKey[]): Looked | undefined {
  let found: Looked | undefined = bare(schema)
  for (const key of path) {
    const next: unknown = found.shape?.[String(key)] ?? found.element ?? found._zod?.def.valueType
    if (next === undefined) return undefined
    found = bare(next)
  }
  return found
}

/** `a number, above -1 and at most 1000`. */
function range_of(schema: Looked | undefined): string | undefined {
  if (schema?._zod?.def.type !== 'number') return undefined
  const checks = (schema._zod.def.checks ?? []).map(({ _zod }) => _zod.def)
  const bound = (check: string, open: string, closed: string): string => {
    const found = checks.find((one) => one.check === check && typeof one.value === 'number')
    return found === undefined ? '' : `${found.inclusive === true ? closed : open} ${String(found.value)}`
  }
  const low = bound('greater_than', 'above', 'at least')
  const high = bound('less_than', 'below', 'at most')
  const whole = checks.some(({ format }) => String(format).includes('int')) || String(schema._zod.def.format).includes('int')
  const name = whole ? 'a whole number' : 'a number'
  const range = [low, high].filter((part) => part !== '').join(' and ')
  return range === '' ? name : `${name}, ${range}`
}

function bound_of({ origin, inclusive, minimum, maximum, code }: Issue): string {
  const low = code === 'too_small'
  const what = origin === 'array' ? ' entries' : origin === 'string' ? ' characters' : ''
  const words = low ? (inclusive === false ? 'more than' : 'at least') : inclusive === false ? 'less than' : 'at most'
  return `${words} ${String(low ? minimum : maximum)}${what}`
}

function valid_of(issue: Issue, schema: Looked | undefined): string {
  const range = range_of(schema)
  if (issue.code === 'too_small' || issue.code === 'too_big') return range ?? bound_of(issue)
  if (issue.code === 'invalid_type') return range ?? KINDS[issue.expected ?? ''] ?? issue.message
  if (issue.code === 'invalid_value') return (issue.values ?? []).map((value) => JSON.stringify(value)).join(' or ')
  if (issue.code === 'invalid_union' && issue.message.startsWith('Invalid')) {
    const forms = (schema?._zod?.def.options ?? []).map((option) => KINDS[bare(option)._zod?.def.type ?? ''])
    const known = [...new Set(forms.filter((form) => form !== undefined))]
    return known.length > 0 && known.length === forms.length
      ? known.join(' or ')
      : 'one of the forms that the documentation lists'
  }
  if (issue.code === 'custom' && issue.message.startsWith('Invalid')) return 'a column of numbers'
  if (issue.message.startsWith('Invalid input: expected ')) return issue.message.slice(24)
  return issue.message
}

/** `drivers[0].shocks[0].change`. */
export const path_text = (path: readonly PropertyKey[]): string =>
  path
    .map((key) => (typeof key === 'number' || /^\d+$/.test(String(key)) ? `[${String(key)}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')

function value_at(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value
  for (const key of path) {
    if (found === null || typeof found !== 'object') return undefined
    found = (found as Record<PropertyKey, unknown>)[key]
  }
  return found
}

/** The issue that tells most: a field nobody knows, rather than the one that is missed because of it. */
function telling(issues: readonly Issue[]): Issue {
  const [first] = issues as readonly [Issue]
  const parent = path_text(first.path.slice(0, -1))
  return issues.find((one) => one.code === 'unrecognized_keys' && path_text(one.path) === parent) ?? first
}

/**
 * The first thing that a schema found wrong.
 * @param issues what it found, one at least
 * @param field path of the value inside the file, `''` for the whole
 */
export function issue_error(schema: unknown, issues: readonly Issue[], value: unknown, where: string, field = ''): InputError {
  const issue = telling(issues)
  const at = (path: readonly PropertyKey[]) =>
    [field, path_text(path)]
      .filter((part) => part !== '')
      .join('.')
      .replaceAll('.[', '[')
  if (issue.code === 'unrecognized_keys') {
    const keys = Object.keys(schema_at(schema, issue.path)?.shape ?? {})
    const key = issue.keys?.[0] ?? ''
    const valid = keys.length > 0 ? `one of ${keys.join(', ')}` : 'nothing of that name'
    return new InputError(where, at([...issue.path, key]), new Said('no field that is known'), valid)
  }
  return new InputError(where, at(issue.path), value_at(value, issue.path), valid_of(issue, schema_at(schema, issue.path)))
}
