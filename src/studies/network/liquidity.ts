/** Where an asset can be sold, and how concentrated that is. */
import type { Book } from './book.ts'
import { WITHIN } from './defaults.ts'

export interface Concentration {
  readonly of: string
  readonly usd: number
  /** Largest first. */
  readonly shares: readonly { readonly where: string; readonly usd: number; readonly share: number }[]
  /** Herfindahl–Hirschman: Σ of squared shares, from 1 ÷ n to 1. */
  readonly hhi: number
  /** 1 ÷ HHI. */
  readonly effective: number
}

export interface Liquidity {
  /** By asset: what one side of each place gives within 1 % of its mid. A place is an exchange or a market of its own. */
  readonly depth: readonly Concentration[]
  /** Mean of the HHI of assets, weighted with their depth; null without any. */
  readonly weighted_hhi: number | null
  /** The same of debts by venue, per asset owed; of contracts by venue, per asset. */
  readonly debts: readonly Concentration[]
  readonly contracts: readonly Concentration[]
}

/** @returns undefined where there is nothing */
export function concentration(of: string, parts: ReadonlyMap<string, number>): Concentration | undefined {
  const usd = [...parts.values()].reduce((sum, one) => sum + one, 0)
  if (!(usd > 0)) return undefined
  const shares = [...parts]
    .filter(([, one]) => one > 0)
    .map(([where, one]) => ({ where, usd: one, share: one / usd }))
    .sort((a, b) => b.usd - a.usd)
  const hhi = shares.reduce((sum, { share }) => sum + share * share, 0)
  return { of, usd, shares, hhi, effective: 1 / hhi }
}

/** By asset of which it is the base: USD on one side of each market. */
export function depths(book: Book): Map<string, number>[] {
  const { assets, markets, venues } = book.world.parts
  const out = assets.map(() => new Map<string, number>())
  markets.forEach(({ id, part }, m) => {
    const where = part.settles < 0 ? id : (venues[part.settles]?.id ?? id)
    const usd = book.world.depth(m, WITHIN) * book.world.usd(part.base)
    const to = out[part.base] as Map<string, number>
    if (usd > 0 && usd < Number.POSITIVE_INFINITY) to.set(where, (to.get(where) ?? 0) + usd)
  })
  return out
}

/** Of contracts the half: each has a long and a short side. */
function by_venue(book: Book, contract: boolean): Map<string, number>[] {
  const { assets, venues } = book.world.parts
  const out = assets.map(() => new Map<string, number>())
  for (const { venue, lines } of book.accounts)
    for (const line of lines) {
      if (line.contract !== contract || (contract ? false : line.side > 0 || book.exchange[venue] === true)) continue
      const [to, where] = [out[line.asset] as Map<string, number>, venues[venue]?.id as string]
      to.set(where, (to.get(where) ?? 0) + line.usd * (contract ? 0.5 : 1))
    }
  return out
}

export function liquidity(book: Book): Liquidity {
  const { assets } = book.world.parts
  const table = (parts: readonly Map<string, number>[]) =>
    parts
      .map((one, a) => concentration(assets[a]?.id as string, one))
      .filter((one) => one !== undefined)
      .sort((a, b) => b.usd - a.usd)
  const depth = table(depths(book))
  const all = depth.reduce((sum, { usd }) => sum + usd, 0)
  return {
    depth,
    weighted_hhi: all > 0 ? depth.reduce((sum, { usd, hhi }) => sum + usd * hhi, 0) / all : null,
    debts: table(by_venue(book, false)),
    contracts: table(by_venue(book, true)),
  }
}
