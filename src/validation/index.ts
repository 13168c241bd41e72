/** The scoreboard: published values recomputed by this build. The tests and `unwind validate` run the same rows. */
import { goldenRows as concentrated_rows } from '../markets/concentrated/reference-rows.ts'
import { goldenRows as peg_module_rows } from '../markets/peg-module/reference-rows.ts'
import { goldenRows as redemption_queue_rows } from '../markets/redemption-queue/reference-rows.ts'
import { goldenRows as stable_swap_rows } from '../markets/stable-swap/reference-rows.ts'
import { goldenRows as virtual_pool_rows } from '../markets/virtual-pool/reference-rows.ts'
import { goldenRows as weighted_rows } from '../markets/weighted/reference-rows.ts'
import { goldenRows as capped_rate_rows } from '../oracles/capped-rate/reference.ts'
import { goldenRows as exchange_rate_rows } from '../oracles/exchange-rate/reference.ts'
import { goldenRows as aave_rows } from '../venues/aave-v3/index.ts'
import { goldenRows as coinm_rows } from '../venues/binance-coinm/index.ts'
import { goldenRows as binance_rows } from '../venues/binance-usdm/index.ts'
import { goldenRows as bitmex_rows } from '../venues/bitmex/index.ts'
import { goldenRows as bybit_rows } from '../venues/bybit-uta/index.ts'
import { goldenRows as compound_rows } from '../venues/compound-v2/index.ts'
import { goldenRows as comet_rows } from '../venues/compound-v3/reference-rows.ts'
import { goldenRows as dydx_rows } from '../venues/dydx-v4/index.ts'
import { goldenRows as deribit_rows } from '../venues/deribit/index.ts'
import { goldenRows as euler_rows } from '../venues/euler-v2/reference-rows.ts'
import { goldenRows as fluid_rows } from '../venues/fluid/reference-rows.ts'
import { goldenRows as gmx_rows } from '../venues/gmx-v2/index.ts'
import { goldenRows as hyperliquid_rows } from '../venues/hyperliquid/index.ts'
import { goldenRows as liquity_rows } from '../venues/liquity-v1/reference-rows.ts'
import { goldenRows as bold_rows } from '../venues/liquity-v2/reference-rows.ts'
import { goldenRows as llamma_rows } from '../venues/llamma/index.ts'
import { goldenRows as maker_rows } from '../venues/maker/reference-rows.ts'
import { goldenRows as flip_rows } from '../venues/maker-2020/reference-rows.ts'
import { goldenRows as morpho_rows } from '../venues/morpho-blue/reference-rows.ts'
import { goldenRows as okx_rows } from '../venues/okx/index.ts'
import { adl_rows } from './adl.ts'
import { criticality_rows } from './criticality.ts'
import { detection_rows } from './detection.ts'
import { eba_rows, type EbaBank } from './eba.ts'
import { emergence_rows } from './emergence.ts'
import { exposure_rows } from './exposures.ts'
import { goldenRows as mechanics_rows } from '../venues/shared/exchange/mechanics/vectors.ts'
import { goldenRows as exchange_rows } from '../venues/shared/exchange/vectors.ts'
import { goldenRows as options_rows } from '../venues/shared/options/vectors.ts'
import { engine_rows } from './engine.ts'
import { identity_rows } from './identities.ts'
import { network_rows } from './network.ts'
import { overlap_rows } from './overlaps.ts'
import { sales_rows } from './sales.ts'
import { vault_run_rows } from './vault-run.ts'
import type { GoldenRow } from '../model/index.ts'

export type { EbaBank } from './eba.ts'
export type { GoldenRow } from '../model/index.ts'

/** Public data that are not part of the package: rows that need them are left out without them. */
export interface GoldenData {
  readonly eba?: readonly EbaBank[]
}

/**
 * All rows, by group.
 * @param most largest population to run: 1,000,000 takes a few seconds
 */
export function golden(most = 1_000_000, data: GoldenData = {}): GoldenRow[] {
  return [
    ...engine_rows(most),
    ...detection_rows(),
    ...identity_rows(),
    ...adl_rows(),
    ...emergence_rows(),
    ...network_rows(),
    ...exposure_rows(),
    ...criticality_rows(),
    ...sales_rows(),
    ...overlap_rows(),
    ...(data.eba === undefined ? [] : eba_rows(data.eba)),
    ...vault_run_rows(),
    ...aave_rows(),
    ...maker_rows(),
    ...binance_rows(),
    ...coinm_rows(),
    ...hyperliquid_rows(),
    ...dydx_rows(),
    ...bitmex_rows(),
    ...bybit_rows(),
    ...okx_rows(),
    ...deribit_rows(),
    ...gmx_rows(),
    ...exchange_rows(),
    ...mechanics_rows(),
    ...options_rows(),
    ...liquity_rows(),
    ...bold_rows(),
    ...euler_rows(),
    ...fluid_rows(),
    ...morpho_rows(),
    ...comet_rows(),
    ...compound_rows(),
    ...flip_rows(),
    ...llamma_rows(),
    ...concentrated_rows(),
    ...stable_swap_rows(),
    ...weighted_rows(),
    ...peg_module_rows(),
    ...redemption_queue_rows(),
    ...virtual_pool_rows(),
    ...capped_rate_rows(),
    ...exchange_rate_rows(),
  ]
}
