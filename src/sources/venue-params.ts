/** Parameter files of venues: `data/venues/<kind>.json` of the package, or one of the user's. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Evidence, InputError, type Provenance } from '../model/index.ts'
import { REGISTRIES } from '../scenarios/index.ts'
import { complete, parse_params, type VenueParams } from '../venues/shared/exchange/index.ts'
import { bare } from './fit.ts'
import { read_json } from './read.ts'

/** @throws InputError that names the file and the field */
export async function readVenueParams(path: string): Promise<VenueParams> {
  return parse_params(await read_json(path), path)
}

/** The package's own file of a kind. */
export const params_path = (kind: string): string => fileURLToPath(new URL(`../../data/venues/${kind}.json`, import.meta.url))

/**
 * A venue of a snapshot file that says `"params": true` (the package's file of its kind) or `"params": "file.json"` (beside the
 * document), with its open fields filled; others as they are.
 * @throws InputError for what is neither, or a file that does not fit
 */
export async function with_params(
  venue: Record<string, unknown>,
  where: string,
  field: string,
  folder: string,
): Promise<Record<string, unknown>> {
  const { params, ...spec } = venue
  if (params === undefined) return venue
  if (params !== true && (typeof params !== 'string' || !/^[\w.-]+\.json$/.test(params)))
    throw new InputError(where, `${field}.params`, params, 'true, or the name of a JSON file beside the document')
  const path = params === true ? params_path(String(spec['kind'])) : join(folder, params)
  return complete(spec, await readVenueParams(path), path)
}

/** Fields of the venue itself that its kind needs and the package's file of the kind has, with the file; undefined where there are none. */
export function published(kind: string): { readonly params: VenueParams; readonly values: VenueParams['values'] } | undefined {
  const schema = REGISTRIES.venues.find(({ id }) => id === kind)?.schema
  const shape = schema === undefined ? undefined : bare(schema).shape
  const path = params_path(kind)
  if (shape === undefined || !existsSync(path)) return undefined
  const params = parse_params(JSON.parse(readFileSync(path, 'utf8')), path)
  const values = params.values.filter(({ field }) => Object.hasOwn(shape, field) && !shape[field]?.safeParse(undefined).success)
  return values.length === 0 ? undefined : { params, values }
}

const KNOWN: Readonly<Record<VenueParams['values'][number]['evidence'], Evidence>> = {
  documented: 'observed',
  fixture: 'observed',
  derived: 'inferred',
  assumed: 'synthetic',
}

/** A venue of a snapshot file with the numbers of its kind's own rules that it leaves out, and where they are from. */
export function with_published(venue: Record<string, unknown>): {
  readonly venue: Record<string, unknown>
  readonly provenance: readonly Provenance[]
} {
  const found = published(String(venue['kind']))
  const open = found?.values.filter(({ field }) => venue[field] === undefined) ?? []
  if (found === undefined || open.length === 0) return { venue, provenance: [] }
  const { kind, as_of } = found.params
  const provenance = [...new Set(open.map(({ evidence }) => KNOWN[evidence]))].map((evidence) => {
    const fields = open.filter((one) => KNOWN[one.evidence] === evidence).map(({ field }) => field)
    const how = evidence === 'synthetic' ? 'assumed' : 'published'
    const source = `${how}, data/venues/${kind}.json of ${as_of}: ${fields.join(', ')}`
    return { part: `venues.${String(venue['id'])}.rules`, evidence, source }
  })
  return { venue: { ...venue, ...Object.fromEntries(open.map(({ field, value }) => [field, value])) }, provenance }
}
