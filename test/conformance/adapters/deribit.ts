/** Deribit under its own parameter file: contracts, with and without liquidity support. Options have laws of their own. */
import data from '../../../data/venues/deribit.json' with { type: 'json' }
import { complete, parse_params } from '../../../src/venues/shared/exchange/index.ts'
import { machine } from './exchanges.ts'

const {
  kind: _,
  contracts,
  ...spec
} = complete({ kind: 'deribit', contracts: [{}] }, parse_params(data, 'deribit.json'), 'deribit') as {
  kind: string
  contracts: object[]
}

export const deribit = machine({
  kind: 'deribit',
  coin: 'USDT',
  shape: 'linear',
  bases: ['BTC', 'ETH'],
  breach: 'below',
  adl: 'stated',
  spec,
  contract: contracts[0] as object,
  variants: [
    { fund: 0 },
    { pace: 1000, block_ms: 60_000 },
    { support: { groups: [['BTC-PERP', 'ETH-PERP']], participants: [] } },
  ],
})
