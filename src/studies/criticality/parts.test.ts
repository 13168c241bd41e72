import { describe, expect, it } from 'vitest'
import { account_market } from '../../../test/support/account-world.ts'
import { everyone } from '../../../test/support/everyone.ts'
import { kinds_market } from '../../../test/support/kinds-world.ts'
import { small_market } from '../../../test/support/reference-market.ts'
import type { Snapshot } from '../../model/index.ts'
import { build, shock_scenario } from '../../scenarios/index.ts'
import { blind_spots } from './blind.ts'
import { Crowd } from './crowd.ts'
import { CRITICALITY_DEFAULTS } from './defaults.ts'
import { criticality } from './document.ts'
import { shock_parts } from './parts.ts'
import { key_of, offspring, ShockedCrowd, type ShockQuestion, stressed_books } from './shock.ts'
import type { StressedBooks } from './stress.ts'

const POOL = 1e10
/** 100,000 ETH at 3000 USD and weight 0.8: in breach after −4.2, −6.3 and −16.7 %. */
const DEBTS = [230e6, 225e6, 200e6]
const lender = (debts: readonly number[]) =>
  account_market(
    debts.flatMap(
      (debt, i) =>
        [
          [i, 'ETH', 100_000, 0],
          [i, 'USDC', 0, debt],
        ] as const,
    ),
  )
const question: ShockQuestion = { fall: 0.14, over_ms: 3_600_000, reach: 0.2 }
const opened = (snapshot: Snapshot) => {
  const world = build(snapshot, shock_scenario([]))
  const crowd = new Crowd(world)
  return { world, shocked: new ShockedCrowd(crowd, stressed_books(snapshot, crowd, question), question) }
}
const asked = (snapshot: Snapshot) => {
  const crowd = new Crowd(build(snapshot, shock_scenario([])))
  return offspring(crowd, stressed_books(snapshot, crowd, question), question)
}

describe('who makes the R of a shock', () => {
  const { world, shocked } = opened(lender(DEBTS))
  const all = shocked.generations()
  const parts = shock_parts(shocked, world)

  it('adds up, and says what every account sells, by hand', () => {
    expect(parts.types).toEqual([
      { venue: 'pool', asset: 'ETH', first_usd: expect.closeTo(all.first_usd, 3), next_usd: expect.closeTo(all.next_usd, 3) },
    ])
    // 1.05 of the debt in ETH at the moved price, told at the start price; the mean of nine sizes, at all of which the first two are taken.
    const sizes = [0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2].map((factor) => 0.86 ** factor)
    const first = DEBTS.slice(0, 2).map((debt) => sizes.reduce((sum, price) => sum + (1.05 * debt) / price / 9, 0))
    const of = (row: number) => parts.largest.find(({ account }) => account === row)
    for (const row of [0, 1]) expect((of(row)?.first_usd as number) / (first[row] as number)).toBeCloseTo(1, 9)
    // 0.86 ** 1.2 = 0.8344 is above 200/240: only in the next.
    expect(of(2)).toMatchObject({ first_usd: 0, next_usd: expect.closeTo(all.next_usd, 3), owner: 'ann' })
    expect(all.next_usd).toBeGreaterThan(200e6)
    expect(parts.others).toBe(0)
    // Constant product: the price falls to (1 + sold ÷ reserve)^−2.
    expect(parts.moves).toEqual([
      { asset: 'ETH', sold_usd: expect.closeTo(all.first_usd, 3), fall: expect.any(Number), unbounded: expect.any(Number) },
    ])
    expect((parts.moves[0]?.fall as number) / (1 - (1 + all.first_usd / POOL) ** -2)).toBeCloseTo(1, 2)
  })

  it('leaves an account, or those of an owner, out as if they had never been there', () => {
    // Ann has 0 and 2, bob has 1.
    const ann = asked(lender([DEBTS[1] as number]))
    expect(parts.owners).toBe(1)
    expect(parts.without.filter(({ owner }) => owner !== null)).toEqual([
      expect.objectContaining({ what: '2 accounts of ann', owner: 'ann', venue: null, account: null, r: ann.r }),
    ])
    for (const row of [0, 1, 2]) {
      const { first_usd, next_usd, r } = asked(lender(DEBTS.filter((_, i) => i !== row)))
      const without = parts.without.find(({ account }) => account === row)
      expect(without?.first_usd).toBeCloseTo(first_usd, 3)
      expect(without?.next_usd).toBeCloseTo(next_usd, 3)
      expect(without?.r).toBeCloseTo(r, 9)
    }
    expect(parts.without[0]).toMatchObject({ what: 'accounts of pool', account: null, first_usd: 0, next_usd: 0, r: 0 })
  })

  it('leaves a venue out as if it had never been there', () => {
    const one = lender([230e6, 205e6])
    const two = lender([228e6, 200e6])
    const both = { ...one, venues: [...one.venues, ...two.venues.map((venue) => ({ ...venue, id: 'other' }))] }
    const { world, shocked } = opened(both)
    const { without } = shock_parts(shocked, world)
    const alone = { pool: asked(two), other: asked(one) }
    for (const venue of ['pool', 'other'] as const) {
      const left = without.find((one) => one.venue === venue && one.account === null)
      expect(left?.next_usd).toBeGreaterThan(0)
      expect(left?.first_usd).toBeCloseTo(alone[venue].first_usd, 3)
      expect(left?.next_usd).toBeCloseTo(alone[venue].next_usd, 3)
    }
  })
})

describe('who is newly in breach', () => {
  /** Falls of everything, then of one asset more. */
  it.each([
    ['the reference market', () => small_market(400)],
    ['everyone', () => everyone(7).snapshot],
    ['every kind of lender', kinds_market],
  ] as const)('asking only whom a price touches finds the same: %s', (_, market) => {
    const crowd = new Crowd(build(market(), shock_scenario([])))
    let found = 0
    for (const size of [0, -0.1, -0.2, -0.3, -0.45]) {
      const start = crowd.by_beta(size)
      const already = new Set(crowd.victims(start).map(key_of))
      const stand = crowd.stand(start, crowd.opening)
      for (let a = 0; a < start.length; a++) {
        const logs = start.map((log, b) => (a === b ? log - 0.15 : log))
        const slow = crowd.victims(logs).filter((victim) => !already.has(key_of(victim)))
        found += slow.length
        expect(crowd.fresh(logs, stand)).toEqual(slow)
      }
    }
    expect(found).toBeGreaterThan(10)
  })
})

describe('a document', () => {
  const input = { ...CRITICALITY_DEFAULTS, falls: [0], shocks: [0.1, 0.14] }
  const market = lender(DEBTS)
  const on = (snapshot: Snapshot, more = {}) => criticality(snapshot, build(snapshot, shock_scenario([])), { ...input, ...more })

  it('has R of every shock before and after a change, asked again', () => {
    const path = 'venues.pool.reserves.ETH.liquidation_threshold'
    const document = on(market, { changes: [`${path}=0.85`] })
    const other = on({
      ...market,
      venues: market.venues.map((venue) => ({
        ...venue,
        reserves: (venue['reserves'] as { asset: string }[]).map((one) =>
          one.asset === 'ETH' ? { ...one, liquidation_threshold: 0.85 } : one,
        ),
      })),
    })
    expect(document.changes[0]?.shocks.map(({ next_usd }) => next_usd)).toEqual(other.shocks.map(({ next_usd }) => next_usd))
    expect(document.changes[0]?.shocks[1]?.first_usd).toBeLessThan(document.shocks[1]?.first_usd as number)
  })

  it('says how far it is', () => {
    const seen: number[] = []
    criticality(market, build(market, shock_scenario([])), input, (done) => seen.push(done))
    expect(seen[0]).toBe(0)
    for (let i = 1; i < seen.length; i++) expect(seen[i]).toBeGreaterThan(seen[i - 1] as number)
    expect(seen[seen.length - 1]).toBeLessThan(1)
  })
})

describe('what R cannot see', () => {
  const market = lender(DEBTS)
  const crowd = new Crowd(build(market, shock_scenario([])))
  const spots = (asks: ShockQuestion, agents: Snapshot['agents'], books = stressed_books(market, crowd, asks)) => {
    const shocked = new ShockedCrowd(crowd, books, asks)
    return blind_spots({ ...market, agents }, crowd, [{ shocked, generations: shocked.generations() }])
  }
  const liquidator = { kind: 'liquidator', id: 'liquidators' }
  const arbitrageur = (a: string, b: string) => ({ kind: 'arbitrageur', id: 'arbitrageurs', links: [{ a, b }] })
  const everybody = [liquidator, arbitrageur('ETH-USD', 'ETH-USDC')]

  it('is nothing where somebody arbitrages and liquidates, and the books give what is sold', () => {
    expect(spots(question, everybody)).toEqual([])
    expect(spots({ ...question, fall: 0.02 }, [])).toEqual([])
  })

  it('is told line by line', () => {
    expect(spots(question, [])).toEqual([expect.stringMatching(/no arbitrageur/), expect.stringMatching(/no liquidator/)])
    expect(spots(question, [liquidator, arbitrageur('LINK-USD', 'LINK-ETH')])).toEqual([
      expect.stringMatching(/^No arbitrageur trades ETH:/),
    ])
    // 478 M and more against 1e10: 10 %; R was asked to look no further than 5 %.
    expect(spots({ ...question, reach: 0.05 }, everybody)).toEqual([expect.stringMatching(/ETH \(up to 10\.\d %\)/)])
    const nobody = { quoted: () => false, quotes: () => false, fall: () => 0 } as unknown as StressedBooks
    expect(spots(question, everybody, nobody)).toEqual([expect.stringMatching(/^Nobody quotes ETH/)])
  })

  it('names venues whose prices follow later', () => {
    // 5,000 BTC at 60,000 and weight 0.8 against 200 M: behind a price that is an hour late.
    const later = account_market([
      [0, 'BTC', 5_000, 0],
      [0, 'USDC', 0, 200e6],
    ])
    const document = criticality(later, build(later, shock_scenario([])), { ...CRITICALITY_DEFAULTS, falls: [0], shocks: [0.3] })
    expect(document.shocks[0]).toMatchObject({ first_usd: 0, r: 0 })
    expect(document.blind_spots).toEqual([expect.stringMatching(/after a fall of 30 % those at pool \(\$200\.0 M\)/)])
  })
})
