/** Random exchanges: rules, shapes, accounts, books and paths, for the laws of the machine. */
import fc from 'fast-check'
import { PerpWorld, type Row, type Setup } from './perp-world.ts'
import { exchange_kind, exchange_schema, rules, type RulesInput } from '../../src/venues/shared/exchange/index.ts'

const schema = exchange_schema('fuzzed-exchange')
const kind = (of: RulesInput) =>
  exchange_kind({ id: 'fuzzed-exchange', title: 'fuzz', source: 'tests', schema, rules: () => rules.parse(of) })

const unit = (low: number, high: number) => fc.double({ min: low, max: high, noNaN: true })
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined })
const seldom = <T>(one: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: one })
const without_gaps = (value: object) => Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined))

const sort = fc.constantFrom('maintenance', 'smallest', 'largest', 'loss', 'profit')
const when = fc
  .record({
    ratio_below: maybe(unit(-0.2, 1)),
    tier_from: maybe(fc.nat(3)),
    lowest_tier_held: maybe(fc.boolean()),
    notional_above: maybe(unit(0, 1e6)),
    cooled_ms: maybe(fc.constantFrom(30_000, 60_000, 180_000)),
    cooling_ms: seldom(fc.constantFrom(30_000, 60_000, 180_000)),
    scope: seldom(fc.constantFrom('isolated', 'shared')),
    unfilled: maybe(fc.boolean()),
  })
  .map(without_gaps)
const reduce = fc.record({
  size: fc.constantFrom('compliant', 'whole', 'fraction', 'tiers', 'paced'),
  target: unit(1, 1.2),
  share: unit(0.05, 1),
  above: unit(0, 1e6),
  tiers: fc.integer({ min: 1, max: 3 }),
  from: fc.nat(2),
  least: unit(0, 1e5),
  most: unit(1e4, 1e6),
  order: fc.constantFrom('ioc', 'fok'),
  pick: fc.constantFrom('all', 'first'),
  sort,
  bound: fc.record({ kind: fc.constantFrom('band', 'bankruptcy', 'fillable', 'none'), spread: unit(0, 2), slope: unit(0, 3) }),
})
const close = fc.record({
  to: fc.constantFrom(['fund', 'winners'], ['winners'], ['fund']),
  price: fc.constantFrom('bankruptcy', 'mark'),
  forfeit: fc.boolean(),
  pick: fc.constantFrom('all', 'first'),
  sort,
})
const stage = fc
  .record({ when, cancel: fc.constantFrom('account', 'contract', 'none'), reduce: maybe(reduce), close: maybe(close) })
  .map(({ reduce: orders, close: takeover, ...rest }) =>
    without_gaps({ ...rest, ...(orders !== undefined ? { reduce: orders } : { close: takeover }) }),
  )

const record = fc.record({
  trigger: fc.record({ strict: fc.boolean(), closing_fee: fc.boolean() }),
  stages: fc.tuple(fc.array(stage, { maxLength: 3 }), close).map(([list, last]) => [...list, { close: last }]),
  fee: fc.record({
    base: fc.constantFrom('notional', 'improvement', 'bankruptcy', 'none'),
    from: fc.constantFrom('remaining', 'first'),
    taker: fc.boolean(),
  }),
  fund: fc
    .record({
      reserve: unit(0, 1e4),
      leverage: fc.constantFrom(0, 1, 1000),
      drawdown: maybe(fc.record({ share: unit(0, 1), window_ms: fc.constantFrom(60_000, 28_800_000) })),
      contract_drawdown: maybe(
        fc.record({
          start: unit(0.1, 1),
          stop: unit(0, 0.1),
          above: unit(0, 1e4),
          window_ms: fc.constant(28_800_000),
          hold: fc.boolean(),
        }),
      ),
      most_loss: maybe(unit(0, 1e5)),
      unwind: fc.constantFrom('market', 'hold'),
      hand_on: fc.boolean(),
    })
    .map(without_gaps),
  adl: fc.record({
    rank: fc.constantFrom(
      'profit_margin',
      'profit_leverage',
      'mark_leverage',
      'bankruptcy_leverage',
      'leverage',
      'profit',
      'size',
      'equal',
    ),
    allocate: fc.constantFrom('queue', 'contracts', 'equity', 'profit', 'leverage'),
    cap: unit(0, 1),
    price: fc.constantFrom('bankruptcy', 'mark', 'index'),
    spread: unit(0, 0.05),
    same_owner_first: fc.boolean(),
    winners_first: fc.boolean(),
    overlap: fc.boolean(),
  }),
  losses: fc.record({ share: fc.constantFrom('outside', 'winners', 'equity', 'interest') }),
}) as fc.Arbitrary<RulesInput>

const holder = fc.record({
  notional: unit(1e3, 2e7),
  side: fc.constantFrom(1, -1),
  leverage: unit(1.2, 60),
  drift: unit(0.9, 1.1),
  owner: fc.constantFrom(-1, 0, 1),
  isolated: fc.boolean(),
  pooled: fc.boolean(),
})
const level = fc.record({ side: fc.constantFrom(1 as const, -1 as const), off: unit(-0.01, 0.06), notional: unit(1e3, 5e6) })
const step = fc.record({
  price: unit(0.75, 1.25),
  ms: fc.constantFrom(10_000, 60_000, 3_600_000),
  books: fc.array(level, { maxLength: 4 }),
  order: maybe(fc.tuple(fc.nat(7), unit(-1e6, 1e6))),
})
export const world = fc.record({
  of: record,
  shape: fc.constantFrom('linear' as const, 'inverse' as const, 'quanto' as const),
  slab: fc.boolean(),
  sized: fc.boolean(),
  curve: fc.boolean(),
  holders: fc.array(holder, { minLength: 2, maxLength: 8 }),
  fund: fc.constantFrom(0, 1e4, 1e7),
  path: fc.array(step, { minLength: 1, maxLength: 6 }),
})
export type World = typeof world extends fc.Arbitrary<infer T> ? T : never

const PRICE = 50_000
const MULTIPLIER = 1e-3

export function open_world({ of, shape, slab, sized, curve, holders, fund }: World): PerpWorld {
  // coins per quote unit of notional
  const coins = shape === 'linear' ? 1 : shape === 'inverse' ? 1 / PRICE : MULTIPLIER
  // floors are coins of notional, or units
  const unit_of = !(sized && slab) ? coins : shape === 'inverse' ? 1 : 1 / PRICE
  const rows = holders.map(({ notional, side, leverage, drift, owner, isolated, pooled }): Row => {
    const entry = PRICE * drift
    const quantity = (side * notional) / (shape === 'inverse' ? 1 : entry)
    const mode = shape === 'linear' && pooled && !isolated ? { mode: 2 } : {}
    return { owner, isolated, wallet: (coins * notional) / leverage, held: [[0, quantity, entry]], ...mode }
  })
  const setup: Setup = {
    kind: kind(of) as never,
    prices: [PRICE],
    fund: fund * coins,
    coins: [{ asset: shape === 'linear' ? 'USDT' : 'BTC', price: 1, weights: [{ floor: 0, weight: 0.95 }] }],
    contract: {
      shape,
      ...(shape === 'quanto' ? { multiplier: MULTIPLIER, coin: 'BTC' } : {}),
      tiers: [0, 1e5, 1e6, 1e7].map((floor, i) => ({ floor: floor * unit_of, rate: [0.005, 0.01, 0.025, 0.05][i] as number })),
      slab,
      sized: sized && slab,
      ...(curve ? { maintenance_curve: { base: 0.005, slope: 1e-4, most: 0.5 } } : {}),
      funding: { last: 0 },
      maker_fee: -0.0001,
    },
  }
  return new PerpWorld(rows, setup)
}

/** Prices, books, an order now and then; `check` after prices and after the rounds. */
export function play(w: PerpWorld, { path }: World, check: (what: string) => void): void {
  for (const { price, ms, books, order } of path) {
    const now = PRICE * price
    for (const { side, off, notional } of books) w.books[0]?.rest(side, now * (1 - side * off), notional / now)
    w.price(0, now)
    w.tick(ms)
    check('after prices')
    if (order !== undefined && order[0] < w.venue.rows - 2) w.order(order[0], order[1] / now)
    w.settle(200)
    check('after the rounds')
  }
}
