// The page of events in a browser: it fits any width, its labels can be read, and its charts share one axis of time.
import { beforeAll, describe, expect, it } from 'vitest'
import { type DetectDoc, detect_html } from '../../src/reports/index.ts'
import { withPage } from '../support/browser.ts'
import { findChromium } from '../support/chromium.ts'

interface Seen {
  readonly overflow: number
  /** Tables whose last columns are out of sight, by the heading above. */
  readonly cut: readonly string[]
  /** Figures that reach beyond the window. */
  readonly beyond: number
  /** Height of the smallest text in a picture that is shown, pixels. */
  readonly smallest: number
  /** Labels of time and where they stand in the drawing, for each picture that is shown. */
  readonly times: readonly (readonly (readonly [string, string])[])[]
}

const LOOK = `(() => {
  const shown = (item) => item.getBoundingClientRect().width > 0
  const pictures = [...document.querySelectorAll('svg.chart')].filter(shown)
  const texts = pictures.flatMap((item) => [...item.querySelectorAll('text')]).filter((item) => item.textContent !== '')
  return {
    overflow: document.documentElement.scrollWidth - innerWidth,
    cut: [...document.querySelectorAll('.scroll')].filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.parentElement.querySelector('h2').textContent),
    beyond: [...document.querySelectorAll('figure')].filter((item) => item.getBoundingClientRect().right > innerWidth).length,
    smallest: Math.min(...texts.map((item) => item.getBoundingClientRect().height)),
    times: pictures.map((item) => [...item.querySelectorAll('text')].filter((text) => /^\\d{4}-\\d\\d/.test(text.textContent)).map((text) => [text.textContent, text.getAttribute('x')])),
  }
})()`

const DAY_MS = 86_400_000
const START = Date.UTC(2023, 0, 2)
const iso = (time_ms: number) => `${new Date(time_ms).toISOString().slice(0, 19)}Z`

/** Events of a year and a half, each with as many indicators as a real one. */
function document(days: number): DetectDoc {
  const spoke = ['return_30d', 'garman_klass_volatility', 'expected_shortfall', 'realised_volatility', 'mean_correlation'].map(
    (indicator, i) => ({ indicator, subject: 'market', value: 1, rank: 0.9 - i / 5 }),
  )
  const events = [0.2, 0.5, 0.9].map((part) => {
    const onset = iso(START + Math.floor(part * days) * DAY_MS)
    return {
      ...{ detector: 'deleveraging-event', type: 'long-flush', subject: 'market', severity: 'critical' as const, onset },
      ...{
        detected: onset,
        peak: onset,
        end: null,
        drawdown: -0.2,
        breadth: 0.97,
        score: 5,
        confidence: 0.9,
        what: 'it fell',
        spoke,
      },
    }
  })
  const file = 'a/folder/with_a_long_name_and_no_space/perpetuals_hourly_of_many_coins_2023-01_2024-06.parquet'
  const [from, to] = [iso(START), iso(START + days * DAY_MS)]
  return {
    ...{ schema: 'unwind.detect/1', from, to, step_ms: DAY_MS, events, alerts: [], notes: [] },
    sources: [{ file, evidence: 'observed', series: 160, from, to }],
    detectors: [{ id: 'deleveraging-event', subjects: 1 }],
  } as unknown as DetectDoc
}

/** A line that is known from one day on. */
function curve(title: string, days: number, from: number) {
  return {
    ...{ title, unit: 'ratio per √year' },
    time_ms: Array.from({ length: days }, (_, day) => START + day * DAY_MS),
    values: Array.from({ length: days }, (_, day) => (day < from ? Number.NaN : 100 + ((day * 37) % 50))),
  }
}

const page_of = (days: number) =>
  detect_html(
    document(days),
    curve('geometric mean of 32 assets, start 100', days, 0),
    [30, 60, 90].map((from) => curve(`garman_klass_volatility, median of ${from}`, days, Math.min(from, days >> 1))),
  )

const widths = [320, 400, 760, 800, 1100, 1280] as const

describe.skipIf(findChromium() === undefined)('the page of events', () => {
  const long = new Map<number, Seen>()
  const short = new Map<number, Seen>()

  beforeAll(async () => {
    await withPage(async (page) => {
      for (const [days, seen] of [
        [547, long],
        [30, short],
      ] as const)
        for (const width of widths) {
          await page.setViewportSize({ width, height: 900 })
          await page.setContent(page_of(days))
          seen.set(width, await page.evaluate<Seen>(LOOK))
        }
    })
  })

  it('never scrolls sideways, and no chart is cut', () => {
    for (const [width, { overflow, beyond }] of [...long, ...short])
      expect({ width, fits: overflow <= 0, beyond }).toEqual({ width, fits: true, beyond: 0 })
  })

  it('shows the whole catalogue from 1100 pixels on', () => {
    for (const width of [1100, 1280]) expect(long.get(width)?.cut).toEqual([])
    // Nine columns do not fit a narrow page: the test sees that they are cut there.
    expect(long.get(400)?.cut).toEqual(['Catalogue'])
  })

  it('has labels of 10 pixels and more', () => {
    for (const [width, { smallest }] of long) expect({ width, readable: smallest >= 10 }).toEqual({ width, readable: true })
  })

  it('says the year, and all small charts have the same marks at the same places although their lines begin apart', () => {
    for (const [width, { times }] of [...long, ...short]) {
      expect(times).toHaveLength(1 + 3)
      const [, one, ...others] = times
      expect({ width, marks: (one as unknown[]).length > 1 }).toEqual({ width, marks: true })
      for (const other of others) expect(other).toEqual(one)
    }
    const labels = (seen: Map<number, Seen>) => (seen.get(400)?.times[0] ?? []).map(([text]) => text)
    // 18 months in steps of half a year; 29 days from 2 January in steps of four weeks, as a third date would have no room.
    expect(labels(long)).toEqual(['2023-07', '2024-01', '2024-07'])
    expect(labels(short)).toEqual(['2023-01-02', '2023-01-30'])
  })
})
