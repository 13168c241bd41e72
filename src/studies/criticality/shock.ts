/**
 * The reproduction number of one shock: USD of liquidations that its own liquidations bring about in the next generation, per USD of them.
 * Where the spectral radius asks whether selling can feed itself at all, this asks how far this shock's does, weighted by who sells in it.
 */
import { exp, log } from '../../math/index.ts'
import type { Snapshot } from '../../model/index.ts'
import { build, shock_scenario, type ShockSpec } from '../../scenarios/index.ts'
import type { Crowd, Sale, Victim } from './crowd.ts'
import { StressedBooks } from './stress.ts'

/** Sizes at which the crowd is looked at, of the shock's: a small population is lumpy. */
const AROUND = [0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2] as const

/** A joint fall by the betas. */
export interface ShockQuestion {
  /** Of the price whose beta is 1, a ratio. */
  readonly fall: number
  /** How long it takes; accounts whose prices follow later than this do not count, ms. */
  readonly over_ms: number
  /** Furthest that the first generation's sales are taken to move a price, a ratio. */
  readonly reach: number
}

export interface Offspring {
  /** Liquidated by the shock itself, USD at start prices. */
  readonly first_usd: number
  /** Of that, what meets a market on which somebody quotes. */
  readonly sold_usd: number
  /** Liquidated beyond the first generation when its sales have moved prices, and sold. */
  readonly next_usd: number
  /** next ÷ first; 0 where nobody is liquidated. */
  readonly r: number
}

/** @param snapshot of the crowd; a run of the shock without feedback tells what books give in it */
export function shock_offspring(
  snapshot: Snapshot,
  crowd: Crowd,
  question: ShockQuestion,
  run: { readonly seed?: number; readonly tick_ms?: number } = {},
): Offspring {
  const { fall, over_ms } = question
  const { assets } = crowd.world.parts
  const moves = crowd.by_beta(log(1 - fall))
  const shocks = assets.flatMap(({ id }, a): ShockSpec[] =>
    moves[a] === 0 ? [] : [{ asset: id, change: exp(moves[a] as number) - 1, over_ms, at_ms: 0 }],
  )
  const world = build(snapshot, shock_scenario(shocks, { ...run, horizon_ms: over_ms }))
  return offspring(crowd, new StressedBooks(world), question)
}

/** What a first generation of liquidations brings about. Sales of one asset move all its markets together; all assets at once. */
export function offspring(crowd: Crowd, books: StressedBooks, { fall, over_ms, reach }: ShockQuestion): Offspring {
  const prompt = ({ lag_ms }: Victim) => lag_ms <= over_ms
  const looks = AROUND.map((factor) => {
    const logs = crowd.by_beta(log(1 - fall) * factor)
    return { logs, victims: crowd.victims(logs).filter(prompt) }
  })
  const flow = new Float64Array(crowd.world.parts.assets.length)
  let first_usd = 0
  for (const { logs, victims } of looks)
    for (const sale of victims.flatMap(({ sales }) => sales)) {
      const usd = at_start(sale, logs) / AROUND.length
      first_usd += usd
      if (meets(sale, books)) flow[sale.asset] = (flow[sale.asset] as number) + usd
    }
  const moved = flow.map((usd, asset) => Math.min(-log(1 - reach), books.fall(asset, usd)))
  let next_usd = 0
  for (const { logs, victims } of looks) {
    const before = new Set(victims.map(({ venue, row }) => `${venue}/${row}`))
    const deeper = logs.map((value, asset) => value - (moved[asset] as number))
    const fresh = crowd.victims(deeper).filter((victim) => prompt(victim) && !before.has(`${victim.venue}/${victim.row}`))
    for (const sale of fresh.flatMap(({ sales }) => sales))
      if (meets(sale, books)) next_usd += at_start(sale, deeper) / AROUND.length
  }
  const sold_usd = flow.reduce((sum, usd) => sum + Math.max(0, usd), 0)
  next_usd = Math.max(0, next_usd)
  return { first_usd, sold_usd, next_usd, r: first_usd > 0 ? next_usd / first_usd : 0 }
}

/** Where nobody quotes a contract, its accounts are taken over instead and nothing is sold. */
const meets = ({ market }: Sale, books: StressedBooks): boolean => market < 0 || books.quoted(market)

const at_start = ({ asset, usd }: Sale, logs: Float64Array): number => usd / exp(logs[asset] as number)
