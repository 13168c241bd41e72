/** Which stage a scope in breach is in: a pure reading of the rules and the account. */
import { tier_of } from '../../../margin/index.ts'
import type { Contract } from './contract.ts'
import { equity, health_less, position_maintenance, total_maintenance } from './kernel.ts'
import { unit_price } from './pooled.ts'
import { in_breach, type Reduction, type Rules, type Stage } from './rules.ts'
import { blocks_of, type Exchange, is_pooled, ISOLATED, running } from './state.ts'

/** Fee due for what this liquidation closed already. */
export function fee_due(x: Exchange, row: number): number {
  const at = running(x, row)
  return at < 0 ? 0 : (x.liquidations.columns.fee.data[at] as number)
}

/** Health with the fee that is due for what was closed already. */
export const health_due = (x: Exchange, row: number): number => health_less(x, row, x.book.prices.data, fee_due(x, row))

/** In breach, fees due counted? */
export const breaching = (x: Exchange, row: number): boolean => in_breach(x.rules, health_due(x, row))

/** Equity ÷ maintenance margin, fees due counted; +Infinity without maintenance. */
export function margin_ratio(x: Exchange, row: number): number {
  const prices = x.book.prices.data
  const required = total_maintenance(x, row, prices)
  const own = equity(x, row, prices) - fee_due(x, row)
  return required > 0 ? own / required : own < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

/** Positions of a row that are open, as the rules sort them. */
export function positions_of(x: Exchange, row: number, sort: Reduction['sort'] = 'maintenance'): number[] {
  const { contract, quantity, entry, next } = x.positions.columns
  const prices = x.book.prices.data
  const list: number[] = []
  for (let at = row; at >= 0; at = next.data[at] as number) if (quantity.data[at] !== 0) list.push(at)
  if (list.length < 2) return list
  const unit = (at: number) => (is_pooled(x, row) ? unit_price(x, x.coin_of[contract.data[at] as number] as number, prices) : 1)
  const mark = (at: number) => prices[contract.data[at] as number] as number
  const notional = (at: number) => Math.abs(quantity.data[at] as number) * mark(at) * unit(at)
  const profit = (at: number) => (quantity.data[at] as number) * (mark(at) - (entry.data[at] as number)) * unit(at)
  const key = {
    maintenance: (at: number) => position_maintenance(x, at, prices) * unit(at),
    largest: notional,
    smallest: (at: number) => -notional(at),
    loss: (at: number) => -profit(at),
    profit,
  }[sort]
  return list.sort((a, b) => key(b) - key(a) || (contract.data[a] as number) - (contract.data[b] as number))
}

function largest_tier(x: Exchange, row: number): number {
  let most = 0
  for (const at of positions_of(x, row)) most = Math.max(most, tier_at(x, at))
  return most
}

/** What of a position is held against the floors of its brackets, per unit: its slot price, or 1 where they are sizes. */
function tier_price(x: Exchange, c: number): number {
  return (x.contracts[c] as Contract).sized ? 1 : (x.book.prices.data[c] as number)
}

function tier_at(x: Exchange, at: number): number {
  const { contract, quantity } = x.positions.columns
  const c = contract.data[at] as number
  return tier_of((x.contracts[c] as Contract).tiers, Math.abs(quantity.data[at] as number) * tier_price(x, c))
}

/** What the lowest tier would ask for the same positions, trigger's ratio and closing fee included. */
function lowest_requirement(x: Exchange, row: number): number {
  const { contract, quantity, next } = x.positions.columns
  const prices = x.book.prices.data
  let sum = 0
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const c = contract.data[at] as number
    if (quantity.data[at] === 0) continue
    const unit = is_pooled(x, row) ? unit_price(x, x.coin_of[c] as number, prices) : 1
    const tiers = x.tiers[c] as Exchange['tiers'][number]
    sum += Math.abs(quantity.data[at] as number) * (prices[c] as number) * unit * (tiers.rate[0] as number)
  }
  return sum
}

/** Time since the exchange last sent an order against the scope, ms. */
export function since_order(x: Exchange, row: number): number {
  const at = (x.accounts.columns.liquidation.data[row] as number) - 1
  if (at < 0) return Number.POSITIVE_INFINITY
  const { time_ms } = x.liquidations.columns
  return (x.desk.columns.time_ms.data[0] as number) - (time_ms.data[at] as number)
}

/** Did the last order get nothing? Of a tick of several blocks: less than all of them asked for. */
function is_unfilled(x: Exchange, at: number): boolean {
  const { filled, asked } = x.liquidations.columns
  const got = filled.data[at] as number
  return got === 0 || (blocks_of(x) > 1 && got < (asked.data[at] as number) * (1 - 1e-12))
}

/** Is a stage due, the scope being in breach? */
export function is_due(x: Exchange, row: number, stage: Stage): boolean {
  const { when } = stage
  const at = running(x, row)
  if (when.unfilled === true && !(at >= 0 && is_unfilled(x, at))) return false
  if (when.cooled_ms !== undefined && since_order(x, row) < when.cooled_ms) return false
  if (when.cooling_ms !== undefined && since_order(x, row) >= when.cooling_ms) return false
  if (when.scope !== undefined && (when.scope === 'isolated') !== (x.accounts.columns.mode.data[row] === ISOLATED)) return false
  if (when.tier_from !== undefined && largest_tier(x, row) < when.tier_from) return false
  if (when.lowest_tier_held === true && !(equity(x, row, x.book.prices.data) - fee_due(x, row) > lowest_requirement(x, row)))
    return false
  if (when.notional_above !== undefined && !(largest_notional(x, row) > when.notional_above)) return false
  if (when.ratio_below !== undefined && !(margin_ratio(x, row) < when.ratio_below)) return false
  return when.ratio_above === undefined || margin_ratio(x, row) >= when.ratio_above
}

function largest_notional(x: Exchange, row: number): number {
  const [at = -1] = positions_of(x, row, 'largest')
  return at < 0 ? 0 : notional_at(x, row, at)
}

/** Notional of one position, in the unit of the row's equity. */
export function notional_at(x: Exchange, row: number, at: number): number {
  const { contract, quantity } = x.positions.columns
  const c = contract.data[at] as number
  const unit = is_pooled(x, row) ? unit_price(x, x.coin_of[c] as number, x.book.prices.data) : 1
  return Math.abs(quantity.data[at] as number) * (x.book.prices.data[c] as number) * unit
}

/** The stage a scope in breach is in: the first that is due and not done in this tick; −1 when it has to wait. */
export function stage_of(x: Exchange, row: number): number {
  const { stages } = x.rules
  const at = running(x, row)
  const done = at < 0 ? 0 : (x.liquidations.columns.done.data[at] as number)
  for (let s = 0; s < stages.length; s++) {
    const stage = stages[s] as Stage
    if ((done & (1 << s)) !== 0 || !is_due(x, row, stage)) continue
    return is_wait(stage) ? -1 : s
  }
  return -1
}

const is_wait = ({ reduce, convert, close }: Stage) => reduce === undefined && convert === undefined && close === undefined

/** Units that a stage closes of one position at most, before the book is looked at; +Infinity: as many as heal. */
export function units_asked(x: Exchange, row: number, position: number, rule: Reduction): number {
  const { contract, quantity } = x.positions.columns
  const c = contract.data[position] as number
  const held = Math.abs(quantity.data[position] as number)
  const notional = notional_at(x, row, position)
  const unit = notional / held
  switch (rule.size) {
    case 'compliant':
      return Number.POSITIVE_INFINITY
    case 'whole':
      return held
    case 'fraction':
      return notional > rule.above ? held * rule.share : held
    case 'tiers': {
      const { tiers } = x.contracts[c] as Contract
      const tier = tier_at(x, position)
      if (tier < rule.from) return 0
      const down = tier - rule.tiers
      if (down < 0) return held
      // to just inside the tier that ends where the next one begins
      const top = (tiers.floor[down + 1] as number) * (1 - 1e-12)
      return Math.max(0, held - top / tier_price(x, c))
    }
    case 'paced':
      return paced(held, unit, rule, blocks_of(x), spent(x, row, rule))
  }
}

/**
 * Units that a paced stage closes in so many blocks: each the share of what is then left, at least `least` and at most `most`.
 * @param unit notional of one unit
 * @param spent notional closed already
 */
export function paced(held: number, unit: number, rule: Reduction, blocks: number, spent: number): number {
  const most = rule.most ?? Number.POSITIVE_INFINITY
  let left = held
  for (let block = 0; block < blocks && left > 0; block++)
    left -= Math.min(left, Math.max(left * rule.share, rule.least / unit), most / unit)
  return Math.min(held - left, Math.max(0, most * blocks - spent) / unit)
}

/** Notional a paced stage has closed already in its period. */
function spent(x: Exchange, row: number, rule: Reduction): number {
  const at = (x.accounts.columns.liquidation.data[row] as number) - 1
  if (at < 0) return 0
  const { tick, time_ms, spent: sum } = x.liquidations.columns
  if (rule.per_ms === undefined) return tick.data[at] === x.desk.columns.tick.data[0] ? (sum.data[at] as number) : 0
  const now = x.desk.columns.time_ms.data[0] as number
  const same = Math.floor(now / rule.per_ms) === Math.floor((time_ms.data[at] as number) / rule.per_ms)
  return same ? (sum.data[at] as number) : 0
}

/** Units left of a paced stage's period carry over into the next liquidation of the row. */
export function carry_spent(x: Exchange, row: number, rules: Rules): number {
  const rule = rules.stages.find((stage) => stage.reduce?.size === 'paced')?.reduce
  return rule === undefined ? 0 : spent(x, row, rule)
}
