/** Documents against schemas: the first thing wrong, as one line that says what would be right. */
import type { z } from 'zod'
import { issue_error } from '../model/index.ts'

/** The value as the schema understands it. @throws InputError that names the file and the field */
export function parse<T>(schema: z.ZodType<T>, value: unknown, where: string, field = ''): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw issue_error(schema, result.error.issues, value, where, field)
}
