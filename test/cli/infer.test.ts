/** `unwind infer` through its task: a document that fits its schema, a page, bad input; and on the real packs, where they are. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import type { Host } from '../../src/cli/support/host.ts'
import { perform } from '../../src/cli/support/work.ts'
import { Rng } from '../../src/math/index.ts'
import { type InferDoc, infer_text, SCHEMAS } from '../../src/reports/index.ts'

const DATA = join(process.env.UNWIND_SHARED ?? join(import.meta.dirname, '../../../shared'), 'data')
const folder = mkdtempSync(join(tmpdir(), 'unwind-infer-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** 80 days of a coin, the last 50 with open interest. */
function write(): readonly [string, string] {
  const rng = new Rng(6)
  const bars = ['date,symbol,open,high,low,close,volume']
  const interest = ['date,coin_symbol,market,oi_open,oi_high,oi_low,oi_close']
  let open = 100
  for (let day = 0; day < 80; day++) {
    const date = new Date(Date.UTC(2022, 0, 1) + day * 86_400_000).toISOString().slice(0, 10)
    const close = open * Math.exp(0.03 * rng.normal())
    bars.push([date, 'BTC', open, Math.max(open, close) * 1.01, Math.min(open, close) * 0.99, close, 1e4].join(','))
    const usd = 1e8 * Math.exp(0.05 * rng.normal())
    if (day >= 30) interest.push([date, 'BTC', 'BTCUSD_PERP.A', usd, usd, usd, usd].join(','))
    open = close
  }
  const files = [join(folder, 'bars.csv'), join(folder, 'interest.csv')] as const
  writeFileSync(files[0], `${bars.join('\n')}\n`)
  writeFileSync(files[1], `${interest.join('\n')}\n`)
  return files
}
const files = write()

async function unwind(...args: string[]) {
  let [out, err] = ['', '']
  const host: Host = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    watched: false,
    colour: false,
    width: 100,
    work: perform,
  }
  return { code: await main(args, host), out, err }
}

describe('unwind infer', () => {
  test('a document that fits its schema; sides sum to the open interest, whatever the shape', async () => {
    for (const shape of ['linear', 'inverse']) {
      const { code, out, err } = await unwind('infer', ...files, '--shape', shape, '--particles', '50', '--json')
      expect([code, err]).toEqual([0, ''])
      const document = SCHEMAS['infer-1'].parse(JSON.parse(out)) as InferDoc
      expect(document.bars).toEqual({ all: 80, with_open_interest: 50, with_funding: 0 })
      for (const side of ['long', 'short']) {
        const sum = document.cohorts.reduce((all, one) => (one.side === side ? all + one.notional_usd : all), 0)
        expect(Math.abs(sum / document.open_interest_usd - 1)).toBeLessThan(1e-9)
      }
      // The file says USD; the open interest of a linear contract is worth that, and so is the face of an inverse one.
      expect(document.open_interest_usd / 1e8).toBeGreaterThan(0.7)
      expect(document.open_interest_usd / 1e8).toBeLessThan(1.4)
    }
  })

  test('as text and as a page that stands by itself', async () => {
    const page = join(folder, 'books.html')
    const { code, out } = await unwind('infer', ...files, '--particles', '50', '--html', page)
    expect(code).toBe(0)
    expect(out).toContain('hidden books inferred at 2022-03-22')
    expect(out).toContain('No funding')
    // Whose open interest, by which law; the market's name says that it is coin-margined.
    expect(out.replace(/\s+/g, ' ')).toContain(
      'Open interest of BTCUSD_PERP.A, no funding. Liquidated as isolated margin with 0.5 % maintenance',
    )
    expect(out).toMatch(/^BTC, inverse:/)
    expect(out.replace(/\s+/g, ' ')).toContain(
      'coin-margined contract by the name BTCUSD_PERP.A: open interest is USD of face; for a linear one say --shape linear',
    )
    const html = readFileSync(page, 'utf8')
    expect(html).toContain('<svg')
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|NaN/)
  })

  test('at 80 columns no figure is left out: bars give way', async () => {
    const { out } = await unwind('infer', ...files, '--particles', '20', '--json')
    const text = infer_text(JSON.parse(out) as InferDoc, { width: 80 })
    expect(text).toContain('in all, USD')
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  test('the symbol with the largest open interest is the default, whatever comes first', async () => {
    const more = join(folder, 'two.csv')
    const lines = readFileSync(files[1], 'utf8').trim().split('\n')
    const small = lines
      .slice(1)
      .map((line) => line.replace('BTC,BTCUSD_PERP.A', 'AAA,AAAUSDT_PERP.A').replace(/\d+\.\d+$/, '5e6'))
    writeFileSync(more, [lines[0], ...small, ...lines.slice(1)].join('\n'))
    const bars = join(folder, 'two-bars.csv')
    const own = readFileSync(files[0], 'utf8').trim().split('\n')
    writeFileSync(bars, [own[0], ...own.slice(1).map((line) => line.replace('BTC', 'AAA')), ...own.slice(1)].join('\n'))
    const run = async (...args: string[]) =>
      JSON.parse((await unwind('infer', bars, more, '--particles', '20', '--json', ...args)).out) as InferDoc
    expect(await run()).toMatchObject({ symbol: 'BTC', shape: 'inverse', open_interest_of: 'BTCUSD_PERP.A', maintenance: 0.005 })
    // Settled in dollars: its name says no coin.
    expect(await run('--symbol', 'AAA')).toMatchObject({ symbol: 'AAA', shape: 'linear', open_interest_of: 'AAAUSDT_PERP.A' })
  })

  test.each([
    [['infer'], /missing required argument/],
    [['infer', files[0]], /bars\.csv: open_interest is in none of the files; valid: .*oi_close/],
    [['infer', files[1]], /interest\.csv: symbol is prices of none, open interest of BTC; valid: one with high, low, close/],
    [['infer', ...files, '--symbol', 'XYZ'], /--symbol is "XYZ".*BTC/],
    [['infer', ...files, '--shape', 'round'], /--shape is "round".*linear or inverse/],
    [['infer', ...files, '--particles', '1'], /--particles/],
    [['infer', ...files, '--step', '2d'], /--step is "2d".*1h to 1d/],
    [['infer', ...files, '--step', '1h'], /--step is "1h"; valid: at least 24h, the step of the prices of BTC/],
    [['infer', ...files, '--from', '2022-03-20'], /"2 bars of BTC.*at least 10 .*prices from 2022-01-01T00:00:00Z to 2022-03-21/],
  ] as const)('%j', async (args, message) => {
    const { code, out, err } = await unwind(...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(message)
  })

  const packs = ['spot_daily_coinbase_2020-01_2022-06.csv.gz', 'open_interest_daily_2021-09_2022-06.csv.gz'].map((one) =>
    join(DATA, one),
  )
  const here = packs.every((one) => existsSync(one))
  if (!here) console.log(`skipped: no data packs in ${DATA}`)
  test.skipIf(!here)('real days of BTC: no later day is needed for what is said', async () => {
    const run = (...more: string[]) =>
      unwind(
        'infer',
        ...packs,
        '--symbol',
        'BTC',
        '--shape',
        'inverse',
        '--particles',
        '40',
        '--from',
        '2021-08-01',
        '--json',
        ...more,
      )
    const { code, out } = await run('--to', '2021-12-05')
    expect(code).toBe(0)
    const document = JSON.parse(out) as InferDoc
    // 2021-12-04 fell by a fifth within the day; Coinbase's close was 49,195.20.
    expect(Math.abs(document.price_usd / 49_195.2 - 1)).toBeLessThan(0.001)
    expect(document.density[0]?.total_usd.mean).toBeGreaterThan(0)
  })
})
