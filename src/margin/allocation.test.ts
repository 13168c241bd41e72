// A file of its own: here the book knows one venue only, whose healths are inlined and not boxed.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { Store } from '../model/store.ts'
import { type Accounts, type Bound, MarginBook, RowList } from './index.ts'

setFlagsFromString('--expose-gc')
const collect_garbage = runInNewContext('gc') as () => void

const ROWS = 4000

class Venue implements Accounts {
  readonly strict = true
  readonly debt = Float64Array.from({ length: ROWS }, (_, row) => 6 + (row % 100) / 50)
  readonly slot = Uint8Array.from({ length: ROWS }, (_, row) => row % 3)
  health(row: number, prices: Float64Array): number {
    return (10 * (prices[this.slot[row] as number] as number)) / (this.debt[row] as number)
  }
  bound(row: number, prices: Float64Array, level: number, out: Bound): void {
    out.hold(this.slot[row] as number, 1)
    out.law(this.health(row, prices) / level)
  }
}

it('allocates nothing in a tick once warm', () => {
  const store = new Store()
  const book = new MarginBook(store, 'v', 3, ROWS, new Venue())
  const out = new RowList(ROWS)
  const prices = book.prices.data
  const seen = new Float64Array(2)
  // prices part and come back: accounts are reached, found safe, filed again, merged and compacted; many are below
  const run = (ticks: number): void => {
    for (let tick = 0; tick < ticks; tick++) {
      for (let slot = 0; slot < 3; slot++) prices[slot] = 0.75 + Math.abs(((tick * (slot + 3)) % 200) - 100) / 400
      if (tick % 5 === 0) book.touch(tick % ROWS)
      seen[0] = (seen[0] as number) + book.scan(out)
    }
  }
  run(10_000)
  const { bytes } = store
  const { data } = out
  const { arrayBuffers } = process.memoryUsage()
  // the compiler allocates too, now and then, but not in every window; what a tick allocates is in all of them
  let least = Infinity
  for (let window = 0; window < 20; window++) {
    collect_garbage()
    const before = process.memoryUsage().heapUsed
    run(1000)
    least = Math.min(least, process.memoryUsage().heapUsed - before)
  }
  // one number a tick would be 16 kB
  expect(least).toBeLessThan(4000)
  expect(seen[0]).toBeGreaterThan(100_000)
  expect(store.bytes).toBe(bytes)
  expect(out.data).toBe(data)
  expect(process.memoryUsage().arrayBuffers).toBeLessThanOrEqual(arrayBuffers)
})
