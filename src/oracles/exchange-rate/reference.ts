/** A discount that shrinks in a straight line to maturity, in integers. Source: aave-capo 2c280ef, PendlePriceCapAdapter. */

const WAD = 10n ** 18n
const YEAR_S = 31_536_000n

/** @param discount_per_year 1e18 for all of it. @returns the answer in the measure of `base` */
export function discounted(base: bigint, discount_per_year: bigint, left_s: bigint): bigint {
  return (base * (WAD - (discount_per_year * left_s) / YEAR_S)) / WAD
}

/** The published number beside ours. */
export function goldenRows() {
  const expected = '97534246'
  const got = String(discounted(10n ** 8n, WAD / 10n, 90n * 86_400n))
  return [
    {
      id: 'exchange-rate PT',
      group: 'exchange-rate',
      what: 'principal token at 10 % a year, 90 days to maturity, base 1e8',
      expected,
      got,
      tolerance: 0,
      pass: got === expected,
      source: 'independent computation from the formula of the adapter (aave-capo 2c280ef)',
    },
  ]
}
