/** Published and derived numbers of the exchange, as rows of the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import { div, mul, type Ratio, ratio, to_number } from '../shared/exchange/reference-ratio.ts'
import * as r from './reference.ts'

const MARGINS = 'support.deribit.com 25944826427293, 25944738177565 (2022-01-11)'
const OPTIONS = 'support.deribit.com, options margin (derivatives reference §6.2)'
const FUNDING = 'support.deribit.com, perpetual funding (derivatives reference §6.3)'
const LIQUIDATION = 'support.deribit.com 25944777576477 (derivatives reference §6.5)'
const SUPPORT = 'docs.deribit.com articles/lsp-api-guide, 2026 (derivatives reference §6.6)'
const TRACE = 'derivatives reference §25, arithmetic'

type Check = readonly [id: string, what: string, expected: number, got: Ratio, source: string]

export const BTC = {
  initial: { least: ratio('0.02'), slope: ratio('0.00005') },
  maintenance: { least: ratio('0.01'), slope: ratio('0.00005') },
}
export const SOL = {
  initial: { least: ratio('0.04'), slope: ratio('0.000005') },
  maintenance: { least: ratio('0.02'), slope: ratio('0.000005') },
}

function futures(): Check[] {
  const rows = (
    id: string,
    of: typeof BTC,
    size: number,
    price: number,
    [irate, im, mrate, mm]: readonly [number, number, number, number],
  ): Check[] => {
    const q = ratio(size)
    const what = `${size} ${of === BTC ? 'BTC' : 'SOL'}`
    const usd = (coins: Ratio) => mul(coins, ratio(price))
    return [
      [`S6.1 ${id} im-rate`, `${what}: initial margin rate`, irate, r.rate_of(of.initial, q), MARGINS],
      [`S6.1 ${id} im`, `${what}: initial margin, coins`, im, r.margin_of(of.initial, q), MARGINS],
      [`S6.1 ${id} im-usd`, `${what} at ${price}: initial margin, USD`, im * price, usd(r.margin_of(of.initial, q)), MARGINS],
      [`S6.1 ${id} mm-rate`, `${what}: maintenance margin rate`, mrate, r.rate_of(of.maintenance, q), MARGINS],
      [`S6.1 ${id} mm`, `${what}: maintenance margin, coins`, mm, r.margin_of(of.maintenance, q), MARGINS],
      [`S6.1 ${id} mm-usd`, `${what} at ${price}: maintenance, USD`, mm * price, usd(r.margin_of(of.maintenance, q)), MARGINS],
    ]
  }
  const q = ratio(350)
  return [
    ['db1 rate', '350 BTC: initial margin rate', 0.0375, r.rate_of(BTC.initial, q), MARGINS],
    ['db1 im', '350 BTC: initial margin, BTC', 13.125, r.margin_of(BTC.initial, q), MARGINS],
    ['db2 rate', '25 BTC: maintenance margin rate', 0.01125, r.rate_of(BTC.maintenance, ratio(25)), MARGINS],
    ['db2 mm', '25 BTC: maintenance margin, BTC', 0.28125, r.margin_of(BTC.maintenance, ratio(25)), MARGINS],
    ...rows('btc-0', BTC, 0, 100_000, [0.02, 0, 0.01, 0]),
    ...rows('btc-25', BTC, 25, 100_000, [0.02125, 0.53125, 0.01125, 0.28125]),
    ...rows('btc-350', BTC, 350, 100_000, [0.0375, 13.125, 0.0275, 9.625]),
    ...rows('sol-25', SOL, 25, 200, [0.040125, 1.003125, 0.020125, 0.503125]),
    ...rows('sol-6000', SOL, 6000, 200, [0.07, 420, 0.05, 300]),
  ]
}

function options(): Check[] {
  const call = (strike: number, mark: string): r.Option => ({
    call: true,
    index: ratio(100_000),
    strike: ratio(strike),
    mark: ratio(mark),
  })
  const [out, at] = [call(110_000, '0.0054'), call(100_000, '0.0331')]
  return [
    ['S6.2 out im', 'short call 110,000 at 0.0054, index 100,000: initial', 0.1054, r.short_initial(out), OPTIONS],
    ['S6.2 out mm', 'its maintenance', 0.0804, r.short_maintenance(out), OPTIONS],
    ['S6.2 at im', 'short call 100,000 at 0.0331: initial', 0.1831, r.short_initial(at), OPTIONS],
    ['S6.2 at mm', 'its maintenance', 0.1081, r.short_maintenance(at), OPTIONS],
  ]
}

function flows(): Check[] {
  const capacity = (equity: number, notional: number, used: number) =>
    r.support_capacity(ratio(2), ratio(equity), ratio(notional), ratio('0.15'), ratio(used))
  const pace = r.pace_per_second(200, 10, 20)
  const t10 = r.assigned(ratio(6_300_000), [capacity(1_000_000, 0, 0), capacity(3_000_000, 0, 0)])
  return [
    ['db3', 'funding at a premium of −0.1 %, per 8 h', -0.00075, r.funding_rate(ratio('-0.001')), FUNDING],
    ['S6.3 above', 'funding at a premium of 0.03 %', 0.00005, r.funding_rate(ratio('0.0003')), FUNDING],
    ['S6.3 inside', 'funding at a premium of 0.01 %', 0, r.funding_rate(ratio('0.0001')), FUNDING],
    ['S6.5 pace', '200 contracts of 10 USD, 20 times a second: USD a second', 40_000, pace, LIQUIDATION],
    ['T9 minutes', '50 M USD at that pace, minutes', 20.833333333333332, div(ratio(50_000_000), mul(pace, ratio(60))), TRACE],
    ['S6.6 window', 'equity 1 M at 15 %: capacity of a window', 150_000, capacity(1_000_000, 0, 0), SUPPORT],
    ['S6.6 notional', 'with 1.9 M of contracts', 100_000, capacity(1_000_000, 1_900_000, 0), SUPPORT],
    ['S6.6 used', 'within five minutes of using it up', 0, capacity(1_000_000, 0, 150_000), SUPPORT],
    ['T10 second', 'equity 3 M at 15 %', 450_000, capacity(3_000_000, 0, 0), TRACE],
    ['T10 support', 'of 6.3 M in breach to participants', 600_000, t10.support, TRACE],
    ['T10 rest', 'left for deleveraging and the book', 5_700_000, t10.rest, TRACE],
  ]
}

export function goldenRows(): GoldenRow[] {
  const checks = [...futures(), ...options(), ...flows()]
  const coins = div(ratio(600_000), ratio(63_000))
  checks.push(['T10 coins', 'that is of BTC at 63,000, to four digits', 9.5238, coins, TRACE])
  return checks.map(([id, what, expected, exact, source]) => {
    const got = to_number(exact)
    const tolerance = id === 'T10 coins' ? 5e-5 : 1e-12 * Math.max(1, Math.abs(expected))
    return {
      id: `deribit ${id}`,
      group: 'deribit',
      what,
      expected,
      got,
      tolerance,
      pass: Math.abs(got - expected) <= tolerance,
      source,
    }
  })
}
