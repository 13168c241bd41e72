import { describe, expect, it } from 'vitest'
import { goldenRows, happyBite } from './reference-rows.ts'
import { RAD, RAY, type ReferenceCut, ReferenceMaker2020, WAD } from './reference.ts'

describe('published numbers (lending.md §6.4)', () => {
  it.each(goldenRows().map((row) => [row.id, row] as const))('%s', (_, row) => {
    expect(row.got).toBe(row.expected)
    expect(row.pass).toBe(true)
  })

  it('has the rows that were published', () => {
    expect(goldenRows().map((row) => row.id.split(' ')[1])).toEqual([
      ...Array(3).fill('happy_bite'),
      ...Array(4).fill('FLIP-beg'),
      ...Array(4).fill('FLOP'),
    ])
  })
})

describe('an auction in integers (lending.md §6.1)', () => {
  it('a bid of the whole tab needs no step, one above the tab is refused', () => {
    const m = happyBite()
    const { lot, tab } = m.auction(1)
    m.tend(1, lot, tab - 1n, 'ali')
    expect(() => m.tend(1, lot, tab + 1n, 'bob')).toThrow('Flip/higher-than-tab')
    expect(() => m.tend(1, lot - 1n, tab, 'bob')).toThrow('Flip/lot-not-matching')
    m.tend(1, lot, tab, 'bob')
    expect(m.dai('ali')).toBe(1000n * RAD)
    expect(m.dai('vow')).toBe(tab)
    expect(() => m.tend(1, lot, tab, 'ali')).toThrow('Flip/bid-not-higher')
  })

  it('may be settled a second after it is won, not in the instant', () => {
    const m = happyBite()
    m.tend(1, m.auction(1).lot, RAD, 'ali')
    m.now += 10_800n
    expect(() => m.deal(1)).toThrow('Flip/not-finished')
    expect(() => m.tend(1, m.auction(1).lot, 2n * RAD, 'bob')).toThrow('Flip/already-finished-tic')
    m.now += 1n
    m.deal(1)
    expect(m.gem(0, 'ali')).toBe(40n * WAD)
    expect(m.litter).toBe(0n)
  })

  it('may be restarted only without a bid and after its end', () => {
    const m = happyBite()
    m.now += 172_800n
    expect(() => m.tick(1)).toThrow('Flip/not-finished')
    expect(() => m.tend(1, m.auction(1).lot, RAD, 'ali')).toThrow('Flip/already-finished-end')
    m.now += 1n
    m.tick(1)
    m.tend(1, m.auction(1).lot, RAD, 'ali')
    m.now += 172_801n
    expect(() => m.tick(1)).toThrow('Flip/bid-already-placed')
  })

  const bitten = (cut: ReferenceCut, fields: { rate?: bigint; box?: bigint; dust?: bigint } = {}) => {
    const m = new ReferenceMaker2020()
    m.box = (fields.box ?? 1_000_000n) * RAD
    m.ilks.push({
      rate: fields.rate ?? RAY,
      spot: 100n * RAY,
      dust: (fields.dust ?? 0n) * RAD,
      chop: (113n * WAD) / 100n,
      cut,
      beg: (105n * WAD) / 100n,
      ttl: 600n,
      tau: 259_200n,
    })
    m.urns.push({ ilk: 0, owner: 'usr', ink: 100n * WAD, art: 12_000n * WAD })
    return m
  }

  it('a lump of 50 takes half of 100, whatever is left', () => {
    const m = bitten({ kind: 'lump', lump: 50n * WAD })
    m.bite(0)
    expect(m.urn(0)).toMatchObject({ ink: 50n * WAD, art: 6000n * WAD })
    expect(m.auction(1)).toMatchObject({ lot: 50n * WAD, tab: 6780n * RAD, bid: 0n })
  })

  it('a dunk of 5650 takes debt of 5000 and as much collateral in proportion', () => {
    const m = bitten({ kind: 'dunk', dunk: 5650n * RAD })
    m.bite(0)
    // dart = 5650 / 1.13 = 5000; dink = 100 · 5000 / 12000, rounded down.
    expect(m.urn(0).art).toBe(7000n * WAD)
    expect(m.auction(1).lot).toBe(41_666_666_666_666_666_666n)
    expect(m.auction(1).tab).toBe(5650n * RAD)
  })

  it('the box limits a cut by debt: less room than dust is none, and what stays may be dusty', () => {
    const m = bitten({ kind: 'dunk', dunk: 50_000n * RAD }, { box: 13_500n, dust: 100n })
    m.bite(0)
    expect(m.auction(1).tab / RAD).toBe(13_499n)
    expect(m.urn(0).art).toBeLessThan(100n * WAD)
    expect(m.urn(0).art).toBeGreaterThan(0n)
    m.urns.push({ ilk: 0, owner: 'usr', ink: 100n * WAD, art: 12_000n * WAD })
    expect(() => m.bite(1)).toThrow('Cat/liquidation-limit-hit')
  })
})
