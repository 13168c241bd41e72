// The venue beside the exact reference, action by action, over random histories: same outcomes, same balances to 1e-9.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CheckedWorld } from '../../../test/support/checked-world.ts'
import { type Result, succeeded } from '../../model/index.ts'
import { liquityV1 } from './index.ts'
import { CCR, MCR, ReferenceLiquity, Revert } from './reference.ts'
import { WAD } from './reference-pool.ts'
import { collOf, debtOf } from './state.ts'
import { gainOf, leftOf } from './pool.ts'

const [ETH, LUSD] = [0, 1]
const [OWNER, KEEPER] = [1, 2]
const TROVES = [
  [100, 9000],
  [60, 6500],
  [40, 2500],
  [35, 4000],
  [20, 2400],
  [30, 2000],
] as const
const big = (x: number): bigint => BigInt(Math.round(x * 1e6)) * 10n ** 12n
const six = (x: number): number => Math.round(x * 1e6) / 1e6

class Pair {
  readonly exact = new ReferenceLiquity(200n * WAD)
  readonly fast: CheckedWorld<ReturnType<typeof liquityV1.open>>
  close = 0

  constructor() {
    for (const [coll, debt] of TROVES) this.exact.add(big(coll), big(debt))
    this.exact.pool.change('0', big(3000))
    this.exact.pool.change('1', big(2000))
    this.fast = new CheckedWorld(
      liquityV1 as never,
      {
        asset: 'ETH',
        lusd: 'LUSD',
        oracle: 'ETH',
        accounts: {
          owner: new Int32Array(TROVES.length),
          collateral: Float64Array.from(TROVES, ([coll]) => coll),
          debt: Float64Array.from(TROVES, ([, debt]) => debt),
        },
        deposits: { owner: new Int32Array(2), amount: Float64Array.of(3000, 2000) },
      },
      { ETH: 200, LUSD: 1 },
      [
        [OWNER, 'ETH', 1e5],
        [OWNER, 'LUSD', 1e7],
      ],
    ) as never
  }

  /** Is some decision within 1e-9 of its threshold? */
  private near(): boolean {
    const m = this.exact
    const at = (a: bigint, b: bigint) => Math.abs(Number(a - b)) <= 2e-9 * Number(b)
    return (
      at(m.tcr, CCR) ||
      at(m.tcr, MCR) ||
      m.troves.some(({ open }, id) => open && [m.tcr, MCR, CCR, WAD].some((edge) => at(m.icr(id), edge)))
    )
  }

  /** Does both; near a threshold they may part, which ends the history. */
  both(exact: () => void, fast: () => Result): boolean {
    let reason = ''
    try {
      exact()
    } catch (error) {
      if (!(error instanceof Revert)) throw error
      reason = error.message
    }
    const result = fast()
    if ((reason === '') === succeeded(result)) return true
    if (!this.near()) expect.fail(`reference: ${reason || 'accepted'}, venue: ${result.status}`)
    this.close++
    return false
  }

  compare(): void {
    const { state } = this.fast.venue
    const m = this.exact
    const same = (got: number, want: bigint, scale: number, what: string) => {
      const expected = Number(want) / 1e18
      if (!(Math.abs(got - expected) <= 1e-9 * Math.max(expected, scale))) expect.fail(`${what}: ${got}, reference ${expected}`)
    }
    m.troves.forEach(({ open }, id) => {
      expect(state.troves.columns.open.data[id]).toBe(open ? 1 : 0)
      const { coll, debt } = open ? m.entire(id) : { coll: 0n, debt: 0n }
      same(collOf(state, id), coll, 10, `collateral ${id}`)
      same(debtOf(state, id), debt, 1000, `debt ${id}`)
    })
    for (const d of [0, 1]) {
      same(leftOf(state, d), m.pool.compounded(`${d}`), 1000, `deposit ${d}`)
      same(gainOf(state, d), m.pool.gain(`${d}`), 10, `gain ${d}`)
    }
    same(state.system.columns.coll.data[0] as number, m.coll, 10, 'collateral')
    same(state.system.columns.debt.data[0] as number, m.debt, 1000, 'debt')
    same(state.system.columns.base_rate.data[0] as number, m.base_rate, 1e-3, 'base rate')
  }
}

type Step = (pair: Pair) => boolean
const trove = fc.integer({ min: 0, max: TROVES.length - 1 })
const amount = (max: number) => fc.integer({ min: 1, max: 1000 }).map((permille) => six((max * permille) / 1000))

const price: fc.Arbitrary<Step> = fc
  .tuple(fc.double({ min: 60, max: 260, noNaN: true }).map(six), fc.integer({ min: 1, max: 9000 }))
  .map(([to, seconds]) => (pair) => {
    pair.exact.price = big(to)
    pair.exact.now += BigInt(seconds)
    pair.fast.see({ ETH: to }, seconds * 1000)
    return true
  })
const liquidate: fc.Arbitrary<Step> = trove.map(
  (id) => (pair) =>
    pair.both(
      () => pair.exact.liquidate(id),
      () => pair.fast.one('start', { account: id, actor: KEEPER }),
    ),
)
const adjust: fc.Arbitrary<Step> = fc
  .tuple(trove, fc.constantFrom('deposit', 'withdraw', 'borrow', 'repay'), amount(1), fc.integer({ min: 1, max: 3000 }))
  .map(([id, kind, share, lusd]) => (pair) => {
    const coll = kind === 'deposit' || kind === 'withdraw'
    const units = coll ? six(share * 20) : lusd
    if (kind === 'repay' && pair.exact.troves[id]?.open && big(lusd) >= pair.exact.entire(id).debt - 200n * WAD) return true
    const change = kind === 'deposit' || kind === 'borrow' ? big(units) : -big(units)
    return pair.both(
      () => pair.exact.adjust(id, coll ? change : 0n, coll ? 0n : change),
      () => pair.fast.one(kind as 'deposit', { account: id, actor: OWNER, asset: coll ? ETH : LUSD, amount: units }),
    )
  })
const provide: fc.Arbitrary<Step> = fc.tuple(fc.integer({ min: 0, max: 1 }), amount(5000)).map(([d, units]) => (pair) => {
  return pair.both(
    () => pair.exact.pool.change(`${d}`, big(units)),
    () => pair.fast.one('deposit', { account: TROVES.length + d, actor: OWNER, asset: LUSD, amount: units }),
  )
})
const redeem: fc.Arbitrary<Step> = amount(4000).map(
  (units) => (pair) =>
    pair.both(
      () => pair.exact.redeem(big(units)),
      () => pair.fast.one('redeem', { actor: OWNER, asset: ETH, amount: units }),
    ),
)

describe('venue beside reference', () => {
  it('over random histories', () => {
    let [steps, close, liquidations] = [0, 0, 0]
    const step = fc.oneof(
      { weight: 4, arbitrary: price },
      { weight: 5, arbitrary: liquidate },
      { weight: 3, arbitrary: adjust },
      { weight: 1, arbitrary: provide },
      { weight: 1, arbitrary: redeem },
    )
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 25 }), (history) => {
        const pair = new Pair()
        for (const go of history) {
          if (!go(pair)) break
          steps++
          pair.compare()
        }
        close += pair.close
        liquidations += pair.fast.logged('liquidate').length
      }),
      { numRuns: 300 },
    )
    expect(close).toBeLessThan(0.005 * steps)
    expect(liquidations).toBeGreaterThan(50)
  })
})
