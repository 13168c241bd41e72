/**
 * Higher leverage, fatter tails, on order books too. Only the direction is asserted (literature reference §A9): here liquidations sell into books of makers,
 * nobody borrows anew, and what would be the exponent is not known.
 */
import { describe, expect, it } from 'vitest'
import { run } from '../../src/engine/index.ts'
import { log, Moments } from '../../src/math/index.ts'
import type { Scenario } from '../../src/model/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { synthesize } from '../../src/synth/index.ts'
import { hill } from '../../src/validation/models/value-funds.ts'
import { crash, recipe } from '../support/reference-market.ts'

const STEP_MS = 300_000
const HOURS = 12
const SEEDS = [1, 2, 3]

/** The reference market with the leverage of its traders so many times what it is. */
function levered(times: number) {
  const base = recipe()
  const { long, short, large } = base.exchange
  const more = <T extends { median: number; most?: number | undefined }>(one: T): T => ({
    ...one,
    median: one.median * times,
    most: (one.most as number) * times,
  })
  const exchange = {
    ...base.exchange,
    long: more(long),
    short: more(short),
    large: { ...large, leverage: large.leverage * times },
  }
  return synthesize({ ...base, exchange }, { accounts: 500, seed: 1 })
}

/** Log returns of ETH's reference market over all seeds: the same noise at every leverage. */
function tails(times: number, feedback = true): { kurtosis: number; exponent: number } {
  const snapshot = levered(times)
  const volatility = Object.fromEntries(snapshot.assets.filter(({ beta }) => beta > 0).map(({ id }) => [id, 3]))
  const noise = { kind: 'gbm', id: 'noise', volatility, correlation: 1, step_ms: STEP_MS }
  const moments = new Moments()
  const falls: number[] = []
  for (const seed of SEEDS) {
    const scenario: Scenario = { ...crash(HOURS), seed, tick_ms: STEP_MS, horizon_ms: HOURS * 3_600_000, drivers: [noise] }
    const world = build(snapshot, scenario)
    const reference = snapshot.assets.find(({ id }) => id === 'ETH')?.reference
    const market = snapshot.markets.findIndex(({ id }) => id === reference)
    let before = world.mid(market)
    run(world, {
      feedback,
      on_tick: () => {
        const r = log(world.mid(market) / before)
        before = world.mid(market)
        moments.add(r)
        if (r < 0) falls.push(-r)
        return true
      },
    })
  }
  return { kurtosis: (moments.kurtosis as number) + 3, exponent: hill(falls, Math.floor(0.02 * falls.length)) }
}

describe('leverage on order books', () => {
  it('fattens the tails: median 3, 9, 12 times', () => {
    const [low, middle, high] = [1, 3, 4].map((times) => tails(times))
    expect(middle?.kurtosis).toBeGreaterThan(low?.kurtosis as number)
    expect(high?.kurtosis).toBeGreaterThan(middle?.kurtosis as number)
    expect(middle?.exponent).toBeLessThan(low?.exponent as number)
    expect(high?.exponent).toBeLessThan(middle?.exponent as number)
  })

  it('by its sales alone: where these move no price, leverage changes nothing', () => {
    expect(tails(4, false)).toEqual(tails(1, false))
  })
})
