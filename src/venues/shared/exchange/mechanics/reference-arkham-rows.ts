/**
 * Numbers of Arkham, as rows of the scoreboard.
 * Not counted, inputs incomplete: schedules B to G, and the notionals from which the later steps of A count (the rates and rebates are
 * printed, not the notionals).
 */
import type { GoldenRow } from '../../../../model/index.ts'
import { mul, neg, ratio } from '../reference-ratio.ts'
import * as r from './reference-arkham.ts'
import { type Check, rows } from './rows.ts'

const SOURCE = 'Arkham exchange documentation (derivatives reference §15.3), recomputed'

/** Schedule A: 50x to 2x. */
export const SCHEDULE = (
  [
    ['0.02', '0'],
    ['0.04', '20000'],
    ['0.05', '40000'],
    ['0.1', '290000'],
    ['0.2', '1290000'],
    ['0.3', '3290000'],
    ['0.5', '15290000'],
  ] as const
).map(([rate, rebate]): r.Step => ({ rate: ratio(rate), rebate: ratio(rebate) }))

function liquidated(): Check[] {
  const account = { size: ratio(10), entry: ratio(30_000), collateral: ratio(15_000) }
  const mark = ratio(28_000)
  const done = r.liquidate(account, mark, ratio(5), ratio('0.01'), ratio(10_000))
  const winner = { size: ratio(-5), entry: ratio(30_000), collateral: ratio(0) }
  return [
    ['S15.3 equity', 'long 10 from 30,000, 15,000, at 28,000: equity', -5000, 0, r.equity(account, mark), SOURCE],
    ['S15.3 support-price', '… supporters pay', 27_720, 0, done.support.price, SOURCE],
    ['S15.3 support', '… for 5', 138_600, 0, done.support.paid, SOURCE],
    ['S15.3 shortfall', '… equity then, the rest on the mark: the fund pays it', -6400, 0, neg(done.shortfall), SOURCE],
    ['S15.3 winner', 'short 5 from 30,000 deleveraged at 28,000: profit', 10_000, 0, r.equity(winner, mark), SOURCE],
  ]
}

export function arkham_rows(): GoldenRow[] {
  const rate = r.funding(ratio(30_500), ratio(30_000))
  const slip = 'formula of the Arkham documentation; it prints 0.00069583 and 69.58, a slip (derivatives reference §15.3)'
  return rows('arkham', [
    ['S15.3 floor', 'schedule A: 4 % and 20,000 back count from', 1_000_000, 0, r.floors(SCHEDULE)[1], SOURCE],
    ['S15.3 margin', '… margin of 1,000,000', 20_000, 0, r.initial(SCHEDULE, ratio(1_000_000)), SOURCE],
    ['S15.3 maintenance', '… maintenance, half of it', 10_000, 0, r.maintenance(SCHEDULE, ratio(1_000_000)), SOURCE],
    ...liquidated(),
    ['S15.3 funding', 'price 30,500, index 30,000: funding of an hour', 0.000694444, 5e-10, rate, slip],
    ['S15.3 funding-paid', '… on 100,000', 69.44, 5e-3, mul(rate, ratio(100_000)), slip],
  ])
}
