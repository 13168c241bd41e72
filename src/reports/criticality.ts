/** The answer of `unwind criticality` for a terminal. */
import { decimal, percent, usd } from './format.ts'
import { COLOURLESS, grid, type GridColumn, wrap } from './lines.ts'
import { plain } from './report.ts'
import type { CriticalityDoc } from './schemas.ts'
import type { TextOptions } from './text.ts'

const left = (title: string): GridColumn => ({ title, align: 'left' })
const right = (title: string): GridColumn => ({ title, align: 'right' })

/** Of the shocks asked, the one that feeds itself most comes first: its R is what ranks multipliers (docs/criticality.md). */
export function criticality_sentence({ r, amplification, span, curves, shocks }: CriticalityDoc): string {
  const worst = shocks.reduce<CriticalityDoc['shocks'][number] | undefined>(
    (most, one) => (one.r > (most?.r ?? 0) ? one : most),
    undefined,
  )
  const first =
    worst === undefined
      ? ''
      : `A joint fall of ${percent(worst.fall)} within an hour: each dollar it liquidates brings about ${decimal(worst.r, 2)} more. `
  const joint = curves.find(({ move }) => move === 'joint')?.crosses_at ?? null
  const feeds =
    amplification === null ? 'selling feeds itself' : `to first order a shock is amplified ${decimal(amplification, 2)}-fold`
  const cliff = joint === null ? 'no joint fall asked brings R to 1' : `R reaches 1 after a joint fall of ${percent(joint)}`
  return `${first}Now R is ${decimal(r, 3)} over the next ${percent(span)}: ${feeds}; ${cliff}.`
}

export interface CriticalityTable {
  readonly title: string
  readonly columns: readonly GridColumn[]
  readonly rows: readonly (readonly string[])[]
}

const RUNG = [
  left('venue'),
  right('accounts'),
  right('liquidatable'),
  right('executable'),
  right('stuck'),
  right('bad debt'),
  left('evidence'),
]

const rung = (step: CriticalityDoc['ladder'][number] | NonNullable<CriticalityDoc['along']>['steps'][number]) => [
  step.venue,
  decimal(step.accounts),
  usd(step.liquidatable_usd),
  usd(step.executable_usd),
  usd(step.stuck_usd),
  usd(step.bad_debt_usd),
  step.evidence,
]

const r_rows = (list: CriticalityDoc['leave_out']) => list.map(({ what, r }) => [plain(what), decimal(r, 3)])

/** What a document says, table by table; empty tables are left out. */
export function criticality_tables({
  curves,
  types,
  shocks,
  leave_out,
  changes,
  ladder,
  along,
}: CriticalityDoc): CriticalityTable[] {
  const at = curves[0]?.points.map(({ fall }) => fall) ?? []
  return [
    {
      title: 'R after a fall',
      columns: [left('fall'), ...curves.map(({ move }) => right(plain(move)))],
      rows: [
        ...at.map((fall, i) => [percent(fall), ...curves.map(({ points }) => decimal(points[i]?.r ?? 0, 2))]),
        ['reaches 1 at', ...curves.map(({ crosses_at }) => (crosses_at === null ? '–' : percent(crosses_at)))],
      ],
    },
    {
      title: 'R of a shock: a joint fall within an hour',
      columns: [left('fall'), right('first generation'), right('of it sold'), right('next generation'), right('R')],
      rows: shocks.map((one) => [percent(one.fall), usd(one.first_usd), usd(one.sold_usd), usd(one.next_usd), decimal(one.r, 3)]),
    },
    {
      title: 'Who would sell',
      columns: [left('venue'), left('asset'), right('sales per 1 %'), right('own R')],
      rows: types.map((type) => [plain(type.venue), plain(type.asset), usd(type.sales_per_percent_usd), decimal(type.own_r, 3)]),
    },
    { title: 'R without', columns: [left('what'), right('R')], rows: r_rows(leave_out) },
    { title: 'R with', columns: [left('what'), right('R')], rows: r_rows(changes) },
    {
      title: 'Ladder along the joint fall',
      columns: [left('fall'), ...RUNG],
      rows: ladder.map((step) => [percent(step.fall), ...rung(step)]),
    },
    {
      title: `Ladder along ${along?.moves.map(({ asset, change }) => `${plain(asset)} ${percent(change, 1, true)}`).join(', ') ?? ''}`,
      columns: [left('of the way'), ...RUNG],
      rows: along?.steps.map((step) => [percent(step.share, 0), ...rung(step)]) ?? [],
    },
  ].filter(({ rows }) => rows.length > 0)
}

export function criticality_text(document: CriticalityDoc, options: TextOptions = {}): string {
  const width = Math.min(120, Math.max(80, options.width ?? 100))
  const painter = options.painter ?? COLOURLESS
  const lines = [
    document.title,
    ...wrap(criticality_sentence(document), width),
    '',
    ...criticality_tables(document).flatMap(({ title, columns, rows }) => [title, ...grid(columns, rows, width, painter), '']),
    ...document.notes.flatMap((note) => wrap(note, width)),
    `Evidence: ${document.evidence}. Definitions: ${document.definitions}.`,
  ]
  return `${lines.join('\n')}\n`
}
