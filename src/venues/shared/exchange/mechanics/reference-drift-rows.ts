/**
 * Numbers of Drift v2's tests and derived ones, as rows of the scoreboard.
 * Not counted, inputs incomplete: shares of a shortage freed (59.95 %, 76.75 %) and the margin freed itself in the example of 150
 * slots (the fees of that account are not printed; its sizes are counted, from the freed margin printed); interest, LP and
 * high-leverage rules (no vector).
 */
import type { GoldenRow } from '../../../../model/index.ts'
import * as r from './reference-drift.ts'
import { type Check, rows } from './rows.ts'

const AT = 'drift-labs/protocol-v2 @0ae3e3b1, programs/drift/src'
const MATH = `${AT}/math/liquidation.rs, tests (derivatives reference §12.3)`
const CONTROLLER = `${AT}/controller/liquidation.rs, tests (derivatives reference §12.3)`
const base = (units: number) => BigInt(Math.round(units * 1e9))
const quote = (usd: number) => BigInt(Math.round(usd * 1e6))
const number = (value: bigint | undefined, unit: number) => (value === undefined ? undefined : Number(value) / unit)

function covers(): Check[] {
  const cases: [string, string, number, number, number, number][] = [
    ['S12 cover-plain', 'no fees', 1, 0, 0, 1],
    ['S12 cover-below', 'quote at 0.99', 0.99, 0, 0, 1.01010101],
    ['S12 cover-above', 'quote at 1.01', 1.01, 0, 0, 0.990099009],
    ['S12 cover-fee', 'liquidator 1 %', 1, 10_000, 0, 1.111111111],
    ['dr1', 'liquidator 1 %, fund 1 %', 1, 10_000, 10_000, 1.25],
  ]
  const shared = { shortage: quote(10), price: quote(100), ratio: 1000n }
  return cases.map(([id, what, quote_price, liquidator, fund, expected]) => {
    const fees = { quote_price: quote(quote_price), liquidator_fee: BigInt(liquidator), fund_fee: BigInt(fund) }
    const got = number(r.base_to_cover({ ...shared, ...fees }), 1e9)
    return [id, `shortage 10 at 100, margin 10 %, ${what}: base units that cover it`, expected, 0, got, MATH]
  })
}

function fees(): Check[] {
  const fee = (shortage: number, liquidator: number) =>
    Number(
      r.fund_fee({
        shortage: quote(shortage),
        base: base(10),
        price: quote(100),
        ratio: 500n,
        liquidator_fee: BigInt(liquidator),
        most: 50_000n,
      }),
    )
  return [
    ['dr3', '10 units at 100, margin 5 %, liquidator 1 %, shortage 20: fee of the fund', 0.019, 0, fee(20, 10_000) / 1e6, MATH],
    ['S12 fund-fee-1', '… shortage 1, 1e6', 37_050, 0, fee(1, 10_000), MATH],
    ['S12 fund-fee-1000', '… shortage 1,000', 0, 0, fee(1000, 10_000), MATH],
    ['S12 fund-fee-none', '… liquidator 10 %', 0, 0, fee(20, 100_000), MATH],
    [
      'S12 fee-ramp',
      'liquidator 2 %, at most 5 %, idle for 10,000 slots: fee, 1e6',
      30_000,
      0,
      Number(r.liquidator_fee(20_000n, 50_000n, 10_000n)),
      MATH,
    ],
    ['S12 fee-grace', '… idle for 1,499', 20_000, 0, Number(r.liquidator_fee(20_000n, 50_000n, 1499n)), MATH],
  ]
}

function losses(): Check[] {
  const tenth = r.funding_delta(quote(100), base(5), base(-5))
  const left = quote(100) - quote(50)
  const half = r.funding_delta(left, base(5), base(-5))
  return [
    [
      'dr2',
      'loss 100 on 7 long and 4 short: step of the funding indices, 1e9',
      9_090_910_000,
      0,
      Number(r.funding_delta(quote(100), base(7), base(-4))),
      MATH,
    ],
    [
      'S12 deposit-step',
      'loss 11 of deposits 120: fall of the deposit index, 1e10',
      916_666_667,
      0,
      Number(r.deposit_delta(quote(11), quote(120), r.INTEREST)),
      MATH,
    ],
    ['S12 bankrupt-step', 'loss 100 on 5 long and 5 short: step', 10, 0, Number(tenth) / 1e9, CONTROLLER],
    ['S12 bankrupt-holder', '… a holder of 5 units', -50, 0, -Number(tenth * 5n) / 1e9, CONTROLLER],
    ['S12 fee-pool-step', '… with 50 in the fee pool: step', 5, 0, Number(half) / 1e9, CONTROLLER],
    ['S12 fee-pool-holder', '… a holder of 5 units', -25, 0, -Number(half * 5n) / 1e9, CONTROLLER],
    [
      'S12 insured',
      'loss 100, vault 80: insurance keeps its last unit, 1e6',
      79_999_999,
      0,
      Number(r.insured(quote(100), quote(80), quote(1000), 0n)),
      `${AT}/controller/liquidation.rs; derivatives reference §12.3, arithmetic`,
    ],
  ]
}

function debts(): Check[] {
  const got = (asset: number, liability: number, fund: number) =>
    number(
      r.liability_transfer({
        shortage: quote(10),
        price: quote(100),
        asset_weight: 8000n,
        asset_multiplier: BigInt(asset),
        liability_weight: 12_000n,
        liability_multiplier: BigInt(liability),
        fund_fee: BigInt(fund),
        unit: r.BASE,
      }),
      1e9,
    )
  const what = 'shortage 10, price 100, weights 0.8 and 1.2'
  return [
    ['S12 debt-plain', `${what}: tokens of the debt`, 0.25, 0, got(1e6, 1e6, 0), MATH],
    ['S12 debt-bonus', '… ±10 %', 0.44998425, 0, got(1_100_000, 900_000, 0), MATH],
    ['S12 debt-fund', '… fund 1 %', 0.257731958, 0, got(1e6, 1e6, 10_000), MATH],
    ['S12 debt-both', '… both', 0.475669504, 0, got(1_100_000, 900_000, 10_000), MATH],
  ]
}

/** Long 2 from 100 with 5 USDC at 100: margin 5 % and the buffer, fees of 1 %. */
function partial(): Check[] {
  const ratio = 500n + r.EXIT_BUFFER
  const price = quote(100)
  const size = base(2)
  const shortage = r.requirement(size, price, ratio, 0n) - quote(5)
  const most = { shortage, base: size, price, ratio, liquidator_fee: 10_000n, most: 10_000n }
  const fund = r.fund_fee(most)
  const cover = r.base_to_cover({ ...most, quote_price: r.PRICE, fund_fee: fund })
  const share = r.share_now(shortage, 0n, 0n, 150n, 0n)
  const sold = r.handed_over(size, price, cover, share, base(0.001))
  const paid = r.transfer(sold, 1n, price, 10_000n, fund)
  const debt = quote(-200) + paid.quote - paid.fund
  const equity = quote(5) + ((size - sold) * price) / r.BASE + debt
  const worth = ((size - sold) * price) / r.BASE
  const all = r.transfer(base(1), 1n, price, 10_000n, 0n)
  return [
    ['S12 part-sold', 'long 2 at 100, 5 USDC, margin 5 %, fees 1 %: liquidated', 1.8, 0, Number(sold) / 1e9, CONTROLLER],
    ['S12 part-left', '… left', 0.2, 0, Number(size - sold) / 1e9, CONTROLLER],
    ['S12 part-quote', '… quote of the position', -23.6, 0, Number(debt) / 1e6, CONTROLLER],
    ['S12 part-ratio', '… margin ratio after', 0.07, 0, Number((equity * 10_000n) / worth) / 1e4, CONTROLLER],
    ['S12 part-liquidator', '… quote of the liquidator', -178.2, 0, -Number(paid.quote) / 1e6, CONTROLLER],
    ['S12 part-fund', '… insurance fund', 1.8, 0, Number(paid.fund) / 1e6, CONTROLLER],
    [
      'S12 profit',
      'long 1 from 150 at 100, fee 1 %: profit of the account',
      -51,
      0,
      Number(all.quote - quote(150)) / 1e6,
      CONTROLLER,
    ],
  ]
}

/** 20 units at 100 and an open bid of 10, 50 USDC, margin 7 % with the buffer; 10 % at once, all within 150 slots. */
function paced(): Check[] {
  const price = quote(100)
  const before = r.requirement(base(30), price, 700n, 1n) - quote(50)
  const cancelled = before - (r.requirement(base(20), price, 700n, 0n) - quote(50))
  const steps = [
    { slot: 1, left: 20, freed: Number(cancelled) / 1e6, position: 20 },
    { slot: 76, left: 14.8, freed: 70.01, position: 20 },
    { slot: 101, left: 9.42, freed: 95.802, position: 14.8 },
    { slot: 136, left: 1.91, freed: 122.4868, position: 9.42 },
  ]
  const fees = { quote_price: r.PRICE, ratio: 700n, liquidator_fee: 10_000n, fund_fee: 10_000n }
  const found = steps.map(({ slot, left, freed, position }): Check => {
    const shortage = before - quote(freed)
    const share = r.share_now(shortage, quote(freed), BigInt(slot - 1), 150n, 1000n)
    const cover = r.base_to_cover({ shortage, price, ...fees })
    const sold = r.handed_over(base(position), price, cover, share, base(0.01))
    return [
      `S12 slot-${slot}`,
      `20 units, 50 USDC, 10 % and 150 slots: units left at slot ${slot}, from the margin freed until then`,
      left,
      0,
      Number(base(position) - sold) / 1e9,
      CONTROLLER,
    ]
  })
  return [['S12 freed', '… freed by cancelling the order', 70.01, 0, Number(cancelled) / 1e6, CONTROLLER], ...found]
}

function grown(): Check[] {
  const what = 'long 10,000 and a bid of 1 at 100, margin 5 %'
  const at = (factor: bigint) => {
    const size = base(10_001)
    return Number(r.requirement(size, quote(100), r.margin_ratio(500n, factor, size), 1n)) / 1e6
  }
  const source = `${AT}/math/margin.rs, tests (derivatives reference §12.3)`
  return [
    ['S12 size-margin', `${what}, factor 0.001: margin`, 140_014.01, 0, at(1000n), source],
    ['S12 size-margin-10', '… factor 0.01', 1_040_104.01, 0, at(10_000n), source],
  ]
}

export const drift_rows = (): GoldenRow[] =>
  rows('drift', [...covers(), ...fees(), ...losses(), ...debts(), ...partial(), ...paced(), ...grown()])
