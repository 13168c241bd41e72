/** Who may liquidate, when exactly, with what money, and who pays in the end. */
import { expect } from 'vitest'
import { ALL } from '../../../src/model/index.ts'
import type { EdgeKind } from '../edge-cases.ts'
import { KEEPER, OWNERS, PAUPER, type Stand, type Step } from '../stand.ts'
import { balance, crash, each, leg, logged, own, type Proof, type Row, SAFE, said, scene, strike, WEAK } from './scene.ts'

const HOUR_MS = 3_600_000
const owner_of = (stand: Stand) => stand.venue.owner(WEAK)

const himself =
  (status: string): Proof =>
  (kind) => {
    const stand = crash(scene(kind))
    expect(said(stand.ask(strike(stand, WEAK, owner_of(stand))))).toBe(status)
    expect(said(stand.ask(strike(stand)))).toBe('applied')
  }

const aave_himself: Proof = (kind) => {
  himself('limit')(kind)
  const before = crash(scene(kind, { spec: (spec) => ({ ...spec, version: '3.3' }) }))
  expect(said(before.ask(strike(before, WEAK, owner_of(before))))).toBe('applied')
}

/** In breach as anybody; healthy not, where the contract would let him. */
const llamma_himself: Proof = (kind) => {
  himself('applied')(kind)
  const stand = scene(kind)
  expect(said(stand.ask(strike(stand, WEAK, owner_of(stand))))).toBe('healthy')
  expect(said(stand.ask(own(stand, 'repay', ALL, WEAK)))).toBe('applied')
}

/** The next double. */
function next_up(x: number): number {
  const bits = new BigInt64Array(new Float64Array([x]).buffer)
  bits[0] = (bits[0] as bigint) + 1n
  return new Float64Array(bits.buffer)[0] as number
}

/** The lowest price at which the row's health is not below 1, by halving down to neighbouring doubles. */
function limit_price(stand: Stand): number {
  const prices = stand.venue.prices.slice()
  const slot = stand.statement(WEAK).slot[0] as number
  const safe = (price: number) => {
    prices[slot] = price
    return stand.venue.health(WEAK, prices) >= 1
  }
  let [low, high] = [1, prices[slot] as number]
  while (next_up(low) < high) {
    const middle = low + (high - low) / 2
    if (safe(middle)) high = middle
    else low = middle
  }
  return high
}

/** Of accounts that differ a little, the first whose health is exactly 1 at some price; and that price. */
function at_the_limit(kind: EdgeKind): { readonly stand: Stand; readonly price: number } {
  for (let i = 0; i < 400; i++) {
    const accounts = [
      { usd: 50_000 + i, second: 0, health: 1.2 },
      { usd: 60_000, second: 0, health: 3 },
      { usd: 60_000, second: 0, health: 3 },
    ]
    const stand = scene(kind, { accounts })
    const price = limit_price(stand)
    stand.answer('WETH', price)
    stand.see()
    if (stand.health(WEAK) === 1) return { stand, price }
  }
  throw new Error(`no account of ${kind} has a health of exactly 1 at any price`)
}

/** At exactly 1 safe (or, `breach`, not); a hair below liquidated, a hair above not. */
const limit =
  (breach: boolean): Proof =>
  (kind) => {
    const { stand, price } = at_the_limit(kind)
    const now = breach ? 'applied' : 'healthy'
    expect(stand.below().includes(WEAK)).toBe(breach)
    expect(said(stand.ask(strike(stand)))).toBe(now)
    stand.answer('WETH', price * (1 - 1e-9))
    stand.see()
    expect(said(stand.ask(strike(stand)))).toBe('applied')
    stand.answer('WETH', price * (1 + 1e-9))
    stand.see()
    expect(said(stand.ask(strike(stand)))).toBe('healthy')
  }

/** The keeper has no account anywhere. */
const without_account: Proof = (kind) => {
  const stand = crash(scene(kind))
  for (let row = 0; row < OWNERS && row < stand.venue.rows; row++)
    if (row < stand.accounts.length) expect(stand.venue.owner(row)).not.toBe(KEEPER)
  expect(said(stand.bundle(strike(stand)))).toBe('applied')
}

/** Taken over by an account that cannot carry it: refused; by one that can: moved, debt and all. */
const with_health: Proof = (kind) => {
  without_account(kind)
  const stand = crash(scene(kind))
  const [, fields] = strike(stand)
  const into = (row: number, amount: number): Step => [
    'takeover',
    { ...fields, amount, offer: row, actor: stand.venue.owner(row) },
  ]
  // The second of the sample is in breach itself.
  expect(said(stand.ask(into(1, 1_000)))).toBe('margin')
  const owed = leg(stand, SAFE, -1)
  expect(said(stand.bundle(into(SAFE, 1_000)))).toBe('applied')
  expect(leg(stand, SAFE, -1)).toBeCloseTo(owed + 1_000, 6)
}

/** A market on which what is seized is sold for what is owed, at a price that leaves a profit. */
const exit = (kind: EdgeKind, debt: string): Stand => {
  const market = { kind: 'rail', id: 'exit', base: 'WETH', quote: debt, price: 2_000 }
  const change = kind === 'maker' ? { spec: (spec: Record<string, unknown>) => each(spec, 'ilks', { buf: 1 }) } : {}
  const stand = crash(scene(kind, { ...change, markets: [market] }))
  stand.trade('WETH', 2_000)
  return stand
}

/** Without money: refused. In a bundle that borrows, takes, sells and gives back: done, and something is left over. */
function flashed(stand: Stand, debt: string, step: (actor: number) => Step): boolean {
  const [asset, market] = [stand.asset(debt), stand.market('exit')]
  const [kind, fields] = step(PAUPER)
  const done = stand.through(
    ['flash', { actor: PAUPER, asset, amount: 60_000 }],
    [kind, fields],
    ['order', { market, actor: PAUPER, side: -1, exact: 'base', of: 1 }],
    ['flash_repay', { actor: PAUPER, asset, limit: 0 }],
  )
  if (done) expect(balance(stand, PAUPER, debt)).toBeGreaterThan(0)
  return done
}

const by_flash =
  (debt: string, prepare: (stand: Stand) => (actor: number) => Step): Proof =>
  (kind) => {
    const stand = exit(kind, debt)
    const step = prepare(stand)
    expect(said(stand.ask(step(PAUPER)))).toBe('funds')
    expect(flashed(stand, debt, step)).toBe(true)
  }

const liquidation = (stand: Stand) => (actor: number) => strike(stand, WEAK, actor, 5_000)
const sale =
  (amount: number) =>
  (stand: Stand): ((actor: number) => Step) => {
    expect(said(stand.bundle(strike(stand)))).toBe('applied')
    return (actor) => ['bid', { offer: 0, amount, limit: 2_000, actor }]
  }

/** The lot comes hours after the bid is paid: what is borrowed for a moment cannot wait for it. */
const no_flash: Proof = (kind) => {
  const stand = exit(kind, 'DAI')
  expect(said(stand.bundle(strike(stand)))).toBe('applied')
  const bid = (actor: number): Step => ['bid', { offer: 0, amount: 25, limit: 100, actor }]
  expect(said(stand.ask(bid(KEEPER)))).toBe('applied')
  expect(said(stand.ask(bid(PAUPER)))).toBe('funds')
  expect(flashed(stand, 'DAI', bid)).toBe(false)
}

/** Nothing is to be paid: who has nothing liquidates, and is paid for it. */
const for_free: Proof = (kind) => {
  const stand = crash(scene(kind))
  expect(said(stand.bundle(strike(stand, WEAK, PAUPER)))).toBe('applied')
  expect(balance(stand, PAUPER, 'WETH')).toBeGreaterThan(0)
}

/** At 400 USD, so that something is lost. */
function lost(kind: EdgeKind, change: Parameters<typeof scene>[1] = {}): Stand {
  const stand = crash(scene(kind, change), 0.2)
  return stand
}

/** Suppliers: what one of them can take out is less at once. */
const suppliers =
  (list: 'markets' | 'vaults'): Proof =>
  (kind) => {
    const stand = lost(kind)
    const asset = stand.asset('USDC')
    const depositor = SAFE
    const put: Step = ['deposit', { account: depositor, asset, amount: 1_000, actor: stand.venue.owner(depositor) }]
    // The position of the sample that is in the same market or cluster.
    expect(said(stand.bundle(put))).toBe('applied')
    const before = balance(stand, stand.venue.owner(depositor), 'USDC')
    expect(said(stand.bundle(strike(stand)))).toBe('applied')
    expect(logged(stand, 'bad_debt')).toBeGreaterThan(0)
    expect(logged(stand, 'default')).toBe(logged(stand, 'bad_debt'))
    expect(said(stand.bundle(['repay', { account: depositor, asset, amount: ALL, actor: stand.venue.owner(depositor) }]))).toBe(
      'applied',
    )
    const paid = before - balance(stand, stand.venue.owner(depositor), 'USDC')
    expect(
      said(stand.bundle(['withdraw', { account: depositor, asset, amount: ALL, actor: stand.venue.owner(depositor) }])),
    ).toBe('applied')
    const back = balance(stand, stand.venue.owner(depositor), 'USDC') - before + paid
    // 20 million are supplied: a loss of some 25,000 is one in a thousand.
    expect(back).toBeLessThan(999.9)
    expect(back).toBeGreaterThan(990)
    expect(list in (stand.adapter.spec([]) as object)).toBe(true)
  }

const reserve_bears: Proof = (kind) => {
  const stand = lost(kind)
  const venue = stand.venue as unknown as { deficit_usd(): number }
  expect(venue.deficit_usd()).toBe(0)
  expect(said(stand.bundle(strike(stand)))).toBe('applied')
  expect(venue.deficit_usd()).toBeCloseTo(logged(stand, 'bad_debt'), 4)
  expect(logged(stand, 'default')).toBe(0)
  const deficit = venue.deficit_usd()
  stand.tick(HOUR_MS)
  expect(venue.deficit_usd()).toBe(deficit)
}

const borrower_keeps: Proof = (kind) => {
  const stand = lost(kind)
  expect(said(stand.bundle(strike(stand)))).toBe('applied')
  const owed = leg(stand, WEAK, -1)
  expect(owed).toBeGreaterThan(20_000)
  stand.tick(24 * HOUR_MS)
  expect(leg(stand, WEAK, -1)).toBeGreaterThan(owed)
  expect(stand.venue.shortfall_usd()).toBeGreaterThan(owed)
  expect(logged(stand, 'bad_debt')).toBe(0)
}

const reserves_bear: Proof = (kind) => {
  const stand = lost(kind)
  const venue = stand.venue as unknown as { report(): { readonly reserves: number } }
  const before = venue.report().reserves
  const owed = leg(stand, WEAK, -1)
  expect(said(stand.bundle(strike(stand)))).toBe('applied')
  expect(before - venue.report().reserves).toBeCloseTo(owed, 6)
}

/** The surplus of 50,000 covers it, or what there is of it. */
const vow_bears =
  (surplus: number): Proof =>
  (kind) => {
    const stand = lost(kind, { spec: (spec) => ({ ...spec, surplus }) })
    expect(said(stand.bundle(strike(stand)))).toBe('applied')
    const whole: Step = [
      'bid',
      { offer: 0, amount: kind === 'maker' ? ALL : 25, limit: kind === 'maker' ? 0 : 100, actor: KEEPER },
    ]
    if (kind === 'maker') stand.tick(HOUR_MS)
    expect(said(stand.bundle(whole))).toBe('applied')
    if (kind === 'maker-2020') {
      stand.tick(HOUR_MS)
      expect(said(stand.bundle(['start', { offer: 0, actor: KEEPER }]))).toBe('applied')
    }
    const [bad, covered] = [logged(stand, 'bad_debt'), logged(stand, 'default')]
    expect(bad).toBeGreaterThan(20_000)
    if (surplus > bad) expect(covered).toBeCloseTo(bad, 4)
    else expect(covered).toBeLessThan(bad)
    expect(stand.venue.fund_usd() > 0).toBe(surplus > bad)
  }

const vow: Proof = (kind) => {
  vow_bears(50_000)(kind)
  vow_bears(10)(kind)
}

/** Depositors as far as the pool goes: with a large pool nobody else owes more, with a small one the others do. */
const pool_then_troves =
  (deposits: (units: number) => object, left: number): Proof =>
  (kind) => {
    const with_pool = (units: number) => {
      const stand = crash(scene(kind, { spec: (spec) => ({ ...spec, deposits: deposits(units) }) }), left)
      const [others, pool] = [leg(stand, SAFE, -1), stand.venue.fund_usd()]
      expect(said(stand.bundle(strike(stand)))).toBe('applied')
      return { others: leg(stand, SAFE, -1) - others, pool: pool - stand.venue.fund_usd() }
    }
    const rich = with_pool(500_000)
    expect(rich.others).toBeCloseTo(0, 6)
    expect(rich.pool).toBeGreaterThan(20_000)
    const poor = with_pool(5_000)
    expect(poor.others).toBeGreaterThan(0)
    expect(poor.pool).toBeGreaterThan(4_000)
  }

const stays_open: Proof = (kind) => {
  const stand = lost(kind)
  const owed = leg(stand, WEAK, -1)
  stand.tick(30 * 24 * HOUR_MS)
  expect(leg(stand, WEAK, -1)).toBeGreaterThan(owed)
  expect([logged(stand, 'bad_debt'), logged(stand, 'default')]).toEqual([0, 0])
  expect(stand.venue.fund_usd()).toBe(0)
  expect(stand.venue.shortfall_usd()).toBeGreaterThan(0)
}

/** The vault keeps what it absorbed, at a loss until the price is back; whoever comes then gets it for its debt. */
const bucket: Proof = (kind) => {
  const stand = lost(kind)
  expect(said(stand.bundle(['start', { account: WEAK, actor: KEEPER }]))).toBe('applied')
  const bad = logged(stand, 'bad_debt')
  expect(bad).toBeGreaterThan(20_000)
  expect([logged(stand, 'default'), stand.venue.fund_usd()]).toEqual([0, 0])
  expect(stand.venue.shortfall_usd()).toBeGreaterThan(bad * 0.999)
  for (const id of stand.adapter.held) stand.answer(id, (stand.adapter.assets[id] as number) * 1.2)
  stand.tick(HOUR_MS)
  expect(stand.venue.shortfall_usd()).toBe(0)
  const weth = balance(stand, KEEPER, 'WETH')
  expect(said(stand.bundle(['bid', { offer: 0, amount: ALL, actor: KEEPER }]))).toBe('applied')
  expect(balance(stand, KEEPER, 'WETH') - weth).toBeCloseTo(25, 3)
}

const outside = Int32Array.of(-1)
const v1_deposits = (units: number) => ({ owner: outside, amount: Float64Array.of(units) })
const v2_deposits = (units: number) => ({ ...v1_deposits(units), branch: Int32Array.of(0) })

export const people: readonly Row[] = [
  {
    event: 'self-liquidation',
    proofs: {
      'aave-v3': aave_himself,
      'compound-v2': himself('limit'),
      'compound-v3': himself('applied'),
      maker: himself('applied'),
      'maker-2020': himself('applied'),
      'morpho-blue': himself('applied'),
      'euler-v2': himself('unknown'),
      fluid: himself('applied'),
      'liquity-v1': himself('applied'),
      'liquity-v2': himself('applied'),
      llamma: llamma_himself,
    },
  },
  {
    event: 'exactly at the limit',
    proofs: {
      'aave-v3': limit(false),
      'compound-v2': limit(false),
      'compound-v3': limit(false),
      maker: limit(false),
      'maker-2020': limit(false),
      'morpho-blue': limit(false),
      'euler-v2': limit(true),
      fluid: limit(false),
      'liquity-v1': limit(false),
      'liquity-v2': limit(false),
      llamma: limit(false),
    },
  },
  {
    event: 'health of the liquidator',
    proofs: {
      'aave-v3': without_account,
      'compound-v2': without_account,
      'compound-v3': without_account,
      maker: without_account,
      'maker-2020': without_account,
      'morpho-blue': without_account,
      'euler-v2': with_health,
      fluid: without_account,
      'liquity-v1': without_account,
      'liquity-v2': without_account,
      llamma: without_account,
    },
  },
  {
    event: 'callback before payment',
    proofs: {
      'aave-v3': by_flash('USDC', liquidation),
      'compound-v2': by_flash('USDC', liquidation),
      'compound-v3': by_flash('USDC', sale(10)),
      maker: by_flash('DAI', sale(5)),
      'maker-2020': no_flash,
      'morpho-blue': by_flash('USDC', liquidation),
      'euler-v2': by_flash('USDC', liquidation),
      fluid: by_flash('USDC', liquidation),
      'liquity-v1': for_free,
      'liquity-v2': for_free,
      llamma: by_flash('CRVUSD', liquidation),
    },
  },
  {
    event: 'who bears bad debt',
    proofs: {
      'aave-v3': reserve_bears,
      'compound-v2': borrower_keeps,
      'compound-v3': reserves_bear,
      maker: vow,
      'maker-2020': vow,
      'morpho-blue': suppliers('markets'),
      'euler-v2': suppliers('vaults'),
      fluid: bucket,
      'liquity-v1': pool_then_troves(v1_deposits, 0.64),
      'liquity-v2': pool_then_troves(v2_deposits, 0.2),
      llamma: stays_open,
    },
  },
]
