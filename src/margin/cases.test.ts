import { describe, expect, it } from 'vitest'
import { Store } from '../model/store.ts'
import { type Accounts, type Bound, MarginBook, RowList } from './index.ts'

/** One collateral slot a row, a dollar debt; what `bound` is asked is counted. */
class Simple implements Accounts {
  readonly strict = true
  readonly held: number[] = []
  readonly debt: number[] = []
  readonly slots: number[][] = []
  tested = 0
  bounded = 0
  health(row: number, prices: Float64Array): number {
    this.tested++
    let sum = 0
    for (const slot of this.slots[row] as number[]) sum += (this.held[row] as number) * (prices[slot] as number)
    return this.debt[row] === 0 ? Infinity : sum / (this.debt[row] as number)
  }
  bound(row: number, prices: Float64Array, level: number, out: Bound): void {
    this.bounded++
    if (this.debt[row] === 0) return out.none()
    for (const slot of this.slots[row] as number[]) out.hold(slot)
    const tested = this.tested
    out.law(this.health(row, prices) / level)
    this.tested = tested
  }
  open(held: number, debt: number, slots: number[]): void {
    this.held.push(held)
    this.debt.push(debt)
    this.slots.push(slots)
  }
}

function scanned(book: MarginBook): number[] {
  const out = new RowList(1)
  book.scan(out)
  return Array.from(out.data.subarray(0, out.length))
}

describe('margin book, case by case', () => {
  it('tests nobody while prices rest, and only those a fall has reached', () => {
    const venue = new Simple()
    for (let i = 0; i < 1000; i++) venue.open(1, 1 / (1.001 + i / 1000), [0])
    const book = new MarginBook(new Store(), 'v', 1, 1000, venue)
    expect(scanned(book)).toEqual([])
    venue.tested = 0
    expect(scanned(book)).toEqual([])
    expect(venue.tested).toBe(0)
    book.prices.data[0] = 1 / 1.0105
    expect(scanned(book).length).toBe(10)
    expect(venue.tested).toBe(10)
  })

  it('reports a row until it is healthy, touched or removed', () => {
    const venue = new Simple()
    for (let i = 0; i < 3; i++) venue.open(10, 5, [0])
    const book = new MarginBook(new Store(), 'v', 1, 3, venue)
    expect(scanned(book)).toEqual([])
    book.prices.data[0] = 0.4
    expect(scanned(book)).toEqual([0, 1, 2])
    expect(scanned(book)).toEqual([0, 1, 2])
    venue.debt[1] = 3
    book.touch(1)
    venue.debt[2] = 0
    book.remove(2)
    expect(scanned(book)).toEqual([0])
    book.prices.data[0] = 0.6
    expect(scanned(book)).toEqual([])
  })

  it('calls first, liquidates later: the level of a row', () => {
    const venue = new Simple()
    venue.open(10, 5, [0])
    const book = new MarginBook(new Store(), 'v', 1, 1, venue)
    book.set_level(0, 1.5)
    expect(scanned(book)).toEqual([])
    book.prices.data[0] = 0.7
    expect(scanned(book)).toEqual([0])
    book.set_level(0, 1)
    expect(scanned(book)).toEqual([])
    book.prices.data[0] = 0.49
    expect(scanned(book)).toEqual([0])
  })

  it('keeps an account of many slots with a constant debt apart from the debts of others', () => {
    const venue = new Simple()
    venue.open(1, 5, [0, 1, 2, 3, 4, 5, 6])
    const book = new MarginBook(new Store(), 'v', 9, 1, venue)
    // another of many slots, whose liability halves together with every collateral
    const other: Accounts = {
      strict: true,
      health: (row, prices) => (row === 0 ? venue.health(0, prices) : (7 * (prices[0] as number)) / (prices[8] as number)),
      bound(row, prices, level, out) {
        if (row === 0) return venue.bound(row, prices, level, out)
        for (let slot = 0; slot < 7; slot++) out.hold(slot)
        out.owe(8)
        out.law((7 * (prices[0] as number)) / (prices[8] as number) / level)
      },
    }
    const both = new MarginBook(new Store(), 'v', 9, 2, other)
    for (const one of [book, both]) {
      expect(scanned(one)).toEqual([])
      one.prices.data.fill(0.5, 0, 9)
      expect(scanned(one)).toEqual([0])
    }
  })

  it('forgets what a bundle did when it is undone, and keeps what it did otherwise', () => {
    const venue = new Simple()
    for (let i = 0; i < 3; i++) venue.open(10, 5, [0])
    const store = new Store()
    const book = new MarginBook(store, 'v', 1, 3, venue)
    expect(scanned(book)).toEqual([])
    const mark = store.journal.savepoint()
    book.prices.set(0, 0.4)
    venue.open(10, 20, [0])
    expect(book.add()).toBe(3)
    expect(scanned(book)).toEqual([0, 1, 2, 3])
    store.journal.rollback(mark)
    expect(book.length).toBe(3)
    expect(scanned(book)).toEqual([])
    const again = store.journal.savepoint()
    expect(book.add()).toBe(3)
    store.journal.commit(again)
    expect(scanned(book)).toEqual([3])
  })

  it('is back at its base image after reset, also when it has grown', () => {
    const venue = new Simple()
    for (let i = 0; i < 100; i++) venue.open(10, 5 + i / 50, [i % 3])
    const store = new Store()
    const book = new MarginBook(store, 'v', 3, 100, venue)
    scanned(book)
    store.seal()
    const hash = store.hash()
    const run = () => {
      const seen: number[][] = []
      for (let i = 0; i < 500; i++) book.add()
      for (let tick = 0; tick < 50; tick++) {
        book.prices.data[tick % 3] = 1 - tick / 100
        seen.push(scanned(book))
      }
      return [seen, store.hash()]
    }
    for (let i = 0; i < 500; i++) venue.open(10, 6, [i % 3])
    const first = run()
    store.reset()
    expect(store.hash()).toBe(hash)
    expect(run()).toEqual(first)
  })

  it('tests everyone who depends on a price that is no price', () => {
    for (const price of [Number.NaN, 0, -1]) {
      const venue = new Simple()
      for (let i = 0; i < 100; i++) venue.open(10, 1, [i % 2])
      const book = new MarginBook(new Store(), 'v', 2, 100, venue)
      scanned(book)
      venue.tested = 0
      book.prices.data[1] = price
      expect(scanned(book).length).toBe(price <= 0 ? 50 : 0)
      expect(venue.tested).toBe(50)
      book.prices.data[1] = 1
      expect(scanned(book)).toEqual([])
      venue.tested = 0
      expect(scanned(book)).toEqual([])
      expect(venue.tested).toBe(0)
    }
  })

  it('names every row once in the order of the index', () => {
    const venue = new Simple()
    for (let i = 0; i < 200; i++) venue.open(i === 7 ? 4 : 10, i === 9 ? 0 : 9 - (i % 40) / 10, [i % 2])
    const book = new MarginBook(new Store(), 'v', 2, 200, venue)
    expect(scanned(book)).toEqual([7])
    const out = new RowList()
    expect(book.order(out)).toBe(200)
    const rows = Array.from(out.data.subarray(0, 200))
    expect(rows.slice(198)).toEqual([7, 9])
    expect(rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, row) => row))
    // one group is slot 0, the other slot 1; in each the largest debts come first
    expect(rows.slice(0, 99).map((row) => row % 2)).toEqual(Array(99).fill((rows[0] as number) % 2))
    const debts = rows.slice(0, 98).map((row) => venue.debt[row] as number)
    expect(debts).toEqual(debts.toSorted((a, b) => b - a))
  })
})
