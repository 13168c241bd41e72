// The page in a browser: it fits any width, asks for nothing, complains about nothing, and its colours can be read.
import { beforeAll, describe, expect, it } from 'vitest'
import { bridge, type RunDoc, type StressReport, stress_html, windowed_timeline } from '../../src/reports/index.ts'
import { stress } from '../../src/studies/index.ts'
import { withPage } from '../support/browser.ts'
import { crash, small_market } from '../support/reference-market.ts'
import { fixture } from './report-fixture.ts'

interface Seen {
  readonly name: string
  readonly overflow: number
  /** Tables whose last columns are out of sight, by the heading above. */
  readonly cut: readonly string[]
  /** Words of headings and names in the table of venues that a line break cuts. */
  readonly broken: readonly string[]
  /** Charts that are shown, with their sizes. */
  readonly charts: readonly (readonly [number, number])[]
  readonly background: string
  /** Least contrast of text against the page, WCAG 2: (lighter + 0.05) ÷ (darker + 0.05). */
  readonly contrast: number
}

/** Runs in the page. */
const LOOK = `(() => {
  const channels = (text) => text.match(/[\\d.]+/g).slice(0, 3).map((value) => {
    const part = Number(value) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  const light = (text) => channels(text).reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0)
  const background = getComputedStyle(document.body).backgroundColor
  const ratio = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
  const texts = [...document.querySelectorAll('h1,h2,p,th,td,dt,dd,li,figcaption,a,footer,.faint,.badge')].map((item) => getComputedStyle(item).color)
  const labels = [...document.querySelectorAll('svg text')].map((item) => getComputedStyle(item).fill)
  const cut = (item) => {
    const node = document.createTreeWalker(item, NodeFilter.SHOW_TEXT).nextNode()
    const range = document.createRange()
    return [...(node?.textContent ?? '').matchAll(/\\S+/g)].filter((word) => {
      range.setStart(node, word.index)
      range.setEnd(node, word.index + word[0].length)
      return range.getClientRects().length > 1
    }).map((word) => word[0])
  }
  return {
    broken: [...document.querySelectorAll('.dense th')].flatMap(cut),
    overflow: document.documentElement.scrollWidth - innerWidth,
    cut: [...document.querySelectorAll('.scroll')].filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.parentElement.querySelector('h2').textContent),
    charts: [...document.querySelectorAll('svg.chart')].map((item) => item.getBoundingClientRect()).filter((box) => box.width > 0).map((box) => [box.width, box.height]),
    background,
    contrast: Math.min(...[...texts, ...labels].map((colour) => ratio(light(colour), light(background)))),
  }
})()`

/** A run of the reference market, explained. */
function explained(): StressReport {
  const scenario = crash(2)
  const { document, tables, world } = stress(small_market(1_500), scenario, { explain: true })
  const coin_day = document.coin_day as RunDoc['coin_day']
  const timeline = windowed_timeline(world.view())
  return {
    ...{ document: { ...document, coin_day }, scenario, aliases: [], bridge: bridge(world.parts.log, new Set()) },
    tables: { flows: tables.flows, timeline },
  }
}

const seen: Seen[] = []
const runs: Seen[] = []
const complaints: string[] = []
const requests: string[] = []

beforeAll(async () => {
  const long = 'a-venue-with-a-name-that-goes-on-and-on-and-on-without-any-space-in-it'
  const html = stress_html(fixture({ venues: [long], document: { title: `${long} ${long}` } }))
  await withPage(async (page) => {
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => requests.push(request.url()))
    for (const [name, width, colorScheme] of [
      ['light', 1200, 'light'],
      ['dark', 1200, 'dark'],
      ['laptop', 1100, 'light'],
      ['narrow', 390, 'light'],
      ['narrow dark', 390, 'dark'],
    ] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await page.setContent(html)
      seen.push({ name, ...(await page.evaluate<Omit<Seen, 'name'>>(LOOK)) })
    }
    const run = stress_html(explained())
    for (const width of [320, 400, 760, 1200, 1280]) {
      await page.emulateMedia({ colorScheme: 'light' })
      await page.setViewportSize({ width, height: 900 })
      await page.setContent(run)
      runs.push({ name: String(width), ...(await page.evaluate<Omit<Seen, 'name'>>(LOOK)) })
    }
  })
})

describe('the page in a browser', () => {
  it('asks for nothing and complains about nothing', () => {
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
  })

  it('never scrolls sideways', () => {
    expect(seen.map(({ name, overflow }) => ({ name, fits: overflow <= 0 }))).toEqual(
      seen.map(({ name }) => ({ name, fits: true })),
    )
  })

  it('of an explained run does not either, from 320 pixels on', () => {
    expect(runs.map(({ name, overflow }) => ({ name, fits: overflow <= 0 }))).toEqual(
      ['320', '400', '760', '1200', '1280'].map((name) => ({ name, fits: true })),
    )
    for (const { name, contrast } of runs) expect({ name, readable: contrast >= 4.5 }).toEqual({ name, readable: true })
  })

  it.each(['Venues', 'Assets'])('shows the whole table of %s at 1100 pixels', (title) => {
    expect(seen.find(({ name }) => name === 'laptop')?.cut).not.toContain(title)
  })

  it('breaks no word in the table of venues', () => {
    for (const { name, broken } of runs) expect({ name, broken }).toEqual({ name, broken: [] })
    // A name without a space that goes on and on must break, or the test sees nothing.
    expect(seen.find(({ name }) => name === 'laptop')?.broken).toHaveLength(1)
  })

  it('shows each chart once, as wide as there is room', () => {
    for (const { charts } of seen) {
      expect(charts).toHaveLength(5 + 1)
      for (const [width, height] of charts) expect(Math.min(width / 280, height / 120)).toBeGreaterThan(1)
    }
  })

  it('is light by day and dark by night, with text that can be read', () => {
    expect(new Set(seen.map(({ background }) => background)).size).toBe(2)
    // 4.5 is what WCAG 2.1 asks of text (success criterion 1.4.3).
    for (const { name, contrast } of seen) expect({ name, readable: contrast >= 4.5 }).toEqual({ name, readable: true })
  })
})
