import { describe, expect, it } from 'vitest'
import { BTC, depeg, ETH, HOUR, live, type Setting, THIN, USD, USDC } from '../../test/support/owner-world.ts'
import { appetite } from './investor.ts'

const gains = { by_volatility: 0.5, by_drawdown: 3, by_belief: 0.1, by_herd: 1, volatility: 0.6, cash_yield: 0.04, premium: 0.1 }
const calm = { volatility: 0.6, drawdown: 0, belief: 0.14, herd: 0 }

describe('appetite', () => {
  it('is full when nothing is wrong, and falls with each fear by its gain', () => {
    expect(appetite(gains, calm, 1)).toBeCloseTo(0, 12)
    expect(appetite(gains, { ...calm, volatility: 1.2 }, 1)).toBeCloseTo(-0.5 * Math.log(2), 12)
    expect(appetite(gains, { ...calm, drawdown: 0.2 }, 1)).toBeCloseTo(-0.6, 12)
    expect(appetite(gains, { ...calm, belief: -0.86 }, 1)).toBeCloseTo(-0.1, 12)
    expect(appetite(gains, { ...calm, herd: 0.5 }, 2)).toBeCloseTo(-1, 12)
    // a higher yield of cash asks more of the risky
    expect(appetite({ ...gains, cash_yield: 0.14 }, calm, 1)).toBeCloseTo(-0.01, 12)
  })
})

const agent = (fields: object = {}) => ({
  kind: 'investor',
  id: 'investor',
  markets: ['THIN-USD', 'ETH-USD', 'BTC-USD', 'USDC-USD'],
  tiers: [['THIN'], ['ETH'], ['BTC'], ['USDC']],
  cash: 'USD',
  spread: 0,
  ...fields,
})
const wealth = { THIN: 100_000, ETH: 500, BTC: 20, USDC: 1e6 }
const play = (fields: object, more: Partial<Setting>) => live({ agent: agent(fields), wealth, hours: 12, ...more })

describe('investor', () => {
  it('does nothing in calm', () => {
    expect(play({}, {}).sales).toEqual([])
  })

  it('flees from what falls into what does not, and the long tail first', () => {
    const { world, result, sales } = play({}, { faults: [depeg('THIN', 0.7, { ramp_ms: 2 * HOUR })] })
    expect(result.laws.broken).toEqual([])
    expect(world.ledger.balance(3, THIN)).toBeLessThan(80_000)
    expect(sales.every(({ sold }) => sold === 0)).toBe(true)
    // ETH and BTC stand: what left THIN is there or in USDC, not all in cash
    const moved = [ETH, BTC, USDC].some((asset, i) => world.ledger.balance(3, asset) > ([500, 20, 1e6][i] as number) * 1.001)
    expect(moved).toBe(true)
  })

  it('flees to cash when everything falls, and further when others do', () => {
    const all = (['THIN', 'ETH', 'BTC', 'USDC'] as const).map((asset) => depeg(asset, 0.75, { ramp_ms: 2 * HOUR }))
    const alone = play({ by_herd: 0 }, { faults: all }).world
    const herd = play({ by_herd: 2 }, { faults: all }).world
    expect(alone.ledger.balance(3, USD)).toBeGreaterThan(1e5)
    expect(herd.ledger.balance(3, USD)).toBeGreaterThan(alone.ledger.balance(3, USD))
  })

  it('comes back, more slowly than it left', () => {
    const faults = [depeg('ETH', 0.7, { ramp_ms: HOUR, to_ms: 4 * HOUR, fade_ms: HOUR })]
    const fields = { by_belief: 0, by_volatility: 0, peak_ms: 3_600_000, return_share: 0.1 }
    const { sales } = play(fields, { faults, hours: 24 })
    const sold = sales.filter(({ market, side }) => market === 'ETH-USD' && side === -1)
    const bought = sales.filter(({ market, side }) => market === 'ETH-USD' && side === 1)
    expect(sold.length).toBeGreaterThan(0)
    expect(bought.length).toBeGreaterThan(0)
    const most = (list: typeof sold) => Math.max(...list.map(({ usd }) => usd))
    expect(most(bought)).toBeLessThan(0.5 * most(sold))
    expect(Math.min(...bought.map(({ minute }) => minute))).toBeGreaterThan(Math.min(...sold.map(({ minute }) => minute)))
  })

  it('sells less at a time where the book is thin', () => {
    const faults = [depeg('THIN', 0.6, { ramp_ms: HOUR })]
    const deep = play({}, { faults }).sales
    const thin = play({}, { faults, depth: { THIN: 10_000 } }).sales
    const most = (list: typeof deep) => Math.max(0, ...list.filter(({ market }) => market === 'THIN-USD').map(({ usd }) => usd))
    expect(most(thin)).toBeLessThan(0.5 * most(deep))
  })
})
