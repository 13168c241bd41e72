import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unknown_fields } from '../../../test/cli/json-schema.ts'
import { SCHEMAS, schema_text } from '../../reports/index.ts'
import { typed_document } from './document.ts'
import { typed_answer, type TypedInput, type TypedLeg } from './typed.ts'

const leg = (side: 'held' | 'owed', asset: string, quantity: number, price?: number, weight = 1): TypedLeg => ({
  side,
  asset,
  quantity,
  ...(price === undefined ? {} : { price }),
  weight,
})

function input(legs: readonly TypedLeg[], more: Partial<TypedInput> = {}): TypedInput {
  const betas: Readonly<Record<string, number>> = { ETH: 1, stETH: 1, BTC: 0.8, SOL: 1.4, USDC: 0 }
  const ids = [...new Set(legs.map((one) => one.asset))]
  return {
    legs,
    assets: ids.map((id) => ({ id, beta: betas[id] })),
    strict: true,
    moves: [],
    correlated: false,
    with: [],
    steps: [0.1],
    back_steps: [],
    volatilities: {},
    ...more,
  }
}
const direction = (answer: ReturnType<typeof typed_answer>, move: string) => answer.directions.find((one) => one.move === move)

/** 5.7 M SOL for 108 M USD at 85 %: SOL 108 ÷ (5.7 · 0.85), published as 22.27 to 22.30 (Solend, June 2022). */
const WHALE = [leg('held', 'SOL', 5.7e6, undefined, 0.85), leg('owed', 'USDC', 108e6, 1)]

describe('a position with one price left open', () => {
  it('is solved for it', () => {
    const answer = typed_answer(input(WHALE, { close_factor: 0.2, bonus: 0.05 }))
    expect(answer).toMatchObject({ health: null, buffer: null, assets_usd: null, first: null, breached: false })
    expect(answer.directions).toHaveLength(1)
    const found = answer.directions[0]?.forward
    expect(found?.prices).toEqual([{ asset: 'SOL', now: null, there: expect.closeTo(22.291_021_671_8, 9) }])
    expect(found).toMatchObject({ change: null, method: 'closed_form', market_usd: found?.prices[0]?.there })
    expect(answer.directions[0]?.backward).toBeNull()
    // 20 % of 108 M, with 5 % on it.
    expect(answer.at_breach).toEqual({
      repaid_usd: 21.6e6,
      seized_usd: expect.closeTo(22.68e6, 6),
      penalty_usd: expect.closeTo(1.08e6, 6),
    })
  })

  it('says the same as with any price given', () => {
    fc.assert(
      fc.property(fc.double({ min: 23, max: 500, noNaN: true }), (price) => {
        const given = typed_answer(input([{ ...(WHALE[0] as TypedLeg), price }, WHALE[1] as TypedLeg]))
        expect(direction(given, 'SOL')?.forward?.prices[0]?.there).toBeCloseTo(22.291_021_671_8, 8)
        expect(given.health).toBeCloseTo(price / 22.291_021_671_826_6, 9)
      }),
    )
  })

  it('of a debt breaks by a rise; of more held than owed by a fall', () => {
    const short = typed_answer(input([leg('held', 'USDC', 1e6, 1, 0.8), leg('owed', 'ETH', 200)]))
    expect(short.directions[0]).toMatchObject({ forward: null })
    expect(short.directions[0]?.backward?.prices[0]?.there).toBeCloseTo(4000, 9)
    // 10 · 0.8 − 3 = 5 net, against 1000.
    const both = typed_answer(
      input([leg('held', 'ETH', 10, undefined, 0.8), leg('owed', 'ETH', 3), leg('owed', 'USDC', 1000, 1)]),
    )
    expect(both.directions[0]?.forward?.prices[0]?.there).toBeCloseTo(200, 9)
    // Owed alone against nothing else held: no price breaks it or heals it.
    const never = typed_answer(
      input([leg('held', 'USDC', 1000, 1, 0.8), leg('held', 'ETH', 1, undefined, 0.8), leg('owed', 'USDC', 100, 1)]),
    )
    expect(never.directions[0]).toMatchObject({ forward: null, backward: null })
  })

  it('two open prices are refused, and two prices of one asset', () => {
    expect(() =>
      typed_answer(
        input([leg('held', 'ETH', 1, undefined, 0.8), leg('held', 'BTC', 1, undefined, 0.8), leg('owed', 'USDC', 1, 1)]),
      ),
    ).toThrow('the position is "ETH and BTC without a price"; valid: one price that is solved for')
    expect(() => typed_answer(input([leg('held', 'ETH', 1, 3000, 0.8), leg('owed', 'ETH', 1, 3001)]))).toThrow(
      'valid: one price an asset',
    )
  })
})

describe('a position with all prices', () => {
  // 10 ETH · 3000 · 0.83 = 24,900 and 5 stETH · 2990 · 0.8 = 11,960 against 30,000.
  const legs = [leg('held', 'ETH', 10, 3000, 0.83), leg('held', 'stETH', 5, 2990, 0.8), leg('owed', 'USDC', 30_000, 1)]

  it('pegged assets move together where it is said', () => {
    const apart = typed_answer(input(legs))
    expect(direction(apart, 'ETH')?.forward?.change).toBeCloseTo((30_000 - 11_960) / 24_900 - 1, 12)
    const linked = typed_answer(input(legs, { with: [['stETH', 'ETH']] }))
    expect(direction(linked, 'ETH')?.forward?.change).toBeCloseTo(30_000 / 36_860 - 1, 12)
    expect(direction(linked, 'ETH')?.logs).toEqual({ ETH: -1, stETH: -1 })
    expect(direction(linked, 'stETH')?.logs).toEqual({ stETH: -1 })
    expect(direction(linked, 'USDC')?.backward?.change).toBeCloseTo(36_860 / 30_000 - 1, 12)
    expect(linked.first?.move).toBe('ETH')
  })

  it('joint moves by beta, and as given', () => {
    const mixed = [leg('held', 'BTC', 1, 60_000, 0.8), leg('held', 'ETH', 10, 3000, 0.8), leg('owed', 'USDC', 50_000, 1)]
    const by_beta = typed_answer(input(mixed, { correlated: true })).directions.find((one) => one.joint)
    const t = by_beta?.forward?.log_move as number
    // Told by what is held most of, 60,000 of BTC; ETH moves 1 / 0.8 times as far.
    expect(by_beta?.lead).toBe('BTC')
    expect(48_000 * Math.exp(t) + 24_000 * Math.exp(1.25 * t)).toBeCloseTo(50_000, 5)
    const more = [...mixed.slice(0, 2), leg('owed', 'USDC', 60_000, 1)]
    const given = typed_answer(
      input(more, {
        moves: [
          ['BTC', -2],
          ['ETH', 1],
        ],
      }),
    ).directions.find((one) => one.joint)
    const s = given?.forward?.log_move as number
    expect(given?.lead).toBe('BTC')
    expect(48_000 * Math.exp(s) + 24_000 * Math.exp(-s / 2)).toBeCloseTo(60_000, 5)
    // ETH's rise makes it safe again further on: the first crossing is the nearer root.
    expect(s).toBeGreaterThan(-0.924)
  })

  it('what is not known is refused', () => {
    const odd = [leg('held', 'XYZ', 1, 10, 0.5), leg('owed', 'USDC', 1, 1)]
    expect(typed_answer(input(odd)).directions.map((one) => one.move)).toEqual(['XYZ', 'USDC', 'together'])
    expect(() => typed_answer(input(odd, { correlated: true }))).toThrow('--correlated: beta is "of XYZ not known"')
    expect(() => typed_answer(input(odd, { with: [['ABC', 'XYZ']] }))).toThrow('--with: asset is "ABC"; valid: one of XYZ, USDC')
    expect(() => typed_answer(input(odd, { moves: [['ABC', 1]] }))).toThrow('--move: asset is "ABC"')
  })

  it('falls, and the first call by the close factor', () => {
    const answer = typed_answer(input(legs, { steps: [0.1, 0.3], close_factor: 0.5, bonus: 0.1 }))
    const [small, large] = answer.directions.find((one) => one.joint)?.outcomes ?? []
    expect(small).toMatchObject({
      change: -0.1,
      breached: false,
      liquidation: null,
      health: expect.closeTo((36_860 * 0.9) / 30_000, 12),
    })
    expect(large?.breached).toBe(true)
    expect(large?.equity_usd).toBeCloseTo(44_950 * 0.7 - 30_000, 8)
    expect(large?.liquidation).toMatchObject({
      first_usd: 15_000,
      seized_usd: expect.closeTo(16_500, 8),
      left_usd: 15_000,
      capped: true,
    })
    expect(large?.liquidation?.equity_usd).toBeCloseTo(44_950 * 0.7 - 30_000 - 1500, 8)
  })

  it('the document fits the schema', () => {
    for (const one of [input(legs), input(WHALE, { close_factor: 0.2 })]) {
      const document = JSON.parse(JSON.stringify(typed_document(one, ['a note']))) as object
      expect(SCHEMAS['account-1'].safeParse(document).error).toBeUndefined()
      expect(unknown_fields(JSON.parse(schema_text('account-1')) as object, document)).toEqual([])
    }
  })
})
