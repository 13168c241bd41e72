import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALI, bark, bid, DAI, ETH, ETH_A, EVE, KPR, redo, SECOND, USR, world } from '../../../test/support/vault-world.ts'
import { ALL } from '../../model/index.ts'

describe('an auction (lending.md §5.6 E6, E7, E8)', () => {
  it('E6: starts at 2035, two takes cover the debt, the rest goes back to the owner', () => {
    const w = world([[0, 0, 100, 130_000]], 2000)
    expect(bark(w).status).toBe('healthy')
    w.see(1850)
    const offered = w.offered()
    expect(offered).toHaveLength(1)
    expect(offered[0]).toMatchObject({ kind: 'start', id: 0, debt: DAI, collateral: ETH, collateral_max: 100 })
    expect(offered[0]?.reward).toBeCloseTo(396.9, 9)
    expect(bark(w)).toEqual({ status: 'applied', amount: 100 })
    expect(w.ledger.balance(KPR, DAI)).toBeCloseTo(396.9, 9)
    const seize = w.rows('seize')[0]
    expect(seize).toMatchObject({ account: 0, actor: KPR, asset: ETH, amount: 100, price: 1850, usd: 130_000 })
    expect(seize?.extra).toBeCloseTo(146_900, 8)
    w.pass(900 * SECOND)
    const auction = w.offered()[0]
    expect(auction).toMatchObject({ kind: 'auction', id: 0, collateral_max: 100 })
    expect(auction?.price).toBeCloseTo(1840.41752264291713717035, 9)
    expect(auction?.debt_min).toBeCloseTo(8475, 9)
    expect(bid(w, 0, 50)).toEqual({ status: 'applied', amount: 50 })
    expect(10e6 - w.ledger.balance(ALI, DAI)).toBeCloseTo(92_020.8761321458568585175, 6)
    const second = bid(w, 0, 100)
    expect(second.status).toBe('partial')
    expect(second.amount).toBeCloseTo(29.818844470164252772, 9)
    expect(w.ledger.balance(USR, ETH) - 1000).toBeCloseTo(20.181155529835747228, 9)
    expect(10e6 - w.ledger.balance(ALI, DAI)).toBeCloseTo(146_900, 6)
    expect(w.offered()).toEqual([])
    expect(w.rows('bad_debt')).toEqual([])
    // Of what was paid, 130,000 was debt and 16,900 penalty.
    expect(w.rows('take').reduce((sum, row) => sum + row.extra, 0)).toBeCloseTo(16_900, 6)
    expect(w.rows('take').every((row) => row.cause === seize?.row)).toBe(true)
    expect(w.venue.fund_usd()).toBeCloseTo(16_900 - 396.9, 6)
  })

  it('E7: too old at 7201 s, restarted at 1650, sold out with debt left: the loss is what the debt without penalty misses', () => {
    const w = world([[0, 0, 100, 130_000]], 2000, { spec: { surplus: 10_000 } })
    w.see(1850)
    bark(w)
    w.pass(7199 * SECOND)
    expect(w.offered()[0]).toMatchObject({ kind: 'auction' })
    expect(w.offered()[0]?.price).toBeCloseTo(919.908828292277990176, 9)
    expect(redo(w, 0).status).toBe('healthy')
    w.pass(2 * SECOND, 1500)
    expect(bid(w, 0, 100).status).toBe('stale')
    expect(w.offered()[0]).toMatchObject({ kind: 'redo', id: 0, collateral_max: 100 })
    expect(redo(w, 0)).toEqual({ status: 'applied', amount: 100 })
    expect(w.ledger.balance(KPR, DAI)).toBeCloseTo(793.8, 9)
    expect(w.rows('redo')[0]).toMatchObject({ account: 0, actor: KPR, amount: 100, cause: w.rows('seize')[0]?.row })
    expect(w.rows('redo')[0]?.price).toBeCloseTo(1650, 9)
    w.pass(3600 * SECOND)
    expect(bid(w, 0, 100, 1103.8034).status).toBe('price')
    expect(w.venue.shortfall_usd()).toBe(0)
    expect(bid(w, 0, 100, 1103.8035).status).toBe('applied')
    const take = w.rows('take')[0]
    expect(take?.usd).toBeCloseTo(110_380.340163997284799825868835, 6)
    expect(take?.extra).toBe(0)
    const loss = 130_000 - 110_380.340163997284799825868835
    const bad = w.rows('bad_debt')[0]
    expect(bad).toMatchObject({ account: 0, asset: DAI, cause: take?.row })
    expect(bad?.usd).toBeCloseTo(loss, 6)
    // The buffer of 10,000, less two rewards, covers a part.
    const cover = w.rows('default')[0]
    expect(cover?.usd).toBeCloseTo(10_000 - 793.8, 6)
    expect(cover?.extra).toBeCloseTo(loss - 10_000 + 793.8, 6)
    expect(cover?.cause).toBe(bad?.row)
    expect(w.venue.fund_usd()).toBe(0)
    expect(w.offered()).toEqual([])
  })

  it('E8: with room for 100,000 only a part is sent', () => {
    const w = world([[0, 0, 100, 130_000]], 2000, { ilk: { hole: 100_000 } })
    w.see(1850)
    expect(bark(w).amount).toBeCloseTo(68.073519400953029271, 9)
    expect(w.venue.state.vaults.columns.ink.data[0]).toBeCloseTo(31.926480599046970729, 9)
    expect(w.venue.state.vaults.columns.art.data[0]).toBeCloseTo(41_504.424778761061946903, 6)
    expect(bark(w).status).toBe('limit')
    expect(w.offered().map((offer) => offer.kind)).toEqual(['auction'])
    w.pass(900 * SECOND)
    bid(w, 0, ALL)
    expect(w.offered().map((offer) => offer.kind)).toEqual(['start'])
  })

  it('E1: a take that would leave too little is made smaller, or refused', () => {
    const ilk = {
      liquidation_ratio: 2,
      chop: 0.1,
      dust: 20,
      buf: 1.25,
      tip: 0,
      chip: 0,
      cusp: 0,
      curve: { kind: 'linear', tau_ms: 3_600_000 },
    }
    const w = world([[0, 0, 40, 100]], 5, { ilk })
    w.see(4)
    bark(w)
    const taken = bid(w, 0, 18)
    expect(taken.status).toBe('partial')
    expect(taken.amount).toBeCloseTo(17.6, 12)
    expect(w.rows('take')[0]?.usd).toBeCloseTo(88, 12)
    expect(bid(w, 0, 1).status).toBe('dust')
    expect(bid(w, 0, ALL).status).toBe('partial')
    expect(w.ledger.balance(USR, ETH)).toBeCloseTo(1018, 9)
  })

  it('goes through bark, partial takes over many ticks, redo, and runs out', () => {
    const w = world([[0, 0, 100, 130_000]], 2000)
    w.see(1850)
    bark(w)
    let bought = 0
    for (let minute = 1; minute <= 200; minute++) {
      w.pass(60 * SECOND, 1850 - 6 * minute)
      for (const offer of w.offered()) {
        if (offer.kind === 'redo') expect(redo(w, offer.id).status).toBe('applied')
        if (offer.kind === 'auction' && minute % 10 === 0) bought += bid(w, offer.id, 4).amount
      }
    }
    expect(w.rows('redo').length).toBeGreaterThan(0)
    expect(w.rows('take').length).toBeGreaterThan(10)
    const left = w.offered()[0]
    expect(left?.kind).toBe('auction')
    bought += bid(w, 0, ALL).amount
    expect(bought).toBeCloseTo(100, 9)
    const paid = w.rows('take').reduce((sum, row) => sum + row.usd, 0)
    expect(w.rows('bad_debt')[0]?.usd).toBeCloseTo(130_000 - paid, 6)
    expect(10e6 - w.ledger.balance(ALI, DAI)).toBeCloseTo(paid, 6)
    expect(w.ledger.balance(ALI, ETH)).toBeCloseTo(100, 9)
  })

  it('lets nobody buy what he cannot pay', () => {
    const w = world([[0, 0, 100, 130_000]], 2000)
    w.see(1850)
    bark(w)
    expect(w.one('bid', { offer: 0, amount: 10, actor: EVE }).status).toBe('funds')
    expect(w.one('bid', { offer: 0, amount: 10, limit: 1, actor: EVE }).status).toBe('funds')
    expect(w.one('bid', { offer: 0, amount: 10, limit: 1, actor: ALI }).status).toBe('price')
    expect(w.one('bid', { offer: 0, amount: 0, limit: 1, actor: ALI }).status).toBe('empty')
    expect(w.one('bid', { offer: 0, amount: 0, actor: ALI }).status).toBe('empty')
    expect(w.one('bid', { offer: 7, amount: 1, actor: ALI }).status).toBe('unknown')
    expect(w.rows('take')).toEqual([])
  })
})

describe('starting', () => {
  it('a vault exactly at its limit is safe (strict breach)', () => {
    const w = world([[0, 0, 1, 1000]], 2000, { ilk: { liquidation_ratio: 2, dust: 0 } })
    expect(w.venue.health(0, w.venue.prices)).toBe(1)
    expect(bark(w).status).toBe('healthy')
    w.see(1999.999)
    expect(bark(w).status).toBe('applied')
  })

  it('sends the whole vault when the rest would be dust, nothing when the part would be', () => {
    const whole = world([[0, 0, 100, 130_000]], 1850, { ilk: { hole: 140_000 } })
    expect(bark(whole).amount).toBe(100)
    const none = world([[0, 0, 100, 130_000]], 1850, { ilk: { hole: 8000 } })
    expect(bark(none).status).toBe('dust')
    expect(none.offered()).toEqual([])
  })

  it('E3: a remainder of exactly dust may stay', () => {
    const ilk = { liquidation_ratio: 2, chop: 0, dust: 20, hole: 80 }
    const w = world([[0, 0, 40, 100]], 4, { ilk })
    expect(bark(w).amount).toBe(32)
    expect([w.venue.state.vaults.columns.ink.data[0], w.venue.state.vaults.columns.art.data[0]]).toEqual([8, 20])
  })

  it('does not start over the rounding that a full hole leaves', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1000, max: 100_000, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (hole, chop) => {
          const w = world([[0, 0, 100, 130_000]], 1850, { ilk: { hole, chop, dust: 0 } })
          expect(bark(w).status).toBe('applied')
          expect(bark(w).status).toBe('limit')
        },
      ),
    )
  })

  it('is limited over all types by the global hole', () => {
    const ilks = ['ETH-A', 'ETH-B'].map((id) => ({ ...ETH_A, id }))
    const vaults = [
      [0, 0, 100, 130_000],
      [1, 1, 100, 130_000],
    ]
    const w = world(vaults, 1850, { ilks, spec: { hole_usd: 200_000 } })
    expect(bark(w, 0).amount).toBe(100)
    expect(bark(w, 1).amount).toBeCloseTo((100 * (200_000 - 146_900)) / 1.13 / 130_000, 9)
    expect(bark(w, 1).status).toBe('limit')
  })

  it('needs a price: without one nothing starts, restarts or is drawn, but bids and repayments go on', () => {
    const w = world(
      [
        [0, 0, 100, 130_000],
        [0, 0, 100, 130_000],
      ],
      1850,
    )
    bark(w, 0)
    w.pass(SECOND, 0)
    expect(w.offered().map((offer) => offer.kind)).toEqual(['auction'])
    expect(bark(w, 1).status).toBe('stale')
    expect(w.one('withdraw', { account: 1, asset: ETH, amount: 1, actor: USR }).status).toBe('stale')
    expect(bid(w, 0, 10).status).toBe('applied')
    expect(w.one('repay', { account: 1, asset: DAI, amount: 1000, actor: USR }).status).toBe('applied')
    w.pass(7300 * SECOND)
    expect(redo(w, 0).status).toBe('stale')
    expect(w.offered()).toEqual([])
    w.see(1000)
    expect(w.offered().map((offer) => offer.kind)).toEqual(['start', 'redo'])
  })

  it.each([
    [1, ['auction']],
    [2, ['auction']],
    [3, []],
  ] as const)('circuit breaker %i', (stopped, kinds) => {
    const closed = world([[0, 0, 100, 130_000]], 1850, { ilk: { stopped } })
    expect(closed.offered()).toEqual([])
    expect(bark(closed).status).toBe('paused')
    const ilks = [ETH_A, { ...ETH_A, id: 'ETH-B' }]
    const w = world([[0, 0, 100, 130_000]], 1850, { ilks })
    bark(w)
    ;(w.venue.state.ilks_of[0] as { stopped: number }).stopped = stopped
    expect(w.offered().map((offer) => offer.kind)).toEqual(kinds)
    expect(bid(w, 0, 1).status).toBe(stopped === 3 ? 'paused' : 'applied')
    w.pass(7201 * SECOND)
    expect(redo(w, 0).status).toBe(stopped >= 2 ? 'paused' : 'applied')
  })

  it('a vault without collateral cannot be auctioned and stays a shortfall', () => {
    const w = world([[0, 0, 0, 10_000]], 1850)
    expect(bark(w).status).toBe('empty')
    expect(w.offered()).toEqual([])
    expect(w.venue.shortfall_usd()).toBe(10_000)
  })

  it('reports the blame taken before the vault changed', () => {
    const w = world([[0, 0, 100, 130_000]], 1850)
    const seen: number[] = []
    w.log.blame = (venue, account) => {
      seen.push(venue, account, w.venue.health(account, w.venue.prices))
      return { shares: w.log.open_set(), cause: -1 }
    }
    bark(w)
    expect(seen).toEqual([0, 0, (100 * 1850) / 1.45 / 130_000])
    expect(w.rows('seize')[0]?.shares).toBe(0)
  })
})
