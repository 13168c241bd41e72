/** Errors as vocabulary: everything a person can put right is an `InputError`; everything else is a fault of ours. */

/** Words that an error shows as they are; a text that was found stands in quotes. */
export class Said {
  readonly words: string
  constructor(words: string) {
    this.words = words
  }
}

/** Bad input: says where, which field, what was found and what would be valid. The command line exits with 2. */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly where: string
  readonly field: string
  readonly found: unknown
  readonly valid: string

  /**
   * @param where the file, option or part of a snapshot
   * @param field path of the field inside it, `''` for the whole
   * @param found the offending value
   * @param valid what would have been valid, as a phrase
   */
  constructor(where: string, field: string, found: unknown, valid: string) {
    super(`${where}${field === '' ? '' : `: ${field}`} is ${show(found)}; valid: ${valid}`)
    this.where = where
    this.field = field
    this.found = found
    this.valid = valid
  }
}

/** An invariant of ours does not hold: a defect, never a business outcome. The command line exits with 4. */
export class Fault extends Error {
  override readonly name = 'Fault'
}

/** Throws a `Fault` unless the condition holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Fault(message)
}

/** A value as it may stand in a one-line message. */
export function show(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value instanceof Said) return value.words
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  const text =
    typeof value === 'string'
      ? JSON.stringify(value)
      : Array.isArray(value)
        ? `a list of ${value.length}`
        : typeof value === 'object'
          ? 'an object'
          : String(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
