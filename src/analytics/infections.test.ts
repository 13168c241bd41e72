import { describe, expect, it } from 'vitest'
import { crash, small_market } from '../../test/support/reference-market.ts'
import { run } from '../engine/index.ts'
import { build } from '../scenarios/index.ts'
import { type Infection, infection_list, infections_by_asset, infections_by_mechanism, venue_figures } from './index.ts'

describe('the infection matrix of a whole run', () => {
  const world = build(small_market(2_000), crash(3))
  run(world)
  const [log, view] = [world.parts.log, world.view()]
  const figures = venue_figures(log, view)
  const whole = infection_list(log, view)
  const apart = { asset: infections_by_asset(log, view), mechanism: infections_by_mechanism(log, view) }
  const sum = (list: readonly Infection[], field: 'usd' | 'usd_pivotal') => list.reduce((all, cell) => all + cell[field], 0)

  it.each(['asset', 'mechanism'] as const)('apart by %s, what is caused at a venue adds up to its forced sales', (by) => {
    let hit = 0
    view.venues.forEach(({ id }, v) => {
      const forced = figures[v]?.forced_sales_usd as number
      if (forced === 0) return
      hit++
      const column = apart[by].filter((cell) => cell.to === id)
      for (const field of ['usd', 'usd_pivotal'] as const) expect(Math.abs(sum(column, field) / forced - 1)).toBeLessThan(1e-9)
    })
    expect(hit).toBeGreaterThan(1)
  })

  it.each(['asset', 'mechanism'] as const)('apart by %s, each cell adds up to the cell of the matrix', (by) => {
    for (const cell of whole) {
      const parts = apart[by].filter(({ from, to }) => from === cell.from && to === cell.to)
      for (const field of ['usd', 'usd_pivotal'] as const)
        expect(Math.abs(sum(parts, field) - cell[field])).toBeLessThanOrEqual(1e-9 * cell.usd + 1e-6)
    }
  })

  it('reaches contracts by their mark and loans by their oracle, and by nothing that nobody suffered', () => {
    const by = (to: string) =>
      new Set(apart.mechanism.filter((cell) => cell.to === to && cell.usd > 0).map((cell) => cell.mechanism))
    expect(by('aave')).toContain('oracle')
    expect(by('aave')).not.toContain('price')
    expect(by('binance')).toContain('price')
    for (const cell of apart.mechanism) expect(['cash', 'gas']).not.toContain(cell.mechanism)
  })
})
