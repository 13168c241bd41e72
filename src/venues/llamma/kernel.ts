/**
 * The mechanics in floats: collateral in units, stable coins as unit of account, prices stable per collateral. Held to reference.ts at 1e-9
 * by property test. Free functions over typed arrays; nothing allocates.
 */
import { log, pow } from '../../math/index.ts'

export const YEAR_MS = 31_536_000_000
/** Bands that exist: numbers −OFFSET to SPAN − OFFSET − 1. */
export const OFFSET = 1024
export const SPAN = 3072
export const MAX_TICKS = 50
const MAX_SKIP = 1024
const MAX_CHANGE = 1.25
export const MEMORY_MS = 120_000
/** Rounding that a limit forgives. */
export const HAIR = 1e-12

/** What never changes of a market. */
export interface Geometry {
  readonly A: number
  readonly fee: number
  readonly log_ratio: number
  readonly sqrt_ratio: number
  /** Price ratio of 50 bands, beyond which a trade does not look. */
  readonly far: number
  /** ((A − 1) / A)^n by band. */
  readonly powers: Float64Array
}

export function geometry(A: number, fee: number): Geometry {
  const ratio = A / (A - 1)
  const powers = Float64Array.from({ length: SPAN }, (_, i) => pow(ratio, OFFSET - i))
  return { A, fee, log_ratio: log(ratio), sqrt_ratio: Math.sqrt(ratio), far: pow(ratio, MAX_TICKS), powers }
}

/** Upper end of a band in terms of the oracle price; `base` grows with interest. */
export const oracleUp = (geo: Geometry, base: number, n: number): number => base * (geo.powers[n + OFFSET] as number)

export interface Limited {
  price: number
  fee: number
}

/** Price that a trade sees and its fee for a change that came soon after the last trade (limit_p_o). */
export function limited(raw: number, old: number, old_fee: number, since_ms: number, out: Limited): void {
  const weight = (MEMORY_MS - Math.min(MEMORY_MS, since_ms)) / MEMORY_MS
  out.price = raw
  out.fee = 0
  if (weight === 0) return
  let ratio = raw > old ? old / raw : raw / old
  if (ratio < 1 / MAX_CHANGE) {
    ratio = 1 / MAX_CHANGE
    out.price = raw > old ? old * MAX_CHANGE : old / MAX_CHANGE
  }
  out.fee = Math.min((1 + old_fee - ratio * ratio * ratio) * weight, 1 - 1e-18)
}

/** The y0 of a band: what it would hold if all were collateral and the oracle stood at its upper end. */
export function y0Of(A: number, x: number, y: number, p: number, up: number): number {
  const b = (up * (A - 1) * x) / p + ((A * p * p) / up) * y
  return x > 0 && y > 0 ? (b + Math.sqrt(b * b + 4 * A * p * y * x)) / (2 * A * p) : b / (A * p)
}

/** Fee of a band away from the oracle price: a quarter of the distance. */
export function dynamicFee(A: number, p: number, up: number): number {
  const low = (p * p * p) / (up * up)
  const next = (up * (A - 1)) / A
  const high = (p * p * p) / (next * next)
  if (p < low) return (low - p) / (4 * low)
  return p > high ? (p - high) / (4 * p) : 0
}

export interface Walk {
  paid: number
  got: number
  active: number
}

/** What a walk stops at: so much paid in, so much got out, or a marginal price after fee (stable per collateral). */
export type Stop = 'in' | 'out' | 'price'

/**
 * Trades through the bands from the active one: stable for collateral downwards (pump), or collateral for stable upwards.
 * @param fee for the change of the oracle price; the largest of it, the band's own and the market's counts
 * @param write called with each band that changes: what came in and what is left of the other side
 */
export function walk(
  geo: Geometry,
  base: number,
  x: Float64Array,
  y: Float64Array,
  from: Walk,
  ends: { readonly low: number; readonly high: number },
  pump: boolean,
  p: number,
  fee: number,
  stop: Stop,
  amount: number,
  write?: (n: number, x: number, y: number) => void,
): void {
  const { A, powers } = geo
  const end = pump ? ends.high : ends.low
  const least_fee = Math.max(geo.fee, fee)
  // From the side that comes in, a price is turned round for collateral.
  const limit = pump ? amount : 1 / amount
  let n = from.active
  let paid = 0
  let got = 0
  let touched = 0
  // Who pays what it costs and no more ends in the last band he took from, though it be empty then.
  let last_band = n
  for (let i = 0; i < MAX_TICKS + MAX_SKIP; i++) {
    const up = base * (powers[n + OFFSET] as number)
    const bx = x[n + OFFSET] as number
    const by = y[n + OFFSET] as number
    const there = pump ? by : bx
    const mine = pump ? bx : by
    if (there > 0 || mine > 0) touched++
    if (there > 0) {
      const y0 = y0Of(A, bx, by, p, up)
      const f = (A * y0 * p * p) / up
      const g = ((A - 1) * y0 * up) / p
      const inv = (f + bx) * (g + by)
      const anti = 1 / (1 - Math.min(Math.max(dynamicFee(A, p, up), least_fee), 1 - 1e-18))
      const a = pump ? f : g
      const b = pump ? g : f
      const whole = Math.max(0, inv / b - a - mine)
      let net = whole
      if (stop === 'in') net = Math.min(whole, (amount - paid) / anti)
      else if (stop === 'price') net = Math.min(whole, Math.sqrt((inv * limit) / anti) - a - mine)
      else if (amount - got < there) net = Math.min(whole, inv / (b + there - (amount - got)) - a - mine)
      if (!(net > 0) && !(whole === 0 && stop !== 'price')) break
      const last = net < whole ? Math.min(there, Math.max(0, inv / (a + mine + net) - b)) : 0
      paid += net * anti
      got += there - last
      last_band = n
      write?.(n, pump ? bx + net * anti : last, pump ? last : by + net * anti)
      if (net < whole) break
    }
    if (n === end || touched === MAX_TICKS) break
    if (pump ? up * geo.far < p : up > p * geo.far) break
    n += pump ? 1 : -1
  }
  from.paid = paid
  from.got = got
  from.active = stop === 'in' && paid < amount ? n : last_band
}

/** Stable that a band's content becomes as the oracle price falls slowly through it. */
export function bandDown(geo: Geometry, x: number, y: number, p: number, up: number): number {
  const { A } = geo
  const down = (up * (A - 1)) / A
  if (p > up && x === 0) return (y * up) / geo.sqrt_ratio
  if (p < down && y === 0) return x
  const y0 = y0Of(A, x, y, p, up)
  if (!(y0 > 0)) return 0
  const f = (A * y0 * p * p) / up
  const g = ((A - 1) * y0 * up) / p
  const inv = (f + x) * (g + y)
  if (p > up) return (Math.max(0, inv / f - g) * up) / geo.sqrt_ratio
  if (p < down) return Math.max(0, inv / g - f)
  const yo = (A * y0 * (p - down)) / p
  return Math.max(0, inv / (g + yo) - f) + yo * Math.sqrt(down * p)
}

/**
 * Highest band, the lowest number, whose range may carry this debt; not whether the oracle price is high enough for it.
 * @param N bands of the loan
 */
export function n1Of(
  geo: Geometry,
  base: number,
  active: number,
  collateral: number,
  debt: number,
  N: number,
  discount: number,
): number {
  const haircut = Math.min(1, discount + 1000 / Math.max((collateral * 1e18) / N, 1000))
  const down = (geo.A - 1) / geo.A
  let sum = 0
  let term = 1
  for (let k = 0; k < N; k++) {
    sum += term
    term *= down
  }
  const effective = ((collateral * (1 - haircut)) / (geo.sqrt_ratio * N)) * sum
  const steps = Math.floor(log((effective * oracleUp(geo, base, active)) / debt) / geo.log_ratio)
  return Math.min(steps, MAX_SKIP - N) + active
}

/** Share of the position that goes for a share of the debt: less, as long as something stays. */
export const removed = (fraction: number, h: number): number =>
  fraction >= 1 ? 1 : (((1 + h / 2) * (1 - fraction)) / (1 + h) + fraction) * fraction

/**
 * Share of the debt that a liquidator closes who pays this much himself: what `removed` gives him of the stable pays the rest.
 * The smaller root of x(1 − a)·s² + (a·x − debt)·s + amount = 0 with a = (1 + h/2)/(1 + h); needs amount < debt − x.
 */
export function fractionFor(amount: number, debt: number, x: number, h: number): number {
  const a = (1 + h / 2) / (1 + h)
  const [q, l] = [x * (1 - a), a * x - debt]
  return (2 * amount) / (-l + Math.sqrt(Math.max(0, l * l - 4 * q * amount)))
}
