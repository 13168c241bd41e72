// lending.md §19.1, LLAMMA: bands and their invariant in integers over random trades; a quick change of the oracle price is no gift to a trader.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReferenceLlamma, Revert } from '../../../src/venues/llamma/reference.ts'
import { isqrt, WAD } from '../../../src/venues/llamma/reference-math.ts'
import { loaned } from '../../../src/venues/llamma/reference-rows.ts'
import { patient } from '../patience.ts'
import { attempt, history, part, type Step } from './history.ts'

const wad = (x: number): bigint => BigInt(Math.round(x * 1e6)) * 1_000_000_000_000n

/** Depth y0 of a band of x stable and y collateral at an oracle price, of which (f + x)(g + y) = p·(A·y0)² (lending.md §11.3). */
function depth(m: ReferenceLlamma, n: number, p: bigint): bigint {
  const { x, y } = m.band(n)
  const [up, a] = [m.oracleUp(n), m.A]
  const b = (up * (a - 1n) * x) / p + (((a * p * p) / up) * y) / WAD
  return ((b + isqrt(b * b + ((4n * a * p * y) / WAD) * x)) * WAD) / (2n * a * p)
}

const numbers = (m: ReferenceLlamma): number[] => [...m.bands.keys()].toSorted((a, b) => a - b)

/** Above the active band only stable, below only collateral, both in it at most. */
function ordered(m: ReferenceLlamma): void {
  for (const n of numbers(m)) {
    const { x, y } = m.band(n)
    expect(n < m.active ? y : n > m.active ? x : 0n).toBe(0n)
    expect(x >= 0n && y >= 0n).toBe(true)
  }
}

function crowd(): ReferenceLlamma {
  const m = loaned()
  m.create('eve', 5n * WAD, 7000n * WAD, 4)
  m.create('joe', 30n * WAD, 50_000n * WAD, 25)
  m.now += 600n
  return m
}

const trade = (m: ReferenceLlamma, pump: boolean, size: number) =>
  m.exchange(pump, pump ? BigInt(size) * 30n * WAD : (BigInt(size) * 30n * WAD) / 2000n)

describe('LLAMMA', () => {
  it('no trade lowers the invariant of a band, at a steady oracle price; only the active band has both sides', () => {
    let moved = 0
    fc.assert(
      fc.property(fc.integer({ min: 1500, max: 3200 }), history(2, 1, 20), (price, steps) => {
        const m = crowd()
        m.price = wad(price)
        for (const { call, size } of steps) {
          const before = numbers(m).map((n) => [n, depth(m, n, m.price)] as const)
          const active = m.active
          trade(m, call === 0, size)
          if (m.active !== active) moved++
          ordered(m)
          // Isqrt and its divisions round down, each by less than one in the last digit of a band of 1e18 and more.
          for (const [n, y0] of before) expect(depth(m, n, m.price) + 10_000n + y0 / 10n ** 15n >= y0).toBe(true)
          m.now += 600n
        }
      }),
      { numRuns: 20 },
    )
    expect(moved).toBeGreaterThan(20)
  })

  it('bands stay in order, and whole: what is in them came from loans and trades, whoever comes and goes', () => {
    fc.assert(
      fc.property(
        history(9, 6, 60),
        patient((steps) => {
          const m = crowd()
          let [x, y] = [0n, 45n * WAD]
          const play = ({ call, who, size }: Step): void => {
            const user = ['usr', 'eve', 'joe', 'ann', 'bob', 'cat'][who] as string
            const out = (taken: { x: bigint; y: bigint } | undefined) => {
              x -= taken?.x ?? 0n
              y -= taken?.y ?? 0n
            }
            const calls: (() => void)[] = [
              () => {
                if (m.loans.has(user)) return
                const collateral = part(20n * WAD, size) + WAD
                m.create(user, collateral, part((collateral * m.price) / WAD, Math.min(size, 900)) / 2n, 4 + (size % 20))
                y += collateral
              },
              () => out(m.repay(user, size > 1000 ? m.debt(user) : part(m.debt(user), size))),
              () => {
                m.move(user, part(WAD, size), 0n)
                y += part(WAD, size)
              },
              () => out(m.liquidate(user, size > 1000 ? WAD : part(WAD, size))),
              () => out(m.liquidate(user, WAD)),
              () => {
                m.price = wad(2 * (400 + size))
                m.now += 600n
              },
            ]
            attempt(Revert, calls[Math.min(call, 5)] as () => void)
            if (call < 6) return
            const pump = call === 6 || (call === 7 && size > 700)
            const { paid, got } = trade(m, pump, size)
            x += pump ? paid : -got
            y += pump ? -got : paid
          }
          for (const step of steps) {
            play(step)
            ordered(m)
            // A last leaver leaves dust that is nobody's; no more than that is missing.
            const [bx, by] = numbers(m).reduce(([a, b], n) => [a + m.band(n).x, b + m.band(n).y], [0n, 0n]) as [bigint, bigint]
            expect(bx <= x && by <= y).toBe(true)
            expect(x - bx < WAD / 1000n && y - by < WAD / 1000n).toBe(true)
          }
        }),
      ),
      { numRuns: 20 },
    )
  })

  it('nobody gains by trading around a change of the oracle price within one block', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1600, max: 3000 }),
        fc.integer({ min: 1, max: 1500 }),
        fc.integer({ min: 1, max: 1500 }),
        fc.integer({ min: -200, max: 200 }),
        fc.boolean(),
        (price, before, size, shift, pump) => {
          const m = crowd()
          m.price = wad(price)
          // Others have traded, so that there is something of both sides to win.
          trade(m, true, before)
          m.now += 600n
          const first = trade(m, pump, size)
          m.price = part(wad(price), 1000 + shift)
          const back = m.exchange(!pump, first.got)
          expect(back.got <= first.paid).toBe(true)
        },
      ),
      { numRuns: 100 },
    )
  })
})
