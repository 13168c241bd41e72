/** The kinds of oracle. */
import { chainlink } from './chainlink.ts'
import { fixed } from './fixed.ts'
import { indexPrice } from './index-price.ts'
import { osm } from './osm.ts'

export const oracles = [chainlink, indexPrice, osm, fixed] as const
