/** The indicators. */
import type { Indicator } from '../model/index.ts'
import { comovement } from './comovement.ts'
import { dynamics } from './dynamics.ts'
import { funding } from './funding.ts'
import { leverage } from './leverage.ts'
import { liquidity } from './liquidity.ts'
import { outsiders } from './outside.ts'
import { pegs } from './pegs.ts'
import { positions } from './positions.ts'
import { volatility } from './volatility.ts'

export const indicators: readonly Indicator[] = [
  ...leverage,
  ...funding,
  ...liquidity,
  ...volatility,
  ...comovement,
  ...dynamics,
  ...pegs,
  ...outsiders,
  ...positions,
]

export { autocorrelation, ornsteinUhlenbeck } from './dynamics.ts'
export * from './shared/comovement.ts'
export * from './shared/jumps.ts'
export * from './shared/lppls.ts'
export * from './shared/shortfall.ts'
