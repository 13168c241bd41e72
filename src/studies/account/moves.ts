/** Directions in which prices move together. */
import { log } from '../../math/index.ts'
import { type AssetSpec, index_of, InputError } from '../../model/index.ts'

/** One direction: prices are multiplied by exp(logs · size). Scaled so that the lead's log price changes by ±1 per unit of size. */
export interface Move {
  /** The asset that moves, or what kind of joint move it is. */
  readonly id: string
  readonly joint: boolean
  /** By asset. */
  readonly logs: Float64Array
  /** The asset by whose change the move is told. */
  readonly lead: number
}

/** What an asset's price is a multiple of: follower → leader. */
export type Links = ReadonlyMap<number, number>

type Asset = Pick<AssetSpec, 'id' | 'beta'> & { readonly numeraire?: boolean }

/** Size at which the lead's price has changed by this ratio, along the move or (negative) against it. */
export const size_of = (move: Move, change: number): number => log(1 + change) / (move.logs[move.lead] as number)

function scaled(id: string, joint: boolean, logs: Float64Array, lead: number): Move {
  const unit = Math.abs(logs[lead] as number)
  return { id, joint, logs: logs.map((value) => value / unit), lead }
}

/** The asset that moves most, the first of equals. */
function furthest(logs: Float64Array): number {
  let most = 0
  for (let a = 1; a < logs.length; a++) if (Math.abs(logs[a] as number) > Math.abs(logs[most] as number)) most = a
  return most
}

/** Gives followers their leader's move, unless they have one of their own. */
function follow(logs: Float64Array, links: Links, own: ReadonlySet<number>): void {
  for (const follower of links.keys()) {
    if (own.has(follower)) continue
    let leader = links.get(follower) as number
    for (let hops = 0; links.has(leader) && !own.has(leader) && hops < links.size; hops++) leader = links.get(leader) as number
    if (own.has(leader)) logs[follower] = logs[leader] as number
  }
}

/** One asset falls, with what is pegged to it. */
export function alone(assets: readonly Asset[], asset: number, links: Links): Move {
  const logs = new Float64Array(assets.length)
  logs[asset] = -1
  follow(logs, links, new Set([asset]))
  return scaled((assets[asset] as Asset).id, false, logs, asset)
}

/**
 * The same move, told by the asset that is worth most in what is asked about: of what is held, else of what is owed. Where none of it moves,
 * as it was.
 * @param held USD by asset
 * @param owed USD by asset
 */
export function told_by_largest(move: Move, held: Float64Array, owed: Float64Array): Move {
  for (const worth of [held, owed]) {
    let most = -1
    for (let a = 0; a < worth.length; a++)
      if (move.logs[a] !== 0 && (worth[a] as number) > (most < 0 ? 0 : (worth[most] as number))) most = a
    if (most >= 0) return scaled(move.id, move.joint, move.logs, most)
  }
  return move
}

/** Every asset that has a beta falls alike: all but stablecoins and the unit of account. Told by the first of them. */
export function together(assets: readonly Asset[]): Move {
  const logs = Float64Array.from(assets, (asset) => (asset.numeraire !== true && asset.beta !== 0 ? -1 : 0))
  return scaled('together', true, logs, furthest(logs))
}

/** Every asset falls by its beta. Told by the first whose beta is 1, or by the furthest. */
export function by_beta(assets: readonly Asset[]): Move {
  const logs = Float64Array.from(assets, (asset) => (asset.numeraire === true ? 0 : -asset.beta || 0))
  const one = logs.indexOf(-1)
  return scaled('by beta', true, logs, one < 0 ? furthest(logs) : one)
}

/**
 * Log moves as given, `{ETH: −1, BTC: −0.9}`, told by the furthest of them; followers move with their leaders. With `correlated`, and one
 * asset given, all others move by their beta to it.
 * @throws InputError for assets there are not, the unit of account, and moves of nothing
 */
export function given_move(
  assets: readonly Asset[],
  moves: readonly (readonly [asset: string, log: number])[],
  links: Links,
  correlated: boolean,
  option: string,
): Move {
  const logs = new Float64Array(assets.length)
  const own = new Set<number>()
  for (const [id, value] of moves) {
    const asset = index_of(assets, id, option, 'asset')
    if ((assets[asset] as Asset).numeraire === true)
      throw new InputError(option, 'asset', id, 'an asset that is not the unit of account')
    if (own.has(asset)) throw new InputError(option, 'asset', id, 'every asset once')
    own.add(asset)
    logs[asset] = value
  }
  const lead = furthest(logs)
  if (logs[lead] === 0) throw new InputError(option, '', 'a move of nothing', 'a move such as ETH=-1')
  if (correlated) add_betas(assets, logs, own, option)
  follow(logs, links, own)
  const id = moves.map(([asset, value]) => `${asset} ${value < 0 ? '−' : '+'}${Math.abs(value)}`).join(', ')
  return scaled(correlated ? `${id}, the rest by beta` : id, true, logs, lead)
}

function add_betas(assets: readonly Asset[], logs: Float64Array, own: ReadonlySet<number>, option: string): void {
  const [base] = own
  if (base === undefined || own.size > 1) throw new InputError(option, '', `${own.size} assets`, 'one asset with --correlated')
  const { beta, id } = assets[base] as Asset
  if (beta === 0) throw new InputError(option, 'asset', id, 'an asset with a beta, for the others to follow')
  assets.forEach((other, a) => {
    if (!own.has(a) && other.numeraire !== true && other.beta !== 0) logs[a] = ((logs[base] as number) * other.beta) / beta
  })
}
