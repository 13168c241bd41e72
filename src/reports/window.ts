/** The part of a run in which something happens, finely enough to draw. */
import type { Cell, ReportTable, WorldView } from '../model/index.ts'

const STEPS = 240
/** Nothing more than this share of its final value is still to come. */
const SETTLED = 0.005

/** Last frame (of `count`) at which a value still differs from its last by more than `tolerance`; 0 when it never does. */
function settles(count: number, value: (frame: number) => number, tolerance: number): number {
  const last = value(count - 1)
  let frame = count - 1
  while (frame > 0 && Math.abs(value(frame - 1) - last) <= tolerance) frame--
  return frame
}

/** One past the last frame of interest: forced flow has ended, fundamentals have arrived, lows are past. */
export function window_end(world: WorldView): number {
  const { frames, assets, venues } = world
  const n = frames.length
  const width = venues.length
  let end = 0
  const flow = (frame: number) => {
    let sum = 0
    for (let v = 0; v < width; v++) sum += frames.forced_usd[frame * width + v] as number
    return sum
  }
  if (n < 3) return n
  if (flow(n - 1) > 0) end = Math.max(end, settles(n, flow, SETTLED * flow(n - 1)))
  for (let a = 0; a < assets.length; a++) {
    const start = assets[a]?.start_usd as number
    const fundamental = (frame: number) => frames.fundamental[frame * assets.length + a] as number
    end = Math.max(end, settles(n, fundamental, SETTLED * start))
    const mid = (frame: number) => frames.mid_usd[frame * assets.length + a] as number
    let low = 0
    for (let frame = 1; frame < n; frame++) if (mid(frame) < mid(low) * (1 - SETTLED)) low = frame
    end = Math.max(end, low)
  }
  if (end === 0) return n
  const wide = Math.ceil(end * 1.4) + 2
  return wide > 0.75 * n ? n : wide
}

/** The timeline of that part: prices against fundamentals, forced flow by venue since the row before. */
export function windowed_timeline(world: WorldView): ReportTable {
  const { frames, assets, venues } = world
  const end = window_end(world)
  const every = Math.max(1, Math.ceil((end - 1) / STEPS))
  const columns = [
    { name: 'time_ms', unit: 'ms' },
    ...assets.flatMap((asset) => [
      { name: `${asset.id}.mid_usd`, unit: 'usd' },
      { name: `${asset.id}.fundamental_usd`, unit: 'usd', definition: 'fundamental' },
    ]),
    ...venues.map((venue) => ({ name: `${venue.id}.forced_usd`, unit: 'usd', definition: 'forced_sales_usd' })),
  ]
  const rows: Cell[][] = []
  let before = 0
  for (let f = 0; f < end; ) {
    const row: Cell[] = [frames.time_ms[f] as number]
    for (let a = 0; a < assets.length; a++) {
      row.push(frames.mid_usd[f * assets.length + a] as number, frames.fundamental[f * assets.length + a] as number)
    }
    for (let v = 0; v < venues.length; v++) {
      const at = f * venues.length + v
      row.push((frames.forced_usd[at] as number) - (frames.forced_usd[before * venues.length + v] as number))
    }
    rows.push(row)
    before = f
    if (f === end - 1) break
    f = Math.min(f + every, end - 1)
  }
  return { id: 'timeline', title: 'Prices and forced flow over time', columns, rows }
}
