/**
 * Rules and portfolios of the open engine's own tests, typed in from derivatives reference §7 (derivexyz v2-core @7736900d,
 * test/config-test.sol and test/risk-managers), for golden rows and tests. No exchange of ours reads them.
 */
import type { Collateral, Expiry, MarginRules, OptionLeg, Portfolio, Scenario, VolMove } from './portfolio-margin.ts'

const DAY_S = 86_400

const grid = (moves: readonly number[], vols: readonly VolMove[]): Scenario[] =>
  moves.flatMap((move) => vols.map((vol) => ({ spot: 1 + move, vol, damping: 1 })))

/** Version 1 as its portfolio cases set it: ±15 % in 5 % steps × three vols. */
export const FIRST_RULES: MarginRules = {
  scenarios: grid([0.15, 0.1, 0.05, 0, -0.05, -0.1, -0.15], ['up', 'none', 'down']),
  vol: { up: 0.45, down: 0.3, least: 0, short_power: 0.3, long_power: 0.13, floor_s: DAY_S },
  skew: undefined,
  gain: { base: 0.95, rate: 4, add: 0.12 },
  loss: undefined,
  discounted: false,
  basis: { up: 1.05, down: 0.95, add: 0.25, multiple: 0.01 },
  maintenance: 1,
  initial: 1.3,
  contingency_in_factor: true,
  peg: { threshold: 0.98, factor: 2 },
  confidence: { threshold: 0.6, margin: 0.4 },
  perp: { maintenance: 0.025, initial: 0 },
  option: { maintenance: 0.01, initial: 0 },
}

/** Version 2 as its fixtures set it: ±18 % in 4.5 % steps, tails at 0.036 ÷ |move| (−66 and −33 % at 0.036), two tilts. */
export const SECOND_RULES: MarginRules = {
  scenarios: [
    { spot: 1.18, vol: 'up', damping: 1 },
    ...grid([0.135, 0.09, 0.045, 0, -0.045, -0.09, -0.135], ['down', 'none', 'up']),
    { spot: 0.82, vol: 'up', damping: 1 },
    { spot: 0.34, vol: 'up', damping: 0.036 / 0.66 },
    { spot: 0.67, vol: 'up', damping: 0.036 / 0.33 },
    { spot: 1.5, vol: 'up', damping: 0.072 },
    { spot: 2, vol: 'up', damping: 0.036 },
    { spot: 3, vol: 'up', damping: 0.018 },
    { spot: 4, vol: 'up', damping: 0.012 },
    { spot: 1, vol: 'linear', damping: 1 },
    { spot: 1, vol: 'abs', damping: 1 },
  ],
  vol: { up: 0.5, down: 0.275, least: 0.45, short_power: 0.3, long_power: 0.13, floor_s: DAY_S },
  skew: {
    linear_base: 0.15,
    linear_slope: -0.05,
    abs_base: 0.15,
    abs_slope: -0.05,
    least_width: 0.01,
    width: 4,
    vol: 0.6,
    vol_slope: -0.1,
  },
  gain: { base: 0.95, rate: 1, add: 0.08 },
  loss: { base: 1.04, rate: 0.5, add: 0.08 },
  discounted: true,
  basis: { up: 1.045, down: 0.955, add: 0.5, multiple: 2 },
  maintenance: 0.8,
  initial: 1,
  contingency_in_factor: false,
  peg: { threshold: 0.98, factor: 2 },
  confidence: { threshold: 0.55, margin: 1 },
  perp: { maintenance: 0.015, initial: 0.005 },
  option: { maintenance: 0.003, initial: 0.002 },
}

export const nothing = { amount: 0, price: 0, value: 0, confidence: 1 }

/** Version 1's market: spot 2,000, perpetual 2,001, σ 0.5, r 0.02, forwards by days to expiry; where a case changes it. */
export interface FirstMarket {
  readonly spot?: number
  readonly stable?: number
  readonly confidence?: number
  /** Price and confidence of the perpetual. */
  readonly perp?: readonly [number, number]
  /** Forward and confidence by days. */
  readonly forwards?: Readonly<Record<number, readonly [number, number]>>
  /** Vol and confidence by days and strike. */
  readonly vols?: Readonly<Record<string, readonly [number, number]>>
}

const FORWARDS: NonNullable<FirstMarket['forwards']> = { 10: [2002.83305, 1], 17: [2004.7545, 1], 57: [2015.7696, 1] }

/** What its cases of broken pegs and unsure feeds set (TestPMRM_PortfolioCases.t.sol, cases 39 to 44). */
export const FIRST_MARKETS: Readonly<Record<string, FirstMarket>> = {
  test_depeg_contingency_pm: { stable: 0.2 },
  test_oracle_cont_long_call_pm: { confidence: 0.1, vols: { '17 1700': [0.5, 0.3] }, forwards: { 17: [2004.75, 0.4] } },
  test_oracle_cont_short_call_pm: { confidence: 0.1, vols: { '17 1700': [0.5, 0.1] }, forwards: { 17: [2004.75, 0.4] } },
  test_oracle_cont_base_asset_pm: { confidence: 0.1 },
  test_oracle_cont_long_perp_asset_pm: { confidence: 0.3, perp: [2001, 0.1] },
  test_general_portfolio_pm: {
    spot: 2004,
    confidence: 0.3,
    perp: [2017, 0.3],
    vols: { '17 1700': [0.15, 0.1], '17 2100': [1.01, 0.1], '17 1000': [0.33, 0.1] },
    forwards: { 57: [2014.7545, 0.2] },
  },
}

export interface FirstBook {
  readonly cash?: number
  readonly base?: number
  /** Amount and entry price. */
  readonly perp?: readonly [number, number]
  /** Days, strike, call or put, amount. */
  readonly options?: readonly (readonly [number, number, 'C' | 'P', number])[]
}

function first_expiry(days: number, options: NonNullable<FirstBook['options']>, market: FirstMarket): Expiry {
  const [forward, sure] = (market.forwards?.[days] ?? FORWARDS[days]) as readonly [number, number]
  let confidence = sure
  const legs = options.map(([, strike, type, amount]): OptionLeg => {
    const [vol, of_vol] = market.vols?.[`${days} ${strike}`] ?? [0.5, 1]
    confidence = Math.min(confidence, of_vol)
    return { call: type === 'C', strike, vol, amount }
  })
  return { seconds: days * DAY_S + 8 * 3600, forward, fixed: 0, rate: 0.02, confidence, options: legs }
}

/** A portfolio in version 1's market. Its expiries are 10, 17 and 57 days and 8 hours away. */
export function first_portfolio({ cash = 0, base = 0, perp, options = [] }: FirstBook, market: FirstMarket = {}): Portfolio {
  const { spot = 2000, stable = 1, confidence = 1, perp: [price, sure] = [2001, 1] } = market
  const days = [...new Set(options.map(([day]) => day))]
  const notional = base * spot
  return {
    spot,
    spot_confidence: confidence,
    stable,
    cash,
    perp: perp === undefined ? nothing : { amount: perp[0], price, value: perp[0] * (price - perp[1]), confidence: sure },
    expiries: days.map((day) =>
      first_expiry(
        day,
        options.filter(([of]) => of === day),
        market,
      ),
    ),
    collaterals:
      base === 0
        ? []
        : [{ value: notional / stable, notional, confidence: 1, maintenance: 0.025, initial: 0, risk_cancelling: true }],
  }
}

/** Where version 2's general case (test_61) has other rules. */
export const GENERAL_RULES: MarginRules = {
  ...SECOND_RULES,
  scenarios: [
    ...SECOND_RULES.scenarios.slice(0, 23),
    { spot: 0.34, vol: 'up', damping: 0.25 },
    { spot: 0.67, vol: 'up', damping: 0.5 },
    { spot: 1.5, vol: 'up', damping: 1 / 3 },
    { spot: 2, vol: 'up', damping: 0.2 },
    { spot: 3, vol: 'up', damping: 0.1 },
    { spot: 1, vol: 'linear', damping: 3 },
    { spot: 1, vol: 'abs', damping: 1 },
  ],
  skew: {
    linear_base: 4,
    linear_slope: -0.05,
    abs_base: 0.15,
    abs_slope: -0.05,
    least_width: 0.01,
    width: 3,
    vol: 2.5,
    vol_slope: -0.9,
  },
}

/** Seconds, forward, rate, least confidence; of its options: strike, call or put, vol, amount. */
const GENERAL_EXPIRIES = [
  [794_852, 1734, 0.53, 0.4, [100, 'C', 1886.2946496130742, -1], [5600, 'C', 1861.087694981364, -12]],
  [
    1_399_652,
    2134,
    2.12,
    0.2,
    [2300, 'P', 0.6547716024217306, 52],
    [3000, 'P', 0.7835591639303785, -23],
    [3100, 'C', 0.8006130306474406, -23],
  ],
  [3_214_052, 1111, 0.21, 0.31, [5000, 'C', 0.9247166607631531, 3], [20_000, 'P', 0.9247166607631531, -23]],
  [11_076_452, 611, 0.27, 0.11, [10_000, 'C', 0.9622808571129519, -200], [2000, 'P', 0.8795820739028171, 1000]],
  [18_938_852, 2234, 0.29, 0.51, [3000, 'C', 347.26350790300535, -1], [4000, 'C', 339.8353974095024, -200]],
] as const

/** Amount, price, confidence, haircut of maintenance, further of initial, moves with spot. */
const GENERAL_COINS = [
  [25, 3124, 0.1456, 0.03, 0.01, true],
  [100, 1234, 0.1269, 0.015, 0.005, true],
  [23, 112_468, 0.25478, 0.25, 0.05, false],
  [4, 122_106, 0.5395, 0.35, 0.1, false],
  [11_111, 1.42, 0.999, 0.12, 0.03, false],
  [45_654, 1.1, 0.26, 0.2, 0.05, false],
  [49, 4329, 0.38953, 0.05, 0.01, true],
  [99_853, 1.01, 0.8423, 0.08, 0.02, false],
  [45_654, 2.4, 0.9, 0.25, 0.1, false],
] as const

export function collateral(
  [amount, price, confidence, maintenance, initial, risk_cancelling]: (typeof GENERAL_COINS)[number],
  stable: number,
): Collateral {
  const value = (amount * price) / stable
  return { value, notional: value, confidence, maintenance, initial, risk_cancelling }
}

/** Nine collaterals, eleven options, a perpetual, a broken peg, unsure feeds (test_61_general_general_test_1). */
export const GENERAL: Portfolio = {
  spot: 1234,
  spot_confidence: 0.1269,
  stable: 0.56,
  cash: -12_312_324,
  perp: { amount: -123, price: 4000, value: -123_000 + 20_049, confidence: 0.2123 },
  expiries: GENERAL_EXPIRIES.map(([seconds, forward, rate, confidence, ...options]) => ({
    seconds,
    forward,
    fixed: 0,
    rate,
    confidence,
    options: options.map(([strike, type, vol, amount]) => ({ call: type === 'C', strike, vol, amount })),
  })),
  collaterals: GENERAL_COINS.map((coin) => collateral(coin, 0.56)),
}
