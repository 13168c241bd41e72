/** Opening hours by weekday in UTC, and days on which nothing opens. */
import { z } from 'zod'
import { days_from_civil } from '../../math/index.ts'

export const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** How far ahead the next opening is looked for. */
const HORIZON_DAYS = 400

const date = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/)

export const hoursSchema = z
  .strictObject({
    days: z
      .array(z.number().int().min(1).max(7))
      .min(1)
      .max(7)
      .default([1, 2, 3, 4, 5])
      .describe('days of the week on which it opens: 1 Monday to 7 Sunday'),
    from_hour: z.number().min(0).max(24).default(0).describe('hour UTC from which it is open, fractions allowed'),
    until_hour: z.number().min(0).max(24).default(24).describe('hour UTC at which it closes, later than from_hour'),
    closed: z.array(date).max(1000).default([]).describe('dates on which it does not open, such as 2023-01-02'),
  })
  .refine(({ from_hour, until_hour }) => from_hour < until_hour, {
    message: 'until_hour later than from_hour',
    path: ['until_hour'],
  })
  .describe('opening hours in UTC; absent: always open')
export type HoursSpec = z.infer<typeof hoursSchema>

/** Opening hours ready to be asked. */
export interface Hours {
  readonly days: ReadonlySet<number>
  readonly from_ms: number
  readonly until_ms: number
  readonly closed: ReadonlySet<number>
}

/** Days since 1970-01-01 of `2024-04-12`. */
export function day_of(iso: string): number {
  const [year, month, day] = iso.split('-').map(Number) as [number, number, number]
  return days_from_civil(year, month, day)
}

export const open_hours = (spec: HoursSpec): Hours => ({
  days: new Set(spec.days),
  from_ms: spec.from_hour * HOUR_MS,
  until_ms: spec.until_hour * HOUR_MS,
  closed: new Set(spec.closed.map(day_of)),
})

/** Does it open at all on this day since 1970? That began on a Thursday. */
const opens = (hours: Hours, day: number): boolean => hours.days.has(((((day + 3) % 7) + 7) % 7) + 1) && !hours.closed.has(day)

/** Is it open at this moment? Closing time is closed. Always, when there are no hours. */
export function is_open(hours: Hours | undefined, time_ms: number): boolean {
  if (hours === undefined) return true
  const day = Math.floor(time_ms / DAY_MS)
  const at = time_ms - day * DAY_MS
  return opens(hours, day) && at >= hours.from_ms && at < hours.until_ms
}

/** Milliseconds in (from, until] during which it was open. */
export function open_ms(hours: Hours | undefined, from_ms: number, until_ms: number): number {
  if (hours === undefined) return Math.max(0, until_ms - from_ms)
  let sum = 0
  for (let day = Math.floor(from_ms / DAY_MS); day * DAY_MS < until_ms; day++) {
    if (!opens(hours, day)) continue
    const first = Math.max(from_ms, day * DAY_MS + hours.from_ms)
    const last = Math.min(until_ms, day * DAY_MS + hours.until_ms)
    sum += Math.max(0, last - first)
  }
  return sum
}

/** The earliest moment from `time_ms` on at which it is open; +Infinity when that is more than a year away. */
export function next_open(hours: Hours | undefined, time_ms: number): number {
  if (is_open(hours, time_ms) || hours === undefined) return time_ms
  const today = Math.floor(time_ms / DAY_MS)
  for (let day = today; day < today + HORIZON_DAYS; day++) {
    const opening = day * DAY_MS + hours.from_ms
    if (opens(hours, day) && opening >= time_ms) return opening
  }
  return Number.POSITIVE_INFINITY
}

/** The moment by which it has been open for `work_ms` since `time_ms`; +Infinity when that is more than a year away. */
export function after_work(hours: Hours | undefined, time_ms: number, work_ms: number): number {
  if (hours === undefined || work_ms === 0) return time_ms + work_ms
  let left = work_ms
  const today = Math.floor(time_ms / DAY_MS)
  for (let day = today; day < today + HORIZON_DAYS; day++) {
    if (!opens(hours, day)) continue
    const first = Math.max(time_ms, day * DAY_MS + hours.from_ms)
    const here = day * DAY_MS + hours.until_ms - first
    if (here <= 0) continue
    if (here >= left) return first + left
    left -= here
  }
  return Number.POSITIVE_INFINITY
}
