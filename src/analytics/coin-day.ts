/** Liquidations by coin and UTC day. */
import { type Analytic, type LogView, type ReportTable, SOLD, type WorldView } from '../model/index.ts'

const DAY_MS = 86_400_000

/** YYYY-MM-DD of a day number since 1970, by the civil-calendar algorithm of Hinnant (days_from_civil, inverse). */
export function iso_day(day: number): string {
  const z = day + 719_468
  const era = Math.floor(z / 146_097)
  const doe = z - era * 146_097
  const yoe = Math.floor((doe - Math.floor(doe / 1_460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365)
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0)
  const two = (n: number) => (n < 10 ? `0${n}` : String(n))
  return `${year}-${two(month)}-${two(doy - Math.floor((153 * mp + 2) / 5) + 1)}`
}

/** ISO 8601, UTC, to the second: `2024-04-12T18:00:00Z`. */
export function iso_time(time_ms: number): string {
  const day = Math.floor(time_ms / DAY_MS)
  const second = Math.floor((time_ms - day * DAY_MS) / 1000)
  const two = (n: number) => (n < 10 ? `0${n}` : String(n))
  return `${iso_day(day)}T${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}Z`
}

export const coin_day: Analytic = {
  id: 'coin_day',
  title: 'Liquidations by coin and day',
  measure(log: LogView, world: WorldView): ReportTable {
    const cells = new Map<string, { coin: string; day: string; liquidations: number; usd: number }>()
    const c = log.columns
    for (let row = 0; row < log.length; row++) {
      const kind = log.kind(row)
      const reduced = kind === 'fill' && SOLD[c.sold.data[row] as number] === 'reduced'
      if (!reduced && kind !== 'liquidate' && kind !== 'seize' && kind !== 'takeover') continue
      const coin = world.assets[c.asset.data[row] as number]?.id ?? ''
      const day = iso_day(Math.floor((c.time_ms.data[row] as number) / DAY_MS))
      const key = `${day} ${coin}`
      const cell = cells.get(key) ?? { coin, day, liquidations: 0, usd: 0 }
      cell.liquidations++
      cell.usd += c.usd.data[row] as number
      cells.set(key, cell)
    }
    const rows = [...cells.keys()].sort().map((key) => {
      const cell = cells.get(key) as { coin: string; day: string; liquidations: number; usd: number }
      return [cell.coin, cell.day, cell.liquidations, cell.usd]
    })
    return {
      id: 'coin_day',
      title: coin_day.title,
      columns: [
        { name: 'coin', unit: '' },
        { name: 'day', unit: '' },
        { name: 'liquidations', unit: 'count', definition: 'liquidations' },
        { name: 'usd', unit: 'usd', definition: 'liquidated_usd' },
      ],
      rows,
    }
  },
}
