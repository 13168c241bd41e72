// lending.md §19.1, Liquity: stakes and totals of troves, and stability pools that never promise more than they have, in integers over random histories.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReferenceLiquity, Revert as RevertV1 } from '../../../src/venues/liquity-v1/reference.ts'
import { ReferencePool as PoolV1, WAD } from '../../../src/venues/liquity-v1/reference-pool.ts'
import { MIN_POOL, ReferenceBranch, Revert as RevertV2 } from '../../../src/venues/liquity-v2/reference.ts'
import { ReferencePool as PoolV2 } from '../../../src/venues/liquity-v2/reference-pool.ts'
import { patient } from '../patience.ts'
import { attempt, away, history, least, part, type Step, total } from './history.ts'

/** What rounding may leave over in a thousand tokens, in the 18th decimal: lending.md §19.1. */
const TOLERANCE = 10_000n
const START = 2000n * WAD

const NAMES = ['ann', 'bob', 'cat', 'dan'] as const
const name = (i: number): string => NAMES[i % NAMES.length] as string

interface Sums {
  readonly coll: bigint
  readonly debt: bigint
  readonly stakes: bigint
}

/** Troves' own figures against the totals: what nobody has is rounding, and there is never too little. */
function adds_up(all: Sums, each: readonly Sums[], calls: bigint): void {
  expect(total(each.map(({ stakes }) => stakes))).toBe(all.stakes)
  for (const key of ['coll', 'debt'] as const) {
    const left = all[key] - total(each.map((one) => one[key]))
    expect(left >= -calls && left <= TOLERANCE * (calls + 1n)).toBe(true)
  }
}

/** The open trove of the lowest ratio. */
function weakest(m: { readonly troves: readonly unknown[]; icr(id: number): bigint }, open: (id: number) => boolean): number {
  const rows = m.troves.map((_, id) => id).filter(open)
  return rows.reduce((low, id) => (m.icr(id) < m.icr(low) ? id : low), rows[0] ?? 0)
}

describe('Liquity v1', () => {
  function open(): ReferenceLiquity {
    const m = new ReferenceLiquity(START)
    for (let i = 0n; i < 6n; i++) m.add(10n * WAD + i * WAD + i, (14_000n + 900n * i) * WAD + 7n * i)
    m.add(500n * WAD, 100_000n * WAD)
    m.pool.change('ann', 20_000n * WAD)
    return m
  }

  function play(m: ReferenceLiquity, { call, who, other, size }: Step): boolean {
    const id = m.troves.findIndex((t, i) => t.open && i >= who)
    if (id < 0) return false
    const { coll, debt } = m.entire(id)
    const calls: (() => unknown)[] = [
      () => m.adjust(id, part(10n * WAD, size), 0n),
      () => m.adjust(id, -part(coll, size) / 4n, 0n),
      () => m.adjust(id, 0n, part(5000n * WAD, size)),
      () => m.adjust(id, 0n, -part(debt - m.terms.gas_compensation, size) / 2n),
      () => m.closeTrove(id),
      () => m.add(part(20n * WAD, size) + 5n * WAD, part(5000n * WAD, size) + 2000n * WAD),
      () => (m.price = part(START, 400 + size)),
      () => (m.price = part(START, 400 + size)),
      () => m.liquidate(weakest(m, (id) => m.troves[id]?.open ?? false)),
      () => m.liquidate(id),
      () => m.redeem(part(20_000n * WAD, size)),
      () => m.pool.change(name(other), part(20_000n * WAD, size)),
      () => m.pool.change(name(other), -part(m.pool.compounded(name(other)), size)),
      () => (m.now += BigInt(size) * 60n),
    ]
    return attempt(RevertV1, calls[call] as () => unknown) !== undefined
  }

  it('stakes are the sum of stakes, collateral and debt that of troves', () => {
    let liquidated = 0
    fc.assert(
      fc.property(
        history(14, 8, 80),
        patient((steps) => {
          const m = open()
          let calls = 0n
          for (const step of steps) {
            if (play(m, step) && (step.call === 8 || step.call === 9)) liquidated++
            calls++
            const each = m.troves.map((t, id) =>
              t.open ? { ...m.entire(id), stakes: t.stake } : { coll: 0n, debt: 0n, stakes: 0n },
            )
            adds_up({ coll: m.coll, debt: m.debt, stakes: m.stakes }, each, calls)
          }
        }),
      ),
      { numRuns: 60 },
    )
    expect(liquidated).toBeGreaterThan(15)
  })
})

describe('Liquity v2', () => {
  function open(): ReferenceBranch {
    const m = new ReferenceBranch(START)
    for (let i = 0n; i < 6n; i++) m.open(10n * WAD + i * WAD + i, (12_000n + 900n * i) * WAD + 7n * i, (WAD * (3n + i)) / 100n)
    m.open(500n * WAD, 100_000n * WAD, WAD / 20n)
    m.pool.change('ann', 20_000n * WAD)
    return m
  }

  function play(m: ReferenceBranch, { call, who, other, size }: Step): boolean {
    const id = m.troves.findIndex((t, i) => t.status === 'open' && i >= who)
    if (id < 0) return false
    const { coll } = m.entire(id)
    const calls: (() => unknown)[] = [
      () => m.adjust(id, part(10n * WAD, size), 0n),
      () => m.adjust(id, -part(coll, size) / 4n, 0n),
      () => m.adjust(id, 0n, part(5000n * WAD, size)),
      () => m.adjust(id, 0n, -part(5000n * WAD, size)),
      () => m.open(part(20n * WAD, size) + 5n * WAD, part(5000n * WAD, size) + 2000n * WAD, WAD / 25n),
      () => (m.price = part(START, 400 + size)),
      () => (m.price = part(START, 400 + size)),
      () => m.liquidate(weakest(m, (id) => m.troves[id]?.status !== 'closed')),
      () => m.liquidate(id),
      () => m.redeem(part(20_000n * WAD, size), WAD / 100n),
      () => m.pool.change(name(other), part(20_000n * WAD, size)),
      () => (m.now += BigInt(size) * 3600n),
    ]
    return attempt(RevertV2, calls[call] as () => unknown) !== undefined
  }

  it('stakes are the sum of stakes, collateral that of troves', () => {
    let liquidated = 0
    fc.assert(
      fc.property(
        history(12, 8, 80),
        patient((steps) => {
          const m = open()
          let calls = 0n
          for (const step of steps) {
            if (play(m, step) && (step.call === 7 || step.call === 8)) liquidated++
            calls++
            const each = m.troves.map((t, id) =>
              t.status === 'closed' ? { coll: 0n, stakes: 0n } : { ...m.entire(id), stakes: t.stake },
            )
            // The reference's own debt is the sum of its troves: only collateral has a total of its own.
            adds_up(
              { coll: m.coll, debt: 0n, stakes: m.stakes },
              each.map(({ coll, stakes }) => ({ coll, debt: 0n, stakes })),
              calls,
            )
          }
        }),
      ),
      { numRuns: 60 },
    )
    expect(liquidated).toBeGreaterThan(15)
  })
})

/** What a pool promises and has, of its coin and of collateral. */
interface Promised {
  readonly coin: bigint
  readonly coins: bigint
  readonly collateral: bigint
  readonly there: bigint
}

/** Promises are what there is but for rounding: by one in the last digit of the running product, or of what each unit gains, a call: `product` is the lowest that was multiplied or divided by. */
function keeps(
  { coin, coins, collateral, there }: Promised,
  deposited: bigint,
  received: bigint,
  product: bigint,
  calls: bigint,
): void {
  // A deposit of which a billionth is left counts as nothing.
  expect(away(coin, coins) <= calls * (1n + deposited / product) + deposited / 1_000_000_000n).toBe(true)
  expect(away(collateral, there) <= calls * (1n + (received + deposited) / product)).toBe(true)
}

describe('a stability pool promises what it has: product and sums, but for rounding', () => {
  it('Liquity v1, emptied now and then', () => {
    let emptied = 0
    fc.assert(
      fc.property(
        history(6, 4, 100),
        patient((steps) => {
          const pool = new PoolV1()
          let [deposited, received, lowest, calls] = [0n, 0n, WAD, 0n]
          for (const { call, who, size } of steps) {
            calls++
            if (call < 2) {
              pool.change(name(who), part(1000n * WAD, size) + BigInt(size))
              deposited += 2000n * WAD
            } else if (call === 2) pool.change(name(who), -part(pool.compounded(name(who)), size))
            else {
              // Others leave a billionth to a millionth, or nothing: that is where scales and epochs change. With less left the contract would fail.
              const left = call === 4 ? (pool.total * BigInt(size)) / 10n ** 9n : size > 1000 ? 0n : part(pool.total, size)
              const debt = pool.total - left
              if (pool.total === 0n) continue
              if (left > 0n) lowest = least(lowest, (left * WAD) / pool.total)
              pool.offset(debt, debt / 2000n + BigInt(size))
              received += debt / 2000n + BigInt(size)
              emptied = Math.max(emptied, Number(pool.epoch))
              lowest = least(lowest, pool.p)
            }
            const sum = (of: (who: string) => bigint) => total(NAMES.map(of))
            keeps(
              {
                coin: sum((n) => pool.compounded(n)),
                coins: pool.total,
                collateral: sum((n) => pool.gain(n)),
                there: pool.collateral,
              },
              deposited,
              received,
              lowest,
              calls,
            )
          }
        }),
      ),
      { numRuns: 60 },
    )
    expect(emptied).toBeGreaterThan(2)
  })

  it('Liquity v2, of which a coin always stays: never more than it has', () => {
    let scale = 0
    fc.assert(
      fc.property(
        history(6, 4, 100),
        patient((steps) => {
          const pool = new PoolV2()
          pool.change('first', MIN_POOL)
          let [deposited, received, paid, calls] = [0n, 0n, 0n, 0n]
          const holders = [...NAMES, 'first']
          for (const { call, who, size } of steps) {
            calls++
            if (call < 3) {
              // A change pays out what was gained until now.
              paid += pool.gain(name(who))
              const amount =
                call < 2 ? part(1000n * WAD, size) + BigInt(size) : -part(pool.compounded(name(who)), Math.min(size, 1000))
              pool.change(name(who), amount)
              deposited += amount > 0n ? amount : 0n
            } else {
              const most = pool.total - MIN_POOL
              const debt = call === 3 ? part(most, Math.min(size, 1000)) : most - BigInt(size)
              if (debt <= 0n) continue
              const collateral = debt / 2000n + BigInt(size)
              pool.offset(debt, collateral)
              received += collateral
              scale = Math.max(scale, Number(pool.scale))
            }
            const sum = (of: (who: string) => bigint) => total(holders.map(of))
            expect(sum((n) => pool.compounded(n)) <= pool.total && sum((n) => pool.gain(n)) <= received - paid).toBe(true)
            keeps(
              {
                coin: sum((n) => pool.compounded(n)),
                coins: pool.total,
                collateral: sum((n) => pool.gain(n)),
                there: received - paid,
              },
              deposited + MIN_POOL,
              received,
              WAD,
              calls,
            )
          }
        }),
      ),
      { numRuns: 60 },
    )
    expect(scale).toBeGreaterThan(1)
  })
})
