import { describe, expect, it } from 'vitest'
import { fixture } from '../../test/cli/report-fixture.ts'
import { answer, priced_assets } from './report.ts'

describe('the answer in a sentence', () => {
  it('has a subject, also where the scenario has no title', () => {
    const report = fixture()
    const nameless = { ...report, document: { ...report.document, title: ' on the reference market' } }
    expect(answer(nameless)).toMatch(/^The scenario on the reference market forces /)
  })

  it('measures distance from the fundamental in one way', () => {
    // 66 against 70 where it stood lowest: 1 − 66 ÷ 70 = 5.7 %.
    expect(answer(fixture())).toContain('5.7 % below its fundamental')
    expect(answer(fixture())).not.toContain('points')
  })
})

it('an asset that is shocked has a row of prices, forced sales or not', () => {
  const report = fixture()
  const drivers = [{ kind: 'shock', id: 's', shocks: [{ asset: 'USDC', change: -0.01 }] }]
  const other = { ...(report.document.assets[0] as (typeof report.document.assets)[number]), id: 'USDC' }
  const changed = {
    ...report,
    scenario: { ...report.scenario, drivers },
    document: { ...report.document, assets: [...report.document.assets.filter(({ id }) => id !== 'USDC'), other] },
  }
  expect(priced_assets(changed).map(({ id }) => id)[0]).toBe('USDC')
})
