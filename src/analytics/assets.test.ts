import { describe, expect, it } from 'vitest'
import type { WorldView } from '../model/index.ts'
import { asset_figures } from './assets.ts'

const START = 1_000_000

/** A world of samples a minute apart: per sample, mid and fundamental of every asset. */
function world(mids: number[][], fundamentals: number[][], lows: number[]): WorldView {
  const frames = {
    length: mids.length,
    time_ms: Float64Array.from(mids, (_, i) => START + i * 60_000),
    mid_usd: Float64Array.from(mids.flat()),
    fundamental: Float64Array.from(fundamentals.flat()),
    low_usd: (asset: number) => lows[asset] as number,
    low_displacement: () => 0,
  }
  const assets = (mids[0] as number[]).map((start_usd, i) => ({ id: `A${i}`, start_usd, reference: i }))
  return { assets, markets: [], venues: [], actors: [], frames, pinned: false } as never
}

describe('figures of assets', () => {
  // A0 parts furthest from its fundamental early (80 of 100) and stands lowest later, in step with it; A1 never falls below.
  const mids = [
    [100, 10],
    [80, 11],
    [62, 13],
    [70, 12],
  ]
  const fundamentals = [
    [100, 10],
    [100, 11],
    [64, 12],
    [70, 12],
  ]

  it('tell the low with its time and fundamental, the high, and the largest gap, which may be elsewhere', () => {
    const [a, b] = asset_figures(world(mids, fundamentals, [62, 10]))
    expect(a).toMatchObject({ high_usd: 100, low_usd: 62, low_ms: 120_000, fundamental_at_low_usd: 64, gap_ms: 60_000 })
    expect(a?.gap).toBeCloseTo(-0.2, 12)
    expect(b).toMatchObject({ high_usd: 13, low_usd: 10, low_ms: 0, fundamental_at_low_usd: 10, gap: 0, gap_ms: null })
  })

  it('take a low between samples where it was, as a gap too', () => {
    // 40 inside the tick that ends at minute 3, when the fundamental is 70.
    const [a] = asset_figures(world(mids, fundamentals, [40, 10]), (asset) => START + (asset === 0 ? 180_000 : 0))
    expect(a).toMatchObject({ low_usd: 40, low_ms: 180_000, fundamental_at_low_usd: 70, gap_ms: 180_000 })
    expect(a?.gap).toBeCloseTo(40 / 70 - 1, 12)
  })

  it('do not take rounding for a gap', () => {
    const [a] = asset_figures(world([[1], [1 - 1e-15]], [[1], [1]], [1 - 1e-15]))
    expect(a).toMatchObject({ gap: 0, gap_ms: null })
  })
})
