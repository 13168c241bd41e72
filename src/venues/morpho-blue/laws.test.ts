// What holds for every book: conservation, rollback, reset, order of rows, the margin book's answer, the reference beside the venue.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Account,
  ALICE,
  BOB,
  CAROL,
  HOUR_MS,
  holdings,
  liquidation,
  market,
  open,
  PRE,
  units,
  USDC,
  WETH,
} from '../../../test/support/morpho-world.ts'
import { RowList, sweep } from '../../margin/index.ts'
import { ALL, succeeded } from '../../model/index.ts'
import { ReferenceMarket, Revert } from './reference.ts'
import { CURVE, WAD } from './reference-math.ts'

const F: Account = { collateral: 100, debt: 200_000 }
/** Evenly spread in steps of 1e-3. */
const evenly = (low: number, high: number) => fc.integer({ min: low * 1000, max: high * 1000 }).map((x) => x / 1000)

describe('a bundle', () => {
  it('that is refused leaves nothing behind, socialised losses included', () => {
    const { world, venue } = open([F, { supply: 1000, owner: CAROL }])
    world.answers.WETH = 2000
    world.tick(venue, HOUR_MS)
    world.offers(venue)
    const before = world.store.hash()
    const results = world.bundle(
      venue,
      ['deposit', { account: 1, asset: USDC, amount: 5, actor: CAROL }],
      ['liquidate', liquidation(1000)],
      ['liquidate', liquidation(ALL)],
      ['liquidate', liquidation(ALL)],
    )
    expect(results.map(({ status }) => status)).toEqual(['applied', 'applied', 'applied', 'unknown'])
    expect(world.store.hash()).toBe(before)
    expect(world.offers(venue)).toHaveLength(1)
    expect(venue.violations()).toEqual([])
  })

  it('a reset brings everything back', () => {
    const { world, venue } = open([F])
    const before = world.store.hash()
    const first = world.offers(venue)
    world.answers.WETH = 2000
    world.tick(venue, 24 * HOUR_MS)
    world.act(venue, 'liquidate', liquidation(ALL))
    world.answers.WETH = 4000
    world.store.reset()
    expect(world.store.hash()).toBe(before)
    expect(world.offers(venue)).toEqual(first)
  })
})

/** Random books over two markets, the second with pre-liquidation. */
const MARKETS = [market({ fee: 0.1 }), market({ lltv: 0.77, pre_liquidation: { ...PRE, pre_lltv: 0.7, factor_high: 1.05 } })]
const accounts = fc.array(
  fc.record({
    market: fc.nat(1),
    collateral: fc.oneof(fc.constant(0), evenly(0.5, 20)),
    ltv: fc.oneof(fc.constant(0), evenly(0.3, 0.86)),
    supply: fc.oneof(fc.constant(0), evenly(0, 9000)),
    opted: fc.boolean(),
  }),
  { minLength: 1, maxLength: 20 },
)
type Drawn = typeof accounts extends fc.Arbitrary<infer A> ? A : never
const account_of = (drawn: Drawn[number]): Account => ({ ...drawn, debt: drawn.collateral * 4000 * drawn.ltv })
const prices = fc.array(evenly(1500, 5000), { minLength: 1, maxLength: 5 })

describe('every book', () => {
  it('is reported by the margin book as a sweep would', () => {
    fc.assert(
      fc.property(accounts, prices, (drawn, path) => {
        const { world, venue } = open(drawn.map(account_of), MARKETS)
        const [got, wanted] = [new RowList(), new RowList()]
        for (const price of path) {
          world.answers.WETH = price
          world.tick(venue, HOUR_MS)
          const level = Float64Array.from(drawn, (_, row) => venue.level(row))
          const { count, rows } = venue.below()
          got.clear()
          for (let i = 0; i < count; i++) got.push(rows[i] as number)
          const law = { strict: true, health: venue.health.bind(venue), bound: () => {} }
          sweep(law, venue.prices, level, venue.rows, wanted)
          expect([...got.data.slice(0, got.length)]).toEqual([...wanted.data.slice(0, wanted.length)])
          const offered = new Set(world.offers(venue).map(({ id }) => id))
          for (let row = 0; row < venue.rows; row++) {
            const held = drawn[row]?.opted && drawn[row]?.market === 1 ? 0.77 / 0.7 : 1
            const { collateral = 0 } = account_of(drawn[row] as Drawn[number])
            expect(offered.has(row)).toBe(venue.health(row, venue.prices) < held && collateral > 0)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('says the same in any order of its rows', () => {
    fc.assert(
      fc.property(accounts, evenly(1500, 3500), fc.nat(), (drawn, price, seed) => {
        const order = drawn.map((_, i) => i).sort((a, b) => ((a * 7919 + seed) % 31) - ((b * 7919 + seed) % 31) || a - b)
        const said = (list: Drawn) => {
          const { world, venue } = open(list.map(account_of), MARKETS)
          world.answers.WETH = price
          world.tick(venue, 0)
          return { venue, offers: world.offers(venue) }
        }
        const [one, other] = [said(drawn), said(order.map((i) => drawn[i] as Drawn[number]))]
        const moved = other.offers.map((offer) => ({ ...offer, id: order[offer.id] as number })).sort((a, b) => a.id - b.id)
        expect(moved).toEqual(one.offers)
        expect(other.venue.shortfall_usd()).toBeCloseTo(one.venue.shortfall_usd(), 6)
      }),
      { numRuns: 60 },
    )
  })

  it('never lets a safer account be liquidated before a riskier one on equal terms', () => {
    fc.assert(
      fc.property(accounts, evenly(1500, 3500), (drawn, price) => {
        const list = drawn.map((one) => ({ ...account_of(one), market: 0 }))
        const { world, venue } = open(list, MARKETS)
        world.answers.WETH = price
        world.tick(venue, 0)
        const offered = new Set(world.offers(venue).map(({ id }) => id))
        const health = list.map((_, row) => venue.health(row, venue.prices))
        for (const row of offered)
          for (let other = 0; other < list.length; other++)
            if ((health[other] as number) <= (health[row] as number) && (list[other]?.collateral ?? 0) > 0)
              expect(offered.has(other)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps what everybody holds, seizes no more than there is, and takes every offer it makes', () => {
    const step = fc.record({
      kind: fc.constantFrom('deposit', 'withdraw', 'borrow', 'repay', 'liquidate', 'offer', 'tick'),
      row: fc.nat(19),
      loan: fc.boolean(),
      amount: fc.oneof(fc.constant(ALL), evenly(0, 5000)),
      price: fc.oneof(fc.constant(0), evenly(1200, 5000), evenly(1200, 5000)),
    })
    fc.assert(
      fc.property(accounts, fc.array(step, { minLength: 5, maxLength: 25 }), (drawn, steps) => {
        const { world, venue } = open(drawn.map(account_of), MARKETS)
        const before = holdings(world, venue)
        for (const { kind, row, loan, amount, price } of steps) {
          const account = row % drawn.length
          if (kind === 'tick') {
            world.answers.WETH = price
            world.tick(venue, HOUR_MS)
          } else if (kind === 'offer') {
            for (const { id, debt_max, collateral_max } of world.offers(venue)) {
              if (debt_max > world.ledger.balance(BOB, USDC)) continue
              const held = units(venue, id)[0]?.[1] as number
              const result = world.act(venue, 'liquidate', liquidation(debt_max, { account: id }))
              expect(result.status).toBe('applied')
              expect(result.amount).toBeLessThanOrEqual(held)
              expect(Math.abs(result.amount - collateral_max)).toBeLessThanOrEqual(1e-9 * collateral_max)
            }
          } else if (kind === 'liquidate') world.act(venue, kind, liquidation(amount, { account }))
          else world.act(venue, kind, { account, asset: loan ? USDC : WETH, amount, actor: ALICE })
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
  const SCALE = 10n ** 24n
  const micro = (x: number): bigint => BigInt(Math.round(x * 1e6))
  const wad = (x: number): bigint => micro(x) * 10n ** 12n
  /** Where two reasons hold at once, the contract names one and the order of statuses may name the other. */
  const REFUSALS: Record<string, readonly string[]> = {
    'position is healthy': ['healthy'],
    'insufficient collateral': ['margin', 'cash'],
    'insufficient liquidity': ['cash'],
    underflow: ['funds', 'cash'],
  }
  const step = fc.record({
    kind: fc.constantFrom('lend', 'unlend', 'secure', 'release', 'borrow', 'repay', 'part', 'all', 'tick', 'tick'),
    amount: evenly(0.001, 60),
    price: evenly(1800, 3000),
    hours: fc.integer({ min: 1, max: 200 }),
  })

  it('decides alike over random histories, with equal balances to 1e-9 or a few smallest units', () => {
    let decisions = 0
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 30 }), (steps) => {
        const { world, venue } = open(
          [
            { collateral: 30, debt: 60_000 },
            { supply: 100_000, owner: CAROL },
          ],
          [market({ fee: 0.1, supply: 100_000 })],
          3000,
        )
        const exact = new ReferenceMarket((86n * WAD) / 100n, 3000n * SCALE)
        exact.fee = WAD / 10n
        exact.rate_at_target = CURVE.initial
        exact.supply('lender', micro(100_000))
        exact.supply_collateral('owner', wad(30))
        exact.borrow('owner', micro(60_000))
        for (const { kind, amount, price, hours } of steps) {
          if (kind === 'tick') {
            world.answers.WETH = price
            world.tick(venue, hours * HOUR_MS)
            exact.price = micro(price) * 10n ** 18n
            exact.now_s += BigInt(hours * 3600)
            exact.accrue()
            continue
          }
          const usd = amount * 1000
          const owner = { account: 0, actor: ALICE }
          const owed = units(venue, 0).find(([asset]) => asset === USDC) !== undefined
          const held = exact.position('owner').collateral
          if ((kind === 'part' || kind === 'all' || kind === 'repay') && !owed) continue
          // all is by collateral only when the collateral is worth no more than the debt
          const worth = venue.health(0, venue.prices) / 0.86 / 1.0438413361169102 < 1
          const calls: Record<string, () => readonly [() => unknown, { status: string; amount: number }]> = {
            lend: () => [
              () => exact.supply('lender', micro(usd)),
              world.act(venue, 'deposit', { account: 1, actor: CAROL, asset: USDC, amount: usd }),
            ],
            unlend: () => [
              () => exact.withdraw('lender', micro(usd)),
              world.act(venue, 'withdraw', { account: 1, actor: CAROL, asset: USDC, amount: usd }),
            ],
            secure: () => [
              () => exact.supply_collateral('owner', wad(amount)),
              world.act(venue, 'deposit', { ...owner, asset: WETH, amount }),
            ],
            release: () => [
              () => exact.withdraw_collateral('owner', wad(amount)),
              world.act(venue, 'withdraw', { ...owner, asset: WETH, amount }),
            ],
            borrow: () => [
              () => exact.borrow('owner', micro(usd)),
              world.act(venue, 'borrow', { ...owner, asset: USDC, amount: usd }),
            ],
            repay: () => [
              () =>
                micro(usd) >= exact.debt_of('owner')
                  ? exact.repay('owner', 0n, exact.position('owner').borrow_shares)
                  : exact.repay('owner', micro(usd)),
              world.act(venue, 'repay', { ...owner, asset: USDC, amount: usd }),
            ],
            part: () => {
              const shares = exact.position('owner').borrow_shares / 3n
              const debt = -(units(venue, 0).find(([asset]) => asset === USDC)?.[1] as number)
              return [() => exact.liquidate('owner', 0n, shares), world.act(venue, 'liquidate', liquidation(debt / 3))]
            },
            all: () => [
              () =>
                worth ? exact.liquidate('owner', held, 0n) : exact.liquidate('owner', 0n, exact.position('owner').borrow_shares),
              world.act(venue, 'liquidate', liquidation(ALL)),
            ],
          }
          const [call, result] = (calls[kind] as () => readonly [() => unknown, { status: string; amount: number }])()
          const saved = { ...(exact as object), positions: undefined }
          const positions = new Map([...exact.positions].map(([who, position]) => [who, { ...position }]))
          let said = 'applied'
          try {
            call()
          } catch (error) {
            if (!(error instanceof Revert)) throw error
            said = error.message
            Object.assign(exact, { ...saved, positions })
          }
          decisions++
          // a third of the debt may be worth more than the collateral: the contract underflows, the venue takes what there is
          if (kind === 'part' && said === 'underflow') {
            expect(succeeded(result as never)).toBe(true)
            return
          }
          if (said === 'applied') expect(['applied', 'partial'], `${kind} ${usd}`).toContain(result.status)
          else expect(REFUSALS[said], `${kind}: ${said}`).toContain(result.status)
          const near = (got: number, wanted: bigint, unit: number) =>
            expect(Math.abs(got - Number(wanted) / unit)).toBeLessThanOrEqual(1e-9 * Math.max(got, 1000) + 20 / unit)
          near(venue.market(0).debt, exact.borrow_assets, 1e6)
          near(venue.market(0).supply, exact.supply_assets, 1e6)
          near(units(venue, 0).find(([asset]) => asset === WETH)?.[1] ?? 0, exact.position('owner').collateral, 1e18)
        }
        expect(venue.violations()).toEqual([])
      }),
      { numRuns: 150 },
    )
    expect(decisions).toBeGreaterThan(1000)
  })
})
