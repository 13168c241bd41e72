/** Oracles that answer nothing, or what was true long ago. */
import { expect } from 'vitest'
import type { KindSpec } from '../../../src/model/index.ts'
import type { EdgeKind } from '../edge-cases.ts'
import { KEEPER, MINUTE_MS, type Stand } from '../stand.ts'
import { balance, crash, own, type Proof, type Row, SAFE, said, scene, strike, WEAK } from './scene.ts'

const HOUR_MS = 3_600_000
const NOTHING = [0, Number.NaN, -1, Number.POSITIVE_INFINITY]

/** After the crash, so that nothing but the answer stands in the way. */
function answered(kind: EdgeKind, answer: number): Stand {
  const stand = crash(scene(kind))
  expect(said(stand.ask(strike(stand)))).toBe('applied')
  stand.answer('WETH', answer)
  stand.tick(MINUTE_MS)
  return stand
}

/** Liquidation and loans are refused as stale; what makes the account safer goes on. */
const blocked =
  (answers: readonly number[] = NOTHING): Proof =>
  (kind) => {
    for (const answer of answers) {
      const stand = answered(kind, answer)
      expect(said(stand.ask(strike(stand)))).toBe('stale')
      expect(said(stand.ask(own(stand, 'borrow', 10)))).toBe('stale')
      expect(said(stand.ask(own(stand, 'withdraw', 0.001)))).toBe('stale')
      expect(said(stand.ask(own(stand, 'repay', 10)))).toBe('applied')
      expect(stand.asked().offers.filter(({ kind: what }) => what === 'liquidation' || what === 'start')).toEqual([])
    }
  }

/** A price of 0 gives everything away for nothing. */
const free: Proof = (kind) => {
  const stand = answered(kind, 0)
  const [usdc, weth] = [balance(stand, KEEPER, 'USDC'), balance(stand, KEEPER, 'WETH')]
  const result = stand.bundle(strike(stand))
  expect(result.status).toBe('applied')
  expect(result.amount).toBeCloseTo(25, 9)
  expect(balance(stand, KEEPER, 'USDC')).toBe(usdc)
  expect(balance(stand, KEEPER, 'WETH') - weth).toBeCloseTo(25, 6)
  blocked([Number.NaN, -1, Number.POSITIVE_INFINITY])(kind)
}

/** The last good price stays, and liquidation goes on at it. */
const last_good =
  (borrowing: string): Proof =>
  (kind) => {
    for (const answer of NOTHING) {
      const stand = answered(kind, answer)
      expect(stand.statement(WEAK).price[0]).toBe(1_400)
      expect(said(stand.ask(own(stand, 'borrow', 10)))).toBe(borrowing)
      expect(said(stand.bundle(strike(stand)))).toBe('applied')
    }
  }

/** A push feed of the spot market in place of the dial; fault `oracle:WETH` makes it stand still. */
const feed: KindSpec = {
  kind: 'chainlink',
  id: 'WETH',
  path: [{ market: 'WETH-spot' }],
  deviation: 0.005,
  heartbeat_ms: HOUR_MS,
  phase_ms: 0,
}

/** The market falls behind the back of an oracle that stands still: nothing happens. It moves again: a breach. */
const used: Proof = (kind) => {
  const stand = scene(kind, { oracles: { WETH: feed } })
  const before = stand.health(WEAK)
  stand.fault('oracle:WETH', true)
  stand.trade('WETH', 1_400)
  for (let hour = 0; hour < 3; hour++) stand.tick(HOUR_MS)
  expect(stand.health(WEAK) / before).toBeGreaterThan(0.999)
  expect(said(stand.ask(strike(stand)))).toBe('healthy')
  stand.fault('oracle:WETH', false)
  stand.tick(MINUTE_MS)
  expect(said(stand.ask(strike(stand)))).toBe('applied')
  // And the other way round: it recovers, and who was in breach at the last answer is liquidated.
  stand.fault('oracle:WETH', true)
  stand.trade('WETH', 4_000)
  stand.tick(HOUR_MS)
  expect(said(stand.ask(strike(stand)))).toBe('applied')
}

/** The security module: a fall is known an hour and a poke later, and never while it is stopped. */
const module: Proof = (kind) => {
  const osm: KindSpec = { kind: 'osm', id: 'WETH', source: { ...feed, id: 'feed' } }
  const stand = scene(kind, { oracles: { WETH: osm } })
  stand.trade('WETH', 1_400)
  stand.fault('oracle:WETH', true)
  for (let hour = 0; hour < 5; hour++) stand.tick(HOUR_MS)
  expect(said(stand.ask(strike(stand)))).toBe('healthy')
  stand.fault('oracle:WETH', false)
  stand.tick(MINUTE_MS)
  // Poked: the fall is the next price, not yet the present one.
  expect(said(stand.ask(strike(stand)))).toBe('healthy')
  stand.tick(HOUR_MS)
  expect(said(stand.ask(strike(stand)))).toBe('applied')
}

/** The second oracle is believed once the first has stood still for more than four hours. */
const second: Proof = (kind) => {
  const other = { ...feed, id: 'second' }
  const stand = scene(kind, { oracles: { WETH: feed }, spec: (spec) => ({ ...spec, fallback_oracle: other }) })
  stand.fault('oracle:WETH', true)
  stand.trade('WETH', 1_400)
  stand.tick(1_000)
  stand.tick(4 * HOUR_MS)
  expect(stand.statement(WEAK).price[0]).toBe(2_000)
  stand.tick(1_000)
  expect(stand.statement(WEAK).price[0]).toBe(1_400)
  expect(said(stand.ask(strike(stand)))).toBe('applied')
}

/** The branch is shut down for good when its oracle has stood still for more than a day; until then its answer is used. */
const failed: Proof = (kind) => {
  const stand = scene(kind, { oracles: { WETH: feed } })
  stand.fault('oracle:WETH', true)
  stand.tick(1_000)
  stand.tick(24 * HOUR_MS)
  expect(said(stand.ask(own(stand, 'borrow', 10)))).toBe('applied')
  stand.tick(1_000)
  expect(said(stand.ask(own(stand, 'borrow', 10)))).toBe('paused')
  stand.fault('oracle:WETH', false)
  stand.trade('WETH', 4_000)
  stand.tick(HOUR_MS)
  expect(said(stand.ask(own(stand, 'borrow', 10)))).toBe('paused')
  expect(stand.statement(SAFE).price[0]).toBe(2_000)
}

/** The moving average goes on though nobody trades, to where the price has been all the time. */
const average: Proof = (kind) => {
  const ema: KindSpec = { kind: 'ema', id: 'WETH', path: [{ market: 'WETH-spot' }], ma_time_ms: 866_000 }
  const stand = scene(kind, { oracles: { WETH: ema } })
  stand.trade('WETH', 1_600)
  stand.tick(1_000)
  stand.tick(1_000)
  expect(stand.venue.prices[0]).toBeGreaterThan(1_990)
  for (let i = 0; i < 60; i++) stand.tick(10 * MINUTE_MS)
  expect(stand.venue.prices[0]).toBeCloseTo(1_600, 3)
}

export const prices: readonly Row[] = [
  {
    event: 'oracle answers 0 or nothing',
    proofs: {
      'aave-v3': blocked(),
      'compound-v2': blocked(),
      'compound-v3': blocked(),
      maker: blocked(),
      'maker-2020': blocked(),
      'morpho-blue': free,
      'euler-v2': free,
      fluid: blocked(),
      'liquity-v1': last_good('applied'),
      'liquity-v2': last_good('paused'),
      llamma: blocked(),
    },
  },
  {
    event: 'stale price',
    proofs: {
      'aave-v3': used,
      'compound-v2': used,
      'compound-v3': used,
      maker: module,
      'maker-2020': module,
      'morpho-blue': used,
      'euler-v2': used,
      fluid: used,
      'liquity-v1': second,
      'liquity-v2': failed,
      llamma: average,
    },
  },
]
