/** How much may go, what must stay, and who is left with the rest. */
import { expect } from 'vitest'
import { ALL } from '../../../src/model/index.ts'
import type { EdgeKind } from '../edge-cases.ts'
import { KEEPER, type Stand, type Step } from '../stand.ts'
import { balance, crash, each, leg, logged, own, type Proof, type Row, SAFE, said, scene, strike, WEAK } from './scene.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** 25 WETH and no hope: at 400 USD they are worth less than what is owed on them. */
const LEFT = 0.2
const sunk = (kind: EdgeKind, change: Parameters<typeof scene>[1] = {}): Stand => crash(scene(kind, change), LEFT)
const debt_of = (stand: Stand) => leg(stand, WEAK, -1)

/** What suppliers, depositors or the protocol have lost is in the log, with who bears it. */
function losses(stand: Stand): { readonly bad: number; readonly covered: number } {
  return { bad: logged(stand, 'bad_debt'), covered: logged(stand, 'default') }
}

/** Everything goes, less is repaid; `bad`: what remains is written off, `stays`: it remains owed. */
const all_of_it =
  (rest: 'bad' | 'stays', version?: string): Proof =>
  (kind) => {
    const stand = sunk(kind, version === undefined ? {} : { spec: (spec) => ({ ...spec, version }) })
    const [owed, paid] = [debt_of(stand), balance(stand, KEEPER, 'USDC')]
    expect(said(stand.bundle(strike(stand)))).toBe('applied')
    const repaid = paid - balance(stand, KEEPER, 'USDC')
    expect(leg(stand, WEAK, 1)).toBe(0)
    // 25 WETH at 400 are worth 10,000: no bonus and no discount lets more be repaid.
    expect(repaid).toBeGreaterThan(8_000)
    expect(repaid).toBeLessThanOrEqual(10_000)
    const { bad } = losses(stand)
    const left = debt_of(stand)
    if (rest === 'bad') {
      expect(left).toBe(0)
      expect(bad).toBeCloseTo(owed - repaid, 4)
    } else {
      expect(bad).toBe(0)
      expect(left).toBeCloseTo(owed - repaid, 4)
      expect(stand.venue.shortfall_usd()).toBeGreaterThan(left * 0.99)
    }
  }

/** Too much is refused, all is cut to what there is; what is then left stays owed. */
const choose_less: Proof = (kind) => {
  const stand = sunk(kind)
  const half = debt_of(stand) / 2
  expect(said(stand.ask(strike(stand, WEAK, KEEPER, half)))).toBe('limit')
  expect(said(stand.bundle(strike(stand)))).toBe('applied')
  expect(leg(stand, WEAK, 1)).toBe(0)
  expect(debt_of(stand)).toBeGreaterThan(half)
  expect(losses(stand)).toEqual({ bad: 0, covered: 0 })
  expect(said(stand.ask(strike(stand)))).toBe('unknown')
}

const absorbed_at_a_loss: Proof = (kind) => {
  const stand = sunk(kind)
  const [owed, fund] = [debt_of(stand), stand.venue.fund_usd()]
  expect(stand.bundle(strike(stand)).amount).toBeCloseTo(owed, 6)
  expect([debt_of(stand), leg(stand, WEAK, 1)]).toEqual([0, 0])
  expect(losses(stand).bad).toBeCloseTo(owed - 10_000, 4)
  expect(stand.venue.fund_usd()).toBeLessThanOrEqual(fund)
}

/** Starts the auction of the weak vault. */
function auctioned(stand: Stand): Stand {
  expect(said(stand.bundle(strike(stand)))).toBe('applied')
  return stand
}

const sold_out: Proof = (kind) => {
  const stand = auctioned(sunk(kind))
  // The price falls by a hundredth every 90 s: after an hour it is at two thirds.
  stand.tick(HOUR_MS)
  const [fund, due] = [stand.venue.fund_usd(), logged(stand, 'seize')]
  const paid = balance(stand, KEEPER, 'DAI')
  expect(said(stand.bundle(['bid', { offer: 0, amount: ALL, actor: KEEPER }]))).toBe('applied')
  const got = paid - balance(stand, KEEPER, 'DAI')
  const { bad, covered } = losses(stand)
  expect(bad).toBeCloseTo(due - got, 4)
  expect(covered).toBeCloseTo(Math.min(bad, fund), 4)
  expect(stand.venue.fund_usd()).toBeCloseTo(Math.max(0, fund - bad), 4)
}

const lost_lot: Proof = (kind) => {
  const stand = auctioned(sunk(kind))
  const lot = 25
  expect(said(stand.bundle(['bid', { offer: 0, amount: lot, limit: 100, actor: KEEPER }]))).toBe('applied')
  stand.tick(HOUR_MS)
  const [fund, due] = [stand.venue.fund_usd(), logged(stand, 'seize')]
  expect(said(stand.bundle(['start', { offer: 0, actor: KEEPER }]))).toBe('applied')
  const { bad, covered } = losses(stand)
  expect(bad).toBeCloseTo(due - 100 * lot, 4)
  expect(covered).toBeCloseTo(Math.min(bad, fund), 4)
  expect(stand.venue.fund_usd()).toBeCloseTo(Math.max(0, fund - bad), 4)
}

/** The pool burns what it can; with it empty the other troves owe more. */
const borne_at_once =
  (deposits: object): Proof =>
  (kind) => {
    const pooled = sunk(kind)
    const [owed, fund] = [debt_of(pooled), pooled.venue.fund_usd()]
    expect(said(pooled.bundle(strike(pooled)))).toBe('applied')
    const { bad, covered } = losses(pooled)
    expect(bad).toBeGreaterThan(owed - 10_100)
    expect(covered).toBe(bad)
    const burnt = fund - pooled.venue.fund_usd()
    const alone = sunk(kind, { spec: (spec) => ({ ...spec, deposits }) })
    const others = leg(alone, SAFE, -1)
    expect(said(alone.bundle(strike(alone)))).toBe('applied')
    expect(leg(alone, SAFE, -1)).toBeGreaterThan(others)
    expect(losses(alone).covered).toBe(losses(alone).bad)
    // In recovery a trove below 100 % is redistributed entirely: then the pool burns nothing.
    expect(burnt === 0 || Math.abs(burnt - owed) < 1e-6 * owed).toBe(true)
  }

const NO_DEPOSITS_V1 = { owner: new Int32Array(0), amount: new Float64Array(0) }
const NO_DEPOSITS_V2 = { ...NO_DEPOSITS_V1, branch: new Int32Array(0) }

const nobody_comes: Proof = (kind) => {
  const stand = sunk(kind)
  const owed = debt_of(stand)
  const offer = stand.asked().offers.find(({ kind: what, id }) => what === 'liquidation' && id === WEAK)
  // The position costs more than it is worth at the oracle's price: no bidder would.
  expect((offer?.debt_max as number) / (offer?.collateral_max as number)).toBeGreaterThan(stand.venue.prices[0] as number)
  stand.tick(DAY_MS)
  expect(debt_of(stand)).toBeGreaterThanOrEqual(owed)
  expect(stand.venue.shortfall_usd()).toBeGreaterThan(owed - 25 * (stand.venue.prices[0] as number) - 1)
  expect(losses(stand)).toEqual({ bad: 0, covered: 0 })
}

/** All collateral may go; a part may not leave 900 USD of it. */
const aave_dust: Proof = (kind) => {
  const stand = crash(scene(kind))
  const most = stand.asked().offers.find(({ id }) => id === WEAK)?.debt_max as number
  expect(said(stand.ask(strike(stand, WEAK, KEEPER, most - 900)))).toBe('dust')
  expect(said(stand.ask(strike(stand, WEAK, KEEPER, most - 1_100)))).toBe('applied')
  expect(said(stand.ask(strike(stand, WEAK, KEEPER, most)))).toBe('applied')
  const before = crash(scene(kind, { spec: (spec) => ({ ...spec, version: '3.2' }) }))
  expect(said(before.ask(strike(before, WEAK, KEEPER, most - 900)))).toBe('applied')
}

const no_dust: Proof = (kind) => {
  const stand = crash(scene(kind))
  expect(said(stand.ask(strike(stand, WEAK, KEEPER, 1e-6)))).toBe('applied')
  expect(said(stand.ask(strike(stand, WEAK, KEEPER, debt_of(stand) * 0.4)))).toBe('applied')
}

const comet_dust: Proof = (kind) => {
  const accounts = [
    { usd: 130, second: 0, health: 1.2 },
    { usd: 50_000, second: 0, health: 1e9 },
  ]
  const stand = scene(kind, { accounts })
  const borrower = 1
  expect(said(stand.ask(own(stand, 'borrow', 99, borrower)))).toBe('dust')
  expect(said(stand.ask(own(stand, 'borrow', 100, borrower)))).toBe('applied')
  expect(debt_of(stand)).toBeLessThan(100)
  expect(said(crash(stand).ask(strike(stand)))).toBe('applied')
}

/** A hole for 20,000 of the weak vault's debt: the rest would be below a dust of 15,000, so all goes; below one of 7,000 it stays. */
const maker_dust: Proof = (kind) => {
  const with_dust = (dust: number) =>
    crash(scene(kind, { spec: (spec) => ({ ...each(spec, 'ilks', { dust }), hole_usd: 20_000 * 1.13 }) }))
  const [whole, part] = [with_dust(15_000), with_dust(7_000)]
  expect([said(whole.bundle(strike(whole))), said(part.bundle(strike(part)))]).toEqual(['applied', 'applied'])
  expect(debt_of(whole)).toBe(0)
  expect(debt_of(part)).toBeGreaterThan(7_000)
  // A bid that would leave the auction a tab of 100 is cut so that the least one stays.
  const lot = part.asked().offers.find(({ kind: what }) => what === 'auction')
  const { debt_max = 0, price = 0, debt_min = 0 } = lot ?? {}
  expect(debt_min).toBeCloseTo(7_000 * 1.13, 6)
  const paid = balance(part, KEEPER, 'DAI')
  expect(said(part.bundle(['bid', { offer: 0, amount: (debt_max - 100) / price, actor: KEEPER }]))).toBe('partial')
  expect(paid - balance(part, KEEPER, 'DAI')).toBeCloseTo(debt_max - debt_min, 4)
}

/** One piece of 20 of 25 WETH leaves a fifth of the debt, less than the dust: nothing minds, and its owner can only pay it off. */
const flip_dust: Proof = (kind) => {
  const stand = crash(scene(kind, { spec: (spec) => each(spec, 'ilks', { dust: 10_000, cut: { kind: 'lump', lump: 20 } }) }))
  expect(said(stand.bundle(strike(stand)))).toBe('applied')
  expect(debt_of(stand)).toBeGreaterThan(0)
  expect(debt_of(stand)).toBeLessThan(10_000)
  expect(said(stand.ask(own(stand, 'repay', 100, WEAK)))).toBe('dust')
  expect(said(stand.ask(own(stand, 'repay', ALL, WEAK)))).toBe('applied')
}

/** While a hair of the collateral is left nothing is written off; with the last of it everything is. */
const morpho_dust: Proof = (kind) => {
  no_dust(kind)
  const stand = sunk(kind)
  const most = stand.asked().offers.find(({ id }) => id === WEAK)?.debt_max as number
  expect(said(stand.bundle(strike(stand, WEAK, KEEPER, most * (1 - 1e-9))))).toBe('applied')
  expect(leg(stand, WEAK, 1)).toBeGreaterThan(0)
  expect(losses(stand).bad).toBe(0)
  expect(said(stand.bundle(strike(stand)))).toBe('applied')
  expect(losses(stand).bad).toBeGreaterThan(0)
}

const euler_dust: Proof = (kind) => {
  no_dust(kind)
  const speck = scene(kind, {
    accounts: [{ usd: 1e-12, second: 0, health: 1.2 }, ...[1, 2, 3].map(() => ({ usd: 5_000, second: 0, health: 3 }))],
  })
  crash(speck, LEFT)
  expect(said(speck.bundle(strike(speck)))).toBe('applied')
  expect(losses(speck).bad).toBe(0)
  expect(debt_of(speck)).toBeGreaterThan(0)
}

const least_debt =
  (least: number, gas: number): Proof =>
  (kind) => {
    const stand = scene(kind)
    const owed = leg(stand, SAFE, -1)
    const step = (left: number): Step => own(stand, 'repay', owed - gas - left, SAFE)
    expect(said(stand.ask(step(least + 10)))).toBe('applied')
    expect(said(stand.ask(step(least - 10)))).not.toBe('applied')
  }

const any_part: Proof = (kind) => {
  const stand = crash(scene(kind))
  const owed = debt_of(stand)
  for (const part of [0.1, 0.2, 0.3]) {
    const now = debt_of(stand)
    expect(said(stand.bundle(strike(stand, WEAK, KEEPER, now * part)))).toBe('applied')
    if (!(stand.health(WEAK) < 1)) break
  }
  expect(debt_of(stand)).toBeLessThan(owed * 0.91)
  expect(debt_of(stand)).toBeGreaterThan(0)
}

/** Half of the debt at a health above 0.95, all of it below; more is cut. */
const aave_part: Proof = (kind) => {
  const stand = crash(scene(kind), 1 / 1.2 / 1.02)
  expect(stand.health(WEAK)).toBeGreaterThan(0.95)
  const owed = debt_of(stand)
  expect(said(stand.bundle(strike(stand)))).toBe('applied')
  expect(debt_of(stand) / owed).toBeCloseTo(0.5, 9)
  const deep = crash(scene(kind))
  const paid = balance(deep, KEEPER, 'USDC')
  expect(said(deep.bundle(strike(deep, WEAK, KEEPER, 1e6)))).toBe('partial')
  expect(paid - balance(deep, KEEPER, 'USDC')).toBeGreaterThan(owed * 0.9)
}

const compound_part: Proof = (kind) => {
  const stand = crash(scene(kind))
  const half = debt_of(stand) / 2
  expect(said(stand.ask(strike(stand, WEAK, KEEPER, half * 1.001)))).toBe('limit')
  expect(said(stand.ask(strike(stand, WEAK, KEEPER, half)))).toBe('applied')
  any_part(kind)
}

const all_or_nothing: Proof = (kind) => {
  const stand = crash(scene(kind))
  expect(said(stand.bundle(strike(stand, WEAK, KEEPER, 1)))).toBe('applied')
  expect(debt_of(stand)).toBe(0)
}

const maker_parts: Proof = (kind) => {
  const stand = auctioned(crash(scene(kind)))
  for (let i = 0; i < 3; i++) expect(said(stand.bundle(['bid', { offer: 0, amount: 2, actor: KEEPER }]))).toBe('applied')
  const full = crash(scene(kind, { spec: (spec) => ({ ...spec, hole_usd: 10_000 }) }))
  const owed = debt_of(full)
  expect(said(full.bundle(strike(full)))).toBe('applied')
  expect(debt_of(full)).toBeCloseTo(owed - 10_000 / 1.13, 4)
}

const flip_parts: Proof = (kind) => {
  const stand = crash(scene(kind, { spec: (spec) => each(spec, 'ilks', { cut: { kind: 'lump', lump: 10 } }) }))
  const owed = debt_of(stand)
  expect(stand.bundle(strike(stand)).amount).toBe(10)
  expect(debt_of(stand) / owed).toBeCloseTo(15 / 25, 9)
  expect(said(stand.ask(['bid', { offer: 0, amount: 5, limit: 100, actor: KEEPER }]))).toBe('limit')
}

/** Liquidating it would cost more than it brings: it is absorbed, and no part of it is sold below what it owes. */
const absorbed_whole: Proof = (kind) => {
  const stand = sunk(kind)
  const owed = debt_of(stand)
  expect(said(stand.ask(strike(stand)))).toBe('limit')
  const result = stand.bundle(['start', { account: WEAK, actor: KEEPER }])
  expect(said(result)).toBe('applied')
  // Debt is counted at its tick, at most 0.15 % more.
  expect(result.amount / owed).toBeGreaterThanOrEqual(1)
  expect(result.amount / owed).toBeLessThan(1.0016)
  expect([debt_of(stand), leg(stand, WEAK, 1)]).toEqual([0, 0])
  expect(losses(stand).bad).toBeCloseTo(result.amount - 10_000, 4)
}

/** 10,000 smallest units of a debt of 6 decimals are a cent; a billionth of a debt of 20 million is two. */
const fluid_dust: Proof = (kind) => {
  const stand = crash(scene(kind))
  expect(said(stand.ask(strike(stand, WEAK, KEEPER, 0.0099)))).toBe('dust')
  expect(said(stand.ask(strike(stand, WEAK, KEEPER, 0.0101)))).toBe('applied')
  const large = crash(
    scene(kind, {
      accounts: [{ usd: 32e6, second: 0, health: 1.2 }],
      spec: (spec) => each(spec, 'pools', { supply: 40e6, other_debt: 0 }, ({ asset }) => asset === 'USDC'),
    }),
  )
  const least = debt_of(large) * 1e-9
  expect(least).toBeGreaterThan(0.015)
  expect(said(large.ask(strike(large, WEAK, KEEPER, least * 0.999)))).toBe('dust')
  expect(said(large.ask(strike(large, WEAK, KEEPER, least * 1.001)))).toBe('applied')
}

/** The second of the sample is named, the first pays; it is the second's turn when both stand at one ratio, and both end at the threshold. */
const riskiest_first: Proof = (kind) => {
  any_part(kind)
  const stand = crash(scene(kind))
  const [first, second] = [debt_of(stand), leg(stand, 1, -1)]
  expect(said(stand.bundle(strike(stand, 1, KEEPER, 1_000)))).toBe('applied')
  expect(first - debt_of(stand)).toBeCloseTo(1_000, 6)
  expect(leg(stand, 1, -1)).toBe(second)
  expect(stand.bundle(strike(stand, WEAK, KEEPER, first * 0.6)).status).toBe('applied')
  expect(leg(stand, 1, -1)).toBeLessThan(second)
  expect(stand.health(WEAK) / stand.health(1)).toBeCloseTo(1, 9)
  expect(said(stand.bundle(strike(stand, 1)))).toBe('applied')
  for (const row of [WEAK, 1]) expect(stand.health(row) >= 1 && stand.health(row) < 1.0016).toBe(true)
}

export const amounts: readonly Row[] = [
  {
    event: 'collateral below debt and bonus',
    proofs: {
      'aave-v3': (kind) => {
        all_of_it('bad')(kind)
        all_of_it('stays', '3.2')(kind)
      },
      'compound-v2': choose_less,
      'compound-v3': absorbed_at_a_loss,
      maker: sold_out,
      'maker-2020': lost_lot,
      'morpho-blue': all_of_it('bad'),
      'euler-v2': all_of_it('bad'),
      fluid: absorbed_whole,
      'liquity-v1': borne_at_once(NO_DEPOSITS_V1),
      'liquity-v2': borne_at_once(NO_DEPOSITS_V2),
      llamma: nobody_comes,
    },
  },
  {
    event: 'dust',
    proofs: {
      'aave-v3': aave_dust,
      'compound-v2': no_dust,
      'compound-v3': comet_dust,
      maker: maker_dust,
      'maker-2020': flip_dust,
      'morpho-blue': morpho_dust,
      'euler-v2': euler_dust,
      fluid: fluid_dust,
      'liquity-v1': least_debt(1_800, 200),
      'liquity-v2': least_debt(2_000, 0),
      llamma: no_dust,
    },
  },
  {
    event: 'partial liquidation',
    proofs: {
      'aave-v3': aave_part,
      'compound-v2': compound_part,
      'compound-v3': all_or_nothing,
      maker: maker_parts,
      'maker-2020': flip_parts,
      'morpho-blue': any_part,
      'euler-v2': any_part,
      fluid: riskiest_first,
      'liquity-v1': all_or_nothing,
      'liquity-v2': all_or_nothing,
      llamma: any_part,
    },
  },
]
