/** The scoreboard of golden rows. */
import { InputError } from '../../model/index.ts'
import { counted, decimal, grid, plain } from '../../reports/index.ts'
import { golden, type GoldenRow } from '../../validation/index.ts'
import { painter } from '../support/colour.ts'
import type { Look, Progress, WorkResult } from '../support/work.ts'
import { golden_data } from './shared-data.ts'

export interface ValidateInput {
  readonly groups: readonly string[]
  readonly json: boolean
  /** Folder of public data; undefined: where it usually stands. */
  readonly data: string | undefined
  readonly look: Look
}

export async function validate_task(input: ValidateInput, on_progress: Progress): Promise<WorkResult> {
  on_progress(0, 'computing the golden rows')
  const { data, skipped } = await golden_data(input.data)
  const all = golden(1_000_000, data)
  const known = [...new Set(all.map((row) => row.group))]
  for (const group of input.groups)
    if (!known.includes(group))
      throw new InputError('--group', '', group, known.length === 0 ? 'nothing: there are no rows' : `one of ${known.join(', ')}`)
  const rows = input.groups.length === 0 ? all : all.filter((row) => input.groups.includes(row.group))
  return {
    code: rows.every((row) => row.pass) ? 0 : 1,
    text: input.json ? `${JSON.stringify(rows, null, 2)}\n` : scoreboard(rows, input.look),
    note: skipped,
  }
}

const cell = (value: unknown): string =>
  typeof value !== 'number'
    ? plain(String(value))
    : Number.isInteger(value) && Math.abs(value) < 1e15
      ? decimal(value)
      : value.toPrecision(9)

/** Rows by group, misses marked; the count last. */
export function scoreboard(rows: readonly GoldenRow[], look: Look): string {
  const paint = painter(look.colour)
  const width = Math.min(120, Math.max(80, look.width))
  const lines: string[] = []
  for (const group of new Set(rows.map((row) => row.group))) {
    const own = rows.filter((row) => row.group === group)
    const passed = own.filter((row) => row.pass).length
    const score = `${passed} of ${own.length}`
    lines.push(`${paint.strong(plain(group))}  ${passed === own.length ? paint.good(score) : paint.bad(score)}`)
    lines.push(
      ...grid(
        [
          { title: '', align: 'left' },
          { title: 'id', align: 'left' },
          { title: 'expected', align: 'right' },
          { title: 'got', align: 'right' },
          { title: 'tolerance', align: 'right' },
          { title: 'what', align: 'left' },
        ],
        own.map((row) => [
          row.pass ? '✓' : '✗',
          short(plain(row.id), 34),
          ...pair(cell(row.expected), cell(row.got)),
          row.tolerance === 0 ? 'exact' : String(Number(row.tolerance.toPrecision(2))),
          short(plain(row.what), 70),
        ]),
        width + 80,
        paint,
        (line, column, text) => (own[line]?.pass === false ? paint.bad(text) : column === 0 ? paint.good(text) : text),
      ),
      '',
    )
  }
  const passed = rows.filter((row) => row.pass).length
  const sum = `${passed} of ${counted(rows.length, 'golden row')} met`
  lines.push(passed === rows.length ? paint.good(sum) : paint.bad(`${sum}, ${rows.length - passed} missed`))
  return `${lines.join('\n')}\n`
}

/** Widest text of a value. */
const VALUE = 20

/** Two values cut alike, so that where they differ is seen: what they begin with in common is left out where it is too long. */
export function pair(expected: string, got: string): readonly [string, string] {
  const longest = Math.max(expected.length, got.length)
  if (longest <= VALUE) return [expected, got]
  let same = 0
  while (same < Math.min(expected.length, got.length) && expected[same] === got[same]) same++
  // Equal: the beginning is as good as any part.
  const from = expected === got ? 0 : Math.max(0, Math.min(same - 4, longest - VALUE + 1))
  const part = (text: string) => short(from === 0 ? text : `…${text.slice(from)}`, VALUE)
  return [part(expected), part(got)]
}

const short = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text)
