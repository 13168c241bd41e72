/**
 * What is believed before the first row. Each parameter is normal on the scale named; widths are wide because hardly anything is published:
 * BitMEX (blog, May 2019) gave mean effective leverages of 22 to 30 on its swap, weighted by open interest, and 80 % of longs at most at 54;
 * Binance Futures (2019) 60 % of trades at 20 or more, but 81 % of the volume from institutions at 20 or less; winners deleveraged at
 * Hyperliquid on 2025-10-10 had a median of 0.20. Everything else is an assumption and says so.
 */
import { exp } from '../../math/index.ts'

export interface Belief {
  readonly name: string
  readonly scale: 'log' | 'logit' | 'plain'
  /** Middle, in natural units. */
  readonly middle: number
  /** Standard deviation on the scale. */
  readonly width: number
  readonly what: string
  readonly source: string
}

const assumed = 'assumption'

export const PRIOR = [
  {
    name: 'leverage',
    scale: 'log',
    middle: 6,
    width: 0.7,
    what: 'median leverage of new levered positions',
    source: 'between the published 22 to 30 of 2019 and 0.2 of 2025; width assumed',
  },
  { name: 'spread', scale: 'log', middle: 1.2, width: 0.3, what: 'standard deviation of its logarithm', source: assumed },
  {
    name: 'passive',
    scale: 'logit',
    middle: 0.4,
    width: 0.8,
    what: 'share of new positions that is hedged or hardly levered (1 to 1.5)',
    source: 'assumption: institutions and carry are most of the volume',
  },
  {
    name: 'turnover',
    scale: 'log',
    middle: 0.15,
    width: 0.7,
    what: 'closings a day at leverage 5, as a share',
    source: assumed,
  },
  { name: 'haste', scale: 'plain', middle: 0.4, width: 0.2, what: 'power of leverage in the closings', source: assumed },
  {
    name: 'patience',
    scale: 'log',
    middle: 0.8,
    width: 0.9,
    what: 'closings of passive positions, a multiple of what their leverage says',
    source: 'assumption: makers and carry hold for reasons of their own',
  },
  {
    name: 'sides',
    scale: 'plain',
    middle: 0,
    width: 0.5,
    what: 'log of the closings of longs over those of shorts',
    source: assumed,
  },
  {
    name: 'takes',
    scale: 'log',
    middle: 1,
    width: 1,
    what: 'rise of the closings per gain of the whole margin',
    source: assumed,
  },
  {
    name: 'stops',
    scale: 'log',
    middle: 4,
    width: 1,
    what: 'rise of the closings per loss of the whole margin',
    source: assumed,
  },
  {
    name: 'lean',
    scale: 'plain',
    middle: 0.1,
    width: 0.2,
    what: 'log leverage added on the paying side at full funding',
    source: assumed,
  },
  {
    name: 'carry',
    scale: 'plain',
    middle: 0.8,
    width: 0.5,
    what: 'log-odds of passive added on the receiving side at full funding',
    source: 'assumption: who is paid for it hedges',
  },
  {
    name: 'vanish',
    scale: 'logit',
    middle: 0.5,
    width: 1.5,
    what: 'part of liquidated quantity that leaves the open interest the same bar',
    source: assumed,
  },
  {
    name: 'noise',
    scale: 'log',
    middle: 0.05,
    width: 0.6,
    what: 'scale of other changes of open interest a day',
    source: assumed,
  },
  { name: 'lumps', scale: 'log', middle: 1, width: 0.4, what: 'unevenness of a bar’s openings over buckets', source: assumed },
  {
    name: 'adds',
    scale: 'logit',
    middle: 0.15,
    width: 0.8,
    what: 'part of what would be liquidated that had margin added in time',
    source: assumed,
  },
] as const satisfies readonly Belief[]

export type ParameterName = (typeof PRIOR)[number]['name']
export const PARAMETERS = PRIOR.length
/** Position of each parameter. */
export const AT = Object.fromEntries(PRIOR.map(({ name }, i) => [name, i])) as Record<ParameterName, number>

/** From the scale on which a parameter is normal to natural units. */
export function natural(i: number, z: number): number {
  const { scale, middle, width } = PRIOR[i] as Belief
  if (scale === 'plain') return middle + width * z
  const factor = exp(width * z)
  return scale === 'log' ? middle * factor : (middle * factor) / (1 - middle + middle * factor)
}
