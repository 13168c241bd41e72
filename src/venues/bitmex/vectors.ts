/** Published and derived numbers of the exchange, as rows of the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import { compare, div, mul, ONE, type Ratio, ratio, to_number } from '../shared/exchange/reference-ratio.ts'
import * as r from './reference.ts'

const DERIVED = 'derivatives reference §8, arithmetic on the documented formula'
const ADL = 'bitmex.com/app/autoDeleveragingExamples'

type Check = readonly [id: string, what: string, expected: number, tolerance: number, got: Ratio | number, source: string]

/** XBTUSD: 200 XBT, then steps of 100: initial 1 % and maintenance 0.5 %, half a percent more a step. */
export const LIMITS = r.risk_limits(ratio(200), ratio(100), 8, ratio('0.01'), ratio('0.005'), ratio('0.005'))
export const INTEREST = r.interest(ratio('0.0006'), ratio('0.0003'))
export const CAP = r.funding_cap(ratio('0.01'), ratio('0.005'))

function marks(): Check[] {
  const docs = 'bitmex.com/app/perpetualContractsGuide'
  const index = ratio(10_000)
  const fair = r.fair_price(index, ratio('0.0005'), ratio('0.5'))
  const premium = (bid: number, ask: number) => r.premium(ratio(bid), ratio(ask), fair, index)
  return [
    ['S8 interest', 'quote 0.06 %, base 0.03 % a day: interest of 8 hours', 0.0001, 1e-15, INTEREST, docs],
    ['S8 cap', 'initial 1 %, maintenance 0.5 %: largest funding rate', 0.00375, 1e-15, CAP, docs],
    ['S8 fair', 'index 10,000, funding 0.05 %, half of the interval left: fair price', 10_002.5, 1e-9, fair, DERIVED],
    [
      'S8 premium-between',
      'impact prices around the fair price: premium is its basis',
      0.00025,
      1e-15,
      premium(10_001, 10_004),
      DERIVED,
    ],
    ['S8 premium-above', 'impact bid 10,012.5: premium', 0.00125, 1e-15, premium(10_012.5, 10_014), DERIVED],
    [
      'S8 funding-damped',
      'mean premium 0.03 %: funding is the interest',
      0.0001,
      1e-15,
      r.funding(ratio('0.0003'), INTEREST, CAP),
      DERIVED,
    ],
    ['S8 funding-above', 'mean premium 0.2 %: funding', 0.0015, 1e-15, r.funding(ratio('0.002'), INTEREST, CAP), DERIVED],
    [
      'S8 basis',
      'impact mid 1 % above the index, 36.5 days left: basis a year',
      0.1,
      1e-15,
      r.annual_basis(ratio(101), ratio(100), ratio('36.5')),
      DERIVED,
    ],
  ]
}

function queues(): Check[] {
  const at = (mark: number) => r.rank(ratio(mark * 10), ratio(1000), ratio(800))
  const scores: [number, string][] = [
    [1, '3.33'],
    [2, '1.67'],
    [3, '20'],
    [4, '7.5'],
    [5, '4'],
    [6, '5'],
  ]
  const order = [...scores].sort((a, b) => compare(ratio(b[1]), ratio(a[1]))).map(([who]) => who)
  return [
    [
      'S8 leverage',
      'long 10 from 100, bankrupt at 80, mark 120: effective leverage',
      3,
      1e-15,
      r.effective_leverage(ratio(1200), ratio(800)),
      DERIVED,
    ],
    ['S8 rank-winner', '… its rank: 20 % × 3', 0.6, 1e-15, at(120), DERIVED],
    ['S8 rank-loser', '… at 90: −10 % ÷ 9', -1 / 90, 1e-15, at(90), DERIVED],
    [
      'S8 order',
      'scores of the example, in the order of the rule (its own table is sorted by another column)',
      346512,
      0,
      Number(order.join('')),
      ADL,
    ],
  ]
}

function bankruptcies(): Check[] {
  const [entry, leverage] = [ratio(10_000), ratio(50)]
  const face = ratio(100_000)
  const coins = div(face, mul(entry, leverage))
  const price = (side: 1 | -1) => r.bankruptcy({ inverse: true, coins, size: mul(face, ratio(side)), entry })
  const form = (side: 1 | -1) => to_number(r.inverse_bankruptcy(entry, leverage, ratio(side)))
  return [
    ['S8 bankrupt-long', 'inverse long at 10,000, 50x: bankruptcy price E·L/(L + 1)', form(1), 1e-9, price(1), DERIVED],
    ['S8 bankrupt-short', 'inverse short at 10,000, 50x: E·L/(L − 1)', form(-1), 1e-9, price(-1), DERIVED],
    ['S8 bankrupt-number', 'the long in dollars', 9803.921568627, 1e-9, price(1), DERIVED],
  ]
}

/** 35,000,000 contracts (350 XBT) long from 100,000, on the mark 99,000, against a book that takes 4,100,000. */
function traced(): Check[] {
  const account = { inverse: true, coins: ratio('5.2'), size: ratio(35_000_000), entry: ratio(100_000) }
  const book = [{ price: ratio(98_950), quantity: ratio(20_000_000) }]
  const done = r.liquidate(account, ratio(99_000), LIMITS, 1, ratio(0), book, ratio(0))
  const gone = r.liquidate(account, ratio(99_000), LIMITS, 1, ratio(0), [], ratio(0))
  return [
    [
      'S8 step-size',
      '350 XBT in breach: contracts of the order that brings it to 300 XBT',
      35_000_000 - 300 * 99_000,
      1e-6,
      done.order?.size ?? 0,
      DERIVED,
    ],
    ['S8 step-maintenance', 'maintenance rate before: 1.5 %', 0.015, 1e-15, LIMITS[2]?.maintenance ?? 0, DERIVED],
    [
      'S8 killed',
      'no book: all is taken over at the bankruptcy price',
      to_number(r.bankruptcy(account)),
      1e-9,
      gone.takeover?.price ?? ONE,
      DERIVED,
    ],
  ]
}

export function goldenRows(): GoldenRow[] {
  return [...marks(), ...queues(), ...bankruptcies(), ...traced()].map(([id, what, expected, tolerance, exact, source]) => {
    const got = typeof exact === 'number' ? exact : to_number(exact)
    const pass = Math.abs(got - expected) <= tolerance
    return { id: `bitmex ${id}`, group: 'bitmex', what, expected, got, tolerance, pass, source }
  })
}
