// Pages of real events say what the presets in the code say: priors, sources, causes and outcomes, and every table has the same verdicts.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { events } from '../../src/scenarios/index.ts'
import { preset_hash } from '../../src/studies/index.ts'
import { inRoot } from '../support/files.ts'

const text = (path: string) => readFileSync(inRoot(path), 'utf8')
const rows = (page: string): string[][] =>
  page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .slice(1, -1)
        .split(' | ')
        .map((cell) => cell.trim()),
    )

/** Rows of the section with this heading. */
function section(page: string, heading: string): string {
  const at = page.indexOf(`\n## ${heading}\n`)
  expect({ heading, there: at >= 0 }).toEqual({ heading, there: true })
  const end = page.indexOf('\n## ', at + 1)
  return page.slice(at, end < 0 ? undefined : end)
}

const readme = rows(text('docs/events/README.md'))
const bench = rows(text('bench/FULL.md'))

describe.each(events.map((preset) => [preset.id, preset] as const))('%s', (id, preset) => {
  const page = text(preset.page)

  it('says what happened, what came out, what was fed, and where it is wrong', () => {
    expect(page.slice(0, page.indexOf('\n## ')).length).toBeGreaterThan(400)
    for (const heading of ['What came out', 'What was fed', 'Where we are wrong'])
      expect(section(page, heading).length).toBeGreaterThan(200)
  })

  it('is about priors, bands, sources and causes as they stand', () => {
    expect(section(page, 'What came out')).toContain(`\`${preset_hash(preset)}\``)
    const fed = rows(section(page, 'What was fed'))
    for (const [name, { why }] of Object.entries(preset.priors)) {
      const row = fed.find(([first]) => first === `\`${name}\``)
      expect({ name, why: row?.[row.length - 1] }).toEqual({ name, why })
    }
    for (const { title } of preset.causes) expect(page).toContain(title)
  })

  it('has the same medians and verdicts as the table of all, and the list of events', () => {
    const listed = readme.find(([first]) => first === `\`${id}\``)?.[2] ?? ''
    const table = bench.filter(([first]) => first === `\`${id}\``)
    if (preset.no_outcomes !== undefined) return expect(listed).toMatch(/^scenario only/)
    const out = rows(section(page, 'What came out'))
    let inside = 0
    for (const { what } of preset.outcomes) {
      const row = out.find(([first]) => first?.startsWith(what)) ?? []
      const all = table.find((cells) => cells[2]?.startsWith(what)) ?? []
      const yes = row.includes('yes')
      expect({ what, median: row[1]?.replace(' (mean)', ''), yes }).toEqual({
        what,
        median: all[3] ?? 'a row',
        yes: all[6] === 'inside',
      })
      if (yes) inside++
    }
    if (preset.outcomes.length > 1) expect(listed).toMatch(new RegExp(`^${inside} of ${preset.outcomes.length}\\b`))
  })
})
