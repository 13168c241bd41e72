/** Answers about accounts as one self-contained page: no script, nothing from elsewhere, light and dark. */
import {
  account_lines,
  account_sentence,
  type Answer,
  type AnswerTable,
  assumptions,
  type BookDoc,
  book_sentence,
  change_text,
  ladder_table,
  legs_table,
  move_name,
  nearest_table,
  outcomes_table,
  source_line,
  summary_table,
  thresholds_table,
} from './account.ts'
import { decimal, percent, usd } from './format.ts'
import { type Markup, markup } from './markup.ts'
import { plain } from './report.ts'
import type { AccountDoc } from './schemas.ts'
import { STYLE } from './style.ts'
import { axes, frame, line_path, linear, nice_ticks, picture, px } from './svg.ts'

const NOTHING = markup``
const BOX = frame(720, 260)
/** Health beyond which a curve is cut. */
const MOST_HEALTH = 4

function table({ title, columns, rows }: AnswerTable): Markup {
  if (rows.length === 0) return NOTHING
  const side = (c: number) => (columns[c]?.align === 'left' ? markup` class="left"` : NOTHING)
  const heads = columns.map((column, c) => markup`<th scope="col"${side(c)}>${column.title}</th>`)
  const lines = rows.map((row) => markup`<tr>${columns.map((_, c) => markup`<td${side(c)}>${row[c] ?? ''}</td>`)}</tr>`)
  const heading = title === '' ? NOTHING : markup`<h3>${title}</h3>`
  return markup`${heading}<div class="scroll" tabindex="0"><table><thead><tr>${heads}</tr></thead><tbody>${lines}</tbody></table></div>`
}

const marks = (low: number, high: number, x: (value: number) => number) => ({
  scale: x,
  ticks: nice_ticks(low, high, 8).map((value) => ({ time_ms: value, text: value === 0 ? 'now' : percent(value, 0, true) })),
})

/** Health along the joint move, the breach at 1, and where it is crossed. */
function health_picture(answer: Answer, n: number): Markup {
  const joint = answer.directions.find((one) => one.joint)
  const points = (joint?.curve ?? []).filter((point) => point.health !== null)
  if (joint === undefined || points.length < 2) return NOTHING
  const top = Math.min(MOST_HEALTH, Math.max(1.5, ...points.map((point) => point.health as number)))
  const [low, high] = [(points[0] as { change: number }).change, (points[points.length - 1] as { change: number }).change]
  const x = linear(low, high, BOX.left, BOX.width - BOX.right)
  const y = linear(0, top, BOX.height - BOX.bottom, BOX.top)
  const line = line_path(points.map(({ change, health }) => [x(change), y(Math.min(top, health as number))]))
  const crossings = [joint.forward, joint.backward].flatMap((found) =>
    found === null || found.change === null || found.change < low || found.change > high ? [] : [found.change],
  )
  const dots = crossings.map((change) => {
    const anchor = change < 0 ? 'start' : 'end'
    return markup`<circle class="low" cx="${px(x(change))}" cy="${px(y(1))}" r="4"/><text x="${px(x(change) + (change < 0 ? 7 : -7))}" y="${px(y(1) + 17)}" text-anchor="${anchor}">${change_text(change)}</text>`
  })
  const breach = markup`<path class="fundamental" d="M${BOX.left} ${px(y(1))}H${BOX.width - BOX.right}"/>`
  const grid = axes(BOX, { scale: y, ticks: nice_ticks(0, top, 4), text: (value) => decimal(value, 1) }, marks(low, high, x))
  const says = `Health against the change of ${plain(joint.lead)}; ${crossings.length === 0 ? 'it stays on one side of 1' : `it crosses 1 at ${crossings.map(change_text).join(' and ')}`}.`
  return markup`<figure><figcaption><b>Health</b> when prices move jointly (${move_name(joint)}), by the change of ${plain(joint.lead)}; dashed: the breach</figcaption>${picture(`h${n}`, BOX, 'chart', 'Health against a move', says, markup`${grid}${breach}<path class="mid" d="${line}"/>${dots}`)}</figure>`
}

/** Liquidatable value against the move. */
function ladder_picture(book: BookDoc): Markup {
  const steps = [...book.ladder].sort((a, b) => a.change - b.change)
  const most = steps.reduce((top, step) => Math.max(top, step.liquidatable_usd), 0)
  const [first, last] = [steps[0], steps[steps.length - 1]]
  if (!(most > 0) || first === undefined || last === undefined) return NOTHING
  const x = linear(first.change, last.change, BOX.left + 14, BOX.width - BOX.right - 14)
  const y = linear(0, most, BOX.height - BOX.bottom, BOX.top)
  const line = line_path(steps.map((step) => [x(step.change), y(step.liquidatable_usd)]))
  const dots = steps.map(
    (step) =>
      markup`<circle class="v0" cx="${px(x(step.change))}" cy="${px(y(step.liquidatable_usd))}" r="4"><title>${change_text(step.change)}: ${usd(step.liquidatable_usd)}</title></circle>`,
  )
  const grid = axes(BOX, { scale: y, ticks: nice_ticks(0, most, 4), text: usd }, marks(first.change, last.change, x))
  const says = `Liquidatable value against the change of ${plain(book.lead)}; at most ${usd(most)}.`
  return markup`<figure>${picture('ladder', BOX, 'chart', 'Liquidatable value against a move', says, markup`${grid}<path class="mid" d="${line}"/>${dots}`)}</figure>`
}

const account_section = (answer: Answer, n: number, alone: boolean): Markup => {
  const outcomes = outcomes_table(answer)
  return markup`<section>${alone ? NOTHING : markup`<h2>${account_sentence(answer)}</h2>`}${health_picture(answer, n)}${table(legs_table(answer))}${table(thresholds_table(answer))}${outcomes === undefined ? NOTHING : table(outcomes)}${account_lines(answer).map((line) => markup`<p>${line}</p>`)}</section>`
}

/** The picture is above. */
const without_bars = ({ title, columns, rows }: AnswerTable): AnswerTable => ({
  title,
  columns: columns.slice(0, -1),
  rows: rows.map((row) => row.slice(0, -1)),
})

const book_section = (book: BookDoc): Markup =>
  markup`<section>${ladder_picture(book)}${table(without_bars(ladder_table(book)))}${table(nearest_table(book))}</section>`

/** The page, from doctype to end. */
export function account_html(document: AccountDoc): string {
  const { accounts, book } = document
  const title = plain(document.title)
  const only = accounts.length === 1 ? accounts[0] : undefined
  const answer = only !== undefined ? account_sentence(only) : book === null ? '' : book_sentence(book)
  const notes = assumptions(document)
  const body = markup`<main>
<header><div class="kicker"><span>Unwind · accounts</span><span>${document.evidence === null ? '' : `evidence: ${document.evidence}`}</span></div>
<h1>${title}</h1><p class="answer">${answer}</p></header>
${book === null ? NOTHING : book_section(book)}
${accounts.length > 1 ? table(summary_table(accounts)) : NOTHING}
${accounts.map((one, n) => account_section(one, n, only !== undefined))}
${notes.length === 0 ? NOTHING : markup`<section><h2>Assumptions</h2>${notes.map((note) => markup`<p>${note}</p>`)}</section>`}
<footer>${source_line(document) ?? `Definitions: ${document.definitions}.`}</footer>
</main>`
  // The style is ours and holds no value of the answers.
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark"><meta name="generator" content="unwind">
${markup`<title>${title} · Unwind</title>`.text}
<style>${STYLE}</style></head>
<body>${body.text}</body></html>
`
}
