/** Demand schedules and the price at which they add up to what there is. Money in quote units, prices in quote per base. */
import type { Columns } from '../../model/index.ts'

export const fund_shape = {
  cash: 'f64',
  held: 'f64',
  /** Value held ÷ wealth, now and when the last step began. */
  leverage: 'f64',
  leverage_before: 'f64',
  /** Exponential mean of returns a step. */
  record: 'f64',
  /** Steps until a fund that failed is there again. */
  waiting: 'f64',
} as const

export interface Schedules {
  readonly count: number
  /** Fund h wants min(aggression · (h + 1) · (1 − p/worth), leverage_max) of its wealth in the asset. */
  readonly aggression: number
  readonly leverage_max: number
  readonly worth: number
  readonly funds: Columns<typeof fund_shape>
}

/** Value of shares ÷ wealth that fund h wants at a price. */
export function wanted({ aggression, leverage_max, worth }: Schedules, h: number, price: number): number {
  const cheap = 1 - price / worth
  return cheap > 0 ? Math.min(aggression * (h + 1) * cheap, leverage_max) : 0
}

/** Value of all that is wanted at a price: by buyers who spend `cash` whatever the price, and by funds that have any wealth. */
export function demand_value(schedules: Schedules, price: number, cash: number): number {
  let value = cash
  if (!(price < schedules.worth)) return value
  const { cash: own, held, waiting } = schedules.funds
  for (let h = 0; h < schedules.count; h++) {
    if ((waiting.data[h] as number) > 0) continue
    const wealth = (own.data[h] as number) + (held.data[h] as number) * price
    if (wealth > 0) value += wanted(schedules, h, price) * wealth
  }
  return value
}

/** Relative width to which a price is found. */
const PRECISION = 1e-14

/**
 * The price at which the value wanted is the value of `supply`. Funds want nothing from `worth` up and never less than nothing, so the price is
 * cash ÷ supply where that is `worth` or more, and else lies between the two. Where several prices clear: the one that halving finds.
 */
export function clearing_price(schedules: Schedules, cash: number, supply: number): number {
  let low = cash / supply
  if (low >= schedules.worth) return low
  let high = schedules.worth
  while (high - low > PRECISION * high) {
    const middle = 0.5 * (low + high)
    if (middle === low || middle === high) break
    if (demand_value(schedules, middle, cash) > supply * middle) low = middle
    else high = middle
  }
  return 0.5 * (low + high)
}

/** Every fund holds what it wants at the price; it borrows, or keeps in cash, the rest. */
export function rebalance(schedules: Schedules, price: number): void {
  const { cash, held, leverage, waiting } = schedules.funds
  for (let h = 0; h < schedules.count; h++) {
    if ((waiting.data[h] as number) > 0) continue
    const wealth = (cash.data[h] as number) + (held.data[h] as number) * price
    const share = wealth > 0 ? wanted(schedules, h, price) : 0
    leverage.set(h, share)
    held.set(h, (share * wealth) / price)
    cash.set(h, wealth - share * wealth)
  }
}

export interface Behind {
  readonly wealth: number
  readonly ruin_share: number
  readonly absence: number
  readonly flow: number
  readonly benchmark: number
  readonly memory: number
}

/** What happened to the funds in a step that ended at `price` and began at `before`: failures, records, money in and out, returns of the failed. Returns how many failed. */
export function after_step(schedules: Schedules, spec: Behind, price: number, before: number): number {
  const { cash, held, leverage, leverage_before, record, waiting } = schedules.funds
  let failed = 0
  for (let h = 0; h < schedules.count; h++) {
    const left = waiting.data[h] as number
    if (left > 0) {
      waiting.set(h, left - 1)
      if (left === 1) cash.set(h, spec.wealth)
      continue
    }
    const wealth = (cash.data[h] as number) + (held.data[h] as number) * price
    if (wealth < spec.ruin_share * spec.wealth) {
      failed++
      for (const column of [cash, held, leverage, leverage_before, record]) column.set(h, 0)
      waiting.set(h, spec.absence)
      continue
    }
    const gain = (price / before - 1) * (leverage_before.data[h] as number)
    const now = (1 - spec.memory) * (record.data[h] as number) + spec.memory * gain
    record.set(h, now)
    cash.add(h, Math.max(-1, spec.flow * (now - spec.benchmark)) * wealth)
    leverage_before.set(h, leverage.data[h] as number)
  }
  return failed
}
