import { describe, expect, it } from 'vitest'
import type { WorldView } from '../model/index.ts'
import { numbers } from './report.ts'
import { window_end, windowed_timeline } from './window.ts'

/** A day of minutes: one asset that falls in the first hour, one venue that is forced for two. */
function world(frames: number, forced_until: number, falls = true): WorldView {
  const at = (f: (frame: number) => number) => Float64Array.from({ length: frames }, (_, frame) => f(frame))
  const fundamental = at((frame) => (falls ? 100 - 30 * Math.min(1, frame / 60) : 100))
  const forced = at((frame) => Math.min(frame, forced_until) * 1000)
  return {
    assets: [{ id: 'ETH', start_usd: 100, reference: 0 }],
    markets: [],
    venues: [{ id: 'x', kind: 'k', rows: 1, shortfall_usd: () => 0, fund_usd: () => 0 }],
    actors: [],
    pinned: false,
    frames: {
      length: frames,
      time_ms: at((frame) => frame * 60_000),
      fundamental,
      mid_usd: fundamental,
      endogenous: at(() => 0),
      forced_usd: forced,
      low_usd: () => 70,
      low_displacement: () => 0,
    },
  }
}

describe('the part that is drawn', () => {
  it('ends some time after forced flow and fundamentals have settled', () => {
    const end = window_end(world(1441, 120))
    expect(end).toBeGreaterThan(120)
    expect(end).toBeLessThan(200)
  })

  it('is the whole run when something goes on until its end, or nothing happens at all', () => {
    expect(window_end(world(1441, 1440))).toBe(1441)
    expect(window_end(world(1441, 0, false))).toBe(1441)
    expect(window_end(world(2, 0))).toBe(2)
  })

  it('has all forced flow of its time, whatever its steps', () => {
    for (const frames of [1441, 300, 5, 3]) {
      const view = world(frames, frames)
      const table = windowed_timeline(view)
      const sum = numbers(table, 'x.forced_usd').reduce((total, value) => total + value, 0)
      expect(sum).toBe(view.frames.forced_usd[frames - 1])
      const times = numbers(table, 'time_ms')
      expect(times[0]).toBe(0)
      expect(times[times.length - 1]).toBe((frames - 1) * 60_000)
      expect(times.length).toBeLessThanOrEqual(242)
    }
  })
})
