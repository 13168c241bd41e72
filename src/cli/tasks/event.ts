/** Real events: one seed as a stress run, or many seeds. */
import { writeFileSync } from 'node:fs'
import { run_jobs } from '../../executors/index.ts'
import { InputError } from '../../model/index.ts'
import { replay_html, replay_text } from '../../reports/index.ts'
import { draw_priors, type Draws, type EventBuild, type EventPreset, events, presets } from '../../scenarios/index.ts'
import { check_cause, replay_day, replay_document } from '../../studies/index.ts'
import { painter } from '../support/colour.ts'
import type { Look, Progress, WorkResult } from '../support/work.ts'

export interface ReplayEventInput {
  readonly event: string
  readonly seeds: number
  readonly first: number
  readonly causes: 'all' | readonly string[]
  readonly thin: boolean
  /** Threads; by default as many as there are processors. */
  readonly workers?: number
  readonly json: boolean
  /** Where the page is written before it takes its place. */
  readonly html?: string
  readonly look: Look
}

/** @throws InputError when there is no such event */
export function open_event(where: string, id: string): EventPreset {
  const preset = events.find((one) => one.id === id)
  if (preset === undefined) {
    const path = presets.some((one) => one.id === id) ? `; ${id} is a path for any market: unwind stress --preset ${id}` : ''
    throw new InputError(where, '', id, `one of ${events.map((one) => one.id).join(', ')}${path}`)
  }
  return preset
}

/** One seed of an event, set up. */
export function set_up_event(preset: EventPreset, seed: number): EventBuild & { readonly draws: Draws } {
  const draws = draw_priors(preset, seed)
  return { ...preset.build(draws, seed), draws }
}

export async function replay_task(input: ReplayEventInput, on_progress: Progress): Promise<WorkResult> {
  const preset = open_event('event', input.event)
  const causes = input.causes === 'all' ? preset.causes.map((cause) => cause.id) : input.causes
  for (const cause of causes) check_cause(preset, cause)
  const jobs = ['', ...causes].flatMap((without) =>
    Array.from({ length: input.seeds }, (_, k) => ({ seed: input.first + k, without })),
  )
  on_progress(0, `${jobs.length} runs`)
  const runs = await run_jobs('replay', { event: preset.id, thin: input.thin }, jobs, {
    ...(input.workers === undefined ? {} : { workers: input.workers }),
    on_done: (done) => on_progress(done / jobs.length, `${done} of ${jobs.length} runs`),
  })
  const document = replay_document(preset, runs, input.thin)
  if (input.html !== undefined) writeFileSync(input.html, replay_html(document, replay_day(preset, input.first, input.thin)))
  const { laws } = document
  return {
    code: laws.broken.length === 0 && laws.limits === 0 ? 0 : 1,
    text: input.json
      ? `${JSON.stringify(document, null, 2)}\n`
      : replay_text(document, { width: input.look.width, painter: painter(input.look.colour) }),
    note: '',
  }
}
