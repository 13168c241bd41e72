// What holds for every book: conservation, rollback, reset, order of rows, the margin book's answer, the reference beside the venue.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Account, ALICE, BOB, CAROL, open, USDC, WBTC, WETH } from '../../../test/support/comet-world.ts'
import { holdings } from '../../../test/support/morpho-world.ts'
import { RowList, sweep } from '../../margin/index.ts'
import { ALL } from '../../model/index.ts'
import { Revert } from './reference.ts'
import { USD, usdc_market } from './reference-rows.ts'

const HOUR_MS = 3_600_000
const D6: Account = { base: -20_000, weth: 10, wbtc: 0.5 }
/** Evenly spread in steps of 1e-3. */
const evenly = (low: number, high: number) => fc.integer({ min: low * 1000, max: high * 1000 }).map((x) => x / 1000)

describe('a bundle', () => {
  it('that is refused leaves nothing behind, an absorption included', () => {
    const { world, venue } = open([D6, {}])
    world.answers.WETH = 1300
    world.answers.WBTC = 20_000
    world.tick(venue, HOUR_MS)
    world.offers(venue)
    const before = world.store.hash()
    const results = world.bundle(
      venue,
      ['deposit', { account: 1, asset: WBTC, amount: 1, actor: CAROL }],
      ['start', { account: 0, actor: BOB }],
      ['bid', { offer: 0, amount: ALL, actor: BOB }],
      ['bid', { offer: 0, amount: ALL, actor: BOB }],
    )
    expect(results.map(({ status }) => status)).toEqual(['applied', 'applied', 'applied', 'empty'])
    expect(world.store.hash()).toBe(before)
    expect(world.offers(venue)).toHaveLength(1)
  })

  it('a reset brings everything back', () => {
    const { world, venue } = open([D6])
    const before = world.store.hash()
    world.answers.WETH = 1000
    world.tick(venue, 100 * HOUR_MS)
    world.act(venue, 'start', { account: 0, actor: BOB })
    world.act(venue, 'bid', { offer: 0, amount: 3, actor: BOB })
    world.store.reset()
    expect(world.store.hash()).toBe(before)
  })
})

const accounts = fc.array(
  fc.record({
    weth: fc.oneof(fc.constant(0), evenly(0.1, 10)),
    wbtc: fc.oneof(fc.constant(0), evenly(0.01, 1)),
    ltv: fc.oneof(fc.constant(-0.1), evenly(0.2, 0.82)),
  }),
  { minLength: 1, maxLength: 15 },
)
type Drawn = typeof accounts extends fc.Arbitrary<infer A> ? A : never
const account_of = ({ weth, wbtc, ltv }: Drawn[number]): Account => ({
  weth,
  wbtc,
  base: weth + wbtc > 0 ? -ltv * (weth * 2000 + wbtc * 30_000) : 50,
})

describe('every book', () => {
  it('is reported by the margin book as a sweep would, and offered just so', () => {
    const path = fc.array(fc.tuple(evenly(900, 3000), evenly(12_000, 50_000)), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(accounts, path, (drawn, prices) => {
        const { world, venue } = open(drawn.map(account_of))
        const wanted = new RowList()
        for (const [weth, wbtc] of prices) {
          world.answers.WETH = weth
          world.answers.WBTC = wbtc
          world.tick(venue, HOUR_MS)
          const level = Float64Array.from(drawn, (_, row) => venue.level(row))
          const { count, rows } = venue.below()
          const got = [...rows.slice(0, count)]
          sweep({ strict: true, health: venue.health.bind(venue), bound: () => {} }, venue.prices, level, venue.rows, wanted)
          expect(got).toEqual([...wanted.data.slice(0, wanted.length)])
          expect(world.offers(venue).map(({ id }) => id)).toEqual(got)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('says the same in any order of its rows, and never offers a safer account without a riskier one', () => {
    fc.assert(
      fc.property(accounts, evenly(900, 2000), fc.nat(), (drawn, price, seed) => {
        const order = drawn.map((_, i) => i).sort((a, b) => ((a * 7919 + seed) % 31) - ((b * 7919 + seed) % 31) || a - b)
        const said = (list: Drawn) => {
          const { world, venue } = open(list.map(account_of))
          world.answers.WETH = price
          world.tick(venue, 0)
          return { venue, offers: world.offers(venue) }
        }
        const [first, other] = [said(drawn), said(order.map((i) => drawn[i] as Drawn[number]))]
        const moved = other.offers.map((offer) => ({ ...offer, id: order[offer.id] as number })).sort((a, b) => a.id - b.id)
        expect(moved).toEqual(first.offers)
        const offered = new Set(first.offers.map(({ id }) => id))
        const health = drawn.map((_, row) => first.venue.health(row, first.venue.prices))
        for (const row of offered)
          health.forEach((value, riskier) => {
            if (value <= (health[row] as number)) expect(offered.has(riskier)).toBe(true)
          })
      }),
      { numRuns: 60 },
    )
  })

  it('keeps what everybody holds, sells no more than there is, and takes every offer it makes', () => {
    const step = fc.record({
      kind: fc.constantFrom('deposit', 'withdraw', 'borrow', 'repay', 'offer', 'bid', 'tick'),
      row: fc.nat(14),
      asset: fc.constantFrom(USDC, WETH, WBTC),
      amount: fc.oneof(fc.constant(ALL), evenly(0, 5000)),
      price: evenly(900, 3000),
    })
    fc.assert(
      fc.property(accounts, fc.array(step, { minLength: 5, maxLength: 25 }), (drawn, steps) => {
        const { world, venue } = open(drawn.map(account_of))
        const before = holdings(world, venue)
        for (const { kind, row, asset, amount, price } of steps) {
          const account = row % drawn.length
          if (kind === 'tick') {
            world.answers.WETH = price
            world.tick(venue, HOUR_MS)
          } else if (kind === 'offer') {
            for (const offer of world.offers(venue)) {
              if (offer.kind === 'start')
                expect(world.act(venue, 'start', { account: offer.id, actor: BOB }).status).toBe('applied')
              else {
                const { inventory, reserves } = venue.report()
                const lot = offer.collateral_max / 2
                expect(world.act(venue, 'bid', { offer: offer.id, amount: lot, limit: offer.price, actor: BOB }).amount).toBe(lot)
                expect(venue.report().inventory[offer.id]).toBeCloseTo((inventory[offer.id] as number) - lot, 9)
                expect(venue.report().reserves).toBeCloseTo(reserves + lot * offer.price, 4)
              }
            }
          } else if (kind === 'bid') world.act(venue, 'bid', { offer: account % 2, amount, actor: BOB })
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

describe('the venue beside the exact market', () => {
  const micro = (x: number): bigint => BigInt(Math.round(x * 1e6))
  const REFUSALS: Record<string, readonly string[]> = {
    NotLiquidatable: ['healthy'],
    NotCollateralized: ['margin', 'cash'],
    BorrowTooSmall: ['dust'],
    InsufficientReserves: ['cash'],
    'insufficient balance': ['cash', 'margin'],
    underflow: ['funds'],
    NotForSale: ['limit'],
  }
  const step = fc.record({
    kind: fc.constantFrom('in', 'out', 'secure', 'release', 'absorb', 'buy', 'tick', 'tick'),
    amount: evenly(0.001, 30),
    price: evenly(1000, 2600),
    hours: fc.integer({ min: 1, max: 2000 }),
  })

  it('decides alike over random histories, with equal balances to 1e-9 or a few smallest units', () => {
    let decisions = 0
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 30 }), (steps) => {
        const { world, venue } = open([{ weth: 20, base: -25_000 }])
        const exact = usdc_market()
        exact.supply_collateral('owner', 0, 20n * 10n ** 18n)
        exact.withdraw('owner', micro(25_000))
        for (const { kind, amount, price, hours } of steps) {
          const usd = amount * 1000
          if (kind === 'tick') {
            world.answers.WETH = price
            world.tick(venue, hours * HOUR_MS)
            const own = exact.config.assets[0]
            if (own !== undefined) own.price = (micro(price) * USD) / 1_000_000n
            exact.now_s += BigInt(hours * 3600)
            exact.accrue()
            continue
          }
          const weth = micro(amount) * 10n ** 12n
          const owner = { account: 0, actor: ALICE }
          const paid = (amount * world.answers.WETH! * 0.975) / 1
          const calls = {
            in: [() => exact.supply('owner', micro(usd)), 'deposit', { ...owner, asset: USDC, amount: usd }],
            out: [() => exact.withdraw('owner', micro(usd)), 'borrow', { ...owner, asset: USDC, amount: usd }],
            secure: [() => exact.supply_collateral('owner', 0, weth), 'deposit', { ...owner, asset: WETH, amount }],
            release: [() => exact.withdraw_collateral('owner', 0, weth), 'withdraw', { ...owner, asset: WETH, amount }],
            absorb: [() => exact.absorb('owner'), 'start', { account: 0, actor: BOB }],
            buy: [
              () => exact.buy(0, micro(paid)),
              'bid',
              { offer: 0, actor: BOB, amount: Number(micro(paid)) / 1e6 / (world.answers.WETH! * 0.975) },
            ],
          } as const
          const [call, action, fields] = calls[kind as keyof typeof calls]
          const saved = { ...(exact as object), users: undefined, inventory: undefined }
          const users = new Map(
            [...exact.users].map(([who, user]) => [who, { principal: user.principal, collateral: [...user.collateral] }]),
          )
          const inventory = [...exact.inventory]
          let said = 'applied'
          try {
            call()
          } catch (error) {
            if (!(error instanceof Revert)) throw error
            said = error.message
            Object.assign(exact, { ...saved, users, inventory })
          }
          const { status } = world.act(venue, action, fields)
          decisions++
          if (said === 'applied') expect(status, `${kind} ${usd}`).toBe('applied')
          else expect(REFUSALS[said], `${kind}: ${said}`).toContain(status)
          const near = (got: number, wanted: bigint, unit: number) =>
            expect(Math.abs(got - Number(wanted) / unit)).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(got), 1000) + 20 / unit)
          near(venue.base(0), exact.present(exact.user('owner').principal), 1e6)
          const { debt, supply, inventory: stock } = venue.report()
          near(debt, exact.borrowed(), 1e6)
          near(supply, exact.supplied(), 1e6)
          near(stock[0] as number, exact.inventory[0] ?? 0n, 1e18)
        }
        expect(venue.violations()).toEqual([])
      }),
      { numRuns: 150 },
    )
    expect(decisions).toBeGreaterThan(1000)
  })
})
