/** Published and derived numbers of the exchange, as rows of the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import * as r from '../shared/exchange/reference.ts'
import { add, div, mul, ONE, type Ratio, ratio, sub, to_number, ZERO } from '../shared/exchange/reference-ratio.ts'

const FAQ = 'Binance FAQ be2c7d9d… (leverage and margin in coin-margined contracts, 2020-06-11)'
const DERIVED = 'algebra from margin + profit = maintenance in coins (derivatives reference §1.4, §3)'

/** BTCUSD, coins of notional: caps of FAQ be2c7d9d…, maintenance half the initial rate down to 10x, then as USD-M's brackets. */
const BTCUSD = [
  ['0', '0.004'],
  ['10', '0.005'],
  ['20', '0.01'],
  ['30', '0.025'],
  ['50', '0.05'],
  ['100', '0.10'],
  ['200', '0.125'],
  ['400', '0.15'],
  ['1000', '0.25'],
] as const
export const BTCUSD_TIERS: readonly r.Tier[] = r.brackets(BTCUSD.map(([floor, rate]) => ({ floor, rate })))

type Check = readonly [id: string, what: string, expected: number, tolerance: number, got: Ratio, source: string]

const position = (face: number, entry: number): r.InversePosition => ({ face: ratio(face), entry: ratio(entry) })
const half = ratio('0.005')

function single(): Check[] {
  const [long, short] = [position(300_000, 50_000), position(-300_000, 50_000)]
  const at = (p: r.InversePosition) => r.inverse_liquidation_price(p, ONE, half, ZERO)
  const equity = (p: r.InversePosition) => add(ONE, r.inverse_profit(p, at(p)))
  return [
    ['cm1', 'long 300,000 USD at 50,000, 1 BTC, 0.5 %: liquidation price', 43071.428571428565, 1e-9, at(long), DERIVED],
    ['cm1 equity', 'its equity there, BTC', 0.0348259, 5e-8, equity(long), DERIVED],
    ['cm1 maintenance', 'its maintenance there, BTC', 0.0348259, 5e-8, div(mul(ratio(300_000), half), at(long)), DERIVED],
    ['cm2', 'the same short: liquidation price', 59700, 1e-9, at(short), DERIVED],
    ['cm2 maintenance', 'its maintenance there, BTC', 0.0251256, 5e-8, div(mul(ratio(300_000), half), at(short)), DERIVED],
  ]
}

function brackets(): Check[] {
  const cum = (notional: number) => r.bracket_of(BTCUSD_TIERS, ratio(notional)).cum
  return [
    ['S3 cum-30', 'maintenance amount from 30 BTC', 0.56, 1e-15, cum(30), FAQ],
    ['S3 cum-50', 'maintenance amount from 50 BTC: 50 · (5 % − 2.5 %) + 0.56', 1.81, 1e-15, cum(50), FAQ],
    ['S3 cum-300', 'maintenance amount at 300 BTC, in the 12.5 % bracket', 11.81, 1e-15, cum(300), FAQ],
    ['S3 rate-300', 'maintenance rate at 300 BTC', 0.125, 1e-15, r.bracket_of(BTCUSD_TIERS, ratio(300)).rate, FAQ],
  ]
}

/** T6: 10 BTC, long 3M USD at 60,000, against a linear long with the same leverage in USD. */
function procyclical(): Check[] {
  const source = 'derivatives reference §25 T6, arithmetic'
  const coins = ratio(10)
  const inverse = position(3_000_000, 60_000)
  const linear: r.Position = { quantity: ratio(50), entry: ratio(60_000) }
  const margin = ratio(600_000)
  const rest = { wallet: margin, maintenance: ZERO, profit: ZERO }
  const usd = (price: number) => mul(add(coins, r.inverse_profit(inverse, ratio(price))), ratio(price))
  const delta = sub(usd(55_001), usd(55_000))
  return [
    [
      'T6 liquidation',
      'inverse: liquidation price',
      50250,
      1e-9,
      r.inverse_liquidation_price(inverse, coins, half, ZERO),
      source,
    ],
    ['T6 bankruptcy', 'inverse: bankruptcy price', 50000, 1e-9, r.inverse_bankruptcy_price(inverse, coins), source],
    [
      'T6 linear-liquidation',
      'linear: liquidation price',
      48241.2,
      0.05,
      r.liquidation_price_at(linear, rest, half, ZERO),
      source,
    ],
    ['T6 linear-bankruptcy', 'linear: bankruptcy price', 48000, 1e-9, r.bankruptcy_price(linear, margin), source],
    ['S3 delta', 'USD delta of the inverse long: coins + face/entry', 60, 1e-9, delta, DERIVED],
    ['S3 neutral', 'short of all coins’ value: equity in USD stays the face', 500_000, 1e-9, neutral(), DERIVED],
  ]
}

/** 10 BTC at 50,000, short their value in face, at 30,000. */
function neutral(): Ratio {
  const price = ratio(30_000)
  return mul(add(ratio(10), r.inverse_profit(position(-500_000, 50_000), price)), price)
}

export function goldenRows(): GoldenRow[] {
  return [...single(), ...brackets(), ...procyclical()].map(([id, what, expected, tolerance, exact, source]) => {
    const got = to_number(exact)
    const pass = Math.abs(got - expected) <= tolerance
    return { id: `binance-coinm ${id}`, group: 'binance-coinm', what, expected, got, tolerance, pass, source }
  })
}
