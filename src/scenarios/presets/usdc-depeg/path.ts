/** USDC from 11 to 13 March 2023, as it was measured, for the event and for any market. */
import type { Preset } from '../index.ts'
import { at, event, move } from '../history.ts'

export const HOURS = 72
const LOW = 0.875

/**
 * UTC hours since the start of 11 March, USD per USDC: medians of 15 minutes around the two falls, of hours elsewhere, of BTC-USD ÷ BTC-USDC at Binance.US
 * in minutes in which more than 0.05 BTC traded in both.
 */
export const usdc_points = (low: number): readonly (readonly [at_h: number, price: number])[] => [
  [0, 1],
  [3, 0.999],
  [4.1, 0.9957],
  [4.4, 0.982],
  [4.6, 0.952],
  [5.1, 0.9585],
  [5.4, 0.977],
  [5.9, 0.953],
  [6.8, 0.9826],
  [7.1, 0.97],
  [7.4, 0.93],
  [7.6, 0.897],
  [7.8, low],
  [8.4, 0.893],
  [8.9, 0.919],
  [9.5, 0.913],
  [13.5, 0.8975],
  [14.5, 0.903],
  [15.5, 0.9145],
  [16.5, 0.919],
  [17.5, 0.935],
  [18.5, 0.9485],
  [20.5, 0.9656],
  [22.5, 0.9554],
  [24.5, 0.9677],
  [27.5, 0.977],
  [29.5, 0.968],
  [31.5, 0.951],
  [33.5, 0.9576],
  [40.5, 0.9595],
  [42.5, 0.971],
  [45.5, 0.964],
  [47.5, 0.985],
  [48.5, 0.994],
  [53.5, 0.99],
  [59.5, 0.986],
  [64.5, 0.993],
  [72, 1],
]

/** The path alone: USDC, and DAI with it. */
export const usdc_depeg_path: Preset = event(
  {
    id: 'usdc-depeg',
    title: 'USDC at 0.875 over a weekend, 11 to 13 March 2023',
    time: '2023-03-11',
    sources: [
      at(
        'path of USDC',
        'Binance.US, minutes of March 2023 (cl8550-crypto/iaqf_analysis)',
        'https://github.com/cl8550-crypto/iaqf_analysis',
      ),
      at('3.3 of 43.5 bn in a failed bank; low 0.87 to 0.88, back on 13 March', 'Galaxy: USDC’s fall', 'https://www.galaxy.com'),
      at('DAI tracked USDC; USDT up to 1.15 of it', 'Risk DAO: USDC depegging', 'https://medium.com/risk-dao'),
    ],
    days: HOURS / 24,
    tick_ms: 300_000,
    page: 'docs/events/usdc-depeg.md',
  },
  ['USDC', 'DAI'].flatMap((asset) => {
    const points = usdc_points(LOW)
    return points.slice(1).map(([to_h, price], i) => {
      const [from_h, before] = points[i] as readonly [number, number]
      return move(asset, price / before - 1, to_h - from_h, from_h)
    })
  }),
)
