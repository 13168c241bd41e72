/** The vocabulary of the command line: `ETH=-30%@1h`. */
import { DEFAULT_LIMITS, InputError, SCENARIO_SCHEMA, type Scenario } from '../model/index.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** One shock as the `shock` driver takes it. */
export interface ShockSpec {
  readonly asset: string
  /** Relative change, −0.3 for −30 %. */
  readonly change: number
  readonly over_ms: number
  readonly at_ms: number
}

/** A duration inside a shock. @throws InputError that says which part of it is wrong */
function part_ms(text: string, part: 'duration' | 'delay', where: string): number {
  const least = part === 'delay' ? '0s or longer' : 'above 0s'
  if (/^\s*[-−]/.test(text)) throw new InputError(where, part, text, `${least}, such as 15m or 1h`)
  try {
    return duration_ms(text, where)
  } catch {
    throw new InputError(where, part, text, 'a duration such as 90s, 15m, 1h or 2d')
  }
}

/** Milliseconds of `90s`, `15m`, `1h`, `2d`. */
export function duration_ms(text: string, where: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|m|h|d)$/.exec(text.trim())
  if (match === null) throw new InputError(where, '', text, 'a duration such as 90s, 15m, 1h or 2d')
  return Math.round(Number(match[1]) * (UNITS[match[2] as string] as number))
}

/**
 * Reads `ASSET=CHANGE%@DURATION[+DELAY]`, e.g. `ETH=-30%@1h`, `USDC=-5%@10m+2h`. Without a duration the change is complete after one hour.
 * @throws InputError for anything else, and for a change of −100 % or less
 */
export function parse_shock(text: string, where = '--shock'): ShockSpec {
  const match = /^([^=\s]+)=([+-]?\d+(?:\.\d+)?)%(?:@([^+]+)(?:\+(.+))?)?$/.exec(text.trim())
  if (match === null) throw new InputError(where, '', text, 'ASSET=CHANGE%@DURATION, for example ETH=-30%@1h')
  const change = Number(match[2]) / 100
  if (!(change > -1)) throw new InputError(where, 'change', `${match[2]}%`, 'more than -100%')
  if (change > 100) throw new InputError(where, 'change', `${match[2]}%`, 'at most +10000%')
  return {
    asset: match[1] as string,
    change,
    over_ms: match[3] === undefined ? 3_600_000 : part_ms(match[3], 'duration', where),
    at_ms: match[4] === undefined ? 0 : part_ms(match[4], 'delay', where),
  }
}

/** What a shock scenario may be told beside its shocks. */
export interface ShockOptions {
  readonly correlated?: boolean
  readonly seed?: number
  readonly horizon_ms?: number
  readonly tick_ms?: number
  readonly gas_usd?: number
  readonly without?: readonly string[]
}

/** A scenario of one `shock` driver: tick 60 s, horizon 24 h, seed 1 unless told otherwise. */
export function shock_scenario(shocks: readonly ShockSpec[], options: ShockOptions = {}): Scenario {
  const words = shocks.map(
    ({ asset, change, over_ms }) =>
      `${asset} ${change < 0 ? '−' : '+'}${Math.round(Math.abs(change) * 10_000) / 100} % in ${duration(over_ms)}`,
  )
  return {
    schema: SCENARIO_SCHEMA,
    id: 'shock',
    title: words.length === 0 ? 'No shock' : `${words.join(', ')}${options.correlated === true ? ', correlated' : ''}`,
    seed: options.seed ?? 1,
    horizon_ms: options.horizon_ms ?? 86_400_000,
    tick_ms: options.tick_ms ?? 60_000,
    drivers:
      shocks.length === 0 ? [] : [{ kind: 'shock', id: 'shock', shocks: [...shocks], correlated: options.correlated === true }],
    faults: [],
    gas_usd: options.gas_usd ?? 30,
    pinned: [],
    without: [...(options.without ?? [])],
    limits: DEFAULT_LIMITS,
  }
}

/** `1 h`, `90 s`, `2 d`. */
export function duration(ms: number): string {
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
  ] as const)
    if (ms >= size && ms % size === 0) return `${ms / size} ${unit}`
  return `${ms / 1_000} s`
}
