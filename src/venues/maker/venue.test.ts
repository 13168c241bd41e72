import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ALI,
  bark,
  bid,
  DAI,
  ETH,
  ETH_A,
  EVE,
  KPR,
  redo,
  SECOND,
  START_MS,
  USR,
  type VaultWorld,
  world,
} from '../../../test/support/vault-world.ts'
import { ALL } from '../../model/index.ts'

describe('as a component', () => {
  const lot = [
    [0, 0, 100, 130_000],
    [1, 0, 50, 60_000],
    [0, 0, 10, 9000],
    [-1, 0, 30, 38_000],
  ]

  it('offers the same twice, in rows order', () => {
    const w = world(lot, 1800)
    expect(w.offered()).toEqual(w.offered())
    expect(w.offered().map((offer) => offer.id)).toEqual([0, 3])
    bark(w, 3)
    bark(w, 0)
    expect(w.offered()).toEqual(w.offered())
    expect(w.offered().map((offer) => [offer.kind, offer.id])).toEqual([
      ['auction', 0],
      ['auction', 1],
    ])
  })

  it('a refused bundle leaves no trace: state, log, table lengths', () => {
    const w = world(lot, 1800)
    bark(w, 3)
    const before = w.store.hash()
    const results = w.bundle(
      ['start', { account: 0, actor: KPR }],
      ['bid', { offer: 1, amount: 20, actor: ALI }],
      ['bid', { offer: 0, amount: ALL, actor: ALI }],
      ['repay', { account: 1, asset: DAI, amount: 10_000, actor: USR }],
      ['bid', { offer: 9, amount: 1, actor: ALI }],
    )
    expect(results.map((result) => result.status)).toEqual(['applied', 'applied', 'partial', 'applied', 'unknown'])
    expect(w.store.hash()).toBe(before)
    expect(w.broken()).toEqual([])
    expect(bark(w, 0).status).toBe('applied')
  })

  it('reset brings everything back, however far tables grew', () => {
    const vaults = Array.from({ length: 200 }, (_, row) => [row % 2, 0, 10, 12_500 + row])
    const w = world(vaults, 1800)
    const live = () => {
      for (let row = 0; row < 200; row++) bark(w, row)
      w.pass(1000 * SECOND, 1500)
      for (const offer of w.offered()) if (offer.kind === 'auction') bid(w, offer.id, 3)
      w.pass(7000 * SECOND, 1200)
      for (const offer of w.offered()) redo(w, offer.id)
      return w.log.hash()
    }
    const opening = w.store.hash()
    const first = live()
    expect(w.rows('seize').length).toBeGreaterThan(100)
    w.reset()
    expect(w.store.hash()).toBe(opening)
    w.see(1800)
    expect(live()).toBe(first)
  })

  it('does not care in which order vaults are listed', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), (order) => {
        const vaults = [...lot, [1, 0, 80, 100_000], [0, 0, 5, 7600]]
        const play = (w: VaultWorld, row: (k: number) => number) => {
          w.see(1700)
          const statuses = vaults.map((_, k) => bark(w, row(k)).status)
          w.pass(1200 * SECOND, 1500)
          for (let id = 0; id < w.venue.state.auctions.length; id++) bid(w, id, 7)
          return [
            statuses,
            vaults.map((_, k) => w.venue.health(row(k), w.venue.prices)),
            [USR, EVE, KPR, ALI].map((a) => w.ledger.balance(a, ETH)),
          ]
        }
        const plain = world(vaults, 2000)
        const mixed = world(
          order.map((k) => vaults[k] as number[]),
          2000,
        )
        expect(play(mixed, (k) => order.indexOf(k))).toEqual(play(plain, (k) => k))
      }),
      { numRuns: 50 },
    )
  })

  it('works without vaults', () => {
    const w = world([], 2000)
    w.pass(60 * SECOND, 100)
    expect(w.offered()).toEqual([])
    expect(bark(w).status).toBe('unknown')
    expect(w.venue.shortfall_usd()).toBe(0)
    expect(w.venue.below().count).toBe(0)
  })

  it('returns what is left of a vault without owner to outside', () => {
    const w = world(lot, 1850)
    w.see(1800)
    bark(w, 3)
    bid(w, 0, ALL)
    expect(w.offered().filter((offer) => offer.kind === 'auction')).toEqual([])
    expect(w.ledger.balance(USR, ETH)).toBe(1000)
    expect(w.broken()).toEqual([])
  })

  it('tells who is below the level he watches', () => {
    const w = world(lot, 2000)
    w.venue.watch(2, 1.6)
    expect([...w.venue.below().rows.slice(0, w.venue.below().count)]).toEqual([2])
    expect(w.venue.level(2)).toBe(1.6)
    expect([0, 1, 2, 3].map((row) => w.venue.owner(row))).toEqual([1, 2, 1, -1])
  })

  it('publishes the oracle price as a feed, one for all types of one oracle, and its own unit as 1', () => {
    const w = world(lot, 2000, { ilks: [ETH_A, { ...ETH_A, id: 'ETH-C', liquidation_ratio: 1.7 }] })
    w.see(1900)
    expect(w.feeds.length).toBe(2)
    expect(w.feeds.price(0)).toBe(1900)
    expect(w.feeds.price(1)).toBe(1)
    expect(w.clock.time_ms).toBe(START_MS)
  })

  it('refuses specs that do not fit, naming the field', () => {
    expect(() => world([[9, 0, 1, 1]], 2000)).toThrow(/accounts\.owner\[0\] is 9/)
    expect(() => world([[0, 3, 1, 1]], 2000)).toThrow(/accounts\.ilk\[0\] is 3/)
    expect(() => world([[0, 0, -1, 1]], 2000)).toThrow(/accounts\.collateral\[0\]/)
    expect(() => world([[0, 0, Number.NaN, 1]], 2000)).toThrow(/accounts\.collateral\[0\]/)
    expect(() => world([], 2000, { ilk: { asset: 'X' } })).toThrow(/ilks\[0\]\.asset/)
    expect(() => world([], 2000, { ilk: { chop: 2 } })).toThrow(/chop/)
  })
})
