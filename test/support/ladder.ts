/** A market of resting price levels and an oracle that the test sets. */
import type { Fill, Kind, KindSpec, Lawful, Leg, Market, Oracle, Order, Table } from '../../src/model/index.ts'

const PASS = { parse: (input: unknown) => input as never }

/** Levels that rest until they are taken; the mid stays where the test puts it, or follows the last level taken. */
export interface Ladder extends Market, Lawful {
  rest(side: 1 | -1, price: number, quantity: number, party?: number): void
  move(mid: number): void
}

interface Levels {
  readonly side: number[]
  readonly price: number[]
  readonly left: number[]
  readonly party: number[]
}

function walk(levels: Levels, order: Order): [number, number][] {
  const { side, amount, limit, exact } = order
  const at = levels.side
    .map((_, i) => i)
    .filter((i) => levels.side[i] === -side && (levels.left[i] as number) > 0 && levels.party[i] !== order.party)
    .filter((i) => limit === 0 || side * ((levels.price[i] as number) - limit) <= 0)
    .sort((a, b) => side * ((levels.price[a] as number) - (levels.price[b] as number)) || a - b)
  let left = amount
  const taken: [number, number][] = []
  for (const i of at) {
    if (!(left > 0)) break
    const price = levels.price[i] as number
    const part = Math.min(exact === 'base' ? left : left / price, levels.left[i] as number)
    taken.push([i, part])
    left -= exact === 'base' ? part : part * price
  }
  return taken
}

const shape = { side: 'i32', price: 'f64', left: 'f64', party: 'i32' } as const

function levels_of(table: Table<typeof shape>): Levels {
  const { side, price, left, party } = table.columns
  const list = (data: ArrayLike<number>) => Array.from({ length: table.length }, (_, i) => data[i] as number)
  return { side: list(side.data), price: list(price.data), left: list(left.data), party: list(party.data) }
}

export const ladder: Kind<KindSpec, Ladder> = {
  id: 'ladder',
  title: 'Price levels',
  source: 'tests',
  schema: PASS,
  open(spec, builder) {
    const table = builder.store.table(`${spec.id}.levels`, shape)
    const state = builder.store.table(`${spec.id}.state`, { mid: 'f64' }, 1).columns.mid
    state.data[0] = spec.price as number
    const index = builder.self.index
    const mid = () => state.data[0] as number
    const levels = () => levels_of(table)
    const result = (order: Order, taken: [number, number][]): Fill => {
      const legs: Leg[] = []
      let base = 0
      let quote = 0
      let after = mid()
      const { price, party } = table.columns
      for (const [i, part] of taken) {
        const paid = part * (price.data[i] as number)
        legs.push({ party: party.data[i] as number, base: -order.side * part, quote: order.side * paid })
        base += order.side * part
        quote -= order.side * paid
        if (spec.follows === true) after = price.data[i] as number
      }
      const common = { fee_quote: 0, decay: 1, permanent: 0 }
      return { market: index, party: order.party, base, quote, mid_before: mid(), mid_after: after, legs, ...common }
    }
    return {
      base: builder.asset(spec.base, 'base'),
      quote_asset: builder.asset(spec.quote, 'quote'),
      settles: spec.settles === undefined ? -1 : builder.venue(spec.settles, 'settles'),
      mid,
      quote: (order) => result(order, walk(levels(), order)),
      fill(order) {
        const taken = walk(levels(), order)
        const fill = result(order, taken)
        for (const [i, part] of taken) table.columns.left.add(i, -part)
        state.set(0, fill.mid_after)
        return fill
      },
      recover: (_dt, anchor) => {
        const before = mid()
        state.set(0, anchor)
        return {
          ...result({ side: 1, amount: 0, exact: 'base', limit: 0, party: -1 }, []),
          mid_before: before,
          mid_after: anchor,
        }
      },
      depth: () => 0,
      make: () => undefined,
      cancel(party) {
        let left = 0
        for (let i = 0; i < table.length; i++)
          if (table.columns.party.data[i] === party && (table.columns.left.data[i] as number) > 0) {
            table.columns.left.set(i, 0)
            left++
          }
        return left
      },
      holdings() {},
      violations: () => [],
      rest(side, price, quantity, party) {
        const at = table.push()
        const outside = (spec.outside as number) ?? 0
        for (const [name, value] of Object.entries({ side, price, left: quantity, party: party ?? outside }))
          table.columns[name as 'side'].set(at, value)
      },
      move: (to) => state.set(0, to),
    }
  },
}

export const dial: Kind<KindSpec, Oracle> = {
  id: 'dial',
  title: 'A price that the test sets',
  source: 'tests',
  schema: PASS,
  open: (spec) => ({
    read(_time_ms, _view, out) {
      const prices = spec.prices as number[]
      out.fixed(prices[1] as number)
      out.price = prices[0] as number
      out.displacement[0] = Math.log((prices[0] as number) / (prices[1] as number))
    },
  }),
}
