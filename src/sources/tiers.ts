/** Margin tiers of perpetual contracts, as exchanges publish them. */
import { z } from 'zod'
import { InputError } from '../model/index.ts'
import { file_name, read_json } from './read.ts'
import { parse } from './valid.ts'

export interface Tier {
  /** Notional from which the tier applies, and where it ends, USD. */
  readonly floor: number
  readonly cap: number
  /** Maintenance margin, a ratio of notional. */
  readonly rate: number
  readonly max_leverage: number
  /** Maintenance amount that is deducted, USD. */
  readonly cum: number
}

export interface TierFile {
  readonly source: string
  /** Day the tiers were published, '' when the file does not say. */
  readonly dated: string
  readonly tables: readonly { readonly symbol: string; readonly tiers: readonly Tier[] }[]
}

const COLUMNS = ['minNotional', 'maxNotional', 'maintenanceMarginRate', 'maxLeverage', 'cumMaintAmount'] as const

const schema = z.object({
  columns: z.array(z.string()),
  asOf: z.string().optional(),
  symbols: z.record(z.string(), z.array(z.array(z.number())).min(1)),
})

/** Brackets follow each other from 0, rates rise, leverage falls, and the margin is continuous at every floor. */
function check(where: string, symbol: string, tiers: readonly Tier[]): void {
  const bad = (k: number, field: keyof Tier, valid: string) =>
    new InputError(where, `symbols.${symbol}[${k}].${field}`, tiers[k]?.[field], valid)
  tiers.forEach((tier, k) => {
    const before = tiers[k - 1]
    const floor = before?.cap ?? 0
    if (tier.floor !== floor) throw bad(k, 'floor', `${floor}, where the tier before ends`)
    if (!(tier.cap > tier.floor)) throw bad(k, 'cap', `more than the floor, ${tier.floor}`)
    if (!(tier.rate > (before?.rate ?? 0) && tier.rate < 1))
      throw bad(k, 'rate', `between ${before?.rate ?? 0}, the rate before, and 1`)
    if (!(tier.max_leverage >= 1 && tier.max_leverage <= (before?.max_leverage ?? 1000)))
      throw bad(k, 'max_leverage', `between 1 and ${before?.max_leverage ?? 1000}`)
    const cum = before === undefined ? 0 : before.cum + tier.floor * (tier.rate - before.rate)
    if (!(Math.abs(tier.cum - cum) <= 1e-6 * Math.max(1, cum))) throw bad(k, 'cum', `${cum}, so that the margin is continuous`)
  })
}

/** Reads tiers from JSON: `columns` names the cells of a row, `symbols` holds the rows of each contract. */
export async function readTiers(path: string): Promise<TierFile> {
  const found = parse(schema, await read_json(path), path)
  const index = COLUMNS.map((name) => {
    const at = found.columns.indexOf(name)
    if (at < 0) throw new InputError(path, 'columns', found.columns.join(', '), COLUMNS.join(', '))
    return at
  })
  const tables = Object.entries(found.symbols).map(([symbol, rows]) => {
    const tiers = rows.map((row, k): Tier => {
      if (row.length !== found.columns.length)
        throw new InputError(path, `symbols.${symbol}[${k}]`, `${row.length} cells`, `${found.columns.length} cells`)
      const [floor, cap, rate, max_leverage, cum] = index.map((at) => row[at] as number) as [
        number,
        number,
        number,
        number,
        number,
      ]
      return { floor, cap, rate, max_leverage, cum }
    })
    check(path, symbol, tiers)
    return { symbol, tiers }
  })
  return { source: file_name(path), dated: found.asOf ?? '', tables }
}
