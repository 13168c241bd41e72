/** How far the inference of hidden books can be believed: recovery of simulated books, and open interest foretold on real series. */
import { hash32, Rng } from '../math/index.ts'
import {
  band,
  CohortFilter,
  draw_regime,
  FILTER,
  type FilterOptions,
  type HiddenBook,
  hidden_book,
  leverage_share,
  liquidated,
  type Lot,
  lot_level,
  mean_entry,
  type Regime,
} from '../synth/cohorts/index.ts'

/** Something a book has, said of a filter per particle and of the lots exactly. */
export interface Quantity {
  readonly id: string
  readonly what: string
  readonly inferred: (filter: CohortFilter) => Float64Array
  readonly true_value: (lots: readonly Lot[], price: number) => number
}

const sum_of = (lots: readonly Lot[], of: (lot: Lot) => number) => lots.reduce((sum, lot) => sum + of(lot), 0)

function move(percent: number): Quantity {
  const side = percent < 0 ? 1 : -1
  return {
    id: `${percent < 0 ? 'longs' : 'shorts'} ${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`,
    what: `USD of ${percent < 0 ? 'longs' : 'shorts'} liquidated by a move of ${percent} %`,
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
}

export interface RecoveryOptions extends FilterOptions {
  readonly books: number
  /** Days of a book, days of prices before open interest is known, and days at whose end it is judged. */
  readonly days: number
  readonly before: number
  readonly judged: readonly number[]
  /** Seed of the books. */
  readonly world: number | string
}
export const RECOVERY: RecoveryOptions = {
  ...FILTER,
  particles: 200,
  books: 200,
  days: 130,
  before: 40,
  judged: [129],
  world: 'judged',
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
  const regime = draw_regime(new Rng(options.world, n, 'regime'))
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
      })
    }
  })
  return out
}
