/** A run in a few dozen steps: prices against fundamentals, forced flow by venue. */
import type { Analytic, Cell, LogView, ReportTable, WorldView } from '../model/index.ts'

const STEPS = 96

export const timeline: Analytic = {
  id: 'timeline',
  title: 'Prices and forced flow over time',
  measure(_log: LogView, world: WorldView): ReportTable {
    const { frames, assets, venues } = world
    const columns = [
      { name: 'time_ms', unit: 'ms' },
      ...assets.flatMap((asset) => [
        { name: `${asset.id}.mid_usd`, unit: 'usd' },
        { name: `${asset.id}.fundamental_usd`, unit: 'usd' },
      ]),
      ...venues.map((venue) => ({ name: `${venue.id}.forced_usd`, unit: 'usd' })),
    ]
    const rows: Cell[][] = []
    const every = Math.max(1, Math.ceil((frames.length - 1) / STEPS))
    let before = 0
    for (let f = 0; f < frames.length; f = f + every < frames.length || f === frames.length - 1 ? f + every : frames.length - 1) {
      const row: Cell[] = [frames.time_ms[f] as number]
      for (let a = 0; a < assets.length; a++) {
        row.push(frames.mid_usd[f * assets.length + a] as number, frames.fundamental[f * assets.length + a] as number)
      }
      for (let v = 0; v < venues.length; v++) {
        row.push((frames.forced_usd[f * venues.length + v] as number) - (frames.forced_usd[before * venues.length + v] as number))
      }
      rows.push(row)
      before = f
    }
    return { id: 'timeline', title: timeline.title, columns, rows }
  },
}
