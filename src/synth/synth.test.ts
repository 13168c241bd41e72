import { describe, expect, it } from 'vitest'
import { recipe, small_market } from '../../test/support/reference-market.ts'
import { content_hash, type ColumnSet, InputError, type KindSpec } from '../model/index.ts'
import { Draw, sizes } from './draw.ts'
import { parse_recipe, synthesize, utc_ms } from './index.ts'

const columns = (venue: KindSpec, name: string) => venue[name] as ColumnSet
const venue = (snapshot: ReturnType<typeof small_market>, id: string) => snapshot.venues.find((one) => one.id === id) as KindSpec

describe('the reference market', () => {
  const made = recipe()
  const snapshot = small_market(20_000)
  const price = (id: string) => made.assets.find((asset) => asset.id === id)?.price_usd as number

  it('has at least 12 assets, a lending pool, a vault book and an exchange, and says of every part how it is known', () => {
    expect(snapshot.assets.length).toBeGreaterThanOrEqual(12)
    expect(snapshot.venues.map((one) => one.kind)).toEqual(['aave-v3', 'maker', 'binance-usdm'])
    expect(new Set(snapshot.provenance.map((part) => part.evidence))).toEqual(new Set(['synthetic']))
    for (const part of snapshot.provenance) expect(part.source).not.toBe('')
  })

  it('meets the totals of the recipe: debt by asset at the pool, open interest and zero sums at the exchange', () => {
    const { reserve, debt } = columns(venue(snapshot, 'aave'), 'positions') as { reserve: Int32Array; debt: Float64Array }
    const owed = new Map<string, number>()
    reserve.forEach((r, i) => {
      const id = made.lending.reserves[r]?.asset as string
      owed.set(id, (owed.get(id) ?? 0) + (debt[i] as number) * price(id))
    })
    const wanted = new Map<string, number>()
    for (const book of made.lending.books)
      for (const [id, usd] of Object.entries(book.debt_usd)) wanted.set(id, (wanted.get(id) ?? 0) + usd)
    for (const [id, usd] of wanted) expect(Math.abs((owed.get(id) as number) / usd - 1)).toBeLessThan(1e-9)

    const { contract, quantity } = columns(venue(snapshot, 'binance'), 'positions') as {
      contract: Int32Array
      quantity: Float64Array
    }
    made.exchange.contracts.forEach((one, c) => {
      let [sum, gross] = [0, 0]
      contract.forEach((k, i) => {
        if (k !== c) return
        sum += quantity[i] as number
        gross += Math.abs(quantity[i] as number)
      })
      expect(Math.abs(sum)).toBeLessThan(1e-9 * gross)
      // Longs and shorts of the crowd and the maker's other side: between the crowd's long part and twice the whole.
      expect((gross / 2) * price(one.asset)).toBeGreaterThan(0.5 * one.open_interest_usd)
      expect((gross / 2) * price(one.asset)).toBeLessThan(2 * one.open_interest_usd)
    })
  })

  it('is the same for the same seed and another for another', () => {
    expect(content_hash(small_market(500, 3))).toBe(content_hash(small_market(500, 3)))
    expect(content_hash(small_market(500, 3))).not.toBe(content_hash(small_market(500, 4)))
  })

  it('refuses counts and recipes that make no market, by name', () => {
    for (const accounts of [0, 99, 1.5, Number.NaN, 1e9])
      expect(() => synthesize(made, { accounts, seed: 1 })).toThrow(InputError)
    expect(() => synthesize(made, { accounts: 100, seed: -1 })).toThrow(InputError)
    expect(() => parse_recipe({ ...made, gas_usd: -1 }, 'recipe.json')).toThrow('gas_usd')
    expect(() => parse_recipe({ ...made, schema: 'unwind.recipe/2' }, 'recipe.json')).toThrow(InputError)
  })
})

describe('sizes', () => {
  it('sum to 1, none above the largest, the tail as heavy as asked', () => {
    for (const [n, largest] of [
      [10, 0.2],
      [1_000, 0.03],
      [100_000, 0.01],
    ] as const) {
      const out = sizes(n, new Draw(1, `sizes ${n}`), 1.1, largest)
      expect(Math.abs(out.reduce((sum, size) => sum + size, 0) - 1)).toBeLessThan(1e-9)
      expect(Math.max(...out)).toBeLessThanOrEqual(largest * 1.02)
      expect(Math.min(...out)).toBeGreaterThan(0)
    }
    // Hill's estimate over the largest 2 %, without a cap, within three standard errors 1.1 ÷ √2,000.
    const all = [...sizes(100_000, new Draw(2, 'hill'), 1.1, 1)].sort((a, b) => b - a)
    const k = 2_000
    let sum = 0
    for (let i = 0; i < k; i++) sum += Math.log((all[i] as number) / (all[k] as number))
    expect(Math.abs(k / sum - 1.1)).toBeLessThan(3 * (1.1 / Math.sqrt(k)))
  })
})

it('reads UTC times as Date does', () => {
  for (const text of ['2025-07-31T00:00:00Z', '2024-02-29', '1970-01-01', '2000-12-31T23:59:59Z', '2026-11-24T22:47:00Z'])
    expect(utc_ms(text)).toBe(Date.parse(text))
  expect(() => utc_ms('yesterday')).toThrow(InputError)
})
