/** Pooled lenders: USDC is owed against WETH and WBTC, unless said otherwise. */
import type { Adapter, Listed, Plain } from '../adapter.ts'
import { f64, i32, OWNER, owners, PLAIN, split } from './plain.ts'

const ETH = 2_000
const BTC = 40_000
const ASSETS = { WETH: ETH, WBTC: BTC, USDC: 1 } as const
/** USDC that suppliers who are not listed have in the pool. */
const POOL = 20e6

/** Entries of (row, collateral units) of the accounts, for specs that list positions. */
function collateral(accounts: readonly Listed<Plain>[], weights: readonly [number, number]) {
  const rows = accounts.map(({ account }, row) => {
    const { first, other, carries } = split(account, weights)
    return { row, eth: first / ETH, btc: other / BTC, debt: carries / account.health }
  })
  return { rows, owed: rows.reduce((sum, { debt }) => sum + debt, 0) }
}

export const aaveV3: Adapter = {
  ...PLAIN,
  kind: 'aave-v3',
  family: 'lender',
  assets: ASSETS,
  moves: ['WETH', 'WBTC', 'USDC'],
  held: ['WETH', 'WBTC'],
  owed: ['USDC'],
  serves: [...OWNER, 'liquidate'],
  spec(accounts) {
    const { rows, owed } = collateral(accounts, [0.83, 0.78])
    const reserve = (asset: string, threshold: number, fields: object) => ({
      asset,
      ltv: threshold - 0.05,
      liquidation_threshold: threshold,
      liquidation_bonus: 0.05,
      protocol_fee: 0.1,
      reserve_factor: 0.1,
      slope1: 0.04,
      slope2: 0.6,
      oracle: asset,
      ...fields,
    })
    const entries = rows.flatMap(({ row, eth, btc, debt }) => [
      [row, 0, eth, 0],
      [row, 1, btc, 0],
      [row, 2, 0, debt],
    ])
    const column = (k: number) => entries.map((entry) => entry[k] as number)
    const own = (r: number) => entries.reduce((sum, [, at, units]) => sum + (at === r ? (units as number) : 0), 0)
    return {
      reserves: [
        reserve('WETH', 0.83, { cash: own(0) + 100 }),
        reserve('WBTC', 0.78, { cash: own(1) + 5 }),
        reserve('USDC', 0.78, { cash: POOL - owed, supply_cap: POOL * 2 }),
      ],
      accounts: { owner: owners(accounts) },
      positions: { account: i32(column(0)), reserve: i32(column(1)), collateral: f64(column(2)), debt: f64(column(3)) },
    }
  },
  breach: 'below',
  health: 'own',
  plain: true,
  monotone: true,
  faults: ['reserve:venue.WETH', 'reserve:venue.USDC'],
  variants: ['3.0', '3.2', '3.4', '3.6'].map((version) => ({ version })),
}

export const compoundV2: Adapter = {
  ...PLAIN,
  kind: 'compound-v2',
  family: 'lender',
  assets: ASSETS,
  moves: ['WETH', 'WBTC', 'USDC'],
  held: ['WETH', 'WBTC'],
  owed: ['USDC'],
  serves: [...OWNER, 'liquidate'],
  spec(accounts) {
    const { rows, owed } = collateral(accounts, [0.8, 0.7])
    const entries = rows.flatMap(({ row, eth, btc, debt }) => [
      [row, 0, eth, 0],
      [row, 1, btc, 0],
      [row, 2, 0, debt],
    ])
    const column = (k: number) => entries.map((entry) => entry[k] as number)
    const own = (r: number) => entries.reduce((sum, [, at, units]) => sum + (at === r ? (units as number) : 0), 0)
    const market = (asset: string, collateral_factor: number, cash: number, more: object = {}) => ({
      asset,
      collateral_factor,
      cash,
      oracle: asset,
      reserve_factor: 0.1,
      slope: 0.05,
      kink: 0.8,
      jump: 1,
      ...more,
    })
    return {
      markets: [
        market('WETH', 0.8, own(0) + 100),
        market('WBTC', 0.7, own(1) + 5),
        market('USDC', 0.85, POOL - owed, { borrow_cap: POOL }),
      ],
      accounts: { owner: owners(accounts) },
      positions: { account: i32(column(0)), market: i32(column(1)), supply: f64(column(2)), debt: f64(column(3)) },
    }
  },
  breach: 'below',
  health: 'own',
  plain: true,
  monotone: true,
  faults: ['seize:venue'],
  // Venus: a part of the bonus goes to the treasury instead.
  variants: [{ incentive: 1.1, seize_share: 0, treasury_share: 0.5 }],
}

export const compoundV3: Adapter = {
  ...PLAIN,
  kind: 'compound-v3',
  family: 'lender',
  assets: ASSETS,
  moves: ['WETH', 'WBTC', 'USDC'],
  held: ['WETH', 'WBTC'],
  owed: ['USDC'],
  serves: [...OWNER, 'start', 'bid'],
  spec(accounts) {
    const { rows, owed } = collateral(accounts, [0.895, 0.77])
    const entries = rows.flatMap(({ row, eth, btc }) => [
      [row, 0, eth],
      [row, 1, btc],
    ])
    const column = (k: number) => entries.map((entry) => entry[k] as number)
    const of = (asset: string, borrow_factor: number, liquidate_factor: number) => ({
      asset,
      borrow_factor,
      liquidate_factor,
      liquidation_factor: 0.95,
      supply_cap: 1e9,
      oracle: asset,
    })
    return {
      base: 'USDC',
      base_oracle: 'USDC',
      borrow_min: 100,
      target_reserves: 5e6,
      borrow_curve: { base: 0.015, low: 0.035, kink: 0.8, high: 0.25 },
      supply_curve: { base: 0, low: 0.0325, kink: 0.8, high: 0.4 },
      cash: POOL - owed,
      supply: POOL,
      collaterals: [of('WETH', 0.825, 0.895), of('WBTC', 0.7, 0.77)],
      absorber: 'offers',
      accounts: { owner: owners(accounts), base: f64(rows.map(({ debt }) => -debt)) },
      positions: { account: i32(column(0)), collateral: i32(column(1)), amount: f64(column(2)) },
    }
  },
  breach: 'below',
  health: 'own',
  plain: true,
  monotone: true,
  faults: ['supply:venue', 'withdraw:venue', 'absorb:venue', 'buy:venue'],
  variants: [{ absorber: 'bots' }, { absorb_reward: 50 }],
}

/** An account is in one market: of WETH or, if most of it is in the second collateral, of WBTC. */
export const morphoBlue: Adapter = {
  ...PLAIN,
  kind: 'morpho-blue',
  family: 'lender',
  assets: ASSETS,
  moves: ['WETH', 'WBTC', 'USDC'],
  held: ['WETH', 'WBTC'],
  owed: ['USDC'],
  serves: [...OWNER, 'liquidate'],
  spec(accounts) {
    const rows = accounts.map(({ account }) => {
      const market = account.second > 0.5 ? 1 : 0
      const lltv = market === 1 ? 0.77 : 0.86
      return { market, units: account.usd / (market === 1 ? BTC : ETH), debt: (account.usd * lltv) / account.health }
    })
    const of = (asset: string, lltv: number, more: object = {}) => ({
      loan: 'USDC',
      collateral: asset,
      lltv,
      loan_decimals: 6,
      fee: 0.1,
      supply: POOL,
      collateral_oracle: asset,
      loan_oracle: 'USDC',
      ...more,
    })
    const pre = { pre_lltv: 0.83, factor_low: 1.01, factor_high: 1.04, part_low: 0.1, part_high: 0.5 }
    return {
      markets: [of('WETH', 0.86, { pre_liquidation: pre }), of('WBTC', 0.77)],
      accounts: {
        owner: owners(accounts),
        market: i32(rows.map(({ market }) => market)),
        collateral: f64(rows.map(({ units }) => units)),
        debt: f64(rows.map(({ debt }) => debt)),
        pre_liquidation: i32(accounts.map(({ account }) => (account.usd > 50_000 ? 1 : 0))),
      },
    }
  },
  breach: 'below',
  health: 'own',
  plain: true,
  monotone: true,
  faults: [],
}

export const eulerV2: Adapter = {
  ...PLAIN,
  kind: 'euler-v2',
  family: 'lender',
  assets: ASSETS,
  moves: ['WETH', 'WBTC', 'USDC'],
  held: ['WETH', 'WBTC'],
  owed: ['USDC'],
  serves: [...OWNER, 'liquidate', 'takeover'],
  spec(accounts) {
    const { rows, owed } = collateral(accounts, [0.86, 0.8])
    const entries = rows.flatMap(({ row, eth, btc }) => [
      [row, 0, eth],
      [row, 1, btc],
    ])
    const column = (k: number) => entries.map((entry) => entry[k] as number)
    const own = (v: number) => entries.reduce((sum, [, at, units]) => sum + (at === v ? (units as number) : 0), 0)
    return {
      vaults: [
        { id: 'eWETH', asset: 'WETH', oracle: 'WETH', cash: own(0) + 100 },
        { id: 'eWBTC', asset: 'WBTC', oracle: 'WBTC', cash: own(1) + 5 },
        {
          id: 'eUSDC',
          asset: 'USDC',
          oracle: 'USDC',
          cash: POOL - owed,
          borrow_cap: POOL,
          max_liquidation_discount: 0.15,
          ltvs: [
            { collateral: 'eWETH', borrow_ltv: 0.8, liquidation_ltv: 0.86 },
            { collateral: 'eWBTC', borrow_ltv: 0.75, liquidation_ltv: 0.8 },
          ],
        },
      ],
      accounts: {
        owner: owners(accounts),
        vault: i32(rows.map(() => 2)),
        debt: f64(rows.map(({ debt }) => debt)),
      },
      supplies: { account: i32(column(0)), vault: i32(column(1)), amount: f64(column(2)) },
    }
  },
  breach: 'at or below',
  health: 'own',
  plain: true,
  monotone: true,
  faults: ['vault:venue.eWETH', 'vault:venue.eUSDC'],
}

/** An account is a position in one vault: of WETH or, if most of it is in the second collateral, of WBTC. Ticks round what it owes up, by 0.15 % at most. */
export const fluid: Adapter = {
  ...PLAIN,
  kind: 'fluid',
  family: 'lender',
  assets: ASSETS,
  moves: ['WETH', 'WBTC', 'USDC'],
  held: ['WETH', 'WBTC'],
  owed: ['USDC'],
  serves: [...OWNER, 'liquidate', 'start', 'bid'],
  rare: ['start', 'bid'],
  spec(accounts) {
    const rows = accounts.map(({ account }) => {
      const vault = account.second > 0.5 ? 1 : 0
      const units = account.usd / (vault === 1 ? BTC : ETH)
      return { vault, units, debt: (account.usd * 0.75) / (account.health * 1.0015) }
    })
    const owed = rows.reduce((sum, { debt }) => sum + debt, 0)
    const of = (id: string, collateral: string) => ({
      id,
      collateral,
      debt: 'USDC',
      collateral_factor: 0.74,
      liquidation_threshold: 0.75,
      max_limit: 0.96,
      penalty: 0.02,
    })
    const curve = { kink: 0.85, base: 0.01, at_kink: 0.08, at_full: 1 }
    return {
      pools: [
        { asset: 'WETH', supply: 100, oracle: 'WETH', curve },
        { asset: 'WBTC', decimals: 8, supply: 5, oracle: 'WBTC' },
        { asset: 'USDC', decimals: 6, supply: POOL, other_debt: POOL / 2 - owed, oracle: 'USDC', curve },
      ],
      vaults: [of('eth', 'WETH'), of('btc', 'WBTC')],
      absorber: 'offers',
      accounts: {
        owner: owners(accounts),
        vault: i32(rows.map(({ vault }) => vault)),
        collateral: f64(rows.map(({ units }) => units)),
        debt: f64(rows.map(({ debt }) => debt)),
      },
    }
  },
  breach: 'below',
  health: 'own',
  plain: true,
  monotone: true,
  together: true,
  faults: [],
  variants: [{ absorber: 'bots' }],
}
