/** Published numbers that the reference must reproduce to the last digit. Amounts as `mantissa e exponent` of the smallest unit. */

export interface Vector {
  readonly source: string
  readonly what: string
  readonly expect: Readonly<Record<string, string>>
}

const EXECUTED =
  'liquity/bold 405f912, unmodified contracts executed: WETH branch, A 10 WETH and 10,000 BOLD, B 100 WETH and 20,000 BOLD, both at 5 %'
const TEST = 'liquity/bold test/liquidations.t.sol, numbers read from its events'

export const VECTORS: Readonly<Record<string, Vector>> = {
  B1: {
    source: EXECUTED,
    what: 'pool 15,000, price 1080: all is offset, the rest goes back',
    expect: {
      debt: '10009589041095890410958',
      debtB: '20019178082191780821917',
      icr: '1078965375667168468',
      gas: '50000000000000000',
      to_pool: '9731544901065449010',
      surplus: '218455098934550990',
      pool_left: '4990410958904109589042',
    },
  },
  B2: {
    source: EXECUTED,
    what: 'pool 4,000: 1 BOLD stays in it, the rest is redistributed with what the cap left',
    expect: {
      offset: '3999e18',
      gas: '19975845080060216',
      to_pool: '3887916666666666666',
      debt_out: '6010589041095890410958',
      coll_out: '6092107488253273118',
      surplus: '0',
      debtB: '26029767123287671232817',
      collB: '106092107488253273100',
    },
  },
  B3: {
    source: EXECUTED,
    what: 'pool 0: all is redistributed, no collateral for the caller',
    expect: {
      gas: '0',
      debt_out: '10009589041095890410958',
      coll_out: '10e18',
      debtB: '30028767123287671232817',
      collB: '110e18',
    },
  },
  B4: {
    source: EXECUTED,
    what: 'pool 15,000, price 980: the pool takes all collateral at a loss',
    expect: { icr: '979061174216504721', to_pool: '9.95e18', surplus: '0' },
  },
  'B5-surplus': {
    source: `${TEST} testLiquidationOffsetWithSurplus`,
    what: '2 WETH, 2,000 BOLD at 0.5 %, price a wei below 1100',
    expect: { offset: '2000191780821917808219', to_pool: '1909273972602739726', surplus: '80726027397260274' },
  },
  'B5-no-surplus': {
    source: `${TEST} testLiquidationOffsetNoSurplus (10 WETH and 10,000 BOLD taken as its inputs)`,
    what: 'price 1030',
    expect: { to_pool: '9.95e18', surplus: '0' },
  },
  'B5-redistribution': {
    source: `${TEST} testLiquidationRedistributionNoSurplus (2 WETH over a stake of 4 taken as its inputs)`,
    what: 'collateral per stake',
    expect: { l_coll: '500000000000000000' },
  },
  'B5-mix': {
    source: `${TEST} testLiquidationMix`,
    what: 'the trove of B5-surplus with a pool of 1,000',
    expect: {
      offset: '999e18',
      to_pool: '953590909090909090',
      debt_out: '1001191780821917808219',
      coll_out: '1001191780821917808',
      surplus: '40222789013851366',
    },
  },
}
