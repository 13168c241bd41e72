import { describe, expect, it } from 'vitest'
import { crash, small_market } from '../../test/support/reference-market.ts'
import { stress } from '../studies/index.ts'
import { explain_text } from './explain.ts'
import { run_schema } from './schemas.ts'

describe('an explained run', () => {
  const { document } = stress(small_market(1_500), crash(2), { explain: true })
  const explained = run_schema.parse(document)
  const text = explain_text(explained, { width: 100 })

  it('starts chains at forced sales and goes back in time', () => {
    const { chains } = explained.explain ?? { chains: [] }
    expect(chains.length).toBeGreaterThan(2)
    for (const { links } of chains) {
      expect(links[0]?.kind).toBe('fill')
      expect(links[0]?.sold).not.toBe('free')
      links.slice(1).forEach((link, l) => {
        expect(link.row).toBeLessThan(links[l]?.row as number)
        expect(link.after_ms).toBeLessThanOrEqual(links[l]?.after_ms as number)
      })
      // Nothing else happens from outside here.
      expect(links[links.length - 1]?.kind).toBe('shock')
    }
  })

  it('shows in words what caused the sales, and the path from exchanges to lenders and back', () => {
    for (const words of [
      'because',
      'through the oracle',
      'through marks',
      'perp → index → oracle → lending: $',
      'spot → perp: $',
      // Shares along the chain, what stands beside them, and what the chains stand for.
      'because, 57 % of it by sales of aave through marks, the last of them',
      '43 % of it by the outside world through marks',
      '% of all forced sales; all that went the same way (outside → ',
      'The sales at the heads of these chains are $',
    ])
      expect(text.replace(/\s+/g, ' ')).toContain(words)
    for (const line of text.split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(100)
  })

  it('is nothing when it was not asked for', () => {
    expect(explain_text({ ...explained, explain: undefined } as never)).toBe('')
    expect(stress(small_market(300), crash(1)).document.explain).toBeUndefined()
  })
})

describe('an explained counterfactual', () => {
  it('says what leaving out removed and what the attribution said', () => {
    const scenario = { ...crash(2), without: ['mechanism:oracle'] }
    const explained = run_schema.parse(stress(small_market(1_000), scenario, { explain: true }).document)
    const { removed_usd = 0, said_usd, interaction_usd } = explained.explain?.counterfactual ?? {}
    expect(interaction_usd).toBe(removed_usd - (said_usd as number))
    expect(explain_text(explained).replace(/\s+/g, ' ')).toContain('Without mechanism:oracle, forced sales: aave $')
  })
})
