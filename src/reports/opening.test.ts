import { describe, expect, it } from 'vitest'
import { type FixtureOptions, fixture } from '../../test/cli/report-fixture.ts'
import { Log, Store } from '../model/index.ts'
import { bridge } from './bridge.ts'
import { stress_html } from './html.ts'
import { stress_text } from './text.ts'

const text = (document: FixtureOptions['document'] = {}) =>
  stress_text(fixture({ document: document ?? {} })).replace(/\s+/g, ' ')
const page = (options: FixtureOptions) => stress_html(fixture(options)).replaceAll('\u00a0', ' ')

const fay = { venue: 'aave', account: 4, owner: 'fay', usd: 600_000 }
const opening = {
  below: { accounts: 3, usd: 4.2e6, largest: { ...fay, account: 9, owner: null, usd: 2.7e6 } },
  underwater: { accounts: 1, usd: 600_000, largest: fay },
  bad_debt_usd: 600_000,
  shortfall_usd: 0,
}
const none = { accounts: 0, usd: 0, largest: null }

describe('accounts in trouble at the start', () => {
  it('are warned of once, with number, USD and the largest', () => {
    const report = text({ opening })
    const warning =
      'Before any shock 3 accounts of this snapshot are below liquidation ($4.20 M owed, most by aave account 9 with $2.70 M), 1 of them under water by $600 k (aave account 4 of fay with $600 k).'
    expect(report).toContain(warning)
    expect(report.match(/Before any shock/g)?.length).toBe(1)
    expect(page({ document: { opening } }).match(/Before any shock/g)?.length).toBe(1)
  })

  it('have their part taken out of what the run added', () => {
    // Of the fixture's 3,112,500.
    const report = text({ opening })
    expect(report).toContain('bad debt $2.51 M added by the run (and $600 k that was there at the start)')
    expect(report).toContain('Bad debt $3.11 M = $600 k that was there at the start + $2.51 M added by the run')
    expect(page({ document: { opening } })).toContain('Bad debt added</a></dt><dd>$2.51 M</dd>')
  })

  it('are not mentioned where there are none', () => {
    const report = text({ opening: { below: none, underwater: none, bad_debt_usd: 0, shortfall_usd: 0 } })
    expect(report).toBe(text())
    expect(report).not.toContain('at the start +')
  })
})

describe('what would hold a price', () => {
  const anchor = {
    asset: 'DOGE',
    market: 'DOGE-USD',
    others: [],
    linked: [],
    permanent: 0.35,
    depth_left: 0.02,
    depth_left_ms: 60_000,
  }
  const said = 'What would hold DOGE (−16.1 % against its fundamental) is not in this world: it trades on DOGE-USD alone'

  it('is said to be missing where an asset left its fundamental on its only market', () => {
    const report = text({ anchors: [anchor] })
    expect(report).toContain(
      `${said}, so no arbitrageur brings buyers from elsewhere, and 35 % of what orders displace there stays; its depth within 1 % fell to 2.0 % of the start at +1 min.`,
    )
    expect(page({ document: { anchors: [anchor] } })).toContain(said)
  })

  it('names markets that nobody links, and says nothing where somebody does', () => {
    expect(text({ anchors: [{ ...anchor, others: ['DOGE-PERP'] }] })).toContain(
      'no arbitrageur links DOGE-USD to its other market (DOGE-PERP)',
    )
    expect(text({ anchors: [{ ...anchor, others: ['DOGE-PERP'], linked: ['DOGE-PERP'] }] })).not.toContain('What would hold')
  })

  it('is no matter for an asset that stayed near its fundamental', () => {
    // USDC: 0.9991 against 1.
    expect(text({ anchors: [{ ...anchor, asset: 'USDC' }] })).not.toContain('What would hold')
  })
})

it('claims that the shock left standing are named once, with what moves them', () => {
  const left_behind = ['wstETH', 'weETH'].map((asset) => ({ asset, claim_on: 'ETH' }))
  const said = 'wstETH and weETH are claims on ETH, but the shock itself does not move them'
  expect(text({ left_behind })).toContain(said)
  expect(text({ left_behind })).toContain('--correlated moves them too')
  expect(page({ document: { left_behind } })).toContain(said)
  expect(text({ left_behind: [] })).not.toContain('claim')
})

it('a run that forces nothing has no empty section on the page', () => {
  const calm = page({ calm: true })
  expect(calm.match(/[Nn]othing was forced to sell/g)?.length).toBe(1)
  for (const heading of ['>Venues<', 'Who infected whom', 'Forced flow by venue', 'class="kpis"', '>Cascade multiplier</a></h2>'])
    expect({ heading, there: calm.includes(heading) }).toEqual({ heading, there: false })
  // All of them are there else, or the test sees nothing.
  for (const heading of ['>Venues<', 'Who infected whom', 'Forced flow by venue', 'class="kpis"', '>Cascade multiplier</a></h2>'])
    expect({ heading, there: page({}).includes(heading) }).toEqual({ heading, there: true })
})

it('a debt that an exchange pays out of other coins is not repaid at a lender', () => {
  const log = new Log(new Store(), { time_ms: 0 })
  log.add({ kind: 'liquidate', venue: 0, account: 1, usd: 70 })
  log.add({ kind: 'liquidate', venue: 1, account: 1, usd: 30 })
  expect(bridge(log, new Set([1]))).toMatchObject({ repaid_usd: 70, converted_usd: 30 })
})
