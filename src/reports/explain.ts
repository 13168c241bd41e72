/** `unwind stress --explain` in words: chains of causes, what carried the infections, and the loop between exchanges and lenders. */
import { duration, listed, percent, price, usd } from './format.ts'
import { COLOURLESS, grid, type Painter, wrap } from './lines.ts'
import { nothing_forced } from './opening.ts'
import { plain, VISIBLE_USD } from './report.ts'
import type { RunDoc } from './schemas.ts'
import type { TextOptions } from './text.ts'

type Explain = NonNullable<RunDoc['explain']>
type Link = Explain['chains'][number]['links'][number]
type Blamed = Link['blamed'][number]
type Chain = Explain['chains'][number]

const BY: Readonly<Record<Blamed['mechanism'], string>> = {
  price: 'marks',
  oracle: 'the oracle',
  rate: 'interest and funding',
  cash: 'cash that had gone to a call there',
  gas: 'prices while it waited for gas',
  collateral: 'collateral that became a claim on less',
  owner: 'a call that the owner answered here',
}

/** How it came to be sold. */
export const SOLD_BY: Readonly<Record<Link['sold'], string>> = {
  free: 'by choice',
  seized: 'after a seizure',
  reduced: 'by the exchange',
  unwound: 'out of a fund or inventory',
  called: 'to answer a call',
}

const source = (from: string): string => (from === 'exogenous' ? 'the outside world' : `sales of ${plain(from)}`)

/** A source and its way to the account. */
export const through = ({ from, mechanism }: Pick<Blamed, 'from' | 'mechanism'>): string =>
  `${source(from)} through ${BY[mechanism]}`

/** Who tipped the account over. */
function tipped(link: Link): string {
  const first = link.blamed[0]
  if (first === undefined) return ''
  const most = link.blamed.reduce((one, other) => (other.share_pivotal > one.share_pivotal ? other : one), first)
  return `; tipped over by ${source(most.from)}`
}

/** The source of the largest share over all mechanisms: the one whose row is the next link. */
function main_source({ blamed }: Link): string | undefined {
  const by = new Map<string, number>()
  for (const { from, share } of blamed) by.set(from, (by.get(from) ?? 0) + share)
  return [...by].reduce<[string, number] | undefined>(
    (most, one) => (most === undefined || one[1] > most[1] ? one : most),
    undefined,
  )?.[0]
}

/** What leads from a link to the next: `because`, and which part of it the next one is. */
export function leads(link: Link): string {
  const from = main_source(link)
  if (from === undefined || link.kind === 'fill') return 'because'
  const own = link.blamed.filter((one) => one.from === from)
  const share = own.reduce((sum, one) => sum + one.share, 0)
  const part = share >= 0.995 ? 'all' : `${percent(share, 0)} of it`
  const ways = listed(own.filter((one, i) => i === 0 || one.share >= 0.01).map(({ mechanism }) => BY[mechanism]))
  // The shares are those of a source: the row is the last of its sales before.
  return `because, ${part} by ${source(from)} through ${ways},${from === 'exogenous' ? '' : ' the last of them'}`
}

/** Most branches beside the main one that are told. */
const MOST_BRANCHES = 3

/** What else moved the account there, the largest first; '' when nothing did by more than a per cent. */
export function branches(link: Link): string {
  if (link.kind === 'fill') return ''
  const from = main_source(link)
  const parts = link.blamed.filter((one) => one.from !== from && one.share >= 0.01)
  const named = parts
    .slice(0, MOST_BRANCHES)
    .map((one, i) => `${percent(one.share, 0)}${i === 0 ? ' of it' : ''} by ${through(one)}`)
  return listed(named)
}

/** What a chain stands for. */
export function stands_for({ links, way, same_way_usd }: Chain, covered: Explain['covered']): string {
  const usd_of = links[0]?.usd ?? 0
  if (covered === undefined || way === undefined || same_way_usd === undefined || !(covered.total_usd > 0)) return ''
  const part = (value: number) => percent(value / covered.total_usd)
  return `${part(usd_of)} of all forced sales; all that went the same way (outside → ${way.map(plain).join(' → ')}): ${usd(same_way_usd)}, ${part(same_way_usd)}`
}

/** What is left of the sale at the end of its chain of main causes; '' when nothing was lost on the way. */
export const carried_line = ({ carried }: Chain): string =>
  carried === undefined || carried > 0.995
    ? ''
    : `Shares along this chain multiplied: ${carried < 0.001 ? 'less than 0.1 %' : percent(carried)} of its sale; the rest came in by the other branches.`

/** How much of all forced sales the chains stand for. */
export function covered_line({ covered }: Pick<Explain, 'covered'>): string {
  if (covered === undefined || !(covered.total_usd > 0)) return ''
  const part = (value: number) => percent(value / covered.total_usd)
  return `The sales at the heads of these chains are ${usd(covered.heads_usd)}, ${part(covered.heads_usd)} of all forced sales (${usd(covered.total_usd)}); with all that went the same ways ${usd(covered.ways_usd)}, ${part(covered.ways_usd)}.`
}

/** What of a sale is for want of cash that another venue has. */
const for_want = ({ blamed }: Link): string =>
  blamed
    .filter(({ mechanism, share }) => mechanism === 'cash' && share >= 0.01)
    .map(({ from, share }) => `, ${percent(share, 0)} of it for want of cash that had gone to a call of ${plain(from)}`)
    .join('')

const who = ({ venue, account }: Link): string => `${plain(venue ?? 'somebody')}${account === null ? '' : ` account ${account}`}`

/** When a row was, and what it says. */
export const told = (link: Link): readonly [at: string, text: string] => [`+${duration(link.after_ms)}`, words(link)]

/** One row in words. */
function words(link: Link): string {
  const asset = plain(link.asset ?? '')
  switch (link.kind) {
    case 'fill':
      return link.sold === 'free'
        ? `${usd(link.usd)} of ${asset} ${link.amount < 0 ? 'sold' : 'bought'} on ${plain(link.market ?? '')} by choice, or carried over from another market, at ${price(link.price)}`
        : `${plain(link.venue ?? '')}: ${usd(link.usd)} of ${asset} ${link.amount < 0 ? 'sold' : 'bought back'} on ${plain(link.market ?? '')} at ${price(link.price)} ${SOLD_BY[link.sold]}${for_want(link)}`
    case 'shock':
      return `the fundamental of ${asset} begins to move, to ${price(link.price)}`
    case 'call':
      return `${who(link)} falls below its owner's call level, at health ${link.price.toFixed(3)}${tipped(link)}`
    case 'respond':
      return `the owner of ${who(link)} sees it below his level, at health ${link.price.toFixed(3)}${tipped(link)}`
    case 'fault':
      return `a fault of the scenario${link.usd > 0 ? `: ${usd(link.usd)} of ${asset}` : ` at ${plain(link.venue ?? link.market ?? link.asset ?? 'no component')}`}`
    default:
      return `${who(link)}: ${link.kind.replace('_', ' ')} ${usd(link.usd)}${asset === '' ? '' : ` of ${asset}`}${tipped(link)}`
  }
}

/** Links of a chain that are told; the first cause always is. */
export const MOST_SHOWN = 7

export const CHAIN_TITLES: Readonly<Record<Explain['chains'][number]['why'], string>> = {
  largest: 'among the largest',
  longest: 'the most changes of venue on the way',
  loop: 'exchange → lender → exchange',
}

type Cell = NonNullable<RunDoc['infections_by_mechanism']>[number]

/** Who infected whom: source and victim down, mechanisms across. */
export function by_mechanism(document: RunDoc): {
  readonly mechanisms: readonly Cell['mechanism'][]
  readonly rows: readonly { readonly from: string; readonly to: string; readonly cells: readonly (Cell | undefined)[] }[]
} {
  const list = (document.infections_by_mechanism ?? []).filter((cell) => Math.max(cell.usd, cell.usd_pivotal) >= VISIBLE_USD)
  const mechanisms = [...new Set(list.map((cell) => cell.mechanism))]
  const pairs = [...new Map(list.map((cell) => [JSON.stringify([cell.from, cell.to]), [cell.from, cell.to] as const])).values()]
  const find = (from: string, to: string, mechanism: Cell['mechanism']) =>
    list.find((cell) => cell.from === from && cell.to === to && cell.mechanism === mechanism)
  return { mechanisms, rows: pairs.map(([from, to]) => ({ from, to, cells: mechanisms.map((by) => find(from, to, by)) })) }
}

/** What carried the infections. */
function matrix(document: RunDoc, width: number): string[] {
  const { mechanisms, rows: cells } = by_mechanism(document)
  if (cells.length === 0) return []
  const rows = cells.map((row) => [
    plain(row.from),
    plain(row.to),
    ...row.cells.map((found) => (found === undefined ? '·' : `${usd(found.usd)} (${usd(found.usd_pivotal)})`)),
  ])
  const columns = [
    { title: 'from', align: 'left' as const },
    { title: 'to', align: 'left' as const },
    ...mechanisms.map((title) => ({ title, align: 'right' as const })),
  ]
  return grid(columns, rows, width - 2, COLOURLESS, (_line, _column, text) => text).map((line) => `  ${line}`)
}

/** Less is not worth the word loop: what a dollar of forced selling moves among thousands of accounts is never exactly 0. */
const VISIBLE_LOOP_USD = 1_000

/** Did exchanges hit lenders and lenders exchanges? */
export const goes_round = ({ perp_to_lending_usd, lending_to_perp_usd }: Explain['loop']): boolean =>
  perp_to_lending_usd >= VISIBLE_LOOP_USD && lending_to_perp_usd >= VISIBLE_LOOP_USD

/** Does the run show perp → index → oracle → lending → spot → perp? */
export function loop_lines({ loop }: Pick<Explain, 'loop'>): string[] {
  const { perp_to_lending_usd, lending_to_spot_usd, lending_to_perp_usd, closed_usd } = loop
  if (!goes_round(loop))
    return [
      `The path perp → index → oracle → lending → spot → perp does not close: exchanges caused ${usd(perp_to_lending_usd)} of lenders' forced sales through oracles, lenders ${usd(lending_to_perp_usd)} of exchanges' forced orders.`,
    ]
  return [
    `perp → index → oracle → lending: ${usd(perp_to_lending_usd)} of lenders' forced sales were caused by exchanges, through oracles.`,
    `lending → spot: lenders' forced sales put ${usd(lending_to_spot_usd)} on spot markets.`,
    `spot → perp: ${usd(lending_to_perp_usd)} of exchanges' forced orders were caused by lenders.`,
    closed_usd > 0
      ? `Closed by main causes alone: ${usd(closed_usd)} of exchanges' forced orders stand at the end of an unbroken chain exchange → lender → exchange.`
      : 'No single chain of main causes closes the loop: it is there in shares, not as the main cause of any one sale.',
  ]
}

/** What leaving out removed, beside what attribution said. */
export function counterfactual_lines({ counterfactual }: Pick<Explain, 'counterfactual'>): string[] {
  if (counterfactual === undefined) return []
  const { without, venues, removed_usd, said_usd, interaction_usd } = counterfactual
  const moved = venues.map(({ id, with_usd, without_usd }) => `${plain(id)} ${usd(with_usd)} → ${usd(without_usd)}`)
  return [
    `Without ${listed(without.map(plain))}, forced sales: ${moved.join(', ')}; removed ${usd(removed_usd)}.`,
    said_usd === null || interaction_usd === null
      ? 'Attribution blames venues and mechanisms, one at a time: it has no figure to lay beside this difference.'
      : Math.abs(interaction_usd) < VISIBLE_USD
        ? `The attribution of the whole run (tipped over) said the same.`
        : `The attribution of the whole run (tipped over) said ${usd(said_usd)}; the difference, ${usd(interaction_usd)}, is interaction: several causes that only together were enough, or each of which was, and what others did instead.`,
  ]
}

/** One chain: the sale, and under each link what led to it. */
function chain_lines(chain: Chain, i: number, covered: Explain['covered'], columns: number, painter: Painter): string[] {
  const { why, links } = chain
  const stands = stands_for(chain, covered)
  const lines = [
    '',
    ...wrap(`${CHAIN_TITLES[why]}${stands === '' ? '' : `: ${stands}`}`, columns, `  ${i + 1}. `).map(painter.faint),
  ]
  links.forEach((link, l) => {
    const indent = '  '.repeat(Math.min(l, 8) + 1)
    if (l >= MOST_SHOWN && l < links.length - 1) {
      if (l === MOST_SHOWN) lines.push(`${'  '.repeat(9)}… ${links.length - 1 - l} more (--json), the last of them`)
      return
    }
    // What leads to the last link of a shortened chain is not what was just shown.
    const lead = l === 0 ? '' : l > MOST_SHOWN ? 'because ' : `${leads(links[l - 1] as Link)} `
    lines.push(...wrap(`${lead}${told(link).join(' ')}`, columns, indent))
    const beside = branches(link)
    if (beside !== '') lines.push(...wrap(beside, columns, `${indent}  `).map(painter.faint))
  })
  const carried = carried_line(chain)
  return carried === '' ? lines : [...lines, ...wrap(carried, columns, '     ').map(painter.faint)]
}

/** The text of `--explain`; empty when the document has no explanation. */
export function explain_text(document: RunDoc, { width = 100, painter = COLOURLESS }: TextOptions = {}): string {
  const { explain } = document
  if (explain === undefined || (nothing_forced({ document }) && explain.counterfactual === undefined)) return ''
  const columns = Math.min(120, Math.max(80, width))
  const lines: string[] = ['', painter.strong('Why it was sold')]
  if (explain.chains.length === 0) lines.push('  Nothing was forced.')
  explain.chains.forEach((chain, i) => lines.push(...chain_lines(chain, i, explain.covered, columns, painter)))
  const covered = covered_line(explain)
  if (covered !== '') lines.push('', ...wrap(covered, columns, '  '))
  lines.push('', painter.strong('What carried it'), ...matrix(document, columns))
  lines.push('', painter.strong('Perp → index → oracle → lending → spot → perp'))
  for (const line of loop_lines(explain)) lines.push(...wrap(line, columns, '  '))
  const left_out = counterfactual_lines(explain)
  if (left_out.length > 0) lines.push('', painter.strong('What leaving out removed'))
  for (const line of left_out) lines.push(...wrap(line, columns, '  '))
  return `${lines.join('\n')}\n`
}
