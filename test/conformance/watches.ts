/** What is looked at in the lives of a venue, beside the laws that every world keeps. Each throws a sentence about what is wrong. */
import { EXOGENOUS, Quote, type Result, succeeded } from '../../src/model/index.ts'
import { differences, KEEPER, type Stand, type Step, take } from './stand.ts'

const EXACT = 1e-9
const ROUGH = 1e-6

/** Health is what the legs of the statement say: Σ assets · weight · price ÷ Σ liabilities · weight · price. */
export function states_health(stand: Stand): void {
  for (let row = 0; row < stand.venue.rows; row++) {
    const legs = stand.statement(row)
    let [assets, debts] = [0, 0]
    for (let i = 0; i < legs.count; i++) {
      const quantity = legs.quantity[i] as number
      const value = quantity * (legs.weight[i] as number) * (legs.price[i] as number)
      if (!(quantity >= 0 && value >= 0)) throw new Error(`row ${row}: leg ${i} is ${quantity} of value ${value}`)
      if (legs.side[i] === 1) assets += value
      else debts += value
    }
    const [health, stated] = [stand.health(row), debts > 0 ? assets / debts : Number.POSITIVE_INFINITY]
    const off = health === stated ? 0 : Math.abs(health - stated) / Math.max(stated, 1e-3)
    if (!(off <= EXACT)) throw new Error(`row ${row}: health ${health}, its statement says ${stated}`)
  }
}

/** Every price that a statement names a feed for is what the feed published, and the feed's vector is that price's. */
export function feeds_prices(stand: Stand): void {
  const quote = new Quote(stand.world.parts.feeds.sources)
  for (let row = 0; row < stand.venue.rows; row++) {
    const legs = stand.statement(row)
    for (let i = 0; i < legs.count; i++) {
      const feed = legs.feed[i] as number
      if (feed < 0) continue
      stand.world.feeds.read(feed, quote)
      const price = legs.price[i] as number
      // A price of 0 is never published: it has no logarithm.
      if (price > 0 && !(Math.abs(quote.price / price - 1) <= EXACT))
        throw new Error(`row ${row}: leg ${i} is priced at ${price}, its feed published ${quote.price}`)
      if (!Number.isFinite(quote.displacement[EXOGENOUS])) throw new Error(`feed ${feed} has no vector`)
    }
  }
}

/** Asked twice, the venue wants the same and has changed nothing but its index; read twice, prices are as they were. */
export function answers_twice(stand: Stand): void {
  const first = stand.asked()
  const state = stand.image('venue.book')
  const again = stand.asked()
  const changed = differences(state, stand.image('venue.book'))
  if (changed.length > 0) throw new Error(`being asked changed ${changed.join(', ')}`)
  if (JSON.stringify(first) !== JSON.stringify(again)) throw new Error('being asked twice gives two answers')
  const { venue, world } = stand
  venue.price(world.time_ms, world)
  const seen = stand.image()
  venue.price(world.time_ms, world)
  const moved = differences(seen, stand.image())
  if (moved.length > 0) throw new Error(`reading the same prices again changed ${moved.join(', ')}`)
}

/** Whatever is offered can be taken at once by who has the money; a redemption may be refused for what it would leave behind. */
export function offers_hold(stand: Stand): void {
  for (const offer of stand.asked().offers) {
    if (offer.kind === 'redemption') continue
    if (offer.kind === 'auction' && offer.debt_max === 0) continue
    const step = take(stand.adapter, offer, KEEPER)
    const result = stand.ask(step)
    if (!succeeded(result)) throw new Error(`offer ${JSON.stringify(offer)} was ${result.status} to ${JSON.stringify(step)}`)
    if (offer.kind !== 'liquidation') continue
    if (Math.abs(result.amount - offer.collateral_max) > ROUGH * offer.collateral_max)
      throw new Error(`offer ${JSON.stringify(offer)} gave ${result.amount} of collateral`)
    // A part may be refused for what it would leave behind; it is no cheaper than the whole.
    const half = stand.ask(take(stand.adapter, offer, KEEPER, 0.5))
    if (half.amount * offer.price > (offer.debt_max / 2) * (1 + ROUGH))
      throw new Error(`half of offer ${JSON.stringify(offer)} gave ${half.amount} of collateral`)
  }
}

/** Units of each asset that a row has, as its statement says. */
function holdings_of(stand: Stand, row: number): Map<number, number> {
  const out = new Map<number, number>()
  if (!(row >= 0 && row < stand.venue.rows)) return out
  const legs = stand.statement(row)
  for (let i = 0; i < legs.count; i++) {
    const asset = legs.asset[i] as number
    if (legs.side[i] === 1) out.set(asset, (out.get(asset) ?? 0) + (legs.quantity[i] as number))
  }
  return out
}

/** No seizure takes more of an asset than the account had; no auction sells more than was seized for it. */
export function seizes_what_there_is(): (stand: Stand, step: Step, result: Result | undefined) => void {
  let before = new Map<number, Map<number, number>>()
  let rows = 0
  return (stand, [, fields], result) => {
    const { log } = stand.world.parts
    const named = fields.account ?? -1
    const together = stand.adapter.together === true
    if (result === undefined) {
      const taken_from = together ? Array.from({ length: stand.venue.rows }, (_, row) => row) : [named]
      before = new Map(taken_from.map((row) => [row, holdings_of(stand, row)]))
      rows = log.length
      return
    }
    const { account, asset, amount, cause } = log.columns
    for (let row = rows; row < log.length; row++) {
      const kind = log.kind(row)
      const [what, units, why] = [asset, amount, cause].map((column) => column.data[row] as number) as [number, number, number]
      if (!(units >= 0)) throw new Error(`${kind} of ${units}`)
      const had = before.get(together ? (account.data[row] as number) : named)?.get(what) ?? 0
      if ((kind === 'liquidate' || kind === 'seize') && units > had * (1 + EXACT))
        throw new Error(`${kind} of ${units}, there was ${had}`)
      if (kind === 'take' && why >= 0 && stand.adapter.family === 'vault') {
        let sold = 0
        for (let at = why; at <= row; at++)
          if (log.kind(at) === 'take' && cause.data[at] === why) sold += amount.data[at] as number
        if (sold > (amount.data[why] as number) * (1 + EXACT)) throw new Error(`${sold} sold of a lot of ${amount.data[why]}`)
      }
    }
  }
}

/** What an owner puts in or pays back never lowers the health of the account; what is taken out or drawn never raises it. */
export function changes_health_rightly(): (stand: Stand, step: Step, result: Result | undefined) => void {
  let before = 0
  return (stand, [kind, fields], result) => {
    const row = fields.account ?? -1
    if (!(row >= 0 && row < stand.venue.rows)) return
    if (result === undefined) {
      before = stand.health(row)
      return
    }
    if (!succeeded(result)) return
    const after = stand.health(row)
    if ((kind === 'deposit' || kind === 'repay') && after < before * (1 - EXACT))
      throw new Error(`${kind} lowered health from ${before} to ${after}`)
    // Where loans lie in bands, who changes one puts it where it belongs at the price now, which may be a safer place.
    if (stand.adapter.grain === undefined && (kind === 'withdraw' || kind === 'borrow') && after > before * (1 + EXACT))
      throw new Error(`${kind} raised health from ${before} to ${after}`)
  }
}

/** Below 1, whatever level somebody watches the row at. */
const ill = (stand: Stand, row: number): boolean => row >= 0 && row < stand.venue.rows && stand.health(row) < 1 - EXACT

/** What goes over to another account with a position arrives there, and its new owner stands with it. Draws and withdrawals leave nobody in breach. */
export function stands_after(): (stand: Stand, step: Step, result: Result | undefined) => void {
  let before = 0
  return (stand, [kind, fields], result) => {
    const [row, own, asset] = [fields.account ?? -1, fields.offer ?? -1, fields.asset ?? -1]
    const takes = kind === 'takeover' && stand.adapter.exchange === undefined
    // A statement lists what counts: an account that owes nothing may have more than it says.
    const held = takes ? (holdings_of(stand, own).get(asset) ?? 0) : 0
    if (result === undefined) {
      before = held
      return
    }
    if (!succeeded(result)) return
    if ((kind === 'withdraw' || kind === 'borrow') && ill(stand, row)) throw new Error(`${kind} left row ${row} in breach`)
    if (!takes) return
    if (ill(stand, own)) throw new Error(`row ${own} took over more than it can carry`)
    if (held < (before + result.amount) * (1 - EXACT))
      throw new Error(`row ${own} had ${before}, took over ${result.amount} and has ${held}`)
  }
}
