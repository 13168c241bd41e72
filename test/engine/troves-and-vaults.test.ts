/** Liquity v1, Liquity v2 and Euler v2 in whole runs: keepers start, depositors sell, suppliers lose, and every law holds after every bundle. */
import { describe, expect, it } from 'vitest'
import { infection_list, venue_figures } from '../../src/analytics/index.ts'
import { run } from '../../src/engine/index.ts'
import type { Snapshot } from '../../src/model/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { crash, small_market } from '../support/reference-market.ts'

const TROVES = 300
/** An index in (0, 1) spread evenly, without chance. */
const spread = (i: number): number => ((i * 0.618_033_988_75) % 1) * 0.998 + 0.001

const index = { kind: 'index-price', id: 'ETH-INDEX', path: [{ market: 'ETH-USD' }] }

/** Debts of 2,000 to 400,000 at ratios of 115 % to 355 %. */
function book(): { readonly collateral: Float64Array; readonly debt: Float64Array; readonly owner: Int32Array } {
  const debt = Float64Array.from({ length: TROVES }, (_, i) => 2000 + 398_000 * spread(i) * spread(7 * i + 3))
  const collateral = debt.map((owed, i) => (owed * (1.15 + 2.4 * spread(3 * i + 1))) / 3706.19)
  return { collateral, debt, owner: new Int32Array(TROVES).fill(-1) }
}

function snapshot(): Snapshot {
  const base = small_market(300)
  const { collateral, debt, owner } = book()
  const total = debt.reduce((sum, owed) => sum + owed, 0)
  const outside = { owner: Int32Array.of(-1), amount: Float64Array.of(total * 0.05) }
  const none = { owner: new Int32Array(0), branch: new Int32Array(0), amount: new Float64Array(0) }
  const stable = { price_usd: 1, beta: 0, numeraire: true }
  const supplied = collateral.reduce((sum, units) => sum + units, 0)
  return {
    ...base,
    assets: [...base.assets, { id: 'LUSD', ...stable }, { id: 'BOLD', ...stable }],
    venues: [
      ...base.venues,
      {
        ...{ kind: 'liquity-v1', id: 'liquity', asset: 'ETH', lusd: 'LUSD', oracle: index, gain_market: 'ETH-USD' },
        ...{ accounts: { owner, collateral, debt }, deposits: outside },
      },
      {
        ...{ kind: 'liquity-v2', id: 'bold', bold: 'BOLD', gas_asset: 'ETH' },
        branches: [{ id: 'WETH', asset: 'ETH', oracle: index, gain_market: 'ETH-USD' }],
        accounts: {
          ...{ owner, collateral, debt, branch: new Int32Array(TROVES) },
          rate: Float64Array.from({ length: TROVES }, (_, i) => 0.005 + 0.1 * spread(11 * i)),
        },
        deposits: { ...none, owner: outside.owner, branch: Int32Array.of(0), amount: outside.amount },
      },
      {
        kind: 'euler-v2',
        id: 'euler',
        vaults: [
          { id: 'eETH', asset: 'ETH', oracle: index, cash: supplied },
          {
            ...{ id: 'eUSDC', asset: 'USDC', oracle: { kind: 'fixed', id: 'USDC-ONE', price: 1 }, cash: total },
            max_liquidation_discount: 0.15,
            ltvs: [{ collateral: 'eETH', borrow_ltv: 0.82, liquidation_ltv: 0.85 }],
          },
        ],
        accounts: { owner, vault: new Int32Array(TROVES).fill(1), debt },
        supplies: {
          account: Int32Array.from({ length: TROVES }, (_, i) => i),
          vault: new Int32Array(TROVES),
          amount: collateral,
        },
      },
    ],
  } as unknown as Snapshot
}

describe('troves and vaults in a crash of 30 %', () => {
  it('are liquidated, press on the market, and keep every law', () => {
    const world = build(snapshot(), crash(2))
    const result = run(world, { debug: true })
    expect(result.laws.broken).toEqual([])
    const figures = venue_figures(world.parts.log, world.view())
    const ids = world.parts.venues.map(({ id }) => id)
    const at = (id: string) => figures[ids.indexOf(id)]
    for (const id of ['liquity', 'bold', 'euler']) {
      expect(at(id)?.accounts_liquidated, id).toBeGreaterThan(20)
      expect(at(id)?.forced_sales_usd, id).toBeGreaterThan(50_000)
      // Each column of infections sums to the victim's forced sales.
      const column = infection_list(world.parts.log, world.view()).filter((item) => item.to === id)
      const sum = column.reduce((total, item) => total + item.usd, 0)
      expect(Math.abs(sum / (at(id)?.forced_sales_usd as number) - 1), id).toBeLessThan(1e-9)
    }
    const first = result.log_hash
    world.reset()
    expect(run(world).log_hash).toBe(first)
  })
})
