import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collateral_floor, stablecoin_path, supply_bounds } from './stablecoin.ts'

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const terms = fc.record({ demand: number(10, 1000), cover: number(1.05, 3) })

describe('a stablecoin owed against collateral', () => {
  it('between the bounds collateral covers the coins, at them just so, beyond them not', () => {
    fc.assert(
      fc.property(number(1, 3000), number(10, 1000), terms, number(0.5, 1), number(0, 1), (collateral, supply, of, share, at) => {
        const bounds = supply_bounds(collateral, supply, of, share)
        fc.pre(bounds !== undefined && bounds.most > bounds.least * 1.0001)
        const { least, most } = bounds as { least: number; most: number }
        // What is left of the counted collateral after making or buying back coins at the price they then have.
        const slack = (coins: number) => share * (collateral + (coins - supply) * (of.demand / coins)) - of.cover * coins
        const small = 1e-9 * (collateral + of.demand)
        expect(Math.abs(slack(most))).toBeLessThan(small)
        expect(Math.abs(slack(least))).toBeLessThan(small * Math.max(1, supply / least))
        expect(slack(least + at * (most - least))).toBeGreaterThan(-small * Math.max(1, supply / least))
        expect(slack(most * 1.01)).toBeLessThan(0)
        expect(slack(least * 0.99)).toBeLessThan(0)
      }),
      { numRuns: 500 },
    )
  })

  it('the floor is where the bounds meet, at or below the cover', () => {
    fc.assert(
      fc.property(number(10, 1000), terms, (supply, of) => {
        const floor = collateral_floor(supply, of)
        expect(floor).toBeLessThanOrEqual(of.cover * supply * (1 + 1e-12))
        fc.pre(floor > 1)
        expect(supply_bounds(floor * (1 + 1e-9), supply, of)).toBeDefined()
        expect(supply_bounds(floor * (1 - 1e-9) - 1e-9 * of.demand, supply, of)).toBeUndefined()
      }),
    )
  })

  it('a path keeps its cover, its price is demand ÷ supply, and money spent on coins is money that left the collateral', () => {
    fc.assert(
      fc.property(fc.array(number(-0.2, 0.2), { maxLength: 30 }), number(151, 600), number(1, 1.2), (returns, units, growth) => {
        const of = { demand: 100, cover: 1.5 }
        const seen = { memory: 0.1, deviation: 0.03, mean: 0 }
        for (const beliefs of [seen, { ...seen, growth }, { ...seen, growth, level: 0.1 }]) {
          const path = stablecoin_path(returns, { units, supply: 100 }, of, beliefs)
          let before = { units, supply: 100 }
          let price = 1
          path.forEach((step, t) => {
            price *= Math.exp(returns[t] as number)
            expect(step.cover).toBeGreaterThanOrEqual(1.5 - 1e-7)
            expect(step.coin_usd * step.supply).toBeCloseTo(100, 9)
            expect((step.units - before.units) * price).toBeCloseTo((step.supply - before.supply) * step.coin_usd, 7)
            before = step
          })
          // It ends where nothing can be done any more, not before.
          if (path.length < returns.length) {
            const collateral = before.units * price * Math.exp(returns[path.length] as number)
            expect(supply_bounds(collateral, before.supply, of)).toBeUndefined()
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})
