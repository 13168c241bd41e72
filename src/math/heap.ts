/**
 * A queue of events ordered by (time, priority, sequence), all ascending; sequence is the order of insertion, so equal
 * events leave in the order they came. The state is four columns and two numbers: no object per event.
 */

export interface HeapImage {
  readonly time: Float64Array
  readonly priority: Int32Array
  readonly sequence: Float64Array
  readonly payload: Int32Array
  /** Insertions so far: the next sequence number. */
  readonly pushed: number
}

/** Columns of equal capacity; the first `length` rows are a binary heap. */
export class EventHeap {
  time: Float64Array
  priority: Int32Array
  sequence: Float64Array
  payload: Int32Array
  length: number
  pushed: number

  constructor(capacity = 64) {
    const rows = Math.max(1, capacity)
    this.time = new Float64Array(rows)
    this.priority = new Int32Array(rows)
    this.sequence = new Float64Array(rows)
    this.payload = new Int32Array(rows)
    this.length = 0
    this.pushed = 0
  }

  get capacity(): number {
    return this.time.length
  }

  /** Adds an event and returns its sequence number. `priority` and `payload` are 32-bit integers. Throws RangeError if time is NaN. */
  push(time: number, priority: number, payload: number): number {
    if (time !== time) throw new RangeError('EventHeap: time is NaN')
    const sequence = this.pushed++
    if (this.length === this.capacity) this.grow(this.length * 2)
    this.siftUp(this.length++, time, priority | 0, sequence, payload | 0)
    return sequence
  }

  /** The first event's time; Infinity if there is none. */
  get nextTime(): number {
    return this.length === 0 ? Number.POSITIVE_INFINITY : (this.time[0] as number)
  }

  /** The first event's payload; −1 if there is none. */
  get nextPayload(): number {
    return this.length === 0 ? -1 : (this.payload[0] as number)
  }

  /** Removes the first event and returns its payload. Throws RangeError if there is none. */
  pop(): number {
    if (this.length === 0) throw new RangeError('EventHeap: pop from an empty heap')
    const payload = this.payload[0] as number
    const last = --this.length
    if (last > 0) {
      const sequence = this.sequence[last] as number
      this.siftDown(this.time[last] as number, this.priority[last] as number, sequence, this.payload[last] as number)
    }
    return payload
  }

  /** As `pop`, if the first event is due at or before `time`; else −1. For payloads that are never negative. */
  popDue(time: number): number {
    return this.length > 0 && (this.time[0] as number) <= time ? this.pop() : -1
  }

  /** Removes every event; sequence numbers start again at 0. */
  clear(): void {
    this.length = 0
    this.pushed = 0
  }

  /** A copy of the state. */
  snapshot(): HeapImage {
    const n = this.length
    return {
      time: this.time.slice(0, n),
      priority: this.priority.slice(0, n),
      sequence: this.sequence.slice(0, n),
      payload: this.payload.slice(0, n),
      pushed: this.pushed,
    }
  }

  /** Takes the state of an image, by copy. The columns are replaced only if they are too small. */
  restore(image: HeapImage): void {
    const n = image.time.length
    if (n > this.capacity) this.grow(n)
    this.time.set(image.time)
    this.priority.set(image.priority)
    this.sequence.set(image.sequence)
    this.payload.set(image.payload)
    this.length = n
    this.pushed = image.pushed
  }

  private grow(capacity: number): void {
    const { time, priority, sequence, payload } = this
    this.time = new Float64Array(capacity)
    this.priority = new Int32Array(capacity)
    this.sequence = new Float64Array(capacity)
    this.payload = new Int32Array(capacity)
    this.time.set(time)
    this.priority.set(priority)
    this.sequence.set(sequence)
    this.payload.set(payload)
  }

  private put(row: number, time: number, priority: number, sequence: number, payload: number): void {
    this.time[row] = time
    this.priority[row] = priority
    this.sequence[row] = sequence
    this.payload[row] = payload
  }

  private move(from: number, to: number): void {
    this.time[to] = this.time[from] as number
    this.priority[to] = this.priority[from] as number
    this.sequence[to] = this.sequence[from] as number
    this.payload[to] = this.payload[from] as number
  }

  /** Does row `row` come after (time, priority, sequence)? */
  private after(row: number, time: number, priority: number, sequence: number): boolean {
    const t = this.time[row] as number
    if (t !== time) return t > time
    const p = this.priority[row] as number
    if (p !== priority) return p > priority
    return (this.sequence[row] as number) > sequence
  }

  private siftUp(start: number, time: number, priority: number, sequence: number, payload: number): void {
    let hole = start
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      if (!this.after(parent, time, priority, sequence)) break
      this.move(parent, hole)
      hole = parent
    }
    this.put(hole, time, priority, sequence, payload)
  }

  /** Puts the event into the hole at the root. */
  private siftDown(time: number, priority: number, sequence: number, payload: number): void {
    const n = this.length
    let hole = 0
    for (;;) {
      let child = 2 * hole + 1
      if (child >= n) break
      const right = child + 1
      if (
        right < n &&
        this.after(child, this.time[right] as number, this.priority[right] as number, this.sequence[right] as number)
      ) {
        child = right
      }
      if (this.after(child, time, priority, sequence)) break
      this.move(child, hole)
      hole = child
    }
    this.put(hole, time, priority, sequence, payload)
  }
}
