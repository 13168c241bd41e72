/** Exact mechanics of one Morpho Blue market with the adaptive rate and pre-liquidation, in the smallest units and the contracts' rounding. */
import {
  adaptive_rate,
  assets_down,
  assets_up,
  ceil,
  floor,
  incentive_factor,
  min,
  PRICE_SCALE,
  shares_down,
  shares_up,
  taylor,
  WAD,
} from './reference-math.ts'

/** What the contract reverts with. */
export class Revert extends Error {}

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

/** A market: no pause, no caps; its parameters never change. */
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
  rate_at_target = 0n
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
    const interest = floor(this.borrow_assets, taylor(mean, time_s), WAD)
    this.borrow_assets += interest
    this.supply_assets += interest
    if (this.fee === 0n) return
    const fee = floor(interest, this.fee, WAD)
    const shares = shares_down(fee, this.supply_assets - fee, this.supply_shares)
    this.fee_shares += shares
    this.supply_shares += shares
  }

  debt_of(who: string): bigint {
    return assets_up(this.position(who).borrow_shares, this.borrow_assets, this.borrow_shares)
  }

  claim_of(who: string): bigint {
    return assets_down(this.position(who).supply_shares, this.supply_assets, this.supply_shares)
  }

  healthy(who: string): boolean {
    const { borrow_shares, collateral } = this.position(who)
    if (borrow_shares === 0n) return true
    return floor(floor(collateral, this.quoted(), PRICE_SCALE), this.lltv, WAD) >= this.debt_of(who)
  }

  supply(who: string, assets: bigint): void {
    this.accrue()
    const shares = shares_down(assets, this.supply_assets, this.supply_shares)
    this.position(who).supply_shares += shares
    this.supply_shares += shares
    this.supply_assets += assets
  }

  withdraw(who: string, assets: bigint): void {
    this.accrue()
    const shares = shares_up(assets, this.supply_assets, this.supply_shares)
    demand(shares <= this.position(who).supply_shares, 'underflow')
    this.position(who).supply_shares -= shares
    this.supply_shares -= shares
    this.supply_assets -= assets
    demand(this.borrow_assets <= this.supply_assets, 'insufficient liquidity')
  }

  supply_collateral(who: string, assets: bigint): void {
    this.position(who).collateral += assets
  }

  withdraw_collateral(who: string, assets: bigint): void {
    this.accrue()
    demand(assets <= this.position(who).collateral, 'underflow')
    this.position(who).collateral -= assets
    demand(this.healthy(who), 'insufficient collateral')
  }

  borrow(who: string, assets: bigint): void {
    this.accrue()
    const shares = shares_up(assets, this.borrow_assets, this.borrow_shares)
    this.position(who).borrow_shares += shares
    this.borrow_shares += shares
    this.borrow_assets += assets
    demand(this.healthy(who), 'insufficient collateral')
    demand(this.borrow_assets <= this.supply_assets, 'insufficient liquidity')
  }

  /** Repays shares; returns the assets it took. */
  repay_shares(who: string, shares: bigint): bigint {
    this.accrue()
    const assets = assets_up(shares, this.borrow_assets, this.borrow_shares)
    this.drop(who, shares, assets)
    return assets
  }

  repay(who: string, assets: bigint): void {
    this.accrue()
    this.drop(who, shares_down(assets, this.borrow_assets, this.borrow_shares), assets)
  }

  private drop(who: string, shares: bigint, assets: bigint): void {
    demand(shares <= this.position(who).borrow_shares, 'underflow')
    this.position(who).borrow_shares -= shares
    this.borrow_shares -= shares
    this.borrow_assets = assets > this.borrow_assets ? 0n : this.borrow_assets - assets
  }

  /** By collateral or by shares of debt: exactly one of them is not 0. */
  liquidate(who: string, seized: bigint, shares: bigint): Liquidation {
    demand((seized === 0n) !== (shares === 0n), 'inconsistent input')
    this.accrue()
    const price = this.quoted()
    demand(!this.healthy(who), 'position is healthy')
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
    demand(taken <= position.collateral && repaid_shares <= position.borrow_shares, 'underflow')
    const repaid = assets_up(repaid_shares, this.borrow_assets, this.borrow_shares)
    this.drop(who, repaid_shares, repaid)
    position.collateral -= taken
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
    const repaid = this.repay_shares(who, shares)
    this.withdraw_collateral(who, seized)
    return { seized, repaid }
  }
}
