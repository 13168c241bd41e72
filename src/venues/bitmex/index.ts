import { exchange_kind } from '../shared/exchange/index.ts'
import { bitmex_rules } from './rules.ts'
import { type Spec, schema } from './snapshot.ts'

/** BitMEX: inverse and linear contracts, fair price, risk limits, takeover at the bankruptcy price, insurance fund, ADL queue. */
export const bitmex = exchange_kind<Spec>({
  id: 'bitmex',
  title: 'BitMEX perpetuals',
  source: 'bitmex.com/app: fairPriceMarking, perpetualContractsGuide, riskLimits, liquidation, autoDeleveraging',
  schema,
  rules: bitmex_rules,
})

export { goldenRows } from './vectors.ts'
