/** The indicators. */
import type { Indicator } from '../model/index.ts'
import { realisedVolatility } from './realised-volatility.ts'

export const indicators: readonly Indicator[] = [realisedVolatility]

export * from './shared/comovement.ts'
export * from './shared/jumps.ts'
export * from './shared/lppls.ts'
export * from './shared/shortfall.ts'
