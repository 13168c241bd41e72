/** A position typed by hand under the plain law: Σ collateral · threshold · price against Σ debt · price. */
import { exp } from '../../math/index.ts'
import { assert, InputError } from '../../model/index.ts'
import type { AccountDoc } from '../../reports/index.ts'
import {
  type AccountAnswer,
  change_at,
  changes_of,
  curve_of,
  type DirectionAnswer,
  first_of,
  logs_of,
  prices_at,
} from './answer.ts'
import { type Account, in_breach, type Leg, sums_of } from './law.ts'
import { alone, by_beta, given_move, type Links, type Move, size_of, together, told_by_largest } from './moves.ts'
import { exact_track } from './path.ts'
import { crossing, health_along } from './root.ts'

export interface TypedLeg {
  readonly side: 'held' | 'owed'
  readonly asset: string
  readonly quantity: number
  /** USD; absent where it is what is solved for. */
  readonly price?: number
  /** Collateral weight, or liability weight. */
  readonly weight: number
}

/** What is known of an asset: its beta to the market, 0 for a stablecoin; undefined where nobody knows. */
export interface TypedAsset {
  readonly id: string
  readonly beta: number | undefined
}

export interface TypedInput {
  readonly legs: readonly TypedLeg[]
  readonly assets: readonly TypedAsset[]
  readonly strict: boolean
  /** Log moves as given; none: all that have a beta, alike. */
  readonly moves: readonly (readonly [string, number])[]
  readonly correlated: boolean
  /** Follower, leader. */
  readonly with: readonly (readonly [string, string])[]
  readonly steps: readonly number[]
  readonly back_steps: readonly number[]
  readonly volatilities: Readonly<Record<string, number>>
  /** Share of the debt that one call repays, and the bonus on it. */
  readonly close_factor?: number
  readonly bonus?: number
}

/** The asset whose price is not given; undefined when all are. @throws InputError when there are two */
function unknown_asset(legs: readonly TypedLeg[]): string | undefined {
  const open = [...new Set(legs.filter((leg) => leg.price === undefined).map((leg) => leg.asset))]
  if (open.length > 1)
    throw new InputError(
      'the position',
      '',
      `${open.join(' and ')} without a price`,
      'one price that is solved for; the others given as AMOUNT ASSET@PRICE',
    )
  return open[0]
}

/** One slot an asset; the price that is not known is 1 in here. */
function account_of_typed(input: TypedInput): Account {
  const legs = input.legs.map(({ side, asset, quantity, price, weight }): Leg => {
    const at = input.assets.findIndex((one) => one.id === asset)
    assert(at >= 0, 'every leg names an asset of the list')
    return { side: side === 'held' ? 1 : -1, slot: at, feed: at, asset: at, market: -1, quantity, weight, price: price ?? 1 }
  })
  const prices = new Float64Array(input.assets.length).fill(1)
  for (const { slot, price } of legs) prices[slot] = price
  for (const { slot, price, asset } of legs)
    if (prices[slot] !== price)
      throw new InputError(
        'the position',
        '',
        `${input.assets[asset]?.id} at ${price} and at ${prices[slot]}`,
        'one price an asset',
      )
  return {
    legs,
    prices,
    strict: input.strict,
    health(now) {
      let [assets, debts] = [0, 0]
      for (const { side, slot, quantity, weight } of legs) {
        const worth = quantity * (now[slot] as number) * weight
        if (side > 0) assets += worth
        else debts += worth
      }
      return debts > 0 ? assets / debts : Number.POSITIVE_INFINITY
    },
  }
}

function links_of_typed(input: TypedInput): Links {
  const at = (id: string) => {
    const found = input.assets.findIndex((asset) => asset.id === id)
    if (found < 0) throw new InputError('--with', 'asset', id, `one of ${input.assets.map((asset) => asset.id).join(', ')}`)
    return found
  }
  return new Map(input.with.map(([follower, leader]) => [at(follower), at(leader)]))
}

function joint_of(input: TypedInput, links: Links): Move | undefined {
  const { moves, correlated } = input
  const open = input.assets.filter((asset) => asset.beta === undefined)
  if (correlated && open.length > 0)
    throw new InputError(
      '--correlated',
      'beta',
      `of ${open.map((asset) => asset.id).join(', ')} not known`,
      'assets of the reference market; or --move with a number for each',
    )
  const assets = input.assets.map(({ id, beta = 1 }) => ({ id, beta }))
  if (moves.length > 0) return given_move(assets, moves, links, correlated, '--move')
  if (!assets.some((asset) => asset.beta !== 0)) return undefined
  const worth = (wanted: 'held' | 'owed') =>
    Float64Array.from(assets, ({ id }) =>
      input.legs.reduce(
        (sum, { side, asset, quantity, price }) => sum + (side === wanted && asset === id ? quantity * (price ?? 0) : 0),
        0,
      ),
    )
  return told_by_largest(correlated ? by_beta(assets) : together(assets), worth('held'), worth('owed'))
}

type Threshold = NonNullable<DirectionAnswer['forward']>

/**
 * All answers about a typed position. With one price left open there is no health and nothing happens on the way, but the price at which
 * the position breaks is the same whatever it is now.
 * @throws InputError for more than one open price, two prices of one asset, and moves or links of assets that are not in it
 */
export function typed_answer(input: TypedInput): AccountAnswer {
  const open = unknown_asset(input.legs)
  const account = account_of_typed(input)
  const links = links_of_typed(input)
  const health = open === undefined ? account.health(account.prices) : Number.NaN
  const sums = open === undefined ? sums_of(account.legs) : undefined
  const directions = open === undefined ? known(input, account, links) : [solved(input, account, open)]
  const breached = open === undefined && in_breach(account, health)
  const finite = Number.isFinite(health)
  const stable = (id: string) => input.assets.find((one) => one.id === id)?.beta === 0
  return {
    venue: null,
    kind: null,
    account: null,
    owner: null,
    health: finite ? health : null,
    breached,
    strict: account.strict,
    level: 1,
    unit: null,
    assets_usd: sums?.assets ?? null,
    debts_usd: sums?.debts ?? null,
    notional_usd: sums === undefined ? null : 0,
    buffer:
      sums === undefined || !finite
        ? null
        : {
            usd: sums.weighted_assets - sums.weighted_debts,
            debt_ratio: health - 1,
            collateral_ratio: health > 0 ? 1 - 1 / health : -1,
          },
    legs: account.legs.map((leg, i): AccountAnswer['legs'][number] => {
      const { side, asset, quantity, price, weight } = input.legs[i] as TypedLeg
      const usd = price === undefined ? null : quantity * price
      return { side, asset, market: null, quantity, price: price ?? null, weight, usd, follows: { [asset]: 1 }, lag_ms: 0 }
    }),
    directions,
    first:
      breached || open !== undefined ? null : first_of(directions, (t) => Math.abs(t.change ?? Number.POSITIVE_INFINITY), stable),
    first_by_volatility: breached ? null : first_of(directions, (t) => t.volatilities ?? Number.POSITIVE_INFINITY),
    at_breach: clip(input, directions),
  }
}

function volatilities_of(input: TypedInput, move: Move, log_move: number): number | null {
  const volatility = input.volatilities[input.assets[move.lead]?.id ?? '']
  return volatility === undefined ? null : Math.abs(log_move) / volatility
}

/** Every asset alone, and the joint move, of a position whose prices are all known. */
function known(input: TypedInput, account: Account, links: Links): DirectionAnswer[] {
  if (!Number.isFinite(account.health(account.prices))) return []
  const assets = input.assets.map(({ id, beta = 1 }) => ({ id, beta }))
  const held = new Set(input.legs.map((leg) => leg.asset))
  const moves = assets.flatMap((asset, a) => (held.has(asset.id) ? [alone(assets, a, links)] : []))
  const joint = joint_of(input, links)
  return [...moves, ...(joint === undefined ? [] : [joint])].map((move): DirectionAnswer => {
    const track = exact_track(move.logs)
    const id = (asset: number) => assets[asset]?.id as string
    const side = (sign: 1 | -1): Threshold | null => {
      const found = crossing(account, track, sign)
      if (found === undefined) return null
      const log_move = (move.logs[move.lead] as number) * found.size
      return {
        change: change_at(move, found.size),
        log_move,
        method: found.method,
        market_usd: (account.prices[move.lead] as number) * exp(log_move),
        prices: prices_at(account.legs, track, found.size, (leg) => ({ asset: id(leg.asset), inverse: false })),
        volatilities: volatilities_of(input, move, log_move),
      }
    }
    const changes = changes_of(move, input.steps, input.back_steps)
    return {
      move: move.id,
      joint: move.joint,
      lead: id(move.lead),
      logs: logs_of(move, assets),
      forward: side(1),
      backward: side(-1),
      outcomes: changes.map((change) => outcome(input, account, move, change)),
      curve: move.joint ? curve_of(move, health_along(account, track)) : [],
    }
  })
}

function outcome(input: TypedInput, account: Account, move: Move, change: number): DirectionAnswer['outcomes'][number] {
  const size = size_of(move, change)
  const track = exact_track(move.logs)
  const ratios = track.at(size, new Float64Array(move.logs.length))
  const sums = sums_of(account.legs, 1, ratios)
  const health = health_along(account, track)(size)
  const breached = in_breach(account, health)
  const { close_factor } = input
  const first = breached && close_factor !== undefined ? one_call(input, sums.debts, sums.assets) : undefined
  return {
    change,
    health: Number.isFinite(health) ? health : null,
    breached,
    equity_usd: sums.assets - sums.debts,
    liquidation:
      first === undefined
        ? null
        : {
            calls: 1,
            first_usd: first.repaid_usd,
            liquidated_usd: first.repaid_usd,
            seized_usd: first.seized_usd,
            bad_debt_usd: 0,
            capped: true,
            health: null,
            left_usd: sums.debts - first.repaid_usd,
            equity_usd: sums.assets - sums.debts - first.penalty_usd,
          },
  }
}

/** One call repays the close factor of the debts, or what the assets pay for with the bonus. */
function one_call(input: TypedInput, debts: number, assets: number): NonNullable<AccountDoc['accounts'][number]['at_breach']> {
  const { close_factor = 1, bonus = 0 } = input
  const repaid_usd = Math.min(debts * close_factor, assets / (1 + bonus))
  return { repaid_usd, seized_usd: repaid_usd * (1 + bonus), penalty_usd: repaid_usd * bonus }
}

/** The price of the one asset that is left open: with p that price, A₀ + a·p = L₀ + l·p. */
function solved(input: TypedInput, account: Account, open: string): DirectionAnswer {
  let [still, moving] = [0, 0]
  account.legs.forEach(({ side, quantity, weight, price }, i) => {
    const worth = side * quantity * weight * price
    if (input.legs[i]?.asset === open) moving += worth
    else still += worth
  })
  const price = -still / moving
  const found: Threshold | null =
    price > 0 && price < Number.POSITIVE_INFINITY
      ? {
          change: null,
          log_move: null,
          method: 'closed_form',
          market_usd: price,
          prices: [{ asset: open, now: null, there: price }],
          volatilities: null,
        }
      : null
  // More of it held than owed: its fall breaks the position; else its rise.
  const falls = moving > 0
  return {
    move: open,
    joint: false,
    lead: open,
    logs: { [open]: -1 },
    forward: falls ? found : null,
    backward: falls ? null : found,
    outcomes: [],
    curve: [],
  }
}

/** First call at the breach: in the direction of the price that is left open, or of the asset alone that needs least. */
function clip(input: TypedInput, directions: readonly DirectionAnswer[]): AccountAnswer['at_breach'] {
  if (input.close_factor === undefined) return null
  const singles = directions.filter((direction) => !direction.joint)
  const thresholds = singles.flatMap(({ forward, backward }) => [forward, backward].filter((one) => one !== null))
  const near = thresholds.sort((a, b) => Math.abs(a.log_move ?? 0) - Math.abs(b.log_move ?? 0))[0]
  if (near === undefined) return null
  const price = (leg: TypedLeg) => near.prices.find((one) => one.asset === leg.asset)?.there ?? leg.price ?? 0
  const side = (which: TypedLeg['side']) =>
    input.legs.reduce((sum, leg) => sum + (leg.side === which ? leg.quantity * price(leg) : 0), 0)
  return one_call(input, side('owed'), side('held'))
}
