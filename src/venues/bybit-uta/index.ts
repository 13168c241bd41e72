import { exchange_kind } from '../shared/exchange/index.ts'
import { bybit_rules } from './rules.ts'
import { type Spec, schema } from './snapshot.ts'

/** Bybit, Unified Trading Account: collateral value ratios, risk tiers, takeover at the bankruptcy price, insurance pools, deleveraging by their drawdown. */
export const bybitUta = exchange_kind<Spec>({
  id: 'bybit-uta',
  title: 'Bybit, Unified Trading Account',
  source:
    'github bybit-exchange/docs 072c197d (2026-07-24): docs/v5 account, market/risk-limit, market/adl-alert, spot-margin-trade/collateral; help centre: UTA trading rules, bankruptcy price',
  schema,
  rules: bybit_rules,
})

export { goldenRows } from './vectors.ts'
