/** Gradient-boosted regression trees for a chance: few, shallow, deterministic. */
import { log } from './elementary.ts'
import { sigmoid } from './logistic.ts'

/** A node of a tree, in a flat list: feature −1 is a leaf. Rows with `value < at` go left. */
interface Node {
  readonly feature: number
  readonly at: number
  readonly left: number
  readonly right: number
  readonly value: number
}

export interface Boosted {
  readonly start: number
  readonly rate: number
  readonly trees: readonly (readonly Node[])[]
}

export interface BoostOptions {
  readonly trees: number
  readonly depth: number
  /** Shrinkage of each tree. */
  readonly rate: number
  /** Fewest rows in a leaf. */
  readonly leaf: number
  /** Added to the curvature of a leaf. */
  readonly ridge: number
}

export const BOOST: BoostOptions = { trees: 60, depth: 2, rate: 0.08, leaf: 25, ridge: 5 }

/** Values at which a feature may be split: at most 16, between quantiles of what it takes. */
function cuts_of(x: Float64Array, n: number, m: number, feature: number): number[] {
  const sorted = Float64Array.from({ length: n }, (_, i) => x[i * m + feature] as number).sort()
  const cuts = new Set<number>()
  for (let k = 1; k <= 16; k++) {
    const at = Math.floor((k * n) / 17)
    const [low, high] = [sorted[at - 1] as number, sorted[at] as number]
    if (high > low) cuts.add((low + high) / 2)
  }
  return [...cuts]
}

/**
 * Newton boosting of the logistic loss: each tree fits −gradient ÷ curvature. Source: Friedman (2001), Chen and Guestrin (2016).
 * @param x n × m, row by row, finite
 */
export function boostFit(
  x: Float64Array,
  n: number,
  m: number,
  labels: ArrayLike<number>,
  options: BoostOptions = BOOST,
): Boosted {
  let ones = 0
  for (let i = 0; i < n; i++) ones += (labels[i] as number) > 0 ? 1 : 0
  const start = log((ones + 0.5) / (n - ones + 0.5))
  const scores = new Float64Array(n).fill(start)
  const cuts = Array.from({ length: m }, (_, feature) => cuts_of(x, n, m, feature))
  const gradient = new Float64Array(n)
  const curvature = new Float64Array(n)
  const trees: Node[][] = []
  for (let t = 0; t < options.trees; t++) {
    for (let i = 0; i < n; i++) {
      const p = sigmoid(scores[i] as number)
      gradient[i] = p - ((labels[i] as number) > 0 ? 1 : 0)
      curvature[i] = p * (1 - p)
    }
    const nodes: Node[] = []
    const all = Int32Array.from({ length: n }, (_, i) => i)
    grow({ x, m, gradient, curvature, cuts, options, nodes, scores }, all, options.depth)
    if (nodes.length === 1 && Math.abs((nodes[0] as Node).value) < 1e-9) break
    trees.push(nodes)
  }
  return { start, rate: options.rate, trees }
}

interface Growing {
  readonly x: Float64Array
  readonly m: number
  readonly gradient: Float64Array
  readonly curvature: Float64Array
  readonly cuts: readonly (readonly number[])[]
  readonly options: BoostOptions
  readonly nodes: Node[]
  readonly scores: Float64Array
}

/** Grows a subtree over some rows and returns its place; rows of leaves get their step. */
function grow(g: Growing, rows: Int32Array, depth: number): number {
  const { x, m, gradient, curvature, options, nodes, scores } = g
  let [sum, weight] = [0, 0]
  for (const i of rows) {
    sum += gradient[i] as number
    weight += curvature[i] as number
  }
  const place = nodes.length
  const split = depth > 0 ? best_split(g, rows, sum, weight) : undefined
  if (split === undefined) {
    const value = -sum / (weight + options.ridge)
    nodes.push({ feature: -1, at: 0, left: -1, right: -1, value })
    for (const i of rows) scores[i] = (scores[i] as number) + options.rate * value
    return place
  }
  nodes.push({ feature: -1, at: 0, left: -1, right: -1, value: 0 })
  const { feature, at } = split
  const left = grow(
    g,
    rows.filter((i) => (x[i * m + feature] as number) < at),
    depth - 1,
  )
  const right = grow(
    g,
    rows.filter((i) => (x[i * m + feature] as number) >= at),
    depth - 1,
  )
  nodes[place] = { feature, at, left, right, value: 0 }
  return place
}

function best_split(
  g: Growing,
  rows: Int32Array,
  sum: number,
  weight: number,
): { readonly feature: number; readonly at: number } | undefined {
  const { x, m, gradient, curvature, cuts, options } = g
  const worth = (total: number, curve: number) => (total * total) / (curve + options.ridge)
  let best = worth(sum, weight) + 1e-6
  let found: { feature: number; at: number } | undefined
  for (let feature = 0; feature < m; feature++)
    for (const at of cuts[feature] as readonly number[]) {
      let [left, curve, count] = [0, 0, 0]
      for (const i of rows) {
        if ((x[i * m + feature] as number) >= at) continue
        left += gradient[i] as number
        curve += curvature[i] as number
        count++
      }
      if (count < options.leaf || rows.length - count < options.leaf) continue
      const gain = worth(left, curve) + worth(sum - left, weight - curve)
      if (gain > best) [best, found] = [gain, { feature, at }]
    }
  return found
}

/** Score of a row, before the sigmoid. */
export function boostScore({ start, rate, trees }: Boosted, row: ArrayLike<number>): number {
  let score = start
  for (const nodes of trees) {
    let node = nodes[0] as Node
    while (node.feature >= 0) node = nodes[(row[node.feature] as number) < node.at ? node.left : node.right] as Node
    score += rate * node.value
  }
  return score
}
