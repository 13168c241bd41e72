import { expect, it } from 'vitest'
import { crash, small_market } from '../../test/support/reference-market.ts'
import { run } from '../engine/index.ts'
import { build } from '../scenarios/index.ts'
import { order_flow, order_flow_imbalance, order_flows, venue_figures } from './index.ts'

it('order flow of a crash: forced parts add up to the venues’ forced sales, and more is sold than bought where collateral goes', () => {
  const world = build(small_market(2_000), crash(3))
  run(world)
  const [log, view] = [world.parts.log, world.view()]
  const flows = order_flows(log, view)
  const sum = (list: readonly number[]) => list.reduce((all, one) => all + one, 0)
  const forced = sum(venue_figures(log, view).map((venue) => venue.forced_sales_usd))
  expect(sum(flows.map(({ forced_usd }) => forced_usd)) / forced).toBeCloseTo(1, 9)
  for (const flow of flows) {
    expect(flow.forced_usd).toBeLessThanOrEqual((flow.bought_usd + flow.sold_usd) * (1 + 1e-9))
    expect(Math.abs(order_flow_imbalance(flow))).toBeLessThanOrEqual(1)
  }
  // the hour of the crash, on the markets that were pressed most
  const pressed = flows.filter(({ forced_usd }) => forced_usd > 1e6)
  expect(pressed.length).toBeGreaterThan(0)
  expect(sum(pressed.map(({ sold_usd }) => sold_usd))).toBeGreaterThan(sum(pressed.map(({ bought_usd }) => bought_usd)))
  expect(order_flow.measure(log, view).rows.length).toBe(flows.length)
})

it('imbalance is bought less sold over both', () => {
  const flow = { market: 0, time_ms: 0, bought_usd: 1, sold_usd: 3, forced_usd: 0 }
  expect(order_flow_imbalance(flow)).toBe(-0.5)
})
