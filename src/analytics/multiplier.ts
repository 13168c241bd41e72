/** The cascade multiplier: how much more is liquidated because selling moves prices. */
import { type Analytic, type LogView, type ReportTable, SOLD, type WorldView } from '../model/index.ts'

/**
 * Quantity liquidated by whatever means, valued at start prices: collateral seized by liquidators or bought in auctions, contracts reduced or
 * taken over, and what was sold to answer a call. What later leaves an inventory or a fund, to a market or by ADL, was counted when it came in.
 */
export const liquidated_at_start_usd = (log: LogView, world: WorldView): number =>
  liquidated_by_venue(log, world).reduce((sum, value) => sum + value, 0)

/** The same by venue, in venue order. */
export function liquidated_by_venue(log: LogView, world: WorldView): Float64Array {
  const c = log.columns
  const by_venue = new Float64Array(world.venues.length)
  for (let row = 0; row < log.length; row++) {
    const kind = log.kind(row)
    let venue = c.venue.data[row] as number
    if (kind === 'fill') {
      const sold = SOLD[c.sold.data[row] as number]
      if (sold !== 'reduced' && sold !== 'called') continue
      venue = c.victim.data[row] as number
    } else if (kind !== 'liquidate' && kind !== 'take' && kind !== 'takeover') continue
    const start = world.assets[c.asset.data[row] as number]?.start_usd ?? 0
    by_venue[venue] = (by_venue[venue] as number) + Math.abs(c.amount.data[row] as number) * start
  }
  return by_venue
}

/** Liquidated with feedback ÷ liquidated without; null when the divisor is 0 or prices were held to a series. */
export function cascade_multiplier(with_feedback: number, without_feedback: number, pinned: boolean): number | null {
  return pinned || without_feedback === 0 ? null : with_feedback / without_feedback
}

export const liquidated: Analytic = {
  id: 'liquidated',
  title: 'Quantity liquidated at start prices',
  measure(log: LogView, world: WorldView): ReportTable {
    return {
      id: 'liquidated',
      title: liquidated.title,
      columns: [{ name: 'liquidated_at_start_usd', unit: 'usd', definition: 'multiplier' }],
      rows: [[liquidated_at_start_usd(log, world)]],
    }
  },
}
