/** Hidden books from files of series. */
import { writeFileSync } from 'node:fs'
import { infer_html, infer_text } from '../../reports/index.ts'
import { INFER, infer } from '../../studies/cohorts/index.ts'
import { painter } from '../support/colour.ts'
import type { Look, Progress, WorkResult } from '../support/work.ts'
import { read_all } from './detect.ts'

export interface InferInput {
  readonly files: readonly string[]
  readonly from_ms: number | undefined
  readonly to_ms: number | undefined
  readonly step_ms: number | undefined
  readonly symbol: string | undefined
  readonly shape: 'linear' | 'inverse' | undefined
  readonly seed: number
  readonly particles: number
  /** Where the page is written first. */
  readonly html: string | undefined
  readonly json: boolean
  readonly look: Look
}

export async function infer_task(input: InferInput, on_progress: Progress): Promise<WorkResult> {
  const given = await read_all(input.files, on_progress)
  on_progress(0.2, 'inferring')
  const document = infer(
    given.flatMap(({ series }) => series),
    {
      ...INFER,
      ...(input.shape === undefined ? {} : { shape: input.shape }),
      seed: input.seed,
      particles: input.particles,
      ...(input.step_ms === undefined ? {} : { step_ms: input.step_ms }),
      ...(input.symbol === undefined ? {} : { symbol: input.symbol }),
      ...(input.from_ms === undefined ? {} : { from_ms: input.from_ms }),
      ...(input.to_ms === undefined ? {} : { to_ms: input.to_ms }),
    },
    input.files.join(' '),
    (done) => on_progress(0.2 + 0.8 * done, 'inferring'),
  )
  if (input.html !== undefined) writeFileSync(input.html, infer_html(document))
  const text = input.json
    ? `${JSON.stringify(document, null, 2)}\n`
    : infer_text(document, { width: input.look.width, painter: painter(input.look.colour) })
  return { code: 0, text, note: '' }
}
