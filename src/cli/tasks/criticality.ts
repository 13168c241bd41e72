/** How near a snapshot is to selling that feeds itself. */
import { writeFileSync } from 'node:fs'
import { criticality_html, criticality_text } from '../../reports/index.ts'
import { build, shock_scenario } from '../../scenarios/index.ts'
import { criticality, type CriticalityInput } from '../../studies/index.ts'
import { painter } from '../support/colour.ts'
import type { Look, Progress, WorkResult } from '../support/work.ts'
import { naming, open_snapshot } from './inputs.ts'

export interface CriticalityTaskInput {
  readonly snapshot?: string
  readonly accounts?: number
  readonly question: CriticalityInput
  readonly json: boolean
  /** Where the page is written before it takes its place. */
  readonly html?: string
  readonly look: Look
}

export async function criticality_task(input: CriticalityTaskInput, on_progress: Progress): Promise<WorkResult> {
  on_progress(0, 'reading')
  const snapshot = await open_snapshot(input.snapshot, input.accounts)
  on_progress(0.1, 'asking the venues')
  const document = naming(input, () =>
    criticality(snapshot, build(snapshot, shock_scenario([])), input.question, (done, phase) =>
      on_progress(0.1 + 0.9 * done, phase),
    ),
  )
  if (input.html !== undefined) writeFileSync(input.html, criticality_html(document))
  const text = () => criticality_text(document, { width: input.look.width, painter: painter(input.look.colour) })
  return { code: 0, text: input.json ? `${JSON.stringify(document, null, 2)}\n` : text(), note: '' }
}
