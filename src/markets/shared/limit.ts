/** At most so much in every window of time, counted from midnight UTC. */
import { z } from 'zod'
import type { F64, Store } from '../../model/index.ts'
import { DAY_MS } from './calendar.ts'

export const limitSchema = z
  .strictObject({
    units: z.number().min(0).max(1e15).describe('most base units in one window'),
    per_ms: z.number().int().min(1).max(31_536_000_000).default(DAY_MS).describe('length of a window, ms: a day, or a block'),
  })
  .describe('most that passes in a window of time; absent: no limit')
export type LimitSpec = z.infer<typeof limitSchema>

/** What is left in the window now, as state. */
export interface Limit {
  readonly spec: LimitSpec | undefined
  readonly left: F64
}

export function open_limit(spec: LimitSpec | undefined, store: Store, name: string): Limit {
  const { left } = store.table(name, { left: 'f64' }, 1).columns
  left.data[0] = spec?.units ?? 0
  return { spec, left }
}

export const left_of = ({ spec, left }: Limit): number =>
  spec === undefined ? Number.POSITIVE_INFINITY : (left.data[0] as number)

/** Full again, for the window it stands in. */
export const refill = ({ spec, left }: Limit): void => left.set(0, spec?.units ?? 0)

/** Time passed: a new window brings a new allowance; where several windows begin in one step, all of them do. */
export function pass_limit({ spec, left }: Limit, from_ms: number, until_ms: number): void {
  if (spec === undefined) return
  const windows = Math.floor(until_ms / spec.per_ms) - Math.floor(from_ms / spec.per_ms)
  if (windows > 0) left.set(0, windows * spec.units)
}

export function use_limit({ spec, left }: Limit, units: number): void {
  if (spec !== undefined) left.set(0, Math.max(0, (left.data[0] as number) - units))
}
