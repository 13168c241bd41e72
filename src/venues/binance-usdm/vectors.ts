/** Published numbers, and what the exact reference makes of the same inputs. Amounts in USDT, quantities in coins. */
import type { GoldenRow } from '../../model/index.ts'
import * as r from '../shared/exchange/reference.ts'
import { type Account, liquidate, match, type Rules, smallest_reduction } from '../shared/exchange/reference-procedure.ts'
import { div, mul, ONE, type Ratio, ratio, sub, to_number, ZERO } from '../shared/exchange/reference-ratio.ts'

const FT = 'freqtrade c9ae5e1e tests/exchange/test_binance.py, test_exchange.py'
const DERIVED = 'arithmetic on the formulas of Binance FAQ b3c689c1 with the BTCUSDT brackets of 2024-10-24'
const BRACKETS_SOURCE = 'Binance USD-M leverage brackets of 2024-10-24 (freqtrade c9ae5e1e binance_leverage_tiers.json)'

const rows_of = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
const brackets_of = (text: string) => r.brackets(rows_of(text).map(([floor = '', rate = '', cum = '']) => ({ floor, rate, cum })))

/** BTCUSDT: floor, maintenance rate, maintenance amount; highest leverage in the last column. */
const BTCUSDT = `
  0             0.004   0            125
  50,000        0.005   50           100
  600,000       0.0065  950          75
  3,000,000     0.01    11,450       50
  12,000,000    0.02    131,450      25
  70,000,000    0.025   481,450      20
  100,000,000   0.05    2,981,450    10
  230,000,000   0.10    14,481,450   5
  480,000,000   0.125   26,481,450   4
  600,000,000   0.15    41,481,450   3
  800,000,000   0.25    121,481,450  2
  1,200,000,000 0.50    421,481,450  1`
export const BTC_TIERS: readonly r.Tier[] = brackets_of(BTCUSDT)

/** ETHUSDT, as BTCUSDT. */
const ETHUSDT = `
  0             0.004   0            125
  50,000        0.005   50           100
  600,000       0.0065  950          75
  3,000,000     0.01    11,450       50
  12,000,000    0.02    131,450      25
  50,000,000    0.025   381,450      20
  65,000,000    0.05    2,006,450    10
  150,000,000   0.10    9,506,450    5
  320,000,000   0.125   17,506,450   4
  400,000,000   0.15    27,506,450   3
  530,000,000   0.25    80,506,450   2
  800,000,000   0.50    280,506,450  1`
export const ETH_TIERS: readonly r.Tier[] = brackets_of(ETHUSDT)

/** Brackets as a snapshot has them. */
export const tier_specs = (tiers: readonly r.Tier[]): { floor: number; rate: number; cum: number }[] =>
  tiers.map(({ floor, rate, cum }) => ({ floor: to_number(floor), rate: to_number(rate), cum: to_number(cum) }))

type Check = readonly [id: string, what: string, expected: number, tolerance: number, got: Ratio, source?: string]

const position = (quantity: string, entry: string): r.Position => ({ quantity: ratio(quantity), entry: ratio(entry) })
const alone = (wallet: Ratio): r.Rest => ({ wallet, maintenance: ZERO, profit: ZERO })
const third = div(ratio(10), ratio(3))

/** Wallet, position, rate and maintenance amount of the exchange's own example of two cross positions. */
const WALLET = ratio('1535443.01')
const ETH = { ...position('3683.979', '1456.84'), rate: ratio('0.10'), cum: ratio('135365'), mark: ratio('1335.18') }
const BTC = { ...position('109.488', '32481.98'), rate: ratio('0.025'), cum: ratio('16300'), mark: ratio('31967.27') }

function beside(other: typeof ETH): r.Rest {
  const notional = r.notional_of(other, other.mark)
  return {
    wallet: WALLET,
    maintenance: sub(mul(notional, other.rate), other.cum),
    profit: r.profit(other, other.mark),
  }
}

const small = (quantity: string, entry: string, margin: Ratio) =>
  r.liquidation_price_at(position(quantity, entry), alone(margin), ratio('0.01'), ratio('0.01'))
const with_fee = (quantity: string, entry: string, margin: Ratio) =>
  r.liquidation_price_with_fee(position(quantity, entry), margin, ratio('0.01'), ratio('0.0006'))
const on_entry = (side: number, leverage: number) =>
  r.liquidation_price_on_entry(ratio(side), ratio(10), ratio(leverage), ratio('0.01'))
// the published figure of the short at 3x was made with a margin of ten decimals
const MARGIN_3X = ratio('3.3333333333')

function published(): Check[] {
  const at = (p: typeof ETH, rest: r.Rest) => r.liquidation_price_at(p, rest, p.rate, p.cum)
  return [
    ['BN1 bn1', 'ETH long, isolated', 1114.78, 0.005, at(ETH, alone(WALLET))],
    ['BN2 bn2', 'BTC long, isolated', 18778.73, 0.005, at(BTC, alone(WALLET))],
    ['BN3 bn3a', 'ETH long beside the BTC long, cross', 1153.26, 0.005, at(ETH, beside(BTC))],
    ['BN3 bn3b', 'BTC long beside the ETH long, cross', 26316.89, 0.005, at(BTC, beside(ETH))],
    ['BN4 bn4', 'short 5x at 10', 11.89108910891089, 1e-13, small('-1', '10', ratio(2))],
    ['BN5', 'short 3x at 10', 13.211221122079207, 1e-13, small('-1', '10', MARGIN_3X)],
    ['BN6', 'short 5x at 8', 9.514851485148514, 1e-13, small('-1', '8', ratio('1.6'))],
    ['BN7', 'short 5x at 10, quantity 0.6', 11.897689768976898, 1e-13, small('-0.6', '10', ratio('1.2'))],
    ['BN8 bn5', 'long 5x at 10', 8.070707070707071, 1e-13, small('1', '10', ratio(2))],
    ['BN8 at-8', 'long 5x at 8', 6.454545454545454, 1e-13, small('1', '8', ratio('1.6'))],
    ['BN8 3x', 'long 3x at 10', 6.723905723905723, 1e-13, small('1', '10', third)],
    ['BN8 0.6', 'long 5x at 10, quantity 0.6', 8.063973063973064, 1e-13, small('0.6', '10', ratio('1.2'))],
    ['BN9 ok1', 'closing fee counts: short 5x at 10', 11.87413417771621, 1e-13, with_fee('-1', '10', ratio(2))],
    ['BN9 3x', 'closing fee counts: short 3x at 10', 13.193482419684678, 1e-13, with_fee('-1', '10', third)],
    ['BN9 at-8', 'closing fee counts: short 5x at 8', 9.499307342172967, 1e-13, with_fee('-1', '8', ratio('1.6'))],
    ['BN10 ok2', 'closing fee counts: long 5x at 10', 8.085708510208207, 1e-13, with_fee('1', '10', ratio(2))],
    ['BN10 3x', 'closing fee counts: long 3x at 10', 6.738090425173506, 1e-13, with_fee('1', '10', third)],
    ...[0.1, 6.7666666, 8.1, 9.1].map(
      (price, i): Check => [
        `BN11 long-${i}`,
        'maintenance on entry, long 1x 3x 5x 10x',
        price,
        1e-7,
        on_entry(1, [1, 3, 5, 10][i] ?? 0),
      ],
    ),
    ...[19.9, 13.233333, 11.9, 10.9].map(
      (price, i): Check => [
        `BN11 short-${i}`,
        'maintenance on entry, short 1x 3x 5x 10x',
        price,
        1e-6,
        on_entry(-1, [1, 3, 5, 10][i] ?? 0),
      ],
    ),
  ]
}

function bracketed(quantity: string, margin: string): { price: Ratio; required: Ratio } {
  const p = position(quantity, '100000')
  const price = r.liquidation_price(p, alone(ratio(margin)), BTC_TIERS, ratio(100000))
  return { price, required: r.maintenance(BTC_TIERS, r.notional_of(p, price)) }
}

function derived(): Check[] {
  const bn12 = bracketed('10', '20000')
  const bn13 = bracketed('40', '160000')
  const bn14 = bracketed('31', '155000')
  const tier4 = BTC_TIERS[3] as r.Tier
  const unhopped = r.liquidation_price_at(position('31', '100000'), alone(ratio(155000)), tier4.rate, tier4.cum)
  const mark = r.mark_price(ratio(100000), ratio('0.0001'), ratio('0.5'), ratio(20), ratio(99400))
  const funding = (hours: number) => r.funding_rate(ratio('-0.0012'), ratio('0.0001'), ratio('0.0005'), ratio(hours), ONE)
  const adl = r.adl_score(ratio('40.2'), ratio('4.27'), ratio('0.1342'), ONE)
  return [
    ['BN12', 'long 10 BTC at 100,000, margin 20,000', 98545.546, 5e-5, bn12.price, DERIVED],
    ['BN12 maintenance', 'its maintenance there', 5455.4605, 5e-5, bn12.required, DERIVED],
    ['BN13', 'long 40 BTC, margin 160,000', 96680.5556, 5e-5, bn13.price, DERIVED],
    ['BN13 maintenance', 'its maintenance there', 27222.22, 5e-3, bn13.required, DERIVED],
    ['BN14 tier-4', 'long 31 BTC, margin 155,000, in its first bracket', 95586.5103, 5e-5, unhopped, DERIVED],
    ['BN14', 'the same after the bracket hopped', 95590.6944, 5e-5, bn14.price, DERIVED],
    ['BN14 maintenance', 'its maintenance there', 18311.5249, 5e-5, bn14.required, DERIVED],
    ['BN15 p1', 'index and funding', 100005, 1e-9, mark.p1, DERIVED],
    ['BN15 p2', 'index and basis', 100020, 1e-9, mark.p2, DERIVED],
    ['BN15', 'mark: median of P1, P2 and the last price', 100005, 1e-9, mark.mark, DERIVED],
    ['BN16 8h', 'funding at an average premium of −0.12 %', -0.0007, 1e-16, funding(8), DERIVED],
    ['BN16 4h', 'the same over 4 hours', -0.00035, 1e-16, funding(4), DERIVED],
    ['BN17', 'maintenance of 15,000,000 in BTCUSDT', 168550, 1e-9, r.maintenance(BTC_TIERS, ratio(15_000_000)), BRACKETS_SOURCE],
    ['ad1', 'ADL score', 1.2634285714, 1e-8, adl, 'Binance support FAQ 360033525471 and dev.binance.vision/t/17801'],
  ]
}

const RULES: Rules = { strict: false, fee: ratio('0.0125'), fee_from: 'remaining', bound: ratio('0.05'), target: ONE }

/** A BTCUSDT scope with one position and what buys it. */
export function btc_account(
  quantity: string,
  mark: string,
  cash: Ratio,
  book: readonly (readonly [string, string])[],
  entry = '100000',
): Account {
  const levels = book.map(([price, size]) => ({ price: ratio(price), quantity: ratio(size) }))
  const leg = { quantity: ratio(quantity), entry: ratio(entry), mark: ratio(mark), tiers: BTC_TIERS, book: levels }
  return { cash, legs: [leg] }
}

/** 150 BTC at a mark of 98,000 with an equity of 160,000, 10 bps below which everything is bought. */
function sized(fee: string): Ratio {
  const cash = sub(ratio(160000), mul(ratio(150), ratio(98000)))
  const account = btc_account('150', '98000', cash, [['97902', '1000']])
  return smallest_reduction(account, 0, ZERO, { ...RULES, fee: ratio(fee) }) ?? ZERO
}

function solved(): Check[] {
  const source = 'derivatives reference §1.5, arithmetic: m·M relieved per unit against slippage and fee'
  const lp = bracketed('10', '20000').price
  const hopeless = btc_account('10', '98545.546', ratio(-980000), [['98446.99', '1000']])
  const fee = mul(mul(ratio(10), lp), ratio('0.0125'))
  return [
    ['S1.5 0', 'smallest reduction, no fee', 1.3695, 5e-5, sized('0'), source],
    ['S1.5 0.05', 'smallest reduction, fee 0.05 %', 1.4065, 5e-5, sized('0.0005'), source],
    ['S1.5 1.25', 'smallest reduction, fee 1.25 %', 3.9955, 5e-5, sized('0.0125'), source],
    [
      'S1.5 none',
      'first brackets: no amount heals (0: none)',
      0,
      0,
      smallest_reduction(hopeless, 0, ZERO, RULES) ?? ZERO,
      source,
    ],
    ['BN12 fee', 'fee on the whole at its liquidation price', 12318.19, 5e-3, fee, DERIVED],
  ]
}

function traced(): Check[] {
  const source = 'derivatives reference §25 T2, arithmetic on Binance FAQ 360033525271'
  const account = btc_account('10', '98545.546', ratio(-980000), [['98300', '6']])
  const outcome = liquidate(account, RULES)
  const first = liquidate(account, { ...RULES, fee_from: 'first' })
  const rest = outcome.closed[0]
  const price = rest?.price ?? ZERO
  const resold = (at: string) => mul(rest?.quantity ?? ZERO, sub(ratio(at), price))
  const winners = match(rest?.quantity ?? ZERO, [ratio('2.5'), ratio(1), ratio(3)])
  return [
    ['T2 filled', 'the order sells what the book takes within the band', 6, 0, outcome.orders[0]?.base ?? ZERO, source],
    ['T2', 'bankruptcy price of the rest', 97550, 1e-9, price, source],
    ['T2 fee', 'nothing remains to take the fee from', 0, 0, outcome.fee, source],
    ['T2 end', 'the account ends with nothing', 0, 0, outcome.cash, source],
    ['T2 gain', 'fund resells at 98,300', 3000, 1e-9, resold('98300'), source],
    ['T2 loss', 'fund resells at 97,300', -1000, 1e-9, resold('97300'), source],
    ['T2 fee-first fee', 'fee on what was sold, out of the wallet first', 7372.5, 1e-9, first.fee, source],
    ['T2 fee-first', 'bankruptcy price then', 99393.1, 0.05, first.closed[0]?.price ?? ZERO, source],
    ['T2 adl', 'third winner gives up what is left', 0.5, 0, winners[2] ?? ZERO, source],
  ]
}

/** Every published or derived number of this exchange, computed now by the reference. */
export function goldenRows(): GoldenRow[] {
  return [...published(), ...derived(), ...solved(), ...traced()].map(([id, what, expected, tolerance, exact, source = FT]) => {
    const got = to_number(exact)
    const pass = Math.abs(got - expected) <= tolerance
    return { id: `binance-usdm ${id}`, group: 'binance-usdm', what, expected, got, tolerance, pass, source }
  })
}
