// The kernel beside the exact reference, and the published numbers through it, to 1e-9.
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asking, left_after, per_second, rate_at, utilisation } from './kernel.ts'
import * as exact from './reference.ts'
import { usdc_market, WETH } from './reference-rows.ts'
import { compoundV3 } from './index.ts'
import { VECTORS } from './vectors.ts'

const plain = (x: bigint): number => Number(x) / 1e18
/** Evenly spread in steps of 1e-6. */
const evenly = (low: number, high: number) =>
  fc.integer({ min: Math.ceil(low * 1e6), max: Math.floor(high * 1e6) }).map((x) => x / 1e6)
const wad = (x: number): bigint => BigInt(Math.round(x * 1e6)) * 10n ** 12n
const near = (got: number, wanted: number, unit = 0) =>
  expect(Math.abs(got - wanted)).toBeLessThanOrEqual(1e-9 * Math.abs(wanted) + unit)

describe('kernel = reference', () => {
  it('for rates, beyond utilisation 1 too', () => {
    const curve = fc.record({ base: evenly(0, 0.1), low: evenly(0, 0.2), kink: evenly(0.1, 0.99), high: evenly(0, 5) })
    fc.assert(
      fc.property(curve, evenly(0, 1.5), (own, used) => {
        const mine = per_second(own)
        const yearly = { base: wad(own.base), low: wad(own.low), kink: wad(own.kink), high: wad(own.high) }
        const theirs = exact.per_second(yearly)
        // rates are kept in whole 1e-18 a second: a unit of rounding a term
        near(rate_at(mine, used), plain(exact.rate_at(theirs, wad(used))), 4e-18)
      }),
    )
  })

  it('for the store-front', () => {
    fc.assert(
      fc.property(evenly(0, 1), evenly(0.5, 1), evenly(1, 50_000), evenly(1, 1e6), (store_front, haircut, price, paid) => {
        const market = new exact.ReferenceComet({
          ...usdc_market().config,
          store_front: wad(store_front),
          assets: [
            {
              scale: WETH,
              price: wad(price) / 10n ** 10n,
              borrow_factor: 0n,
              liquidate_factor: 0n,
              liquidation_factor: wad(haircut),
            },
          ],
        })
        // two prices are rounded to 8 decimals on chain
        const price_now = price * asking(store_front, haircut)
        const wanted = plain(market.quote(0, wad(paid) / 10n ** 12n))
        near(paid / price_now, wanted, (paid / price_now) * (2e-8 / price_now))
      }),
    )
  })
})

describe('the published vectors through the kernel', () => {
  const number = (name: string, field: string, decimals: number) => Number(VECTORS[name]?.expect[field]) / 10 ** decimals

  it('D1, D2, D6: quotes', () => {
    near(200 / (200 * asking(0.5, 0.6)), number('D1', 'discounted', 18))
    near(200 / (200 * asking(0, 0.6)), number('D1', 'plain', 18))
    near(810 / (9 * asking(0.5, 0.8)), number('D1', 'nine', 18))
    near(1e15 / (200 * asking(0.8, 0.75)), number('D1', 'large', 18))
    near(50 / asking(0.5, 0.8), number('D2', 'got', 18))
    near(1000 / (1300 * asking(0.5, 0.95)), number('D6', 'quoteWeth1000', 18))
    near(1000 / (20_000 * asking(0.5, 0.95)), number('D6', 'quoteWbtc1000', 8), 1e-8)
    near(12_000 / (1300 * asking(0.5, 0.95)), number('D6', 'buy12000', 18))
  })

  it('D3, D4, D6, D7, D9: what an absorbed account is left with', () => {
    expect(left_after(0, 100)).toBe(0)
    near(left_after(44_175, 44_174.999999) * 1e6, number('D4', 'supply', 0), 1e-3)
    near(left_after((13_000 + 10_000) * 0.95, 20_000), number('D6', 'userSupply', 6))
    expect(left_after(16_000 * 0.95, 16_000)).toBe(number('D7', 'userSupply', 6))
    near(left_after(17_870 * 0.95, 16_000), number('D9', 'surplus', 6))
  })

  it('D8: rates, and 30 days of them', () => {
    const borrow = per_second({ base: 0.015, low: 0.035, kink: 0.8, high: 0.25 })
    const supply = per_second({ base: 0, low: 0.0325, kink: 0.8, high: 0.4 })
    const used = utilisation(16_000, 1e6)
    near(rate_at(borrow, used), number('D8', 'bRatePerSec', 18), 1e-18)
    near(rate_at(supply, used), number('D8', 'sRatePerSec', 18), 1e-18)
    const debt = 16_000 * (1 + rate_at(borrow, used) * 30 * 86_400)
    near(debt, number('D8', 'borrowBal', 6), 1e-6)
    near(left_after(17_800 * 0.95, debt), number('D8', 'userSupply', 6), 2e-6)
  })

  it('D10: curves', () => {
    const borrow = { base: 0.01, low: 0.05, kink: 0.8, high: 0.3 }
    const supply = { base: 0, low: 0.04, kink: 0.8, high: 0.4 }
    near(rate_at(borrow, 0.1), number('D10', 'borrow10', 4))
    near(rate_at(borrow, 0.9), number('D10', 'borrow90', 4))
    near(rate_at(supply, 0.1), number('D10', 'supply10', 4))
    near(rate_at(supply, 0.9), number('D10', 'supply90', 4))
    expect(utilisation(1, 0)).toBe(0)
  })
})

describe('real parameters', () => {
  const file = `${process.env.UNWIND_SHARED ?? '../shared'}/data/params/comet_initial_configs.json`
  interface Config {
    readonly storeFrontPriceFactor: number
    readonly rates: Record<string, number>
    readonly assets: Record<string, { borrowCF: number; liquidateCF: number; liquidationFactor: number }>
  }
  it.skipIf(!existsSync(file))(`fit the schema: 28 markets (skipped without ${file})`, () => {
    const markets = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Config>)
    expect(markets).toHaveLength(28)
    for (const [name, config] of markets) {
      const { rates } = config
      const curve = (side: string) => ({
        base: rates[`${side}Base`],
        low: rates[`${side}SlopeLow`],
        kink: rates[`${side}Kink`],
        high: rates[`${side}SlopeHigh`],
      })
      const spec = compoundV3.schema.parse({
        kind: 'compound-v3',
        id: name,
        base: 'base',
        base_oracle: 'base',
        store_front_factor: config.storeFrontPriceFactor,
        borrow_curve: curve('borrow'),
        supply_curve: curve('supply'),
        cash: 0,
        supply: 0,
        collaterals: Object.entries(config.assets).map(([asset, own]) => ({
          asset,
          borrow_factor: own.borrowCF,
          liquidate_factor: own.liquidateCF,
          liquidation_factor: own.liquidationFactor,
          oracle: asset,
        })),
        accounts: { owner: new Int32Array(0), base: new Float64Array(0) },
        positions: { account: new Int32Array(0), collateral: new Int32Array(0), amount: new Float64Array(0) },
      })
      // rates a second times a year give back the yearly curve
      expect(rate_at(per_second(spec.borrow_curve), 1) * 31_536_000).toBeCloseTo(rate_at(spec.borrow_curve, 1), 9)
      expect(spec.collaterals.length, name).toBeGreaterThan(0)
    }
  })
})
