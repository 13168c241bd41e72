/** Published numbers that the reference must reproduce. Amounts as `mantissa e exponent` of the smallest unit. */

export interface Vector {
  readonly source: string
  readonly what: string
  readonly expect: Readonly<Record<string, string>>
}

const COMPUTED =
  'independent computation from the formulas of euler-vault-kit 5b98b42 with inputs of test/unit/evault/modules/Liquidation'
const TEST = 'euler-vault-kit test/unit/evault/modules/Liquidation/full.t.sol, asserted there'

export const VECTORS: Readonly<Record<string, Vector>> = {
  G1: {
    source: COMPUTED,
    what: '10 at 0.5, LTV 0.9, debt 5 at 1, discount up to 20 %',
    expect: { adjusted: '4.5e18', factor: '0.9e18', repay: '4.5e18', yield_: '10e18', socialised: '0.5e18' },
  },
  G2: {
    source: COMPUTED,
    what: '100 at 0.4, LTV 0.3, debt 5 at 2.5, discount up to 20 %',
    expect: { factor: '0.96e18', repay: '5e18', yield_: '32552083333333333332' },
  },
  G3: {
    source: COMPUTED,
    what: '100 at 0.4, LTV 0.99, debt 17 at 2.7, discount up to 20 %; a quarter of it',
    expect: {
      factor: '862745098039215686',
      repay: '12781408859840232385',
      yield_: '100e18',
      quarter_repay: '3195352214960058096',
      quarter_yield: '24999999999999999998',
    },
  },
  G4: {
    source: TEST,
    what: 'health 0.857 with a discount of up to 11, 1, 0 and 15 %',
    expect: { at11: '0.89e18', at1: '0.99e18', at0: '1e18', at15: '857142857142857142' },
  },
  G5: {
    source: COMPUTED,
    what: '10 at 2200, LTV 0.86, debt 19,500, discount up to 15 %',
    expect: { factor: '970256410256410256', repay: '19500e18', yield_: '9135354603113588318' },
  },
}
