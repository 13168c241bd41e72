import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Indicator } from '../model/index.ts'
import { random_panel } from '../../test/support/random-panel.ts'
import { comovement } from './comovement.ts'
import { dynamics } from './dynamics.ts'
import { funding } from './funding.ts'
import { indicators } from './index.ts'
import { leverage } from './leverage.ts'
import { liquidity } from './liquidity.ts'
import { outsiders } from './outside.ts'
import { pegs } from './pegs.ts'
import { positions } from './positions.ts'
import { volatility } from './volatility.ts'

const PAGES: Readonly<Record<string, readonly Indicator[]>> = {
  leverage,
  funding,
  liquidity,
  volatility,
  comovement,
  dynamics,
  pegs,
  outside: outsiders,
  positions,
}
const BEGIN = '<!-- begin: made by UPDATE=1 npx vitest run src/indicators/pages.test.ts -->\n'
const END = '<!-- end -->'
const shapes = [random_panel(1, 1), random_panel(1, 1, 300_000)]

function table(list: readonly Indicator[]): string {
  const rows = list.map((indicator) => {
    const unit = shapes.map((shape) => indicator.open(shape).outputs[0]?.unit).find((found) => found !== undefined)
    const needs = indicator.needs.map((field) => `\`${field}\``).join(', ')
    return `| \`${indicator.id}\` | ${indicator.title} | ${indicator.source.replaceAll('|', '\\|')} | ${unit} | ${needs} | ${indicator.reads} |`
  })
  return ['', '| id | what | formula and source | unit | needs | reads |', '|---|---|---|---|---|---|', ...rows, '', ''].join(
    '\n',
  )
}

test.each(Object.entries(PAGES))('docs/indicators/%s.md says what the code says', (name, list) => {
  const path = join(import.meta.dirname, `../../docs/indicators/${name}.md`)
  const text = readFileSync(path, 'utf8')
  const made = text.slice(0, text.indexOf(BEGIN) + BEGIN.length) + table(list) + text.slice(text.indexOf(END))
  if (process.env.UPDATE === '1') writeFileSync(path, made)
  expect(readFileSync(path, 'utf8')).toBe(made)
})

test('every indicator has a page, and its id once', () => {
  expect(Object.values(PAGES).flat()).toEqual(expect.arrayContaining([...indicators]))
  expect(new Set(indicators.map(({ id }) => id)).size).toBe(indicators.length)
})
