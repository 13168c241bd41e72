/**
 * A book of 1,000,000 accounts as Aave has them: `npm run bench -- lending-aave`. How far a full evaluation of every health is from what
 * memory allows, that is a sum over as many bytes in the same run; and how far the margin book's tick is from evaluating everyone.
 */
import { MarginBook, RowList } from '../src/margin/index.ts'
import { Store } from '../src/model/store.ts'
import {
  type Borrowers,
  close,
  draw,
  evaluator,
  lay,
  open,
  type Positions,
  RESERVES,
  reordered,
  SLOTS,
} from './lending-accounts.ts'
import { ASSETS, crash_path, TwoCollateral } from './margin-accounts.ts'
import { gc, heading, line, ratios, Samples, timed } from './timing.ts'

const ROWS = 1_000_000
const TICKS = 1440
const CHUNK = 180

/** Adds numbers up as fast as memory brings them: with fewer sums at once the adder would be what is measured. */
function sum(data: Float64Array): number {
  let [a, b, c, d] = [0.5, 0.5, 0.5, 0.5]
  let [e, f, g, h] = [0.5, 0.5, 0.5, 0.5]
  for (let i = 0; i + 7 < data.length; i += 8) {
    a += data[i] as number
    b += data[i + 1] as number
    c += data[i + 2] as number
    d += data[i + 3] as number
    e += data[i + 4] as number
    f += data[i + 5] as number
    g += data[i + 6] as number
    h += data[i + 7] as number
  }
  return a + b + c + d + e + f + g + h
}

function same(what: string, got: Float64Array, want: Float64Array): void {
  got.forEach((value, row) => {
    if (value !== want[row]) throw new Error(`${what}: row ${row} has ${value}, not ${want[row]}`)
  })
}

/** One full evaluation after the other, alternating with the sum over the same bytes. */
function evaluations(name: string, bytes: number, wanted: string, ways: readonly [string, () => void][]): void {
  const data = Float64Array.from({ length: bytes >> 3 }, (_, i) => i / 3)
  const limit = new Samples()
  const spent = ways.map(() => new Samples())
  for (let round = 0; round <= 30; round++) {
    limit.add(timed(() => sum(data)))
    ways.forEach(([, work], k) => {
      ;(spent[k] as Samples).add(timed(work))
    })
  }
  line(`${name}: sum over the same ${(bytes / 1e6).toFixed(0)} MB`, `${limit}`, `${(bytes / 1e6 / limit.median).toFixed(1)} GB/s`)
  ways.forEach(([way], k) => {
    const times = spent[k] as Samples
    line(`${name}: ${way}`, `${times}`)
    line(`${name}: ${way} ÷ sum`, `${ratios(times, limit).spread()}×`, k === 0 ? wanted : '')
  })
}

/** Flat columns: two collaterals of eight and a debt. */
function flat(): void {
  const accounts = TwoCollateral.draw(ROWS, 1.05, 2, 1)
  const prices = crash_path(TICKS).slice(0, ASSETS)
  const { first, second, debt, first_slot, second_slot } = accounts
  const out = new Float64Array(ROWS)
  const evaluate = (): void => {
    for (let row = 0; row < ROWS; row += 2) {
      const next = row + 1
      const value =
        (first[row] as number) * (prices[first_slot[row] as number] as number) +
        (second[row] as number) * (prices[second_slot[row] as number] as number)
      const other =
        (first[next] as number) * (prices[first_slot[next] as number] as number) +
        (second[next] as number) * (prices[second_slot[next] as number] as number)
      out[row] = value / (debt[row] as number)
      out[next] = other / (debt[next] as number)
    }
  }
  // 26 bytes of columns, 8 of health
  evaluations('1M flat accounts', 34 * ROWS, '≤ 4×', [['every health', evaluate]])
  same(
    'flat',
    out,
    Float64Array.from({ length: ROWS }, (_, row) => accounts.health(row, prices)),
  )
}

/** A pool, and everyone evaluated at once: `prices` in, `healths` out. */
interface Everyone extends Borrowers {
  readonly prices: Float64Array
  readonly healths: Float64Array
  readonly evaluate: () => void
}

/** The columns of a pool of the house: chains of entries. */
function pool({ pool, accounts, prices, healths, evaluate }: Everyone): void {
  const { head, entries } = pool.accounts
  const { reserve, next, collateral, debt, enabled } = entries.columns
  const columns = [head, reserve, next, collateral, debt, enabled]
  const bytes = columns.reduce((sum, column) => sum + column.data.byteLength, healths.byteLength)
  const one_by_one = (): void => {
    for (let row = 0; row < ROWS; row++) healths[row] = accounts.health(row, prices)
  }
  evaluations(`1M accounts of a pool, ${(entries.length / ROWS).toFixed(2)} entries each`, bytes, '≤ 4×', [
    ['every health', evaluate],
    ["every health, the pool's `health` of each", one_by_one],
  ])
  one_by_one()
  const want = healths.slice()
  evaluate()
  same('pool', healths, want)
}

/** Slot prices of a minute: dollars stay, the rest goes with the path; indices grow by 3 and 5 % a year. */
function set_prices(path: Float64Array, tick: number, prices: Float64Array): void {
  const years = tick / 525_600
  for (let r = 0; r < RESERVES; r++) {
    const price = r < 2 ? 1 : (path[tick * ASSETS + r] as number)
    prices[2 * r] = price * (1 + 0.03 * years)
    prices[2 * r + 1] = price * (1 + 0.05 * years)
  }
}

/** All rows below 1, ascending, by evaluating everyone. */
function naive({ evaluate, healths }: Everyone, out: RowList): void {
  evaluate()
  out.clear()
  for (let row = 0; row < ROWS; row++) if ((healths[row] as number) < 1) out.push(row)
}

function equal(name: string, tick: number, got: RowList, want: RowList): void {
  let differs = got.length !== want.length
  for (let i = 0; i < want.length && !differs; i++) differs = got.data[i] !== want.data[i]
  if (differs) throw new Error(`${name}: at tick ${tick} book and sweep report other rows`)
}

/** What each tick of a chunk reported. */
type Reports = readonly RowList[]

/** A chunk of the day by one way of finding whom prices have reached; who is found owes nothing from then on. */
function walk(one: Everyone, path: Float64Array, from: number, prices: Float64Array, find: (out: RowList) => void): Reports {
  return Array.from({ length: CHUNK }, (_, i) => {
    const out = new RowList()
    set_prices(path, from + i, prices)
    find(out)
    close(one.pool, out.data, out.length)
    return out
  })
}

/** A day of minutes with a crash of 25 %: book and sweep alternate every three hours, each with its own debts; every tick must report the same. */
function day(name: string, one: Everyone, rounds: number, wanted: string): void {
  const path = crash_path(TICKS)
  const [swept, walked, build] = [new Samples(), new Samples(), new Samples()]
  const debts = one.pool.accounts.entries.columns.debt.data
  const start = debts.slice()
  const spare = debts.slice()
  const trade = (): void => {
    const kept = debts.slice()
    debts.set(spare)
    spare.set(kept)
  }
  let liquidated = 0
  for (let round = 0; round <= rounds; round++) {
    debts.set(start)
    spare.set(start)
    const book = new MarginBook(new Store(), 'book', SLOTS, ROWS, one.accounts)
    gc()
    build.add(timed(() => book.scan(new RowList())))
    const by_book = (out: RowList): void => {
      book.scan(out)
      book.remove_all(out)
    }
    const spent = [0, 0]
    let want: Reports = []
    let got: Reports = []
    liquidated = 0
    for (let from = 0; from < TICKS; from += CHUNK) {
      trade()
      spent[0] = (spent[0] as number) + timed(() => (want = walk(one, path, from, one.prices, (out) => naive(one, out))))
      trade()
      spent[1] = (spent[1] as number) + timed(() => (got = walk(one, path, from, book.prices.data, by_book)))
      got.forEach((list, i) => {
        equal(name, from + i, list, want[i] as RowList)
        liquidated += list.length
      })
    }
    swept.add(spent[0] as number)
    walked.add(spent[1] as number)
  }
  debts.set(start)
  line(`${name}: everyone, 1,440 ticks`, `${swept}`, `${liquidated.toLocaleString('en')} liquidated`)
  line(`${name}: book, 1,440 ticks`, `${walked}`)
  line(`${name}: build`, `${build}`)
  line(`${name}: faster, build excluded`, `${ratios(swept, walked).spread(1, 0)}×`, wanted)
  line(`${name}: faster, with build`, `${(swept.median / (walked.median + build.median)).toFixed(0)}×`)
}

/** Rows in the order of the book's index, which is the order in which prices reach them. */
function in_index_order(positions: Positions, { accounts }: Borrowers): Positions {
  const book = new MarginBook(new Store(), 'order', SLOTS, ROWS, accounts)
  const out = new RowList(ROWS)
  book.scan(out)
  book.order(out)
  return reordered(positions, out)
}

function everyone(positions: Positions): Everyone {
  const borrowers = open(positions)
  const prices = new Float64Array(SLOTS).fill(1)
  const healths = new Float64Array(ROWS)
  return { ...borrowers, prices, healths, evaluate: evaluator(borrowers, prices, healths) }
}

heading()
flat()
const drawn = draw(ROWS, 1)
const one = everyone(drawn)
pool(one)
day('pool, drawn order', one, 5, '')
lay(one, in_index_order(drawn, one))
day('pool, index order', one, 5, '≥ 80×')
