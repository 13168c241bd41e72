/** What a report says of the world itself: who was in trouble before anything happened, what holds prices, what a shock left standing. */
import { counted, duration, listed, percent, usd } from './format.ts'
import { is_pinned, plain, type StressReport, VISIBLE_USD } from './report.ts'
import type { RunDoc } from './schemas.ts'

type Accounts = NonNullable<RunDoc['opening']>['below']

const largest = ({ largest: one }: Accounts): string =>
  one === null
    ? ''
    : `${plain(one.venue)} account ${one.account}${one.owner === null ? '' : ` of ${plain(one.owner)}`} with ${usd(one.usd)}`

/** What to say once when accounts are below their limit before anything happens; undefined when none is. */
export function opening_line({ document }: StressReport): string | undefined {
  const { opening } = document
  if (opening === undefined || opening.below.accounts === 0) return undefined
  const { below, underwater } = opening
  const one = below.accounts === 1
  const most = one ? `${largest(below)} owed` : `${usd(below.usd)} owed, most by ${largest(below)}`
  const which = underwater.accounts === 1 ? largest(underwater) : `most ${largest(underwater)}`
  const under =
    underwater.usd < VISIBLE_USD
      ? ''
      : one
        ? `, and under water by ${usd(underwater.usd)}`
        : `, ${underwater.accounts === below.accounts ? 'all' : underwater.accounts} of them under water by ${usd(underwater.usd)} (${which})`
  const [are, them] = one ? ['is', 'it'] : ['are', 'them']
  return `Before any shock ${counted(below.accounts, 'account')} of this snapshot ${are} below liquidation (${most})${under}. No shock is needed to liquidate ${them}; below ${them === 'it' ? 'it counts' : 'they count'} as liquidated.`
}

/** Bad debt, apart by whether it was there before anything happened; undefined when nothing was there. */
export function bad_debt_line({ document }: StressReport): string | undefined {
  const { opening, totals } = document
  if (opening === undefined || opening.bad_debt_usd + opening.shortfall_usd < VISIBLE_USD) return undefined
  const split = (name: string, all: number, before: number): string =>
    all < VISIBLE_USD
      ? ''
      : `${name} ${usd(all)} = ${usd(before)} that was there at the start + ${usd(all - before)} added by the run`
  return `${[
    split('Bad debt', totals.bad_debt_usd, opening.bad_debt_usd),
    split('Shortfall', totals.shortfall_usd, opening.shortfall_usd),
  ]
    .filter((part) => part !== '')
    .join('; ')}.`
}

/** Assets that stood further below their fundamental than this are worth a word on what held them. */
const NOTABLE_GAP = -0.05
const MOST_NAMED = 3

/** What would hold prices and is not in this world, one sentence an asset that left its fundamental; none when nothing is missing. */
export function lack_lines(report: StressReport): string[] {
  const { anchors = [], assets } = report.document
  if (is_pinned(report)) return []
  const found = assets
    .filter(({ gap }) => gap <= NOTABLE_GAP)
    .sort((a, b) => a.gap - b.gap)
    .flatMap(({ id, gap }) =>
      anchors.filter(({ asset, linked }) => asset === id && linked.length === 0).map((one) => ({ ...one, gap })),
    )
  const lines = found.slice(0, MOST_NAMED).map(({ asset, market, others, permanent, depth_left, depth_left_ms, gap }) => {
    const [name, own] = [plain(asset), plain(market)]
    const alone =
      others.length === 0
        ? `it trades on ${own} alone, so no arbitrageur brings buyers from elsewhere`
        : `no arbitrageur links ${own} to its other ${others.length === 1 ? 'market' : 'markets'} (${listed(others.slice(0, 4).map(plain))})`
    const stays =
      permanent === null
        ? ', which only trades move towards the fundamental'
        : permanent > 0
          ? `, and ${percent(permanent, 0)} of what orders displace there stays`
          : ''
    const thin =
      depth_left === null || depth_left_ms === null || depth_left > 0.5
        ? ''
        : `; its depth within 1 % fell to ${percent(depth_left, depth_left < 0.1 ? 1 : 0)} of the start at +${duration(depth_left_ms)}`
    return `What would hold ${name} (${percent(gap)} against its fundamental) is not in this world: ${alone}${stays}${thin}.`
  })
  if (found.length > MOST_NAMED)
    lines.push(`The same of ${listed(found.slice(MOST_NAMED, MOST_NAMED + 6).map(({ asset }) => plain(asset)))}.`)
  return lines
}

/** Claims on shocked assets that stood still outside; undefined when there are none. */
export function left_behind_line({ document: { left_behind = [] } }: StressReport): string | undefined {
  if (left_behind.length === 0) return undefined
  const on = [...new Set(left_behind.map(({ claim_on }) => claim_on))]
  const words = on.map((one) => {
    const claims = left_behind.filter(({ claim_on }) => claim_on === one).map(({ asset }) => plain(asset))
    return `${listed(claims)} ${claims.length === 1 ? 'is a claim' : 'are claims'} on ${plain(one)}`
  })
  const many = left_behind.length > 1
  return `${words.join('; ')}, but the shock itself does not move ${many ? 'them' : 'it'}: what moves ${many ? 'them' : 'it'} below is selling. --correlated moves ${many ? 'them' : 'it'} too, or name ${many ? 'them' : 'it'} in --shock.`
}

/** Nothing was sold or liquidated by force, and nobody was called or left with a loss. */
export const nothing_forced = ({ document: { totals } }: Pick<StressReport, 'document'>): boolean =>
  totals.forced_sales_usd +
    totals.liquidations +
    totals.bad_debt_usd +
    totals.shortfall_usd +
    totals.insurance_used_usd +
    totals.adl_usd +
    totals.margin_calls ===
  0

export const NOTHING_FORCED = 'Nothing was forced to sell: no account was called, liquidated or left with a loss.'
