/**
 * One sale over all routes at once, at equal marginal price. Routes of one or two hops between two assets are a tree: markets of one pair lie side by
 * side, and what goes over another asset is a pair of such groups one after the other. A part that is asked for a rate (units out for one more unit in)
 * answers with all that it takes at that rate or better, which is the market's own price limit; so the sale is a search for one rate at which all
 * parts together take the amount. Where a market has one price for many units, that rate is theirs, and they fill what is left.
 *
 * Exact where no further unit brings more than the one before, fees included: order books and pools. Where a market asks for a least amount, the
 * result is compared with the best single route and never worse.
 */
import type { View } from '../../model/index.ts'
import { type Hop, mid_rate, type Plans, type Route } from './routes.ts'

/** Rates this close are one rate: between them parts are interpolated, so that what is lost is of second order. */
const NARROW = 1e-9
/** Share of the best rate below which no route is worth looking at. */
const WORST = 1e-9
const STEPS = 90

export interface Flow {
  readonly taken: number
  readonly given: number
}

const NO_FLOW: Flow = { taken: 0, given: 0 }

/** The published markets and what this round has planned on them. */
interface Books {
  readonly view: View
  readonly plans: Plans
  readonly party: number
}

type Tree =
  | { readonly kind: 'hop'; readonly hop: Hop }
  | { readonly kind: 'beside'; readonly parts: readonly Tree[] }
  | { readonly kind: 'after'; readonly first: Tree; readonly second: Tree }

/** Side by side, or the part itself when it is alone. */
const beside = (parts: readonly Tree[]): Tree => (parts.length === 1 ? (parts[0] as Tree) : { kind: 'beside', parts })

/** Hops without repetition, in the order in which they come. */
const distinct = (hops: readonly Hop[]): Hop[] =>
  hops.filter((hop, i) => hops.findIndex((other) => other.market === hop.market) === i)
const leaves = (hops: readonly Hop[]): Tree => beside(distinct(hops).map((hop) => ({ kind: 'hop', hop })))

/** The tree of routes between two assets; none of them empty. */
function tree_of(routes: readonly Route[]): Tree {
  const direct = distinct(routes.filter((route) => route.length === 1).map((route) => route[0] as Hop))
  const over = [...new Set(routes.filter((route) => route.length === 2).map((route) => (route[0] as Hop).to))]
  const chains = over.map((asset): Tree => {
    const through = routes.filter((route) => route.length === 2 && route[0]?.to === asset)
    return {
      kind: 'after',
      first: leaves(through.map((route) => route[0] as Hop)),
      second: leaves(through.map((route) => route[1] as Hop)),
    }
  })
  return beside([...direct.map((hop): Tree => ({ kind: 'hop', hop })), ...chains])
}

/** No unit brings more than this. */
function best_rate(tree: Tree, view: View): number {
  if (tree.kind === 'hop') return mid_rate(view, [tree.hop])
  if (tree.kind === 'after') return best_rate(tree.first, view) * best_rate(tree.second, view)
  return tree.parts.reduce((most, part) => Math.max(most, best_rate(part, view)), 0)
}

/** All units of which each brings at least `rate`. */
function at(tree: Tree, rate: number, books: Books): Flow {
  if (tree.kind === 'hop') return books.plans.within(books.view, tree.hop, rate, books.party)
  if (tree.kind === 'after') return at_both(tree.first, tree.second, rate, books)
  let [taken, given] = [0, 0]
  for (const part of tree.parts) {
    const flow = at(part, rate, books)
    taken += flow.taken
    given += flow.given
  }
  return { taken, given }
}

interface Bracket {
  readonly low: number
  readonly high: number
}

/**
 * Where a falling function of a rate crosses zero: rates around it, close together; the function may jump. The chord finds it; where it comes from one
 * side twice it is carried as far beyond, so that both ends close in; where they do not, the middle is taken.
 */
function cross(f: (rate: number) => number, low: number, high: number, at_low: number, at_high: number): Bracket {
  let [a, b, fa, fb] = [low, high, at_low, at_high]
  let [side, width] = [0, b - a]
  for (let i = 0; i < STEPS && b - a > NARROW * b; i++) {
    const chord = a + ((b - a) * fa) / (fa - fb)
    const middle = (a + b) / 2
    let x = chord
    if (side > 0) x = Math.min(middle, chord + (chord - a))
    if (side < 0) x = Math.max(middle, chord - (b - chord))
    if (i % 3 === 2) {
      if (!(b - a < width / 4)) x = middle
      width = b - a
    }
    if (!(x > a && x < b)) x = middle
    const y = f(x)
    if (y >= 0) {
      a = x
      fa = y
      side = 1
    } else {
      b = x
      fb = y
      side = -1
    }
  }
  return { low: a, high: b }
}

/** Where `x` lies between two values, 0 to 1; 1 when they are one. */
const place = (x: number, from: number, to: number): number =>
  to > from ? Math.min(1, Math.max(0, (x - from) / (to - from))) : 1
const between = (from: number, to: number, share: number): number => from + (to - from) * share

/** Two parts in a row: the first works at μ, the second at rate ÷ μ, and what the one gives the other takes. */
function at_both(first: Tree, second: Tree, rate: number, books: Books): Flow {
  const most = [best_rate(first, books.view), best_rate(second, books.view)] as const
  const [low, high] = [rate / most[1], most[0]]
  if (!(low <= high)) return NO_FLOW
  const gap = (mu: number) => at(first, mu, books).given - at(second, rate / mu, books).taken
  const [at_low, at_high] = [gap(low), gap(high)]
  const found = at_low < 0 ? { low, high: low } : at_high >= 0 ? { low: high, high } : cross(gap, low, high, at_low, at_high)
  const [a, b] = [at(first, found.low, books), at(first, found.high, books)]
  const [c, d] = [at(second, rate / found.low, books), at(second, rate / found.high, books)]
  const middle = Math.min(a.given, d.taken)
  return {
    taken: between(b.taken, a.taken, place(middle, b.given, a.given)),
    given: between(c.given, d.given, place(middle, c.taken, d.taken)),
  }
}

/** What every market takes when the tree is given an amount, by market, and what comes out. Less is taken where there is no more to be had. */
function spread(tree: Tree, amount: number, books: Books, into: Map<Hop, number>): number {
  if (tree.kind === 'hop') {
    into.set(tree.hop, amount)
    return books.plans.given(books.view, tree.hop, amount, books.party)
  }
  if (tree.kind === 'after') return spread(tree.second, spread(tree.first, amount, books, into), books, into)
  const shares = share_out(tree, amount, books)
  return tree.parts.reduce((sum, part, i) => sum + spread(part, shares[i] as number, books, into), 0)
}

/** Parts of an amount at one rate. */
function share_out(tree: Tree & { readonly kind: 'beside' }, amount: number, books: Books): number[] {
  const { parts } = tree
  const short = (rate: number) => at(tree, rate, books).taken - amount
  const high = best_rate(tree, books.view) * (1 + 1e-9)
  let [low, at_low, factor] = [high, -amount, 0.99]
  while (at_low < 0 && low > WORST * high) {
    low *= factor
    factor *= factor
    at_low = short(Math.max(low, WORST * high))
  }
  low = Math.max(low, WORST * high)
  if (at_low < 0) return parts.map((part) => at(part, low, books).taken)
  const found = cross(short, low, high, at_low, -amount)
  const [more, less] = [found.low, found.high].map((rate) => parts.map((part) => at(part, rate, books).taken)) as [
    number[],
    number[],
  ]
  const sum = (list: readonly number[]) => list.reduce((total, x) => total + x, 0)
  const share = place(amount, sum(less), sum(more))
  return parts.map((_, i) => between(less[i] as number, more[i] as number, share))
}

export interface Part {
  readonly route: Route
  /** Units at its start. */
  readonly amount: number
}

/** How a sale is split, and what comes out of all parts together. */
export interface Split {
  readonly parts: readonly Part[]
  readonly given: number
}

/** The flows of a chain as routes: what the first markets give is handed to the second ones in their order. */
function chain(routes: readonly Route[], flows: ReadonlyMap<Hop, number>, { view, plans, party }: Books): Part[] {
  const flow = (hop: Hop) => flows.get(hop) ?? 0
  const used = (hops: readonly Hop[]) =>
    distinct(hops)
      .filter((hop) => flow(hop) > 0)
      .sort((a, b) => flow(a) - flow(b))
  const [firsts, seconds] = [used(routes.map((route) => route[0] as Hop)), used(routes.map((route) => route[1] as Hop))]
  const parts: Part[] = []
  let [l, room] = [0, seconds.length > 0 ? flow(seconds[0] as Hop) : 0]
  for (const first of firsts) {
    const amount = flow(first)
    const given = plans.given(view, first, amount, party)
    // In order, each second market takes what it has room for, the last one the rest.
    for (let [out, spent] = [0, 0]; out < given && l < seconds.length; ) {
      const rest = l === seconds.length - 1 || room >= (given - out) * (1 - 1e-12)
      const part = rest ? given - out : room
      const upto = rest ? amount : plans.needed(view, first, out + part, party)
      const route = routes.find((one) => one[0]?.market === first.market && one[1]?.market === seconds[l]?.market)
      if (route !== undefined && upto > spent) parts.push({ route, amount: upto - spent })
      room -= part
      out += part
      spent = upto
      if (!rest) room = flow(seconds[++l] as Hop)
      else break
    }
  }
  return parts
}

/**
 * The split of an amount over open routes, none of them empty; never worse than the best of them alone. Nothing is planned by it.
 * Smaller parts come first, and parts over one market stand in the order in which they count on each other.
 */
export function split(view: View, plans: Plans, routes: readonly Route[], amount: number, party: number): Split {
  const books: Books = { view, plans, party }
  const best = plans.best(view, routes, amount, party)
  if (best === undefined) return { parts: [], given: 0 }
  const alone: Split = { parts: [{ route: best, amount }], given: plans.out(view, best, amount, party) }
  if (routes.length < 2) return alone
  const flows = new Map<Hop, number>()
  const given = spread(tree_of(routes), amount, books, flows)
  if (!(given > alone.given * (1 + 1e-12))) return alone
  const direct = routes.filter((route) => route.length === 1 && (flows.get(route[0] as Hop) ?? 0) > 1e-12 * amount)
  const groups = direct.map((route): Part[] => [{ route, amount: flows.get(route[0] as Hop) as number }])
  const over = routes.filter((route) => route.length === 2)
  for (const asset of new Set(over.map((route) => (route[0] as Hop).to))) {
    const through = over.filter((route) => route[0]?.to === asset)
    groups.push(chain(through, flows, books))
  }
  const size = (parts: readonly Part[]) => parts.reduce((sum, part) => sum + part.amount, 0)
  return { parts: groups.sort((a, b) => size(a) - size(b)).flat(), given }
}

/** All that the routes together take while each unit brings at least `rate`, after what is planned. */
export const worth_selling = (view: View, plans: Plans, routes: readonly Route[], rate: number, party: number): Flow =>
  at(tree_of(routes), rate, { view, plans, party })

/** The split of the amount that gives `wanted`, at most `most`; nearly, as the rate falls with size. */
export function split_for(
  view: View,
  plans: Plans,
  routes: readonly Route[],
  wanted: number,
  most: number,
  party: number,
): Split {
  let units = Math.min(most, wanted / routes.reduce((rate, route) => Math.max(rate, mid_rate(view, route)), 0))
  let found = split(view, plans, routes, units, party)
  for (let i = 0; i < 12 && found.given > 0 && found.given < wanted * (1 - 1e-7) && units < most; i++) {
    units = Math.min(most, (units * wanted) / found.given)
    found = split(view, plans, routes, units, party)
  }
  return found
}
