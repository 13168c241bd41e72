/** Random days of one exchange: moves, books, orders, money in and out; and the laws that must survive them. */
import { expect } from 'vitest'
import { LOG_KINDS, type LogKind } from '../../src/model/index.ts'
import { equity } from '../../src/venues/shared/exchange/kernel.ts'
import { cash_in, coin_of_row, type Exchange, may_hold, quantity_of } from '../../src/venues/shared/exchange/state.ts'
import type { Ladder, PerpWorld, Row, Setup } from './perp-world.ts'
import { PerpWorld as World } from './perp-world.ts'

/** Uniform draws from a seed (mulberry32). */
export class Draws {
  private state: number

  constructor(seed: number) {
    this.state = seed >>> 0
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next()
  }

  /** From low to high, evenly on a log scale. */
  scale(low: number, high: number): number {
    return low * (high / low) ** this.next()
  }

  whole(n: number): number {
    return Math.floor(this.next() * n)
  }

  pick<T>(list: readonly T[]): T {
    return list[this.whole(list.length)] as T
  }
}

export interface Fuzzed {
  /** A world of a few accounts at these prices; contract 0 and perhaps 1. */
  setup(draws: Draws): Setup
  readonly prices: readonly number[]
  /** Are the contracts inverse, by position? */
  readonly inverse?: readonly boolean[]
  /** Margin coins of a row that holds a contract, per unit of account. */
  coin?(contract: number): { readonly coin: number; readonly price: number }
  readonly leverage: number
  /** Where deleveraging closes. */
  readonly adl: 'bankruptcy' | 'mark'
  /** The fund may hand a part of what it took over on at once. */
  readonly partly?: true
}

export type Seen = Record<'reduce' | 'takeover' | 'deleverage' | 'insurance' | 'default' | 'bad_debt' | 'actions', number>

const state_of = (w: PerpWorld): Exchange => (w.venue as unknown as { x: Exchange }).x

function rows_of(f: Fuzzed, draws: Draws): Row[] {
  const rows: Row[] = []
  const count = 2 + draws.whole(6)
  for (let i = 0; i < count; i++) {
    const contract = draws.whole(f.prices.length)
    const price = f.prices[contract] as number
    const notional = draws.scale(1e3, 3e6)
    const entry = price * draws.between(0.9, 1.1)
    const side = draws.pick([1, -1])
    const { coin, price: unit } = f.coin?.(contract) ?? { coin: 0, price: 1 }
    const held: (readonly [number, number, number])[] = [
      [contract, side * (f.inverse?.[contract] === true ? notional : notional / price), entry],
    ]
    const isolated = draws.next() < 0.2
    const second = f.coin === undefined && f.prices.length > 1 && !isolated && draws.next() < 0.3
    const other = 1 - contract
    if (second)
      held.push([other, (draws.pick([1, -1]) * notional * draws.next()) / (f.prices[other] as number), f.prices[other] as number])
    const wallet = (notional * (Math.abs(entry / price - 1) + draws.between(0.5, 4) / f.leverage)) / unit
    rows.push({ owner: i % 2, isolated, wallet, held, ...(coin > 0 ? { coin } : {}) })
  }
  return rows
}

/** As `expect`, which is too slow for this. */
function holds(condition: boolean, what: () => string): void {
  if (!condition) expect.fail(what())
}

interface Before {
  readonly units: number[][]
  readonly cash: number[]
  readonly log: number
}

function look(w: PerpWorld): Before {
  const x = state_of(w)
  const rows = Array.from({ length: x.owned }, (_, row) => row)
  return {
    units: rows.map((row) => x.contracts.map((_, c) => quantity_of(x, row, c))),
    cash: rows.map((row) => cash_in(x, row, coin_of_row(x, row))),
    log: w.world.parts.log.length,
  }
}

const COLUMNS = ['account', 'market', 'amount', 'price', 'usd', 'extra', 'cause'] as const

function rows_since(w: PerpWorld, from: number, kind: LogKind): Record<string, number>[] {
  const { columns, length } = w.world.parts.log
  const out: Record<string, number>[] = []
  for (let row = from; row < length; row++)
    if (columns.kind.data[row] === LOG_KINDS.indexOf(kind))
      out.push({ row, ...Object.fromEntries(COLUMNS.map((name) => [name, columns[name].data[row] as number])) })
  return out
}

/** What the exchange did on its own since then: smaller positions only, deleveraging exactly what was bankrupt, at its price. */
function check_forced(w: PerpWorld, f: Fuzzed, before: Before, seen: Seen, makers: ReadonlySet<number>): void {
  const x = state_of(w)
  const kinds = ['reduce', 'takeover', 'deleverage', 'insurance', 'default', 'bad_debt'] as const
  const rows = Object.fromEntries(kinds.map((kind) => [kind, rows_since(w, before.log, kind)])) as Record<
    (typeof kinds)[number],
    Record<string, number>[]
  >
  for (const kind of kinds) {
    seen[kind] += rows[kind].length
    for (const line of rows[kind])
      for (const field of ['amount', 'price', 'usd', 'extra'] as const)
        holds(Number.isFinite(line[field]), () => `${kind} ${field} ${line[field]}`)
  }
  const contract_of = (line: Record<string, number>) => x.contract_of[line['market'] as number] as number
  // log rows have base units: of an inverse contract its face ÷ their price
  const units = (line: Record<string, number>) =>
    (line['amount'] as number) * (f.inverse?.[contract_of(line)] === true ? (line['price'] as number) : 1)
  for (const taken of rows.takeover) {
    const parts = rows.deleverage.filter((line) => line['cause'] === taken['row'])
    const sum = parts.reduce((total, line) => total + units(line), 0)
    const next = parts[0]
    const direct = f.partly !== true && next !== undefined && (next['row'] as number) <= (taken['row'] as number) + 2
    const amount = units(taken)
    if (direct) holds(Math.abs(sum / amount - 1) < 1e-9, () => `${sum} deleveraged for ${amount} taken over`)
    else holds(sum <= amount * (1 + 1e-9), () => `${sum} deleveraged for ${amount} taken over`)
    for (const part of direct && f.adl === 'bankruptcy' ? parts : []) {
      const gap = Math.abs((part['price'] as number) / (taken['price'] as number) - 1)
      holds(gap < 1e-9, () => `closed at ${part['price']}, taken over at ${taken['price']}`)
    }
  }
  for (let row = 0; row < x.owned; row++) {
    x.contracts.forEach((_, c) => {
      const [was, is] = [before.units[row]?.[c] as number, quantity_of(x, row, c)]
      if (makers.has(row)) return
      holds(Math.abs(is) <= Math.abs(was) * (1 + 1e-12), () => `row ${row} grew from ${was} to ${is}`)
      holds(is * was >= 0, () => `row ${row} was turned: ${was} to ${is}`)
    })
    const forced = [...rows.reduce, ...rows.takeover, ...rows.bad_debt].some((line) => line['account'] === row)
    const mine = rows.deleverage.filter((line) => line['account'] === row)
    if (forced || mine.length === 0 || makers.has(row)) continue
    // a slot price at or below 0 is no market price: the log shows the mark instead, from which nothing can be told
    const mark = (line: Record<string, number>) => 1 / (x.book.prices.data[contract_of(line)] as number)
    if (mine.some((line) => f.inverse?.[contract_of(line)] === true && line['price'] === mark(line))) continue
    // a winner has what his position was worth at the price it was closed at, no more and no less
    let coins = 0
    for (const line of mine) {
      const c = contract_of(line)
      const side = Math.sign(before.units[row]?.[c] as number)
      coins += side * (line['amount'] as number) * (f.inverse?.[c] === true ? 1 : (line['price'] as number))
    }
    // … but for what he bore of a loss nobody covered
    for (const line of rows.default) if (line['account'] === row) coins -= line['amount'] as number
    const gap = cash_in(x, row, coin_of_row(x, row)) - (before.cash[row] as number) - coins
    // to rounding of what he has
    const most = 1e-8 * Math.abs(coins) + 1e-12 * Math.max(1, Math.abs(before.cash[row] as number))
    holds(Math.abs(gap) <= most, () => `row ${row} was paid ${gap} beside ${coins}`)
  }
}

function check_after(w: PerpWorld, what: string): void {
  const broken = w.broken()
  holds(broken.length === 0, () => `${what}: ${broken.join('; ')}`)
}

/** Nobody without positions owes anything once the exchange is quiet; but for makers, whose fills no margin is asked for. */
function check_quiet(w: PerpWorld, made: ReadonlySet<number>): void {
  const x = state_of(w)
  for (let row = 0; row < x.owned; row++) {
    if (made.has(row) || x.contracts.some((_, c) => quantity_of(x, row, c) !== 0)) continue
    const left = equity(x, row, x.book.prices.data)
    holds(left >= -1e-6, () => `row ${row} is left with ${left}`)
  }
}

/** @param made rows that have had orders in a book */
function act(w: PerpWorld, f: Fuzzed, draws: Draws, now: number[], made: Set<number>, seen: Seen): void {
  const x = state_of(w)
  const c = draws.whole(now.length)
  const row = draws.whole(x.owned)
  const roll = draws.next()
  const price = now[c] as number
  if (roll < 0.3) {
    const side = draws.pick([1, -1] as const)
    const party = draws.next() < 0.1 && may_hold(x, row, c) ? row : undefined
    if (party !== undefined) made.add(party)
    if (draws.next() < 0.1) w.books[c]?.cancel(x.outside)
    w.books[c]?.rest(side, price * (1 - side * draws.between(0.0002, 0.06)), draws.scale(1e2, 1e6) / price, party)
  } else if (roll < 0.45) w.order(row, (draws.pick([1, -1]) * draws.scale(1e2, 1e6)) / price, c)
  else if (roll < 0.5) {
    const { asset } = x.coins[coin_of_row(x, row)] as { asset: number }
    w.bundle([draws.pick(['deposit', 'withdraw'] as const), { account: row, asset, amount: draws.scale(1e-3, 1e4) }])
  } else {
    const jump = draws.next() < 0.1 ? draws.between(0.75, 1.3) : draws.between(0.97, 1.03)
    now[c] = Math.max((f.prices[c] as number) * 0.3, Math.min((f.prices[c] as number) * 3, price * jump))
    w.price(c, now[c] as number)
    w.tick(draws.pick([1000, 3000, 10_000, 60_000, 3_600_000]))
    check_after(w, 'after prices')
    const makers = new Set(w.books.flatMap((book) => resting(book)))
    const before = look(w)
    w.settle(400)
    check_forced(w, f, before, seen, makers)
    check_quiet(w, made)
  }
  check_after(w, 'after an action')
}

/** Who has orders in this book that a forced order could meet? */
function resting(book: Ladder): number[] {
  const order = { amount: 1e15, exact: 'base', limit: 0, party: -1 } as const
  return ([1, -1] as const).flatMap((side) => book.quote({ ...order, side }).legs.map(({ party }) => party))
}

/** Plays so many actions, in worlds of a few dozen each. */
export function fuzz_exchange(f: Fuzzed, actions: number, seed: number): Seen {
  const seen: Seen = { reduce: 0, takeover: 0, deleverage: 0, insurance: 0, default: 0, bad_debt: 0, actions: 0 }
  const draws = new Draws(seed)
  while (seen.actions < actions) {
    const w = new World(rows_of(f, draws), { prices: f.prices, ...f.setup(draws) })
    const now = [...f.prices]
    const made = new Set<number>()
    for (let i = 0; i < 150 && seen.actions < actions; i++) {
      act(w, f, draws, now, made, seen)
      seen.actions++
    }
  }
  return seen
}

export const FIXED_SEED = 20_261_125

/** A fixed seed, and one of the moment, which is printed. */
export function fuzz_seeds(): number[] {
  const asked = process.env['SEED']
  const random = asked === undefined ? Date.now() % 2_147_483_647 : Number(asked)
  console.log(`exchange laws: SEED=${random}`)
  return [FIXED_SEED, random]
}
