import { exchange_kind } from '../shared/exchange/index.ts'
import { binance_rules } from '../shared/binance/rules.ts'
import { type Spec, schema } from './snapshot.ts'

/** Binance USD-M futures: brackets, mark price, funding; cancel, reduce, takeover at bankruptcy price, insurance fund, ADL. */
export const binanceUsdm = exchange_kind<Spec>({
  id: 'binance-usdm',
  title: 'Binance USD-M futures',
  source:
    'Binance support FAQ: liquidation protocols (360033525271), liquidation price (b3c689c1…), ADL (360033525471), funding (360033525071), mark price; margin tiers as of 2024-10-24',
  schema,
  rules: binance_rules,
})

export { goldenRows } from './vectors.ts'
