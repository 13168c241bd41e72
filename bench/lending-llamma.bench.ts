/**
 * Arbitrage steps against the bands of LLAMMA: `npm run bench -- lending-llamma`. A step is what a simulator that sets parameters does for
 * each price: the oracle moves, the market maker limits what a trade sees of it, and an arbitrageur trades through the bands until the
 * last unit costs the price. Rounds alternate with the exact reference, which is told how much to pay in and must give the same out.
 */
import { Rng } from '../src/math/index.ts'
import { geometry, limited, OFFSET, SPAN, walk } from '../src/venues/llamma/kernel.ts'
import { ReferenceLlamma } from '../src/venues/llamma/reference.ts'
import { heading, line, ratios, Samples, timed } from './timing.ts'

const ROUNDS = 7
const BASE = 3000
const BANDS = 40
const EACH = 1
/** Steps of one simulation, after which the bands are full again: arbitrage costs them a part of what they hold at each. */
const LENGTH = 1000
/** Steps the reference walks of those the kernel does. */
const EXACT = 20 * LENGTH

/** Published: steps a second of a public simulator used for setting parameters (Python). */
const PUBLISHED = 24_000

interface Path {
  readonly name: string
  readonly fee: number
  readonly every_s: number
  readonly prices: Float64Array
}

/** Log price drawn to the middle of the bands, `size` a step. */
function path(name: string, fee: number, every_s: number, size: number, pull: number, steps: number): Path {
  const rng = new Rng(7, steps, name)
  const prices = new Float64Array(steps)
  const middle = BASE * 0.99 ** (BANDS / 2)
  let away = 0
  for (let i = 0; i < steps; i++) {
    away = (1 - pull) * away + size * Math.sqrt(3) * (2 * rng.uniform() - 1)
    prices[i] = middle * (1 + away)
  }
  return { name, fee, every_s, prices }
}

interface Trace {
  /** Of each step: what was paid, 0 without a trade; negative where collateral was paid. And what was got. */
  readonly paid: Float64Array
  readonly got: Float64Array
  trades: number
  /** Bands that changed. */
  bands: number
}

/** Walks the path with the kernel. */
function by_kernel({ fee, every_s, prices }: Path, trace: Trace): void {
  const geo = geometry(100, fee)
  const x = new Float64Array(SPAN)
  const y = new Float64Array(SPAN)
  const seen = { price: 0, fee: 0 }
  const at = { paid: 0, got: 0, active: 0 }
  const ends = { low: 0, high: BANDS - 1 }
  let old = BASE
  let old_fee = 0
  let since_ms = 0
  let active = 0
  let bands = 0
  let trades = 0
  const write = (n: number, bx: number, by: number): void => {
    x[n + OFFSET] = bx
    y[n + OFFSET] = by
    bands++
  }
  for (let i = 0; i < prices.length; i++) {
    const price = prices[i] as number
    if (i % LENGTH === 0) {
      x.fill(0, OFFSET, OFFSET + BANDS)
      y.fill(EACH, OFFSET, OFFSET + BANDS)
      active = 0
      since_ms = Number.POSITIVE_INFINITY
    }
    since_ms += every_s * 1000
    limited(price, old, old_fee, since_ms, seen)
    at.active = active
    // What pays on one side cannot pay on the other.
    walk(geo, BASE, x, y, at, ends, true, seen.price, seen.fee, 'price', price, write)
    const pumped = at.got > 0
    if (!pumped) {
      at.active = active
      walk(geo, BASE, x, y, at, ends, false, seen.price, seen.fee, 'price', price, write)
    }
    const traded = at.got > 0
    trace.paid[i] = traded ? (pumped ? at.paid : -at.paid) : 0
    trace.got[i] = at.got
    if (!traded) continue
    trades++
    active = at.active
    old = seen.price
    old_fee = seen.fee
    since_ms = 0
  }
  trace.bands = bands
  trace.trades = trades
}

const wad = (value: number): bigint => (BigInt(Math.round(value * 2 ** 40)) * 10n ** 18n) >> 40n

function full(fee: number): ReferenceLlamma {
  const market = new ReferenceLlamma(100n, wad(BASE), wad(fee), 0n, 0n)
  for (let n = 0; n < BANDS; n++) market.band(n).y = wad(EACH)
  market.max_band = BANDS - 1
  return market
}

/** The first steps by the reference: the same trades, exact in what is paid. Returns what each got. */
function by_reference({ fee, every_s, prices }: Path, trace: Trace, out: bigint[]): void {
  let market = full(fee)
  for (let i = 0; i < EXACT; i++) {
    if (i % LENGTH === 0) market = full(fee)
    market.now += BigInt(every_s)
    market.price = wad(prices[i] as number)
    const paid = trace.paid[i] as number
    out[i] = paid === 0 ? 0n : market.exchange(paid > 0, wad(Math.abs(paid))).got
  }
}

/** Both got the same; sizes compare with what a band holds, for a tiny trade is a difference of large numbers. */
function check({ name, prices }: Path, trace: Trace, exact: readonly bigint[]): number {
  let worst = 0
  exact.forEach((got, i) => {
    const paid = trace.paid[i] as number
    const scale = paid > 0 ? EACH : EACH * (prices[i] as number)
    worst = Math.max(worst, Math.abs(Number(got) / 1e18 - (trace.got[i] as number)) / scale)
  })
  if (!(worst < 1e-9)) throw new Error(`${name}: kernel and reference differ by ${worst} of a band`)
  return worst
}

function bench(one: Path, wanted: string): void {
  const steps = one.prices.length
  const trace: Trace = { paid: new Float64Array(steps), got: new Float64Array(steps), trades: 0, bands: 0 }
  const exact: bigint[] = []
  const [kernel, reference] = [new Samples(), new Samples()]
  for (let round = 0; round <= ROUNDS; round++) {
    kernel.add(steps / timed(() => by_kernel(one, trace)) / 1000)
    reference.add(EXACT / timed(() => by_reference(one, trace, exact)) / 1000)
  }
  const worst = check(one, trace, exact)
  const share = trace.trades / steps
  const about = `${(100 * share).toFixed(0)} % of steps trade, ${(trace.bands / trace.trades).toFixed(2)} bands each`
  line(`${one.name}: ${about}`, `${kernel.spread(1, 2)} M steps/s`, wanted)
  line(`${one.name}: trades alone (all of the time, steps that trade)`, `${(kernel.median * share).toFixed(2)} M/s`)
  line(`${one.name}: exact reference, ${EXACT.toLocaleString('en')} steps`, `${reference.spread(1, 4)} M steps/s`)
  line(
    `${one.name}: kernel ÷ reference; they differ by ${worst.toExponential(1)} of a band`,
    `${ratios(kernel, reference).spread(1, 0)}×`,
  )
  line(
    `${one.name}: kernel ÷ published ${PUBLISHED / 1e6} M/s of a public simulator`,
    `${((kernel.median * 1e6) / PUBLISHED).toFixed(0)}×`,
  )
}

heading()
bench(path('busy (fee 0.1 %, an hour a step, 1 % each)', 0.001, 3600, 0.01, 0.05, 1_000_000), '≥ 2 M/s')
bench(path('hours (fee 0.6 %, 0.7 % each)', 0.006, 3600, 0.007, 0.02, 1_000_000), '≥ 2 M/s')
bench(path('minutes (fee 0.6 %, 0.1 % each)', 0.006, 60, 0.001, 0.0005, 1_000_000), '≥ 2 M/s')
