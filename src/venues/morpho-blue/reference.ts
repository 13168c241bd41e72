/** Exact mechanics of one Morpho Blue market with the adaptive rate and pre-liquidation, in the smallest units and the contracts' rounding. */
import {
  adaptive_rate,
  assets_down,
  assets_up,
  ceil,
  CURVE,
  floor,
  incentive_factor,
  min,
  minus,
  narrow,
  PRICE_SCALE,
  plus,
  Revert,
  shares_down,
  shares_up,
  taylor,
  WAD,
} from './reference-math.ts'

export { Revert }

function demand(condition: boolean, message: string): void {
  if (!condition) throw new Revert(message)
}

export interface Position {
  supply_shares: bigint
  borrow_shares: bigint
  collateral: bigint
}

export interface PreLiquidation {
  pre_lltv: bigint
  lcf1: bigint
  lcf2: bigint
  lif1: bigint
  lif2: bigint
}

export interface Liquidation {
  seized: bigint
  repaid: bigint
  repaid_shares: bigint
  bad_debt: bigint
  bad_debt_shares: bigint
}

/** What a deposit, withdrawal, loan or repayment came to. */
export interface Moved {
  readonly assets: bigint
  readonly shares: bigint
}

/**
 * A market: no pause, no caps; its parameters never change. What a caller gives in assets or in shares is not 0 in exactly one of them.
 * A method that throws has changed things: the contract would have undone them.
 */
export class ReferenceMarket {
  readonly lltv: bigint
  /** Loan units per collateral unit times 10^36, both smallest; undefined: the oracle reverts. */
  price: bigint | undefined
  /** Share of the interest that suppliers pay as a fee. */
  fee = 0n
  supply_assets = 0n
  supply_shares = 0n
  borrow_assets = 0n
  borrow_shares = 0n
  fee_shares = 0n
  /** Who creates a market asks the model for its rate, which from then on has one. */
  rate_at_target = CURVE.initial
  now_s = 0n
  private accrued_s = 0n
  readonly positions = new Map<string, Position>()

  constructor(lltv: bigint, price: bigint) {
    this.lltv = lltv
    this.price = price
  }

  position(who: string): Position {
    let found = this.positions.get(who)
    if (found === undefined) {
      found = { supply_shares: 0n, borrow_shares: 0n, collateral: 0n }
      this.positions.set(who, found)
    }
    return found
  }

  private quoted(): bigint {
    if (this.price === undefined) throw new Revert('oracle')
    return this.price
  }

  accrue(): void {
    const time_s = this.now_s - this.accrued_s
    if (time_s === 0n) return
    this.accrued_s = this.now_s
    const utilisation = this.supply_assets > 0n ? floor(this.borrow_assets, WAD, this.supply_assets) : 0n
    const { mean, end } = adaptive_rate(utilisation, this.rate_at_target, time_s)
    this.rate_at_target = end
    const interest = narrow(floor(this.borrow_assets, taylor(mean, time_s), WAD))
    this.borrow_assets = plus(this.borrow_assets, interest)
    this.supply_assets = plus(this.supply_assets, interest)
    if (this.fee === 0n) return
    const fee = floor(interest, this.fee, WAD)
    const shares = shares_down(fee, this.supply_assets - fee, this.supply_shares)
    this.fee_shares += shares
    this.supply_shares = plus(this.supply_shares, narrow(shares))
  }

  debt_of(who: string): bigint {
    return assets_up(this.position(who).borrow_shares, this.borrow_assets, this.borrow_shares)
  }

  claim_of(who: string): bigint {
    return assets_down(this.position(who).supply_shares, this.supply_assets, this.supply_shares)
  }

  /** Who owes nothing is healthy without a price. */
  healthy(who: string): boolean {
    return this.position(who).borrow_shares === 0n || this.covered(who)
  }

  private covered(who: string): boolean {
    const value = floor(this.position(who).collateral, this.quoted(), PRICE_SCALE)
    return floor(value, this.lltv, WAD) >= this.debt_of(who)
  }

  supply(who: string, by_assets: bigint, by_shares = 0n): Moved {
    demand((by_assets === 0n) !== (by_shares === 0n), 'inconsistent input')
    this.accrue()
    const [total, all] = [this.supply_assets, this.supply_shares]
    const shares = by_assets > 0n ? shares_down(by_assets, total, all) : by_shares
    const assets = by_assets > 0n ? by_assets : assets_up(by_shares, total, all)
    this.position(who).supply_shares += shares
    this.supply_shares = plus(all, narrow(shares))
    this.supply_assets = plus(total, narrow(assets))
    return { assets, shares }
  }

  withdraw(who: string, by_assets: bigint, by_shares = 0n): Moved {
    demand((by_assets === 0n) !== (by_shares === 0n), 'inconsistent input')
    this.accrue()
    const [total, all] = [this.supply_assets, this.supply_shares]
    const shares = by_assets > 0n ? shares_up(by_assets, total, all) : by_shares
    const assets = by_assets > 0n ? by_assets : assets_down(by_shares, total, all)
    const position = this.position(who)
    position.supply_shares = minus(position.supply_shares, shares)
    this.supply_shares = minus(all, shares)
    this.supply_assets = minus(total, assets)
    demand(this.borrow_assets <= this.supply_assets, 'insufficient liquidity')
    return { assets, shares }
  }

  supply_collateral(who: string, assets: bigint): void {
    demand(assets !== 0n, 'zero assets')
    const position = this.position(who)
    position.collateral = plus(position.collateral, narrow(assets))
  }

  withdraw_collateral(who: string, assets: bigint): void {
    demand(assets !== 0n, 'zero assets')
    this.accrue()
    const position = this.position(who)
    position.collateral = minus(position.collateral, narrow(assets))
    demand(this.healthy(who), 'insufficient collateral')
  }

  borrow(who: string, by_assets: bigint, by_shares = 0n): Moved {
    demand((by_assets === 0n) !== (by_shares === 0n), 'inconsistent input')
    this.accrue()
    const [total, all] = [this.borrow_assets, this.borrow_shares]
    const shares = by_assets > 0n ? shares_up(by_assets, total, all) : by_shares
    const assets = by_assets > 0n ? by_assets : assets_down(by_shares, total, all)
    const position = this.position(who)
    position.borrow_shares = plus(position.borrow_shares, narrow(shares))
    this.borrow_shares = plus(all, shares)
    this.borrow_assets = plus(total, narrow(assets))
    demand(this.healthy(who), 'insufficient collateral')
    demand(this.borrow_assets <= this.supply_assets, 'insufficient liquidity')
    return { assets, shares }
  }

  repay(who: string, by_assets: bigint, by_shares = 0n): Moved {
    demand((by_assets === 0n) !== (by_shares === 0n), 'inconsistent input')
    this.accrue()
    const [total, all] = [this.borrow_assets, this.borrow_shares]
    const shares = by_assets > 0n ? shares_down(by_assets, total, all) : by_shares
    const assets = by_assets > 0n ? by_assets : assets_up(by_shares, total, all)
    this.drop(this.position(who), shares, assets)
    return { assets, shares }
  }

  private drop(position: Position, shares: bigint, assets: bigint): void {
    position.borrow_shares = minus(position.borrow_shares, narrow(shares))
    this.borrow_shares = minus(this.borrow_shares, shares)
    this.borrow_assets = assets > this.borrow_assets ? 0n : this.borrow_assets - assets
  }

  /** By collateral or by shares of debt: exactly one of them is not 0. */
  liquidate(who: string, seized: bigint, shares: bigint): Liquidation {
    demand((seized === 0n) !== (shares === 0n), 'inconsistent input')
    this.accrue()
    const price = this.quoted()
    demand(!this.covered(who), 'position is healthy')
    const factor = incentive_factor(this.lltv)
    let taken = seized
    let repaid_shares = shares
    if (seized > 0n) {
      const value = ceil(seized, price, PRICE_SCALE)
      repaid_shares = shares_up(ceil(value, WAD, factor), this.borrow_assets, this.borrow_shares)
    } else {
      const value = floor(assets_down(shares, this.borrow_assets, this.borrow_shares), factor, WAD)
      taken = floor(value, PRICE_SCALE, price)
    }
    const position = this.position(who)
    const repaid = assets_up(repaid_shares, this.borrow_assets, this.borrow_shares)
    this.drop(position, repaid_shares, repaid)
    position.collateral = minus(position.collateral, narrow(taken))
    const bad = this.socialise(position)
    return { seized: taken, repaid, repaid_shares, ...bad }
  }

  /** Debt of a position without collateral: written off against everybody who supplied. */
  private socialise(position: Position): { bad_debt: bigint; bad_debt_shares: bigint } {
    if (position.collateral > 0n) return { bad_debt: 0n, bad_debt_shares: 0n }
    const bad_debt_shares = position.borrow_shares
    const bad_debt = min(this.borrow_assets, assets_up(bad_debt_shares, this.borrow_assets, this.borrow_shares))
    this.borrow_assets -= bad_debt
    this.supply_assets -= bad_debt
    this.borrow_shares -= bad_debt_shares
    position.borrow_shares = 0n
    return { bad_debt, bad_debt_shares }
  }

  /** Terms of a pre-liquidation now: between its own limit and the market's, factor and part grow in proportion. */
  pre_terms(who: string, pre: PreLiquidation): { ltv: bigint; quotient: bigint; lif: bigint; lcf: bigint; shares: bigint } {
    this.accrue()
    const value = floor(this.position(who).collateral, this.quoted(), PRICE_SCALE)
    const debt = this.debt_of(who)
    demand(debt <= floor(value, this.lltv, WAD), 'liquidatable position')
    demand(debt > floor(value, pre.pre_lltv, WAD), 'not pre-liquidatable')
    const ltv = ceil(debt, WAD, value)
    const quotient = floor(ltv - pre.pre_lltv, WAD, this.lltv - pre.pre_lltv)
    const lif = floor(quotient, pre.lif2 - pre.lif1, WAD) + pre.lif1
    const lcf = floor(quotient, pre.lcf2 - pre.lcf1, WAD) + pre.lcf1
    return { ltv, quotient, lif, lcf, shares: floor(this.position(who).borrow_shares, lcf, WAD) }
  }

  /** Repays shares of an authorised position before it can be liquidated. */
  pre_liquidate(who: string, shares: bigint, pre: PreLiquidation): { seized: bigint; repaid: bigint } {
    const terms = this.pre_terms(who, pre)
    demand(shares <= terms.shares, 'too large')
    const value = floor(assets_down(shares, this.borrow_assets, this.borrow_shares), terms.lif, WAD)
    const seized = floor(value, PRICE_SCALE, this.quoted())
    const { assets: repaid } = this.repay(who, 0n, shares)
    this.withdraw_collateral(who, seized)
    return { seized, repaid }
  }
}
