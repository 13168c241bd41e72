import { describe, expect, it } from 'vitest'
import { inRoot } from '../../../test/support/files.ts'
import { lender, network_snapshot, SIDE_USD, vaults } from '../../../test/support/network-world.ts'
import { small_market } from '../../../test/support/reference-market.ts'
import type { Snapshot } from '../../model/index.ts'
import { network_text } from '../../reports/index.ts'
import { build, shock_scenario } from '../../scenarios/index.ts'
import { readSnapshot } from '../../sources/index.ts'
import { open_book } from './book.ts'
import { NETWORK_DEFAULTS, type NetworkInput } from './defaults.ts'
import { network, type NetworkDocument } from './document.ts'
import { factors } from './shock.ts'
import { stability } from './stability.ts'

const answer = (snapshot: Snapshot, input: Partial<NetworkInput> = {}): NetworkDocument =>
  network(snapshot, build(snapshot, shock_scenario([])), { ...NETWORK_DEFAULTS, ...input })

/** ETH at 3000, 25 M USD within 1 %. ann is at both lenders: 4000 ETH for 8.4 M at aave, 3600 for 7.9 M at morpho. */
const two = await readSnapshot(inRoot('examples', 'two-lenders.json'))
const document = answer(two)
const run = (first: string) => document.debt_rank.find((one) => one.first === first)

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
    // ETH at 0.7 of its price falls to exp(−0.01 · sold ÷ 25 M) of that; who sells a part of it all causes that part of the loss.
    const all = sold[0] + sold[1]
    const fall = 0.7 * (1 - Math.exp((-0.01 * all) / 25e6))
    const equity = 15.8e6
    const { fire_sale } = document
    expect(fire_sale?.direct).toBeCloseTo((0.3 * 45.3) / 15.8, 12)
    expect(fire_sale?.aggregate).toBeCloseTo((45.3e6 * fall) / equity, 12)
    expect(fire_sale?.venues.map(({ systemicness }) => systemicness)).toEqual(
      sold.map((usd) => expect.closeTo((45.3e6 * fall * usd) / all / equity, 12)),
    )
    // 0.3 · 25.5 + fall · 25.5 of 9.1 at aave, of 6.7 at morpho: neither loses all.
    expect(fire_sale).toMatchObject({
      beyond_equity: 0,
      beyond_linear: [],
      by_owners: expect.closeTo(fire_sale?.aggregate ?? 0, 12),
    })
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
    const pair = overlap?.pairs.find(({ a, b }) => a === 'aave' && b === 'morpho')
    const share = 1 - Math.exp((-0.01 * 19.8) / 25)
    expect(pair).toEqual({ a: 'aave', b: 'morpho', usd: expect.closeTo(25.5e6 * share, 3), share: expect.closeTo(share, 12) })
    expect(overlap?.beyond_linear).toEqual([])
  })

  it('says who bears what is not paid: at a lender without a fund its suppliers, at an exchange its fund first', () => {
    // ann owes 7.9 M against 3600 ETH at 2100: 340,000 are missing, and morpho's suppliers are listed nowhere.
    const [alone] = document.clearing
    expect(alone?.unpaid_usd).toBeCloseTo(340_000, 6)
    expect(alone).toMatchObject({ funds: [], lost_by_accounts_usd: 0, lost_outside_usd: expect.closeTo(340_000, 6) })
    const market = answer(small_market(300), { shocks: [{ asset: 'ETH', change: -0.5 }], correlated: true })
    for (const one of market.clearing.filter(({ default_costs }) => default_costs === 0)) {
      const [fund] = one.funds
      expect(fund?.node).toBe('binance')
      expect(fund?.lost_usd).toBeGreaterThan(0)
      expect(fund?.lost_usd).toBeLessThanOrEqual(fund?.fund_usd as number)
      // Nothing is lost twice, nothing gets lost.
      const borne = (fund?.lost_usd as number) + one.lost_by_accounts_usd + one.lost_outside_usd
      expect(borne / one.unpaid_usd).toBeCloseTo(1, 9)
    }
  })

  it('says where nobody buys, instead of sales that cost nothing', () => {
    const actors = { ...two.actors, agent: Int32Array.from(two.actors.names, () => -1) }
    const alone = answer({ ...two, agents: [], actors })
    expect(alone.fire_sale).toMatchObject({ aggregate: 0, no_market: ['ETH'] })
    expect(alone.parts.find(({ part }) => part === 'liquidity')).toMatchObject({ found: false })
    const text = network_text(alone as never, { width: 1000 })
    expect(text).toContain('what those with debts would sell to restore their leverage has no market that buys it')
    expect(text).toContain('No market of ETH has depth')
    expect(document.fire_sale?.no_market).toEqual([])
    const nobody = answer({ ...two, venues: [] })
    expect(network_text(nobody as never)).toContain('nobody owes anybody')
  })

  it('loses no more than is held, however thin the market and however large the shock', () => {
    // 45.3 M of ETH at lenders, 25,000 within 1 %: a linear impact takes the price to 0 at 2.5 M.
    const books = [{ market: 'ETH-USDC', depth_usd: 25_000, inventory_usd: 250_000_000 }]
    const thin = { ...two, agents: two.agents.map((agent) => (agent.kind === 'market-maker' ? { ...agent, books } : agent)) }
    for (const change of [-0.1, -0.3, -0.9]) {
      const { fire_sale, overlap, deleveraging } = answer(thin, { shocks: [{ asset: 'ETH', change }] })
      for (const { assets_usd, equity_usd, direct, indirect } of fire_sale?.venues ?? []) {
        expect(direct * equity_usd).toBeGreaterThan(0)
        expect((direct + indirect) * equity_usd).toBeLessThanOrEqual(assets_usd * (1 + 1e-12))
      }
      // What owners lose is no more than they have; together with what is beyond it is all that is lost.
      const { direct, aggregate, by_owners, beyond_equity } = fire_sale as NonNullable<typeof fire_sale>
      expect(by_owners).toBeLessThanOrEqual(1)
      expect(by_owners).toBeLessThan(aggregate)
      expect(Math.min(1, direct) + by_owners).toBeLessThanOrEqual(1 + 1e-12)
      expect(beyond_equity).toBeGreaterThan(0)
      const beyond = fire_sale?.beyond_linear ?? []
      expect(beyond.length).toBeGreaterThan(0)
      for (const { sold_usd, limit_usd } of beyond) expect(sold_usd).toBeGreaterThan(limit_usd)
      expect(overlap?.beyond_linear.length).toBeGreaterThan(0)
      for (const { share } of overlap?.pairs ?? []) expect(share).toBeLessThanOrEqual(1)
      for (const { change: by_sales } of deleveraging?.prices ?? []) expect(by_sales).toBeGreaterThanOrEqual(-1)
    }
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
