import { describe, expect, it } from 'vitest'
import { account_market, PLAIN } from '../../../test/support/account-world.ts'
import { small_market } from '../../../test/support/reference-market.ts'
import type { AccountDoc } from '../../reports/index.ts'
import { build, shock_scenario } from '../../scenarios/index.ts'
import { account_document, type AccountInput } from './document.ts'
import { account_of, legs_of, sums_of } from './law.ts'
import { together } from './moves.ts'
import { Probe } from './probe.ts'
import { first_crossing } from './root.ts'
import { take_all } from './taking.ts'

const pool = (positions: Parameters<typeof account_market>[0], input: Partial<AccountInput> = {}) => {
  const market = account_market(positions)
  return account_document(market, build(market, shock_scenario([])), { ...PLAIN, venue: 'pool', account: 0, ...input })
}
const first = (document: AccountDoc) => document.accounts[0] as AccountDoc['accounts'][number]
const of = (document: AccountDoc, move: string) => first(document).directions.find((one) => one.move === move)

describe('what a fall does', () => {
  // 10 ETH at 3000 · 0.8 = 24,000 against 22,000: a fall of 10 % leaves 21,600.
  const positions = [
    [0, 'ETH', 10, 0],
    [0, 'GHO', 0, 22_000],
  ] as const

  it('health, and what the pool lets be taken: all calls with the bonus, until it is healthy or nothing is left', () => {
    const [small, middle, large] = of(pool(positions, { steps: [0.05, 0.1, 0.6] }), 'ETH')?.outcomes ?? []
    expect(small).toMatchObject({ change: -0.05, breached: false, liquidation: null })
    expect(small?.health).toBeCloseTo(22_800 / 22_000, 12)
    expect(middle?.health).toBeCloseTo(21_600 / 22_000, 12)
    const taken = middle?.liquidation
    // Close to the breach half of the debt may be repaid at once; the bonus is 5 %.
    expect(taken?.first_usd).toBeCloseTo(11_000, 6)
    expect((taken?.seized_usd ?? 0) / (taken?.liquidated_usd ?? 1)).toBeCloseTo(1.05, 9)
    expect(taken?.left_usd).toBeCloseTo(22_000 - (taken?.liquidated_usd ?? 0), 6)
    expect(taken?.equity_usd).toBeCloseTo(5000 - 0.05 * (taken?.liquidated_usd ?? 0), 6)
    expect(taken?.health).toBeGreaterThanOrEqual(1)
    // Worth 12,000: all of it pays for 12,000 ÷ 1.05, and the rest is bad debt.
    expect(large?.equity_usd).toBeCloseTo(-10_000, 6)
    expect(large?.liquidation).toMatchObject({ left_usd: 0, health: null })
    expect(large?.liquidation?.liquidated_usd).toBeCloseTo(12_000 / 1.05, 6)
    expect(large?.liquidation?.bad_debt_usd).toBeCloseTo(22_000 - 12_000 / 1.05, 6)
  })

  it('a vault goes to auction whole; contracts are closed by orders', () => {
    const snapshot = small_market(400)
    const world = build(snapshot, shock_scenario([]))
    const asked = (venue: string, account: number) =>
      first(account_document(snapshot, world, { ...PLAIN, venue, account, steps: [0.7], back_steps: [2] }))
    const vault = asked('maker', 3)
    const out = vault.directions.find((one) => one.joint)?.outcomes[0]
    expect(out?.breached).toBe(true)
    expect(out?.liquidation).toMatchObject({ calls: 1, left_usd: 0 })
    expect(out?.liquidation?.liquidated_usd).toBeCloseTo(vault.debts_usd as number, 4)
    expect(out?.liquidation?.seized_usd).toBeCloseTo(0.3 * (vault.assets_usd as number), 4)
    const trader = asked('binance', 5)
    const broken = trader.directions.find((one) => one.joint)?.outcomes.find((one) => one.breached)
    expect(broken?.liquidation?.seized_usd).toBe(0)
    expect(broken?.liquidation?.left_usd).toBeCloseTo(0, 4)
  })

  it("everyone that health says is in breach is in the venue's own list there, and nobody else", () => {
    const snapshot = small_market(600)
    const world = build(snapshot, shock_scenario([]))
    const probe = new Probe(world)
    const logs = Float64Array.from(world.parts.assets, (asset) => (asset.beta === 0 ? 0 : Math.log(0.55)))
    const ratios = probe.ratios(logs)
    world.parts.venues.forEach(({ part }, v) => {
      const prices = part.prices.map((price, slot) => price * (ratios[v]?.[slot] as number))
      const strict = probe.is_strict(v)
      const expected: number[] = []
      for (let row = 0; row < part.rows; row++) {
        const health = part.health(row, prices)
        if (strict ? health < 1 : health <= 1) expected.push(row)
      }
      const found = probe.visit(logs, () => {
        for (let row = 0; row < part.rows; row++) if (part.level(row) > 1) part.watch(row, 1)
        const { count, rows } = part.below()
        return [...rows.subarray(0, count)]
      })
      expect(expected.length).toBeGreaterThan(2)
      expect(found).toEqual(expected)
    })
  })

  it('what is taken is what the statement lost', () => {
    const snapshot = small_market(400)
    const world = build(snapshot, shock_scenario([]))
    const probe = new Probe(world)
    const logs = Float64Array.from(world.parts.assets, (asset) => (asset.beta === 0 ? 0 : Math.log(0.6)))
    const lender = world.venue(0)
    let some = 0
    for (let row = 0; row < 60; row++) {
      probe.visit(logs, (view) => {
        const before = sums_of(legs_of(lender, row))
        const taken = take_all(world, 0, row, view)
        const after = sums_of(legs_of(lender, row))
        if (taken === null) return
        some++
        expect(taken.seized_usd).toBeCloseTo(before.assets - after.assets, 6)
        expect(taken.liquidated_usd + taken.bad_debt_usd).toBeCloseTo(before.debts - after.debts, 4)
      })
    }
    expect(some).toBeGreaterThan(5)
  })
})

describe('a book', () => {
  const snapshot = small_market(300)
  const world = build(snapshot, shock_scenario([]))
  const hash = world.parts.store.hash()
  const steps = [0.1, 0.3, 0.5]

  it.each(['aave', 'maker', 'binance'])(
    '%s: ladder and nearest are those of a sweep over all accounts',
    (venue) => {
      const { book } = account_document(snapshot, world, { ...PLAIN, venue, steps, back_steps: [0.3], top: 12 })
      const v = world.parts.venues.findIndex((one) => one.id === venue)
      const part = world.venue(v)
      expect(book?.ladder.map((step) => step.change)).toEqual([-0.5, -0.3, -0.1, 0, 0.3])
      const probe = new Probe(world)
      for (const step of book?.ladder ?? []) {
        const logs = Float64Array.from(world.parts.assets, (asset) => (asset.beta === 0 ? 0 : Math.log(1 + step.change)))
        const ratios = probe.ratios(logs)[v] as Float64Array
        let [accounts, usd] = [0, 0]
        for (let row = 0; row < part.rows; row++) {
          if (
            !(
              part.health(
                row,
                part.prices.map((price, slot) => price * (ratios[slot] as number)),
              ) < 1
            )
          )
            continue
          accounts++
          for (const leg of legs_of(part, row))
            if (venue === 'binance' ? leg.market >= 0 : leg.side < 0)
              usd += leg.quantity * leg.price * (ratios[leg.slot] as number)
        }
        expect([step.change, step.accounts]).toEqual([step.change, accounts])
        expect(Math.abs(step.liquidatable_usd - usd)).toBeLessThan(1e-6 * (1 + usd))
      }
      // Each alone, then sorted.
      const track = probe.path(together(world.parts.assets)).track(v)
      const strict = probe.is_strict(v)
      const alone = Array.from({ length: part.rows }, (_, row) => row)
        .filter((row) => row !== part.outside && part.health(row, part.prices) < Number.POSITIVE_INFINITY)
        .map((row) => {
          const account = account_of(part, row, strict)
          const sides = ([1, -1] as const).map((side) =>
            Math.abs(first_crossing(account, track, side) ?? Number.POSITIVE_INFINITY),
          )
          return { row, log: Math.min(...sides) }
        })
        .sort((a, b) => a.log - b.log || a.row - b.row)
        .slice(0, 12)
      const logs = (book?.nearest ?? []).map((one) => Math.abs(one.log_move))
      expect(logs).toHaveLength(12)
      logs.forEach((log, i) => expect(log).toBeCloseTo(alone[i]?.log as number, 9))
    },
    20_000,
  )

  it('comes back as it was', () => expect(world.parts.store.hash()).toBe(hash))
})
