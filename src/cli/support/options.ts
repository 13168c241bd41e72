/** Readers of option values. Each gives the value or an `InputError` that names the option, what was given and what would be valid. */
import { Option } from 'commander'
import { InputError } from '../../model/index.ts'
import { duration, duration_ms, parse_shock, type ShockSpec } from '../../scenarios/shock.ts'

const DAY_MS = 86_400_000
const LONGEST_MS = 3_650 * DAY_MS

/** An option with a value that may be given once. */
export function value(flags: string, what: string, hidden = false): Option {
  const option = new Option(flags, what)
  option.argParser((given: string, before: unknown) => {
    if (before !== undefined)
      throw new InputError(option.long ?? flags, '', given, `one value (${String(before)} was given before)`)
    return given
  })
  return hidden ? option.hideHelp() : option
}

/** An option that may be given often. */
export function values(flags: string, what: string): Option {
  return new Option(flags, what)
    .argParser((given: string, before: readonly string[] | undefined) => [...(before ?? []), given])
    .default([], 'none')
}

/** A whole number written in digits. */
export function whole(option: string, text: string, low: number, high: number): number {
  const number = /^\d{1,16}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (!(number >= low && number <= high)) throw new InputError(option, '', text, `a whole number from ${low} to ${high}`)
  return number
}

/** How many runs are done at once. */
export const workers_option = (): Option =>
  value('--workers <n>', 'threads (default: as many as there are processors); results do not depend on it')

/** @returns the number, or nothing where it was not given */
export const workers_of = (text: string | undefined): { readonly workers?: number } =>
  text === undefined ? {} : { workers: whole('--workers', text, 1, 256) }

/** A duration above zero and below ten years, in ms. */
export function span_ms(option: string, text: string): number {
  const ms = duration_ms(text, option)
  if (!(ms > 0 && ms <= LONGEST_MS))
    throw new InputError(option, '', text, 'a duration above 0 and up to 3650d, such as 90s, 15m, 1h or 2d')
  return ms
}

/** The instant at which a UTC day begins. */
export function day_ms(option: string, text: string): number {
  const time_ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  // 2024-02-31 parses as a day of March.
  if (Number.isNaN(time_ms) || new Date(time_ms).toISOString().slice(0, 10) !== text)
    throw new InputError(option, '', text, 'a day such as 2024-04-12')
  return time_ms
}

/** One `--shock`. */
export function shock(text: string): ShockSpec {
  const spec = shock_of(text)
  if (!(spec.over_ms <= LONGEST_MS && spec.at_ms <= LONGEST_MS))
    throw new InputError('--shock', 'duration', text, 'at most 3650d')
  if (spec.over_ms === 0) throw new InputError('--shock', 'duration', text, 'a duration above 0, such as 1m')
  return spec
}

function shock_of(text: string): ShockSpec {
  try {
    return parse_shock(text)
  } catch (error) {
    if (!(error instanceof InputError) || !error.valid.startsWith('ASSET=')) throw error
    throw new InputError(error.where, error.field, error.found, `${error.valid}; without @DURATION it takes 1h`)
  }
}

/** Refuses one shock given twice, and shocks that are not complete at the end of the horizon. */
export function check_shocks(where: string, field: string, shocks: readonly ShockSpec[], horizon_ms: number): void {
  const seen = new Set<string>()
  for (const { asset, change, over_ms, at_ms } of shocks) {
    const key = JSON.stringify([asset, change, over_ms, at_ms])
    if (where === '--shock' && seen.has(asset))
      throw new InputError(where, 'asset', asset, `every asset once: ${asset} was shocked before`)
    seen.add(asset)
    if (seen.has(key)) throw new InputError(where, field, `the same shock of ${asset} twice`, 'every shock once')
    seen.add(key)
    if (!(at_ms + over_ms <= horizon_ms))
      throw new InputError(
        where,
        field,
        `${asset} from ${duration(at_ms)} to ${duration(at_ms + over_ms)}`,
        `complete within the horizon, ${duration(horizon_ms)} (--horizon makes it longer)`,
      )
  }
}

/** An option that is right by itself and wrong where it stands. */
class Misplaced extends InputError {
  constructor(option: string, valid: string) {
    super(option, '', option, valid)
    this.message = `${option} means something only ${valid}`
  }
}

/** Refuses an option that means nothing without another. */
export function needs(option: string, given: unknown, other: string, has_other: boolean): void {
  if (given !== undefined && given !== false && !has_other) throw new Misplaced(option, `together with ${other}`)
}

/** Refuses two options that contradict each other. */
export function excludes(option: string, given: unknown, other: string, has_other: boolean): void {
  const is_given = Array.isArray(given) ? given.length > 0 : given !== undefined && given !== false
  if (is_given && has_other)
    throw new InputError(option, '', given === true ? option : Array.isArray(given) ? given[0] : given, `used without ${other}`)
}
