/**
 * Numbers of Synthetix Perps v3's tests, as rows of the scoreboard.
 * Not counted, inputs incomplete: margins and rewards of liquidation, the window beyond the cap (formulas without a vector).
 */
import type { GoldenRow } from '../../../../model/index.ts'
import { add, type Ratio, ratio, sub, sum, ZERO } from '../reference-ratio.ts'
import * as r from './reference-synthetix.ts'
import { type Check, rows } from './rows.ts'

const SOURCE = 'Synthetixio/synthetix-v3 @23585f73, markets/perps-market tests (derivatives reference §13)'

/** Days passed, change of skew; then skew, velocity, rate, accrued of 20 ETH as printed. */
const FUNDING = [
  ['1', -60, -40, -0.012, 0.006, 120],
  ['1', 15, -25, -0.0075, -0.006, 120],
  ['0.25', 37, 12, 0.0036, -0.007875, 50.625],
  ['2', -17, -5, -0.0015, -0.000675, -291.375],
  ['0.2', 155, 150, 0.045, -0.000975, -297.975],
  ['0.1', -150, 0, 0, 0.003525, -292.875],
  ['0.1', -15, -15, -0.0045, 0.003525, -278.775],
  ['0.03', -4, -19, -0.0057, 0.00339, -274.626],
  ['3', 19, 0, 0, -0.01371, -893.826],
] as const

function table(): Check[] {
  const [scale, most, price, size] = [ratio(10_000), ratio(3), ratio(2000), ratio(20)]
  let skew = size
  let rate = ZERO
  let accrued = ZERO
  return FUNDING.flatMap(([days, change, skewed, faster, rated, owed], i): Check[] => {
    const step = r.funding(rate, r.velocity(skew, scale, most), ratio(days), price, size)
    rate = step.rate
    accrued = add(accrued, step.accrued)
    skew = add(skew, ratio(change))
    const id = `S13 funding-${i + 1}`
    const what = `20 ETH at 2,000, scale 10,000, 3 a day, row ${i + 1}`
    return [
      [`${id} skew`, `${what}: skew`, skewed, 0, skew, SOURCE],
      [`${id} velocity`, `${what}: velocity then`, faster, 1e-12, r.velocity(skew, scale, most), SOURCE],
      [`${id} rate`, `${what}: rate`, rated, 1e-12, rate, SOURCE],
      [`${id} accrued`, `${what}: accrued so far`, owed, 1e-9, accrued, SOURCE],
    ]
  })
}

/** Market, size, price, skew scale. */
const MARKETS = [
  ['BTC', -1, 30_000, 100],
  ['ETH', 20, 2000, 1000],
  ['LINK', 2000, 5, 100_000],
  ['ARB', 5000, 2, 100_000],
  ['OP', 5000, 2, 100_000],
] as const
const AT = [
  ['open', ['30000', '2000', '5', '2', '2'], [-150, -400, -100, -250, -250], 18_850],
  ['mixed', ['28000', '1900', '4.6', '1.9', '1.8'], [1850, -2400, -900, -750, -1250], 16_550],
  ['ruined', ['31000', '1775', '3', '1', '1.13'], [-1150, -4900, -4100, -5250, -4600], 0],
] as const

function portfolio(): Check[] {
  const held = MARKETS.map(([, size, price, scale]) => ({
    size: ratio(size),
    entry: r.fill_price(ratio(price), ratio(size), ZERO, ratio(scale)),
  }))
  return AT.flatMap(([id, prices, expected, available]): Check[] => {
    const got = r.profits(
      held,
      prices.map((price) => ratio(price)),
    )
    return [
      ...MARKETS.map(([market], i): Check => {
        const what = `five markets, ${prices.join(', ')}: profit of ${market}`
        return [`S13 ${id}-${market}`, what, expected[i] as number, 1e-9, got[i], SOURCE]
      }),
      [`S13 ${id}-margin`, '… available margin, of 20,000', available, 1e-9, r.available(ratio(20_000), got), SOURCE],
    ]
  })
}

/** 150 units to liquidate, fees 0.7 % and 0.3 %, scale 1,000, ten seconds. */
function windowed(): Check[] {
  const seconds = 10
  const cap = r.window_cap(ratio('0.003'), ratio('0.007'), ratio(1000), ratio(1), ratio(seconds))
  const done: r.Liquidated[] = []
  const wanted = () => sub(ratio(150), sum(done.map(({ size }) => size)))
  const parts = [0, 1, 12].map((time_s): Ratio => {
    const size = r.capacity(cap, seconds, done, { time_s, block: time_s, calm: false, endorsed: false }, wanted())
    done.push({ time_s, block: time_s, size })
    return size
  })
  return [
    ['S13 window', 'fees 0.7 % and 0.3 %, scale 1,000, 10 s: cap', 100, 0, cap, SOURCE],
    ['S13 window-first', '150 to liquidate: at once', 100, 0, parts[0], SOURCE],
    ['S13 window-second', '… again', 0, 0, parts[1], SOURCE],
    ['S13 window-later', '… 11 s later', 50, 0, parts[2], SOURCE],
  ]
}

export function synthetix_rows(): GoldenRow[] {
  const fill = r.fill_price(ratio(1200), ratio(100), ZERO, ratio(1_000_000))
  const speed = r.velocity(ratio(20), ratio(10_000), ratio(3))
  const day = r.funding(ZERO, ratio('0.006'), ratio(1), ratio(2000), ratio(20))
  return rows('synthetix', [
    ['sn1', 'size 100 on skew 0, scale 1,000,000, at 1,200: price of the fill', 1200.06, 1e-9, fill, SOURCE],
    ['S13 velocity', 'skew 20 of 10,000, 3 a day: velocity', 0.006, 1e-12, speed, SOURCE],
    ['sn2 rate', 'velocity 0.006 for a day: rate', 0.006, 1e-9, day.rate, SOURCE],
    ['sn2 accrued', '… accrued by 20 at 2,000', 120, 1e-9, day.accrued, SOURCE],
    ...table(),
    ...portfolio(),
    ...windowed(),
  ])
}
