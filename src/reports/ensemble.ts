/** `unwind stress --seeds`: one scenario over many seeds, beside the run that is reported; for a terminal and as a section of the page. */
import { counted, decimal, percent, usd } from './format.ts'
import { type Markup, markup } from './markup.ts'
import { plain } from './report.ts'
import type { RunDoc } from './schemas.ts'
import { Sheet } from './sheet.ts'
import { px } from './svg.ts'
import type { TextOptions } from './text.ts'

type Ensemble = NonNullable<RunDoc['ensemble']>
type Row = Ensemble['figures'][number]
type Form = (value: number) => string

const ratio: Form = (value) => value.toFixed(2)
const fall: Form = (value) => percent(-value)

/** What is worth a row: the figure, what it is called, how it is written. */
const SHOWN: Readonly<Record<Row['part'], readonly (readonly [string, string, Form])[]>> = {
  market: [
    ['forced_sales_usd', 'forced sales', usd],
    ['multiplier', 'cascade multiplier', ratio],
    ['accounts_liquidated', 'accounts liquidated', decimal],
    ['bad_debt_usd', 'bad debt', usd],
    ['shortfall_usd', 'shortfall of open accounts', usd],
    ['insurance_used_usd', 'insurance used', usd],
    ['adl_usd', 'auto-deleveraged', usd],
  ],
  venue: [
    ['forced_sales_usd', 'forced sales', usd],
    ['bad_debt_usd', 'bad debt', usd],
  ],
  asset: [['drawdown', 'lowest price', fall]],
}
/** Assets that fell furthest. */
const MOST_ASSETS = 6

/** What the seeds differ in, and what they do not say. */
const SAYS =
  'The books are the same in every seed: what differs is what drivers and agents draw, so the range is not how unsure the books, the parameters or the tick are.'
/** Of fewer, the outermost quantiles lie between the outermost values. */
const FEW = 20

/** Value of the run that is reported: of the first seed. */
function own(document: RunDoc, { part, of, figure }: Row): number | null {
  const found = part === 'market' ? document.totals : document[part === 'venue' ? 'venues' : 'assets'].find(({ id }) => id === of)
  return ((found as Readonly<Record<string, unknown>> | undefined)?.[figure] as number | null | undefined) ?? null
}

interface Line {
  readonly says: string
  readonly form: Form
  readonly row: Row
  readonly own: number | null
}

/** Figures that are something in some seed: of the market, of its venues, of the assets that fell furthest. */
function lines(document: RunDoc, { figures }: Ensemble): Line[] {
  const something = ({ q05, q95, mean }: Row) => [q05, q95, mean].some((value) => value !== null && Math.abs(value) > 1e-4)
  const of_part = (part: Row['part']) =>
    SHOWN[part].flatMap(([figure, words, form]) =>
      figures
        .filter((row) => row.part === part && row.figure === figure && something(row))
        .map((row) => ({ says: row.of === '' ? words : `${plain(row.of)}: ${words}`, form, row, own: own(document, row) })),
    )
  const assets = of_part('asset').sort((a, b) => (b.row.median ?? 0) - (a.row.median ?? 0))
  return [...of_part('market'), ...of_part('venue'), ...assets.slice(0, MOST_ASSETS)]
}

const written = (form: Form, value: number | null) => (value === null ? '–' : form(value))

function title({ seeds: { first, count } }: Ensemble): string {
  return `Over ${counted(count, 'seed')}, ${first} to ${first + count - 1}`
}

/** Few seeds, laws and limits, where something is to be said. */
function trouble({ laws, seeds }: Ensemble): string[] {
  return [
    ...(seeds.count < FEW
      ? [`Of ${seeds.count} seeds, 5 and 95 % lie inside the lowest and the highest: those are not shown.`]
      : []),
    ...laws.broken.map((line) => `A law did not hold: ${plain(line)}.`),
    ...(laws.limits > 0 ? [`${counted(laws.limits, 'run')} hit a limit and ended early.`] : []),
  ]
}

/** @returns '' when there was one seed */
export function ensemble_text(document: RunDoc, options: TextOptions): string {
  const { ensemble } = document
  if (ensemble === undefined) return ''
  const sheet = new Sheet(options)
  sheet.heading(title(ensemble))
  sheet.table(
    [
      { title: 'figure', align: 'left' },
      ...[`seed ${ensemble.seeds.first}`, 'median', '5 %', '95 %'].map((head) => ({ title: head, align: 'right' as const })),
    ],
    lines(document, ensemble).map(({ says, form, row, own: mine }) => [
      says,
      ...[mine, row.median, row.q05, row.q95].map((value) => written(form, value)),
    ]),
  )
  sheet.say(`What stands above this table is seed ${ensemble.seeds.first}. ${SAYS}`)
  for (const line of trouble(ensemble)) sheet.say(line, '· ')
  return `\n${sheet.text}`
}

const WIDTH = 220
const EDGE = 6

/** 5 to 95 % as a line, the middle half thicker, the median as a dot, the reported run as a diamond; from 0 to the largest. */
function strip({ row, own: mine }: Line): Markup {
  const sizes = [row.q05, row.q25, row.median, row.q75, row.q95, mine].map((value) => Math.abs(value ?? 0))
  const most = Math.max(...sizes)
  const at = (value: number | null) => EDGE + (Math.abs(value ?? 0) / (most || 1)) * (WIDTH - 2 * EDGE)
  const line = (kind: string, a: number | null, b: number | null) =>
    a === null || b === null ? '' : markup`<path class="${kind}" d="M${px(at(a))} 9H${px(at(b))}"/>`
  const dot = row.median === null ? '' : markup`<circle class="v0" cx="${px(at(row.median))}" cy="9" r="4.5"/>`
  const x = at(mine)
  const diamond = mine === null ? '' : markup`<path class="happened" d="M${px(x)} 3L${px(x + 5)} 9L${px(x)} 15L${px(x - 5)} 9Z"/>`
  return markup`<svg class="strip" viewBox="0 0 ${WIDTH} 18" width="${WIDTH}" height="18" aria-hidden="true">${line('span', row.q05, row.q95)}${line('half', row.q25, row.q75)}${diamond}${dot}</svg>`
}

/** The section; nothing when there was one seed. */
export function ensemble_section(document: RunDoc): Markup {
  const { ensemble } = document
  if (ensemble === undefined) return markup``
  const rows = lines(document, ensemble).map((line) => {
    const { says, form, row, own: mine } = line
    const cells = [mine, row.median, row.q05, row.q95].map((value) => markup`<td>${written(form, value)}</td>`)
    return markup`<tr><th scope="row">${says}</th>${cells}<td>${strip(line)}</td></tr>`
  })
  const heads = [`seed ${ensemble.seeds.first}`, 'median', '5 %', '95 %'].map((text) => markup`<th scope="col">${text}</th>`)
  return markup`<section><h2>${title(ensemble)}</h2><p class="note">${SAYS} Line: 5 to 95 %, thick: the middle half, dot: median, diamond: seed ${ensemble.seeds.first}, which the rest of the page shows; each row from 0 to its largest.</p><div class="scroll" tabindex="0"><table><thead><tr><th scope="col">figure</th>${heads}<th scope="col"></th></tr></thead><tbody>${rows}</tbody></table></div>${trouble(ensemble).map((line) => markup`<p class="note">${line}</p>`)}</section>`
}
