/** Who infected whom: USD of forced selling at one venue caused by forced selling of another, exogenous as a source. */
import type { Analytic, LogView, ReportTable, WorldView } from '../model/index.ts'

export interface Infection {
  readonly from: string
  readonly to: string
  readonly usd: number
  readonly usd_pivotal: number
}

/** source × victim sums: source 0 is exogenous, s the venue s − 1. Every victim's column sums to its forced sales. */
export function infection_matrix(log: LogView, world: WorldView): { usd: Float64Array; pivotal: Float64Array; sources: number } {
  const venues = world.venues.length
  const sources = venues + 1
  const usd = new Float64Array(sources * venues)
  const pivotal = new Float64Array(sources * venues)
  const c = log.columns
  const shares = log.share_columns
  for (let row = 0; row < log.length; row++) {
    const victim = c.victim.data[row] as number
    if (victim < 0 || log.kind(row) !== 'fill') continue
    const value = c.usd.data[row] as number
    const [first, last] = log.share_range(c.shares.data[row] as number)
    if (first === last) {
      usd[victim] = (usd[victim] as number) + value
      pivotal[victim] = (pivotal[victim] as number) + value
    }
    for (let i = first; i < last; i++) {
      const at = (shares.source.data[i] as number) * venues + victim
      usd[at] = (usd[at] as number) + value * (shares.share.data[i] as number)
      pivotal[at] = (pivotal[at] as number) + value * (shares.pivotal.data[i] as number)
    }
  }
  return { usd, pivotal, sources }
}

/** The non-zero cells, exogenous first. */
export function infection_list(log: LogView, world: WorldView): Infection[] {
  const { usd, pivotal, sources } = infection_matrix(log, world)
  const venues = world.venues.length
  const out: Infection[] = []
  for (let s = 0; s < sources; s++) {
    for (let v = 0; v < venues; v++) {
      const at = s * venues + v
      if (usd[at] === 0 && pivotal[at] === 0) continue
      out.push({
        from: s === 0 ? 'exogenous' : (world.venues[s - 1]?.id as string),
        to: world.venues[v]?.id as string,
        usd: usd[at] as number,
        usd_pivotal: pivotal[at] as number,
      })
    }
  }
  return out
}

export const infections: Analytic = {
  id: 'infections',
  title: 'Who infected whom',
  measure(log: LogView, world: WorldView): ReportTable {
    return {
      id: 'infections',
      title: infections.title,
      columns: [
        { name: 'from', unit: '' },
        { name: 'to', unit: '' },
        { name: 'usd', unit: 'usd', definition: 'infections' },
        { name: 'usd_pivotal', unit: 'usd', definition: 'usd_pivotal' },
      ],
      rows: infection_list(log, world).map((i) => [i.from, i.to, i.usd, i.usd_pivotal]),
    }
  },
}
