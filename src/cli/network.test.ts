import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { problems, unknown_fields } from '../../test/cli/json-schema.ts'
import { command } from '../../test/support/command.ts'
import { inRoot } from '../../test/support/files.ts'
import { network_text, type NetworkDoc } from '../reports/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'unwind-network-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...args: string[]) => command('network', ...args)
const TWO = inRoot('examples', 'two-lenders.json')
const SMALL = ['--accounts', '200']
const schema = JSON.parse(readFileSync(inRoot('docs', 'schemas', 'network-1.json'), 'utf8')) as object

/** The answer as a document, held against its schema. */
async function document(...args: string[]): Promise<NetworkDoc> {
  const { code, out, err } = await run(...args, '--json')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const found = JSON.parse(out) as NetworkDoc
  expect(problems(schema as never, found)).toEqual([])
  expect(unknown_fields(schema, found)).toEqual([])
  return found
}

describe('unwind network', () => {
  it('a snapshot in words, within the width', async () => {
    const { code, out, err } = await run(TWO)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const text of [
      'After ETH −30.0 %: $340 k of debts stay unpaid by 1 account',
      'morpho USDC pays 98.87 %',
      'Losses realised at default',
      'Distress before anybody defaults',
      'no venue creates what it lends',
      'aave · morpho       1  $7.90 M        51.2 %         60.3 %',
      'eve     morpho → ann → aave → bob',
      'Definitions: docs/network.md',
    ])
      expect(out.replace(/\n +/g, (gap) => (gap.length > 4 ? ' ' : gap))).toContain(text)
    expect(out.replace(/\n +/g, ' ')).toContain(
      'borne by suppliers and holders who are not listed $340 k; morpho USDC pays 98.87 %',
    )
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })

  it('says which columns a narrow terminal has no room for', async () => {
    const found = await document(TWO)
    const text = (width: number) => network_text(found, { width })
    expect(text(80).replace(/\n +/g, ' ')).toContain('No room here for evidence: a wider terminal, --json or --html.')
    expect(text(140)).not.toContain('No room here')
    for (const line of text(80).split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(80)
  })

  it('leads with the fund that bears what is not paid, and says where there is no market for what would be sold', async () => {
    const { out } = await run(...SMALL, '--shock', 'ETH=-50%', '--correlated')
    const text = out.replace(/\n +/g, ' ')
    expect(text.slice(0, 700)).toMatch(
      /of debts stay unpaid by \d+ accounts, borne by .*the fund of binance \$[\d.]+ [MB] of its \$/,
    )
    expect(text).toMatch(
      /the published impact is linear, which has no meaning beyond 1 ÷ impact: weETH \$[\d.]+ [MB] sold for \$1\.00 B/,
    )
    expect(text).toContain('No market for as much')
    expect(text).not.toMatch(/−100\.0 %/)
  })

  it('a document of the schema, the same every time, with and without what it may lack', async () => {
    const found = await document(...SMALL)
    expect(found.shock[0]?.asset).toBe('ETH')
    expect(found.shock.length).toBeGreaterThan(5)
    expect(await document(...SMALL)).toEqual(found)
    const calm = await document(TWO, '--shock', 'ETH=+10%', '--default-costs', '0')
    expect(calm.clearing.map(({ default_costs }) => default_costs)).toEqual([0, 0])
    expect(calm.fire_sale).toBeNull()
  })

  it('takes its options', async () => {
    const alone = await document(...SMALL, '--shock', 'ETH=-40%', '--lost', '40', '--default-costs', '10', '--top', '2')
    expect(alone).toMatchObject({ lost: 0.4, default_costs: 0.1, shock: [{ asset: 'ETH', change: expect.closeTo(-0.4, 12) }] })
    expect(alone.debt_rank.filter(({ kind }) => kind === 'owner')).toHaveLength(2)
    const along = await document(...SMALL, '--shock', 'ETH=-40%@2h', '--correlated')
    expect(along.shock.map(({ asset }) => asset)).toContain('BTC')
  })

  it('a page: complete, escaped, with the picture and nothing from elsewhere', async () => {
    const named = join(folder, 'named.json')
    writeFileSync(named, readFileSync(TWO, 'utf8').replaceAll('"aave"', '"<b>aave"'))
    const page = join(folder, 'page.html')
    const { code } = await run(named, '--html', page, '--quiet')
    expect(code).toBe(0)
    const html = readFileSync(page, 'utf8')
    expect(html).not.toContain('<b>aave')
    expect(html).toContain('&lt;b&gt;aave USDC')
    expect(html).not.toMatch(/<script|<link|<img|@import|url\(|NaN|Infinity|undefined/)
    // A band for each of the three holdings, one arc for ann.
    expect(html.match(/<path class="band /g)).toHaveLength(3)
    expect(html.match(/<path class="arc"/g)).toHaveLength(1)
    // Four of who brings down whom, and each holding again for narrow screens.
    expect(html.match(/<td class="heat"/g)).toHaveLength(4 + 3)
    for (const tag of ['section', 'table', 'svg', 'figure', 'main'])
      expect(html.split(`<${tag}`).length).toBe(html.split(`</${tag}>`).length)
  })

  it.each([
    [['--shock', 'FOO=-10%'], '--shock: asset is "FOO"'],
    [['--shock', 'USDC=-10%'], 'not the unit of account'],
    [['--shock', 'ETH=-100%'], 'more than -100%'],
    [['--shock', 'ETH'], 'ASSET=CHANGE%'],
    [['--shock', 'ETH=-10%', '--shock', 'ETH=-20%'], 'every asset once'],
    [['--lost', '0'], '--lost is "0"; valid: per cents above 0 and below 100'],
    [['--lost', '10,20'], 'one per cent'],
    [['--default-costs', '-1'], '--default-costs is "-1"'],
    [['--top', '0'], '--top is "0"; valid: a whole number from 1 to 1000'],
    [['--correlated'], 'together with --shock'],
    [['--accounts', '200'], 'used without a snapshot'],
    [['--html', join(folder, 'no', 'page.html')], 'a folder that exists'],
  ])('refuses %j', async (args, message) => {
    const { code, out, err } = await run(TWO, ...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
  })

  it('names the file, field, value and range of a snapshot that does not fit', async () => {
    const bad = join(folder, 'bad.json')
    writeFileSync(bad, readFileSync(TWO, 'utf8').replace('"lltv": 0.86', '"lltv": 1.86'))
    const { code, err } = await run(bad)
    expect(code).toBe(2)
    for (const text of ['bad.json', 'lltv', '1.86']) expect(err).toContain(text)
    const missing = await run(join(folder, 'nothing.json'))
    expect(missing.code).toBe(2)
    expect(existsSync(join(folder, 'nothing.json'))).toBe(false)
  })

  it('has examples in its help', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    const examples = out.split('\n').filter((line) => line.startsWith('  unwind network'))
    expect(examples.length).toBeGreaterThanOrEqual(4)
  })
})
