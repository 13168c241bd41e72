/** Exact mechanics of Compound v2 and its forks: cTokens, shortfall, close factor, seizure, in the smallest units and the contracts' rounding. */

export const EXP = 10n ** 18n
/** Interest of a block above which every action of a market fails. */
const RATE_MAX = 5n * 10n ** 12n

/** What the contract fails with. */
export class Failure extends Error {}

function demand(condition: boolean, message: string): void {
  if (!condition) throw new Failure(message)
}

const mul = (a: bigint, b: bigint): bigint => (a * b) / EXP
const div = (a: bigint, b: bigint): bigint => (a * EXP) / b

/** cTokens that a repayment seizes. */
export function seize_tokens(
  exchange: bigint,
  debt_price: bigint,
  collateral_price: bigint,
  incentive: bigint,
  repaid: bigint,
): bigint {
  demand(debt_price > 0n && collateral_price > 0n, 'PRICE_ERROR')
  return mul(div(mul(incentive, debt_price), mul(collateral_price, exchange)), repaid)
}

/** Of seized cTokens, the reserves' part and the units it is worth. */
export function reserve_share(seized: bigint, share: bigint, exchange: bigint): { tokens: bigint; units: bigint } {
  const tokens = mul(seized, share)
  return { tokens, units: mul(exchange, tokens) }
}

/** Venus: of what was seized, the bonus in it and the treasury's part of that. */
export function treasury_share(seized: bigint, incentive: bigint, part: bigint): { bonus: bigint; treasury: bigint } {
  const bonus = (seized * (incentive - EXP)) / incentive
  return { bonus, treasury: mul(bonus, part) }
}

export interface ReferenceMarket {
  /** USD times 10^(36 − decimals). */
  price: bigint
  collateral_factor: bigint
  reserve_factor: bigint
  /** Rate a block by utilisation, 18 decimals. */
  readonly rate: (utilisation: bigint) => bigint
  readonly initial_exchange: bigint
  borrow_paused: boolean
  cash: bigint
  borrows: bigint
  reserves: bigint
  index: bigint
  tokens: bigint
}

/** Base, slope, slope beyond the kink, a block. */
export function jump_rate(base: bigint, slope: bigint, jump: bigint, kink: bigint): (utilisation: bigint) => bigint {
  return (used) => (used <= kink ? mul(used, slope) + base : mul(kink, slope) + base + mul(used - kink, jump))
}

export const blank_market = (fields: Partial<ReferenceMarket>): ReferenceMarket => ({
  price: EXP,
  collateral_factor: 0n,
  reserve_factor: 0n,
  rate: () => 0n,
  initial_exchange: EXP,
  borrow_paused: false,
  cash: 0n,
  borrows: 0n,
  reserves: 0n,
  index: EXP,
  tokens: 0n,
  ...fields,
})

interface Holding {
  tokens: bigint
  principal: bigint
  index: bigint
}

export class ReferenceComptroller {
  readonly markets: readonly ReferenceMarket[]
  readonly accounts = new Map<string, Holding[]>()
  close_factor = EXP / 2n
  incentive = (108n * EXP) / 100n
  seize_share = (28n * EXP) / 1000n

  constructor(markets: readonly ReferenceMarket[]) {
    this.markets = markets
  }

  market(k: number): ReferenceMarket {
    const found = this.markets[k]
    if (found === undefined) throw new Failure('MARKET_NOT_LISTED')
    return found
  }

  holding(who: string, k: number): Holding {
    let list = this.accounts.get(who)
    if (list === undefined) {
      list = this.markets.map(() => ({ tokens: 0n, principal: 0n, index: EXP }))
      this.accounts.set(who, list)
    }
    return list[k] as Holding
  }

  exchange(k: number): bigint {
    const m = this.market(k)
    return m.tokens === 0n ? m.initial_exchange : div(m.cash + m.borrows - m.reserves, m.tokens)
  }

  /** Simple interest of a number of blocks. */
  accrue(k: number, blocks: bigint): void {
    const m = this.market(k)
    const pool = m.cash + m.borrows - m.reserves
    const rate = m.rate(m.borrows === 0n ? 0n : div(m.borrows, pool))
    demand(rate <= RATE_MAX, 'borrow rate is absurdly high')
    const factor = rate * blocks
    const interest = mul(factor, m.borrows)
    m.borrows += interest
    m.reserves += mul(m.reserve_factor, interest)
    m.index += mul(factor, m.index)
  }

  debt(who: string, k: number): bigint {
    const { principal, index } = this.holding(who, k)
    return principal === 0n ? 0n : (principal * this.market(k).index) / index
  }

  /** Value of collateral less debts, negative for a shortfall. */
  liquidity(who: string): bigint {
    let [assets, debts] = [0n, 0n]
    for (const [k, m] of this.markets.entries()) {
      const { tokens } = this.holding(who, k)
      const debt = this.debt(who, k)
      if (tokens === 0n && debt === 0n) continue
      demand(m.price > 0n, 'PRICE_ERROR')
      assets += mul(mul(mul(m.collateral_factor, this.exchange(k)), m.price), tokens)
      debts += mul(m.price, debt)
    }
    return assets - debts
  }

  mint(who: string, k: number, units: bigint): void {
    const m = this.market(k)
    const tokens = div(units, this.exchange(k))
    m.cash += units
    m.tokens += tokens
    this.holding(who, k).tokens += tokens
  }

  redeem(who: string, k: number, tokens: bigint): bigint {
    const m = this.market(k)
    const holding = this.holding(who, k)
    const units = mul(this.exchange(k), tokens)
    demand(tokens <= holding.tokens, 'REDEEM_TOO_MUCH')
    holding.tokens -= tokens
    const liquid = this.liquidity(who)
    holding.tokens += tokens
    demand(liquid >= 0n, 'INSUFFICIENT_LIQUIDITY')
    demand(units <= m.cash, 'TOKEN_INSUFFICIENT_CASH')
    holding.tokens -= tokens
    m.tokens -= tokens
    m.cash -= units
    return units
  }

  private owe(who: string, k: number, units: bigint): void {
    const m = this.market(k)
    const holding = this.holding(who, k)
    const debt = this.debt(who, k)
    holding.principal = debt + units
    holding.index = m.index
    m.borrows = m.borrows + units < 0n ? 0n : m.borrows + units
  }

  borrow(who: string, k: number, units: bigint): void {
    const m = this.market(k)
    demand(!m.borrow_paused, 'borrow is paused')
    demand(this.liquidity(who) - mul(m.price, units) >= 0n, 'INSUFFICIENT_LIQUIDITY')
    demand(units <= m.cash, 'BORROW_CASH_NOT_AVAILABLE')
    this.owe(who, k, units)
    m.cash -= units
  }

  repay(who: string, k: number, units: bigint): void {
    demand(units <= this.debt(who, k), 'underflow')
    this.owe(who, k, -units)
    this.market(k).cash += units
  }

  /** No collateral factor, no loans, all interest to reserves: everybody may be liquidated whole. */
  deprecated(k: number): boolean {
    const m = this.market(k)
    return m.collateral_factor === 0n && m.borrow_paused && m.reserve_factor === EXP
  }

  /** Repays debt in d of a borrower, seizes cTokens of c. */
  liquidate(liquidator: string, borrower: string, d: number, c: number, repaid: bigint): { seized: bigint; protocol: bigint } {
    const debt = this.debt(borrower, d)
    if (this.deprecated(d)) demand(repaid <= debt, 'Can not repay more than the total borrow')
    else {
      demand(this.liquidity(borrower) < 0n, 'INSUFFICIENT_SHORTFALL')
      demand(repaid <= mul(this.close_factor, debt), 'TOO_MUCH_REPAY')
    }
    demand(liquidator !== borrower, 'LIQUIDATE_LIQUIDATOR_IS_BORROWER')
    demand(repaid > 0n, 'LIQUIDATE_CLOSE_AMOUNT_IS_ZERO')
    const [debts, collateral] = [this.market(d), this.market(c)]
    this.repay(borrower, d, repaid)
    const exchange = this.exchange(c)
    const seized = seize_tokens(exchange, debts.price, collateral.price, this.incentive, repaid)
    const holding = this.holding(borrower, c)
    demand(seized <= holding.tokens, 'LIQUIDATE_SEIZE_TOO_MUCH')
    const { tokens: protocol, units } = reserve_share(seized, this.seize_share, exchange)
    holding.tokens -= seized
    this.holding(liquidator, c).tokens += seized - protocol
    collateral.reserves += units
    collateral.tokens -= protocol
    return { seized, protocol }
  }
}
