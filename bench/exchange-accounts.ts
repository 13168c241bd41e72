/** Accounts of an exchange: long or short by a coin's toss, notional e⁶ wide, entered within 1 % of the start, margined from 1 or 2 % to 60 %. */
import { exp } from '../src/math/index.ts'
import { marginal_tiers, type Tiers } from '../src/margin/index.ts'
import { BTC_TIERS, ETH_TIERS, tier_specs } from '../src/venues/binance-usdm/vectors.ts'
import type { BulkSpec } from '../src/venues/shared/exchange/bulk-state.ts'
import { generator } from './margin-accounts.ts'

/** Binance's brackets of BTCUSDT and ETHUSDT, 2024-10-24. */
export const TIERS: readonly Tiers[] = [BTC_TIERS, ETH_TIERS].map((list) => {
  const specs = tier_specs(list)
  return marginal_tiers(
    specs.map(({ floor }) => floor),
    specs.map(({ rate }) => rate),
    specs.map(({ cum }) => cum),
  )
})
export const START = [100_000, 4000]

export type Columns = Pick<BulkSpec, 'cash' | 'quantity' | 'entry'>

/** A position in each of so many contracts; one: what isolated margin is. */
export function draw(count: number, contracts: number): Columns {
  const u = generator(1)
  const cash = new Float64Array(count)
  const quantity = new Float64Array(contracts * count)
  const entry = new Float64Array(contracts * count)
  for (let row = 0; row < count; row++) {
    let notional = 0
    let money = 0
    for (let c = 0; c < contracts; c++) {
      const price = START[c] as number
      const side = u() < 0.5 ? 1 : -1
      const size = 1000 * exp(6 * u())
      const at = contracts * row + c
      quantity[at] = (side * size) / price
      entry[at] = price * (1 + 0.02 * (u() - 0.5))
      notional += size
      money -= (quantity[at] as number) * (entry[at] as number)
    }
    cash[row] = money + notional * (0.01 * contracts + 0.6 * u())
  }
  return { cash, quantity, entry }
}

/** Marks that fall evenly by 40 %. */
export function falling(marks: number, contracts: number): Float64Array[] {
  return Array.from({ length: marks }, (_, i) =>
    Float64Array.from({ length: contracts }, (_, c) => (START[c] as number) * (1 - (0.4 * (i + 1)) / marks)),
  )
}
