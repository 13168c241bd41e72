/** Ways from one asset into another over spot markets, and what they give when several orders of a round follow each other. */
import type { Action, Actions, View, WorldBuilder } from '../../model/index.ts'

/** One market crossed: −1 sells base for quote, +1 buys base with quote. */
export interface Hop {
  readonly market: number
  /** Name of the market's fault. */
  readonly halt: string
  readonly side: 1 | -1
  readonly from: number
  readonly to: number
}

/** One or two markets in a row; none when both ends are the same asset. */
export type Route = readonly Hop[]

const HERE: readonly Route[] = [[]]
/** More units than there are of anything, and still a number. */
const EVERYTHING = 1e20
const NONE: readonly Route[] = []

/** All routes of one or two hops over the given markets, direct ones first, in the order in which the markets were named. */
export class Routes {
  private readonly assets: number
  private readonly routes = new Map<number, Route[]>()
  private readonly sources = new Map<number, number[]>()
  /** One past the largest market index. */
  readonly markets: number

  /** @param field name of the spec field that lists the ids, for the error when one is not a spot market */
  constructor(builder: WorldBuilder, ids: readonly string[], field: string) {
    this.assets = builder.assets.length
    const hops: Hop[] = []
    let last = -1
    for (let i = 0; i < ids.length; i++) {
      const name = ids[i] as string
      const market = builder.market(name, `${field}[${i}]`)
      const { base, quote_asset, settles } = builder.market_at(market)
      if (settles >= 0) throw builder.invalid(`${field}[${i}]`, name, 'a spot market: this one settles to accounts of a venue')
      const halt = `market:${name}`
      hops.push({ market, halt, side: -1, from: base, to: quote_asset }, { market, halt, side: 1, from: quote_asset, to: base })
      last = Math.max(last, market)
    }
    this.markets = last + 1
    for (const hop of hops) this.add([hop])
    for (const first of hops)
      for (const second of hops)
        if (first.to === second.from && first.from !== second.to && first.market !== second.market) this.add([first, second])
  }

  private add(route: Route): void {
    const from = (route[0] as Hop).from
    const to = (route[route.length - 1] as Hop).to
    const key = from * this.assets + to
    const known = this.routes.get(key)
    if (known !== undefined) {
      known.push(route)
      return
    }
    this.routes.set(key, [route])
    const into = this.sources.get(to)
    if (into === undefined) this.sources.set(to, [from])
    else into.push(from)
  }

  between(from: number, to: number): readonly Route[] {
    return from === to ? HERE : (this.routes.get(from * this.assets + to) ?? NONE)
  }

  /** Assets that can be turned into this one, itself apart. */
  into(to: number): readonly number[] {
    return this.sources.get(to) ?? []
  }
}

/**
 * What has been planned on each side of each market in this round, so that a later order does not count on a fresh book.
 * Orders of the other side are not netted: the answer is on the careful side.
 */
export class Plans {
  private readonly paid: Float64Array
  private readonly got: Float64Array
  private readonly rates = new Map<Route, number>()

  constructor(markets: number) {
    this.paid = new Float64Array(markets * 2)
    this.got = new Float64Array(markets * 2)
  }

  clear(): void {
    this.paid.fill(0)
    this.got.fill(0)
    this.rates.clear()
  }

  /** Rate of the next few units over the route, after what is planned; `little` says how few. No larger amount gets more a unit. */
  first_rate(view: View, route: Route, little: number, party: number): number {
    const known = this.rates.get(route)
    if (known !== undefined) return known
    const rate = this.out(view, route, little, party) / little
    this.rates.set(route, rate)
    return rate
  }

  private through(view: View, hop: Hop, amount: number, party: number): number {
    const at = hop.market * 2 + (hop.side > 0 ? 1 : 0)
    const total = (this.paid[at] as number) + amount
    const exact = hop.side > 0 ? 'quote' : 'base'
    const fill = view.fill(hop.market, { side: hop.side, amount: total, exact, limit: 0, party })
    return Math.max(0, (hop.side > 0 ? fill.base : fill.quote) - (this.got[at] as number))
  }

  /** What a hop gives for an amount, after what is planned. */
  given(view: View, hop: Hop, amount: number, party: number): number {
    return amount > 0 ? this.through(view, hop, amount, party) : 0
  }

  /** Most that a hop takes, after what is planned, while each unit brings at least `rate`, and what it gives for that. Exact: it is the market's own limit. */
  within(view: View, hop: Hop, rate: number, party: number): { readonly taken: number; readonly given: number } {
    const at = hop.market * 2 + (hop.side > 0 ? 1 : 0)
    const limit = hop.side > 0 ? 1 / rate : rate
    const exact = hop.side > 0 ? 'quote' : 'base'
    const fill = view.fill(hop.market, { side: hop.side, amount: EVERYTHING, exact, limit, party })
    const [taken, given] = hop.side > 0 ? [-fill.quote, fill.base] : [-fill.base, fill.quote]
    const more = taken - (this.paid[at] as number)
    return more > 0 ? { taken: more, given: Math.max(0, given - (this.got[at] as number)) } : { taken: 0, given: 0 }
  }

  /** Units that a hop must be given to give `wanted`, after what is planned. */
  needed(view: View, hop: Hop, wanted: number, party: number): number {
    const at = hop.market * 2 + (hop.side > 0 ? 1 : 0)
    const exact = hop.side > 0 ? 'base' : 'quote'
    const fill = view.fill(hop.market, { side: hop.side, amount: (this.got[at] as number) + wanted, exact, limit: 0, party })
    return Math.max(0, (hop.side > 0 ? -fill.quote : -fill.base) - (this.paid[at] as number))
  }

  /** Units at the end of the route for `amount` at its start, after what is planned. */
  out(view: View, route: Route, amount: number, party: number): number {
    let units = amount
    for (const hop of route) units = units > 0 ? this.through(view, hop, units, party) : 0
    return units
  }

  /** Plans that amount; returns what it gives after each hop. */
  plan(view: View, route: Route, amount: number, party: number): number[] {
    const steps: number[] = []
    this.rates.clear()
    let units = amount
    for (const hop of route) {
      const given = units > 0 ? this.through(view, hop, units, party) : 0
      const at = hop.market * 2 + (hop.side > 0 ? 1 : 0)
      this.paid[at] = (this.paid[at] as number) + units
      this.got[at] = (this.got[at] as number) + given
      steps.push(given)
      units = given
    }
    return steps
  }

  /** Units at the start of the route that give `wanted` at its end, at most `most`; nearly, as the rate falls with size. */
  input_for(view: View, route: Route, wanted: number, most: number, party: number): number {
    let units = Math.min(most, wanted / mid_rate(view, route))
    for (let i = 0; i < 12; i++) {
      const given = this.out(view, route, units, party)
      if (!(given > 0)) return 0
      if (given >= wanted * (1 - 1e-7) || units >= most) break
      units = Math.min(most, (units * wanted) / given)
    }
    return units
  }

  /** The route that gives most for the amount, or undefined when none gives anything. */
  best(view: View, routes: readonly Route[], amount: number, party: number): Route | undefined {
    let best: Route | undefined
    let most = 0
    for (const route of routes) {
      if (!open(view, route)) continue
      const given = this.out(view, route, amount, party)
      if (given > most) {
        most = given
        best = route
      }
    }
    return best
  }
}

/** Is no market of the route halted? */
export function open(view: View, route: Route): boolean {
  for (const hop of route) if (view.halted(hop.halt)) return false
  return true
}

/** Units at the end of the route for one at its start at the mids: no order gets more. */
export function mid_rate(view: View, route: Route): number {
  let rate = 1
  for (const hop of route) rate *= hop.side > 0 ? 1 / view.mid(hop.market) : view.mid(hop.market)
  return rate
}

/**
 * Adds the orders of a route to the open bundle, each passing on what the one before received.
 * @param first the amount, or `of`: the action of the bundle whose result is sold
 * @param limits worst price per hop in quote per base, 0 none
 * @returns position of the last order, or `first.of` (−1) for an empty route
 */
export function sell_along(
  out: Actions,
  route: Route,
  first: { readonly amount: number } | { readonly of: number },
  fields: Partial<Omit<Action, 'kind'>>,
  limits: readonly number[] = [],
): number {
  let of = 'of' in first ? first.of : -1
  for (let i = 0; i < route.length; i++) {
    const { market, side } = route[i] as Hop
    const amount = i === 0 && 'amount' in first ? first.amount : 0
    const exact = side > 0 ? 'quote' : 'base'
    // What is sold counts as forced where it first meets a market, not at each exchange on the way.
    const rest = i === 0 ? fields : { ...fields, sold: 'free' as const, victim: -1 }
    of = out.add('order', { ...rest, market, side, exact, amount, of, limit: limits[i] ?? 0 })
  }
  return of
}
