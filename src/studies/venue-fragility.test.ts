import { expect, test } from 'vitest'
import type { Panel, PanelColumn } from '../model/index.ts'
import { system_problem, venue_problem } from './venue-fragility.ts'

const DAY_MS = 86_400_000
const N = 100
const options = { shock: 0.05, amplification: 2 }
const NOTHING = { names: [], x: new Float64Array(0) }

/** Close 100 but where said; funding 1 basis point but where said. */
function panel(
  closes: Readonly<Record<string, Readonly<Record<number, number>>>>,
  funding: Readonly<Record<string, Readonly<Record<number, number>>>>,
): Panel {
  const columns: PanelColumn[] = []
  const values: Float64Array[] = []
  const add = (field: string, symbol: string, venue: string, base: number, at: Readonly<Record<number, number>>) => {
    columns.push({ field, symbol, venue, unit: '' })
    values.push(Float64Array.from({ length: N }, (_, t) => at[t] ?? base))
  }
  for (const [symbol, at] of Object.entries(closes)) add('close', symbol, '', 100, at)
  for (const [venue, at] of Object.entries(funding)) add('funding', 'BTC', venue, 1e-4, at)
  return {
    step_ms: DAY_MS,
    time_ms: Float64Array.from({ length: N }, (_, t) => t * DAY_MS),
    columns,
    values,
    ages_ms: values.map(() => new Float64Array(N)),
  }
}

test('a venue’s label: funding below −k times its usual after a shock, each venue for itself', () => {
  // A fall of 6 % on day 80; one venue’s funding is −2.5 basis points two days later, the other’s −1.5.
  const made = panel({ BTC: { 80: 94 } }, { one: { 82: -2.5e-4 }, two: { 82: -1.5e-4 } })
  const problem = venue_problem(made, ['BTC'], NOTHING, options)
  const rows = (venue: string) =>
    problem?.rows_of.get(venue)?.map((i) => [(problem.time_ms[i] as number) / DAY_MS, problem.labels[i]])
  // The day before the shock is asked; the last day has no label yet.
  expect(rows('one')).toEqual([
    [79, 1],
    [99, Number.NaN],
  ])
  expect(rows('two')).toEqual([
    [79, 0],
    [99, Number.NaN],
  ])
  // Features: the rate, the rate against its usual, and against the median venue.
  expect([...(problem?.x.subarray(0, 3) ?? [])]).toEqual([1e-4, 1, 0])
})

test('features of a venue see no later day', () => {
  const [one, two] = [{}, { 90: -9e-4, 95: 7e-4 }].map((later) =>
    venue_problem(panel({ BTC: { 80: 94 } }, { one: {}, two: later }), ['BTC'], NOTHING, options),
  )
  const early = (problem: typeof one) => [...(problem?.x.subarray(0, 2 * (problem.names.length ?? 0)) ?? [])]
  expect(early(one).length).toBeGreaterThan(0)
  expect(early(two)).toEqual(early(one))
})

test('one venue alone is no comparison', () => {
  expect(venue_problem(panel({ BTC: {} }, { one: {} }), ['BTC'], NOTHING, options)).toBeUndefined()
})

test('the market’s label is of the median asset', () => {
  const problem = system_problem(
    panel({ A: { 50: 93, 51: 88 }, B: { 50: 94, 51: 89 }, C: { 70: 80 } }, {}),
    ['A', 'B', 'C'],
    NOTHING,
    options,
  )
  // Of three assets two fall on day 50, by 6 and 7 %, and then by 11 and 12 %; on day 70 only one does. From day 50 itself the fall to 51 is 5.3 and 5.4 %.
  expect(Array.from(problem.labels, (label, i) => [(problem.time_ms[i] as number) / DAY_MS, label])).toEqual([
    [49, 1],
    [50, 0],
    [99, Number.NaN],
  ])
})
