/** Books of venues as portfolios of what their accounts would sell: fire sales, overlaps, stability. */
import { fire_sale, indirect_contagion } from '../../analytics/index.ts'
import { exp } from '../../math/index.ts'
import { type Book, equity_of } from './book.ts'
import { WITHIN } from './defaults.ts'
import { depths } from './liquidity.ts'

/** What the accounts of a venue that lose by the shock hold and owe together. */
export interface Portfolio {
  readonly venue: number
  readonly assets_usd: number
  readonly equity_usd: number
  /** By asset: collateral of those who owe, and long contracts. */
  readonly gross: Float64Array
  /** The part of it that their debts do not hedge: its loss by the shock is theirs. */
  readonly exposed: Float64Array
  /** Accounts that lose. Left out of the figures above: those without equity, and those that lose by what they owe or are short of alone. */
  readonly accounts: number
  readonly insolvent: number
  readonly short: number
}

const add = (to: Float64Array, at: number, usd: number) => void (to[at] = (to[at] as number) + usd)

/** @param factor price of each asset after the shock ÷ before */
export function portfolio_of(book: Book, venue: number, factor: ArrayLike<number>): Portfolio {
  const n = book.world.parts.assets.length
  const still = new Float64Array(n).fill(1)
  const [gross, exposed] = [new Float64Array(n), new Float64Array(n)]
  const fall = (asset: number) => 1 - (factor[asset] as number)
  let [assets_usd, equity_usd, accounts, insolvent, short] = [0, 0, 0, 0, 0]
  for (const account of book.accounts) {
    if (account.venue !== venue || account.of !== 'party') continue
    const own = { ...account, lines: account.lines.filter(({ secures }) => secures) }
    if (!own.lines.some(({ side, contract }) => side < 0 || contract)) continue
    const equity = equity_of(own, still)
    const lost = equity - equity_of(own, factor)
    if (!(lost > 0)) continue
    accounts += 1
    const held = own.lines.filter(({ side }) => side > 0)
    const of_held = held.reduce((sum, { asset, usd }) => sum + usd * fall(asset), 0)
    if (!(equity > 0)) insolvent += 1
    else if (!(of_held > 0)) short += 1
    else {
      equity_usd += equity
      const part = Math.min(1, lost / of_held)
      for (const { asset, usd } of held) {
        assets_usd += usd
        add(gross, asset, usd)
        add(exposed, asset, part * usd)
      }
    }
  }
  return { venue, assets_usd, equity_usd, gross, exposed, accounts, insolvent, short }
}

/** Fall of an asset's price per USD sold, from the depth of all its markets; 0 where there is none. */
export function impacts(book: Book): Float64Array {
  const { assets } = book.world.parts
  const depth = depths(book)
  return Float64Array.from(assets, (asset, a) => {
    const usd = [...(depth[a] as Map<string, number>).values()].reduce((sum, one) => sum + one, 0)
    return asset.numeraire === true || usd === 0 ? 0 : WITHIN / usd
  })
}

export interface VenueSale {
  readonly venue: string
  readonly accounts: number
  readonly insolvent: number
  readonly short: number
  readonly assets_usd: number
  readonly equity_usd: number
  /** Lost to the shock itself, share of its equity. */
  readonly direct: number
  /** Lost to everybody's sales, share of its equity. */
  readonly indirect: number
  /** Equity of all that its sales cost, share of all equity. */
  readonly systemicness: number
}

/** An asset of which more is sold than a linear impact can take: its price would fall below 0. */
export interface BeyondLinear {
  readonly asset: string
  readonly sold_usd: number
  /** 1 ÷ impact: sold at once, this much takes the price to 0. */
  readonly limit_usd: number
}

export interface Sales {
  readonly direct: number
  /** Prices fall exponentially with what is sold. */
  readonly aggregate: number
  /** Of it, what owners have left to lose after the shock, by venue; the rest falls on whoever lent to them, or on the fund. */
  readonly by_owners: number
  /** Lost to the shock and to sales beyond what owners have, by venue, share of all equity. */
  readonly beyond_equity: number
  readonly radius: number
  readonly beyond_linear: readonly BeyondLinear[]
  /** Sold, and no market of it has depth: counted without a fall. */
  readonly no_market: readonly string[]
  readonly venues: readonly VenueSale[]
}

/** Greenwood–Landier–Thesmar over venues; null where nobody loses. */
export function sales(book: Book, factor: ArrayLike<number>): Sales | null {
  const { assets, venues } = book.world.parts
  const list = venues
    .map((_, v) => portfolio_of(book, v, factor))
    .filter(({ assets_usd, equity_usd }) => assets_usd > 0 && equity_usd > 0)
  if (list.length === 0) return null
  const equity = list.map(({ equity_usd }) => equity_usd)
  const impact = [...impacts(book)]
  const found = fire_sale({
    assets: list.map(({ assets_usd }) => assets_usd),
    equity,
    weights: list.map(({ assets_usd, exposed }) => [...exposed].map((usd) => usd / assets_usd)),
    impact,
    shock: assets.map((_, a) => (factor[a] as number) - 1),
    form: 'exponential',
  })
  const all = equity.reduce((sum, one) => sum + one, 0)
  const of_all = (part: (direct: number, indirect: number) => number) =>
    equity.reduce((sum, own, n) => sum + own * part(found.direct[n] as number, found.indirect[n] as number), 0) / all
  return {
    direct: found.direct.reduce((sum, one, n) => sum + one * (equity[n] as number), 0) / all,
    aggregate: found.aggregate,
    by_owners: of_all((direct, indirect) => Math.min(1, direct + indirect) - Math.min(1, direct)),
    beyond_equity: of_all((direct, indirect) => Math.max(0, direct + indirect - 1)),
    radius: found.radius,
    beyond_linear: beyond_linear(book, impact, found.sold),
    no_market: assets.flatMap(({ id, numeraire }, a) =>
      (found.sold[a] as number) > 0 && numeraire !== true && impact[a] === 0 ? [id] : [],
    ),
    venues: list.map(({ venue, accounts, insolvent, short, assets_usd, equity_usd }, n) => ({
      venue: venues[venue]?.id as string,
      accounts,
      insolvent,
      short,
      assets_usd,
      equity_usd,
      direct: found.direct[n] as number,
      indirect: found.indirect[n] as number,
      systemicness: found.systemicness[n] as number,
    })),
  }
}

function beyond_linear(book: Book, impact: readonly number[], sold: readonly number[]): BeyondLinear[] {
  return book.world.parts.assets
    .flatMap(({ id }, a) => {
      const [sold_usd, limit_usd] = [sold[a] as number, 1 / (impact[a] as number)]
      return sold_usd > limit_usd ? [{ asset: id, sold_usd, limit_usd }] : []
    })
    .sort((x, y) => y.sold_usd / y.limit_usd - x.sold_usd / x.limit_usd)
}

export interface Overlap {
  readonly venues: readonly { readonly venue: string; readonly index: number }[]
  /** First eigenvalue ÷ the sum of all: 1 where losses have one factor. */
  readonly one_factor: number
  /** What a loses in the first round when b sells all, prices falling exponentially with it: USD, and of what a holds that has a market. */
  readonly pairs: readonly { readonly a: string; readonly b: string; readonly usd: number; readonly share: number }[]
  /** Assets of which all venues hold more than a linear impact can take: of index and factor, which are made with it, little is left there. */
  readonly beyond_linear: readonly BeyondLinear[]
  /** Assets that are held and have no market: not counted. */
  readonly no_market: readonly string[]
}

/** Overlapping collateral, weighted with depth: Cont and Schaanning; null where nothing is held that has a market. */
export function overlap(book: Book, list: readonly Portfolio[]): Overlap | null {
  const { assets, venues } = book.world.parts
  const impact = impacts(book)
  const held = assets.map((_, a) => list.some(({ gross }) => (gross[a] as number) > 0))
  const kept = assets.flatMap((_, a) => (held[a] === true && (impact[a] as number) > 0 ? [a] : []))
  const some = list.filter(({ gross }) => kept.some((a) => (gross[a] as number) > 0))
  if (some.length === 0) return null
  const values = some.map(({ gross }) => kept.map((a) => gross[a] as number))
  const depth = kept.map((a) => 1 / (impact[a] as number))
  const { index, eigenvalues } = indirect_contagion(values, depth)
  const id = (n: number) => venues[(some[n] as Portfolio).venue]?.id as string
  const all = eigenvalues.reduce((sum, one) => sum + one, 0)
  return {
    venues: some.map((_, n) => ({ venue: id(n), index: index[n] as number })),
    one_factor: all > 0 ? (eigenvalues[0] as number) / all : 1,
    pairs: values.flatMap((own, a) =>
      values.map((other, b) => {
        const usd = own.reduce((sum, held_usd, k) => sum + held_usd * (1 - exp(-(other[k] as number) / (depth[k] as number))), 0)
        return { a: id(a), b: id(b), usd, share: usd / own.reduce((sum, held_usd) => sum + held_usd, 0) }
      }),
    ),
    beyond_linear: beyond_linear(
      book,
      [...impact],
      assets.map((_, a) => some.reduce((sum, { gross }) => sum + (gross[a] as number), 0)),
    ),
    no_market: assets.flatMap(({ id: asset, numeraire }, a) =>
      held[a] === true && numeraire !== true && impact[a] === 0 ? [asset] : [],
    ),
  }
}

/** Assets that fall together: those with a beta, or where nothing has one, all but the unit of account. */
function all_fall(book: Book): Float64Array {
  const { assets } = book.world.parts
  const some = assets.some(({ numeraire, beta }) => numeraire !== true && beta !== 0)
  return Float64Array.from(assets, ({ numeraire, beta }) => (numeraire === true || (some && beta === 0) ? 1 : 0.99))
}

/** Of each venue, the accounts that lose when everything falls alike. */
export function whole_books(book: Book): Portfolio[] {
  const fall = all_fall(book)
  return book.world.parts.venues.map((_, v) => portfolio_of(book, v, fall))
}
