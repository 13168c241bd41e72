/** Need and overshoot of deleveraging: the published table of sixteen waves as arithmetic, and the stylised case, through the analytic. */
import { type AdlFill, adl_waves } from '../analytics/index.ts'
import type { GoldenRow } from '../model/index.ts'
import { numeric } from './row.ts'

const GROUP = 'adl'
const TABLE =
  'Hyperliquid 2025-10-10, pluriholonomic/autodeleveraging-analysis out/*.csv (literature reference §B7); the inputs by account are not public'

/** Needed and production of the waves, thousand USD as printed. */
const WAVES: readonly (readonly [wave: number, needed: number, production: number])[] = [
  [1, 2266.2, 414.2],
  [2, 1383.9, 171.1],
  [4, 1065.8, 407.6],
  [5, 115.5, 41.0],
  [7, 8.06, 9.0],
  [8, 1576.0, 11415.0],
  [9, 44.9, 16.1],
  [10, 1622.2, 1071.6],
  [11, 373.7, 1202.9],
  [12, 5.2, 7.7],
  [13, 5584.1, 38449.0],
  [14, 1021.1, 6612.6],
  [17, 9.4, 243.6],
  [21, 1.5, 18.5],
  [25, 0.67, 17.9],
  [28, 1.26, 10.3],
]

/** Each of the sixteen is printed to 0.1 thousand. */
const ROUNDING_M = (16 * 0.05) / 1000

/** Every wave as one closing of one unit whose need and production are those printed: the analytic adds them up. */
function table(): { needed: number; production: number; overshoot: number; waves: number } {
  const far = 10_000
  const base = { venue: 0, account: 0, asset: 0, size: 1, quantity: -1 }
  const fills = WAVES.map(([wave, needed]): AdlFill => {
    return { ...base, time_ms: wave * far, price_usd: 1e6 + needed, mark_usd: 1e6 }
  })
  const production = new Map(WAVES.map(([wave, needed, made]) => [wave * far, 1e6 + needed - made]))
  const waves = adl_waves(fills, { gap_ms: 5000, horizon_ms: 0, price: (_asset, time_ms) => production.get(time_ms) as number })
  const sum = { needed: 0, production: 0, overshoot: 0, waves: waves.length }
  for (const wave of waves) {
    sum.needed += wave.need_usd / 1000
    sum.production += (wave.production_usd as number) / 1000
    sum.overshoot += (wave.overshoot_usd as number) / 1000
  }
  return sum
}

export function adl_rows(): GoldenRow[] {
  const { needed, production, overshoot, waves } = table()
  const toy: AdlFill = { time_ms: 0, venue: 0, account: 0, asset: 0, size: 100, quantity: -100, price_usd: 100, mark_usd: 96 }
  const [one] = adl_waves([toy], { gap_ms: 5000, horizon_ms: 0, price: () => Number.NaN })
  const estimate = { ...toy, mark_usd: 99 }
  const [thought] = adl_waves([estimate], { gap_ms: 5000, horizon_ms: 0, price: () => Number.NaN })
  const control = 'arXiv 2602.15182, stylised case (literature reference §B7)'
  const missed = Math.max(0, (one?.need_usd as number) - (thought?.production_usd as number))
  return [
    numeric(GROUP, 'S22.4 waves', 'waves of the table', 16, waves, 0, TABLE),
    numeric(GROUP, 'S22.4 needed', 'Σ needed of 16 waves, M USD', 15.0797, needed, ROUNDING_M, TABLE),
    numeric(GROUP, 'S22.4 production', 'Σ production of 16 waves, M USD', 60.1083, production, ROUNDING_M, TABLE),
    numeric(GROUP, 'S22.4 overshoot', 'Σ production − Σ needed, M USD', 45.0287, overshoot, 2 * ROUNDING_M, TABLE),
    numeric(GROUP, 'B7 need', '100 units taken over at 100, mark 96: needed', 400, one?.need_usd as number, 0, control),
    numeric(GROUP, 'B7 shortfall', 'estimated at a mark of 99: not raised', 300, missed, 0, control),
  ]
}
