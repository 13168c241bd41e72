/** Published and derived numbers of the exchange, as rows of the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import { bracket_of, equity, maintenance, premium_of, type Tier, total_maintenance } from '../shared/exchange/reference.ts'
import { add, compare, div, mul, ONE, type Ratio, ratio, sub, to_number, ZERO } from '../shared/exchange/reference-ratio.ts'
import * as r from './reference.ts'

const DOCS = 'Hyperliquid docs, margin tiers (2026-09-27)'
const DERIVED = 'derivatives reference §9, arithmetic on the documented formula'
const TRACE = 'derivatives reference §25 T1, arithmetic'

const table = (...list: readonly (readonly [floor: number, max_leverage: number])[]): Tier[] =>
  r.margin_table(list.map(([floor, max_leverage]) => ({ floor, max_leverage })))
/** Tables of the main net. */
export const TABLES: Readonly<Record<string, readonly Tier[]>> = {
  BTC: table([0, 40], [150e6, 20]),
  ETH: table([0, 25], [100e6, 15]),
  SOL: table([0, 20], [70e6, 10]),
  XRP: table([0, 20], [40e6, 10]),
  DOGE: table([0, 10], [20e6, 5]),
  OP: table([0, 10], [3e6, 5]),
}

export const RULES: r.Rules = {
  above: ratio(100_000),
  share: ratio('0.2'),
  cooldown_ms: 30_000,
  backstop: div(ratio(2), ratio(3)),
  taker_fee: ratio('0.00045'),
  bound: ratio('0.8'),
}

type Check = readonly [id: string, what: string, expected: number, tolerance: number, got: Ratio | number, source: string]

function tiers(): Check[] {
  const deductions: readonly (readonly [string, number, number])[] = [
    ['BTC', 1_875_000, 0],
    ['ETH', 1_333_333.33, 0.005],
    ['SOL', 1_750_000, 0],
    ['XRP', 1_000_000, 0],
    ['DOGE', 1_000_000, 0],
    ['OP', 150_000, 0],
  ]
  const margin = (name: string, notional: number) => maintenance(TABLES[name] as Tier[], ratio(notional))
  const rate = (max_leverage: number) => (table([0, max_leverage])[0] as Tier).rate
  return [
    ...deductions.map(
      ([name, expected, tolerance]): Check => [
        `S9.2 deduction-${name}`,
        `${name}: maintenance deduction of its second tier`,
        expected,
        tolerance,
        (TABLES[name] as readonly [Tier, Tier])[1].cum,
        DOCS,
      ],
    ),
    ['hl1', 'BTC, 200 M: maintenance margin', 3_125_000, 1e-9, margin('BTC', 200e6), DERIVED],
    ['S9.2 boundary', 'BTC, exactly 150 M: maintenance margin', 1_875_000, 1e-9, margin('BTC', 150e6), DERIVED],
    [
      'S9.2 upper',
      'exactly 150 M lies in the upper tier',
      0.025,
      1e-15,
      bracket_of(TABLES['BTC'] as Tier[], ratio(150e6)).rate,
      DOCS,
    ],
    ['S9.2 rate-40', 'maintenance rate at 40x', 0.0125, 1e-15, rate(40), DOCS],
    ['S9.2 rate-3', 'maintenance rate at 3x: 16.7 %', 0.167, 0.0005, rate(3), DOCS],
  ]
}

const AT = ratio(100_000)
const RATE = ratio('0.0125')
const VALUE = ratio(5000)

function prices(): Check[] {
  const available = sub(VALUE, mul(AT, RATE))
  const price = (side: 1 | -1) => r.liquidation_price(AT, ratio(side), ONE, available, RATE)
  const worth = (side: 1 | -1) => add(VALUE, mul(ratio(side), sub(price(side), AT)))
  const backstop = r.price_at(AT, ONE, ONE, VALUE, RATE, RULES.backstop)
  return [
    ['hl2', 'long 1 BTC at 100,000, account value 5,000: liquidation price', 96202.53164556962, 1e-9, price(1), DERIVED],
    ['hl3', 'the same short: liquidation price', 103703.70370370371, 1e-9, price(-1), DERIVED],
    ['S9.3 long-equity', 'its equity there', 1202.5316, 5e-5, worth(1), DERIVED],
    ['S9.3 long-maintenance', 'its maintenance there', 1202.5316, 5e-5, mul(price(1), RATE), DERIVED],
    ['S9.3 short-equity', 'equity of the short there', 1296.2963, 5e-5, worth(-1), DERIVED],
    ['S9.3 backstop', 'long: price at which equity is ⅔ of maintenance', 95798.3193, 5e-5, backstop, DERIVED],
    [
      'S9.3 same',
      'the same formula at 1 is the liquidation price',
      96202.53164556962,
      1e-9,
      r.price_at(AT, ONE, ONE, VALUE, RATE, ONE),
      DERIVED,
    ],
  ]
}

function marks(): Check[] {
  const wiki = 'Hyperliquid docs, robust price indices; example of the wiki, last step by arithmetic'
  const interest = ratio('0.0001')
  const premium = premium_of(ratio(10_100), ratio(10_200), ratio(10_000))
  const rate = r.funding(premium, interest, ratio('0.0005'), ratio('0.04'))
  const given = r.funding(ratio('0.01'), interest, ratio('0.0005'), ratio('0.04'))
  const capped = r.funding(ONE, interest, ratio('0.0005'), ratio('0.04'))
  const spot = (value: number, weight: number) => ({ value: ratio(value), weight: ratio(weight) })
  return [
    ['S9.4 basis', 'oracle 10,000, mean basis 20: first part of the mark', 10_020, 0, add(ratio(10_000), ratio(20)), wiki],
    [
      'S9.4 mark',
      'with the book at 10,010 and other exchanges at 10,012: mark',
      10_012,
      0,
      r.mark_price(ratio(10_000), ratio(20), ratio(10_010), ratio(10_012)),
      wiki,
    ],
    [
      'S9.4 weights',
      'weighted median of spot: one exchange of weight 3 outweighs two of weight 1',
      101,
      0,
      r.weighted_median([spot(100, 1), spot(101, 3), spot(102, 1)]),
      'Hyperliquid docs, oracle: weights 3, 2, 2, 1, 1, 1, 1, 1',
    ],
    ['S9.5 premium', 'impact bid 10,100, oracle 10,000: premium', 0.01, 1e-15, premium, 'Hyperliquid docs, funding'],
    ['S9.5 f8h', 'its rate for 8 hours', 0.0095, 1e-15, rate.f8h, 'Hyperliquid docs, funding'],
    ['S9.5 f1h', 'its rate for the hour', 0.0011875, 1e-15, rate.f1h, 'Hyperliquid docs, funding'],
    ['hl4 f8h', 'premium 1 %: rate for 8 hours', 0.0095, 1e-12, given.f8h, 'Hyperliquid docs, funding'],
    ['hl4 f1h', 'premium 1 %: rate for the hour', 0.0011875, 1e-12, given.f1h, 'Hyperliquid docs, funding'],
    ['S9.5 cap', 'premium 100 %: the hour pays at most 4 %', 0.04, 1e-15, capped.f1h, 'Hyperliquid docs, funding'],
  ]
}

function ranks(): Check[] {
  const mark = ratio(80)
  const index = (entry: number, leverage: number) => r.adl_index(-1, mark, ratio(entry), ratio(leverage), ONE)
  const list = [index(100, 2), index(90, 10), index(81, 50)]
  const order = [0, 1, 2].sort((a, b) => compare(list[b] as Ratio, list[a] as Ratio)).map((i) => i + 1)
  return [
    ['S9.7 index-1', 'mark 80, short from 100, notional ÷ value 2: index', 2.5, 1e-15, list[0] as Ratio, DERIVED],
    ['S9.7 index-2', 'short from 90, 10', 11.25, 1e-15, list[1] as Ratio, DERIVED],
    ['S9.7 index-3', 'short from 81, 50', 50.6, 0.05, list[2] as Ratio, DERIVED],
    ['S9.7 order', 'closed in the order 3, 2, 1', 321, 0, Number(order.join('')), DERIVED],
  ]
}

/** T1: 12,000 USDC, long 3 BTC from 100,000. */
function traced(): Check[] {
  const level = (price: number, quantity: string) => [{ price: ratio(price), quantity: ratio(quantity) }]
  const leg = (mark: number, quantity: string, book: ReturnType<typeof level>) => ({
    quantity: ratio(quantity),
    mark: ratio(mark),
    tiers: TABLES['BTC'] as Tier[],
    book,
  })
  const opening = {
    cash: ratio(12_000 - 300_000),
    legs: [leg(97_200, '3', level(97_150, '0.6'))],
    ordered_ms: Number.NEGATIVE_INFINITY,
  }
  const first = r.liquidate(opening, 0, RULES)
  const at = (mark: number, book: ReturnType<typeof level>) => ({
    ...first.account,
    legs: [{ ...(first.account.legs[0] as r.Account['legs'][number]), mark: ratio(mark), book }],
  })
  const second = r.liquidate(at(96_800, level(96_700, '2.4')), 10_000, RULES)
  const backstop = r.liquidate(at(96_400, []), 10_000, RULES)
  const bankrupt = r.liquidate(at(95_700, []), 10_000, RULES)
  const sold = first.orders[0]
  const two_thirds = (account: r.Account) => mul(total_maintenance(account), RULES.backstop)
  return [
    ['T1 equity', 'mark 97,200: equity', 3600, 1e-9, equity(opening), TRACE],
    ['T1 maintenance', 'mark 97,200: maintenance', 3645, 1e-9, total_maintenance(opening), TRACE],
    ['T1 part', 'a fifth is sold, BTC', 0.6, 1e-12, sold?.base ?? ZERO, TRACE],
    ['T1 fee', 'its taker fee', 26.2305, 1e-9, mul(sold?.quote ?? ZERO, RULES.taker_fee), TRACE],
    ['T1 equity-after', 'equity after the fill', 3543.7695, 1e-9, equity(first.account), TRACE],
    ['T1 maintenance-after', 'maintenance after the fill', 2916, 1e-9, total_maintenance(first.account), TRACE],
    ['T1 cooling-equity', '10 s later at 96,800: equity', 2583.7695, 1e-9, equity(at(96_800, [])), TRACE],
    ['T1 cooling-maintenance', 'its maintenance', 2904, 1e-9, total_maintenance(at(96_800, [])), TRACE],
    ['T1 cooling-backstop', '⅔ of it', 1936, 1e-9, two_thirds(at(96_800, [])), TRACE],
    ['T1 whole', 'in the cooldown all is sold, BTC', 2.4, 1e-12, second.orders[0]?.base ?? ZERO, TRACE],
    ['T1 left', 'what is left stays with the user', 2239.3335, 1e-9, second.account.cash, TRACE],
    ['T1 gap-backstop', 'gap to 96,400: ⅔ of maintenance', 1928, 1e-9, two_thirds(at(96_400, [])), TRACE],
    ['T1 vault-quantity', '… the vault takes over, BTC', 2.4, 1e-12, backstop.closed[0] ?? ZERO, TRACE],
    ['T1 vault-margin', '… and this margin', 1623.7695, 1e-9, backstop.end === 'backstop' ? backstop.left : ZERO, TRACE],
    ['T1 bankrupt-backstop', 'gap to 95,700: ⅔ of maintenance', 1914, 1e-9, two_thirds(at(95_700, [])), TRACE],
    ['T1 absorbed', '… deleveraging; the vault absorbs', -56.2305, 1e-9, bankrupt.end === 'adl' ? bankrupt.left : ZERO, TRACE],
  ]
}

export function goldenRows(): GoldenRow[] {
  return [...tiers(), ...prices(), ...marks(), ...ranks(), ...traced()].map(([id, what, expected, tolerance, exact, source]) => {
    const got = typeof exact === 'number' ? exact : to_number(exact)
    const pass = Math.abs(got - expected) <= tolerance
    return { id: `hyperliquid ${id}`, group: 'hyperliquid', what, expected, got, tolerance, pass, source }
  })
}
