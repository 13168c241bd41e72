// As much of JSON Schema as our own schemas use, to hold documents against the published files.

type Schema = Readonly<Record<string, unknown>>

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
}

/** What is wrong with a value, one line each; none when it fits. A keyword that is not known here is an error. */
export function problems(schema: Schema, value: unknown, path = ''): string[] {
  const out: string[] = []
  const complain = (what: string) => out.push(`${path === '' ? '(document)' : path}: ${what}`)
  for (const [keyword, rule] of Object.entries(schema)) {
    switch (keyword) {
      case '$schema':
      case 'title':
      case 'description':
        break
      case 'type':
        if (![rule].flat().some((name) => TYPES[name as string]?.(value))) complain(`not of type ${String(rule)}`)
        break
      case 'const':
        if (value !== rule) complain(`not ${JSON.stringify(rule)}`)
        break
      case 'enum':
        if (!(rule as unknown[]).includes(value)) complain(`not one of ${JSON.stringify(rule)}`)
        break
      case 'pattern':
        if (typeof value === 'string' && !new RegExp(rule as string, 'u').test(value)) complain(`does not match ${String(rule)}`)
        break
      case 'minLength':
        if (typeof value === 'string' && value.length < (rule as number)) complain('too short')
        break
      case 'minimum':
        if (typeof value === 'number' && value < (rule as number)) complain(`below ${String(rule)}`)
        break
      case 'exclusiveMinimum':
        if (typeof value === 'number' && value <= (rule as number)) complain(`not above ${String(rule)}`)
        break
      case 'maximum':
        if (typeof value === 'number' && value > (rule as number)) complain(`above ${String(rule)}`)
        break
      case 'required':
        for (const name of rule as string[])
          if (TYPES['object']?.(value) && !Object.hasOwn(value as object, name)) complain(`${name} is missing`)
        break
      case 'properties':
        for (const [name, inner] of Object.entries(rule as Record<string, Schema>))
          if (TYPES['object']?.(value) && Object.hasOwn(value as object, name))
            out.push(...problems(inner, (value as Record<string, unknown>)[name], `${path}.${name}`))
        break
      case 'items':
        if (Array.isArray(value)) value.forEach((item, i) => out.push(...problems(rule as Schema, item, `${path}[${i}]`)))
        break
      case 'anyOf':
        if (!(rule as Schema[]).some((one) => problems(one, value, path).length === 0)) complain('fits none of the alternatives')
        break
      case 'additionalProperties':
      case 'propertyNames':
      case 'prefixItems':
        break
      default:
        throw new Error(`a keyword that this reader does not know: ${keyword}`)
    }
  }
  return out
}

/** Fields of a document that its schema does not mention. */
export function unknown_fields(schema: object, value: unknown, path = ''): string[] {
  const { properties, items, anyOf, additionalProperties } = schema as {
    properties?: Record<string, Schema>
    items?: Schema
    anyOf?: Schema[]
    additionalProperties?: Schema
  }
  if (Array.isArray(value)) return items === undefined ? [] : value.flatMap((item) => unknown_fields(items, item, `${path}[]`))
  if (value === null || typeof value !== 'object' || anyOf !== undefined) return []
  return [
    ...new Set(
      Object.entries(value).flatMap(([name, inner]) => {
        const described = properties?.[name] ?? additionalProperties
        return described === undefined ? [`${path}.${name}`] : unknown_fields(described, inner, `${path}.${name}`)
      }),
    ),
  ]
}
