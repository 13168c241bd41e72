/** Who is at several venues: what one calls may be sold at another. */
import { type Book, type BookAccount, type Party, party_name } from './book.ts'

export interface OwnerRow {
  readonly owner: string
  readonly venues: readonly { readonly venue: string; readonly owed_usd: number; readonly held_usd: number }[]
  readonly owed_usd: number
}

export interface SharedOwners {
  readonly a: string
  readonly b: string
  readonly owners: number
  /** Σ over owners of the smaller of what they owe at either. */
  readonly usd: number
  /** Owed at a by owners who also owe at b ÷ all owed at a; and the other way. */
  readonly share_of_a: number
  readonly share_of_b: number
}

/** Who holds an asset at venues: collateral, supplies and long contracts. */
export interface Holders {
  readonly asset: string
  readonly usd: number
  readonly owners: number
  /** Herfindahl–Hirschman over owners. */
  readonly hhi: number
  readonly largest: readonly { readonly owner: string; readonly usd: number; readonly share: number }[]
}

export interface CommonOwners {
  readonly owners: number
  readonly at_several: number
  readonly largest: readonly OwnerRow[]
  readonly shared: readonly SharedOwners[]
  readonly holders: readonly Holders[]
}

/** USD of an account that a liquidation would repay or close: notional of contracts where there are any, else debts. */
export function exposure_of({ lines }: BookAccount): number {
  let [notional, debts] = [0, 0]
  for (const { side, contract, usd } of lines) {
    if (contract) notional += usd
    else if (side < 0) debts += usd
  }
  return notional > 0 ? notional : debts
}

const held_of = ({ lines }: BookAccount) =>
  lines.reduce((sum, { side, usd, contract }) => (side > 0 && !contract ? sum + usd : sum), 0)

interface Row {
  readonly party: Party
  readonly owed: Float64Array
  readonly held: Float64Array
}

/** Owners that are named for each asset. */
const NAMED = 3

function holders_of(book: Book): Holders[] {
  const { assets } = book.world.parts
  const held = assets.map(() => new Map<Party, number>())
  for (const { party, lines } of book.accounts) {
    const owner = book.parties[party]
    if (owner === undefined) continue
    for (const { side, asset, usd } of lines) {
      const to = held[asset] as Map<Party, number>
      if (side > 0) to.set(owner, (to.get(owner) ?? 0) + usd)
    }
  }
  return held
    .flatMap((of, a): Holders[] => {
      const usd = [...of.values()].reduce((sum, one) => sum + one, 0)
      if (!(usd > 0)) return []
      const largest = [...of].sort((x, y) => y[1] - x[1]).slice(0, NAMED)
      return [
        {
          asset: assets[a]?.id as string,
          usd,
          owners: of.size,
          hhi: [...of.values()].reduce((sum, one) => sum + (one / usd) * (one / usd), 0),
          largest: largest.map(([party, own]) => ({ owner: party_name(book, party), usd: own, share: own / usd })),
        },
      ]
    })
    .sort((x, y) => y.usd - x.usd)
}

export function common_owners(book: Book, top: number): CommonOwners {
  const { venues } = book.world.parts
  const rows = book.parties
    .filter(({ accounts }) => accounts.length > 0)
    .map((party): Row => {
      const row = { party, owed: new Float64Array(venues.length), held: new Float64Array(venues.length) }
      for (const at of party.accounts) {
        const account = book.accounts[at] as BookAccount
        row.owed[account.venue] = (row.owed[account.venue] as number) + exposure_of(account)
        row.held[account.venue] = (row.held[account.venue] as number) + held_of(account)
      }
      return row
    })
  const all = venues.map((_, v) => rows.reduce((sum, { owed }) => sum + (owed[v] as number), 0))
  const several = rows.filter(({ owed, held }) => owed.filter((usd, v) => usd + (held[v] as number) > 0).length > 1)
  const due = ({ owed }: Row) => owed.reduce((sum, usd) => sum + usd, 0)
  const shared = venues.flatMap(({ id: a }, v) =>
    venues.slice(v + 1).flatMap(({ id: b }, k): SharedOwners[] => {
      const w = v + 1 + k
      const both = several.filter(({ owed }) => (owed[v] as number) > 0 && (owed[w] as number) > 0)
      if (both.length === 0) return []
      const of = (at: number) => both.reduce((sum, { owed }) => sum + (owed[at] as number), 0)
      return [
        {
          a,
          b,
          owners: both.length,
          usd: both.reduce((sum, { owed }) => sum + Math.min(owed[v] as number, owed[w] as number), 0),
          share_of_a: of(v) / (all[v] as number),
          share_of_b: of(w) / (all[w] as number),
        },
      ]
    }),
  )
  return {
    owners: rows.length,
    at_several: several.length,
    largest: several
      .sort((a, b) => due(b) - due(a))
      .slice(0, top)
      .map((row) => ({
        owner: party_name(book, row.party),
        owed_usd: due(row),
        venues: venues.flatMap(({ id }, v) => {
          const [owed_usd, held_usd] = [row.owed[v] as number, row.held[v] as number]
          return owed_usd + held_usd > 0 ? [{ venue: id, owed_usd, held_usd }] : []
        }),
      })),
    shared,
    holders: holders_of(book),
  }
}
