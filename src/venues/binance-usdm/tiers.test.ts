import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { maintenance, marginal_tiers } from '../../margin/index.ts'
import * as r from '../shared/exchange/reference.ts'
import { compare, mul, ratio, sub, to_number } from '../shared/exchange/reference-ratio.ts'
import { BTC_TIERS, ETH_TIERS } from './vectors.ts'

const shared = process.env.UNWIND_SHARED ?? join(import.meta.dirname, '../../../../shared')
const path = join(shared, 'data/binance_usdm_margin_tiers_2024-10-24.json')
if (!existsSync(path)) console.warn(`skipped: real margin tiers, ${path} is not there`)

type Line = readonly [floor: number, cap: number, rate: number, leverage: number, cum: number]

describe.skipIf(!existsSync(path))('the exchange’s own brackets', () => {
  const symbols: [string, Line[]][] = existsSync(path) ? Object.entries(JSON.parse(readFileSync(path, 'utf8')).symbols) : []

  it('349 contracts, 2,805 brackets: the published amounts make maintenance continuous at every floor', () => {
    let rows = 0
    for (const [symbol, lines] of symbols) {
      const text = lines.map(([floor, , rate, , cum]) => ({ floor: String(floor), rate: String(rate), cum: String(cum) }))
      const tiers = r.brackets(text)
      const derived = r.brackets(text.map(({ floor, rate }) => ({ floor, rate })))
      tiers.forEach((tier, i) => {
        rows++
        expect(compare(tier.cum, derived[i]?.cum ?? tier.cum), `${symbol} ${i}: amount`).toBe(0)
        if (i === 0) return
        const before = tiers[i - 1] as r.Tier
        const [above, below] = [tier, before].map((t) => sub(mul(tier.floor, t.rate), t.cum)) as [r.Tier['cum'], r.Tier['cum']]
        expect(compare(above, below), `${symbol} ${i}: maintenance at ${to_number(tier.floor)}`).toBe(0)
      })
    }
    expect(symbols.length).toBe(349)
    expect(rows).toBe(2805)
  })

  it('the kernel gives the same on both sides of every floor', () => {
    for (const [symbol, lines] of symbols) {
      const tiers = marginal_tiers(
        lines.map((line) => line[0]),
        lines.map((line) => line[2]),
      )
      for (const [i, line] of lines.entries()) {
        const at = maintenance(tiers, line[0])
        expect(Math.abs((tiers.deduction[i] as number) - line[4]), `${symbol} ${i}`).toBeLessThanOrEqual(1e-9 * line[4])
        const under = maintenance(tiers, line[0] * (1 - 2 ** -52))
        expect(Math.abs(at - under), `${symbol} ${i}`).toBeLessThanOrEqual(1e-9 * at)
      }
    }
  })

  it('what is typed into the vectors is what the exchange published', () => {
    for (const [symbol, typed] of [
      ['BTC/USDT:USDT', BTC_TIERS],
      ['ETH/USDT:USDT', ETH_TIERS],
    ] as const) {
      const lines = symbols.find(([name]) => name === symbol)?.[1] ?? []
      expect(typed.map(({ floor, rate, cum }) => [floor, rate, cum].map(to_number))).toEqual(
        lines.map(([floor, , rate, , cum]) => [floor, rate, cum]),
      )
      expect(typed.every((tier, i) => compare(tier.floor, ratio(lines[i]?.[0] ?? -1)) === 0)).toBe(true)
    }
  })
})
