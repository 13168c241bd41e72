/** How a series behaves, not where it stands: self-excitation, slowing down, bubbles, tails. */
import { branchingFromCounts, branchingRatio, exp, hawkesFit, log } from '../math/index.ts'
import { column_at, type Indicator, type PanelShape, symbols_with } from '../model/index.ts'
import { lpplsFit, lpplsSign } from './shared/lppls.ts'
import { Every, Returns, Rolling } from './shared/rolling.ts'
import { marginalShortfall } from './shared/shortfall.ts'
import { DAY_MS, HOUR_MS, per_symbol, SILENT, steps_in } from './shared/streams.ts'

const MONTH_MS = 30 * DAY_MS

/** Events: moves of more than two root mean squares of the 30 days before. */
const excitation: Indicator = {
  id: 'hawkes_branching',
  title: 'Branching ratio of large moves, 90 days',
  source:
    'Ozaki (1979): α ÷ β of an exponential Hawkes process fitted once a week to the times at which |return| > 2 root mean squares of the 30 days before',
  needs: ['close'],
  reads: 'near 1: one large move makes the next; biased by the time scale, so compare it with itself',
  open(shape) {
    const [scale, span] = [steps_in(shape, MONTH_MS, 20), steps_in(shape, 90 * DAY_MS, 60)]
    return per_symbol(shape, 'hawkes_branching', 'ratio', ['close'], scale + span - 1, ([close = -1], _, place) => {
      const moves = new Returns()
      const squares = new Rolling(scale)
      const events = new Rolling(span)
      const rare = new Every(steps_in(shape, 7 * DAY_MS, 1), place)
      return (row) => {
        const move = moves.push(row[close] as number)
        const usual = squares.full ? Math.sqrt(squares.mean) : Number.NaN
        squares.push(move * move)
        events.push(Number.isNaN(usual) || Number.isNaN(move) ? Number.NaN : Math.abs(move) > 2 * usual ? 1 : 0)
        if (events.steps < scale + span || !events.full) return Number.NaN
        return rare.of(() => {
          const times: number[] = []
          for (let back = span - 1; back >= 0; back--) if (events.back(back) === 1) times.push(span - back)
          const fit = hawkesFit(times, span, [0.3, 10], 200)
          return fit === null ? Number.NaN : branchingRatio(fit)
        })
      }
    })
  },
}

const liquidation_branching: Indicator = {
  id: 'liquidation_branching',
  title: 'Branching ratio of liquidations, 7 days',
  source: 'Hardiman and Bouchaud (2014): 1 − √(mean ÷ variance) of the number of steps with liquidations, in bins of an hour',
  needs: ['liquidated_long', 'liquidated_short'],
  reads: 'near 1: liquidations make liquidations',
  open(shape) {
    if (shape.step_ms > 10 * 60_000) return SILENT
    const [bin, bins] = [steps_in(shape, HOUR_MS, 2), 7 * 24]
    return per_symbol(
      shape,
      'liquidation_branching',
      'ratio',
      ['liquidated_long', 'liquidated_short'],
      bin * bins - 1,
      ([long = -1, short = -1]) => {
        const counts = new Rolling(bins)
        let [filled, events] = [0, 0]
        let value = Number.NaN
        return (row) => {
          const flow = (row[long] as number) + (row[short] as number)
          events += flow > 0 ? 1 : 0
          if (++filled < bin) return value
          counts.push(events)
          filled = 0
          events = 0
          value = counts.full ? branchingFromCounts(counts.mean, counts.variance) : Number.NaN
          return value
        }
      },
    )
  },
}

/** Log price less its mean of 30 days. */
function detrended(shape: PanelShape, id: string, unit: string, of: (values: Float64Array) => number) {
  const [trend, span] = [steps_in(shape, MONTH_MS, 10), steps_in(shape, 60 * DAY_MS, 20)]
  return per_symbol(shape, id, unit, ['close'], trend + span - 2, ([close = -1], _, place) => {
    const prices = new Rolling(trend)
    const gaps = new Rolling(span)
    const rare = new Every(steps_in(shape, DAY_MS, 1), place)
    return (row) => {
      const price = row[close] as number
      prices.push(price > 0 ? log(price) : Number.NaN)
      gaps.push(prices.full ? prices.last - prices.mean : Number.NaN)
      return gaps.full && gaps.steps >= trend + span - 1 ? rare.of(() => of(gaps.values())) : Number.NaN
    }
  })
}

/** Σ (xᵢ − x̄)(xᵢ₋₁ − x̄) ÷ Σ (xᵢ − x̄)². */
export function autocorrelation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let [up, down] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    const gap = (values[i] as number) - mean
    down += gap * gap
    if (i > 0) up += gap * ((values[i - 1] as number) - mean)
  }
  return up / down
}

const slowing: Indicator = {
  id: 'autocorrelation',
  title: 'Autocorrelation of the detrended price, 60 days',
  source:
    'Scheffer et al. (2009): lag-1 autocorrelation of log price less its 30-day mean; near a tipping point shocks die out slowly',
  needs: ['close'],
  reads: 'rising: slow to come back; weak on real data',
  open: (shape) => detrended(shape, 'autocorrelation', 'ratio', autocorrelation),
}

const swings: Indicator = {
  id: 'detrended_variance',
  title: 'Standard deviation of the detrended price, 60 days',
  source: 'Scheffer et al. (2009): of log price less its 30-day mean; AUC 0.60 on daily data 2021–2025',
  needs: ['close'],
  reads: 'high: the price swings far around its trend',
  open: (shape) =>
    detrended(shape, 'detrended_variance', 'log ratio', (values) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (values.length - 1))
    }),
}

const bubble: Indicator = {
  id: 'lppls_confidence',
  title: 'Bubble confidence',
  source:
    'Sornette et al. (2015): share of nested windows of 90, 150 and 240 days whose LPPLS fit passes the filters, sign of the bubble kept; fitted once in 30 days, a window a row',
  needs: ['close'],
  reads: 'near 1: growth faster than exponential that cannot last; near −1: a fall of that kind',
  open(shape) {
    const per_day = Math.max(1, Math.round(DAY_MS / shape.step_ms))
    const windows = WINDOWS_DAYS.length
    return per_symbol(shape, 'lppls_confidence', 'ratio', ['close'], 240 * per_day + windows - 2, ([close = -1], _, place) => {
      const days = new Rolling(240)
      const rare = 30 * per_day
      // The first time is when 240 days are known, in turn for each asset; a fit a row, so that no row has to wait for three.
      let [steps, turn, sum, value] = [0, -(place % rare), 0, Number.NaN]
      return (row) => {
        const price = row[close] as number
        if (steps++ % per_day === 0) days.push(price > 0 ? log(price) : Number.NaN)
        if (!days.full || steps < 240 * per_day) return Number.NaN
        const length = WINDOWS_DAYS[turn % rare]
        if (turn++ < 0 || length === undefined) return value
        sum += sign(days.values(), length)
        if ((turn - 1) % rare === windows - 1) {
          value = sum / windows
          sum = 0
        }
        return value
      }
    })
  },
}

const WINDOWS_DAYS = [90, 150, 240] as const
/** Points of a window that are fitted: more do not change which fits pass. */
const POINTS = 60

/** Of the newest days of a window: 1 a bubble that passes the filters, −1 its mirror, 0 neither. */
function sign(y: Float64Array, length: number): number {
  const part = y.subarray(Math.max(0, y.length - length))
  const every = Math.ceil(part.length / POINTS)
  const t: number[] = []
  for (let i = part.length - 1; i >= 0; i -= every) t.push(i)
  t.reverse()
  // About the last value, so that squares do not cancel.
  const values = t.map((i) => (part[i] as number) - (part[part.length - 1] as number))
  const fit = lpplsFit(t, values, 2, 120)
  return fit === null ? 0 : lpplsSign(fit.model, 0, part.length - 1)
}

const tail: Indicator = {
  id: 'expected_shortfall',
  title: 'Mean of the worst 5 % of returns, 180 days',
  source: 'Artzner et al. (1999): expected shortfall of one step’s return, as a loss; read once a week',
  needs: ['close'],
  reads: 'high: bad steps are very bad',
  open(shape) {
    const span = steps_in(shape, 180 * DAY_MS, 40)
    return per_symbol(shape, 'expected_shortfall', 'log ratio', ['close'], span, ([close = -1], _, place) => {
      const moves = new Returns()
      const rolling = new Rolling(span)
      const rare = new Every(steps_in(shape, 7 * DAY_MS, 1), place)
      return (row) => {
        rolling.push(moves.push(row[close] as number))
        if (rolling.steps <= span || !rolling.full) return Number.NaN
        return rare.of(() => {
          const sorted = rolling.values().slice().sort()
          const worst = sorted.subarray(0, Math.max(1, Math.floor(sorted.length / 20)))
          return -worst.reduce((sum, value) => sum + value, 0) / worst.length
        })
      }
    })
  },
}

const shared_tail: Indicator = {
  id: 'marginal_shortfall',
  title: 'Loss on the market’s worst days, 365 days',
  source: 'Acharya et al. (2017): MES, mean daily return on the 5 % worst days of the mean of all assets, as a loss',
  needs: ['close'],
  reads: 'high: falls most when all fall',
  open: (shape) => tails(shape, 'marginal_shortfall', (own, market) => -marginalShortfall(own, market)),
}

const covar: Indicator = {
  id: 'delta_covar',
  title: 'What the market loses more when this asset is at its worst, 365 days',
  source:
    'Adrian and Brunnermeier (2016), empirical: 5 % quantile of the market’s daily returns on this asset’s 5 % worst days, less that on its middle fifth, as a loss',
  needs: ['close'],
  reads: 'high: its trouble is the market’s',
  open: (shape) =>
    tails(shape, 'delta_covar', (own, market) => conditional(own, market, 0.4, 0.6) - conditional(own, market, 0, 0.05)),
}

/** Low quantile (5 %, at least the worst) of the market while the asset is between two of its quantiles. */
function conditional(own: Float64Array, market: Float64Array, from: number, to: number): number {
  const order = Array.from(own, (_, i) => i).sort((a, b) => (own[a] as number) - (own[b] as number) || a - b)
  const part = order.slice(Math.floor(from * order.length), Math.max(1, Math.floor(to * order.length)))
  const values = part.map((i) => market[i] as number).sort((a, b) => a - b)
  return values[Math.floor(values.length / 20)] as number
}

/** Daily returns of a year of each asset and of the mean of all, read once a week. */
function tails(shape: PanelShape, id: string, of: (own: Float64Array, market: Float64Array) => number) {
  const symbols = symbols_with(shape, 'close')
  if (symbols.length < 3) return SILENT
  const per_day = Math.max(1, Math.round(DAY_MS / shape.step_ms))
  const columns = symbols.map((symbol) => column_at(shape, 'close', symbol))
  const moves = symbols.map(() => new Returns())
  const own = symbols.map(() => new Rolling(365))
  const market = new Rolling(365)
  const last = new Float64Array(symbols.length).fill(Number.NaN)
  let steps = 0
  return {
    outputs: symbols.map((symbol) => ({ field: id, symbol, venue: '', unit: 'log ratio' })),
    warmup: 365 * per_day - 1,
    push(_: number, row: Float64Array, out: Float64Array) {
      const day = steps % per_day === 0
      steps++
      if (day) {
        let [sum, known] = [0, 0]
        columns.forEach((column, s) => {
          const move = (moves[s] as Returns).push(row[column] as number)
          ;(own[s] as Rolling).push(move)
          if (Number.isFinite(move)) [sum, known] = [sum + move, known + 1]
        })
        market.push(known > 0 ? sum / known : Number.NaN)
      }
      // A seventh of the assets each day: no day does all the work.
      const today = Math.floor((steps - 1) / per_day)
      if (day && steps >= 365 * per_day)
        own.forEach((rolling, s) => {
          if (today % 7 !== s % 7) return
          const [a, b]: [number[], number[]] = [[], []]
          for (let back = 364; back >= 0; back--) {
            const [x, y] = [rolling.back(back), market.back(back)]
            if (!Number.isFinite(x) || !Number.isFinite(y)) continue
            a.push(x)
            b.push(y)
          }
          last[s] = a.length >= 250 ? of(Float64Array.from(a), Float64Array.from(b)) : Number.NaN
        })
      out.set(last)
    },
  }
}

/** Rate at which a mean-reverting series comes back, from its autocorrelation: −ln(AC1) a step. Source: Ornstein and Uhlenbeck. */
export const reversion = (autocorrelated: number): number => -log(autocorrelated)
/** Autocorrelation and variance of an Ornstein–Uhlenbeck process with unit noise: e^{−κΔ}, 1 ÷ (2κ). */
export const ornsteinUhlenbeck = (kappa: number, delta = 1) => ({
  autocorrelation: exp(-kappa * delta),
  variance: 1 / (2 * kappa),
})

export const dynamics: readonly Indicator[] = [
  excitation,
  liquidation_branching,
  slowing,
  swings,
  bubble,
  tail,
  shared_tail,
  covar,
]
