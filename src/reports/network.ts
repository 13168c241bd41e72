/** The answer of `unwind network` for a terminal, and the tables that the page has too. */
import { counted, decimal, listed, percent, usd } from './format.ts'
import { type GridColumn, wrap } from './lines.ts'
import { plain } from './report.ts'
import type { NetworkDoc } from './schemas.ts'
import { Sheet } from './sheet.ts'
import type { TextOptions } from './text.ts'

export interface NetworkTable {
  readonly id: string
  readonly title: string
  /** Said under the title. */
  readonly says: string
  readonly columns: readonly GridColumn[]
  readonly rows: readonly (readonly string[])[]
}

const left = (title: string): GridColumn => ({ title, align: 'left' })
const right = (title: string): GridColumn => ({ title, align: 'right' })
/** Owners whose losses are listed, and assets of a claim. */
const MOST_PARTS = 4

const shock_text = ({ shock }: NetworkDoc): string => {
  const [first, ...more] = shock.map(({ asset, change }) => `${plain(asset)} ${percent(change, 1, true)}`)
  const rest = more.length > MOST_PARTS ? `${counted(more.length, 'other asset')} with it` : listed(more)
  return first === undefined ? 'no shock' : more.length === 0 ? first : `${first}, ${rest}`
}

/** The whole answer in two sentences. */
export function network_sentence(document: NetworkDoc): string {
  const { claims, clearing, debt_rank, fire_sale, look_through } = document
  const alone = clearing.find(({ liability, default_costs }) => liability === 'accounts' && default_costs === 0)
  const short = alone?.short[0]
  const pays =
    short === undefined
      ? 'every pool and exchange pays in full'
      : `${counted(alone?.short.length ?? 0, 'pool or exchange', 'pools and exchanges')} cannot pay in full, ${plain(short.node)} pays ${percent(short.pays, 2)}`
  const shocked = debt_rank.find(({ kind }) => kind === 'shock')
  const loop = look_through.reduce<(typeof look_through)[number] | undefined>(
    (most, one) => ((one.recursion ?? Number.POSITIVE_INFINITY) > (most?.recursion ?? 1) ? one : most),
    undefined,
  )
  const nested =
    loop === undefined || (loop.recursion ?? 2) < 1.005
      ? 'no claim stands behind itself to speak of'
      : `one USD of ${plain(loop.claim)} stands behind itself ${loop.recursion === null ? 'without end' : `${decimal(loop.recursion, 2)} times`}`
  return `${usd(claims.have_usd)} of claims. After ${shock_text(document)}: ${usd(alone?.unpaid_usd ?? 0)} of debts stay unpaid by ${counted(alone?.defaults ?? 0, 'account')}, ${pays}; owners lose ${usd(shocked?.direct_usd ?? 0)} and ${usd(shocked?.further_usd ?? 0)} more through each other${fire_sale === null ? '' : `; sales to restore leverage would cost ${percent(fire_sale.aggregate)} of equity`}; ${nested}.`
}

function claims_tables({ claims, parts }: NetworkDoc): NetworkTable[] {
  return [
    {
      id: 'parts',
      title: 'What the snapshot has',
      says: '',
      columns: [left('exposure'), left(''), left('evidence'), left('what')],
      rows: parts.map(({ part, found, says, evidence }) => [part, found ? 'yes' : 'no', evidence, says]),
    },
    {
      id: 'claims',
      title: 'Direct claims',
      says: 'At hand and lent is what each pool, exchange or issuer has; owed and fund is what it owes. Unlisted: net, by nobody in the snapshot.',
      columns: [
        left('who owes'),
        left('kind'),
        right('at hand'),
        right('lent'),
        right('unlisted'),
        right('owed'),
        right('owed unlisted'),
        right('fund'),
        left('evidence'),
      ],
      rows: claims.nodes.map((one) => [
        plain(one.node),
        one.kind,
        usd(one.at_hand_usd),
        usd(one.lent_usd),
        usd(one.lent_outside_usd),
        usd(one.owed_usd),
        usd(one.owed_outside_usd),
        usd(one.fund_usd),
        one.evidence,
      ]),
    },
    {
      id: 'tokens',
      title: 'Tokens that are claims, held at other venues',
      says: '',
      columns: [left('held by'), left('token'), left('owed by'), right('USD')],
      rows: claims.tokens.map((one) => [plain(one.creditor), plain(one.asset), plain(one.debtor), usd(one.usd)]),
    },
  ]
}

function shared_tables({ owners, holdings, overlap }: NetworkDoc): NetworkTable[] {
  return [
    {
      id: 'owners',
      title: 'Common owners',
      says: `${counted(owners.at_several, 'owner')} of ${decimal(owners.owners)} at several venues.`,
      columns: [left('venues'), right('owners'), right('shared'), right('of the first'), right('of the second')],
      rows: owners.shared.map((one) => [
        `${plain(one.a)} · ${plain(one.b)}`,
        decimal(one.owners),
        usd(one.usd),
        percent(one.share_of_a),
        percent(one.share_of_b),
      ]),
    },
    {
      id: 'largest',
      title: 'Largest owners at several venues',
      says: '',
      columns: [left('owner'), right('owes'), left('where')],
      rows: owners.largest.map((one) => [
        plain(one.owner),
        usd(one.owed_usd),
        one.venues.map(({ venue, owed_usd }) => `${plain(venue)} ${usd(owed_usd)}`).join(', '),
      ]),
    },
    {
      id: 'holders',
      title: 'Who holds an asset at venues',
      says: 'Collateral, supplies and long contracts, by owner.',
      columns: [left('asset'), right('USD'), right('owners'), right('HHI'), left('largest')],
      rows: owners.holders.map((one) => [
        plain(one.asset),
        usd(one.usd),
        decimal(one.owners),
        decimal(one.hhi, 4),
        one.largest.map(({ owner, share }) => `${plain(owner)} ${percent(share)}`).join(', '),
      ]),
    },
    {
      id: 'holdings',
      title: 'Holdings by venue and asset',
      says: '',
      columns: [left('venue'), left('asset'), right('held'), right('owed'), right('long'), right('short')],
      rows: holdings.map((one) => [
        plain(one.venue),
        plain(one.asset),
        usd(one.held_usd),
        usd(one.owed_usd),
        usd(one.long_usd),
        usd(one.short_usd),
      ]),
    },
    {
      id: 'overlap',
      title: 'Overlapping collateral',
      says:
        overlap === null
          ? 'Nothing is held that has a market.'
          : `Index of indirect contagion: ${listed(overlap.venues.map(({ venue, index }) => `${plain(venue)} ${decimal(index, 3)}`))}; one factor carries ${percent(overlap.one_factor)} of it. Impact is linear and may exceed what is held.`,
      columns: [left('who loses'), left('when all is sold by'), right('in the first round')],
      rows: (overlap?.pairs ?? []).map(({ a, b, usd: lost }) => [plain(a), plain(b), usd(lost)]),
    },
  ]
}

function liquidity_tables({ liquidity }: NetworkDoc): NetworkTable[] {
  const rows = (list: NetworkDoc['liquidity']['depth']) =>
    list.map((one) => [
      plain(one.of),
      usd(one.usd),
      decimal(one.hhi, 3),
      decimal(one.effective, 2),
      one.shares
        .slice(0, MOST_PARTS)
        .map(({ where, share }) => `${plain(where)} ${percent(share)}`)
        .join(', '),
    ])
  const columns = [left('asset'), right('USD'), right('HHI'), right('as of'), left('where')]
  return [
    {
      id: 'depth',
      title: 'Liquidity: depth within 1 %',
      says: liquidity.weighted_hhi === null ? 'No market.' : `Weighted with depth: HHI ${decimal(liquidity.weighted_hhi, 3)}.`,
      columns,
      rows: rows(liquidity.depth),
    },
    { id: 'debts', title: 'Debts by venue', says: '', columns, rows: rows(liquidity.debts) },
    { id: 'contracts', title: 'Contracts by venue', says: '', columns, rows: rows(liquidity.contracts) },
  ]
}

function through_table({ look_through }: NetworkDoc): NetworkTable {
  const more = (share: number, what: string) => (share > 5e-4 ? [`${what} ${percent(share)}`] : [])
  return {
    id: 'look-through',
    title: 'Look-through: what one USD of a claim is in the end',
    says: 'Recursion: how often it stands behind itself. Layers: USD of claims in the chain behind it.',
    columns: [left('claim'), right('USD'), right('recursion'), right('layers'), left('in the end')],
    rows: look_through.map((one) => [
      plain(one.claim),
      usd(one.usd),
      one.recursion === null ? 'no end' : decimal(one.recursion, 3),
      one.layers === null ? 'no end' : decimal(one.layers, 2),
      [
        ...(one.link === null || Math.abs(one.link.value_ratio - 1) < 5e-4
          ? []
          : [`redeems for ${percent(one.link.value_ratio)} of its price`]),
        ...one.assets.slice(0, MOST_PARTS).map(({ asset, share }) => `${plain(asset)} ${percent(share)}`),
        ...more(
          one.assets.slice(MOST_PARTS).reduce((sum, { share }) => sum + share, 0),
          'other',
        ),
        ...more(one.unlisted, 'unlisted borrowers'),
        ...more(one.uncovered, 'uncovered'),
        ...more(one.circular, 'itself'),
      ].join(', '),
    ]),
  }
}

function default_tables({ clearing, furfine, debt_rank, lost }: NetworkDoc): NetworkTable[] {
  return [
    {
      id: 'clearing',
      title: 'Clearing: all debts called at once',
      says: 'Accounts pay out of what they hold at their venue; owners with all they have. Without costs Eisenberg–Noe, with them Rogers–Veraart.',
      columns: [
        left('who pays'),
        right('costs'),
        right('default'),
        right('at first'),
        right('unpaid'),
        right('accounts lose'),
        right('others lose'),
        left('short'),
      ],
      rows: clearing.map((one) => [
        one.liability,
        percent(one.default_costs, 0),
        decimal(one.defaults),
        decimal(one.by_own_losses),
        usd(one.unpaid_usd),
        usd(one.lost_by_accounts_usd),
        usd(one.lost_outside_usd),
        one.short
          .slice(0, MOST_PARTS)
          .map(({ node, pays }) => `${plain(node)} pays ${percent(pays, 2)}`)
          .join(', '),
      ]),
    },
    {
      id: 'debt-rank',
      title: 'DebtRank: what a loss of one costs the others',
      says: `Loans lose ${percent(lost, 0)} when all capital of the borrower is gone. Once: as first published, with everybody speaking once.`,
      columns: [left('lost'), right('capital'), right('owners lose more'), right('once'), left('suppliers lose, of each venue')],
      rows: debt_rank.map((one) => [
        one.kind === 'shock' ? 'the shock' : plain(one.first),
        usd(one.direct_usd),
        usd(one.further_usd),
        usd(one.further_once_usd),
        one.venues.map(({ venue, lost: share }) => `${plain(venue)} ${percent(share, 2)}`).join(', '),
      ]),
    },
    {
      id: 'furfine',
      title: 'Furfine: who falls in turn, after the shock',
      says: '',
      columns: [left('falls'), left('then')],
      rows: furfine
        .filter(({ rounds }) => rounds.length > 0)
        .map(({ first, rounds }) => [plain(first), rounds.map((round) => listed(round.map(plain))).join(' → ')]),
    },
  ]
}

function sales_tables({ fire_sale, deleveraging, stability }: NetworkDoc): NetworkTable[] {
  const [now, shocked] = stability
  const ended = deleveraging === null || deleveraging.steps !== null
  return [
    {
      id: 'fire-sale',
      title: 'Fire sales to restore leverage (Greenwood–Landier–Thesmar)',
      says:
        fire_sale === null
          ? 'Nobody loses.'
          : `Direct ${percent(fire_sale.direct)} of equity, by sales ${percent(fire_sale.aggregate)}; radius of a round ${decimal(fire_sale.radius, 3)}.`,
      columns: [left('venue'), right('accounts'), right('equity'), right('direct'), right('indirect'), right('systemicness')],
      rows: (fire_sale?.venues ?? []).map((one) => [
        plain(one.venue),
        decimal(one.accounts),
        usd(one.equity_usd),
        percent(one.direct),
        percent(one.indirect),
        percent(one.systemicness),
      ]),
    },
    {
      id: 'thresholds',
      title: 'Sales with thresholds (Cont–Schaanning)',
      says:
        deleveraging === null
          ? 'Nobody owes and holds something with a market.'
          : `${counted(deleveraging.sellers, 'seller')}, ${decimal(deleveraging.failed)} without equity; ${usd(deleveraging.sold_usd)} sold${ended ? ` in ${counted(deleveraging.steps ?? 0, 'step')}` : ', and still selling after the last step'}. Prices by it: ${deleveraging.prices.length === 0 ? 'unmoved' : listed(deleveraging.prices.map(({ asset, change }) => `${plain(asset)} ${percent(change, 1, true)}`))}.`,
      columns: [left('venue'), right('sellers'), right('without equity'), right('sold')],
      rows: (deleveraging?.venues ?? []).map((one) => [
        plain(one.venue),
        decimal(one.sellers),
        decimal(one.failed),
        usd(one.sold_usd),
      ]),
    },
    {
      id: 'stability',
      title: 'Stability of common holdings (Caccioli)',
      says: 'Branching from 1 on: a failure can come back to where it began.',
      columns: [
        left(''),
        right('in breach'),
        right('held'),
        right('follow'),
        right('held'),
        right('rounds'),
        right('branching'),
        right('by degrees'),
      ],
      rows: [now, shocked]
        .filter((one) => one !== undefined)
        .map((one) => [
          one.at === 'now' ? 'now' : 'after the shock',
          decimal(one.first),
          usd(one.first_usd),
          decimal(one.further),
          usd(one.further_usd),
          decimal(one.rounds),
          decimal(one.branching, 2),
          decimal(one.branching_of_degrees, 2),
        ]),
    },
  ]
}

/** Every table, in the order of the answer. */
export const network_tables = (document: NetworkDoc): NetworkTable[] => [
  ...claims_tables(document),
  ...shared_tables(document),
  ...liquidity_tables(document),
  through_table(document),
  ...default_tables(document),
  ...sales_tables(document),
]

/** Rows whose last cell, if it is text, goes on in the lines below where it is too long. */
function wrapped({ columns, rows }: NetworkTable, room: number): string[][] {
  const last = columns.length - 1
  if (columns[last]?.align !== 'left') return rows.map((row) => [...row])
  const width = (c: number) =>
    rows.reduce((most, row) => Math.max(most, Array.from(row[c] ?? '').length), Array.from(columns[c]?.title ?? '').length)
  const used = columns.slice(0, last).reduce((sum, _, c) => sum + width(c) + 2, 0)
  if (room - used < 16) return rows.map((row) => [...row])
  return rows.flatMap((row) =>
    wrap(row[last] ?? '', room - used).map((text, i) => [...row.slice(0, last).map((cell) => (i === 0 ? cell : '')), text]),
  )
}

export function network_text(document: NetworkDoc, options: TextOptions = {}): string {
  const sheet = new Sheet(options)
  sheet.strong(plain(document.title))
  sheet.say(network_sentence(document))
  for (const table of network_tables(document)) {
    const { title, says, columns, rows } = table
    if (rows.length === 0 && says === '') continue
    sheet.heading(title)
    if (says !== '') sheet.say(says)
    if (rows.length > 0) sheet.table(columns, wrapped(table, sheet.width - 2))
  }
  sheet.lines.push('')
  for (const note of document.notes) sheet.say(note, '· ')
  sheet.say(`Evidence: ${document.evidence}. Definitions: ${document.definitions}.`)
  return sheet.text
}
