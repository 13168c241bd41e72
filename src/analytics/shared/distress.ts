/**
 * The least fixed point of h = min(1, shock + Λ h), which is where differential DebtRank ends, for several shocks at once and in few steps.
 *
 * Along a stretch in which nobody newly loses everything, increments Δ follow Δ' = Λ Δ among those who have not. If Δ' ≥ q Δ everywhere then all that
 * follow are at least as large, and h + c Δ' with c = 1 ÷ (1 − q), or as far as nobody passes 1, is still at or below its own image. From there
 * increments go on, never beyond the fixed point: it is the only one among those a shock can reach, for the map is concave. So leaps change how many steps
 * are needed, tens instead of hundreds where the radius of Λ is near 1, and not the result.
 */

/** Links by borrower: those of b are `at[b]` to `at[b + 1]`. */
export interface Links {
  readonly count: number
  readonly at: Int32Array
  readonly lender: Int32Array
  readonly leverage: Float64Array
}

/** Shocks that are followed together: a link is then read once for all of them. */
export const LANES = 8

/** Leap when ratios of increments differ by less than this part of 1 − the least: else a plain step brings them nearer together first. */
const ALIKE = 0.05
/** A leap of less than so many steps is not worth what it upsets. */
const WORTH = 1.5
const MOST_STEPS = 100_000

interface Lane {
  /** Largest increment. */
  most: number
  /** Least and largest ratio of an increment to the one before, among those who have not lost everything. */
  low: number
  high: number
  /** Increments that fit until somebody has lost everything. */
  room: number
  /** Steps since somebody newly did, or a leap. */
  calm: number
  /** Is where it ends: it is left alone, so that a lane does not depend on those beside it. */
  done: boolean
}

/** next += Λ fresh, one lane. */
function push_one({ count, at, lender, leverage }: Links, fresh: Float64Array, next: Float64Array): void {
  for (let b = 0; b < count; b++) {
    const own = fresh[b] as number
    if (own === 0) continue
    const end = at[b + 1] as number
    for (let k = at[b] as number; k < end; k++) {
      const to = lender[k] as number
      next[to] = (next[to] as number) + (leverage[k] as number) * own
    }
  }
}

/** Links by lender: those of i are `at[i]` to `at[i + 1]`, borrowers in the order of `Links`, so that sums come out the same to the last bit. */
export interface Loans {
  readonly at: Int32Array
  readonly borrower: Int32Array
  readonly leverage: Float64Array
}

export function loans_of({ count, at, lender, leverage }: Links): Loans {
  const start = new Int32Array(count + 1)
  for (const i of lender) start[i + 1] = (start[i + 1] as number) + 1
  for (let i = 0; i < count; i++) start[i + 1] = (start[i + 1] as number) + (start[i] as number)
  const next = start.slice()
  const borrower = new Int32Array(lender.length)
  const sorted = new Float64Array(lender.length)
  for (let b = 0; b < count; b++)
    for (let k = at[b] as number; k < (at[b + 1] as number); k++) {
      const i = lender[k] as number
      const to = next[i] as number
      next[i] = to + 1
      borrower[to] = b
      sorted[to] = leverage[k] as number
    }
  return { at: start, borrower, leverage: sorted }
}

/** next += Λ fresh, eight lanes side by side; a lender's sums stay in registers. */
function pull_all({ at, borrower, leverage }: Loans, fresh: Float64Array, next: Float64Array): void {
  for (let i = 0; i + 1 < at.length; i++) {
    const t = i * LANES
    let n0 = next[t] as number
    let n1 = next[t + 1] as number
    let n2 = next[t + 2] as number
    let n3 = next[t + 3] as number
    let n4 = next[t + 4] as number
    let n5 = next[t + 5] as number
    let n6 = next[t + 6] as number
    let n7 = next[t + 7] as number
    const end = at[i + 1] as number
    for (let k = at[i] as number; k < end; k++) {
      const f = (borrower[k] as number) * LANES
      const l = leverage[k] as number
      n0 += l * (fresh[f] as number)
      n1 += l * (fresh[f + 1] as number)
      n2 += l * (fresh[f + 2] as number)
      n3 += l * (fresh[f + 3] as number)
      n4 += l * (fresh[f + 4] as number)
      n5 += l * (fresh[f + 5] as number)
      n6 += l * (fresh[f + 6] as number)
      n7 += l * (fresh[f + 7] as number)
    }
    next[t] = n0
    next[t + 1] = n1
    next[t + 2] = n2
    next[t + 3] = n3
    next[t + 4] = n4
    next[t + 5] = n5
    next[t + 6] = n6
    next[t + 7] = n7
  }
}

/** Adds the increments of lane c, nobody beyond 1; `next` then has what was really added. */
function settle(lane: Lane, c: number, width: number, lost: Float64Array, fresh: Float64Array, next: Float64Array): void {
  let [most, low, high, capped] = [0, Number.POSITIVE_INFINITY, 0, false]
  // Room as a fraction: a division for each would cost more than the comparison.
  let [room_over, room_under] = [0, 1]
  for (let i = c; i < lost.length; i += width) {
    const before = lost[i] as number
    if (before === 1) {
      next[i] = 0
      continue
    }
    let more = Math.max(0, next[i] as number)
    if (before + more >= 1) {
      lost[i] = 1
      more = 1 - before
      capped = true
    } else lost[i] = before + more
    next[i] = more
    if (more > most) most = more
    if (more * room_under > room_over * (1 - before)) {
      room_over = more
      room_under = 1 - before
    }
    const last = fresh[i] as number
    if (last > 0) {
      const ratio = more / last
      if (ratio < low) low = ratio
      if (ratio > high) high = ratio
    } else if (more > 0) high = Number.POSITIVE_INFINITY
  }
  lane.most = most
  lane.low = low
  lane.high = high
  lane.room = room_under / room_over
  lane.calm = capped ? 0 : lane.calm + 1
}

/** Increments that lane may be carried on by at once; 0: take a plain step. */
function leap_of({ low, high, room, calm, done }: Lane): number {
  if (calm < 2 || done) return 0
  const limit = low < 1 ? 1 / (1 - low) : Number.POSITIVE_INFINITY
  if (room <= limit) return room
  return high - low < ALIKE * (1 - low) ? limit : 0
}

/** Brings the shocks in `lost`, one a node, to where they end, in place. `tolerance`: nobody's loss grows by more in a last step. */
export function spread(links: Links, lost: Float64Array, tolerance: number): void {
  run(lost, 1, tolerance, (fresh, next) => push_one(links, fresh, next))
}

/** The same for `LANES` shocks: node i of lane c stands at i · LANES + c. A lane ends as `spread` does, to the last bit. */
export function spread_all(loans: Loans, lost: Float64Array, tolerance: number): void {
  run(lost, LANES, tolerance, (fresh, next) => pull_all(loans, fresh, next))
}

/** @param pass adds Λ fresh to next */
function run(
  lost: Float64Array,
  width: number,
  tolerance: number,
  pass: (fresh: Float64Array, next: Float64Array) => void,
): void {
  const lanes: Lane[] = Array.from({ length: width }, () => ({ most: 0, low: 0, high: 0, room: 0, calm: 0, done: false }))
  let fresh = lost.slice()
  let next = new Float64Array(lost.length)
  for (let step = 0; step < MOST_STEPS; step++) {
    pass(fresh, next)
    lanes.forEach((lane, c) => {
      if (lane.done) return
      settle(lane, c, width, lost, fresh, next)
      lane.done = lane.most <= tolerance
      if (lane.done) for (let i = c; i < next.length; i += width) next[i] = 0
    })
    if (lanes.every(({ done }) => done)) return
    ;[fresh, next] = [next, fresh]
    next.fill(0)
    lanes.forEach((lane, c) => {
      const times = leap_of(lane)
      if (!(times > WORTH)) return
      // The state is no image of the one before: what it runs ahead by comes off the next increment.
      for (let i = c; i < lost.length; i += width) {
        const more = fresh[i] as number
        lost[i] = Math.min(1, (lost[i] as number) + (times - 1) * more)
        fresh[i] = times * more
        next[i] = -(times - 1) * more
      }
      lane.calm = 0
    })
  }
}
