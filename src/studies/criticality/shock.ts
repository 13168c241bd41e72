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
  return offspring(crowd, stressed_books(snapshot, crowd, question, run), question)
}

/** What books give at their worst moment on the way of a shock. */
export function stressed_books(
  snapshot: Snapshot,
  crowd: Crowd,
  { fall, over_ms }: ShockQuestion,
  run: { readonly seed?: number; readonly tick_ms?: number } = {},
): StressedBooks {
  const { assets } = crowd.world.parts
  const moves = crowd.by_beta(log(1 - fall))
  const shocks = assets.flatMap(({ id }, a): ShockSpec[] =>
    moves[a] === 0 ? [] : [{ asset: id, change: exp(moves[a] as number) - 1, over_ms, at_ms: 0 }],
  )
  return new StressedBooks(build(snapshot, shock_scenario(shocks, { ...run, horizon_ms: over_ms })))
}

/** What a first generation of liquidations brings about. Sales of one asset move all its markets together; all assets at once. */
export const offspring = (crowd: Crowd, books: StressedBooks, question: ShockQuestion): Offspring =>
  totals(new ShockedCrowd(crowd, books, question).generations())

export const totals = ({ first_usd, sold_usd, next_usd, r }: Offspring): Offspring => ({ first_usd, sold_usd, next_usd, r })

/** The crowd at one of the sizes at which it is looked at. */
export interface Look {
  /** Log moves of the assets. */
  readonly logs: Float64Array
  readonly victims: readonly Victim[]
}

export interface Generations extends Offspring {
  readonly first: readonly Look[]
  /** In breach only now, beside whom the first is. */
  readonly next: readonly Look[]
  /** By asset: sold (+) and bought (−) by the first generation where somebody quotes, USD at start prices. */
  readonly flow: Float64Array
  /** By asset: fall of the log price by that flow, no further than the reach. */
  readonly moved: Float64Array
  /** The same without a reach, by what books give. */
  readonly unbounded: Float64Array
}

/** Two generations of a shock, with everybody or without some; the books are those of the run with everybody. */
export class ShockedCrowd {
  readonly books: StressedBooks
  readonly question: ShockQuestion
  private readonly crowd: Crowd
  private readonly looks: readonly Look[]
  /** In breach after the shock as it is, but at prices that follow only later than it takes: they do not count. */
  readonly late: readonly Victim[]
  /** Who tips over when the first generation has moved prices so far, by the moves. */
  private readonly tipped = new Map<string, readonly Look[]>()

  constructor(crowd: Crowd, books: StressedBooks, question: ShockQuestion) {
    this.crowd = crowd
    this.books = books
    this.question = question
    this.looks = AROUND.map((factor) => {
      const logs = crowd.by_beta(log(1 - question.fall) * factor)
      return { logs, victims: crowd.victims(logs).filter((victim) => this.prompt(victim)) }
    })
    this.late = crowd.victims(crowd.by_beta(log(1 - question.fall))).filter((victim) => !this.prompt(victim))
  }

  private prompt({ lag_ms }: Victim): boolean {
    return lag_ms <= this.question.over_ms
  }

  private tip(moved: Float64Array): readonly Look[] {
    const key = moved.join()
    const known = this.tipped.get(key)
    if (known !== undefined) return known
    const found = this.looks.map(({ logs, victims }): Look => {
      const before = new Set(victims.map(key_of))
      const deeper = logs.map((value, asset) => value - (moved[asset] as number))
      const fresh = this.crowd.victims(deeper).filter((victim) => this.prompt(victim) && !before.has(key_of(victim)))
      return { logs: deeper, victims: fresh }
    })
    this.tipped.set(key, found)
    return found
  }

  /** @param left_out accounts that sell in neither generation, and so move no price either */
  generations(left_out?: (victim: Victim) => boolean): Generations {
    const { crowd, books } = this
    const kept = (looks: readonly Look[]): readonly Look[] =>
      left_out === undefined
        ? looks
        : looks.map(({ logs, victims }) => ({ logs, victims: victims.filter((victim) => !left_out(victim)) }))
    const first = kept(this.looks)
    const flow = new Float64Array(crowd.world.parts.assets.length)
    let first_usd = 0
    for_each_sale(first, (sale, usd) => {
      first_usd += usd
      if (this.meets(sale)) flow[sale.asset] = (flow[sale.asset] as number) + usd
    })
    const unbounded = flow.map((usd, asset) => books.fall(asset, usd))
    const moved = unbounded.map((fall) => Math.min(-log(1 - this.question.reach), fall))
    const next = kept(this.tip(moved))
    let next_usd = 0
    for_each_sale(next, (sale, usd) => {
      if (this.meets(sale)) next_usd += usd
    })
    next_usd = Math.max(0, next_usd)
    const sold_usd = flow.reduce((sum, usd) => sum + Math.max(0, usd), 0)
    const r = first_usd > 0 ? next_usd / first_usd : 0
    return { first_usd, sold_usd, next_usd, r, first, next, flow, moved, unbounded }
  }

  /** Where nobody quotes a contract, its accounts are taken over instead and nothing is sold. */
  meets({ market }: Sale): boolean {
    return market < 0 || this.books.quoted(market)
  }
}

/** Name of an account among all venues. */
export const key_of = ({ venue, row }: Pick<Victim, 'venue' | 'row'>): string => `${venue}/${row}`

/** Every sale of a generation with its part of the mean over the looks, USD at start prices. */
export function for_each_sale(looks: readonly Look[], then: (sale: Sale, usd: number, victim: Victim) => void): void {
  for (const { logs, victims } of looks)
    for (const victim of victims)
      for (const sale of victim.sales) then(sale, sale.usd / exp(logs[sale.asset] as number) / AROUND.length, victim)
}
