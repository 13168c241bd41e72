/** Numbers that Morpho's contracts gave, or that its tests assert, as text of integers in the smallest unit unless the row says otherwise. */

export interface Vector {
  readonly source: string
  readonly what: string
  readonly expect: Readonly<Record<string, string>>
  /** Relative; 0 or absent: to the last digit. */
  readonly tolerance?: number
}

const EXECUTED = 'morpho-org/morpho-blue 3085651, contracts executed'
const IRM_TEST = 'morpho-org/morpho-blue-irm 10be222, test/forge/AdaptiveCurveIrmTest.sol, asserted there'
const OWN = 'independent computation in Python integers from the published formula'

/** F1 to F5: loan of 6 decimals, collateral of 18, supply 1,000,000e6, limit 86 %, 100e18 collateral, debt 200,000e6. */
export const VECTORS: Readonly<Record<string, Vector>> = {
  F1: {
    source: EXECUTED,
    what: 'price 2300, seizing 50e18',
    expect: { repaid: '110170000001', shares: '110170000001000000', collateral: '50000000000000000000', borrow: '89829999999' },
  },
  F2: { source: EXECUTED, what: 'price 2300, 1e17 shares', expect: { seized: '45384405917826086956', repaid: '100000000000' } },
  F3: {
    source: EXECUTED,
    what: 'price 2300, all 2e17 shares',
    expect: { seized: '90768811836086956521', repaid: '200000000000', rest: '9231188163913043479' },
  },
  F4: {
    source: EXECUTED,
    what: 'price 2000, seizing all of it',
    expect: {
      repaid: '191600000001',
      badDebt: '8399999999',
      badShares: '8399999999000000',
      supplyAssets: '991600000001',
      supplyShares: '1000000000000000000',
    },
  },
  F5: {
    source: EXECUTED,
    what: 'price 2000, seizing all but the smallest unit',
    expect: { repaid: '191600000001', badDebt: '0', collateral: '1', borrow: '8399999999', supplyAssets: '1000000000000' },
  },
  F6: {
    source: 'morpho-org/morpho-blue test/forge/integration/LiquidateIntegrationTest.sol, asserted there and executed',
    what: 'limit 75 %, collateral 400, debt 300, price 1e36 − 0.01e18, 1 share',
    expect: { seized: '0', repaid: '1' },
  },
  F6b: {
    source: EXECUTED,
    what: 'price 0, seizing all of it',
    expect: { seized: '100000000000000000000', repaid: '0', badDebt: '200000000000', supplyAssets: '800000000000' },
  },
  F7: {
    source: EXECUTED,
    what: 'limit 94.5 %, collateral 100e18, debt 90e18, price 0.95e36, 90e24 shares',
    expect: { seized: '96326224814705803578', repaid: '90000000000000000000' },
  },
  F8: {
    source: IRM_TEST,
    what: 'first rates of the adaptive curve a second: full and at target; bounds; rate at target of 4 % a year',
    expect: { full: '5073566716', target: '1268391679', initial: '1268391679', lowest: '31709791', highest: '63419583967' },
  },
  'F8-empty': { source: IRM_TEST, what: 'first rate at utilisation 0', expect: { rate: '317097919' }, tolerance: 1e-4 },
  'F8-full-5d': {
    source: IRM_TEST,
    what: 'mean rate over 5 days at utilisation 1: 22.976 % a year',
    expect: { mean: '229760000000000000' },
    tolerance: 0.1,
  },
  'F8-empty-5d': {
    source: IRM_TEST,
    what: 'mean rate over 5 days at utilisation 0: 0.724 % a year',
    expect: { mean: '7240000000000000' },
    tolerance: 0.1,
  },
  'F8-half-45d': {
    source: IRM_TEST,
    what: 'rate at target after 45 days at utilisation 95 %: 87.22 % a year',
    expect: { end: '872200000000000000' },
    tolerance: 0.005,
  },
  F9: {
    source: OWN,
    what: 'pre-liquidation: collateral 10e18 at 2300, limits 83 % and 86 %, factor 1.01 to 1.04, part 10 % to 50 %, debt 19,400e6',
    expect: {
      ltv: '843478260869565218',
      quotient: '449275362318840600',
      lif: '1023478260869565218',
      lcf: '279710144927536240',
      most: '5426376811',
    },
  },
  LIF: {
    source: OWN,
    what: 'incentive factor by limit',
    expect: {
      '385': '1150000000000000000',
      '625': '1126760563380281690',
      '770': '1074113856068743286',
      '800': '1063829787234042553',
      '860': '1043841336116910229',
      '915': '1026167265264238070',
      '945': '1016776817488561260',
      '965': '1010611419909044972',
      '980': '1006036217303822937',
    },
  },
}
