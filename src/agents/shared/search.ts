/** Searching one number. */

/** A value this close to zero is zero: a gain of one part in a million. */
const FLAT = 1e-6

/**
 * Where a falling function crosses zero in (0, high], to about 1e-5 of where that is; `high` when it is not negative there,
 * 4^-21 of it when it is negative everywhere.
 * Quarters from above until the sign changes, then regula falsi with the Illinois rule.
 */
export function falling_root(f: (x: number) => number, high: number): number {
  let bad = high
  let at_bad = f(high)
  if (at_bad >= 0) return high
  let good = high / 4
  let at_good = f(good)
  for (let i = 0; i < 20 && at_good < 0; i++) {
    bad = good
    at_bad = at_good
    good /= 4
    at_good = f(good)
  }
  if (at_good < 0) return good
  let kept = 0
  for (let i = 0; i < 40 && bad - good > 1e-5 * good; i++) {
    const x = good + ((bad - good) * at_good) / (at_good - at_bad)
    const y = f(x)
    if (Math.abs(y) < FLAT) return x
    if (y > 0) {
      good = x
      at_good = y
      if (kept > 0) at_bad /= 2
      kept = 1
    } else {
      bad = x
      at_bad = y
      if (kept < 0) at_good /= 2
      kept = -1
    }
  }
  return good
}
