/** Golden vectors of single formulas: A20 to A22, and A1 and A2 step by step. Ratios in ray or wad where the protocol has them so. */

export interface MathVector {
  readonly id: string
  readonly what: string
  readonly source: string
  /** The formula, and its arguments as integers. */
  readonly call: string
  readonly args: readonly string[]
  readonly expected: string
  /** Relative; 0 to the last digit. */
  readonly tolerance: number
}

const ORIGIN = 'aave-dao/aave-v3-origin fd1fbd9 (v3.7)'
const MATH_TESTS = `${ORIGIN}, asserted in tests/protocol/libraries/math`
const RATE_TESTS = `${ORIGIN}, asserted in the tests of DefaultReserveInterestRateStrategyV2`
const RAY = '000000000000000000000000000'
const E18 = '000000000000000000'

const vector = (
  id: string,
  what: string,
  source: string,
  call: string,
  args: string,
  expected: string,
  tolerance = 0,
): MathVector => ({
  id,
  what,
  source,
  call,
  args: args.split(' '),
  expected,
  tolerance,
})

const math = (what: string, call: string, args: string, expected: string, tolerance = 0) =>
  vector('A20', what, MATH_TESTS, call, args, expected, tolerance)
const step = (id: string, what: string, call: string, args: string, expected: string) =>
  vector(
    id,
    `${what}, step by step`,
    `executed amounts of ${id} taken apart by the formulas of LiquidationLogic (${ORIGIN})`,
    call,
    args,
    expected,
  )

/** Base 1 %, kink at 80 %, slopes 4 % and 60 %, nothing abandoned, reserve factor 10 %; arguments: available, debt. */
const CURVE = `10000000000000000000000000 800${'0'.repeat(24)} 40000000000000000000000000 600${'0'.repeat(24)}`
const rate = (what: string, call: string, available: string, debt: string, expected: string) =>
  vector('A21', what, RATE_TESTS, call, `${CURVE} ${available} ${debt} 0 1000`, expected)

export const MATH_VECTORS: readonly MathVector[] = [
  math('8 % linear over 7 years', 'linear_interest', '80000000000000000000000000 220752000', '1560000000000000000000000000'),
  math(
    '100,000 % compounded over 10,000 years',
    'compounded_interest',
    `1000${RAY} 315360000000`,
    '166666716666676666667666666666666600000000000000',
  ),
  math(
    '8 % compounded over 7 years, against the exponential',
    'compounded_interest',
    '80000000000000000000000000 220752000',
    '1750672500296101082549976435',
    0.003,
  ),
  math('rounding up', 'mul_div_ceil', '5 5 3', '9'),
  math('rounding up what needs none', 'mul_div_ceil', '12 6 4', '18'),
  math('percentage of 14.2515e18', 'percent_mul', '14251500000000000000 7442', '10605966300000000000'),
  math('percentage of 9,087,312 ray', 'percent_mul', `9087312${RAY} 1333`, '1211338689600000000000000000000000'),
  math('14.2515e18 by a percentage', 'percent_div', '14251500000000000000 7442', '19150094060736361193'),
  math('9,087,312 ray by a percentage', 'percent_div', `9087312${RAY} 1333`, '68171882970742685671417854463615904'),
  math('wad by wad', 'wad_div', '8745000000000000000 670000000000000000', '13052238805970149254'),
  math('ray by ray', 'ray_div', '8745000000000000000000000000 670000000000000000000000000', '13052238805970149253731343284'),
  rate('borrow rate at the kink', 'borrow_rate', `20${E18}`, `80${E18}`, '50000000000000000000000000'),
  rate('liquidity rate at the kink: 5 % · 0.8 · 0.9', 'liquidity_rate', `20${E18}`, `80${E18}`, '36000000000000000000000000'),
  rate('borrow rate of a pool lent out', 'borrow_rate', '0', `100${E18}`, '650000000000000000000000000'),
  rate('liquidity rate of a pool lent out: 65 % · 0.9', 'liquidity_rate', '0', `100${E18}`, '585000000000000000000000000'),
  vector(
    'A22',
    '5 % compounded over a year',
    'computed from the formula with integers of any length, outside this project',
    'compounded_interest',
    '50000000000000000000000000 31536000',
    '1051270833333333333333333333',
  ),
  step('A1', 'collateral worth the debt', 'mul_div_floor', '1025000000000000000 100000000 2268000000000000000', '45194003'),
  step('A1', 'with the bonus', 'percent_mul_floor', '45194003 10500', '47453703'),
  step('A1', 'without it again', 'percent_div_floor', '47453703 10500', '45194002'),
  step('A1', 'fee on the bonus', 'percent_mul_ceil', '2259701 1000', '225971'),
  step('A2', 'collateral worth the debt', 'mul_div_floor', '2050000000000000000 100000000 2025000000000000000', '101234567'),
  step('A2', 'with the bonus', 'percent_mul_floor', '101234567 10500', '106296295'),
  step('A2', 'debt the collateral reaches for', 'percent_div_ceil', '20250000000 10500', '19285714286'),
  step('A2', 'collateral without the bonus', 'percent_div_floor', '100000000 10500', '95238095'),
  step('A2', 'fee on the bonus', 'percent_mul_ceil', '4761905 1000', '476191'),
]
