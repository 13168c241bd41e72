import { describe, expect, it } from 'vitest'
import { type FixtureOptions, fixture } from '../../test/cli/report-fixture.ts'
import type { Painter } from './lines.ts'
import { stress_text, type TextOptions } from './text.ts'

const text = (options: FixtureOptions = {}, look: TextOptions = {}) => stress_text(fixture(options), look)
const HEADINGS = [
  'What was shocked',
  'What followed',
  'Who infected whom',
  'ETH price',
  'Forced flow over time',
  'Cascade multiplier',
  'Evidence',
  'Identity',
  'Every figure is defined in docs/definitions.md.',
]

describe('the text report', () => {
  it('answers first, then tells what was shocked, what followed, charts, multiplier, evidence and identity, in this order', () => {
    const report = text()
    expect(report.startsWith('ETH −30 % in 1 h, correlated, on the reference market forces $412 M of selling')).toBe(true)
    const places = HEADINGS.map((heading) => report.indexOf(heading))
    expect(places.every((place) => place > 0)).toBe(true)
    expect([...places].sort((a, b) => a - b)).toEqual(places)
    expect(report.endsWith('\n')).toBe(true)
  })

  it('says in its first sentence how far the price fell against its fundamental, the multiplier and who paid', () => {
    const first = text().split('\n\n')[0]?.replace(/\n/g, ' ') ?? ''
    for (const part of [
      // 0.70 − 0.66 of the start; the furthest of its fundamental is DOGE: 0.52 ÷ 0.62 − 1.
      'takes ETH 34.0 % down, 5.7 % below its fundamental at the time',
      'at +1 h 15 min DOGE trades 16.1 % below its fundamental',
      'cascade multiplier 1.84',
      '14,311 accounts',
      'bad debt $3.11 M',
      'the insurance fund pays $3.05 M',
      'ADL closes $18.4 M',
    ])
      expect(first).toContain(part)
  })

  it('calls orders that bought by their name, with the highest price', () => {
    const { totals, assets } = fixture().document
    const report = text({
      document: {
        totals: { ...totals, forced_buys_usd: 400e6 },
        assets: assets.map((asset) => ({ ...asset, high_usd: asset.start_usd * 1.3, gap: 0, gap_ms: null })),
      },
    }).replace(/\n/g, ' ')
    expect(report).toContain(
      'forces $412 M of orders, $400 M of it buying back shorts, and lifts ETH to 4,810.0 at most, +30.0 %;',
    )
    expect(report.split('  ')[0]).not.toContain('below its fundamental')
  })

  it('tells an asset that forced purchases lifted while others fell', () => {
    const { assets } = fixture().document
    const high = (id: string, factor: number) =>
      assets.map((asset) => (asset.id === id ? { ...asset, high_usd: asset.start_usd * factor } : asset))
    const report = text({ document: { assets: high('SOL', 1.79) } }).replace(/\s+/g, ' ')
    expect(report).toContain('; shorts bought back lift SOL to 308.78, +79.0 %; cascade multiplier')
    expect(report).toMatch(/SOL 172\.50 ↑ 308\.78 \+79\.0 %/)
    expect(text({ document: { assets: high('SOL', 1.05) } })).not.toContain('bought back lift')
  })

  it('tells what a liquidation call costs, when it changes often, in one line', () => {
    const step = (i: number) => ({ kind: 'gas' as const, target: '', value: 1 + i, from_ms: i * 60_000, to_ms: (i + 1) * 60_000 })
    const costs = (n: number) => {
      const faults = Array.from({ length: n }, (_, i) => step((i * 3) % n))
      return [...text({ scenario: { faults } }).matchAll(/^ {2}(A liquidation call costs .*)$/gm)].map(([, line]) => line)
    }
    expect(costs(4)).toHaveLength(4)
    expect(costs(11)).toEqual(['A liquidation call costs $1.00 to $11.0, median $6.00, in 11 steps from 0 s to 11 min.'])
  })

  it('names a shortfall that is more than a twentieth of the bad debt, and only then', () => {
    const { totals } = fixture().document
    const first = (shortfall_usd: number) => text({ document: { totals: { ...totals, shortfall_usd } } }).split('\n\n')[0]
    expect(first(0.06 * totals.bad_debt_usd)).toContain('(shortfall)')
    expect(first(0.04 * totals.bad_debt_usd)).not.toContain('shortfall')
  })

  it('bridges forced sales, liquidated and the base of the multiplier', () => {
    const report = text().replace(/\n +/g, ' ')
    expect(report).toContain(
      'Liquidated $380 M = $200 M reduced in the market + $28.0 M taken over by funds (of which ADL closed $18.4 M) + $92.0 M of debt repaid at lenders + $3.00 M of debt paid at exchanges out of other coins + $57.0 M paid in auctions.',
    )
    expect(report).toContain('and $39.0 M of sales that answered calls, at start prices: $455 M.')
    expect(report).toContain('Insurance: $3.05 M paid out, $1.10 M received, net −$1.95 M.')
  })

  it('names the asset that was asked about before the one that was sold most', () => {
    const btc = [{ kind: 'shock', id: 'shock', shocks: [{ asset: 'BTC', change: -0.2 }] }]
    expect(text({ scenario: { drivers: btc } })).toContain('takes BTC 21.5')
    // In the chart and in the table of prices too, though more ETH was sold; then what was sold most.
    const report = text({ scenario: { drivers: btc } })
    expect(report).toContain('BTC price ─ against its fundamental')
    expect([...report.matchAll(/^ {2}(\w+) .* at \+1 h 15 min +−\d+\.\d % /gm)].map(([, id]) => id).slice(0, 3)).toEqual([
      'BTC',
      'ETH',
      'wstETH',
    ])
    expect(text({ scenario: { drivers: [{ kind: 'gbm', id: 'x' }] } })).toContain('takes ETH 34.0')
  })

  it('puts a status that is not done before everything else', () => {
    expect(text({ document: { status: 'limit' } })).toMatch(/^The run stopped at a limit/)
    expect(text({ document: { status: 'interrupted' } })).toMatch(/^The run was stopped/)
  })

  it('warns first, and shows the laws, when some did not hold', () => {
    const report = text({ document: { laws: { checked: 3, broken: ['0: conservation: ETH: holdings are off by 2'] } } })
    expect(report).toMatch(/^1 law did not hold/)
    expect(report).toContain('✗ 0: conservation: ETH')
  })

  it.each([80, 100, 120, 20, 500])('keeps within its width (%d asked)', (width) => {
    const most = Math.min(120, Math.max(80, width))
    const long = 'a-venue-with-a-name-that-goes-on-and-on-and-on'
    for (const options of [{}, { calm: true }, { venues: [long, `${long}-2`, `${long}-3`], assets: [long] }])
      for (const line of text(options, { width }).split('\n'))
        expect({ line, fits: Array.from(line).length <= most }).toEqual({ line, fits: true })
  })

  it('lists each venue with its assets under it, and all of them last', () => {
    const lines = text().split('\n')
    const venue = lines.findIndex((line) =>
      /^ {2}binance .*\$247 M .*8,586 .*\$228 M .*\$2\.20 M .*\$3\.05 M .*\$18\.4 M/.test(line),
    )
    expect(venue).toBeGreaterThan(0)
    expect(lines[venue + 1]).toMatch(/^ {4}ETH .*\$124 M .*−3\.00 % /)
    expect(lines.some((line) => /^ {2}all .*\$412 M/.test(line))).toBe(true)
  })

  it('has a matrix of infections whose columns are the victims', () => {
    const report = text()
    expect(report).toMatch(/from ↓ {2}to → +binance +aave +maker/)
    expect(report).toMatch(/exogenous +\$140 M \(\$120 M\) +\$70\.0 M \(\$50\.0 M\)/)
  })

  it('says plainly when nothing happened', () => {
    const report = text({ calm: true })
    expect(report).toContain('forces no selling and liquidates nobody.')
    // Once, and no section for what did not happen.
    expect(report.match(/[Nn]othing was forced to sell/g)?.length).toBe(1)
    for (const heading of ['Cascade multiplier', 'Who infected whom', 'Forced flow over time'])
      expect(report).not.toContain(heading)
  })

  it('of a replay says that the multiplier is not defined, and has the days, the aliases and the assumptions', () => {
    const report = text({
      scenario: { pinned: ['ETH', 'BTC'], drivers: [{ kind: 'replay', id: 'replay' }], series_hash: '00' },
      document: { totals: { ...fixture().document.totals, multiplier: null, no_feedback_at_start_usd: null } },
      aliases: [{ from: '1000PEPE/USDT:USDT', to: 'PEPE', why: 'contract multiplier; notionals unchanged' }],
    })
    expect(report.replace(/\n/g, ' ')).toContain('cascade multiplier not defined, because prices were held to a series')
    expect(report).toContain('Mids of 2 assets held to the series')
    expect(report).toMatch(/coin +2025-07-31 +all\n +ETH +9,000 +\$210 M +9,000 +\$210 M\n +all +9,000 +\$210 M/)
    expect(report).toMatch(/1000PEPE\/USDT:USDT +PEPE +contract multiplier/)
    expect(report).toContain('· Basis 0 between spot and perp is assumed.')
    expect(text()).not.toContain('Liquidations by coin and day')
  })

  it('of a long replay leaves the days to the document', () => {
    const days = Array.from({ length: 9 }, (_, i) => ({ coin: 'ETH', day: `2025-07-0${i + 1}`, liquidations: 1, usd: 1e6 }))
    const report = text({ scenario: { drivers: [{ kind: 'replay', id: 'replay' }] }, document: { coin_day: days } })
    expect(report).toMatch(/coin +all 9 days\n +ETH +9 +\$9\.00 M\n/)
    expect(report).toContain('Every coin and day stands in the document')
  })

  it('of a replay with feedback says that the path counts impact twice', () => {
    expect(text({ scenario: { pinned: [], drivers: [{ kind: 'replay', id: 'replay' }] } }).replace(/\n +/g, ' ')).toContain(
      'own impact twice',
    )
  })

  it('passes no control character of a name on to the terminal', () => {
    const report = text({ venues: ['\u001b[2Jevil\u0007', 'a\nb', '\u202egpj'], document: { title: 'x\u001b]0;y' } })
    // oxlint-disable-next-line no-control-regex -- what must not be there
    expect(report).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  })

  it('colours by the painter it is given, and only so', () => {
    const mark = (name: string) => (part: string) => `<${name}>${part}</${name}>`
    const painter: Painter = {
      strong: mark('b'),
      faint: mark('i'),
      good: mark('g'),
      bad: mark('r'),
      warn: mark('w'),
      series: (i, part) => mark(`s${i}`)(part),
    }
    const painted = text({}, { painter })
    expect(painted).toContain('<s0>')
    expect(painted.replace(/<\/?[a-z]\d?>/g, '')).toBe(text())
  })

  it('reads the same twice', () => expect(text()).toBe(text()))
})
