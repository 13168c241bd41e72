/**
 * Derived numbers of Lighter, as rows of the scoreboard.
 * Not counted, inputs incomplete: funding and mark (formulas without a vector), rates of markets whose maintenance is no 0.6 of the
 * initial rate as printed.
 */
import type { GoldenRow } from '../../../../model/index.ts'
import { div, mul, ONE, type Ratio, ratio, sub } from '../reference-ratio.ts'
import * as r from './reference-lighter.ts'
import { type Check, rows } from './rows.ts'

const SOURCE = 'derivatives reference §15.1, arithmetic on docs.lighter.xyz "Liquidations & LLP"'
const TRACE = 'derivatives reference §25 T4, arithmetic on docs.lighter.xyz "Liquidations & LLP"'
const MOST = ratio('0.01')

const position = (size: number, mark: number, initial: string, maintenance: string, close: string): r.Position => {
  const rates = { initial: ratio(initial), maintenance: ratio(maintenance), close: ratio(close) }
  return { size: ratio(size), mark: ratio(mark), entry: ratio(mark), ...rates }
}
const BTC = position(1, 50_000, '0.02', '0.012', '0.008')
const SOL = position(-200, 150, '0.04', '0.024', '0.016')
const OPENING: r.Account = { value: ratio(1000), positions: [BTC, SOL] }
const needed = (account: r.Account) => r.required(account.positions, 'maintenance')
const at = (price: Ratio, quantity: Ratio) => [{ price, quantity }]

function one(): Check[] {
  const only = position(10, 100, '0.02', '0.012', '0.008')
  const account = { value: ratio(8), positions: [only] }
  const zero = r.zero_price(only, account)
  const { account: after } = r.close(account, 0, at(zero, ratio(10)), MOST)
  return [
    ['S15.1 maintenance', 'long 10 at 100, 1.2 %: maintenance', 12, 0, needed(account), SOURCE],
    ['S15.1 zero', '… zero price, account value 8', 99.2, 1e-12, zero, SOURCE],
    ['S15.1 zero-closed', '… closed there: value', 0, 0, after.value, SOURCE],
  ]
}

function two(): Check[] {
  const zero = r.zero_price(BTC, OPENING)
  const { account } = r.close(OPENING, 0, at(zero, ONE), MOST)
  return [
    ['lt1', 'BTC +1 at 50,000, SOL −200 at 150, value 1,000: zero price of BTC', 49_545.454545454544, 1e-9, zero, SOURCE],
    ['S15.1 two-maintenance', '… maintenance', 1320, 0, needed(OPENING), SOURCE],
    ['S15.1 two-short', '… zero price of SOL', 152.727273, 5e-7, r.zero_price(SOL, OPENING), SOURCE],
    ['S15.1 filled-value', '… value once BTC is sold there', 545.4545, 5e-5, account.value, SOURCE],
    ['S15.1 filled-maintenance', '… maintenance then', 720, 0, needed(account), SOURCE],
    ['S15.1 ratio', '… value ÷ maintenance before', 0.757576, 5e-7, div(OPENING.value, needed(OPENING)), SOURCE],
    ['S15.1 filled-ratio', '… and after', 0.757576, 5e-7, div(account.value, needed(account)), SOURCE],
  ]
}

/** T4: BTC sold at 49,900, then SOL bought at its zero price. */
function traced(): Check[] {
  const limit = r.zero_price(BTC, OPENING)
  const first = r.close(OPENING, 0, at(ratio(49_900), ONE), MOST)
  const next = r.zero_price(SOL, first.account)
  const books = [at(ratio(49_900), ONE), at(next, ratio(200))]
  const end = r.close_all(OPENING, books, MOST)
  return [
    ['T4 limit', 'BTC +1 and SOL −200, value 1,000: limit of the order in BTC', 49_545.4545, 5e-5, limit, TRACE],
    ['T4 improvement', '… filled at 49,900: better by', 354.5455, 5e-5, sub(ratio(49_900), limit), TRACE],
    ['T4 most', '… largest fee', 499, 0, mul(MOST, ratio(49_900)), TRACE],
    ['T4 fee', '… fee of the pool', 354.5455, 5e-5, first.fee, TRACE],
    ['T4 value', '… account value', 545.4545, 5e-5, first.account.value, TRACE],
    ['T4 maintenance', '… maintenance', 720, 0, needed(first.account), TRACE],
    ['T4 breached', '… still below it', 1, 0, r.stage(first.account) === 'orders' ? 1 : 0, TRACE],
    ['T4 next', '… zero price of SOL', 152.727273, 5e-7, next, TRACE],
    ['T4 end', '… both closed: value', 0, 0, end.account.value, TRACE],
    ['T4 end-maintenance', '… maintenance', 0, 0, needed(end.account), TRACE],
  ]
}

/** Leverage, initial, maintenance and close rates in percent. */
const RATES = [
  ['50x', '2', '1.2', '0.8'],
  ['25x', '4', '2.4', '1.6'],
  ['20x', '5', '3', '2'],
  ['10x', '10', '6', '4'],
  ['8x', '12.5', '7.5', '5'],
  ['5x', '20', '12', '8'],
] as const

const rates = (): Check[] =>
  RATES.flatMap(([id, initial, maintenance, close]): Check[] => [
    [
      `S15.1 rate-${id}`,
      `initial ${initial} %: maintenance 0.6 of it`,
      Number(maintenance),
      0,
      mul(ratio(initial), ratio('0.6')),
      SOURCE,
    ],
    [`S15.1 close-${id}`, '… close margin 0.4', Number(close), 0, mul(ratio(initial), ratio('0.4')), SOURCE],
  ])

export const lighter_rows = (): GoldenRow[] => rows('lighter', [...one(), ...two(), ...traced(), ...rates()])
