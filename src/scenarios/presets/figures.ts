/** Figures of a run that presets of events show beside their outcomes, or instead of them. Venues and assets by place and name. */
import type { EventFigure } from './event.ts'
import { logged_usd } from './columns.ts'

type What = 'liquidated' | 'debt' | 'withdrawn'

/** Of one venue: debt repaid by liquidators or contracts closed by force, debt beyond collateral at the end, and what was withdrawn. */
export function venue_figures(venue: number, id: string, what: readonly What[] = ['liquidated', 'debt']): EventFigure[] {
  const of: Record<What, EventFigure> = {
    liquidated: {
      id: `${id}-liquidated`,
      what: `liquidated at ${id}`,
      unit: 'USD',
      measure: ({ log }) => logged_usd(log, ['liquidate', 'reduce', 'takeover'], venue),
    },
    debt: {
      id: `${id}-debt`,
      what: `debt beyond collateral at ${id}, at the end`,
      unit: 'USD',
      measure: ({ log, view }) => logged_usd(log, ['bad_debt'], venue) + (view.venues[venue]?.shortfall_usd() ?? 0),
    },
    withdrawn: {
      id: `${id}-withdrawn`,
      what: `withdrawn from ${id}`,
      unit: 'USD',
      measure: ({ log }) => logged_usd(log, ['withdraw'], venue),
    },
  }
  return what.map((one) => of[one])
}

/** Lowest and last price of an asset in its reference market. */
export function price_figures(asset: number, id: string): EventFigure[] {
  const unit = `USD per ${id}`
  return [
    { id: `${id}-low`, what: `lowest price of ${id}`, unit, measure: ({ view }) => view.frames.low_usd(asset) },
    {
      id: `${id}-end`,
      what: `price of ${id} at the end`,
      unit,
      measure: ({ view }) => {
        const { length, mid_usd } = view.frames
        return mid_usd[(length - 1) * view.assets.length + asset] ?? null
      },
    },
  ]
}
