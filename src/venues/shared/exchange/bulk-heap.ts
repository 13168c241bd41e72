/** Scored holders of a round, the first in the machine's order at the top: by group, score, size, row. */
import { PROFIT } from './holders.ts'

export class HolderHeap {
  /** Whose part was taken last. */
  row = -1
  private count = 0
  private rows = new Int32Array(64)
  private group = new Uint8Array(64)
  private score = new Float64Array(64)
  private size = new Float64Array(64)
  private left = new Float64Array(64)
  private heap = new Int32Array(64)
  private open = 0

  clear(): void {
    this.count = 0
    this.open = 0
  }

  is_empty(): boolean {
    return this.open === 0
  }

  /** Score of the first, −1 when nobody in profit is there. */
  best(): number {
    if (this.open === 0) return -1
    const head = this.heap[0] as number
    return this.group[head] === PROFIT ? (this.score[head] as number) : -1
  }

  push(row: number, group: number, score: number, size: number): void {
    if (this.count === this.rows.length) this.grow()
    const i = this.count++
    this.rows[i] = row
    this.group[i] = group
    this.score[i] = score
    this.size[i] = size
    this.left[i] = size
    const { heap } = this
    let hole = this.open++
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      if (!this.earlier(i, heap[parent] as number)) break
      heap[hole] = heap[parent] as number
      hole = parent
    }
    heap[hole] = i
  }

  /** Takes up to `most` units of the first; who has nothing left is gone. */
  take(most: number): number {
    const head = this.heap[0] as number
    const there = this.left[head] as number
    const part = Math.min(most, there)
    this.row = this.rows[head] as number
    this.left[head] = there - part
    if (!(there - part > 0)) this.drop()
    return part
  }

  private drop(): void {
    const { heap } = this
    const open = --this.open
    if (open === 0) return
    const item = heap[open] as number
    let hole = 0
    for (let child = 1; child < open; child = 2 * hole + 1) {
      if (child + 1 < open && this.earlier(heap[child + 1] as number, heap[child] as number)) child++
      if (!this.earlier(heap[child] as number, item)) break
      heap[hole] = heap[child] as number
      hole = child
    }
    heap[hole] = item
  }

  private earlier(a: number, b: number): boolean {
    const [ga, gb] = [this.group[a] as number, this.group[b] as number]
    if (ga !== gb) return ga < gb
    const [sa, sb] = [this.score[a] as number, this.score[b] as number]
    if (sa !== sb) return sa > sb
    const [za, zb] = [this.size[a] as number, this.size[b] as number]
    if (za !== zb) return za > zb
    return (this.rows[a] as number) < (this.rows[b] as number)
  }

  private grow(): void {
    const wider = (from: Float64Array) => {
      const next = new Float64Array(2 * from.length)
      next.set(from)
      return next
    }
    const integers = (from: Int32Array) => {
      const next = new Int32Array(2 * from.length)
      next.set(from)
      return next
    }
    const group = new Uint8Array(2 * this.group.length)
    group.set(this.group)
    this.group = group
    this.rows = integers(this.rows)
    this.heap = integers(this.heap)
    this.score = wider(this.score)
    this.size = wider(this.size)
    this.left = wider(this.left)
  }
}
