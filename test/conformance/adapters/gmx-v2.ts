/** GMX v2 under its own parameter file: a pool is the other side, so there is no book. */
import fc from 'fast-check'
import data from '../../../data/venues/gmx-v2.json' with { type: 'json' }
import { complete, parse_params } from '../../../src/venues/shared/exchange/index.ts'
import type { Adapter } from '../adapter.ts'
import { between, f64, i32, owners } from './plain.ts'

/** A position: USD of collateral in the long token, leverage, and its side. */
interface Position {
  readonly usd: number
  readonly times: number
  readonly side: 1 | -1
}

const ETH = 2_000
const [contract] = complete({ kind: 'gmx-v2', contracts: [{ like: 'ETH' }] }, parse_params(data, 'gmx-v2.json'), 'gmx-v2')[
  'contracts'
] as [object]

const market = (more: object = {}) => ({
  id: 'ETH',
  index: 'ETH',
  long: 'ETH',
  short: 'USDC',
  index_oracle: 'ETH',
  long_oracle: 'ETH',
  short_oracle: 'USDC',
  long_amount: 2_000,
  short_amount: 4e6,
  ...contract,
  ...more,
})

export const gmxV2: Adapter<Position> = {
  kind: 'gmx-v2',
  family: 'exchange',
  assets: { ETH, USDC: 1 },
  moves: ['ETH'],
  held: ['ETH'],
  owed: ['ETH'],
  serves: ['deposit', 'withdraw', 'borrow', 'repay'],
  account: fc.record({ usd: between(1_000, 50_000), times: between(0.5, 12), side: fc.constantFrom(1 as const, -1 as const) }),
  sample: [5, 4, 0.5, 0.5].map((times) => ({ usd: 10_000, times, side: 1 })),
  safer: (account, by) => ({ ...account, usd: account.usd * by, times: account.times / by }),
  lighter: (account, by) => ({ ...account, times: account.times / by }),
  spec: (accounts) => ({
    contracts: [market()],
    accounts: {
      owner: owners(accounts),
      contract: i32(accounts.map(() => 0)),
      side: i32(accounts.map(({ account }) => account.side)),
      coin: i32(accounts.map(() => 0)),
      collateral: f64(accounts.map(({ account }) => account.usd / ETH)),
      size: f64(accounts.map(({ account }) => account.usd * account.times)),
      tokens: f64(accounts.map(({ account }) => (account.usd * account.times) / ETH)),
    },
  }),
  variants: [
    {
      contracts: [
        market({ long_amount: 20, impact_pool: 10, reserve_factor: 100, impact_negative: 1e-8, impact_positive: 5e-9 }),
      ],
    },
    { contracts: [market({ virtual: 'ETH', pnl_adl: 0.01, pnl_after: 0.005, pnl_traders: 0.02 })] },
  ],
  breach: 'below',
  health: 'shared',
  plain: true,
  monotone:
    'a decrease pays its profit out to the owner, and what a withdrawal leaves is judged by its price impact and fees too',
  faults: ['venue:venue'],
}
