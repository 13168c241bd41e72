/** Every kind of venue. */
import { aaveV3 } from './aave-v3/index.ts'
import { binanceCoinm } from './binance-coinm/index.ts'
import { binanceUsdm } from './binance-usdm/index.ts'
import { bitmex } from './bitmex/index.ts'
import { bybitUta } from './bybit-uta/index.ts'
import { compoundV2 } from './compound-v2/index.ts'
import { compoundV3 } from './compound-v3/index.ts'
import { dydxV4 } from './dydx-v4/index.ts'
import { deribit } from './deribit/index.ts'
import { eulerV2 } from './euler-v2/index.ts'
import { fluid } from './fluid/index.ts'
import { gmxV2 } from './gmx-v2/index.ts'
import { hyperliquid } from './hyperliquid/index.ts'
import { liquityV1 } from './liquity-v1/index.ts'
import { liquityV2 } from './liquity-v2/index.ts'
import { llamma } from './llamma/index.ts'
import { maker } from './maker/index.ts'
import { maker2020 } from './maker-2020/index.ts'
import { morphoBlue } from './morpho-blue/index.ts'
import { okx } from './okx/index.ts'

export const venues = [
  aaveV3,
  maker,
  binanceUsdm,
  liquityV1,
  eulerV2,
  liquityV2,
  morphoBlue,
  compoundV3,
  maker2020,
  llamma,
  compoundV2,
  binanceCoinm,
  hyperliquid,
  dydxV4,
  bitmex,
  bybitUta,
  okx,
  deribit,
  fluid,
  gmxV2,
]
