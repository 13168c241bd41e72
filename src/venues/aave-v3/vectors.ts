/**
 * Golden vectors as data: situations in text, one step or one expectation a line, and what the contracts gave.
 * Amounts are integers in smallest units. `expect` measures now; every one of them is a row of the scoreboard.
 */

export interface Vector {
  readonly id: string
  readonly what: string
  readonly source: string
  readonly script: string
}

const ORIGIN = 'aave-dao/aave-v3-origin fd1fbd9 (v3.7)'
const EXECUTED = `${ORIGIN}, unmodified contracts executed with these inputs`
const test = (name: string) => `${ORIGIN}, tests/protocol/pool/Pool.Liquidations.t.sol ${name}, numbers read from its events`

/** Health of who owes nothing. */
const SAFE = '115792089237316195423570985008687907853269984665640564039457584007913129639935'

const alice = (wbtc: string, usdx: string) => `
    supply alice WBTC ${wbtc}
    borrow alice USDX ${usdx}`

export const VECTORS: readonly Vector[] = [
  {
    id: 'A1',
    what: 'close factor: half of the whole debt above a health of 0.95',
    source: EXECUTED,
    script: `${alice('100000000', '20500000000')}
    price WBTC 2268000000000
    expect collateral_usd alice 2268000000000
    expect debt_usd alice 2050000000000
    expect health alice 951453658536585365
    liquidate alice WBTC USDX max
    expect repaid 10250000000
    expect to_liquidator 47227732
    expect fee 225971
    expect supplied treasury WBTC 225971
    expect supplied alice WBTC 52546297
    expect owed alice USDX 10250000000
    expect collateral_usd alice 1191750015960
    expect health alice 999907330464000000`,
  },
  {
    id: 'A2',
    what: 'collateral exhausted: what is left of the debt becomes the deficit',
    source: EXECUTED,
    script: `${alice('100000000', '20500000000')}
    price WBTC 2025000000000
    expect health alice 849512195121951219
    liquidate alice WBTC USDX max
    expect repaid 19285714286
    expect to_liquidator 99523809
    expect fee 476191
    expect deficit USDX 1214285714
    expect supplied alice WBTC 0
    expect health alice ${SAFE}
    expect virtual_balance USDX 98785714286
    expect borrow_rate USDX 0
    expect liquidity_rate USDX 0`,
  },
  {
    id: 'A3',
    what: 'a partial liquidation lowers the health when threshold × bonus exceeds it',
    source: EXECUTED,
    script: `${alice('100000000', '20500000000')}
    price WBTC 2025000000000
    liquidate alice WBTC USDX 7777777777
    expect repaid 7777777777
    expect to_liquidator 40137173
    expect fee 192044
    expect supplied alice WBTC 59670783
    expect owed alice USDX 12722222223
    expect collateral_usd alice 1208333355750
    expect health alice 816812242177574797`,
  },
  {
    id: 'A4',
    what: 'a repayment that leaves dust reverts',
    source: EXECUTED,
    script: `${alice('100000000', '20500000000')}
    price WBTC 2150000000000
    expect health alice 901951219512195121
    liquidate alice WBTC USDX 19500000001
    expect revert MustNotLeaveDust`,
  },
  {
    id: 'A4b',
    what: 'a smaller repayment leaves none',
    source: EXECUTED,
    script: `${alice('100000000', '20500000000')}
    price WBTC 2150000000000
    liquidate alice WBTC USDX 18000000000
    expect revert none
    expect to_liquidator 87488371
    expect fee 418605
    expect supplied alice WBTC 12093024
    expect owed alice USDX 2500000000
    expect health alice 894400055040000000`,
  },
  {
    id: 'A5',
    what: 'a leg below 2,000 USD is liquidated whole',
    source: EXECUTED,
    script: `${alice('9000000', '1999000000')}
    price WBTC 2505000000000
    expect health alice 969919959979989994
    liquidate alice WBTC USDX max
    expect repaid 1999000000
    expect to_liquidator 8339139
    expect fee 39901
    expect supplied alice WBTC 620960
    expect health alice ${SAFE}`,
  },
  {
    id: 'A6',
    what: 'the most that may be repaid can itself leave dust',
    source: EXECUTED,
    script: `
    supply alice WBTC 50000000
    borrow alice USDX 6000000000
    borrow alice WETH 2500000000000000000
    price WBTC 2360000000000
    expect health alice 966476190476190476
    liquidate alice WBTC USDX max
    expect revert MustNotLeaveDust
    liquidate alice WBTC USDX 5000000000
    expect revert none`,
  },
  {
    id: 'A7',
    what: 'the liquidator takes shares of the pool',
    source: EXECUTED,
    script: `${alice('100000000', '20500000000')}
    price WBTC 2268000000000
    liquidate alice WBTC USDX 5000000000 shares
    expect supplied bob WBTC 23037917
    expect to_liquidator 23037917
    expect fee 110230
    expect supplied alice WBTC 76851853
    expect owed alice USDX 15500000000
    expect health alice 967083885415741935`,
  },
  {
    id: 'A8',
    what: 'rates, indices and balances over 30 days; a half repaid leaves one unit more than half',
    source: EXECUTED,
    script: `${alice('100000000', '20500000000')}
    expect borrow_rate USDX 18222222222222222222222222
    expect liquidity_rate USDX 3362000000000000000000000
    wait 2592000
    touch USDX
    expect borrow_index USDX 1001498839032861333268084986
    expect liquidity_index USDX 1000276328767123287671232876
    expect owed alice USDX 20530726201
    expect supplied carol USDX 100027632876
    price WBTC 2268000000000
    expect health alice 950029716876257902
    liquidate alice WBTC USDX max
    expect repaid 10265363100
    expect to_liquidator 47298520
    expect owed alice USDX 10265363102
    expect health alice 997059436817571618`,
  },
  {
    id: 'A9',
    what: 'a small part, deep below a health of 0.95',
    source: test('test_partial_liquidate_variable_borrow'),
    script: `${alice('100000000', '20500000000')}
    drop WBTC 2500
    liquidate alice WBTC USDX 106000000
    expect to_liquidator 547010`,
  },
  {
    id: 'A10',
    what: 'two debts with interest, collateral borrowed too',
    source: test('test_liquidate_variable_borrow_repro'),
    script: `${alice('100999999', '20500999999')}
    wait 2592000
    borrow alice WBTC 200000
    wait 2592000
    drop WBTC 1600
    liquidate alice WBTC USDX max
    expect repaid 10303932569
    expect to_liquidator 47476231`,
  },
  {
    id: 'A11',
    what: 'deficit after 30 days of interest',
    source: test('test_liquidate_borrow_bad_debt'),
    script: `${alice('50000000', '11000000000')}
    wait 2592000
    drop WBTC 2000
    liquidate alice WBTC USDX max
    expect repaid 10285714286
    expect to_liquidator 49761904
    expect deficit USDX 723129450`,
  },
  {
    id: 'A12',
    what: 'deficit in three reserves at once',
    source: test('test_liquidate_borrow_burn_multiple_assets_bad_debt'),
    script: `${alice('100999999', '20500999999')}
    wait 2592000
    borrow alice WETH 200000
    borrow alice WBTC 200000
    wait 2592000
    drop WBTC 2150
    liquidate alice WBTC USDX max
    expect repaid 20387571630
    expect to_liquidator 100519048
    expect deficit USDX 174932828
    expect deficit WBTC 200003
    expect deficit WETH 200001`,
  },
  {
    id: 'A13',
    what: 'a debt below 2,000 USD goes whole although the position is large and its health above 0.95',
    source: test('test_full_liquidate_multiple_variable_borrows'),
    script: `
    supply alice WBTC 100000000
    borrow alice USDX 199999999
    borrow alice WETH 10000000000000000000
    drop WBTC 3000
    liquidate alice WBTC USDX max shares
    expect repaid 199999999
    expect to_liquidator 1105819`,
  },
  {
    id: 'A14',
    what: 'one of two collaterals exhausted',
    source: test('test_full_liquidate_multiple_supplies_and_variable_borrows'),
    script: `
    supply alice WBTC 100000000
    supply alice WETH 10000000000000000
    borrow alice USDX 199999999
    borrow alice WETH 10000000000000000000
    drop WBTC 3000
    liquidate alice WETH USDX max shares
    expect repaid 17142858
    expect to_liquidator 9952380952380952
    expect collateral alice WETH 0
    expect collateral alice WBTC 1`,
  },
  {
    id: 'A15',
    what: 'the same asset is collateral and debt, after 20,000 days',
    source: test('test_liquidate_variable_borrow_same_collateral_and_borrow'),
    script: `
    supply alice USDX 2000000000
    borrow alice USDX 1620000000
    wait 1728000000
    liquidate alice USDX USDX max
    expect repaid 1750290400
    expect to_liquidator 1829053468`,
  },
  {
    id: 'A16',
    what: 'units: what is left of the shares does not reach for the fee',
    source: test('test_full_liquidate_atokens_edgecase_collateral_not_enough_to_cover_fee'),
    script: `
    supply alice USDX 49
    borrow alice USDX 30
    indices USDX 2050000000000000000000000000 4050000000000000000000000000
    liquidate alice USDX USDX max shares
    expect repaid 96
    expect to_liquidator 99
    expect deficit USDX 26
    expect supplied alice USDX 0
    expect collateral alice USDX 0`,
  },
  {
    id: 'A17',
    what: 'units: rounding consumes all shares, and the collateral flag goes',
    source: test('test_collateral_bit_remains_after_full_scaled_consumption'),
    script: `
    supply alice USDX 3
    borrow alice USDX 1
    set USDX ltv 4000
    set USDX liquidation_threshold 5000
    set USDX protocol_fee 10000
    indices USDX 1500000000000000000000000000 3000000000000000000000000000
    liquidate alice USDX USDX max
    expect repaid 3
    expect to_liquidator 2
    expect supplied alice USDX 0
    expect collateral alice USDX 0`,
  },
  {
    id: 'A18',
    what: 'e-mode parameters, whatever the reserve says of itself',
    source: test('test_liquidate_emode_position_ltzero_outside_emode'),
    script: `
    set WBTC ltv 0
    set WBTC liquidation_threshold 0
    emode alice 1
    supply alice WBTC 100000000
    borrow alice WETH 12000000000000000000
    drop WBTC 2000
    liquidate alice WBTC WETH max
    expect repaid 6000000000000000000
    expect to_liquidator 50450000`,
  },
  {
    id: 'A19',
    what: 'three wei of collateral are worth nothing: the other debt becomes deficit',
    source: test('test_weth_dust_leftover_rounds_to_zero_in_base_currency'),
    script: `
    supply alice WETH 525000000000000003
    borrow alice USDX 360000000
    borrow alice WETH 1000000000000
    set WETH ltv 8000
    set WETH liquidation_threshold 8500
    indices USDX 1000000000000000000000000000 2500000000000000000000000000
    expect owed alice USDX 900000000
    liquidate alice WETH USDX max
    expect repaid 900000000
    expect to_liquidator 522500000000000000
    expect deficit WETH 1000000000000
    expect owed alice WETH 0
    expect collateral alice WETH 0`,
  },
  {
    id: 'A23',
    what: 'a pool without cash pays no collateral out, but hands over shares',
    source: EXECUTED,
    script: `${alice('100000000', '20500000000')}
    borrow carol WBTC 60000000
    price WBTC 2268000000000
    liquidate alice WBTC USDX max
    expect revert Panic(0x11)
    liquidate alice WBTC USDX max shares
    expect revert none
    expect repaid 10250000000
    expect to_liquidator 47227732
    expect fee 225971`,
  },
  {
    id: 'A24',
    what: 'health a hair below 1',
    source: EXECUTED,
    script: `${alice('100000000', '17200000000')}
    price WBTC 1999999999999
    expect health alice 999999999999500000
    liquidate alice WBTC USDX 1000000000
    expect to_liquidator 5225000
    expect fee 25000
    expect supplied alice WBTC 94750000
    expect owed alice USDX 16200000000
    expect health alice 1005987654320456790`,
  },
  {
    id: 'A24b',
    what: 'health of exactly 1 is safe',
    source: EXECUTED,
    script: `${alice('100000000', '17200000000')}
    price WBTC 2000000000000
    expect health alice 1000000000000000000
    liquidate alice WBTC USDX 1000000000
    expect revert HealthFactorNotBelowThreshold`,
  },
  {
    id: 'A25',
    what: 'rates as a pool of 100,000 is lent out to 45, 80, 95 and 100 %',
    source: EXECUTED,
    script: `
    supply alice WBTC 10000000000
    borrow alice USDX 45000000000
    expect borrow_rate USDX 40000000000000000000000000
    expect liquidity_rate USDX 16200000000000000000000000
    borrow alice USDX 35000000000
    expect borrow_rate USDX 421818181818181818181818182
    expect liquidity_rate USDX 303709090909090909090909091
    borrow alice USDX 15000000000
    expect borrow_rate USDX 585454545454545454545454545
    expect liquidity_rate USDX 500563636363636363636363636
    borrow alice USDX 5000000000
    expect borrow_rate USDX 640000000000000000000000000
    expect liquidity_rate USDX 576000000000000000000000000`,
  },
]
