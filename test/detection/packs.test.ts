/** Detection on the real packs, where they are: ../shared/data, or UNWIND_SHARED. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { detectors } from '../../src/detectors/index.ts'
import { indicators } from '../../src/indicators/index.ts'
import { alerts_of, panel_of, type Series, with_indicators } from '../../src/model/index.ts'
import { readSeries } from '../../src/sources/index.ts'

const DATA = join(process.env.UNWIND_SHARED ?? join(import.meta.dirname, '../../../shared'), 'data')
const here = existsSync(DATA)
if (!here) console.log(`skipped: detection on real packs, ${DATA} is not there`)

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const series = async (file: string): Promise<readonly Series[]> => (await readSeries(join(DATA, file))).series
const days = (): { readonly day: string }[] =>
  (JSON.parse(readFileSync(join(DATA, 'events_validation.json'), 'utf8')) as { events: { day: string }[] }).events

/** Labelled days of a span that a long flush was said of within a day. */
async function found(file: string, step_ms: number, from: string, to: string) {
  const panel = panel_of(await series(file), { step_ms })
  const alerts = alerts_of(
    panel,
    detectors.filter(({ id }) => id === 'deleveraging-event'),
  )
  const said = alerts
    .filter(({ type, state }) => type === 'long-flush' && state === 'opened')
    .map(({ time_ms }) => Math.floor((time_ms - 1) / DAY_MS))
  const inside = days().filter(({ day }) => day >= from && day <= to)
  return {
    labelled: inside.length,
    hits: inside.filter(({ day }) => said.some((one) => Math.abs(one - Date.parse(day) / DAY_MS) <= 1)).length,
  }
}

describe.skipIf(!here)('real packs', () => {
  test('hourly: at least five of the six labelled days', async () => {
    expect(await found('perp_1h_32coins_2023-01_2024-06.parquet', 60 * MINUTE_MS, '2023-01-01', '2024-06-30')).toEqual({
      labelled: 6,
      hits: expect.toSatisfy((hits: number) => hits >= 5),
    })
  }, 60_000)

  test('daily: at least nine tenths of the sixteen labelled days', async () => {
    expect(await found('spot_daily_coinbase_2020-01_2022-06.csv.gz', DAY_MS, '2020-01-01', '2022-06-30')).toEqual({
      labelled: 16,
      hits: expect.toSatisfy((hits: number) => hits / 16 >= 0.9),
    })
  }, 60_000)

  test('USDC, March 2023: one depeg alert, at most 15 minutes after five minutes below 0.99, escalated and not repeated', async () => {
    const all = await series('usdc_depeg_btc_cross_1m_2023-03.csv.gz')
    const column = (field: string, symbol: string) => all.find((one) => one.field === field && one.symbol === symbol) as Series
    const [usd, usdc] = [column('close', 'BTC/USD'), column('close', 'BTC/USDC')]
    const [usd_volume, usdc_volume] = [column('volume', 'BTC/USD'), column('volume', 'BTC/USDC')]
    // Counted here by hand: the first minute after five minutes in which every traded minute was below 0.99.
    let since = Number.NaN
    let below = Number.NaN
    for (let i = 0; i < usd.time_ms.length && Number.isNaN(below); i++) {
      if (!((usd_volume.values[i] as number) > 0.05 && (usdc_volume.values[i] as number) > 0.05)) continue
      const implied = (usd.values[i] as number) / (usdc.values[i] as number)
      const time = usd.time_ms[i] as number
      if (!(implied < 0.99)) since = Number.NaN
      else if (Number.isNaN(since)) since = time
      else if (time - since >= 5 * MINUTE_MS) below = time
    }
    const panel = with_indicators(
      panel_of(all, { step_ms: MINUTE_MS }),
      indicators.filter(({ id }) => id === 'peg_deviation'),
    )
    const alerts = alerts_of(
      panel,
      detectors.filter(({ id }) => id === 'depeg'),
    ).filter(({ subject }) => subject === 'USDC')
    const opened = alerts.filter(({ state }) => state === 'opened')
    expect(opened).toHaveLength(1)
    expect((opened[0]?.time_ms as number) - below).toBeLessThanOrEqual(15 * MINUTE_MS)
    expect(alerts.some(({ state, severity }) => state === 'escalated' && severity === 'critical')).toBe(true)
  }, 60_000)

  test('the pool of two dollars: opened at the first hourly row with |tick| ≥ 100, once', async () => {
    const all = await series('univ3_usdc_usdt_hourly_2022-01_2024-06.csv.gz')
    const tick = all.find(({ field }) => field === 'tick') as Series
    const march = Date.UTC(2023, 2, 1)
    const first = tick.time_ms.find((time, i) => time >= march && Math.abs(tick.values[i] as number) >= 100) as number
    const panel = panel_of(all, { step_ms: 60 * MINUTE_MS })
    const alerts = alerts_of(
      panel,
      detectors.filter(({ id }) => id === 'depeg'),
    ).filter(({ time_ms }) => time_ms >= march && time_ms < Date.UTC(2023, 3, 1))
    const opened = alerts.filter(({ state }) => state === 'opened')
    expect(opened).toHaveLength(1)
    expect((opened[0]?.time_ms as number) - first).toBeLessThan(60 * MINUTE_MS)
    expect(alerts.filter(({ state }) => state === 'escalated').length).toBeGreaterThan(0)
  }, 60_000)
})
