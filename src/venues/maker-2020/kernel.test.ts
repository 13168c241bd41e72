// The kernel against the exact reference: amounts to 1e-9, decisions equal but within 1e-9 of a threshold, and those are counted.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as kernel from './kernel.ts'
import { RAD, RAY, type ReferenceCut, ReferenceMaker2020, Revert, WAD } from './reference.ts'

const micro = (x: number, unit: bigint): bigint => (BigInt(Math.round(x * 1e6)) * unit) / 1_000_000n
const six = (x: number): number => Math.round(x * 1e6) / 1e6
const number = (min: number, max: number) =>
  fc.integer({ min: Math.round(min * 1e6), max: Math.round(max * 1e6) }).map((x) => x / 1e6)

function reference(rate: number, chop: number, beg: number, cut: ReferenceCut, dust = 0): ReferenceMaker2020 {
  const m = new ReferenceMaker2020()
  m.ilks.push({
    rate: micro(rate, RAY),
    spot: 1n,
    dust: micro(dust, RAD),
    chop: WAD + micro(chop, WAD),
    cut,
    beg: WAD + micro(beg, WAD),
    ttl: 600n,
    tau: 259_200n,
  })
  return m
}

function refusal(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof Revert) return error.message
    throw error
  }
  return ''
}

const near = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-6)
const same = (got: number, want: bigint, unit: bigint) => {
  const expected = Number(want) / Number(unit)
  if (!(Math.abs(got - expected) <= 1e-9 * Math.abs(expected) + 1e-15)) expect.fail(`${got}, reference ${expected}`)
}

describe('kernel and reference', () => {
  it('cut the same piece out of a vault, by collateral or by debt', () => {
    const seen = { applied: 0, limit: 0, close: 0 }
    fc.assert(
      fc.property(
        fc.record({
          ink: number(0.01, 1000),
          art: number(1, 100_000),
          rate: number(1, 2),
          chop: number(0, 0.5),
          size: number(0.01, 60_000),
          lump: fc.boolean(),
          room: fc.oneof(number(0, 200_000), number(0, 1000)),
          dust: fc.oneof(fc.constant(0), number(1, 1000)),
        }),
        ({ ink, art, rate, chop, size, lump, room, dust }) => {
          const m = reference(
            rate,
            chop,
            0,
            lump ? { kind: 'lump', lump: micro(size, WAD) } : { kind: 'dunk', dunk: micro(size, RAD) },
            dust,
          )
          m.box = micro(room, RAD)
          m.urns.push({ ilk: 0, owner: 'usr', ink: micro(ink, WAD), art: micro(art, WAD) })
          const reason = refusal(() => m.bite(0))
          const out: kernel.Seizure = { dart: 0, dink: 0, due: 0, tab: 0 }
          const cut = lump ? ({ kind: 'lump', lump: size } as const) : ({ kind: 'dunk', dunk: size } as const)
          const status = kernel.bite(ink, art, rate, 1 + chop, cut, room, dust, out)
          if ((reason === '') !== (status === 'applied')) {
            expect(near(room, dust)).toBe(true)
            seen.close++
            return
          }
          if (status !== 'applied') {
            expect([reason, status]).toEqual(['Cat/liquidation-limit-hit', 'limit'])
            seen.limit++
            return
          }
          seen.applied++
          const { lot, tab } = m.auction(1)
          same(out.dink, lot, WAD)
          same(out.tab, tab, RAD)
          same(out.dart, micro(art, WAD) - m.urn(0).art, WAD)
          same(out.due, m.sin, RAD)
        },
      ),
      { numRuns: 3000 },
    )
    expect(seen.applied).toBeGreaterThan(1000)
    expect(seen.limit).toBeGreaterThan(50)
    expect(seen.close).toBeLessThan(30)
  })

  it('accept the same bids and the same lots', () => {
    const seen = { higher: 0, lower: 0, refused: 0, close: 0 }
    const decide = (reason: string, accepted: boolean, close: boolean, what: 'higher' | 'lower') => {
      if ((reason === '') === accepted) seen[accepted ? what : 'refused']++
      else if (close) seen.close++
      else expect.fail(`reference: ${reason || 'accepted'}`)
    }
    fc.assert(
      fc.property(
        fc.record({ tab: number(1, 60_000), lot: number(0.1, 100), beg: number(0, 0.2), a: number(0, 1), b: number(0.8, 1.3) }),
        ({ tab, lot, beg, a, b }) => {
          const m = reference(1, 0, beg, { kind: 'lump', lump: WAD })
          const [last, bid] = [six(tab * a), Math.min(tab, six(tab * a * b))]
          const auction = (first: number) => ({
            ...{ ilk: 0, urn: 0, tab: micro(tab, RAD), bid: micro(first, RAD), lot: micro(lot, WAD) },
            ...{ guy: 'ali', tic: 0n, end: 1000n },
          })
          m.urns.push({ ilk: 0, owner: 'usr', ink: 0n, art: 0n })
          m.bids.set(1, auction(last))
          m.give('bob', 1_000_000n * RAD)
          const high = refusal(() => m.tend(1, micro(lot, WAD), micro(bid, RAD), 'bob'))
          decide(high, kernel.overbids(last, bid, tab, beg), near(bid, last * (1 + beg)) || near(bid, last), 'higher')
          m.bids.set(2, auction(tab))
          const less = six(lot * (2 - b))
          const low = refusal(() => m.dent(2, micro(less, WAD), micro(tab, RAD), 'bob'))
          decide(low, kernel.undercuts(lot, less, beg), near(less * (1 + beg), lot) || near(less, lot), 'lower')
        },
      ),
      { numRuns: 3000 },
    )
    expect(Math.min(seen.higher, seen.lower, seen.refused)).toBeGreaterThan(500)
    expect(seen.close).toBeLessThan(60)
  })

  it('know the same phases at every instant around the deadlines', () => {
    for (const tic of [0, 9, 10, 11, 20])
      for (const end of [9, 10, 11])
        for (const now of [8, 9, 10, 11, 12]) {
          const m = reference(1, 0, 0, { kind: 'lump', lump: WAD })
          m.now = BigInt(now)
          const base = { ilk: 0, urn: 0, tab: RAD, bid: 0n, lot: WAD, guy: 'ali', tic: BigInt(tic), end: BigInt(end) }
          const may = (call: () => unknown) => {
            m.bids.set(1, { ...base })
            return refusal(call) === ''
          }
          m.give('bob', RAD)
          const [open, won, expired] = [may(() => m.tend(1, WAD, RAD, 'bob')), may(() => m.deal(1)), may(() => m.tick(1))]
          const times = [now, tic, end] as const
          expect([kernel.isOpen(...times), kernel.isWon(...times), kernel.isExpired(...times)]).toEqual([open, won, expired])
        }
  })

  it('counts the pieces a vault makes', () => {
    expect(kernel.pieces(100, 0, 1, { kind: 'lump', lump: 50 })).toBe(2)
    expect(kernel.pieces(100.01, 0, 1, { kind: 'lump', lump: 50 })).toBe(3)
    expect(kernel.pieces(100, 100_000, 1.13, { kind: 'dunk', dunk: 50_000 })).toBe(3)
  })
})
