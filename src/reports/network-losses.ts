/** Tables of the answer of `unwind network` on losses: defaults, distress and sales. */
import { counted, decimal, listed, percent, usd } from './format.ts'
import type { GridColumn } from './lines.ts'
import { plain } from './report.ts'
import type { NetworkDoc } from './schemas.ts'

export interface NetworkTable {
  readonly id: string
  readonly title: string
  /** Said under the title. */
  readonly says: string
  readonly columns: readonly GridColumn[]
  readonly rows: readonly (readonly string[])[]
}

export const left = (title: string): GridColumn => ({ title, align: 'left' })
export const right = (title: string): GridColumn => ({ title, align: 'right' })
/** Owners whose losses are listed, and assets of a claim. */
export const MOST_PARTS = 4

/** Where more is sold than a linear impact can take. */
export function beyond(
  list: readonly { asset: string; sold_usd: number; limit_usd: number }[],
  what: string,
  how: string,
): string {
  if (list.length === 0) return ''
  const cases = list
    .slice(0, MOST_PARTS)
    .map(({ asset, sold_usd, limit_usd }) => `${plain(asset)} ${usd(sold_usd)} ${how} for ${usd(limit_usd)}`)
  return ` ${what}, which has no meaning beyond 1 ÷ impact: ${listed(list.length > MOST_PARTS ? [...cases, `${list.length - MOST_PARTS} more`] : cases)}.`
}

function default_tables({ clearing, furfine, debt_rank, lost }: NetworkDoc): NetworkTable[] {
  return [
    {
      id: 'clearing',
      title: 'Clearing: all debts called at once',
      says: 'Accounts pay out of what they hold at their venue; owners with all they have. Without costs Eisenberg–Noe, with them Rogers–Veraart. Last: what accounts with claims, others with claims and funds lose.',
      columns: [
        left('who pays'),
        right('costs'),
        right('default'),
        right('first'),
        right('unpaid'),
        right('accounts'),
        right('others'),
        right('funds'),
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
        usd(one.funds.reduce((sum, { lost_usd }) => sum + lost_usd, 0)),
        one.short
          .slice(0, MOST_PARTS)
          .map(({ node, pays }) => `${plain(node)} pays ${percent(pays, 2)}`)
          .join(', '),
      ]),
    },
    {
      id: 'debt-rank',
      title: 'DebtRank: what a loss of one costs the others',
      says: `Distress before anybody defaults: a claim is marked down as its debtor’s capital shrinks, a loan by ${percent(lost, 0)} when all of it is gone. Once: as first published, with everybody speaking once. Last: what suppliers of each venue lose.`,
      columns: [left('lost'), right('capital'), right('owners lose more'), right('once'), left('suppliers lose')],
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
      says: `Losses realised at default, after collateral is sold ${percent(lost, 0)} below its price: who falls, however little is missing; a venue without a fund at the first USD. DebtRank above says how much is lost before, so the two may name different ones.`,
      columns: [left('falls'), left('then')],
      rows: furfine
        .filter(({ rounds }) => rounds.length > 0)
        .map(({ first, rounds }) => [plain(first), rounds.map((round) => listed(round.map(plain))).join(' → ')]),
    },
  ]
}

/** Falls from which on there is no market for as much, rather than a price. */
const NO_MARKET = -0.9

function prices_text(prices: NonNullable<NetworkDoc['deleveraging']>['prices']): string {
  if (prices.length === 0) return 'Prices by it: unmoved.'
  const [gone, left_over] = [
    prices.filter(({ change }) => change <= NO_MARKET),
    prices.filter(({ change }) => change > NO_MARKET),
  ]
  const moved = left_over.map(({ asset, change }) => `${plain(asset)} ${percent(change, 1, true)}`)
  return [
    ...(moved.length === 0 ? [] : [`Prices by it: ${listed(moved)}.`]),
    ...(gone.length === 0
      ? []
      : [`No market for as much ${listed(gone.map(({ asset }) => plain(asset)))}: more than ${percent(-NO_MARKET, 0)} down.`]),
  ].join(' ')
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
          : `Direct ${percent(fire_sale.direct)} of equity, by sales ${percent(fire_sale.aggregate)}${fire_sale.aggregate - fire_sale.by_owners < 5e-4 ? '' : `, of which owners have ${percent(fire_sale.by_owners)} left to lose and lenders and funds lose the rest`}. Radius of a round ${decimal(fire_sale.radius, 3)}, impact linear.${fire_sale.no_market.length === 0 ? '' : ` No market of ${listed(fire_sale.no_market.map(plain))} has depth: sold without a fall here.`}${beyond(fire_sale.beyond_linear, 'Prices fall exponentially here; the published impact is linear', 'sold')}`,
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
          : `${counted(deleveraging.sellers, 'seller')}, ${decimal(deleveraging.failed)} without equity; ${usd(deleveraging.sold_usd)} sold${ended ? ` in ${counted(deleveraging.steps ?? 0, 'step')}` : ', and still selling after the last step'}. ${prices_text(deleveraging.prices)}`,
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

export const loss_tables = (document: NetworkDoc): NetworkTable[] => [...default_tables(document), ...sales_tables(document)]
