/** Snapshots and scenarios from what the command line names. */
import { readFile } from 'node:fs/promises'
import { index_of, InputError, type Scenario, type Snapshot } from '../../model/index.ts'
import type { Recipe } from '../../synth/index.ts'
import { in_package } from '../support/package.ts'
import { presets } from '../../scenarios/index.ts'

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
  return readSnapshot(path)
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
  if (!/[./\\]/.test(name))
    throw new InputError('--scenario', '', name, `a file, or one of ${presets.map((one) => one.id).join(', ')}`)
  const { readScenario } = await import('../../sources/index.ts')
  return readScenario(name)
}
