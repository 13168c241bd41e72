/** Parameter files of venues: `data/venues/<kind>.json` of the package, or one of the user's. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InputError } from '../model/index.ts'
import { complete, parse_params, type VenueParams } from '../venues/shared/exchange/index.ts'
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
