/** The indicators. */
import type { Indicator } from '../model/index.ts'
import { realisedVolatility } from './realised-volatility.ts'

export const indicators: readonly Indicator[] = [realisedVolatility]
