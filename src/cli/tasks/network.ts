/** Exposures taken from a snapshot, and what network measures say of them. */
import { writeFileSync } from 'node:fs'
import { network_html, network_text } from '../../reports/index.ts'
import { build, shock_scenario } from '../../scenarios/index.ts'
import { network, type NetworkInput } from '../../studies/index.ts'
import { painter } from '../support/colour.ts'
import type { Look, Progress, WorkResult } from '../support/work.ts'
import { check_assets, naming, open_snapshot } from './inputs.ts'

export interface NetworkTaskInput {
  readonly snapshot?: string
  readonly accounts?: number
  readonly question: NetworkInput
  readonly json: boolean
  /** Where the page is written before it takes its place. */
  readonly html?: string
  readonly look: Look
}

export async function network_task(input: NetworkTaskInput, on_progress: Progress): Promise<WorkResult> {
  on_progress(0, 'reading')
  const snapshot = await open_snapshot(input.snapshot, input.accounts)
  check_assets(
    snapshot,
    input.question.shocks.map(({ asset }) => asset),
    '--shock',
  )
  on_progress(0.2, 'asking the venues')
  const document = naming(input, () => network(snapshot, build(snapshot, shock_scenario([])), input.question))
  if (input.html !== undefined) writeFileSync(input.html, network_html(document))
  const text = () => network_text(document, { width: input.look.width, painter: painter(input.look.colour) })
  return { code: 0, text: input.json ? `${JSON.stringify(document, null, 2)}\n` : text(), note: '' }
}
