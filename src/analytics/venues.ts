/** Per venue: what was forced, liquidated, lost and covered. Definitions: docs/definitions.md (design §7). */
import { type Analytic, type Cell, type LogView, type ReportTable, SOLD, type WorldView } from '../model/index.ts'

/** The figures of one venue, USD unless the name says otherwise. */
export interface VenueFigures {
  forced_sales_usd: number
  /** The part of forced_sales_usd that bought. */
  forced_buys_usd: number
  /** The part of forced_sales_usd that answered margin calls. */
  called_sales_usd: number
  liquidated_usd: number
  liquidations: number
  accounts_liquidated: number
  bad_debt_usd: number
  insurance_used_usd: number
  insurance_in_usd: number
  adl_usd: number
  adl_loss_usd: number
  shortfall_usd: number
  margin_calls: number
}

export const zero_figures = (): VenueFigures => ({
  forced_sales_usd: 0,
  forced_buys_usd: 0,
  called_sales_usd: 0,
  liquidated_usd: 0,
  liquidations: 0,
  accounts_liquidated: 0,
  bad_debt_usd: 0,
  insurance_used_usd: 0,
  insurance_in_usd: 0,
  adl_usd: 0,
  adl_loss_usd: 0,
  shortfall_usd: 0,
  margin_calls: 0,
})

/** Reads the figures of every venue off the log, in venue order. */
export function venue_figures(log: LogView, world: WorldView): VenueFigures[] {
  const figures = world.venues.map(zero_figures)
  const scopes = world.venues.map(() => new Set<number>())
  const c = log.columns
  for (let row = 0; row < log.length; row++) {
    const kind = log.kind(row)
    const usd = c.usd.data[row] as number
    if (kind === 'fill') {
      const sold = SOLD[c.sold.data[row] as number]
      const victim = figures[c.victim.data[row] as number]
      if (sold === 'free' || victim === undefined) continue
      victim.forced_sales_usd += usd
      if ((c.amount.data[row] as number) > 0) victim.forced_buys_usd += usd
      if (sold === 'called') victim.called_sales_usd += usd
      if (sold === 'reduced') liquidated(victim, scopes[c.victim.data[row] as number], c.account.data[row] as number, usd)
      continue
    }
    const at = figures[c.venue.data[row] as number]
    if (at === undefined) continue
    const scope = scopes[c.venue.data[row] as number]
    if (kind === 'liquidate' || kind === 'takeover') liquidated(at, scope, c.account.data[row] as number, usd)
    else if (kind === 'seize') {
      at.liquidations++
      scope?.add(c.account.data[row] as number)
    } else if (kind === 'take') at.liquidated_usd += usd - (c.extra.data[row] as number)
    else if (kind === 'bad_debt') at.bad_debt_usd += usd
    else if (kind === 'insurance') {
      if (usd > 0) at.insurance_used_usd += usd
      else at.insurance_in_usd -= usd
    } else if (kind === 'deleverage') {
      at.adl_usd += usd
      at.adl_loss_usd += c.extra.data[row] as number
    } else if (kind === 'call') at.margin_calls++
  }
  figures.forEach((figure, v) => {
    figure.accounts_liquidated = scopes[v]?.size ?? 0
    figure.shortfall_usd = world.venues[v]?.shortfall_usd() ?? 0
  })
  return figures
}

function liquidated(at: VenueFigures, scope: Set<number> | undefined, account: number, usd: number): void {
  at.liquidated_usd += usd
  at.liquidations++
  scope?.add(account)
}

/** The sum over venues, in venue order. */
export function totals(figures: readonly VenueFigures[]): VenueFigures {
  const sum = zero_figures()
  for (const figure of figures) for (const key of Object.keys(sum) as (keyof VenueFigures)[]) sum[key] += figure[key]
  return sum
}

const COUNTS = new Set(['liquidations', 'accounts_liquidated', 'margin_calls'])

export const venues: Analytic = {
  id: 'venues',
  title: 'Forced selling, liquidations and losses by venue',
  measure(log: LogView, world: WorldView): ReportTable {
    const names = Object.keys(zero_figures()) as (keyof VenueFigures)[]
    const figures = venue_figures(log, world)
    const line = (id: string, f: VenueFigures): Cell[] => [id, ...names.map((name) => f[name])]
    return {
      id: 'venues',
      title: venues.title,
      columns: [
        { name: 'venue', unit: '' },
        ...names.map((name) => ({ name, unit: COUNTS.has(name) ? 'count' : 'usd', definition: name })),
      ],
      rows: [...figures.map((figure, v) => line(world.venues[v]?.id ?? '', figure)), line('all', totals(figures))],
    }
  },
}
