/** The index decides only whom to score: with it and without it, the same log, row for row and bit for bit. */
import { describe, expect, it } from 'vitest'
import { random_book, random_marks } from '../../../../test/support/bulk-books.ts'
import { PerpWorld, type Setup } from '../../../../test/support/perp-world.ts'
import { exchange_kind, exchange_schema, type RulesInput, rules } from './index.ts'
import type { Exchange } from './state.ts'

const kind = (of: RulesInput) =>
  exchange_kind({
    id: 'test-exchange',
    title: 'test',
    source: 'tests',
    schema: exchange_schema('test-exchange'),
    rules: () => rules.parse(of),
  })

const of_world = (w: PerpWorld) => (w.venue as unknown as { x: Exchange }).x

/** Prices, fills of a book at random, funding when it is due; everything that was logged. */
function run(w: PerpWorld, seed: number, step: number, marks = 40): number[][] {
  random_marks(marks, seed, step).forEach((mark, t) => {
    mark.forEach((price, c) => w.price(c, price))
    // somebody outside buys and sells a little, a percent off the mark
    for (const side of [1, -1] as const)
      w.books[t % 2]?.rest(side, (mark[t % 2] as number) * (1 - 0.01 * side), t % 3 === 0 ? 0.4 : 0)
    w.tick(t % 10 === 9 ? 28_800_000 : 60_000)
    w.settle(1000)
  })
  const { columns, length } = w.world.parts.log
  expect(w.broken()).toEqual([])
  return Object.values(columns).map((column) => Array.from(column.data.subarray(0, length)))
}

const CASES: Record<string, { of: RulesInput; setup: Setup }> = {
  'orders, then the fund, then winners': {
    of: { stages: [{ reduce: { size: 'compliant', target: 1 + 1e-9 } }, { close: {} }] },
    setup: { fund: 2e5 },
  },
  'winners alone, by profit and leverage': {
    of: { stages: [{ close: { to: ['winners'] } }], adl: { rank: 'profit_leverage' } },
    setup: { fund: 0 },
  },
  'the fund hands on; winners pay at the mark': {
    of: { stages: [{ close: {} }], fund: { leverage: 1000 }, adl: { price: 'mark' }, losses: { share: 'winners' } },
    setup: { fund: 3e4 },
  },
}

describe('deleveraging by the index', () => {
  for (const [name, { of, setup }] of Object.entries(CASES))
    for (const accounts of [8, 300])
      it(`${name}, ${accounts} accounts`, () => {
        let rows = 0
        for (let seed = 1; seed <= (accounts < 10 ? 30 : 6); seed++) {
          const { rows: book } = random_book(accounts, seed, seed % 3 === 0, seed % 2 === 0)
          const open = () => new PerpWorld(book, { kind: kind(of) as never, prices: [100_000, 4000], ...setup })
          const [indexed, plain] = [open(), open()]
          expect(of_world(indexed).index).toBeDefined()
          of_world(plain).index = undefined
          const step = accounts < 10 ? 0.2 : 0.05
          const want = run(plain, seed, step)
          expect(run(indexed, seed, step)).toEqual(want)
          // a reset forgets what the index knew
          indexed.world.reset()
          expect(run(indexed, seed, step)).toEqual(want)
          rows += indexed.rows('deleverage').length
        }
        expect(rows).toBeGreaterThan(40)
      })

  it('forgets at a reset, even where the marks come back to where they were', () => {
    let rows = 0
    for (let seed = 1; seed <= 20; seed++) {
      const { rows: book } = random_book(100, seed, false, true)
      const { of } = CASES['winners alone, by profit and leverage'] as (typeof CASES)[string]
      const w = new PerpWorld(book, { kind: kind(of) as never, prices: [100_000, 4000] })
      const want = run(w, seed, 0.2, 1)
      w.world.reset()
      expect(run(w, seed, 0.2, 1)).toEqual(want)
      rows += w.rows('deleverage').length
    }
    expect(rows).toBeGreaterThan(40)
  })

  it('is not used where other ranks or allocations are asked for', () => {
    for (const adl of [
      { rank: 'size' },
      { allocate: 'profit' },
      { same_owner_first: true },
      { winners_first: false },
      { overlap: true },
    ] as const) {
      const w = new PerpWorld([{ wallet: 1 }], { kind: kind({ stages: [{ close: {} }], adl }) as never })
      expect(of_world(w).index).toBeUndefined()
    }
  })
})
