/** Presets of real events: one folder each, one line here. */
import { black_thursday } from './black-thursday/preset.ts'
import { comp_dai_2020 } from './comp-dai-2020/preset.ts'
import { crv_2023 } from './crv-2023/preset.ts'
import { crv_squeeze_2022 } from './crv-squeeze-2022/preset.ts'
import type { EventPreset } from './event.ts'
import { ftx } from './ftx/preset.ts'
import { jan_2022 } from './jan-2022/preset.ts'
import { may_2021 } from './may-2021/preset.ts'
import { solend_whale } from './solend-whale/preset.ts'
import { steth_celsius_3ac } from './steth-celsius-3ac/preset.ts'
import { ten_ten } from './ten-ten/preset.ts'
import { terra } from './terra/preset.ts'
import { usdc_depeg } from './usdc-depeg/preset.ts'
import { xusd_run } from './xusd-run/preset.ts'

export const events: readonly EventPreset[] = [
  black_thursday,
  comp_dai_2020,
  may_2021,
  jan_2022,
  solend_whale,
  usdc_depeg,
  ten_ten,
  terra,
  crv_2023,
  xusd_run,
  steth_celsius_3ac,
  crv_squeeze_2022,
  ftx,
]
