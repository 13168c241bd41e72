/** The pool in which the golden vectors happen. */

/** Prices with 8 decimals, percentages in basis points, rates in ray. */
export const FIXTURE = {
  source: 'aave-dao/aave-v3-origin fd1fbd9 (v3.7), tests/mocks/AaveV3TestListing.sol',
  assets: ['USDX', 'WBTC', 'WETH'],
  decimals: [6, 8, 18],
  prices: ['100000000', '2700000000000', '180000000000'],
  ltv: '8250',
  liquidation_threshold: '8600',
  liquidation_bonus: '10500',
  protocol_fee: '1000',
  reserve_factor: '1000',
  base_rate: '0',
  optimal_usage: '450000000000000000000000000',
  slope1: '40000000000000000000000000',
  slope2: '600000000000000000000000000',
  opening: `
    supply carol USDX 100000000000
    supply carol WETH 100000000000000000000`,
} as const
