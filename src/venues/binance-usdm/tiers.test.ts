import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { maintenance, marginal_tiers } from '../../margin/index.ts'
import { exp, log, Rng } from '../../math/index.ts'
import { Store } from '../../model/index.ts'
import { liquidation_price } from '../shared/exchange/kernel.ts'
import { find_position, holdings, trade } from '../shared/exchange/state.ts'
import * as r from '../shared/exchange/reference.ts'
import { compare, mul, ratio, sub, to_number } from '../shared/exchange/reference-ratio.ts'
import { BTC_TIERS, ETH_TIERS } from './vectors.ts'

const shared = process.env.UNWIND_SHARED ?? join(import.meta.dirname, '../../../../shared')
const path = join(shared, 'data/binance_usdm_margin_tiers_2024-10-24.json')
if (!existsSync(path)) console.warn(`skipped: real margin tiers, ${path} is not there`)

type Line = readonly [floor: number, cap: number, rate: number, leverage: number, cum: number]

/** Maintenance straight from the published lines. */
const raw = (lines: readonly Line[], notional: number): number => {
  const line = lines.findLast(([floor]) => notional >= floor) as Line
  return notional * line[2] - line[4]
}

interface Leg {
  readonly quantity: number
  readonly mark: number
  readonly table: readonly Line[]
}

/** Price of leg `i` at which margin and maintenance meet, by bisection over its size; undefined when they do not. */
function root(legs: readonly Leg[], cash: number, i: number): number | undefined {
  const moving = legs[i] as Leg
  const surplus = (price: number) =>
    legs.reduce((sum, leg) => {
      const at = leg === moving ? price : leg.mark
      return sum + leg.quantity * at - raw(leg.table, Math.abs(leg.quantity) * at)
    }, cash)
  let safe = moving.quantity > 0 ? moving.mark * 1e15 : 1e-15 * moving.mark
  let lost = moving.quantity > 0 ? 1e-15 * moving.mark : moving.mark * 1e15
  if (!(surplus(safe) > 0 && surplus(lost) < 0)) return undefined
  for (let step = 0; step < 200; step++) {
    const middle = (safe + lost) / 2
    if (surplus(middle) > 0) safe = middle
    else lost = middle
  }
  return (safe + lost) / 2
}

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

  it('liquidation prices of random isolated and cross portfolios are the roots an independent search finds, in every bracket', () => {
    const tables = symbols.map(([, lines]) =>
      marginal_tiers(
        lines.map((line) => line[0]),
        lines.map((line) => line[2]),
      ),
    )
    const rng = new Rng(20_241_024, 0, 'tiers', 0)
    const seen = new Set<string>()
    let cross = 0
    for (let round = 0; round < 2; round++)
      symbols.forEach(([symbol, lines], first) => {
        lines.forEach((line, bracket) => {
          // a position in this bracket, alone or with up to three others
          const others = round === 0 ? 0 : 1 + Math.floor(3 * rng.uniform())
          const legs = Array.from({ length: 1 + others }, (_, i) => {
            const index = i === 0 ? first : (first + 1 + Math.floor(rng.uniform() * (symbols.length - 1))) % symbols.length
            const table = (symbols[index] as (typeof symbols)[number])[1]
            const [floor, cap] = i === 0 ? [line[0], line[1]] : (table[Math.floor(rng.uniform() * table.length)] as Line)
            const mark = exp(log(0.001) + rng.uniform() * log(1e8))
            const notional = floor + (cap - floor) * (0.05 + 0.9 * rng.uniform())
            const side = rng.uniform() < 0.5 ? 1 : -1
            return { index, quantity: (side * notional) / mark, mark, entry: mark * (0.8 + 0.4 * rng.uniform()), table }
          })
          const distinct = legs.filter((leg, i) => legs.findIndex((other) => other.index === leg.index) === i)
          const required = distinct.reduce((sum, leg) => sum + raw(leg.table, Math.abs(leg.quantity) * leg.mark), 0)
          const value = distinct.reduce((sum, leg) => sum + leg.quantity * leg.mark, 0)
          const cash = (1 + 3 * rng.uniform()) * required - value
          const x = holdings(new Store(), 't', 1, tables)
          const prices = new Float64Array(tables.length).fill(1)
          for (const { index, quantity, mark, entry } of distinct) {
            trade(x, 0, index, quantity, -quantity * entry)
            prices[index] = mark
          }
          x.accounts.columns.cash.data[0] = cash
          distinct.forEach((leg, i) => {
            const expected = root(distinct, cash, i)
            const got = liquidation_price(x, 0, find_position(x, 0, leg.index), prices)
            if (expected === undefined) expect(got > 0 && got < Infinity ? got / leg.mark : 0, symbol).toBe(0)
            else {
              expect(Math.abs(got - expected), `${symbol} ${bracket}: ${got} for ${expected}`).toBeLessThanOrEqual(
                1e-9 * expected,
              )
              if (distinct.length > 1) cross++
            }
          })
          seen.add(`${symbol} ${bracket}`)
        })
      })
    expect(seen.size).toBe(2805)
    expect(cross).toBeGreaterThan(4000)
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
