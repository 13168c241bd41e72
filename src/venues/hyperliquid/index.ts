import { exchange_kind } from '../shared/exchange/index.ts'
import { hyperliquid_rules } from './rules.ts'
import { type Spec, schema } from './snapshot.ts'

/** Hyperliquid perpetuals: margin tiers, a part first and then all, a backstop vault, deleveraging at the mark, hourly funding. */
export const hyperliquid = exchange_kind<Spec>({
  id: 'hyperliquid',
  title: 'Hyperliquid perpetuals',
  source:
    'hyperliquid.gitbook.io/hyperliquid-docs: margin tiers, liquidations, auto-deleveraging, robust price indices, funding, oracle; as of 2026-09-27',
  schema,
  rules: hyperliquid_rules,
})

export { goldenRows } from './vectors.ts'
