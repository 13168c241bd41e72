/** What those who hold contracts held at the start, contracts and tokens together: whether a contract is a hedge, no log says. */
import { type ExposuresView, Statement } from '../model/index.ts'
import type { World } from './world.ts'

/** Position of every actor with an account at a venue where contracts settle, −1 of others; and how many there are. */
function traders_of({ venues, markets }: World['parts']): { place: Int32Array; count: number } {
  const exchanges = new Set(markets.map(({ part }) => part.settles))
  let last = -1
  for (const { part } of venues) for (let row = 0; row < part.rows; row++) last = Math.max(last, part.owner(row))
  const place = new Int32Array(last + 1).fill(-1)
  let count = 0
  venues.forEach(({ part }, v) => {
    if (!exchanges.has(v)) return
    for (let row = 0; row < part.rows; row++) {
      const actor = part.owner(row)
      if (actor > 0 && place[actor] === -1) place[actor] = count++
    }
  })
  return { place, count }
}

/** Contracts by account of a venue: those of row r are `from[r]` to `from[r + 1]`. */
interface Contracts {
  readonly from: Int32Array
  readonly base: number[]
  readonly units: number[]
}

/**
 * Reads every account of actors who have one at a venue where contracts settle, at the opening state: nobody can ask later. Undefined where there are
 * none.
 */
export function exposures_of(world: World): ExposuresView | undefined {
  const { venues, markets, ledger, assets } = world.parts
  const { place, count } = traders_of(world.parts)
  if (count === 0) return undefined
  const width = assets.length
  const totals = new Float64Array(count * width)
  for (let actor = 0; actor < place.length; actor++) {
    const at = (place[actor] as number) * width
    if (at >= 0) for (let asset = 0; asset < width; asset++) totals[at + asset] = ledger.balance(actor, asset)
  }
  const statement = new Statement()
  const held = venues.map(({ part }): Contracts => {
    const own: Contracts = { from: new Int32Array(part.rows + 1), base: [], units: [] }
    for (let row = 0; row < part.rows; row++) {
      const at = (place[part.owner(row)] ?? -1) * width
      if (at >= 0) {
        statement.clear()
        part.statement(row, statement)
        for (let leg = 0; leg < statement.count; leg++) {
          const asset = statement.asset[leg] as number
          const units = (statement.side[leg] as number) * (statement.quantity[leg] as number)
          totals[at + asset] = (totals[at + asset] as number) + units
          const market = statement.market[leg] as number
          if (market < 0) continue
          const { base } = (markets[market] as (typeof markets)[number]).part
          own.base.push(base)
          // an inverse contract is owed in its quote, and its base lies in the coins of the account
          own.units.push(asset === base ? units : -units / world.mid(market))
        }
      }
      own.from[row + 1] = own.base.length
    }
    return own
  })
  return {
    owner: (venue, account) => {
      const part = venues[venue]?.part
      const actor = part !== undefined && account >= 0 && account < part.rows ? part.owner(account) : -1
      return (place[actor] ?? -1) >= 0 ? actor : -1
    },
    total: (actor, asset) => totals[(place[actor] ?? -1) * width + asset] ?? 0,
    held: (venue, account, asset) => {
      const { from, base, units } = held[venue] ?? { from: [], base: [], units: [] }
      let sum = 0
      for (let k = from[account] ?? 0; k < (from[account + 1] ?? 0); k++) if (base[k] === asset) sum += units[k] as number
      return sum
    },
  }
}
