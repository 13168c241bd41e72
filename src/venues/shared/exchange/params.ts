/**
 * Published parameters of an exchange, dated and sourced, kept apart from the code (`data/venues/<kind>.json`). They fill what a
 * snapshot's venue leaves open; what the snapshot says always counts.
 */
import { z } from 'zod'
import { InputError, issue_error } from '../../../model/index.ts'

export const PARAMS_SCHEMA = 'unwind.venue-params/1'

const source = z.strictObject({
  title: z.string().min(1).describe('Document, page or file'),
  date: z
    .string()
    .regex(/^\d{4}(-\d{2}(-\d{2})?)?$/)
    .describe('Date of what it says, or when it was read: year, month or day'),
  where: z.string().min(1).describe('Address, repository and path, or identifier'),
})

const value = z.strictObject({
  field: z
    .string()
    .regex(/^[a-z0-9_*/:.A-Z-]+$/)
    .describe(
      'Field of the venue’s snapshot; of its contracts `contracts.<name>.<field>`, `*` for every contract; of its coins `coins.<asset>.<field>`',
    ),
  value: z.json().describe('What stands there'),
  source: z.string().min(1).describe('Key of `sources`'),
  evidence: z
    .enum(['documented', 'fixture', 'derived', 'assumed'])
    .describe('documented: printed by the source; fixture: read in open code or its tests; derived by arithmetic; assumed'),
  note: z.string().min(1).optional().describe('What the reader should know'),
})

export const params_schema = z.strictObject({
  schema: z.literal(PARAMS_SCHEMA).describe(PARAMS_SCHEMA),
  kind: z.string().min(1).describe('Kind of venue'),
  title: z.string().min(1).describe('What these parameters are'),
  as_of: z.string().min(4).describe('The day they stand for'),
  sources: z.record(z.string().min(1), source).describe('Sources by key'),
  values: z.array(value).min(1).max(100_000).describe('Fields with their values'),
})
export type VenueParams = z.infer<typeof params_schema>

type Plain = Record<string, unknown>
const is_plain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/** @throws InputError that names the field, for what is no parameter file or names a source it does not have */
export function parse_params(input: unknown, where: string): VenueParams {
  const parsed = params_schema.safeParse(input)
  if (!parsed.success) {
    throw issue_error(params_schema, parsed.error.issues, input, where)
  }
  parsed.data.values.forEach(({ source: key }, i) => {
    if (!(key in parsed.data.sources))
      throw new InputError(where, `values[${i}].source`, key, `one of ${Object.keys(parsed.data.sources).join(', ')}`)
  })
  return parsed.data
}

/** Puts a value where nothing stands yet. */
function fill(into: Plain, path: readonly string[], found: unknown): void {
  const [head, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) {
    if (into[head] === undefined) into[head] = found
    else if (is_plain(into[head]) && is_plain(found)) {
      const merged: Plain = { ...into[head] }
      for (const [key, value] of Object.entries(found)) fill(merged, [key], value)
      into[head] = merged
    }
    return
  }
  const next: Plain = is_plain(into[head]) ? { ...into[head] } : {}
  fill(next, rest, found)
  into[head] = next
}

/** Names of the contracts a parameter file has sets for. */
export function contract_names(params: VenueParams): string[] {
  const names = new Set<string>()
  for (const { field } of params.values) {
    const [head, name] = field.split('.')
    if (head === 'contracts' && name !== undefined && name !== '*') names.add(name)
  }
  return [...names]
}

/**
 * A venue's spec with the open fields filled. A contract says with `like` whose set it takes; `like` is then left out. Later entries
 * never replace earlier ones, nor what the spec has.
 * @throws InputError for a kind that is not the file's, or a set it does not have
 */
export function complete(spec: Plain, params: VenueParams, where: string): Plain {
  if (spec['kind'] !== params.kind) throw new InputError(where, 'kind', spec['kind'], `"${params.kind}"`)
  const names = contract_names(params)
  const out: Plain = { ...spec }
  const list = (field: 'contracts' | 'coins') =>
    Array.isArray(spec[field]) ? (spec[field] as unknown[]).map((one) => ({ ...(one as Plain) })) : undefined
  const contracts = list('contracts')
  const coins = list('coins')
  contracts?.forEach(({ like }, i) => {
    if (like !== undefined && !names.includes(like as string))
      throw new InputError(where, `contracts[${i}].like`, like, `one of ${names.slice(0, 24).join(', ')}`)
  })
  for (const { field, value: found } of params.values) {
    const path = field.split('.')
    if (path[0] === 'contracts') {
      for (const contract of contracts ?? [])
        if (path[1] === '*' || path[1] === contract['like']) fill(contract, path.slice(2), found)
    } else if (path[0] === 'coins') {
      for (const coin of coins ?? []) if (path[1] === '*' || path[1] === coin['asset']) fill(coin, path.slice(2), found)
    } else fill(out, path, found)
  }
  for (const contract of contracts ?? []) delete (contract as { like?: unknown })['like']
  if (contracts !== undefined) out['contracts'] = contracts
  if (coins !== undefined) out['coins'] = coins
  return out
}
