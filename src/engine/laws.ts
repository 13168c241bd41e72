/** What must hold at every moment of every run. Each law gives sentences about what is broken; none when all is well. */
import { Quote } from '../model/index.ts'
import { broken_causes } from './causes.ts'
import type { World } from './world.ts'

export interface Law {
  readonly id: string
  /** The law in one sentence. */
  readonly says: string
  broken(world: World, start: Float64Array): string[]
}

const TOLERANCE = 1e-9

/**
 * Of what flowed through, this part may be rounding: a posting is added to and taken from a few balances, each rounded by at most 2⁻⁵³ of itself, and a
 * balance that it went through was at least as large. 32 roundings a posting; a billion units in and out again leave 3.6e-6 of a unit.
 */
const ROUNDING = 32 * 1.1102230246251565e-16

/** Per asset: everything that treasuries, transit, venues and markets hold. */
export function holdings(world: World): Float64Array {
  const out = new Float64Array(world.parts.assets.length)
  world.ledger.holdings(out)
  for (const { part } of world.parts.venues) part.holdings(out)
  for (const { part } of world.parts.markets) part.holdings(out)
  return out
}

export const LAWS: readonly Law[] = [
  {
    id: 'conservation',
    says: 'per asset, what treasuries, transit, venues and markets hold changes only by named mints and burns',
    broken(world, start) {
      const now = holdings(world)
      const { minted: created, flowed } = world.ledger.postings
      const minted = created.columns.amount.data
      const out: string[] = []
      for (let a = 0; a < now.length; a++) {
        const miss = Math.abs((now[a] as number) - (start[a] as number) - (minted[a] as number))
        const scale = Math.max(Math.abs(now[a] as number), Math.abs(start[a] as number), Math.abs(minted[a] as number), 1e-6)
        const floor = ROUNDING * (flowed[a] as number)
        if (!(miss <= Math.max(TOLERANCE * scale, floor))) out.push(`${world.parts.assets[a]?.id}: holdings are off by ${miss}`)
      }
      return out
    },
  },
  {
    id: 'components',
    says: "every venue's and market's own laws hold",
    broken(world) {
      const out: string[] = []
      for (const { id, part } of [...world.parts.venues, ...world.parts.markets])
        for (const line of part.violations()) out.push(`${id}: ${line}`)
      return out
    },
  },
  {
    id: 'vectors',
    says: 'every price, mid or feed, is its start times the exponential of its displacement, summed over all sources',
    broken(world) {
      const out: string[] = []
      const quote = new Quote(world.parts.feeds.sources)
      for (let m = 0; m < world.parts.markets.length; m++) {
        world.quote(m, quote)
        if (!(quote.residual() <= TOLERANCE))
          out.push(`market ${world.parts.markets[m]?.id}: vector misses the price by ${quote.residual()}`)
        if (!(Math.abs(quote.price / world.mid(m) - 1) <= TOLERANCE))
          out.push(`market ${world.parts.markets[m]?.id}: mid ${world.mid(m)}, vector has ${quote.price}`)
      }
      for (let f = 0; f < world.feeds.length; f++) {
        world.feeds.read(f, quote)
        if (quote.price > 0 && !(quote.residual() <= TOLERANCE))
          out.push(`feed ${f}: vector misses the price by ${quote.residual()}`)
      }
      return out
    },
  },
  {
    id: 'shares',
    says: 'the shares of every set sum to 1, and so do the pivotal shares',
    broken(world) {
      const { log } = world.parts
      const { set, share, pivotal } = log.share_columns
      const out: string[] = []
      for (let i = 0; i < log.shares.length; ) {
        const [first, last] = log.share_range(set.data[i] as number)
        let sum = 0
        let by = 0
        for (let j = first; j < last; j++) {
          sum += share.data[j] as number
          by += pivotal.data[j] as number
        }
        if (!(Math.abs(sum - 1) <= TOLERANCE && Math.abs(by - 1) <= TOLERANCE))
          out.push(`share set ${set.data[i]} sums to ${sum}, pivotal ${by}`)
        i = Math.max(last, i + 1)
      }
      return out
    },
  },
  {
    id: 'causes',
    says: 'every forced sale has a chain of causes that leads from sale to event to sale, each on behalf of who is blamed, until it is outside',
    broken: (world) => broken_causes(world.parts.log),
  },
  {
    id: 'bad debt',
    says: 'bad debt is never negative and no row holds a value that is not a number',
    broken(world) {
      const { log } = world.parts
      const { usd, amount, price } = log.columns
      for (let row = 0; row < log.length; row++) {
        if (log.kind(row) === 'bad_debt' && !((usd.data[row] as number) >= 0)) return [`row ${row}: bad debt of ${usd.data[row]}`]
        if (Number.isNaN(usd.data[row]) || Number.isNaN(amount.data[row]) || Number.isNaN(price.data[row]))
          return [`row ${row} (${log.kind(row)}) holds a NaN`]
      }
      return []
    },
  },
]

/** All laws at this moment. */
export function broken_laws(world: World, start: Float64Array): string[] {
  return LAWS.flatMap((law) => law.broken(world, start).map((line) => `${law.id}: ${line}`))
}
