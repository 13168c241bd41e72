/** What is switched off, and what is not there to be had. */
import { expect } from 'vitest'
import type { EdgeKind } from '../edge-cases.ts'
import { KEEPER, MINUTE_MS, type Stand, take } from '../stand.ts'
import {
  crash,
  each,
  holds_all_collateral,
  own,
  type Proof,
  refuses_field,
  type Row,
  said,
  scene,
  strike,
  WEAK,
} from './scene.ts'

const HOUR_MS = 3_600_000

/** A scene after the crash with a fault in force. */
function halted(kind: EdgeKind, fault: string): Stand {
  const stand = crash(scene(kind))
  expect(said(stand.ask(strike(stand)))).toBe('applied')
  stand.fault(fault, true)
  stand.see()
  return stand
}

/** Nothing of the reserve goes; when it is unpaused, a grace period holds liquidations back. */
const aave_paused: Proof = (kind) => {
  const stand = halted(kind, 'reserve:venue.WETH')
  expect(said(stand.ask(strike(stand)))).toBe('paused')
  expect(said(stand.ask(own(stand, 'deposit', 1)))).toBe('paused')
  expect(said(stand.ask(own(stand, 'withdraw', 0.01)))).toBe('paused')
  stand.fault('reserve:venue.WETH', false)
  stand.see()
  expect(said(stand.ask(strike(stand)))).toBe('applied')
  const graced = crash(scene(kind, { spec: (spec) => ({ ...spec, grace_s: 3_600 }) }))
  graced.fault('reserve:venue.WETH', true)
  graced.see()
  graced.fault('reserve:venue.WETH', false)
  graced.tick(MINUTE_MS)
  expect(said(graced.ask(strike(graced)))).toBe('paused')
  expect(said(graced.ask(own(graced, 'deposit', 1)))).toBe('applied')
  graced.tick(HOUR_MS + 1)
  expect(said(graced.ask(strike(graced)))).toBe('applied')
}

const compound_paused: Proof = (kind) => {
  const stand = halted(kind, 'seize:venue')
  expect(said(stand.ask(strike(stand)))).toBe('paused')
  expect(said(stand.ask(own(stand, 'deposit', 1)))).toBe('applied')
  const closed = scene(kind, { spec: (spec) => each(spec, 'markets', { mint_paused: true, borrow_paused: true }) })
  expect(said(closed.ask(own(closed, 'deposit', 1)))).toBe('paused')
  expect(said(closed.ask(own(closed, 'borrow', 1)))).toBe('paused')
  expect(said(crash(closed).ask(strike(closed)))).toBe('applied')
}

const comet_paused: Proof = (kind) => {
  const stand = crash(scene(kind))
  stand.bundle(strike(stand))
  stand.tick(MINUTE_MS)
  const sale = () => stand.ask(['bid', { offer: 0, amount: 1, actor: KEEPER }])
  const absorption = () => stand.ask(strike(stand, 1))
  expect([said(absorption()), said(sale())]).toEqual(['applied', 'applied'])
  stand.fault('absorb:venue', true)
  stand.see()
  expect([said(absorption()), said(sale())]).toEqual(['paused', 'applied'])
  stand.fault('absorb:venue', false)
  stand.fault('buy:venue', true)
  stand.see()
  expect([said(absorption()), said(sale())]).toEqual(['applied', 'paused'])
}

/** The breaker is a constant of the type; the auction of a type without one runs beside it. */
const maker_stopped: Proof = (kind) => {
  const at = (stopped: number) => {
    const stand = scene(kind, { spec: (spec) => each(spec, 'ilks', { stopped, tail_ms: HOUR_MS }) })
    return crash(stand)
  }
  expect(said(at(0).ask(strike(at(0))))).toBe('applied')
  for (const stopped of [1, 2, 3]) {
    const stand = at(stopped)
    expect(said(stand.ask(strike(stand)))).toBe('paused')
    expect(stand.asked().offers).toEqual([])
  }
}

const euler_paused: Proof = (kind) => {
  for (const vault of ['eWETH', 'eUSDC']) {
    const stand = halted(kind, `vault:venue.${vault}`)
    expect(said(stand.ask(strike(stand)))).toBe('paused')
    expect(said(stand.ask(own(stand, vault === 'eWETH' ? 'deposit' : 'repay', 1)))).toBe('paused')
  }
}

const no_switch =
  (...fields: string[]): Proof =>
  (kind) => {
    for (const field of fields) refuses_field(kind, field)
  }

const bold_shutdown: Proof = (kind) => {
  refuses_field(kind, 'paused')
  const stand = crash(scene(kind))
  stand.answer('WETH', Number.NaN)
  stand.tick(MINUTE_MS)
  expect(said(stand.ask(own(stand, 'borrow', 10)))).toBe('paused')
  expect(said(stand.ask(strike(stand)))).toBe('applied')
}

/** A ceiling of 0 stops more debt, and nothing else. */
const no_ceiling: Proof = (kind) => {
  const stand = scene(kind, { spec: (spec) => ({ ...spec, ceiling: 0 }) })
  expect(said(stand.ask(own(stand, 'borrow', 10)))).toBe('limit')
  expect(said(stand.ask(own(stand, 'repay', 10)))).toBe('applied')
  expect(said(crash(stand).ask(strike(stand)))).toBe('applied')
}

const aave_frozen: Proof = (kind) => {
  const stand = scene(kind, { spec: (spec) => each(spec, 'reserves', { frozen: true }) })
  expect(said(stand.ask(own(stand, 'deposit', 1)))).toBe('paused')
  expect(said(stand.ask(own(stand, 'borrow', 1)))).toBe('paused')
  expect(said(stand.ask(own(stand, 'repay', 1)))).toBe('applied')
  expect(said(crash(stand).ask(strike(stand)))).toBe('applied')
}

/** Debts of a deprecated market are repaid whole, although the account is healthy. */
const deprecated: Proof = (kind) => {
  const gone = { collateral_factor: 0, borrow_paused: true, reserve_factor: 1 }
  const stand = scene(kind, { spec: (spec) => each(spec, 'markets', gone, ({ asset }) => asset === 'USDC') })
  expect(stand.health(WEAK)).toBeGreaterThan(1)
  expect(said(stand.bundle(strike(stand)))).toBe('applied')
  expect(stand.health(WEAK)).toBe(Number.POSITIVE_INFINITY)
}

const tiny_caps: Proof = (kind) => {
  const stand = scene(kind, { spec: (spec) => each(spec, 'vaults', { supply_cap: 1e-12, borrow_cap: 1e-12 }) })
  expect(said(stand.ask(own(stand, 'deposit', 1)))).toBe('limit')
  expect(said(stand.ask(own(stand, 'borrow', 1)))).toBe('limit')
  expect(said(stand.ask(own(stand, 'repay', 1)))).toBe('applied')
  expect(said(crash(stand).ask(strike(stand)))).toBe('applied')
  // A cap of 0 is none.
  const open = scene(kind, { spec: (spec) => each(spec, 'vaults', { supply_cap: 0, borrow_cap: 0 }) })
  expect(said(open.ask(own(open, 'borrow', 1)))).toBe('applied')
}

/** All WETH of the pool is lent out. */
const lent_out =
  (list: string): Proof =>
  (kind) => {
    const drained = (asset: unknown) => asset === 'WETH'
    const stand = scene(kind, {
      spec: (spec) => {
        const pool = (spec[list] as { asset: string; cash: number }[]).find(({ asset }) => drained(asset))
        return each(spec, list, { cash: 0, other_debt: pool?.cash }, ({ asset }) => drained(asset))
      },
    })
    crash(stand)
    expect(said(stand.ask(strike(stand)))).toBe('cash')
    expect(said(stand.ask(own(stand, 'withdraw', 0.01)))).toBe('cash')
    expect(stand.asked().offers).toEqual([])
  }

/** Shares move where tokens cannot. */
const euler_lent_out: Proof = (kind) => {
  lent_out('vaults')(kind)
  const stand = crash(
    scene(kind, {
      spec: (spec) => {
        const pool = (spec['vaults'] as { asset: string; cash: number }[]).find(({ asset }) => asset === 'WETH')
        return each(spec, 'vaults', { cash: 0, other_debt: pool?.cash }, ({ asset }) => asset === 'WETH')
      },
    }),
  )
  const [kept, fields] = strike(stand)
  expect(kept).toBe('liquidate')
  // The owner of the safe account takes the position over.
  const taker = 2
  const part = { ...fields, amount: 100, offer: taker, actor: stand.venue.owner(taker) }
  expect(said(stand.ask(['takeover', part]))).toBe('applied')
}

/** Everything that can be lent is lent; collateral is not among it. */
const needs_no_cash: Proof = (kind) => {
  const stand = scene(kind, {
    spec: (spec) =>
      kind === 'morpho-blue'
        ? each(spec, 'markets', { other_debt: 20e6 - owed(spec), loan_oracle: undefined })
        : { ...spec, cash: 0 },
  })
  holds_all_collateral(stand)
  crash(stand)
  holds_all_collateral(stand)
  expect(said(stand.bundle(strike(stand)))).toBe('applied')
  holds_all_collateral(stand)
}

/** USDC that the accounts of the first market of a spec owe. */
function owed(spec: Record<string, unknown>): number {
  const { market, debt } = spec['accounts'] as { market: Int32Array; debt: Float64Array }
  return Math.max(...[0, 1].map((k) => debt.reduce((sum, units, row) => sum + (market[row] === k ? units : 0), 0)))
}

const keeps_collateral: Proof = (kind) => {
  const stand = scene(kind)
  holds_all_collateral(stand)
  crash(stand)
  expect(said(stand.bundle(strike(stand)))).toBe('applied')
  stand.tick(HOUR_MS)
  for (const offer of stand.asked().offers) if (offer.kind === 'auction') stand.bundle(take(stand.adapter, offer, KEEPER, 0.5))
  holds_all_collateral(stand)
}

/** Collateral is lent on: none of it is there, or it may not leave yet. */
const fluid_dry: Proof = (kind) => {
  const empty = (units: number) => (spec: Record<string, unknown>) => {
    const accounts = spec['accounts'] as { vault: Int32Array; collateral: Float64Array }
    const held = accounts.collateral.reduce((sum, own, row) => sum + (accounts.vault[row] === 0 ? own : 0), 0)
    return each(spec, 'pools', { other_debt: 100 + held - units }, ({ asset }) => asset === 'WETH')
  }
  const stand = crash(scene(kind, { spec: empty(0) }))
  expect(said(stand.ask(strike(stand)))).toBe('cash')
  expect(said(stand.ask(own(stand, 'withdraw', 0.01)))).toBe('cash')
  expect(stand.asked().offers).toEqual([])
  const little = crash(scene(kind, { spec: empty(1) }))
  expect(said(little.ask(strike(little)))).toBe('cash')
  expect(said(little.ask(strike(little, WEAK, KEEPER, 1_000)))).toBe('applied')
  // Nothing may leave at first, then 95 WETH · 1 % in an hour.
  const withdrawal_limit = { share: 0.01, duration_s: 3_600, base: 1 }
  const limited = crash(scene(kind, { spec: (spec) => each(spec, 'vaults', { withdrawal_limit }) }))
  expect(said(limited.ask(strike(limited)))).toBe('limit')
  expect(said(limited.bundle(strike(limited, WEAK, KEEPER, 1_000)))).toBe('applied')
  expect(said(limited.ask(strike(limited, WEAK, KEEPER, 1_000)))).toBe('limit')
  limited.tick(HOUR_MS)
  expect(said(limited.ask(strike(limited, WEAK, KEEPER, 1_000)))).toBe('applied')
}

export const switches: readonly Row[] = [
  {
    event: 'paused asset',
    proofs: {
      'aave-v3': aave_paused,
      'compound-v2': compound_paused,
      'compound-v3': comet_paused,
      maker: maker_stopped,
      'maker-2020': no_switch('stopped', 'paused'),
      'morpho-blue': no_switch('paused'),
      'euler-v2': euler_paused,
      fluid: no_switch('paused'),
      'liquity-v1': no_switch('paused', 'stopped'),
      'liquity-v2': bold_shutdown,
      llamma: (kind) => {
        no_switch('killed', 'paused')(kind)
        no_ceiling(kind)
      },
    },
  },
  {
    event: 'frozen asset',
    proofs: {
      'aave-v3': aave_frozen,
      'compound-v2': deprecated,
      'compound-v3': no_switch('frozen'),
      maker: no_switch('frozen'),
      'maker-2020': no_switch('frozen'),
      'morpho-blue': no_switch('frozen'),
      'euler-v2': tiny_caps,
      fluid: no_switch('frozen'),
      'liquity-v1': no_switch('frozen'),
      'liquity-v2': no_switch('frozen'),
      llamma: no_ceiling,
    },
  },
  {
    event: 'pool without cash',
    proofs: {
      'aave-v3': lent_out('reserves'),
      'compound-v2': lent_out('markets'),
      'compound-v3': needs_no_cash,
      maker: keeps_collateral,
      'maker-2020': keeps_collateral,
      'morpho-blue': needs_no_cash,
      'euler-v2': euler_lent_out,
      fluid: fluid_dry,
      'liquity-v1': keeps_collateral,
      'liquity-v2': keeps_collateral,
      llamma: keeps_collateral,
    },
  },
]
