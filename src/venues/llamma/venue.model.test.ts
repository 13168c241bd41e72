// The venue beside the exact reference, action by action, over random histories: same outcomes, same bands, debts and healths to 1e-9.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ARB, ETH, EVE, LIQ, llammaWorld, type LlammaWorld, USD, USR } from '../../../test/support/llamma-world.ts'
import { type Result, succeeded } from '../../model/index.ts'
import { OFFSET, YEAR_MS } from './kernel.ts'
import { ReferenceLlamma, Revert } from './reference.ts'
import { WAD } from './reference-math.ts'
import { at, debtOf, healthOf, n1Now } from './state.ts'

const wad = (x: number): bigint => BigInt(Math.round(x * 1e6)) * 1_000_000_000_000n
const float = (x: bigint): number => Number(x) / 1e18
const six = (x: number): number => Math.round(x * 1e6) / 1e6
const NAMES = ['a', 'b', 'c']
const LOANS = [
  [0, 10, 20_000, 10],
  [1, 5, 11_000, 4],
  [0, 20, 30_000, 30],
] as const
/** 31.536 % a year is 1e-8 a second. */
const RATE = 0.31536

class Pair {
  readonly exact = new ReferenceLlamma(100n, wad(3000), wad(0.006), wad(0.09), wad(0.06))
  readonly fast: LlammaWorld
  close = 0

  constructor() {
    LOANS.forEach(([, collateral, debt, N], row) => this.exact.create(NAMES[row] as string, wad(collateral), wad(debt), N))
    this.fast = llammaWorld(LOANS, 3000, { borrow_rate: RATE })
  }

  pass(seconds: number, price: number): boolean {
    this.exact.price = wad(price)
    this.exact.accrue(wad(RATE) / BigInt(YEAR_MS / 1000), BigInt(seconds))
    this.fast.see({ ETH: price }, seconds * 1000)
    return true
  }

  /** Does both; false when they end in different states. */
  both(exact: () => void, fast: () => Result): boolean {
    let reason = ''
    try {
      exact()
    } catch (error) {
      if (!(error instanceof Revert)) throw error
      reason = error.message
    }
    const { status } = fast()
    const done = succeeded({ status, amount: 0 })
    if ((reason === '') === done) return true
    if (!this.near()) expect.fail(`reference: ${reason || 'accepted'}, venue: ${status}`)
    this.close++
    return false
  }

  private near(): boolean {
    return NAMES.some((name) => this.exact.loans.has(name) && Math.abs(float(this.exact.health(name, true))) < 1e-9)
  }

  compare(): void {
    const m = this.exact
    const { state } = this.fast.venue
    const same = (got: number, want: number, scale: number, what: string) => {
      if (!(Math.abs(got - want) <= 1e-9 * Math.max(Math.abs(want), scale))) expect.fail(`${what}: ${got}, reference ${want}`)
    }
    const { bands, market } = state
    for (const [n, band] of m.bands) {
      same(at(bands.columns.x, n + OFFSET), float(band.x), 100, `stable of band ${n}`)
      same(at(bands.columns.y, n + OFFSET), float(band.y), 0.1, `collateral of band ${n}`)
    }
    const { price, fee } = m.limited()
    this.fast.venue.price(this.fast.time_ms, this.fast.view)
    same(at(market.columns.price), float(price), 1, 'price')
    same(at(market.columns.fee), float(fee), 1, 'fee')
    NAMES.forEach((name, row) => {
      const open = m.loans.has(name)
      if (open !== at(state.loans.columns.debt, row) > 0) expect.fail(`loan ${name} is open in one only`)
      if (!open) return
      same(debtOf(state, row), float(m.debt(name)), 1000, `debt of ${name}`)
      expect(n1Now(state, row)).toBe(m.loan(name).n1)
      same(healthOf(state, row, float(price)), 1 + float(m.health(name, true)), 1, `health of ${name}`)
    })
  }
}

const seen = { pump: 0, dump: 0, move: 0, repay: 0, liquidate: 0 }
type Step = (pair: Pair) => boolean
const row = fc.integer({ min: 0, max: LOANS.length - 1 })

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1500, max: 3300 })).map(
      ([seconds, price]): Step =>
        (pair) =>
          pair.pass(seconds, price),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 900 })).map(
      ([pump, permille]): Step =>
        (pair) => {
          const { exact, fast } = pair
          // What the reference gives for an amount in, the venue must take for the same amount out.
          const paid = pump ? BigInt(permille) * 20n * WAD : (BigInt(permille) * WAD) / 100n
          const there = [...exact.bands.values()].reduce((sum, band) => sum + (pump ? band.y : band.x), 0n)
          if (there < WAD / 1_000_000n) return true
          const swap = exact.exchange(pump, paid)
          const got = float(swap.got)
          // Less than was to be paid in, or nearly nothing for it behind a fee of nearly all: not asked of the venue, which counts what comes out.
          if (swap.got < WAD / 1_000_000n || swap.paid < paid) return false
          seen[pump ? 'pump' : 'dump']++
          const before = [ETH, USD].map((asset) => fast.ledger.balance(ARB, asset))
          const result = fast.one('bid', { offer: pump ? 0 : 1, actor: ARB, amount: got })
          // All that is there may be less than the reference has, by rounding.
          if (!(Math.abs(result.amount - got) <= 1e-9 * Math.max(got, 1)))
            expect.fail(`${got} wanted: ${result.status} ${result.amount}`)
          const spent = (before[pump ? USD : ETH] as number) - fast.ledger.balance(ARB, pump ? USD : ETH)
          if (Math.abs(spent - float(paid)) > 1e-9 * Math.max(float(paid), pump ? 100 : 0.1))
            expect.fail(`${got} cost ${spent}, reference ${float(paid)}`)
          return true
        },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(row, fc.constantFrom('deposit', 'withdraw', 'borrow'), fc.integer({ min: 1, max: 400 })).map(
      ([r, kind, permille]): Step =>
        (pair) => {
          const loan = LOANS[r] as (typeof LOANS)[0]
          if (!pair.exact.loans.has(NAMES[r] as string)) return true
          seen.move++
          const amount = six((kind === 'borrow' ? loan[2] : loan[1]) * (permille / 1000))
          const signed = kind === 'withdraw' ? -wad(amount) : wad(amount)
          return pair.both(
            () => pair.exact.move(NAMES[r] as string, kind === 'borrow' ? 0n : signed, kind === 'borrow' ? signed : 0n),
            () => pair.fast.one(kind, { account: r, asset: kind === 'borrow' ? USD : ETH, amount, actor: loan[0] + 1 }),
          )
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(row, fc.integer({ min: 1, max: 1200 })).map(
      ([r, permille]): Step =>
        (pair) => {
          const name = NAMES[r] as string
          if (!pair.exact.loans.has(name)) return true
          seen.repay++
          const amount = six(float(pair.exact.debt(name)) * (permille / 1000))
          return pair.both(
            () => pair.exact.repay(name, wad(amount)),
            () => pair.fast.one('repay', { account: r, asset: USD, amount, actor: USR }),
          )
        },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(row, fc.integer({ min: 1, max: 100 })).map(
      ([r, percent]): Step =>
        (pair) => {
          const name = NAMES[r] as string
          if (!pair.exact.loans.has(name)) return true
          seen.liquidate++
          // The venue is told what the liquidator pays himself; the reference what share of the debt he closes.
          const debt = pair.exact.debt(name)
          const { x } = pair.exact.sum(name)
          const pays = (f: bigint) => (debt * f) / WAD - (x * (f === WAD ? WAD : pair.exact.removed(f, wad(0.06)))) / WAD
          const asked = (BigInt(percent) * WAD) / 100n
          // Where the stable in the position covers nearly all of the debt, a part would cost more than the whole, which is what the venue then does.
          const fraction = percent > 60 || pays(asked) >= pays(WAD) ? WAD : asked
          const amount = float(pays(fraction))
          return pair.both(
            () => pair.exact.liquidate(name, fraction),
            () =>
              amount > 0
                ? pair.fast.one('liquidate', {
                    account: r,
                    actor: LIQ,
                    asset: ETH,
                    asset2: USD,
                    amount: fraction === WAD ? amount * 2 : amount,
                  })
                : pair.fast.one('start', { account: r, actor: EVE }),
          )
        },
    ),
  },
)

describe('venue and reference', () => {
  it('agree over random histories; decisions that fall apart at a threshold are few', () => {
    let decisions = 0
    let close = 0
    const rows = { take: 0, redeem: 0, liquidate: 0, deposit: 0, borrow: 0, repay: 0 }
    fc.assert(
      fc.property(fc.array(steps, { minLength: 15, maxLength: 50, size: 'max' }), (list) => {
        const pair = new Pair()
        for (const step of list) {
          decisions++
          if (!step(pair)) break
          pair.compare()
        }
        close += pair.close
        for (const name of Object.keys(rows)) rows[name as keyof typeof rows] += pair.fast.logged(name).length
      }),
      { numRuns: 150 },
    )
    expect(close).toBeLessThan(decisions / 50)
    for (const count of Object.values(rows)) expect(count).toBeGreaterThan(20)
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(50)
  }, 20_000)
})
