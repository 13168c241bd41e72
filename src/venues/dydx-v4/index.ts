import { exchange_kind } from '../shared/exchange/index.ts'
import { dydx_rules } from './rules.ts'
import { type Spec, schema } from './snapshot.ts'

/** dYdX v4: initial margin that grows with open interest, limits by block, fillable price, insurance fund, deleveraging of the other side. */
export const dydxV4 = exchange_kind<Spec>({
  id: 'dydx-v4',
  title: 'dYdX v4 perpetuals',
  source:
    'dydxprotocol/v4-chain 84d4664b (2026-03-05): x/perpetuals/types/liquidity_tier.go, lib/margin, x/clob/keeper/liquidations.go, deleveraging.go, testing/genesis.sh',
  schema,
  rules: dydx_rules,
})

export { goldenRows } from './reference-rows.ts'
