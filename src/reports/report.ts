/** What a report of a stress run is made of, and what both its forms say. */
import { column_of, type ReportTable, type Scenario } from '../model/index.ts'
import type { Bridge } from './bridge.ts'
import { fault_lines } from './faults.ts'
import { counted, decimal, duration, listed, moment, percent, plain, price, usd } from './format.ts'
import type { RunDoc } from './schemas.ts'

/** A measured run: the document and the tables that are drawn. */
export interface StressReport {
  readonly document: RunDoc
  readonly tables: {
    readonly flows: ReportTable
    /** `time_ms`, per asset `<id>.mid_usd` and `<id>.fundamental_usd`, per venue `<id>.forced_usd` since the row before. */
    readonly timeline: ReportTable
  }
  readonly bridge: Bridge
  readonly scenario: Scenario
  /** Names of the inputs that were joined to ours. */
  readonly aliases: readonly { readonly from: string; readonly to: string; readonly why: string }[]
}

export { plain }

export type Venue = RunDoc['venues'][number]
/** The figures of a venue, or of all. */
export type Figures = Omit<RunDoc['totals'], 'multiplier' | 'liquidated_at_start_usd' | 'no_feedback_at_start_usd'>
export type Asset = RunDoc['assets'][number]

/** A column of a table as numbers; empty when there is no such column. */
export function numbers(table: ReportTable, name: string): number[] {
  const at = column_of(table, name)
  return at < 0 ? [] : table.rows.map((row) => row[at] as number)
}

/** Forced sales of an asset by a venue, the largest first; `price_moved` null when displacement was discarded. */
export interface Flow {
  readonly venue: string
  readonly asset: string
  readonly usd: number
  readonly accounts: number
  readonly price_moved: number | null
}

export function flows_of({ tables }: StressReport): Flow[] {
  const at = ['venue', 'asset', 'forced_sales_usd', 'accounts_liquidated', 'price_moved'].map((name) =>
    column_of(tables.flows, name),
  )
  return tables.flows.rows.map((row) => ({
    venue: String(row[at[0] as number]),
    asset: String(row[at[1] as number]),
    usd: Number(row[at[2] as number]),
    accounts: Number(row[at[3] as number]),
    price_moved: (row[at[4] as number] ?? null) as number | null,
  }))
}

/** Assets by forced sales, the largest first; without any, those that fell, the furthest first. */
export function hit_assets(report: StressReport): Asset[] {
  const sold = new Map<string, number>()
  for (const flow of flows_of(report)) sold.set(flow.asset, (sold.get(flow.asset) ?? 0) + flow.usd)
  const { assets } = report.document
  const hit = assets.filter((asset) => (sold.get(asset.id) ?? 0) > 0)
  const weight = (asset: Asset) => (hit.length > 0 ? (sold.get(asset.id) ?? 0) : Math.max(asset.drawdown, moved(asset)))
  return (hit.length > 0 ? hit : assets.filter((asset) => weight(asset) > 1e-6)).sort((a, b) => weight(b) - weight(a))
}

const moved = (asset: Asset) => Math.abs(asset.fundamental_end_usd / asset.start_usd - 1)

/** Mids were held to a series: then displacement, and what is made of it, is null. */
export const is_pinned = (report: StressReport): boolean => report.scenario.pinned.length > 0

export const is_replay = (report: StressReport): boolean =>
  report.scenario.series_hash !== undefined || report.scenario.drivers.some((driver) => driver.kind === 'replay')

/** Lowest fundamental in the timeline, or undefined when the asset has none there. */
export function fundamental_low(report: StressReport, asset: string): number | undefined {
  const values = numbers(report.tables.timeline, `${asset}.fundamental_usd`)
  return values.length === 0 ? undefined : values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY)
}

/** What to say first when the run did not reach its horizon. */
export function status_line({ document, scenario }: StressReport): string | undefined {
  const { rounds, rows } = scenario.limits
  if (document.status === 'limit')
    return `The run stopped at a limit (${decimal(rounds)} rounds in a tick, or ${decimal(rows)} log rows): figures cover what ran until then.`
  if (document.status === 'interrupted') return 'The run was stopped before its end: figures cover what ran until then.'
  return document.laws.broken.length === 0
    ? undefined
    : `${counted(document.laws.broken.length, 'law')} did not hold: do not use these figures (see below).`
}

/** Smaller sums are rounding. */
export const VISIBLE_USD = 0.5

/** Bad debt for a headline. */
function bad_debt_words({ document }: StressReport): string {
  const { opening, totals } = document
  if (!(totals.bad_debt_usd > 0)) return 'no bad debt'
  const before = opening?.bad_debt_usd ?? 0
  if (before < VISIBLE_USD) return `bad debt ${usd(totals.bad_debt_usd)}`
  const added = totals.bad_debt_usd - before
  return added < VISIBLE_USD
    ? `no bad debt added (${usd(before)} was there at the start)`
    : `bad debt ${usd(added)} added by the run (and ${usd(before)} that was there at the start)`
}

/** The answer in one sentence. */
export function answer(report: StressReport): string {
  const { document } = report
  const { totals } = document
  const named_title = plain(document.title).trim()
  const title = named_title === '' || named_title.startsWith('on ') ? `The scenario ${named_title}`.trim() : named_title
  if (totals.forced_sales_usd === 0 && totals.liquidations === 0) return `${title} forces no selling and liquidates nobody.`
  const buys = mostly_buys(report)
  const flow = buys
    ? `${usd(totals.forced_sales_usd)} of orders, ${usd(totals.forced_buys_usd)} of it buying back shorts,`
    : `${usd(totals.forced_sales_usd)} of selling`
  const named = headline_asset(report)
  const move = named === undefined || is_pinned(report) ? '' : buys ? rise(named) : fall(named)
  const parts = [`${title} forces ${move === '' ? flow.replace(/,$/, '') : flow}${move}`]
  const gap = is_pinned(report) ? undefined : dislocation(report, move === '' || buys ? undefined : named)
  if (gap !== undefined) parts.push(gap)
  const squeeze = buys || is_pinned(report) ? undefined : squeezed(report)
  if (squeeze !== undefined) parts.push(squeeze)
  parts.push(
    totals.multiplier === null
      ? is_pinned(report)
        ? 'cascade multiplier not defined, because prices were held to a series'
        : 'cascade multiplier not defined, because without feedback nothing is liquidated'
      : `cascade multiplier ${totals.multiplier.toFixed(2)}`,
  )
  parts.push(`${counted(totals.accounts_liquidated, 'account')} liquidated`)
  parts.push(bad_debt_words(report))
  if (totals.shortfall_usd > 0.05 * totals.bad_debt_usd)
    parts.push(`accounts still open owe ${usd(totals.shortfall_usd)} more than they hold (shortfall)`)
  if (totals.insurance_used_usd > 0) parts.push(`the insurance fund pays ${usd(totals.insurance_used_usd)}`)
  if (totals.adl_usd > 0) parts.push(`ADL closes ${usd(totals.adl_usd)}`)
  return `${parts.join('; ')}.`
}

/** Assets that the scenario shocks by name. */
const asked_assets = (report: StressReport): ReadonlySet<unknown> =>
  new Set(
    report.scenario.drivers.flatMap(({ shocks }) =>
      Array.isArray(shocks) ? shocks.map((one: { asset?: unknown }) => one?.asset) : [],
    ),
  )

/** Assets whose prices are worth a row: those that were shocked, then the most sold first. */
export function priced_assets(report: StressReport): Asset[] {
  const hit = hit_assets(report)
  const asked = asked_assets(report)
  if (asked.size === 0) return hit
  const furthest = (a: Asset, b: Asset) => most_moved(b) - most_moved(a)
  const shocked_ones = report.document.assets.filter((asset) => asked.has(asset.id))
  return [...shocked_ones.sort(furthest), ...hit.filter((asset) => !asked.has(asset.id))]
}

/** How far an asset rose above its start, and how far it was moved at all, by whom ever. */
const risen = (asset: Asset) => asset.high_usd / asset.start_usd - 1
export const most_moved = (asset: Asset) => Math.max(asset.drawdown, risen(asset), moved(asset))

/** Did it go further up than down? */
export const went_up = (asset: Asset): boolean => risen(asset) > asset.drawdown && risen(asset) >= 0.0005

/** Was it shocked by name, or did it move by a visible part? */
export const worth_a_chart = (report: StressReport, asset: Asset): boolean =>
  asked_assets(report).has(asset.id) || most_moved(asset) >= 0.001

/** The asset that a person asked about, if it was sold; else the one that was sold most. */
function headline_asset(report: StressReport): Asset | undefined {
  const hit = hit_assets(report)
  const asked = asked_assets(report)
  return hit.find((asset) => asked.has(asset.id)) ?? hit[0]
}

/** More than half of what was forced bought: shorts were squeezed. */
export const mostly_buys = ({ document }: StressReport): boolean =>
  document.totals.forced_buys_usd > 0.5 * document.totals.forced_sales_usd

/** How far an asset fell, against its fundamental of the same moment. */
function fall(asset: Asset): string {
  if (asset.drawdown < 0.0005) return ''
  const gap = asset.low_usd / asset.fundamental_at_low_usd - 1
  const fell = ` and takes ${plain(asset.id)} ${percent(asset.drawdown)} down`
  if (Math.abs(gap) < 0.0005) return `${fell}, in step with its fundamental`
  return `${fell}, ${percent(Math.abs(gap))} ${gap < 0 ? 'below' : 'above'} its fundamental at the time`
}

/** How far an asset rose. */
function rise(asset: Asset): string {
  const rose = asset.high_usd / asset.start_usd - 1
  return rose < 0.0005 ? '' : ` and lifts ${plain(asset.id)} to ${price(asset.high_usd)} at most, ${percent(rose, 1, true)}`
}

/** Smaller gaps are not worth a headline. */
const NOTABLE_GAP = -0.01

/** The asset that forced purchases lifted most, where that is more than its fundamental did by a tenth. */
function squeezed({ document: { assets, totals } }: StressReport): string | undefined {
  if (totals.forced_buys_usd === 0) return undefined
  const above = (asset: Asset) => asset.high_usd / Math.max(asset.start_usd, asset.fundamental_end_usd) - 1
  const most = assets.reduce<Asset | undefined>(
    (best, asset) => (above(asset) > (best === undefined ? 0.1 : above(best)) ? asset : best),
    undefined,
  )
  return most === undefined
    ? undefined
    : `shorts bought back lift ${plain(most.id)} to ${price(most.high_usd)}, ${percent(risen(most), 1, true)}`
}

/** The asset that stood furthest below its fundamental, and when; undefined when that was just said. */
function dislocation(report: StressReport, said: Asset | undefined): string | undefined {
  const worst = report.document.assets.reduce<Asset | undefined>(
    (most, asset) => (asset.gap < (most?.gap ?? NOTABLE_GAP) ? asset : most),
    undefined,
  )
  if (worst === undefined || worst.gap_ms === null || (worst === said && worst.gap_ms === worst.low_ms)) return undefined
  return `at +${duration(worst.gap_ms)} ${plain(worst.id)} trades ${percent(-worst.gap)} below its fundamental`
}

/** How forced sales, liquidated and the multiplier's base hang together, a sentence each; none when nothing was liquidated. */
export function bridge_lines({ document, bridge }: StressReport): string[] {
  const { totals } = document
  if (totals.liquidated_usd === 0) return []
  const parts = [
    [bridge.reduced_usd, 'reduced in the market'],
    [bridge.taken_over_usd, `taken over by funds${totals.adl_usd > 0 ? ` (of which ADL closed ${usd(totals.adl_usd)})` : ''}`],
    [bridge.repaid_usd, 'of debt repaid at lenders'],
    [bridge.converted_usd, 'of debt paid at exchanges out of other coins'],
    [bridge.auctioned_usd, 'paid in auctions'],
  ] as const
  const sum = parts.flatMap(([value, name]) => (value > 0 ? [`${usd(value)} ${name}`] : []))
  const called = totals.called_sales_usd > 0 ? `, and ${usd(totals.called_sales_usd)} of sales that answered calls` : ''
  return [
    `Liquidated ${usd(totals.liquidated_usd)} = ${sum.join(' + ')}. Forced sales count what met a market, so neither takeovers nor ADL.`,
    `The multiplier's base takes the same quantities (of debt repaid, the collateral taken for it)${called}, at start prices: ${usd(totals.liquidated_at_start_usd)}.`,
  ]
}

/** What insurance funds paid and received; undefined when they did neither. */
export function insurance_line({ document }: StressReport): string | undefined {
  const { insurance_used_usd, insurance_in_usd } = document.totals
  if (insurance_used_usd === 0 && insurance_in_usd === 0) return undefined
  return `Insurance: ${usd(insurance_used_usd)} paid out, ${usd(insurance_in_usd)} received, net ${usd(insurance_in_usd - insurance_used_usd)}.`
}

/** What was done to the world, a line each. */
export function shocked(report: StressReport): string[] {
  const { scenario } = report
  const lines: string[] = []
  const changes = report.document.assets
    .map((asset) => ({ asset, low: fundamental_low(report, asset.id) ?? asset.fundamental_end_usd }))
    .map(({ asset, low }) => ({ asset, change: asset.fundamental_end_usd / asset.start_usd - 1, low: low / asset.start_usd - 1 }))
    .filter(({ change, low }) => Math.abs(change) > 5e-5 || Math.abs(low) > 5e-5)
    .sort((a, b) => Math.max(Math.abs(b.change), Math.abs(b.low)) - Math.max(Math.abs(a.change), Math.abs(a.low)))
  const shown = changes.slice(0, 12).map(({ asset, change, low }) => {
    const lowest = low < Math.min(0, change) - 0.005 ? ` (low ${percent(low, 1, true)})` : ''
    return `${plain(asset.id)} ${percent(change, 1, true)}${lowest}`
  })
  if (changes.length > shown.length) shown.push(`${changes.length - shown.length} more`)
  lines.push(shown.length === 0 ? 'Fundamentals do not move.' : `Fundamentals: ${shown.join(', ')}.`)
  lines.push(...fault_lines(scenario.faults))
  if (scenario.without.length > 0)
    lines.push(
      `Without ${listed(scenario.without.map(plain))}${report.document.explain === undefined ? ': --explain says what that removes' : ''}.`,
    )
  if (scenario.pinned.length > 0)
    lines.push(
      `Mids of ${counted(scenario.pinned.length, 'asset')} held to the series; displacement by forced orders is discarded.`,
    )
  else if (is_replay(report))
    lines.push("Forced orders displace replayed prices (--feedback): the path counts part of the real event's own impact twice.")
  const driven = listed([...new Set(scenario.drivers.map((driver) => driver.kind))].map(plain))
  const start = numbers(report.tables.timeline, 'time_ms')[0]
  const from = start === undefined ? '' : ` from ${moment(start)} UTC`
  lines.push(
    `${duration(scenario.horizon_ms)}${from} in ticks of ${duration(scenario.tick_ms)}${driven === '' ? '' : `, driven by ${driven}`}.`,
  )
  return lines
}

/** The multiplier, with its definition in half a line. */
export function multiplier_line(report: StressReport): string {
  const { multiplier, liquidated_at_start_usd, no_feedback_at_start_usd } = report.document.totals
  if (multiplier !== null) {
    const without = no_feedback_at_start_usd ?? 0
    return `${multiplier.toFixed(2)} = ${usd(liquidated_at_start_usd)} liquidated ÷ ${usd(without)} when selling moves no price, both at start prices`
  }
  return is_pinned(report)
    ? 'not defined, and neither are endogenous shares: mids are held to a series'
    : 'not defined: without feedback nothing is liquidated'
}

/** The endogenous part of the falls that have one. */
export function endogenous_line(report: StressReport): string | undefined {
  if (report.document.totals.forced_sales_usd === 0) return undefined
  const parts = hit_assets(report)
    .filter((asset) => asset.endogenous_share !== null)
    .slice(0, 6)
    .map((asset) => `${plain(asset.id)} ${percent(asset.endogenous_share as number)}`)
  return parts.length === 0 ? undefined : parts.join(', ')
}

/** Names and hashes that identify the run. */
export function identity_rows({ document }: StressReport): (readonly [string, string])[] {
  const { run } = document
  return [
    ['run', run.id],
    ['snapshot', run.snapshot],
    ['scenario', run.scenario],
    ['log', run.log],
    ['seed', String(run.seed)],
    ['engine', run.engine],
  ]
}

export function laws_line({ document }: StressReport): string {
  const { checked, broken } = document.laws
  return broken.length === 0
    ? `checked ${counted(checked, 'time')}, all held`
    : `checked ${counted(checked, 'time')}, ${broken.length} broken`
}

/** `−5.7 % at +18 min`: how far an asset stood below its fundamental, and when; '–' if it never did by a visible part. */
export const gap_text = (asset: Asset): string =>
  asset.gap_ms === null || asset.gap > -0.0005 ? '–' : `${percent(asset.gap)} at +${duration(asset.gap_ms)}`

/** Assumptions and other notes; aliases have a table of their own. */
export const notes_of = ({ document, aliases }: StressReport): string[] =>
  document.evidence.notes.filter((note) => aliases.length === 0 || !note.startsWith('alias: '))

/** Coins by what was liquidated, the most liquidated first. */
export function coins_by_usd(rows: RunDoc['coin_day']): string[] {
  const sums = new Map<string, number>()
  for (const { coin, usd: value } of rows) sums.set(coin, (sums.get(coin) ?? 0) + value)
  return [...sums].sort(([, a], [, b]) => b - a).map(([coin]) => coin)
}
