/** What followed, by venue and asset: forced sales, who was liquidated, how far the price was pushed. */
import { exp } from '../math/index.ts'
import { type Analytic, type LogView, type ReportTable, SOLD, type WorldView } from '../model/index.ts'

export const flows: Analytic = {
  id: 'flows',
  title: 'Forced sales by venue and asset',
  measure(log: LogView, world: WorldView): ReportTable {
    const width = world.assets.length
    const size = world.venues.length * width
    const usd = new Float64Array(size)
    const amount = new Float64Array(size)
    const scopes = Array.from({ length: size }, () => new Set<number>())
    const c = log.columns
    for (let row = 0; row < log.length; row++) {
      const kind = log.kind(row)
      if (kind === 'fill' && SOLD[c.sold.data[row] as number] !== 'free') {
        const at = (c.victim.data[row] as number) * width + (c.asset.data[row] as number)
        usd[at] = (usd[at] as number) + (c.usd.data[row] as number)
        amount[at] = (amount[at] as number) + (c.amount.data[row] as number)
      }
      const reduced = kind === 'fill' && SOLD[c.sold.data[row] as number] === 'reduced'
      if (reduced || kind === 'liquidate' || kind === 'seize' || kind === 'takeover') {
        scopes[
          (reduced ? (c.victim.data[row] as number) : (c.venue.data[row] as number)) * width + (c.asset.data[row] as number)
        ]?.add(c.account.data[row] as number)
      }
    }
    const rows = []
    for (let v = 0; v < world.venues.length; v++) {
      for (let a = 0; a < width; a++) {
        const at = v * width + a
        if (usd[at] === 0 && scopes[at]?.size === 0) continue
        const pushed = exp(world.frames.low_displacement(a, v + 1)) - 1
        rows.push([
          world.venues[v]?.id ?? '',
          world.assets[a]?.id ?? '',
          usd[at] as number,
          amount[at] as number,
          scopes[at]?.size ?? 0,
          world.pinned ? null : pushed,
        ])
      }
    }
    rows.sort((x, y) => (y[2] as number) - (x[2] as number))
    return {
      id: 'flows',
      title: flows.title,
      columns: [
        { name: 'venue', unit: '' },
        { name: 'asset', unit: '' },
        { name: 'forced_sales_usd', unit: 'usd', definition: 'forced_sales_usd' },
        { name: 'amount', unit: 'units' },
        { name: 'accounts_liquidated', unit: 'count', definition: 'accounts_liquidated' },
        { name: 'price_moved', unit: 'ratio', definition: 'displacement' },
      ],
      rows,
    }
  },
}
