/** A book for tests: one price, moved by the test alone, with so much on either side of it until the price is set again. */
import { type Fill, type Kind, type KindSpec, type Lawful, type Market, type Order, OUTSIDE } from '../../src/model/index.ts'

const DEFAULT_DEPTH = 1e12

/**
 * Fields: base, quote, price, settles (a venue whose row `outside` makes this market; else `outside` of the ledger does), depth (base units a
 * side, all there is until the price is set again), half_spread (a ratio).
 * @param outside row that makes the books that settle at the venue
 */
export const rail = (outside: () => number): Kind<KindSpec, Market & Lawful> => ({
  id: 'rail',
  title: 'One price',
  source: 'tests',
  schema: { parse: (input) => input as KindSpec },
  open(spec, builder) {
    const {
      mid: price,
      bought,
      sold,
    } = builder.store.table(`${spec.id}.rail`, { mid: 'f64', bought: 'f64', sold: 'f64' }, 1).columns
    price.data[0] = spec.price as number
    const depth = (spec.depth as number | undefined) ?? DEFAULT_DEPTH
    const half_spread = (spec.half_spread as number | undefined) ?? 0
    const settles = spec.settles === undefined ? -1 : builder.venue(spec.settles, 'settles')
    const index = builder.self.index
    const mid = () => price.data[0] as number
    // Venues are opened after markets: who makes the book is asked when it trades.
    const maker = (): number => (settles < 0 ? OUTSIDE : outside())
    const nothing = (before: number, party: number): Fill => ({
      market: index,
      party,
      base: 0,
      quote: 0,
      mid_before: before,
      mid_after: mid(),
      legs: [],
      fee_quote: 0,
      decay: 1,
      permanent: 0,
    })
    const quote = ({ side, amount, exact, limit, party }: Order): Fill => {
      const at = mid() * (1 + side * half_spread)
      const left = depth - ((side > 0 ? bought : sold).data[0] as number)
      const units = Math.min(exact === 'base' ? amount : amount / at, left)
      if (!(units > 0) || party === maker() || (limit > 0 && side * (at - limit) > 0)) return nothing(mid(), party)
      const [base, paid] = [side * units, -side * units * at]
      return { ...nothing(mid(), party), base, quote: paid, legs: [{ party: maker(), base: -base, quote: -paid }] }
    }
    return {
      base: builder.asset(spec.base, 'base'),
      quote_asset: builder.asset(spec.quote, 'quote'),
      settles,
      mid,
      quote,
      fill(order) {
        const fill = quote(order)
        const used = order.side > 0 ? bought : sold
        used.add(0, Math.abs(fill.base))
        return fill
      },
      recover(_dt_ms, anchor) {
        const before = mid()
        price.data[0] = anchor
        bought.data[0] = 0
        sold.data[0] = 0
        return nothing(before, -1)
      },
      depth: () => depth,
      make: () => undefined,
      cancel: () => 0,
      holdings: () => undefined,
      violations: () => [],
    }
  },
})
