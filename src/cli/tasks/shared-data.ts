/** Public data that stand beside this package when somebody has put them there: what the scoreboard asks of them. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { InputError } from '../../model/index.ts'
import type { EbaBank, GoldenData } from '../../validation/index.ts'
import { in_package } from '../support/package.ts'

export const EBA_FILE = 'eba_2018_48banks.csv'

/** What the scoreboard can be given, and a line on what is left out: '' for nothing. A folder that is named must have it. */
export async function golden_data(named: string | undefined): Promise<{ data: GoldenData; skipped: string }> {
  const path = join(data_folder(named), EBA_FILE)
  if (named !== undefined || existsSync(path)) return { data: { eba: await eba_banks(path) }, skipped: '' }
  return { data: {}, skipped: `skipped: fire sales of 48 banks, 126 rows: ${path} is not there (--data FOLDER)` }
}

/** Folder named by the option, else by UNWIND_SHARED, else ../shared/data beside the package. */
function data_folder(named: string | undefined): string {
  if (named !== undefined) {
    if (!existsSync(named) || !statSync(named).isDirectory()) throw new InputError('--data', '', named, 'a folder that exists')
    return named
  }
  return join(process.env['UNWIND_SHARED'] ?? in_package('../shared'), 'data')
}

/** Banks of the table of 2018. @throws InputError for a file that is not such a table */
export async function eba_banks(path: string): Promise<EbaBank[]> {
  const { readTable } = await import('../../sources/index.ts')
  const sheet = await readTable(path)
  const [cet1, leverage, securities, bonds] = [
    sheet.finite('cet1_eur_mn', 0),
    sheet.finite('leverage_pct', 0),
    sheet.finite('debt_securities_eur_mn', 0),
    sheet.finite('government_bonds_eur_mn', 0),
  ] as const
  return Array.from({ length: sheet.rows }, (_, i) => {
    if (leverage[i] === 0) throw sheet.invalid('leverage_pct', i, 0, 'a ratio above 0, %')
    return {
      cet1: cet1[i] as number,
      leverage_pct: leverage[i] as number,
      debt_securities: securities[i] as number,
      government_bonds: bonds[i] as number,
    }
  })
}
