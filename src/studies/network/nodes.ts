/** Who owes whom: pools, exchanges and issuers as nodes with what they have, what they have lent and what they owe. */
import type { KindSpec } from '../../model/index.ts'
import { type Book, equity_of } from './book.ts'

/**
 * `pool`: an asset at a lender that is lent out. `custody`: collateral that is only kept. `issuer`: a debt asset that a lender creates against collateral. `exchange`: all margin at one exchange.
 * `reserve`: a redemption queue or peg module that pays out of a reserve.
 */
export type NodeKind = 'pool' | 'custody' | 'issuer' | 'exchange' | 'reserve'

export interface Node {
  readonly id: string
  readonly kind: NodeKind
  /** −1 for a reserve. */
  readonly venue: number
  /** What is owed; −1 at an exchange, where it is equity. */
  readonly asset: number
  /** Tokens at hand, USD by asset; an issuer's own tokens are not among them. */
  readonly custody: Float64Array
  /** Owed to it by accounts. */
  readonly lent: number
  /** Owed to it by nobody who is listed. */
  readonly lent_outside: number
  /** Owed by it to accounts; of an issuer, to nobody by account. */
  readonly owed: number
  /** Owed by it to the rest of the world: suppliers and holders who are not listed, and the venue's own reserves. */
  readonly owed_outside: number
  /** What stands before those it owes. */
  readonly fund: number
}

/** A token in the custody of a node that another node owes. */
export interface TokenClaim {
  readonly creditor: number
  readonly debtor: number
  readonly asset: number
  readonly usd: number
}

export interface Network {
  readonly nodes: readonly Node[]
  readonly tokens: readonly TokenClaim[]
  /** Position of the node that owes what an account holds of an asset at a venue, kept or lent on, or to which it owes; −1 none. */
  at(venue: number, asset: number, kept: boolean): number
}

const sum = (values: Float64Array) => values.reduce((all, one) => all + one, 0)
const only = (length: number, asset: number, usd: number) => {
  const out = new Float64Array(length)
  out[asset] = usd
  return out
}

/** Σ of an exchange's accounts by the sign of their equity; its own rows are in its fund. */
function exchange_node(book: Book, v: number, factor: ArrayLike<number>): Node {
  let [owed, lent] = [0, 0]
  for (const account of book.accounts) {
    if (account.venue !== v || account.of !== 'party') continue
    const equity = equity_of(account, factor)
    if (equity >= 0) owed += equity
    else lent -= equity
  }
  const custody = (book.custody[v] as Float64Array).map((usd, a) => usd * (factor[a] as number))
  // Contracts cancel, so what is left belongs to whoever is not listed.
  const rest = sum(custody) + lent - owed
  const fund = Math.max(0, Math.min(book.fund[v] as number, rest))
  return {
    id: book.world.parts.venues[v]?.id as string,
    kind: 'exchange',
    venue: v,
    asset: -1,
    custody,
    lent,
    lent_outside: Math.max(0, -rest),
    owed,
    owed_outside: Math.max(0, rest) - fund,
    fund,
  }
}

interface Sides {
  /** Supplied and lent on, kept, owed: USD by asset. */
  readonly lent_on: Float64Array
  readonly kept: Float64Array
  readonly owed: Float64Array
}

function sides_of(book: Book, v: number, factor: ArrayLike<number>): Sides {
  const zeros = () => new Float64Array(book.world.parts.assets.length)
  const sides: Sides = { lent_on: zeros(), kept: zeros(), owed: zeros() }
  for (const { venue, lines } of book.accounts) {
    if (venue !== v) continue
    for (const { side, asset, usd, kept } of lines) {
      const list = side < 0 ? sides.owed : kept ? sides.kept : sides.lent_on
      list[asset] = (list[asset] as number) + usd * (factor[asset] as number)
    }
  }
  return sides
}

function lender_nodes(book: Book, v: number, factor: ArrayLike<number>): Node[] {
  const { assets, venues } = book.world.parts
  const sides = sides_of(book, v, factor)
  const node = (kind: NodeKind, a: number, id: string, own: number, lent: number, held: number): Node[] => {
    if (!(own > 0 || held > 0 || lent > 0)) return []
    const rest = own + lent - held
    // Rounding of sums over accounts is nobody's claim.
    const clean = Math.abs(rest) <= 1e-9 * (own + lent + held) ? 0 : rest
    const custody = only(assets.length, a, own)
    const outside = { lent_outside: Math.max(0, -clean), owed_outside: Math.max(0, clean) }
    return [{ id, kind, venue: v, asset: a, custody, lent, owed: held, ...outside, fund: 0 }]
  }
  return assets.flatMap((asset, a): Node[] => {
    const [held, kept, lent] = [sides.lent_on[a] as number, sides.kept[a] as number, sides.owed[a] as number]
    const own = ((book.custody[v] as Float64Array)[a] as number) * (factor[a] as number)
    const id = `${venues[v]?.id} ${asset.id}`
    if (book.pooled[v]?.[a] === true)
      return [
        ...node('pool', a, id, Math.max(0, own - kept), lent, held),
        ...node('custody', a, `${id} kept`, Math.min(own, kept), 0, kept),
      ]
    // Nothing of it is lent out of a pool: what is owed was created, and its own tokens in custody are no backing.
    if (lent > 0) return [...node('issuer', a, id, 0, lent, 0), ...node('custody', a, `${id} kept`, kept, 0, kept)]
    return node('custody', a, id, own, 0, kept)
  })
}

const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise)

/** A market that issues and redeems its base out of a reserve that the snapshot states. */
function reserve_node(book: Book, m: number, spec: KindSpec, factor: ArrayLike<number>): Node[] {
  if (spec.kind !== 'redemption-queue' && spec.kind !== 'peg-module') return []
  if (typeof spec['reserve'] !== 'number') return []
  const { base, quote_asset } = book.world.market(m)
  const behind = (spec['backing'] ?? {}) as Record<string, unknown>
  const units = spec['reserve'] + number(behind['locked'], 0) + number(behind['fund'], 0)
  const rate = spec.kind === 'peg-module' ? number(spec['price'], 1) : book.world.mid(m)
  const issued = number(spec[spec.kind === 'peg-module' ? 'debt' : 'supply'], units / rate)
  const [held, owed] = [
    units * book.world.usd(quote_asset) * (factor[quote_asset] as number),
    issued * book.world.usd(base) * (factor[base] as number),
  ]
  if (!(owed > 0)) return []
  return [
    {
      id: spec.id,
      kind: 'reserve',
      venue: -1,
      asset: base,
      custody: only(book.world.parts.assets.length, quote_asset, held),
      lent: 0,
      lent_outside: 0,
      owed: 0,
      owed_outside: owed,
      fund: Math.max(0, held - owed),
    },
  ]
}

/** Tokens of issuers and reserves in the custody of others, shared among those who owe the token in proportion to what they owe. */
function token_claims(nodes: readonly Node[]): TokenClaim[] {
  const out: TokenClaim[] = []
  const debtors = new Map<number, number[]>()
  nodes.forEach(({ kind, asset }, i) => {
    if (kind === 'issuer' || kind === 'reserve') debtors.set(asset, [...(debtors.get(asset) ?? []), i])
  })
  for (const [asset, list] of debtors) {
    const owed = list.map((i) => (nodes[i] as Node).owed_outside)
    const all = owed.reduce((a, b) => a + b, 0)
    const holders = nodes.map(({ custody }, i) => (list.includes(i) ? 0 : (custody[asset] as number)))
    const held = holders.reduce((a, b) => a + b, 0)
    // More tokens than the issuers owe: the rest was issued by somebody who is not in the snapshot.
    const share = held > all ? all / held : 1
    holders.forEach((usd, creditor) => {
      if (!(usd > 0) || !(all > 0)) return
      list.forEach((debtor, k) => out.push({ creditor, debtor, asset, usd: (usd * share * (owed[k] as number)) / all }))
    })
  }
  return out
}

/** @param factor price of each asset ÷ price at the opening */
export function network_of(book: Book, factor: ArrayLike<number>): Network {
  const { venues } = book.world.parts
  const nodes = [
    ...venues.flatMap((_, v) => (book.exchange[v] === true ? [exchange_node(book, v, factor)] : lender_nodes(book, v, factor))),
    ...book.snapshot.markets.flatMap((spec, m) => reserve_node(book, m, spec, factor)),
  ]
  const key = (venue: number, asset: number, kept: boolean) => `${venue}/${asset}/${kept ? 'kept' : ''}`
  const place = new Map(nodes.map(({ venue, asset, kind }, i) => [key(venue, asset, kind === 'custody'), i] as const))
  return {
    nodes,
    tokens: token_claims(nodes),
    at: (venue, asset, kept) => place.get(book.exchange[venue] === true ? key(venue, -1, false) : key(venue, asset, kept)) ?? -1,
  }
}

/** What a node has: custody, loans, and what nobody listed owes it. Equals what it owes and its fund. */
export const has_of = ({ custody, lent, lent_outside }: Node): number => sum(custody) + lent + lent_outside
export const owes_of = ({ owed, owed_outside, fund }: Node): number => owed + owed_outside + fund
