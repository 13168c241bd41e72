/** Numbers of the chain's own tests and derived ones, as rows of the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import { fraction, mul, type Ratio, ratio, to_number } from '../shared/exchange/reference-ratio.ts'
import * as r from './reference.ts'

const LIQUIDATIONS = 'v4-chain 84d4664b, x/clob/keeper/liquidations_test.go'
const DELEVERAGING = 'v4-chain 84d4664b, x/clob/keeper/deleveraging_test.go'
const TIERS = 'v4-chain 84d4664b, x/perpetuals/types/liquidity_tier_test.go'
const DERIVED = 'derivatives reference §10, §25, arithmetic'

type Check = readonly [
  id: string,
  what: string,
  expected: number,
  tolerance: number,
  got: Ratio | bigint | number,
  source: string,
]

/** Markets of the tests: 20 % initial, half of it maintenance. */
export const BTC = r.perpetual(50_000, 8, 200_000, 500_000)
export const ETH = r.perpetual(3000, 9, 200_000, 500_000)
const btc = (units: number): r.Position => ({ perpetual: BTC, quantums: BigInt(Math.round(units * 1e8)) })
const eth = (units: number): r.Position => ({ perpetual: ETH, quantums: BigInt(Math.round(units * 1e9)) })
const account = (quote: number, ...positions: r.Position[]): r.Subaccount => ({
  quote: BigInt(Math.round(quote * 1e6)),
  positions,
})
const quantums = (units: number): bigint => BigInt(Math.round(units * 1e8))

function margins(): Check[] {
  const ppm = (interest: number) => r.initial_ppm(200_000n, BigInt(interest), 1_000_000n, 2_000_000n)
  const grown = r.initial_ppm(200_000n, 28_123_456_789_123n, 25_000_000_000_000n, 60_000_000_000_000n)
  return [
    ['dy5', 'base 20 %, open interest 1,234,567 of 1 M to 2 M: initial margin, ppm', 387_653, 0, ppm(1_234_567), TIERS],
    ['S10.2 half', 'open interest 1.5 M: initial margin, ppm', 600_000, 0, ppm(1_500_000), TIERS],
    ['S10.2 below', 'open interest at the lower cap: the base', 200_000, 0, ppm(1_000_000), TIERS],
    ['S10.2 above', 'open interest at the upper cap: all', 1_000_000, 0, ppm(2_000_000), TIERS],
    [
      'S10.2 requirement',
      'notional 500,000 at open interest 28.1 T of 25 T to 60 T',
      135_697,
      0,
      r.initial_requirement(500_000n, grown),
      TIERS,
    ],
    ['S10.2 rounded', '56.7243 % of 123,456, up', 70_030, 0, r.initial_requirement(123_456n, 567_243n), TIERS],
    ['S10.2 least', '10 % of 1, up', 1, 0, r.initial_requirement(1n, 100_000n), TIERS],
  ]
}

function bankruptcies(): Check[] {
  const quote = (id: string, what: string, expected: number, of: r.Subaccount, at: number, delta: bigint): Check => [
    id,
    `${what}: bankruptcy quote`,
    expected,
    1e-9,
    r.usdc(r.bankruptcy_quote(of, at, delta)),
    LIQUIDATIONS,
  ]
  const short = (usdc: number) => account(usdc, btc(-0.1))
  const long = (usdc: number) => account(usdc, btc(0.1))
  const tenth = quantums(0.1)
  const exact = (of: r.Subaccount, delta: bigint) => r.bankruptcy_quote(of, 0, delta)
  return [
    quote('dy1', '0.1 BTC long, −4,501', 4501, long(-4501), 0, -tenth),
    quote('S10.3 short', '0.1 BTC short, 5,499', -5499, short(5499), 0, tenth),
    quote('S10.3 long-half', '0.1 BTC long, −5,000, half', 2500, long(-5000), 0, -tenth / 2n),
    quote('S10.3 short-half', '0.1 BTC short, 5,000, half', -2500, short(5000), 0, tenth / 2n),
    quote('S10.3 short-whole', '0.1 BTC short, 5,000', -5000, short(5000), 0, tenth),
    quote('S10.3 long-negative', '0.1 BTC long, −5,100', 5100, long(-5100), 0, -tenth),
    quote('S10.3 short-negative', '0.1 BTC short, 4,900', -4900, short(4900), 0, tenth),
    quote('S10.3 two-long', '0.004 BTC and 0.1 ETH long, −490, ETH', 294, account(-490, btc(0.004), eth(0.1)), 1, -100_000_000n),
    quote(
      'S10.3 two-short',
      '0.004 BTC and 0.1 ETH short, 510, ETH',
      -306,
      account(510, btc(-0.004), eth(-0.1)),
      1,
      100_000_000n,
    ),
    quote(
      'S10.3 long-short',
      '0.004 BTC long, 0.1 ETH short, 110, ETH',
      -306,
      account(110, btc(0.004), eth(-0.1)),
      1,
      100_000_000n,
    ),
    [
      'S10.3 rounded-long',
      '1 BTC long, −13, 21,347 quantums: quote quantums',
      2776,
      0,
      exact(account(-13, btc(1)), -21_347n),
      LIQUIDATIONS,
    ],
    [
      'S10.3 rounded-short',
      '1 BTC short, 13, 21,347 quantums: quote quantums',
      -2775,
      0,
      exact(account(13, btc(-1)), 21_347n),
      LIQUIDATIONS,
    ],
  ]
}

/** Fillable price in USDC a unit. */
function price(of: r.Subaccount, at: number, decimals: number, adjustment: Ratio, spread: Ratio): Ratio {
  return mul(r.fillable_price(of, at, adjustment, spread), fraction(10n ** BigInt(decimals), 1_000_000n))
}

function fillables(): Check[] {
  const at = (id: string, what: string, expected: number, of: r.Subaccount, adjustment: number, spread: string): Check => [
    id,
    `${what}, adjustment ${adjustment}, spread ${spread}: fillable price`,
    expected,
    1e-9,
    price(of, 0, 8, ratio(adjustment), ratio(spread)),
    LIQUIDATIONS,
  ]
  const long = (usdc: number) => account(usdc, btc(0.1))
  const short = (usdc: number) => account(usdc, btc(-0.1))
  const both = account(-490, btc(0.004), eth(0.1))
  return [
    at('dy2', '0.1 BTC long, −4,501', 49_999, long(-4501), 1, '0.1'),
    at('S10.3 fill-adjustment', '0.1 BTC long, −4,501', 49_998, long(-4501), 2, '0.1'),
    at('S10.3 fill-spread', '0.1 BTC long, −4,501', 49_998, long(-4501), 1, '0.2'),
    at('S10.3 fill-whole', '0.1 BTC long, −4,501', 49_990, long(-4501), 1, '1'),
    at('S10.3 fill-most', '0.1 BTC long, −4,501', 49_500, long(-4501), 4_294_967_295, '0.1'),
    at('S10.3 fill-short', '0.1 BTC short, 5,499', 50_001, short(5499), 1, '0.1'),
    at('S10.3 fill-short-2', '0.1 BTC short, 5,499', 50_002, short(5499), 2, '0.1'),
    at('S10.3 fill-long-0', '0.1 BTC long, −5,000', 49_500, long(-5000), 1, '0.1'),
    at('S10.3 fill-short-0', '0.1 BTC short, 5,000', 50_500, short(5000), 1, '0.1'),
    at('S10.3 fill-long-negative', '0.1 BTC long, −5,500', 49_500, long(-5500), 1, '0.1'),
    at('S10.3 fill-short-negative', '0.1 BTC short, 4,500', 50_500, short(4500), 1, '0.1'),
    [
      'dy3',
      '0.004 BTC and 0.1 ETH long, −490, ETH: fillable price',
      2976,
      1e-9,
      price(both, 1, 9, ratio(1), ratio('0.1')),
      LIQUIDATIONS,
    ],
    [
      'S10.3 fill-main',
      '0.1 BTC long, −4,501, spread 150 %: fillable price',
      49_985,
      1e-9,
      price(long(-4501), 0, 8, ratio(1), ratio('1.5')),
      DERIVED,
    ],
  ]
}

function insurances(): Check[] {
  const row = (id: string, usdc: number, side: 1 | -1, fill: number, fee: number, expected: number): Check => {
    const of = account(usdc, btc(0.1 * side))
    const got = r.insurance_delta(of, 0, -BigInt(side) * quantums(0.1), BigInt(side) * BigInt(fill * 100_000), BigInt(fee * 1e6))
    const what = `0.1 BTC ${side > 0 ? 'long' : 'short'}, ${usdc}, closed at ${fill}, fee ${fee}: to the fund`
    return [id, what, expected, 1e-9, r.usdc(got), LIQUIDATIONS]
  }
  return [
    row('dy4', -5100, 1, 56_100, 0.005, 28.05),
    row('S10.3 fund-long-2', -5100, 1, 56_100, 0.025, 140.25),
    row('S10.3 fund-long-all', -5100, 1, 56_100, 1, 510),
    row('S10.3 fund-short-1', 4900, -1, 44_100, 0.005, 22.05),
    row('S10.3 fund-short-2', 4900, -1, 44_100, 0.025, 110.25),
    row('S10.3 fund-short-all', 4900, -1, 44_100, 1, 490),
    row('S10.3 fund-long-little', -5100, 1, 51_051, 0.005, 5.1),
    row('S10.3 fund-long-none', -5100, 1, 51_000, 0.005, 0),
    row('S10.3 fund-long-pays', -5100, 1, 50_490, 0.005, -51),
    row('S10.3 fund-short-little', 4900, -1, 48_951, 0.005, 4.9),
    row('S10.3 fund-short-none', 4900, -1, 49_000, 0.005, 0),
    row('S10.3 fund-short-pays', 4900, -1, 49_490, 0.005, -49),
  ]
}

/** Carl is short 1 BTC, Dave long 1. */
const carl = (usdc: number) => account(usdc, btc(-1))
const dave = (usdc: number) => account(usdc, btc(1))

function gates(): Check[] {
  const answer = { no: 0, bankruptcy: 1, oracle: 2 }
  const at = (oracle: number, final: boolean) =>
    answer[
      r.deleveraged_at(
        { quote: 54_999_000_000n, positions: [{ perpetual: r.perpetual(oracle, 8, 200_000, 500_000), quantums: -100_000_000n }] },
        final,
      )
    ]
  const what = 'short 1 BTC, 54,999: deleveraged (0 no, 1 at bankruptcy price, 2 at the oracle price)'
  return [
    ['S10.5 gate-50000', `${what}, oracle 50,000`, 0, 0, at(50_000, false), DELEVERAGING],
    ['S10.5 gate-54999', `${what}, oracle 54,999`, 0, 0, at(54_999, false), DELEVERAGING],
    ['S10.5 gate-55000', `${what}, oracle 55,000`, 1, 0, at(55_000, false), DELEVERAGING],
    ['S10.5 final-55000', `${what}, final settlement, oracle 55,000`, 1, 0, at(55_000, true), DELEVERAGING],
    ['S10.5 final-50000', `${what}, final settlement, oracle 50,000`, 2, 0, at(50_000, true), DELEVERAGING],
  ]
}

function deleverages(): Check[] {
  const rows: Check[] = []
  const pair = (carl_usdc: number, dave_usdc: number, expected: readonly [number, number] | undefined) => {
    const got = r.deleverage(carl(carl_usdc), 0, dave(dave_usdc), 0, 100_000_000n)
    const id = `S10.5 ${carl_usdc}/${dave_usdc}`
    const what = `Carl −1 BTC with ${carl_usdc}, Dave 1 BTC with ${dave_usdc}`
    if (expected === undefined) {
      rows.push([`${id} refused`, `${what}: prices do not overlap`, 1, 0, got === undefined ? 1 : 0, DELEVERAGING])
      return
    }
    rows.push([`${id} Carl`, `${what}: Carl after`, expected[0], 0, r.usdc(got?.account.quote ?? -1n), DELEVERAGING])
    rows.push([`${id} Dave`, `${what}: Dave after`, expected[1], 0, r.usdc(got?.other.quote ?? -1n), DELEVERAGING])
  }
  pair(54_999, 50_000, [0, 104_999])
  pair(54_999, -45_001, [0, 9998])
  pair(54_999, -50_000, [0, 4999])
  pair(54_999, -50_001, [0, 4998])
  pair(50_000, 50_000, [0, 100_000])
  pair(50_000, -45_001, [0, 4999])
  pair(50_000, -50_000, [0, 0])
  pair(50_000, -50_001, undefined)
  pair(49_999, 50_000, [0, 99_999])
  pair(49_999, -45_001, [0, 4998])
  pair(49_999, -50_000, undefined)
  pair(49_999, -50_001, undefined)
  return [...rows, ...parts(), ...invalid()]
}

function parts(): Check[] {
  const tenth = r.deleverage(carl(54_999), 0, dave(50_000), 0, 10_000_000n)
  const two = [0, 1].map(() => account(0, btc(0.5)))
  const first = r.deleverage(carl(54_999), 0, two[0] as r.Subaccount, 0, 50_000_000n)
  const second = first === undefined ? undefined : r.deleverage(first.account, 0, two[1] as r.Subaccount, 0, 50_000_000n)
  const cross = r.deleverage(account(80_800, btc(-1), eth(-10)), 0, dave(50_000), 0, 100_000_000n)
  const odd = r.deleverage(carl(54_999), 0, dave(50_000), 0, 49_999_991n)
  const sum = (odd?.account.quote ?? 0n) + (odd?.other.quote ?? 0n)
  const size = (of: r.Subaccount | undefined) => fraction(of?.positions[0]?.quantums ?? 0n, 100_000_000n)
  return [
    ['S10.5 tenth Carl', '0.1 BTC: Carl after', 49_499.1, 1e-9, r.usdc(tenth?.account.quote ?? 0n), DELEVERAGING],
    ['S10.5 tenth Dave', '0.1 BTC: Dave after', 55_499.9, 1e-9, r.usdc(tenth?.other.quote ?? 0n), DELEVERAGING],
    ['S10.5 tenth Carl-size', '0.1 BTC: Carl still has', -0.9, 1e-15, size(tenth?.account), DELEVERAGING],
    ['S10.5 tenth Dave-size', '0.1 BTC: Dave still has', 0.9, 1e-15, size(tenth?.other), DELEVERAGING],
    ['S10.5 two-first', 'two of 0.5 BTC: the first gets', 27_499.5, 1e-9, r.usdc(first?.other.quote ?? 0n), DELEVERAGING],
    ['S10.5 two-second', 'two of 0.5 BTC: the second gets', 27_499.5, 1e-9, r.usdc(second?.other.quote ?? 0n), DELEVERAGING],
    [
      'S10.5 cross Carl',
      'Carl with 80,800, −1 BTC, −10 ETH: after his BTC',
      30_300,
      0,
      r.usdc(cross?.account.quote ?? 0n),
      DELEVERAGING,
    ],
    ['S10.5 cross Dave', '… Dave after', 100_500, 0, r.usdc(cross?.other.quote ?? 0n), DELEVERAGING],
    ['S10.5 odd', '49,999,991 quantums: quote of both stays the same', 104_999, 0, r.usdc(sum), DELEVERAGING],
  ]
}

function invalid(): Check[] {
  const refused = (id: string, what: string, got: unknown): Check => [
    id,
    `${what}: refused`,
    1,
    0,
    got === undefined ? 1 : 0,
    DELEVERAGING,
  ]
  const of = carl(54_999)
  return [
    refused('S10.5 sign', 'delta that makes the position larger', r.deleverage(of, 0, dave(50_000), 0, -100_000_000n)),
    refused('S10.5 larger', 'delta larger than the position', r.deleverage(of, 0, account(50_000, btc(2)), 0, 100_000_001n)),
    refused(
      'S10.5 larger-other',
      'delta larger than the other position',
      r.deleverage(of, 0, account(50_000, btc(0.5)), 0, 100_000_000n),
    ),
    refused('S10.5 same-side', 'the other on the same side', r.deleverage(of, 0, carl(54_999), 0, 100_000_000n)),
    refused('S10.5 zero', 'delta of nothing', r.deleverage(of, 0, dave(50_000), 0, 0n)),
  ]
}

function paces(): Check[] {
  const config = [ratio('0.1'), ratio(1000), ratio(100_000)] as const
  const decay = r.blocks_to(ratio(100), ratio(10), ratio('0.1'), ratio(0), ratio(100_000))
  const index = r.funding_index(1_001_999n, 28_800_000n, fraction(1000n, 1_000_000n))
  const funding = 'v4-chain 84d4664b, x/perpetuals'
  return [
    [
      'T3',
      '10 M, a tenth a block, 1,000 to 100,000: blocks until 1,000 are left',
      143,
      0,
      r.blocks_to(ratio(10_000_000), ratio(1000), ...config),
      DERIVED,
    ],
    ['S10.4 decay', 'a tenth a block: blocks to close 90 %', 22, 0, decay, DERIVED],
    ['S10.6 index', 'rate 1,001,999 ppm, price 1,000, resolution −12, 8 hours: change of the index', 1001, 0, index, funding],
    [
      'S10.6 cap',
      'initial 15 %, 80 % of it maintenance: largest rate for 8 hours',
      0.18,
      1e-15,
      r.funding_cap(ratio('0.15'), ratio('0.8')),
      funding,
    ],
  ]
}

export function goldenRows(): GoldenRow[] {
  const all = [...margins(), ...bankruptcies(), ...fillables(), ...insurances(), ...gates(), ...deleverages(), ...paces()]
  return all.map(([id, what, expected, tolerance, exact, source]) => {
    const got = typeof exact === 'number' ? exact : to_number(ratio(exact))
    const pass = Math.abs(got - expected) <= tolerance
    return { id: `dydx-v4 ${id}`, group: 'dydx-v4', what, expected, got, tolerance, pass, source }
  })
}
