import type { Accounts } from './bound.ts'
import type { RowList } from './rows.ts'

/**
 * The naive oracle the margin book must equal: tests everyone, with the same health function.
 * @param prices price of each slot
 * @param level per row: the health below which it is reported
 * @param out receives the rows below their level, ascending
 * @returns how many
 */
export function sweep(accounts: Accounts, prices: Float64Array, level: Float64Array, rows: number, out: RowList): number {
  out.clear()
  const { strict } = accounts
  for (let row = 0; row < rows; row++) {
    const health = accounts.health(row, prices)
    const limit = level[row] as number
    if (strict ? health < limit : health <= limit) out.push(row)
  }
  return out.length
}
