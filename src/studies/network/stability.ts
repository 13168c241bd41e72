/** Do failures spread because accounts hold the same? Each account as a portfolio that is sold whole when the venue's law is broken. */
import { portfolio_branching, portfolio_cascade, type Portfolios } from '../../analytics/index.ts'
import { csrFromDense, spectralRadius } from '../../math/index.ts'
import { after, type Book, type BookAccount } from './book.ts'
import { impacts } from './portfolios.ts'

export interface Stability {
  /** `now`, or after the shock. */
  readonly at: 'now' | 'shock'
  readonly accounts: number
  /** Already in breach: they are sold first. */
  readonly first: number
  readonly first_usd: number
  /** Who follows, in how many rounds. */
  readonly further: number
  readonly further_usd: number
  readonly rounds: number
  /**
   * Spectral radius of who would take whom along alone, among the largest accounts that stand: from 1 on a failure can come back to where it
   * began; 0: no failure of one takes a ring of others.
   */
  readonly branching: number
  /** The same from the numbers of assets and holders alone, everybody of one size and one buffer. */
  readonly branching_of_degrees: number
}

/** Accounts among which the branching matrix is laid out. */
const LARGEST = 400

interface Holder {
  readonly usd: number
  /** Loss at which the venue's law is broken; 0 and below: it is. */
  readonly buffer: number
  readonly parts: readonly (readonly [asset: number, usd: number])[]
}

/** What an account that owes would sell, as far as it has a market: collateral, at an exchange long contracts; undefined where there is none. */
function holder_of(
  { lines }: BookAccount,
  exchange: boolean,
  factor: ArrayLike<number>,
  impact: Float64Array,
): Holder | undefined {
  const own = lines.filter(({ secures }) => secures)
  if (!own.some(({ side, contract }) => side < 0 || contract)) return undefined
  let [slack, usd, weighted] = [0, 0, 0]
  const parts = new Map<number, number>()
  for (const line of own) {
    const worth = after(line, factor)
    slack += line.side * line.weight * worth
    if (line.side < 0 || (exchange && !line.contract) || !((impact[line.asset] as number) > 0)) continue
    usd += worth
    weighted += worth * line.weight
    parts.set(line.asset, (parts.get(line.asset) ?? 0) + worth)
  }
  return weighted > 0 ? { usd, buffer: (slack / weighted) * usd, parts: [...parts].sort((a, b) => a[0] - b[0]) } : undefined
}

/**
 * Portfolios in USD. A price falls by exp(−alpha · part of all of it that is sold), the same alpha for all: so one more holder a piece, who never
 * fails, makes up all of each asset such that alpha ÷ all is its impact by depth.
 */
function laid_out(holders: readonly Holder[], impact: Float64Array): { readonly portfolios: Portfolios; readonly alpha: number } {
  const held = new Float64Array(impact.length)
  for (const { parts } of holders) for (const [a, usd] of parts) held[a] = (held[a] as number) + usd
  const alpha = held.reduce((most, usd, a) => Math.max(most, usd * (impact[a] as number)), 0)
  const rest = [...held.keys()].flatMap((a): (readonly [number, number])[] =>
    (held[a] as number) > 0 ? [[a, Math.max(0, alpha / (impact[a] as number) - (held[a] as number))]] : [],
  )
  const rows = [...holders.map(({ parts }) => parts), ...rest.map((part) => [part])]
  const at = new Int32Array(rows.length + 1)
  rows.forEach((row, i) => (at[i + 1] = (at[i] as number) + row.length))
  const all = rows.flat()
  return {
    alpha,
    portfolios: {
      assets: impact.length,
      at,
      asset: Int32Array.from(all, ([a]) => a),
      value: Float64Array.from(all, ([, usd]) => usd),
    },
  }
}

/** Failures from `first` on; −1 stands. */
function cascade(holders: readonly Holder[], impact: Float64Array, first: readonly number[]): Int32Array {
  const { portfolios, alpha } = laid_out(holders, impact)
  const count = portfolios.at.length - 1
  const buffer = Float64Array.from({ length: count }, (_, i) => holders[i]?.buffer ?? Number.POSITIVE_INFINITY)
  return portfolio_cascade(portfolios, buffer, alpha, first).subarray(0, holders.length)
}

function branching(standing: readonly Holder[], impact: Float64Array): number {
  const list = [...standing].sort((a, b) => b.usd - a.usd).slice(0, LARGEST)
  const n = list.length
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    cascade(list, impact, [i]).forEach((round, j) => {
      if (round === 1) matrix[i * n + j] = 1
    })
  return n === 0 ? 0 : spectralRadius(csrFromDense(matrix, n)).value
}

const frequencies = (counts: readonly number[]) => {
  const out = new Float64Array(counts.reduce((most, one) => Math.max(most, one), 0) + 1)
  for (const one of counts) out[one] = (out[one] as number) + 1 / counts.length
  return out
}

function branching_of_degrees(standing: readonly Holder[], impact: Float64Array): number {
  const total = standing.reduce((sum, { usd }) => sum + usd, 0)
  if (!(total > 0)) return 0
  const held = new Float64Array(impact.length)
  const holders = Array.from(impact, () => 0)
  for (const { parts } of standing)
    for (const [a, usd] of parts) {
      held[a] = (held[a] as number) + usd
      holders[a] = (holders[a] as number) + 1
    }
  return portfolio_branching({
    holder_degrees: frequencies(standing.map(({ parts }) => parts.length)),
    asset_degrees: frequencies(holders.filter((count) => count > 0)),
    share: 1,
    buffer: standing.reduce((sum, { buffer }) => sum + buffer, 0) / total,
    alpha: held.reduce((sum, usd, a) => sum + ((usd * (impact[a] as number)) / total) * usd, 0),
  })
}

/** @param factor price of each asset ÷ price at the opening */
export function stability(book: Book, factor: ArrayLike<number>, at: Stability['at']): Stability {
  // Books are as deep in units as they were.
  const impact = impacts(book).map((one, a) => one / (factor[a] as number))
  const holders = book.accounts.flatMap((account) => {
    const one = account.of === 'party' ? holder_of(account, book.exchange[account.venue] === true, factor, impact) : undefined
    return one === undefined ? [] : [one]
  })
  const first = holders.flatMap(({ buffer }, i) => (buffer > 0 ? [] : [i]))
  const failed = cascade(holders, impact, first)
  const usd = (picked: (round: number) => boolean) =>
    holders.reduce((sum, holder, i) => (picked(failed[i] as number) ? sum + holder.usd : sum), 0)
  const standing = holders.filter(({ buffer }) => buffer > 0)
  return {
    at,
    accounts: holders.length,
    first: first.length,
    first_usd: usd((round) => round === 0),
    further: failed.reduce((sum, round) => (round > 0 ? sum + 1 : sum), 0),
    further_usd: usd((round) => round > 0),
    rounds: failed.reduce((most, round) => Math.max(most, round), 0),
    branching: branching(standing, impact),
    branching_of_degrees: branching_of_degrees(standing, impact),
  }
}
