/** Snapshots and scenarios from what the command line names. */
import { readFile } from 'node:fs/promises'
import { index_of, InputError, type KindSpec, type Scenario, type Snapshot } from '../../model/index.ts'
import type { Recipe } from '../../synth/index.ts'
import { in_package } from '../support/package.ts'
import { events, presets } from '../../scenarios/index.ts'

export const DEFAULT_ACCOUNTS = 100_000
/** Seed of the books of the reference market; `synth --seed` makes others. */
export const BOOK_SEED = 1

export async function reference_recipe(): Promise<Recipe> {
  const { parse_recipe } = await import('../../synth/index.ts')
  const path = in_package('data/reference-market/recipe.json')
  return parse_recipe(JSON.parse(await readFile(path, 'utf8')), path)
}

/** The reference market with this many accounts. */
export async function reference_snapshot(accounts: number, seed: number): Promise<Snapshot> {
  const { synthesize } = await import('../../synth/index.ts')
  return synthesize(await reference_recipe(), { accounts, seed })
}

/** A snapshot file or folder, or the reference market. */
export async function open_snapshot(path: string | undefined, accounts: number | undefined): Promise<Snapshot> {
  if (path === undefined) return reference_snapshot(accounts ?? DEFAULT_ACCOUNTS, BOOK_SEED)
  const { readSnapshot } = await import('../../sources/index.ts')
  try {
    return await readSnapshot(path)
  } catch (error) {
    throw error instanceof InputError && error.valid === 'JSON' ? await no_number(error) : error
  }
}

/** JSON has no NaN and no infinity, and its reader does not say where one stood: line, column and field. */
async function no_number(error: InputError): Promise<InputError> {
  if (!error.where.endsWith('.json')) return error
  const text = await readFile(error.where, 'utf8')
  // Texts are blanked, so that a word inside one is not taken for a number.
  const bare = text.replace(/"(?:[^"\\\n]|\\.)*"/g, (found) => ' '.repeat(found.length))
  const match = /-?\b(?:NaN|Infinity)\b/.exec(bare)
  if (match === null) return error
  const before = text.slice(0, match.index)
  const line = before.split('\n').length
  const column = match.index - before.lastIndexOf('\n')
  const field = /"((?:[^"\\\n]|\\.)*)"\s*:[^"]*$/.exec(before.slice(-65_536))?.[1]
  const place = `line ${line}, column ${column}${field === undefined ? '' : ` (${field})`}`
  return new InputError(error.where, place, match[0], 'a finite number')
}

/** Number of accounts of a snapshot's venue: the length of its account columns. */
export function accounts_of(venue: KindSpec): number {
  const columns = Object.values((venue['accounts'] ?? {}) as Record<string, unknown>)
  const first = columns.find((column) => ArrayBuffer.isView(column)) as Float64Array | undefined
  return first?.length ?? 0
}

/** Does work in which a world is built; what does not fit there says in which file it stands. */
export function naming<T>(files: { readonly snapshot?: string; readonly scenario?: string }, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof InputError) || error.where.startsWith('--')) throw error
    const file = /^(drivers?|scenario|faults?)\b/.test(error.where) ? files.scenario : files.snapshot
    // A preset has a name, not a place.
    if (file === undefined || !/[./\\]/.test(file) || error.where.startsWith(file)) throw error
    const where = error.where === 'scenario' ? file : `${file}: ${error.where}`
    throw new InputError(where, error.field, error.found, error.valid)
  }
}

/** Refuses assets that the snapshot does not have. */
export function check_assets(snapshot: Snapshot, ids: readonly string[], option: string): void {
  for (const id of ids) {
    const asset = snapshot.assets[index_of(snapshot.assets, id, option, 'asset')]
    if (asset?.numeraire === true) throw new InputError(option, 'asset', id, 'an asset that is not the unit of account')
  }
}

/** A preset by its id, or a scenario file. */
export async function open_scenario(name: string, snapshot: Snapshot): Promise<Scenario> {
  const preset = presets.find((one) => one.id === name)
  if (preset !== undefined) return preset.build(snapshot)
  const event = events.find((one) => one.id === name)
  if (event?.path !== undefined) return event.path.build(snapshot)
  if (event !== undefined)
    throw new InputError('--scenario', '', name, `given as --preset ${name}: a real event brings its own books`)
  if (!/[./\\]/.test(name))
    throw new InputError('--scenario', '', name, `a file, or one of ${presets.map((one) => one.id).join(', ')}`)
  const { readScenario } = await import('../../sources/index.ts')
  return readScenario(name)
}
