import { describe, expect, it } from 'vitest'
import { type FixtureOptions, fixture } from '../../test/cli/report-fixture.ts'
import { stress_html } from './html.ts'
import { escape, markup } from './markup.ts'

const html = (options: FixtureOptions = {}) => stress_html(fixture(options))

/** Names of the elements that are open at the end, or the first that closes what is not open. */
function unbalanced(page: string): string[] {
  const empty = new Set(['meta', 'br', 'link', 'line', 'path', 'rect', 'circle'])
  const open: string[] = []
  for (const [, closing, name = '', , self] of page
    .replace(/<style>.*?<\/style>/s, '')
    .matchAll(/<(\/?)([a-zA-Z][\w-]*)((?:"[^"]*"|[^">])*?)(\/?)>/g)) {
    if (closing === '') {
      if (self !== '/' && !empty.has(name)) open.push(name)
    } else if (open.pop() !== name) return [`</${name}>`]
  }
  return open
}

describe('the page', () => {
  it('closes what it opens', () => {
    expect(unbalanced('<p><b>x</p>')).toEqual(['</p>'])
    for (const options of [{}, { calm: true }, { document: { status: 'limit' as const } }])
      expect(unbalanced(html(options))).toEqual([])
  })

  it('needs nothing from elsewhere and runs nothing', () => {
    const page = html()
    expect(page).not.toMatch(/<script|\son\w+=|<link|<iframe|<img|@import|url\(|javascript:/i)
    expect(page.match(/(?:href|src)="(?!#)[^"]*"/g)).toBeNull()
    expect(page).toContain("default-src 'none'")
  })

  it('draws price against fundamental for every asset that was hit, and forced flow by venue', () => {
    const page = html()
    expect(page.match(/<path class="mid" d="M/g)?.length).toBe(5 + 1)
    expect(page.match(/<path class="fundamental" d="M/g)?.length).toBe(5 + 1)
    for (const colour of ['v0', 'v1', 'v2'])
      expect(page.match(new RegExp(`<rect class="${colour}"`, 'g'))?.length).toBeGreaterThan(5)
    expect(page.match(/role="img"/g)?.length).toBe(5 + 2)
    expect(page).not.toContain('NaN')
    expect(page).not.toContain('Infinity')
  })

  it('draws an asset that was shocked though nobody sold it', () => {
    const shocks = ['ETH', 'USDC'].map((asset) => ({ asset, change: -0.1, over_ms: 0, at_ms: 0 }))
    const page = html({ scenario: { drivers: [{ kind: 'shock', id: 'shock', shocks }] } })
    // The fixture sells all but USDC.
    expect(html()).not.toContain('<b>USDC</b>')
    expect(page).toContain('<b>USDC</b>')
    expect(page.match(/<path class="mid" d="M/g)?.length).toBe(6 + 1)
  })

  it('draws no chart of what was hit and hardly moved', () => {
    const { assets } = fixture().document
    const still = assets.map((asset) =>
      asset.id === 'SOL' ? { ...asset, drawdown: 1e-4, fundamental_end_usd: asset.start_usd } : asset,
    )
    const page = html({ document: { assets: still } })
    expect(page).not.toContain('<b>SOL</b>')
    expect(html()).toContain('<b>SOL</b>')
    expect(page).toContain('1 more asset was hit, and moved less')
  })

  it('says why it was sold where the run was explained, and nothing of it elsewhere', () => {
    const link = {
      row: 2,
      kind: 'fill',
      after_ms: 720_000,
      venue: 'aave',
      account: null,
      market: 'ETH-USD',
      asset: 'ETH',
      amount: -2,
    } as const
    const sale = { ...link, price: 2_500, usd: 5_000, sold: 'seized', blamed: [] } as const
    const shock = { ...sale, row: 0, kind: 'shock', after_ms: 60_000, sold: 'free', venue: null, price: 3_600 } as const
    const loop = { perp_to_lending_usd: 25e6, lending_to_spot_usd: 12e6, lending_to_perp_usd: 17e6, closed_usd: 0 }
    const infections_by_mechanism = [
      { from: 'binance', to: '<aave>', usd: 25e6, usd_pivotal: 42e6, mechanism: 'oracle' as const },
    ]
    const document = { explain: { chains: [{ why: 'largest' as const, links: [sale, shock] }], loop }, infections_by_mechanism }
    const page = html({ document })
    expect(unbalanced(page)).toEqual([])
    expect(page).toContain('<span class="what">aave: $5.00\u00a0k of ETH sold on ETH-USD at 2,500.0 after a seizure</span>')
    expect(page).toContain('because the fundamental of ETH begins to move, to 3,600.0')
    expect(page).toContain('<span>lending<small>$25.0 M forced by exchanges</small></span>')
    expect(page).toContain(
      '<td class="left">&lt;aave&gt;</td><td class="heat" style="--w:1.000">$25.0 M · 100 %<small>tipped $42.0 M</small>',
    )
    expect(html()).not.toContain('Why it was sold')
    // Without the way back there is no round.
    const broken = { explain: { ...document.explain, loop: { ...loop, lending_to_perp_usd: 0 } } }
    expect(html({ document: broken })).not.toContain('<ol class="way">')
  })

  it('has the same figures as the text, in tables', () => {
    const page = html()
    for (const figure of ['$412 M', '1.84', '14,311', '$3.11 M', '$3.05 M', '$18.4 M', '$412 k']) expect(page).toContain(figure)
    expect(page).toMatch(/<th scope="row">binance<\/th><td>\$247 M<\/td>/)
  })

  it('has the outcomes of a real event beside what happened, and of nothing else', () => {
    const outcome = {
      id: 'x',
      what: 'troves <b>',
      unit: 'count',
      band: [220, 420],
      observed: 310,
      source: 's',
      evidence: 'observed',
    } as const
    const event = {
      id: 'e',
      title: 'E',
      time: '2021-05-19',
      page: 'docs/events/e.md',
      draws: { ratio: 2.26770659 },
      outcomes: [{ ...outcome, over_seeds: 'median', value: 341, inside: true }],
    } as const
    const page = html({ document: { event } })
    expect(unbalanced(page)).toEqual([])
    expect(page).toContain('<td>341</td><td>310</td><td>220 to 420</td><td>yes</td>')
    expect(page).toContain('troves &lt;b&gt;')
    expect(page).toContain('ratio 2.268')
    expect(html()).not.toContain('and what happened')
  })

  it('links every heading to a definition that is on the page', () => {
    const page = html()
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1] as string)
    expect(targets.length).toBeGreaterThan(30)
    const ids = new Set([...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]))
    expect(targets.filter((target) => !ids.has(target))).toEqual([])
    for (const name of [
      'forced_sales_usd',
      'multiplier',
      'bad_debt_usd',
      'adl_loss_usd',
      'shortfall_usd',
      'endogenous_share',
      'low',
      'usd_pivotal',
    ])
      expect(targets).toContain(`d-${name}`)
  })

  it('gives every id once', () => {
    const ids = [...html().matchAll(/\sid="([^"]+)"/g)].map((match) => match[1])
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('shades the infections by their part of the victim', () => {
    // 140 of 247.2 M: the fixture's exogenous share of the first venue.
    expect(html()).toMatch(/style="--w:0\.567">\$140 M · 57 %<small>tipped \$120 M/)
  })

  it('escapes hostile names wherever they stand', () => {
    const hostile = '"><script>alert(1)</script><b a=\'&'
    const page = html({
      venues: [hostile, `${hostile}2`],
      assets: [hostile],
      aliases: [{ from: hostile, to: hostile, why: hostile }],
      scenario: {
        faults: [{ kind: 'halt', target: hostile, from_ms: 0, to_ms: 1, value: 0 }],
        without: [hostile],
        drivers: [{ kind: hostile, id: 'x' }],
      },
      document: {
        title: hostile,
        evidence: { weakest: 'synthetic', parts: [{ part: hostile, evidence: 'inferred', source: hostile }], notes: [hostile] },
        laws: { checked: 1, broken: [hostile] },
      },
    })
    expect(page).not.toContain('<script>')
    expect(page).not.toContain("a='&")
    expect(page).toContain('&lt;script&gt;')
    expect(unbalanced(page)).toEqual([])
  })

  it('says first when the run did not reach its end', () => {
    expect(html({ document: { status: 'limit' } })).toMatch(/<main>\s*<p class="status" role="alert">The run stopped at a limit/)
    expect(html()).not.toContain('role="alert"')
  })

  it('has light and dark, narrow and print', () => {
    for (const query of ['prefers-color-scheme:dark', 'max-width:760px', '@media print']) expect(html()).toContain(query)
  })

  it('of a replay has the days', () => {
    const page = html({ scenario: { drivers: [{ kind: 'replay', id: 'replay' }] } })
    expect(page).toMatch(/<th scope="col">2025-07-31<\/th>/)
    expect(html()).not.toMatch(/<th scope="col">2025-07-31<\/th>/)
  })
})

describe('markup', () => {
  it('escapes values, keeps markup, joins lists', () => {
    expect(markup`<a b="${'"<&\'>'}">${[markup`<i>${1}</i>`, 'x<']}${undefined}</a>`.text).toBe(
      '<a b="&quot;&lt;&amp;&#39;&gt;"><i>1</i>x&lt;</a>',
    )
    expect(escape('a\u0000b\u001b')).toBe('a?b?')
  })
})
