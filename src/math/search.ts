/** Searching: positions in sorted arrays, roots of functions of one variable. */

/** The first index in [from, to) whose value is ≥ `value`, else `to`; `sorted` ascends. */
export function lowerBound(sorted: ArrayLike<number>, value: number, from = 0, to: number = sorted.length): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}

/** The first index in [from, to) whose value is > `value`, else `to`; `sorted` ascends. */
export function upperBound(sorted: ArrayLike<number>, value: number, from = 0, to: number = sorted.length): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) <= value) low = middle + 1
    else high = middle
  }
  return low
}

const EPSILON = 2.220446049250313e-16

function evaluate(f: (x: number) => number, x: number): number {
  const y = f(x)
  if (y !== y) throw new RangeError(`root: the function is NaN at ${x}`)
  return y
}

function bracket(a: number, b: number, fa: number, fb: number): void {
  if (!(a - a === 0 && b - b === 0)) throw new RangeError(`root: the bracket must be finite, got [${a}, ${b}]`)
  if (fa > 0 === fb > 0 && fa !== 0 && fb !== 0) {
    throw new RangeError(`root: the function must change sign on [${a}, ${b}], got ${fa} and ${fb}`)
  }
}

/**
 * A point of [a, b] within `tolerance` of a change of sign, by halving; with tolerance 0, one of the two adjacent doubles.
 * For functions with jumps. Throws RangeError without a change of sign or on NaN.
 */
export function bisect(f: (x: number) => number, a: number, b: number, tolerance = 0): number {
  const fa = evaluate(f, a)
  const fb = evaluate(f, b)
  bracket(a, b, fa, fb)
  if (fa === 0) return a
  if (fb === 0) return b
  let negative = fa < 0 ? a : b
  let positive = fa < 0 ? b : a
  for (;;) {
    const middle = 0.5 * negative + 0.5 * positive
    if (middle === negative || middle === positive || Math.abs(positive - negative) <= tolerance) return middle
    const y = evaluate(f, middle)
    if (y === 0) return middle
    if (y < 0) negative = middle
    else positive = middle
  }
}

/**
 * A root of a continuous f in [a, b], where f(a) and f(b) differ in sign, within 4 ε |x| + tolerance: inverse quadratic
 * interpolation and secant steps, halving where these do not pay (Brent, Algorithms for Minimization without Derivatives,
 * 1973, ch. 4). Throws RangeError without a change of sign or on NaN.
 */
export function brent(f: (x: number) => number, a: number, b: number, tolerance = 0): number {
  let older = a
  let best = b
  let fOlder = evaluate(f, a)
  let fBest = evaluate(f, b)
  bracket(a, b, fOlder, fBest)
  let other = older
  let fOther = fOlder
  let step = best - older
  let previous = step
  for (;;) {
    if (Math.abs(fOther) < Math.abs(fBest)) {
      older = best
      best = other
      other = older
      fOlder = fBest
      fBest = fOther
      fOther = fOlder
    }
    const enough = 2 * EPSILON * Math.abs(best) + 0.5 * tolerance
    const half = 0.5 * (other - best)
    if (Math.abs(half) <= enough || fBest === 0) return best
    const trial = Math.abs(previous) >= enough && Math.abs(fOlder) > Math.abs(fBest) ? interpolate() : half
    // A step that is not well inside the bracket, or does not halve the step before last, is replaced by halving.
    const good =
      trial * half > 0 && Math.abs(trial) < 1.5 * Math.abs(half) - 0.5 * enough && Math.abs(trial) < 0.5 * Math.abs(previous)
    previous = good ? step : half
    step = good ? trial : half
    older = best
    fOlder = fBest
    best += Math.abs(step) > enough ? step : half > 0 ? enough : -enough
    fBest = evaluate(f, best)
    if (fBest > 0 === fOther > 0) {
      other = older
      fOther = fOlder
      step = best - older
      previous = step
    }
  }

  function interpolate(): number {
    const s = fBest / fOlder
    if (older === other) return ((other - best) * s) / (s - 1)
    const q = fOlder / fOther
    const r = fBest / fOther
    return (-s * ((other - best) * q * (q - r) - (best - older) * (r - 1))) / ((q - 1) * (r - 1) * (s - 1))
  }
}
