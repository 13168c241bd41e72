import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lender, network_snapshot, vaults, type WorldFields } from '../../../test/support/network-world.ts'
import { build, shock_scenario } from '../../scenarios/index.ts'
import { open_book } from './book.ts'
import { look_through, visits } from './look-through.ts'
import { network_of } from './nodes.ts'

function claims(fields: WorldFields) {
  const snapshot = network_snapshot(fields)
  const world = build(snapshot, shock_scenario([]))
  const book = open_book(snapshot, world)
  const all = look_through(book, network_of(book, new Float64Array(world.parts.assets.length).fill(1)))
  return (claim: string) => {
    const found = all.find((one) => one.claim === claim)
    if (found === undefined) throw new Error(`no claim ${claim} among ${all.map((one) => one.claim).join(', ')}`)
    return { ...found, assets: Object.fromEntries(found.assets.map(({ asset, share }) => [asset, share])) }
  }
}

describe('sums of powers', () => {
  it('solve (I − Q) S = I', () => {
    const n = 5
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(share, { minLength: n * n, maxLength: n * n }), (values) => {
        // Rows add up to at most 0.98.
        const q = Array.from({ length: n }, (_, i) =>
          Float64Array.from(values.slice(i * n, i * n + n), (one) => (one * 0.98) / n),
        )
        const { sum, left } = visits(q)
        expect(Math.max(...left)).toBeLessThan(1e-12)
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) {
            const image = sum.reduce((all, row, k) => all + (q[i]?.[k] as number) * (row[j] as number), 0)
            expect((sum[i]?.[j] as number) - image).toBeCloseTo(i === j ? 1 : 0, 9)
          }
      }),
    )
  })

  it('say of a ring without an exit that nothing leaves', () => {
    expect(visits([Float64Array.of(0, 1), Float64Array.of(1, 0)]).left).toEqual([1, 1])
  })
})

describe('recursive collateral', () => {
  it('of a supply that is borrowed back: 1 ÷ (1 − p)', () => {
    // 100 supplied, 80 borrowed against it, 20 at hand: 0.2 is USDC, 0.8 is a loan secured by the same pool. 1 + 0.8 + 0.64 + … = 5.
    const one = claims({
      names: ['ann'],
      venues: [lender('pool', { cash: { USDC: 20 }, positions: [[0, 'USDC', 100, 80]], owner: [0] })],
    })('pool USDC')
    expect(one.recursion).toBeCloseTo(5, 12)
    expect(one.layers).toBeCloseTo(5, 12)
    expect(one.assets['USDC']).toBeCloseTo(1, 12)
    expect(one.usd).toBe(100)
  })

  it('of two pools that lend against each other', () => {
    // ann: 0.05 ETH (100 USD) for 60 USDC; bob: 100 USDC for 0.025 ETH (50 USD). USDC pool: 40 at hand of 100, 0.6 behind ETH.
    // ETH pool: 50 at hand of 100, 0.5 behind USDC. Of one USDC: x = 0.4 + 0.6 · 0.5 x, x = 0.4 ÷ 0.7; recursion 1 ÷ (1 − 0.3).
    const find = claims({
      names: ['ann', 'bob'],
      venues: [
        lender('pool', {
          cash: { USDC: 40, ETH: 0.025 },
          positions: [
            [0, 'ETH', 0.05, 0],
            [0, 'USDC', 0, 60],
            [1, 'USDC', 100, 0],
            [1, 'ETH', 0, 0.025],
          ],
          owner: [0, 1],
        }),
      ],
    })
    const usdc = find('pool USDC')
    expect(usdc.assets['USDC']).toBeCloseTo(0.4 / 0.7, 12)
    expect(usdc.assets['ETH']).toBeCloseTo(0.3 / 0.7, 12)
    expect(usdc.recursion).toBeCloseTo(1 / 0.7, 12)
    // One USDC passes 1 ÷ 0.7 times through its own pool and 0.6 ÷ 0.7 times through the other.
    expect(usdc.layers).toBeCloseTo(1.6 / 0.7, 12)
    expect(find('pool ETH').assets['ETH']).toBeCloseTo(0.5 / 0.7, 12)
  })

  it('of a token that is lent on against itself by its issuer: what nothing is behind is circular', () => {
    // XUSD is redeemed out of a reserve of XUSD receipts only: 100 XUSD, a reserve of 100 USDC in name, all of it in the next token.
    const queue = (base: string, quote: string) => ({
      kind: 'redemption-queue',
      id: `${base}-${quote}`,
      base,
      quote,
      reserve: 100,
      supply: 100,
    })
    const find = claims({
      names: ['ann'],
      markets: [queue('XUSD', 'DAI'), queue('DAI', 'XUSD')],
      venues: [lender('pool', { cash: { XUSD: 10, USDC: 0 }, positions: [[0, 'XUSD', 10, 0]], owner: [0] })],
    })
    expect(find('XUSD')).toMatchObject({ circular: 1, recursion: null, layers: null, assets: {} })
    expect(find('pool XUSD')).toMatchObject({ circular: 1, recursion: null })
  })

  it('of a token whose reserve is short', () => {
    // 100 XUSD issued, 60 USDC behind them.
    const find = claims({
      names: ['ann'],
      markets: [{ kind: 'redemption-queue', id: 'bank', base: 'XUSD', quote: 'USDC', reserve: 60, supply: 100 }],
      venues: [lender('pool', { cash: { XUSD: 10 }, positions: [[0, 'XUSD', 10, 0]], owner: [0] })],
    })
    expect(find('XUSD').assets['USDC']).toBeCloseTo(0.6, 12)
    expect(find('XUSD').uncovered).toBeCloseTo(0.4, 12)
    expect(find('XUSD').link).toMatchObject({ how: 'redeems', by: 'bank', value_ratio: expect.closeTo(1, 12) })
    // A token and the node that owes it are one claim, the supply of it another.
    expect(find('pool XUSD').layers).toBeCloseTo(2, 12)
  })

  it('of a staked token that a venue prices as a multiple of another, in a loop', () => {
    // 0.1 stETH (220 USD) for 0.088 ETH (176 USD) of a pool of 0.1 ETH: 0.12 at hand, 0.88 behind stETH, which is ETH in the end.
    const stETH = { kind: 'exchange-rate', id: 'stETH/USD', path: [{ market: 'ETH-USD' }], ratio: { at_start: 1.1 } }
    const find = claims({
      names: ['ann', 'bob'],
      venues: [
        lender('pool', {
          cash: { ETH: 0.012, stETH: 0.1 },
          positions: [
            [0, 'stETH', 0.1, 0],
            [0, 'ETH', 0, 0.088],
            [1, 'ETH', 0.1, 0],
          ],
          owner: [0, 1],
          oracles: { stETH },
        }),
      ],
    })
    expect(find('pool ETH').assets).toEqual({ ETH: expect.closeTo(1, 12) })
    // The pool, then for 0.88 of it the pool of stETH and stETH itself.
    expect(find('pool ETH').layers).toBeCloseTo(1 + 2 * 0.88, 12)
    expect(find('stETH').layers).toBeCloseTo(1, 12)
    // 1.1 · 2000 ÷ 2200.
    expect(find('stETH').link).toEqual({ how: 'priced-as', by: 'pool', value_ratio: expect.closeTo(1, 12) })
    expect(find('pool ETH').link).toBeNull()
  })

  it('of a coin that is created against collateral, with what is not covered and who is not listed', () => {
    // 60 of 100 DAI against 0.05 ETH (100 USD); 40 against 0.01 ETH (20 USD): 20 are uncovered.
    const find = claims({
      names: ['ann', 'bob'],
      venues: [
        vaults('maker', [
          [0, 0.05, 60],
          [1, 0.01, 40],
        ]),
        // 50 DAI supplied, 10 at hand: 40 are owed by nobody who is listed.
        lender('pool', { cash: { DAI: 10 }, positions: [[0, 'DAI', 50, 0]], owner: [0], unlisted: { DAI: 40 } }),
      ],
    })
    expect(find('DAI')).toMatchObject({ usd: 100, assets: { ETH: expect.closeTo(0.8, 12) }, uncovered: expect.closeTo(0.2, 12) })
    expect(find('pool DAI')).toMatchObject({ unlisted: expect.closeTo(0.8, 12), assets: { ETH: expect.closeTo(0.16, 12) } })
    expect(find('pool DAI').uncovered).toBeCloseTo(0.04, 12)
  })
})
