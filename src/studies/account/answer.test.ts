import { describe, expect, it } from 'vitest'
import { unknown_fields } from '../../../test/cli/json-schema.ts'
import { account_market, PLAIN } from '../../../test/support/account-world.ts'
import { small_market } from '../../../test/support/reference-market.ts'
import { run } from '../../engine/index.ts'
import type { Snapshot } from '../../model/index.ts'
import { type AccountDoc, SCHEMAS, schema_text } from '../../reports/index.ts'
import { build, parse_shock, shock_scenario } from '../../scenarios/index.ts'
import { account_document, type AccountInput } from './document.ts'

const ask = (snapshot: Snapshot, input: Partial<AccountInput>): AccountDoc =>
  account_document(snapshot, build(snapshot, shock_scenario([])), { ...PLAIN, ...input })
const pool = (positions: Parameters<typeof account_market>[0], input: Partial<AccountInput> = {}) =>
  ask(account_market(positions), { venue: 'pool', account: 0, ...input })
const first = (document: AccountDoc) => document.accounts[0] as AccountDoc['accounts'][number]
const of = (document: AccountDoc, move: string) => first(document).directions.find((one) => one.move === move)
const joint = (document: AccountDoc) => first(document).directions.find((one) => one.joint)

/** 10 wstETH at 3600 and 4 stETH at 2970, weighted 0.8, against 20,000 USDC: 38,304 ÷ 20,000. */
const LOOP = [
  [0, 'wstETH', 10, 0],
  [0, 'stETH', 4, 0],
  [0, 'USDC', 0, 20_000],
] as const

describe('one account', () => {
  it('health, sums and buffer are those of its statement', () => {
    const answer = first(pool(LOOP))
    expect(answer.health).toBeCloseTo(38_304 / 20_000, 12)
    expect(answer.assets_usd).toBeCloseTo(47_880, 8)
    expect(answer.debts_usd).toBeCloseTo(20_000, 8)
    expect(answer.buffer?.usd).toBeCloseTo(18_304, 8)
    expect(answer.buffer?.debt_ratio).toBeCloseTo(0.9152, 12)
    expect(answer.buffer?.collateral_ratio).toBeCloseTo(1 - 20_000 / 38_304, 12)
    expect(answer).toMatchObject({ venue: 'pool', kind: 'aave-v3', owner: 'ann', breached: false, strict: true, notional_usd: 0 })
    expect(answer.legs.map(({ asset, side, follows }) => [asset, side, follows])).toEqual([
      ['USDC', 'owed', { USDC: 1 }],
      ['wstETH', 'held', { ETH: 1 }],
      ['stETH', 'held', { stETH: 1 }],
    ])
  })

  it('ETH alone takes what is pegged to it along; --apart does not', () => {
    const together = of(pool(LOOP), 'ETH')
    expect(together?.logs).toEqual({ ETH: -1, wstETH: -1, stETH: -1 })
    expect(together?.forward).toMatchObject({ method: 'closed_form' })
    expect(together?.forward?.change).toBeCloseTo(20_000 / 38_304 - 1, 12)
    expect(together?.forward?.prices.map(({ asset, there }) => [asset, there])).toEqual([
      ['wstETH', expect.closeTo((3600 * 20_000) / 38_304, 8)],
      ['stETH', expect.closeTo((2970 * 20_000) / 38_304, 8)],
    ])
    expect(together?.backward).toBeNull()
    // stETH stays at 2970: 28,800 f + 9,504 = 20,000.
    const apart = of(pool(LOOP, { apart: true }), 'ETH')
    expect(apart?.logs).toEqual({ ETH: -1 })
    expect(apart?.forward?.change).toBeCloseTo((20_000 - 9504) / 28_800 - 1, 12)
    // A link by hand says the same as the one that was found.
    expect(of(pool(LOOP, { apart: true, with: [['stETH', 'ETH']] }), 'ETH')?.forward?.change).toBe(together?.forward?.change)
  })

  it('an asset whose own market matters nowhere has no row; one that cannot break the account breaks it nowhere', () => {
    const document = pool(LOOP)
    expect(of(document, 'wstETH')).toBeUndefined()
    expect(of(document, 'BTC')).toBeUndefined()
    // 28,800 alone covers the debt.
    expect(of(document, 'stETH')).toMatchObject({ forward: null, backward: null })
    expect(document.notes).toContain('pool prices wstETH by ETH: the market of wstETH itself does not matter there.')
  })

  it('a capped debt cannot break it, and the note says why; an uncapped one can', () => {
    const capped = pool(LOOP)
    expect(of(capped, 'USDC')).toMatchObject({ forward: null, backward: null })
    expect(capped.notes.join(' ')).toContain('The price of USDC at pool does not move in proportion to its markets')
    // 1 BTC at 60,000 · 0.8 against 2,500 LINK at 15: breaks at LINK 19.2.
    const short = pool([
      [0, 'BTC', 1, 0],
      [0, 'LINK', 0, 2500],
    ])
    expect(of(short, 'LINK')?.forward).toBeNull()
    expect(of(short, 'LINK')?.backward?.prices).toEqual([
      { asset: 'LINK', now: expect.closeTo(15, 9), there: expect.closeTo(19.2, 9) },
    ])
    expect(of(short, 'BTC')?.forward?.prices[0]?.there).toBeCloseTo(46_875, 6)
  })

  it('a debt at a fixed price stands still, and that is said', () => {
    const document = pool([
      [0, 'BTC', 1, 0],
      [0, 'GHO', 0, 30_000],
    ])
    expect(of(document, 'GHO')).toBeUndefined()
    expect(document.notes).toContain(
      'pool counts GHO as 1 whatever its markets do: it is the unit of account there, or its oracle is fixed.',
    )
    expect(document.notes).toContain(
      'Prices at pool follow their markets late: BTC within 2 h. Until then the account stands at the old ones.',
    )
  })

  it('joint moves: two roots of two exponents, found by search, on both sides', () => {
    // 1 BTC held, 2,900 LINK owed, LINK moving 1.5 times as far: 48,000 e^-s = 43,500 e^-1.5s has s > 0 never, s < 0 once.
    const positions = [
      [0, 'BTC', 1, 0],
      [0, 'LINK', 0, 2900],
    ] as const
    const up = joint(
      pool(positions, {
        moves: [
          ['BTC', -1],
          ['LINK', -1.5],
        ],
      }),
    )
    expect(up?.lead).toBe('LINK')
    expect(up?.forward).toBeNull()
    expect(up?.backward?.method).toBe('search')
    // ln(48/43.5) = 0.5·t in BTC's log: LINK's is 1.5 times that.
    expect(up?.backward?.log_move).toBeCloseTo(3 * Math.log(48_000 / 43_500), 9)
    // With ETH owed too it breaks on both sides: down because BTC falls further than ETH, up because LINK rises further.
    const both = joint(
      pool([...positions, [0, 'ETH', 0, 0.9]], {
        moves: [
          ['BTC', -1],
          ['LINK', -1.5],
          ['ETH', 0.2],
        ],
      }),
    )
    for (const side of ['forward', 'backward'] as const) {
      const t = (both?.[side]?.log_move as number) / 1.5
      expect(48_000 * Math.exp(t)).toBeCloseTo(43_500 * Math.exp(1.5 * t) + 2700 * Math.exp(-0.2 * t), 5)
      expect(Math.sign(t)).toBe(side === 'forward' ? -1 : 1)
    }
  })

  it('moves by betas are told by what was given', () => {
    const document = pool(
      [
        [0, 'BTC', 1, 0],
        [0, 'GHO', 0, 40_000],
      ],
      { moves: [['ETH', -1]], correlated: true },
    )
    const move = joint(document)
    expect(move?.logs).toMatchObject({ ETH: -1, BTC: -0.8, LINK: -1.2, wstETH: -1, stETH: -1 })
    expect(move?.lead).toBe('ETH')
    // BTC must fall to 50,000: ETH's log move is 1.25 times BTC's.
    expect(move?.forward?.log_move).toBeCloseTo(Math.log(50 / 60) / 0.8, 9)
    expect(
      joint(
        pool(
          [
            [0, 'BTC', 1, 0],
            [0, 'GHO', 0, 40_000],
          ],
          { correlated: true },
        ),
      )?.lead,
      // Not by ETH, whose beta is 1: there is none in the account.
    ).toBe('BTC')
  })

  it('distances in volatilities, and what breaks first by either measure', () => {
    const document = pool(
      [
        [0, 'BTC', 1, 0],
        [0, 'LINK', 0, 2500],
      ],
      { volatilities: { BTC: 0.02, LINK: 0.08 } },
    )
    const answer = first(document)
    // BTC falls 21.9 % = 12.3 of its volatilities; LINK rises 28 % = 3.1 of its own.
    expect(answer.first).toEqual({
      move: 'BTC',
      change: expect.closeTo(-0.21875, 9),
      volatilities: expect.closeTo(-Math.log(0.78125) / 0.02, 6),
    })
    expect(answer.first_by_volatility?.move).toBe('LINK')
    expect(answer.first_by_volatility?.volatilities).toBeCloseTo(Math.log(1.28) / 0.08, 6)
  })

  it('nothing owed: no health, no directions', () => {
    const answer = first(pool([[0, 'ETH', 1, 0]]))
    expect(answer).toMatchObject({ health: null, buffer: null, directions: [], first: null, breached: false })
  })

  it('in breach: where it is safe again', () => {
    const answer = first(
      pool([
        [0, 'ETH', 1, 0],
        [0, 'GHO', 0, 3000],
      ]),
    )
    expect(answer.breached).toBe(true)
    expect(answer.first).toBeNull()
    expect(answer.directions[0]?.backward?.prices[0]?.there).toBeCloseTo(3750, 8)
  })
})

describe('documents', () => {
  it('of account, owner and book fit the schema, and every field is described', () => {
    const snapshot = small_market(200)
    for (const input of [
      { venue: 'aave', account: 3 },
      { venue: 'binance', account: 2 },
      { owner: 'arbitrageur-1' },
      { owner: 'borrower/4' },
      { venue: 'maker' },
    ]) {
      const document = JSON.parse(JSON.stringify(ask(snapshot, input))) as object
      expect(SCHEMAS['account-1'].safeParse(document).error).toBeUndefined()
      expect(unknown_fields(JSON.parse(schema_text('account-1')) as object, document)).toEqual([])
    }
  })

  it('of an owner hold all his accounts', () => {
    const market = account_market([
      [0, 'ETH', 1, 0],
      [1, 'ETH', 1, 0],
      [2, 'BTC', 1, 0],
      [2, 'GHO', 0, 1],
    ])
    const document = ask(market, { owner: 'ann' })
    expect(document.accounts.map(({ account, owner }) => [account, owner])).toEqual([
      [0, 'ann'],
      [2, 'ann'],
    ])
  })

  it('of a world that has run stand at its prices', () => {
    const snapshot = account_market([
      [0, 'ETH', 10, 0],
      [0, 'GHO', 0, 20_000],
    ])
    const scenario = shock_scenario([parse_shock('ETH=-10%@10m')], { horizon_ms: 3_600_000 })
    const world = build(snapshot, scenario)
    run(world, { feedback: false })
    const hash = world.parts.store.hash()
    const document = account_document(snapshot, world, { ...PLAIN, venue: 'pool', account: 0 })
    expect(world.parts.store.hash()).toBe(hash)
    const answer = first(document)
    const price = answer.legs.find((leg) => leg.asset === 'ETH')?.price as number
    expect(price).toBeLessThan(2720)
    expect(answer.health).toBeCloseTo((8 * price) / 20_000, 9)
    const fall = answer.directions.find((one) => one.move === 'ETH')?.forward
    expect(fall?.prices[0]?.there).toBeCloseTo(2500, 6)
    expect(answer.directions[0]?.outcomes.every((one) => one.liquidation === null)).toBe(true)
    expect(document.notes.at(-1)).toMatch(/^The world has run/)
    expect(document.time).toBe('2023-11-14T23:13:20Z')
  })

  it.each([
    [{ venue: 'poool' }, '--venue: venue is "poool"; valid: one of pool'],
    [{}, '--venue is missing; valid: one of pool, or --owner NAME'],
    [{ venue: 'pool', account: 7 }, '--account is 7; valid: 0 to 0'],
    [{ owner: 'carl' }, '--owner is "carl"; valid: an actor of the snapshot: ann, bob'],
    [{ owner: 'bob' }, '--owner is "bob"; valid: an actor with accounts'],
    [{ venue: 'pool', moves: [['DOGE', -1]] }, '--move: asset is "DOGE"; valid: one of USD, USDC'],
    [{ venue: 'pool', moves: [['USD', -1]] }, '--move: asset is "USD"; valid: an asset that is not the unit of account'],
    [{ venue: 'pool', moves: [['ETH', 0]] }, '--move is "a move of nothing"'],
    [
      {
        venue: 'pool',
        moves: [
          ['ETH', -1],
          ['ETH', 1],
        ],
      },
      '--move: asset is "ETH"; valid: every asset once',
    ],
    [{ venue: 'pool', moves: [['GHO', -1]], correlated: true }, '--move: asset is "GHO"; valid: an asset with a beta'],
    [
      {
        venue: 'pool',
        moves: [
          ['ETH', -1],
          ['BTC', 1],
        ],
        correlated: true,
      },
      '--move is "2 assets"; valid: one asset with --correlated',
    ],
    [{ venue: 'pool', with: [['ETH', 'ETH']] }, '--with is "ETH=ETH"; valid: two assets'],
    [{ venue: 'pool', volatilities: { DOGE: 0.1 } }, '--volatility: asset is "DOGE"'],
  ] as [Partial<AccountInput>, string][])('refuse %j', (input, says) => {
    expect(() => ask(account_market([[0, 'ETH', 1, 0]]), input)).toThrow(says)
  })
})
