/**
 * What a venue's prices would be if the world's were other ones: the venue is asked itself, through a view in which markets and
 * fundamentals have moved, for as long as it takes slow oracles to follow. So whatever lies between an asset and a slot (a rate, several
 * feeds, a cap, a median, a mark) is in the answer, and no kind of venue or oracle is known by name.
 */
import { exp, log } from '../../math/index.ts'
import { assert, EXOGENOUS, type Fill, type Order, type PoolState, type Quote, type View } from '../../model/index.ts'
import type { World } from '../../engine/index.ts'
import { type Book, is_strict } from './law.ts'
import { alone, type Links, type Move } from './moves.ts'
import { Path } from './path.ts'

/** The world as its venues see it after a move. */
class Moved implements View {
  time_ms: number
  readonly tick = 1
  readonly round = 0
  readonly fundamental: Float64Array
  private readonly world: World
  private readonly factor: Float64Array
  private readonly logs: Float64Array

  constructor(world: World) {
    this.world = world
    this.time_ms = world.time_ms
    this.fundamental = Float64Array.from(world.fundamental)
    this.factor = new Float64Array(this.fundamental.length).fill(1)
    this.logs = new Float64Array(this.fundamental.length)
  }

  /** @param logs log price change of each asset from the world as it stands */
  move(logs: ArrayLike<number>): void {
    for (let a = 0; a < this.factor.length; a++) {
      this.logs[a] = logs[a] as number
      this.factor[a] = exp(logs[a] as number)
      this.fundamental[a] = (this.world.fundamental[a] as number) * (this.factor[a] as number)
    }
  }

  private ratio(market: number): number {
    const { base, quote_asset } = this.world.market(market)
    return (this.factor[base] as number) / (this.factor[quote_asset] as number)
  }
  mid(market: number): number {
    return this.world.mid(market) * this.ratio(market)
  }
  quote(market: number, out: Quote): void {
    const { base, quote_asset } = this.world.market(market)
    this.world.quote(market, out)
    out.price *= this.ratio(market)
    out.displacement[EXOGENOUS] =
      (out.displacement[EXOGENOUS] as number) + (this.logs[base] as number) - (this.logs[quote_asset] as number)
  }
  fill(market: number, order: Order): Fill {
    const ratio = this.ratio(market)
    const amount = order.exact === 'quote' ? order.amount / ratio : order.amount
    const fill = this.world.fill(market, { ...order, amount, limit: order.limit / ratio })
    return {
      ...fill,
      quote: fill.quote * ratio,
      mid_before: fill.mid_before * ratio,
      mid_after: fill.mid_after * ratio,
      fee_quote: fill.fee_quote * ratio,
      legs: fill.legs.map((leg) => ({ ...leg, quote: leg.quote * ratio })),
    }
  }
  depth(market: number, within: number): number {
    return this.world.depth(market, within)
  }
  usd(asset: number): number {
    return this.world.usd(asset) * (this.factor[asset] as number)
  }
  get feeds(): World['feeds'] {
    return this.world.feeds
  }
  get ledger(): World['ledger'] {
    return this.world.ledger
  }
  get gas_usd(): number {
    return this.world.gas_usd
  }
  halted(name: string): boolean {
    return this.world.halted(name)
  }
  fund_usd(venue: number): number {
    return this.world.fund_usd(venue)
  }
  pool(venue: number, row: number, asset: number, out: PoolState): boolean {
    return this.world.pool(venue, row, asset, out)
  }
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** When prices are read after they moved. Two days: two hops of a day, and a heartbeat after a delay. */
const READINGS_MS = [0, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE].concat(
  [1, 2, 3, 6, 12, 24, 25, 48, 49].map((hours) => hours * HOUR),
)
/** Readings before, at prices far away: enough for every push feed to have reported. The move comes a minute after the last, the worst moment for hops of whole hours. */
const AWAY_MS = [0, 2 * MINUTE, 25 * HOUR, 50 * HOUR, 51 * HOUR]
/** How far away, by turns, so that prices of one in the other go away too: beyond the deviation at which any feed reports. */
const AWAY = [0.3, 0.45, 0.6] as const
const AWAY_STABLE = [-0.15, -0.3, -0.45] as const
/** A feed has followed when this much of its way is left. */
const CLOSE = 0.01
/** Move by which it is found out what an asset moves. */
const TRIAL = 0.5

export class Probe {
  /** At its opening state whenever nobody looks. */
  readonly world: World
  /** By venue and slot: how long after a move of the markets the price has followed, ms; +Infinity for one that stands still. */
  readonly lags: readonly Float64Array[]
  private readonly view: Moved
  private readonly base: readonly Float64Array[]
  private readonly away: Float64Array
  private reactions: readonly (readonly Float64Array[])[] | undefined

  /** @param world fresh or reset; it is moved about and comes back as it was */
  constructor(world: World) {
    assert(world.tick === 0 && world.parts.log.length === 0, 'a probe needs a world at its opening')
    this.world = world
    this.view = new Moved(world)
    this.away = Float64Array.from(world.parts.assets, ({ numeraire, beta }, a) =>
      numeraire === true ? 0 : ((beta === 0 ? AWAY_STABLE : AWAY)[a % 3] as number),
    )
    const still = new Float64Array(this.away.length)
    const seen = this.settle(still)
    this.base = this.read()
    this.lags = this.base.map((last, v) =>
      lags_of(
        seen.map((reading) => reading[v] as Float64Array),
        last,
      ),
    )
    world.reset()
  }

  private read(): Float64Array[] {
    return this.world.parts.venues.map(({ part }) => Float64Array.from(part.prices))
  }

  private price(time_ms: number): void {
    this.view.time_ms = time_ms
    for (const { part } of this.world.parts.venues) part.price(time_ms, this.view)
  }

  /** Prices go far away and then to the move, with time to follow each; returns what was read after the second. */
  private settle(logs: Float64Array): Float64Array[][] {
    const start = this.world.time_ms
    const there = start + (AWAY_MS[AWAY_MS.length - 1] as number) + MINUTE
    this.view.move(logs.map((value, a) => value + (this.away[a] as number)))
    for (const after of AWAY_MS) this.price(start + after)
    const before = this.read()
    this.view.move(logs)
    const seen = READINGS_MS.map((after) => {
      this.price(there + after)
      return this.read()
    })
    return [before, ...seen]
  }

  /** Prices ÷ prices now after a move, by venue and slot. */
  ratios(logs: Float64Array): Float64Array[] {
    return this.visit(logs, () =>
      this.read().map((prices, v) =>
        prices.map((price, slot) => {
          const ratio = price / (this.base[v]?.[slot] as number)
          return Number.isFinite(ratio) ? ratio : 1
        }),
      ),
    )
  }

  /**
   * Looks at the world with its venues at moved prices; whatever is done there is undone.
   * @param enough tells that prices have followed at once: then no time passes before the look
   */
  visit<T>(logs: Float64Array, look: (view: View) => T, enough?: () => boolean): T {
    if (enough === undefined || !this.followed(logs, enough)) this.settle(logs)
    const seen = look(this.view)
    this.world.parts.ledger.postings.settle()
    this.world.reset()
    return seen
  }

  /** Moves the world as it stands; undone when the prices need time. */
  private followed(logs: Float64Array, enough: () => boolean): boolean {
    this.view.move(logs)
    this.price(this.world.time_ms)
    if (enough()) return true
    this.world.reset()
    return false
  }

  /** Is a health of 1 safe at this venue (true) or a breach? */
  is_strict(v: number): boolean {
    const strict = is_strict(this.world.venue(v))
    this.world.reset()
    return strict
  }

  /** Slot prices along a move, both ways. */
  path(move: Move): Path {
    return new Path((size) => this.ratios(move.logs.map((value) => value * size)))
  }

  /** By asset, venue and slot: log change of the slot per log change of the asset alone, for a large fall. */
  responses(): readonly (readonly Float64Array[])[] {
    this.reactions ??= this.world.parts.assets.map((asset, a) => {
      if (asset.numeraire === true) return this.base.map((prices) => new Float64Array(prices.length))
      const logs = new Float64Array(this.world.parts.assets.length)
      logs[a] = -TRIAL
      return this.ratios(logs).map((ratios) => ratios.map((ratio) => settled_exponent(log(ratio) / -TRIAL)))
    })
    return this.reactions
  }

  /** The move of one asset with its followers. */
  alone(asset: number, links: Links): Move {
    return alone(this.world.parts.assets, asset, links)
  }
}

/** Relative difference of prices that are the same. */
const SAME = 1e-9

/** Are these the venue's slot prices? */
export function stands_at(venue: Pick<Book, 'prices'>, expected: Float64Array): boolean {
  const { prices } = venue
  return expected.every((price, slot) => Math.abs((prices[slot] as number) - price) <= SAME * Math.abs(price))
}

/** Rounding beside 0 and ±1 is taken away. */
function settled_exponent(value: number): number {
  const whole = Math.round(value)
  return Math.abs(value - whole) < 1e-9 ? whole + 0 : value
}

/** @param seen prices before the move, then at each reading */
function lags_of(seen: readonly Float64Array[], last: Float64Array): Float64Array {
  const [before, ...readings] = seen as [Float64Array, ...Float64Array[]]
  return last.map((end, slot) => {
    const way = Math.abs(end - (before[slot] as number))
    if (!(way > 1e-9 * Math.abs(end))) return Number.POSITIVE_INFINITY
    let k = readings.length - 1
    while (k > 0 && Math.abs((readings[k - 1]?.[slot] as number) - end) <= CLOSE * way) k--
    return READINGS_MS[k] as number
  })
}
