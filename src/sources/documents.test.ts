import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { bars_hash, InputError } from '../model/index.ts'
import { readAaveParams } from './aave-params.ts'
import { readBars } from './files.ts'
import { readScenario } from './scenario.ts'
import { readTiers } from './tiers.ts'

const root = mkdtempSync(join(tmpdir(), 'unwind-documents-'))
afterAll(() => rmSync(root, { recursive: true }))

function file(name: string, content: unknown): string {
  const path = join(root, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const message = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) => {
      expect(error).toBeInstanceOf(InputError)
      return (error as Error).message
    },
  )

describe('tiers', () => {
  const columns = ['minNotional', 'maxNotional', 'maintenanceMarginRate', 'maxLeverage', 'cumMaintAmount']
  // derivatives.md §2.2, first three brackets of BTC/USDT:USDT
  const rows = [
    [0, 50_000, 0.004, 125, 0],
    [50_000, 600_000, 0.005, 100, 50],
    [600_000, 3_000_000, 0.01, 75, 3050],
  ]
  const read = (change: object) =>
    readTiers(file('tiers.json', { columns, asOf: '2024-10-24', symbols: { 'BTC/USDT:USDT': rows }, ...change }))

  it('are read by the names of their columns', async () => {
    const expected = { floor: 600_000, cap: 3_000_000, rate: 0.01, max_leverage: 75, cum: 3050 }
    const found = await read({})
    expect(found).toMatchObject({ source: 'tiers.json', dated: '2024-10-24' })
    expect(found.tables[0]?.symbol).toBe('BTC/USDT:USDT')
    expect(found.tables[0]?.tiers[2]).toEqual(expected)
    const turned = await read({ columns: [...columns].reverse(), symbols: { BTC: rows.map((row) => [...row].reverse()) } })
    expect(turned.tables[0]?.tiers[2]).toEqual(expected)
  })

  it.each<[object, string]>([
    [{ columns: columns.slice(1) }, 'columns is'],
    [{ symbols: [] }, 'symbols is a list of 0; valid: an object'],
    [{ symbols: { BTC: [] } }, 'symbols.BTC is a list of 0; valid: at least 1 entries'],
    [{ symbols: { BTC: [[0, 5, 'x', 1, 0]] } }, 'symbols.BTC[0][2] is "x"; valid: a number'],
    [{ symbols: { BTC: [rows[0], rows[2]] } }, 'symbols.BTC[1].floor is 600000; valid: 50000, where the tier before ends'],
    [
      { symbols: { BTC: [rows[0], [50_000, 600_000, 0.005, 100, 51]] } },
      'symbols.BTC[1].cum is 51; valid: 50, so that the margin is continuous',
    ],
    [{ symbols: { BTC: [rows[0], [50_000, 600_000, 0.003, 100, 50]] } }, 'symbols.BTC[1].rate is 0.003; valid: between 0.004'],
    [{ symbols: { BTC: [[0, 0, 0.004, 125, 0]] } }, 'symbols.BTC[0].cap is 0; valid: more than the floor, 0'],
    [{ symbols: { BTC: [[0, 5, 0.004, 0.5, 0]] } }, 'symbols.BTC[0].max_leverage is 0.5'],
    [{ symbols: { BTC: [[0, 5, 0.004]] } }, 'symbols.BTC[0] is "3 cells"; valid: 5 cells'],
  ])('refuse %j', async (change, expected) => {
    expect(await message(read(change))).toContain(expected)
  })
})

const ONE = {
  symbol: 'WETH',
  asset_address: '0x0',
  decimals: 18,
  active: true,
  frozen: false,
  paused: false,
  loan_to_value: 0.805,
  liquidation_threshold: 0.83,
  liquidation_bonus: 0.05,
  reserve_factor: 0.15,
  borrowing_enabled: true,
  siloed_borrowing: false,
  borrowable_in_isolation: false,
}

const POOL_ONE = {
  id: 0,
  dec: 18,
  ltv: 8050,
  lt: 8300,
  lb: 10_500,
  lpf: 1000,
  rf: 1500,
  supplyCap: 9,
  borrowCap: 8,
  debtCeiling: 0,
  frozen: false,
  borrow: true,
  price: 3000,
  virtualBal: 7,
  base: 0,
  uopt: 0.9,
  s1: 0.03,
  s2: 0.4,
}

describe('Aave parameters', () => {
  const chains = (change: object = {}, chain = 'base') =>
    readAaveParams(file('chains.json', { asOf: '2025-10-09', networks: { base: [{ ...ONE, ...change }] } }), chain)

  it('of many chains: what they lack is assumed, in words', async () => {
    const found = await chains()
    expect(found.reserves[0]).toMatchObject({
      symbol: 'WETH',
      ltv: 0.805,
      liquidation_bonus: 0.05,
      protocol_fee: 0.1,
      supply_cap: 0,
      borrowable: true,
    })
    expect([found.dated, found.chain, found.emodes]).toEqual(['2025-10-09', 'base', []])
    expect(found.assumptions.map((line) => /protocol fee|e-modes|caps|curves/.exec(line)?.[0])).toEqual([
      'protocol fee',
      'e-modes',
      'caps',
      'curves',
    ])
    expect(await message(chains({}, 'solana'))).toContain('networks is "solana"; valid: one of base')
    expect(await message(chains({}, 'toString'))).toContain('valid: one of base')
    expect(await message(chains({ loan_to_value: 80.5 }))).toContain(
      'networks.base[0].loan_to_value is 80.5; valid: a number, at least 0 and at most 1',
    )
  })

  it('of one pool: basis points and numbered e-modes in their order', async () => {
    const emode = (label: string) => ({ label, ltv: 9300, lt: 9500, lb: 10_100, collateral: ['WETH'], borrowable: ['USDC'] })
    const document = {
      source: 'governance report (2025-07-31 snapshot)',
      reserves: { USDC: { ...POOL_ONE, id: 1, lb: 0, lt: 0, ltv: 0 }, WETH: POOL_ONE },
      eModes: { '10': emode('ten'), '2': emode('two') },
    }
    const found = await readAaveParams(file('pool.json', document))
    expect(found.reserves.map((one) => one.symbol)).toEqual(['WETH', 'USDC'])
    expect(found.reserves.map((one) => one.liquidation_bonus)).toEqual([0.05, 0])
    expect(found.emodes.map((one) => [one.label, one.liquidation_bonus])).toEqual([
      ['two', 0.01],
      ['ten', 0.01],
    ])
    expect([found.dated, found.price_usd['WETH'], found.cash['WETH']]).toEqual(['2025-07-31', 3000, 7])
    const bad = { ...document, eModes: { '1': { ...emode('x'), collateral: ['DOGE'] } } }
    expect(await message(readAaveParams(file('pool.json', bad)))).toContain('eModes.1 is "DOGE"; valid: a symbol of reserves')
    expect(await message(readAaveParams(file('pool.json', { other: 1 })))).toContain(
      '"an object of other"; valid: parameters with networks',
    )
  })
})

describe('scenarios', () => {
  const head = { schema: 'unwind.scenario/1', id: 'x' }

  it('are filled in, and are the same from JSON and YAML', async () => {
    const json = await readScenario(
      file('a.json', { ...head, drivers: [{ kind: 'shock', id: 's', shocks: [{ asset: 'ETH', change: -0.3 }] }] }),
    )
    const yaml = await readScenario(
      file(
        'a.yaml',
        'schema: unwind.scenario/1\nid: x\ndrivers:\n  - kind: shock\n    id: s\n    shocks: [{asset: ETH, change: -0.3}]\n',
      ),
    )
    expect(yaml).toEqual(json)
    expect(json).toMatchObject({ seed: 1, horizon_ms: 86_400_000, tick_ms: 60_000, faults: [], limits: { rounds: 200 } })
  })

  it('take the bars of a replay from a file beside them, and its hash', async () => {
    const lines = ['ETH', 'BTC', 'SOL'].flatMap((symbol) => [`0,${symbol},1,1,1,1,0`, `60000,${symbol},1,2,1,2,0`])
    file('bars.csv', ['ts_ms,symbol,open,high,low,close,volume', ...lines].join('\n'))
    const driver = {
      kind: 'replay',
      id: 'r',
      from_ms: 0,
      assets: { ETH: { symbol: 'ETH' }, WBTC: { symbol: 'BTC' } },
      bars: { file: 'bars.csv' },
    }
    const scenario = await readScenario(file('r.json', { ...head, drivers: [driver] }))
    const used = (await readBars(join(root, 'bars.csv'))).slice(0, 2)
    expect(scenario.drivers[0]?.['bars']).toEqual({ ETH: used[0], BTC: used[1] })
    expect(scenario.series_hash).toBe(bars_hash(used))
    const outside = { ...driver, bars: { file: '../bars.csv' } }
    expect(await message(readScenario(file('r.json', { ...head, drivers: [outside] })))).toContain(
      'drivers[0].bars.file is "../bars.csv"; valid: a relative path',
    )
  })

  it.each<[string, unknown, string]>([
    ['a.json', { id: 'x' }, 'schema is missing; valid: "unwind.scenario/1"'],
    ['a.json', { ...head, tick_ms: 0 }, 'tick_ms is 0; valid: a whole number, at least 1 and at most 86400000'],
    ['a.json', { ...head, tick_ms: 5000, horizon_ms: 1000 }, 'tick_ms is 5000; valid: at most horizon_ms, 1000'],
    ['a.json', { ...head, seed: 0.5 }, 'seed is 0.5'],
    ['a.json', { ...head, seeds: 1 }, 'seeds is no field that is known; valid: one of schema, id'],
    ['a.json', { ...head, drivers: [{ kind: 'shock' }] }, 'drivers[0].id is missing; valid: text'],
    [
      'a.json',
      {
        ...head,
        drivers: [
          { kind: 'a', id: 'd' },
          { kind: 'b', id: 'd' },
        ],
      },
      'drivers[1].id is "d"; valid: an id that no other has',
    ],
    ['a.json', { ...head, faults: [{ kind: 'flood', to_ms: 1 }] }, 'faults[0].kind is "flood"; valid: "halt" or "gas"'],
    ['a.json', { ...head, faults: [{ kind: 'gas', from_ms: 5, to_ms: 5 }] }, 'faults[0].to_ms is 5; valid: more than from_ms, 5'],
    ['a.json', '{', 'valid: JSON'],
    ['a.yaml', 'a: [', 'valid: YAML'],
    ['a.yaml', 'schema: unwind.scenario/1\nid: x\nhorizon_ms: .nan', 'horizon_ms is NaN; valid: a finite number'],
    ['a.yaml', `a: &a [x]\nb: &b [${'*a,'.repeat(30)}]\nc: &c [${'*b,'.repeat(30)}]\nd: [${'*c,'.repeat(30)}]`, 'valid: YAML'],
    ['a.toml', 'x = 1', 'valid: a name that ends in .json, .yaml or .yml'],
  ])('%s %j', async (name, content, expected) => {
    expect(await message(readScenario(file(name, content)))).toContain(expected)
  })

  it('any damage gives a scenario or an InputError', async () => {
    const whole =
      'schema: unwind.scenario/1\nid: x\nfaults:\n  - {kind: gas, from_ms: 0, to_ms: 5, value: 3}\ndrivers:\n  - kind: shock\n    id: s\n'
    const put = fc.string({
      unit: fc.constantFrom('-', ':', '{', '[', '&', '*', '!', '|', '\n', ' ', '"', '%', '<'),
      maxLength: 4,
    })
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), fc.nat(6), put, async (at, length, replacement) => {
        await readScenario(file('any.yaml', whole.slice(0, at) + replacement + whole.slice(at + length))).catch(
          (error: unknown) => expect(error).toBeInstanceOf(InputError),
        )
      }),
      { numRuns: 200 },
    )
  })
})
