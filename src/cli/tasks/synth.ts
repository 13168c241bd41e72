/** Makes the reference market and writes it. */
import { content_hash, InputError } from '../../model/index.ts'
import { counted, decimal } from '../../reports/index.ts'
import type { Progress, WorkResult } from '../support/work.ts'
import { accounts_of, reference_snapshot } from './inputs.ts'

export interface SynthInput {
  readonly accounts: number
  readonly seed: number
  /** Where it is written before it takes its place, and where that is. */
  readonly staged?: string
  readonly path?: string
  readonly json: boolean
}

export async function synth_task(input: SynthInput, on_progress: Progress): Promise<WorkResult> {
  on_progress(0, 'making the books')
  const begun = performance.now()
  const snapshot = await reference_snapshot(input.accounts, input.seed)
  const seconds = (performance.now() - begun) / 1000
  on_progress(0.6, 'hashing')
  const hash = content_hash(snapshot)
  if (input.staged !== undefined) {
    on_progress(0.7, 'writing')
    const { writeSnapshot } = await import('../../sources/index.ts')
    try {
      await writeSnapshot(snapshot, input.staged)
    } catch (error) {
      // The person knows the place, not where it is written first.
      if (error instanceof InputError && error.where === input.staged)
        throw new InputError('--out', error.field, error.found, error.valid)
      throw error
    }
  }
  const { seed, path } = input
  const accounts = snapshot.venues.reduce((sum, venue) => sum + accounts_of(venue), 0)
  if (input.json) {
    const document = {
      id: snapshot.id,
      title: snapshot.title,
      snapshot: hash,
      accounts,
      asked: input.accounts,
      seed,
      seconds,
      ...(path === undefined ? {} : { path }),
    }
    return { code: 0, text: `${JSON.stringify(document, null, 2)}\n`, note: '' }
  }
  const asked =
    accounts === input.accounts
      ? ''
      : ` (${decimal(input.accounts)} asked: venues take rounded shares, and vaults hold at least one each and no less than their dust)`
  const where = path === undefined ? '' : ` → ${path}`
  return {
    code: 0,
    text: `${hash}  ${snapshot.title}, ${counted(accounts, 'account')}${asked}, seed ${seed}, ${seconds.toFixed(1)} s${where}\n`,
    note: '',
  }
}
