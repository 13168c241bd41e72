import { expect, it } from 'vitest'
import { small_market } from '../../test/support/reference-market.ts'
import { Statement } from '../model/index.ts'
import { build, parse_shock, shock_scenario } from '../scenarios/index.ts'
import { exposures_of } from './exposures.ts'

it('is what statements and treasuries say, actor by actor, and stays so while the run goes on', () => {
  const world = build(small_market(300), shock_scenario([parse_shock('ETH=-30%@1h')]))
  const { venues, markets, ledger, assets } = world.parts
  const exchange = venues.findIndex((_, v) => markets.some(({ part }) => part.settles === v))
  // The simple form: one account at a time, in maps.
  const [total, held, traders] = [new Map<string, number>(), new Map<string, number>(), new Set<number>()]
  const add = (to: Map<string, number>, key: string, units: number) => to.set(key, (to.get(key) ?? 0) + units)
  const statement = new Statement()
  venues.forEach(({ part }, v) => {
    for (let row = 0; row < part.rows; row++) {
      if (v === exchange) traders.add(part.owner(row))
      statement.clear()
      part.statement(row, statement)
      for (let leg = 0; leg < statement.count; leg++) {
        const units = (statement.side[leg] as number) * (statement.quantity[leg] as number)
        add(total, `${part.owner(row)} ${statement.asset[leg]}`, units)
        if ((statement.market[leg] as number) >= 0) add(held, `${v} ${row} ${statement.asset[leg]}`, units)
      }
    }
  })
  const seen = exposures_of(world)
  const check = () => {
    let contracts = 0
    venues.forEach(({ part }, v) => {
      for (let row = 0; row < part.rows; row++) {
        const owner = part.owner(row)
        const known = owner > 0 && traders.has(owner)
        expect(seen?.owner(v, row)).toBe(known ? owner : -1)
        assets.forEach((_, a) => {
          const own = known ? (held.get(`${v} ${row} ${a}`) ?? 0) : 0
          expect(seen?.held(v, row, a)).toBe(own)
          if (own !== 0) contracts++
        })
      }
    })
    expect(contracts).toBeGreaterThan(50)
  }
  check()
  for (const actor of traders)
    assets.forEach((_, a) => {
      const own = ledger.balance(actor, a) + (total.get(`${actor} ${a}`) ?? 0)
      expect(seen?.total(actor, a)).toBeCloseTo(actor > 0 ? own : 0, 6)
    })
  expect([seen?.total(-1, 0), seen?.total(10 ** 9, 0), seen?.held(99, 0, 0), seen?.held(exchange, 10 ** 9, 0)]).toEqual([
    0, 0, 0, 0,
  ])
  // Columns are written in place while a run goes on.
  const some = [...traders].find((actor) => ledger.balance(actor, 1) > 0) ?? [...traders].find((actor) => actor > 0)
  const before = seen?.total(some as number, 1)
  ledger.credit(some as number, 1, 5)
  expect(seen?.total(some as number, 1)).toBe(before)
})
