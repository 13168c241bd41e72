/** The answer of `unwind criticality` for a terminal. */
import { decimal, duration, percent, usd } from './format.ts'
import { COLOURLESS, grid, type GridColumn, wrap } from './lines.ts'
import { plain } from './report.ts'
import type { CriticalityDoc } from './schemas.ts'
import type { TextOptions } from './text.ts'

const left = (title: string): GridColumn => ({ title, align: 'left' })
const right = (title: string): GridColumn => ({ title, align: 'right' })

type Shock = CriticalityDoc['shocks'][number]

/** Of the shocks asked, the one that feeds itself most: its R is what ranks multipliers (docs/criticality.md). */
export const worst_shock = ({ shocks }: CriticalityDoc): Shock | undefined =>
  shocks.reduce<Shock | undefined>((most, one) => (one.r > (most?.r ?? 0) ? one : most), undefined)

const fall_of = ({ fall, over_ms }: Shock) =>
  `A joint fall of ${percent(fall)} within ${over_ms === 3_600_000 ? 'an hour' : duration(over_ms)}, each asset by its beta`

function shock_sentence(document: CriticalityDoc): string {
  const { shocks } = document
  const worst = worst_shock(document)
  if (shocks.length === 0) return ''
  if (worst === undefined)
    return `Of the joint falls asked, each asset by its beta, up to ${percent(Math.max(...shocks.map(({ fall }) => fall)))}, ${shocks.some(({ first_usd }) => first_usd > 0) ? 'none brings about more liquidations than its own' : 'none liquidates anybody'}. `
  const several = worst.without.filter(({ account }) => account === null)
  const only = several.filter(({ owner }) => owner === null).length === 1
  const least = several.reduce<(typeof several)[number] | undefined>(
    (most, one) => ((one.owner !== null || !only) && one.next_usd < (most?.next_usd ?? worst.next_usd) ? one : most),
    undefined,
  )
  const without =
    least === undefined
      ? ''
      : `; without the accounts of ${plain(least.owner ?? least.venue ?? '')} it would be ${usd(least.next_usd)} after ${usd(least.first_usd)}`
  return `${fall_of(worst)}: each dollar it liquidates brings about ${decimal(worst.r, 2)} more, ${usd(worst.next_usd)} after ${usd(worst.first_usd)}${without}. `
}

/** The answer in a few sentences: R of the worst shock asked, then the radius. */
export function criticality_sentence(document: CriticalityDoc): string {
  const { r, amplification, span, curves } = document
  const joint = curves.find(({ move }) => move === 'joint')?.crosses_at ?? null
  const feeds =
    amplification === null ? 'selling feeds itself' : `to first order a shock is amplified ${decimal(amplification, 2)}-fold`
  const cliff = joint === null ? 'no joint fall asked brings it to 1' : `it reaches 1 after a joint fall of ${percent(joint)}`
  return `${shock_sentence(document)}At today’s prices the spectral radius is ${decimal(r, 3)} over the next ${percent(span)}: ${feeds}; ${cliff}.`
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
const share = (part: number, whole: number) => (whole > 0 ? percent(part / whole) : '–')

/** Rows of a table of who makes R before the rest is summed up. */
const ROWS = 12

/** The largest sellers, and the rest as one. */
export function largest_types({
  types,
}: Shock): { venue: string; asset: string; name: string; first_usd: number; next_usd: number }[] {
  const said = types.length > ROWS + 1 ? ROWS : types.length
  const rest = types.slice(said)
  const sum = (of: 'first_usd' | 'next_usd') => rest.reduce((total, one) => total + one[of], 0)
  const more = `${rest.length} more`
  return [
    ...types.slice(0, said).map(({ venue, asset, first_usd, next_usd }) => ({
      ...{ venue: plain(venue), asset: plain(asset), name: `${plain(venue)} ${plain(asset)}` },
      ...{ first_usd, next_usd },
    })),
    ...(rest.length === 0
      ? []
      : [{ venue: more, asset: '', name: more, first_usd: sum('first_usd'), next_usd: sum('next_usd') }]),
  ]
}

/** Furthest from the mid that books are asked; beyond it is said without a number. */
const ASKED = 0.4

/** Who makes the R of the worst shock asked. */
function shock_tables(worst: Shock): CriticalityTable[] {
  const its = `${percent(worst.fall)} fall`
  const several = worst.without.filter(({ account }) => account === null)
  const asked = several.filter(({ owner }) => owner !== null).length
  const without = (one: Shock['largest'][number]) =>
    worst.without.find(({ venue, account }) => venue === one.venue && account === one.account)
  return [
    {
      title: `Who makes R of the ${its}`,
      columns: [
        left('venue'),
        left('sells'),
        right('first generation'),
        right('share'),
        right('next generation'),
        right('share'),
      ],
      rows: largest_types(worst).map(({ venue, asset, first_usd, next_usd }) => [
        ...[venue, asset, usd(first_usd), share(first_usd, worst.first_usd)],
        ...[usd(next_usd), share(next_usd, worst.next_usd)],
      ]),
    },
    {
      title: 'What its first generation does to prices: as R takes it, and by the worst depth on the way alone',
      columns: [left('asset'), right('sold'), right('R takes'), right('worst depth')],
      rows: worst.moves.map((one) => [
        ...[plain(one.asset), usd(one.sold_usd)],
        ...[percent(0 - one.fall), one.unbounded > ASKED ? `beyond ${percent(-ASKED, 0)}` : percent(0 - one.unbounded)],
      ]),
    },
    {
      title: `R of the ${its} without the accounts of one venue (its markets stay)${asked === 0 ? '' : `, and of one owner of several accounts, ${asked} of ${worst.owners}`}`,
      columns: [left('without'), right('first generation'), right('next generation'), right('R')],
      rows: [
        ['nobody', usd(worst.first_usd), usd(worst.next_usd), decimal(worst.r, 3)],
        ...several.map((one) => [
          ...[plain(one.venue ?? one.owner ?? ''), usd(one.first_usd), usd(one.next_usd)],
          decimal(one.r, 3),
        ]),
      ],
    },
    {
      title: `Largest accounts of the ${its}, ${decimal(worst.largest.length)} of ${decimal(worst.largest.length + worst.others)}: their part of both generations, and the whole without them`,
      columns: [
        ...[left('venue'), right('account'), left('owner'), right('first'), right('next')],
        ...[right('next without'), right('R without')],
      ],
      rows: worst.largest.map((one) => [
        ...[plain(one.venue), String(one.account), plain(one.owner ?? '–'), usd(one.first_usd), usd(one.next_usd)],
        ...[usd(without(one)?.next_usd ?? 0), decimal(without(one)?.r ?? 0, 3)],
      ]),
    },
  ]
}

/** Of a smaller part of the first generation a ratio is noise. */
const PART = 0.01

/** What of a shock grows most from the first generation to the next: where it is above 1 that part may feed itself whatever the whole does. */
function highest_part({ types, first_usd }: Shock): string {
  const ratio = (one: Shock['types'][number]) => one.next_usd / one.first_usd
  const parts = types.filter((one) => one.first_usd >= PART * first_usd && one.first_usd > 0).sort((a, b) => ratio(b) - ratio(a))
  const [most] = parts
  return most === undefined ? '–' : `${decimal(ratio(most), 2)} ${plain(most.venue)} ${plain(most.asset)}`
}

/** A parameter of the snapshot another: every shock, then today's prices, before and after. */
const change_table = ({ shocks, r }: CriticalityDoc, change: CriticalityDoc['changes'][number]): CriticalityTable => ({
  title: `With ${plain(change.what)}`,
  columns: [left('fall'), right('next generation'), right('with it'), right('R'), right('with it')],
  rows: [
    ...shocks.map((one, i) => {
      const other = change.shocks[i] ?? one
      return [percent(one.fall), usd(one.next_usd), usd(other.next_usd), decimal(one.r, 3), decimal(other.r, 3)]
    }),
    ['today (radius)', '', '', decimal(r, 3), decimal(change.r, 3)],
  ],
})

/** Head of the curve of all assets. */
export const JOINT = 'all by beta'
const curve_name = ({ move }: CriticalityDoc['curves'][number]): string => (move === 'joint' ? JOINT : plain(move))

/** @param most curves in one table */
function curve_tables({ curves }: CriticalityDoc, most: number): CriticalityTable[] {
  const at = curves[0]?.points.map(({ fall }) => fall) ?? []
  const cut = Array.from({ length: Math.ceil(curves.length / most) }, (_, k) => curves.slice(k * most, (k + 1) * most))
  return cut.map((some, k) => ({
    title:
      k === 0
        ? 'Second, the spectral radius after a fall: a threshold of the book, not a forecast'
        : 'The spectral radius, continued',
    columns: [left('fall'), ...some.map((curve) => right(curve_name(curve)))],
    rows: [
      ...at.map((fall, i) => [percent(fall), ...some.map(({ points }) => decimal(points[i]?.r ?? 0, 2))]),
      ['reaches 1 at', ...some.map(({ crosses_at }) => (crosses_at === null ? '–' : percent(crosses_at)))],
    ],
  }))
}

/**
 * What a document says, table by table; empty tables are left out.
 * @param curves_most curves that one table can hold
 */
export function criticality_tables(document: CriticalityDoc, curves_most = 1000): CriticalityTable[] {
  const { span, types, shocks, leave_out, changes, ladder, along } = document
  const worst = worst_shock(document)
  return [
    {
      title: 'R of a shock: a joint fall within an hour, each asset by its beta',
      columns: [
        ...[left('fall'), right('first generation'), right('of it sold'), right('next generation'), right('R')],
        left('its highest part'),
      ],
      rows: shocks.map((one) => [
        ...[percent(one.fall), usd(one.first_usd), usd(one.sold_usd), usd(one.next_usd), decimal(one.r, 3)],
        highest_part(one),
      ]),
    },
    ...(worst === undefined ? [] : shock_tables(worst)),
    ...changes.map((change) => change_table(document, change)),
    ...curve_tables(document, curves_most),
    {
      title: `Who would sell if one asset fell ${percent(span)} from today’s price (fall 0 %)`,
      columns: [left('venue'), left('asset'), right('sales per 1 %'), right('own radius')],
      rows: types.map((type) => [plain(type.venue), plain(type.asset), usd(type.sales_per_percent_usd), decimal(type.own_r, 3)]),
    },
    {
      title: 'The spectral radius at today’s prices (fall 0 %) without',
      columns: [left('what'), right('radius')],
      rows: r_rows(leave_out),
    },
    {
      title: 'Ladder along the joint fall, each asset by its beta',
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

/** Before what R cannot see. */
export const BLIND = 'What R cannot see here'

export function criticality_text(document: CriticalityDoc, options: TextOptions = {}): string {
  const width = Math.min(120, Math.max(80, options.width ?? 100))
  const painter = options.painter ?? COLOURLESS
  const names = document.curves.map((curve) => Math.max(4, curve_name(curve).length, curve.crosses_at === null ? 0 : 6))
  const per_table = Math.floor((width - 'reaches 1 at'.length) / (Math.max(0, ...names) + 2))
  const lines = [
    document.title,
    ...wrap(criticality_sentence(document), width),
    '',
    ...(document.blind_spots.length === 0 ? [] : [BLIND, ...document.blind_spots.flatMap((spot) => wrap(spot, width, '  ')), '']),
    ...criticality_tables(document, Math.max(1, per_table)).flatMap(({ title, columns, rows }) => [
      ...wrap(title, width),
      ...grid(columns, rows, width, painter),
      '',
    ]),
    ...document.notes.flatMap((note) => wrap(note, width)),
    `Evidence: ${document.evidence}. Definitions: ${document.definitions}.`,
  ]
  return `${lines.join('\n')}\n`
}
