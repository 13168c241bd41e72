import { describe, expect, it } from 'vitest'
import { recipe } from '../../test/support/reference-market.ts'
import { type Bars, InputError } from '../model/index.ts'
import { stress } from '../studies/index.ts'
import { build } from './build.ts'
import { coin_facts, plain_symbol, type ReplayInput, replay_setup } from './replay.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const START_MS = Date.UTC(2024, 3, 1)

/** Hourly bars whose log return is `beta` times a fixed saw, at a constant volume. */
function bars(symbol: string, price: number, beta: number, volume: number, days = 45): Bars {
  const n = days * 24
  const time_ms = Float64Array.from({ length: n }, (_, i) => START_MS + i * HOUR_MS)
  const close = Float64Array.from({ length: n }, (_, i) => price * Math.exp(beta * 0.02 * Math.sin(i / 3)))
  const open = Float64Array.from(close, (_, i) => (i === 0 ? price : (close[i - 1] as number)))
  const pairs = [open, close] as const
  const extreme = (pick: (...values: number[]) => number) =>
    Float64Array.from(close, (_, i) => pick(...pairs.map((column) => column[i] as number)))
  return {
    symbol,
    step_ms: HOUR_MS,
    time_ms,
    open,
    high: extreme(Math.max),
    low: extreme(Math.min),
    close,
    volume: new Float64Array(n).fill(volume),
  }
}

const input = (more: Partial<ReplayInput> = {}): ReplayInput => ({
  recipe: recipe(),
  bars: [bars('BTC', 60_000, 1, 100), bars('ETH', 3_000, 1.2, 1_000), bars('PEPE', 1e-5, 2, 1e9)],
  from_ms: START_MS + 35 * DAY_MS,
  to_ms: START_MS + 36 * DAY_MS,
  accounts: 400,
  seed: 1,
  tick_ms: 600_000,
  feedback: false,
  ...more,
})

describe('names', () => {
  it.each([
    ['1000PEPE/USDT:USDT', 'PEPE'],
    ['1000000MOG/USDT:USDT', 'MOG'],
    ['1MBABYDOGE/USDT:USDT', 'BABYDOGE'],
    ['BTC/USDT:USDT', 'BTC'],
    ['BTCUSDT', 'BTC'],
    ['1INCH/USDT:USDT', '1INCH'],
  ])('%s is %s', (from, to) => {
    expect(plain_symbol(from)).toBe(to)
  })
})

describe('what a coin says of itself before the window', () => {
  it('price, traded value a day and slope on the benchmark', () => {
    const [btc, eth] = input().bars as [Bars, Bars]
    const facts = coin_facts(eth, btc, input().from_ms)
    expect(facts.beta).toBeCloseTo(1.2, 9)
    // 1,000 units an hour at 3,000 within 2.4 %.
    expect(Math.abs(facts.daily_usd / (24 * 1_000 * 3_000) - 1)).toBeLessThan(0.025)
    expect(facts.price_usd).toBe(eth.open[35 * 24])
  })

  it('nothing later: a future cut off changes nothing', () => {
    const [btc, eth] = input().bars as [Bars, Bars]
    const cut = (all: Bars): Bars => {
      const end = 35 * 24 + 1
      return {
        ...all,
        time_ms: all.time_ms.slice(0, end),
        open: all.open.slice(0, end),
        high: all.high.slice(0, end),
        low: all.low.slice(0, end),
        close: all.close.slice(0, end),
        volume: all.volume.slice(0, end),
      }
    }
    expect(coin_facts(cut(eth), cut(btc), input().from_ms)).toEqual(coin_facts(eth, btc, input().from_ms))
  })
})

describe('a replay', () => {
  const tiers = {
    source: 'tiers.json',
    dated: '2024-10-24',
    tables: [{ symbol: '1000PEPE/USDT:USDT', tiers: [{ floor: 0, rate: 0.01 }] }],
  }

  it('holds its markets to the series, has no multiplier, keeps the laws, and says what is assumed', () => {
    const setup = replay_setup(input({ tiers }))
    const { document } = stress(setup.snapshot, setup.scenario)
    expect(document.totals.multiplier).toBeNull()
    expect(document.assets.every((asset) => asset.endogenous_share === null)).toBe(true)
    expect(document.laws.broken).toEqual([])
    expect(setup.aliases).toContainEqual(expect.objectContaining({ from: '1000PEPE/USDT:USDT', to: 'PEPE' }))
    expect(setup.notes.some((note) => note.includes('2024-10-24, dated after the start of the window'))).toBe(true)
    const end = document.assets.find((asset) => asset.id === 'ETH')
    expect(Math.abs((end?.end_usd as number) / (end?.fundamental_end_usd as number) - 1)).toBeLessThan(1e-12)
  })

  it('covers the series by its hash: another bar, another scenario', () => {
    const one = replay_setup(input())
    const other = replay_setup(input({ bars: [bars('BTC', 60_001, 1, 100), bars('ETH', 3_000, 1.2, 1_000)] }))
    expect(one.scenario.series_hash).not.toBe(other.scenario.series_hash)
  })

  it('builds without tiers or pool parameters, and with feedback', () => {
    expect(() => build(replay_setup(input()).snapshot, replay_setup(input()).scenario)).not.toThrow()
    expect(replay_setup(input({ feedback: true })).scenario.pinned).toEqual([])
  })

  it('refuses windows that are empty or not covered', () => {
    expect(() => replay_setup(input({ to_ms: START_MS }))).toThrow(InputError)
    expect(() => replay_setup(input({ from_ms: START_MS - DAY_MS }))).toThrow(InputError)
    expect(() => replay_setup(input({ to_ms: START_MS + 400 * DAY_MS }))).toThrow(InputError)
  })
})
