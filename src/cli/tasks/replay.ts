/** `--replay`: files in, a snapshot and a scenario out. */
import { replay_setup, type ReplayInput, type ReplaySetup } from '../../scenarios/index.ts'
import { DEFAULT_ACCOUNTS, BOOK_SEED, reference_recipe } from './inputs.ts'

export interface ReplayFiles {
  readonly series: string
  readonly from_ms: number
  readonly to_ms: number
  readonly feedback: boolean
  readonly tiers?: string
  readonly aave_params?: string
  readonly chain?: string
}

/** Reads the files and sets up the replay. @throws InputError for whatever is wrong with them */
export async function open_replay(
  files: ReplayFiles,
  options: { readonly accounts?: number; readonly seed?: number; readonly tick_ms: number },
): Promise<ReplaySetup> {
  const { readAaveParams, readBars, readTiers } = await import('../../sources/index.ts')
  const recipe = await reference_recipe()
  const bars = await readBars(files.series)
  const input: ReplayInput = {
    recipe,
    bars,
    from_ms: files.from_ms,
    to_ms: files.to_ms,
    ...(files.tiers === undefined ? {} : { tiers: await readTiers(files.tiers) }),
    ...(files.aave_params === undefined ? {} : { aave: await readAaveParams(files.aave_params, files.chain ?? 'ethereum') }),
    accounts: options.accounts ?? DEFAULT_ACCOUNTS,
    seed: options.seed ?? BOOK_SEED,
    tick_ms: options.tick_ms,
    feedback: files.feedback,
  }
  const set = replay_setup(input)
  const day = (time_ms: number) => new Date(time_ms).toISOString().slice(0, 10)
  const [first, last] = [day(files.from_ms), day(files.to_ms - 1)]
  const title = `Replay of ${first === last ? first : `${first} to ${last}`}`
  return { ...set, scenario: { ...set.scenario, title } }
}
