import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Rng } from '../math/index.ts'
import {
  type AssetSpec,
  type Bars,
  type Driver,
  InputError,
  index_of,
  type Kind,
  Store,
  type WorldBuilder,
} from '../model/index.ts'
import { drivers } from './index.ts'

const START_MS = 1_600_000_000_000
const HOUR = 3_600_000
const YEAR = 365 * 24 * HOUR
const ASSETS: AssetSpec[] = [
  { id: 'BTC', price_usd: 60_000, beta: 0.8 },
  { id: 'ETH', price_usd: 3000, beta: 1 },
  { id: 'SOL', price_usd: 150, beta: 1.5 },
  { id: 'USDC', price_usd: 1, beta: 0 },
  { id: 'USD', price_usd: 1, beta: 1, numeraire: true },
]

/** A driver as the engine runs it: fundamentals start anew from the start prices before every step. */
function open(spec: Record<string, unknown>, assets = ASSETS) {
  const store = new Store()
  const builder = {
    store,
    assets,
    time_ms: START_MS,
    asset: (id: unknown, field: string) => index_of(assets, id, 'driver', field),
    invalid: (field: string, found: unknown, valid: string) => new InputError('driver', field, found, valid),
  } as unknown as WorldBuilder
  const kind = drivers.find((item) => item.id === spec['kind']) as unknown as Kind<unknown, Driver>
  const driver = kind.open(kind.schema.parse({ id: 'd', ...spec }), builder)
  store.seal()
  const rng = new Rng(7)
  const advance = (elapsed_ms: number, fundamental: Float64Array) =>
    driver.advance(START_MS + elapsed_ms, 60_000, rng, fundamental)
  const at = (elapsed_ms: number) => {
    const fundamental = Float64Array.from(assets, (asset) => asset.price_usd)
    advance(elapsed_ms, fundamental)
    return Object.fromEntries(assets.map((asset, i) => [asset.id, fundamental[i]])) as Record<string, number>
  }
  return { at, advance, store }
}

describe('shock', () => {
  const eth = { asset: 'ETH', change: -0.3, over_ms: HOUR, at_ms: 0 }

  it('is linear in log price, complete after its time to the last bit, then flat', () => {
    const { at } = open({ kind: 'shock', shocks: [eth] })
    expect(at(0)['ETH']).toBe(3000)
    // ln 0.7 after half the time: 3000·√0.7
    expect(at(HOUR / 2)['ETH']).toBeCloseTo(3000 * Math.sqrt(0.7), 9)
    expect(at(HOUR)['ETH']).toBe(3000 * (1 - 0.3))
    expect(at(100 * HOUR)['ETH']).toBe(3000 * (1 - 0.3))
    expect(at(HOUR)).toMatchObject({ BTC: 60_000, SOL: 150, USDC: 1, USD: 1 })
  })

  it('moves the others by their betas when correlated, but never the unit of account', () => {
    const prices = open({ kind: 'shock', shocks: [eth], correlated: true }).at(HOUR)
    expect(prices['ETH']).toBe(3000 * (1 - 0.3))
    expect(prices['BTC']).toBeCloseTo(60_000 * 0.7 ** 0.8, 6)
    expect(prices['SOL']).toBeCloseTo(150 * 0.7 ** 1.5, 9)
    expect(prices).toMatchObject({ USDC: 1, USD: 1 })
    const back = open({ kind: 'shock', shocks: [{ ...eth, asset: 'SOL' }], correlated: true }).at(HOUR)
    expect(back['ETH']).toBeCloseTo(3000 * 0.7 ** (1 / 1.5), 9)
  })

  it('lets an asset’s own shocks win, adds those of several sources, and moves nobody with beta 0', () => {
    const btc = { asset: 'BTC', change: -0.1, over_ms: 0, at_ms: 2 * HOUR }
    const { at } = open({ kind: 'shock', shocks: [eth, btc], correlated: true })
    expect(at(2 * HOUR - 1)['BTC']).toBe(60_000)
    expect(at(2 * HOUR)).toMatchObject({ ETH: 3000 * (1 - 0.3), BTC: 60_000 * 0.9 })
    expect(at(2 * HOUR)['SOL']).toBeCloseTo(150 * 0.7 ** 1.5 * 0.9 ** (1.5 / 0.8), 9)
    const twice = open({ kind: 'shock', shocks: [eth, { ...eth, at_ms: HOUR, change: 0.5 }] })
    expect(twice.at(2 * HOUR)['ETH']).toBeCloseTo(3000 * 0.7 * 1.5, 9)
    const depeg = open({ kind: 'shock', shocks: [{ ...eth, asset: 'USDC' }], correlated: true })
    expect(depeg.at(HOUR)).toMatchObject({ USDC: 1 - 0.3, ETH: 3000, BTC: 60_000 })
  })

  it('refuses what cannot be', () => {
    const bad = (fields: object) => () => open({ kind: 'shock', shocks: [{ ...eth, ...fields }] })
    expect(bad({ asset: 'DOGE' })).toThrow('shocks[0].asset is "DOGE"')
    expect(bad({ asset: 'USD' })).toThrow('unit of account')
    expect(bad({ change: -1 })).toThrow('-1')
    expect(bad({ over_ms: -5 })).toThrow('over_ms')
    expect(bad({ ovr_ms: 5 })).toThrow('ovr_ms')
  })
})

describe('factor', () => {
  const shares = {
    id: 'shares',
    path: [
      { at_ms: HOUR, change: -0.19 },
      { at_ms: 3 * HOUR, change: 0 },
    ],
  }
  const yields = { id: 'yields', measure: 'level', path: [{ at_ms: HOUR, change: 0.01 }] }
  const spec = { kind: 'factor', factors: [shares, yields], loadings: { BTC: { shares: 2, yields: -4 }, ETH: { shares: 1 } } }

  it('moves each asset by its loadings, along any shape, straight in between', () => {
    const { at } = open(spec)
    expect(at(0)['BTC']).toBe(60_000)
    expect(at(HOUR)['ETH']).toBeCloseTo(3000 * 0.81, 9)
    // half way down in logarithms: √0.81 = 0.9; half way back the same
    expect(at(HOUR / 2)['ETH']).toBeCloseTo(3000 * 0.9, 9)
    expect(at(2 * HOUR)['ETH']).toBeCloseTo(3000 * 0.9, 9)
    expect(at(HOUR)['BTC']).toBeCloseTo(60_000 * 0.81 ** 2 * Math.exp(-0.04), 6)
    // shares are back, yields are not
    expect(at(9 * HOUR)['BTC']).toBeCloseTo(60_000 * Math.exp(-0.04), 6)
    expect(at(9 * HOUR)).toMatchObject({ SOL: 150, USDC: 1, USD: 1 })
  })

  it('refuses what means nothing', () => {
    expect(() => open({ ...spec, loadings: { NOPE: { shares: 1 } } })).toThrow(InputError)
    expect(() => open({ ...spec, loadings: { BTC: { nope: 1 } } })).toThrow(InputError)
    expect(() => open({ ...spec, loadings: { USD: { shares: 1 } } })).toThrow(InputError)
    expect(() => open({ ...spec, factors: [{ id: 'shares', path: [{ at_ms: 0, change: -1 }] }] })).toThrow(InputError)
    const back = [
      { at_ms: HOUR, change: 0 },
      { at_ms: HOUR, change: 1 },
    ]
    expect(() => open({ ...spec, factors: [{ id: 'shares', path: back }, yields] })).toThrow(InputError)
  })
})

describe('gbm', () => {
  const spec = { kind: 'gbm', volatility: { ETH: 0.8, BTC: 0.6 } }

  it('is a function of time, however it is cut into ticks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 * 60_000 }), { minLength: 1, maxLength: 20 }), (ticks) => {
        const { at } = open(spec)
        let elapsed = 0
        let last = at(0)
        for (const tick of ticks) last = at((elapsed += tick))
        expect(last).toEqual(open(spec).at(elapsed))
      }),
    )
  })

  it('keeps an asset’s draws when others come, leave or stand elsewhere', () => {
    for (const correlation of [0, 0.7]) {
      const eth = open({ ...spec, correlation, volatility: { ETH: 0.8 } }).at(HOUR)['ETH']
      expect(open({ ...spec, correlation }).at(HOUR)['ETH']).toBe(eth)
      const { at } = open({ ...spec, correlation, volatility: { SOL: 1, ETH: 0.8, BTC: 0.6 } }, [...ASSETS].reverse())
      expect(at(HOUR)['ETH']).toBe(eth)
    }
    expect(open(spec).at(HOUR)['ETH']).not.toBe(open({ ...spec, id: 'other' }).at(HOUR)['ETH'])
  })

  it('comes back by reset to the same path', () => {
    const { at, store } = open(spec)
    const first = [at(HOUR), at(2 * HOUR)]
    store.reset()
    expect([at(HOUR), at(2 * HOUR)]).toEqual(first)
  })

  /** Increments of log price per step over many steps. */
  function increments(fields: object, n = 8000) {
    const { at } = open({ ...spec, step_ms: HOUR, ...fields })
    const out: [number, number][] = []
    let last = at(0)
    for (let i = 1; i <= n; i++) {
      const next = at(i * HOUR)
      out.push([
        Math.log((next['ETH'] as number) / (last['ETH'] as number)),
        Math.log((next['BTC'] as number) / (last['BTC'] as number)),
      ])
      last = next
    }
    return out
  }
  const mean = (list: number[]) => list.reduce((sum, x) => sum + x, 0) / list.length

  it('has the stated volatility, drift and correlation', () => {
    const n = 8000
    for (const correlation of [
      0.6,
      {
        assets: ['ETH', 'BTC'],
        matrix: [
          [1, 0.6],
          [0.6, 1],
        ],
      },
    ]) {
      const moves = increments({ correlation, drift: { ETH: 3 } }, n)
      const [eth, btc] = [moves.map((m) => m[0]), moves.map((m) => m[1])]
      const [sd_eth, sd_btc] = [eth, btc].map((list) => Math.sqrt(mean(list.map((x) => (x - mean(list)) ** 2)))) as [
        number,
        number,
      ]
      // Standard errors: of a deviation σ/√(2n) = 0.8 %, of a correlation (1 − ρ²)/√n = 0.0072; four of them.
      expect(Math.abs((sd_eth * Math.sqrt(YEAR / HOUR)) / 0.8 - 1)).toBeLessThan(0.032)
      expect(Math.abs((sd_btc * Math.sqrt(YEAR / HOUR)) / 0.6 - 1)).toBeLessThan(0.032)
      const covariance = mean(moves.map((m) => (m[0] - mean(eth)) * (m[1] - mean(btc))))
      expect(Math.abs(covariance / sd_eth / sd_btc - 0.6)).toBeLessThan(0.029)
      // Annual log drift 3 − 0.8²/2 = 2.68, standard error 0.8/√(n hours in years) = 0.84.
      expect(Math.abs(mean(eth) * (YEAR / HOUR) - 2.68)).toBeLessThan(4 * 0.84)
    }
  })

  it('takes half the variance off the log drift, so that the price is a martingale', () => {
    // One noise for both: ln ETH − 2 ln BTC = −(0.8²/2 − 2·0.4²/2)·t = −0.16·t.
    const { at } = open({ ...spec, correlation: 1, volatility: { ETH: 0.8, BTC: 0.4 } })
    const prices = at(YEAR / 4)
    const [eth, btc] = [Math.log((prices['ETH'] as number) / 3000), Math.log((prices['BTC'] as number) / 60_000)]
    expect(eth - 2 * btc).toBeCloseTo(-0.04, 10)
  })

  it('is deterministic without volatility', () => {
    const { at } = open({ ...spec, volatility: { ETH: 0 }, drift: { ETH: 0.5 } })
    expect(at(YEAR / 2)['ETH']).toBeCloseTo(3000 * Math.exp(0.25), 8)
  })

  it('refuses what cannot be', () => {
    const bad = (fields: object) => () => open({ ...spec, ...fields })
    expect(bad({ volatility: { DOGE: 1 } })).toThrow('DOGE')
    expect(bad({ volatility: { USD: 1 } })).toThrow('unit of account')
    expect(bad({ drift: { SOL: 1 } })).toThrow('SOL')
    const matrix = (rows: number[][]) => bad({ correlation: { assets: ['ETH', 'BTC'], matrix: rows } })
    expect(matrix([[1, 0.5]])).toThrow('2 rows of 2')
    expect(
      matrix([
        [1, 0.5],
        [0.4, 1],
      ]),
    ).toThrow('symmetric')
    expect(
      matrix([
        [1, 1],
        [1, 1],
      ]),
    ).toThrow('positive definite')
    expect(
      bad({
        correlation: {
          assets: ['ETH', 'SOL'],
          matrix: [
            [1, 0],
            [0, 1],
          ],
        },
      }),
    ).toThrow('SOL')
    expect(
      bad({
        correlation: {
          assets: ['ETH', 'ETH'],
          matrix: [
            [1, 0],
            [0, 1],
          ],
        },
      }),
    ).toThrow('each asset once')
  })
})

describe('replay', () => {
  const bars = (rows: number[][], fields: Partial<Bars> = {}): Bars => {
    const take = (i: number) => Float64Array.from(rows, (row) => row[i] as number)
    const times = Float64Array.from(rows, (_, i) => START_MS + i * HOUR)
    return {
      symbol: 'ETH',
      step_ms: HOUR,
      time_ms: times,
      open: take(0),
      high: take(1),
      low: take(2),
      close: take(3),
      volume: take(3),
      ...fields,
    }
  }
  // First bar: the low is nearer; second: the high is nearer.
  const two = bars([
    [100, 120, 90, 110],
    [110, 112, 80, 88],
  ])
  const spec = { kind: 'replay', assets: { ETH: { symbol: 'ETH' } }, bars: { ETH: two }, from_ms: START_MS }

  it('walks open → nearer extreme → other extreme → close, scaled to where the fundamental starts', () => {
    const { at } = open(spec)
    const path = [0, 1 / 3, 2 / 3, 1, 4 / 3, 5 / 3, 2].map((share) => (at(Math.round(share * HOUR))['ETH'] as number) / 30)
    expect(path).toEqual([100, 90, 120, 110, 112, 80, 88].map((price) => expect.closeTo(price, 9)))
    expect(at(0)['ETH']).toBe(3000)
    // Halfway to the low, in log.
    expect((at(HOUR / 6)['ETH'] as number) / 30).toBeCloseTo(Math.sqrt(100 * 90), 9)
    expect(at(HOUR)).toMatchObject({ BTC: 60_000, USDC: 1 })
  })

  it('starts anywhere, and takes the bars’ own prices when given a scale', () => {
    const later = open({ ...spec, from_ms: START_MS + HOUR + HOUR / 3 })
    expect(later.at(0)['ETH']).toBe(3000)
    expect(later.at(HOUR / 3)['ETH']).toBeCloseTo((3000 * 80) / 112, 9)
    const thousands = open({ ...spec, assets: { ETH: { symbol: 'ETH', scale: 0.001 } } })
    expect(thousands.at(0)['ETH']).toBeCloseTo(0.1, 15)
    expect(thousands.at(2 * HOUR)['ETH']).toBeCloseTo(0.088, 15)
  })

  it('never leaves the range of its bar, and takes the low first on a tie', () => {
    const row = fc.tuple(
      fc.double({ min: 1, max: 100, noNaN: true }),
      fc.double({ min: 1, max: 2, noNaN: true }),
      fc.double({ min: 0.5, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    fc.assert(
      fc.property(row, fc.integer({ min: 0, max: HOUR }), ([o, up, down, mix], elapsed) => {
        const [high, low] = [o * up, o * down]
        const close = Math.min(high, Math.max(low, low + mix * (high - low)))
        const price = open({
          ...spec,
          bars: { ETH: bars([[o, high, low, close]]) },
          assets: { ETH: { symbol: 'ETH', scale: 1 } },
        }).at(elapsed)['ETH'] as number
        expect(price).toBeGreaterThanOrEqual(low * (1 - 1e-12))
        expect(price).toBeLessThanOrEqual(high * (1 + 1e-12))
      }),
    )
    const tie = open({ ...spec, bars: { ETH: bars([[100, 101, 99, 100]]) } })
    expect((tie.at(HOUR / 3)['ETH'] as number) / 30).toBeCloseTo(99, 9)
  })

  it('refuses a window it does not cover, gaps and bars that are none', () => {
    const bad = (fields: object) => () => open({ ...spec, ...fields })
    expect(bad({ from_ms: START_MS - 1 })).toThrow(`nothing at ${START_MS - 1} ms`)
    expect(bad({ to_ms: START_MS + 2 * HOUR + 1 })).toThrow(`nothing at ${START_MS + 2 * HOUR + 1} ms`)
    expect(bad({ to_ms: START_MS + 2 * HOUR })).not.toThrow()
    expect(bad({ to_ms: START_MS - 5 })).toThrow('to_ms')
    expect(() => open(spec).at(2 * HOUR + 1)).toThrow(InputError)
    expect(bad({ assets: { ETH: { symbol: 'SOL' } } })).toThrow('one of ETH')
    expect(bad({ assets: { DOGE: { symbol: 'ETH' } } })).toThrow('assets.DOGE')
    expect(bad({ bars: { ETH: bars([[100, 99, 90, 95]]) } })).toThrow('bars.ETH[0]')
    expect(bad({ bars: { ETH: bars([[100, 110, 0, 95]]) } })).toThrow('bars.ETH[0]')
    expect(bad({ bars: { ETH: { ...two, close: new Float64Array(1) } } })).toThrow('bars.ETH.close')
    const gap = { ...two, time_ms: Float64Array.from([START_MS, START_MS + 3 * HOUR]) }
    expect(bad({ bars: { ETH: gap }, to_ms: START_MS + 4 * HOUR })).toThrow('bars.ETH.time_ms[1]')
    const held = open({ ...spec, bars: { ETH: gap }, to_ms: START_MS + 4 * HOUR, gaps: 'hold' })
    expect((held.at(2.5 * HOUR)['ETH'] as number) / 30).toBeCloseTo(110, 9)
  })

  it('takes lists of numbers from a document as well', () => {
    const lists = Object.fromEntries(
      Object.entries(two).map(([key, value]) => [key, value instanceof Float64Array ? [...value] : value]),
    )
    expect(open({ ...spec, bars: { ETH: lists } }).at(HOUR)).toEqual(open(spec).at(HOUR))
  })
})

describe('drivers', () => {
  it('compose by multiplying', () => {
    const fall = open({ kind: 'shock', shocks: [{ asset: 'ETH', change: -0.5, over_ms: 0 }] })
    const noise = open({ kind: 'gbm', volatility: { ETH: 1, BTC: 1 } })
    for (const order of [
      [fall, noise],
      [noise, fall],
    ]) {
      const fundamental = Float64Array.from(ASSETS, (asset) => asset.price_usd)
      for (const { advance } of order) advance(HOUR, fundamental)
      const alone = noise.at(HOUR)
      expect(fundamental[1]).toBeCloseTo((alone['ETH'] as number) / 2, 9)
      expect(fundamental[0]).toBe(alone['BTC'])
    }
  })
})
