/**
 * Exchanges: `npm run bench -- exchange`. Liquidation, insurance fund and deleveraging of very many accounts by the bulk kernel, against
 * the same law with everyone tested at every mark and everybody ranked in every round; the machine with and without the index of its
 * queues; and random paths whose prices the exchange's own sales move. Every round checks that both sides of a comparison did the same.
 */
import { PerpWorld, type Row } from '../test/support/perp-world.ts'
import { BulkExchange } from '../src/venues/shared/exchange/bulk.ts'
import { type PathsSpec, run_paths } from '../src/venues/shared/exchange/bulk-paths.ts'
import type { Bulk, BulkSpec } from '../src/venues/shared/exchange/bulk-state.ts'
import type { Exchange } from '../src/venues/shared/exchange/state.ts'
import { type Columns, draw, falling, START, TIERS } from './exchange-accounts.ts'
import { gc, heading, line, own, ratios, Samples, timed } from './timing.ts'

/** Median and range, and the least: on a machine that others use, what the work itself needs. */
const with_least = (times: Samples) => `${times}, least ${(times.rest[0] as number).toFixed(0)}`

function same(what: string, got: Bulk, want: Bulk): void {
  const { tests: _t, scores: _s, ...sums } = got.totals
  for (const [name, value] of Object.entries(sums))
    if (value !== want.totals[name as keyof typeof sums]) throw new Error(`${what}: ${name} is ${value}`)
  got.cells.forEach((value, i) => {
    if (value !== want.cells[i]) throw new Error(`${what}: cell ${i} is ${value}, not ${want.cells[i]}`)
  })
}

/** A path of marks through both kernels, alternating. */
function fall(name: string, spec: BulkSpec, marks: readonly Float64Array[], rounds: number, wanted: string): void {
  const quick = new BulkExchange(spec)
  const whole = new BulkExchange({ ...spec, exhaustive: true })
  const walk = (exchange: BulkExchange): void => {
    for (const mark of marks) exchange.step(mark)
  }
  const [swept, walked] = [new Samples(), new Samples()]
  gc()
  const from = own()
  // of the first book in a process nothing is compiled yet
  walked.add(timed(() => walk(quick)))
  const first_own = own() - from
  for (let round = 0; round <= rounds; round++) {
    whole.reset()
    gc()
    swept.add(timed(() => walk(whole)))
    same(name, quick.state, whole.state)
    if (round === rounds) break
    quick.reset()
    gc()
    walked.add(timed(() => walk(quick)))
  }
  const { totals } = quick.state
  const count = (n: number) => n.toLocaleString('en')
  line(`${name}: everyone`, with_least(swept), `${count(totals.liquidations)} scopes, ${count(totals.adl_parts)} parts of ADL`)
  line(`${name}: kernel`, with_least(walked), wanted)
  line(`${name}: kernel, the first path`, `${(walked.list[0] as number).toFixed(0)} ms, its own thread ${first_own.toFixed(0)}`)
  line(`${name}: faster`, `${ratios(swept, walked).spread()}×`)
  line(`${name}: tests and scores, of everyone's`, `${share(totals.tests, whole)} %, ${share(totals.scores, whole, 'scores')} %`)
}

const share = (part: number, whole: BulkExchange, of: 'tests' | 'scores' = 'tests') =>
  ((100 * part) / whole.state.totals[of]).toFixed(1)

/** The columns as rows of a world. */
function rows_of({ cash, quantity, entry }: Columns): Row[] {
  return Array.from(cash, (money, row): Row => {
    const held = [0, 1].map((c) => [c, quantity[2 * row + c] as number, entry[2 * row + c] as number] as const)
    return { wallet: held.reduce((sum, [, q, e]) => sum + q * e, money), held }
  })
}

/** The machine on an empty book: log, attribution and all. */
function machine(columns: Columns, marks: readonly Float64Array[], rounds: number): void {
  const open = () => new PerpWorld(rows_of(columns), { prices: START, fund: 1e6 })
  const [indexed, plain] = [open(), open()]
  ;(plain.venue as unknown as { x: Exchange }).x.index = undefined
  const walk = (w: PerpWorld): void => {
    for (const mark of marks) {
      mark.forEach((price, c) => w.price(c, price))
      w.tick()
      w.settle(1000)
    }
  }
  const [swept, walked] = [new Samples(), new Samples()]
  for (let round = 0; round <= rounds; round++) {
    indexed.world.reset()
    plain.world.reset()
    gc()
    swept.add(timed(() => walk(plain)))
    gc()
    walked.add(timed(() => walk(indexed)))
    if (indexed.world.parts.log.length !== plain.world.parts.log.length) throw new Error('machine: other rows')
  }
  const name = `machine, 100,000 cross, 2 contracts, ${marks.length} marks`
  line(`${name}`, with_least(walked), `${indexed.world.parts.log.length.toLocaleString('en')} log rows`)
  line(`${name}: everybody ranked in every round`, with_least(swept))
  line(`${name}: faster`, `${ratios(swept, walked).spread()}×`)
}

/** Random paths: accounts × steps a second of processor time, walked and tested one by one. */
function paths(name: string, contracts: number, accounts: number): void {
  const spec: BulkSpec = {
    tiers: TIERS.slice(0, contracts),
    ...draw(accounts, contracts),
    fund: { balance: 20 * accounts, leverage: 5 },
    sale: { law: 'square_root', factor: 0.02, depth: [5e4 * accounts, 5e4 * accounts].slice(0, contracts) },
  }
  const walk: PathsSpec = {
    seed: 1,
    paths: 4,
    steps: 1440,
    start: START.slice(0, contracts),
    volatility: [0.002, 0.0025].slice(0, contracts),
    correlation: 0.7,
    keep: 0.98,
  }
  const quick = new BulkExchange(spec)
  const whole = new BulkExchange({ ...spec, exhaustive: true })
  const [all, few, swept, tests] = [new Samples(), new Samples(), new Samples(), new Samples()]
  let adl = 0
  for (let round = 0; round <= 5; round++) {
    gc()
    const part = { seconds: 0, steps: 0, tests: 0 }
    const want = run(whole, walk, part)
    swept.add(part.steps / part.seconds)
    tests.add(part.tests / part.seconds)
    const got = run(quick, { ...walk, paths: 20 }, part)
    all.add(part.steps / part.seconds)
    few.add(part.tests / part.seconds)
    adl = got.adl.reduce((a, b) => a + b, 0) / got.sold.reduce((a, b) => a + b, 0)
    want.low.forEach((low, path) => {
      if (low !== got.low[path] || want.adl[path] !== got.adl[path]) throw new Error(`${name}: path ${path} differs`)
    })
  }
  line(`${name}: everyone tested, M trader-steps/s`, swept.spread(1e6, 0), '≥ 20')
  line(`${name}: … exact tests, M/s`, tests.spread(1e6, 0), `ADL ${adl.toFixed(1)}× what was sold`)
  line(`${name}: kernel, M trader-steps/s`, all.spread(1e6, 0))
  line(`${name}: … exact tests, M/s`, few.spread(1e6, 0))
}

function run(exchange: BulkExchange, spec: PathsSpec, into: { seconds: number; steps: number; tests: number }) {
  let out = {} as ReturnType<typeof run_paths>
  into.seconds = timed(() => (out = run_paths(exchange, spec))) / 1000
  into.steps = out.trader_steps
  into.tests = out.tests
  return out
}

heading()
const fund = { balance: 1e6, leverage: 1000 }
const cross = draw(100_000, 2)
fall('100,000 cross, 2 contracts, 1,000 marks', { tiers: TIERS, ...cross, fund }, falling(1000, 2), 5, '≤ 400 ms')
fall('1,000,000 isolated, 100 marks', { tiers: TIERS.slice(0, 1), ...draw(1_000_000, 1), fund }, falling(100, 1), 5, '≤ 1,500 ms')
paths('paths, 10,000 isolated', 1, 10_000)
paths('paths, 10,000 cross, 2 contracts', 2, 10_000)
machine(cross, falling(1000, 2), 2)
