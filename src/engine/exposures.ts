/** What those who hold contracts held at the start, contracts and tokens together: whether a contract is a hedge, no log says. */
import { type ExposuresView, Statement } from '../model/index.ts'
import type { World } from './world.ts'

/** Reads every account of actors who have one at a venue where contracts settle, at the opening state. Undefined where there are none. */
export function exposures_of(world: World): ExposuresView | undefined {
  const { venues, markets, ledger, assets } = world.parts
  const exchanges = new Set(markets.map(({ part }) => part.settles))
  const traders = new Set<number>()
  venues.forEach(({ part }, v) => {
    if (exchanges.has(v)) for (let row = 0; row < part.rows; row++) if (part.owner(row) > 0) traders.add(part.owner(row))
  })
  if (traders.size === 0) return undefined
  const totals = new Map<number, Float64Array>()
  for (const actor of traders)
    totals.set(
      actor,
      Float64Array.from(assets, (_, asset) => ledger.balance(actor, asset)),
    )
  const held = new Map<string, number>()
  const statement = new Statement()
  venues.forEach(({ part }, v) => {
    for (let row = 0; row < part.rows; row++) {
      const total = totals.get(part.owner(row))
      if (total === undefined) continue
      statement.clear()
      part.statement(row, statement)
      for (let leg = 0; leg < statement.count; leg++) {
        const asset = statement.asset[leg] as number
        const units = (statement.side[leg] as number) * (statement.quantity[leg] as number)
        total[asset] = (total[asset] as number) + units
        const market = statement.market[leg] as number
        if (market < 0) continue
        const { base } = (markets[market] as (typeof markets)[number]).part
        // an inverse contract is owed in its quote, and its base lies in the coins of the account
        const position = asset === base ? units : -units / world.mid(market)
        const key = `${v} ${row} ${base}`
        held.set(key, (held.get(key) ?? 0) + position)
      }
    }
  })
  return {
    owner: (venue, account) => {
      const part = venues[venue]?.part
      const actor = part !== undefined && account >= 0 && account < part.rows ? part.owner(account) : -1
      return traders.has(actor) ? actor : -1
    },
    total: (actor, asset) => totals.get(actor)?.[asset] ?? 0,
    held: (venue, account, asset) => held.get(`${venue} ${account} ${asset}`) ?? 0,
  }
}
