// Paths of real events and quiet weeks on the reference market, thinned: laws are checked, outcomes are not (other books, another year).
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { run } from '../../src/engine/index.ts'
import { build, events, type Preset, presets } from '../../src/scenarios/index.ts'
import { inRoot } from '../support/files.ts'
import { anchorsOf } from '../support/markdown.ts'
import { small_market } from '../support/reference-market.ts'

const market = small_market(200)
const listed = presets.filter((preset) => preset.time !== undefined)
/** And the paths of events that have books of their own. */
const history = [...listed, ...events.flatMap(({ path }) => path ?? [])]

/** One run of at most 144 ticks: how it ended, and where the fundamentals stand. */
function ran(preset: Preset) {
  const scenario = preset.build(market)
  const world = build(market, { ...scenario, tick_ms: Math.max(scenario.tick_ms, scenario.horizon_ms / 144) })
  const { status, laws } = run(world)
  const path = Object.fromEntries(market.assets.map(({ id, price_usd }, a) => [id, (world.fundamental[a] as number) / price_usd]))
  return { status, broken: laws.broken, path }
}
const runs = new Map<string, ReturnType<typeof ran>>()

/** Events that must be there. */
const ASKED = [
  ...['black-thursday', 'comp-dai-2020', 'may-2021', 'sep-2021', 'dec-2021', 'jan-2022', 'terra', 'steth-celsius-3ac'],
  ...['solend-whale', 'ftx', 'crv-squeeze-2022', 'usdc-depeg', 'crv-2023', 'aug-2023', 'apr-2024', 'yen-carry', 'feb-2025'],
  ...['ten-ten', 'xusd-run'],
]

describe('paths of events', () => {
  it('are those that were asked for, each by one id', () => {
    const ids = [...presets, ...events].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(listed.filter((preset) => preset.type === 'control').length).toBe(5)
    expect(ids).toEqual(expect.arrayContaining(ASKED))
    for (const event of events) if (event.path !== undefined) expect(event.path.id).toBe(event.id)
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
      const [file = '', anchor] = (page as string).split('#')
      expect(existsSync(inRoot(file))).toBe(true)
      if (anchor !== undefined) expect(anchors.has(anchor)).toBe(true)
      expect(sources?.every(({ what, title, url }) => [what, title, url].every((text) => text.length > 5))).toBe(true)
    }
  })
})
