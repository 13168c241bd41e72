/**
 * A de-leveraging event while it happens: a fall (or a rise) of a day that is large in itself and against what was usual, across the market.
 *
 *     score = |F| · |Z|,   F = median over assets of ln(low ÷ close 24 hours before),   Z = median of F ÷ σ₂₄
 *
 * σ₂₄ = 1.2533 · mean |return| a step over 60 days · √(steps a day): an estimate that a few jumps do not blow up. The critical fall so
 * grows with the square root of volatility: 13 % at σ₂₄ = 4 %, 20 % at 9 %.
 */
import { exp, log, median } from '../math/index.ts'
import { type Alert, column_at, type Detector, type DetectorStream, type PanelShape, symbols_with } from '../model/index.ts'
import { type Finding, Latch, oldest, percent } from './shared/latch.ts'
import { Trail } from './shared/trail.ts'

const DAY_MS = 86_400_000
const SCALE_DAYS = 60
/** Least score of an event, and of a severe one. */
export const EVENT_SCORE = 0.44
const SEVERE_SCORE = 1
/** Assets from which on they are a market; fewer are watched one by one. */
const MARKET = 5
/** Mean |x| of a standard normal, inverted. */
const FROM_MEAN = 1.2533141373155003

interface Asset {
  readonly symbol: string
  readonly close: number
  readonly low: number
  readonly high: number
  readonly volume: number
  readonly interest: readonly number[]
  readonly in_usd: boolean
  readonly prices: Trail
  readonly moves: Trail
  readonly volumes: Trail
  readonly coins: Trail
}

/** What one asset did over the last day. */
interface Day {
  /** Log moves to the lowest low and to the highest high from the close a day ago, and their sizes against σ₂₄. */
  readonly down: number
  readonly up: number
  readonly sigma: number
  readonly step: number
  /** Volume of the day against its 30 days; log change of coin open interest. NaN unknown. */
  readonly volume: number
  readonly interest: number
}

function read(asset: Asset, row: Float64Array, per_day: number): Day {
  const { prices, moves, volumes, coins } = asset
  const [close, before] = [row[asset.close] as number, prices.back(0)]
  const step = log(close / before)
  const sigma = moves.count >= 20 * per_day ? FROM_MEAN * moves.mean * Math.sqrt(per_day) : Number.NaN
  const day_ago = prices.back(per_day - 1)
  const [low, high] = [asset.low, asset.high].map((column) => (column >= 0 ? (row[column] as number) : close)) as [number, number]
  prices.push(close)
  moves.push(Math.abs(step))
  if (asset.volume >= 0) volumes.push(row[asset.volume] as number)
  let interest = Number.NaN
  if (asset.interest.length > 0) {
    let sum = 0
    for (const column of asset.interest) sum += Number.isFinite(row[column]) ? (row[column] as number) : 0
    const now = sum > 0 ? sum / (asset.in_usd ? close : 1) : Number.NaN
    interest = log(now / coins.back(per_day - 1))
    coins.push(now)
  }
  return {
    down: log(low / day_ago),
    up: log(high / day_ago),
    sigma,
    step,
    volume: volumes.recent(per_day) / volumes.mean,
    interest,
  }
}

const middle = (values: readonly number[]): number => {
  const known = values.filter(Number.isFinite)
  return known.length > 0 ? median(known) : Number.NaN
}

/** Follows one group of assets. */
class Watch {
  readonly subject: string
  private readonly assets: readonly Asset[]
  private readonly per_day: number
  private readonly step_ms: number
  private readonly latch: Latch
  /** Log of an index of median steps, for the last two days. */
  private readonly index: Trail
  private level = 0
  private worst: { score: number; level: number; time_ms: number; finding: Finding } | undefined

  constructor(subject: string, assets: readonly Asset[], shape: PanelShape, per_day: number) {
    this.subject = subject
    this.assets = assets
    this.per_day = per_day
    this.step_ms = shape.step_ms
    this.latch = new Latch('deleveraging-event', subject, DAY_MS)
    this.index = new Trail(2 * per_day + 1)
  }

  push(time_ms: number, row: Float64Array, ages_ms: Float64Array, out: Alert[]): void {
    const days = this.assets.map((asset) => read(asset, row, this.per_day))
    const known = days.filter(({ down, sigma }) => Number.isFinite(down) && sigma > 0)
    const step = middle(days.map((day) => day.step))
    this.level += Number.isFinite(step) ? step : 0
    this.index.push(this.level)
    const enough = known.length >= Math.min(MARKET, this.assets.length)
    if (!enough) return this.latch.push(time_ms, undefined, out, false)
    const [down, up] = [this.side(known, -1), this.side(known, 1)]
    const one = down.score >= up.score ? down : up
    const found = one.score >= EVENT_SCORE ? this.finding(time_ms, one, known, ages_ms) : undefined
    if (found !== undefined && (this.worst === undefined || one.score > this.worst.score))
      this.worst = { score: one.score, level: this.level, time_ms, finding: this.with_peak(found, time_ms) }
    this.latch.push(time_ms, found, out)
    if (this.worst !== undefined) this.latch.keep(this.worst.finding)
    if (!this.latch.is_open) this.worst = undefined
  }

  private side(known: readonly Day[], sign: -1 | 1) {
    const move = (day: Day) => (sign < 0 ? day.down : day.up)
    const fall = middle(known.map(move))
    const size = middle(known.map((day) => move(day) / day.sigma))
    const right = fall * sign > 0 && size * sign > 0
    const breadth = known.filter((day) => (move(day) * sign) / day.sigma > 2).length / known.length
    return { sign, fall, size, breadth, score: right ? fall * size : 0 }
  }

  private finding(time_ms: number, one: ReturnType<Watch['side']>, known: readonly Day[], ages_ms: Float64Array): Finding {
    const volume = middle(known.map((day) => day.volume))
    const interest = middle(known.map((day) => day.interest))
    // Positions that were closed, and trade far above the usual, are what tells forced closing from a mere move.
    const signs = (interest < -0.05 ? 1 : 0) + (volume > 1.5 ? 1 : 0) + (one.breadth > 0.8 ? 1 : 0)
    const change = exp(one.fall) - 1
    const evidence: Record<string, number> = {
      score: one.score,
      drawdown: change,
      size: one.size,
      breadth: one.breadth,
      assets: known.length,
    }
    if (Number.isFinite(volume)) evidence.volume_ratio = volume
    if (Number.isFinite(interest)) evidence.open_interest_change = exp(interest) - 1
    return {
      type: one.sign < 0 ? 'long-flush' : 'short-squeeze',
      severity: one.score >= SEVERE_SCORE ? 'critical' : 'warning',
      onset_ms: this.latch.is_open ? this.latch.onset_ms : this.onset(time_ms, one.sign),
      what: `median ${one.sign < 0 ? 'low' : 'high'} ${percent(change)} from the close 24 h before, ${one.size.toFixed(1)} of its usual days, ${percent(one.breadth, 0)} of assets beyond two`,
      baseline: `a usual day is ${percent(one.fall / one.size)} (60 days); an event begins at a score of ${EVENT_SCORE}, this is ${one.score.toFixed(2)}`,
      confidence: (2 + signs) / 6 + (one.score >= SEVERE_SCORE ? 1 / 6 : 0),
      precedent: one.score >= 2 ? '2021-05-19' : one.score >= SEVERE_SCORE ? '2023-08-17' : '',
      evidence,
      age_ms: this.assets.reduce((most, asset) => Math.max(most, oldest(ages_ms, [asset.close, ...asset.interest])), 0),
    }
  }

  private with_peak(finding: Finding, time_ms: number): Finding {
    return { ...finding, evidence: { ...finding.evidence, peak_ms: time_ms } }
  }

  /** When the index of medians last stood at its top (or bottom) of the day before. */
  private onset(time_ms: number, sign: -1 | 1): number {
    let [best, at] = [Number.NEGATIVE_INFINITY, 0]
    for (let back = 0; back <= this.per_day && Number.isFinite(this.index.back(back)); back++) {
      const value = -sign * this.index.back(back)
      if (value > best) [best, at] = [value, back]
    }
    return time_ms - at * this.step_ms
  }
}

function open(shape: PanelShape): DetectorStream {
  const per_day = Math.max(1, Math.round(DAY_MS / shape.step_ms))
  const span = SCALE_DAYS * per_day
  const assets = symbols_with(shape, 'close')
    .filter((symbol) => symbol.toUpperCase() !== 'VIX' && !symbol.includes('/'))
    .map((symbol): Asset => {
      const interest = shape.columns.flatMap((column, c) =>
        column.field === 'open_interest' && column.symbol === symbol ? [c] : [],
      )
      return {
        symbol,
        close: column_at(shape, 'close', symbol),
        low: column_at(shape, 'low', symbol),
        high: column_at(shape, 'high', symbol),
        volume: column_at(shape, 'volume', symbol),
        interest,
        in_usd: interest.some((c) => shape.columns[c]?.unit === 'usd'),
        prices: new Trail(per_day + 1),
        moves: new Trail(span),
        volumes: new Trail(30 * per_day),
        coins: new Trail(per_day + 1),
      }
    })
  const watches =
    assets.length >= MARKET
      ? [new Watch('market', assets, shape, per_day)]
      : assets.map((asset) => new Watch(asset.symbol, [asset], shape, per_day))
  return {
    subjects: watches.map(({ subject }) => subject),
    push(time_ms, row, ages_ms, out) {
      for (const watch of watches) watch.push(time_ms, row, ages_ms, out)
    },
  }
}

export const deleveragingEvent: Detector = {
  id: 'deleveraging-event',
  title: 'De-leveraging event: a day’s move large in itself and against what was usual, across the market',
  source: 'own rule, docs/detectors/deleveraging-event.md; its one threshold was chosen on daily spot bars 2020–2022',
  needs: ['close', 'low?', 'high?', 'volume?', 'open_interest?'],
  open,
}
