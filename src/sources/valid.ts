/** Documents against schemas: the first thing wrong, as one line that says what would be right. */
import { z } from 'zod'
import { InputError } from '../model/index.ts'

type Issue = z.core.$ZodIssue

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

function bound(issue: { origin: string; inclusive?: boolean }, limit: number | bigint, sign: '≥' | '≤'): string {
  const what = issue.origin === 'array' ? 'entries, ' : issue.origin === 'string' ? 'characters, ' : ''
  return `${what}${issue.inclusive === false ? (sign === '≥' ? '>' : '<') : sign} ${limit}`
}

/** What would be valid where an issue was found. */
function valid_of(issue: Issue): string {
  if (issue.code === 'invalid_type') return KINDS[issue.expected] ?? issue.expected
  if (issue.code === 'too_small') return bound(issue, issue.minimum, '≥')
  if (issue.code === 'too_big') return bound(issue, issue.maximum, '≤')
  if (issue.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value)).join(' or ')
  if (issue.code === 'invalid_union') return 'one of the forms that the documentation lists'
  return issue.message
}

const path_of = (path: readonly PropertyKey[]) =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')

/** The value at a path, undefined where there is none. */
function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value
  for (const key of path) {
    if (found === null || typeof found !== 'object') return undefined
    found = (found as Record<PropertyKey, unknown>)[key]
  }
  return found
}

/** The value as the schema understands it. @throws InputError that names the file and the field */
export function parse<T>(schema: z.ZodType<T>, value: unknown, where: string, field = ''): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0] as Issue
  const path = [field, path_of(issue.path)]
    .filter((part) => part !== '')
    .join('.')
    .replaceAll('.[', '[')
  if (issue.code === 'unrecognized_keys') {
    const keys = Object.keys((schema as unknown as { shape?: object }).shape ?? {})
    const valid = issue.path.length === 0 && keys.length > 0 ? `one of ${keys.join(', ')}` : 'nothing of that name'
    throw new InputError(where, [path, issue.keys[0]].filter((part) => part !== '').join('.'), 'there', valid)
  }
  throw new InputError(where, path, at(value, issue.path), valid_of(issue))
}
