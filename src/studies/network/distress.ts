/** Who brings down whom: sequential default and DebtRank over venues and owners. */
import { debt_rank, debt_rank_once, furfine, type Link, LoanBook } from '../../analytics/index.ts'
import { after, type Book, type BookAccount, equity_of, party_name } from './book.ts'
import type { Network } from './nodes.ts'

/** Venues first, then parties: claims and capital in USD. */
interface Graph {
  readonly venues: number
  readonly names: readonly (() => string)[]
  /** What is owed to suppliers and holders of a venue; equity of a party. */
  readonly capital: Float64Array
  readonly loans: readonly Loan[]
}

interface Loan {
  readonly lender: number
  readonly borrower: number
  readonly usd: number
  /** What secures it at the lender. */
  readonly secured: number
}

export interface DistressRun {
  /** Who is lost, or `shock`. */
  readonly first: string
  readonly kind: 'venue' | 'owner' | 'shock'
  /** Capital lost at the start. */
  readonly direct_usd: number
  /** Lost by all others on top, with later rounds (differential) and with everybody speaking once (original). */
  readonly further_usd: number
  readonly further_once_usd: number
  /** Share of its suppliers' money that each venue has lost in the end. */
  readonly venues: readonly { readonly venue: string; readonly lost: number }[]
}

export interface Fall {
  readonly first: string
  /** Who cannot pay everybody in full, round by round. */
  readonly rounds: readonly (readonly string[])[]
}

function graph_of(book: Book, network: Network, factor: ArrayLike<number>): Graph {
  const venues = book.world.parts.venues.length
  const count = venues + book.parties.length
  const capital = new Float64Array(count)
  const loans: Loan[] = []
  const add = (to: number, usd: number) => void (capital[to] = (capital[to] as number) + usd)
  book.parties.forEach(({ accounts, treasury }, p) => {
    const party = venues + p
    for (const [asset, usd] of treasury) add(party, usd * (factor[asset] as number))
    for (const at of accounts) {
      const account = book.accounts[at] as BookAccount
      const [held, owed] = sides_of(book, account, factor)
      add(party, held - owed)
      if (owed > 0) loans.push({ lender: account.venue, borrower: party, usd: owed, secured: held })
      if (held > 0) loans.push({ lender: party, borrower: account.venue, usd: held, secured: 0 })
    }
  })
  for (const { venue, owed_outside, owed } of network.nodes) if (venue >= 0) add(venue, owed_outside + owed)
  for (const { creditor, debtor, usd } of network.tokens) {
    const [lender, borrower] = [network.nodes[creditor]?.venue ?? -1, network.nodes[debtor]?.venue ?? -1]
    if (lender >= 0 && borrower >= 0 && lender !== borrower) loans.push({ lender, borrower, usd, secured: 0 })
  }
  const names = [
    ...book.world.parts.venues.map(
      ({ id }) =>
        () =>
          id,
    ),
    ...book.parties.map((party) => () => party_name(book, party)),
  ]
  return { venues, names, capital, loans }
}

/** What an account is owed by its venue, and what it owes: gross at a lender, net at an exchange. */
function sides_of(book: Book, account: BookAccount, factor: ArrayLike<number>): readonly [number, number] {
  if (book.exchange[account.venue] === true) {
    const equity = equity_of(account, factor)
    return [Math.max(0, equity), Math.max(0, -equity)]
  }
  let [held, owed] = [0, 0]
  for (const line of account.lines) {
    if (line.side > 0) held += after(line, factor)
    else owed += after(line, factor)
  }
  return [held, owed]
}

/** A loan to a party costs its venue the share `lost` when all of the party's capital is gone; a claim on a venue falls as the venue's money does. */
function book_of({ venues, capital, loans }: Graph, lost: number): LoanBook {
  const links = loans.flatMap(({ lender, borrower, usd }): Link[] => {
    const own = capital[lender] as number
    if (!(own > 0)) return []
    return [{ lender, borrower, leverage: ((borrower < venues ? 1 : lost) * usd) / own }]
  })
  return new LoanBook(capital.length, links)
}

function run(graph: Graph, loans: LoanBook, shock: Float64Array, first: string, kind: DistressRun['kind']): DistressRun {
  const worth = graph.capital.map((own) => Math.max(0, own))
  const lost = (shares: Float64Array) => shares.reduce((sum, share, i) => sum + share * (worth[i] as number), 0)
  // A venue's money is its suppliers', and is counted with them: only what the rest of the world has there is its own.
  const owners = (shares: Float64Array) => shares.map((share, i) => (i < graph.venues ? 0 : share))
  const end = debt_rank(loans, shock)
  const once = debt_rank_once(loans, shock)
  const direct_usd = kind === 'venue' ? lost(shock) : lost(owners(shock))
  const before = lost(owners(shock))
  return {
    first,
    kind,
    direct_usd,
    further_usd: lost(owners(end)) - before,
    further_once_usd: lost(owners(once)) - before,
    venues: Array.from({ length: graph.venues }, (_, v) => ({ venue: graph.names[v]?.() as string, lost: end[v] as number })),
  }
}

/** Parties with the largest debts first. */
function largest({ venues, loans }: Graph, top: number): number[] {
  const owed = new Map<number, number>()
  for (const { borrower, usd } of loans) if (borrower >= venues) owed.set(borrower, (owed.get(borrower) ?? 0) + usd)
  return [...owed]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, top)
    .map(([party]) => party)
}

/** DebtRank of the shock, of the loss of each venue, and of the largest debtors one by one. @param network at the opening */
export function distress(book: Book, network: Network, factor: ArrayLike<number>, lost: number, top: number): DistressRun[] {
  const still = new Float64Array(book.world.parts.assets.length).fill(1)
  const graph = graph_of(book, network, still)
  const shocked = graph_of(book, network, factor)
  const loans = book_of(graph, lost)
  const by_price = graph.capital.map((own, i) =>
    i < graph.venues || !(own > 0) ? 0 : Math.min(1, Math.max(0, 1 - (shocked.capital[i] as number) / own)),
  )
  const alone = (i: number) => Float64Array.from(graph.capital, (_, k) => (k === i ? 1 : 0))
  const name = (i: number) => (graph.names[i] as () => string)()
  return [
    run(graph, loans, by_price, 'shock', 'shock'),
    ...Array.from({ length: graph.venues }, (_, v) => run(graph, loans, alone(v), name(v), 'venue')),
    ...largest(graph, top).map((i) => run(graph, loans, alone(i), name(i), 'owner')),
  ]
}

/**
 * Furfine after the shock, over venues and the largest debtors. A venue falls when its fund is gone, an owner when his capital is. Who falls costs a
 * lender what is missing once the collateral is sold at a loss of the share `lost`, and those with claims on a fallen venue that share of them.
 */
export function falls(book: Book, shocked: Network, factor: ArrayLike<number>, lost: number, top: number): Fall[] {
  const graph = graph_of(book, shocked, factor)
  const chosen = [...Array.from({ length: graph.venues }, (_, v) => v), ...largest(graph, top)]
  const place = new Map(chosen.map((i, k) => [i, k] as const))
  const exposure = chosen.map(() => chosen.map(() => 0))
  for (const { lender, borrower, usd, secured } of graph.loans) {
    const [from, to] = [place.get(lender), place.get(borrower)]
    if (from === undefined || to === undefined) continue
    const row = exposure[from] as number[]
    row[to] = (row[to] as number) + (borrower < graph.venues ? lost * usd : Math.max(0, usd - (1 - lost) * secured))
  }
  const capital = chosen.map((i) => Math.max(0, i < graph.venues ? (book.fund[i] as number) : (graph.capital[i] as number)))
  const name = (k: number) => (graph.names[chosen[k] as number] as () => string)()
  return chosen.map((_, k) => ({ first: name(k), rounds: furfine(exposure, capital, k, 1).map((round) => round.map(name)) }))
}
