import type { Kind } from '../../model/index.ts'
import { type Spec, schema } from './snapshot.ts'
import { BinanceUsdm } from './venue.ts'

/** Binance USD-M futures: brackets, mark price, funding; cancel, reduce, takeover at bankruptcy price, insurance fund, ADL. */
export const binanceUsdm: Kind<Spec, BinanceUsdm> = {
  id: 'binance-usdm',
  title: 'Binance USD-M futures',
  source:
    'Binance support FAQ: liquidation protocols (360033525271), liquidation price (b3c689c1…), ADL (360033525471), funding (360033525071), mark price; margin tiers as of 2024-10-24',
  schema,
  open: (spec, builder) => new BinanceUsdm(spec, builder),
}

export { goldenRows } from './vectors.ts'
