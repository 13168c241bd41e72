// The exact vault beside the numbers of the contracts, and what their tests assert of positions after branches have merged.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ReferenceVault } from './reference.ts'
import { MOST_TICKS, ratio_at_tick, Revert, tick_at_ratio } from './reference-math.ts'
import { goldenRows, SETTINGS } from './reference-rows.ts'
import { VECTORS } from './vectors.ts'

const [E6, E18] = [10n ** 6n, 10n ** 18n]
const UP = 10n ** 39n
const COLLATERAL = 10_000n * E6
const DEBT = 7_990n * E18
const at = (part: bigint): bigint => (UP * part) / 100n
const open = (): ReferenceVault => new ReferenceVault(SETTINGS, UP)

describe('vectors', () => {
  it.each(goldenRows().map((row) => [row.id, row] as const))('%s', (_id, row) => {
    expect(row.got, `${row.what} (${row.source})`).toBe(row.tolerance === 0 ? row.expected : row.got)
    expect(row.pass).toBe(true)
  })
})

describe('ticks', () => {
  it('every tick is found again at its own ratio, or as the one below where rounding in the search loses it', () => {
    let lost = 0
    for (let tick = -MOST_TICKS + 1; tick <= MOST_TICKS; tick += 97) {
      const { tick: found, ratio } = tick_at_ratio(ratio_at_tick(tick))
      expect([tick, tick - 1]).toContain(found)
      if (found === tick) expect(Math.abs(Number(ratio) / Number(ratio_at_tick(tick)) - 1)).toBeLessThan(1e-9 + 1 / Number(ratio))
      else lost++
      // Half way up the tick nothing is lost.
      expect(tick_at_ratio((ratio_at_tick(tick) * 10_007n) / 10_000n).tick).toBe(tick)
    }
    expect(lost).toBeGreaterThan(0)
    expect(() => ratio_at_tick(MOST_TICKS + 1)).toThrow(Revert)
    expect(() => tick_at_ratio(1n)).toThrow(Revert)
  })
})

/** 1e-4 of what the position owes stays in its branch; the tests of the contract allow as much (`_verifyLiquidation`). */
const near = (got: bigint, expected: bigint) => expect(Math.abs(Number(got) / Number(expected) - 0.9999)).toBeLessThan(1e-4)

describe('branches', () => {
  it('a second position that falls onto the first merges with it: both end equal (testPerfectTickAndBranchLiquidation)', () => {
    const vault = open()
    vault.open(COLLATERAL, DEBT)
    vault.price = at(98n)
    const sum = { debt: 0n, collateral: 0n }
    const take = (amount: bigint) => {
      const { debt, collateral } = vault.liquidate(amount * E18, false)
      sum.debt += debt
      sum.collateral += collateral
    }
    take(50n)
    vault.price = UP
    vault.open(COLLATERAL, DEBT)
    vault.price = at(98n)
    take(49n)
    take(50n)
    const [one, other] = [vault.position(0), vault.position(1)]
    expect(Number(one.collateral) / Number(other.collateral)).toBeCloseTo(1, 8)
    expect(Number(one.debt) / Number(other.debt)).toBeCloseTo(1, 8)
    near(one.collateral + other.collateral, 2n * COLLATERAL - sum.collateral)
    near(one.debt + other.debt, 2n * DEBT - sum.debt)
  })

  it('three merge in turn (testPerfectTickAndMultipleBranchesLiquidation)', () => {
    const vault = open()
    const sum = { debt: 0n, collateral: 0n }
    for (const amount of [100n, 50n, 500n]) {
      vault.price = UP
      vault.open(COLLATERAL, DEBT)
      vault.price = at(98n)
      const { debt, collateral } = vault.liquidate(amount * E18, false)
      sum.debt += debt
      sum.collateral += collateral
    }
    const all = [0, 1, 2].map((i) => vault.position(i))
    near(
      all.reduce((total, one) => total + one.collateral, 0n),
      3n * COLLATERAL - sum.collateral,
    )
    near(
      all.reduce((total, one) => total + one.debt, 0n),
      3n * DEBT - sum.debt,
    )
  })

  it('absorbed positions have nothing left, those below keep all (testAbsorbMultiplePerfectTickTwo)', () => {
    const vault = open()
    for (let i = 0; i < 3; i++) vault.open(COLLATERAL, DEBT)
    const low = vault.open(COLLATERAL, 990n * E18)
    vault.price = at(85n)
    vault.liquidate(0n, false)
    for (let i = 0; i < 3; i++) expect(vault.position(i)).toEqual({ collateral: 0n, debt: 0n })
    expect(vault.position(low).collateral).toBe(COLLATERAL)
    const { collateral } = vault.liquidate(10_000n * E18, true)
    expect(Number(collateral) / Number((30_000n * E6 * 10_000n * E18) / vaultDebt)).toBeCloseTo(1, 9)
  })
})

/** What three positions count for at their tick. */
const vaultDebt = ((): bigint => {
  const vault = open()
  for (let i = 0; i < 3; i++) vault.open(COLLATERAL, DEBT)
  vault.price = at(85n)
  vault.absorb()
  return vault.absorbed.debt
})()

it('refuses as the contract does', () => {
  const vault = open()
  expect(() => vault.liquidate(E18, false)).toThrow('TopTickDoesNotExist')
  expect(() => vault.open(COLLATERAL, 9_999n)).toThrow('InvalidOperateAmount')
  expect(() => vault.open(COLLATERAL, 8_100n * E18)).toThrow('PositionAboveCF')
  vault.open(COLLATERAL, DEBT)
  expect(() => vault.liquidate(9_999n, false)).toThrow('InvalidLiquidationAmt')
  // A billionth of 7,990e18 is the least.
  expect(() => vault.liquidate(7_989n * 10n ** 9n, false)).toThrow('InvalidLiquidationAmt')
  expect(() => vault.liquidate(E18, false)).toThrow('InvalidLiquidation')
  vault.price = at(98n)
  vault.liquidate(3_000n * E18, false)
  expect(() => vault.liquidate(E18, false)).toThrow('InvalidLiquidation')
  vault.price = 0n
  expect(() => vault.liquidate(E18, false)).toThrow('InvalidOraclePrice')
})

const file = `${process.env['UNWIND_SHARED'] ?? '../shared'}/golden/lending.json`
describe.skipIf(!existsSync(file))('the numbers typed in are those of the reference file (skipped where it is absent)', () => {
  it('I2 to I5', () => {
    const names: Readonly<Record<string, string>> = {
      col: 'collateral',
      absorbCol: 'absorbed_collateral',
      absorbDebt: 'absorbed_debt',
    }
    const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: { id: string; protocol: string; expect: object }[] }
    const ours = vectors.filter(({ protocol, id }) => protocol === 'fluid' && id in VECTORS)
    expect(ours.map(({ id }) => id)).toEqual(['I2', 'I2b', 'I3', 'I4', 'I5'])
    for (const { id, expect: wanted } of ours)
      for (const [name, value] of Object.entries(wanted)) expect(VECTORS[id]?.expect[names[name] ?? name]).toBe(value)
  })
})
