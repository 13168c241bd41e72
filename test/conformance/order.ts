/** One list of accounts in two orders, through the same prices and the same liquidations. */
import { expect } from 'vitest'
import { Rng } from '../../src/math/index.ts'
import { succeeded } from '../../src/model/index.ts'
import type { AnyAdapter } from './adapter.ts'
import { KEEPER, listed, MINUTE_MS, Stand, take } from './stand.ts'

const close = (a: number, b: number, scale = 0) => a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), scale)

/** Prices fall and rise by what the numbers say, from −15 % to +5 %. */
export function fall(stand: Stand, moves: readonly number[], each: (step: number) => void): void {
  const { adapter } = stand
  moves.forEach((move, step) => {
    const asset = adapter.moves[move % adapter.moves.length] as string
    stand.answer(asset, stand.price(asset) * (0.85 + (0.2 * (move % 100)) / 100))
    stand.tick(MINUTE_MS * (1 + (move % 7)))
    each(step)
  })
}

/** All prices down together in small steps and up again in large ones: whoever comes into breach is seen at the step at which he does. */
export function slide(stand: Stand): void {
  const { adapter } = stand
  for (const by of [...Array.from({ length: 24 }, () => 0.96), 1.3, 1.3, 1.3]) {
    for (const asset of adapter.moves) if (stand.price(asset) > 0) stand.answer(asset, stand.price(asset) * by)
    stand.see()
    stand.check('slide')
  }
}

function shuffled(count: number, seed: number): number[] {
  const rng = new Rng(seed >>> 0, 0, 'order', 0)
  const out = Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = rng.uniformInt(i + 1)
    const kept = out[i] as number
    out[i] = out[j] as number
    out[j] = kept
  }
  return out
}

/** What is owed and held by account `i`, as its statement lists it. */
function legs(stand: Stand, row: number): [string, number][] {
  const s = stand.statement(row)
  return Array.from({ length: s.count }, (_, i) => [`${s.side[i]} ${s.asset[i]}`, s.quantity[i] as number])
}

export function compare_orders(adapter: AnyAdapter, accounts: readonly unknown[], seed: number, moves: readonly number[]): void {
  const list = listed(accounts)
  const order = shuffled(list.length, seed)
  const one = new Stand(adapter, list)
  const other = new Stand(
    adapter,
    order.map((i) => list[i] as (typeof list)[number]),
  )
  const stands = [one, other] as const
  const row = (stand: Stand, i: number) => (stand === one ? i : order.indexOf(i))
  const healths = (exact: boolean, when: string) =>
    list.forEach((_, i) => {
      const [a, b] = stands.map((stand) => stand.health(row(stand, i))) as [number, number]
      if (exact ? a !== b : !close(a, b)) throw new Error(`${when}: account ${i} has health ${a}, in the other order ${b}`)
    })
  // Until anything is done, an account's health is a sum over what it has, in an order of its own.
  healths(adapter.health === 'own', 'at the start')
  for (const stand of stands) fall(stand, moves, () => undefined)
  healths(adapter.health === 'own', 'after the fall')
  expect(order.map((_, i) => one.below().includes(row(one, i)))).toEqual(
    order.map((_, i) => other.below().includes(row(other, i))),
  )
  for (let i = 0; i < list.length; i++) liquidate(stands, (stand) => row(stand, i))
  for (const stand of stands) stand.settle()
  for (let lot = 0; lot < 10; lot++) buy(stands, lot)
  for (const stand of stands) stand.tick(3_600_000)
  compare(stands, row, list.length)
}

/** Takes what is offered of an account, in both worlds. */
function liquidate(stands: readonly [Stand, Stand], row: (stand: Stand) => number): void {
  const results = stands.map((stand) => {
    const offer = stand.asked().offers.find(({ kind, id }) => (kind === 'liquidation' || kind === 'start') && id === row(stand))
    return offer === undefined ? undefined : stand.bundle(take(stand.adapter, offer, KEEPER))
  })
  const [a, b] = results
  if (a === undefined || b === undefined) return expect(a).toEqual(b)
  expect([b.status, close(a.amount, b.amount)]).toEqual([a.status, true])
}

/** Buys half of an auction, in both worlds. */
function buy(stands: readonly [Stand, Stand], lot: number): void {
  const results = stands.map((stand) => {
    const offer = stand.asked().offers.find(({ kind, id }) => kind === 'auction' && id === lot)
    if (offer === undefined) return undefined
    const part = stand.bundle(take(stand.adapter, offer, KEEPER, 0.5))
    return succeeded(part) ? part : stand.bundle(take(stand.adapter, offer, KEEPER))
  })
  const [a, b] = results
  if (a === undefined || b === undefined) return expect(a).toEqual(b)
  expect([b.status, close(a.amount, b.amount)]).toEqual([a.status, true])
}

function compare(stands: readonly [Stand, Stand], row: (stand: Stand, i: number) => number, count: number): void {
  const [one, other] = stands
  for (let i = 0; i < count; i++) {
    const [a, b] = stands.map((stand) => legs(stand, row(stand, i))) as [[string, number][], [string, number][]]
    expect(b.map(([name]) => name)).toEqual(a.map(([name]) => name))
    a.forEach(([name, units], k) => {
      const [, theirs] = b[k] as [string, number]
      if (!close(units, theirs, 1e-3)) throw new Error(`account ${i} has ${units} of ${name}, in the other order ${theirs}`)
    })
  }
  const totals = stands.map((stand) => {
    const held = new Float64Array(stand.world.parts.assets.length)
    stand.venue.holdings(held)
    return [stand.venue.shortfall_usd(), stand.venue.fund_usd(), ...held]
  }) as [number[], number[]]
  totals[0].forEach((total, k) => {
    if (!close(total, totals[1][k] as number, 1)) throw new Error(`total ${k} is ${total}, in the other order ${totals[1][k]}`)
  })
  const [mine, theirs] = [by_kind(one), by_kind(other)]
  for (const kind of new Set([...mine.keys(), ...theirs.keys()])) {
    const [a, b] = [mine.get(kind) ?? 0, theirs.get(kind) ?? 0]
    if (!close(a, b, 1)) throw new Error(`${kind}: ${a} USD are logged, in the other order ${b}`)
  }
}

/** USD logged by kind of row. Their number may differ: what rounding leaves is a row of its own. */
function by_kind(stand: Stand): Map<string, number> {
  const { log } = stand.world.parts
  const out = new Map<string, number>()
  for (let row = 0; row < log.length; row++) {
    const kind = log.kind(row)
    out.set(kind, (out.get(kind) ?? 0) + Math.abs(log.columns.usd.data[row] as number))
  }
  return out
}
