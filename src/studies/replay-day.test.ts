import { describe, expect, it } from 'vitest'
import { replay_html, type ReplayDay } from '../reports/index.ts'
import { events } from '../scenarios/index.ts'
import { replay_day } from './replay-day.ts'
import { replay } from './replays.ts'

const preset = (id: string) => events.find((one) => one.id === id) as (typeof events)[number]
const solend = replay(preset('solend-whale'), { seeds: 5, causes: ['turn'], thin: true })
const day = replay_day(preset('solend-whale'), 1, true)
const squeeze = replay_day(preset('crv-squeeze-2022'), 1, true)
const count = (text: string, part: string) => text.split(part).length - 1

describe('the page of a replay', () => {
  it('looks at one seed: its low, and forced sales from the largest down', () => {
    // SOL turned between 26 and 27, above the limit: nothing was sold.
    expect(day.assets.find(({ id }) => id === 'SOL')?.low_usd).toBeGreaterThanOrEqual(26)
    expect(day.assets.find(({ id }) => id === 'SOL')?.low_usd).toBeLessThanOrEqual(27)
    expect(day.sales).toEqual([])
    expect(squeeze.sales.length).toBeGreaterThan(0)
    squeeze.sales.forEach(({ usd, asset }, i) => {
      expect(asset).toBe('CRV')
      expect(usd).toBeLessThanOrEqual(squeeze.sales[i - 1]?.usd ?? Number.POSITIVE_INFINITY)
    })
  })

  it('has a picture for every outcome: band, median and what happened on one scale', () => {
    const html = replay_html(solend, day)
    expect(count(html, '<figure class="outcome">')).toBe(solend.outcomes.length)
    const figure = html.slice(html.indexOf('<figure class="outcome">'), html.indexOf('</figure>'))
    const [, left = '', width = ''] = /<rect class="band" x="([\d.]+)" y="8" width="([\d.]+)"/.exec(figure) ?? []
    const [, dot = ''] = /<circle class="v0" cx="([\d.]+)"/.exec(figure) ?? []
    const [, diamond = ''] = /<path class="happened" d="M([\d.]+) /.exec(figure) ?? []
    // The scale is linear: places are to each other as values. 22.29 was reported, the band is 22.27 · 0.997 to 22.30 · 1.003.
    const [low, high] = [22.27 * 0.997, 22.3 * 1.003]
    const at = (value: number) => Number(left) + ((value - low) / (high - low)) * Number(width)
    expect(Math.abs(Number(diamond) - at(22.29))).toBeLessThan(0.2)
    expect(Math.abs(Number(dot) - at(solend.outcomes[0]?.median as number))).toBeLessThan(0.2)
    expect(figure).toContain('badge observed')
    expect(count(html, 'badge synthetic')).toBeGreaterThan(2)
    expect(html).toContain('nothing was forced')
  })

  it('says of a scenario that nothing is asserted, and why', () => {
    const document = replay(preset('crv-squeeze-2022'), { seeds: 2, thin: true })
    const html = replay_html(document, squeeze)
    expect(html).toContain('None is asserted: everything fed is an assumption')
    expect(html).toContain('bought back')
    expect(count(html, '<h2>What came out</h2>')).toBe(1)
    for (const { what } of document.figures) expect(html).toContain(what)
    expect(html).not.toContain('0 of 0')
  })

  it('is one file without script, and whatever it is told is text', () => {
    const evil: ReplayDay = {
      ...day,
      notes: ['<script>alert(1)</script>'],
      parts: [{ part: '"><b>', evidence: 'synthetic', source: '&' }],
    }
    const html = replay_html({ ...solend, event: { ...solend.event, title: '</title><script>' } }, evil)
    expect(html).not.toMatch(/<script|<b>"|src=|@import/)
    expect(html).toContain('&lt;script&gt;alert(1)')
    expect(html).not.toMatch(/NaN|undefined|Infinity/)
  })
})
