// What must be the same everywhere, as hashes by name: run in Node, in a second Node and in a browser, compared as text.
// It stands on the pure layers alone, so it bundles for any of them.
import {
  cos,
  erf,
  exp,
  expm1,
  Hasher,
  log,
  log1p,
  normalCdf,
  normalQuantile,
  philox4x32,
  pow,
  sin,
  tanh,
} from '../../src/math/index.ts'

const SIZE = 50_000

/** Numbers of every size in [low, high], from the project's own stream. */
function grid(low: number, high: number, key: number): Float64Array {
  const words = new Uint32Array(4)
  return Float64Array.from({ length: SIZE }, (_, i) => {
    philox4x32(i, 0, 0, 0, key, 1, words)
    const unit = ((words[0] as number) + (words[1] as number) / 4294967296 + 1 / 8589934592) / 4294967296
    return low + (high - low) * unit
  })
}

const hashOf = (column: Float64Array) => new Hasher().column(column).digest()
const FUNCTIONS: readonly [string, (x: number) => number, number, number][] = [
  ['exp', exp, -740, 709],
  ['expm1', expm1, -40, 40],
  ['log', log, 1e-300, 10],
  ['log1p', log1p, -0.999, 2],
  ['sqrt', Math.sqrt, 0, 1e6],
  ['tanh', tanh, -20, 20],
  ['sin', sin, -1000, 1000],
  ['cos', cos, -1000, 1000],
  ['erf', erf, -6, 6],
  ['normalCdf', normalCdf, -38, 9],
  ['normalQuantile', normalQuantile, 0, 1],
]

export default function probe(): Record<string, string> {
  const found: Record<string, string> = { grid: hashOf(grid(-1, 1, 0)), text: new Hasher().text('Ünwind ⚖ 𝄞').digest() }
  FUNCTIONS.forEach(([name, f, low, high], i) => {
    found[name] = hashOf(grid(low, high, i + 1).map(f))
  })
  const powers = grid(-30, 30, 100)
  found['pow'] = hashOf(grid(1e-3, 1e3, 101).map((x, i) => pow(x, powers[i] as number)))
  return found
}
