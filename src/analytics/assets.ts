/** Per asset: where the price went, and how much of the fall was made inside. */
import { log as ln } from '../math/index.ts'
import type { Analytic, LogView, ReportTable, WorldView } from '../model/index.ts'

export interface AssetFigures {
  readonly id: string
  readonly start_usd: number
  readonly fundamental_end_usd: number
  readonly low_usd: number
  readonly end_usd: number
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

export function asset_figures(world: WorldView): AssetFigures[] {
  const { frames } = world
  const last = (frames.length - 1) * world.assets.length
  return world.assets.map((asset, a) => {
    const low_usd = frames.low_usd(a)
    return {
      id: asset.id,
      start_usd: asset.start_usd,
      fundamental_end_usd: frames.fundamental[last + a] as number,
      low_usd,
      end_usd: frames.mid_usd[last + a] as number,
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
        { name: 'low_usd', unit: 'usd', definition: 'low' },
        { name: 'end_usd', unit: 'usd', definition: 'low' },
        { name: 'drawdown', unit: 'ratio' },
        { name: 'endogenous_share', unit: 'ratio', definition: 'endogenous_share' },
      ],
      rows: asset_figures(world).map((f) => [
        f.id,
        f.start_usd,
        f.fundamental_end_usd,
        f.low_usd,
        f.end_usd,
        f.drawdown,
        f.endogenous_share,
      ]),
    }
  },
}
