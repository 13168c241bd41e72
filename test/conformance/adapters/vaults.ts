/** Vault books: a coin of the venue's own is owed against one collateral each. */
import type { Adapter, Listed, Plain } from '../adapter.ts'
import { KEEPER } from '../stand.ts'
import { f64, i32, OWNER, owners, PLAIN } from './plain.ts'

const ETH = 2_000
const BTC = 40_000

/** One collateral an account: the second if most of it is there. */
const second = ({ second: share }: Plain): number => (share > 0.5 ? 1 : 0)
const units = (account: Plain): number => account.usd / (second(account) === 1 ? BTC : ETH)

const of = <T>(accounts: readonly Listed<Plain>[], read: (account: Plain) => T): T[] =>
  accounts.map(({ account }) => read(account))

/** Types of collateral of a vault book. */
function ilks(more: object) {
  const ilk = (id: string, asset: string, liquidation_ratio: number) => ({
    id,
    asset,
    liquidation_ratio,
    stability_fee: 0.05,
    dust: 1_000,
    oracle: asset,
    ...more,
  })
  return [ilk('WETH-A', 'WETH', 1.45), ilk('WBTC-A', 'WBTC', 1.5)]
}

const vaults = (accounts: readonly Listed<Plain>[]) => ({
  owner: owners(accounts),
  ilk: i32(of(accounts, second)),
  collateral: f64(of(accounts, units)),
  debt: f64(of(accounts, (account) => account.usd / (second(account) === 1 ? 1.5 : 1.45) / account.health)),
})

export const maker: Adapter = {
  ...PLAIN,
  kind: 'maker',
  family: 'vault',
  assets: { WETH: ETH, WBTC: BTC, DAI: 1 },
  moves: ['WETH', 'WBTC'],
  held: ['WETH', 'WBTC'],
  owed: ['DAI'],
  serves: [...OWNER, 'start', 'bid'],
  spec: (accounts) => ({
    dai: 'DAI',
    hole_usd: 500_000,
    surplus: 50_000,
    wait_ms: 600_000,
    ilks: ilks({ line: 5e6, tip: 100 }),
    accounts: vaults(accounts),
  }),
  breach: 'below',
  health: 'own',
  plain: true,
  monotone: true,
  faults: [],
}

export const maker2020: Adapter = {
  ...PLAIN,
  kind: 'maker-2020',
  family: 'vault',
  assets: { WETH: ETH, WBTC: BTC, DAI: 1 },
  moves: ['WETH', 'WBTC'],
  held: ['WETH', 'WBTC'],
  owed: ['DAI'],
  serves: [...OWNER, 'start', 'bid'],
  spec: (accounts) => ({
    dai: 'DAI',
    surplus: 50_000,
    wait_ms: 600_000,
    unnamed_max: 0,
    ilks: ilks({ line: 5e6, cut: { kind: 'lump', lump: 50 }, ttl_ms: 600_000, tau_ms: 7_200_000 }),
    accounts: vaults(accounts),
  }),
  breach: 'below',
  health: 'own',
  plain: true,
  monotone: true,
  faults: [],
  // The least bid on a lot that nobody has bid for is anything: half of what would pay the tab.
  bid: ({ price, debt_max, collateral_max }) => (price > 0 ? price * (1 + 1e-9) : debt_max / collateral_max / 2),
}

/** Beside the accounts a large safe trove, so that the system is not in recovery from the start, and two depositors. */
export const liquityV1: Adapter = {
  ...PLAIN,
  kind: 'liquity-v1',
  family: 'vault',
  assets: { WETH: ETH, LUSD: 1 },
  moves: ['WETH'],
  held: ['WETH'],
  owed: ['LUSD'],
  serves: [...OWNER, 'start', 'redeem'],
  spec: (accounts) => ({
    asset: 'WETH',
    lusd: 'LUSD',
    oracle: 'WETH',
    accounts: {
      owner: owners(accounts, [-1]),
      collateral: f64([...of(accounts, (account) => account.usd / ETH), 1_000]),
      debt: f64([...of(accounts, (account) => account.usd / 1.1 / account.health), 700_000]),
    },
    deposits: { owner: i32([KEEPER - 1, -1]), amount: f64([30_000, 20_000]) },
  }),
  breach: 'below',
  health: 'shared',
  plain: true,
  monotone:
    'in recovery mode a trove is judged by the ratio of the system only if the stability pool can take it whole: who owes less may be, who owes more not',
  faults: ['oracle:WETH'],
}

export const liquityV2: Adapter = {
  ...PLAIN,
  kind: 'liquity-v2',
  family: 'vault',
  assets: { WETH: ETH, RETH: ETH, BOLD: 1 },
  moves: ['WETH', 'RETH'],
  held: ['WETH', 'RETH'],
  owed: ['BOLD'],
  serves: [...OWNER, 'start', 'redeem'],
  spec(accounts) {
    const ratio = (account: Plain) => (second(account) === 1 ? 1.2 : 1.1)
    return {
      bold: 'BOLD',
      gas_asset: 'WETH',
      branches: [
        { id: 'WETH', asset: 'WETH', oracle: 'WETH' },
        {
          id: 'RETH',
          asset: 'RETH',
          oracle: 'RETH',
          minimum_ratio: 1.2,
          critical_ratio: 1.6,
          shutdown_ratio: 1.2,
          redistribution_penalty: 0.2,
        },
      ],
      accounts: {
        owner: owners(accounts, [-1, -1]),
        branch: i32([...of(accounts, second), 0, 1]),
        collateral: f64([...of(accounts, (account) => account.usd / ETH), 1_000, 1_000]),
        debt: f64([...of(accounts, (account) => account.usd / ratio(account) / account.health), 700_000, 700_000]),
        rate: f64([...of(accounts, () => 0.05), 0.03, 0.08]),
      },
      deposits: { owner: i32([KEEPER - 1, -1, -1]), branch: i32([0, 0, 1]), amount: f64([30_000, 20_000, 10_000]) },
    }
  },
  breach: 'below',
  health: 'shared',
  plain: true,
  monotone: true,
  faults: [],
}

export const llamma: Adapter = {
  ...PLAIN,
  kind: 'llamma',
  family: 'lender',
  assets: { WETH: ETH, CRVUSD: 1 },
  moves: ['WETH'],
  held: ['WETH'],
  owed: ['CRVUSD'],
  serves: [...OWNER, 'liquidate', 'start', 'bid'],
  // A start is of a loan whose bands were sold for more than it owes, and that is in breach nevertheless.
  rare: ['start'],
  spec: (accounts) => ({
    collateral: 'WETH',
    stable: 'CRVUSD',
    oracle: 'WETH',
    ceiling: 5e6,
    accounts: {
      owner: owners(accounts),
      collateral: f64(of(accounts, (account) => account.usd / ETH)),
      // A new loan of 10 bands may owe 86 % at most; its health is then a little above 1.
      debt: f64(of(accounts, (account) => (account.usd * 0.86) / account.health)),
      bands: i32(of(accounts, () => 10)),
    },
  }),
  breach: 'below',
  health: 'shared',
  plain: true,
  monotone: true,
  // A band is 1 % wide and a loan begins at the upper end of one; as the price enters the first its health falls faster than further down.
  grain: 1.021,
  faults: [],
}
