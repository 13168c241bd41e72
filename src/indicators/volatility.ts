/** How much prices move: close to close, from ranges, without jumps; jumps; falls from the top. Windows are spans of time, so any step will do. */
import { log } from '../math/index.ts'
import type { Indicator, PanelShape } from '../model/index.ts'
import { bipowerVariation, jumpTest, localJumpThreshold } from './shared/jumps.ts'
import { Every, Returns, Rolling, RollingHigh } from './shared/rolling.ts'
import { DAY_MS, per_symbol, type Reader, steps_in, YEAR_MS } from './shared/streams.ts'

const MONTH_MS = 30 * DAY_MS
const LN2 = log(2)

/** √(mean square a step × steps a year) over a span. */
function annual(
  shape: PanelShape,
  id: string,
  needs: readonly string[],
  span_ms: number,
  square: (values: (k: number) => number) => number,
) {
  const span = steps_in(shape, span_ms)
  const year = YEAR_MS / shape.step_ms
  return per_symbol(shape, id, 'ratio per √year', needs, span - 1, (columns) => {
    const rolling = new Rolling(span)
    return (row) => {
      rolling.push(square((k) => row[columns[k] as number] as number))
      return rolling.full ? Math.sqrt(Math.max(0, rolling.mean) * year) : Number.NaN
    }
  })
}

function returns_of(
  shape: PanelShape,
  id: string,
  unit: string,
  span_ms: number,
  every_ms: number,
  value: (returns: Float64Array) => number,
) {
  const span = steps_in(shape, span_ms, 20)
  return per_symbol(shape, id, unit, ['close'], span, ([close = -1], _, place) => {
    const moves = new Returns()
    const rolling = new Rolling(span)
    const rare = new Every(steps_in(shape, every_ms, 1), place)
    return (row) => {
      const move = moves.push(row[close] as number)
      rolling.push(move)
      return rolling.steps > span && rolling.full ? rare.of(() => value(rolling.values())) : Number.NaN
    }
  })
}

const realised: Indicator = {
  id: 'realised_volatility',
  title: 'Realised volatility, 30 days',
  source: 'Root mean square of log returns about zero, annualised: the rv30 of the baselines measured on daily data 2021–2025',
  needs: ['close'],
  reads: 'high: prices have been moving much',
  open(shape) {
    const span = steps_in(shape, MONTH_MS)
    const year = YEAR_MS / shape.step_ms
    return per_symbol(shape, 'realised_volatility', 'ratio per √year', ['close'], span, ([close = -1]) => {
      const moves = new Returns()
      const rolling = new Rolling(span)
      return (row) => {
        const move = moves.push(row[close] as number)
        rolling.push(move * move)
        return rolling.steps > span && rolling.full ? Math.sqrt(rolling.mean * year) : Number.NaN
      }
    })
  },
}

const parkinson: Indicator = {
  id: 'parkinson_volatility',
  title: 'Parkinson volatility, 10 days',
  source: 'Parkinson (1980): √(mean of ln²(high ÷ low) ÷ (4 ln 2))',
  needs: ['high', 'low'],
  reads: 'high: ranges are wide, also where closes hide it',
  open: (shape) =>
    annual(shape, 'parkinson_volatility', ['high', 'low'], 10 * DAY_MS, (of) => {
      const range = log(of(0) / of(1))
      return (range * range) / (4 * LN2)
    }),
}

const garman_klass: Indicator = {
  id: 'garman_klass_volatility',
  title: 'Garman–Klass volatility, 10 days',
  source: 'Garman and Klass (1980): mean of ½·ln²(high ÷ low) − (2 ln 2 − 1)·ln²(close ÷ open)',
  needs: ['open', 'high', 'low', 'close'],
  reads: 'high: prices move inside their bars',
  open: (shape) =>
    annual(shape, 'garman_klass_volatility', ['open', 'high', 'low', 'close'], 10 * DAY_MS, (of) => {
      const [range, body] = [log(of(1) / of(2)), log(of(3) / of(0))]
      return 0.5 * range * range - (2 * LN2 - 1) * body * body
    }),
}

const bipower: Indicator = {
  id: 'bipower_volatility',
  title: 'Volatility without jumps, 30 days',
  source: 'Barndorff-Nielsen and Shephard (2004): bipower variation, annualised',
  needs: ['close'],
  reads: 'far below the realised volatility: it was jumps',
  open: (shape) =>
    returns_of(shape, 'bipower_volatility', 'ratio per √year', MONTH_MS, DAY_MS, (r) =>
      Math.sqrt((bipowerVariation(r) * (YEAR_MS / shape.step_ms)) / r.length),
    ),
}

const jump_z: Indicator = {
  id: 'jump_z',
  title: 'Jumps in the last 30 days, ratio test',
  source: 'Barndorff-Nielsen and Shephard (2006), Huang and Tauchen (2005)',
  needs: ['close'],
  reads: 'above 2.33: jumps at the 1 % level',
  open: (shape) => returns_of(shape, 'jump_z', 'standard deviations', MONTH_MS, DAY_MS, (r) => jumpTest(r).z),
}

/** K of Lee and Mykland for the usual steps; √(steps a year of 252 days) between. */
const memory_of = (step_ms: number): number =>
  step_ms >= DAY_MS ? 16 : step_ms >= 3_600_000 ? 78 : step_ms >= 900_000 ? 156 : 270

const local_jump: Indicator = {
  id: 'local_jump',
  title: 'This move against the last ones, in thresholds',
  source: 'Lee and Mykland (2008): |L| ÷ (Cₙ + Sₙ·4.6), n the steps of a day (or 30 daily ones), at 1 %; sign of the move kept',
  needs: ['close'],
  reads: 'below −1: a fall that volatility does not explain',
  open(shape) {
    const k = memory_of(shape.step_ms)
    const n = Math.max(30, Math.round(DAY_MS / shape.step_ms))
    const { threshold } = localJumpThreshold(n, 0.01)
    return per_symbol(shape, 'local_jump', 'thresholds', ['close'], k - 2, ([close = -1]): Reader => {
      const moves = new Returns()
      const products = new Rolling(k - 2)
      let before = Number.NaN
      return (row) => {
        const move = moves.push(row[close] as number)
        // The scale is known before the move it judges.
        const scale = products.full ? Math.sqrt(products.mean) : Number.NaN
        products.push(Math.abs(move) * Math.abs(before))
        before = move
        return scale > 0 ? move / scale / threshold : Number.NaN
      }
    })
  },
}

const drawdown: Indicator = {
  id: 'drawdown',
  title: 'Fall from the high of 90 days',
  source: 'close ÷ highest close of 90 days − 1',
  needs: ['close'],
  reads: 'very negative: much has been lost already',
  open(shape) {
    const span = steps_in(shape, 90 * DAY_MS)
    return per_symbol(shape, 'drawdown', 'ratio', ['close'], span - 1, ([close = -1]) => {
      const high = new RollingHigh(span)
      let steps = 0
      return (row) => {
        const price = row[close] as number
        const top = high.push(price)
        return ++steps >= span ? price / top - 1 : Number.NaN
      }
    })
  },
}

/** Log return over a span of time. */
const momentum = (id: string, title: string, span_ms: number): Indicator => ({
  id,
  title,
  source: 'ln(close ÷ close then)',
  needs: ['close'],
  reads: 'very negative: the fall has begun; very positive: it has run far',
  open(shape) {
    const span = steps_in(shape, span_ms, 1)
    return per_symbol(shape, id, 'log ratio', ['close'], span, ([close = -1]) => {
      const prices = new Rolling(span + 1)
      return (row) => {
        prices.push(row[close] as number)
        return prices.steps > span ? log(prices.last / prices.back(span)) : Number.NaN
      }
    })
  },
})

export const volatility: readonly Indicator[] = [
  realised,
  parkinson,
  garman_klass,
  bipower,
  jump_z,
  local_jump,
  drawdown,
  momentum('return_1d', 'Return of one day', DAY_MS),
  momentum('return_30d', 'Return of 30 days', MONTH_MS),
]
