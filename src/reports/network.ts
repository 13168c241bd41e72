/** The answer of `unwind network` for a terminal, and the tables that the page has too. */
import { counted, decimal, listed, percent, usd } from './format.ts'
import { width_of, wrap } from './lines.ts'
import { beyond, left, loss_tables, MOST_PARTS, type NetworkTable, right } from './network-losses.ts'
import { plain } from './report.ts'
import type { NetworkDoc } from './schemas.ts'
import { Sheet } from './sheet.ts'
import type { TextOptions } from './text.ts'

const shock_text = ({ shock }: NetworkDoc): string => {
  const [first, ...more] = shock.map(({ asset, change }) => `${plain(asset)} ${percent(change, 1, true)}`)
  const rest = more.length > MOST_PARTS ? `${counted(more.length, 'other asset')} with it` : listed(more)
  return first === undefined ? 'no shock' : more.length === 0 ? first : `${first}, ${rest}`
}

/** Who ends with what accounts do not pay: funds, owners of what the venues owe, and whether everybody else is paid. */
function bearers({ funds, lost_by_accounts_usd, lost_outside_usd, short }: NetworkDoc['clearing'][number]): string {
  const lost = funds.filter(({ lost_usd }) => lost_usd > 0)
  const parts = [
    ...lost.map(({ node, fund_usd, lost_usd }) => `the fund of ${plain(node)} ${usd(lost_usd)} of its ${usd(fund_usd)}`),
    ...(lost_by_accounts_usd > 0.5 ? [`accounts with claims ${usd(lost_by_accounts_usd)}`] : []),
    ...(lost_outside_usd > 0.5 ? [`suppliers and holders who are not listed ${usd(lost_outside_usd)}`] : []),
  ]
  const [worst] = short
  const pays =
    worst === undefined
      ? 'every pool and exchange pays in full'
      : `${plain(worst.node)} pays ${percent(worst.pays, 2)}${short.length === 1 ? '' : ` and ${counted(short.length - 1, 'other')} less than all`}`
  return parts.length === 0 ? pays : `borne by ${listed(parts)}; ${pays}`
}

/** What would be lost if everybody sold to restore his leverage: by owners, and by those who lend to them. */
function sales_text({ aggregate, by_owners, no_market, venues }: NonNullable<NetworkDoc['fire_sale']>): string {
  const equity = venues.reduce((sum, { equity_usd }) => sum + equity_usd, 0)
  const lenders = (aggregate - by_owners) * equity
  if (!(aggregate > 0) && no_market.length > 0)
    return 'what those with debts would sell to restore their leverage has no market that buys it'
  if (by_owners < 5e-4 && lenders > 0.5)
    return `those with debts have nothing left, so if all sold to restore their leverage, that would cost their lenders and funds ${usd(lenders)}`
  const more = lenders > 0.5 ? ` and their lenders and funds ${usd(lenders)}` : ''
  return `if all sold to restore their leverage, that would cost those with debts ${percent(by_owners)} of their equity${more}`
}

/** The whole answer: who cannot pay, who bears it, and what else is lost. */
export function network_sentence(document: NetworkDoc): string {
  const { claims, clearing, debt_rank, fire_sale, look_through } = document
  const alone = clearing.find(({ liability, default_costs }) => liability === 'accounts' && default_costs === 0)
  const shocked = debt_rank.find(({ kind }) => kind === 'shock')
  const loop = look_through.reduce<(typeof look_through)[number] | undefined>(
    (most, one) => ((one.recursion ?? Number.POSITIVE_INFINITY) > (most?.recursion ?? 1) ? one : most),
    undefined,
  )
  const nested =
    loop === undefined || (loop.recursion ?? 2) < 1.005
      ? 'no claim stands behind itself to speak of'
      : `one USD of ${plain(loop.claim)} stands behind itself ${loop.recursion === null ? 'without end' : `${decimal(loop.recursion, 2)} times`}`
  const unpaid =
    alone === undefined || !(alone.unpaid_usd > 0)
      ? 'every debt is covered'
      : `${usd(alone.unpaid_usd)} of debts stay unpaid by ${counted(alone.defaults, 'account')}, ${bearers(alone)}`
  const sales = fire_sale === null ? '' : `; ${sales_text(fire_sale)}`
  const marked = shocked !== undefined && shocked.further_usd > 0 ? `another ${usd(shocked.further_usd)}` : 'nothing more'
  if (!(claims.have_usd > 0)) return 'No venue of this snapshot has accounts or lends anything: nobody owes anybody.'
  return `${usd(claims.have_usd)} of claims. After ${shock_text(document)}: ${unpaid}. Prices take ${usd(shocked?.direct_usd ?? 0)} from owners, money aside included, claims marked down on each other ${marked}${sales}; ${nested}.`
}

/** Rows of pairs that are printed; the document has all. */
const MOST_PAIRS = 20

const largest = <T extends { readonly usd: number }>(list: readonly T[]): readonly T[] =>
  list.length <= MOST_PAIRS ? list : list.toSorted((a, b) => b.usd - a.usd).slice(0, MOST_PAIRS)

const cut = (list: readonly unknown[]): string =>
  list.length <= MOST_PAIRS ? '' : `The largest ${MOST_PAIRS} of ${decimal(list.length)}.`

function claims_tables({ claims, parts }: NetworkDoc): NetworkTable[] {
  return [
    {
      id: 'parts',
      title: 'What the snapshot has',
      says: '',
      columns: [left('exposure'), left('there'), left('evidence'), left('what')],
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
      says: cut(claims.tokens),
      columns: [left('held by'), left('token'), left('owed by'), right('USD')],
      rows: largest(claims.tokens).map((one) => [plain(one.creditor), plain(one.asset), plain(one.debtor), usd(one.usd)]),
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
          : `Index of indirect contagion: ${listed(overlap.venues.map(({ venue, index }) => `${plain(venue)} ${decimal(index, 3)}`))}; one factor carries ${percent(overlap.one_factor)} of it.${beyond(overlap.beyond_linear, 'Index and factor take impact as linear', 'held')} ${cut(overlap.pairs)}`.trimEnd(),
      columns: [left('who loses'), left('when all is sold by'), right('in the first round'), right('of what it holds')],
      rows: largest(overlap?.pairs ?? []).map(({ a, b, usd: lost, share }) => [plain(a), plain(b), usd(lost), percent(share)]),
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
  const columns = [left('asset'), right('USD'), right('HHI'), right('effective'), left('where')]
  return [
    {
      id: 'depth',
      title: 'Liquidity: depth within 1 %',
      says:
        liquidity.weighted_hhi === null
          ? 'No market has depth.'
          : `HHI: the sum of squared shares, 1 where all is at one place; effective: 1 ÷ HHI, as concentrated as so many equal places. Mean of assets, weighted with their depth: ${decimal(liquidity.weighted_hhi, 3)}.`,
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

/** Every table, in the order of the answer. */
export const network_tables = (document: NetworkDoc): NetworkTable[] => [
  ...claims_tables(document),
  ...shared_tables(document),
  ...liquidity_tables(document),
  through_table(document),
  ...loss_tables(document),
]

const width_in = (rows: readonly (readonly string[])[], title: string, c: number): number =>
  rows.reduce((most, row) => Math.max(most, width_of(row[c] ?? '')), width_of(title))

/** Rows whose last cell, if it is text, goes on in the lines below where it is too long. */
function wrapped({ columns, rows }: NetworkTable, room: number): string[][] {
  const last = columns.length - 1
  if (columns[last]?.align !== 'left') return rows.map((row) => [...row])
  const used = columns.slice(0, last).reduce((sum, { title }, c) => sum + width_in(rows, title, c) + 2, 0)
  if (room - used < Math.max(16, width_of(columns[last]?.title ?? ''))) return rows.map((row) => [...row])
  return rows.flatMap((row) =>
    wrap(row[last] ?? '', room - used).map((text, i) => [...row.slice(0, last).map((cell) => (i === 0 ? cell : '')), text]),
  )
}

/** Titles of the columns for which a terminal has no room: a table leaves out its last ones. */
function left_out({ columns }: NetworkTable, rows: readonly (readonly string[])[], room: number): string[] {
  let used = -2
  return columns.flatMap(({ title }, c) => {
    used += 2 + width_in(rows, title, c)
    return used > room ? [title] : []
  })
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
    if (rows.length === 0) continue
    const lines = wrapped(table, sheet.width - 2)
    sheet.table(columns, lines)
    const missing = left_out(table, lines, sheet.width - 2)
    if (missing.length > 0) sheet.say(`No room here for ${listed(missing)}: a wider terminal, --json or --html.`)
  }
  sheet.lines.push('')
  for (const note of document.notes) sheet.say(note, '· ')
  sheet.say(`Evidence: ${document.evidence}. Definitions: ${document.definitions}.`)
  return sheet.text
}
