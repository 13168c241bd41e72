import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { EBA_FILE, eba_banks } from '../cli/tasks/shared-data.ts'
import { eba_rows, eba_stress, type EbaBank } from './eba.ts'

const data = join(process.env['UNWIND_SHARED'] ?? join(import.meta.dirname, '../../../shared'), 'data')
const present = existsSync(join(data, EBA_FILE))
if (!present) console.warn(`skipped: fire sales of 48 banks, ${join(data, EBA_FILE)} is not there`)

it.skipIf(!present)('all 63 counts of failures and all 63 shares sold', async () => {
  const rows = eba_rows(await eba_banks(join(data, EBA_FILE)))
  expect(rows.length).toBe(126)
  expect(rows.filter((row) => row.tolerance === 0).length).toBe(63)
  expect(Math.max(...rows.map((row) => row.tolerance))).toBe(1e-9)
  expect(rows.filter((row) => !row.pass)).toEqual([])
})

it('without a shock banks above the buffer sell nothing, and one above its target neither', () => {
  const bank: EbaBank = { cet1: 60, leverage_pct: 6, debt_securities: 200, government_bonds: 100 }
  expect(eba_stress([bank], 0, 0.01)).toEqual({ failed: 0, sold: 0 })
  expect(eba_stress([bank], 0, 0.01, true)).toEqual({ failed: 0, sold: 0 })
})

it('one bank at 4.5 % sells to a target of 5 % only as a targeter', () => {
  // Assets 1000, equity 45: 100 to be paid back, 50 of it from cash, 50 of 200 sold, at a price that fails nobody.
  const bank: EbaBank = { cet1: 45, leverage_pct: 4.5, debt_securities: 200, government_bonds: 100 }
  expect(eba_stress([bank], 0, 0.01).sold).toBe(0)
  expect(eba_stress([bank], 0, 1e-12, true).sold).toBeCloseTo(0.25, 9)
})
