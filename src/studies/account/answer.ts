/** Everything that is answered about one account at a venue. */
import { exp } from '../../math/index.ts'
import type { World } from '../../engine/index.ts'
import type { View } from '../../model/index.ts'
import type { AccountDoc } from '../../reports/index.ts'
import { type Account, account_of, in_breach, type Leg, sums_of, unit_of } from './law.ts'
import { type Links, type Move, size_of } from './moves.ts'
import type { Path, Track } from './path.ts'
import { type Held, name_of } from './people.ts'
import { type Probe, stands_at } from './probe.ts'
import { type Crossing, crossing, health_along } from './root.ts'
import { finite, take_all, usd_sums } from './taking.ts'

export type AccountAnswer = AccountDoc['accounts'][number]
export type DirectionAnswer = AccountAnswer['directions'][number]
type Threshold = NonNullable<DirectionAnswer['forward']>
type Outcome = DirectionAnswer['outcomes'][number]

/** What is asked about every account. */
export interface Question {
  readonly joint: Move
  readonly links: Links
  /** Changes of the lead along the move, as ratios > 0: how far it goes, whichever way it goes. */
  readonly steps: readonly number[]
  /** The same against the move. */
  readonly back_steps: readonly number[]
  /** Daily volatility by asset, a ratio. */
  readonly volatilities: ReadonlyMap<number, number>
}

/** Changes of a move's lead that are asked about: each step along the move, then each against it. A step of 0.1 is a fall from 100 to 90 or a rise to 110. */
export function changes_of(move: Move, steps: readonly number[], back_steps: readonly number[]): number[] {
  const up = (move.logs[move.lead] as number) > 0
  return [...steps.map((step) => (up ? step : -step)), ...back_steps.map((step) => (up ? -step : step))]
}

/** Size at which it is tried whether a move reaches an account. */
const TRIAL = 0.1

/** Changes of the lead at which a curve is drawn: −60 % to +60 %. */
export const CURVE: readonly number[] = Array.from({ length: 61 }, (_, i) => (i - 30) / 50)

/** Change of the lead's price at a size. */
export const change_at = (move: Move, size: number): number => exp((move.logs[move.lead] as number) * size) - 1

export class Answers {
  /** Whose accounts these are. */
  readonly world: World
  private readonly probe: Probe
  private readonly question: Question
  private readonly paths = new Map<string, { readonly move: Move; readonly path: Path }>()
  private readonly strict = new Map<number, boolean>()
  private readonly crooked = new Map<string, readonly [venue: string, asset: string]>()

  /** @param world that of the probe, or one that has run: then prices move from where they stand there */
  constructor(probe: Probe, world: World, question: Question) {
    this.world = world
    this.probe = probe
    this.question = question
  }

  private path(key: string, move: () => Move): { readonly move: Move; readonly path: Path } {
    const known = this.paths.get(key)
    if (known !== undefined) return known
    const made = move()
    const entry = { move: made, path: this.probe.path(made) }
    this.paths.set(key, entry)
    return entry
  }

  joint(): { readonly move: Move; readonly path: Path } {
    return this.path('joint', () => this.question.joint)
  }

  /** The venue's rule at equality. */
  is_strict(v: number): boolean {
    const known = this.strict.get(v)
    if (known !== undefined) return known
    const found = this.probe.is_strict(v)
    this.strict.set(v, found)
    return found
  }

  answer({ venue: v, row }: Held): AccountAnswer {
    const { world } = this
    const { id, kind } = world.parts.venues[v] as (typeof world.parts.venues)[number]
    const venue = world.venue(v)
    const account = account_of(venue, row, this.is_strict(v))
    const health = account.health(account.prices)
    const unit = unit_of(account.legs)
    const sums = sums_of(account.legs, this.usd(unit))
    const directions = Number.isFinite(health) ? this.directions(account, v, row) : []
    const breached = in_breach(account, health)
    const stable = (asset: string) => world.parts.assets.find((one) => one.id === asset)?.beta === 0
    return {
      venue: id,
      kind,
      account: row,
      owner: name_of(world, venue.owner(row)),
      health: finite(health),
      breached,
      strict: account.strict,
      level: venue.level(row),
      unit: unit < 0 ? null : (world.parts.assets[unit]?.id ?? null),
      assets_usd: sums.assets,
      debts_usd: sums.debts,
      notional_usd: sums.notional,
      buffer: Number.isFinite(health)
        ? {
            usd: sums.weighted_assets - sums.weighted_debts,
            debt_ratio: health - 1,
            collateral_ratio: health > 0 ? 1 - 1 / health : -1,
          }
        : null,
      legs: account.legs.map((leg) => this.leg(leg, v, this.usd(unit))),
      directions,
      first: breached
        ? null
        : first_of(directions, (threshold) => Math.abs(threshold.change ?? Number.POSITIVE_INFINITY), stable),
      first_by_volatility: breached
        ? null
        : first_of(directions, (threshold) => threshold.volatilities ?? Number.POSITIVE_INFINITY),
      at_breach: null,
    }
  }

  /** USD of a unit of account. */
  private usd(unit: number): number {
    return unit < 0 ? 1 : this.world.usd(unit)
  }

  private leg(leg: Leg, v: number, usd: number): AccountAnswer['legs'][number] {
    const { assets, markets } = this.world.parts
    const responses = this.probe.responses()
    const follows: Record<string, number> = {}
    assets.forEach((asset, a) => {
      const k = responses[a]?.[v]?.[leg.slot] ?? 0
      if (k !== 0) follows[asset.id] = k
    })
    return {
      side: leg.side > 0 ? 'held' : 'owed',
      asset: assets[leg.asset]?.id ?? '?',
      market: leg.market < 0 ? null : (markets[leg.market]?.id ?? null),
      quantity: leg.quantity,
      price: leg.price,
      weight: leg.weight,
      usd: leg.quantity * leg.price * usd,
      follows,
      lag_ms: finite(this.probe.lags[v]?.[leg.slot] as number),
    }
  }

  /** Assets whose move, with those that follow them, reaches a price of this account; then the joint move. */
  private directions(account: Account, v: number, row: number): DirectionAnswer[] {
    const { probe, question, world } = this
    const { assets } = world.parts
    const responses = probe.responses()
    const now = account.health(account.prices)
    const reaches = (move: Move) => {
      const logs = account.prices.map((_, slot) =>
        move.logs.reduce((sum, log, a) => sum + (log === 0 ? 0 : log * (responses[a]?.[v]?.[slot] ?? 0)), 0),
      )
      const moved = account.prices.map((price, slot) => price * exp(TRIAL * (logs[slot] as number)))
      return account.legs.some(({ slot }) => logs[slot] !== 0) || account.health(moved) !== now
    }
    const out: DirectionAnswer[] = []
    assets.forEach((asset, a) => {
      if (asset.numeraire === true) return
      const move = probe.alone(a, question.links)
      if (reaches(move))
        out.push(
          this.direction(
            account,
            v,
            row,
            this.path(asset.id, () => move),
          ),
        )
    })
    out.push(this.direction(account, v, row, this.joint()))
    return out
  }

  private direction(
    account: Account,
    v: number,
    row: number,
    { move, path }: { readonly move: Move; readonly path: Path },
  ): DirectionAnswer {
    const { assets } = this.world.parts
    const track = path.track(v)
    this.note_bends(account, track, v)
    const side = (sign: 1 | -1) => {
      const found = crossing(account, track, sign)
      return found === undefined ? null : this.threshold(account, move, track, found)
    }
    const changes = changes_of(move, this.question.steps, this.question.back_steps)
    return {
      move: move.id,
      joint: move.joint,
      lead: assets[move.lead]?.id as string,
      logs: logs_of(move, assets),
      forward: side(1),
      backward: side(-1),
      outcomes: changes.map((change) => this.outcome(account, v, row, move, track, change)),
      curve: move.joint ? curve_of(move, health_along(account, track)) : [],
    }
  }

  private note_bends(account: Account, track: Track, v: number): void {
    const { venues, assets } = this.world.parts
    for (const { slot, asset } of account.legs)
      if (Number.isNaN(track.exponents[slot]))
        this.crooked.set(`${v} ${asset}`, [venues[v]?.id as string, assets[asset]?.id as string])
  }

  /** Venue and asset of prices that did not move in proportion to their markets. */
  bent(): (readonly [venue: string, asset: string])[] {
    return [...this.crooked.values()]
  }

  private threshold(account: Account, move: Move, track: Track, found: Crossing): Threshold {
    const { world } = this
    const log_move = (move.logs[move.lead] as number) * found.size
    const volatility = this.question.volatilities.get(move.lead)
    return {
      change: change_at(move, found.size),
      log_move,
      method: found.method,
      market_usd: world.usd(move.lead) * exp(log_move),
      prices: prices_at(account.legs, track, found.size, said_in(world)),
      volatilities: volatility === undefined ? null : Math.abs(log_move) / volatility,
    }
  }

  private outcome(account: Account, v: number, row: number, move: Move, track: Track, change: number): Outcome {
    const size = size_of(move, change)
    const health = health_along(account, track)(size)
    const ratios = track.at(size, new Float64Array(track.exponents.length))
    const { equity_usd, liquidation } = this.there(account, v, row, move, size, ratios)
    return { change, health: finite(health), breached: in_breach(account, health), equity_usd, liquidation }
  }

  /** Equity, and what may be taken: asked of the venue there, unless the world has run; then equity is by the statement of now. */
  private there(
    account: Account,
    v: number,
    row: number,
    move: Move,
    size: number,
    ratios: Float64Array,
  ): Pick<Outcome, 'equity_usd' | 'liquidation'> {
    const { probe, world } = this
    if (probe.world !== world) {
      const unit = unit_of(account.legs)
      const sums = sums_of(account.legs, this.usd(unit) * (unit < 0 ? 1 : exp((move.logs[unit] as number) * size)), ratios)
      return { equity_usd: sums.assets - sums.debts, liquidation: null }
    }
    const expected = account.prices.map((price, slot) => price * (ratios[slot] as number))
    const look = (view: View) => {
      const sums = usd_sums(world, v, row, view)
      return { equity_usd: sums.assets - sums.debts, liquidation: take_all(world, v, row, view) }
    }
    const logs = move.logs.map((log) => log * size)
    return probe.visit(logs, look, () => stands_at(world.venue(v), expected))
  }
}

export const curve_of = (move: Move, health: (size: number) => number): DirectionAnswer['curve'] =>
  CURVE.map((change) => ({ change, health: finite(health(size_of(move, change))) }))

export function logs_of(move: Move, assets: readonly { readonly id: string }[]): Record<string, number> {
  const out: Record<string, number> = {}
  move.logs.forEach((log, a) => {
    if (log !== 0) out[assets[a]?.id as string] = log
  })
  return out
}

/** A leg's price as people say it. */
export interface Said {
  readonly asset: string
  /** The price is in contract units per unit of account: one over what people say. */
  readonly inverse: boolean
}

/** A contract that is counted in what it is quoted in, is priced the other way round. */
export const said_in =
  (world: World) =>
  ({ asset, market }: Leg): Said => {
    const base = market < 0 ? asset : world.market(market).base
    const inverse = base !== asset && world.market(market).quote_asset === asset
    return { asset: world.parts.assets[inverse ? base : asset]?.id ?? '?', inverse }
  }

/** Prices of the legs that have moved, each asset once. */
export function prices_at(legs: readonly Leg[], track: Track, size: number, said: (leg: Leg) => Said): Threshold['prices'] {
  const ratios = track.at(size, new Float64Array(track.exponents.length))
  const seen = new Set<string>()
  const out: { readonly asset: string; readonly now: number; readonly there: number }[] = []
  for (const leg of legs) {
    const ratio = ratios[leg.slot] ?? 1
    const { asset, inverse } = said(leg)
    const key = `${asset} ${leg.price}`
    if (ratio === 1 || seen.has(key)) continue
    seen.add(key)
    const now = inverse ? 1 / leg.price : leg.price
    out.push({ asset, now, there: inverse ? now / ratio : now * ratio })
  }
  return out
}

/**
 * The asset alone, falling or rising, whose threshold has the smallest measure. One that never moves much (a stablecoin) only where no
 * other breaks the account.
 * @param stable says so of an asset by id
 */
export function first_of(
  directions: readonly DirectionAnswer[],
  measure: (threshold: Threshold) => number,
  stable: (asset: string) => boolean = () => false,
): AccountAnswer['first'] {
  const coins = directions.filter((direction) => !direction.joint && !stable(direction.lead))
  return least_of(coins, measure) ?? least_of(directions, measure)
}

function least_of(directions: readonly DirectionAnswer[], measure: (threshold: Threshold) => number): AccountAnswer['first'] {
  let first: AccountAnswer['first'] = null
  let least = Number.POSITIVE_INFINITY
  for (const { move, joint, forward, backward } of directions) {
    if (joint) continue
    for (const threshold of [forward, backward]) {
      if (threshold === null || !(measure(threshold) < least)) continue
      least = measure(threshold)
      first = { move, change: threshold.change, volatilities: threshold.volatilities }
    }
  }
  return first
}
