/** Tokens that are claims on something else, as far as a snapshot says so. */
import type { KindSpec } from '../../model/index.ts'
import type { Book } from './book.ts'

/** `redeems`: a queue or module pays it in another asset. `priced-as`: a venue values it at a multiple of another asset. */
export interface TokenLink {
  readonly token: number
  readonly underlying: number
  readonly how: 'redeems' | 'priced-as'
  /** The market, or the venue whose oracle it is. */
  readonly by: string
  /** USD it redeems for ÷ USD it trades at. */
  readonly value_ratio: number
}

type Tree = Readonly<Record<string, unknown>>
const is_tree = (value: unknown): value is Tree => value !== null && typeof value === 'object' && !ArrayBuffer.isView(value)

/** The first market of the path that an oracle's price comes from, if it is taken as it stands; with the constant factors on the way. */
function priced_by(book: Book, oracle: unknown): { readonly market: string; readonly rate: number } | undefined {
  if (typeof oracle === 'string')
    return priced_by(
      book,
      book.snapshot.oracles.find(({ id }) => id === oracle),
    )
  if (Array.isArray(oracle)) {
    const [first] = oracle as readonly Tree[]
    return first === undefined || first['inverse'] === true ? undefined : { market: String(first['market']), rate: 1 }
  }
  if (!is_tree(oracle)) return undefined
  const inner = priced_by(book, oracle['path'] ?? oracle['source'])
  if (inner === undefined) return undefined
  const ratio = is_tree(oracle['ratio']) ? oracle['ratio']['at_start'] : undefined
  const of = (value: unknown) => (typeof value === 'number' ? value : 1)
  return { market: inner.market, rate: inner.rate * of(oracle['rate']) * of(ratio) }
}

/** Every place of a venue's spec that names an asset beside its oracle: `asset` with `oracle`, `collateral` with `collateral_oracle`. */
function* priced(spec: unknown, depth = 0): Generator<readonly [string, unknown]> {
  if (!is_tree(spec) || depth > 4) return
  for (const [field, oracle] of [
    ['asset', 'oracle'],
    ['collateral', 'collateral_oracle'],
    ['loan', 'loan_oracle'],
  ] as const)
    if (typeof spec[field] === 'string' && spec[oracle] !== undefined) yield [spec[field], spec[oracle]]
  for (const inner of Object.values(spec)) yield* priced(inner, depth + 1)
}

function of_oracles(book: Book): TokenLink[] {
  const { assets } = book.world.parts
  const position = (id: string) => assets.findIndex((asset) => asset.id === id)
  const out: TokenLink[] = []
  for (const venue of book.snapshot.venues)
    for (const [id, oracle] of priced(venue)) {
      const token = position(id)
      const found = priced_by(book, oracle)
      const market = book.snapshot.markets.find((one) => one.id === found?.market)
      const underlying = position(String(market?.['base']))
      if (found === undefined || token < 0 || underlying < 0 || underlying === token) continue
      if (out.some((link) => link.token === token)) continue
      const value_ratio = (found.rate * book.world.usd(underlying)) / book.world.usd(token)
      out.push({ token, underlying, how: 'priced-as', by: venue.id, value_ratio })
    }
  return out
}

const redeems = ({ kind }: KindSpec) => kind === 'redemption-queue' || kind === 'peg-module'

/** One link a token: what redeems it goes before how it is priced. */
export function token_links(book: Book): TokenLink[] {
  const { world, snapshot } = book
  const out: TokenLink[] = []
  snapshot.markets.forEach((spec, m) => {
    if (!redeems(spec)) return
    const { base, quote_asset } = world.market(m)
    if (out.some(({ token }) => token === base)) return
    const value_ratio = (world.mid(m) * world.usd(quote_asset)) / world.usd(base)
    out.push({ token: base, underlying: quote_asset, how: 'redeems', by: spec.id, value_ratio })
  })
  for (const link of of_oracles(book)) if (!out.some(({ token }) => token === link.token)) out.push(link)
  return out
}
