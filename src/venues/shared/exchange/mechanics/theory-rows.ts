/**
 * Impact, examples of the deleveraging literature and a hedge that is deleveraged, as rows of the scoreboard. The rest of §22.2–22.3 is
 * in ../vectors.ts.
 * Not counted, inputs incomplete: next deficit of pro rata under α·ℓ₊/k (k and the draw of shocks are not printed), the bad debt
 * D₄ = 0.399 (its position is not printed), the headline numbers of §22.4 but the waves.
 */
import type { GoldenRow } from '../../../../model/index.ts'
import { impact_of } from '../bulk-fund.ts'
import { add, div, mul, neg, ONE, type Ratio, ratio, sub, sum } from '../reference-ratio.ts'
import { type Position, profit } from '../reference.ts'
import { type Check, rows } from './rows.ts'

const THEORY = 'Chitra et al., arXiv 2512.01112 (corrected), recomputed'

/** The square-root law of the bulk exchange: its factor is Y · σ a day, its depth the volume of a day. */
function impacts(): Check[] {
  const source = 'Donier and Bonart, arXiv 1412.4503: Y · σ · √(Q ÷ V), Y = 1; derivatives reference §18.3, arithmetic'
  const impact = (sigma: number, size: number, volume: number) =>
    impact_of({ law: 'square_root', factor: sigma, depth: [volume] }, 0, size)
  return [
    ['mi2', 'σ 3 % a day, 1 B of 50 B a day: impact', 0.004242640687, 1e-9, impact(0.03, 1e9, 50e9), source],
    ['S18.3 impact-bp', '… basis points', 42.43, 5e-3, impact(0.03, 1e9, 50e9) * 1e4, source],
    ['S18.3 impact-thin', 'σ 10 %, 1 B of 10 B: basis points', 316.2, 5e-2, impact(0.1, 1e9, 10e9) * 1e4, source],
  ]
}

/** Collateral and profit left when winners give a share of their profit and keep the principal. */
function seized(): Check[] {
  const collateral = ['2', '1', '0.5', '0', '0'].map((value) => ratio(value))
  const gains = ['8', '4', '0.5', '-3', '-12'].map((value) => ratio(value))
  const shares = ['0.5', '1', '0', '0', '0'].map((value) => ratio(value))
  const left = collateral.map((own, i) => add(own, mul(gains[i] as Ratio, sub(ONE, shares[i] as Ratio))))
  return [6, 1, 1, -3, -12].map((expected, i) => [
    `S22.3 seized-${i + 1}`,
    `five accounts, haircuts 50 %, 100 %, none: equity of account ${i + 1}`,
    expected,
    0,
    left[i],
    THEORY,
  ])
}

/** One unit of leverage is cut: all of it from whoever has it, or from both alike; β of what is left is worth continuing. */
function incentives(): Check[] {
  const worth = [ratio(100), ratio(5)]
  const after = (cuts: readonly Ratio[]) => sum(worth.map((value, i) => mul(value, sub(ONE, cuts[i] as Ratio))))
  const half = ratio('0.5')
  return [
    ['S22.3 targeted', 'values 100 and 5, the first is cut: left, in β', 5, 0, after([ONE, ratio(0)]), THEORY],
    ['S22.3 even', '… both by half', 52.5, 0, after([half, half]), THEORY],
    [
      'S22.3 sale',
      '0.5 sold at 1.30 under a linear impact of 1: mean price',
      1.05,
      0,
      sub(ratio('1.3'), div(ratio('0.5'), ratio(2))),
      THEORY,
    ],
  ]
}

/** T12: long 100 with a loan on A, short 100 on B from 100,000; −15 %, B closes 40 of the short at the mark. */
function hedged(): Check[] {
  const [entry, mark] = [ratio(100_000), ratio(85_000)]
  const loan = mul(ratio(80), entry)
  const held = ratio(100)
  const before: Position = { quantity: ratio(-100), entry }
  const closed: Position = { quantity: ratio(-40), entry }
  const after: Position = { quantity: sub(before.quantity, closed.quantity), entry }
  const kept = profit(closed, mark)
  const own = sub(mul(held, mark), loan)
  const first = add(own, profit(before, mark))
  const then = add(add(own, kept), profit(after, mark))
  const delta = add(held, after.quantity)
  const source = 'derivatives reference §25 T12, arithmetic; prices chosen'
  return [
    ['T12 equity', 'a hedge deleveraged by 40 at the mark: change of equity over both venues', 0, 0, sub(then, first), source],
    ['T12 delta', '… change of delta', 40, 0, sub(delta, add(held, before.quantity)), source],
    ['T12 stuck', '… share of the profit that is cash on B', 0.4, 0, div(kept, profit(before, mark)), source],
    ['T12 sale', '… to be sold on A to be flat', -40, 0, neg(delta), source],
  ]
}

export const theory_rows = (): GoldenRow[] => rows('exchange', [...impacts(), ...seized(), ...incentives(), ...hedged()])
