/** One alert a subject at a time: opened once, escalated when it gets worse, closed when it has been over for a while. */
import { type Alert, SEVERITIES, type Severity } from '../../model/index.ts'

/** What a detector says of its subject at one moment. */
export interface Finding {
  readonly type: string
  /** Said as it is now; the latch keeps the worst. */
  readonly severity: Severity
  readonly onset_ms: number
  readonly what: string
  readonly baseline: string
  readonly confidence: number
  readonly expected_loss_usd?: number
  readonly precedent?: string
  readonly evidence: Readonly<Record<string, number | string>>
  readonly age_ms: number
}

export class Latch {
  private readonly detector: string
  private readonly subject: string
  private readonly quiet_ms: number
  private open: { severity: Severity; onset_ms: number; type: string } | undefined
  private last_ms = 0
  private kept: Finding | undefined

  /** @param quiet_ms time without a finding after which the alert is closed */
  constructor(detector: string, subject: string, quiet_ms: number) {
    this.detector = detector
    this.subject = subject
    this.quiet_ms = quiet_ms
  }

  get is_open(): boolean {
    return this.open !== undefined
  }
  get onset_ms(): number {
    return this.open?.onset_ms ?? Number.NaN
  }

  /** `undefined`: nothing is wrong now, or nothing can be known (then say so with `known` false, and time does not count). */
  push(time_ms: number, finding: Finding | undefined, out: Alert[], known = true): void {
    if (finding === undefined) {
      if (this.open === undefined) return
      if (!known) this.last_ms = Math.max(this.last_ms, time_ms - this.quiet_ms + 1)
      if (time_ms - this.last_ms < this.quiet_ms || this.kept === undefined) return
      this.say(
        'closed',
        time_ms,
        { ...this.kept, onset_ms: this.open.onset_ms, type: this.open.type, severity: this.open.severity },
        out,
      )
      this.open = undefined
      return
    }
    this.last_ms = time_ms
    this.kept = finding
    if (this.open === undefined) {
      this.open = { severity: finding.severity, onset_ms: Math.min(finding.onset_ms, time_ms), type: finding.type }
      this.say('opened', time_ms, { ...finding, onset_ms: this.open.onset_ms }, out)
    } else if (SEVERITIES.indexOf(finding.severity) > SEVERITIES.indexOf(this.open.severity)) {
      this.open.severity = finding.severity
      this.say('escalated', time_ms, { ...finding, onset_ms: this.open.onset_ms, type: this.open.type }, out)
    }
  }

  /** Replaces what will be said when it closes. */
  keep(finding: Finding): void {
    if (this.open !== undefined) this.kept = finding
  }

  private say(state: Alert['state'], time_ms: number, finding: Finding, out: Alert[]): void {
    const { expected_loss_usd = null, precedent = '', ...rest } = finding
    out.push({ ...rest, detector: this.detector, subject: this.subject, state, time_ms, expected_loss_usd, precedent })
  }
}

/** 0.123 as "12.3 %". */
export const percent = (ratio: number, digits = 1): string => `${(ratio * 100).toFixed(digits)} %`

/** The severity of the highest level reached; undefined below the first. */
export function severity_of(
  value: number,
  levels: readonly [info: number, warning: number, critical: number],
): Severity | undefined {
  if (value >= levels[2]) return 'critical'
  if (value >= levels[1]) return 'warning'
  return value >= levels[0] ? 'info' : undefined
}

/** Oldest of some ages; 0 when none is known. */
export const oldest = (ages_ms: Float64Array, columns: readonly number[]): number =>
  columns.reduce((most, column) => Math.max(most, (column >= 0 ? (ages_ms[column] as number) : 0) || 0), 0)
