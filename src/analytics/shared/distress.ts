/**
 * The fixed point of h = min(1, shock + Λ h), which is where differential DebtRank ends, for several shocks at once and in few steps.
 *
 * A plain step replaces losses by their image. Where the radius of Λ is near 1, one mode of growth is left after a few of them and takes hundreds more. So
 * what is left is weighed with the left vector of that mode among those who have not lost everything, and what it comes to in the end is added at once along
 * the right vector; who is then beyond 1 has lost everything, until his image says otherwise. Where that mode grows without end it is followed until
 * somebody has lost everything.
 *
 * Where it ends does not depend on the way: the map is monotone and concave, a shock's image of nothing is the shock, so among states that lie within reach
 * of the shock it has one fixed point, and plain steps from any of them lead there. Corrections stop after a while; plain steps then end it.
 */

/** Links by borrower: those of b are `at[b]` to `at[b + 1]`. */
export interface Links {
  readonly count: number
  readonly at: Int32Array
  readonly lender: Int32Array
  readonly leverage: Float64Array
}

/** Links by lender: those of i are `at[i]` to `at[i + 1]`, borrowers in the order of `Links`, so that sums come out the same to the last bit. */
export interface Loans {
  readonly at: Int32Array
  readonly borrower: Int32Array
  readonly leverage: Float64Array
}

/** Shocks that are followed together: a link is then read once for all of them. */
export const LANES = 8

/** Steps before the first correction: by then a shock has reached most of those it can. */
const SPREAD_OUT = 3
/** Steps after which there are no more corrections. */
const CORRECTED = 200
const MOST_STEPS = 1_000_000
/** A mode of which less than this part is lost a step is taken as one that grows. */
const GROWS = 1e-6

/** The mode in which losses grow: vectors of the largest eigenvalue of Λ, roughly, and over all nodes weight · along and weight · (I − Λ) along. */
export interface Mode {
  readonly along: Float64Array
  readonly weight: Float64Array
  readonly norm: number
  readonly gap: number
}

/** A network as it is followed. */
export interface Net {
  readonly links: Links
  readonly loans: Loans
  readonly mode: Mode
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

const TURNS = 12

/** Power iteration from 1 everywhere; a quarter of the last vector is kept, so that loops of two do not swing. @param pass adds Λ x, or Λᵀ x, to out */
function vector(count: number, pass: (x: Float64Array, out: Float64Array) => void): Float64Array {
  let own = new Float64Array(count).fill(1)
  for (let turn = 0; turn < TURNS; turn++) {
    const out = new Float64Array(count)
    pass(own, out)
    const most = out.reduce((sum, one) => Math.max(sum, one), 0)
    if (most === 0) return own
    own = out.map((one, i) => (0.75 * one) / most + 0.25 * (own[i] as number))
  }
  return own
}

export function net_of(links: Links): Net {
  const { count, at, lender, leverage } = links
  const along = vector(count, (x, out) => push_one(links, x, out))
  const weight = vector(count, (x, out) => {
    for (let b = 0; b < count; b++)
      for (let k = at[b] as number; k < (at[b + 1] as number); k++)
        out[b] = (out[b] as number) + (leverage[k] as number) * (x[lender[k] as number] as number)
  })
  const grown = new Float64Array(count)
  push_one(links, along, grown)
  let [norm, gap] = [0, 0]
  for (let i = 0; i < count; i++) {
    norm += (weight[i] as number) * (along[i] as number)
    gap += (weight[i] as number) * ((along[i] as number) - (grown[i] as number))
  }
  return { links, loans: loans_of(links), mode: { along, weight, norm, gap } }
}

/** to += Λ from, one lane. */
function push_one({ count, at, lender, leverage }: Links, from: Float64Array, to: Float64Array): void {
  for (let b = 0; b < count; b++) {
    const own = from[b] as number
    if (own === 0) continue
    const end = at[b + 1] as number
    for (let k = at[b] as number; k < end; k++) {
      const i = lender[k] as number
      to[i] = (to[i] as number) + (leverage[k] as number) * own
    }
  }
}

/** to += Λ from, eight lanes side by side; a lender's sums stay in registers. */
function pull_all({ at, borrower, leverage }: Loans, from: Float64Array, to: Float64Array): void {
  for (let i = 0; i + 1 < at.length; i++) {
    const t = i * LANES
    let n0 = to[t] as number
    let n1 = to[t + 1] as number
    let n2 = to[t + 2] as number
    let n3 = to[t + 3] as number
    let n4 = to[t + 4] as number
    let n5 = to[t + 5] as number
    let n6 = to[t + 6] as number
    let n7 = to[t + 7] as number
    const end = at[i + 1] as number
    for (let k = at[i] as number; k < end; k++) {
      const f = (borrower[k] as number) * LANES
      const l = leverage[k] as number
      n0 += l * (from[f] as number)
      n1 += l * (from[f + 1] as number)
      n2 += l * (from[f + 2] as number)
      n3 += l * (from[f + 3] as number)
      n4 += l * (from[f + 4] as number)
      n5 += l * (from[f + 5] as number)
      n6 += l * (from[f + 6] as number)
      n7 += l * (from[f + 7] as number)
    }
    to[t] = n0
    to[t + 1] = n1
    to[t + 2] = n2
    to[t + 3] = n3
    to[t + 4] = n4
    to[t + 5] = n5
    to[t + 6] = n6
    to[t + 7] = n7
  }
}

interface Lane {
  /** Is where it ends: it is left alone, so that a lane does not depend on those beside it. */
  done: boolean
  /** Largest difference between a loss and its image. */
  most: number
  /** Differences, weighed. */
  left: number
  /** As in `Mode`, among those who are reached and have not lost everything. */
  norm: number
  gap: number
}

/** All there is of the lanes: node i of lane c stands at i · width + c. */
interface State {
  readonly net: Net
  readonly width: number
  readonly lost: Float64Array
  /** shock + Λ lost. */
  readonly image: Float64Array
  /** What the next step adds. */
  readonly more: Float64Array
  /** 1: reached, and not everything lost. */
  readonly open: Uint8Array
  readonly lanes: readonly Lane[]
}

/** Node i joins those of a lane who are open, or leaves them. */
function turn({ net, width, open }: State, lane: Lane, c: number, i: number): void {
  const { along, weight } = net.mode
  const { links, loans } = net
  const joins = open[i * width + c] === 0
  open[i * width + c] = 1
  let [lent, owed] = [0, 0]
  for (let k = loans.at[i] as number; k < (loans.at[i + 1] as number); k++) {
    const j = loans.borrower[k] as number
    if (open[j * width + c] === 1) lent += (loans.leverage[k] as number) * (along[j] as number)
  }
  for (let k = links.at[i] as number; k < (links.at[i + 1] as number); k++) {
    const j = links.lender[k] as number
    if (j !== i && open[j * width + c] === 1) owed += (links.leverage[k] as number) * (weight[j] as number)
  }
  const own = (weight[i] as number) * (along[i] as number)
  const gap = own - (weight[i] as number) * lent - (along[i] as number) * owed
  lane.norm += joins ? own : -own
  lane.gap += joins ? gap : -gap
  open[i * width + c] = joins ? 1 : 0
}

/** How far lane c is from its image. @param corrects keeps account of who is open */
function look(state: State, lane: Lane, c: number, corrects: boolean): void {
  const { net, width, lost, image, open } = state
  const { weight } = net.mode
  let [most, left] = [0, 0]
  for (let i = 0, t = c; t < lost.length; i++, t += width) {
    const at = image[t] as number
    const more = Math.min(1, at) - (lost[t] as number)
    if (more > most) most = more
    else if (-more > most) most = -more
    left += (weight[i] as number) * more
    if (corrects && (at > 0 && at < 1 ? 1 : 0) !== open[t]) turn(state, lane, c, i)
  }
  lane.most = most
  lane.left = left
}

/** What is left, in the end, along the mode. */
function correction({ net, width, lost, image, open }: State, { norm, gap, left }: Lane, c: number): number {
  if (!(norm > 0)) return 0
  if (gap > GROWS * norm) return ((1 - gap / norm) * left) / gap
  if (!(left > 0)) return 0
  let room = Number.POSITIVE_INFINITY
  for (let i = 0, t = c; t < lost.length; i++, t += width) {
    const along = net.mode.along[i] as number
    if (open[t] === 1 && along > 0) room = Math.min(room, (1 - (image[t] as number)) / along)
  }
  return room < Number.POSITIVE_INFINITY ? room : 0
}

/** Puts lane c where its image is, and `times` the mode beyond. */
function move({ net, width, lost, image, more, open }: State, c: number, times: number): void {
  const { along } = net.mode
  for (let i = 0, t = c; t < lost.length; i++, t += width) {
    let to = Math.min(1, image[t] as number)
    if (times !== 0 && open[t] === 1) to = Math.max(0, Math.min(1, to + times * (along[i] as number)))
    more[t] = to - (lost[t] as number)
    lost[t] = to
  }
}

/** Brings the shocks in `lost`, one a node, to where they end, in place. `tolerance`: nobody's loss differs by more from its image. */
export function spread(net: Net, lost: Float64Array, tolerance: number): void {
  run(net, lost, 1, tolerance, (more, image) => push_one(net.links, more, image))
}

/** The same for `LANES` shocks: node i of lane c stands at i · LANES + c. A lane ends as `spread` does, to the last bit. */
export function spread_all(net: Net, lost: Float64Array, tolerance: number): void {
  run(net, lost, LANES, tolerance, (more, image) => pull_all(net.loans, more, image))
}

/** @param pass adds Λ more to image */
function run(
  net: Net,
  lost: Float64Array,
  width: number,
  tolerance: number,
  pass: (more: Float64Array, image: Float64Array) => void,
): void {
  const { norm, gap } = net.mode
  const lanes: Lane[] = Array.from({ length: width }, () => ({ done: false, most: 0, left: 0, norm, gap }))
  const state: State = {
    net,
    width,
    lost,
    image: lost.slice(),
    more: new Float64Array(lost.length),
    open: new Uint8Array(lost.length).fill(1),
    lanes,
  }
  lost.fill(0)
  for (let step = 0; step < MOST_STEPS; step++) {
    const corrects = step >= SPREAD_OUT && step < CORRECTED
    lanes.forEach((lane, c) => {
      if (lane.done) return
      look(state, lane, c, corrects)
      move(state, c, corrects && lane.most > tolerance ? correction(state, lane, c) : 0)
      lane.done = lane.most <= tolerance
      if (lane.done) for (let t = c; t < lost.length; t += width) state.more[t] = 0
    })
    if (lanes.every(({ done }) => done)) return
    pass(state.more, state.image)
  }
}
