import { describe, expect, it } from 'vitest'
import { account_market, position } from '../../../test/support/account-world.ts'
import { small_market } from '../../../test/support/reference-market.ts'
import { reproduction_number } from '../../analytics/index.ts'
import { build, shock_scenario } from '../../scenarios/index.ts'
import { Crowd } from './crowd.ts'
import { CRITICALITY_DEFAULTS } from './defaults.ts'
import { criticality, pressure_at } from './document.ts'
import { ladder } from './ladder.ts'
import { shock_offspring } from './shock.ts'

/** Pools of 1e10 USD a side: within 1 % they give 1e10 · (1 − 1/√1.01), or 1e10 · (1/√0.99 − 1) the other way. */
const POOL = 1e10

/** 100,000 ETH at 3000 USD and weight 0.8 against 230 M USDC: health 240/230, in breach after a fall of 4.2 %. */
const snapshot = account_market([
  [0, 'ETH', 100_000, 0],
  [0, 'USDC', 0, 230e6],
  [1, 'ETH', 100_000, 0],
  [1, 'USDC', 0, 100e6],
])
const world = build(snapshot, shock_scenario([]))
const opened = world.parts.store.hash()
const crowd = new Crowd(world)
const ETH = position('ETH')

describe('one lender, one pool', () => {
  it('has the impact of the pool', () => {
    // Constant product, d ln p ≈ 2 · sold ÷ reserve.
    expect((crowd.impact()[ETH] as number) / (2 / POOL)).toBeCloseTo(1, 1)
  })

  it('has R by hand: what is seized ÷ the span, × impact', () => {
    // At −15 % health is 0.887 < 0.95: the whole debt may be repaid, for 1.05 of it in collateral.
    expect(crowd.habits).toEqual([{ share: expect.closeTo(1, 9), seized: expect.closeTo(1.05, 9) }])
    const still = new Float64Array(world.parts.assets.length)
    const by_hand = ((230e6 * 1.05) / -Math.log(0.95)) * (crowd.impact()[ETH] as number)
    expect(reproduction_number(pressure_at(crowd, still, 0.05)) / by_hand).toBeCloseTo(1, 9)
    // Nobody between 0 and 4 %.
    expect(reproduction_number(pressure_at(crowd, still, 0.04))).toBe(0)
    // Without the account nothing sells.
    expect(reproduction_number(pressure_at(crowd, still, 0.05, ({ row }) => row === 0))).toBe(0)
  })

  it('has the ladder by hand, and leaves the world as it was', () => {
    const [before, after, deep] = ladder(crowd, snapshot, [0.04, 0.05, 0.3])
    expect(before).toMatchObject({ accounts: 0, liquidatable_usd: 0 })
    expect(after).toMatchObject({ accounts: 1, evidence: 'inferred', bad_debt_usd: 0, stuck_usd: 0 })
    expect(after?.liquidatable_usd).toBeCloseTo(230e6, 2)
    // 100,000 · 2100 = 210 M against 230 M: 20 M are bad, and nobody touches it at a profit.
    expect(deep?.bad_debt_usd).toBeCloseTo(20e6, 0)
    expect(deep?.stuck_usd).toBeCloseTo(230e6, 0)
    expect(world.parts.store.hash()).toBe(opened)
  })
})

describe('the reproduction number of a shock', () => {
  // Healths 240/230 and 240/200: in breach after −4.2 % and −16.7 %, so −14 % takes the first, at all sizes from 0.8 to 1.2 of it.
  const two = account_market([
    [0, 'ETH', 100_000, 0],
    [0, 'USDC', 0, 230e6],
    [1, 'ETH', 100_000, 0],
    [1, 'USDC', 0, 200e6],
  ])
  const crowd = new Crowd(build(two, shock_scenario([])))
  const ask = (reach: number) => shock_offspring(two, crowd, { fall: 0.14, over_ms: 3_600_000, reach })
  const sizes = [0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2].map((factor) => factor * Math.log(0.86))
  // 1.05 of the debt in collateral, at the start price.
  const seized = (debt: number, at: readonly number[]) =>
    at.reduce((sum, x) => sum + (debt * 1.05) / Math.exp(x), 0) / sizes.length
  const first = seized(230e6, sizes)
  // Constant product: ln p falls by 2 ln(1 + sold ÷ reserve).
  const moved = 2 * Math.log(1 + first / POOL)
  const tipped = (by: number) => sizes.map((x) => x - by).filter((x) => x < Math.log(200 / 240))

  it('is what the first generation tips ÷ what it is, by hand', () => {
    const { first_usd, sold_usd, next_usd, r } = ask(0.2)
    expect(first_usd / first).toBeCloseTo(1, 9)
    expect(sold_usd).toBeCloseTo(first_usd, 3)
    expect(tipped(moved)).toHaveLength(8)
    // Between the distances asked, depth is a power law: a few parts in a thousand of the move.
    expect(next_usd / seized(200e6, tipped(moved))).toBeCloseTo(1, 2)
    expect(r).toBeCloseTo(next_usd / first_usd, 12)
  })

  it('looks no further than asked, and sees nobody where nothing tips', () => {
    expect(tipped(-Math.log(0.99))).toHaveLength(2)
    expect(ask(0.01).next_usd / seized(200e6, tipped(-Math.log(0.99)))).toBeCloseTo(1, 9)
    expect(shock_offspring(two, crowd, { fall: 0.02, over_ms: 3_600_000, reach: 0.2 })).toEqual({
      first_usd: 0,
      sold_usd: 0,
      next_usd: 0,
      r: 0,
    })
  })
})

describe('the reference market', () => {
  const market = small_market(400)
  const document = criticality(market, build(market, shock_scenario([])), {
    ...CRITICALITY_DEFAULTS,
    falls: [0, 0.2],
    shocks: [0.2],
  })

  it('loses R, never gains, when a venue or the largest account is left out', () => {
    for (const { r } of document.leave_out) expect(r).toBeLessThanOrEqual(document.r * (1 + 1e-9))
    expect(document.curves[0]?.points[0]?.r).toBeCloseTo(document.r, 12)
  })

  it('climbs its ladder', () => {
    for (const venue of ['aave', 'maker', 'binance']) {
      const steps = document.ladder.filter((step) => step.venue === venue).map((step) => step.accounts)
      expect(steps.length).toBeGreaterThan(5)
      expect(steps[steps.length - 1]).toBeGreaterThan(steps[0] as number)
    }
  })
})
