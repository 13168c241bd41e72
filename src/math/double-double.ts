/**
 * Numbers as an unevaluated sum high + low, about 106 bits. Only used to fill tables when a module loads; the error of
 * each operation is below 2^-100 of its result. Source: Dekker, Numer. Math. 18 (1971), 224–242; Knuth, TAOCP 2, 4.2.2.
 */
export type DoubleDouble = readonly [high: number, low: number]

/** ln 2 to 106 bits. */
export const LN2: DoubleDouble = [0.6931471805599453, 2.3190468138462996e-17]

function sum(a: number, b: number): DoubleDouble {
  const s = a + b
  const t = s - a
  return [s, a - (s - t) + (b - t)]
}

function product(a: number, b: number): DoubleDouble {
  const p = a * b
  const a1 = a * 134217729
  const b1 = b * 134217729
  const ah = a1 - (a1 - a)
  const bh = b1 - (b1 - b)
  const al = a - ah
  const bl = b - bh
  return [p, al * bl - (p - ah * bh - al * bh - ah * bl)]
}

export function ddAdd(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const [s, e] = sum(a[0], b[0])
  const [t, f] = sum(a[1], b[1])
  const [u, g] = sum(s, e + t)
  return sum(u, g + f)
}

export function ddMul(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const [p, e] = product(a[0], b[0])
  return sum(p, e + (a[0] * b[1] + a[1] * b[0]))
}

export function ddDiv(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const q1 = a[0] / b[0]
  const r1 = ddAdd(a, ddMul(b, [-q1, 0]))
  const q2 = r1[0] / b[0]
  const r2 = ddAdd(r1, ddMul(b, [-q2, 0]))
  return ddAdd(sum(q1, q2), [r2[0] / b[0], 0])
}

/** e^x for |x| < 1, by its Taylor series. */
export function ddExp(x: DoubleDouble): DoubleDouble {
  let total: DoubleDouble = [1, 0]
  let term: DoubleDouble = [1, 0]
  for (let n = 1; n <= 30; n++) {
    term = ddDiv(ddMul(term, x), [n, 0])
    total = ddAdd(total, term)
  }
  return total
}

/** ln v for ½ < v < 2, as 2·artanh((v − 1) / (v + 1)) (DLMF 4.6.4). */
export function ddLog(v: number): DoubleDouble {
  const t = ddDiv(sum(v, -1), sum(v, 1))
  const square = ddMul(t, t)
  let total: DoubleDouble = [0, 0]
  let power = t
  for (let n = 1; n < 80; n += 2) {
    total = ddAdd(total, ddDiv(power, [n, 0]))
    power = ddMul(power, square)
  }
  return ddMul(total, [2, 0])
}
