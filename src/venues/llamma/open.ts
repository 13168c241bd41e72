/** Opens a market: checks the spec, allocates the tables, lays the loans into their bands. */
import { type Accounts, MarginBook } from '../../margin/index.ts'
import { log } from '../../math/index.ts'
import { check_column, Quote, type WorldBuilder } from '../../model/index.ts'
import { type Geometry, geometry, OFFSET, SPAN } from './kernel.ts'
import { place } from './positions.ts'
import type { LlammaSpec } from './snapshot.ts'
import { at, healthOf, MARKET, type State } from './state.ts'

function checkAccounts(spec: LlammaSpec, builder: WorldBuilder): void {
  const { owner, collateral, debt, bands, n1 } = spec.accounts
  const where = `venue ${builder.self.id}`
  check_column(owner, owner.length, where, 'accounts.owner', -1)
  check_column(collateral, owner.length, where, 'accounts.collateral', 0)
  check_column(debt, owner.length, where, 'accounts.debt', 0)
  check_column(bands, owner.length, where, 'accounts.bands', 4)
  if (n1 !== undefined) check_column(n1, owner.length, where, 'accounts.n1', -OFFSET)
  for (let row = 0; row < owner.length; row++) {
    if ((owner[row] as number) + 1 >= builder.actors)
      throw builder.invalid(`accounts.owner[${row}]`, owner[row], `−1 to ${builder.actors - 2}`)
    if ((bands[row] as number) > 50) throw builder.invalid(`accounts.bands[${row}]`, bands[row], '4 to 50')
  }
}

function openTables(spec: LlammaSpec, builder: WorldBuilder, price: number, geo: Geometry, base: number) {
  const { id } = builder.self
  const rows = spec.accounts.owner.length
  const market = builder.store.table(`${id}.market`, MARKET, 1)
  const m = market.columns
  m.now_ms.data[0] = builder.time_ms
  m.accrued_ms.data[0] = builder.time_ms
  m.written_ms.data[0] = Number.NEGATIVE_INFINITY
  m.rate_mul.data[0] = 1
  m.price.data[0] = price
  m.old.data[0] = price
  // The band in whose range the price is: nothing has been sold.
  const active = Math.floor(log(base / price) / geo.log_ratio)
  if (!(active >= -OFFSET && active < SPAN - OFFSET - 50))
    throw builder.invalid('base_price', base, 'a price within a thousand bands of the oracle’s')
  m.active.data[0] = active
  m.low.data[0] = active
  m.high.data[0] = active
  const first = new Int32Array(rows)
  let parts = 0
  for (let row = 0; row < rows; row++) {
    first[row] = parts
    parts += spec.accounts.bands[row] as number
  }
  return {
    market,
    first,
    bands: builder.store.table(`${id}.bands`, { x: 'f64', y: 'f64', shares: 'f64' }, SPAN),
    loans: builder.store.table(`${id}.loans`, { n1: 'i32', debt: 'f64' }, rows),
    parts: builder.store.table(`${id}.parts`, { share: 'f64' }, parts),
  }
}

/** Places the loans of the snapshot, in row order. @throws InputError where one cannot lie untouched at this price */
function openLoans(state: State, spec: LlammaSpec, builder: WorldBuilder): void {
  const { collateral, debt, n1 } = spec.accounts
  for (let row = 0; row < collateral.length; row++) {
    const owed = debt[row] as number
    if (owed === 0) continue
    const reason = place(state, row, collateral[row] as number, owed, n1?.[row])
    if (reason !== undefined)
      throw builder.invalid(`accounts.debt[${row}]`, owed, `a debt that ${collateral[row]} units may carry (${reason})`)
  }
}

/** Opens a market. @throws InputError for what does not fit */
export function openState(spec: LlammaSpec, builder: WorldBuilder): State {
  const { id, index } = builder.self
  checkAccounts(spec, builder)
  if (!(spec.liquidation_discount < spec.loan_discount))
    throw builder.invalid('liquidation_discount', spec.liquidation_discount, `less than loan_discount, ${spec.loan_discount}`)
  const [collateral, stable] = [builder.asset(spec.collateral, 'collateral'), builder.asset(spec.stable, 'stable')]
  const price = (builder.assets[collateral]?.price_usd ?? 1) / (builder.assets[stable]?.price_usd ?? 1)
  const base = spec.base_price ?? price
  const geo = geometry(spec.amplification, spec.fee)
  const tables = openTables(spec, builder, price, geo, base)
  const oracle = builder.oracle(spec.oracle, 'oracle')
  const [feed, stable_feed] = [builder.feed(`${id}.collateral`), builder.feed(`${id}.stable`)]
  const quote = new Quote(builder.sources)
  quote.fixed(1)
  builder.feeds.write(stable_feed, quote)
  const accounts: Accounts = {
    strict: true,
    health: (row, prices) => healthOf(state, row, prices[0] as number),
    bound: (row, _prices, _level, out) => (at(state.loans.columns.debt, row) > 0 ? out.watch() : out.none()),
  }
  const book = new MarginBook(builder.store, `${id}.book`, 1, spec.accounts.owner.length, accounts)
  book.prices.data[0] = price
  const state: State = {
    ...tables,
    ...{ venue: index, collateral, stable, feed, stable_feed, oracle, geo, base, book, scratch: quote },
    loan_discount: spec.loan_discount,
    liquidation_discount: spec.liquidation_discount,
    rate: spec.borrow_rate,
    ceiling: spec.ceiling,
    opened: spec.accounts.debt.reduce((sum, debt) => sum + debt, 0),
    owner: spec.accounts.owner.map((owner) => (owner < 0 ? -1 : owner + 1)),
    count: spec.accounts.bands.slice(),
    feeds: builder.feeds,
    ledger: builder.ledger,
  }
  openLoans(state, spec, builder)
  return state
}
