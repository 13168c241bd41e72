// What holds for every book: conservation, rollback, reset, order of rows, the margin book's answer, the reference beside the venue.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALICE, BOB, CAROL, open, type Position, USDC, WETH } from '../../../test/support/compound-world.ts'
import { holdings, liquidation, units } from '../../../test/support/morpho-world.ts'
import { RowList, sweep } from '../../margin/index.ts'
import { ALL } from '../../model/index.ts'
import { blank_market, EXP, Failure, ReferenceComptroller } from './reference.ts'

const HOUR_MS = 3_600_000
const LOAN: readonly Position[] = [
  [0, WETH, 10, 0],
  [0, USDC, 0, 15_000],
]
/** Evenly spread in steps of 1e-3. */
const evenly = (low: number, high: number) => fc.integer({ min: low * 1000, max: high * 1000 }).map((x) => x / 1000)

describe('a bundle', () => {
  it('that is refused leaves nothing behind', () => {
    const { world, venue } = open({ positions: LOAN })
    world.answers.WETH = 1700
    world.tick(venue, HOUR_MS)
    world.offers(venue)
    const before = world.store.hash()
    const results = world.bundle(
      venue,
      ['deposit', { account: 0, asset: USDC, amount: 5, actor: CAROL }],
      ['liquidate', liquidation(1000)],
      ['liquidate', liquidation(14_000)],
    )
    expect(results.map(({ status }) => status)).toEqual(['applied', 'applied', 'limit'])
    expect(world.store.hash()).toBe(before)
    expect(world.offers(venue)).toHaveLength(1)
  })

  it('a reset brings everything back', () => {
    const { world, venue } = open({ positions: LOAN })
    const before = world.store.hash()
    world.answers.WETH = 1700
    world.tick(venue, 1000 * HOUR_MS)
    world.act(venue, 'liquidate', liquidation(ALL))
    world.store.reset()
    expect(world.store.hash()).toBe(before)
  })
})

const accounts = fc.array(
  fc.record({
    weth: fc.oneof(fc.constant(0), evenly(0.1, 10)),
    usdc: fc.oneof(fc.constant(0), evenly(1, 9000)),
    ltv: evenly(0, 0.79),
  }),
  { minLength: 1, maxLength: 15 },
)
type Drawn = typeof accounts extends fc.Arbitrary<infer A> ? A : never
const book = (drawn: Drawn) => ({
  positions: drawn.flatMap(({ weth, usdc, ltv }, row): Position[] => [
    [row, WETH, weth, usdc > 0 ? 0 : weth * ltv * 0.1],
    [row, USDC, usdc, (weth * 2000 + usdc) * ltv],
  ]),
  owners: drawn.map(() => ALICE),
})

describe('every book', () => {
  it('is reported by the margin book as a sweep would, and offered while there is something to seize', () => {
    fc.assert(
      fc.property(accounts, fc.array(evenly(900, 3000), { minLength: 1, maxLength: 5 }), (drawn, prices) => {
        const { world, venue } = open(book(drawn))
        const wanted = new RowList()
        for (const price of prices) {
          world.answers.WETH = price
          world.tick(venue, HOUR_MS)
          const level = Float64Array.from(drawn, (_, row) => venue.level(row))
          const { count, rows } = venue.below()
          const got = [...rows.slice(0, count)]
          sweep({ strict: true, health: venue.health.bind(venue), bound: () => {} }, venue.prices, level, venue.rows, wanted)
          expect(got).toEqual([...wanted.data.slice(0, wanted.length)])
          const offered = world.offers(venue).map(({ id }) => id)
          expect(offered.every((id) => got.includes(id))).toBe(true)
          // a safer account is never offered without every riskier one that has something to seize
          for (const row of got)
            if (offered.some((id) => venue.health(id, venue.prices) >= venue.health(row, venue.prices)))
              expect(offered.includes(row) || units(venue, row).every(([, held]) => (held as number) <= 0)).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('says the same in any order of its rows', () => {
    fc.assert(
      fc.property(accounts, evenly(900, 2000), fc.nat(), (drawn, price, seed) => {
        const order = drawn.map((_, i) => i).sort((a, b) => ((a * 7919 + seed) % 31) - ((b * 7919 + seed) % 31) || a - b)
        const said = (list: Drawn) => {
          const { world, venue } = open(book(list))
          world.answers.WETH = price
          world.tick(venue, 0)
          return { offers: world.offers(venue), shortfall: venue.shortfall_usd() }
        }
        const [first, other] = [said(drawn), said(order.map((i) => drawn[i] as Drawn[number]))]
        const moved = other.offers.map((offer) => ({ ...offer, id: order[offer.id] as number })).sort((a, b) => a.id - b.id)
        expect(moved).toEqual(first.offers)
        expect(other.shortfall).toBeCloseTo(first.shortfall, 6)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps what everybody holds, seizes no more than there is, and takes every offer it makes', () => {
    const step = fc.record({
      kind: fc.constantFrom('deposit', 'withdraw', 'borrow', 'repay', 'liquidate', 'offer', 'tick'),
      row: fc.nat(14),
      asset: fc.constantFrom(USDC, WETH),
      amount: fc.oneof(fc.constant(ALL), evenly(0, 5000)),
      price: evenly(900, 3000),
    })
    fc.assert(
      fc.property(accounts, fc.array(step, { minLength: 5, maxLength: 25 }), (drawn, steps) => {
        const { world, venue } = open(book(drawn))
        const before = holdings(world, venue)
        for (const { kind, row, asset, amount, price } of steps) {
          const account = row % drawn.length
          if (kind === 'tick') {
            world.answers.WETH = price
            world.tick(venue, HOUR_MS)
          } else if (kind === 'offer') {
            for (const { id, debt_max, collateral_max, collateral, debt } of world.offers(venue)) {
              if (debt_max > world.ledger.balance(BOB, debt)) continue
              const result = world.act(venue, 'liquidate', {
                account: id,
                asset: collateral,
                asset2: debt,
                amount: debt_max,
                actor: BOB,
              })
              expect(result.status).toBe('applied')
              expect(Math.abs(result.amount - collateral_max)).toBeLessThanOrEqual(1e-9 * collateral_max)
            }
          } else if (kind === 'liquidate') world.act(venue, kind, liquidation(amount, { account }))
          else world.act(venue, kind, { account, asset, amount, actor: ALICE })
          expect(venue.violations()).toEqual([])
          holdings(world, venue).forEach((held, a) =>
            expect(Math.abs(held - (before[a] as number))).toBeLessThan(1e-9 * (before[a] as number)),
          )
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('the venue beside the exact pool', () => {
  const wad = (x: number): bigint => BigInt(Math.round(x * 1e6)) * 10n ** 12n
  const REFUSALS: Record<string, readonly string[]> = {
    INSUFFICIENT_SHORTFALL: ['healthy'],
    TOO_MUCH_REPAY: ['limit'],
    LIQUIDATE_SEIZE_TOO_MUCH: ['limit'],
    INSUFFICIENT_LIQUIDITY: ['margin', 'cash'],
    BORROW_CASH_NOT_AVAILABLE: ['cash'],
    REDEEM_TOO_MUCH: ['funds'],
  }
  const step = fc.record({
    kind: fc.constantFrom('secure', 'release', 'borrow', 'repay', 'liquidate', 'liquidate', 'tick', 'tick'),
    amount: evenly(0.001, 12),
    price: evenly(1000, 2600),
    hours: fc.integer({ min: 1, max: 2000 }),
  })
  /** A year has 2,102,400 blocks of 15 s. */
  const per_block = (yearly: number): bigint => wad(yearly) / 2_102_400n

  it('decides alike over random histories, with equal balances to 1e-9', () => {
    let decisions = 0
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 30 }), (steps) => {
        const { world, venue } = open({ positions: LOAN, usdc: { base_rate: 0.1, slope: 0, jump: 0, reserve_factor: 0.2 } })
        const exact = new ReferenceComptroller([
          blank_market({ collateral_factor: wad(0.85), reserve_factor: wad(0.2), rate: () => per_block(0.1) }),
          blank_market({ collateral_factor: wad(0.8), price: 2000n * EXP }),
        ])
        exact.mint('lender', 0, 100_000n * EXP)
        exact.mint('lender', 1, 100n * EXP)
        exact.mint('owner', 1, 10n * EXP)
        exact.borrow('owner', 0, 15_000n * EXP)
        for (const { kind, amount, price, hours } of steps) {
          if (kind === 'tick') {
            world.answers.WETH = price
            world.tick(venue, hours * HOUR_MS)
            exact.market(1).price = wad(price)
            exact.accrue(0, BigInt(hours * 240))
            continue
          }
          const usd = amount * 1000
          const mine = { account: 0, actor: ALICE }
          const calls = {
            secure: [() => exact.mint('owner', 1, wad(amount)), 'deposit', { ...mine, asset: WETH, amount }],
            release: [() => exact.redeem('owner', 1, wad(amount)), 'withdraw', { ...mine, asset: WETH, amount }],
            borrow: [() => exact.borrow('owner', 0, wad(usd)), 'borrow', { ...mine, asset: USDC, amount: usd }],
            repay: [
              () => {
                const debt = exact.debt('owner', 0)
                exact.repay('owner', 0, wad(usd) < debt ? wad(usd) : debt)
              },
              'repay',
              { ...mine, asset: USDC, amount: usd },
            ],
            liquidate: [
              () => {
                const { seized, protocol } = exact.liquidate('bob', 'owner', 0, 1, wad(usd))
                exact.redeem('bob', 1, seized - protocol)
              },
              'liquidate',
              liquidation(usd),
            ],
          } as const
          if (exact.debt('owner', 0) === 0n && (kind === 'repay' || kind === 'liquidate')) continue
          if (exact.holding('owner', 1).tokens === 0n && kind === 'liquidate') continue
          const [call, action, fields] = calls[kind as keyof typeof calls]
          const markets = exact.markets.map((m) => ({ ...m }))
          const lists = [...exact.accounts].map(([who, list]) => [who, list.map((holding) => ({ ...holding }))] as const)
          let said = 'applied'
          try {
            call()
          } catch (error) {
            if (!(error instanceof Failure)) throw error
            said = error.message
            exact.markets.forEach((m, k) => Object.assign(m, markets[k]))
            for (const [who, list] of lists) exact.accounts.set(who, list)
          }
          const { status } = world.act(venue, action, fields)
          decisions++
          if (said === 'applied') expect(status, `${kind} ${usd}`).toBe('applied')
          else expect(REFUSALS[said], `${kind}: ${said}`).toContain(status)
          const near = (got: number, wanted: bigint) =>
            expect(Math.abs(got - Number(wanted) / 1e18)).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(got), 100))
          const held = (asset: number) => units(venue, 0).reduce((sum, [a, x]) => sum + (a === asset ? (x as number) : 0), 0)
          near(-held(USDC), exact.debt('owner', 0))
          near(held(WETH), (exact.holding('owner', 1).tokens * exact.exchange(1)) / EXP)
          for (const k of [0, 1]) {
            near(venue.market(k).cash, exact.market(k).cash)
            near(venue.market(k).reserves, exact.market(k).reserves)
          }
        }
        expect(venue.violations()).toEqual([])
      }),
      { numRuns: 150 },
    )
    expect(decisions).toBeGreaterThan(1000)
  })
})
