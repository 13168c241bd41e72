/** A whole book: how much of it a move would make liquidatable, and whose accounts are nearest. */
import { exp } from '../../math/index.ts'
import type { World } from '../../engine/index.ts'
import type { View } from '../../model/index.ts'
import type { AccountDoc } from '../../reports/index.ts'
import { type Answers, change_at, changes_of, logs_of, prices_at, type Question, said_in } from './answer.ts'
import { account_of, in_breach, legs_of, owed_of, type Sums, sums_of, unit_of } from './law.ts'
import { type Move, size_of } from './moves.ts'
import { LIMIT, type Track } from './path.ts'
import { name_of } from './people.ts'
import { type Probe, stands_at } from './probe.ts'
import { boundary, crossing } from './root.ts'
import { usd_sums } from './taking.ts'

export type BookAnswer = NonNullable<AccountDoc['book']>
type Step = BookAnswer['ladder'][number]
type Near = BookAnswer['nearest'][number]

/** Sizes at which everyone is tested, outwards, until enough are found: [up to, step]. */
const STRIDES = [
  [0.7, 0.005],
  [2.5, 0.05],
  [LIMIT, 0.2],
] as const

/** Whose turn it is: at this distance, on this side of the move. */
interface Next {
  readonly row: number
  readonly side: 1 | -1
  readonly size: number
}

/** One venue's accounts at one set of slot prices after another. */
class Crowd {
  readonly rows: Int32Array
  readonly v: number
  readonly strict: boolean
  private readonly world: World
  private readonly track: Track
  private readonly ratios: Float64Array
  private readonly prices: Float64Array

  constructor(world: World, v: number, track: Track, strict: boolean) {
    const venue = world.venue(v)
    this.world = world
    this.v = v
    this.track = track
    this.strict = strict
    this.ratios = new Float64Array(venue.prices.length)
    this.prices = new Float64Array(venue.prices.length)
    this.rows = Int32Array.from({ length: venue.rows }, (_, row) => row).filter(
      (row) => row !== venue.outside && legs_of(venue, row).length > 0,
    )
  }

  /** Slot prices at a size of the move; those of the call before are gone. */
  at(size: number): Float64Array {
    const now = this.world.venue(this.v).prices
    this.track.at(size, this.ratios)
    for (let slot = 0; slot < now.length; slot++) this.prices[slot] = (now[slot] as number) * (this.ratios[slot] as number)
    return this.prices
  }

  breached(row: number, prices: Float64Array): boolean {
    return in_breach(this, this.world.venue(this.v).health(row, prices))
  }

  /** Accounts in breach at a size, and what they hold and owe there: asked of the venue there, or by the statement of now. */
  step(probe: Probe, move: Move, change: number, size: number): Step {
    const { world, v } = this
    const prices = this.at(size)
    const rows = this.rows.filter((row) => this.breached(row, prices))
    const logs = move.logs.map((log) => log * size)
    if (probe.world === world) {
      const look = (view: View) => Array.from(rows, (row) => usd_sums(world, v, row, view))
      return totals(
        change,
        probe.visit(logs, look, () => stands_at(world.venue(v), prices)),
      )
    }
    const sums = Array.from(rows, (row) => {
      const legs = legs_of(world.venue(v), row)
      const unit = unit_of(legs)
      return sums_of(legs, unit < 0 ? 1 : world.usd(unit) * exp(logs[unit] as number), this.ratios)
    })
    return totals(change, sums)
  }

  /** Rows in breach now, and those that are next along the move or against it: at least `most` of both together. */
  nearest(most: number): { readonly now: number[]; readonly next: readonly Next[] } {
    const venue = this.world.venue(this.v)
    const start = this.at(0)
    const now = [...this.rows].filter((row) => this.breached(row, start))
    const left = new Set([...this.rows].filter((row) => venue.health(row, start) < Number.POSITIVE_INFINITY))
    for (const row of now) left.delete(row)
    const next: Next[] = []
    let from = 0
    while (now.length + next.length < most && left.size > 0 && from < LIMIT) {
      const [, stride] = STRIDES.find(([to]) => from < to) as (typeof STRIDES)[number]
      const to = Math.min(from + stride, LIMIT)
      const found: { row: number; side: 1 | -1 }[] = []
      for (const side of [1, -1] as const) {
        const prices = this.at(side * to)
        for (const row of left) if (this.breached(row, prices)) found.push({ row, side })
      }
      for (const { row, side } of found) {
        left.delete(row)
        const size = boundary((distance) => this.breached(row, this.at(side * distance)), false, from, to)
        next.push({ row, side, size })
      }
      from = to
    }
    return { now, next: next.sort((a, b) => a.size - b.size || a.row - b.row) }
  }
}

function totals(change: number, list: readonly Sums[]): Step {
  const sum = (of: (sums: Sums) => number) => list.reduce((all, sums) => all + of(sums), 0)
  return {
    change,
    accounts: list.length,
    liquidatable_usd: sum(owed_of),
    collateral_usd: sum((sums) => sums.assets),
    shortfall_usd: sum((sums) => Math.max(0, sums.debts - sums.assets)),
  }
}

/** @param top most accounts that are listed */
export function book_answer(probe: Probe, answers: Answers, question: Question, v: number, top: number): BookAnswer {
  const { world } = answers
  const { id, kind } = world.parts.venues[v] as (typeof world.parts.venues)[number]
  const { assets } = world.parts
  const { move, path } = answers.joint()
  const track = path.track(v)
  const crowd = new Crowd(world, v, track, answers.is_strict(v))
  const start = crowd.at(0)
  const venue = world.venue(v)
  const changes = [0, ...changes_of(move, question.steps, question.back_steps)]
  // The furthest along the move first.
  const direction = move.logs[move.lead] as number
  changes.sort((a, b) => (b - a) * direction)
  const owing = crowd.rows.filter((row) => venue.health(row, start) < Number.POSITIVE_INFINITY)
  const owed_usd = crowd.rows.reduce((sum, row) => sum + owed_of(usd_sums(world, v, row, world)), 0)
  const ladder = changes.map((change) => crowd.step(probe, move, change, size_of(move, change)))
  const { now, next } = crowd.nearest(top)
  return {
    venue: id,
    kind,
    accounts: crowd.rows.length,
    owing: owing.length,
    breached: now.length,
    owed_usd,
    move: move.id,
    lead: assets[move.lead]?.id as string,
    logs: logs_of(move, assets),
    ladder,
    nearest: [...breached_now(world, v, now), ...approaching(world, crowd, move, track, next.slice(0, 2 * top))].slice(0, top),
  }
}

function near_of(world: World, v: number, row: number): Omit<Near, 'change' | 'log_move' | 'method' | 'prices'> {
  const venue = world.venue(v)
  const sums = usd_sums(world, v, row, world)
  return {
    account: row,
    owner: name_of(world, venue.owner(row)),
    health: venue.health(row, venue.prices),
    owed_usd: owed_of(sums),
    equity_usd: sums.assets - sums.debts,
  }
}

function breached_now(world: World, v: number, rows: readonly number[]): Near[] {
  return rows
    .map((row): Near => ({ ...near_of(world, v, row), change: 0, log_move: 0, method: null, prices: [] }))
    .sort((a, b) => a.health - b.health || a.account - b.account)
}

function approaching(world: World, crowd: Crowd, move: Move, track: Track, rows: readonly Next[]): Near[] {
  const venue = world.venue(crowd.v)
  const said = said_in(world)
  const found = rows.flatMap(({ row, side }) => {
    const account = account_of(venue, row, crowd.strict)
    const at = crossing(account, track, side)
    if (at === undefined) return []
    const log_move = (move.logs[move.lead] as number) * at.size
    const near: Near = {
      ...near_of(world, crowd.v, row),
      change: change_at(move, at.size),
      log_move,
      method: at.method,
      prices: prices_at(account.legs, track, at.size, said),
    }
    return [near]
  })
  // Who breaks on both sides stands once, with the nearer.
  return found
    .sort((a, b) => Math.abs(a.log_move) - Math.abs(b.log_move) || a.account - b.account)
    .filter((one, i, list) => list.findIndex((other) => other.account === one.account) === i)
}
