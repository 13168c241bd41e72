/** Minimum of a function of a few variables without derivatives. */

export interface Minimum {
  readonly x: Float64Array
  readonly value: number
  readonly evaluations: number
  readonly converged: boolean
}

/**
 * Nelder and Mead's simplex (1965) with the usual coefficients 1, 2, ½, ½; a value that is not finite counts as +Infinity.
 * @param step side of the first simplex, per variable
 * @param tolerance spread of values, relative to 1 + |best|, at which it stops
 */
export function nelderMead(
  f: (x: Float64Array) => number,
  start: ArrayLike<number>,
  step: ArrayLike<number>,
  tolerance = 1e-10,
  most = 200 * start.length,
): Minimum {
  const n = start.length
  let evaluations = 0
  const at = (x: Float64Array) => {
    evaluations++
    const value = f(x)
    return { x, value: Number.isFinite(value) ? value : Number.POSITIVE_INFINITY }
  }
  const simplex = Array.from({ length: n + 1 }, (_, i) =>
    at(Float64Array.from(start, (value, j) => value + (j === i - 1 ? (step[j] as number) : 0))),
  )
  const order = () => simplex.sort((a, b) => a.value - b.value)
  const done = () => {
    const [best, worst] = [simplex[0]?.value as number, simplex[n]?.value as number]
    return worst - best <= tolerance * (1 + Math.abs(best))
  }
  order()
  while (evaluations < most && !done()) {
    const worst = simplex[n] as { x: Float64Array; value: number }
    const centre = new Float64Array(n)
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) centre[j] = (centre[j] as number) + (simplex[i]?.x[j] as number) / n
    const along = (t: number) => at(Float64Array.from(centre, (c, j) => c + t * ((worst.x[j] as number) - c)))
    const reflected = along(-1)
    if (reflected.value < (simplex[0]?.value as number)) {
      const expanded = along(-2)
      simplex[n] = expanded.value < reflected.value ? expanded : reflected
    } else if (reflected.value < (simplex[n - 1]?.value as number)) simplex[n] = reflected
    else {
      const contracted = along(reflected.value < worst.value ? -0.5 : 0.5)
      if (contracted.value < Math.min(reflected.value, worst.value)) simplex[n] = contracted
      else {
        const best = simplex[0]?.x as Float64Array
        for (let i = 1; i <= n; i++)
          simplex[i] = at(Float64Array.from(best, (b, j) => b + 0.5 * ((simplex[i]?.x[j] as number) - b)))
      }
    }
    order()
  }
  return { x: simplex[0]?.x as Float64Array, value: simplex[0]?.value as number, evaluations, converged: done() }
}
