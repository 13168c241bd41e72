/** The vocabulary of the command line: `ETH=-30%@1h`. */
import { InputError } from '../model/index.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** One shock as the `shock` driver takes it. */
export interface ShockSpec {
  readonly asset: string
  /** Relative change, −0.3 for −30 %. */
  readonly change: number
  readonly over_ms: number
  readonly at_ms: number
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
    over_ms: match[3] === undefined ? 3_600_000 : duration_ms(match[3], where),
    at_ms: match[4] === undefined ? 0 : duration_ms(match[4], where),
  }
}
