/** The cap on a rate, in integers. Source: aave-capo 2c280ef, PriceCapAdapterBase; growth per second is kept in 1e6ths of a unit. */

const SCALE = 1_000_000n
const BPS = 10_000n
const YEAR_S = 31_536_000n

export interface Snapshot {
  readonly ratio: bigint
  readonly time_s: bigint
  readonly growth_bps: bigint
}

/** Growth of the cap per second, times 1e6, rounded down. */
export const growth_per_second = ({ ratio, growth_bps }: Snapshot): bigint => (ratio * growth_bps * SCALE) / BPS / YEAR_S

/** Most the ratio may be. */
export function most_ratio(snapshot: Snapshot, now_s: bigint): bigint {
  return snapshot.ratio + (growth_per_second(snapshot) * (now_s - snapshot.time_s)) / SCALE
}

/** The answer: base price times the ratio under its cap; 0 when either is not positive. */
export function capped(base: bigint, ratio: bigint, decimals: bigint, snapshot: Snapshot, now_s: bigint): bigint {
  if (base <= 0n || ratio <= 0n) return 0n
  const most = most_ratio(snapshot, now_s)
  return (base * (ratio > most ? most : ratio)) / 10n ** decimals
}

/** The stablecoin adapter: price under a fixed cap. */
export const capped_price = (base: bigint, cap: bigint): bigint => (base > cap ? cap : base)

const SNAPSHOT: Snapshot = { ratio: 1_150_000_000_000_000_000n, time_s: 0n, growth_bps: 968n }
const DAY_S = 86_400n

/** Name, expected, ours: wstETH, snapshot 1.15, 9.68 % a year. */
const VECTORS: readonly (readonly [string, string, bigint])[] = [
  ['growth per second, scaled', '3529934043632673', growth_per_second(SNAPSHOT)],
  ['cap after 7 days', '1152134904109589040', most_ratio(SNAPSHOT, 7n * DAY_S)],
  ['cap after 30 days', '1159149589041095888', most_ratio(SNAPSHOT, 30n * DAY_S)],
  ['cap after 180 days', '1204897534246575330', most_ratio(SNAPSHOT, 180n * DAY_S)],
  [
    'answer at ratio 1.2 after 30 days, base 3000e8',
    '347744876712',
    capped(3000n * 10n ** 8n, 12n * 10n ** 17n, 18n, SNAPSHOT, 30n * DAY_S),
  ],
]

/** The published numbers beside ours. */
export const goldenRows = () =>
  VECTORS.map(([what, expected, value]) => ({
    id: `capped-rate CAPO ${what}`,
    group: 'capped-rate',
    what,
    expected,
    got: String(value),
    tolerance: 0,
    pass: String(value) === expected,
    source: 'independent computation from the formula of PriceCapAdapterBase (aave-capo 2c280ef)',
  }))
