/** Sparse matrices by rows, and the spectral radius of nonnegative ones. */

/** Compressed rows: row i holds value[k] at column[k], for start[i] ≤ k < start[i + 1]. Columns of a row may repeat; they add. */
export interface Csr {
  readonly rows: number
  readonly start: Int32Array
  readonly column: Int32Array
  readonly value: Float64Array
}

/** The nonzero elements of a dense square matrix, row after row. */
export function csrFromDense(a: Float64Array, n: number): Csr {
  if (a.length !== n * n) throw new RangeError(`csrFromDense: ${a.length} values are not a ${n} × ${n} matrix`)
  const at: number[] = []
  for (let i = 0; i < a.length; i++) if (a[i] !== 0) at.push(i)
  const start = new Int32Array(n + 1)
  for (const i of at) start[Math.floor(i / n) + 1]!++
  for (let i = 0; i < n; i++) start[i + 1]! += start[i] as number
  return { rows: n, start, column: Int32Array.from(at, (i) => i % n), value: Float64Array.from(at, (i) => a[i] as number) }
}

/** From entries (i[k], j[k], value[k]) in any order; entries of one place stay apart and add. */
export function csrFromEntries(rows: number, i: ArrayLike<number>, j: ArrayLike<number>, value: ArrayLike<number>): Csr {
  const start = new Int32Array(rows + 1)
  for (let k = 0; k < i.length; k++) {
    if (!((i[k] as number) >= 0 && (i[k] as number) < rows && (j[k] as number) >= 0 && (j[k] as number) < rows)) {
      throw new RangeError(`csrFromEntries: entry ${k} at (${i[k]}, ${j[k]}) is outside ${rows} rows`)
    }
    start[(i[k] as number) + 1]!++
  }
  for (let r = 0; r < rows; r++) start[r + 1]! += start[r] as number
  const next = start.slice()
  const column = new Int32Array(i.length)
  const values = new Float64Array(i.length)
  for (let k = 0; k < i.length; k++) {
    const to = next[i[k] as number]!++
    column[to] = j[k] as number
    values[to] = value[k] as number
  }
  return { rows, start, column, value: values }
}

/** out = a x. */
export function csrMultiply(a: Csr, x: Float64Array, out: Float64Array): void {
  for (let i = 0; i < a.rows; i++) {
    let s = 0
    const end = a.start[i + 1] as number
    for (let k = a.start[i] as number; k < end; k++) s += (a.value[k] as number) * (x[a.column[k] as number] as number)
    out[i] = s
  }
}

/**
 * The strongly connected component of every node (i → j where element (i, j) is stored and not 0), numbered from 0; a
 * component's successors have smaller numbers. Tarjan, SIAM J. Comput. 1 (1972) 146–160, without recursion.
 */
export function components(a: Csr): { readonly of: Int32Array; readonly count: number } {
  const n = a.rows
  const of = new Int32Array(n).fill(-1)
  const index = new Int32Array(n).fill(-1)
  const low = new Int32Array(n)
  const cursor = a.start.slice(0, n)
  const path: number[] = []
  const stack: number[] = []
  let visited = 0
  let count = 0
  for (let root = 0; root < n; root++) {
    if (index[root] !== -1) continue
    path.push(root)
    while (path.length > 0) {
      const node = path[path.length - 1] as number
      if (index[node] === -1) {
        index[node] = low[node] = visited++
        stack.push(node)
      }
      const next = nextChild(a, node, cursor, index, low, of)
      if (next >= 0) {
        path.push(next)
        continue
      }
      path.pop()
      if (path.length > 0) {
        const parent = path[path.length - 1] as number
        low[parent] = Math.min(low[parent] as number, low[node] as number)
      }
      if (low[node] !== index[node]) continue
      for (let member = -1; member !== node; ) {
        member = stack.pop() as number
        of[member] = count
      }
      count++
    }
  }
  return { of, count }
}

/** The next unvisited child of a node, or −1; edges to nodes still on the stack lower the node's link on the way. */
function nextChild(a: Csr, node: number, cursor: Int32Array, index: Int32Array, low: Int32Array, of: Int32Array): number {
  const end = a.start[node + 1] as number
  while ((cursor[node] as number) < end) {
    const k = cursor[node]!++
    const child = a.column[k] as number
    if (a.value[k] === 0) continue
    if (index[child] === -1) return child
    if (of[child] === -1) low[node] = Math.min(low[node] as number, index[child] as number)
  }
  return -1
}

export interface SpectralRadius {
  readonly value: number
  /** Proven bounds: lower ≤ radius ≤ upper, up to rounding. */
  readonly lower: number
  readonly upper: number
  readonly iterations: number
  /** upper − lower ≤ tolerance · upper. */
  readonly converged: boolean
}

/**
 * The largest absolute eigenvalue of a nonnegative matrix: the largest over its strongly connected components, each by
 * power iteration on a + s I, where min and max of (a x)ᵢ / xᵢ enclose the radius (Collatz and Wielandt: Horn and Johnson,
 * Matrix Analysis, 2nd ed., 8.1.26). So acyclic matrices give exactly 0, and periodic ones converge too.
 * Throws RangeError on negative or non-finite elements.
 */
export function spectralRadius(a: Csr, tolerance = 1e-12, maxIterations = 10_000): SpectralRadius {
  for (let k = 0; k < a.value.length; k++) {
    const v = a.value[k] as number
    if (!(v >= 0 && v - v === 0)) throw new RangeError(`spectralRadius: element ${k} is ${v}; it must be finite and ≥ 0`)
  }
  const { of, count } = components(a)
  const members: number[][] = Array.from({ length: count }, () => [])
  for (let i = 0; i < a.rows; i++) (members[of[i] as number] as number[]).push(i)
  const slot = new Int32Array(a.rows)
  let best: SpectralRadius = { value: 0, lower: 0, upper: 0, iterations: 0, converged: true }
  for (const nodes of members) {
    const found = irreducible(block(a, nodes, of, slot), tolerance, maxIterations)
    best = {
      value: Math.max(best.value, found.value),
      lower: Math.max(best.lower, found.lower),
      upper: Math.max(best.upper, found.upper),
      iterations: best.iterations + found.iterations,
      converged: true,
    }
  }
  return { ...best, converged: best.upper - best.lower <= tolerance * best.upper }
}

/** The rows and columns of one component. */
function block(a: Csr, nodes: number[], of: Int32Array, slot: Int32Array): Csr {
  const id = of[nodes[0] as number]
  nodes.forEach((node, i) => {
    slot[node] = i
  })
  const start = new Int32Array(nodes.length + 1)
  const column: number[] = []
  const value: number[] = []
  nodes.forEach((node, i) => {
    for (let k = a.start[node] as number; k < (a.start[node + 1] as number); k++) {
      const to = a.column[k] as number
      if (of[to] !== id || a.value[k] === 0) continue
      column.push(slot[to] as number)
      value.push(a.value[k] as number)
    }
    start[i + 1] = column.length
  })
  return { rows: nodes.length, start, column: Int32Array.from(column), value: Float64Array.from(value) }
}

function irreducible(a: Csr, tolerance: number, maxIterations: number): SpectralRadius {
  const n = a.rows
  let x = new Float64Array(n).fill(1)
  let y = new Float64Array(n)
  let lower = 0
  let upper = Number.POSITIVE_INFINITY
  let iterations = 0
  while (iterations === 0 || (iterations < maxIterations && upper - lower > tolerance * upper)) {
    iterations++
    csrMultiply(a, x, y)
    let low = Number.POSITIVE_INFINITY
    let high = 0
    for (let i = 0; i < n; i++) {
      // A component of the Perron vector can underflow; it then bounds nothing.
      if (x[i] === 0) continue
      const ratio = (y[i] as number) / (x[i] as number)
      low = Math.min(low, ratio)
      high = Math.max(high, ratio)
    }
    lower = Math.max(lower, low)
    upper = Math.min(upper, high)
    // The shift makes a periodic block aperiodic; half the radius is near the best for a period of 2 or 3.
    const shift = 0.25 * (lower + upper)
    let peak = 0
    for (let i = 0; i < n; i++) {
      y[i]! += shift * (x[i] as number)
      peak = Math.max(peak, y[i] as number)
    }
    if (peak > 0) for (let i = 0; i < n; i++) y[i]! /= peak
    ;[x, y] = [y, x]
  }
  return { value: 0.5 * (lower + upper), lower, upper, iterations, converged: true }
}
