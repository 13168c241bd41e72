/** Inferred cohorts for a terminal and as a page. */
import { counted, percent, price, usd } from './format.ts'
import { pad_right, width_of } from './lines.ts'
import { markup, type Markup } from './markup.ts'
import { plain } from './report.ts'
import type { InferDoc } from './schemas.ts'
import { Sheet } from './sheet.ts'
import { STYLE } from './style.ts'
import { area_path, frame, line_path, linear, nice_ticks, picture, px } from './svg.ts'
import type { TextOptions } from './text.ts'

const band_of = ({ mean, q05, q95 }: { mean: number; q05: number; q95: number }, text: (value: number) => string) =>
  `${text(mean)} [${text(q05)} to ${text(q95)}]`

/** A move in log price as per cent of price. `exp` is the price's own: price ÷ price now. */
const moved = (document: InferDoc, row: InferDoc['density'][number]) => row.price / document.price_usd - 1

/** Widest and narrowest bars. */
const [WIDEST, NARROWEST] = [40, 10]

/** Bars of the mean, a line up to the 95 % quantile. */
function bar(mean: number, high: number, most: number, width: number): string {
  const size = (value: number) => (most > 0 ? Math.round((value / most) * width) : 0)
  return pad_right('█'.repeat(size(mean)) + '─'.repeat(Math.max(0, size(high) - size(mean))), width)
}

/** Whose figures were read, and by which law positions are liquidated. */
function whose({ open_interest_of, funding_of, maintenance, bars }: InferDoc): string {
  const from = open_interest_of
    ? `Open interest of ${plain(open_interest_of)}`
    : 'Open interest of a market the file does not name'
  const paid =
    bars.with_funding === 0
      ? 'no funding'
      : funding_of
        ? `funding of ${plain(funding_of)}`
        : 'funding of a venue the file does not name'
  const law =
    maintenance === undefined
      ? ''
      : ` Liquidated as isolated margin with ${percent(maintenance)} maintenance; no exchange’s own tiers.`
  return `${from}, ${paid}.${law}`
}

export function infer_text(document: InferDoc, options: TextOptions = {}): string {
  const sheet = new Sheet(options, 120, '')
  const { symbol, shape, time } = document
  sheet.heading(`${plain(symbol)}, ${shape}: hidden books inferred at ${time.slice(0, 16).replace('T', ' ')}`)
  sheet.say(
    `Price ${price(document.price_usd)}, open interest ${usd(document.open_interest_usd)}, ${document.bars.with_open_interest} bars with open interest, ${document.particles} possible books. Means with bands from 5 to 95 %.`,
  )
  sheet.say(whose(document))
  sheet.say(
    `Mean entry of longs ${band_of(document.mean_entry.long, price)}, of shorts ${band_of(document.mean_entry.short, price)}.`,
  )
  sheet.heading('Liquidated per 1 % of move (bar: mean; line: up to 95 %), and in all')
  const rows = document.density.filter((_, i) => i % 2 === 0).toReversed()
  const most = Math.max(...document.density.map((row) => row.per_percent_usd.q95))
  const cells = rows.map((row) => [
    percent(moved(document, row), 1, true),
    price(row.price),
    usd(row.per_percent_usd.mean),
    band_of(row.total_usd, usd),
  ])
  // Bars give way to the figures: five columns have four gaps of two.
  const figures = [0, 1, 2, 3].reduce((sum, c) => sum + Math.max(...cells.map((row) => width_of(row[c] as string)), 5), 0)
  const room = Math.max(NARROWEST, Math.min(WIDEST, sheet.width - figures - 10))
  sheet.lines.push('')
  sheet.table(
    [
      { title: 'move', align: 'right' },
      { title: 'price', align: 'right' },
      { title: 'USD per 1 %', align: 'left' },
      { title: 'mean', align: 'right' },
      { title: 'in all, USD', align: 'right' },
    ],
    rows.map((row, r) => {
      const [move = '', level = '', mean = '', all = ''] = cells[r] ?? []
      return [move, level, bar(row.per_percent_usd.mean, row.per_percent_usd.q95, most, room), mean, all]
    }),
  )
  sheet.heading('Leverage at entry, share of the side')
  sheet.lines.push('')
  sheet.table(
    [
      { title: 'leverage', align: 'left' },
      { title: 'longs', align: 'right' },
      { title: 'shorts', align: 'right' },
    ],
    document.leverage.map(({ from, to, long, short }) => [
      `${from} to ${to}`,
      band_of(long, (value) => percent(value, 0)),
      band_of(short, (value) => percent(value, 0)),
    ]),
  )
  sheet.lines.push('')
  for (const note of document.notes) sheet.say(plain(note), '· ')
  return sheet.text
}

function density_figure(document: InferDoc): Markup {
  const box = frame(1032, 320)
  const rows = document.density
  const [low, high] = [rows[0]?.price as number, rows[rows.length - 1]?.price as number]
  const most = Math.max(...rows.map((row) => row.per_percent_usd.q95)) || 1
  const x = linear(low, high, box.left, box.width - box.right)
  const y = linear(0, most * 1.05, box.height - box.bottom, box.top)
  const at = (pick: (row: InferDoc['density'][number]) => number) => rows.map((row) => [x(row.price), y(pick(row))] as const)
  const now = x(document.price_usd)
  const ticks = nice_ticks(0, most, 5).map(
    (value) =>
      markup`<line class="grid" x1="${box.left}" x2="${box.width - box.right}" y1="${px(y(value))}" y2="${px(y(value))}"/><text x="${box.left - 4}" y="${px(y(value) + 3)}" text-anchor="end">${usd(value)}</text>`,
  )
  const prices = nice_ticks(low, high, 10).map(
    (value) => markup`<text x="${px(x(value))}" y="${box.height - 8}" text-anchor="middle">${price(value)}</text>`,
  )
  const body = markup`${ticks}${prices}<path d="${area_path(
    at((row) => row.per_percent_usd.q95),
    at((row) => row.per_percent_usd.q05),
  )}" class="band"/><path class="mid" d="${line_path(at((row) => row.per_percent_usd.mean))}"/><line x1="${px(now)}" x2="${px(now)}" y1="${box.top}" y2="${box.height - box.bottom}" class="now"/>`
  const says = `USD liquidated per 1 % of move, by price; the band is from 5 to 95 %, the dashed line the price now, ${price(document.price_usd)}.`
  return markup`<figure class="panel"><figcaption><b>Liquidation density</b> <span class="faint">USD per 1 % of move, mean and 5–95 % band, inferred</span></figcaption>${picture('density', box, 'chart', 'Liquidation density', says, body)}</figure>`
}

export function infer_html(document: InferDoc): string {
  const biggest = [...document.cohorts].sort((a, b) => b.notional_usd - a.notional_usd).slice(0, 40)
  const cells = biggest.map(
    ({ side, entry, leverage, quantity, notional_usd }) =>
      markup`<tr><td>${side}</td><td>${price(entry)}</td><td>${leverage.toFixed(1)} ×</td><td>${usd(notional_usd)}</td><td>${percent(quantity.q05 / quantity.mean, 0)} to ${percent(quantity.q95 / quantity.mean, 0)}</td></tr>`,
  )
  const body = markup`<main><header><h1>${plain(document.symbol)}: hidden books inferred</h1>
<p class="answer">${document.time.slice(0, 16).replace('T', ' ')} UTC, price ${price(document.price_usd)}, open interest ${usd(document.open_interest_usd)}; ${counted(document.bars.with_open_interest, 'bar')} with open interest. Evidence: inferred.</p><p>${whose(document)}</p></header>
<section>${density_figure(document)}</section>
<section><h2>Largest cohorts</h2><div class="scroll" tabindex="0"><table><thead><tr><th>side</th><th>entry</th><th>leverage</th><th>mean, USD</th><th>5–95 %, of the mean</th></tr></thead><tbody>${cells}</tbody></table></div></section>
<section>${document.notes.map((note) => markup`<p class="note">${plain(note)}</p>`)}</section>
<footer>${document.schema}</footer></main>`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark"><meta name="generator" content="unwind">
<title>Hidden books · Unwind</title>
<style>${STYLE}.band{fill:currentColor;opacity:.18}.now{stroke:currentColor;stroke-dasharray:4 3}</style></head>
<body>${body.text}</body></html>
`
}
