/** Numbers that Comet gave, or that its tests assert, as text of integers in the smallest unit. */

export interface Vector {
  readonly source: string
  readonly what: string
  readonly expect: Readonly<Record<string, string>>
}

const test = (name: string) => `compound-finance/comet d5a30b0, test/${name}-test.ts, asserted there`
const EXECUTED = 'compound-finance/comet d5a30b0, contract executed with the parameters of its first USDC market'

export const VECTORS: Readonly<Record<string, Vector>> = {
  D1: {
    source: test('quote-collateral'),
    what: 'collateral per base: factors 0.6/0.5 at 200 for 200; no store-front discount; 0.8/0.5 at 9 for 810; 0.75/0.8 at 200 for 1e15',
    expect: {
      discounted: '1250000000000000000',
      plain: '1000000000000000000',
      nine: '100000000000000000000',
      large: '6250000000000000000000000000000',
    },
  },
  D2: {
    source: test('buy-collateral'),
    what: 'price 1, factors 0.8/0.5, paying 50e6',
    expect: { got: '55555555555555555555', reserves: '50000000' },
  },
  D3: {
    source: test('absorb'),
    what: 'no collateral: one owes 100; of 2000 owed, two owe 100 and 700',
    expect: { paidOut: '100', reserves: '0', borrowed: '1200' },
  },
  D4: {
    source: test('absorb'),
    what: 'collateral worth 44175e6 for a debt one unit less',
    expect: { supply: '1', totalSupply: '1', reserves: '-1' },
  },
  D5: {
    source: test('is-liquidatable'),
    what: 'debt 100k against 100k at factor 1, 95k at 1, 100k at 0.8',
    expect: { equal: '0', less: '1', weighted: '1' },
  },
  D6: {
    source: EXECUTED,
    what: '10 WETH and 0.5 WBTC, debt 20,000e6, prices to 1300 and 20,000; quotes for 1000e6; 14,000e6 is refused, 12,000e6 buys WETH',
    expect: {
      paidOut: '21850000000',
      userSupply: '1850000000',
      reserves: '-21850000000',
      quoteWeth1000: '788954635108481262',
      quoteWbtc1000: '5128205',
      refused: 'InsufficientReserves',
      buy12000: '9467455621301775147',
      reservesAfter: '-9850000000',
    },
  },
  D7: {
    source: EXECUTED,
    what: '10 WETH at 1600, debt 16,000e6: worth less than the debt after the haircut',
    expect: { paidOut: '16000000000', userSupply: '0', reserves: '-16000000000', weth: '10000000000000000000' },
  },
  D8: {
    source: EXECUTED,
    what: '10 WETH, debt 16,000e6, 30 days, then 1780',
    expect: {
      bRatePerSec: '493404362',
      sRatePerSec: '16489091',
      borrowBal: '16020462465',
      reservesBefore: '-22277258',
      paidOut: '16910000000',
      userSupply: '889537534',
      principal: '889499518',
    },
  },
  D9: { source: EXECUTED, what: '10 WETH at 1787, debt 16,000e6', expect: { surplus: '976500000' } },
  D10: {
    source: test('interest-rate'),
    what: 'rates a year in 1e-4: base 1 %, 5 % to the kink at 80 %, 30 % beyond, at 10 % and 90 %; supply 4 % and 40 %',
    expect: { borrow10: '150', borrow90: '800', supply10: '40', supply90: '720' },
  },
}
