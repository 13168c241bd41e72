import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adapters } from '../../../test/conformance/adapters/index.ts'
import { snapshot as snapshot_of } from '../../../test/conformance/snapshot.ts'
import { Stand } from '../../../test/conformance/stand.ts'
import { inRoot } from '../../../test/support/files.ts'
import { kinds_market, LENDERS } from '../../../test/support/kinds-world.ts'
import { lender, network_snapshot } from '../../../test/support/network-world.ts'
import { small_market } from '../../../test/support/reference-market.ts'
import { content_hash, type KindSpec, type Snapshot } from '../../model/index.ts'
import { network_text } from '../../reports/index.ts'
import { build, shock_scenario } from '../../scenarios/index.ts'
import { readSnapshot } from '../../sources/index.ts'
import { open_book } from './book.ts'
import { NETWORK_DEFAULTS, type NetworkInput } from './defaults.ts'
import { network, type NetworkDocument } from './document.ts'
import { concentration } from './liquidity.ts'
import { network_of } from './nodes.ts'
import { factors } from './shock.ts'

const answer = (snapshot: Snapshot, input: Partial<NetworkInput> = {}): NetworkDocument =>
  network(snapshot, build(snapshot, shock_scenario([])), { ...NETWORK_DEFAULTS, ...input })

/** ETH at 3000, 25 M USD within 1 %. ann is at both lenders: 4000 ETH for 8.4 M at aave, 3600 for 7.9 M at morpho. */
const two = await readSnapshot(inRoot('examples', 'two-lenders.json'))
const document = answer(two)
const node = (id: string) => document.claims.nodes.find((one) => one.node === id)

describe('two lenders, one owner at both: claims', () => {
  it('are the positions of the file', () => {
    // 8500 ETH of accounts in 20,000; 16.4 M lent of 56.4 M, of which one supplier is listed with 20 M.
    expect(node('aave ETH')).toMatchObject({ at_hand_usd: 60e6, lent_usd: 0, owed_usd: 25.5e6, owed_outside_usd: 34.5e6 })
    expect(node('aave USDC')).toMatchObject({ at_hand_usd: 40e6, lent_usd: 16.4e6, owed_usd: 20e6, owed_outside_usd: 36.4e6 })
    // 6600 ETH of collateral; 30 M supplied by nobody listed, 13.1 M of it lent.
    expect(node('morpho ETH')).toMatchObject({ at_hand_usd: 19.8e6, owed_usd: 19.8e6, owed_outside_usd: 0 })
    expect(node('morpho USDC')).toMatchObject({ at_hand_usd: 16.9e6, lent_usd: 13.1e6, owed_usd: 0, owed_outside_usd: 30e6 })
    expect(document.claims).toMatchObject({ have_usd: 166.2e6, owe_usd: 166.2e6 })
  })

  it('keep apart what is kept and what is lent on, of the same asset', () => {
    // One market takes ETH for USDC, the other USDC for ETH: 100 ETH kept for 100,000 USDC, 50,000 USDC kept for 10 ETH, at 3000.
    const [first_market] = (two.venues[1] as KindSpec)['markets'] as readonly [object]
    const market = (loan: string, collateral: string, supply: number) => ({
      ...first_market,
      loan,
      collateral,
      supply,
      collateral_oracle: collateral === 'ETH' ? 'ETH/USD' : 'USDC/USD',
      loan_oracle: loan === 'ETH' ? 'ETH/USD' : 'USDC/USD',
      loan_decimals: 18,
    })
    const both = {
      ...two.venues[1],
      markets: [market('USDC', 'ETH', 200_000), market('ETH', 'USDC', 40)],
      accounts: {
        owner: Int32Array.of(4, 5),
        market: Int32Array.of(0, 1),
        collateral: Float64Array.of(100, 50_000),
        debt: Float64Array.of(100_000, 10),
      },
    }
    const { claims } = answer({ ...two, venues: [both as unknown as KindSpec] })
    const at = (id: string) => claims.nodes.find((one) => one.node === id)
    expect(at('morpho ETH')).toMatchObject({
      kind: 'pool',
      at_hand_usd: 90_000,
      lent_usd: 30_000,
      owed_usd: 0,
      owed_outside_usd: 120_000,
    })
    expect(at('morpho ETH kept')).toMatchObject({ kind: 'custody', at_hand_usd: 300_000, owed_usd: 300_000, owed_outside_usd: 0 })
    expect(at('morpho USDC')).toMatchObject({ at_hand_usd: 100_000, lent_usd: 100_000, owed_outside_usd: 200_000 })
    expect(at('morpho USDC kept')).toMatchObject({ at_hand_usd: 50_000, owed_usd: 50_000 })
  })

  it('have what owners share', () => {
    expect(document.owners).toMatchObject({ owners: 7, at_several: 1 })
    expect(document.owners.largest[0]).toMatchObject({ owner: 'ann', owed_usd: 16.3e6 })
    expect(document.owners.shared).toEqual([
      { a: 'aave', b: 'morpho', owners: 1, usd: 7.9e6, share_of_a: 8.4 / 16.4, share_of_b: 7.9 / 13.1 },
    ])
  })

  it('have who holds what: ETH by six owners, ann at both lenders', () => {
    // 4000 + 3600 of ann, 2500, 1200, 800, 1900, 1100.
    const units = [7600, 2500, 1200, 800, 1900, 1100]
    const all = 15_100
    const eth = document.owners.holders.find(({ asset }) => asset === 'ETH')
    expect(eth).toMatchObject({ owners: 6, usd: all * 3000 })
    expect(eth?.hhi).toBeCloseTo(
      units.reduce((sum, one) => sum + (one / all) ** 2, 0),
      12,
    )
    expect(eth?.largest.map(({ owner, share }) => [owner, share])).toEqual([
      ['ann', expect.closeTo(7600 / all, 12)],
      ['bob', expect.closeTo(2500 / all, 12)],
      ['eve', expect.closeTo(1900 / all, 12)],
    ])
  })

  it('say what the snapshot does not have', () => {
    const found = Object.fromEntries(document.parts.map((one) => [one.part, one.found]))
    expect(found).toEqual({
      'direct claims': true,
      'tokens that are claims on an issuer': false,
      'funds of venues': false,
      'common owners': true,
      'money aside': true,
      liquidity: true,
      'recursive collateral': false,
    })
    for (const { evidence } of document.parts) expect(evidence).toBe('synthetic')
  })
})

describe('concentration', () => {
  it('of shares 0.5, 0.3, 0.2', () => {
    const found = concentration(
      'ETH',
      new Map([
        ['b', 3],
        ['a', 5],
        ['c', 2],
        ['d', 0],
      ]),
    )
    expect(found).toMatchObject({ usd: 10, hhi: expect.closeTo(0.38, 12), effective: expect.closeTo(1 / 0.38, 12) })
    expect(found?.shares.map(({ where }) => where)).toEqual(['a', 'b', 'c'])
    expect(concentration('ETH', new Map())).toBeUndefined()
  })
})

/** Places of numbers that are none. */
const not_finite = (value: unknown, path = ''): string[] =>
  typeof value === 'number'
    ? Number.isFinite(value)
      ? []
      : [path]
    : value !== null && typeof value === 'object'
      ? Object.entries(value).flatMap(([key, inner]) => not_finite(inner, `${path}.${key}`))
      : []

/** Σ of a position column of the snapshot, at the prices of its assets. */
function listed(snapshot: Snapshot, venue: string, field: 'collateral' | 'debt'): number {
  const spec = snapshot.venues.find(({ id }) => id === venue) as unknown as Record<string, never> & {
    reserves: { asset: string }[]
  }
  const { reserve, [field]: units } = spec['positions'] as unknown as Record<'reserve' | 'collateral' | 'debt', Float64Array>
  const price = (r: number) => snapshot.assets.find(({ id }) => id === spec.reserves[r]?.asset)?.price_usd as number
  return units.reduce((sum, one, i) => sum + one * price(reserve[i] as number), 0)
}

describe('the books balance', () => {
  it('of the reference market: what accounts hold and owe is what the snapshot lists', () => {
    const market = small_market(400)
    const found = answer(market)
    const at = (venue: string) => found.holdings.filter((one) => one.venue === venue)
    const total = (venue: string, of: 'held_usd' | 'owed_usd') => at(venue).reduce((sum, one) => sum + one[of], 0)
    expect(total('aave', 'held_usd') / listed(market, 'aave', 'collateral')).toBeCloseTo(1, 9)
    expect(total('aave', 'owed_usd') / listed(market, 'aave', 'debt')).toBeCloseTo(1, 9)
    expect(found.claims.have_usd / found.claims.owe_usd).toBeCloseTo(1, 12)
    for (const one of found.look_through)
      expect(one.assets.reduce((sum, { share }) => sum + share, 0) + one.unlisted + one.uncovered + one.circular).toBeCloseTo(
        1,
        6,
      )
  })

  it('of every lending kind: three accounts with 10 ETH at 3000, 40,000 USDC owed, some against pools, some created', () => {
    const snapshot = kinds_market()
    const found = answer(snapshot)
    const { claims, overlap } = found
    // Ten venues are a hundred pairs: printed are the largest, the document has all.
    expect(overlap?.pairs).toHaveLength(LENDERS.length ** 2)
    expect(network_text(found as never)).toContain(`The largest 20 of ${LENDERS.length ** 2}.`)
    for (const { id } of LENDERS) {
      const [eth, usdc] = ['ETH', 'USDC'].map((asset) => claims.nodes.find((one) => one.node === `${id} ${asset}`))
      expect(eth?.owed_usd).toBeCloseTo(90_000, 3)
      expect(usdc?.lent_usd).toBeCloseTo(40_000, 3)
      const creates = ['maker', 'maker-2020', 'liquity-v1', 'liquity-v2', 'llamma'].includes(id)
      expect({ id, kind: usdc?.kind }).toEqual({ id, kind: creates ? 'issuer' : 'pool' })
    }
    expect(claims.have_usd / claims.owe_usd).toBeCloseTo(1, 12)
  })

  it.each(adapters.map((adapter) => [adapter.kind, adapter] as const))('of %s: what it has is what it owes', (_, adapter) => {
    const accounts = adapter.sample.map((account, owner) => ({ account, owner }))
    const { world } = new Stand(adapter, accounts)
    const spec = snapshot_of(adapter, adapter.spec(accounts), {})
    const found = network(spec as never, world)
    expect(found.claims.have_usd / found.claims.owe_usd).toBeCloseTo(1, 12)
    expect(not_finite(found)).toEqual([])
    const kinds = new Set(found.claims.nodes.map(({ kind }) => kind))
    expect(kinds.has('exchange')).toBe(adapter.family === 'exchange')
    // Four accounts, all of them with a position; some kinds are given a safe debtor more.
    expect(found.owners.owners).toBeGreaterThanOrEqual(4)
  })

  it('of any two pools: claims are debts, before and after any shock', () => {
    const amount = fc.integer({ min: 0, max: 1000 })
    const row = fc.record({ eth: amount, usdc: amount, owes: amount, who: fc.integer({ min: 0, max: 2 }) })
    const venue = fc.array(row, { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(venue, venue, fc.integer({ min: -90, max: 90 }), (first, second, change) => {
        const pool = (id: string, rows: typeof first) =>
          lender(id, {
            cash: { ETH: 5000, USDC: 5000 },
            positions: rows.flatMap(({ eth, usdc, owes }, i) => [[i, 'ETH', eth, 0] as const, [i, 'USDC', usdc, owes] as const]),
            owner: rows.map(({ who }) => who),
          })
        const snapshot = network_snapshot({ names: ['a', 'b', 'c'], venues: [pool('one', first), pool('two', second)] })
        const world = build(snapshot, shock_scenario([]))
        const book = open_book(snapshot, world)
        const factor = factors(world, { shocks: [{ asset: 'ETH', change: change / 100 }], correlated: true })
        for (const factors_ of [factor.map(() => 1), factor])
          for (const { custody, lent, lent_outside, owed, owed_outside, fund } of network_of(book, factors_).nodes) {
            const has = custody.reduce((sum, usd) => sum + usd, 0) + lent + lent_outside
            expect(Math.abs(has - owed - owed_outside - fund)).toBeLessThanOrEqual(1e-9 * has)
          }
        const owes = [...first, ...second].reduce((sum, one) => sum + one.owes, 0)
        const { holdings } = network(snapshot, world, { ...NETWORK_DEFAULTS, shocks: [{ asset: 'ETH', change: -0.5 }] })
        expect(holdings.reduce((sum, one) => sum + one.owed_usd, 0)).toBeCloseTo(owes, 6)
      }),
      { numRuns: 25 },
    )
  })

  it('whatever is asked, the world stays as it was and the answer is the same', () => {
    const market = small_market(200)
    const world = build(market, shock_scenario([]))
    const opened = world.parts.store.hash()
    const found = network(market, world)
    expect(world.parts.store.hash()).toBe(opened)
    expect(content_hash(network(market, world))).toBe(content_hash(found))
  })
})
