/** A request in floats. Formulas: `reference.ts`. */

/** Quote units due for a request of `base` units that was promised `promised` at `rate_then`, where the rate now is `rate_now`. */
export const due_of = (promised: number, rate_then: number, rate_now: number): number =>
  rate_now < rate_then ? (promised / rate_then) * rate_now : promised
