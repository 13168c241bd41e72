/** Who infected whom: USD of forced selling at one venue caused by forced selling of another, exogenous as a source. */
import { type Analytic, type LogView, MECHANISMS, type Mechanism, type ReportTable, type WorldView } from '../model/index.ts'

export interface Infection {
  readonly from: string
  readonly to: string
  readonly usd: number
  readonly usd_pivotal: number
}

export interface InfectionByAsset extends Infection {
  /** What was sold, or bought back. */
  readonly asset: string
}

export interface InfectionByMechanism extends Infection {
  readonly mechanism: Mechanism
}

/** One sum: source 0 is exogenous, s the venue s − 1. */
interface Cell {
  readonly source: number
  readonly victim: number
  readonly asset: number
  readonly mechanism: number
  usd: number
  pivotal: number
}

/**
 * Sums of forced sales by source, victim, asset sold and mechanism, in the order (source, victim, asset, mechanism). One pass over the log. What is summed
 * over all but the victim is the victim's forced sales: the shares of a set sum to 1. A sale without a set is exogenous, by price.
 */
function cells(log: LogView): Cell[] {
  const found = new Map<string, Cell>()
  const c = log.columns
  const { source, mechanism, share, pivotal } = log.share_columns
  const add = (from: number, by: number, victim: number, asset: number, usd: number, tipped: number) => {
    const key = `${from} ${victim} ${asset} ${by}`
    const cell = found.get(key) ?? { source: from, victim, asset, mechanism: by, usd: 0, pivotal: 0 }
    cell.usd += usd
    cell.pivotal += tipped
    found.set(key, cell)
  }
  for (let row = 0; row < log.length; row++) {
    const victim = c.victim.data[row] as number
    if (victim < 0 || log.kind(row) !== 'fill') continue
    const usd = c.usd.data[row] as number
    const asset = c.asset.data[row] as number
    const [first, last] = log.share_range(c.shares.data[row] as number)
    if (first === last) add(0, 0, victim, asset, usd, usd)
    for (let i = first; i < last; i++)
      add(
        source.data[i] as number,
        mechanism.data[i] as number,
        victim,
        asset,
        usd * (share.data[i] as number),
        usd * (pivotal.data[i] as number),
      )
  }
  return [...found.values()].sort(
    (a, b) => a.source - b.source || a.victim - b.victim || a.asset - b.asset || a.mechanism - b.mechanism,
  )
}

const summed = <T extends Infection>(log: LogView, world: WorldView, name: (cell: Cell) => Omit<T, keyof Infection>): T[] => {
  const out = new Map<string, T & { usd: number; usd_pivotal: number }>()
  for (const cell of cells(log)) {
    const rest = name(cell)
    const from = cell.source === 0 ? 'exogenous' : (world.venues[cell.source - 1]?.id as string)
    const to = world.venues[cell.victim]?.id as string
    const key = JSON.stringify([from, to, rest])
    const sum = out.get(key) ?? ({ from, to, ...rest, usd: 0, usd_pivotal: 0 } as T & { usd: number; usd_pivotal: number })
    sum.usd += cell.usd
    sum.usd_pivotal += cell.pivotal
    out.set(key, sum)
  }
  return [...out.values()].filter((sum) => sum.usd !== 0 || sum.usd_pivotal !== 0)
}

/** The matrix apart by what was sold. */
export const infections_by_asset = (log: LogView, world: WorldView): InfectionByAsset[] =>
  summed<InfectionByAsset>(log, world, ({ asset }) => ({ asset: world.assets[asset]?.id as string }))

/** The matrix apart by what carried the infection. */
export const infections_by_mechanism = (log: LogView, world: WorldView): InfectionByMechanism[] =>
  summed<InfectionByMechanism>(log, world, ({ mechanism }) => ({ mechanism: MECHANISMS[mechanism] as Mechanism }))

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
