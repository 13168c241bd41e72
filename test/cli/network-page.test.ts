// The page of a network in a browser: its picture where names can be read, a table of the same where they cannot.
import { beforeAll, describe, expect, it } from 'vitest'
import { network_html } from '../../src/reports/index.ts'
import { build, shock_scenario } from '../../src/scenarios/index.ts'
import { network } from '../../src/studies/index.ts'
import { withPage } from '../support/browser.ts'
import { findChromium } from '../support/chromium.ts'
import { small_market } from '../support/reference-market.ts'

interface Seen {
  readonly overflow: number
  /** Height of the smallest text in a picture that is shown, pixels; null without any. */
  readonly smallest: number | null
  /** Rows of the table of who holds what, where it is shown. */
  readonly rows: number
}

const LOOK = `(() => {
  const shown = (item) => item.getBoundingClientRect().width > 0
  const texts = [...document.querySelectorAll('svg text')].filter(shown).map((item) => item.getBoundingClientRect().height)
  return {
    overflow: document.documentElement.scrollWidth - innerWidth,
    smallest: texts.length === 0 ? null : Math.min(...texts),
    rows: [...document.querySelectorAll('figure tbody tr')].filter(shown).length,
  }
})()`

const widths = [320, 400, 760, 800, 1200] as const

describe.skipIf(findChromium() === undefined)('the page of a network', () => {
  const seen = new Map<number, Seen>()
  let assets = 0

  beforeAll(async () => {
    const snapshot = small_market(300)
    const document = network(snapshot, build(snapshot, shock_scenario([])))
    assets = new Set(document.holdings.filter((one) => one.held_usd + one.long_usd > 0).map(({ asset }) => asset)).size
    await withPage(async (page) => {
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 })
        await page.setContent(network_html(document as never))
        seen.set(width, await page.evaluate<Seen>(LOOK))
      }
    })
  })

  it('never scrolls sideways', () => {
    for (const width of widths) expect({ width, fits: (seen.get(width)?.overflow as number) <= 0 }).toEqual({ width, fits: true })
  })

  it('shows who holds what as a table up to 760 pixels, an asset a row, and no text that is too small', () => {
    expect(assets).toBeGreaterThan(10)
    for (const width of [320, 400, 760]) expect(seen.get(width)).toMatchObject({ smallest: null, rows: assets })
  })

  it('shows the picture beyond, with names of 10 pixels and more', () => {
    for (const width of [800, 1200]) {
      expect(seen.get(width)?.rows).toBe(0)
      expect(seen.get(width)?.smallest).toBeGreaterThanOrEqual(10)
    }
  })
})
