/**
 * Holders of one side of a contract, in columns that are reused, with a heap over them: the head of a ranking is found at once, the
 * order of the rest only as far as it is asked for.
 */

/** Who comes when: those in profit, `outside`, those without profit, the fund's own lots, scopes being liquidated themselves. */
export const PROFIT = 0
export const OUTSIDE = 1
export const NO_PROFIT = 2
export const FUND = 3
export const LIQUIDATED = 4

export class Holders {
  count = 0
  /** Account of each holder. */
  row = new Int32Array(64)
  group = new Uint8Array(64)
  /** Units it holds, > 0, and how many of them are not taken yet. */
  size = new Float64Array(64)
  left = new Float64Array(64)
  /** Rank inside the group, larger first. */
  score = new Float64Array(64)
  /** Coins: profit of the position, equity of the scope; notional ÷ equity. */
  profit = new Float64Array(64)
  equity = new Float64Array(64)
  leverage = new Float64Array(64)
  private heap = new Int32Array(64)
  private open = 0

  clear(): void {
    this.count = 0
    this.open = 0
  }

  add(row: number, group: number, size: number, score: number, profit: number, equity: number, leverage: number): void {
    if (this.count === this.row.length) this.grow()
    const i = this.count++
    this.row[i] = row
    this.group[i] = group
    this.size[i] = size
    this.left[i] = size
    this.score[i] = score
    this.profit[i] = profit
    this.equity[i] = equity
    this.leverage[i] = leverage
  }

  private grow(): void {
    const wider = (from: Float64Array) => {
      const next = new Float64Array(2 * from.length)
      next.set(from)
      return next
    }
    const row = new Int32Array(2 * this.row.length)
    row.set(this.row)
    const group = new Uint8Array(2 * this.group.length)
    group.set(this.group)
    this.row = row
    this.group = group
    this.size = wider(this.size)
    this.left = wider(this.left)
    this.score = wider(this.score)
    this.profit = wider(this.profit)
    this.equity = wider(this.equity)
    this.leverage = wider(this.leverage)
    const heap = new Int32Array(row.length)
    heap.set(this.heap)
    this.heap = heap
  }

  /** Orders what was added: by group, score, size, then row. */
  rank(): void {
    this.open = this.count
    for (let i = 0; i < this.count; i++) this.heap[i] = i
    for (let i = (this.count >> 1) - 1; i >= 0; i--) this.sift(i)
  }

  /** As `add` and `insert`, of whom nothing else is asked. */
  rank_in(row: number, group: number, score: number, size: number): void {
    if (this.count === this.row.length) this.grow()
    const i = this.count++
    this.row[i] = row
    this.group[i] = group
    this.size[i] = size
    this.left[i] = size
    this.score[i] = score
    this.insert()
  }

  /** Takes the holder added last into the order. */
  insert(): void {
    const { heap } = this
    const item = this.count - 1
    let hole = this.open++
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      if (!this.earlier(item, heap[parent] as number)) break
      heap[hole] = heap[parent] as number
      hole = parent
    }
    heap[hole] = item
  }

  /** Score of the first that has something left, −1 when nobody in profit does. */
  best(): number {
    const head = this.head()
    return head >= 0 && this.group[head] === PROFIT ? (this.score[head] as number) : -1
  }

  /** The first holder that has something left, −1 when there is none. */
  head(): number {
    while (this.open > 0 && !((this.left[this.heap[0] as number] as number) > 0)) this.drop()
    return this.open > 0 ? (this.heap[0] as number) : -1
  }

  private drop(): void {
    this.open--
    this.heap[0] = this.heap[this.open] as number
    if (this.open > 0) this.sift(0)
  }

  private earlier(a: number, b: number): boolean {
    const { group, score, size } = this
    if (group[a] !== group[b]) return (group[a] as number) < (group[b] as number)
    if (score[a] !== score[b]) return (score[a] as number) > (score[b] as number)
    if (size[a] !== size[b]) return (size[a] as number) > (size[b] as number)
    return (this.row[a] as number) < (this.row[b] as number)
  }

  private sift(from: number): void {
    const { heap, open } = this
    const item = heap[from] as number
    let hole = from
    for (let child = 2 * hole + 1; child < open; child = 2 * hole + 1) {
      if (child + 1 < open && this.earlier(heap[child + 1] as number, heap[child] as number)) child++
      if (!this.earlier(heap[child] as number, item)) break
      heap[hole] = heap[child] as number
      hole = child
    }
    heap[hole] = item
  }
}
