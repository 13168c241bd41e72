/**
 * What stands behind a claim in the end: through receipts, pools, loans and their collateral, to assets behind which a snapshot has nothing.
 * Shares solve x = Q x + terminals, Q the share of a claim that is itself a claim; Σ of powers of Q by doubling.
 */
import { type Book, type BookAccount } from './book.ts'
import { token_links, type TokenLink } from './links.ts'
import type { Network, Node } from './nodes.ts'

export interface LookThrough {
  readonly claim: string
  readonly usd: number
  /** Shares of one USD of it: assets behind which there is nothing more. */
  readonly assets: readonly { readonly asset: string; readonly share: number }[]
  /** Owed by borrowers who are not listed. */
  readonly unlisted: number
  /** Loans beyond their collateral, and tokens beyond the reserve behind them. */
  readonly uncovered: number
  /** Backed by itself alone, directly or round a ring. */
  readonly circular: number
  /** How often one USD of it stands behind itself: 1 without a loop, 1 ÷ (1 − p) where the share p comes back; null where nothing leaves. */
  readonly recursion: number | null
  /** USD of claims in the chain behind one USD of it, itself included; null where nothing leaves. */
  readonly layers: number | null
  /** Of a token: what makes it a claim, by which market or venue, and USD it redeems for ÷ USD it trades at; null where its issuer is in the snapshot alone. */
  readonly link: { readonly how: TokenLink['how']; readonly by: string; readonly value_ratio: number } | null
}

/** Powers of Q by doubling: 2 to the 50 steps, or until less than this is on its way. */
const DOUBLINGS = 50
const ON_ITS_WAY = 1e-13
/** A larger part that never arrives is a ring. */
const RING = 1e-9

/** Claims are tokens that stand for something, then nodes; terminals are assets, then unlisted, then uncovered. */
class Chain {
  readonly names: string[] = []
  readonly usd: number[] = []
  readonly rows: Map<number, number>[] = []
  readonly assets: number
  /** Where nodes begin. */
  nodes_from = 0
  private readonly token_at = new Map<number, number>()

  constructor(assets: number) {
    this.assets = assets
  }
  get unlisted(): number {
    return -1 - this.assets
  }
  get uncovered(): number {
    return -2 - this.assets
  }
  add(name: string, usd: number): number {
    this.names.push(name)
    this.usd.push(usd)
    return this.rows.push(new Map()) - 1
  }
  token(asset: number, name: string, usd: number): void {
    this.token_at.set(asset, this.add(name, usd))
  }
  /** Where an asset leads: a claim, or the terminal −1 − asset. */
  of(asset: number): number {
    return this.token_at.get(asset) ?? -1 - asset
  }
  is_token(asset: number): boolean {
    return this.token_at.has(asset)
  }
  /** Is this row that of a token which only names the nodes that owe it? */
  stands_for(row: ReadonlyMap<number, number>): boolean {
    return [...row.keys()].every((to) => to >= this.nodes_from)
  }
  put(from: number, to: number, share: number): void {
    const row = this.rows[from] as Map<number, number>
    if (share > 0) row.set(to, (row.get(to) ?? 0) + share)
  }
}

/** USD of each token at hand anywhere. */
function outstanding(book: Book, network: Network, asset: number): number {
  const issued = network.nodes.reduce(
    (all, node) => (node.asset === asset && (node.kind === 'issuer' || node.kind === 'reserve') ? all + node.owed_outside : all),
    0,
  )
  if (issued > 0) return issued
  return network.nodes.reduce((all, { custody }) => all + (custody[asset] as number), 0) + treasuries(book, asset)
}

const treasuries = ({ parties }: Book, asset: number) =>
  parties.reduce((all, { treasury }) => all + treasury.reduce((sum, [a, usd]) => (a === asset ? sum + usd : sum), 0), 0)

/** What secures the loans of an asset at a venue: each up to what is owed, in proportion to the borrower's collateral. */
function behind_loans(
  accounts: readonly BookAccount[],
  node: Node,
  visit: (asset: number, kept: boolean, usd: number) => void,
): { readonly uncovered: number } {
  let uncovered = 0
  for (const { venue, lines } of accounts) {
    if (venue !== node.venue) continue
    let [owed, here, held] = [0, 0, 0]
    for (const { side, asset, usd, secures } of lines) {
      if (side < 0) owed += usd
      if (side < 0 && asset === node.asset) here += usd
      if (side > 0 && secures) held += usd
    }
    if (here === 0) continue
    const covered = here * Math.min(1, held / owed)
    uncovered += here - covered
    for (const { side, asset, usd, secures, kept } of lines) if (side > 0 && secures) visit(asset, kept, (covered * usd) / held)
  }
  return { uncovered }
}

function chain_of(book: Book, network: Network, links: readonly TokenLink[]): Chain {
  const { assets } = book.world.parts
  const chain = new Chain(assets.length)
  const debtors = (asset: number) =>
    network.nodes.flatMap(({ kind, asset: own }, i) => (own === asset && (kind === 'issuer' || kind === 'reserve') ? [i] : []))
  assets.forEach(({ id }, a) => {
    if (debtors(a).length > 0 || links.some(({ token }) => token === a)) chain.token(a, id, outstanding(book, network, a))
  })
  const first = chain.names.length
  chain.nodes_from = first
  for (const { id, owed, owed_outside } of network.nodes) chain.add(id, owed + owed_outside)
  assets.forEach((_, a) => {
    if (!chain.is_token(a)) return
    const own = debtors(a)
    const all = own.reduce((sum, i) => sum + (network.nodes[i] as Node).owed_outside, 0)
    for (const i of own) chain.put(chain.of(a), first + i, (network.nodes[i] as Node).owed_outside / all)
    const link = links.find(({ token }) => token === a)
    if (own.length === 0 && link !== undefined) chain.put(chain.of(a), chain.of(link.underlying), 1)
  })
  network.nodes.forEach((node, i) => behind_node(book, network, chain, first, i, node))
  return chain
}

function behind_node(book: Book, network: Network, chain: Chain, first: number, i: number, node: Node): void {
  const own = node.custody.reduce((sum, usd) => sum + usd, 0)
  // An exchange pays winners out of losers: what it owes is backed by the margin it has.
  const lent = node.kind === 'exchange' ? 0 : node.lent
  const has = own + lent + node.lent_outside
  const all = node.kind === 'reserve' ? Math.max(has, node.owed_outside) : has
  if (!(all > 0)) return
  node.custody.forEach((usd, a) => chain.put(first + i, chain.of(a), usd / all))
  chain.put(first + i, chain.unlisted, node.lent_outside / all)
  if (node.kind === 'reserve') chain.put(first + i, chain.uncovered, 1 - has / all)
  if (lent === 0) return
  const { uncovered } = behind_loans(book.accounts, node, (asset, kept, usd) => {
    const pool = network.at(node.venue, asset, kept)
    chain.put(first + i, pool < 0 ? chain.of(asset) : first + pool, usd / all)
  })
  chain.put(first + i, chain.uncovered, uncovered / all)
}

const row_times = (row: Float64Array, b: readonly Float64Array[]): Float64Array => {
  const out = new Float64Array(row.length)
  row.forEach((share, k) => {
    if (share !== 0)
      for (let j = 0; j < out.length; j++) out[j] = (out[j] as number) + share * ((b[k] as Float64Array)[j] as number)
  })
  return out
}

export interface Visits {
  /** Σ of the powers of Q from the 0th on. */
  readonly sum: readonly Float64Array[]
  /** Share of each that is still on its way after them. */
  readonly left: readonly number[]
}

/** (I − Q)⁻¹ by doubling: S ← S + P S, P ← P P, until less than 1e-13 is on its way or 2^50 steps are summed. */
export function visits(q: readonly Float64Array[]): Visits {
  let power = q
  let sum = q.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)))
  const left = () => power.map((row) => row.reduce((all, one) => all + one, 0))
  for (let k = 0; k < DOUBLINGS && Math.max(0, ...left()) > ON_ITS_WAY; k++) {
    const before = sum
    sum = power.map((row, i) => row_times(row, before).map((more, j) => more + ((before[i] as Float64Array)[j] as number)))
    const half = power
    power = half.map((row) => row_times(row, half))
  }
  return { sum, left: left() }
}

/** Every claim with what is behind it, the largest first. */
export function look_through(book: Book, network: Network): LookThrough[] {
  const links = token_links(book)
  const chain = chain_of(book, network, links)
  const n = chain.rows.length
  const ids = book.world.parts.assets.map(({ id }) => id)
  const q = chain.rows.map((row) => Float64Array.from({ length: n }, (_, j) => row.get(j) ?? 0))
  const { sum, left } = visits(q)
  // A token and the nodes that owe it are one claim, counted where it is owed.
  const counts = chain.rows.map((row, i) => (i < chain.nodes_from && row.size > 0 && chain.stands_for(row) ? 0 : 1))
  const out = chain.rows.flatMap((own, i): LookThrough[] => {
    if (own.size === 0) return []
    const reach = sum[i] as Float64Array
    const ring = (left[i] as number) > RING
    const link = links.find(({ token }) => chain.of(token) === i)
    const terminal = (at: number) => chain.rows.reduce((all, row, k) => all + (reach[k] as number) * (row.get(at) ?? 0), 0)
    const assets = ids
      .map((asset, a) => ({ asset, share: terminal(-1 - a) }))
      .filter(({ share }) => share > RING)
      .sort((a, b) => b.share - a.share)
    return [
      {
        claim: chain.names[i] as string,
        usd: chain.usd[i] as number,
        assets,
        unlisted: terminal(chain.unlisted),
        uncovered: terminal(chain.uncovered),
        circular: ring ? (left[i] as number) : 0,
        recursion: ring ? null : (reach[i] as number),
        link: link === undefined ? null : { how: link.how, by: link.by, value_ratio: link.value_ratio },
        layers: ring ? null : reach.reduce((all, one, k) => all + one * (counts[k] as number), 0),
      },
    ]
  })
  return out.sort((a, b) => b.usd - a.usd)
}
