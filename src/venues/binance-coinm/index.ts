import { exchange_kind } from '../shared/exchange/index.ts'
import { binance_rules } from '../shared/binance/rules.ts'
import { type Spec, schema } from './snapshot.ts'

/** Binance COIN-M futures: inverse contracts margined in their own coin; liquidation, fund and ADL as on USD-M. */
export const binanceCoinm = exchange_kind<Spec>({
  id: 'binance-coinm',
  title: 'Binance COIN-M futures',
  source:
    'Binance support FAQ: leverage and margin in coin-margined futures contracts (be2c7d9d…), liquidation protocols (360033525271); exchangeInfo of dapi',
  schema,
  rules: binance_rules,
})

export { goldenRows } from './vectors.ts'
