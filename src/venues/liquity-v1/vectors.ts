/** Published numbers that the reference must reproduce. Amounts as `mantissa e exponent` of the smallest unit. */

export interface Vector {
  readonly source: string
  readonly what: string
  /** Name of each checked number, and the number. */
  readonly expect: Readonly<Record<string, string>>
  /** Smallest units by which upstream's own assertion lets it be off; 0 exact. */
  readonly within?: number
}

const POOL = 'liquity/dev packages/contracts/test/StabilityPool_SPWithdrawalTest.js, asserted there'
const MATH = 'liquity/dev packages/contracts/test/LiquityMathTest.js, asserted there'

export const VECTORS: Readonly<Record<string, Vector>> = {
  L1: {
    source: POOL,
    what: 'three deposits of 10,000; one liquidation of 10,000 and 100 ETH at 100',
    expect: { deposit: '6666666666666666666666', gain: '33166666666666666667' },
    within: 10_000,
  },
  L2: {
    source: POOL,
    what: 'three deposits of 10,000; liquidations of 5,000, 6,000, 7,000 and 50, 60, 70 ETH',
    expect: { deposit: '4000e18', gain: '59.7e18' },
    within: 10_000,
  },
  L3: {
    source: POOL,
    what: 'deposits of 2,000, 456,000 and 13,100; liquidations of 207,000, 5,000, 46,700 and 2,160, 50, 500 ETH',
    expect: {
      deposit1: '901.719380174061e18',
      deposit2: '205592.018679686e18',
      deposit3: '5906.2619401401e18',
      gain1: '11.4474633835703665e18',
      gain2: '2610.021651454043834e18',
      gain3: '74.9808851623859129e18',
    },
    // Typed upstream with 9 to 15 decimals.
    within: 1_000_000_000,
  },
  L4: {
    source: MATH,
    what: 'base rate after a time, from 0.01 and (last) from 0.1',
    expect: {
      h1: '9438743126816710',
      h5: '7491535384382500',
      h24: '2499999999998550',
      d7: '610351562497',
      tenth_h24: '24999999999985500',
    },
    within: 100_000,
  },
  'L4-power': { source: MATH, what: '0.861616242485528 to the 97th', expect: { power: '531430041443' } },
  L5: {
    source: 'liquity/dev packages/contracts/test/GasCompensationTest.js, asserted there',
    what: 'collateral for gas of 1, 9.999 and 6.0923… ETH; debt of 10 and 123.45 with gas compensation',
    expect: {
      one: '5e15',
      below10: '49995000000000000',
      odd: '30461620440436179',
      debt10: '210e18',
      debt123: '323.45e18',
    },
  },
  'L-capped': {
    source: 'computed from §9.2 of the specification: 1.1 of the debt at the price, 0.5 % of it for the caller, the rest back',
    what: 'recovery mode, 20 ETH and 2,500 LUSD at 150 (ICR 120 %, TCR 130 %), pool of 10,000',
    expect: { gas: '91666666666666666', to_pool: '18241666666666666667', surplus: '1666666666666666667', offset: '2500e18' },
  },
}
