import { exchange_kind } from '../shared/exchange/index.ts'
import { okx_rules } from './rules.ts'
import { type Spec, schema } from './snapshot.ts'

/** OKX, unified account: discount rates, slab tiers by size, reduction by two tiers a minute, takeover, deleveraging at the mark. */
export const okx = exchange_kind<Spec>({
  id: 'okx',
  title: 'OKX, unified account',
  source:
    'okx.com/help: maintenance margin ratio, position tiers, liquidation, insurance fund, auto-deleveraging, discount rates (2025-10-13), portfolio margin',
  schema,
  rules: okx_rules,
})

export { goldenRows } from './vectors.ts'
