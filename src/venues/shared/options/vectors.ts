/** Options and scenario margin as rows of the scoreboard. */
import { blackGreeks, type Greeks, noGreeks } from '../../../math/index.ts'
import type { GoldenRow } from '../../../model/index.ts'
import { type FirstBook, FIRST_RULES, first_portfolio, GENERAL, GENERAL_RULES, nothing, SECOND_RULES } from './cases.ts'
import { type MarginRules, type Portfolio, portfolio_margin } from './portfolio-margin.ts'

type Check = readonly [id: string, what: string, expected: number, tolerance: number, got: number, source: string]

const FIRST = 'derivexyz v2-core @7736900d, PMRM portfolio cases (derivatives reference §7.1)'
const SECOND = 'derivexyz v2-core @7736900d, PMRM_2 portfolio_cases (derivatives reference §7.2)'
const BLACK = 'Black and Scholes, r = 0 (derivatives reference §17.1)'

const margins = (
  id: string,
  what: string,
  [maintenance, initial]: readonly [number, number],
  tolerance: number,
  rules: MarginRules,
  portfolio: Portfolio,
  source: string,
): Check[] => {
  const got = portfolio_margin(rules, portfolio)
  return [
    [`${id} mm`, `${what}: value less maintenance margin`, maintenance, tolerance, got.maintenance, source],
    [`${id} im`, `${what}: value less initial margin`, initial, tolerance, got.initial, source],
  ]
}

/** Table of §7.1: four digits are printed. */
const TABLE: readonly (readonly [id: string, what: string, book: FirstBook, mm: number, im: number])[] = [
  ['DV1', '−1 call 1400, 17 d', { options: [[17, 1400, 'C', -1]] }, -925.5854, -1021.8276],
  ['DV2', '−1.5 put 3000, 17 d', { options: [[17, 3000, 'P', -1.5]] }, -1973.9885, -2118.3214],
  ['DV3', '+1 put 2000, 17 d', { options: [[17, 2000, 'P', 1]] }, 1.1498, -23.8975],
  ['DV4', '+1 call 2000, 17 d', { options: [[17, 2000, 'C', 1]] }, 0.483, -26.1906],
  ['DV5', '−1 put 1700, 17 d', { options: [[17, 1700, 'P', -1]] }, -131.0926, -168.7068],
  [
    'DV6',
    'call spread 500/700, 10 d',
    {
      options: [
        [10, 500, 'C', 1],
        [10, 700, 'C', -1],
      ],
    },
    168.9272,
    159.6054,
  ],
  [
    'DV7 long',
    'call spread 3500/3700, 10 d',
    {
      options: [
        [10, 3500, 'C', 1],
        [10, 3700, 'C', -1],
      ],
    },
    -20,
    -26,
  ],
  [
    'DV7 short',
    'the same sold',
    {
      options: [
        [10, 3500, 'C', -1],
        [10, 3700, 'C', 1],
      ],
    },
    -20.0893,
    -26.1161,
  ],
  [
    'DV8',
    'put spread, long 1900, short 2200, 10 d',
    {
      options: [
        [10, 1900, 'P', 1],
        [10, 2200, 'P', -1],
      ],
    },
    -319.5945,
    -360.7518,
  ],
  [
    'DV9 long',
    'box 1000/2000, 10 d',
    {
      options: [
        [10, 1000, 'C', 1],
        [10, 2000, 'P', 1],
        [10, 1000, 'P', -1],
        [10, 2000, 'C', -1],
      ],
    },
    944.6362,
    928.0271,
  ],
  [
    'DV9 short',
    'the same sold',
    {
      options: [
        [10, 1000, 'C', -1],
        [10, 2000, 'P', -1],
        [10, 1000, 'P', 1],
        [10, 2000, 'C', 1],
      ],
    },
    -1000,
    -1000,
  ],
  ['DV10 2000', 'perpetual long, entry 2000', { perp: [1, 2000] }, -349.15, -454.195],
  ['DV10 1805', 'perpetual long, entry 1805', { perp: [1, 1805] }, -154.15, -259.195],
  ['DV10 2305', 'perpetual long, entry 2305', { perp: [1, 2305] }, -654.15, -759.195],
  ['DV11 2005', 'perpetual short, entry 2005', { perp: [-1, 2005] }, -346.15, -451.195],
  ['DV11 2505', 'perpetual short, entry 2505', { perp: [-1, 2505] }, 153.85, 48.805],
  ['DV11 1205', 'perpetual short, entry 1205', { perp: [-1, 1205] }, -1146.15, -1251.195],
  ['DV12', '+1 base', { base: 1 }, 1650, 1545],
  ['DV13 2000', 'base and short call 2000, 17 d', { base: 1, options: [[17, 2000, 'C', -1]] }, 1602.413, 1509.9554],
  ['DV13 1500', 'base and short call 1500, 17 d', { base: 1, options: [[17, 1500, 'C', -1]] }, 1391.9413, 1361.0179],
  ['DV14', 'base and short perpetual, entry 2005', { base: 1, perp: [-1, 2005] }, 1903.85, 1873.805],
  [
    'DV15 long',
    'synthetic forward 2000, 10 d',
    {
      options: [
        [10, 2000, 'C', 1],
        [10, 2000, 'P', -1],
      ],
    },
    -297.5919,
    -387.7194,
  ],
  [
    'DV15 short',
    'the same sold',
    {
      options: [
        [10, 2000, 'C', -1],
        [10, 2000, 'P', 1],
      ],
    },
    -303.258,
    -393.3855,
  ],
  [
    'DV16',
    'perpetual long, entry 2005, and short call 2000, 17 d',
    { perp: [1, 2005], options: [[17, 2000, 'C', -1]] },
    -401.737,
    -494.2396,
  ],
  [
    'DV17',
    'perpetual short, entry 2005, and long call 2000, 17 d',
    { perp: [-1, 2005], options: [[17, 2000, 'C', 1]] },
    -57.5491,
    -102.8324,
  ],
]

function first(): Check[] {
  const [one] = TABLE as [(typeof TABLE)[number]]
  const rows = TABLE.flatMap(([id, what, book, mm, im]) =>
    margins(`S7.1 ${id}`, what, [mm, im], 1e-4, FIRST_RULES, first_portfolio(book), FIRST),
  )
  const short = { options: [[17, 1700, 'P', -1]] } as const
  return [
    ...margins('dv1', one[1], [one[3], one[4]], 1e-4, FIRST_RULES, first_portfolio(one[2]), FIRST),
    ...rows,
    ...margins(
      'S7.1 DV18',
      '−1 put 1700, stable coin at 0.20',
      [-131.0926, -364.3007],
      1e-4,
      FIRST_RULES,
      first_portfolio(short, { stable: 0.2 }),
      FIRST,
    ),
  ]
}

const PLAIN: Portfolio = {
  spot: 95_663.50604855,
  spot_confidence: 1,
  stable: 1.00019088635,
  cash: 0,
  perp: nothing,
  expiries: [],
  collaterals: [],
}

const NAKED: Portfolio = {
  ...PLAIN,
  expiries: [
    {
      seconds: 794_852,
      forward: 95_776.67392708939,
      fixed: 0,
      rate: 0.15,
      confidence: 0.95,
      options: [{ call: true, strike: 100_000, vol: 0.453803924321583, amount: -1 }],
    },
  ],
}

const HEDGED_VALUE = 100_000 / 1.00019088635

function second(): Check[] {
  const basic = { ...PLAIN, spot: 3000, perp: { amount: 1, price: 3100, value: 10, confidence: 1 } }
  const hedged: Portfolio = {
    ...PLAIN,
    spot: 100_000,
    spot_confidence: 0.2,
    perp: { amount: -1, price: 100_000, value: 0, confidence: 0.1 },
    collaterals: [
      { value: HEDGED_VALUE, notional: HEDGED_VALUE, confidence: 1, maintenance: 0.03, initial: 0.015, risk_cancelling: true },
    ],
  }
  const naked = [-11_824.858703959073, -14_604.048120144837] as const
  return [
    ...margins('S7.2 DV20', 'perpetual at 3100, funding 10 (test_29)', [-481.4, -608], 1e-6, SECOND_RULES, basic, SECOND),
    ...margins('S7.2 DV21', '−1 call 100,000 (test_12)', naked, 1e-6, SECOND_RULES, NAKED, SECOND),
    ...margins('dv2', '−1 call 100,000 (test_12)', naked, 1e-6, SECOND_RULES, NAKED, SECOND),
    ...margins(
      'S7.2 DV22',
      'coin and short perpetual, unsure feeds (test_32)',
      [95_478.73932, -76_506.39347],
      5e-6,
      SECOND_RULES,
      hedged,
      SECOND,
    ),
    ...margins(
      'S7.2 DV23',
      'nine collaterals, eleven options (test_61)',
      [-7_411_351.440588, -16_201_837.751428],
      1e-6,
      GENERAL_RULES,
      GENERAL,
      SECOND,
    ),
  ]
}

/** Strike, vol, type; price, delta, gamma, vega per point, theta per day, price and net delta in coins. */
const GREEKS = [
  ['at', 100_000, 0.6, true, 3313.8968, 0.516569, 4.797e-5, 55.1998, -236.571, 0.033139, 0.483431],
  ['put', 90_000, 0.7, false, 647.1185, -0.128117, 2.16e-5, 29.0009, -145.004, 0.006471, -0.134588],
  ['call', 110_000, 0.6, true, 544.1133, 0.134469, 2.606e-5, 29.9864, -128.513, 0.005441, 0.129028],
] as const

function greeks_at(forward: number, strike: number, vol: number, call: boolean): Greeks {
  const out = noGreeks()
  blackGreeks(call, forward, strike, vol, 7 / 365, 0, out)
  return out
}

function greeks(): Check[] {
  const spot = 100_000
  const rows = GREEKS.flatMap(([id, strike, vol, call, price, delta, gamma, vega, theta, coins, net]): Check[] => {
    const g = greeks_at(spot, strike, vol, call)
    const what = `${call ? 'call' : 'put'} ${strike}, 7 d, σ ${vol}`
    return [
      [`S17.1 ${id} price`, `${what}: price`, price, 5.1e-5, g.price, BLACK],
      [`S17.1 ${id} delta`, `${what}: delta`, delta, 5.1e-7, g.delta, BLACK],
      [`S17.1 ${id} gamma`, `${what}: gamma`, gamma, 5.1e-9, g.gamma, BLACK],
      [`S17.1 ${id} vega`, `${what}: vega per point`, vega, 5.1e-5, g.vega / 100, BLACK],
      [`S17.1 ${id} theta`, `${what}: theta per day`, theta, 5.1e-4, g.theta / 365, BLACK],
      [`S17.1 ${id} coins`, `${what}: price in coins`, coins, 5.1e-7, g.price / spot, BLACK],
      [`S17.1 ${id} net`, `${what}: net delta in coins`, net, 5.1e-7, g.delta - g.price / spot, BLACK],
    ]
  })
  const put = greeks_at(spot, 90_000, 0.7, false)
  return [
    ...rows,
    ['bs1 price', 'put 90,000, 7 d, σ 0.7: price', 647.1185, 1e-4, put.price, BLACK],
    ['bs1 delta', 'its delta', -0.128117, 1e-4, put.delta, BLACK],
    ['bs1 gamma', 'its gamma', 2.16e-5, 5.1e-9, put.gamma, BLACK],
    ...dealer(put, spot),
  ]
}

/** A dealer short of 5,000 of those puts (§17.2). */
function dealer(put: Greeks, spot: number): Check[] {
  const source = 'derivatives reference §17.2, arithmetic'
  const size = -5000
  const fallen = greeks_at(92_000, 90_000, 0.7, false)
  const frightened = greeks_at(92_000, 90_000, 1.1, false)
  const more = (after: Greeks) => size * (after.delta - put.delta)
  return [
    ['S17.2 gex', 'gamma exposure per 1 %, M USD', -10.8, 5.1e-3, (size * put.gamma * spot * spot * 0.01) / 1e6, source],
    ['S17.2 hedge', 'coins sold as a hedge at the start', 640.6, 0.051, size * put.delta, source],
    ['S17.2 delta-92', 'delta of the put at 92,000', -0.391582, 5.1e-7, fallen.delta, source],
    ['S17.2 delta-92-vol', 'and at σ 1.10', -0.412761, 5.1e-7, frightened.delta, source],
    ['S17.2 flow', 'further coins to sell down to 92,000', 1317.3, 0.051, more(fallen), source],
    ['S17.2 flow-vol', 'and at σ 1.10', 1423.2, 0.051, more(frightened), source],
  ]
}

export function goldenRows(): GoldenRow[] {
  return [...first(), ...second(), ...greeks()].map(([id, what, expected, tolerance, got, source]) => ({
    id: `options ${id}`,
    group: 'options',
    what,
    expected,
    got,
    tolerance,
    pass: Math.abs(got - expected) <= tolerance,
    source,
  }))
}
