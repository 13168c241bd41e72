/** Per asset: where the price went, how far it left its fundamental, and how much of the fall was made inside. */
import { log as ln } from '../math/index.ts'
import type { Analytic, LogView, ReportTable, WorldView } from '../model/index.ts'

export interface AssetFigures {
  readonly id: string
  readonly start_usd: number
  readonly fundamental_end_usd: number
  readonly high_usd: number
  readonly low_usd: number
  /** When it stood lowest, ms after the start. */
  readonly low_ms: number
  readonly fundamental_at_low_usd: number
  readonly end_usd: number
  /** Largest distance of the mid below the fundamental: min(mid ÷ fundamental) − 1, 0 if it never stood below. */
  readonly gap: number
  /** When that was, ms after the start; null if it never stood below. */
  readonly gap_ms: number | null
  /** 1 − low ÷ start, not below 0. */
  readonly drawdown: number
  readonly endogenous_share: number | null
}

/**
 * clip(Σ over venues of −d_s at the low ÷ ln(start ÷ low), 0, 1); null when the low is not below the start, or the mid was held to a series.
 * @param endogenous Σ over venues of the displacement at the low, in log price
 */
export function endogenous_share(start_usd: number, low_usd: number, endogenous: number): number | null {
  if (!(low_usd < start_usd)) return null
  return Math.min(1, Math.max(0, -endogenous / ln(start_usd / low_usd)))
}

/** Σ over venues of an asset's displacement at its low. */
export function low_endogenous(world: WorldView, asset: number): number {
  let sum = 0
  for (let s = 1; s <= world.venues.length; s++) sum += world.frames.low_displacement(asset, s)
  return sum
}

/** Mids closer to the fundamental than this differ by rounding. */
const ROUNDING = 1e-9

/** Sample at which the mid stood lowest, the first of equals. */
function lowest_frame({ assets, frames }: WorldView, asset: number): number {
  let low = 0
  for (let f = 1; f < frames.length; f++)
    if ((frames.mid_usd[f * assets.length + asset] as number) < (frames.mid_usd[low * assets.length + asset] as number)) low = f
  return low
}

/** First sample that is not before a time; the last when all are. */
function frame_at({ frames }: WorldView, time_ms: number): number {
  let f = 0
  while (f < frames.length - 1 && (frames.time_ms[f] as number) < time_ms) f++
  return f
}

/** The sample that gives the largest gap, and that gap; the low between samples counts at the sample that ends its tick. */
function largest_gap({ assets, frames }: WorldView, asset: number, low: number): { gap: number; frame: number } {
  const width = assets.length
  const at_low = frames.low_usd(asset) / (frames.fundamental[low * width + asset] as number) - 1
  let [gap, frame] = [at_low, low]
  for (let f = 0; f < frames.length; f++) {
    const here = (frames.mid_usd[f * width + asset] as number) / (frames.fundamental[f * width + asset] as number) - 1
    if (here < gap) [gap, frame] = [here, f]
  }
  return gap < -ROUNDING ? { gap, frame } : { gap: 0, frame: -1 }
}

/** @param low_time when an asset stood lowest, which may be between samples; without it, the lowest sample decides */
export function asset_figures(world: WorldView, low_time?: (asset: number) => number): AssetFigures[] {
  const { frames } = world
  const width = world.assets.length
  const last = (frames.length - 1) * width
  const since = (frame: number) => (frames.time_ms[frame] as number) - (frames.time_ms[0] as number)
  return world.assets.map((asset, a) => {
    const low_usd = frames.low_usd(a)
    const low = low_time === undefined ? lowest_frame(world, a) : frame_at(world, low_time(a))
    const { gap, frame } = largest_gap(world, a, low)
    let high_usd = low_usd
    for (let f = 0; f < frames.length; f++) high_usd = Math.max(high_usd, frames.mid_usd[f * width + a] as number)
    return {
      id: asset.id,
      start_usd: asset.start_usd,
      fundamental_end_usd: frames.fundamental[last + a] as number,
      high_usd,
      low_usd,
      low_ms: since(low),
      fundamental_at_low_usd: frames.fundamental[low * width + a] as number,
      end_usd: frames.mid_usd[last + a] as number,
      gap,
      gap_ms: frame < 0 ? null : since(frame),
      drawdown: Math.max(0, 1 - low_usd / asset.start_usd),
      endogenous_share: world.pinned ? null : endogenous_share(asset.start_usd, low_usd, low_endogenous(world, a)),
    }
  })
}

export const assets: Analytic = {
  id: 'assets',
  title: 'Prices by asset',
  measure(_log: LogView, world: WorldView): ReportTable {
    return {
      id: 'assets',
      title: assets.title,
      columns: [
        { name: 'asset', unit: '' },
        { name: 'start_usd', unit: 'usd' },
        { name: 'fundamental_end_usd', unit: 'usd' },
        { name: 'high_usd', unit: 'usd', definition: 'high' },
        { name: 'low_usd', unit: 'usd', definition: 'low' },
        { name: 'end_usd', unit: 'usd', definition: 'end' },
        { name: 'gap', unit: 'ratio', definition: 'gap' },
        { name: 'gap_ms', unit: 'ms', definition: 'gap_ms' },
        { name: 'drawdown', unit: 'ratio', definition: 'drawdown' },
        { name: 'endogenous_share', unit: 'ratio', definition: 'endogenous_share' },
      ],
      rows: asset_figures(world).map((f) => [
        f.id,
        f.start_usd,
        f.fundamental_end_usd,
        f.high_usd,
        f.low_usd,
        f.end_usd,
        f.gap,
        f.gap_ms,
        f.drawdown,
        f.endogenous_share,
      ]),
    }
  },
}
