/**
 * Sales in rounds by holders whose leverage is too high, at prices that fall with what is sold. Who is near his limit and who is far from it
 * behave differently: below a threshold nobody sells, however many hold the same.
 *
 * Sources: Cont and Schaanning, "Fire sales, indirect contagion and systemic stress testing" (Norges Bank 2/2017), and the fire-sale stress test of INET
 * Oxford on the figures of 48 banks (literature reference §A6, §J5).
 */
import { exp } from '../../math/index.ts'
import { assert } from '../../model/index.ts'

/** A row or entry for each holder; currency, and units of each asset. */
export interface Holders {
  readonly cash: readonly number[]
  /** What cannot be sold in time, at a fixed value. */
  readonly illiquid: readonly number[]
  readonly debt: readonly number[]
  readonly units: readonly (readonly number[])[]
}

/** Ratios of equity to assets. */
export interface LeverageRule {
  /** Below it a holder fails, and all he has is sold. */
  readonly minimum: number
  /** Below it he pays back debt, first from cash, then by selling in proportion to what he holds. 1: always, which is a leverage target. */
  readonly buffer: number
  /** To which he pays back; who is above it does nothing. */
  readonly target: number
}

/** Price after ÷ price before, when so many units of asset k are sold at once at this price; from 0 to 1. */
export type SaleImpact = (asset: number, units: number, price: number) => number

/** exp(−units ÷ depth). */
export function impact_of_units(depth: readonly number[]): SaleImpact {
  return (asset, units) => (units > 0 ? exp(-units / (depth[asset] as number)) : 1)
}

/** exp(−value ÷ depth), the value at the price before. */
export function impact_of_value(depth: readonly number[]): SaleImpact {
  return (asset, units, price) => (units > 0 ? exp((-units * price) / (depth[asset] as number)) : 1)
}

export interface Deleveraging {
  /** Step in which each failed, from 0; −1: he stands. */
  readonly failed: Int32Array
  /** Stands, below the buffer, and has nothing left to pay with. */
  readonly stuck: readonly boolean[]
  readonly price: Float64Array
  readonly equity: Float64Array
  /** Units sold, by holder and asset. */
  readonly sold: readonly Float64Array[]
  /** Units each wanted to sell in each step, by holder and asset, as a share of what he held then: the same of every asset. */
  readonly offered: readonly Float64Array[]
}

/** A sum that does not depend on the order of what is added, so that the order of holders changes nothing. */
export function unordered_sum(values: Float64Array): number {
  let sum = 0
  for (const value of values.slice().sort()) sum += value
  return sum
}

interface Books {
  readonly cash: Float64Array
  readonly debt: Float64Array
  readonly units: readonly Float64Array[]
  readonly sold: readonly Float64Array[]
  readonly price: Float64Array
}

const value_of = (units: Float64Array, price: Float64Array) =>
  units.reduce((sum, amount, k) => sum + amount * (price[k] as number), 0)

/** All that is offered is sold at once; each seller gets the mean of the prices before and after. */
function clear({ cash, units, sold, price }: Books, offered: Float64Array, impact: SaleImpact): void {
  const selling: number[] = []
  offered.forEach((share, i) => {
    if (share > 0) selling.push(i)
  })
  for (let k = 0; k < price.length; k++) {
    const lots = Float64Array.from(selling, (i) => (offered[i] as number) * (units[i]?.[k] as number))
    const before = price[k] as number
    const after = before * impact(k, unordered_sum(lots), before)
    assert(after >= 0 && after <= before, 'sales do not raise a price')
    price[k] = after
    lots.forEach((lot, at) => {
      const i = selling[at] as number
      const [own, gone] = [units[i] as Float64Array, sold[i] as Float64Array]
      own[k] = (own[k] as number) - lot
      gone[k] = (gone[k] as number) + lot
      cash[i] = (cash[i] as number) + lot * 0.5 * (before + after)
    })
  }
}

/** Pays from cash what brings holder i to the target; returns the share of his holdings to be sold for the rest. */
function pay_back({ cash, debt }: Books, i: number, need: number, held: number): number {
  const paid = Math.min(need, cash[i] as number)
  cash[i] = (cash[i] as number) - paid
  debt[i] = (debt[i] as number) - paid
  return held > 0 ? Math.min(1, (need - paid) / held) : 0
}

/**
 * Runs `steps` of: what was offered is sold; then everybody who stands looks at his ratio, and fails, pays back and offers, or does nothing.
 * It ends early when nobody offers anything. The order of holders changes no bit of the result.
 * @param price of each asset, after the shock that starts it
 * @param rules the same for everybody, or of each
 */
export function deleverage(
  holders: Holders,
  price: readonly number[],
  impact: SaleImpact,
  rules: LeverageRule | readonly LeverageRule[],
  steps = 100,
): Deleveraging {
  const { illiquid } = holders
  const n = illiquid.length
  assert(
    holders.cash.length === n && holders.debt.length === n && holders.units.length === n,
    'as many of cash, illiquid, debt and units',
  )
  const rule_of = (i: number): LeverageRule =>
    (Array.isArray(rules) ? (rules as readonly LeverageRule[])[i] : rules) as LeverageRule
  for (let i = 0; i < n; i++) {
    const { minimum, buffer, target } = rule_of(i)
    assert(target > 0 && minimum <= buffer, 'a target above 0, a minimum up to the buffer')
  }
  const books: Books = {
    cash: Float64Array.from(holders.cash),
    debt: Float64Array.from(holders.debt),
    units: holders.units.map((row) => Float64Array.from(row)),
    sold: holders.units.map((row) => new Float64Array(row.length)),
    price: Float64Array.from(price),
  }
  const failed = new Int32Array(n).fill(-1)
  const history: Float64Array[] = []
  let offered = new Float64Array(n)
  const look = (i: number) => {
    const held = value_of(books.units[i] as Float64Array, books.price)
    const assets = (books.cash[i] as number) + (illiquid[i] as number) + held
    return { held, assets, equity: assets - (books.debt[i] as number) }
  }
  for (let step = 0; step < steps; step++) {
    clear(books, offered, impact)
    offered = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      if (failed[i] !== -1) continue
      const { held, assets, equity } = look(i)
      const rule = rule_of(i)
      if (equity < rule.minimum * assets) {
        failed[i] = step
        offered[i] = held > 0 ? 1 : 0
      } else if (equity < rule.buffer * assets) offered[i] = pay_back(books, i, Math.max(0, assets - equity / rule.target), held)
    }
    history.push(offered)
    if (offered.every((share) => share === 0)) break
  }
  const ends = holders.units.map((_, i) => look(i))
  const stuck = ({ held, assets, equity }: ReturnType<typeof look>, i: number) => {
    const { buffer, target } = rule_of(i)
    return failed[i] === -1 && equity < Math.min(buffer, target) * assets && held + (books.cash[i] as number) === 0
  }
  return {
    failed,
    stuck: ends.map(stuck),
    price: books.price,
    equity: Float64Array.from(ends, ({ equity }) => equity),
    sold: books.sold,
    offered: history,
  }
}
