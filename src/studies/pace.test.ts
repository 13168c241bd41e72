import { describe, expect, it } from 'vitest'
import { inRoot } from '../../test/support/files.ts'
import { LOG_KINDS, type LogView, SOLD } from '../model/index.ts'
import { parse_shock, shock_scenario } from '../scenarios/index.ts'
import { readSnapshot } from '../sources/index.ts'
import { pace, pace_note } from './pace.ts'
import { stress } from './stress.ts'

/** Rows as [kind, sold, time, usd]. */
function log_of(rows: readonly (readonly [(typeof LOG_KINDS)[number], (typeof SOLD)[number], number, number])[]): LogView {
  const column = (values: readonly number[]) => ({ data: Float64Array.from(values) })
  return {
    length: rows.length,
    kind: (row: number) => rows[row]?.[0],
    columns: {
      sold: column(rows.map(([, sold]) => SOLD.indexOf(sold))),
      time_ms: column(rows.map(([, , time]) => time)),
      usd: column(rows.map(([, , , usd]) => usd)),
    },
  } as unknown as LogView
}

describe('the pace of forced sales', () => {
  const log = log_of([
    ['fill', 'seized', 60_000, 2_000],
    ['fill', 'free', 60_000, 90_000],
    ['liquidate', 'free', 120_000, 90_000],
    ['fill', 'reduced', 120_000, 1_000],
    ['fill', 'seized', 120_000, 2_000],
    ['fill', 'called', 180_000, 2_500],
  ])

  it('is the part of all forced sales that fell into one tick', () => {
    // 2,000, then 1,000 + 2,000, then 2,500 of 7,500: free sales and other rows do not count.
    expect(pace(log)).toEqual({ share: 0.4, time_ms: 120_000, total_usd: 7_500 })
    expect(pace(log_of([]))).toEqual({ share: 0, time_ms: 0, total_usd: 0 })
  })

  it('is said where one tick holds much of it, and of something', () => {
    expect(pace_note(log, 0, 60_000)).toEqual([
      expect.stringMatching(/^40 % of the forced sales fell into one tick of 60 s \(2 min /),
    ])
    expect(pace_note(log_of([['fill', 'seized', 1, 999]]), 0, 60_000)).toEqual([])
    expect(pace_note(log_of(Array.from({ length: 5 }, (_, i) => ['fill', 'seized', i, 1_000] as const)), 0, 1_000)).toEqual([])
  })

  it('decides the fall of a thin book, and the report says so: at 5 s it is not half of what it is at 60 s', async () => {
    const book = await readSnapshot(inRoot('examples', 'two-lenders.json'))
    const run = (tick_ms: number) => {
      const options = { horizon_ms: 7_200_000, tick_ms }
      return stress(book, shock_scenario([parse_shock('ETH=-30%@1h')], options)).document
    }
    const [slow, fast] = [run(60_000), run(5_000)]
    const fall = ({ assets }: typeof slow) => assets.find(({ id }) => id === 'ETH')?.drawdown ?? 0
    expect(fall(fast)).toBeLessThan(fall(slow) / 2)
    expect(slow.evidence.notes).toContainEqual(expect.stringContaining('fell into one tick of 60 s'))
  })
})
