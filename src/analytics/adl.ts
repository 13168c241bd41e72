/**
 * What auto-deleveraging cost and whom it hit, by wave: need, production, overshoot. Sources: Chitra et al., arXiv 2512.01112
 * (derivatives reference §22, literature §B7, §J7).
 *
 * - need: Σ |mark − execution price| · quantity, adverse only: what the closed positions were short of at the mark
 * - production: the two-pass difference. Pass A has the closings, pass B leaves them out on the same prices; what a winner would have
 *   had more in B at the end of the wave, summed over winners and never negative for one of them
 * - overshoot: production − need
 */
import type { Analytic, Cell, LogView, ReportTable, WorldView } from '../model/index.ts'
import { type Broken, broken_hedges } from './shared/hedges.ts'

/** One closing. Base units and USD. `quantity`: the winner's position that was closed, + long; NaN where its side is not known. */
export interface AdlFill {
  readonly time_ms: number
  readonly venue: number
  readonly account: number
  readonly asset: number
  readonly quantity: number
  readonly size: number
  readonly price_usd: number
  readonly mark_usd: number
  /** What its owner held of the asset beside it, and how much of a hedge is gone with it, base units; absent where nobody knows. */
  readonly hedge?: Broken | undefined
}

export interface AdlWave {
  readonly venue: number
  readonly from_ms: number
  readonly to_ms: number
  readonly fills: number
  readonly adl_usd: number
  readonly need_usd: number
  /** null where the side of a closing is not known. */
  readonly production_usd: number | null
  readonly overshoot_usd: number | null
  readonly accounts: number
  /** Herfindahl index of what was closed by account: 1 one account, 1/n all alike. */
  readonly concentration: number
  readonly top_share: number
  /** Accounts of which part of a hedge was closed; null where nobody knows what else owners hold. */
  readonly hedges_broken: number | null
  /** What of a hedge is gone with what was closed, USD at the closing prices. */
  readonly hedges_broken_usd: number | null
}

export interface AdlOptions {
  /** Closings further apart than this are separate waves. */
  readonly gap_ms: number
  /** How long after a wave production is measured. */
  readonly horizon_ms: number
  /** USD price of an asset at the end of a wave and its horizon; NaN where unknown: the mark of the last closing counts. */
  price(asset: number, time_ms: number): number
  /** What the owner of a closed position holds of the asset elsewhere, base units signed; absent: as the fills say. */
  other?(fill: AdlFill): number
}

/** The waves of one venue after the other, each in order of time. Fills in order of time. */
export function adl_waves(fills: readonly AdlFill[], options: AdlOptions): AdlWave[] {
  const by_venue = new Map<number, AdlFill[]>()
  for (const fill of fills) {
    const list = by_venue.get(fill.venue)
    if (list === undefined) by_venue.set(fill.venue, [fill])
    else list.push(fill)
  }
  const out: AdlWave[] = []
  for (const venue of [...by_venue.keys()].sort((a, b) => a - b)) {
    let wave: AdlFill[] = []
    for (const fill of by_venue.get(venue) as AdlFill[]) {
      const last = wave[wave.length - 1]
      if (last !== undefined && fill.time_ms - last.time_ms > options.gap_ms) {
        out.push(measure_wave(wave, options))
        wave = []
      }
      wave.push(fill)
    }
    if (wave.length > 0) out.push(measure_wave(wave, options))
  }
  return out
}

function measure_wave(fills: readonly AdlFill[], options: AdlOptions): AdlWave {
  const first = fills[0] as AdlFill
  const to_ms = (fills[fills.length - 1] as AdlFill).time_ms
  const closed = new Map<number, number>()
  const hedges = broken(fills, options)
  let adl_usd = 0
  let need_usd = 0
  for (const fill of fills) {
    const usd = fill.size * fill.price_usd
    adl_usd += usd
    need_usd += fill.size * adverse(fill)
    closed.set(fill.account, (closed.get(fill.account) ?? 0) + usd)
  }
  const production_usd = production(fills, to_ms + options.horizon_ms, options)
  let squares = 0
  let most = 0
  for (const usd of closed.values()) {
    squares += usd * usd
    most = Math.max(most, usd)
  }
  return {
    venue: first.venue,
    from_ms: first.time_ms,
    to_ms,
    fills: fills.length,
    adl_usd,
    need_usd,
    production_usd,
    overshoot_usd: production_usd === null ? null : production_usd - need_usd,
    accounts: closed.size,
    concentration: adl_usd > 0 ? squares / (adl_usd * adl_usd) : 0,
    top_share: adl_usd > 0 ? most / adl_usd : 0,
    hedges_broken: hedges?.accounts ?? null,
    hedges_broken_usd: hedges?.usd ?? null,
  }
}

/** Accounts with a broken hedge, and how much of it, USD; undefined where nobody knows of any owner. */
function broken(fills: readonly AdlFill[], options: AdlOptions): { accounts: number; usd: number } | undefined {
  const accounts = new Set<number>()
  let known = false
  let usd = 0
  for (const fill of fills) {
    const units = options.other === undefined ? fill.hedge?.units : opposed(fill, options.other(fill))
    if (units === undefined) continue
    known = true
    if (!(units > 0)) continue
    accounts.add(fill.account)
    usd += units * fill.price_usd
  }
  return known ? { accounts: accounts.size, usd } : undefined
}

/** As far as the closed part lies against what is held elsewhere. */
const opposed = ({ quantity }: AdlFill, other: number): number =>
  other * quantity < 0 ? Math.min(Math.abs(quantity), Math.abs(other)) : 0

/** How much worse than the mark a winner was closed, USD a unit. Without a side any distance is taken as adverse. */
function adverse({ quantity, mark_usd, price_usd }: AdlFill): number {
  return quantity < 0
    ? Math.max(0, price_usd - mark_usd)
    : quantity > 0
      ? Math.max(0, mark_usd - price_usd)
      : Math.abs(mark_usd - price_usd)
}

/** Pass B less pass A by account: each closing left out is its quantity times what the price has since become. */
function production(fills: readonly AdlFill[], time_ms: number, options: AdlOptions): number | null {
  const last = new Map<number, number>()
  for (const { asset, mark_usd } of fills) last.set(asset, mark_usd)
  for (const asset of last.keys()) {
    const price = options.price(asset, time_ms)
    if (price > 0) last.set(asset, price)
  }
  const missed = new Map<number, number>()
  for (const { account, asset, quantity, price_usd } of fills) {
    const gain = quantity * ((last.get(asset) as number) - price_usd)
    if (Number.isNaN(gain)) return null
    missed.set(account, (missed.get(account) ?? 0) + gain)
  }
  let sum = 0
  for (const gain of missed.values()) sum += Math.max(0, gain)
  return sum
}

/** Price of an asset in the first frame at or after a time, in the last one where there is none; NaN without frames. */
function framed(world: WorldView, asset: number, time_ms: number): number {
  const { frames, assets } = world
  for (let f = 0; f < frames.length; f++)
    if ((frames.time_ms[f] as number) >= time_ms || f === frames.length - 1)
      return frames.mid_usd[f * assets.length + asset] as number
  return Number.NaN
}

/**
 * The closings of a log. Rows have sizes without a side. The row states how far the price was from the mark, and of the two marks that
 * fit the one nearer to the market counts, which tells the side. A closing no worse than the mark says nothing of it, but the takeover
 * does: a bankrupt long stands above the mark if it left a debt and below if it did not, a short the other way round.
 */
export function adl_fills(log: LogView, world: WorldView): AdlFill[] {
  const c = log.columns
  const debts = new Set<number>()
  const hedges = broken_hedges(log, world)
  const out: AdlFill[] = []
  for (let row = 0; row < log.length; row++) {
    const kind = log.kind(row)
    if (kind === 'bad_debt') debts.add(c.cause.data[row] as number)
    if (kind !== 'deleverage' || !((c.amount.data[row] as number) > 0)) continue
    const size = Math.abs(c.amount.data[row] as number)
    const asset = c.asset.data[row] as number
    const price_usd = (c.usd.data[row] as number) / size
    const gap = (c.extra.data[row] as number) / size
    const time_ms = c.time_ms.data[row] as number
    const near = framed(world, asset, time_ms)
    let side = Number.NaN
    if (gap > 0 && near > 0) side = Math.abs(price_usd + gap - near) <= Math.abs(price_usd - gap - near) ? 1 : -1
    else if (!(gap > 0)) side = from_takeover(log, row, near, debts)
    const mark_usd = gap > 0 ? price_usd + (side === -1 ? -gap : gap) : price_usd
    const base = { time_ms, venue: c.venue.data[row] as number, account: c.account.data[row] as number }
    out.push({ ...base, asset, quantity: side * size, size, price_usd, mark_usd, hedge: hedges?.get(row) })
  }
  return out
}

/** A takeover without a debt is at the bankruptcy price, and not at the mark, if it is further than this from the market, a ratio. */
const AWAY = 0.001

/** Side of a winner who was closed no worse than at the mark; NaN where the takeover was at the mark too. */
function from_takeover(log: LogView, row: number, near: number, debts: ReadonlySet<number>): number {
  const { cause, price } = log.columns
  const taken = cause.data[row] as number
  if (taken < 0 || log.kind(taken) !== 'takeover') return Number.NaN
  const at = price.data[taken] as number
  const closed = price.data[row] as number
  const same = Math.abs(at - closed) <= 1e-12 * closed
  if (same && (debts.has(taken) || !(Math.abs(at - near) > AWAY * near))) return Number.NaN
  const long = at > (same ? near : closed) === debts.has(taken)
  return long ? -1 : 1
}

/** Gap between waves of the published analysis, ms. */
const WAVE_GAP_MS = 5000

export const adl: Analytic = {
  id: 'adl',
  title: 'Auto-deleveraging by wave: need, production, overshoot',
  measure(log: LogView, world: WorldView): ReportTable {
    const waves = adl_waves(adl_fills(log, world), {
      gap_ms: WAVE_GAP_MS,
      horizon_ms: 0,
      price: (asset, time_ms) => framed(world, asset, time_ms),
    })
    return {
      id: 'adl',
      title: adl.title,
      columns: [
        { name: 'venue', unit: '' },
        { name: 'from_ms', unit: 'ms' },
        { name: 'to_ms', unit: 'ms' },
        { name: 'closings', unit: 'count' },
        { name: 'adl_usd', unit: 'usd', definition: 'adl_usd' },
        { name: 'need_usd', unit: 'usd', definition: 'adl_loss_usd' },
        { name: 'production_usd', unit: 'usd', definition: 'adl_production_usd' },
        { name: 'overshoot_usd', unit: 'usd', definition: 'adl_overshoot_usd' },
        { name: 'accounts', unit: 'count' },
        { name: 'concentration', unit: 'ratio', definition: 'adl_concentration' },
        { name: 'top_share', unit: 'ratio', definition: 'adl_concentration' },
        { name: 'hedges_broken', unit: 'count', definition: 'hedges_broken' },
        { name: 'hedges_broken_usd', unit: 'usd', definition: 'hedges_broken' },
      ],
      rows: waves.map((wave): Cell[] => [
        world.venues[wave.venue]?.id ?? '',
        wave.from_ms,
        wave.to_ms,
        wave.fills,
        wave.adl_usd,
        wave.need_usd,
        wave.production_usd,
        wave.overshoot_usd,
        wave.accounts,
        wave.concentration,
        wave.top_share,
        wave.hedges_broken,
        wave.hedges_broken_usd,
      ]),
    }
  },
}
