/** The protocols that are judged here: one import and one line each. */
import { aaveV3 } from './aave-v3/judge.ts'
import type { Judge } from './harness/judge.ts'
import { morpho } from './morpho/judge.ts'
import { uniswapV2 } from './uniswap-v2/judge.ts'
import { uniswapV3 } from './uniswap-v3/judge.ts'
import { zero } from './zero/judge.ts'

export const judges: readonly Judge[] = [aaveV3, morpho, uniswapV2, uniswapV3, zero]
