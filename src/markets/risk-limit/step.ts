/** A bank with a limit on value at risk and a fund, and the price at which they hold all there is. Money in quote units, prices in quote per base, time in years. */
import { log, pow } from '../../math/index.ts'

export interface RiskLimitTerms {
  readonly alpha: number
  readonly floor: number
  readonly exponent: number
  readonly delta: number
  readonly horizon_years: number
  readonly theta: number
  readonly eta: number
  readonly equity: number
  readonly weight: number
  readonly rho: number
}

/** What both hold. Each has a given part of his assets in base and the rest in cash, so cash follows from the units and the price. */
export interface Holding {
  /** Base units of both, and of the bank. */
  readonly supply: number
  readonly units: number
  readonly debt: number
  /** Part of the fund's assets that is in base. */
  readonly fund_weight: number
  readonly price: number
}

export interface Stepped extends Holding {
  readonly variance: number
}

/** Assets ÷ equity of the bank; 0 when it has no equity. */
export function leverage_of({ weight }: Pick<RiskLimitTerms, 'weight'>, { units, debt, price }: Holding): number {
  const assets = (price * units) / weight
  return assets > debt ? assets / (assets - debt) : 0
}

/** Can the bank go on: it has equity, there is a price, and both hold some. */
export function alive(terms: RiskLimitTerms, { supply, units, debt, fund_weight, price }: Holding): boolean {
  const equity = (price * units) / terms.weight - debt
  return (
    equity > 0 &&
    price > 0 &&
    price < Number.POSITIVE_INFINITY &&
    units > 0 &&
    units < supply &&
    fund_weight > 0 &&
    fund_weight < 1
  )
}

/** Cash that the two put into base whatever the price, and the units they would hold without it: price = cash ÷ (supply − units). */
export function schedule(
  { weight }: Pick<RiskLimitTerms, 'weight'>,
  { supply, units, fund_weight, price }: Holding,
): { cash: number; held: number } {
  const bank_cash = ((1 - weight) * units * price) / weight
  const fund_cash = ((1 - fund_weight) * (supply - units) * price) / fund_weight
  return { cash: weight * bank_cash + fund_weight * fund_cash, held: weight * units + fund_weight * (supply - units) }
}

/** Both after others have bought so many units at the price this leads to. Each keeps his part in base. */
export function traded({ weight }: Pick<RiskLimitTerms, 'weight'>, holding: Holding, bought: number): Holding {
  const { cash, held } = schedule({ weight }, holding)
  const supply = holding.supply - bought
  const price = cash / (holding.supply - held - bought)
  const bank_cash = ((1 - weight) * holding.units * holding.price) / weight
  return { ...holding, supply, price, units: (weight * (holding.units * price + bank_cash)) / price }
}

/**
 * One step: the variance takes in the last return, the bank buys towards the leverage that the variance before it allows and gives up or gets equity, the fund
 * leans against the gap to what the asset is worth, and the price clears.
 * @param before price one step ago
 */
export function risk_limit_step(
  terms: RiskLimitTerms,
  step: number,
  holding: Holding,
  variance: number,
  before: number,
  worth: number,
): Stepped {
  const { weight } = terms
  const { supply, units: n, fund_weight: w, price: p } = holding
  const assets = (p * n) / weight
  const equity = assets - holding.debt
  const target = terms.alpha * pow(variance + terms.floor * terms.floor, terms.exponent)
  const bought = step * terms.theta * (target * equity - assets)
  const moved = step * terms.eta * (terms.equity - equity)
  const fund_weight = w + (w / p) * step * terms.rho * (worth - p)
  const bank_cash = ((1 - weight) * n * p) / weight + moved
  const fund_cash = ((1 - w) * (supply - n) * p) / w - moved
  const r = (log(p / before) * terms.horizon_years) / step
  const price = (weight * (bank_cash + bought) + fund_weight * fund_cash) / (supply - weight * n - (supply - n) * fund_weight)
  return {
    supply,
    units: (weight * (n * price + bank_cash + bought)) / price,
    debt: holding.debt + bought,
    fund_weight,
    price,
    variance: (1 - step * terms.delta) * variance + step * terms.delta * r * r,
  }
}
