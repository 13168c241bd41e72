// Paths of real events and quiet weeks on the reference market, thinned: laws are checked, outcomes are not (other books, another year).
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { run } from '../../src/engine/index.ts'
import { build, type Preset, presets } from '../../src/scenarios/index.ts'
import { inRoot } from '../support/files.ts'
import { anchorsOf } from '../support/markdown.ts'
import { small_market } from '../support/reference-market.ts'

const market = small_market(200)
const history = presets.filter((preset) => preset.time !== undefined)

/** One run of at most 144 ticks: how it ended, and where the fundamentals stand. */
function ran(preset: Preset) {
  const scenario = preset.build(market)
  const world = build(market, { ...scenario, tick_ms: Math.max(scenario.tick_ms, scenario.horizon_ms / 144) })
  const { status, laws } = run(world)
  const path = Object.fromEntries(market.assets.map(({ id, price_usd }, a) => [id, (world.fundamental[a] as number) / price_usd]))
  return { status, broken: laws.broken, path }
}
const runs = new Map<string, ReturnType<typeof ran>>()

describe('paths of events', () => {
  it('are eight and five controls, with ids of their own', () => {
    expect(history.filter((preset) => preset.type === 'scenario').length).toBe(8)
    expect(history.filter((preset) => preset.type === 'control').length).toBe(5)
    expect(new Set(presets.map((preset) => preset.id)).size).toBe(presets.length)
  })

  it.each(history.map((preset) => [preset.id, preset] as const))('%s keeps every law', (id, preset) => {
    runs.set(id, ran(preset))
    expect(runs.get(id)).toMatchObject({ status: 'done', broken: [] })
  })

  it('move what was told as told, and the others by their betas', () => {
    const path = (id: string) => runs.get(id)?.path ?? {}
    const beta = market.assets.find((asset) => asset.id === 'SOL')?.beta as number
    expect(path('dec-2021')).toMatchObject({ BTC: expect.closeTo(0.794, 12), ETH: expect.closeTo(0.84, 12), USDC: 1 })
    expect(path('dec-2021')['SOL']).toBeCloseTo(0.794 ** beta, 12)
    // Reported: ETH −17 %, BTC −12 % from their peaks.
    expect(path('apr-2024')).toMatchObject({ ETH: expect.closeTo(0.83, 12), BTC: expect.closeTo(0.88, 12) })
    // USDC comes back to par; nothing else moves.
    expect(path('usdc-depeg')).toMatchObject({ USDC: expect.closeTo(1, 12), DAI: expect.closeTo(1, 12), BTC: 1, ETH: 1 })
  })

  it('have a section on their page, and sources', () => {
    const anchors = anchorsOf(readFileSync(inRoot('docs/events/scenarios.md'), 'utf8'))
    for (const { page, sources } of history) {
      expect(anchors.has((page as string).split('#')[1] as string)).toBe(true)
      expect(sources?.every(({ what, title, url }) => [what, title, url].every((text) => text.length > 5))).toBe(true)
    }
  })
})
