// What the venue does, case by case; amounts are those of the golden vectors or worked out by hand beside the case.
import { describe, expect, it } from 'vitest'
import {
  ALICE,
  BOB,
  CAROL,
  HOUR_MS,
  liquidation,
  market,
  open,
  OUT,
  PRE,
  rows,
  units,
  USDC,
  WETH,
} from '../../../test/support/morpho-world.ts'
import { ALL, InputError } from '../../model/index.ts'
import { morphoBlue } from './index.ts'

/** The account of F1 to F5. */
const F = { collateral: 100, debt: 200_000 }

describe('owners', () => {
  it('supply, borrow, repay and withdraw; the balance sheet follows', () => {
    const { world, venue } = open([{}, { owner: BOB }])
    expect(world.act(venue, 'deposit', { account: 1, asset: USDC, amount: 500, actor: BOB }).amount).toBe(500)
    expect(world.act(venue, 'deposit', { account: 0, asset: WETH, amount: 10, actor: ALICE }).amount).toBe(10)
    expect(world.act(venue, 'borrow', { account: 0, asset: USDC, amount: 30_000, actor: ALICE }).amount).toBe(30_000)
    expect(units(venue, 0)).toEqual([
      [WETH, 10],
      [USDC, -30_000],
    ])
    expect(venue.market(0)).toMatchObject({ supply: 1_000_500, debt: 30_000, cash: 970_500 })
    expect(world.act(venue, 'repay', { account: 0, asset: USDC, amount: ALL, actor: ALICE }).amount).toBe(30_000)
    expect(world.act(venue, 'withdraw', { account: 0, asset: WETH, amount: ALL, actor: ALICE }).amount).toBe(10)
    expect(world.act(venue, 'withdraw', { account: 1, asset: USDC, amount: ALL, actor: BOB }).amount).toBe(500)
    expect(units(venue, 0)).toEqual([])
    expect(rows(world.log).map(({ kind }) => kind)).toEqual(['deposit', 'deposit', 'borrow', 'repay', 'withdraw', 'withdraw'])
    expect(venue.violations()).toEqual([])
  })

  it('borrow all up to the limit of 86 % and withdraw all that the debt does not need', () => {
    const { world, venue } = open([{ collateral: 10 }])
    expect(world.act(venue, 'borrow', { account: 0, asset: USDC, amount: ALL, actor: ALICE }).amount).toBeCloseTo(34_400, 6)
    expect(venue.health(0, venue.prices)).toBeCloseTo(1, 10)
    expect(venue.health(0, venue.prices)).toBeGreaterThanOrEqual(1)
    world.act(venue, 'repay', { account: 0, asset: USDC, amount: 17_200, actor: CAROL })
    expect(world.act(venue, 'withdraw', { account: 0, asset: WETH, amount: ALL, actor: ALICE }).amount).toBeCloseTo(5, 6)
  })

  it('are refused in the order of precedence', () => {
    const { world, venue } = open([{ ...F, supply: 900_000 }, {}])
    const status = (kind: 'deposit' | 'withdraw' | 'borrow' | 'repay', fields: object) =>
      world.act(venue, kind, { account: 0, actor: ALICE, amount: 1, asset: USDC, ...fields }).status
    expect(status('deposit', { account: 7 })).toBe('unknown')
    expect(status('deposit', { asset: 9 })).toBe('unknown')
    expect(status('deposit', { amount: 2e6 })).toBe('funds')
    expect(status('deposit', { amount: 0 })).toBe('empty')
    expect(status('deposit', { amount: Number.NaN })).toBe('unknown')
    expect(status('withdraw', { actor: BOB })).toBe('unknown')
    expect(status('withdraw', { amount: 850_000 })).toBe('cash')
    expect(status('withdraw', { asset: WETH, amount: 101 })).toBe('funds')
    expect(status('withdraw', { asset: WETH, amount: 60 })).toBe('margin')
    expect(status('borrow', { actor: BOB })).toBe('unknown')
    expect(status('borrow', { amount: 900_000 })).toBe('cash')
    expect(status('borrow', { amount: 200_000 })).toBe('margin')
    expect(status('repay', { account: 1 })).toBe('unknown')
    expect(status('repay', { amount: 0 })).toBe('empty')
    world.answers.WETH = Number.NaN
    world.tick(venue, 0)
    expect(status('borrow', { amount: 900_000 })).toBe('stale')
    expect(status('withdraw', { asset: WETH, amount: 101 })).toBe('stale')
    expect(world.log.length).toBe(0)
  })

  it('cannot withdraw what is lent out: at full utilisation nothing', () => {
    const { world, venue } = open([{ supply: 200_000, owner: BOB }, F], [market({ supply: 200_000 })])
    expect(venue.market(0).utilisation).toBe(1)
    expect(world.act(venue, 'withdraw', { account: 0, asset: USDC, amount: 1, actor: BOB }).status).toBe('cash')
    expect(world.act(venue, 'withdraw', { account: 0, asset: USDC, amount: ALL, actor: BOB }).status).toBe('cash')
    world.act(venue, 'repay', { account: 1, asset: USDC, amount: 50_000, actor: ALICE })
    expect(world.act(venue, 'withdraw', { account: 0, asset: USDC, amount: 50_000, actor: BOB }).status).toBe('applied')
  })
})

describe('liquidation', () => {
  it('F1 and F2: half the collateral, or half the debt, at the factor of the limit', () => {
    const { world, venue } = open([F])
    world.answers.WETH = 2300
    world.tick(venue, 0)
    const [offer] = world.offers(venue)
    expect(offer).toMatchObject({ kind: 'liquidation', id: 0, collateral: WETH, debt: USDC, debt_min: 0, debt_max: 200_000 })
    // F3: all of the debt seizes 90.768811836…
    expect(offer?.collateral_max).toBeCloseTo(90.768811836086956, 9)
    expect((offer?.price as number) * (offer?.collateral_max as number)).toBeCloseTo(200_000, 6)
    expect(world.act(venue, 'liquidate', liquidation(110_170.000001)).amount).toBeCloseTo(50, 9)
    expect(units(venue, 0)).toEqual([
      [WETH, expect.closeTo(50, 9)],
      [USDC, expect.closeTo(-89_829.999999, 6)],
    ])
    expect(rows(world.log)).toMatchObject([{ kind: 'liquidate', asset: WETH, usd: 110_170.000001, price: 0.989, extra: 0 }])
  })

  it('F3: the whole debt in one call; what is left of the collateral stays with the owner', () => {
    const { world, venue } = open([F])
    world.answers.WETH = 2300
    world.tick(venue, 0)
    expect(world.act(venue, 'liquidate', liquidation(ALL)).status).toBe('applied')
    expect(units(venue, 0)).toEqual([[WETH, expect.closeTo(9.231188163913043, 9)]])
    expect(venue.market(0).debt).toBe(0)
    expect(rows(world.log).map(({ kind }) => kind)).toEqual(['liquidate'])
  })

  it('F4: collateral gone, the rest of the debt is taken off what suppliers own, at once', () => {
    const { world, venue } = open([F, { supply: 500_000, owner: CAROL }])
    world.answers.WETH = 2000
    world.tick(venue, 0)
    expect(venue.shortfall_usd()).toBe(0)
    const result = world.act(venue, 'liquidate', liquidation(200_000))
    expect(result).toEqual({ status: 'partial', amount: 100 })
    expect(units(venue, 0)).toEqual([])
    expect(venue.market(0).supply).toBeCloseTo(991_600, 3)
    expect(venue.market(0).supply_index).toBeCloseTo(0.9916, 9)
    expect(venue.market(0).borrow_index).toBe(1)
    expect(world.act(venue, 'withdraw', { account: 1, asset: USDC, amount: ALL, actor: CAROL }).amount).toBeCloseTo(495_800, 3)
    const log = rows(world.log)
    expect(log.map(({ kind, cause }) => [kind, cause])).toEqual([
      ['liquidate', -1],
      ['bad_debt', 0],
      ['default', 1],
      ['withdraw', -1],
    ])
    expect(log[0]?.usd).toBeCloseTo(191_600, 3)
    expect(log[1]?.usd).toBeCloseTo(8400, 3)
    expect(log[2]?.usd).toBe(log[1]?.usd)
    expect(venue.violations()).toEqual([])
  })

  it('F5: while the smallest part of the collateral is left nothing is socialised; the rest stays a shortfall', () => {
    const { world, venue } = open([F])
    world.answers.WETH = 2000
    world.tick(venue, 0)
    const all = world.offers(venue)[0]?.debt_max as number
    world.act(venue, 'liquidate', liquidation(all * (1 - 1e-10)))
    expect(rows(world.log).map(({ kind }) => kind)).toEqual(['liquidate'])
    expect(venue.market(0).supply).toBe(1e6)
    expect(units(venue, 0)[0]?.[1]).toBeCloseTo(1e-8, 12)
    expect(venue.shortfall_usd()).toBeCloseTo(8400, 2)
    // what is worth less than a cent is not offered; who takes it all the same realises the loss
    expect(world.offers(venue)).toEqual([])
    world.act(venue, 'liquidate', liquidation(ALL))
    expect(rows(world.log).at(-1)?.kind).toBe('default')
    expect(venue.market(0).supply).toBeCloseTo(991_600, 2)
    expect(venue.shortfall_usd()).toBe(0)
  })

  it('F6b: at price 0 everything goes for nothing, and the whole debt is a loss', () => {
    const { world, venue } = open([F])
    world.answers.WETH = 0
    world.tick(venue, 0)
    expect(venue.health(0, venue.prices)).toBe(0)
    expect(world.offers(venue)).toMatchObject([{ price: 0, debt_max: 0, collateral_max: 100 }])
    expect(world.act(venue, 'borrow', { account: 0, asset: USDC, amount: 1, actor: ALICE }).status).toBe('margin')
    expect(world.act(venue, 'liquidate', liquidation(ALL))).toEqual({ status: 'applied', amount: 100 })
    expect(venue.market(0)).toMatchObject({ debt: 0, supply: expect.closeTo(800_000, 6), cash: 800_000 })
    expect(world.ledger.balance(BOB, USDC)).toBe(1e6)
    expect(rows(world.log).map(({ kind, usd }) => [kind, usd])).toEqual([
      ['liquidate', 0],
      ['bad_debt', 200_000],
      ['default', 200_000],
    ])
  })

  it('is blocked while an oracle does not answer; repaying and supplying go on', () => {
    const { world, venue } = open([F], [market({ loan_oracle: 'USDC' })])
    for (const [asset, answer] of [
      ['WETH', Number.NaN],
      ['WETH', -1],
      ['USDC', 0],
    ] as const) {
      world.answers.WETH = 2300
      world.answers.USDC = 1
      world.tick(venue, 0)
      expect(world.offers(venue)).toHaveLength(1)
      world.answers[asset] = answer
      world.tick(venue, 0)
      expect(world.offers(venue)).toEqual([])
      expect(world.act(venue, 'liquidate', liquidation(ALL)).status).toBe('stale')
      expect(world.act(venue, 'repay', { account: 0, asset: USDC, amount: 1, actor: ALICE }).status).toBe('applied')
      expect(world.act(venue, 'deposit', { account: 0, asset: WETH, amount: 1e-9, actor: ALICE }).status).toBe('applied')
    }
  })

  it('uses a stale price like any other: the last answer of the oracle is the price', () => {
    const { world, venue } = open([F])
    world.answers.WETH = 2300
    world.tick(venue, 0)
    world.tick(venue, 1000 * HOUR_MS)
    expect(world.act(venue, 'liquidate', liquidation(1)).status).toBe('applied')
  })

  it('of a position exactly at its limit is refused', () => {
    // 100 · 2500 · 0.8 = 200,000
    const { world, venue } = open([F], [market({ lltv: 0.8 })], 2500)
    expect(venue.health(0, venue.prices)).toBe(1)
    expect(world.offers(venue)).toEqual([])
    expect(world.act(venue, 'liquidate', liquidation(ALL)).status).toBe('healthy')
    world.answers.WETH = 2499.999
    world.tick(venue, 0)
    expect(world.act(venue, 'liquidate', liquidation(1)).status).toBe('applied')
  })

  it('of oneself is allowed', () => {
    const { world, venue } = open([F])
    world.answers.WETH = 2300
    world.tick(venue, 0)
    expect(world.act(venue, 'liquidate', liquidation(1000, { actor: ALICE })).status).toBe('applied')
  })

  it('needs no cash in the market: the collateral is always there', () => {
    const { world, venue } = open([F], [market({ supply: 200_000 })])
    world.answers.WETH = 2300
    world.tick(venue, 0)
    expect(venue.market(0).cash).toBe(0)
    expect(world.act(venue, 'liquidate', liquidation(ALL)).status).toBe('applied')
    expect(venue.market(0).cash).toBe(200_000)
  })

  it('has no dust: the smallest part may be repaid', () => {
    const { world, venue } = open([F])
    world.answers.WETH = 2300
    world.tick(venue, 0)
    expect(world.act(venue, 'liquidate', liquidation(1e-6)).status).toBe('applied')
  })

  it('refuses in the order of precedence', () => {
    const { world, venue } = open([F, { collateral: 1 }])
    const status = (fields: Record<string, unknown>, amount = 1) =>
      world.act(venue, 'liquidate', liquidation(amount, fields)).status
    expect(status({ account: 5 })).toBe('unknown')
    expect(status({ asset: USDC })).toBe('unknown')
    expect(status({ asset2: WETH })).toBe('unknown')
    expect(status({ account: 1 })).toBe('unknown')
    expect(status({})).toBe('healthy')
    world.answers.WETH = 2300
    world.tick(venue, 0)
    expect(status({ actor: 4 }, 0)).toBe('empty')
    expect(status({ actor: 4 })).toBe('funds')
    expect(world.act(venue, 'bid', liquidation(1)).status).toBe('unknown')
    expect(world.log.length).toBe(0)
  })

  it('writes off debt that never had collateral', () => {
    const { world, venue } = open([{ debt: 1000 }])
    expect(venue.shortfall_usd()).toBe(1000)
    expect(world.offers(venue)).toEqual([])
    expect(world.act(venue, 'liquidate', liquidation(ALL)).status).toBe('applied')
    expect(venue.market(0).supply).toBeCloseTo(999_000, 6)
  })

  it('of one market leaves the others as they were: losses are isolated', () => {
    const { world, venue } = open([F, { ...F, market: 1 }], [market(), market({ lltv: 0.945 })])
    world.answers.WETH = 2000
    world.tick(venue, 0)
    world.act(venue, 'liquidate', liquidation(ALL))
    expect(venue.market(0).supply_index).toBeLessThan(1)
    expect(venue.market(1)).toMatchObject({ supply: 1e6, debt: 200_000, supply_index: 1 })
  })
})

describe('pre-liquidation', () => {
  const terms = { debt: 19_400, collateral: 10, opted: true }
  const pre = [market({ pre_liquidation: PRE })]

  it('F9: repays a part of an account that opted in, at a factor that grows with its risk', () => {
    const { world, venue } = open([terms], pre, 2300)
    const [offer] = world.offers(venue)
    expect(offer?.debt_max).toBeCloseTo(5426.376811, 5)
    expect(2300 / (offer?.price as number)).toBeCloseTo(1.0234782608695652, 9)
    const result = world.act(venue, 'liquidate', liquidation(6000))
    expect(result.status).toBe('partial')
    expect(result.amount * 2300).toBeCloseTo(5426.376811 * 1.0234782608695652, 4)
    expect(venue.health(0, venue.prices)).toBeGreaterThan(0.86 / 0.8434)
  })

  it('leaves alone who did not opt in, who is safe enough, and passes on to liquidation at the limit', () => {
    const { world, venue } = open([terms, { ...terms, opted: false }, { ...terms, debt: 19_090 }], pre, 2300)
    expect(world.offers(venue).map(({ id }) => id)).toEqual([0])
    for (const account of [1, 2]) expect(world.act(venue, 'liquidate', liquidation(1, { account })).status).toBe('healthy')
    world.answers.WETH = 2255
    world.tick(venue, 0)
    const offers = world.offers(venue)
    // 19,400 / 22,550 is above 86 %: the factor of the limit, and the whole debt
    expect(offers[0]).toMatchObject({ id: 0, debt_max: expect.closeTo(19_400, 6) })
    expect(2255 / (offers[0]?.price as number)).toBeCloseTo(1.0438413361169102, 12)
  })

  it('does not report to an owner what only a pre-liquidator is concerned with', () => {
    const { venue } = open([terms, { ...terms, debt: 19_900 }], pre, 2300)
    expect([...venue.below().rows.slice(0, venue.below().count)]).toEqual([1])
    venue.watch(0, 1.05)
    expect(venue.level(0)).toBe(1.05)
    expect([...venue.below().rows.slice(0, venue.below().count)]).toEqual([0, 1])
  })
})

describe('interest', () => {
  it('at utilisation 1 the rate is four times the rate at target, which grows 50-fold per year in the exponent', () => {
    const { world, venue } = open([{ collateral: 300, debt: 1e6 }])
    for (let hour = 0; hour < 14 * 24; hour++) world.tick(venue, HOUR_MS)
    // the continuous solution, see kernel.test.ts
    const growth = Math.exp(50 * (14 / 365))
    const debt = 1e6 * Math.exp((4 * 0.04 * (growth - 1)) / 50)
    expect(Math.abs(venue.market(0).debt / debt - 1)).toBeLessThan(1e-6)
    expect(venue.market(0).rate_at_target).toBeCloseTo(0.04 * growth, 4)
    expect(venue.market(0).supply).toBeCloseTo(venue.market(0).debt, 4)
  })

  it('goes to suppliers, less the fee, and makes accounts unsafe', () => {
    const { world, venue } = open(
      [
        { collateral: 58.15, debt: 200_000 },
        { supply: 1e6, owner: BOB },
      ],
      [market({ fee: 0.25 })],
    )
    expect(venue.below().count).toBe(0)
    world.tick(venue, 24 * 30 * HOUR_MS)
    expect(venue.below().count).toBe(1)
    const { debt, supply, cash } = venue.market(0)
    expect(cash + debt).toBeCloseTo(supply, 4)
    expect(debt).toBeGreaterThan(200_050)
    world.act(venue, 'repay', { account: 0, asset: USDC, amount: ALL, actor: CAROL })
    const paid = world.act(venue, 'withdraw', { account: 1, asset: USDC, amount: ALL, actor: BOB }).amount
    expect((paid - 1e6) / (debt - 200_000)).toBeCloseTo(0.75, 6)
    expect(venue.violations()).toEqual([])
  })

  it('is nothing without a rate model', () => {
    const { world, venue } = open([F], [market({ irm: 'none' })])
    world.tick(venue, 24 * 365 * HOUR_MS)
    expect(venue.market(0)).toMatchObject({ debt: 200_000, rate: 0 })
  })
})

describe('the spec', () => {
  it('refuses what cannot be, by field', () => {
    expect(() => open([{ supply: 2e6 }])).toThrow(InputError)
    expect(() => open([{ debt: 2e6 }])).toThrow(/markets\[0\]\.supply/)
    expect(() => open([{ market: 3 }])).toThrow(/accounts\.market\[0\]/)
    expect(() => open([{ owner: 99 }])).toThrow(/accounts\.owner\[0\]/)
    expect(() => open([{ debt: -1 }])).toThrow(/accounts\.debt\[0\]/)
    expect(() => open([], [market({ loan: 'XYZ' })])).toThrow(/markets\[0\]\.loan/)
    expect(() => open([], [market({ collateral: 'USDC' })])).toThrow(/another asset/)
    expect(() => open([], [market({ pre_liquidation: { ...PRE, factor_high: 1.2 } })])).toThrow(/1 \/ lltv/)
    expect(() => open([], [market({ pre_liquidation: { ...PRE, pre_lltv: 0.9 } })])).toThrow(/below lltv/)
  })

  it('has nothing to say without accounts', () => {
    const { world, venue } = open([])
    world.tick(venue, HOUR_MS)
    expect(world.offers(venue)).toEqual([])
    expect(venue.below().count).toBe(0)
    expect([venue.shortfall_usd(), venue.fund_usd()]).toEqual([0, 0])
    expect(venue.violations()).toEqual([])
    expect(morphoBlue.id).toBe('morpho-blue')
    expect(world.act(venue, 'deposit', { account: 0, asset: USDC, amount: 1, actor: OUT }).status).toBe('unknown')
  })
})
