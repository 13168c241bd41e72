// What people get wrong: one line that names the file, the field, what was found and what would be valid; code 2; nothing written.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command as run } from '../../test/support/command.ts'

const folder = mkdtempSync(join(tmpdir(), 'unwind-bad-'))
const at = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Json = Record<string, any> // oxlint-disable-line typescript/no-explicit-any -- documents that are broken on purpose

/** A good snapshot with one thing changed. */
function broken(name: string, change: (snapshot: Json) => void): string {
  const snapshot = JSON.parse(readFileSync(at('good.json'), 'utf8')) as Json
  change(snapshot)
  writeFileSync(at(name), JSON.stringify(snapshot))
  return at(name)
}

function scenario(name: string, fields: Json): string {
  writeFileSync(at(name), JSON.stringify({ schema: 'unwind.scenario/1', id: 'x', ...fields }))
  return at(name)
}

const BARS = 'symbol,time_ms,open,high,low,close,volume\n'

/** Two days of hourly bars of BTC. */
function series(name: string, start_ms: number): string {
  const rows = Array.from({ length: 48 }, (_, hour) => `BTC,${start_ms + hour * 3_600_000},1,2,0.5,1,9\n`)
  writeFileSync(at(name), BARS + rows.join(''))
  return at(name)
}

beforeAll(async () => {
  for (const name of ['good.json', 'good']) await run('synth', '--accounts', '200', '--out', at(name))
})

const SHOCK = ['--shock', 'ETH=-10%@5m', '--horizon', '5m']

describe('good input', () => {
  it('is taken, in both forms: else the cases below prove nothing', async () => {
    const hashes: unknown[] = []
    for (const name of ['good.json', 'good']) {
      const { code, out, err } = await run('snapshot', at(name), '--json')
      expect({ code, err }).toEqual({ code: 0, err: '' })
      hashes.push((JSON.parse(out) as Json)['snapshot'])
    }
    expect(hashes[0]).toBe(hashes[1])
    expect((await run('stress', at('good'), ...SHOCK)).code).toBe(0)
  })
})

describe('bad input', () => {
  const cases: readonly (readonly [string, () => string[], RegExp])[] = [
    ['a snapshot that is not there', () => [at('none.json'), ...SHOCK], /none\.json is missing; valid: a file that exists/],
    [
      'a path through a file',
      () => [join(at('good.json'), 'x.json'), ...SHOCK],
      /good\.json\/x\.json.*valid: a file that exists/,
    ],
    [
      'a folder that is no snapshot',
      () => (mkdirSync(at('folder'), { recursive: true }), [at('folder'), ...SHOCK]),
      /folder.*valid: /,
    ],
    [
      'a file that is no JSON',
      () => (writeFileSync(at('no.json'), '{"schema": '), [at('no.json'), ...SHOCK]),
      /no\.json.*valid: JSON/,
    ],
    [
      'JSON that is no snapshot',
      () => (writeFileSync(at('list.json'), '[1]'), [at('list.json'), ...SHOCK]),
      /list\.json: schema is missing; valid: "unwind\.snapshot\/1"/,
    ],
    [
      'another version',
      () => [broken('version.json', (s) => (s['schema'] = 'unwind.snapshot/2')), ...SHOCK],
      /version\.json: schema is "unwind\.snapshot\/2"; valid: "unwind\.snapshot\/1"/,
    ],
    ['no assets', () => [broken('assets.json', (s) => delete s['assets']), ...SHOCK], /assets\.json: assets.*valid: /],
    [
      'a missing asset',
      () => [
        broken('asset.json', (s) => (s['assets'] = s['assets'].map((a: Json) => (a['id'] === 'BTC' ? { ...a, id: 'XBT' } : a)))),
        ...SHOCK,
      ],
      /is "BTC"; valid: one of USD, /,
    ],
    [
      'a negative price',
      () => [broken('price.json', (s) => (s['assets'][1].price_usd = -1)), ...SHOCK],
      /price_usd.* is -1; valid: /,
    ],
    [
      'a negative amount',
      () => [broken('amount.json', (s) => (s['actors'].treasury.amount[0] = -5)), ...SHOCK],
      /amount\[0\].* is -5; valid: /,
    ],
    [
      'a NaN',
      () => [broken('nan.json', (s) => (s['venues'][0].positions.debt[3] = 'NaN')), ...SHOCK],
      /nan\.json.*debt.*NaN.*valid: /,
    ],
    [
      'an unknown kind',
      () => [broken('kind.json', (s) => (s['venues'][0].kind = 'bank')), ...SHOCK],
      /kind is "bank"; valid: one of aave-v3, maker/,
    ],
    [
      'a truncated column file',
      () => {
        cpSync(at('good'), at('cut'), { recursive: true })
        const file = readdirSync(at('cut')).find((name) => name.endsWith('.parquet')) as string
        truncateSync(join(at('cut'), file), Math.floor(statSync(join(at('cut'), file)).size / 2))
        return [at('cut'), ...SHOCK]
      },
      /cut\/[^ ]+\.parquet.*valid: /,
    ],
    ['an unknown asset in a shock', () => ['--shock', 'XYZ=-10%'], /--shock: asset is "XYZ"; valid: one of .*ETH/],
    [
      'the unit of account in a shock',
      () => ['--shock', 'USD=-10%'],
      /--shock: asset is "USD"; valid: an asset that is not the unit of account/,
    ],
    ['a fall of more than everything', () => ['--shock', 'ETH=-130%'], /--shock: change is "-130%"; valid: more than -100%/],
    [
      'a component that is not there',
      () => [...SHOCK, '--without', 'venue:bank'],
      /--without is "venue:bank"; valid: .*venue:aave/,
    ],
    [
      'a tick longer than the horizon',
      () => ['--shock', 'ETH=-10%@1m', '--horizon', '1m', '--tick', '1h'],
      /--tick is "3600000 ms"; valid: at most the horizon/,
    ],
    [
      'more ticks than can be run',
      () => ['--shock', 'ETH=-10%', '--horizon', '3000d', '--tick', '1s'],
      /--tick is "1000 ms"; valid: at least \d+ ms/,
    ],
    [
      'a shock that ends after the horizon of a scenario',
      () => ['--scenario', 'calm', '--shock', 'ETH=-10%@2h', '--horizon', '1h'],
      /calm: drivers\[0\]\.shocks is "ETH from 0 s to 2 h"; valid: complete within the horizon, 1 h/,
    ],
    [
      'a venue of a snapshot file that does not open, with the name of the file',
      () => [broken('kind.json', (s) => (s['venues'][0].kind = 'bank')), ...SHOCK],
      /kind\.json: venue aave: kind is "bank"/,
    ],
    [
      'NaN in a snapshot, with its place',
      () => {
        const text = readFileSync(at('good.json'), 'utf8')
        writeFileSync(at('nan.json'), text.replace(/"time_ms":\s*\d+/, '"time_ms": NaN'))
        return [at('nan.json'), ...SHOCK]
      },
      /nan\.json: line \d+, column \d+ \(time_ms\) is "NaN"; valid: a finite number/,
    ],
    ['a preset that is not there', () => ['--scenario', 'doomsday'], /--scenario is "doomsday"; valid: a file, or one of /],
    ['a scenario that is not there', () => ['--scenario', at('none.yaml')], /none\.yaml is missing; valid: a file that exists/],
    [
      'a scenario of another version',
      () => ['--scenario', scenario('s1.json', { schema: 'unwind.scenario/9' })],
      /s1\.json: schema is "unwind\.scenario\/9"; valid: /,
    ],
    [
      'an impossible scenario',
      () => ['--scenario', scenario('s2.json', { horizon_ms: 1000, tick_ms: 60_000 })],
      /s2\.json: tick_ms is 60000; valid: at most horizon_ms/,
    ],
    [
      'an unknown driver',
      () => ['--scenario', scenario('s3.json', { drivers: [{ kind: 'weather', id: 'w' }] })],
      /kind is "weather"; valid: one of shock/,
    ],
    [
      'a driver with an unknown asset',
      () => [
        '--scenario',
        scenario('s4.json', { drivers: [{ kind: 'shock', id: 's', shocks: [{ asset: 'XYZ', change: -0.1 }] }] }),
      ],
      /s4\.json: drivers\[0\]\.shocks\[0\]\.asset is "XYZ"; valid: one of /,
    ],
    [
      'a misspelt field of a driver, with those that are known',
      () => [
        '--scenario',
        scenario('s6.json', { drivers: [{ kind: 'shock', id: 's', shocks: [{ asset: 'ETH', chnge: -0.1 }] }] }),
      ],
      /s6\.json: drivers\[0\]\.shocks\[0\]\.chnge is no field that is known; valid: one of asset, change, over_ms, at_ms/,
    ],
    [
      'broken JSON, with its line',
      () => (
        writeFileSync(at('line.json'), '{"schema": "unwind.scenario/1",\n "drivers": [,]}'), ['--scenario', at('line.json')]
      ),
      /line\.json is damaged at line 2, column 14: unexpected ","; valid: JSON/,
    ],
    [
      'broken YAML, with its line',
      () => (writeFileSync(at('line.yaml'), 'id: x\ndrivers: [\n  - a: b\n'), ['--scenario', at('line.yaml')]),
      /line\.yaml is damaged: .* at line 3, column 3; valid: YAML/,
    ],
    [
      'an empty document',
      () => (writeFileSync(at('empty.json'), ''), ['--scenario', at('empty.json')]),
      /empty\.json is an empty file; valid: JSON/,
    ],
    [
      'a folder for a scenario',
      () => (mkdirSync(at('folder'), { recursive: true }), ['--scenario', at('folder')]),
      /folder is a folder; valid: a file/,
    ],
    [
      'a shock of a negative duration',
      () => ['--shock', 'ETH=-30%@-1h'],
      /--shock: duration is "-1h"; valid: above 0s, such as 15m or 1h/,
    ],
    [
      'a shock of a negative delay',
      () => ['--shock', 'ETH=-30%@1h+-1h'],
      /--shock: delay is "-1h"; valid: 0s or longer, such as 15m or 1h/,
    ],
    ['an unknown field of a scenario', () => ['--scenario', scenario('s5.json', { horizn_ms: 1 })], /s5\.json.*horizn_ms/],
    [
      'a series that is not there',
      () => ['--replay', at('none.parquet'), '--from', '2024-04-12', '--to', '2024-04-13'],
      /none\.parquet is missing; valid: a file that exists/,
    ],
    [
      'a truncated series',
      () => {
        writeFileSync(at('cut.parquet'), Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(90), Buffer.from('PAR')]))
        return ['--replay', at('cut.parquet'), '--from', '2024-04-12', '--to', '2024-04-13']
      },
      /cut\.parquet.*valid: /,
    ],
    [
      'a series without that day',
      () => ['--replay', series('short.csv', Date.UTC(2024, 0, 1)), '--from', '2024-04-12', '--to', '2024-04-13'],
      /--replay.*valid: /,
    ],
    [
      'tiers that are none',
      () => {
        writeFileSync(at('tiers.json'), '{}')
        return [
          '--replay',
          series('day.csv', Date.UTC(2024, 3, 12)),
          '--from',
          '2024-04-12',
          '--to',
          '2024-04-13',
          '--tiers',
          at('tiers.json'),
        ]
      },
      /tiers\.json: .*valid: /,
    ],
  ]

  it.each(cases)('%s', async (_, make, says) => {
    const args = make()
    const before = readdirSync(folder).sort()
    const { code, out, err } = await run('stress', ...args, '--out', at('result'), '--html', at('result.html'))
    expect({ code, out, err }).toEqual({ code: 2, out: '', err })
    expect(err).toMatch(/^unwind: [^\n]+\n$/)
    expect(err).toMatch(says)
    expect(readdirSync(folder).sort()).toEqual(before)
  })

  it('a snapshot that is inspected is refused in the same words', async () => {
    const { code, err } = await run(
      'snapshot',
      broken('again.json', (s) => (s['venues'][0].kind = 'bank')),
    )
    expect(code).toBe(2)
    expect(err).toMatch(/kind is "bank"; valid: one of aave-v3/)
  })

  it('chances of a day after the end of the file name the option and the range', async () => {
    const { code, err } = await run('warn', series('two.csv', Date.UTC(2024, 0, 1)), '--from', '2030-01-01')
    expect(code).toBe(2)
    expect(err).toMatch(/--from is "2030-01-01T00:00:00Z"; valid: a day within the prices from 2024-01-01T.* to 2024-01-0/)
  })

  it('a group that is not there', async () => {
    const { code, err } = await run('validate', '--group', 'astrology')
    expect(code).toBe(2)
    expect(err).toMatch(/--group is "astrology"; valid: one of /)
  })
})
