// Every parameter file of the package says of each number where it is from, belongs to a kind, and completes a spec that the kind takes.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InputError } from '../model/index.ts'
import { venues } from '../venues/index.ts'
import { complete, contract_names, parse_params } from '../venues/shared/exchange/index.ts'
import { published, readVenueParams, with_params, with_published } from './venue-params.ts'

const folder = join(import.meta.dirname, '../../data/venues')
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))

/** What a spec of a kind must name of itself: a market and an index a contract; of a pool that is the counterparty, its tokens. */
function spec_of(kind: string, names: readonly string[], assets: readonly string[]): Record<string, unknown> {
  if (kind === 'gmx-v2') {
    const oracles = { index_oracle: 'x', long_oracle: 'x', short_oracle: 'y' }
    const pool = { index: 'ETH', long: 'ETH', short: 'USDC', ...oracles, long_amount: 1000, short_amount: 3e6 }
    const [i32, f64] = [new Int32Array(0), new Float64Array(0)]
    const accounts = { owner: i32, contract: i32, side: i32, coin: i32, collateral: f64, size: f64, tokens: f64 }
    return { kind, id: 'x', contracts: names.map((like) => ({ like, id: like, ...pool })), accounts }
  }
  return {
    kind,
    id: 'x',
    collateral: assets[0] ?? 'USDT',
    contracts: names.map((like) => ({ like, market: `${like}-PERP`, index: 'x' })),
    ...(assets.length === 0 ? {} : { coins: assets.map((asset) => ({ asset })) }),
  }
}

describe.each(files)('%s', (name) => {
  const path = join(folder, name)

  it('is a parameter file of the kind it is named after', async () => {
    const params = await readVenueParams(path)
    expect(`${params.kind}.json`).toBe(name)
    expect(venues.map((kind) => kind.id)).toContain(params.kind)
    const used = new Set(params.values.map((value) => value.source))
    expect(Object.keys(params.sources).filter((key) => !used.has(key))).toEqual([])
    const fields = params.values.map((value) => value.field)
    expect(new Set(fields).size, 'a field stated twice').toBe(fields.length)
  })

  it('completes a spec that names what is its own', async () => {
    const params = await readVenueParams(path)
    const kind = venues.find((one) => one.id === params.kind)
    const names = contract_names(params)
    const coins = params.values.flatMap(({ field }) => (/^coins\.[^*]/.test(field) ? [field.split('.')[1] as string] : []))
    const assets = [...new Set(coins)]
    const spec = complete(spec_of(params.kind, names, assets), params, name)
    const schema = kind?.schema as { parse(value: unknown): unknown } | undefined
    expect(() => schema?.parse(spec)).not.toThrow()
  })
})

describe('completing', () => {
  const file = (values: unknown[]) =>
    parse_params(
      {
        schema: 'unwind.venue-params/1',
        kind: 'k',
        title: 't',
        as_of: '2024-01-01',
        sources: { a: { title: 't', date: '2024', where: 'w' } },
        values: values.map((value) => ({ source: 'a', evidence: 'documented', ...(value as object) })),
      },
      'file',
    )
  const params = file([
    { field: 'contracts.BTC.tiers', value: [1] },
    { field: 'contracts.*.fee', value: 2 },
    { field: 'contracts.*.mark.window', value: 3 },
    { field: 'coins.USDT.weight', value: 0.9 },
    { field: 'rules.fund.leverage', value: 5 },
  ])

  it('fills what is open and leaves what stands', () => {
    const spec = {
      kind: 'k',
      rules: { fund: { reserve: 1 } },
      contracts: [{ like: 'BTC', fee: 7 }, { mark: { window: 9, ema: 1 } }],
      coins: [{ asset: 'USDT' }, { asset: 'BTC' }],
    }
    expect(complete(spec, params, 'x')).toEqual({
      kind: 'k',
      rules: { fund: { reserve: 1, leverage: 5 } },
      contracts: [
        { tiers: [1], fee: 7, mark: { window: 3 } },
        { fee: 2, mark: { window: 9, ema: 1 } },
      ],
      coins: [{ asset: 'USDT', weight: 0.9 }, { asset: 'BTC' }],
    })
    expect(spec.contracts[0]).toEqual({ like: 'BTC', fee: 7 })
  })

  it('refuses another kind, a set that is not there, a source that is not listed', () => {
    expect(() => complete({ kind: 'j' }, params, 'x')).toThrow(InputError)
    expect(() => complete({ kind: 'k', contracts: [{ like: 'DOGE' }] }, params, 'x')).toThrow('BTC')
    expect(() => file([{ field: 'fund', value: 1, source: 'b' }])).toThrow('source')
    expect(() => file([{ field: 'fund', value: 1, evidence: 'heard' }])).toThrow(InputError)
  })
})

describe('a venue of a snapshot file', () => {
  const venue = { kind: 'binance-coinm', contracts: [{ like: 'BTCUSD', market: 'BTCUSD-PERP' }] }

  it('that asks for them gets the package’s parameters', async () => {
    const full = await with_params({ ...venue, params: true }, 'snapshot.json', 'venues[0]', folder)
    expect(full).not.toHaveProperty('params')
    expect((full['contracts'] as { shape: string; liquidation_fee: number }[])[0]).toMatchObject({
      shape: 'inverse',
      liquidation_fee: 0.015,
    })
    const same = await with_params({ ...venue, params: 'binance-coinm.json' }, 'snapshot.json', 'venues[0]', folder)
    expect(same).toEqual(full)
  })

  it('that does not stays as it is; what is no file is refused', async () => {
    expect(await with_params(venue, 'snapshot.json', 'venues[0]', folder)).toBe(venue)
    for (const params of [1, '../x.json', 'x'])
      await expect(with_params({ ...venue, params }, 'snapshot.json', 'venues[0]', folder)).rejects.toThrow('venues[0].params')
    await expect(with_params({ kind: 'maker', params: true }, 'snapshot.json', 'venues[0]', folder)).rejects.toThrow(InputError)
  })
})

describe('numbers of the rules of an exchange', () => {
  it('that a snapshot leaves out are those of the dated file, and its provenance says so', () => {
    const { venue, provenance } = with_published({ kind: 'bybit-uta', id: 'bybit', pool_start: 0.4 })
    // data/venues/bybit-uta.json, 2026-07-24: pool_stop and pool_window_ms documented, target_mm_rate assumed.
    expect(venue).toMatchObject({ pool_start: 0.4, pool_stop: 0.25, pool_window_ms: 28_800_000, target_mm_rate: 0.9 })
    const part = 'venues.bybit.rules'
    const file = 'data/venues/bybit-uta.json of 2026-07-24'
    expect(provenance).toEqual([
      { part, evidence: 'observed', source: `published, ${file}: risk_steps, pool_stop, pool_above, pool_window_ms` },
      { part, evidence: 'synthetic', source: `assumed, ${file}: target_mm_rate, repay_discount, pool_reserve, pool_leverage` },
    ])
  })

  it('are needed of nobody whose kind has such a file', () => {
    for (const kind of ['bybit-uta', 'okx', 'hyperliquid', 'dydx-v4', 'bitmex', 'deribit']) {
      const schema = venues.find(({ id }) => id === kind)?.schema
      const { venue } = with_published({
        kind,
        id: 'x',
        collateral: 'USDT',
        contracts: [{ market: 'm', index: 'i', tiers: [{ floor: 0, rate: 0.01 }] }],
      })
      expect({ kind, filled: (published(kind)?.values.length ?? 0) > 0 }).toEqual({ kind, filled: true })
      expect(() => schema?.parse(venue)).not.toThrow()
    }
  })

  it('stay as they are where nothing is left out', () => {
    const venue = { kind: 'binance-usdm', id: 'x' }
    expect(with_published(venue)).toEqual({ venue, provenance: [] })
    expect(with_published({ kind: 'no such kind', id: 'x' }).provenance).toEqual([])
  })
})
