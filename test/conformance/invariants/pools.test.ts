// lending.md §19.1, lenders whose accounts share one pool (Compound v2 and v3, Morpho Blue, Euler v2): sums of accounts and totals, to the unit, over random histories.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blank_market, EXP, Failure, jump_rate, ReferenceComptroller } from '../../../src/venues/compound-v2/reference.ts'
import { Revert as CometRevert } from '../../../src/venues/compound-v3/reference.ts'
import { USD, USDC, usdc_market, WETH } from '../../../src/venues/compound-v3/reference-rows.ts'
import { RAY, ReferenceEuler, Revert as EulerRevert } from '../../../src/venues/euler-v2/reference.ts'
import { ReferenceMarket, Revert as MorphoRevert } from '../../../src/venues/morpho-blue/reference.ts'
import { assets_down } from '../../../src/venues/morpho-blue/reference-math.ts'
import { price_of } from '../../../src/venues/morpho-blue/reference-rows.ts'
import { patient } from '../patience.ts'
import { away, history, part, type Step, total, undone } from './history.ts'

const NAMES = ['ann', 'bob', 'cat', 'dan'] as const
const WAD = 10n ** 18n
const name = (i: number): string => NAMES[i % NAMES.length] as string

describe('Compound v2', () => {
  function open(): ReferenceComptroller {
    const rate = jump_rate(10n ** 9n, 10n ** 11n, 10n ** 12n, (EXP * 4n) / 5n)
    const market = (price: bigint) =>
      blank_market({
        price: price * EXP,
        collateral_factor: (EXP * 3n) / 4n,
        reserve_factor: EXP / 10n,
        rate,
        initial_exchange: EXP / 50n,
      })
    const m = new ReferenceComptroller([market(2000n), market(1n)])
    for (const k of [0, 1]) for (const who of NAMES) m.mint(who, k, 1000n * (k === 0 ? 1n : 2000n) * WAD)
    for (const [i, who] of NAMES.entries()) m.borrow(who, i % 2, BigInt(900 + 100 * i) * (i % 2 === 0 ? 1n : 2000n) * WAD)
    return m
  }

  function play(m: ReferenceComptroller, { call, who, other, size }: Step): void {
    const k = other % 2
    const held = m.holding(name(who), k).tokens
    const unit = k === 0 ? WAD : 2000n * WAD
    const ill = NAMES.find((n) => m.liquidity(n) < 0n) ?? name(who)
    const share = part(m.debt(ill, k), size % 500)
    const calls: (() => void)[] = [
      () => m.mint(name(who), k, part(unit, size)),
      () => void m.redeem(name(who), k, part(held, size)),
      () => m.borrow(name(who), k, part(1000n * unit, size)),
      () => m.borrow(name(who), k, part(1000n * unit, size)),
      () => m.repay(name(who), k, size > 1000 ? m.debt(name(who), k) : part(m.debt(name(who), k), size)),
      () => void (m.market(0).price = part(2000n * EXP, 200 + size)),
      () => m.accrue(k, BigInt(size)),
      () => void m.liquidate('keeper', ill, k, 1 - k, share),
      () => void m.liquidate('keeper', ill, k, k, share),
    ]
    undone_all(m, calls[call] as () => void)
  }

  /** Markets are objects of their own: they are put back as well. */
  function undone_all(m: ReferenceComptroller, call: () => void): void {
    const markets = m.markets.map((market) => ({ ...market }))
    const accounts = structuredClone(m.accounts)
    try {
      call()
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      m.markets.forEach((market, k) => Object.assign(market, markets[k]))
      m.accounts.clear()
      for (const [who, list] of accounts) m.accounts.set(who, list)
    }
  }

  it('tokens are the sum of holdings; neither the exchange rate nor the index ever falls', () => {
    let seizures = 0
    fc.assert(
      fc.property(
        history(9, 8, 80),
        patient((steps) => {
          const m = open()
          const most = [0n, 0n]
          steps.forEach((step, i) => {
            const before = m.markets.map(({ index }, k) => [index, m.exchange(k)] as const)
            const protocol = m.markets.map(({ tokens }) => tokens)
            play(m, step)
            if (step.call > 6 && m.markets.some(({ tokens }, k) => tokens !== protocol[k])) seizures++
            m.markets.forEach((market, k) => {
              const [index, exchange] = before[k] as readonly [bigint, bigint]
              expect(market.index >= index).toBe(true)
              // The rate is rounded down before tokens are minted by it: up to one in its last digit goes to who mints.
              expect(m.exchange(k) + 1n >= exchange).toBe(true)
              expect(market.tokens).toBe(total([...NAMES, 'keeper'].map((who) => m.holding(who, k).tokens)))
              const owed = total(NAMES.map((who) => m.debt(who, k)))
              most[k] = market.borrows > (most[k] as bigint) ? market.borrows : (most[k] as bigint)
              // Each accrual rounds the index to 18 decimals.
              expect(away(owed, market.borrows) <= BigInt(i + 1) * (4n + (most[k] as bigint) / 10n ** 17n)).toBe(true)
            })
          })
        }),
      ),
      { numRuns: 60 },
    )
    expect(seizures).toBeGreaterThan(20)
  })
})

describe('Compound v3', () => {
  const principals = (m: ReturnType<typeof usdc_market>) => [...m.users.values()].map(({ principal }) => principal)

  /** One call. @returns base that came in, less base that went out */
  function play(m: ReturnType<typeof usdc_market>, { call, who, other, size }: Step): bigint {
    const user = name(who)
    const amount = part(100_000n * USDC, size)
    const own = m.present(m.user(user).principal)
    const calls: (() => bigint)[] = [
      () => (m.supply(user, amount), amount),
      () => (m.supply(user, own < 0n ? -own : 0n), own < 0n ? -own : 0n),
      () => (m.withdraw(user, amount), -amount),
      () => (m.withdraw(user, own > 0n ? own : amount), own > 0n ? -own : -amount),
      () => (m.supply_collateral(user, 0, part(50n * WETH, size)), 0n),
      () => (m.withdraw_collateral(user, 0, part(m.user(user).collateral[0] ?? 0n, size)), 0n),
      () => ((m.now_s += BigInt(size) * 1000n), m.accrue(), 0n),
      () => (Object.assign(m.config.assets[0] as object, { price: part(2000n * USD, 200 + size) }), 0n),
      () => (m.absorb(NAMES.find((n) => m.liquidatable(n)) ?? name(other)), 0n),
      () => (m.buy(0, amount / 10n), amount / 10n),
    ]
    return undone(m, CometRevert, calls[call] as () => bigint) ?? 0n
  }

  it('balance = reserves + supplied − borrowed, and principals add up, to the unit; indices never fall', () => {
    let absorbed = 0
    fc.assert(
      fc.property(
        history(10, 4, 80),
        patient((steps) => {
          const m = usdc_market()
          let flows = m.balance
          for (const who of NAMES) {
            m.supply(who, 10_000n * USDC)
            flows += 10_000n * USDC
          }
          for (const who of NAMES.slice(1)) {
            m.supply_collateral(who, 0, 20n * WETH)
            m.withdraw(who, 20_000n * USDC)
            flows -= 20_000n * USDC
          }
          for (const step of steps) {
            const { supply_index, borrow_index } = m
            const reserves = m.reserves()
            const borrowers = m.borrow_principal
            flows += play(m, step)
            if (step.call === 8 && m.borrow_principal < borrowers) absorbed++
            expect(m.balance).toBe(flows)
            expect(m.balance).toBe(m.reserves() + m.supplied() - m.borrowed())
            expect(m.supply_principal).toBe(total(principals(m).filter((p) => p > 0n)))
            expect(-m.borrow_principal).toBe(total(principals(m).filter((p) => p < 0n)))
            expect(m.supply_index >= supply_index && m.borrow_index >= borrow_index).toBe(true)
            // Nobody gains from reserves by moving base: all there is to it is the rounding of the two totals.
            if (step.call < 4) expect(m.reserves() - reserves >= -2n && m.reserves() - reserves <= 3n).toBe(true)
            // Nobody is promised more than all are: totals are rounded once, accounts each.
            expect(total(principals(m).map((p) => (p > 0n ? m.present(p) : 0n))) <= m.supplied()).toBe(true)
          }
        }),
      ),
      { numRuns: 60 },
    )
    expect(absorbed).toBeGreaterThan(5)
  })
})

describe('Morpho Blue', () => {
  function play(m: ReferenceMarket, { call, who, other, size }: Step): bigint {
    const user = name(who)
    const { borrow_shares, collateral } = m.position(user)
    const calls: (() => bigint)[] = [
      () => (m.supply(user, part(100_000n * USDC, size)), 0n),
      () => (m.withdraw(user, part(m.claim_of(user), size)), 0n),
      () => (m.supply_collateral(user, part(10n * WAD, size)), 0n),
      () => (m.withdraw_collateral(user, part(collateral, size)), 0n),
      () => (m.borrow(user, part(50_000n * USDC, size)), 0n),
      () => (m.borrow(user, 0n, part(10_000n * USDC * 1_000_000n, size)), 0n),
      () => (m.repay(user, 0n, size > 1000 ? borrow_shares : part(borrow_shares, size)), 0n),
      () => ((m.now_s += BigInt(size) * 2000n), m.accrue(), 0n),
      () => ((m.price = part(price_of(4000n), size)), 0n),
      () => ((m.price = part(price_of(4000n), size)), 0n),
      () => m.liquidate(user, collateral, 0n).bad_debt,
      () => m.liquidate(user, part(collateral, size), 0n).bad_debt,
      () => m.liquidate(name(other), 0n, part(m.position(name(other)).borrow_shares, size)).bad_debt,
    ]
    return undone(m, MorphoRevert, calls[call] as () => bigint) ?? 0n
  }

  const within = (m: ReferenceMarket): void => {
    const claims = total(NAMES.map((who) => m.claim_of(who)))
    const fee = assets_down(m.fee_shares, m.supply_assets, m.supply_shares)
    const debts = total(NAMES.map((who) => assets_down(m.position(who).borrow_shares, m.borrow_assets, m.borrow_shares)))
    // The one asset that every market counts as if it were there.
    expect(claims + fee <= m.supply_assets + 1n).toBe(true)
    expect(debts <= m.borrow_assets + 1n).toBe(true)
    expect(m.borrow_assets <= m.supply_assets).toBe(true)
    expect(total(NAMES.map((who) => m.position(who).supply_shares)) + m.fee_shares).toBe(m.supply_shares)
    expect(total(NAMES.map((who) => m.position(who).borrow_shares))).toBe(m.borrow_shares)
  }

  it('sums of what shares are worth stay within the totals; only bad debt lowers the price of a supply share', () => {
    const seen = { bad: 0 }
    fc.assert(
      fc.property(
        history(13, 4, 80),
        patient((steps) => {
          const m = new ReferenceMarket((86n * WAD) / 100n, price_of(4000n))
          m.fee = WAD / 10n
          for (const who of NAMES) m.supply(who, 100_000n * USDC)
          NAMES.forEach((who, i) => {
            m.supply_collateral(who, 10n * WAD)
            m.borrow(who, BigInt(20_000 + 3000 * i) * USDC)
          })
          for (const step of steps) {
            const [assets, shares] = [m.supply_assets + 1n, m.supply_shares + 1_000_000n]
            const before = NAMES.map((who) => m.debt_of(who))
            const bad = play(m, step)
            within(m)
            if (bad === 0n) {
              expect((m.supply_assets + 1n) * shares >= assets * (m.supply_shares + 1_000_000n)).toBe(true)
              continue
            }
            seen.bad++
            expect(m.supply_shares + 1_000_000n).toBe(shares)
            expect(m.supply_assets + 1n).toBe(assets - bad)
            // What others owe is not touched, but for the rounding of the two writes.
            const own = (step.call === 12 ? step.other : step.who) % NAMES.length
            before.forEach((debt, i) => {
              if (i !== own) expect(away(m.debt_of(name(i)), debt) <= 2n).toBe(true)
            })
          }
        }),
      ),
      { numRuns: 80 },
    )
    expect(seen.bad).toBeGreaterThan(10)
  })
})

describe('Euler v2', () => {
  const [ETH, USDX] = [0, 1]
  function open(): ReferenceEuler {
    const m = new ReferenceEuler()
    const base = {
      cash: 0n,
      shares: 0n,
      borrows: 0n,
      accumulator: RAY,
      max_discount: 1500n,
      interest_fee: 1000n,
      socialise: true,
    }
    const rate = RAY / 100_000_000n
    m.vaults.push(
      { ...base, rate: 0n, price: 2500n * WAD, ltv: [undefined, undefined] },
      { ...base, rate, price: WAD, ltv: [8000n, undefined] },
    )
    for (let i = 0; i < NAMES.length; i++) m.accounts.push({ shares: [0n, 0n], vault: -1, owed: 0n, accumulator: RAY })
    m.deposit(0, USDX, 10n ** 24n)
    for (let i = 1; i < NAMES.length; i++) {
      m.deposit(i, ETH, 50n * WAD)
      m.borrow(i, USDX, BigInt(60_000 + 10_000 * i) * WAD)
    }
    return m
  }

  function play(m: ReferenceEuler, { call, who, size }: Step): void {
    const row = who % NAMES.length
    const a = m.account(row)
    const calls: (() => void)[] = [
      () => m.deposit(row, ETH, part(100n * WAD, size)),
      () => m.deposit(row, USDX, part(10_000n * WAD, size)),
      () => m.withdraw(row, ETH, part(m.toAssets(ETH, a.shares[ETH] ?? 0n), size)),
      () => m.withdraw(row, USDX, part(m.toAssets(USDX, a.shares[USDX] ?? 0n), size)),
      () => m.borrow(row, USDX, part(100_000n * WAD, size) + BigInt(size)),
      () => m.borrow(row, USDX, part(20_000n * WAD, size)),
      () => (a.vault < 0 ? undefined : m.repay(row, part(m.debt(row), size))),
      () => m.accrue(USDX, BigInt(size * 1000)),
      () => void (m.vault(ETH).price = part(2500n * WAD, size)),
      () => (a.vault < 0 ? undefined : void m.liquidate(row, ETH, 10n ** 30n)),
      () => (a.vault < 0 ? undefined : void m.liquidate(row, ETH, part(m.debt(row), size))),
    ]
    undone_by_copy(m, calls[call] as () => void)
  }

  function undone_by_copy(m: ReferenceEuler, call: () => void): void {
    const before = structuredClone({ vaults: m.vaults, accounts: m.accounts })
    try {
      call()
    } catch (error) {
      if (!(error instanceof EulerRevert)) throw error
      before.vaults.forEach((vault, v) => Object.assign(m.vault(v), vault))
      before.accounts.forEach((account, row) => Object.assign(m.account(row), account))
    }
  }

  it('what a vault is owed is the sum of its accounts, within a 2^-31st of a unit for each of them and each accrual', () => {
    const seen = { liquidations: 0, socialised: 0 }
    fc.assert(
      fc.property(
        history(11, 4, 80),
        patient((steps) => {
          const m = open()
          let accruals = 0n
          for (const step of steps) {
            const [before, accumulator] = [m.vault(USDX).shares, m.vault(USDX).accumulator]
            const { shares, vault: debtor } = m.account(step.who)
            const held = shares[ETH] ?? 0n
            play(m, step)
            if (step.call > 8 && (m.account(step.who).shares[ETH] ?? 0n) < held) {
              seen.liquidations++
              if (m.account(step.who).vault < debtor) seen.socialised++
            }
            if (step.call === 7) accruals++
            const vault = m.vault(USDX)
            const owed = total(m.accounts.map((a) => (a.owed === 0n ? 0n : (a.owed * vault.accumulator) / a.accumulator)))
            const growth = vault.accumulator / RAY + 1n
            expect(away(vault.borrows, owed) <= (accruals + BigInt(NAMES.length)) * growth).toBe(true)
            expect(vault.accumulator >= accumulator).toBe(true)
            if (step.call === 7) expect(vault.shares >= before).toBe(true)
            for (const v of [ETH, USDX]) {
              const claims = total(m.accounts.map(({ shares }) => m.toAssets(v, shares[v] ?? 0n)))
              expect(claims <= m.assets(v) + 1_000_000n).toBe(true)
              expect(total(m.accounts.map(({ shares }) => shares[v] ?? 0n)) <= m.vault(v).shares).toBe(true)
            }
          }
        }),
      ),
      { numRuns: 60 },
    )
    expect(seen.liquidations).toBeGreaterThan(20)
    expect(seen.socialised).toBeGreaterThan(5)
  })
})
