/** A growable list of row numbers that is reused: it allocates only when it has never been this long. */
export class RowList {
  data: Int32Array
  length = 0

  constructor(capacity = 64) {
    this.data = new Int32Array(capacity)
  }

  clear(): void {
    this.length = 0
  }

  push(row: number): void {
    if (this.length === this.data.length) this.reserve(this.length + 1)
    this.data[this.length++] = row
  }

  /** Makes room for `capacity` rows in all; may replace `data`. */
  reserve(capacity: number): void {
    if (capacity <= this.data.length) return
    const next = new Int32Array(Math.max(capacity, this.data.length * 2, 64))
    next.set(this.data)
    this.data = next
  }
}
