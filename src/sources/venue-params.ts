/** Parameter files of venues: `data/venues/<kind>.json` of the package, or one of the user's. */
import type { VenueParams } from '../venues/shared/exchange/index.ts'
import { parse_params } from '../venues/shared/exchange/index.ts'
import { read_json } from './read.ts'

/** @throws InputError that names the file and the field */
export async function readVenueParams(path: string): Promise<VenueParams> {
  return parse_params(await read_json(path), path)
}
