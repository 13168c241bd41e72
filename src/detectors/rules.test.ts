/** Rules that need more than one field, by hand. */
import { expect, test } from 'vitest'
import { type Alert, alerts_of, type Panel, type PanelColumn } from '../model/index.ts'
import { changePoint } from './change-point.ts'
import { concentrationCliff } from './concentration-cliff.ts'
import { listingGuard } from './listing-guard.ts'

const DAY_MS = 86_400_000

function panel(
  columns: readonly (Partial<PanelColumn> & { readonly field: string; readonly values: readonly number[] })[],
): Panel {
  const rows = columns[0]?.values.length ?? 0
  return {
    step_ms: DAY_MS,
    time_ms: Float64Array.from({ length: rows }, (_, t) => t * DAY_MS),
    columns: columns.map(({ field, symbol = '', venue = '' }) => ({ field, symbol, venue, unit: '' })),
    values: columns.map(({ values }) => Float64Array.from(values)),
    ages_ms: columns.map(({ values }) => new Float64Array(values.length)),
  }
}
const said = (alerts: readonly Alert[]) => alerts.map(({ subject, state, severity }) => `${subject} ${state} ${severity}`)

test('a cliff that comes near in a stream of snapshots is opened, escalated, and not said of the whole market', () => {
  const columns = ['', 'pool'].flatMap((venue) => [
    { field: 'distance_to_cliff', venue, values: [0.5, 0.1, 0.08, 0.02] },
    { field: 'largest_exit', venue, values: [0.01, 0.01, 0.01, 0.01] },
  ])
  expect(said(alerts_of(panel(columns), [concentrationCliff]))).toEqual(['pool opened info', 'pool escalated critical'])
})

test('one account that is half of a venue is said where no cliff is near', () => {
  const alerts = alerts_of(
    panel([
      { field: 'distance_to_cliff', venue: 'pool', values: [0.5] },
      { field: 'largest_exit', venue: 'pool', values: [0.5] },
    ]),
    [concentrationCliff],
  )
  expect(said(alerts)).toEqual(['pool opened info'])
})

test('coins brought to exchanges make a contract that is too large one grade louder, and nothing of one that is not', () => {
  const with_inflow = (ratio: number, inflow: number) =>
    said(
      alerts_of(
        panel([
          { field: 'open_interest_to_volume', symbol: 'XYZ', values: [ratio] },
          { field: 'exchange_inflow', symbol: 'XYZ', values: [inflow] },
        ]),
        [listingGuard],
      ),
    )
  expect(with_inflow(2, 0)).toEqual(['XYZ opened info'])
  expect(with_inflow(2, 0.2)).toEqual(['XYZ opened warning'])
  expect(with_inflow(20, 0.2)).toEqual(['XYZ opened critical'])
  expect(with_inflow(0.5, 0.9)).toEqual([])
})

test('a jump of daily ranges is dated by both methods', () => {
  // Ranges of 1 to 2 %, then of 10 to 12 %, from day 120 on.
  const size = (t: number) => (t < 120 ? 0.01 + 0.01 * ((t * 7) % 10) * 0.1 : 0.1 + 0.02 * ((t * 7) % 10) * 0.1)
  const values = Array.from({ length: 140 }, (_, t) => t)
  const alerts = alerts_of(
    panel([
      { field: 'close', symbol: 'A', values: values.map(() => 100) },
      { field: 'high', symbol: 'A', values: values.map((t) => 100 * (1 + size(t))) },
      { field: 'low', symbol: 'A', values: values.map(() => 100) },
    ]),
    [changePoint],
  )
  const opened = alerts.find(({ state }) => state === 'opened')
  expect(opened?.subject).toBe('A')
  const days = (opened?.evidence['segments_changed_days_ago'] as number) ?? Number.NaN
  // Said a day or two after day 120; the shortest segment is three days, so that the date may be as much too early.
  expect(days).toBeGreaterThanOrEqual(3)
  expect(Math.abs((opened?.time_ms ?? 0) / DAY_MS - days - 120)).toBeLessThan(3)
})
