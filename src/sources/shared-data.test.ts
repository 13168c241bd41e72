import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pick } from '../model/index.ts'
import { readAaveParams } from './aave-params.ts'
import { files, readBars, readSeries, readTable } from './files.ts'
import { readTiers } from './tiers.ts'

const shared = process.env['UNWIND_SHARED'] ?? join(import.meta.dirname, '../../../shared')
const data = join(shared, 'data')
const present = existsSync(data)
if (!present) console.warn(`skipped: packs of real data, ${data} is not there`)

// Rows as the README of the packs states them.
const ROWS: [string, number][] = [
  ['perp_1h_32coins_2023-01_2024-06.parquet', 379_233],
  ['perp_30m_crash_windows.csv.gz', 32_592],
  ['spot_daily_coinbase_2020-01_2022-06.csv.gz', 21_840],
  ['open_interest_daily_2021-09_2022-06.csv.gz', 3902],
  ['funding_8h_utc_2020-01_2022-06.csv.gz', 20_586],
  ['binance_ethusdt_liquidations_1m_2021-01.csv.gz', 43_173],
  ['aave_v3_ethereum_reserves_daily_2025-07-22_2025-10-08.csv.gz', 4098],
  ['aave_v3_top1000_debt_positions_2025-12-01.csv', 1000],
  ['oneinch_quotes_price_impact_2023-11.csv.gz', 19_278],
  ['univ3_usdc_usdt_hourly_2022-01_2024-06.csv.gz', 21_888],
  ['usdc_depeg_btc_cross_1m_2023-03.csv.gz', 30_240],
  ['eba_2018_48banks.csv', 48],
  ['vix_daily_2015_2026.csv.gz', 2937],
  ['events_validation.json', 22],
]

describe.skipIf(!present)('the packs', () => {
  it.each(ROWS)('%s has %d rows', async (file, rows) => {
    expect((await readTable(join(data, file))).rows).toBe(rows)
  })

  it('hourly perpetuals: 32 coins, soon, and the hour that is missing', async () => {
    const start = performance.now()
    const bars = await readBars(join(data, 'perp_1h_32coins_2023-01_2024-06.parquet'))
    // Less than 2 s by itself; the bound leaves room for a loaded machine.
    expect(performance.now() - start).toBeLessThan(6000)
    expect(bars.length).toBe(32)
    expect(bars.every((one) => one.step_ms === 3_600_000)).toBe(true)
    expect(bars.find((one) => one.symbol === 'BTC')?.time_ms.length).toBe(13_128)
    expect(bars.find((one) => one.symbol === 'SHIB')?.time_ms.length).toBe(13_127)
  })

  it('crash windows come in order of time, though the file has them by name', async () => {
    const [ada] = await readBars(join(data, 'perp_30m_crash_windows.csv.gz'))
    expect(ada).toMatchObject({ symbol: 'ADA', step_ms: 1_800_000 })
    expect(ada?.time_ms[0]).toBe(Date.UTC(2023, 2, 6))
  })

  it.each([
    ['open_interest_daily_2021-09_2022-06.csv.gz', 'open_interest', 3902],
    ['funding_8h_utc_2020-01_2022-06.csv.gz', 'funding', 20_586],
    ['binance_ethusdt_liquidations_1m_2021-01.csv.gz', 'liquidated_long', 43_173],
    ['aave_v3_ethereum_reserves_daily_2025-07-22_2025-10-08.csv.gz', 'liquidation_threshold', 4098],
    ['univ3_usdc_usdt_hourly_2022-01_2024-06.csv.gz', 'tick', 21_888],
    ['usdc_depeg_btc_cross_1m_2023-03.csv.gz', 'close', 3 * 30_240],
    ['vix_daily_2015_2026.csv.gz', 'close', 2937],
    ['spot_daily_coinbase_2020-01_2022-06.csv.gz', 'volume', 21_840],
  ])('%s as series: %s', async (file, field, values) => {
    const set = await readSeries(join(data, file))
    expect(pick(set, field).reduce((sum, one) => sum + one.values.length, 0)).toBe(values)
    expect(set).toMatchObject({ evidence: 'observed', source: file })
  })

  it('the pool’s tick on 2023-03-11 is −1363, as the README says', async () => {
    const request = {
      what: join(data, 'univ3_usdc_usdt_hourly_2022-01_2024-06.csv.gz'),
      from_ms: Date.UTC(2023, 2, 11),
      to_ms: Date.UTC(2023, 2, 12),
    }
    const set = await files.fetch(request, new AbortController().signal)
    const tick = 'series' in set ? set.series.find((one) => one.field === 'tick') : undefined
    expect(tick?.values.length).toBe(24)
    expect(Math.min(...(tick?.values ?? []))).toBe(-1363)
  })

  it('tiers: 349 contracts, 2,805 brackets, each continuous', async () => {
    const { tables, dated } = await readTiers(join(data, 'binance_usdm_margin_tiers_2024-10-24.json'))
    expect([tables.length, tables.reduce((sum, { tiers }) => sum + tiers.length, 0), dated]).toEqual([349, 2805, '2024-10-24'])
  })

  it('pool parameters: 13 chains, and Ethereum Core with 49 reserves and 18 e-modes', async () => {
    const many = join(data, 'aave_v3_params_13chains_2025-10-09.json')
    const chains = 'arbitrum avalanche base bnb celo ethereum gnosis linea metis optimism polygon scroll zksync'.split(' ')
    for (const chain of chains) expect((await readAaveParams(many, chain)).reserves.length).toBeGreaterThan(4)
    const core = await readAaveParams(join(data, 'params/aave_v3_ethereum_core_2025-07-31.json'))
    expect([core.reserves.length, core.emodes.length, core.dated]).toEqual([49, 18, '2025-07-31'])
    // lending.md §1.10: e-mode 1 "ETH correlated" 93 / 95 / 1 %
    expect(core.emodes[0]).toMatchObject({
      label: 'ETH correlated',
      ltv: 0.93,
      liquidation_threshold: 0.95,
      liquidation_bonus: 0.01,
    })
  })
})
