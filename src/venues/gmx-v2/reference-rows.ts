/** The vectors of the contracts' tests (derivatives reference §11.4) and gx1 to gx3, through the exact reference. */
import type { GoldenRow } from '../../model/index.ts'
import * as r from './reference.ts'

const TESTS = 'gmx-io/gmx-synthetics a5c0c883, test/ (derivatives reference §11.4)'
const DERIVED = 'derivatives reference §11, arithmetic'
const E = r.ONE
const factor = (text: string): bigint => {
  const [mantissa = '', exponent = '0'] = text.split('e')
  const [whole = '', decimals = ''] = mantissa.split('.')
  const places = 30 + Number(exponent) - decimals.length
  return BigInt(whole + decimals) * 10n ** BigInt(places)
}
const num = (x: bigint): number => Number(`${x}e-30`)
type Check = readonly [id: string, what: string, expected: number, tolerance: number, got: number, source: string]

const test_market: r.Impact = { positive: factor('5e-9'), negative: factor('1e-8'), exponent: 2 }

function impacts(): Check[] {
  const [none, first, second] = [0n, r.usd(200_000), r.usd(400_000)]
  const one = r.price_impact(none, none, first, none, test_market)
  const two = r.price_impact(first, none, second, none, test_market)
  const price = r.usd(5000)
  const exact = 5010.0200400801605
  const back = r.price_impact(second, none, first, none, test_market)
  const across = r.price_impact(first, none, first, second, test_market)
  return [
    ['gx1', 'open interest 0 → 200,000: impact', -400, 1e-9, num(one), TESTS],
    ['gx2', '200,000 → 400,000', -1200, 1e-9, num(two), TESTS],
    ['gx3', 'execution price at 5,000 with −400', exact, 1e-9, num(r.execution_price(first, one, price)), TESTS],
    ['S11.4 second-price', '… with −1,200', 5030.181086519, 1e-9, num(r.execution_price(first, two, price)), TESTS],
    [
      'S11.4 factor',
      'applyImpactFactor(10,000; 3; 1e-12)',
      1,
      1e-12,
      num(r.impact_factor(r.usd(10_000), factor('1e-12'), 3)),
      TESTS,
    ],
    ['S11.2 positive', '400,000 → 200,000: the positive factor', 600, 1e-9, num(back), DERIVED],
    ['S11.2 crossover', '+200,000 → −200,000: f⁺·d² − f⁻·d²', -200, 1e-9, num(across), DERIVED],
  ]
}

function liquidations(): Check[] {
  const long: r.Position = { size: r.usd(200_000), tokens: 40n * E, collateral: 10n * E, long: true }
  const left = (price: number) => r.remaining_collateral(long, r.usd(price), r.usd(price), 0n)
  const falls = (price: number) => (r.is_liquidatable(left(price), long.size, r.usd(1), factor('1e-2')) ? 1 : 0)
  const sol = (eth: number) => (r.is_liquidatable(r.usd(eth), r.usd(450_000), r.usd(1), factor('1e-2')) ? 1 : 0)
  return [
    ['S11.4 left-4200', 'long 200,000, 10 ETH, entry 5,000: left at 4,200', 10_000, 0, num(left(4200)), TESTS],
    ['S11.4 safe-4200', '… is it liquidated', 0, 0, falls(4200), TESTS],
    ['S11.4 left-4000', '… left at 4,000', 0, 0, num(left(4000)), TESTS],
    ['S11.4 falls-4000', '… is it liquidated', 1, 0, falls(4000), TESTS],
    ['S11.4 threshold', '… left at 4,040: 1 % of the size', 2000, 0, num(left(4040)), DERIVED],
    ['S11.4 safe-4040', '… exactly there it stands', 0, 0, falls(4040), DERIVED],
    ['S11.4 falls-below', '… a cent below it falls', 1, 0, falls(4039.99), DERIVED],
    ['S11.4 sol-5000', '450,000 of SOL on 1 ETH at 5,000', 0, 0, sol(5000), TESTS],
    ['S11.4 sol-2500', '… at 2,500', 1, 0, sol(2500), TESTS],
  ]
}

function pools(): Check[] {
  const pool = r.usd(5_000_000)
  const sol: r.Position = { size: r.usd(2_000_000), tokens: 100_000n * E, collateral: 0n, long: true }
  const share = (price: number) => r.pnl_factor(r.position_pnl(sol, r.usd(price)), pool)
  const on = (price: number) => (share(price) > factor('1e-1') ? 1 : 0)
  const half = r.position_pnl(sol, r.usd(26)) / 2n
  const borrowed = (r.usd(200_000) * (r.plain_rate(r.usd(200_000), pool, factor('1e-7')) * 1_209_600n)) / E
  const capped = r.position_pnl(sol, r.usd(26), r.usd(600_000), pool, factor('1e-1'))
  return [
    ['S11.4 adl-25', 'pool 5 M, SOL long 2 M from 20: profit ÷ pool at 25', 0.1, 0, num(share(25)), TESTS],
    ['S11.4 adl-off', '… deleveraging at 10 %: off', 0, 0, on(25), TESTS],
    ['S11.4 adl-26', '… at 26', 0.12, 0, num(share(26)), TESTS],
    ['S11.4 adl-on', '… on', 1, 0, on(26), TESTS],
    ['T11 realised', 'half of it closed at 26: paid by the pool', 300_000, 0, num(half), DERIVED],
    ['T11 after', '… factor after', 0.0638, 5e-5, num(r.pnl_factor(half, pool - half)), DERIVED],
    ['S11.2 cap', '600,000 won where traders may win 10 % of 5 M', 500_000, 0, num(capped), DERIVED],
    ['S11.4 borrowing', '14 days at 1e-7, usage 4 %, of 200,000', 967.68, 5e-5, num(borrowed), TESTS],
  ]
}

function rates(): Check[] {
  const year = 31_536_000
  const most = factor('0.75') / BigInt(year)
  const rules: r.FundingRules = {
    increase: most / 10_800n,
    decrease: most / 172_800n,
    stable: factor('4e-2'),
    falling: factor('4e-2'),
    most,
    least: factor('0.01') / BigInt(year),
    exponent: 1,
  }
  const up = r.next_funding(0n, r.usd(1e6), 0n, 10_800n, rules).saved
  const halfway = r.next_funding(0n, r.usd(1e6), 0n, 5400n, rules).saved
  const down = r.next_funding(most, r.usd(1e6), r.usd(1e6) - r.usd(1000), 86_400n, rules).saved
  const gone = r.next_funding(most, r.usd(1e6), r.usd(1e6) - r.usd(1000), 172_801n, rules)
  const yearly = (x: bigint) => num(x) * year
  const kink: r.Kink = { base: factor('0.45'), above: factor('0.9'), optimal: factor('0.85') }
  return [
    ['S11.3 funding-up', 'skew 100 % for 3 h: yearly rate', 0.75, 1e-9, yearly(up), DERIVED],
    ['S11.3 funding-half', '… for 1.5 h', 0.375, 1e-9, yearly(halfway), DERIVED],
    ['S11.3 funding-down', 'balanced for 24 h from the most', 0.375, 1e-9, yearly(down), DERIVED],
    ['S11.3 funding-gone', '… for 48 h', 0, 0, yearly(gone.saved), DERIVED],
    ['S11.3 funding-least', '… the least still applies', 0.01, 1e-9, yearly(gone.applied), DERIVED],
    ['S11.3 borrow-kink', 'borrowing at usage 85 %', 0.3825, 1e-12, num(r.kink_rate(factor('0.85'), kink)), DERIVED],
    ['S11.3 borrow-full', '… at 100 %: base and the whole step', 0.9, 1e-12, num(r.kink_rate(E, kink)), DERIVED],
    [
      'S11.2 opening',
      '110 M of interest at 6e-11: collateral factor',
      0.01,
      0,
      num(r.opening_factor(factor('1e-2'), r.usd(110e6), factor('6e-11'))),
      DERIVED,
    ],
    [
      'S11.2 opening-scaled',
      '200 M of interest',
      0.012,
      1e-15,
      num(r.opening_factor(factor('1e-2'), r.usd(200e6), factor('6e-11'))),
      DERIVED,
    ],
  ]
}

export function goldenRows(): GoldenRow[] {
  return [...impacts(), ...liquidations(), ...pools(), ...rates()].map(([id, what, expected, tolerance, got, source]) => {
    const pass = Math.abs(got - expected) <= tolerance
    return { id: `gmx-v2 ${id}`, group: 'gmx-v2', what, expected, got, tolerance, pass, source }
  })
}
