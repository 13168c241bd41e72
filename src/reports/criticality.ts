/** The answer of `unwind criticality` for a terminal. */
import { decimal, percent, usd } from './format.ts'
import { COLOURLESS, grid, type GridColumn, wrap } from './lines.ts'
import type { CriticalityDoc } from './schemas.ts'
import type { TextOptions } from './text.ts'

const left = (title: string): GridColumn => ({ title, align: 'left' })
const right = (title: string): GridColumn => ({ title, align: 'right' })

function answer({ r, amplification, span, curves }: CriticalityDoc): string {
  const joint = curves.find(({ move }) => move === 'joint')?.crosses_at ?? null
  const feeds =
    amplification === null ? 'selling feeds itself' : `to first order a shock is amplified ${decimal(amplification, 2)}-fold`
  const cliff = joint === null ? 'no joint fall asked brings R to 1' : `R reaches 1 after a joint fall of ${percent(joint)}`
  return `R is ${decimal(r, 3)} over the next ${percent(span)}: ${feeds}; ${cliff}.`
}

export function criticality_text(document: CriticalityDoc, options: TextOptions = {}): string {
  const width = Math.min(120, Math.max(80, options.width ?? 100))
  const painter = options.painter ?? COLOURLESS
  const draw = (columns: readonly GridColumn[], rows: readonly (readonly string[])[]) => grid(columns, rows, width, painter)
  const { curves, types, leave_out, ladder } = document
  const at = curves[0]?.points.map(({ fall }) => fall) ?? []
  const lines = [
    document.title,
    ...wrap(answer(document), width),
    '',
    'R after a fall',
    ...draw(
      [left('fall'), ...curves.map(({ move }) => right(move))],
      at.map((fall, i) => [percent(fall), ...curves.map(({ points }) => decimal(points[i]?.r ?? 0, 2))]),
    ),
    ...draw(
      [left('reaches 1 at'), ...curves.map(({ move }) => right(move))],
      [['', ...curves.map(({ crosses_at }) => (crosses_at === null ? '–' : percent(crosses_at)))]],
    ),
    '',
    'Who would sell',
    ...draw(
      [left('venue'), left('asset'), right('sales per 1 %'), right('own R')],
      types.map((type) => [type.venue, type.asset, usd(type.sales_per_percent_usd), decimal(type.own_r, 3)]),
    ),
    '',
    'R without',
    ...draw(
      [left('what'), right('R')],
      leave_out.map(({ what, r }) => [what, decimal(r, 3)]),
    ),
    '',
    'Ladder along the joint fall',
    ...draw(
      [
        left('fall'),
        left('venue'),
        right('accounts'),
        right('liquidatable'),
        right('executable'),
        right('stuck'),
        right('bad debt'),
        left('evidence'),
      ],
      ladder.map((step) => [
        percent(step.fall),
        step.venue,
        decimal(step.accounts),
        usd(step.liquidatable_usd),
        usd(step.executable_usd),
        usd(step.stuck_usd),
        usd(step.bad_debt_usd),
        step.evidence,
      ]),
    ),
    '',
    ...document.notes.flatMap((note) => wrap(note, width)),
    `Evidence: ${document.evidence}. Definitions: ${document.definitions}.`,
  ]
  return `${lines.join('\n')}\n`
}
