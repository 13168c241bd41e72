import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../model/index.ts'
import { duration, duration_ms, parse_shock, shock_scenario } from './shock.ts'

describe('shocks in words', () => {
  it.each([
    ['ETH=-30%@1h', { asset: 'ETH', change: -0.3, over_ms: 3_600_000, at_ms: 0 }],
    ['USDC=-5%@10m+2h', { asset: 'USDC', change: -0.05, over_ms: 600_000, at_ms: 7_200_000 }],
    ['BTC=+12.5%', { asset: 'BTC', change: 0.125, over_ms: 3_600_000, at_ms: 0 }],
    [' wstETH=-1%@90s ', { asset: 'wstETH', change: -0.01, over_ms: 90_000, at_ms: 0 }],
  ])('%s', (text, expected) => {
    expect(parse_shock(text)).toEqual(expected)
  })

  it.each([
    '',
    'ETH',
    'ETH=',
    'ETH=-30',
    'ETH=-100%@1h',
    'ETH=-130%',
    'ETH=99999%',
    'ETH=-30%@',
    'ETH=-30%@1y',
    'ETH=-30%@-1h',
    '=-30%@1h',
  ])('refuses %j', (text) => {
    expect(() => parse_shock(text)).toThrow(InputError)
  })

  it('refuses with an InputError or understands, whatever is written', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          const { change, over_ms } = parse_shock(text)
          expect(change > -1 && over_ms >= 0).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(InputError)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('reads back the durations it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seconds) => {
        const text = duration(seconds * 1_000)
          .replace(' min', 'm')
          .replace(' ', '')
        expect(duration_ms(text, 'test')).toBe(seconds * 1_000)
      }),
    )
  })

  it('has the defaults of the design: tick 60 s, horizon 24 h, seed 1', () => {
    const scenario = shock_scenario([parse_shock('ETH=-30%@1h')], { correlated: true })
    expect([scenario.tick_ms, scenario.horizon_ms, scenario.seed, scenario.title]).toEqual([
      60_000,
      86_400_000,
      1,
      'ETH −30 % in 1 h, correlated',
    ])
  })
})
