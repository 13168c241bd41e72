/** The detectors. */
import type { Detector } from '../model/index.ts'
import { changePoint } from './change-point.ts'
import { collateralDecay } from './collateral-decay.ts'
import { concentrationCliff } from './concentration-cliff.ts'
import { deleveragingEvent } from './deleveraging-event.ts'
import { depeg } from './depeg.ts'
import { feedUndercount } from './feed-undercount.ts'
import { listingGuard } from './listing-guard.ts'
import { oracleDivergence } from './oracle-divergence.ts'
import { utilisationRun } from './utilisation-run.ts'

export const detectors: readonly Detector[] = [
  deleveragingEvent,
  depeg,
  oracleDivergence,
  utilisationRun,
  collateralDecay,
  concentrationCliff,
  listingGuard,
  feedUndercount,
  changePoint,
]
