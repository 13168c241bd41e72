/** Every cell of the table of edge cases is proved by a scene; the pages of the kinds have the same table, and name tests that there are. */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { goldenRows as binance_rows } from '../../src/venues/binance-usdm/index.ts'
import { goldenRows as maker_rows } from '../../src/venues/maker/reference-rows.ts'
import { filesBelow, inRoot } from '../support/files.ts'
import { adapters } from './adapters/index.ts'
import { amounts } from './edge/amounts.ts'
import { people } from './edge/people.ts'
import { prices } from './edge/prices.ts'
import { switches } from './edge/switches.ts'
import { BEGIN, END, EVENTS, KINDS, table } from './edge-cases.ts'

const ROWS = [...prices, ...switches, ...amounts, ...people]

it('has a row of proofs for every event, and a column for every lender and vault book', () => {
  expect(ROWS.map(({ event }) => event).toSorted()).toEqual([...EVENTS].toSorted())
  const lenders = adapters.filter(({ family }) => family !== 'exchange').map(({ kind }) => kind)
  expect([...KINDS].toSorted()).toEqual(lenders.toSorted())
})

describe.each(ROWS.map(({ event, proofs }) => [event, proofs] as const))('%s', (_event, proofs) => {
  it.each(KINDS)('%s', (kind) => proofs[kind](kind))
})

const page = (kind: string) => inRoot('docs', 'venues', `${kind}.md`)

describe('the page of', () => {
  it.each(KINDS)('%s has this table', (kind) => {
    const text = readFileSync(page(kind), 'utf8')
    const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
    expect(from).toBeGreaterThan(0)
    expect(to).toBeGreaterThan(from)
    const wanted = `${text.slice(0, from)}${BEGIN}\n\n${table(kind)}\n\n${text.slice(to)}`
    if (process.env['UPDATE'] === '1') writeFileSync(page(kind), wanted)
    expect(process.env['UPDATE'] === '1' ? wanted : text).toBe(wanted)
  })
})

/** Names of tests in a page: what stands in backticks in the last column of a table headed `test`. An ellipsis stands for the rest. */
function named(text: string): string[] {
  const out: string[] = []
  let inside = false
  for (const line of text.split('\n')) {
    const cells = line.startsWith('|') ? line.split('|').slice(1, -1) : []
    if (cells.length === 0) inside = false
    else if (cells.at(-1)?.trim() === 'test') inside = true
    else if (inside) for (const [, name] of (cells.at(-1) ?? '').matchAll(/`([^`]+)`/g)) out.push(name as string)
  }
  return out
}

const tests = [
  ...filesBelow('src', (path) => path.endsWith('.test.ts') || path.endsWith('vectors.ts') || /reference.*\.ts$/.test(path)),
  ...filesBelow('test', (path) => path.endsWith('.test.ts')),
]
  .map(({ text }) => text)
  .join('\n')

const rows = [...maker_rows(), ...binance_rows()].map(({ id }) => id)

/** Is there a test of this name, a row of the scoreboard that begins so, or a vector of this id? */
function exists(name: string): boolean {
  const begins = name.replace(/…$/, '').trim()
  const vector = /^([A-Z]+\d+\w*):/.exec(name)?.[1]
  return (
    tests.includes(begins) ||
    rows.some((id) => id.startsWith(begins)) ||
    (vector !== undefined && tests.includes(`id: '${vector}'`))
  )
}

describe('tests named in docs/venues', () => {
  const pages = filesBelow('docs/venues', (path) => path.endsWith('.md'))
  it.each(pages.map(({ path, text }) => [path, text] as const))('%s', (_path, text) => {
    const missing = named(text).filter((name) => !exists(name))
    expect(missing).toEqual([])
  })
})
