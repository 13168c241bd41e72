/** Random days of an exchange with options: books, orders, moves of price and vol, expiries, support; and the laws that must survive. */
import { expect } from 'vitest'
import type { Exchange } from '../../src/venues/shared/exchange/state.ts'
import { equity } from '../../src/venues/shared/exchange/kernel.ts'
import { Draws } from './exchange-fuzz.ts'
import { DeribitWorld, type Held, type Listed } from './deribit-world.ts'
import type { Row } from './perp-world.ts'

export interface SeenOptions {
  actions: number
  options_closed: number
  settled: number
  reduce: number
  takeover: number
  deleverage: number
  insurance: number
  default: number
}

const PRICE = 50_000

function random_world(draws: Draws): { w: DeribitWorld; rows: number; linear: boolean; series: number } {
  const count = 3 + draws.whole(5)
  const linear = draws.next() < 0.5
  const series = Array.from(
    { length: 1 + draws.whole(4) },
    (): Listed => ({
      strike: PRICE * draws.between(0.7, 1.3),
      type: draws.pick(['call', 'put']),
      days: draws.pick([0.1, 1, 7, 30]),
      shape: draws.pick(['inverse', 'linear']),
    }),
  )
  const rows = Array.from({ length: count }, (_, i): Row => {
    const notional = draws.scale(1e4, 3e6)
    const side = draws.pick([1, -1])
    const worth = notional * draws.between(0.03, 0.6)
    const btc = draws.next()
    const held =
      draws.next() < 0.7 ? ([[0, (side * notional) / (linear ? PRICE : 1), PRICE * draws.between(0.97, 1.03)]] as const) : []
    return { owner: i % 2, mode: draws.pick([2, 3]), wallet: worth * (1 - btc), held, balances: [[1, (worth * btc) / PRICE, 0]] }
  })
  const held: Held[] = []
  for (let account = 0; account < count; account++)
    for (let s = 0; s < series.length; s++)
      if (draws.next() < 0.4) held.push({ account, series: s, quantity: draws.pick([1, -1]) * draws.scale(0.1, 60) })
  const participants = draws.next() < 0.5 ? [{ account: 0, shares: [0.15] }] : []
  const w = new DeribitWorld(rows, {
    price: PRICE,
    linear,
    series,
    held,
    fund: draws.pick([0, 1e6]),
    fund_coin: draws.pick([0, 20]),
    surface: {
      skew: draws.between(-0.1, 0.1),
      smile: draws.between(0, 0.05),
      fear: draws.between(0, 4),
      pull_per_day: draws.between(0, 5),
      steepening: draws.between(0, 1),
      vega_depth: draws.scale(1e3, 1e6),
    },
    spec: {
      block_ms: 1000,
      pace: draws.pick([1000, 40_000]),
      ...(linear && draws.next() < 0.6 ? { support: { groups: [['BTC-PERP']], participants } } : {}),
    },
  })
  return { w, rows: count, linear, series: series.length }
}

function check(w: DeribitWorld, what: string, seed: number): void {
  const broken = w.broken()
  if (broken.length > 0) expect.fail(`${what}, seed ${seed}: ${broken.join('; ')}`)
}

/** No sum of a row's forced events is anything but a number, and nobody who was empty is left owing when all is quiet. */
function check_quiet(w: DeribitWorld, rows: number, series: number, seed: number): void {
  const { x } = w.venue as unknown as { x: Exchange }
  for (let row = 0; row < rows; row++) {
    const worth = equity(x, row, x.book.prices.data)
    if (!Number.isFinite(worth)) expect.fail(`row ${row} is worth ${worth}, seed ${seed}`)
    const health = w.venue.health(row, w.venue.prices)
    if (Number.isNaN(health) || health < 0) expect.fail(`row ${row} has health ${health}, seed ${seed}`)
    let holds = w.quantity(row) !== 0
    for (let s = 0; s < series; s++) if (w.options(row, s) !== 0) holds = true
    if (!holds && w.coin_cash(row, 1) <= 0 && w.cash(row) <= 0 && worth < -1e-6)
      expect.fail(`row ${row} is left with ${worth}, seed ${seed}`)
  }
}

export function fuzz_options(actions: number, seed: number): SeenOptions {
  const draws = new Draws(seed)
  const seen: SeenOptions = {
    actions: 0,
    options_closed: 0,
    settled: 0,
    reduce: 0,
    takeover: 0,
    deleverage: 0,
    insurance: 0,
    default: 0,
  }
  while (seen.actions < actions) {
    const { w, rows, linear, series } = random_world(draws)
    let price = PRICE
    for (let i = 0; i < 80 && seen.actions < actions; i++, seen.actions++) {
      const roll = draws.next()
      if (roll < 0.3) {
        const side = draws.pick([1, -1] as const)
        w.books[0]?.rest(side, price * (1 - side * draws.between(0.0002, 0.04)), draws.scale(1e3, 2e6) / price)
      } else if (roll < 0.45) {
        const size = draws.scale(1e2, 1e6)
        const fields = linear ? {} : ({ exact: 'quote' } as const)
        w.order(draws.whole(rows), draws.pick([1, -1]) * (linear ? size / price : size), 0, fields)
      } else {
        price = Math.max(
          10_000,
          Math.min(200_000, price * (draws.next() < 0.15 ? draws.between(0.8, 1.25) : draws.between(0.98, 1.02))),
        )
        w.move(price)
        w.tick(draws.pick([1000, 60_000, 3_600_000, 86_400_000]))
        check(w, 'after prices', seed)
        w.settle(400)
        check_quiet(w, rows, series, seed)
      }
      check(w, 'after an action', seed)
    }
    for (const kind of ['reduce', 'takeover', 'deleverage', 'insurance', 'default'] as const) seen[kind] += w.rows(kind).length
    seen.options_closed += w.rows('reduce').filter(({ market }) => market === -1).length
    seen.settled += w.rows('redeem').length
  }
  return seen
}
