/** A lending pool that is being emptied: utilisation near 1, or, where it is not reported, a borrow rate that leaves its month. */
import type { Detector, PanelShape } from '../model/index.ts'
import { percent, severity_of } from './shared/latch.ts'
import { Trail } from './shared/trail.ts'
import { watch_each, with_fields } from './shared/threshold.ts'

const DAY_MS = 86_400_000
const LEVELS = [0.92, 0.97, 0.995] as const
const SCORES = [4, 8, 16] as const

function by_utilisation(shape: PanelShape) {
  const day = Math.max(1, Math.round(DAY_MS / shape.step_ms))
  return with_fields(shape, 'utilisation').map(({ symbol, columns }) => {
    const past = new Trail(day + 1)
    return {
      subject: symbol,
      columns,
      read: (row: Float64Array) => {
        const used = row[columns[0] as number] as number
        past.push(used)
        if (!Number.isFinite(used)) return 'unknown' as const
        const before = past.back(day)
        const rise = Number.isFinite(before) ? used - before : 0
        return {
          // High is usual for some pools; being drawn down is not.
          severity: used >= LEVELS[2] || rise > 0.03 ? severity_of(used, LEVELS) : undefined,
          what: `${percent(used)} of the pool is lent out, ${percent(rise)} more than a day before`,
          baseline: `withdrawals fail at 100 %; from ${percent(LEVELS[0], 0)} and rising 3 % a day it counts as a run`,
          confidence: used >= LEVELS[1] ? 0.9 : 0.6,
          precedent: used >= LEVELS[1] ? 'lenders of xUSD 2025-11, docs/events/xusd-run.md' : '',
          evidence: { utilisation: used, rise },
        }
      },
    }
  })
}

function by_rate(shape: PanelShape) {
  return with_fields(shape, 'borrow_rate_z', 'current_variable_borrow_rate').map(({ symbol, columns }) => ({
    subject: symbol,
    columns,
    read: (row: Float64Array) => {
      const [score, rate] = columns.map((column) => row[column] as number) as [number, number]
      if (!Number.isFinite(score)) return 'unknown' as const
      return {
        // A small rate that moves a little can score high: it must also be dear.
        severity: rate > 0.1 ? severity_of(score, SCORES) : undefined,
        what: `borrowing ${symbol} costs ${percent(rate)} a year, ${score.toFixed(1)} standard deviations above its month`,
        baseline: 'the last 30 days; utilisation itself is not in the data',
        confidence: 0.5,
        evidence: { borrow_rate: rate, score },
      }
    },
  }))
}

export const utilisationRun: Detector = {
  id: 'utilisation-run',
  title: 'A lending pool that is being emptied',
  source: 'withdrawals fail at utilisation 1; docs/detectors/utilisation-run.md',
  needs: ['utilisation?', 'borrow_rate_z?', 'current_variable_borrow_rate?'],
  open(shape) {
    const direct = by_utilisation(shape)
    return watch_each('utilisation-run', 'utilisation-run', 2 * DAY_MS, direct.length > 0 ? direct : by_rate(shape))
  },
}
