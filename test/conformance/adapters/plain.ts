/** Accounts of lenders and vault books, drawn alike for all kinds. */
import fc from 'fast-check'
import type { Adapter, Listed, Plain } from '../adapter.ts'

/** Uniform over values: doubles of fast-check are uniform over their bits. */
export const between = (low: number, high: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 2 ** 30 }).map((n) => low + ((high - low) * n) / 2 ** 30)

/** Collateral of 5,000 to 200,000 USD, one asset or two, health 1.03 to 3. */
export const plain: fc.Arbitrary<Plain> = fc.record({
  usd: between(5_000, 200_000),
  second: fc.oneof(fc.constant(0), fc.constant(1), between(0, 1)),
  health: fc.oneof(between(1.03, 1.3), between(1.03, 3)),
})

/** What is the same for every kind whose debt is collateral ÷ health. */
export const PLAIN = {
  account: plain,
  sample: [
    { usd: 50_000, second: 0, health: 1.2 },
    { usd: 80_000, second: 0, health: 1.3 },
    { usd: 60_000, second: 0, health: 3 },
    { usd: 60_000, second: 1, health: 3 },
  ],
  safer: (account: Plain, by: number): Plain => ({ ...account, usd: account.usd * by, health: account.health * by }),
  lighter: (account: Plain, by: number): Plain => ({ ...account, health: account.health * by }),
} as const satisfies Pick<Adapter, 'account' | 'sample' | 'safer' | 'lighter'>

export const owners = (accounts: readonly Listed<unknown>[], more: readonly number[] = []): Int32Array =>
  Int32Array.from([...accounts.map(({ owner }) => owner), ...more])

/** USD in the first and second collateral, and what may be owed against them at health 1, by their weights. */
export function split({ usd, second }: Plain, weights: readonly [number, number]) {
  const [first, other] = [usd * (1 - second), usd * second]
  return { first, other, carries: first * weights[0] + other * weights[1] }
}

export const f64 = (values: readonly number[]): Float64Array => Float64Array.from(values)
export const i32 = (values: readonly number[]): Int32Array => Int32Array.from(values)

/** What owners of a lender or vault book do. */
export const OWNER = ['deposit', 'withdraw', 'borrow', 'repay'] as const
