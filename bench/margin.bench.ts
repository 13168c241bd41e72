/**
 * Speed and size of the margin book against the naive sweep: `npm run bench -- margin` (needs `--expose-gc`). Rounds alternate
 * between the two in one process; figures are medians of processor time, which other programs disturb less than the clock, with
 * the range of the rounds. Every round checks that both report the same. `bench/BASELINE.md` keeps dated results.
 */
import { MarginBook, RowList } from '../src/margin/index.ts'
import {
  close,
  ENTRY,
  liquidations_by_book,
  mark_of,
  PERP_COUNTS,
  PerpPopulation,
  scan_marks,
} from '../src/margin/populations.ts'
import { Store } from '../src/model/store.ts'
import { ASSETS, crash_path, naive_tick, TwoCollateral } from './margin-accounts.ts'
import { gc, heading, line, now, Samples } from './timing.ts'

function check(what: string, a: number, b: number): void {
  if (a !== b) throw new Error(`${what}: ${a} by the sweep, ${b} by the book`)
}

/** One tick of the book, closing what it reports. */
function book_tick(accounts: TwoCollateral, book: MarginBook, path: Float64Array, tick: number, out: RowList): number {
  const prices = book.prices.data
  for (let s = 0; s < ASSETS; s++) prices[s] = path[tick * ASSETS + s] as number
  book.scan(out)
  for (let i = 0; i < out.length; i++) accounts.debt[out.data[i] as number] = 0
  book.remove_all(out)
  return out.length
}

function in_index_order(accounts: TwoCollateral): TwoCollateral {
  const book = new MarginBook(new Store(), 'order', ASSETS, accounts.count, accounts)
  const out = new RowList(accounts.count)
  book.scan(out)
  book.order(out)
  return accounts.reordered(out)
}

function day(name: string, accounts: TwoCollateral, rounds: number, wanted: boolean): void {
  const ticks = 1440
  const chunk = 60
  const path = crash_path(ticks)
  const debt = accounts.debt.slice()
  const other = accounts.debt.slice()
  const out = new RowList(1024)
  const [naive, build, walk] = [new Samples(), new Samples(), new Samples()]
  let liquidated = 0
  for (let round = 0; round <= rounds; round++) {
    accounts.debt.set(debt)
    other.set(debt)
    gc()
    let from = now()
    const book = new MarginBook(new Store(), 'book', ASSETS, accounts.count, accounts)
    book.scan(out)
    build.add(now() - from)
    const spent = [0, 0]
    const found = [0, 0]
    for (let tick = 0; tick < ticks; tick += chunk) {
      // each keeps its own debts
      const mine = accounts.debt.slice()
      accounts.debt.set(other)
      from = now()
      for (let t = tick; t < tick + chunk; t++) {
        found[0] = (found[0] as number) + naive_tick(accounts, path.subarray(t * ASSETS, t * ASSETS + ASSETS))
      }
      spent[0] = (spent[0] as number) + now() - from
      other.set(accounts.debt)
      accounts.debt.set(mine)
      from = now()
      for (let t = tick; t < tick + chunk; t++) found[1] = (found[1] as number) + book_tick(accounts, book, path, t, out)
      spent[1] = (spent[1] as number) + now() - from
    }
    check(name, found[0] as number, found[1] as number)
    liquidated = found[0] as number
    naive.add(spent[0] as number)
    walk.add(spent[1] as number)
  }
  accounts.debt.set(debt)
  line(`${name}: naive sweep, 1,440 ticks`, `${naive}`, `${liquidated.toLocaleString('en')} liquidated`)
  line(`${name}: book, 1,440 ticks`, `${walk}`)
  line(`${name}: build`, `${build}`)
  line(`${name}: faster, build excluded`, `${(naive.median / walk.median).toFixed(0)}×`, wanted ? '≥ 80×' : '')
  line(`${name}: faster, with build`, `${(naive.median / (walk.median + build.median)).toFixed(1)}×`, wanted ? '≥ 20×' : '')
}

/** The same number in danger among ten times as many. */
function tenfold(ordered: boolean, rounds: number): void {
  const ticks = 1440
  const path = crash_path(ticks)
  const out = new RowList(1024)
  const danger = 100_000
  const small = mixed(danger, 1_000_000, ordered)
  const large = mixed(danger, 10_000_000, ordered)
  const spent = [new Samples(), new Samples()]
  const worlds = [small, large].map((accounts) => {
    const store = new Store()
    const book = new MarginBook(store, 'book', ASSETS, accounts.count, accounts)
    book.scan(out)
    store.seal()
    return { accounts, store, book, debt: accounts.debt.slice() }
  })
  for (let round = 0; round <= rounds; round++) {
    const found = worlds.map(({ accounts, store, book, debt }, i) => {
      accounts.debt.set(debt)
      store.reset()
      const from = now()
      let liquidated = 0
      for (let t = 0; t < ticks; t++) liquidated += book_tick(accounts, book, path, t, out)
      ;(spent[i] as Samples).add(now() - from)
      return liquidated
    })
    check('tenfold', found[0] as number, found[1] as number)
  }
  const [a, b] = spent as [Samples, Samples]
  const name = `100,000 in danger, ${ordered ? 'index' : 'drawn'} order`
  line(`${name}: among 1,000,000`, `${a}`)
  line(`${name}: among 10,000,000`, `${b}`)
  line(`${name}: tenfold accounts cost`, `${(b.median / a.median).toFixed(2)}×`, '≤ 1.5×')
}

/** The same accounts in danger in both sizes, spread evenly among others that the day does not reach. */
function mixed(danger: number, count: number, ordered: boolean): TwoCollateral {
  const near = TwoCollateral.draw(danger, 1.05, 0.5, 3)
  const accounts = TwoCollateral.draw(count, 5, 5, 4)
  const step = count / danger
  for (let i = 0; i < danger; i++) accounts.copy(i * step, near, i)
  return ordered ? in_index_order(accounts) : accounts
}

function perps(name: string, population: PerpPopulation, rounds: number, wanted: boolean): void {
  const { positions, marks, liquidations } = PERP_COUNTS[4]
  const drawn = population.columns.slice()
  const out = new RowList(1024)
  const [naive, build, walk] = [new Samples(), new Samples(), new Samples()]
  let store = new Store()
  let book = new MarginBook(store, 'perps', 1, positions, population)
  for (let round = 0; round <= rounds; round++) {
    population.columns.set(drawn)
    gc()
    const from = now()
    store = new Store()
    book = new MarginBook(store, 'perps', 1, positions, population)
    book.prices.data[0] = ENTRY
    book.scan(out)
    build.add(now() - from)
  }
  store.seal()
  gc()
  for (let round = 0; round <= rounds; round++) {
    population.columns.set(drawn)
    let from = now()
    check(name, scan_marks(population.columns, marks), liquidations)
    naive.add(now() - from)
    population.columns.set(drawn)
    store.reset()
    from = now()
    let found = 0
    for (let t = 1; t <= marks; t++) {
      book.prices.data[0] = mark_of(t, marks)
      found += book.scan(out)
      close(population, book, out)
    }
    walk.add(now() - from)
    check(name, found, liquidations)
  }
  population.columns.set(drawn)
  line(`${name}: naive scan, 100 marks`, `${naive}`, `${liquidations.toLocaleString('en')} liquidated`)
  line(`${name}: book, 100 marks`, `${walk}`)
  line(`${name}: faster`, `${(naive.median / walk.median).toFixed(1)}×`, wanted ? '≥ 30×' : '')
  line(`${name}: build`, `${build}`, `≤ one naive scan, ${naive.median.toFixed(0)} ms`)
}

function perps_in_index_order(): PerpPopulation {
  const { positions } = PERP_COUNTS[4]
  const population = new PerpPopulation(positions)
  const book = new MarginBook(new Store(), 'order', 1, positions, population)
  const order = new RowList(positions)
  book.prices.data[0] = ENTRY
  book.scan(order)
  book.order(order)
  const drawn = population.columns.slice()
  for (let row = 0; row < positions; row++) {
    const there = 2 * (order.data[row] as number)
    population.columns[2 * row] = drawn[there] as number
    population.columns[2 * row + 1] = drawn[there + 1] as number
  }
  return population
}

/** A world of 1,000,000 accounts, their columns in the store too, after a day that has changed it. */
function reset(accounts: TwoCollateral, rounds: number): void {
  const store = new Store()
  const columns = { first: 'f64', second: 'f64', debt: 'f64', first_slot: 'u8', second_slot: 'u8' } as const
  const table = store.table('accounts', columns, accounts.count)
  for (const name of ['first', 'second', 'debt', 'first_slot', 'second_slot'] as const)
    table.columns[name].data.set(accounts[name])
  const book = new MarginBook(store, 'book', ASSETS, accounts.count, accounts)
  const out = new RowList(1024)
  const debt = accounts.debt.slice()
  book.scan(out)
  store.seal()
  const path = crash_path(1440)
  for (let t = 0; t < 1440; t++) book_tick(accounts, book, path, t, out)
  accounts.debt.set(debt)
  const [a, b] = [new Float64Array(store.bytes >> 3).fill(1), new Float64Array(store.bytes >> 3).fill(2)]
  const [copy, back] = [new Samples(), new Samples()]
  for (let round = 0; round <= rounds; round++) {
    let from = now()
    for (let i = 0; i < 10; i++) a.set(b)
    copy.add((now() - from) / 10)
    from = now()
    for (let i = 0; i < 10; i++) store.reset()
    back.add((now() - from) / 10)
  }
  line(`reset of a world of ${(store.bytes / 1e6).toFixed(0)} MB`, `${back}`)
  line('copy of the same bytes', `${copy}`)
  line('reset ÷ copy', `${(back.median / copy.median).toFixed(2)}×`, '≤ 3×')
}

function bytes(count: number): void {
  gc()
  const before = process.memoryUsage().arrayBuffers
  const accounts = TwoCollateral.draw(count, 1.05, 2, 1)
  const book = new MarginBook(new Store(), 'book', ASSETS, count, accounts)
  const out = new RowList(1024)
  book.scan(out)
  const path = crash_path(1440)
  for (let t = 0; t < 1440; t++) book_tick(accounts, book, path, t, out)
  gc()
  const each = (process.memoryUsage().arrayBuffers - before) / count
  line('bytes an account: its columns, book, index, scratch', each.toFixed(0), `≤ 150, after a day; ${book.length} rows`)
}

heading()
bytes(1_000_000)
const drawn = TwoCollateral.draw(1_000_000, 1.05, 2, 1)
const ordered = in_index_order(drawn)
day('1M × 8 assets, index order', ordered, 7, true)
day('1M × 8 assets, drawn order', drawn, 5, false)
tenfold(true, 5)
tenfold(false, 5)
check('population A', PERP_COUNTS[3].liquidations, liquidations_by_book(PERP_COUNTS[3].positions, PERP_COUNTS[3].marks))
perps('Population A, 1M × 100, index order', perps_in_index_order(), 9, true)
perps('Population A, 1M × 100, drawn order', new PerpPopulation(1_000_000), 9, false)
reset(ordered, 9)
