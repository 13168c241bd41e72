/**
 * Hedges that deleveraging broke. What an owner holds of an asset, contracts and tokens, is followed from the start along the log; a closed
 * contract was a hedge as far as the rest lies on the other side.
 *
 * Makers' fills and what a liquidator or bidder bought are no rows of theirs: they are not followed.
 */
import type { ExposuresView, LogView, WorldView } from '../../model/index.ts'

/** Per `deleverage` row of an owner who is known: what he held of the asset beside the closed contract, and how much of a hedge is gone, base units. */
export interface Broken {
  readonly other: number
  readonly units: number
}

/** Moves towards 0 by at most `amount`. */
const shrunk = (units: number, amount: number): number => (units > 0 ? Math.max(0, units - amount) : Math.min(0, units + amount))

class Book {
  private readonly opening: ExposuresView
  private readonly totals = new Map<string, number>()
  private readonly contracts = new Map<string, number>()

  constructor(opening: ExposuresView) {
    this.opening = opening
  }

  total(actor: number, asset: number): number {
    return this.totals.get(`${actor} ${asset}`) ?? this.opening.total(actor, asset)
  }

  held(venue: number, account: number, asset: number): number {
    return this.contracts.get(`${venue} ${account} ${asset}`) ?? this.opening.held(venue, account, asset)
  }

  move(actor: number, asset: number, units: number): void {
    if (actor > 0) this.totals.set(`${actor} ${asset}`, this.total(actor, asset) + units)
  }

  trade(actor: number, venue: number, account: number, asset: number, units: number): void {
    if (actor < 0) return
    this.contracts.set(`${venue} ${account} ${asset}`, this.held(venue, account, asset) + units)
    this.move(actor, asset, units)
  }
}

/** By log row. Undefined for a log alone. */
export function broken_hedges(log: LogView, world: WorldView): ReadonlyMap<number, Broken> | undefined {
  const { exposures } = world
  if (exposures === undefined) return undefined
  const book = new Book(exposures)
  const out = new Map<number, Broken>()
  const c = log.columns
  for (let row = 0; row < log.length; row++) {
    const kind = log.kind(row)
    const venue = c.venue.data[row] as number
    const account = c.account.data[row] as number
    const asset = c.asset.data[row] as number
    const amount = c.amount.data[row] as number
    if (kind === 'fill' && account < 0) {
      const actor = c.actor.data[row] as number
      book.move(actor, asset, amount)
      book.move(actor, world.markets[c.market.data[row] as number]?.quote ?? -1, -amount * (c.price.data[row] as number))
      continue
    }
    const owner = exposures.owner(venue, account)
    if (owner < 0) continue
    if (kind === 'fill') book.trade(owner, venue, account, asset, amount)
    else if (kind === 'liquidate' || kind === 'seize') book.move(owner, asset, -amount)
    else if (kind === 'takeover' || kind === 'deleverage') {
      const before = book.held(venue, account, asset)
      const other = book.total(owner, asset) - before
      const after = shrunk(before, Math.abs(amount))
      book.trade(owner, venue, account, asset, after - before)
      if (kind === 'takeover') continue
      const hedge = (units: number) => (units * other < 0 ? Math.min(Math.abs(units), Math.abs(other)) : 0)
      out.set(row, { other, units: hedge(before) - hedge(after) })
    }
  }
  return out
}
