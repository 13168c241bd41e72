/** One adapter a registered kind of venue; `suite.test.ts` fails for a kind without. */
import type { AnyAdapter } from '../adapter.ts'
import { deribit } from './deribit.ts'
import { binanceCoinm, binanceUsdm, bitmex, bybitUta, dydxV4, hyperliquid, okx } from './exchanges.ts'
import { gmxV2 } from './gmx-v2.ts'
import { aaveV3, compoundV2, compoundV3, eulerV2, fluid, morphoBlue } from './lenders.ts'
import { liquityV1, liquityV2, llamma, maker, maker2020 } from './vaults.ts'

export const adapters: readonly AnyAdapter[] = [
  aaveV3,
  compoundV2,
  compoundV3,
  morphoBlue,
  eulerV2,
  fluid,
  maker,
  maker2020,
  liquityV1,
  liquityV2,
  llamma,
  binanceUsdm,
  binanceCoinm,
  hyperliquid,
  dydxV4,
  bitmex,
  bybitUta,
  okx,
  deribit,
  gmxV2,
]
