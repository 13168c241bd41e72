/** How far the inference of hidden books can be believed: recovery of simulated books, and open interest foretold on real series. */
import { hash32, mean, Rng, wilson } from '../../math/index.ts'
import {
  band,
  CohortFilter,
  draw_regime,
  COHORT_FILTER,
  type FilterOptions,
  type HiddenBook,
  hidden_book,
  leverage_share,
  liquidated,
  type Lot,
  lot_level,
  mean_entry,
  type Regime,
} from '../../synth/cohorts/index.ts'

/** Something a book has, said of a filter per particle and of the lots exactly. */
export interface Quantity {
  readonly id: string
  readonly what: string
  readonly unit: 'usd' | 'price' | 'ratio'
  readonly inferred: (filter: CohortFilter) => Float64Array
  readonly true_value: (lots: readonly Lot[], price: number) => number
}

const sum_of = (lots: readonly Lot[], of: (lot: Lot) => number) => lots.reduce((sum, lot) => sum + of(lot), 0)

function move(percent: number): Quantity {
  const side = percent < 0 ? 1 : -1
  return {
    id: `${percent < 0 ? 'longs' : 'shorts'} ${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`,
    what: `USD of ${percent < 0 ? 'longs' : 'shorts'} liquidated by a move of ${percent} %`,
    unit: 'usd',
    inferred: (filter) => liquidated(filter, filter.close * (1 + percent / 100)),
    true_value: (lots, price) => {
      const to = price * (1 + percent / 100)
      return sum_of(lots, (lot) => (lot.side === side && side * (lot_level(lot) - to) >= 0 ? lot.quantity * price : 0))
    },
  }
}

function share(name: string, sign: number, low: number, high: number): Quantity {
  return {
    id: `${name} ${low} to ${high} ×`,
    what: `share of ${name} whose notional ÷ margin at entry is from ${low} to below ${high}`,
    unit: 'ratio',
    inferred: (filter) => leverage_share(filter, sign > 0 ? 0 : 1, low, high),
    true_value: (lots) => {
      const mine = lots.filter(({ side }) => side === sign)
      const inside = mine.filter(({ margin }) => margin <= 1 / low + 1e-12 && (margin > 1 / high + 1e-12 || high >= 100))
      return sum_of(inside, ({ quantity }) => quantity) / sum_of(mine, ({ quantity }) => quantity)
    },
  }
}

const entry = (name: string, sign: number): Quantity => ({
  id: `mean entry of ${name}`,
  what: `entry price of ${name}, weighted by quantity`,
  unit: 'price',
  inferred: (filter) => mean_entry(filter, sign > 0 ? 0 : 1),
  true_value: (lots) => {
    const mine = lots.filter(({ side }) => side === sign)
    return sum_of(mine, (lot) => lot.quantity * lot.entry) / sum_of(mine, ({ quantity }) => quantity)
  },
})

export const QUANTITIES: readonly Quantity[] = [
  move(-5),
  move(-10),
  move(-20),
  move(5),
  move(10),
  move(20),
  share('longs', 1, 1, 3),
  share('longs', 1, 3, 10),
  share('longs', 1, 10, 100),
  share('shorts', -1, 10, 100),
  entry('longs', 1),
  entry('shorts', -1),
]

export interface Recovered {
  readonly book: number
  readonly path: Regime['path']
  readonly day: number
  readonly quantity: string
  readonly true_value: number
  readonly mean: number
  readonly q05: number
  readonly q95: number
  readonly covered: boolean
  /** What errors are divided by: open interest in USD for amounts, the price for entries, 1 for shares. */
  readonly scale: number
}

export interface RecoveryOptions extends FilterOptions {
  readonly books: number
  /** Days of a book, days of prices before open interest is known, and days at whose end it is judged. */
  readonly days: number
  readonly before: number
  readonly judged: readonly number[]
  /** Seed of the books. */
  readonly world: number | string
  /** Bends a drawn regime: books outside what the regimes are drawn from. */
  readonly bend?: (regime: Regime) => Regime
}
export const RECOVERY: RecoveryOptions = {
  ...COHORT_FILTER,
  particles: 200,
  books: 200,
  days: 130,
  before: 40,
  judged: [129],
  world: 'judged-2',
}

/** Reads a simulated book day by day; calls back after the days asked for. */
export function read_book(book: HiddenBook, options: FilterOptions, at: (filter: CohortFilter, day: number) => void): void {
  const filter = new CohortFilter(options)
  for (let day = 0; day < book.close.length; day++) {
    filter.step({
      high: book.high[day] as number,
      low: book.low[day] as number,
      close: book.close[day] as number,
      open_interest: book.open_interest[day] as number,
      funding: book.funding[day] as number,
    })
    if (book.truth.has(day)) at(filter, day)
  }
}

/** Bands of one simulated book beside the truth. */
export function recover_book(n: number, options: RecoveryOptions): Recovered[] {
  const drawn = draw_regime(new Rng(options.world, n, 'regime'))
  const regime = options.bend?.(drawn) ?? drawn
  const book = hidden_book(regime, new Rng(options.world, n, 'book'), options.days, options.before, options.judged)
  const out: Recovered[] = []
  read_book(book, { ...options, seed: hash32(`${options.world}/${n}/${options.seed}`) }, (filter, day) => {
    const lots = book.truth.get(day) as readonly Lot[]
    for (const quantity of QUANTITIES) {
      const true_value = quantity.true_value(lots, filter.close)
      const { mean, q05, q95 } = band(quantity.inferred(filter), filter.weights)
      out.push({
        book: n,
        path: regime.path,
        day,
        quantity: quantity.id,
        true_value,
        mean,
        q05,
        q95,
        covered: true_value >= q05 && true_value <= q95,
        scale: quantity.unit === 'usd' ? filter.open_interest * filter.close : quantity.unit === 'price' ? filter.close : 1,
      })
    }
  })
  return out
}

export interface Coverage {
  readonly quantity: string
  readonly judged: number
  /** Share of truths inside the 90 % band, with Wilson's 95 % interval. */
  readonly covered: number
  readonly interval: readonly [number, number]
  /** Truths below and above the band. */
  readonly below: number
  readonly above: number
  /** Means over books of the truth, of the posterior mean and of the width of the band, each over `scale`. */
  readonly true_value: number
  readonly mean: number
  readonly width: number
  readonly error: number
  /** Interval score of the 90 % band: width + 20 × what lies outside (Gneiting and Raftery, JASA 102 (2007) 359), over `scale`. */
  readonly score: number
}

/** Coverage by quantity. */
export function coverage(rows: readonly Recovered[]): Coverage[] {
  return QUANTITIES.map(({ id }) => {
    const mine = rows.filter(({ quantity }) => quantity === id)
    const inside = mine.filter(({ covered }) => covered).length
    const over = (of: (row: Recovered) => number) => mean(mine.map((row) => of(row) / row.scale))
    return {
      quantity: id,
      judged: mine.length,
      covered: inside / mine.length,
      interval: wilson(inside, mine.length),
      below: mine.filter(({ true_value, q05 }) => true_value < q05).length,
      above: mine.filter(({ true_value, q95 }) => true_value > q95).length,
      true_value: over(({ true_value }) => true_value),
      mean: over((row) => row.mean),
      width: over(({ q05, q95 }) => q95 - q05),
      error: over((row) => Math.abs(row.mean - row.true_value)),
      score: over(({ q05, q95, true_value }) => q95 - q05 + 20 * Math.max(0, q05 - true_value, true_value - q95)),
    }
  })
}
