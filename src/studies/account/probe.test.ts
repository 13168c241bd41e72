import { describe, expect, it } from 'vitest'
import { account_market, type AssetId, IDS, position } from '../../../test/support/account-world.ts'
import { small_market } from '../../../test/support/reference-market.ts'
import { run } from '../../engine/index.ts'
import { build, parse_shock, shock_scenario } from '../../scenarios/index.ts'
import { links_of } from './links.ts'
import { given_move } from './moves.ts'
import { Probe } from './probe.ts'

const world = build(account_market([[0, 'ETH', 1, 0]]), shock_scenario([]))
const opened = world.parts.store.hash()
const probe = new Probe(world)
/** Slot of a reserve's collateral: reserves are the assets but USD, two slots each. */
const slot = (id: AssetId) => 2 * (position(id) - 1)
const MINUTE = 60_000

/** What the slot of `of` does when `moved` moves: log per log. */
const response = (moved: AssetId, of: AssetId) => probe.responses()[position(moved)]?.[0]?.[slot(of)]

describe('what moves what', () => {
  it('leaves the world as it was', () => expect(world.parts.store.hash()).toBe(opened))

  it('is asked through whatever lies between: rates, routes, middles, caps', () => {
    // By the oracles' specs: one row a mover.
    const expected: Readonly<Partial<Record<AssetId, readonly AssetId[]>>> = {
      USDC: ['USDC'],
      GHO: [],
      // The rate of wstETH is fixed; stETH is quoted in ETH but its own price is what moves it; LINK's middle does not care for ETH.
      ETH: ['ETH', 'wstETH'],
      wstETH: [],
      stETH: ['stETH'],
      BTC: ['BTC'],
      LINK: ['LINK'],
    }
    for (const [mover, moved] of Object.entries(expected))
      for (const of of IDS.filter((id) => id !== 'USD'))
        expect([mover, of, response(mover as AssetId, of)]).toEqual([mover, of, moved.includes(of) ? 1 : 0])
  })

  it('tells how late each price is', () => {
    const lag = (id: AssetId) => probe.lags[0]?.[slot(id)]
    expect(lag('ETH')).toBe(0)
    // A report of 90 s arrives at the first reading after it.
    expect(lag('wstETH')).toBe(2 * MINUTE)
    // The worst of one hop and up to another.
    expect(lag('BTC')).toBe(120 * MINUTE)
    // Two of three are there at once.
    expect(lag('LINK')).toBe(0)
    expect(lag('GHO')).toBe(Number.POSITIVE_INFINITY)
  })

  it('finds who follows whom: by a venue that prices one by the other, and by a quote of equal beta', () => {
    const positions = IDS.filter((id) => id !== 'USD').map((id) => [0, id, 1, 0] as const)
    const links = links_of(new Probe(build(account_market(positions), shock_scenario([]))))
    expect(Object.fromEntries([...links].map(([a, b]) => [IDS[a], IDS[b]]))).toEqual({ wstETH: 'ETH', stETH: 'ETH' })
  })
})

describe('prices along a move', () => {
  const move = (pairs: readonly [AssetId, number][]) => given_move(world.parts.assets, pairs, new Map(), false, '--move')

  it('bend at a cap, and the bend is found', () => {
    const path = probe.path(move([['USDC', 1]])).track(0)
    expect(path.exponents[slot('USDC')]).toBeNaN()
    const ratios = new Float64Array(path.exponents.length)
    for (const change of [-0.5, -0.1, -0.001, 0.01, 0.0399, 0.0401, 0.1, 3])
      expect(path.at(Math.log(1 + change), ratios)[slot('USDC')]).toBeCloseTo(Math.min(1 + change, 1.04), 6)
    expect(ratios[slot('ETH')]).toBe(1)
  })

  it('are plain powers where nothing bends', () => {
    const path = probe
      .path(
        move([
          ['ETH', -1],
          ['BTC', -0.8],
        ]),
      )
      .track(0)
    expect(path.exponents[slot('wstETH')]).toBe(-1)
    expect(path.exponents[slot('BTC')]).toBeCloseTo(-0.8, 12)
    expect(path.exponents[slot('LINK')]).toBe(0)
    expect(path.at(0.5, new Float64Array(path.exponents.length))[slot('BTC')]).toBeCloseTo(Math.exp(-0.4), 12)
  })

  it('are those of a run in which fundamentals make the move', () => {
    const shocks = ['ETH=-37%@30m', 'wstETH=-37%@30m', 'stETH=-45%@30m', 'BTC=22%@1h', 'LINK=-60%@30m', 'USDC=9%@1h']
    const scenario = shock_scenario(
      shocks.map((text) => parse_shock(text)),
      { horizon_ms: 5 * 3_600_000 },
    )
    const moved = build(account_market([[0, 'ETH', 1, 0]]), scenario)
    // Without feedback markets stand where fundamentals do.
    expect(run(moved, { feedback: false }).status).toBe('done')
    const logs = [0.63, 0.63, 0.55, 1.22, 0.4, 1.09].map((factor) => Math.log(factor))
    const ids: readonly AssetId[] = ['ETH', 'wstETH', 'stETH', 'BTC', 'LINK', 'USDC']
    const ratios = probe.ratios(Float64Array.from(IDS, (id) => logs[ids.indexOf(id)] ?? 0))[0] as Float64Array
    const start = world.venue(0).prices
    for (const id of IDS.filter((one) => one !== 'USD')) {
      const there = (start[slot(id)] as number) * (ratios[slot(id)] as number)
      const expected = moved.venue(0).prices[slot(id)] as number
      // A push feed that has seen the last minute's step may stand within its deviation of the end.
      expect(Math.abs(there / expected - 1)).toBeLessThan(id === 'USDC' || id === 'GHO' ? 1e-9 : 0.006)
    }
  })
})

it('marks of contracts move as their index does, in the unit they are margined in', () => {
  const market = build(small_market(400), shock_scenario([]))
  const own = new Probe(market)
  const at = (id: string) => market.parts.assets.findIndex((asset) => asset.id === id)
  const btc = market.parts.markets.findIndex((one) => one.id === 'BTCUSDT-PERP')
  const venue = market.parts.venues.findIndex((one) => one.kind === 'binance-usdm')
  const contract = market.parts.markets.filter((one) => one.part.settles === venue).findIndex((one) => one.id === 'BTCUSDT-PERP')
  expect(btc).toBeGreaterThanOrEqual(0)
  expect(own.responses()[at('BTC')]?.[venue]?.[contract]).toBeCloseTo(1, 9)
  expect(own.responses()[at('USDT')]?.[venue]?.[contract]).toBeCloseTo(-1, 9)
  expect(own.responses()[at('ETH')]?.[venue]?.[contract]).toBe(0)
})
