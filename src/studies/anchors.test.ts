import { beforeAll, describe, expect, it } from 'vitest'
import { inRoot } from '../../test/support/files.ts'
import { small_market } from '../../test/support/reference-market.ts'
import type { Snapshot } from '../model/index.ts'
import { build, shock_scenario } from '../scenarios/index.ts'
import { readSnapshot } from '../sources/index.ts'
import { anchors, left_behind } from './anchors.ts'
import { stress } from './stress.ts'

let two: Snapshot
beforeAll(async () => {
  two = await readSnapshot(inRoot('examples', 'two-lenders.json'))
})

/** The same with a second book and somebody between the two. */
function with_second(links: boolean): Snapshot {
  const { actors, agents, markets } = two
  const book = { kind: 'order-book', id: 'ETH-2', base: 'ETH', quote: 'USDC' }
  const arbitrageur = { kind: 'arbitrageur', id: 'arbitrageur', capital_usd: 1e7, links: [{ a: 'ETH-2', b: 'ETH-USDC' }] }
  return {
    ...two,
    markets: [...markets, book],
    agents: links ? [...agents, arbitrageur] : agents,
    actors: links ? { ...actors, count: actors.count + 1, agent: Int32Array.from([...actors.agent, agents.length]) } : actors,
  }
}

const calm = shock_scenario([])

describe('what holds a price', () => {
  const of = (snapshot: Snapshot, without: readonly string[] = []) =>
    anchors(snapshot, build(snapshot, { ...calm, without: [...without] })).find(({ asset }) => asset === 'ETH')

  it('is nothing where an asset has one market; what a book keeps is its default of 35 %', () => {
    expect(of(two)).toMatchObject({ market: 'ETH-USDC', others: [], linked: [], permanent: 0.35 })
  })

  it('is another market only where somebody who is there links them', () => {
    expect(of(with_second(false))).toMatchObject({ others: ['ETH-2'], linked: [] })
    expect(of(with_second(true))).toMatchObject({ others: ['ETH-2'], linked: ['ETH-2'] })
    expect(of(with_second(true), ['agent:arbitrageur'])).toMatchObject({ others: ['ETH-2'], linked: [] })
  })

  it('is followed over links: perp to book to pool', () => {
    const { document } = stress(small_market(300), shock_scenario([], { horizon_ms: 60_000 }))
    const eth = document.anchors.find(({ asset }) => asset === 'ETH')
    expect(eth?.market).toBe('ETH-USD')
    expect([...(eth?.linked ?? [])].sort()).toEqual(['ETH-USDC-POOL', 'ETHUSDT-PERP'])
    expect(document.anchors.find(({ asset }) => asset === 'weETH')).toMatchObject({ others: [], linked: [] })
  })

  it('says how far depth had gone, and when', () => {
    const shock = shock_scenario([{ asset: 'ETH', change: -0.3, over_ms: 3_600_000, at_ms: 0 }], { horizon_ms: 7_200_000 })
    const eth = stress(two, shock).document.anchors.find(({ asset }) => asset === 'ETH')
    expect(eth?.depth_left).toBeLessThan(0.1)
    expect(eth?.depth_left_ms).toBeGreaterThan(0)
    expect(eth?.depth_left_ms).toBeLessThanOrEqual(7_200_000)
  })
})

describe('claims on a shocked asset that the shock leaves where they are', () => {
  const still = () => true

  it('are those named after it at a price of the same order', () => {
    expect(left_behind(small_market(300), ['ETH'], still)).toEqual([
      { asset: 'wstETH', claim_on: 'ETH' },
      { asset: 'weETH', claim_on: 'ETH' },
    ])
    expect(left_behind(small_market(300), ['BTC'], still)).toEqual([])
  })

  it('are those that a venue prices by its market alone', () => {
    const wrapped = { id: 'PT-1', price_usd: 2_900, beta: 1, reference: 'PT-USDC' }
    const priced = (path: readonly { readonly market: string }[]): Snapshot => ({
      ...two,
      assets: [...two.assets, wrapped],
      markets: [...two.markets, { kind: 'order-book', id: 'PT-USDC', base: 'PT-1', quote: 'USDC' }],
      oracles: [...two.oracles, { kind: 'chainlink', id: 'PT/USD', path }],
      venues: [...two.venues, { kind: 'x', id: 'x', reserves: [{ asset: 'PT-1', oracle: 'PT/USD' }] }],
    })
    expect(left_behind(priced([{ market: 'ETH-USDC' }]), ['ETH'], still)).toEqual([{ asset: 'PT-1', claim_on: 'ETH' }])
    // Its own market, converted: quoted in ETH, no claim on it.
    expect(left_behind(priced([{ market: 'PT-USDC' }, { market: 'ETH-USDC' }]), ['ETH'], still)).toEqual([])
  })

  it('are not those that follow: by their betas, or named', () => {
    const move = { asset: 'ETH', change: -0.1, over_ms: 0, at_ms: 0 }
    const of = (correlated: boolean, more: readonly (typeof move)[] = []) =>
      stress(small_market(300), shock_scenario([move, ...more], { correlated, horizon_ms: 60_000 })).document.left_behind
    expect(of(false).map(({ asset }) => asset)).toEqual(['wstETH', 'weETH'])
    expect(of(true)).toEqual([])
    expect(of(false, [{ ...move, asset: 'weETH' }]).map(({ asset }) => asset)).toEqual(['wstETH'])
  })
})
