/** The protocols that are judged here: one import and one line each. */
import type { Judge } from './harness/judge.ts'
import { uniswapV2 } from './uniswap-v2/judge.ts'

export const judges: readonly Judge[] = [uniswapV2]
