/** The kinds of oracle. */
import { anchored } from './anchored.ts'
import { blend } from './blend.ts'
import { cappedRate } from './capped-rate.ts'
import { chainlink } from './chainlink.ts'
import { ema } from './ema.ts'
import { exchangeRate } from './exchange-rate.ts'
import { fixed } from './fixed.ts'
import { indexPrice } from './index-price.ts'
import { median } from './median.ts'
import { osm } from './osm.ts'
import { twap } from './twap.ts'

export const oracles = [chainlink, indexPrice, osm, fixed, twap, ema, cappedRate, exchangeRate, median, anchored, blend] as const
