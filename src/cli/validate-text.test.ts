import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { EBA_FILE, golden_data } from './tasks/shared-data.ts'
import { pair, scoreboard } from './tasks/validate.ts'

const row = (expected: string | number, got: string | number, tolerance: number) =>
  ({ id: 'a', group: 'g', what: 'w', expected, got, tolerance, pass: false, source: 's' }) as const

it('the scoreboard tells the tolerance', () => {
  const text = scoreboard([row(1, 1.1, 1e-9), row(2, 3, 0)], { width: 120, colour: false })
  expect(text).toContain('tolerance')
  expect(text).toMatch(/1e-9/)
  expect(text).toMatch(/exact/)
})

it('long values are shown where they differ', () => {
  const [expected, got] = pair('123456789012345678901234567890', '123456789012345678901234567891')
  expect(expected).toBe('…2345678901234567890')
  expect(got.endsWith('1')).toBe(true)
  expect(expected).not.toBe(got)
  expect(pair('1', '2')).toEqual(['1', '2'])
})

const before = process.env['UNWIND_SHARED']
const folder = mkdtempSync(join(tmpdir(), 'unwind-data-'))
afterAll(() => {
  if (before === undefined) delete process.env['UNWIND_SHARED']
  else process.env['UNWIND_SHARED'] = before
  rmSync(folder, { recursive: true, force: true })
})

it('public data are read where they are; a line says what is left out where they are not, and a named folder must have them', async () => {
  process.env['UNWIND_SHARED'] = folder
  const none = await golden_data(undefined)
  expect(none.data).toEqual({})
  expect(none.skipped).toMatch(/^skipped: fire sales of 48 banks, 126 rows: .*eba_2018_48banks\.csv is not there/)
  mkdirSync(join(folder, 'data'))
  await expect(golden_data(join(folder, 'data'))).rejects.toThrow(/is missing/)
  await expect(golden_data(join(folder, 'nowhere'))).rejects.toThrow(/--data is .* valid: a folder/)
  const header = 'bank_id,cet1_eur_mn,leverage_pct,debt_securities_eur_mn,government_bonds_eur_mn'
  writeFileSync(join(folder, 'data', EBA_FILE), `${header}\nXX01,50,5,100,60\n`)
  const bank = { cet1: 50, leverage_pct: 5, debt_securities: 100, government_bonds: 60 }
  expect(await golden_data(undefined)).toEqual({ data: { eba: [bank] }, skipped: '' })
  writeFileSync(join(folder, 'data', EBA_FILE), `${header}\nXX01,50,0,100,60\n`)
  await expect(golden_data(undefined)).rejects.toThrow(/leverage_pct, line 2 is 0/)
})
