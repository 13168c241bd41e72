// What the venue does, case by case; amounts are those of the golden vectors or worked out by hand beside the case.
import { describe, expect, it } from 'vitest'
import { ALICE, BOB, CAROL, COLLATERALS, open, OUT, USDC, WBTC, WETH } from '../../../test/support/comet-world.ts'
import { rows, units } from '../../../test/support/morpho-world.ts'
import { Actions, ALL, InputError, Offers } from '../../model/index.ts'

const DAY_MS = 86_400_000
/** The account of D6. */
const D6 = { base: -20_000, weth: 10, wbtc: 0.5 }
const absorb = (account = 0, actor: number = BOB) => ({ account, actor })

function fallen(fields = {}, accounts: Parameters<typeof open>[0] = [D6]) {
  const opened = open(accounts, fields)
  opened.world.answers.WETH = 1300
  opened.world.answers.WBTC = 20_000
  opened.world.tick(opened.venue, 0)
  return opened
}

describe('owners', () => {
  it('supply base, repay with the first of it, borrow what was not supplied', () => {
    const { world, venue } = open([{ weth: 10 }])
    const base = { account: 0, asset: USDC, actor: ALICE }
    world.act(venue, 'deposit', { ...base, amount: 500 })
    expect(venue.base(0)).toBe(500)
    expect(world.act(venue, 'borrow', { ...base, amount: 1500 }).amount).toBe(1500)
    expect(venue.base(0)).toBe(-1000)
    world.act(venue, 'deposit', { ...base, amount: 1200 })
    expect(venue.base(0)).toBe(200)
    expect(world.act(venue, 'withdraw', { ...base, amount: ALL }).amount).toBe(200)
    expect(venue.report()).toMatchObject({ supply: 1e6, debt: 0, cash: 1e6, reserves: 0 })
    expect(venue.violations()).toEqual([])
  })

  it('borrow up to the borrow factor, which is below the factor of liquidation', () => {
    const { world, venue } = open([{ weth: 10 }])
    expect(world.act(venue, 'borrow', { account: 0, asset: USDC, actor: ALICE, amount: ALL }).amount).toBeCloseTo(16_500, 6)
    expect(venue.health(0, venue.prices)).toBeCloseTo(0.895 / 0.825, 9)
    expect(world.act(venue, 'repay', { account: 0, asset: USDC, actor: CAROL, amount: 8250 }).amount).toBe(8250)
    expect(world.act(venue, 'withdraw', { account: 0, asset: WETH, actor: ALICE, amount: ALL }).amount).toBeCloseTo(5, 6)
  })

  it('are refused in the order of precedence', () => {
    const capped = COLLATERALS.map((own) => ({ ...own, supply_cap: 20 }))
    const { world, venue } = open([{ weth: 10, base: -1000 }, {}], { collaterals: capped, cash: 5000 })
    const status = (kind: 'deposit' | 'withdraw' | 'borrow' | 'repay', fields: object) =>
      world.act(venue, kind, { account: 0, actor: ALICE, amount: 1, asset: USDC, ...fields }).status
    expect(status('deposit', { account: 2 })).toBe('unknown')
    expect(status('deposit', { asset: 7 })).toBe('unknown')
    expect(status('deposit', { asset: WETH, amount: 11 })).toBe('limit')
    expect(status('deposit', { amount: 2e6 })).toBe('funds')
    expect(status('deposit', { amount: 0 })).toBe('empty')
    expect(status('withdraw', { actor: BOB })).toBe('unknown')
    expect(status('withdraw', { amount: 6000 })).toBe('cash')
    expect(status('withdraw', { amount: 1 })).toBe('funds')
    expect(status('withdraw', { asset: WETH, amount: 11 })).toBe('funds')
    expect(status('withdraw', { asset: WETH, amount: 9.9 })).toBe('margin')
    expect(status('borrow', { account: 1, amount: 50 })).toBe('dust')
    expect(status('borrow', { amount: 15_400 })).toBe('cash')
    expect(status('borrow', { account: 1, amount: 200 })).toBe('margin')
    expect(status('repay', { account: 1 })).toBe('unknown')
    world.answers.WETH = 0
    world.tick(venue, 0)
    expect(status('borrow', { amount: 15_400 })).toBe('stale')
    expect(status('withdraw', { asset: WETH })).toBe('stale')
    world.halted.add('withdraw:comet')
    world.halted.add('supply:comet')
    world.tick(venue, 0)
    expect(status('borrow', {})).toBe('paused')
    expect(status('withdraw', {})).toBe('paused')
    expect(status('deposit', {})).toBe('paused')
    expect(status('deposit', { asset: 7 })).toBe('unknown')
    expect(status('repay', {})).toBe('paused')
    expect(status('repay', { account: 1 })).toBe('paused')
    expect(world.log.length).toBe(0)
  })

  it('cannot withdraw base that is lent out', () => {
    const { world, venue } = open([{ base: 5000 }], { cash: 100 })
    const base = { account: 0, asset: USDC, actor: ALICE }
    expect(world.act(venue, 'withdraw', { ...base, amount: ALL }).status).toBe('cash')
    expect(world.act(venue, 'withdraw', { ...base, amount: 100 }).status).toBe('applied')
  })
})

describe('absorption', () => {
  it('D6: takes everything, credits the haircut value, and leaves the owner the rest in base', () => {
    const { world, venue } = fallen()
    expect(world.offers(venue)).toMatchObject([
      { kind: 'start', id: 0, reward: 0, debt: USDC, collateral: WETH, debt_max: 20_000 },
    ])
    const bob = world.ledger.balance(BOB, USDC)
    expect(world.act(venue, 'start', absorb()).status).toBe('applied')
    expect(venue.base(0)).toBeCloseTo(1850, 9)
    expect(units(venue, 0)).toEqual([])
    expect(venue.report().reserves).toBeCloseTo(-21_850, 6)
    expect(venue.report().inventory).toEqual([10, 0.5])
    // the absorber is paid nothing
    expect(world.ledger.balance(BOB, USDC)).toBe(bob)
    const log = rows(world.log)
    expect(log.map(({ kind, asset, amount }) => [kind, asset, amount])).toEqual([
      ['seize', WETH, 10],
      ['seize', WBTC, 0.5],
    ])
    expect((log[0]?.usd as number) + (log[1]?.usd as number)).toBeCloseTo(20_000, 6)
    expect(log[0]?.extra).toBeCloseTo(12_350, 6)
    expect(world.act(venue, 'withdraw', { account: 0, asset: USDC, amount: ALL, actor: ALICE }).amount).toBeCloseTo(1850, 6)
  })

  it('D7: worth less than the debt after the haircut: nothing is left, no bad debt while it is worth the debt', () => {
    const { world, venue } = open([{ base: -16_000, weth: 10 }])
    world.answers.WETH = 1600
    world.tick(venue, 0)
    world.act(venue, 'start', absorb())
    expect(venue.base(0)).toBe(0)
    expect(venue.report()).toMatchObject({ reserves: -16_000, debt: 0, inventory: [10, 0] })
    expect(rows(world.log).map(({ kind }) => kind)).toEqual(['seize'])
  })

  it('loses what the collateral is short of the debt: bad debt, borne by reserves as far as they go', () => {
    const { world, venue } = open([{ base: -16_000, weth: 10 }], { cash: 984_300 })
    expect(venue.fund_usd()).toBeCloseTo(300, 9)
    world.answers.WETH = 1500
    world.tick(venue, 0)
    expect(venue.shortfall_usd()).toBe(1000)
    world.act(venue, 'start', absorb())
    expect(rows(world.log).map(({ kind, usd, extra, cause }) => [kind, usd, extra, cause])).toEqual([
      ['seize', 16_000, expect.closeTo(14_250, 9), -1],
      ['bad_debt', 1000, 0, 0],
      ['default', expect.closeTo(300, 6), expect.closeTo(700, 6), 1],
    ])
    expect(venue.shortfall_usd()).toBe(0)
    expect(venue.fund_usd()).toBe(0)
  })

  it('D3: of debt without collateral is paid out of reserves', () => {
    const { world, venue } = open([{ base: -100 }, { base: -700 }, { base: -1200 }])
    world.act(venue, 'start', absorb(0))
    world.act(venue, 'start', absorb(1))
    expect(venue.report()).toMatchObject({ debt: 1200, reserves: -800 })
    expect(
      rows(world.log)
        .filter(({ kind }) => kind === 'bad_debt')
        .map(({ usd }) => usd),
    ).toEqual([100, 700])
  })

  it('D5: at equality nobody is absorbed', () => {
    const exactly = COLLATERALS.map((own) => ({ ...own, liquidate_factor: 1 }))
    const { world, venue } = open([{ base: -100_000, weth: 50 }], { collaterals: exactly })
    expect(venue.health(0, venue.prices)).toBe(1)
    expect(world.act(venue, 'start', absorb()).status).toBe('healthy')
    world.answers.WETH = 1900
    world.tick(venue, 0)
    expect(world.act(venue, 'start', absorb()).status).toBe('applied')
  })

  it('of oneself is allowed, and turns collateral into base at the haircut', () => {
    const { world, venue } = fallen()
    expect(world.act(venue, 'start', absorb(0, ALICE)).status).toBe('applied')
    expect(venue.base(0)).toBeCloseTo(1850, 9)
  })

  it('needs no cash', () => {
    const { world, venue } = fallen({ cash: 0 })
    expect(world.act(venue, 'start', absorb()).status).toBe('applied')
  })

  it('is blocked by a missing price of what the account holds, and of nothing else', () => {
    const { world, venue } = fallen({}, [D6, { base: -20_000, weth: 15 }])
    world.answers.WBTC = 0
    world.tick(venue, 0)
    expect(world.act(venue, 'start', absorb(0)).status).toBe('stale')
    expect(world.offers(venue).map(({ id }) => id)).toEqual([1])
    expect(world.act(venue, 'start', absorb(1)).status).toBe('applied')
    world.answers.USDC = Number.NaN
    world.tick(venue, 0)
    expect(world.act(venue, 'start', absorb(0)).status).toBe('stale')
  })

  it('uses a stale price like any other', () => {
    const { world, venue } = fallen()
    world.tick(venue, 30 * DAY_MS)
    expect(world.act(venue, 'start', absorb()).status).toBe('applied')
  })

  it('has a pause of its own, apart from that of sales', () => {
    const { world, venue } = fallen()
    world.halted.add('absorb:comet')
    world.tick(venue, 0)
    expect(world.offers(venue)).toEqual([])
    expect(world.act(venue, 'start', absorb()).status).toBe('paused')
    world.halted.clear()
    world.halted.add('buy:comet')
    world.tick(venue, 0)
    expect(world.act(venue, 'start', absorb()).status).toBe('applied')
    expect(world.offers(venue)).toEqual([])
    expect(world.act(venue, 'bid', { offer: 0, amount: 1, actor: BOB }).status).toBe('paused')
  })

  it('refuses in the order of precedence, and twice', () => {
    const { world, venue } = fallen({}, [D6, {}])
    expect(world.act(venue, 'start', absorb(4)).status).toBe('unknown')
    expect(world.act(venue, 'start', absorb(1)).status).toBe('healthy')
    expect(world.act(venue, 'liquidate', absorb(0)).status).toBe('unknown')
    world.act(venue, 'start', absorb(0))
    expect(world.act(venue, 'start', absorb(0)).status).toBe('healthy')
  })

  it('is done by bots at once, who leave alone what is too small', () => {
    const { world, venue } = fallen({ absorber: 'bots', absorb_min_usd: 1000 }, [D6, { base: -900, weth: 0.5 }])
    const [actions, offers] = [new Actions(), new Offers()]
    venue.act(world.view, actions, offers)
    expect(actions.list).toMatchObject([{ kind: 'start', account: 0, actor: OUT }])
    expect(offers.list).toEqual([])
    expect(world.act(venue, 'start', { account: 0, actor: OUT }).status).toBe('applied')
    actions.clear()
    venue.act(world.view, actions, offers)
    expect(actions.list).toEqual([])
    expect(offers.list.map(({ kind, id }) => [kind, id])).toEqual([
      ['auction', 0],
      ['auction', 1],
    ])
  })

  it('may be rewarded from outside', () => {
    const { world, venue } = fallen({ absorb_reward: 5 })
    expect(world.offers(venue)[0]?.reward).toBe(5)
    world.act(venue, 'start', absorb())
    expect(world.ledger.balance(BOB, USDC)).toBe(1e6 + 5)
    expect(rows(world.log).at(-1)).toMatchObject({ kind: 'fee', amount: 5 })
  })
})

describe('the store-front', () => {
  it('D6: sells at a discount of half the haircut while reserves are short; nobody buys more than there is', () => {
    const { world, venue } = fallen()
    world.act(venue, 'start', absorb())
    const [weth] = world.offers(venue)
    expect(weth).toMatchObject({ kind: 'auction', id: 0, collateral: WETH, debt: USDC, collateral_max: 10 })
    expect(1000 / (weth?.price as number)).toBeCloseTo(0.788954635108481262, 12)
    const bid = (amount: number, limit = 0) => world.act(venue, 'bid', { offer: 0, amount, limit, actor: BOB })
    expect(bid(14_000 / 1267.5).status).toBe('cash')
    expect(bid(1, 1267).status).toBe('price')
    expect(bid(9.467455621301775).amount).toBeCloseTo(9.467455621301775, 12)
    expect(venue.report().reserves).toBeCloseTo(-9850, 6)
    const take = rows(world.log).at(-1)
    expect(take).toMatchObject({ kind: 'take', asset: WETH, price: 1267.5, usd: expect.closeTo(12_000, 6), cause: 0 })
    // the debt that came with the WETH is 20,000 · 12,350 / 21,850; what is paid beyond it is no debt
    expect(take?.extra).toBeCloseTo(12_000 - (20_000 * 12_350) / 21_850, 6)
    expect(bid(ALL).amount).toBeCloseTo(0.532544378698225, 9)
    expect(bid(ALL).status).toBe('empty')
    expect(venue.report().inventory[0]).toBe(0)
    expect(venue.violations()).toEqual([])
  })

  it('is closed while reserves are at their target', () => {
    const { world, venue } = fallen({
      cash: 1e6,
      target_reserves: 1000,
      collaterals: COLLATERALS.map((own) => ({ ...own, inventory: 5 })),
    })
    // reserves: 1,000,000 held and 20,000 lent of 1,000,000 supplied
    expect(venue.report().reserves).toBe(20_000)
    expect(world.offers(venue).filter(({ kind }) => kind === 'auction')).toEqual([])
    expect(world.act(venue, 'bid', { offer: 0, amount: 1, actor: BOB }).status).toBe('limit')
    world.act(venue, 'start', absorb())
    expect(world.offers(venue).filter(({ kind }) => kind === 'auction')).toHaveLength(2)
  })

  it('refuses in the order of precedence', () => {
    const { world, venue } = fallen()
    world.act(venue, 'start', absorb())
    const status = (fields: object) => world.act(venue, 'bid', { offer: 0, amount: 1, actor: BOB, ...fields }).status
    expect(status({ offer: 9 })).toBe('unknown')
    expect(status({ amount: Number.NaN })).toBe('unknown')
    expect(status({ actor: 4 })).toBe('funds')
    expect(status({ amount: 0 })).toBe('empty')
    world.answers.WETH = -1
    world.tick(venue, 0)
    expect(status({})).toBe('stale')
  })
})

describe('interest', () => {
  it('D8: 30 days; suppliers and borrowers have curves of their own, and the difference is reserves', () => {
    const { world, venue } = open([{ base: -16_000, weth: 10 }])
    expect(venue.report().utilisation).toBe(0.016)
    world.tick(venue, 30 * DAY_MS)
    expect(venue.base(0)).toBeCloseTo(-16_020.462465, 5)
    expect(venue.report().reserves).toBeCloseTo(-22.277258, 4)
    world.answers.WETH = 1780
    world.tick(venue, 0)
    world.act(venue, 'start', absorb())
    expect(venue.base(0)).toBeCloseTo(889.537534, 5)
  })

  it('makes accounts unsafe', () => {
    const { world, venue } = open([{ base: -17_899, weth: 10 }])
    expect(venue.below().count).toBe(0)
    world.tick(venue, 30 * DAY_MS)
    expect(venue.below().count).toBe(1)
  })
})

describe('the spec', () => {
  it('refuses what cannot be, by field', () => {
    expect(() => open([{ base: 2e6 }])).toThrow(InputError)
    expect(() => open([], { base: 'XYZ' })).toThrow(/base/)
    expect(() => open([{ owner: 99 }])).toThrow(/accounts\.owner\[0\]/)
    expect(() => open([{ weth: -1 }])).toThrow(/positions\.amount\[0\]/)
    expect(() => open([], { collaterals: [...COLLATERALS, ...COLLATERALS] })).toThrow(/listed once/)
    expect(() => open([], { collaterals: [{ ...COLLATERALS[0], borrow_factor: 0.99 }] })).toThrow(/at most liquidate_factor/)
    const twice = { account: Int32Array.of(0, 0), collateral: Int32Array.of(0, 0), amount: Float64Array.of(1, 1) }
    expect(() => open([{}], { positions: twice })).toThrow(/once for account 0/)
  })

  it('has nothing to say without accounts', () => {
    const { world, venue } = open([])
    world.tick(venue, DAY_MS)
    expect(world.offers(venue)).toEqual([])
    expect([venue.below().count, venue.shortfall_usd(), venue.rows]).toEqual([0, 0, 0])
    expect(venue.violations()).toEqual([])
  })
})
