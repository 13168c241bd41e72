import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lender, network_snapshot, SIDE_USD, vaults } from '../../../test/support/network-world.ts'
import { adapters } from '../../../test/conformance/adapters/index.ts'
import { snapshot as snapshot_of } from '../../../test/conformance/snapshot.ts'
import { Stand } from '../../../test/conformance/stand.ts'
import { kinds_market, LENDERS } from '../../../test/support/kinds-world.ts'
import { inRoot } from '../../../test/support/files.ts'
import { small_market } from '../../../test/support/reference-market.ts'
import { content_hash, type KindSpec, type Snapshot } from '../../model/index.ts'
import { build, shock_scenario } from '../../scenarios/index.ts'
import { readSnapshot } from '../../sources/index.ts'
import { open_book } from './book.ts'
import { NETWORK_DEFAULTS, type NetworkInput } from './defaults.ts'
import { network, type NetworkDocument } from './document.ts'
import { concentration } from './liquidity.ts'
import { network_of } from './nodes.ts'
import { factors } from './shock.ts'
import { stability } from './stability.ts'

const answer = (snapshot: Snapshot, input: Partial<NetworkInput> = {}): NetworkDocument =>
  network(snapshot, build(snapshot, shock_scenario([])), { ...NETWORK_DEFAULTS, ...input })

/** ETH at 3000, 25 M USD within 1 %. ann is at both lenders: 4000 ETH for 8.4 M at aave, 3600 for 7.9 M at morpho. */
const two = await readSnapshot(inRoot('examples', 'two-lenders.json'))
const document = answer(two)
const node = (id: string) => document.claims.nodes.find((one) => one.node === id)
const run = (first: string) => document.debt_rank.find((one) => one.first === first)

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
    const market = (loan: string, collateral: string, supply: number) => ({
      ...((two.venues[1]?.['markets'] as object[])[0] as object),
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

describe('two lenders: measures after ETH −30 %', () => {
  const cleared = (liability: string, costs: number) =>
    document.clearing.find((one) => one.liability === liability && one.default_costs === costs)

  it('clears accounts on their own', () => {
    expect(document.shock).toEqual([{ asset: 'ETH', change: expect.closeTo(-0.3, 12) }])
    // At 2100: ann's 3600 ETH at morpho are 7.56 M against 7.9 M, 0.34 M short; her 4000 at aave are exactly the 8.4 M owed there.
    const own = cleared('accounts', 0)
    expect(own).toMatchObject({ defaults: 1, by_own_losses: 1, rounds: 2, owed_usd: 29.5e6 })
    expect(own?.unpaid_usd).toBeCloseTo(340_000, 3)
    expect(own?.lost_outside_usd).toBeCloseTo(340_000, 3)
    expect(own?.short).toEqual([
      { node: 'morpho USDC', round: 2, pays: expect.closeTo(1 - 0.34 / 30, 12), unpaid_usd: expect.closeTo(340_000, 3) },
    ])
    // 5 % of 7.56 M lost by default; the pool, which is short too, has no costs of its own.
    expect(cleared('accounts', 0.05)?.unpaid_usd).toBeCloseTo(340_000 + 378_000, 3)
    expect(cleared('accounts', 0.05)?.lost_outside_usd).toBeCloseTo(340_000 + 378_000, 3)
  })

  it('clears owners with all they have: the loss is shared by both lenders, pro rata', () => {
    const all = cleared('owners', 0)
    // 15.96 M for 16.3 M.
    expect(all?.unpaid_usd).toBeCloseTo(340_000, 3)
    const short = Object.fromEntries((all?.short ?? []).map((one) => [one.node, one.unpaid_usd]))
    expect(short['aave USDC']).toBeCloseTo((340_000 * 8.4) / 16.3, 3)
    expect(short['morpho USDC']).toBeCloseTo((340_000 * 7.9) / 16.3, 3)
    // Of aave's 56.4 M of USDC, a listed supplier owns 20 M.
    expect(all?.lost_by_accounts_usd).toBeCloseTo((((340_000 * 8.4) / 16.3) * 20) / 56.4, 3)
  })

  it('passes distress on once, by hand', () => {
    // fay owes 1.5 M at morpho, whose suppliers own 19.8 M + 30 M: a tenth of 1.5 M ÷ 49.8 M.
    const morpho = 0.15 / 49.8
    // ann (12 + 10.8 − 16.3 = 6.5 M) and eve (5.7 − 3.7 = 2 M) have more there than their capital: impact 1. ann passes it on to aave.
    const aave = (0.84 / 116.4) * morpho
    // Then those at aave: ann, bob 2.6 M, cai 1.5 M, dee 1.4 M with impact 1; maker with the 20 M he has there.
    expect(run('fay')?.further_once_usd).toBeCloseTo(1e6 * ((6.5 + 2) * morpho + (6.5 + 2.6 + 1.5 + 1.4 + 20) * aave), 1)
    expect(run('fay')?.direct_usd).toBeCloseTo(1.8e6, 3)
    expect(run('fay')?.further_usd).toBeGreaterThan(run('fay')?.further_once_usd as number)
  })

  it('lets ann carry a loss from one lender to the other', () => {
    const lost = (first: string, venue: string) => run(first)?.venues.find((one) => one.venue === venue)?.lost as number
    expect(lost('morpho', 'aave')).toBeGreaterThanOrEqual((0.1 * 8.4) / 116.4)
    // Two owners instead of one: nothing crosses.
    const owner = two.venues.map((venue) =>
      venue.id === 'morpho' ? { ...venue, accounts: { ...(venue['accounts'] as object), owner: Int32Array.of(6, 4, 5) } } : venue,
    )
    const apart = answer({ ...two, venues: owner })
    expect(apart.debt_rank.find(({ first }) => first === 'morpho')?.venues).toContainEqual({ venue: 'aave', lost: 0 })
    expect(apart.owners.shared).toEqual([])
  })

  it('falls in turn', () => {
    // dee: 800 ETH are 1.68 M, 1.512 M after a tenth is lost in the sale, against 1 M: nobody loses.
    expect(document.furfine.find(({ first }) => first === 'dee')?.rounds).toEqual([])
    // eve: 3.99 M, 3.591 M in the sale, for 3.7 M: morpho, which has no fund, is short; a tenth of 7.56 M is more than ann has
    // (15.96 − 16.3 < 0), then aave, then bob, who has 5.25 − 4.9 = 0.35 M and a tenth of 5.25 M at stake.
    expect(document.furfine.find(({ first }) => first === 'eve')?.rounds).toEqual([['morpho'], ['ann'], ['aave'], ['bob']])
  })

  it('sells to restore leverage', () => {
    // A = 25.5 and 19.8 M, D = 16.4 and 13.1 M, all in ETH; impact 1 % ÷ 25 M. Sold: D ÷ E · 0.3 · A.
    const sold = [25.5e6 * (16.4 / 9.1) * 0.3, 19.8e6 * (13.1 / 6.7) * 0.3] as const
    const per_usd = (0.01 / 25e6) * 45.3e6
    const equity = 15.8e6
    const { fire_sale } = document
    expect(fire_sale?.direct).toBeCloseTo((0.3 * 45.3) / 15.8, 12)
    expect(fire_sale?.aggregate).toBeCloseTo(((sold[0] + sold[1]) * per_usd) / equity, 12)
    expect(fire_sale?.venues.map(({ systemicness }) => systemicness)).toEqual(
      sold.map((usd) => expect.closeTo((usd * per_usd) / equity, 12)),
    )
    expect(fire_sale?.radius).toBeCloseTo((0.01 / 25e6) * (25.5e6 * (16.4 / 9.1) + 19.8e6 * (13.1 / 6.7)), 12)
  })

  it('overlaps in ETH alone: one factor, the index in proportion to what is held', () => {
    const { overlap } = document
    const length = Math.hypot(25.5, 19.8)
    expect(overlap?.one_factor).toBeCloseTo(1, 12)
    expect(overlap?.venues).toEqual([
      { venue: 'aave', index: expect.closeTo(25.5 / length, 9) },
      { venue: 'morpho', index: expect.closeTo(19.8 / length, 9) },
    ])
    expect(overlap?.pairs.find(({ a, b }) => a === 'aave' && b === 'morpho')?.usd).toBeCloseTo((25.5e6 * 19.8e6 * 0.01) / 25e6, 3)
  })

  it('has in breach who is: weights 0.83 and 0.86 at 2100', () => {
    // aave: ann 6.97 < 8.4, bob 4.36 < 4.9, cai 2.092 < 2.1, dee 1.39 > 1. morpho: ann 6.50 < 7.9, eve 3.43 < 3.7, fay 1.99 > 1.5.
    const [now, shock] = document.stability
    expect(now).toMatchObject({ at: 'now', accounts: 7, first: 0, further: 0, branching: 0 })
    expect(shock).toMatchObject({
      at: 'shock',
      first: 5,
      first_usd: expect.closeTo(2100 * (4000 + 2500 + 1200 + 3600 + 1900), 3),
    })
  })
})

describe('failures through a common holding', () => {
  /** Within 1 % a pool takes (1/√0.99 − 1) of its base. */
  const impact = 0.01 / (SIDE_USD * (1 / Math.sqrt(0.99) - 1))
  /** Debt at which a price lower by the ratio breaks the account: weight 0.9, 2000 USD. */
  const owed = (units: number, ratio: number) => units * 2000 * 0.9 * (1 - ratio)
  const market = (rows: readonly (readonly [number, number])[]) =>
    network_snapshot({
      names: rows.map((_, i) => `a${i}`),
      venues: [
        lender('pool', {
          cash: { ETH: 1e6, USDC: 1e9 },
          positions: rows.flatMap(([units, ratio], i) => [
            [i, 'ETH', units, 0] as const,
            [i, 'USDC', 0, owed(units, ratio)] as const,
          ]),
          owner: rows.map((_, i) => i),
        }),
      ],
    })
  const stable = (rows: readonly (readonly [number, number])[], change: number) => {
    const snapshot = market(rows)
    const world = build(snapshot, shock_scenario([]))
    const factor = factors(world, { shocks: change === 0 ? [] : [{ asset: 'ETH', change }], correlated: false })
    return stability(open_book(snapshot, world), factor, 'shock')
  }

  it('takes along whom one sale reaches, and no more', () => {
    // 10,000 ETH break at −3 %: after −5 % they are sold, 19 M USD at 1900: the price falls by 1 − exp(−19 M · impact ÷ 0.95).
    const fall = 1 - Math.exp((-19e6 * impact) / 0.95)
    expect(fall).toBeCloseTo(0.0394, 3)
    // At 1900 an account that breaks at −b stands another 1 − (1 − b) ÷ 0.95. b = 8 %: 3.2 %; b = 12 %: 7.4 %.
    const rows = [
      [10_000, 0.03],
      [10, 0.08],
      [10, 0.12],
    ] as const
    expect(stable(rows, -0.05)).toMatchObject({ accounts: 3, first: 1, further: 1, rounds: 1 })
    expect(stable(rows, 0)).toMatchObject({ first: 0, further: 0 })
  })

  it('branches at 1 where two large accounts take each other along, at 0 where only one takes the other', () => {
    expect(
      stable(
        [
          [10_000, 0.02],
          [10_000, 0.02],
        ],
        0,
      ).branching,
    ).toBeCloseTo(1, 9)
    expect(
      stable(
        [
          [10_000, 0.5],
          [10, 0.02],
        ],
        0,
      ).branching,
    ).toBe(0)
  })
})

describe('sales with thresholds', () => {
  it('of the account below its limit, to a health of 1.05, and of nobody above it', () => {
    // 10 ETH at 1900 after −5 %, weight 0.9. Owed 17,400: equity 1600 ÷ 19,000 is below 1 − 0.9. Sold until E ÷ A is 1 − 0.9 ÷ 1.05 = 1 ÷ 7:
    // 19,000 − 7 · 1600. The other owes 17,000: 2000 ÷ 19,000 is above 0.1, and stays so, for the price falls by 7800 ÷ 5e8.
    const snapshot = network_snapshot({
      names: ['ann', 'bob'],
      venues: [
        lender('pool', {
          cash: { ETH: 20, USDC: 1e6 },
          positions: [
            [0, 'ETH', 10, 0],
            [0, 'USDC', 0, 17_400],
            [1, 'ETH', 10, 0],
            [1, 'USDC', 0, 17_000],
          ],
          owner: [0, 1],
        }),
      ],
    })
    const found = answer(snapshot, { shocks: [{ asset: 'ETH', change: -0.05 }] }).deleveraging
    // Selling 7800 lowers the price by f: 3900 f less comes in, 11,200 f are lost on the rest, so E and A are less by 15,100 f, and what is still to
    // be paid, A − 7 E less what came in, is sold in the next step, at the lower price.
    const impact = 0.01 / (SIDE_USD * (1 / Math.sqrt(0.99) - 1))
    const f = 1 - Math.exp((-7800 / 0.95) * impact)
    const more = 19_000 - 7 * 1600 + 6 * 15_100 * f - (7800 - 3900 * f)
    expect(more).toBeCloseTo(1.5, 1)
    expect(found).toMatchObject({ accounts: 2, sellers: 1, failed: 0, steps: 3 })
    expect(found?.sold_usd).toBeCloseTo(7800 + more / (1 - f), 6)
  })

  it('of all that an account without equity has: two lenders, ann', () => {
    // 7.56 M for 7.9 M at morpho. eve: 3.99 M for 3.7 M, E ÷ A 0.0727 below 0.14: sold to 1 − 0.86 ÷ 1.05.
    const morpho = document.deleveraging?.venues.find(({ venue }) => venue === 'morpho')
    expect(morpho).toMatchObject({ sellers: 2, failed: 1 })
    expect(morpho?.sold_usd).toBeGreaterThan(7.56e6 + 3.99e6 - 0.29e6 / (1 - 0.86 / 1.05))
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

describe('tokens that are claims', () => {
  it('pass on what their issuer cannot pay', () => {
    // 100 DAI of which 50 lie in the pool: after ETH −50 % the vault has 75 for 100. The pool has 50 · 0.75 and owes 50.
    const snapshot = network_snapshot({
      names: ['ann', 'bob'],
      venues: [
        vaults('maker', [[0, 0.075, 100]]),
        lender('pool', { cash: { DAI: 50 }, positions: [[0, 'DAI', 50, 0]], owner: [1] }),
      ],
    })
    const found = answer(snapshot, { shocks: [{ asset: 'ETH', change: -0.5 }], default_costs: 0 })
    expect(found.claims.tokens).toEqual([{ creditor: 'pool DAI', debtor: 'maker DAI', asset: 'DAI', usd: 50 }])
    const [accounts] = found.clearing
    expect(accounts?.short).toEqual([
      { node: 'maker DAI', round: 2, pays: expect.closeTo(0.75, 12), unpaid_usd: expect.closeTo(25, 9) },
      { node: 'pool DAI', round: 3, pays: expect.closeTo(0.75, 12), unpaid_usd: expect.closeTo(12.5, 9) },
    ])
    expect(accounts).toMatchObject({ lost_by_accounts_usd: expect.closeTo(12.5, 9), lost_outside_usd: expect.closeTo(12.5, 9) })
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
    const { claims } = answer(snapshot)
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

describe('what is asked', () => {
  it('moves others by their betas, as runs do', () => {
    const market = small_market(200)
    const world = build(market, shock_scenario([]))
    const beta = (id: string) => market.assets.find((one) => one.id === id)?.beta as number
    const factor = factors(world, { shocks: [{ asset: 'ETH', change: -0.3 }], correlated: true })
    const at = (id: string) => factor[market.assets.findIndex((one) => one.id === id)] as number
    expect(at('ETH')).toBeCloseTo(0.7, 15)
    expect(Math.log(at('BTC'))).toBeCloseTo((beta('BTC') / beta('ETH')) * Math.log(0.7), 12)
    expect(at('USD')).toBe(1)
    expect(at('USDC')).toBe(1)
  })

  it.each([
    [{ shocks: [{ asset: 'FOO', change: -0.1 }] }, /--shock: asset is "FOO"/],
    [{ shocks: [{ asset: 'USDC', change: -0.1 }] }, /not the unit of account/],
    [{ shocks: [{ asset: 'ETH', change: -1 }] }, /more than -100%/],
    [{ lost: 0 }, /--lost/],
    [{ default_costs: 1 }, /--default-costs/],
    [{ top: 0 }, /--top/],
  ])('refuses %j', (input, message) => {
    expect(() => answer(two, input)).toThrow(message)
  })

  it('has evidence by part, of the weakest below it', () => {
    const snapshot = network_snapshot({
      names: ['ann'],
      venues: [lender('pool', { cash: { USDC: 20 }, positions: [[0, 'USDC', 100, 80]], owner: [0] })],
      provenance: [
        { part: 'venues.pool', evidence: 'observed', source: 's' },
        { part: 'markets', evidence: 'inferred', source: 's' },
      ],
    })
    const found = answer(snapshot)
    expect(found.evidence).toBe('inferred')
    expect(found.claims.nodes[0]?.evidence).toBe('observed')
    expect(found.parts.find(({ part }) => part === 'liquidity')?.evidence).toBe('inferred')
  })
})
