import { describe, expect, it } from 'vitest'
import { account_market } from '../../test/support/account-world.ts'
import { small_market } from '../../test/support/reference-market.ts'
import type { Alert } from '../model/index.ts'
import { positions_of } from './criticality/positions.ts'
import { alone, ladder_loss, loss_of_alert, outcomes, run_loss, same_asset, spread } from './expected-loss.ts'
import { read_positions, simulated } from './fragile-positions.ts'

/** 100,000 ETH at 3000 USD against 230 M and 100 M USDC. */
const positions = positions_of(
  account_market([
    [0, 'ETH', 100_000, 0],
    [0, 'USDC', 0, 230e6],
    [1, 'ETH', 100_000, 0],
    [1, 'USDC', 0, 100e6],
  ]),
)
const DAY_MS = 86_400_000
const alert = (detector: string, more: Partial<Alert>): Alert => ({
  ...{ detector, state: 'opened', time_ms: positions.snapshot.time_ms, onset_ms: positions.snapshot.time_ms, subject: 'market' },
  ...{ type: '', severity: 'info', what: '', baseline: '', confidence: 1, expected_loss_usd: null, precedent: '', evidence: {} },
  age_ms: 0,
  ...more,
})
const event = (drawdown: number, time_ms = positions.snapshot.time_ms) =>
  alert('deleveraging-event', { time_ms, evidence: { drawdown } })

describe('losses by the ladder', () => {
  it('by hand: 100,000 · 2100 = 210 M against 230 M after −30 %', () => {
    const loss = ladder_loss(positions, alone(positions, 'ETH', -0.3) as Float64Array, 'ETH −30 %')
    expect(loss.loss_usd.median).toBeCloseTo(20e6, 0)
    expect(loss).toMatchObject({ model: 'ladder', seeds: 0, evidence: 'inferred', loss_usd: { low: null, high: null } })
    expect(loss_of_alert(event(-0.3), [positions]).expected_loss_usd).toBeCloseTo(20e6, 0)
    expect(loss_of_alert(event(-0.05), [positions]).expected_loss_usd).toBe(0)
  })

  it('names coins as files do', () => {
    for (const symbol of ['ETH', 'eth', 'ETH-USD', 'ETHUSDT', 'ETH/USDC']) expect(same_asset('ETH', symbol)).toBe(true)
    for (const symbol of ['WETH', 'ETC', 'USDT', '']) expect(same_asset('ETH', symbol)).toBe(false)
    expect(same_asset('USDT', 'USDT')).toBe(true)
  })

  it('says why there is none', () => {
    const why = (one: Alert, all = [positions]) => {
      const { expected_loss_usd, expected_loss_basis } = loss_of_alert(one, all)
      expect(expected_loss_usd).toBeNull()
      return expected_loss_basis
    }
    expect(why(event(-0.3), [])).toContain('no snapshot was given')
    expect(why(event(-0.3, positions.snapshot.time_ms + 30 * DAY_MS))).toContain('30 days away')
    expect(why(alert('change-point', {}))).toContain('no model of losses')
    expect(why(alert('depeg', { type: 'pool-divergence' }))).toContain('which of its coins')
    expect(why(alert('depeg', { type: 'depeg', subject: 'DOGE', evidence: { worst: -0.1 } }))).toContain('no DOGE')
    // The unit of account does not fall.
    expect(why(alert('depeg', { type: 'depeg', subject: 'USD', evidence: { worst: -0.1 } }))).toContain('no USD')
    expect(why(alert('concentration-cliff', { evidence: { distance_to_cliff: 0.5 } }))).toContain('no cliff is near')
  })
})

describe('losses by runs', () => {
  const market = small_market(400)
  const shock = { asset: 'BTC', change: -0.3 }
  const made = outcomes(market, shock, 3, true)

  it('are the median of seeds with their spread, and say what they are given', () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, low: 1.1, high: 2.9 })
    const loss = run_loss(market, shock, made)
    expect(loss).toMatchObject({ model: 'run', seeds: 3, evidence: 'synthetic' })
    expect(loss.condition).toContain('BTC −30 % within 1 h')
    expect(loss.loss_usd.median).toBeGreaterThanOrEqual(loss.loss_usd.low as number)
    expect(loss.loss_usd.median).toBeLessThanOrEqual(loss.loss_usd.high as number)
    // Of all venues: the sum of each, seed by seed.
    for (const one of made) expect(one.loss_by_venue_usd.reduce((a, b) => a + b, 0)).toBeCloseTo(one.loss_usd, 6)
    // 30 % from outside is reached, and liquidates somebody.
    for (const { low, liquidated } of made) {
      expect(low).toBeLessThan(-0.29)
      expect(liquidated.reduce((a, b) => a + b, 0)).toBeGreaterThan(0)
    }
  })

  it('and the same runs say how often a shock is amplified, never with certainty', () => {
    const held = positions_of(market)
    const said = simulated(held, shock, 1.0001, made)
    expect(said.map(({ subject }) => subject)).toEqual(['market', 'aave', 'maker', 'binance'])
    for (const { hits, probability } of said) expect(probability).toBeCloseTo((hits + 1) / 5, 12)
    expect(
      simulated(held, shock, 1e6, made)
        .slice(1)
        .every(({ hits }) => hits === 0),
    ).toBe(true)
    const { figures } = read_positions([held])
    expect(figures.find(({ name, venue }) => name === 'reproduction_number' && venue === '')?.before).toBeNull()
    expect(new Set(figures.map(({ name }) => name))).toContain('distance_to_cliff')
  })
})
