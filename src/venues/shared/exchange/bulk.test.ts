/** The bulk kernel against the machine on an empty book, and against itself without indices. */
import { describe, expect, it } from 'vitest'
import { PerpWorld } from '../../../../test/support/perp-world.ts'
import { type Book, random_book, random_marks } from '../../../../test/support/bulk-books.ts'
import { marginal_tiers } from '../../../margin/index.ts'
import { BTC_TIERS, ETH_TIERS, tier_specs } from '../../binance-usdm/vectors.ts'
import { BulkExchange } from './bulk.ts'
import {
  type Bulk,
  type BulkEvent,
  type BulkSpec,
  cash_at,
  FUND_ROW,
  OUTSIDE_ROW,
  quantity_at,
  type Slippage,
} from './bulk-state.ts'

const TIERS = [BTC_TIERS, ETH_TIERS].map((list) => {
  const specs = tier_specs(list)
  return marginal_tiers(
    specs.map(({ floor }) => floor),
    specs.map(({ rate }) => rate),
    specs.map(({ cum }) => cum),
  )
})

const open = (book: Book, fund: BulkSpec['fund'], more: Partial<BulkSpec> = {}) =>
  new BulkExchange({ tiers: TIERS, ...book.spec, fund, record: true, ...more })

interface Case {
  readonly accounts: number
  readonly isolated: boolean
  readonly balanced?: boolean
  readonly fund: number
  readonly leverage: number
  readonly step: number
  readonly drift: number
  readonly strict?: boolean
}

/** The machine's takeovers, deleveragings and covers, in order. */
function machine(book: Book, marks: readonly Float64Array[], one: Case): { w: PerpWorld; events: BulkEvent[] } {
  const { fund, leverage, strict = false } = one
  const w = new PerpWorld(book.rows, {
    prices: [100_000, 4000],
    fund,
    contract: { liquidation_fee: 0, taker_fee: 0, funding: { interest: 0, last: 0 } },
    spec: { fund_leverage: leverage, strict },
  })
  for (const mark of marks) {
    mark.forEach((price, c) => w.price(c, price))
    w.tick(1000)
    w.settle(1000)
  }
  const { columns, length } = w.world.parts.log
  const events: BulkEvent[] = []
  for (let row = 0; row < length; row++) {
    const kind = w.world.parts.log.kind(row)
    if (kind !== 'takeover' && kind !== 'deleverage') continue
    const account = columns.account.data[row] as number
    const who = account < w.venue.outside ? account : w.venue.outside - account - 1
    const [contract, amount, price] = [columns.market.data[row], columns.amount.data[row], columns.price.data[row]] as [
      number,
      number,
      number,
    ]
    events.push({ kind, row: who, contract, amount, price })
  }
  return { w, events }
}

/** Equal to 1e-9 of `scale`. */
function near(got: number, want: number, scale: number, what: string): void {
  expect(Math.abs(got - want) <= 1e-9 * scale, `${what}: ${got}, not ${want}`).toBe(true)
}

function compare(seed: number, one: Case): BulkExchange {
  const book = random_book(one.accounts, seed, one.isolated, one.balanced)
  const marks = random_marks(30, seed, one.step, one.drift)
  const { w, events } = machine(book, marks, one)
  const bulk = open(book, { balance: one.fund, leverage: one.leverage }, { strict: one.strict ?? false })
  for (const mark of marks) bulk.step(mark)
  const own = bulk.state.events.filter(({ kind }) => kind !== 'cover')
  expect(own.map(({ kind, row, contract }) => `${kind} ${row} ${contract}`)).toEqual(
    events.map(({ kind, row, contract }) => `${kind} ${row} ${contract}`),
  )
  events.forEach((event, i) => {
    near((own[i] as BulkEvent).amount, event.amount, event.amount, `amount of event ${i}`)
    near((own[i] as BulkEvent).price, event.price, Math.abs(event.price), `price of event ${i}`)
  })
  const gross = 1e6
  for (let row = 0; row < one.accounts; row++) near(cash_at(bulk.state, row), w.cash(row), gross, `cash of ${row}`)
  near(bulk.state.fund.balance, w.fund(), gross, 'balance')
  near(bulk.state.fund.cash, w.cash(w.venue.fund), gross, 'cash of the fund')
  expect(w.broken()).toEqual([])
  return bulk
}

const CASES: Record<string, Case> = {
  'cross, a fund that takes little': { accounts: 60, isolated: false, fund: 2e5, leverage: 1, step: 0.06, drift: 0 },
  'cross, no fund': { accounts: 60, isolated: false, fund: 0, leverage: 1, step: 0.05, drift: -0.01 },
  'cross, a fund that takes all it can and hands on': {
    accounts: 60,
    isolated: false,
    fund: 2e4,
    leverage: 1000,
    step: 0.08,
    drift: 0,
  },
  'isolated, strict': { accounts: 80, isolated: true, fund: 5e4, leverage: 1, step: 0.05, drift: -0.015, strict: true },
  'few accounts and nobody outside: winners run out': {
    accounts: 8,
    isolated: false,
    balanced: true,
    fund: 1e4,
    leverage: 30,
    step: 0.3,
    drift: 0,
  },
  'isolated, nobody outside': { accounts: 12, isolated: true, balanced: true, fund: 1000, leverage: 3, step: 0.2, drift: 0 },
}

/** What happened to whom, over all seeds. */
function tally(seen: Record<string, number>, { events, totals }: Bulk): void {
  const count = (what: string, n = 1) => (seen[what] = (seen[what] ?? 0) + n)
  for (const { kind, row } of events) count(row === FUND_ROW ? `${kind} fund` : row === OUTSIDE_ROW ? `${kind} outside` : kind)
  count('to the fund', totals.fund_positions)
}

describe('the bulk kernel decides as the machine', () => {
  const seen: Record<string, number> = {}
  for (const [name, one] of Object.entries(CASES)) {
    it(`on ${name}`, () => {
      for (let seed = 1; seed <= 40; seed++) tally(seen, compare(seed, one).state)
    })
  }

  it('and everything that can happen has happened', () => {
    for (const what of ['takeover', 'to the fund', 'deleverage', 'deleverage outside', 'deleverage fund', 'cover'])
      expect(seen[what] ?? 0, what).toBeGreaterThan(0)
  })
})

const SALE: Slippage = { law: 'square_root', factor: 0.02, depth: [1e7, 5e6] }

/** Both kernels over the same marks, looked at after each. */
function walk_both(book: Book, marks: readonly Float64Array[], more: Partial<BulkSpec>): { quick: Bulk; whole: Bulk } {
  const fund = { balance: 1e5, leverage: 20 }
  const [quick, whole] = [open(book, fund, more), open(book, fund, { ...more, exhaustive: true })]
  for (const mark of marks) {
    quick.step(mark)
    whole.step(mark)
    expect(quick.state.events.length).toBe(whole.state.events.length)
  }
  return { quick: quick.state, whole: whole.state }
}

function expect_same(quick: Bulk, whole: Bulk): void {
  expect(quick.events).toEqual(whole.events)
  expect(quick.cells).toEqual(whole.cells)
  expect(quick.fund).toEqual(whole.fund)
  expect(quick.outside).toEqual(whole.outside)
  const { tests: _tests, scores: _scores, ...sums } = quick.totals
  expect(whole.totals).toMatchObject(sums)
}

describe('the bulk kernel finds whom a look at everyone finds, bit for bit', () => {
  for (const rank of ['profit_margin', 'profit_leverage'] as const)
    for (const isolated of [false, true])
      it(`${rank}, ${isolated ? 'isolated' : 'cross'}`, () => {
        let liquidations = 0
        for (let seed = 1; seed <= 6; seed++) {
          const book = random_book(4000, seed, isolated, seed % 2 === 0)
          const marks = random_marks(60, seed, seed < 3 ? 0.004 : 0.03, seed % 3 === 0 ? -0.008 : 0)
          const { quick, whole } = walk_both(book, marks, { rank, ...(seed > 3 ? { sale: SALE } : {}) })
          expect_same(quick, whole)
          expect(quick.totals.tests).toBeLessThan(whole.totals.tests)
          liquidations += quick.totals.liquidations
        }
        expect(liquidations).toBeGreaterThan(3000)
      })

  it('with books so thin that lists run out and nobody stands outside', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { quick, whole } = walk_both(random_book(30, seed, seed % 2 === 0, true), random_marks(40, seed, 0.2), { listed: 2 })
      expect_same(quick, whole)
    }
  })

  it('again after a reset', () => {
    const one = open(random_book(500, 3, false), { balance: 1e5 })
    const marks = random_marks(50, 3, 0.03, -0.01)
    for (const mark of marks) one.step(mark)
    const [events, cells] = [one.state.events, one.state.cells.slice()]
    expect(events.length).toBeGreaterThan(100)
    one.reset()
    for (const mark of marks) one.step(mark)
    expect([one.state.events, one.state.cells]).toEqual([events, cells])
  })
})

describe('the bulk kernel keeps the books', () => {
  it('units sum to zero; the balance is cash and lots; the fund pays nothing it does not have', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const book = random_book(1000, seed, false)
      const bulk = open(book, { balance: 1e5, leverage: 50 }, { sale: SALE })
      const sum = (list: Iterable<number>) => [...list].reduce((a, b) => a + b, 0)
      for (const mark of random_marks(80, seed, 0.03)) {
        bulk.step(mark)
        const { state } = bulk
        for (let c = 0; c < 2; c++) {
          const units = sum(Array.from({ length: 1000 }, (_, row) => quantity_at(state, row, c)))
          near(units + (state.outside[c] as number) + (state.fund.held[c] as number), 0, 1e4, 'units')
          const lots = sum(state.fund.lots.map((lot) => (lot.contract === c ? lot.quantity : 0)))
          near(lots, state.fund.held[c] as number, 1e4, 'lots')
        }
        const worth = state.fund.lots.reduce((total, lot) => total + lot.quantity * lot.price, state.fund.cash)
        near(worth, state.fund.balance, 1e6, 'balance')
        expect(state.fund.balance).toBeGreaterThanOrEqual(0)
      }
    }
  })
})
