/** Numbers that Compound's and Venus's tests assert, or that were computed from their formulas, as text of integers in the smallest unit. */

export interface Vector {
  readonly source: string
  readonly what: string
  readonly expect: Readonly<Record<string, string>>
}

const SEIZE_TEST = 'compound-finance/compound-protocol a3214f6, tests/Comptroller/liquidateCalculateAmountSeizeTest.js'

export const VECTORS: Readonly<Record<string, Vector>> = {
  'C1-0': {
    source: SEIZE_TEST,
    what: 'exchange rate, prices, incentive and repayment 1',
    expect: { seize: '1000000000000000000' },
  },
  'C1-1': { source: SEIZE_TEST, what: 'exchange rate 2', expect: { seize: '500000000000000000' } },
  'C1-2': {
    source: SEIZE_TEST,
    what: 'exchange rate 2, prices 2 and 1.42, incentive 1.3, repayment 2.45',
    expect: { seize: '2242957746478873238' },
  },
  'C1-3': {
    source: SEIZE_TEST,
    what: 'exchange rate 2.789, prices 5.230480842 and 771.32, incentive 1.3, repayment 10002.45',
    expect: { seize: '31616096631969328535' },
  },
  'C1-zero': { source: SEIZE_TEST, what: 'price 0 on either side', expect: { debt: 'PRICE_ERROR', collateral: 'PRICE_ERROR' } },
  C2: {
    source: 'compound-finance/compound-protocol a3214f6, tests/Tokens/liquidateTest.js, asserted there',
    what: '40 cTokens seized at exchange rate 0.2: 2.8 % to reserves',
    expect: { protocol: '1120000000000000000', liquidator: '38880000000000000000', reserves: '224000000000000000' },
  },
  C3: {
    source: 'independent computation in Python integers from the published formula',
    what: '5000 USDC repaid for ETH at 2000, exchange rate 0.02, incentive 1.08: cTokens of 8 decimals, ETH',
    expect: {
      seize: '13500000000',
      protocol: '378000000',
      liquidator: '13122000000',
      units: '2624400000000000000',
      reserves: '75600000000000000',
    },
  },
  C4: {
    source: 'compound-finance/compound-protocol a3214f6, spec/scenario/InKindLiquidation.scen, asserted there',
    what: '100 supplied at factor 0.5 and 1 borrowed in kind at 5e-6 a block: after 19.6 and 20 million blocks; too much; incentive 1.1',
    expect: {
      debt19: '99000000000000000000',
      liquidity19: '0',
      refused19: 'INSUFFICIENT_SHORTFALL',
      debt20: '101000000000000000000',
      liquidity20: '-1000000000000000000',
      tooMuch: 'TOO_MUCH_REPAY',
      smaller: 'accepted',
    },
  },
  VENUS: {
    source: 'VenusProtocol/venus-protocol ce5c8be, tests/hardhat/Liquidator/liquidatorTest.ts, asserted there',
    what: 'of 4000 seized at incentive 1.1, the treasury gets 5 % of the bonus',
    expect: { bonus: '363', treasury: '18', liquidator: '3982' },
  },
}
