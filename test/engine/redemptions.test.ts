/** Pegs in whole runs: held while redemption is open, lost where what stands behind it fails, and spun down where nothing but a falling coin does. Every law after every bundle. */
import { describe, expect, it } from 'vitest'
import { run, type World } from '../../src/engine/index.ts'
import type { FaultSpec, KindSpec, Scenario, Snapshot } from '../../src/model/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { peg_snapshot, quiet } from '../support/peg-world.ts'

const HOUR = 3_600_000
const DAY = 86_400_000

/** A run with every law checked, and what `look` saw after each tick. */
function played<T>(snapshot: Snapshot, scenario: Scenario, look: (world: World) => T): { world: World; seen: T[] } {
  const world = build(snapshot, scenario)
  const seen: T[] = []
  const result = run(world, { debug: true, on_tick: () => (seen.push(look(world)), true) })
  expect(result.status).toBe('done')
  expect(result.laws.broken).toEqual([])
  return { world, seen }
}
const market = (world: World, id: string) => world.parts.markets.findIndex((one) => one.id === id)
const mid = (id: string) => (world: World) => world.mid(market(world, id))
const asset = (world: World, id: string) => world.parts.assets.findIndex((one) => one.id === id)
const has = (world: World, actor: string, id: string) =>
  world.ledger.balance(world.parts.actor_names.indexOf(actor), asset(world, id))
const minted = (world: World, id: string) => world.ledger.postings.minted.columns.amount.data[asset(world, id)] as number

/** Base and quote that takers got at a market over its fills so far, + received. */
function through(world: World, id: string): { base: number; quote: number } {
  const { market: at, amount, price } = world.parts.log.columns
  let [base, quote] = [0, 0]
  for (let row = 0; row < world.parts.log.length; row++) {
    if (at.data[row] !== market(world, id) || world.parts.log.kind(row) !== 'fill') continue
    base += amount.data[row] as number
    quote -= (amount.data[row] as number) * (price.data[row] as number)
  }
  return { base, quote }
}

describe('a fiat-backed stablecoin below par on a Friday night', () => {
  const bank = (hours: object | undefined): KindSpec => ({
    ...{ kind: 'redemption-queue', id: 'bank', base: 'USDC', quote: 'USD', requests: 'open', delay_ms: HOUR, order_min: 100_000 },
    ...(hours === undefined ? {} : { hours }),
  })
  // Wires are accepted from 9:00 to 17:30 New York; 2023-03-10 was a Friday.
  const snapshot = (hours: object | undefined) =>
    peg_snapshot({
      time: '2023-03-10T22:00:00Z',
      assets: { USD: [1], USDC: [1, 'USDC-USD'] },
      markets: [
        {
          kind: 'stable-swap',
          id: 'USDC-USD',
          base: 'USDC',
          quote: 'USD',
          reserve_base: 90e6,
          reserve_quote: 10e6,
          amplification: 100,
        },
        bank(hours),
      ],
      agents: [{ kind: 'redeemer', id: 'desk', cash: 'USD', redemptions: [{ market: 'bank' }], markets: ['USDC-USD'] }],
      actors: [['desk-1', 'desk', { USD: 20e6 }]],
    })
  const at = (iso: string) => Math.round((Date.parse(iso) - Date.parse('2023-03-10T22:00:00Z')) / 600_000) - 1

  it('stays there over the weekend and comes back when the bank opens', () => {
    const { world, seen } = played(snapshot({ from_hour: 13, until_hour: 21.5 }), quiet(84), mid('USDC-USD'))
    const start = seen[0] as number
    expect(start).toBeLessThan(0.9)
    expect(seen[at('2023-03-13T12:50:00Z')]).toBe(start)
    expect(seen[at('2023-03-13T13:00:00Z')]).toBeGreaterThan(0.98)
    expect(seen[seen.length - 1]).toBeGreaterThan(0.985)
    // A bank pays what was bought at a discount: the desk is richer, the pool's holders poorer.
    expect(has(world, 'desk-1', 'USD')).toBeGreaterThan(20.3e6)
  })

  it('comes back at once where redemption never closes', () => {
    const { seen } = played(snapshot(undefined), quiet(84), mid('USDC-USD'))
    expect(seen[0]).toBeGreaterThan(0.98)
  })

  it('does not come back while redemption is halted', () => {
    const halt: FaultSpec = { kind: 'halt', target: 'market:bank', from_ms: 0, to_ms: 2 * DAY, value: 0 }
    const { seen } = played(snapshot(undefined), { ...quiet(60), faults: [halt] }, mid('USDC-USD'))
    expect(seen[(47 * HOUR) / 600_000]).toBeLessThan(0.9)
    expect(seen[(49 * HOUR) / 600_000]).toBeGreaterThan(0.98)
  })
})

describe('a staked asset at a discount', () => {
  const snapshot = (delay_ms: number, eth: number) =>
    peg_snapshot({
      time: '2024-01-01T00:00:00Z',
      assets: { USD: [1], ETH: [2000], stETH: [2000, 'stETH-ETH'] },
      markets: [
        {
          kind: 'constant-product',
          id: 'stETH-ETH',
          base: 'stETH',
          quote: 'ETH',
          reserve_base: 100_000,
          reserve_quote: 95_000,
          fee: 0,
        },
        { kind: 'redemption-queue', id: 'exit', base: 'stETH', quote: 'ETH', delay_ms },
      ],
      agents: [
        {
          kind: 'redeemer',
          id: 'desk',
          cash: 'ETH',
          redemptions: [{ market: 'exit' }],
          markets: ['stETH-ETH'],
          return_per_year: 0.2,
          edge: 0,
        },
      ],
      actors: [['desk-1', 'desk', { ETH: eth }]],
    })

  it('is bought up to the carry of its queue: 1 − 1 / (1 + r·T)', () => {
    // 30 days at 20 % a year: 1.62 %; one day: 0.05 %.
    for (const days of [30, 1]) {
      const { seen } = played(snapshot(days * DAY, 1e6), quiet(1), mid('stETH-ETH'))
      expect(Math.abs((seen[0] as number) * (1 + (0.2 * days) / 365) - 1)).toBeLessThan(1e-4)
    }
  })

  it('locks capital for as long as it waits', () => {
    const { seen } = played(
      snapshot(2 * DAY, 100),
      quiet(60),
      (world) => [has(world, 'desk-1', 'ETH'), mid('stETH-ETH')(world)] as const,
    )
    const [first, before, after] = [seen[0], seen[(48 * HOUR) / 600_000 - 2], seen[(48 * HOUR) / 600_000 + 1]] as [
      readonly [number, number],
      readonly [number, number],
      readonly [number, number],
    ]
    expect(first[0]).toBeLessThan(0.01)
    expect(before).toEqual(first)
    // What came back is put to work again at once, and more of it: about 105 bought 110.
    expect(after[1]).toBeGreaterThan(first[1])
  })
})

describe('a bridged asset whose backing fails', () => {
  const failure = Date.parse('2022-03-29T01:00:00Z')
  const snapshot = (short: 'first-come' | 'pro-rata') =>
    peg_snapshot({
      time: '2022-03-29T00:00:00Z',
      assets: { USD: [1], ETH: [3000], wETH: [3000, 'wETH-ETH'] },
      markets: [
        { kind: 'order-book', id: 'wETH-ETH', base: 'wETH', quote: 'ETH' },
        {
          kind: 'peg-module',
          id: 'bridge',
          base: 'wETH',
          quote: 'ETH',
          reserve: 10_000,
          backing: { short, losses: [{ time_ms: failure, factor: 0.4 }] },
        },
      ],
      agents: [
        { kind: 'redeemer', id: 'desk', cash: 'ETH', redemptions: [{ market: 'bridge', side: 'both' }], markets: ['wETH-ETH'] },
        { kind: 'market-maker', id: 'maker', books: [{ market: 'wETH-ETH', depth_usd: 3e6, inventory_usd: 3e8 }] },
      ],
      actors: [
        ['desk-1', 'desk', { ETH: 5000 }],
        ['maker-1', 'maker', { ETH: 1e5, wETH: 8000 }],
      ],
    })
  const shock = { asset: 'wETH', change: -0.6, over_ms: 1, at_ms: HOUR - 1 }
  const look = (world: World) => [mid('wETH-ETH')(world), holdings(world)] as const
  const holdings = (world: World) => {
    const out = new Float64Array(world.parts.assets.length)
    world.market(market(world, 'bridge')).holdings(out)
    return out[asset(world, 'ETH')] as number
  }
  const failed = HOUR / 600_000

  it('is a run where the first are paid in full: what is left goes to those who are fast, until nothing is left', () => {
    const { world, seen } = played(snapshot('first-come'), quiet(6, {}, [shock]), look)
    expect(seen[failed - 2]).toEqual([expect.closeTo(1, 3), 10_000])
    expect(seen[seen.length - 1]?.[1]).toBeLessThan(1)
    // 4,000 left are bought for about half and redeemed at par.
    expect(has(world, 'desk-1', 'ETH')).toBeGreaterThan(5500)
    expect(seen[seen.length - 1]?.[0]).toBeLessThan(0.7)
    // 6,000 were lost; 4,000 were paid at par, and what was redeemed for them is burnt.
    expect(through(world, 'bridge')).toEqual({ base: expect.closeTo(-4000, 0), quote: expect.closeTo(4000, 0) })
    expect(minted(world, 'ETH')).toBeLessThan(-5999)
  })

  it('is shared where everybody is paid the same: nobody runs, and the market goes where the backing is', () => {
    const { world, seen } = played(snapshot('pro-rata'), quiet(6, {}, [shock]), look)
    expect(seen[seen.length - 1]?.[0]).toBeCloseTo(0.4, 2)
    expect(seen[seen.length - 1]?.[1]).toBeGreaterThan(3000)
    expect(world.mid(market(world, 'bridge'))).toBeCloseTo(0.4, 3)
  })
})

describe('a peg module whose reserve loses its own peg', () => {
  // March 2023: the module issues DAI for USDC at 1 whatever USDC is worth, until its ceiling.
  const snapshot = (ceiling: number) =>
    peg_snapshot({
      time: '2023-03-11T00:00:00Z',
      assets: { USD: [1], USDC: [1, 'USDC-USD'], DAI: [1, 'DAI-USD'] },
      markets: [
        { kind: 'order-book', id: 'USDC-USD', base: 'USDC', quote: 'USD' },
        {
          kind: 'stable-swap',
          id: 'DAI-USD',
          base: 'DAI',
          quote: 'USD',
          reserve_base: 30e6,
          reserve_quote: 30e6,
          amplification: 200,
        },
        {
          kind: 'peg-module',
          id: 'psm',
          base: 'DAI',
          quote: 'USDC',
          reserve: 100e6,
          ceiling,
          buffer: { units: 5e6, keeper_ms: HOUR },
        },
      ],
      agents: [
        {
          kind: 'redeemer',
          id: 'desk',
          cash: 'USD',
          redemptions: [{ market: 'psm', side: 'both' }],
          markets: ['USDC-USD', 'DAI-USD'],
        },
        { kind: 'market-maker', id: 'maker', books: [{ market: 'USDC-USD', depth_usd: 50e6, inventory_usd: 5e9 }] },
      ],
      actors: [
        ['desk-1', 'desk', { USD: 100e6 }],
        ['maker-1', 'maker', { USD: 1e9, USDC: 1e9 }],
      ],
    })
  const shock = { asset: 'USDC', change: -0.1, over_ms: HOUR, at_ms: 0 }

  it('hands it on to the coin that it pegs, as far as its ceiling reaches', () => {
    const [open, shut] = [400e6, 108e6].map((ceiling) => played(snapshot(ceiling), quiet(12, {}, [shock]), mid('DAI-USD')))
    const [low, held] = [open, shut].map((one) => one?.seen[one.seen.length - 1] as number) as [number, number]
    expect(low).toBeLessThan(0.95)
    // 8 M may still be issued, 5 M of them minted ahead: with 38 of 60 M in the pool a DAI is still worth 0.99.
    expect(held).toBeGreaterThan(0.99)
    const issued = through((shut as NonNullable<typeof shut>).world, 'psm').base
    expect(issued).toBeCloseTo(8e6, -1)
  })
})

describe('a hedged dollar at a discount', () => {
  const snapshot = (parties: readonly string[], per_block: number) =>
    peg_snapshot({
      time: '2025-10-10T21:00:00Z',
      assets: { USD: [1], USDe: [1, 'USDe-USD'] },
      markets: [
        { kind: 'constant-product', id: 'USDe-USD', base: 'USDe', quote: 'USD', reserve_base: 20e6, reserve_quote: 13e6, fee: 0 },
        {
          ...{ kind: 'peg-module', id: 'mint', base: 'USDe', quote: 'USD', reserve: 50e6, debt: 6e9, tout: 0.001, parties },
          redeem_limit: { units: per_block, per_ms: 12_000 },
          backing: { short: 'pro-rata', locked: 5.95e9, unlock_per_day: 1e9, fund: 40e6 },
        },
      ],
      agents: [{ kind: 'redeemer', id: 'desk', cash: 'USD', redemptions: [{ market: 'mint' }], markets: ['USDe-USD'] }],
      actors: [
        ['desk-1', 'desk', { USD: 10e6 }],
        ['other', '', { USD: 1 }],
      ],
    })

  it('comes back where somebody may redeem, as fast as a block lets through, and stays where nobody may', () => {
    const quick = played(snapshot(['desk-1'], 2e6), quiet(2, { tick_ms: 60_000 }), mid('USDe-USD')).seen
    const slow = played(snapshot(['desk-1'], 2e3), quiet(2, { tick_ms: 60_000 }), mid('USDe-USD')).seen
    const nobody = played(snapshot(['other'], 2e6), quiet(2, { tick_ms: 60_000 }), mid('USDe-USD')).seen
    expect(quick[0]).toBeGreaterThan(0.99)
    // 2,000 a block are 10,000 a minute: after an hour 0.6 M of the 3.9 M that it takes.
    expect(slow[59]).toBeLessThan(0.75)
    for (let i = 1; i < 60; i++) expect(slow[i] as number).toBeGreaterThan(slow[i - 1] as number)
    expect(nobody[nobody.length - 1]).toBe(0.65)
  })
})

describe('an algorithmic stablecoin', () => {
  const snapshot = (base_pool: number) =>
    peg_snapshot({
      time: '2022-05-09T00:00:00Z',
      assets: { USD: [1], UST: [1, 'UST-USD'], LUNA: [60, 'LUNA-USD'] },
      markets: [
        { kind: 'order-book', id: 'UST-USD', base: 'UST', quote: 'USD' },
        { kind: 'constant-product', id: 'LUNA-USD', base: 'LUNA', quote: 'USD', reserve_base: 5e6, reserve_quote: 300e6 },
        { kind: 'virtual-pool', id: 'mint', base: 'LUNA', quote: 'UST', base_pool, price: 'LUNA-USD' },
      ],
      agents: [
        {
          kind: 'redeemer',
          id: 'desk',
          cash: 'USD',
          redemptions: [{ market: 'mint', side: 'both' }],
          markets: ['UST-USD', 'LUNA-USD'],
        },
        { kind: 'market-maker', id: 'maker', books: [{ market: 'UST-USD', depth_usd: 20e6, inventory_usd: 5e9 }] },
      ],
      actors: [
        ['desk-1', 'desk', { USD: 1e9 }],
        ['maker-1', 'maker', { USD: 2e9, UST: 5e9 }],
      ],
    })
  const shock = { asset: 'UST', change: -0.3, over_ms: 6 * HOUR, at_ms: 0 }

  it('spins its coin down: less worth, more of it, for every unit that leaves', () => {
    const { world, seen } = played(snapshot(50e6), quiet(7, { tick_ms: 60_000 }, [shock]), (w) => ({
      luna: mid('LUNA-USD')(w),
      supply: minted(w, 'LUNA'),
    }))
    const hour = (n: number) => seen[60 * n - 1] as (typeof seen)[0]
    expect(hour(1).luna).toBeGreaterThan(50)
    expect(hour(4).luna).toBeLessThan(25)
    expect(hour(6).luna).toBeLessThan(1)
    for (let i = 1; i < seen.length; i++) expect(seen[i]?.supply as number).toBeGreaterThanOrEqual(seen[i - 1]?.supply as number)
    expect(hour(6).supply).toBeGreaterThan(10 * hour(4).supply)
    const { base: made, quote } = through(world, 'mint')
    const burnt = -quote
    expect(made).toBeCloseTo(hour(7).supply, -2)
    // A few hundred million left, each for many times the 1/60 LUNA of the first.
    expect(burnt).toBeGreaterThan(100e6)
    expect(made / burnt).toBeGreaterThan(10 / 60)
  })

  it('is slowed down by its pools, not saved', () => {
    const path = (pool: number) => played(snapshot(pool), quiet(4, { tick_ms: 60_000 }, [shock]), mid('LUNA-USD'))
    const [small, large] = [path(5e6), path(50e6)]
    expect(-through(large.world, 'mint').quote).toBeGreaterThan(-3 * through(small.world, 'mint').quote)
    for (let i = 60; i < small.seen.length; i++) expect(large.seen[i] as number).toBeLessThan(small.seen[i] as number)
    expect(small.seen[small.seen.length - 1]).toBeLessThan(58)
  })
})
