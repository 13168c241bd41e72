// What holds for every book: conservation, rollback, reset, order of the snapshot, the margin book's answer, offers that are never refused.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ALICE,
  BOB,
  holdings,
  liquidation,
  open,
  reserve,
  type Setting,
  units,
  USDX,
  WBTC,
  WETH,
} from '../../../test/support/aave-world.ts'
import { VenueWorld } from '../../../test/support/venue-world.ts'
import { RowList, sweep } from '../../margin/index.ts'
import { ALL, Statement, succeeded } from '../../model/index.ts'
import { aaveV3 } from './index.ts'
import { VERSIONS, type Version } from './rules.ts'
import type { AaveV3 } from './venue.ts'

const loan: Setting = {
  positions: [
    [0, WBTC, 1, 0],
    [0, USDX, 0, 20_500],
  ],
}

describe('a bundle', () => {
  it('that is refused leaves nothing behind, log and new entries included', () => {
    const { world, venue } = open(loan)
    world.answers.WBTC = 20_250
    world.tick(venue, 60_000)
    const before = world.store.hash()
    const results = world.bundle(
      venue,
      ['deposit', { account: 0, asset: WETH, amount: 0.01, actor: ALICE }],
      ['repay', { account: 0, asset: USDX, amount: 1, actor: ALICE }],
      ['liquidate', liquidation(ALL)],
      ['liquidate', liquidation(ALL)],
    )
    expect(results.map(({ status }) => status)).toEqual(['applied', 'applied', 'applied', 'unknown'])
    expect(world.store.hash()).toBe(before)
    // the book forgets it too: the account is still in breach
    expect(world.offers(venue)).toHaveLength(1)
    expect(venue.violations()).toEqual([])
  })

  it('changes what everybody holds together by nothing', () => {
    const { world, venue } = open({
      ...loan,
      positions: [...loan.positions, [1, WETH, 10, 0], [1, USDX, 0, 5000]],
      owners: [0, 2],
    })
    const before = holdings(world, venue)
    const same = () => holdings(world, venue).forEach((units, a) => expect(units).toBeCloseTo(before[a] as number, 6))
    world.act(venue, 'deposit', { account: 1, asset: USDX, amount: 123, actor: BOB })
    same()
    world.act(venue, 'borrow', { account: 1, asset: WETH, amount: 1, actor: 3 })
    same()
    world.act(venue, 'withdraw', { account: 1, asset: USDX, amount: ALL, actor: 3 })
    same()
    world.act(venue, 'repay', { account: 1, asset: WETH, amount: 0.5, actor: 3 })
    same()
    world.tick(venue, 3_600_000)
    same()
    world.answers.WBTC = 20_250
    world.tick(venue, 0)
    expect(world.act(venue, 'liquidate', liquidation(5000)).status).toBe('applied')
    same()
    expect(world.act(venue, 'liquidate', liquidation(1e6)).status).toBe('partial')
    same()
    expect(venue.violations()).toEqual([])
  })
})

it('a reset brings everything back, also after entries were added', () => {
  const { world, venue } = open(loan)
  const before = world.store.hash()
  const offers = () => {
    world.answers.WBTC = 22_680
    world.tick(venue, 0)
    return world.offers(venue)
  }
  const first = offers()
  for (const asset of [WETH, USDX]) world.act(venue, 'deposit', { account: 0, asset, amount: 1, actor: ALICE })
  world.act(venue, 'liquidate', liquidation(ALL))
  world.tick(venue, 86_400_000)
  world.store.reset()
  world.answers.WBTC = 27_000
  expect(world.store.hash()).toBe(before)
  expect(offers()).toEqual(first)
})

/** Evenly spread: `fc.double` prefers the ends. */
const evenly = (lowest: number, highest: number) => fc.integer({ min: lowest * 1000, max: highest * 1000 }).map((x) => x / 1000)

/** Random books over three reserves and an e-mode. */
interface Book {
  readonly version: Version
  /** USD in each pool beyond what is supplied and not lent. */
  readonly spare: readonly number[]
  readonly emodes: readonly number[]
  /** [account, reserve, supplied usd, health weight of the debt] */
  readonly positions: readonly (readonly [number, number, number, number])[]
}
const ACCOUNTS = 12
const books: fc.Arbitrary<Book> = fc.record({
  version: fc.constantFrom(...VERSIONS),
  spare: fc.array(fc.constantFrom(0, 1000, 300_000, 300_000), { minLength: 3, maxLength: 3 }),
  emodes: fc.array(fc.nat(1), { minLength: ACCOUNTS, maxLength: ACCOUNTS }),
  positions: fc.uniqueArray(
    fc.tuple(
      fc.nat(ACCOUNTS - 1),
      fc.nat(2),
      fc.oneof(fc.constant(0), evenly(200, 60_000)),
      fc.oneof(fc.constant(0), evenly(100, 40_000)),
    ),
    { minLength: 10, maxLength: 30, selector: ([account, reserve]) => 3 * account + reserve },
  ),
})

const PRICE = [1, 27_000, 1800]

/** A world with the book; `order` permutes the rows of its positions. */
function world_of(book: Book, order?: (a: number) => number): { world: VenueWorld; venue: AaveV3 } {
  const world = new VenueWorld({ USDX: 1, WBTC: 27_000, WETH: 1800 })
  const rows = book.positions.map(
    ([account, r, supply, debt]) => [account, r, supply / (PRICE[r] as number), debt / (PRICE[r] as number)] as const,
  )
  if (order !== undefined) rows.sort((a, b) => order(3 * a[0] + a[1]) - order(3 * b[0] + b[1]))
  const idle = (r: number) => {
    const usd = book.positions.reduce((sum, [, of, supply, debt]) => sum + (of === r ? supply - debt : 0), 0)
    return (Math.max(0, usd) * (1 + 1e-12)) / (PRICE[r] as number)
  }
  const spec = aaveV3.schema.parse({
    kind: 'aave-v3',
    id: 'aave',
    version: book.version,
    reserves: ['USDX', 'WBTC', 'WETH'].map((asset, r) =>
      reserve(asset, idle(r) + (book.spare[r] as number) / (PRICE[r] as number)),
    ),
    emodes: [
      {
        label: 'both',
        ltv: 0.9,
        liquidation_threshold: 0.93,
        liquidation_bonus: 0.01,
        collateral: ['WBTC', 'WETH'],
        borrowable: ['WETH'],
      },
    ],
    accounts: { owner: new Int32Array(ACCOUNTS).fill(0), emode: Int32Array.from(book.emodes) },
    positions: {
      account: Int32Array.from(rows, (p) => p[0]),
      reserve: Int32Array.from(rows, (p) => p[1]),
      collateral: Float64Array.from(rows, (p) => p[2]),
      debt: Float64Array.from(rows, (p) => p[3]),
    },
  })
  const venue = aaveV3.open(spec, world.builder)
  for (const asset of [USDX, WBTC, WETH]) world.ledger.credit(BOB, asset, 1e7)
  world.ledger.postings.settle()
  venue.price(0, world.view)
  world.store.seal()
  return { world, venue }
}

const moves = fc.array(fc.record({ asset: fc.nat(2), factor: evenly(0.8, 1.15), hours: fc.nat(200) }), {
  minLength: 1,
  maxLength: 8,
})

const moved = (world: VenueWorld, venue: AaveV3, move: { asset: number; factor: number; hours: number }) => {
  const name = ['USDX', 'WBTC', 'WETH'][move.asset] as string
  world.answers[name] = (world.answers[name] as number) * move.factor
  world.tick(venue, move.hours * 3_600_000)
}

describe('a random book', () => {
  it('gives the same whatever the order of its positions', () => {
    fc.assert(
      fc.property(books, moves, fc.func(fc.nat()), (book, path, order) => {
        const [a, b] = [world_of(book), world_of(book, (key) => Number(order(key)))]
        expect(b.world.store.hash('aave')).toBe(a.world.store.hash('aave'))
        for (const move of path) {
          for (const { world, venue } of [a, b]) moved(world, venue, move)
          expect(b.world.offers(b.venue)).toEqual(a.world.offers(a.venue))
        }
      }),
      { numRuns: 60, seed: 101 },
    )
  })

  it('is answered by its margin book as by a sweep over everyone, levels above 1 included', () => {
    let found = 0
    fc.assert(
      fc.property(books, moves, fc.array(evenly(1, 1.5), { minLength: ACCOUNTS, maxLength: ACCOUNTS }), (book, path, levels) => {
        const { world, venue } = world_of(book)
        levels.forEach((level, row) => venue.watch(row, level))
        const level = Float64Array.from(levels)
        const naive = new RowList()
        for (const move of path) {
          moved(world, venue, move)
          const health = (row: number, prices: Float64Array) => venue.health(row, prices)
          sweep({ strict: true, health, bound: () => {} }, venue.prices, level, venue.rows, naive)
          const { count, rows } = venue.below()
          expect([...rows.subarray(0, count)]).toEqual([...naive.data.subarray(0, naive.length)])
          found += count
          const offer = world.offers(venue)[0]
          if (offer !== undefined)
            world.act(venue, 'liquidate', {
              account: offer.id,
              asset: offer.collateral,
              asset2: offer.debt,
              amount: offer.debt_max,
              actor: BOB,
            })
        }
      }),
      { numRuns: 300, seed: 102 },
    )
    expect(found).toBeGreaterThan(500)
  })

  it('offers what is never refused, whole or in parts, all of it together, and settles at the price it names', () => {
    const seen = { whole: 0, part: 0, accounts: 0, short: 0 }
    fc.assert(
      fc.property(books, moves, evenly(0, 1), (book, path, share) => {
        const { world, venue } = world_of(book)
        for (const move of path) {
          moved(world, venue, move)
          const offers = world.offers(venue)
          expect(world.offers(venue)).toEqual(offers)
          expect(new Set(offers.map(({ id }) => id)).size).toBe(offers.length)
          for (const offer of offers) {
            if (offer.collateral_max > (venue.reserve(offer.collateral)?.cash as number) * (1 - 1e-6)) seen.short++
            expect(venue.health(offer.id, venue.prices)).toBe(offer.health)
            const take = (amount: number) =>
              world.act(venue, 'liquidate', {
                account: offer.id,
                asset: offer.collateral,
                asset2: offer.debt,
                amount,
                actor: BOB,
              })
            // a part that leaves at least the least part, if the rule asks for one
            const part = share * (offer.debt_max - offer.debt_min)
            const partly = part > 1e-6 && part >= offer.debt_min
            const before = world.ledger.balance(BOB, offer.debt)
            const result = take(partly ? part : offer.debt_max)
            expect({ offer, part, status: result.status }).toEqual({ offer, part, status: 'applied' })
            seen[partly ? 'part' : 'whole']++
            const asked = partly ? part : offer.debt_max
            expect(Math.abs(asked / result.amount / offer.price - 1)).toBeLessThan(1e-9)
            expect(result.amount).toBeLessThanOrEqual(offer.collateral_max * (1 + 1e-9))
            if (offer.collateral !== offer.debt) expect(before - world.ledger.balance(BOB, offer.debt)).toBeCloseTo(asked, 6)
          }
          seen.accounts += offers.length
          expect(venue.violations()).toEqual([])
        }
      }),
      { numRuns: 300, seed: 103 },
    )
    expect(seen.whole).toBeGreaterThan(100)
    expect(seen.part).toBeGreaterThan(100)
    expect(seen.short).toBeGreaterThan(5)
  })

  it('lays an account open so that its health follows from its legs', () => {
    fc.assert(
      fc.property(books, moves, (book, path) => {
        const { world, venue } = world_of(book)
        for (const move of path) moved(world, venue, move)
        const out = new Statement()
        for (let row = 0; row < venue.rows; row++) {
          out.clear()
          venue.statement(row, out)
          let [assets, owed] = [0, 0]
          for (let i = 0; i < out.count; i++) {
            const usd = (out.quantity[i] as number) * (out.weight[i] as number) * (out.price[i] as number)
            expect(usd).toBeGreaterThan(0)
            if (out.side[i] === 1) assets += usd
            else owed += usd
            expect(world.feeds.price(out.feed[i] as number)).toBe(out.price[i])
          }
          const health = venue.health(row, venue.prices)
          if (owed === 0) expect(health).toBe(Number.POSITIVE_INFINITY)
          else expect(Math.abs(assets / owed - health)).toBeLessThanOrEqual(1e-12 * Math.max(1, health))
        }
      }),
      { numRuns: 60, seed: 104 },
    )
  })
})

describe('prices', () => {
  it('reach the feeds with their displacement, and interest reaches the slots', () => {
    const { world, venue } = open(loan)
    world.answers.WBTC = 22_680
    world.tick(venue, 86_400_000)
    expect(world.feeds.price(WBTC)).toBe(22_680)
    expect(world.feeds.displacement(WBTC, 0)).toBeCloseTo(Math.log(22_680 / 27_000), 14)
    const report = venue.reserve(USDX)
    expect(venue.prices[2 * USDX]).toBe(report?.liquidity_index)
    expect(venue.prices[2 * USDX + 1]).toBe(report?.borrow_index)
    expect(report?.borrow_index).toBeGreaterThan(1)
    expect(venue.prices[2 * WBTC]).toBe(22_680)
  })
  it('sum to the shortfall only where debt exceeds collateral', () => {
    const { world, venue } = open({
      positions: [
        [0, WBTC, 1, 0],
        [0, USDX, 0, 20_500],
        [1, WETH, 10, 0],
        [1, USDX, 0, 1000],
      ],
      owners: [0, -1],
    })
    expect(venue.owner(0)).toBe(ALICE)
    expect(venue.owner(1)).toBe(-1)
    expect(venue.shortfall_usd()).toBe(0)
    world.answers.WBTC = 20_000
    world.tick(venue, 0)
    expect(venue.shortfall_usd()).toBeCloseTo(500, 9)
    expect(units(venue, 1)).toEqual([
      [-1, USDX, 1000],
      [1, WETH, 10],
    ])
  })
})

it('a book of nobody, and a venue asked for what it does not do', () => {
  const { world, venue } = open({ positions: [], owners: [] })
  expect(venue.rows).toBe(0)
  expect(venue.outside).toBe(-1)
  expect(venue.flash_fee).toBe(0.0005)
  expect(venue.below().count).toBe(0)
  expect(world.offers(venue)).toEqual([])
  world.tick(venue, 86_400_000)
  expect(venue.shortfall_usd()).toBe(0)
  expect(venue.fund_usd()).toBe(0)
  expect(venue.violations()).toEqual([])
  expect(succeeded(world.act(venue, 'redeem', { account: 0 }))).toBe(false)
  expect(() => venue.settle({} as never, 0, world.log)).toThrow('no market settles')
})

it('spends at most 60 bytes an entry', () => {
  const sizes = [2000, 4000].map((entries) => {
    const world = new VenueWorld({ USDX: 1, WBTC: 27_000, WETH: 1800 })
    const before = world.store.bytes
    const spec = aaveV3.schema.parse({
      kind: 'aave-v3',
      id: 'aave',
      reserves: ['USDX', 'WBTC', 'WETH'].map((asset) => reserve(asset, 1e6)),
      accounts: { owner: new Int32Array(2000) },
      positions: {
        account: Int32Array.from({ length: entries }, (_, i) => i % 2000),
        reserve: Int32Array.from({ length: entries }, (_, i) => (i < 2000 ? 0 : 1)),
        collateral: new Float64Array(entries).fill(1),
        debt: new Float64Array(entries),
      },
    })
    aaveV3.open(spec, world.builder)
    return world.store.bytes - before
  })
  expect(((sizes[1] as number) - (sizes[0] as number)) / 2000).toBeLessThanOrEqual(60)
})
